//! Requests, each counted as it is billed: `tokenfare count --requests`.

use crate::args::{CountArgs, Format};
use crate::bodies::{self, Errors, Stop, Taker};
use crate::message::Messages;
use crate::table::{Cell, Table, write_plain};
use crate::{Exit, Failure, json, list, output};
use clap::parser::ValueSource;
use clap::{ArgMatches, ColorChoice};
use serde::Deserialize;
use std::borrow::Cow;
use std::io::Write;
use std::num::NonZeroUsize;
use std::thread;
use tokenfare::{Catalog, Count, Error, Exactness, Model, Request};

pub(crate) fn run(
    args: &CountArgs,
    matches: &ArgMatches,
    catalog: &'static Catalog,
    color: Option<ColorChoice>,
    messages: &Messages,
) -> Result<Exit, Failure> {
    let model = args.model.as_deref().filter(|id| !id.is_empty());
    let model = model.map(|id| catalog.model(id).map(Model::from)).transpose().map_err(Error::from)?;
    let is_said = matches.value_source("model") == Some(ValueSource::CommandLine);
    let mut run = Run {
        counting: Counting { catalog, model, is_said },
        threads: args.threads,
        format: args.output.chosen(),
        rows: Vec::new(),
        total: Sum::default(),
        errors: Errors::new(messages, args.fail_fast, "count"),
        out: output::stdout(),
    };
    if run.format == Format::Csv {
        crate::table::write_csv_head(&mut run.out, &KEYS)?;
    }
    if bodies::read(&args.paths, &mut run)? { run.finish(color) } else { Ok(Exit::Inputs) }
}

const KEYS: [&str; 8] = ["path", "line", "model", "format", "tokens", "low", "high", "exactness"];

/// What requests are counted with.
#[derive(Clone, Copy)]
struct Counting {
    catalog: &'static Catalog,
    /// The model of requests that name none; of all of them if it is said so.
    model: Option<Model<'static>>,
    is_said: bool,
}

impl Counting {
    fn model(&self, request: &Request<'_>) -> Result<Model<'static>, Error> {
        match (request.model(), self.model) {
            (_, Some(model)) if self.is_said => Ok(model),
            (Some(name), _) => Ok(self.catalog.model(name)?.into()),
            (None, Some(model)) => Ok(model),
            (None, None) => tokenfare::model_for(request),
        }
    }

    fn count(&self, line: &str) -> Result<Counted, Error> {
        let request = Request::from_json(line)?;
        let model = self.model(&request)?;
        let count = model.count_request(&request)?;
        let unknown = count.unknown().map(|part| part.label.to_string()).collect();
        let Count { tokens, low, high, exactness, .. } = count;
        let format = request.format().as_str();
        Ok(Counted { id: id(line), model: model.id(), format, tokens, low, high, exactness, unknown })
    }
}

/// The name that a line of a batch file has for its request.
fn id(line: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Line<'l> {
        #[serde(borrow)]
        custom_id: Option<Cow<'l, str>>,
    }
    serde_json::from_str::<Line<'_>>(line).ok()?.custom_id.map(Cow::into_owned)
}

/// A request and its count.
struct Counted {
    id: Option<String>,
    model: &'static str,
    format: &'static str,
    tokens: u64,
    low: u64,
    high: u64,
    exactness: Exactness,
    unknown: Vec<String>,
}

/// What the counts of requests come to.
struct Sum {
    requests: u64,
    tokens: u64,
    low: u64,
    high: u64,
    exactness: Exactness,
}

impl Default for Sum {
    fn default() -> Self {
        Self { requests: 0, tokens: 0, low: 0, high: 0, exactness: Exactness::Exact }
    }
}

impl Sum {
    fn add(&mut self, counted: &Counted) {
        self.requests += 1;
        self.tokens = self.tokens.saturating_add(counted.tokens);
        self.low = self.low.saturating_add(counted.low);
        self.high = self.high.saturating_add(counted.high);
        self.exactness = self.exactness.max(counted.exactness);
    }
}

struct Run<'m> {
    counting: Counting,
    threads: Option<NonZeroUsize>,
    format: Format,
    rows: Vec<((String, u64), Counted)>,
    total: Sum,
    errors: Errors<'m>,
    out: output::Out,
}

impl<'m> Taker<'m> for Run<'m> {
    fn errors(&mut self) -> &mut Errors<'m> {
        &mut self.errors
    }

    fn take(&mut self, name: &str, lines: &[(u64, String)]) -> Result<(), Stop> {
        let threads = self.threads.or_else(|| thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get);
        let counting = self.counting;
        let counted = thread::scope(|scope| {
            let share = lines.len().div_ceil(threads).max(1);
            let count =
                |lines: &[(u64, String)]| -> Vec<_> { lines.iter().map(|(_, line)| counting.count(line)).collect() };
            let working: Vec<_> = lines.chunks(share).map(|lines| scope.spawn(move || count(lines))).collect();
            let done = working.into_iter().map(|one| one.join().expect("counting does not panic"));
            done.flatten().collect::<Vec<_>>()
        });
        for ((line, _), counted) in lines.iter().zip(counted) {
            match counted {
                Ok(counted) => {
                    self.total.add(&counted);
                    self.write((name, *line), counted).map_err(Stop::Write)?;
                }
                Err(error) => self.errors.add(name, *line, error.to_string())?,
            }
        }
        Ok(())
    }
}

impl Run<'_> {
    /// Writes a request that is counted, or keeps it for the end.
    fn write(&mut self, (name, line): (&str, u64), counted: Counted) -> std::io::Result<()> {
        let place = || Cell::Text(format!("{name}:{line}"));
        match self.format {
            Format::Jsonl => json::write_line(&mut self.out, &describe((name, line), &counted)),
            Format::Plain => write_plain(&mut self.out, &[Cell::Number(counted.tokens), place()]),
            Format::Csv => {
                let Counted { model, format, tokens, low, high, exactness, .. } = counted;
                let words = [model, format].map(|word| Cell::Text(word.to_owned()));
                let mut row = vec![Cell::Text(name.to_owned()), Cell::Number(line)];
                row.extend(words);
                row.extend([tokens, low, high].map(Cell::Number));
                row.push(Cell::Text(exactness.to_string()));
                crate::table::write_csv(&mut self.out, &row)
            }
            Format::Json | Format::Table | Format::Md => {
                self.rows.push(((name.to_owned(), line), counted));
                Ok(())
            }
        }
    }

    fn finish(mut self, color: Option<ColorChoice>) -> Result<Exit, Failure> {
        self.errors.summarize();
        let Sum { requests, tokens, low, high, exactness } = self.total;
        match self.format {
            Format::Json => {
                let errors = self.errors.bad.iter();
                let document = json::Requests {
                    schema: "tokenfare.requests/1",
                    requests: self.rows.iter().map(|((path, line), one)| describe((path, *line), one)).collect(),
                    total: json::RequestsTotal { requests, tokens, low, high, exactness: exactness.as_str() },
                    errors: errors
                        .map(|((path, line), error)| json::NoAnswer {
                            place: json::Place { path, line: *line },
                            error: error.clone(),
                        })
                        .collect(),
                };
                json::write(&mut self.out, &document)?;
            }
            // A total of nothing, because nothing could be read, is no number to go on with.
            Format::Plain | Format::Table | Format::Md if requests == 0 && !self.errors.is_empty() => {}
            Format::Plain => write_plain(&mut self.out, &[Cell::Number(tokens), Cell::Text("total".to_owned())])?,
            Format::Table | Format::Md => {
                let row = |numbers: [u64; 3], words: [&str; 2], place: String| {
                    let words = words.map(|word| Cell::Text(word.to_owned()));
                    numbers.map(Cell::Number).into_iter().chain(words).chain([Cell::Text(place)]).collect()
                };
                let rows = self.rows.iter().map(|((name, line), one)| {
                    row([one.tokens, one.low, one.high], [one.exactness.as_str(), one.model], format!("{name}:{line}"))
                });
                let total = row([tokens, low, high], [exactness.as_str(), ""], "total".to_owned());
                let table = Table {
                    head: vec!["tokens", "low", "high", "exactness", "model", "request"],
                    rows: rows.collect(),
                    total: (requests != 1).then_some(total),
                    caption: None,
                };
                list::write(&mut self.out, self.format, &[], &table, color)?;
            }
            Format::Jsonl | Format::Csv => {}
        }
        self.out.flush()?;
        Ok(if self.errors.is_empty() { Exit::Done } else { Exit::Inputs })
    }
}

fn describe<'d>((path, line): (&'d str, u64), counted: &'d Counted) -> json::Request<'d> {
    json::Request {
        place: json::Place { path, line },
        id: counted.id.as_deref(),
        model: counted.model,
        format: counted.format,
        tokens: counted.tokens,
        low: counted.low,
        high: counted.high,
        exactness: counted.exactness.as_str(),
        unknown: &counted.unknown,
    }
}
