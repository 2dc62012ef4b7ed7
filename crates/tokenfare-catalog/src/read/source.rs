//! Writes a table as the source of `generated.rs`.

use super::{File, lay};
use crate::date::Date;
use crate::error::Error;
use crate::table::{Limits, NONE, Rows, Table, Text};
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
    let mut out = String::from(
        "use crate::date::Date;\nuse crate::rate::{Rate, Ratio};\n\
         use crate::table::{AliasRow, CardRow, FormerRow, Limits, ModelRow, NameRow, PriceRow, ProviderRow, RateRow, Rows, Table, Text};\n\
         use crate::word::{Effort, Kind, Meter, Reasoning, Tier};\nuse std::borrow::Cow;\n\n\
         pub(crate) const TABLE: Table = Table {\n    texts: Cow::Borrowed(TEXTS),\n    providers: Cow::Borrowed(&PROVIDERS),\n    \
         provider_names: Cow::Borrowed(&PROVIDER_NAMES),\n    models: Cow::Borrowed(&MODELS),\n    aliases: Cow::Borrowed(&ALIASES),\n    \
         former: Cow::Borrowed(&FORMER),\n    prices: Cow::Borrowed(&PRICES),\n    cards: Cow::Borrowed(&CARDS),\n    \
         rates: Cow::Borrowed(&RATES),\n    names: Cow::Borrowed(&NAMES),\n    index: Cow::Borrowed(&INDEX),\n};\n\n",
    );
    put_texts(&mut out, &texts);
    put(&mut out, "PROVIDERS", "ProviderRow", &providers, |row| {
        format!("ProviderRow {{ id: {}, kind: Kind::{:?}, as_of: {} }}", text(row.id), row.kind, date(row.as_of))
    });
    put(&mut out, "PROVIDER_NAMES", "(Text, u32)", &provider_names, |(name, at)| format!("({}, {at})", text(*name)));
    put(&mut out, "MODELS", "ModelRow", &models, |row| {
        format!(
            "ModelRow {{ id: {}, provider: {}, encoding: {}, tokenizer: {}, limits: {}, dimensions: {}, endpoints: {}, \
             takes: {}, gives: {}, efforts: {}, default_effort: {}, reasoning: {}, inferred: {}, knowledge_cutoff: {}, \
             replaced_by: {}, released: {}, deprecated: {}, retired: {}, aliases: {}, former: {}, prices: {} }}",
            text(row.id),
            row.provider,
            text(row.encoding),
            text(row.tokenizer),
            limits(row.limits),
            number(row.dimensions),
            row.endpoints,
            row.takes,
            row.gives,
            row.efforts,
            word("Effort", row.default_effort),
            word("Reasoning", row.reasoning),
            row.inferred,
            text(row.knowledge_cutoff),
            text(row.replaced_by),
            optional(row.released),
            optional(row.deprecated),
            optional(row.retired),
            rows(row.aliases),
            rows(row.former),
            rows(row.prices),
        )
    });
    put(&mut out, "ALIASES", "AliasRow", &aliases, |row| {
        let (from, until) = (optional(row.from), optional(row.until));
        format!("AliasRow {{ name: {}, from: {from}, until: {until}, effort: {} }}", text(row.name), word("Effort", row.effort))
    });
    put(&mut out, "FORMER", "FormerRow", &former, |row| {
        format!("FormerRow {{ until: {}, limits: {} }}", date(row.until), limits(row.limits))
    });
    put(&mut out, "PRICES", "PriceRow", &prices, |row| {
        format!(
            "PriceRow {{ from: {}, after: {}, until: {}, checked: {}, sources: {}, cards: {}, rates: {} }}",
            date(row.from),
            optional(row.after),
            optional(row.until),
            date(row.checked),
            text(row.sources),
            rows(row.cards),
            rows(row.rates),
        )
    });
    put(&mut out, "CARDS", "CardRow", &cards, |row| {
        let multiplier = row.multiplier.map(|ratio| {
            let (above, below) = ratio.parts();
            format!("Some(Ratio::known({above}, {below}))")
        });
        format!(
            "CardRow {{ tier: {}, over: {}, inclusive: {}, hours: {:?}, region: {}, multiplier: {}, rates: {} }}",
            word("Tier", row.tier),
            number(row.over),
            row.inclusive,
            row.hours,
            text(row.region),
            multiplier.as_deref().unwrap_or("None"),
            rows(row.rates),
        )
    });
    put(&mut out, "RATES", "RateRow", &rates, |row| {
        let (meter, detail, units) = (row.meter, text(row.detail), row.rate.units());
        format!("RateRow {{ meter: Meter::{meter:?}, detail: {detail}, rate: Rate::from_units({units}) }}")
    });
    put(&mut out, "NAMES", "NameRow", &names, |row| {
        format!("NameRow {{ name: {}, model: {}, alias: {} }}", text(row.name), row.model, number(row.alias))
    });
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

fn text(text: Text) -> String {
    format!("Text({})", text.0)
}

fn rows(Rows(first, count): Rows) -> String {
    format!("Rows({first}, {count})")
}

fn limits(limits: Limits) -> String {
    let Limits { context_window, max_input, max_output } = limits;
    let (window, input, output) = (number(context_window), number(max_input), number(max_output));
    format!("Limits {{ context_window: {window}, max_input: {input}, max_output: {output} }}")
}

fn number(number: u32) -> String {
    if number == NONE { "u32::MAX".to_owned() } else { number.to_string() }
}

fn date(date: Date) -> String {
    format!("Date::known({}, {}, {})", date.year(), date.month(), date.day())
}

fn optional(day: Option<Date>) -> String {
    day.map_or_else(|| "None".to_owned(), |day| format!("Some({})", date(day)))
}

fn word(kind: &str, word: Option<impl Debug>) -> String {
    word.map_or_else(|| "None".to_owned(), |word| format!("Some({kind}::{word:?})"))
}
