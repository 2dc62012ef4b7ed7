//! `tokenfare count`: finds, counts, reports.

use crate::args::{CountArgs, Format, Grouping, Invalid};
use crate::message::{Messages, printable, styled};
use crate::output::{self, Out};
use crate::table::{Cell, Table, separated, write_csv, write_csv_head, write_plain};
use crate::{Exit, Failure, json, list, requests, written};
use clap::parser::ValueSource;
use clap::{ArgMatches, ColorChoice};
use std::cell::RefCell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Write};
use std::ops::ControlFlow;
use std::path::Path;
use tokenfare::{Catalog, Date, Encoding, InvalidUtf8, Model, Money};
use tokenfare_corpus::{
    By, Counted, Counting, Document, Error, Groups, Input, Name, Outcome, Share, Skip, Total, Walk, listed, sources,
};

/// So many skipped files are named; more are only counted.
const NAMED: usize = 5;

pub(crate) fn run(
    args: &CountArgs,
    matches: &ArgMatches,
    catalog: &'static Catalog,
    color: Option<ColorChoice>,
    messages: &Messages,
) -> Result<Exit, Failure> {
    if args.requests {
        return requests::run(args, matches, catalog, color, messages);
    }
    let Chosen { counting, encoding, model } = choose(args, matches, catalog)?;
    let inputs = inputs(args)?;
    let fare = model.map(|model| Fare::of(model, messages));
    let walk = Walk::default().hidden(args.hidden).no_ignore(args.no_ignore);
    let invalid = match args.invalid_utf8 {
        Some(Invalid::Replace) => InvalidUtf8::Replace,
        Some(Invalid::Refuse) | None => InvalidUtf8::Refuse,
    };
    let counting = counting.invalid_utf8(invalid).threads(args.threads);

    // The shape of the output must not depend on what is found, so only what is not a directory is sure to be one number.
    let single = args.files_from.is_none()
        && matches!(&*inputs, [Input::Stdin] | [Input::Path(_)])
        && !matches!(&*inputs, [Input::Path(path)] if path.is_dir());
    let mut report = Report::new(args, encoding, fare, single, messages);

    let broken_list = RefCell::new(None);
    let list = match &args.files_from {
        None => None,
        Some(path) => match open(path) {
            Ok(list) => Some(listed(list, args.null)),
            Err(error) => {
                report.fail(list_name(path), error.into());
                None
            }
        },
    };
    let list =
        list.into_iter().flatten().map_while(|input| input.map_err(|error| broken_list.replace(Some(error))).ok());
    let each = |document| match report.take(document) {
        Ok(true) => ControlFlow::Continue(()),
        Ok(false) => ControlFlow::Break(Ok(())),
        Err(error) => ControlFlow::Break(Err(error)),
    };
    let ran = counting.run(sources(inputs.iter().cloned().chain(list), walk), each);
    if let (Some(error), Some(path)) = (broken_list.take(), &args.files_from) {
        report.fail(list_name(path), error);
    }
    let result = match ran {
        ControlFlow::Break(result) => result,
        ControlFlow::Continue(()) => Ok(()),
    };
    let result = result.and_then(|()| report.finish(color));
    report.summarize(&inputs);
    Ok(written(if report.errors.is_empty() { Exit::Done } else { Exit::Inputs }, result, messages))
}

/// What is counted with.
struct Chosen {
    counting: Counting,
    /// None where the model's vocabulary is not public and its tokens are estimated.
    encoding: Option<&'static Encoding>,
    model: Option<Model<'static>>,
}

/// Chooses the encoding, and the model if one is named. What is on the command line goes before the environment.
fn choose(args: &CountArgs, matches: &ArgMatches, catalog: &'static Catalog) -> Result<Chosen, Failure> {
    let named = |id| matches.value_source(id) == Some(ValueSource::CommandLine);
    // A variable that is set to nothing is not set.
    let mut encoding = args.encoding.as_deref().filter(|name| named("encoding") || !name.is_empty());
    let mut model = args.model.as_deref().filter(|id| named("model") || !id.is_empty());
    match (named("encoding"), named("model")) {
        (true, false) => model = None,
        (false, true) => encoding = None,
        _ => {}
    }
    let model = model.map(|id| catalog.model(id).map(Model::from)).transpose().map_err(tokenfare::Error::from)?;
    let Some(model) = model else {
        let encoding = tokenfare::encoding(encoding.unwrap_or(tokenfare::DEFAULT_ENCODING))?;
        return Ok(Chosen { counting: Counting::new(encoding), encoding: Some(encoding), model: None });
    };
    let own = match model.encoding() {
        Ok(own) => own,
        Err(error) if error.is_not_exact() && args.estimate => {
            return Ok(Chosen { counting: Counting::estimating(model)?, encoding: None, model: Some(model) });
        }
        Err(error) if error.is_not_exact() => {
            return Err(Failure::Usage(format!(
                "the vocabulary of `{}` is not public, so its tokens cannot be counted exactly; `--estimate` counts them \
                 with bounds",
                model.id()
            )));
        }
        Err(error) => return Err(error.into()),
    };
    if let Some(other) = encoding.map(tokenfare::encoding).transpose()?.filter(|other| other.name() != own.name()) {
        let (id, own, other) = (model.id(), own.name(), other.name());
        return Err(Failure::Usage(format!(
            "`{id}` counts with `{own}` and not with `{other}`; name one of them only"
        )));
    }
    Ok(Chosen { counting: Counting::new(own), encoding: Some(own), model: Some(model) })
}

fn inputs(args: &CountArgs) -> Result<Vec<Input>, Failure> {
    let dash = Path::new("-");
    let mut inputs: Vec<Input> =
        args.paths.iter().map(|path| if path == dash { Input::Stdin } else { Input::Path(path.clone()) }).collect();
    if inputs.is_empty() && args.files_from.is_none() {
        if io::stdin().is_terminal() {
            return Err(Failure::Help);
        }
        inputs.push(Input::Stdin);
    }
    let listed = args.files_from.as_deref() == Some(dash);
    if inputs.iter().filter(|input| **input == Input::Stdin).count() + usize::from(listed) > 1 {
        return Err(Failure::Usage("standard input can be read only once; `-` is given more than once".to_owned()));
    }
    Ok(inputs)
}

fn open(list: &Path) -> io::Result<Box<dyn BufRead>> {
    Ok(if list == Path::new("-") { Box::new(io::stdin().lock()) } else { Box::new(BufReader::new(File::open(list)?)) })
}

fn list_name(list: &Path) -> Name {
    if list == Path::new("-") { Name::Stdin } else { Name::Path(list.to_owned()) }
}

/// What a model adds to a number of tokens.
struct Fare {
    model: Model<'static>,
    on: Date,
    /// Of a million tokens of input.
    rate: Option<Money>,
}

impl Fare {
    fn of(model: Model<'static>, messages: &Messages) -> Self {
        let on = tokenfare::today();
        if let Some(ended) = list::ended(&model, on) {
            messages.note(&ended);
        }
        let rate = model.input_cost(1_000_000, on);
        if let Err(error) = &rate {
            messages.warning(&format!("{error}; the cost is left open"));
        }
        Self { model, on, rate: rate.ok() }
    }

    fn cost(&self, tokens: u64) -> Option<Money> {
        self.model.input_cost(tokens, self.on).ok()
    }

    fn share(&self, tokens: u64) -> Option<Share> {
        self.model.context_window().and_then(|window| Share::of(tokens, window))
    }
}

/// Takes documents as they are counted, and writes them then or at the end, as the format has it.
struct Report<'r> {
    args: &'r CountArgs,
    format: Format,
    /// None where tokens are estimated.
    encoding: Option<&'static Encoding>,
    fare: Option<Fare>,
    /// Whether one number is all there is to write.
    single: bool,
    messages: &'r Messages,
    out: Out,
    headed: bool,
    total: Total,
    files: Vec<(Name, Counted)>,
    groups: Option<Groups>,
    skipped: Vec<(Name, Skip)>,
    errors: Vec<(Name, Error)>,
    inputs: u64,
}

impl<'r> Report<'r> {
    fn new(
        args: &'r CountArgs,
        encoding: Option<&'static Encoding>,
        fare: Option<Fare>,
        single: bool,
        messages: &'r Messages,
    ) -> Self {
        let by = args.by.map(|by| match by {
            Grouping::Ext => By::Extension,
            Grouping::Dir => By::Directory,
        });
        Self {
            args,
            format: args.output.chosen(),
            encoding,
            fare,
            single: single && by.is_none(),
            messages,
            out: output::stdout(),
            headed: false,
            total: Total::default(),
            files: Vec::new(),
            groups: by.map(Groups::new),
            skipped: Vec::new(),
            errors: Vec::new(),
            inputs: 0,
        }
    }

    /// Takes a document; `false` if it was one too many.
    fn take(&mut self, document: Document) -> io::Result<bool> {
        let Document { name, outcome } = document;
        self.inputs += 1;
        match outcome {
            Outcome::Counted(counted) => {
                self.total.add(counted);
                if let Some(groups) = &mut self.groups {
                    groups.add(&name, counted);
                }
                match self.format {
                    Format::Json => self.files.push((name, counted)),
                    _ if self.groups.is_some() => {}
                    Format::Plain if self.single => {}
                    Format::Plain => write_plain(&mut self.out, &[Cell::Number(counted.tokens), Cell::Name(name)])?,
                    Format::Csv => self.csv(&name, counted)?,
                    Format::Jsonl => self.jsonl(self.json_file(&name, counted))?,
                    Format::Table | Format::Md => self.files.push((name, counted)),
                }
            }
            Outcome::Skipped(why) => {
                self.not_counted(&name, Some(why.to_string()), None)?;
                self.skipped.push((name, why));
            }
            Outcome::Failed(error) => {
                self.not_counted(&name, None, Some(error.to_string()))?;
                self.fail(name, error);
                return Ok(!self.args.fail_fast);
            }
            Outcome::Warned(what) => {
                self.inputs -= 1;
                self.messages.warning(&printable(&what));
            }
        }
        Ok(true)
    }

    fn fail(&mut self, name: Name, error: Error) {
        let hint = self.hint(&name, &error).unwrap_or_default();
        self.messages.error(&format!("{}: {error}{hint}", shown(&name)));
        self.errors.push((name, error));
    }

    /// Guesses what was meant where there is no such file.
    fn hint(&self, name: &Name, error: &Error) -> Option<String> {
        let text = name.to_text();
        if !error.is_not_found() {
            return None;
        }
        if text.starts_with('"') && self.args.files_from.is_some() {
            return Some(
                "; git quotes unusual names, but not with `git ls-files -z` and `--files-from - -0`".to_owned(),
            );
        }
        let commands = ["count", "cost", "explain", "models", "encodings", "completions", "man"];
        let near = commands.into_iter().map(|command| (strsim::jaro_winkler(&text, command), command));
        match near.max_by(|a, b| a.0.total_cmp(&b.0))? {
            (_, command) if command == text => Some(format!("; a command comes first: `tokenfare {command} …`")),
            (score, command) if score > 0.85 => Some(format!("; did you mean the command `{command}`?")),
            _ => None,
        }
    }

    fn not_counted(&mut self, name: &Name, skipped: Option<String>, error: Option<String>) -> io::Result<()> {
        if matches!(self.format, Format::Jsonl) && self.groups.is_none() {
            json::write_line(&mut self.out, &json::NotCounted { path: name.into(), skipped, error })?;
        }
        Ok(())
    }

    fn csv(&mut self, name: &Name, counted: Counted) -> io::Result<()> {
        let row = vec![Cell::Name(name.clone()), Cell::Number(counted.bytes), Cell::Number(counted.tokens)];
        self.csv_row(&["path", "bytes", "tokens"], row, counted.tokens, [counted.low, counted.high])
    }

    fn csv_row(&mut self, head: &[&str], mut row: Vec<Cell>, tokens: u64, bounds: [u64; 2]) -> io::Result<()> {
        self.csv_head(head)?;
        match self.encoding {
            Some(encoding) => row.push(Cell::Text(encoding.name().to_owned())),
            None => row.extend(bounds.map(Cell::Number)),
        }
        if let Some(fare) = &self.fare {
            let id = Cell::Text(fare.model.id().to_owned());
            row.extend([id, fare.share(tokens).into(), fare.cost(tokens).into()]);
        }
        write_csv(&mut self.out, &row)
    }

    fn csv_head(&mut self, head: &[&str]) -> io::Result<()> {
        if std::mem::replace(&mut self.headed, true) {
            return Ok(());
        }
        let how: &[&str] = if self.encoding.is_some() { &["encoding"] } else { &["low", "high"] };
        let fare: &[&str] = if self.fare.is_some() { &["model", "share", "cost_usd"] } else { &[] };
        write_csv_head(&mut self.out, &[head, how, fare].concat())
    }

    fn jsonl(&mut self, record: impl serde::Serialize) -> io::Result<()> {
        let counted_as = &self.counted_as();
        json::write_line(&mut self.out, &json::Line { record, counted_as })
    }

    fn counted_as(&self) -> json::CountedAs {
        json::CountedAs {
            encoding: self.encoding.map(Encoding::name),
            model: self.fare.as_ref().map(|fare| fare.model.id()),
            at: self.fare.as_ref().map(|fare| fare.on.to_string()),
        }
    }

    /// The bounds of a number that is an estimate.
    fn bounds_of(&self, low: u64, high: u64) -> json::Bounds {
        let estimated = |number| self.encoding.is_none().then_some(number);
        json::Bounds { low: estimated(low), high: estimated(high) }
    }

    fn fare_of(&self, tokens: u64) -> json::Fare {
        json::Fare {
            cost: self.fare.as_ref().map(|fare| fare.cost(tokens).map(|cost| cost.to_string())),
            share: self.fare.as_ref().map(|fare| fare.share(tokens).map(|share| share.to_string())),
        }
    }

    /// Writes what is still to be written.
    fn finish(&mut self, color: Option<ColorChoice>) -> io::Result<()> {
        let failed = !self.errors.is_empty();
        if !(failed && self.args.fail_fast) {
            let groups = self.groups.take().map(Groups::into_largest_first);
            match (self.format, groups) {
                (Format::Json, groups) => self.json(groups)?,
                // A total of nothing, because nothing could be read, is no number to go on with.
                (Format::Table | Format::Md | Format::Plain, _) if failed && self.total.files == 0 => {}
                (Format::Table, groups) => self.table(groups).write(&mut self.out, styled(color, &io::stdout()))?,
                (Format::Md, groups) => self.table(groups).write_markdown(&mut self.out)?,
                (Format::Plain, _) if self.single => writeln!(self.out, "{}", self.total.tokens)?,
                (Format::Plain, groups) => {
                    for (name, total) in groups.into_iter().flatten() {
                        let row = [Cell::Number(total.tokens), Cell::Text(self.group_name(&name))];
                        write_plain(&mut self.out, &row)?;
                    }
                    write_plain(&mut self.out, &[Cell::Number(self.total.tokens), Cell::Text("total".to_owned())])?;
                }
                (Format::Csv, Some(groups)) => {
                    for (name, total) in &groups {
                        let numbers = [total.files, total.bytes, total.tokens].map(Cell::Number);
                        let row = [Cell::Text(name.to_text().into_owned())].into_iter().chain(numbers).collect();
                        self.csv_row(
                            &["group", "files", "bytes", "tokens"],
                            row,
                            total.tokens,
                            [total.low, total.high],
                        )?;
                    }
                }
                (Format::Csv, None) => self.csv_head(&["path", "bytes", "tokens"])?,
                (Format::Jsonl, groups) => {
                    for (name, total) in groups.iter().flatten() {
                        self.jsonl(self.json_group(name, *total))?;
                    }
                }
            }
        }
        self.out.flush()
    }

    /// Names a group for people.
    fn group_name(&self, name: &Name) -> String {
        match &*name.to_text() {
            "" => "(none)".to_owned(),
            text => text.to_owned(),
        }
    }

    fn table(&self, groups: Option<Vec<(Name, Total)>>) -> Table {
        let mut head = vec!["tokens"];
        if self.encoding.is_none() {
            head.extend(["low", "high"]);
        }
        if self.fare.is_some() {
            head.extend(["window", "cost USD"]);
        }
        match self.args.by {
            None => head.push("file"),
            Some(Grouping::Ext) => head.extend(["files", "extension"]),
            Some(Grouping::Dir) => head.extend(["files", "directory"]),
        }
        let row = |[tokens, low, high]: [u64; 3], rest: Vec<Cell>| {
            let mut row = vec![Cell::Number(tokens)];
            if self.encoding.is_none() {
                row.extend([low, high].map(Cell::Number));
            }
            if let Some(fare) = &self.fare {
                row.extend([fare.share(tokens).into(), fare.cost(tokens).into()]);
            }
            row.extend(rest);
            row
        };
        let label = Cell::Text("total".to_owned());
        let (rows, total): (Vec<_>, _) = match groups {
            None => {
                let file = |(name, counted): &(Name, Counted)| {
                    row([counted.tokens, counted.low, counted.high], vec![Cell::Name(name.clone())])
                };
                (self.files.iter().map(file).collect(), vec![label])
            }
            Some(groups) => {
                let group = |(name, total): &(Name, Total)| {
                    row(
                        [total.tokens, total.low, total.high],
                        vec![Cell::Number(total.files), Cell::Text(self.group_name(name))],
                    )
                };
                (groups.iter().map(group).collect(), vec![Cell::Number(self.total.files), label])
            }
        };
        let total = (rows.len() != 1).then(|| row([self.total.tokens, self.total.low, self.total.high], total));
        Table { head, rows, total, caption: Some(self.caption()) }
    }

    fn caption(&self) -> String {
        let how = match self.encoding {
            Some(encoding) => format!("counted with {}", encoding.name()),
            None => "estimated".to_owned(),
        };
        let Some(fare) = &self.fare else { return how };
        let mut caption = format!("{}: {how}", fare.model.id());
        if let Some(window) = fare.model.context_window() {
            caption += &format!(", window {}", separated(window));
        }
        if let Some(rate) = fare.rate {
            caption += &format!(", input {rate} USD per million tokens on {}", fare.on);
        }
        caption
    }

    fn json_file<'n>(&self, name: &'n Name, counted: Counted) -> json::File<'n> {
        let Counted { bytes, tokens, low, high } = counted;
        json::File { path: name.into(), bytes, tokens, bounds: self.bounds_of(low, high), fare: self.fare_of(tokens) }
    }

    fn json_group(&self, name: &Name, total: Total) -> json::Group<'static> {
        let Total { files, bytes, tokens, low, high } = total;
        json::Group {
            group: name.to_text().into_owned().into(),
            files,
            bytes,
            tokens,
            bounds: self.bounds_of(low, high),
            fare: self.fare_of(tokens),
        }
    }

    fn json(&mut self, groups: Option<Vec<(Name, Total)>>) -> io::Result<()> {
        let Total { files, bytes, tokens, low, high } = self.total;
        let window = |fare: &Fare| {
            let context_window = fare.model.context_window()?;
            Some(json::Window { context_window, share: fare.share(tokens).map(|share| share.to_string()) })
        };
        let count = json::Count {
            schema: "tokenfare.count/1",
            counted_as: self.counted_as(),
            files: self.files.iter().map(|(name, counted)| self.json_file(name, *counted)).collect(),
            groups: groups.map(|groups| groups.iter().map(|(name, total)| self.json_group(name, *total)).collect()),
            total: json::Total {
                files,
                bytes,
                tokens,
                bounds: self.bounds_of(low, high),
                cost: self.fare_of(tokens).cost,
                currency: self.fare.as_ref().map(|_| "USD"),
                window: self.fare.as_ref().map(window),
            },
            skipped: reasons(&self.skipped),
            errors: reasons(&self.errors),
        };
        json::write(&mut self.out, &count)
    }

    /// Says on stderr what is not in the numbers.
    fn summarize(&self, inputs: &[Input]) {
        if !self.skipped.is_empty() {
            let mut names: Vec<String> =
                self.skipped.iter().take(NAMED).map(|(name, why)| format!("{} ({why})", shown(name))).collect();
            if let Some(more) = self.skipped.len().checked_sub(NAMED).filter(|more| *more > 0) {
                names.push(format!("and {} more", separated(more as u64)));
            }
            let number = self.skipped.len();
            let files = if number == 1 { "file" } else { "files" };
            self.messages.note(&format!("skipped {} {files}: {}", separated(number as u64), names.join(", ")));
        }
        if self.encoding.is_none() && self.total.files > 0 && self.format == Format::Plain {
            let Total { low, high, .. } = self.total;
            self.messages.note(&format!("estimated: from {} to {} tokens", separated(low), separated(high)));
        }
        if self.inputs == 0 && self.errors.is_empty() {
            match inputs {
                [] => self.messages.warning("the list names no files"),
                _ => self.messages.warning("no files were found; see --hidden and --no-ignore"),
            }
        }
        if self.errors.iter().any(|(_, error)| error.is_invalid_utf8()) {
            self.messages.note("`--invalid-utf8 replace` counts what is not UTF-8 as replacement characters");
        }
        if self.inputs > 1 && !self.errors.is_empty() && !self.args.fail_fast {
            let (bad, all) = (separated(self.errors.len() as u64), separated(self.inputs));
            self.messages.error(&format!("{bad} of {all} inputs could not be read; the numbers are of the rest"));
        }
    }
}

fn reasons<T: ToString>(of: &[(Name, T)]) -> Vec<json::Reason<'_>> {
    of.iter().map(|(name, why)| json::Reason { path: name.into(), reason: why.to_string() }).collect()
}

fn shown(name: &Name) -> String {
    match name {
        Name::Stdin => "standard input".to_owned(),
        Name::Path(_) => printable(&name.to_text()),
    }
}
