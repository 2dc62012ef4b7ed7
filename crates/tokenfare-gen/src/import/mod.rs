//! Proposes files of the catalog from published price lists, and reports where those do not agree. Nothing it writes is
//! in the catalog until somebody moves it there.

mod decimal;
mod encoding;
mod facts;
mod genai;
mod json;
mod litellm;
mod llm_prices;
mod merge;
mod providers;
mod report;
mod write;

use std::path::{Path, PathBuf};

const USAGE: &str =
    "usage: tokenfare-gen import --into DIR --checked DAY --genai-prices VERSION=FILE --llm-prices VERSION=FILE
       --litellm VERSION@DAY=FILE [VERSION@DAY=FILE ...]

  DAY of a version is the day it was published; versions of litellm from before the newest are read for history";

/// What is imported from.
pub(crate) struct Sources {
    checked: String,
    genai_name: String,
    genai: genai::Source,
    llm_name: String,
    llm: llm_prices::Source,
    /// In order of day.
    litellm: Vec<litellm::Version>,
    /// Versions that were left out, and why.
    skipped: Vec<String>,
}

/// What is asked for.
#[derive(Default)]
struct Arguments {
    into: PathBuf,
    checked: String,
    genai: String,
    llm: String,
    litellm: Vec<String>,
}

pub(crate) fn run(arguments: impl Iterator<Item = String>) -> Result<String, String> {
    let arguments = parse(arguments)?;
    let (genai_name, genai_file) = named("genai-prices", &arguments.genai)?;
    let (llm_name, llm_file) = named("llm-prices", &arguments.llm)?;
    let mut litellm = Vec::new();
    for argument in &arguments.litellm {
        let (version, rest) = argument.split_once('@').ok_or_else(|| format!("`{argument}` has no day\n{USAGE}"))?;
        let (day, file) = rest.split_once('=').ok_or_else(|| format!("`{argument}` has no file\n{USAGE}"))?;
        if !merge::is_day(day) {
            return Err(format!("`{day}` is no day, as 2026-11-20 is one"));
        }
        let map = litellm::Version::read(version, day, &read(file)?).map_err(|error| format!("{file}: {error}"))?;
        litellm.push((numbers(version), map));
    }
    let (litellm, skipped) = in_order(litellm);
    let sources = Sources {
        checked: arguments.checked,
        genai: genai::Source::read(&read(genai_file)?).map_err(|error| format!("{genai_file}: {error}"))?,
        genai_name,
        llm: llm_prices::Source::read(&read(llm_file)?).map_err(|error| format!("{llm_file}: {error}"))?,
        llm_name,
        litellm,
        skipped,
    };
    let written = proposals(&sources);
    std::fs::create_dir_all(&arguments.into).map_err(|error| format!("{}: {error}", arguments.into.display()))?;
    for (name, text) in &written {
        std::fs::write(arguments.into.join(name), text).map_err(|error| format!("{name}: {error}"))?;
    }
    Ok(format!("wrote {} proposals and report.md to {}", written.len() - 1, arguments.into.display()))
}

/// The files by name, the report among them.
fn proposals(sources: &Sources) -> Vec<(String, String)> {
    let (files, disagreements) = merge::files(sources);
    let mut written: Vec<(String, String)> =
        files.iter().map(|file| (format!("{}.toml", file.provider), write::file(file, &sources.checked))).collect();
    written.push(("report.md".to_owned(), report::report(sources, &files, &disagreements)));
    written
}

fn parse(arguments: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let mut parsed = Arguments::default();
    let mut flag = String::new();
    for argument in arguments {
        if argument.starts_with("--") {
            flag = argument;
            continue;
        }
        match flag.as_str() {
            "--into" => parsed.into = argument.into(),
            "--checked" if merge::is_day(&argument) => parsed.checked = argument,
            "--genai-prices" => parsed.genai = argument,
            "--llm-prices" => parsed.llm = argument,
            "--litellm" => parsed.litellm.push(argument),
            _ => return Err(format!("unexpected `{argument}` after `{flag}`\n{USAGE}")),
        }
    }
    let missing = [parsed.checked.as_str(), &parsed.genai, &parsed.llm].contains(&"");
    if missing || parsed.litellm.is_empty() || parsed.into == Path::new("") {
        Err(USAGE.to_owned())
    } else {
        Ok(parsed)
    }
}

fn named<'a>(source: &str, argument: &'a str) -> Result<(String, &'a str), String> {
    let (version, file) = argument.split_once('=').ok_or_else(|| format!("`{argument}` has no file\n{USAGE}"))?;
    Ok((format!("{source} {version}"), file))
}

fn read(file: &str) -> Result<String, String> {
    std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))
}

fn numbers(version: &str) -> Vec<u32> {
    version.split('.').map_while(|part| part.parse().ok()).collect()
}

/// Versions by day, without those that carry an older line on after a newer had begun: what they lack was there before.
fn in_order(mut versions: Vec<(Vec<u32>, litellm::Version)>) -> (Vec<litellm::Version>, Vec<String>) {
    versions.sort_by(|one, two| (&one.1.day, &one.0).cmp(&(&two.1.day, &two.0)));
    let mut newest = Vec::new();
    let mut skipped = Vec::new();
    let kept = versions
        .into_iter()
        .filter(|(numbers, version)| {
            let goes_on = *numbers > newest;
            if goes_on {
                newest.clone_from(numbers);
            } else {
                skipped
                    .push(format!("left out: {} of {}, an older line than one before it", version.name, version.day));
            }
            goes_on
        })
        .map(|(_, version)| version)
        .collect();
    (kept, skipped)
}

#[cfg(test)]
mod tests;
