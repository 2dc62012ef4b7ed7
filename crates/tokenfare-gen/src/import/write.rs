//! Models → the text of a file, in the form `FORMAT.md` of the catalog gives.

use super::facts::{Card, ENDPOINTS, MODALITIES, Quote, RATES, Rates, TIERS, When};
use super::merge::{File, Model, Price};
use super::providers;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

const PUT: &str = "writing to a string cannot fail";

/// How long a line may be before a list is better told in several.
const WIDE: usize = 120;

pub(crate) fn file(file: &File, checked: &str) -> String {
    let (kind, also) = providers::head(&file.provider);
    let mut out = String::new();
    writeln!(out, "provider = {:?}\nkind = {kind:?}", file.provider).expect(PUT);
    if !also.is_empty() {
        writeln!(out, "also = {}", list(also)).expect(PUT);
    }
    writeln!(out, "as_of = {checked}").expect(PUT);
    for (id, model) in &file.models {
        put_model(&mut out, id, model, checked);
    }
    out
}

fn put_model(out: &mut String, id: &str, model: &Model, checked: &str) {
    let traits = &model.traits;
    writeln!(out, "\n[[model]]\nid = {}", text(id)).expect(PUT);
    if let Some((encoding, inferred)) = model.encoding {
        writeln!(out, "encoding = {encoding:?}").expect(PUT);
        if inferred {
            out.push_str("inferred = true\n");
        }
    } else if let Some(tokenizer) = model.tokenizer {
        writeln!(out, "tokenizer = {tokenizer:?}").expect(PUT);
    }
    for (key, value) in [
        ("context_window", model.context_window),
        ("max_input", traits.max_input),
        ("max_output", traits.max_output),
        ("dimensions", traits.dimensions),
    ] {
        if let Some(value) = value {
            writeln!(out, "{key} = {}", grouped(value)).expect(PUT);
        }
    }
    for (key, places, words) in [
        ("takes", &traits.takes, &MODALITIES[..]),
        ("gives", &traits.gives, &MODALITIES[..]),
        ("endpoints", &traits.endpoints, &ENDPOINTS[..]),
    ] {
        let words: Vec<&str> = places.iter().map(|place| words[*place]).collect();
        if !words.is_empty() {
            writeln!(out, "{key} = {}", list(&words)).expect(PUT);
        }
    }
    if let Some(reasoning) = model.reasoning {
        writeln!(out, "reasoning = {reasoning:?}").expect(PUT);
    }
    for (key, day) in [("released", &model.released), ("retired", &traits.retired)] {
        if let Some(day) = day {
            writeln!(out, "{key} = {day}").expect(PUT);
        }
    }
    if let Some(note) = model.note {
        writeln!(out, "note = {}", text(note)).expect(PUT);
    }
    for alias in &model.aliases {
        writeln!(out, "\n  [[model.alias]]\n  name = {}", text(alias)).expect(PUT);
        if let Some(effort) = effort(alias, id, model) {
            writeln!(out, "  effort = {effort:?}").expect(PUT);
        }
    }
    for price in &model.prices {
        put_price(out, price, checked);
    }
}

/// The effort an alias asks for, which is the name and a word of how much: `o3-mini-high`.
fn effort(alias: &str, id: &str, model: &Model) -> Option<&'static str> {
    ["low", "medium", "high"].into_iter().find(|effort| {
        let stem = alias.strip_suffix(effort).and_then(|stem| stem.strip_suffix('-'));
        stem.is_some_and(|stem| stem == id || model.aliases.contains(stem))
    })
}

fn put_price(out: &mut String, price: &Price, checked: &str) {
    writeln!(out, "\n  [[model.price]]\n  from = {}", price.from).expect(PUT);
    if let Some(after) = &price.after {
        writeln!(out, "  after = {after}").expect(PUT);
    }
    put_rates(out, "  ", &price.quote.rates);
    let sources: Vec<&str> = price.sources.iter().map(String::as_str).collect();
    writeln!(out, "  checked = {checked}\n  sources = {}", list(&sources)).expect(PUT);
    if !price.notes.is_empty() {
        writeln!(out, "  note = {}", text(&price.notes.join("; "))).expect(PUT);
    }
    for (when, card) in cards(&price.quote) {
        put_card(out, when, &card);
    }
}

fn put_card(out: &mut String, when: &When, card: &Card) {
    out.push_str("\n    [[model.price.card]]\n");
    if let Some(tier) = when.tier {
        writeln!(out, "    tier = {:?}", TIERS[tier]).expect(PUT);
    }
    if let Some(over) = when.over {
        writeln!(out, "    over = {}", grouped(over)).expect(PUT);
        if when.inclusive {
            out.push_str("    inclusive = true\n");
        }
    }
    if let Some(hours) = &when.hours {
        writeln!(out, "    hours = {hours:?}").expect(PUT);
    }
    if let Some(region) = when.region {
        writeln!(out, "    region = {region:?}").expect(PUT);
    }
    if let Some(multiplier) = &card.multiplier {
        writeln!(out, "    multiplier = {multiplier:?}").expect(PUT);
    }
    put_rates(out, "    ", &card.rates);
}

fn put_rates(out: &mut String, indent: &str, rates: &Rates) {
    for (place, rate) in &rates.0 {
        writeln!(out, "{indent}{} = {rate}", RATES[*place]).expect(PUT);
    }
}

/// The cards of a price with what they change, and nothing that is so without them.
pub(crate) fn cards(quote: &Quote) -> Vec<(&When, Card)> {
    let mut written: BTreeMap<&When, Card> = BTreeMap::new();
    for (when, card) in &quote.cards {
        let applies = |other: &When| {
            (other.tier.is_none() || other.tier == when.tier)
                && other.over.is_none_or(|over| when.over.is_some_and(|when| over <= when))
                && other.hours.is_none()
                && other.region.is_none()
        };
        let varies = |rate: &usize| {
            when.over.is_none()
                && quote
                    .cards
                    .iter()
                    .any(|(when, card)| when.tier.is_none() && when.over.is_some() && card.rates.0.contains_key(rate))
        };
        let rates: BTreeMap<_, _> = card
            .rates
            .0
            .iter()
            .filter(|(rate, value)| {
                let before = written
                    .iter()
                    .rev()
                    .filter(|(other, _)| applies(other))
                    .find_map(|(_, card)| card.rates.0.get(*rate));
                before.or_else(|| quote.rates.0.get(*rate)) != Some(*value) || (before.is_none() && varies(rate))
            })
            .map(|(rate, value)| (*rate, value.clone()))
            .collect();
        let mut card = Card { rates: Rates(rates), multiplier: card.multiplier.clone() };
        if card.rates.is_empty() && card.multiplier.is_none() {
            if when.over.is_some() || when.tier.is_none() {
                continue;
            }
            // A tier at the same rates is still one that is offered.
            card.rates = Rates(quote.rates.0.iter().take(1).map(|(rate, value)| (*rate, value.clone())).collect());
        }
        written.insert(when, card);
    }
    written.into_iter().collect()
}

fn list(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| text(word)).collect();
    let line = format!("[{}]", quoted.join(", "));
    if line.len() < WIDE { line } else { format!("[\n  {},\n]", quoted.join(",\n  ")) }
}

/// A string of TOML: what JSON escapes, TOML does too.
fn text(value: &str) -> String {
    let mut out = String::from("\"");
    for char in value.chars() {
        match char {
            '"' | '\\' => out.extend(['\\', char]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            _ if char.is_control() => write!(out, "\\u{:04X}", u32::from(char)).expect(PUT),
            _ => out.push(char),
        }
    }
    out.push('"');
    out
}

/// `1_050_000`
pub(crate) fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push('_');
        }
        out.push(digit);
    }
    out
}

/// Names that would stand for two models in one file.
pub(crate) fn doubles(file: &File) -> Vec<String> {
    let mut seen = BTreeSet::new();
    file.models
        .iter()
        .flat_map(|(id, model)| [id].into_iter().chain(&model.aliases))
        .filter(|name| !seen.insert(name.as_str()))
        .cloned()
        .collect()
}
