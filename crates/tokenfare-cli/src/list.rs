//! The lists: `tokenfare models` and `tokenfare encodings`.

use crate::args::{Format, FormatArgs, ModelsArgs};
use crate::message::{Messages, styled};
use crate::table::{Cell, Table, write_csv, write_csv_head, write_plain};
use crate::{Exit, Failure, json, output};
use clap::ColorChoice;
use std::io::{self, Write};
use tokenfare::{
    Catalog, Date, Effort, Endpoint, Meter, Modality, Model, Money, Price, Rate, Reasoning, Resolved, Tier,
};

pub(crate) fn models(
    args: &ModelsArgs,
    catalog: &Catalog,
    color: Option<ColorChoice>,
    messages: &Messages,
) -> Result<Exit, Failure> {
    let on = tokenfare::today();
    let models = find(catalog, args.pattern.as_deref(), None)?;
    // In a longer list what is missing is seen.
    if let [model] = &models[..] {
        if let Err(error) = model.price(on) {
            messages.warning(&error.to_string());
        }
        if let Some(ended) = ended(model, on) {
            messages.note(&ended);
        }
        if model.is_online() {
            messages.note(ONLINE);
        }
    }
    let mut out = output::stdout();
    match args.output.chosen() {
        Format::Json => {
            let models = models.iter().map(|model| describe(model, on)).collect();
            json::write(
                &mut out,
                &json::Models {
                    schema: "tokenfare.models/1",
                    at: on.to_string(),
                    as_of: catalog.as_of().to_string(),
                    models,
                },
            )?;
        }
        Format::Jsonl => models.iter().try_for_each(|model| json::write_line(&mut out, &describe(model, on)))?,
        format => {
            let rows = models.iter().map(|model| row(model, on)).collect();
            let caption = Some(format!("USD per million tokens on {on}, as of {}", catalog.as_of()));
            let head = vec!["id", "provider", "window", "max output", "input", "output", "encoding", "aliases"];
            let keys = ["id", "provider", "context_window", "max_output", "input", "output", "encoding", "aliases"];
            write(&mut out, format, &keys, &Table { head, rows, total: None, caption }, color)?;
        }
    }
    out.flush()?;
    Ok(Exit::Done)
}

pub(crate) fn encodings(args: &FormatArgs, color: Option<ColorChoice>) -> Result<Exit, Failure> {
    let mut encodings = Vec::new();
    for name in tokenfare::encodings() {
        encodings.push(json::Encoding { name, vocabulary_size: tokenfare::encoding(name)?.vocabulary_size() });
    }
    let mut out = output::stdout();
    match args.chosen() {
        Format::Json => {
            let default = tokenfare::DEFAULT_ENCODING;
            json::write(&mut out, &json::Encodings { schema: "tokenfare.encodings/1", default, encodings })?;
        }
        Format::Jsonl => encodings.iter().try_for_each(|encoding| json::write_line(&mut out, encoding))?,
        // To be looped over.
        Format::Plain => encodings.iter().try_for_each(|encoding| writeln!(out, "{}", encoding.name))?,
        format => {
            let row = |encoding: &json::Encoding| {
                vec![Cell::Text(encoding.name.to_owned()), Cell::Number(encoding.vocabulary_size as u64)]
            };
            let rows = encodings.iter().map(row).collect();
            let caption = Some(format!("default: {}", tokenfare::DEFAULT_ENCODING));
            let table = Table { head: vec!["encoding", "vocabulary"], rows, total: None, caption };
            write(&mut out, format, &["encoding", "vocabulary_size"], &table, color)?;
        }
    }
    out.flush()?;
    Ok(Exit::Done)
}

/// What `:online` adds.
pub(crate) const ONLINE: &str = "`:online` has the web searched first: that is billed on top of these rates";

/// Says that a model no longer answers on a day, and which does.
pub(crate) fn ended(model: &Model<'_>, on: Date) -> Option<String> {
    let retired = model.facts().retired().filter(|retired| *retired <= on)?;
    let next = model.facts().replaced_by().map_or_else(String::new, |next| format!("; `{next}` takes its place"));
    Some(format!("`{}` was retired on {retired}{next}", model.id()))
}

/// Finds models by pattern, by name, or by part of a name.
pub(crate) fn find<'c>(
    catalog: &'c Catalog,
    pattern: Option<&str>,
    on: Option<Date>,
) -> Result<Vec<Model<'c>>, Failure> {
    let matching = |pattern: &str| catalog.matching(pattern).map(|model| Resolved::from(model).into()).collect();
    let Some(pattern) = pattern else { return Ok(matching("*")) };
    if pattern.contains(['*', '?']) {
        let found: Vec<Model<'_>> = matching(pattern);
        return match found.is_empty() {
            true => Err(Failure::Usage(format!("no model matches `{pattern}`; `tokenfare models` lists all"))),
            false => Ok(found),
        };
    }
    let found = match on {
        Some(on) => catalog.model_at(pattern, on),
        None => catalog.model(pattern),
    };
    match found {
        Ok(model) => Ok(vec![model.into()]),
        // A name that is one, but of several providers or of nothing that day, is not part of another.
        Err(error) if catalog.matching(pattern).next().is_some() => Err(tokenfare::Error::from(error).into()),
        Err(unknown) => {
            let found: Vec<Model<'_>> = matching(&format!("*{pattern}*"));
            if found.is_empty() { Err(tokenfare::Error::from(unknown).into()) } else { Ok(found) }
        }
    }
}

/// Returns a rate in dollars per million tokens.
fn rate(model: &Model<'_>, meter: Meter, on: Date) -> Option<Money> {
    model.price(on).ok()?.rate(meter).map(|rate| rate.usd_per_mtok())
}

fn aliases<'c>(model: &Model<'c>) -> Vec<&'c str> {
    let mut aliases: Vec<&'c str> = model.aliases().collect();
    aliases.dedup();
    aliases
}

fn row(model: &Model<'_>, on: Date) -> Vec<Cell> {
    vec![
        Cell::Text(model.id().to_owned()),
        Cell::Text(model.provider().to_owned()),
        model.context_window().into(),
        model.max_output().into(),
        rate(model, Meter::Input, on).into(),
        rate(model, Meter::Output, on).into(),
        model.encoding_name().map_or(Cell::Unknown, |name| Cell::Text(name.to_owned())),
        Cell::Text(aliases(model).join(" ")),
    ]
}

fn describe<'c>(model: &Model<'c>, on: Date) -> json::Model<'c> {
    let facts = model.facts();
    let day = |day: Option<Date>| day.map(|day| day.to_string());
    let words = |has: &dyn Fn(Modality) -> bool| {
        Modality::ALL.iter().filter(|what| has(**what)).map(|what| what.as_str()).collect()
    };
    json::Model {
        id: model.id(),
        provider: model.provider(),
        aliases: aliases(model),
        encoding: model.encoding_name(),
        encoding_inferred: facts.is_encoding_inferred(),
        tokenizer: facts.tokenizer(),
        context_window: model.context_window(),
        max_input: model.max_input(),
        max_output: model.max_output(),
        dimensions: facts.dimensions(),
        takes: words(&|what| facts.takes(what)),
        gives: words(&|what| facts.gives(what)),
        endpoints: facts.endpoints().map(Endpoint::as_str).collect(),
        reasoning: facts.reasoning().map(Reasoning::as_str),
        efforts: facts.efforts().map(Effort::as_str).collect(),
        default_effort: facts.default_effort().map(Effort::as_str),
        knowledge_cutoff: facts.knowledge_cutoff(),
        released: day(facts.released()),
        deprecated: day(facts.deprecated()),
        retired: day(facts.retired()),
        replaced_by: facts.replaced_by(),
        price: model.price(on).ok().map(|price| describe_price(price, on)),
    }
}

pub(crate) fn describe_price(price: Price<'_>, on: Date) -> json::Price<'_> {
    let rate = |meter| price.rate(meter).map(|rate: Rate| rate.usd_per_mtok().to_string());
    json::Price {
        currency: "USD",
        per_tokens: PER_TOKENS,
        input: rate(Meter::Input),
        cache_read: rate(Meter::CacheRead),
        output: rate(Meter::Output),
        rates: price.rates().map(describe_rate).collect(),
        cards: price
            .cards()
            .map(|card| json::Card {
                tier: card.tier().map(Tier::as_str),
                over: card.over(),
                inclusive: card.is_inclusive(),
                hours: card.hours().map(clock),
                region: card.region(),
                multiplier: card.multiplier().map(|multiplier| multiplier.to_string()),
                rates: card.rates().map(describe_rate).collect(),
            })
            .collect(),
        from: price.from().to_string(),
        after: price.after().map(|day| day.to_string()),
        until: price.until().map(|day| day.to_string()),
        doubt: price.doubt(on).map(|(after, from)| [after.to_string(), from.to_string()]),
        checked: price.checked().to_string(),
        sources: price.sources().collect(),
    }
}

/// Writes the minutes of the day from one to the other: `16:30-00:30`.
pub(crate) fn clock((from, until): (u16, u16)) -> String {
    let time = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    format!("{}-{}", time(from), time(until))
}

fn describe_rate((meter, of, rate): (Meter, &str, Rate)) -> json::Rate<'_> {
    let (usd, per, _) = shown(meter, rate);
    json::Rate { rate: meter.as_str(), of, usd: usd.to_string(), per }
}

/// A rate as it is shown, without rounding: how much for how many, and what that is called.
pub(crate) fn shown(meter: Meter, rate: Rate) -> (Money, u64, &'static str) {
    let per = |seconds: u64| Money::from_units(rate.usd().units().saturating_mul(seconds.into()));
    match meter {
        _ if meter.counts_tokens() => (rate.usd_per_mtok(), PER_TOKENS, "1M"),
        _ if !meter.counts_time() || rate.usd().is_exact_decimal() && rate.usd() >= Money::from_units(CENT) => {
            (rate.usd(), 1, "1")
        }
        _ if per(60).is_exact_decimal() => (per(60), 60, "minute"),
        _ => (per(3_600), 3_600, "hour"),
    }
}

const CENT: i128 = Money::UNITS_PER_USD / 100;

/// Of so many tokens price lists name the price.
const PER_TOKENS: u64 = 1_000_000;

pub(crate) fn write(
    out: &mut impl Write,
    format: Format,
    keys: &[&str],
    table: &Table,
    color: Option<ColorChoice>,
) -> io::Result<()> {
    match format {
        Format::Md => table.write_markdown(out),
        Format::Csv => {
            write_csv_head(out, keys)?;
            table.rows.iter().try_for_each(|row| write_csv(out, row))
        }
        Format::Plain => table.rows.iter().try_for_each(|row| write_plain(out, row)),
        Format::Table | Format::Json | Format::Jsonl => table.write(out, styled(color, &io::stdout())),
    }
}
