//! What OpenAI's model documentation of early 2025 and four pages of OpenRouter say is what the catalog says of those days.
//!
//! `seed.jsonl` was typed from them, a line for each name and day, and does not change.

use serde_json::Value;
use tokenfare_catalog::{Catalog, Date, Endpoint, Meter, Modality, Money, Reasoning};

fn words<'v>(facts: &'v Value, key: &str) -> impl Iterator<Item = &'v str> {
    facts[key].as_array().into_iter().flatten().map(|word| word.as_str().expect("a word"))
}

#[test]
fn each_fact_of_the_documents_holds_on_its_day() {
    let catalog = Catalog::bundled();
    let mut held = 0;
    for line in include_str!("seed.jsonl").lines() {
        let facts: Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| facts[key].as_str();
        let number = |key: &str| facts[key].as_u64();
        let (name, at): (_, Date) = (text("name").unwrap(), text("at").unwrap().parse().unwrap());
        let found = catalog.model_at(name, at).unwrap_or_else(|error| panic!("{line}: {error}"));
        let limits = found.limits_at(at);
        for (key, value) in facts.as_object().unwrap() {
            let holds = match key.as_str() {
                "name" | "at" => continue,
                "id" => text(key) == Some(found.id()),
                "context_window" => number(key) == limits.context_window,
                "max_output" => number(key) == limits.max_output,
                "dimensions" => number(key) == found.dimensions(),
                "knowledge_cutoff" => text(key) == found.knowledge_cutoff(),
                "released" => found.released().unwrap().to_string().starts_with(text(key).unwrap()),
                "reasoning" => text(key) == found.reasoning().map(Reasoning::as_str),
                "default_effort" => text(key) == found.effort().map(|effort| effort.as_str()),
                "efforts" => words(&facts, key).eq(found.efforts().map(|effort| effort.as_str())),
                "takes" => words(&facts, key).all(|what| found.takes(what.parse::<Modality>().unwrap())),
                "gives" => words(&facts, key).all(|what| found.gives(what.parse::<Modality>().unwrap())),
                "endpoints" | "endpoints_not" => {
                    let has = |word: &str| found.endpoints().any(|known| known == word.parse::<Endpoint>().unwrap());
                    words(&facts, key).all(|word| has(word) == (key == "endpoints"))
                }
                "priced" => value.as_bool() == Some(found.price_at(at).is_ok()),
                meter => {
                    let rate = found.rate_at(meter.parse::<Meter>().unwrap(), at).unwrap();
                    rate.usd_per_mtok() == text(meter).unwrap().parse::<Money>().unwrap()
                }
            };
            assert!(holds, "{name} on {at}: {key} is not {value}");
            held += 1;
        }
    }
    assert!(held >= 350, "{held} facts");
}
