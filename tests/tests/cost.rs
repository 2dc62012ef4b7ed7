//! What usage costs: the stored vectors, which Python runs too.

use serde_json::Value;
use std::fs;
use std::path::Path;
use tokenfare::{At, Error, Format, Pricer, Usage};

/// The exception Python raises for it.
fn class(error: &Error) -> &'static str {
    if error.is_unknown_model() {
        "UnknownModel"
    } else if error.is_missing_rate() {
        "MissingRate"
    } else if error.is_bad_usage() {
        "BadUsage"
    } else {
        "InvalidValue"
    }
}

struct Priced {
    total: String,
    lines: Vec<(String, u64, String)>,
    reported: Option<String>,
}

fn price(vector: &Value) -> Result<Priced, Error> {
    let text = |name: &str| vector[name].as_str();
    let at: At = text("at").map_or_else(|| Ok(At::now()), str::parse)?;
    let format = text("format").map(str::parse::<Format>).transpose()?;
    let mut pricer = Pricer::at(at);
    if let Some(tier) = text("tier") {
        pricer = pricer.tier(tier.parse()?);
    }
    if let Some(model) = text("model") {
        pricer = pricer.model(model);
    }
    if let Some(provider) = text("provider") {
        pricer = pricer.provider(provider);
    }
    if let Some(region) = text("region") {
        pricer = pricer.region(region);
    }
    let usage = Usage::from_json_as(format, &vector["body"].to_string())?;
    let cost = pricer.cost(&usage)?;
    let line = |line: &tokenfare::Line<'_>| (line.meter.to_string(), line.amount, line.cost.to_string());
    Ok(Priced {
        total: cost.total().to_string(),
        lines: cost.lines().iter().map(line).collect(),
        reported: cost.reported().map(|reported| reported.cost.to_string()),
    })
}

/// What is wrong with the answer to a vector, if anything.
fn wrong(vector: &Value) -> Option<String> {
    match price(vector) {
        Err(error) => {
            let message = error.to_string();
            if vector["error"].as_str() != Some(class(&error)) {
                return Some(format!("{}: {message}", class(&error)));
            }
            let names = vector["names"].as_array().map_or(&[][..], Vec::as_slice);
            let missing = names.iter().filter_map(Value::as_str).find(|name| !message.contains(name));
            missing.map(|name| format!("`{name}` is not in: {message}"))
        }
        Ok(priced) => {
            if vector["total"].as_str() != Some(&*priced.total) {
                return Some(format!("total {}, lines {:?}", priced.total, priced.lines));
            }
            if let Some(reported) = vector["reported"].as_str()
                && priced.reported.as_deref() != Some(reported)
            {
                return Some(format!("reported {:?}", priced.reported));
            }
            let expected = vector["lines"].as_array()?;
            let mut expected: Vec<(String, u64, String)> = expected
                .iter()
                .map(|line| {
                    let text = |i: usize| line[i].as_str().expect("a word or an amount").to_owned();
                    (text(0), line[1].as_u64().expect("a number of things"), text(2))
                })
                .collect();
            let mut lines = priced.lines;
            expected.sort();
            lines.sort();
            (lines != expected).then(|| format!("lines {lines:?}"))
        }
    }
}

#[test]
fn every_vector_costs_what_it_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/cost.jsonl");
    let vectors = fs::read_to_string(path).expect("the vectors are in the tree");
    let mut failed = Vec::new();
    let mut seen = 0;
    for line in vectors.lines() {
        let vector: Value = serde_json::from_str(line).expect("a vector a line");
        seen += 1;
        if let Some(why) = wrong(&vector) {
            failed.push(format!("{}: wanted {} {}, got {why}", vector["name"], vector["total"], vector["error"]));
        }
    }
    assert!(seen > 200, "{seen} vectors");
    assert!(failed.is_empty(), "{} of {seen}:\n{}", failed.len(), failed.join("\n"));
}
