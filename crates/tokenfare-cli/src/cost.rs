//! What requests cost: `tokenfare cost`.

use crate::args::{CostArgs, Format};
use crate::list::{shown, write};
use crate::message::{Messages, printable};
use crate::table::{Cell, Table};
use crate::{Exit, Failure, json, output};
use clap::ColorChoice;
use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Read, Write};
use std::path::Path;
use tokenfare::{At, By, Catalog, Cost, Error, Pricer, Report, Sums, Usage};

/// So many bytes of a log are read before they are priced.
const BLOCK: usize = 1 << 24;

/// A line may be this long: what is longer is no response.
const LONGEST: usize = 1 << 28;

/// So many responses without a cost are said one by one; the others are counted.
const MOST_SAID: usize = 100;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

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
    let stdin = Path::new("-");
    let paths: Vec<&Path> = match args.paths.is_empty() {
        true if io::stdin().is_terminal() => return Err(Failure::Help),
        true => vec![stdin],
        false => args.paths.iter().map(|path| &**path).collect(),
    };
    let mut run = Run {
        args,
        pricer,
        messages,
        format: args.output.chosen(),
        report: Report::new(&args.by[..]),
        first: None,
        errors: Vec::new(),
        unread: 0,
        undated: 0,
        out: output::stdout(),
    };
    for path in paths {
        let name = if path == stdin { "<stdin>".to_owned() } else { path.display().to_string() };
        let read = match path == stdin {
            true => run.read(&name, BufReader::new(io::stdin().lock())),
            false => match File::open(path) {
                Ok(file) => run.read(&name, BufReader::with_capacity(1 << 16, file)),
                Err(error) => Err(Stop::Read(error)),
            },
        };
        match read {
            Ok(()) => {}
            Err(Stop::Read(error)) => {
                messages.error(&format!("{}: {error}", printable(&name)));
                run.unread += 1;
                if args.fail_fast {
                    return Ok(Exit::Inputs);
                }
            }
            Err(Stop::Write(error)) => return Err(error.into()),
            Err(Stop::Failed(failure)) => return Err(failure),
            Err(Stop::First) => return Ok(Exit::Inputs),
        }
    }
    run.finish(color)
}

/// Why a file is not read on.
enum Stop {
    Read(io::Error),
    Write(io::Error),
    Failed(Failure),
    /// The first response without a cost, where that is to be the last.
    First,
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error.into())
    }
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
    errors: Vec<((String, u64), String)>,
    unread: usize,
    undated: u64,
    out: output::Out,
}

impl<'c> Run<'_, 'c> {
    /// Reads a file: one body, a list of them, or a line for each.
    fn read(&mut self, name: &str, mut file: impl BufRead) -> Result<(), Stop> {
        let head = file.fill_buf().map_err(Stop::Read)?;
        if head.starts_with(BYTE_ORDER_MARK) {
            file.consume(BYTE_ORDER_MARK.len());
        }
        let mut line_number = 0_u64;
        let mut lines: Vec<(u64, String)> = Vec::new();
        let mut bytes = 0;
        let mut is_first = true;
        loop {
            let mut line = Vec::new();
            let read = (&mut file).take(LONGEST as u64).read_until(b'\n', &mut line).map_err(Stop::Read)?;
            if read == 0 {
                break;
            }
            line_number += 1;
            if read == LONGEST {
                return Err(Stop::Read(io::Error::other(format!("line {line_number} is longer than {LONGEST} bytes"))));
            }
            if line.trim_ascii().is_empty() {
                continue;
            }
            // JSON that goes on beyond its first line, or a list, is one document.
            if is_first && !is_whole_object(&line) {
                let rest = (LONGEST - line.len()) as u64;
                file.take(rest).read_to_end(&mut line).map_err(Stop::Read)?;
                return self.document(name, line_number, &line);
            }
            is_first = false;
            bytes += line.len();
            match String::from_utf8(line) {
                Ok(text) => lines.push((line_number, text)),
                Err(error) => self.fail(name, line_number, format!("not UTF-8: {}", error.utf8_error()))?,
            }
            if bytes >= BLOCK {
                self.price(name, &std::mem::take(&mut lines))?;
                bytes = 0;
            }
        }
        self.price(name, &lines)
    }

    /// Prices what is one document: a body over several lines, or a list of bodies.
    fn document(&mut self, name: &str, line: u64, bytes: &[u8]) -> Result<(), Stop> {
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => return self.fail(name, line, format!("not UTF-8: {error}")),
        };
        if text.trim_start().starts_with('[') {
            let bodies: Result<Vec<&serde_json::value::RawValue>, _> = serde_json::from_str(text);
            return match bodies {
                Ok(bodies) => {
                    let lines: Vec<(u64, String)> = bodies.iter().map(|body| (line, body.get().to_owned())).collect();
                    self.price(name, &lines)
                }
                Err(error) => self.fail(name, line, format!("not a list of JSON: {error}")),
            };
        }
        self.price(name, &[(line, text.to_owned())])
    }

    fn price(&mut self, name: &str, lines: &[(u64, String)]) -> Result<(), Stop> {
        let texts: Vec<&str> = lines.iter().map(|(_, text)| text.as_str()).collect();
        let by_time = self.args.at.is_none();
        let priced = self.pricer.log(self.args.usage_format, &texts, by_time, self.args.threads);
        for ((line, _), priced) in lines.iter().zip(priced) {
            let (usage, cost) = match priced {
                Ok(priced) => priced,
                Err(error) => {
                    self.fail(name, *line, error.to_string())?;
                    continue;
                }
            };
            self.undated += u64::from(by_time && usage.made.is_none());
            self.report.add(&usage, &cost)?;
            if self.format == Format::Jsonl && self.args.by.is_empty() {
                let record = describe(None, (name, *line), &usage, &cost);
                json::write_line(&mut self.out, &record).map_err(Stop::Write)?;
            } else if self.report.total().requests == 1 {
                self.first = Some(First { place: (name.to_owned(), *line), usage, cost });
            }
        }
        Ok(())
    }

    /// Says that a response has no cost.
    fn fail(&mut self, name: &str, line: u64, why: String) -> Result<(), Stop> {
        if self.errors.len() < MOST_SAID {
            self.messages.error(&format!("{}:{line}: {why}", printable(name)));
        }
        self.errors.push(((name.to_owned(), line), why));
        if self.args.fail_fast { Err(Stop::First) } else { Ok(()) }
    }

    fn finish(mut self, color: Option<ColorChoice>) -> Result<Exit, Failure> {
        let total = self.report.total().requests;
        if self.errors.len() > MOST_SAID {
            self.messages.error(&format!("and {} more have no cost", self.errors.len() - MOST_SAID));
        }
        let by_day = self.args.by.iter().any(|by| matches!(by, By::Day | By::Month));
        if self.undated != 0 && (by_day || total > 1) {
            let now = self.pricer.moment();
            self.messages
                .note(&format!("{} of {total} do not say when they were made: priced as of {now}", self.undated));
        }
        let one = self.first.take().filter(|_| total == 1 && self.args.by.is_empty());
        match one {
            Some(one) => self.write_one(&one, color)?,
            None if self.format == Format::Jsonl && self.args.by.is_empty() => {}
            None if total == 0 && self.format != Format::Json => {}
            None => self.write_all(color)?,
        }
        self.out.flush()?;
        Ok(if self.errors.is_empty() && self.unread == 0 { Exit::Done } else { Exit::Inputs })
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
                let errors = self.errors.iter().map(|((path, line), error)| json::NoCost {
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

/// Whether a line is an object from beginning to end, so that a file of such lines is a log.
fn is_whole_object(line: &[u8]) -> bool {
    line.trim_ascii_start().starts_with(b"{") && serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok()
        || !line.trim_ascii_start().starts_with(b"{") && !line.trim_ascii_start().starts_with(b"[")
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
