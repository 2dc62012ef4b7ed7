//! How often is a counted request what was billed? Recordings of real requests, counted and compared.
//!
//! `cargo run --release -p tokenfare-benches --bin score -- --recordings FOLDER [--misses N] [--only FEATURE]`
//!
//! The folder has files of JSON lines: `source`, `endpoint`, `model`, `resolved_model`, `request`, `media`, `usage`,
//! `features`, `recorded`. Without it nothing is measured, and the program says so.
#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "it prints a table")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use tokenfare::{Answer, Calibration, Count, Exactness, Format, Hints, Json, Media, Part, PartKind, Renderer, Request};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut folder = None;
    let mut misses = 0;
    let mut only = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(flag) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("`{flag}` wants a value"))?;
        match flag.as_str() {
            "--recordings" => folder = Some(PathBuf::from(value)),
            "--misses" => misses = value.parse()?,
            "--only" => only.push(value),
            _ => return Err(format!("unknown flag `{flag}`, known are `--recordings`, `--misses`, `--only`").into()),
        }
    }
    let Some(folder) = folder else {
        println!("not measured: no recordings, name their folder with --recordings");
        return Ok(());
    };
    let mut calibration = Calibration::default();
    let mut records = read(&folder, &mut calibration)?;
    records.retain(|record| only.iter().all(|feature| record.has(feature)));
    report(&records);
    leave_one_out(&records);
    corrections(&calibration);
    estimates(&records);
    worst(&records, misses);
    Ok(())
}

/// A recording and what was counted.
struct Record {
    file: String,
    line: usize,
    repository: String,
    path: String,
    endpoint: String,
    model: String,
    month: String,
    features: BTreeSet<String>,
    billed: u64,
    counted: Result<Count, String>,
    /// What was billed for the answer, and what is counted.
    answer: Option<(u64, Count)>,
}

impl Record {
    fn has(&self, feature: &str) -> bool {
        self.features.contains(feature)
            || self.endpoint == feature
            || self.model.starts_with(feature)
            || self.file == feature
    }

    fn residual(&self) -> Option<i64> {
        let count = self.counted.as_ref().ok()?;
        i64::try_from(i128::from(self.billed) - i128::from(count.tokens)).ok()
    }

    /// Chat or Responses with nothing but text and functions, and nothing that the server has stored.
    fn is_text(&self) -> bool {
        const OTHER: &[&str] = &["prev", "conversation", "prompt", "item:compaction", "web_search_options"];
        const FUNCTION: &[&str] =
            &["tool:function", "item:function_call", "item:function_call_output", "item:reasoning"];
        self.file.starts_with("openai_")
            && matches!(&*self.endpoint, "chat" | "responses")
            && self.file != "openai_chat_2023"
            && self.features.iter().all(|feature| {
                let is_other =
                    feature.starts_with("part:") || feature.starts_with("tool:") || feature.starts_with("item:");
                !OTHER.contains(&&**feature) && (!is_other || FUNCTION.contains(&&**feature))
            })
    }

    /// Responses were billed otherwise in the month they began.
    fn is_launch(&self) -> bool {
        self.endpoint == "responses" && self.month == "2025-03"
    }
}

fn read(folder: &Path, calibration: &mut Calibration) -> Result<Vec<Record>, Box<dyn std::error::Error>> {
    let mut records = Vec::new();
    let mut seen = BTreeSet::new();
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "jsonl"));
    files.sort();
    for file in files {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        for (at, line) in std::fs::read_to_string(&file)?.lines().enumerate() {
            let json: Json<'_> = serde_json::from_str(line)?;
            let key =
                ["endpoint", "resolved_model", "model"].map(|name| json.text(name).unwrap_or_default().to_owned());
            if seen.insert((key, format!("{:?}", json.get("request")))) {
                records.extend(record(&json, &name, at + 1, calibration));
            }
        }
    }
    Ok(records)
}

fn record(json: &Json<'_>, file: &str, line: usize, calibration: &mut Calibration) -> Option<Record> {
    let text = |name: &str| json.text(name).unwrap_or_default().to_owned();
    let source = |name: &str| json.get("source").and_then(|source| source.text(name)).unwrap_or_default().to_owned();
    let billed = tokenfare::billed_input(json.get("usage")?)?;
    let endpoint = text("endpoint");
    let model = json.text("resolved_model").or_else(|| json.text("model")).unwrap_or_default().to_owned();
    let features = json.get("features").and_then(Json::as_array).unwrap_or_default();
    Some(Record {
        answer: answer(json, &endpoint, &model),
        counted: count(json, file, &endpoint, &model, billed, calibration),
        file: file.to_owned(),
        line,
        repository: source("repo"),
        path: source("path"),
        month: text("recorded").chars().take(7).collect(),
        features: features.iter().filter_map(Json::as_str).map(str::to_owned).collect(),
        endpoint,
        model,
        billed,
    })
}

fn count(
    json: &Json<'_>,
    file: &str,
    endpoint: &str,
    model: &str,
    billed: u64,
    calibration: &mut Calibration,
) -> Result<Count, String> {
    let format: Option<Format> = match endpoint {
        "chat" => Some(Format::OpenaiChat),
        "responses" => Some(Format::OpenaiResponses),
        "completions" => Some(Format::OpenaiCompletions),
        "embeddings" => Some(Format::OpenaiEmbeddings),
        _ if file == "anthropic" => Some(Format::AnthropicMessages),
        _ if file == "gemini" => Some(Format::GeminiGenerateContent),
        _ => None,
    };
    let request = restored(json.get("request").cloned().ok_or("no request")?);
    let request = Request::new(request, format).map_err(|error| error.to_string())?;
    let model =
        if model.is_empty() { json.text("model").or_else(|| request.model()).unwrap_or_default() } else { model };
    let found = match (json.text("host"), tokenfare::model(model)) {
        (Some("openrouter"), _) => tokenfare::model_of(Some("openrouter"), model, None),
        (_, Err(_)) => json.text("model").map_or_else(|| tokenfare::model(model), tokenfare::model),
        (_, found) => found,
    };
    let mut hints = Hints::default();
    if file.ends_with("_2023") {
        hints = hints.renderer(Renderer::V0);
    }
    if let Some(on) = json.text("recorded").and_then(|day| day.parse().ok()) {
        hints = hints.on(on);
    }
    for media in json.get("media").and_then(Json::as_array).unwrap_or_default() {
        let number = |name: &str| media.get(name).and_then(Json::as_u64).and_then(|number| u32::try_from(number).ok());
        let known = match (number("width").zip(number("height")), media.get("seconds")) {
            (Some((width, height)), _) => Media::image(width, height),
            (None, Some(Json::Number(seconds))) => Media::seconds(seconds.as_f64()),
            _ => continue,
        };
        hints = hints.media(media.text("at").unwrap_or_default(), known);
    }
    found.and_then(|model| calibration.record(&model, &request, &hints, billed)).map_err(|error| error.to_string())
}

/// Counts the answer of a recording, if there is one.
fn answer(json: &Json<'_>, endpoint: &str, model: &str) -> Option<(u64, Count)> {
    let usage = json.get("usage")?;
    let billed = ["completion_tokens", "output_tokens"].iter().find_map(|name| usage.get(name)?.as_u64())?;
    let output = json.get("output")?;
    let (format, body) = match endpoint {
        "chat" if output.as_array()?.len() == 1 => {
            (Format::OpenaiChat, vec![("choices", output.clone()), ("usage", usage.clone())])
        }
        // A stream may be recorded without what it said.
        "responses" if output.get("output").and_then(Json::as_array).is_some_and(|items| !items.is_empty()) => {
            let mut body = vec![("usage", usage.clone())];
            for name in ["output", "status"] {
                body.extend(output.get(name).map(|value| (name, value.clone())));
            }
            (Format::OpenaiResponses, body)
        }
        _ => return None,
    };
    let answer =
        Answer::new(Json::Object(body.into_iter().map(|(name, value)| (name.into(), value)).collect())).ok()?;
    let request = Request::new(json.get("request")?.clone(), Some(format)).ok()?;
    let model = tokenfare::model(model).ok().filter(|model| model.encoding_name().is_some())?;
    Some((billed, model.count_output(&answer, Some(&request)).ok()?))
}

/// Makes what stands for sealed content as long as that was: `<opaque:LENGTH>`.
fn restored(json: Json<'_>) -> Json<'_> {
    match json {
        Json::Text(text) => {
            let length = text.strip_prefix("<opaque:").and_then(|rest| rest.strip_suffix('>')?.parse::<usize>().ok());
            Json::Text(length.map_or(text, |length| "A".repeat(length.min(1 << 20)).into()))
        }
        Json::Array(items) => Json::Array(items.into_iter().map(restored).collect()),
        Json::Object(members) => {
            Json::Object(members.into_iter().map(|(name, value)| (name, restored(value))).collect())
        }
        json => json,
    }
}

fn percent(part: usize, whole: usize) -> String {
    if whole == 0 { "-".to_owned() } else { format!("{:.1}", 100.0 * part as f64 / whole as f64) }
}

fn report(records: &[Record]) {
    println!(
        "{:34} {:>5} {:>6} {:>6} {:>7} {:>7} {:>6} {:>6} {:>6} {:>7} {:>5}",
        "what", "n", "exact", "±3", "framed", "of them", "band", "width", "95 %", "error", "none"
    );
    let row = |name: &str, which: &dyn Fn(&Record) -> bool| {
        let of: Vec<&Record> = records.iter().filter(|record| which(record)).collect();
        if of.is_empty() {
            return;
        }
        let counted: Vec<(&Record, &Count)> =
            of.iter().filter_map(|record| Some((*record, record.counted.as_ref().ok()?))).collect();
        let framed: Vec<_> = counted.iter().filter(|(_, count)| count.exactness <= Exactness::Framed).collect();
        let is_exact = |record: &Record| record.residual() == Some(0);
        // Of those that are framed, if any are.
        let wide = if framed.is_empty() { counted.iter().collect() } else { framed.clone() };
        let mut widths: Vec<u64> = wide.iter().map(|(_, count)| count.high - count.low).collect();
        widths.sort_unstable();
        let at = |share: usize| {
            widths.get((widths.len() * share / 100).min(widths.len().saturating_sub(1))).copied().unwrap_or_default()
        };
        let error: f64 = counted
            .iter()
            .map(|(record, count)| (record.billed as f64 - count.tokens as f64).abs() / record.billed.max(1) as f64)
            .sum();
        println!(
            "{:34} {:>5} {:>6} {:>6} {:>7} {:>7} {:>6} {:>6} {:>6} {:>7} {:>5}",
            name,
            of.len(),
            percent(of.iter().filter(|record| is_exact(record)).count(), of.len()),
            percent(of.iter().filter(|record| record.residual().is_some_and(|off| off.abs() <= 3)).count(), of.len()),
            percent(framed.len(), of.len()),
            percent(framed.iter().filter(|(record, _)| is_exact(record)).count(), framed.len()),
            percent(
                counted.iter().filter(|(record, count)| (count.low..=count.high).contains(&record.billed)).count(),
                counted.len()
            ),
            at(50),
            at(95),
            format!("{:.2}", 100.0 * error / counted.len().max(1) as f64),
            of.len() - counted.len(),
        );
    };
    let files: BTreeSet<&str> = records.iter().map(|record| &*record.file).collect();
    for file in files {
        row(file, &|record| record.file == file);
    }
    row("text: all, launch month apart", &|record| record.is_text() && !record.is_launch());
    row("text: chat", &|record| record.is_text() && record.endpoint == "chat");
    row("text: responses", &|record| record.is_text() && record.endpoint == "responses" && !record.is_launch());
    row("text: responses of the launch", &|record| record.is_text() && record.is_launch());
    for endpoint in ["chat", "responses"] {
        let text: Vec<&Record> = records
            .iter()
            .filter(|record| record.is_text() && record.endpoint == endpoint && !record.is_launch())
            .collect();
        let features: BTreeSet<&str> =
            text.iter().flat_map(|record| record.features.iter().map(String::as_str)).collect();
        for feature in features {
            row(&format!("  {endpoint} {feature}"), &|record| {
                record.is_text() && record.endpoint == endpoint && !record.is_launch() && record.has(feature)
            });
        }
        let models: BTreeSet<&str> = text.iter().map(|record| &*record.model).collect();
        for model in models {
            row(&format!("  {endpoint} {model}"), &|record| {
                record.is_text() && record.endpoint == endpoint && !record.is_launch() && record.model == model
            });
        }
    }
    for endpoint in ["chat", "responses"] {
        let text =
            records.iter().filter(|record| record.is_text() && record.endpoint == endpoint && !record.is_launch());
        let answers: Vec<&(u64, Count)> = text.filter_map(|record| record.answer.as_ref()).collect();
        let of = |which: &dyn Fn(&(u64, Count)) -> bool| {
            percent(answers.iter().filter(|answer| which(answer)).count(), answers.len())
        };
        println!(
            "answers: {endpoint}, {} of text requests: {} % as billed, {} % within 3, {} % within the band",
            answers.len(),
            of(&|(billed, count)| count.tokens == *billed),
            of(&|(billed, count)| count.tokens.abs_diff(*billed) <= 3),
            of(&|(billed, count)| (count.low..=count.high).contains(billed)),
        );
    }
    let mut failures: BTreeMap<&str, usize> = BTreeMap::new();
    for record in records {
        if let Err(error) = &record.counted {
            *failures.entry(error).or_default() += 1;
        }
    }
    for (error, times) in failures {
        println!("not counted, {times} times: {error}");
    }
}

/// Scores each repository with what the others say: a count is right if what was billed beside it is what was most often
/// billed beside those of the same endpoint, family and features elsewhere.
fn leave_one_out(records: &[Record]) {
    println!();
    for endpoint in ["chat", "responses"] {
        let text: Vec<&Record> = records
            .iter()
            .filter(|record| record.is_text() && record.endpoint == endpoint && !record.is_launch())
            .collect();
        let cells: [&dyn Fn(&Record) -> String; 3] = [
            &|record| format!("{} {:?}", record.model, record.features),
            &|record| format!("{:?}", record.features),
            &|_| String::new(),
        ];
        let mut right = 0;
        let mut by_cell: Vec<BTreeMap<String, Vec<&Record>>> = vec![BTreeMap::new(); 3];
        for record in &text {
            for (cells, cell) in by_cell.iter_mut().zip(cells) {
                cells.entry(cell(record)).or_default().push(record);
            }
        }
        for record in &text {
            let others = by_cell.iter().zip(cells).map(|(all, cell)| {
                all[&cell(record)]
                    .iter()
                    .filter(|other| other.repository != record.repository)
                    .copied()
                    .collect::<Vec<_>>()
            });
            let Some(others) = others.into_iter().find(|others| others.len() >= 3) else { continue };
            let mut residuals: BTreeMap<i64, usize> = BTreeMap::new();
            for other in others {
                *residuals.entry(other.residual().unwrap_or(i64::MAX)).or_default() += 1;
            }
            let mode = residuals
                .iter()
                .max_by_key(|(residual, times)| (**times, -residual.abs()))
                .map(|(residual, _)| *residual);
            right += usize::from(mode.is_some() && mode == record.residual());
        }
        println!("{endpoint}: each repository by the others {} % of {}", percent(right, text.len()), text.len());
    }
}

/// Prints what the bills themselves would correct: nothing, where the rules are right.
fn corrections(calibration: &Calibration) {
    let correction = calibration.correction();
    println!("corrections that the bills support, by category: {}", correction.shifts().count());
    print!("{correction}");
}

/// Scores the models whose vocabulary is not public: how far off the counts are, how often the band holds what was billed, and
/// half its width. The last column is the error of each repository after the others have said how much to add.
fn estimates(records: &[Record]) {
    println!();
    println!(
        "{:34} {:>5} {:>7} {:>7} {:>7} {:>7} {:>7} {:>7} {:>7}",
        "estimates", "n", "error", "median", "95 %", "band", "± half", "± 95 %", "others"
    );
    let row = |name: &str, which: &dyn Fn(&Record) -> bool| {
        let of: Vec<(&Record, &Count)> = records
            .iter()
            .filter(|record| which(record))
            .filter_map(|record| Some((record, record.counted.as_ref().ok()?)))
            .filter(|(_, count)| count.exactness == Exactness::Estimate)
            .collect();
        if of.is_empty() {
            return;
        }
        let share = |part: f64, whole: u64| part / whole.max(1) as f64;
        let error = |times: f64, (record, count): &(&Record, &Count)| {
            share((count.tokens as f64 * times - record.billed as f64).abs(), record.billed)
        };
        let sorted = |numbers: &mut dyn Iterator<Item = f64>| {
            let mut numbers: Vec<f64> = numbers.collect();
            numbers.sort_by(f64::total_cmp);
            numbers
        };
        let at =
            |numbers: &[f64], percent: usize| numbers[(numbers.len() * percent / 100).min(numbers.len() - 1)] * 100.0;
        let mean = |numbers: &[f64]| numbers.iter().sum::<f64>() / numbers.len() as f64 * 100.0;
        let errors = sorted(&mut of.iter().map(|one| error(1.0, one)));
        let halves =
            sorted(&mut of.iter().map(|(_, count)| share((count.high - count.low) as f64 / 2.0, count.tokens)));
        let inside = of.iter().filter(|(record, count)| (count.low..=count.high).contains(&record.billed)).count();
        let others: Vec<f64> = of
            .iter()
            .map(|one| {
                let elsewhere = of.iter().filter(|(other, _)| other.repository != one.0.repository);
                let ratios = sorted(&mut elsewhere.map(|(other, count)| share(other.billed as f64, count.tokens)));
                error(ratios.get(ratios.len() / 2).copied().unwrap_or(1.0), one)
            })
            .collect();
        println!(
            "{name:34} {:>5} {:>7.2} {:>7.2} {:>7.1} {:>7} {:>7.1} {:>7.1} {:>7.2}",
            of.len(),
            mean(&errors),
            at(&errors, 50),
            at(&errors, 95),
            percent(inside, of.len()),
            at(&halves, 50),
            at(&halves, 95),
            mean(&others),
        );
    };
    let is_plain = |record: &Record| {
        let is_seen = |part: &Part| {
            let of_text = !matches!(part.kind, PartKind::Image | PartKind::Audio | PartKind::Video | PartKind::File);
            of_text && part.exactness != Exactness::Unknown
        };
        record.counted.as_ref().is_ok_and(|count| count.parts.iter().all(is_seen))
    };
    let is_newer = |record: &Record| {
        ["4-7", "4-8", "4.7", "4.8", "-5"]
            .iter()
            .any(|new| record.model.strip_prefix("claude-").is_some_and(|rest| rest.ends_with(new)))
    };
    row("Claude 3 to 4.6, text and tools", &|record| {
        record.file == "anthropic" && !is_newer(record) && is_plain(record)
    });
    row("Claude 3 to 4.6, all", &|record| record.file == "anthropic" && !is_newer(record));
    row("newer Claude, text and tools", &|record| record.file == "anthropic" && is_newer(record) && is_plain(record));
    row("newer Claude, all", &|record| record.file == "anthropic" && is_newer(record));
    for version in ["gemini-1", "gemini-2.0", "gemini-2.5", "gemini-3"] {
        row(version, &|record| {
            record.file == "gemini" && record.model.trim_start_matches("models/").starts_with(version)
        });
    }
    let is_signed = |record: &Record| {
        record.counted.as_ref().is_ok_and(|count| count.parts.iter().any(|part| part.label == "thought signature"))
    };
    row("Gemini, text and tools, unsigned", &|record| {
        record.file == "gemini" && is_plain(record) && !is_signed(record)
    });
    row("Gemini, thoughts that are signed", &|record| record.file == "gemini" && is_plain(record) && is_signed(record));
    row("Gemini, all", &|record| record.file == "gemini");
    let families = ["claude", "gemini", "deepseek", "mistral", "ministral", "grok", "kimi", "llama", "glm", "qwen"];
    for family in families {
        row(&format!("elsewhere: {family}"), &|record| record.file == "other" && record.model.contains(family));
    }
    row("elsewhere: text and tools", &|record| record.file == "other" && is_plain(record));
}

fn worst(records: &[Record], most: usize) {
    let mut wrong: Vec<(&Record, i64)> =
        records.iter().filter_map(|record| Some((record, record.residual()?))).filter(|(_, off)| *off != 0).collect();
    wrong.sort_by_key(|(record, off)| (record.file.clone(), std::cmp::Reverse(off.abs())));
    for (record, off) in wrong.iter().take(most) {
        let count = record.counted.as_ref().ok();
        let features: Vec<&str> = record.features.iter().map(String::as_str).collect();
        println!(
            "{off:+} of {} [{}..{}] {}:{} {} {} {} {} {}",
            record.billed,
            count.map_or(0, |count| count.low),
            count.map_or(0, |count| count.high),
            record.file,
            record.line,
            record.model,
            record.month,
            features.join(","),
            record.repository,
            record.path
        );
    }
}
