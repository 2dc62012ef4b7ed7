//! Writes a table as the source of `generated.rs`.

use super::{File, lay};
use crate::date::Date;
use crate::error::Error;
use crate::rate::Ratio;
use crate::table::{Limits, NONE, Table};
use std::fmt::{Debug, Write as _};

const PUT: &str = "writing to a string cannot fail";

/// The columns of text in a line of the generated file.
const COLUMNS: usize = 120;

/// Returns the body of `generated.rs`: the table of these files, which keep the rules.
///
/// # Errors
/// If they hold more than a table can.
pub fn source(files: &[File]) -> Result<String, Error> {
    let Table { texts, providers, provider_names, models, aliases, former, prices, cards, rates, names, index } =
        lay::lay_out(files)?;
    let mut out = HEAD.to_owned();
    put_texts(&mut out, &texts);
    put(&mut out, "PROVIDERS", "ProviderRow", &providers, |row| {
        format!("ProviderRow {{ id: Text({}), kind: Kind::{:?}, as_of: {} }}", row.id.0, row.kind, date(row.as_of))
    });
    put(&mut out, "PROVIDER_NAMES", "(Text, u32)", &provider_names, |(name, at)| format!("(Text({}), {at})", name.0));
    put(&mut out, "MODELS", "ModelRow", &models, |row| {
        format!(
            "m([{}, {}, {}, {}, {}, {}], {}, [{}, {}, {}, {}], [{}, {}], {}, {}, {}, {}, [{}, {}, {}])",
            row.id.0,
            row.provider,
            row.encoding.0,
            row.tokenizer.0,
            row.knowledge_cutoff.0,
            row.replaced_by.0,
            limits(row.limits),
            number(row.dimensions),
            row.endpoints,
            u32::from(row.takes) | u32::from(row.gives) << 8,
            row.efforts,
            row.inferred,
            row.resold,
            word(row.default_effort),
            word(row.reasoning),
            optional(row.released),
            format_args!("[{}, {}]", optional(row.deprecated), optional(row.retired)),
            row.aliases.0,
            row.former.0,
            row.prices.0,
        )
    });
    put(&mut out, "ALIASES", "AliasRow", &aliases, |row| {
        format!("a({}, {}, {}, {})", row.name.0, optional(row.from), optional(row.until), word(row.effort))
    });
    put(&mut out, "FORMER", "FormerRow", &former, |row| {
        format!("FormerRow {{ until: {}, limits: {} }}", date(row.until), limits(row.limits))
    });
    put(&mut out, "PRICES", "PriceRow", &prices, |row| {
        let dates = [row.after, row.until].map(optional).join(", ");
        let (from, checked) = (date(row.from), date(row.checked));
        format!("p({from}, {dates}, {checked}, {}, {}, {})", row.sources.0, row.cards.0, row.rates.0)
    });
    put(&mut out, "CARDS", "CardRow", &cards, |row| {
        let multiplier = row.multiplier.map(Ratio::parts);
        let (over, hours) = (number(row.over), row.hours);
        let (tier, rates) = (word(row.tier), row.rates.0);
        format!("c({tier}, {over}, {}, {hours:?}, {}, {multiplier:?}, {rates})", row.inclusive, row.region.0)
    });
    put(&mut out, "RATES", "RateRow", &rates, |row| {
        format!("r({:?}, {}, {})", row.meter, row.detail.0, row.rate.units())
    });
    put(&mut out, "NAMES", "NameRow", &names, |row| format!("n({}, {}, {})", row.name.0, row.model, number(row.alias)));
    put(&mut out, "INDEX", "u32", &index, |row| number(*row));
    Ok(out)
}

fn put_texts(out: &mut String, texts: &str) {
    out.push_str("static TEXTS: &str = \"\\\n");
    let mut column = 0;
    for character in texts.chars() {
        // After a line that goes on, white space would be left out.
        if column >= COLUMNS && !character.is_whitespace() {
            out.push_str("\\\n");
            column = 0;
        }
        column += 1;
        match character {
            '\n' => out.push_str("\\n"),
            '"' | '\\' => out.extend(['\\', character]),
            other => out.push(other),
        }
    }
    out.push_str("\";\n\n");
}

fn put<T>(out: &mut String, name: &str, kind: &str, rows: &[T], show: impl Fn(&T) -> String) {
    writeln!(out, "static {name}: [{kind}; {}] = [", rows.len()).expect(PUT);
    let mut column = 0;
    for row in rows {
        let row = show(row);
        if column > 0 && column + row.len() + 2 > COLUMNS {
            out.push('\n');
            column = 0;
        }
        let before = if column == 0 { "    " } else { " " };
        write!(out, "{before}{row},").expect(PUT);
        column += before.len() + row.len() + 1;
    }
    out.push_str("\n];\n\n");
}

fn limits(limits: Limits) -> String {
    let Limits { context_window, max_input, max_output } = limits;
    format!("l({}, {}, {})", number(context_window), number(max_input), number(max_output))
}

fn number(number: u32) -> String {
    if number == NONE { "N".to_owned() } else { number.to_string() }
}

fn date(date: Date) -> String {
    format!("d({}, {}, {})", date.year(), date.month(), date.day())
}

fn optional(day: Option<Date>) -> String {
    day.map_or_else(|| "None".to_owned(), |day| format!("Some({})", date(day)))
}

fn word(word: Option<impl Debug>) -> String {
    let named = word.map(|word| format!("{word:?}"));
    // One of the words is what is not there is called.
    named.map_or_else(|| "None".to_owned(), |word| format!("Some({})", if word == "None" { "NoEffort" } else { &word }))
}

/// What comes before the arrays: the table, and a short word for each kind of row.
const HEAD: &str = "\
#![allow(unused_imports, dead_code, reason = \"small tables do without some\")]

use crate::date::Date;
use crate::rate::{Rate, Ratio};
use crate::table::{
    AliasRow, CardRow, FormerRow, Limits, ModelRow, NONE as N, NameRow, PriceRow, ProviderRow, RateRow, Rows, Table, Text,
};
use crate::word::Effort::{High, Low, Max, Medium, Minimal, None as NoEffort, Xhigh};
use crate::word::Meter::*;
use crate::word::Reasoning::{Inside, Outside};
use crate::word::Tier::{Balanced, Batch, Fast, Flex, Priority, Standard, Ultrafast};
use crate::word::{Effort, Kind, Meter, Reasoning as Place, Tier};
use std::borrow::Cow;

pub(crate) const TABLE: Table = Table {
    texts: Cow::Borrowed(TEXTS),
    providers: Cow::Borrowed(&PROVIDERS),
    provider_names: Cow::Borrowed(&PROVIDER_NAMES),
    models: Cow::Borrowed(&MODELS),
    aliases: Cow::Borrowed(&ALIASES),
    former: Cow::Borrowed(&FORMER),
    prices: Cow::Borrowed(&PRICES),
    cards: Cow::Borrowed(&CARDS),
    rates: Cow::Borrowed(&RATES),
    names: Cow::Borrowed(&NAMES),
    index: Cow::Borrowed(&INDEX),
};

const fn d(year: u16, month: u8, day: u8) -> Date {
    Date::known(year, month, day)
}

const fn l(context_window: u32, max_input: u32, max_output: u32) -> Limits {
    Limits { context_window, max_input, max_output }
}

#[expect(clippy::too_many_arguments, reason = \"a row has many fields\")]
const fn m(
    [id, provider, encoding, tokenizer, knowledge_cutoff, replaced_by]: [u32; 6],
    limits: Limits,
    [dimensions, endpoints, modalities, efforts]: [u32; 4],
    [inferred, resold]: [bool; 2],
    default_effort: Option<Effort>,
    reasoning: Option<Place>,
    released: Option<Date>,
    [deprecated, retired]: [Option<Date>; 2],
    [aliases, former, prices]: [u32; 3],
) -> ModelRow {
    ModelRow {
        id: Text(id),
        provider,
        encoding: Text(encoding),
        tokenizer: Text(tokenizer),
        limits,
        dimensions,
        endpoints,
        takes: modalities as u8,
        gives: (modalities >> 8) as u8,
        efforts: efforts as u8,
        default_effort,
        reasoning,
        inferred,
        resold,
        knowledge_cutoff: Text(knowledge_cutoff),
        replaced_by: Text(replaced_by),
        released,
        deprecated,
        retired,
        aliases: Rows(aliases),
        former: Rows(former),
        prices: Rows(prices),
    }
}

const fn a(name: u32, from: Option<Date>, until: Option<Date>, effort: Option<Effort>) -> AliasRow {
    AliasRow { name: Text(name), from, until, effort }
}

const fn p(
    from: Date,
    after: Option<Date>,
    until: Option<Date>,
    checked: Date,
    sources: u32,
    cards: u32,
    rates: u32,
) -> PriceRow {
    PriceRow { from, after, until, checked, sources: Text(sources), cards: Rows(cards), rates: Rows(rates) }
}

const fn c(
    tier: Option<Tier>,
    over: u32,
    inclusive: bool,
    hours: Option<(u16, u16)>,
    region: u32,
    multiplier: Option<(u64, u64)>,
    rates: u32,
) -> CardRow {
    let multiplier = match multiplier {
        Some((above, below)) => Some(Ratio::known(above, below)),
        None => None,
    };
    CardRow { tier, over, inclusive, hours, region: Text(region), multiplier, rates: Rows(rates) }
}

const fn r(meter: Meter, detail: u32, units: u64) -> RateRow {
    RateRow { meter, detail: Text(detail), rate: Rate::from_units(units) }
}

const fn n(name: u32, model: u32, alias: u32) -> NameRow {
    NameRow { name: Text(name), model, alias }
}

";
