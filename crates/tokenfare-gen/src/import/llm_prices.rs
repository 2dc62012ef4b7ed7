//! Reads `llm-prices`: a third vote on the text prices of four makers.

use super::facts::{Amount, Per, Quote, When};
use super::genai::exact;
use super::json::Json;
use std::collections::BTreeMap;

pub(crate) struct Source {
    /// By provider and name; a price a prompt's length does not change but where it says so.
    pub(crate) models: BTreeMap<(String, String), Quote>,
}

impl Source {
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let json = Json::parse(text)?;
        let mut models = BTreeMap::new();
        for model in json.get("models").map(Json::items).unwrap_or_default() {
            let (Some(provider), Some(id)) = (model.text_of("provider"), model.text_of("model")) else { continue };
            let mut quote = Quote::default();
            put(&mut quote, &When::default(), model);
            if let Some(long) = model.get("long_context") {
                let over = long.get("threshold_tokens").and_then(Json::count);
                put(&mut quote, &When { over, ..When::default() }, long);
            }
            let aliases = model.get("aliases").map(Json::items).unwrap_or_default();
            for name in [id].into_iter().chain(aliases.iter().filter_map(Json::text)) {
                models.entry((provider.to_owned(), name.to_owned())).or_insert_with(|| quote.clone());
            }
        }
        Ok(Self { models })
    }
}

fn put(quote: &mut Quote, when: &When, fields: &Json) {
    let is_base = *when == When::default();
    for (key, rate) in [("input", "input"), ("output", "output"), ("cache_read", "cache_read")] {
        if let Some(usd) = fields.get(key).and_then(Json::decimal).and_then(exact) {
            let amount = Amount { usd, per: Per::Token };
            if is_base {
                quote.rates.put(rate, amount);
            } else {
                quote.cards.entry(when.clone()).or_default().rates.put(rate, amount);
            }
        }
    }
}
