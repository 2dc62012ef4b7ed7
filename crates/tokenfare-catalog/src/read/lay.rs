//! Lays files out as a table.

use super::{Alias, Entry, File, Former, Model, Price};
use crate::error::Error;
use crate::table::{
    AliasRow, CardRow, FormerRow, Limits, ModelRow, NONE, NameRow, PriceRow, ProviderRow, RateRow, Rows, Table, Text,
    hash,
};
use crate::word::{Kind, bit};
use std::borrow::Cow;
use std::collections::HashMap;

/// Lays out files that keep the rules.
///
/// # Errors
/// If they hold more than a table can.
pub(super) fn lay_out(files: &[File]) -> Result<Table, Error> {
    let mut laid = Laid::default();
    let mut files: Vec<&File> = files.iter().collect();
    files.sort_by(|a, b| a.provider.cmp(&b.provider));
    let mut providers = Vec::new();
    let mut provider_names = Vec::new();
    let mut models: Vec<(&Model, usize)> = Vec::new();
    for (at, file) in files.iter().enumerate() {
        providers.push(ProviderRow { id: laid.text(&file.provider)?, kind: file.kind, as_of: file.as_of });
        for name in std::iter::once(&file.provider).chain(&file.also) {
            provider_names.push((name.as_str(), laid.text(name)?, at));
        }
        models.extend(file.models.iter().map(|model| (model, at)));
    }
    provider_names.sort_unstable_by_key(|&(name, ..)| name);
    models.sort_by_key(|&(model, provider)| (&model.id, provider));

    let mut rows = Vec::new();
    // By name, kind and provider, then by date.
    let mut names: Vec<(&str, Kind, usize, _, NameRow)> = Vec::new();
    for (at, &(model, provider)) in models.iter().enumerate() {
        let at = at as u32;
        let kind = if model.resold { Kind::Host } else { files[provider].kind };
        names.push((&model.id, kind, provider, None, NameRow { name: laid.text(&model.id)?, model: at, alias: NONE }));
        let row = laid.model(model, provider as u32)?;
        for (alias, of) in row.aliases.range().zip(&model.aliases) {
            let name = NameRow { name: laid.text(&of.name)?, model: at, alias: alias as u32 };
            names.push((&of.name, kind, provider, of.from, name));
        }
        rows.push(row);
    }
    names.sort_by(|a, b| (a.0, a.1, a.2, a.3).cmp(&(b.0, b.1, b.2, b.3)));
    let index = index(&names.iter().map(|name| name.0).collect::<Vec<_>>());
    Ok(Table {
        texts: Cow::Owned(laid.texts),
        providers: Cow::Owned(providers),
        provider_names: provider_names.into_iter().map(|(_, name, at)| (name, at as u32)).collect(),
        models: Cow::Owned(rows),
        aliases: Cow::Owned(laid.aliases),
        former: Cow::Owned(laid.former),
        prices: Cow::Owned(laid.prices),
        cards: Cow::Owned(laid.cards),
        rates: Cow::Owned(laid.rates),
        names: names.into_iter().map(|name| name.4).collect(),
        index: Cow::Owned(index),
    })
}

/// Where the first row of each name is, by its hash.
fn index(names: &[&str]) -> Vec<u32> {
    let mut index = vec![NONE; (2 * names.len().max(1)).next_power_of_two()];
    for (row, name) in names.iter().enumerate() {
        if row > 0 && names[row - 1] == *name {
            continue;
        }
        let mut at = hash(name) as usize & (index.len() - 1);
        while index[at] != NONE {
            at = (at + 1) & (index.len() - 1);
        }
        index[at] = row as u32;
    }
    index
}

/// The rows so far.
#[derive(Default)]
struct Laid<'f> {
    texts: String,
    known: HashMap<&'f str, Text>,
    joined: HashMap<String, Text>,
    aliases: Vec<AliasRow>,
    former: Vec<FormerRow>,
    prices: Vec<PriceRow>,
    cards: Vec<CardRow>,
    rates: Vec<RateRow>,
}

impl<'f> Laid<'f> {
    fn text(&mut self, text: &'f str) -> Result<Text, Error> {
        if let Some(known) = self.known.get(text) {
            return Ok(*known);
        }
        let new = self.new_text(text)?;
        self.known.insert(text, new);
        Ok(new)
    }

    fn optional(&mut self, text: Option<&'f String>) -> Result<Text, Error> {
        text.map_or(Ok(Text::NONE), |text| self.text(text))
    }

    fn lines(&mut self, lines: &[String]) -> Result<Text, Error> {
        let joined = lines.join("\n");
        if let Some(known) = self.joined.get(&joined) {
            return Ok(*known);
        }
        let new = self.new_text(&joined)?;
        self.joined.insert(joined, new);
        Ok(new)
    }

    fn new_text(&mut self, text: &str) -> Result<Text, Error> {
        if text.is_empty() {
            return Ok(Text::NONE);
        }
        let new = Text::new(self.texts.len(), text.len()).ok_or_else(|| super::data(text, "is more text than fits"))?;
        self.texts.push_str(text);
        Ok(new)
    }

    fn model(&mut self, model: &'f Model, provider: u32) -> Result<ModelRow, Error> {
        let limits = Limits {
            context_window: model.context_window.unwrap_or(NONE),
            max_input: model.max_input.unwrap_or(NONE),
            max_output: model.max_output.unwrap_or(NONE),
        };
        let first = self.aliases.len();
        for Alias { name, from, until, effort, .. } in &model.aliases {
            let name = self.text(name)?;
            self.aliases.push(AliasRow { name, from: *from, until: *until, effort: *effort });
        }
        let aliases = rows(first, self.aliases.len())?;
        let first = self.former.len();
        for Former { until, context_window, max_input, max_output } in &model.former {
            let limits = Limits {
                context_window: context_window.unwrap_or(limits.context_window),
                max_input: max_input.unwrap_or(limits.max_input),
                max_output: max_output.unwrap_or(limits.max_output),
            };
            self.former.push(FormerRow { until: *until, limits });
        }
        let former = rows(first, self.former.len())?;
        let first = self.prices.len();
        for price in &model.prices {
            let price = self.price(price)?;
            self.prices.push(price);
        }
        let small = |set: u32| set as u8;
        Ok(ModelRow {
            id: self.text(&model.id)?,
            provider,
            encoding: self.optional(model.encoding.as_ref())?,
            tokenizer: self.optional(model.tokenizer.as_ref())?,
            limits,
            dimensions: model.dimensions.unwrap_or(NONE),
            endpoints: model.endpoints.iter().fold(0, |set, word| set | bit(*word as u8)),
            takes: small(model.takes.iter().fold(0, |set, word| set | bit(*word as u8))),
            gives: small(model.gives.iter().fold(0, |set, word| set | bit(*word as u8))),
            efforts: small(model.efforts.iter().fold(0, |set, word| set | bit(*word as u8))),
            default_effort: model.default_effort,
            reasoning: model.reasoning,
            inferred: model.inferred,
            resold: model.resold,
            knowledge_cutoff: self.optional(model.knowledge_cutoff.as_ref())?,
            replaced_by: self.optional(model.replaced_by.as_ref())?,
            released: model.released,
            deprecated: model.deprecated,
            retired: model.retired,
            aliases,
            former,
            prices: rows(first, self.prices.len())?,
        })
    }

    fn price(&mut self, price: &'f Price) -> Result<PriceRow, Error> {
        let rates = self.rates(&price.rates)?;
        let mut cards = Vec::new();
        for card in &price.cards {
            cards.push(CardRow {
                tier: card.tier,
                over: card.over.unwrap_or(NONE),
                inclusive: card.inclusive,
                hours: card.hours,
                region: self.optional(card.region.as_ref())?,
                multiplier: card.multiplier,
                rates: self.rates(&card.rates)?,
            });
        }
        let first = self.cards.len();
        self.cards.extend(cards);
        Ok(PriceRow {
            from: price.from,
            after: price.after,
            until: price.until,
            checked: price.checked,
            sources: self.lines(&price.sources)?,
            cards: rows(first, self.cards.len())?,
            rates,
        })
    }

    fn rates(&mut self, entries: &'f [Entry]) -> Result<Rows, Error> {
        let first = self.rates.len();
        for Entry { meter, detail, rate } in entries {
            let detail = self.text(detail)?;
            self.rates.push(RateRow { meter: *meter, detail, rate: *rate });
        }
        rows(first, self.rates.len())
    }
}

fn rows(first: usize, end: usize) -> Result<Rows, Error> {
    Rows::new(first, end - first).ok_or_else(|| super::data("the catalog", "has more entries than a table holds"))
}
