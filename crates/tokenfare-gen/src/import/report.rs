//! What the sources did not agree on, and how much there is, for whoever decides what is taken over.

use super::Sources;
use super::merge::{Disagreement, File, is_maker};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

const PUT: &str = "writing to a string cannot fail";

pub(crate) fn report(sources: &Sources, files: &[File], disagreements: &[Disagreement]) -> String {
    let mut out = format!("# Proposals of {}\n\nFrom {}, {}", sources.checked, sources.genai_name, sources.llm_name);
    if let (Some(first), Some(last)) = (sources.litellm.first(), sources.litellm.last()) {
        write!(out, " and {} versions of litellm, {} to {}", sources.litellm.len(), first.name, last.name).expect(PUT);
    }
    out.push_str(".\n\n## Counts\n\n");
    out.push_str("| provider | kind | models | aliases | rows | of two sources or more | of one |\n|---|---|--:|--:|--:|--:|--:|\n");
    let mut sums = [0; 5];
    for file in files {
        let rows: Vec<_> = file.models.values().flat_map(|model| &model.prices).collect();
        let two = rows.iter().filter(|price| price.sources.len() > 1).count();
        let aliases = file.models.values().map(|model| model.aliases.len()).sum();
        let counts = [file.models.len(), aliases, rows.len(), two, rows.len() - two];
        for (sum, count) in sums.iter_mut().zip(counts) {
            *sum += count;
        }
        let [models, aliases, rows, two, one] = counts;
        let (kind, _) = super::providers::head(&file.provider);
        writeln!(out, "| {} | {kind} | {models} | {aliases} | {rows} | {two} | {one} |", file.provider).expect(PUT);
    }
    let [models, aliases, rows, two, one] = sums;
    writeln!(out, "| **{}** | | **{models}** | **{aliases}** | **{rows}** | **{two}** | **{one}** |", files.len())
        .expect(PUT);

    if let Some(newest) = sources.litellm.last() {
        writeln!(out, "\n- prices of {} that are all zero and were dropped: {}", newest.name, newest.zeros.len())
            .expect(PUT);
        writeln!(
            out,
            "- rates of {} from which the trace of binary arithmetic was taken off: {}",
            newest.name, newest.repaired
        )
        .expect(PUT);
    }
    writeln!(out, "- rates of {} likewise: {}", sources.genai_name, sources.genai.repaired).expect(PUT);
    let mut whats: BTreeMap<&str, usize> = BTreeMap::new();
    for disagreement in disagreements {
        *whats.entry(disagreement.what).or_default() += 1;
    }
    for (what, count) in &whats {
        writeln!(out, "- notes of kind `{what}`: {count}").expect(PUT);
    }
    for skipped in &sources.skipped {
        writeln!(out, "- {skipped}").expect(PUT);
    }

    makers(&mut out, files);
    for what in ["price", "card", "history", "entries of one source", "limits", "alias"] {
        writeln!(out, "\n## {what}\n\n| provider | model | said | chosen | why |\n|---|---|---|---|---|").expect(PUT);
        for each in disagreements.iter().filter(|each| each.what == what) {
            let said: Vec<String> = each.values.iter().map(|(source, value)| format!("{source}: {value}")).collect();
            let Disagreement { provider, model, chosen, why, .. } = each;
            writeln!(out, "| {provider} | {model} | {} | {chosen} | {why} |", said.join("<br>")).expect(PUT);
        }
    }

    out.push_str("\n## Refused\n\n");
    let refused: BTreeSet<&String> = sources
        .genai
        .refused
        .iter()
        .chain(sources.litellm.last().into_iter().flat_map(|newest| &newest.refused))
        .collect();
    for line in refused {
        writeln!(out, "- {line}").expect(PUT);
    }
    out.push_str("\n## All zero, and dropped\n\n");
    for line in sources.litellm.last().map(|newest| newest.zeros.as_slice()).unwrap_or_default() {
        writeln!(out, "- {line}").expect(PUT);
    }
    out
}

/// Names that two makers have: by its bare name nobody can tell which is meant.
fn makers(out: &mut String, files: &[File]) {
    let mut who: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for file in files.iter().filter(|file| is_maker(&file.provider)) {
        for (id, model) in &file.models {
            for name in [id].into_iter().chain(&model.aliases) {
                who.entry(name).or_default().push(&file.provider);
            }
        }
    }
    out.push_str("\n## Names of several makers\n\n");
    for (name, makers) in who.iter().filter(|(_, makers)| makers.len() > 1) {
        writeln!(out, "- {name}: {}", makers.join(", ")).expect(PUT);
    }
    out.push_str("\n## Names of several models of a provider\n\n");
    for file in files {
        for name in super::write::doubles(file) {
            writeln!(out, "- {}: {name}", file.provider).expect(PUT);
        }
    }
}
