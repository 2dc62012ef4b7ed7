//! What requests cost: `tokenfare cost`.

use crate::args::{CostArgs, Format};
use crate::bodies::{self, Errors, Stop, Taker};
use crate::list::{shown, write};
use crate::message::Messages;
use crate::table::{Cell, Table};
use crate::{Exit, Failure, json, output};
use clap::ColorChoice;
use std::io::Write;
use tokenfare::{At, By, Catalog, Cost, Pricer, Report, Sums, Usage};

pub(crate) fn run(
    args: &CostArgs,
    catalog: &Catalog,
    color: Option<ColorChoice>,
    messages: &Messages,
) -> Result<Exit, Failure> {
    let mut pricer = Pricer::at(args.at.unwrap_or_else(At::now)).catalog(catalog);
    if let Some(model) = &args.model {
        pricer = pricer.model(model);
    }
    if let Some(provider) = &args.provider {
        pricer = pricer.provider(provider);
    }
    if let Some(tier) = args.tier {
        pricer = pricer.tier(tier);
    }
    if let Some(region) = &args.region {
        pricer = pricer.region(region);
    }
    let mut run = Run {
        args,
        pricer,
        messages,
        format: args.output.chosen(),
        report: Report::new(&args.by[..]),
        first: None,
        errors: Errors::new(messages, args.fail_fast, "cost"),
        undated: 0,
        notes: Notes::default(),
        out: output::stdout(),
    };
    if bodies::read(&args.paths, &mut run)? { run.finish(color) } else { Ok(Exit::Inputs) }
}

/// The only response so far.
struct First<'c> {
    place: (String, u64),
    usage: Usage,
    cost: Cost<'c>,
}

struct Run<'a, 'c> {
    args: &'a CostArgs,
    pricer: Pricer<'a, 'c>,
    messages: &'a Messages,
    format: Format,
    report: Report,
    first: Option<First<'c>>,
    errors: Errors<'a>,
    undated: u64,
    notes: Notes,
    out: output::Out,
}

/// What had to be taken for so, and at how many responses: of costs that are added up nothing else says it.
#[derive(Default)]
struct Notes {
    kept: Vec<(String, u64)>,
    /// Responses with a note that is none of those.
    others: u64,
}

impl Notes {
    /// So many different ones are kept.
    const MOST: usize = 5;

    fn add(&mut self, notes: &[String]) {
        let mut is_other = false;
        for note in notes {
            if let Some((_, times)) = self.kept.iter_mut().find(|(kept, _)| kept == note) {
                *times += 1;
            } else if self.kept.len() < Self::MOST {
                self.kept.push((note.clone(), 1));
            } else {
                is_other = true;
            }
        }
        self.others += u64::from(is_other);
    }

    fn say(&self, total: u64, messages: &Messages) {
        for (note, times) in &self.kept {
            let of = if total == 1 { String::new() } else { format!("{times} of {total}: ") };
            messages.note(&format!("{of}{note}"));
        }
        if self.others != 0 {
            messages.note(&format!("{} of {total} have other notes: `--format jsonl` shows each", self.others));
        }
    }
}

impl<'a> Taker<'a> for Run<'a, '_> {
    fn errors(&mut self) -> &mut Errors<'a> {
        &mut self.errors
    }

    fn take(&mut self, name: &str, lines: &[(u64, String)]) -> Result<(), Stop> {
        let texts: Vec<&str> = lines.iter().map(|(_, text)| text.as_str()).collect();
        let by_time = self.args.at.is_none();
        let priced = self.pricer.log(self.args.usage_format, &texts, by_time, self.args.threads);
        for ((line, _), priced) in lines.iter().zip(priced) {
            let (usage, cost) = match priced {
                Ok(priced) => priced,
                Err(error) => {
                    self.errors.add(name, *line, error.to_string())?;
                    continue;
                }
            };
            self.undated += u64::from(by_time && usage.made.is_none());
            self.report.add(&usage, &cost)?;
            // A line for each response shows its own.
            if self.format != Format::Jsonl || !self.args.by.is_empty() {
                self.notes.add(cost.notes());
            }
            if self.format == Format::Jsonl && self.args.by.is_empty() {
                let record = describe(None, (name, *line), &usage, &cost);
                json::write_line(&mut self.out, &record).map_err(Stop::Write)?;
            } else if self.report.total().requests == 1 {
                self.first = Some(First { place: (name.to_owned(), *line), usage, cost });
            }
        }
        Ok(())
    }
}

impl<'c> Run<'_, 'c> {
    fn finish(mut self, color: Option<ColorChoice>) -> Result<Exit, Failure> {
        let total = self.report.total().requests;
        self.errors.summarize();
        let by_day = self.args.by.iter().any(|by| matches!(by, By::Day | By::Month));
        if self.undated != 0 && (by_day || total > 1) {
            let now = self.pricer.moment();
            self.messages
                .note(&format!("{} of {total} do not say when they were made: priced as of {now}", self.undated));
        }
        let one = self.first.take().filter(|_| total == 1 && self.args.by.is_empty());
        // These show the notes of one response themselves.
        if one.is_none() || !matches!(self.format, Format::Table | Format::Json) {
            self.notes.say(total, self.messages);
        }
        match one {
            Some(one) => self.write_one(&one, color)?,
            None if self.format == Format::Jsonl && self.args.by.is_empty() => {}
            None if total == 0 && self.format != Format::Json => {}
            None => self.write_all(color)?,
        }
        self.out.flush()?;
        Ok(if self.errors.is_empty() { Exit::Done } else { Exit::Inputs })
    }

    fn write_one(&mut self, one: &First<'c>, color: Option<ColorChoice>) -> Result<(), Failure> {
        let First { place: (name, line), usage, cost } = one;
        match self.format {
            Format::Table => write!(self.out, "{cost}")?,
            Format::Plain => writeln!(self.out, "{}", cost.total())?,
            Format::Json | Format::Jsonl => {
                json::write(&mut self.out, &describe(Some("tokenfare.cost/1"), (name, *line), usage, cost))?;
            }
            format @ (Format::Csv | Format::Md) => {
                let row = |line: &tokenfare::Line<'_>| {
                    let (usd, _, per) = shown(line.meter, line.rate);
                    let name = match line.detail {
                        "" => line.meter.to_string(),
                        detail => format!("{} {detail}", line.meter),
                    };
                    vec![
                        Cell::Text(name),
                        Cell::Number(line.amount),
                        Cell::Money(usd),
                        Cell::Text(per.to_owned()),
                        Cell::Money(line.cost),
                    ]
                };
                let rows = cost.lines().iter().map(row).collect();
                let total = vec![
                    Cell::Text("total".to_owned()),
                    Cell::Unknown,
                    Cell::Unknown,
                    Cell::Unknown,
                    Cell::Money(cost.total()),
                ];
                let keys = ["rate", "amount", "usd", "per", "cost"];
                let table = Table { head: keys.to_vec(), rows, total: Some(total), caption: None };
                write(&mut self.out, format, &keys, &table, color)?;
            }
        }
        Ok(())
    }

    fn write_all(&mut self, color: Option<ColorChoice>) -> Result<(), Failure> {
        let by: Vec<&'static str> = self.report.by().iter().map(|by| by.as_str()).collect();
        match self.format {
            Format::Json => {
                let groups = self.report.groups().map(|(key, sums)| group(&by, key, sums)).collect();
                let errors = self.errors.bad.iter().map(|((path, line), error)| json::NoAnswer {
                    place: json::Place { path, line: *line },
                    error: error.clone(),
                });
                let document = json::Costs {
                    schema: "tokenfare.costs/1",
                    currency: "USD",
                    by: by.clone(),
                    groups,
                    total: summed(self.report.total()),
                    errors: errors.collect(),
                };
                json::write(&mut self.out, &document)?;
            }
            Format::Jsonl => {
                for (key, sums) in self.report.groups() {
                    json::write_line(&mut self.out, &group(&by, key, sums))?;
                }
            }
            Format::Plain if by.is_empty() => writeln!(self.out, "{}", self.report.total().cost)?,
            format => {
                let row = |key: &[String], sums: &Sums| {
                    let mut row: Vec<Cell> = key.iter().cloned().map(Cell::Text).collect();
                    let numbers =
                        [sums.requests, sums.input_tokens, sums.cache_read, sums.output_tokens, sums.reasoning_tokens];
                    row.extend(numbers.map(Cell::Number));
                    row.push(Cell::Money(sums.cost));
                    row
                };
                let numbers = ["requests", "input_tokens", "cache_read", "output_tokens", "reasoning_tokens", "cost"];
                let keys: Vec<&str> = by.iter().copied().chain(numbers).collect();
                let heads = ["requests", "input", "cached", "output", "reasoning", "USD"];
                let head = by.iter().copied().chain(heads).collect();
                let mut named = vec![String::new(); by.len()];
                if let Some(first) = named.first_mut() {
                    "total".clone_into(first);
                }
                let total = row(&named, self.report.total());
                let rows: Vec<Vec<Cell>> = self.report.groups().map(|(key, sums)| row(key, sums)).collect();
                let (rows, total) = if by.is_empty() { (vec![total], None) } else { (rows, Some(total)) };
                write(&mut self.out, format, &keys, &Table { head, rows, total, caption: None }, color)?;
            }
        }
        Ok(())
    }
}

fn describe<'d>(
    schema: Option<&'static str>,
    (path, line): (&'d str, u64),
    usage: &Usage,
    cost: &'d Cost<'_>,
) -> json::Cost<'d> {
    let describe_line = |line: &tokenfare::Line<'d>| {
        let (usd, per, _) = shown(line.meter, line.rate);
        let price = line.rates.price();
        json::CostLine {
            rate: line.meter.as_str(),
            of: line.detail,
            amount: line.amount,
            usd: usd.to_string(),
            per,
            cost: line.cost.to_string(),
            model: line.model().id(),
            since: price.from().to_string(),
            sources: price.sources().collect(),
        }
    };
    json::Cost {
        schema,
        place: json::Place { path, line },
        model: cost.model().id(),
        provider: cost.model().provider(),
        at: cost.at().to_string(),
        tier: cost.tier().as_str(),
        input_tokens: usage.input_tokens,
        output_tokens: usage.output_tokens,
        total: cost.total().to_string(),
        currency: "USD",
        lines: cost.lines().iter().map(describe_line).collect(),
        reported: cost.reported().map(|reported| reported.cost.to_string()),
        upstream: cost.reported().and_then(|reported| reported.upstream).map(|upstream| upstream.to_string()),
        notes: cost.notes(),
    }
}

fn group<'g>(by: &[&'static str], key: &'g [String], sums: &Sums) -> json::CostGroup<'g> {
    let group = by.iter().copied().zip(key.iter().map(String::as_str)).collect();
    json::CostGroup { group, sums: summed(sums) }
}

fn summed(sums: &Sums) -> json::Sums {
    json::Sums {
        requests: sums.requests,
        input_tokens: sums.input_tokens,
        cache_read: sums.cache_read,
        output_tokens: sums.output_tokens,
        reasoning_tokens: sums.reasoning_tokens,
        cost: sums.cost.to_string(),
    }
}
