//! Prices: `tokenfare prices show` and `tokenfare prices diff`.

use crate::args::{Format, FormatArgs, Prices};
use crate::list::{ONLINE, clock, describe_price, ended, find, shown, write};
use crate::message::Messages;
use crate::table::{Cell, Table};
use crate::{Exit, Failure, json, output};
use clap::ColorChoice;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use tokenfare::{Card, Catalog, Date, Meter, Model, Price, Rate};

pub(crate) fn run(
    args: &Prices,
    catalog: &Catalog,
    color: Option<ColorChoice>,
    messages: &Messages,
) -> Result<Exit, Failure> {
    match args {
        Prices::Show { pattern, at, output } => {
            show(catalog, pattern, at.unwrap_or_else(tokenfare::today), output, color, messages)
        }
        Prices::Diff { from, to, pattern, output } => diff(catalog, pattern.as_deref(), (*from, *to), output, color),
    }
}

fn show(
    catalog: &Catalog,
    pattern: &str,
    on: Date,
    args: &FormatArgs,
    color: Option<ColorChoice>,
    messages: &Messages,
) -> Result<Exit, Failure> {
    let models = find(catalog, Some(pattern), Some(on))?;
    let mut priced = Vec::new();
    let mut unpriced = Vec::new();
    for model in &models {
        match model.price(on) {
            Ok(price) => {
                if let Some((after, from)) = price.doubt(on) {
                    let id = model.id();
                    messages.note(&format!(
                        "the price of `{id}` changed between {after} and {from}; this is the one before"
                    ));
                }
                priced.push((model, price));
            }
            Err(error) => unpriced.push(error),
        }
        if models.len() == 1 {
            ended(model, on).iter().for_each(|ended| messages.note(ended));
            if model.is_online() {
                messages.note(ONLINE);
            }
        }
    }
    match (priced.is_empty(), unpriced.len()) {
        (true, 1) => return Err(unpriced.remove(0).into()),
        (true, _) => return Err(Failure::Usage(format!("none of {} models has a price on {on}", models.len()))),
        (_, 0) => {}
        (_, none) => messages.note(&format!("{none} of {} models have no price on {on}", models.len())),
    }
    let mut out = output::stdout();
    match args.chosen() {
        Format::Json => {
            let models = models.iter().map(|model| named(model, on)).collect();
            let (at, as_of) = (on.to_string(), catalog.as_of().to_string());
            json::write(&mut out, &json::Prices { schema: "tokenfare.prices/1", at, as_of, models })?;
        }
        Format::Jsonl => {
            models.iter().try_for_each(|model| json::write_line(&mut out, &named(model, on)))?;
        }
        format => {
            let mut rows = Vec::new();
            for (model, price) in &priced {
                for (under, of, rate) in stated(*price) {
                    let (usd, _, per) = shown(of.meter, rate);
                    rows.push(vec![
                        text(model.provider()),
                        text(model.id()),
                        text(&under),
                        text(&of.name()),
                        Cell::Money(usd),
                        text(per),
                        text(&price.from().to_string()),
                        text(&price.sources().collect::<Vec<_>>().join(", ")),
                    ]);
                }
            }
            let head = vec!["provider", "model", "under", "rate", "USD", "per", "since", "sources"];
            let keys = ["provider", "model", "under", "rate", "usd", "per", "since", "sources"];
            let caption = Some(format!("prices on {on}, as of {}", catalog.as_of()));
            write(&mut out, format, &keys, &Table { head, rows, total: None, caption }, color)?;
        }
    }
    out.flush()?;
    Ok(Exit::Done)
}

fn diff(
    catalog: &Catalog,
    pattern: Option<&str>,
    (from, to): (Date, Date),
    args: &FormatArgs,
    color: Option<ColorChoice>,
) -> Result<Exit, Failure> {
    let mut changes = Vec::new();
    let models = find(catalog, pattern, None)?;
    let names = moved(catalog, &models, (from, to));
    for model in models {
        let at = |on| -> BTreeMap<(String, Of), Rate> {
            let stated = model.price(on).ok().into_iter().flat_map(stated);
            stated.map(|(under, of, rate)| ((under, of), rate)).collect()
        };
        let (before, after) = (at(from), at(to));
        let mut keys: Vec<&(String, Of)> = before.keys().chain(after.keys()).collect();
        keys.sort_unstable();
        keys.dedup();
        for key in keys {
            let (old, new) = (before.get(key), after.get(key));
            if old != new {
                let (under, of) = key;
                // Both for as many.
                let same = old.into_iter().chain(new).map(|rate| shown(of.meter, *rate)).max_by_key(|shown| shown.1);
                let Some((_, number, per)) = same else { continue };
                let usd = |rate: Option<&Rate>| rate.and_then(|rate| rate.usd().checked_mul(number).ok());
                let change = (model.provider().to_owned(), model.id().to_owned(), under.clone(), of.name(), per);
                changes.push((change, usd(old), usd(new)));
            }
        }
    }
    let mut out = output::stdout();
    match args.chosen() {
        format @ (Format::Json | Format::Jsonl) => {
            let changes: Vec<json::Change> = changes
                .into_iter()
                .map(|((provider, model, under, rate, per), before, after)| json::Change {
                    provider,
                    model,
                    under,
                    rate,
                    per,
                    before: before.map(|usd| usd.to_string()),
                    after: after.map(|usd| usd.to_string()),
                })
                .collect();
            if format == Format::Jsonl {
                changes.iter().try_for_each(|change| json::write_line(&mut out, change))?;
                names.iter().try_for_each(|name| json::write_line(&mut out, name))?;
            } else {
                let (from, to) = (from.to_string(), to.to_string());
                json::write(&mut out, &json::Changes { schema: "tokenfare.changes/1", from, to, changes, names })?;
            }
        }
        format => {
            let mut rows = Vec::new();
            for ((provider, model, under, rate, per), before, after) in changes {
                let names = [provider, model, under, rate].map(Cell::Text);
                rows.push([names.to_vec(), vec![before.into(), after.into(), text(per)]].concat());
            }
            for json::Moved { provider, name, before, after } in names {
                let cells = [provider, name, String::new(), "stands for".to_owned()].map(Cell::Text);
                let [before, after] = [before, after].map(|id| id.map_or(Cell::Unknown, Cell::Text));
                rows.push([cells.to_vec(), vec![before, after, text("")]].concat());
            }
            let keys = ["provider", "model", "under", "rate", "before", "after", "per"];
            let caption = Some(format!("USD on {from} and on {to}"));
            write(&mut out, format, &keys, &Table { head: keys.to_vec(), rows, total: None, caption }, color)?;
        }
    }
    out.flush()?;
    Ok(Exit::Done)
}

/// Lists the names of models that stood for another on the other day.
fn moved(catalog: &Catalog, models: &[Model<'_>], (from, to): (Date, Date)) -> Vec<json::Moved> {
    let names = models.iter().flat_map(|model| {
        let dated = model.facts().aliases().filter(|alias| alias.from().is_some() || alias.until().is_some());
        dated.map(|alias| (model.provider(), alias.name()))
    });
    let of = |provider: &str, name: &str, on| {
        let found = catalog.model_of(provider, name, Some(on)).ok();
        found.map(|found| found.id().to_owned())
    };
    let names: BTreeSet<(&str, &str)> = names.collect();
    let moved = names.into_iter().map(|(provider, name)| {
        let (before, after) = (of(provider, name, from), of(provider, name, to));
        json::Moved { provider: provider.to_owned(), name: name.to_owned(), before, after }
    });
    moved.filter(|moved| moved.before != moved.after).collect()
}

fn named<'c>(model: &Model<'c>, on: Date) -> json::Named<'c> {
    let price = model.price(on).ok().map(|price| describe_price(price, on));
    json::Named { id: model.id(), provider: model.provider(), price }
}

/// What a rate is of.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Of {
    meter: Meter,
    detail: String,
}

impl Of {
    fn name(&self) -> String {
        if self.detail.is_empty() { self.meter.to_string() } else { format!("{} {}", self.meter, self.detail) }
    }
}

/// Lists all rates of a price: under which condition, of what, how much.
fn stated(price: Price<'_>) -> Vec<(String, Of, Rate)> {
    let of = |(meter, detail, rate): (Meter, &str, Rate)| (Of { meter, detail: detail.to_owned() }, rate);
    let mut all: Vec<_> = price.rates().map(of).map(|(of, rate)| (String::new(), of, rate)).collect();
    for card in price.cards() {
        let under = condition(card);
        all.extend(card.rates().map(of).map(|(of, rate)| (under.clone(), of, rate)));
        if let Some(multiplier) = card.multiplier() {
            let tokens = price.rates().filter(|(meter, ..)| meter.counts_tokens());
            let times = tokens.filter_map(|(meter, detail, rate)| Some((meter, detail, rate.times(multiplier).ok()?)));
            all.extend(times.map(of).map(|(of, rate)| (under.clone(), of, rate)));
        }
    }
    all
}

/// Writes the condition of a card: `batch, over 200,000`.
fn condition(card: Card<'_>) -> String {
    let over = |over: u64| format!("{} {over}", if card.is_inclusive() { "from" } else { "over" });
    let parts = [
        card.tier().map(|tier| tier.to_string()),
        card.over().map(over),
        card.hours().map(|hours| format!("{} UTC", clock(hours))),
        card.region().map(|region| format!("in {region}")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}
