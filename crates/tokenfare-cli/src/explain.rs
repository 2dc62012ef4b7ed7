//! Where the tokens of a request go: `tokenfare explain`.

use crate::args::{ExplainArgs, Format};
use crate::list::write;
use crate::message::{Messages, printable};
use crate::table::{Cell, Table, separated};
use crate::{Exit, Failure, json, output};
use clap::ColorChoice;
use std::io::{self, IsTerminal, Read, Write};
use std::path::Path;
use tokenfare::{Catalog, Count, Error, Hints, Model, Part, Request, Window};
use tokenfare_corpus::Share;

/// So many characters wide is the bar of the largest part.
const WIDEST: u64 = 20;

/// A bar ends in one of these, an eighth to seven eighths of a character.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

pub(crate) fn run(
    args: &ExplainArgs,
    catalog: &'static Catalog,
    color: Option<ColorChoice>,
    messages: &Messages,
) -> Result<Exit, Failure> {
    let stdin = Path::new("-");
    let path = match args.path.as_deref() {
        None if io::stdin().is_terminal() => return Err(Failure::Help),
        None => stdin,
        Some(path) => path,
    };
    let name = if path == stdin { "<stdin>".to_owned() } else { path.display().to_string() };
    let bad = |why: &str| {
        messages.error(&format!("{}: {why}", printable(&name)));
        Ok(Exit::Inputs)
    };
    let bytes = match read(path, stdin) {
        Ok(bytes) => bytes,
        Err(error) => return bad(&error.to_string()),
    };
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return bad(&format!("not UTF-8: {error}")),
    };
    let read = match args.request_format {
        Some(format) => Request::from_json_in(format, text),
        None => Request::from_json(text),
    };
    let request = match read {
        Ok(request) => request,
        Err(error) => {
            let lines = text.lines().filter(|line| line.starts_with('{')).count();
            let more = if lines > 1 { "; `tokenfare count --requests` takes a request on each line" } else { "" };
            return bad(&format!("{error}{more}"));
        }
    };
    let model = match (args.model.as_deref(), request.model()) {
        (Some(name), _) | (None, Some(name)) => find(catalog, name, args)?,
        (None, None) => return Err(Failure::Usage("the request names no model: name one with `-m`".to_owned())),
    };
    let mut hints = args.at.map_or_else(Hints::default, |on| Hints::default().on(on));
    for (at, media) in &args.media {
        hints = hints.media(at, *media);
    }
    let mut window = match model.window_with(&request, &hints) {
        Ok(window) => window,
        Err(error) => return bad(&error.to_string()),
    };
    if let Some(output) = args.max_output {
        window = window.asking(output);
    }
    let mut out = output::stdout();
    let explained = Explained { name: &name, model, request: &request, window: &window };
    explained.write(&mut out, args.output.chosen(), color)?;
    out.flush()?;
    match window.check() {
        Ok(()) => Ok(Exit::Done),
        Err(error) if args.check => {
            messages.error(&error.to_string());
            Ok(Exit::Check)
        }
        Err(error) => {
            messages.warning(&error.to_string());
            Ok(Exit::Done)
        }
    }
}

fn read(path: &Path, stdin: &Path) -> io::Result<Vec<u8>> {
    if path != stdin {
        return std::fs::read(path);
    }
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn find(catalog: &'static Catalog, name: &str, args: &ExplainArgs) -> Result<Model<'static>, Error> {
    let found = match args.at {
        Some(on) => catalog.model_at(name, on),
        None => catalog.model(name),
    };
    Ok(found?.into())
}

/// A request, counted and beside its limits.
struct Explained<'e> {
    name: &'e str,
    model: Model<'static>,
    request: &'e Request<'e>,
    window: &'e Window,
}

impl Explained<'_> {
    fn write(&self, out: &mut output::Out, format: Format, color: Option<ColorChoice>) -> io::Result<()> {
        let count = &self.window.input;
        match format {
            Format::Json => json::write(out, &self.document()),
            Format::Jsonl => count.parts.iter().try_for_each(|part| json::write_line(out, &describe(part))),
            Format::Plain => {
                let texts =
                    |part: &Part| [part.kind.as_str(), &part.label, &part.at].map(|text| Cell::Text(text.to_owned()));
                let row = |tokens: u64, texts: [Cell; 3]| [Cell::Number(tokens)].into_iter().chain(texts).collect();
                let mut rows: Vec<Vec<Cell>> = count.parts.iter().map(|part| row(part.tokens, texts(part))).collect();
                rows.push(row(count.tokens, ["total", "", ""].map(|text| Cell::Text(text.to_owned()))));
                let table = Table { head: Vec::new(), rows, total: None, caption: None };
                write(out, format, &[], &table, color)
            }
            Format::Csv => {
                let row = |part: &Part| {
                    let text = |text: &str| Cell::Text(text.to_owned());
                    let mut row = vec![text(part.kind.as_str()), text(&part.label), text(&part.at)];
                    row.extend([part.tokens, part.low, part.high].map(Cell::Number));
                    row.extend([text(part.exactness.as_str()), text(part.note.as_deref().unwrap_or_default())]);
                    row
                };
                let keys = ["kind", "label", "at", "tokens", "low", "high", "exactness", "note"];
                let rows = count.parts.iter().map(row).collect();
                write(out, format, &keys, &Table { head: keys.to_vec(), rows, total: None, caption: None }, color)
            }
            Format::Table | Format::Md => write(out, format, &[], &self.table(), color),
        }
    }

    fn table(&self) -> Table {
        let count = &self.window.input;
        let is_sure = count.parts.iter().all(|part| part.low == part.high);
        let most = count.parts.iter().map(|part| part.tokens).max().unwrap_or_default();
        let row = |numbers: [u64; 3], bar: String, part: String, at: &str| {
            let shown = if is_sure { 1 } else { 3 };
            let mut row: Vec<Cell> = numbers[..shown].iter().copied().map(Cell::Number).collect();
            row.push(Share::of(numbers[0], count.tokens).into());
            row.extend([bar, part, at.to_owned()].map(Cell::Text));
            row
        };
        let rows = count.parts.iter().map(|part| {
            let named = match &*part.label {
                label if label == part.kind.as_str() => label.to_owned(),
                "" => part.kind.to_string(),
                label => format!("{} {label}", part.kind),
            };
            row([part.tokens, part.low, part.high], bar(part.tokens, most), named, &part.at)
        });
        let total = row([count.tokens, count.low, count.high], String::new(), "total".to_owned(), "");
        let mut head = vec!["tokens"];
        if !is_sure {
            head.extend(["low", "high"]);
        }
        head.extend(["share", "", "part", "where"]);
        Table { head, rows: rows.collect(), total: Some(total), caption: Some(self.caption()) }
    }

    /// How sure it is and why, and what is left of the window.
    fn caption(&self) -> String {
        let Window { input, requested_output, limits, .. } = self.window;
        let mut caption = format!("{}, {}: {}", self.model.id(), self.request.format(), input.exactness);
        if let Some(window) = limits.context_window {
            caption += &format!("\nwindow {}", separated(window));
            if let Some(share) = Share::of(input.tokens, window) {
                caption += &format!(", of which the input takes {}", share.percent());
            }
        }
        if let Some(output) = requested_output {
            caption += &format!("\noutput asked for: {}", separated(*output));
        }
        if let Some(room) = self.window.room() {
            caption += &format!("\nroom for {} tokens of output", separated(room));
        }
        if let Some(room) = self.window.input_room() {
            caption += &format!(", for {} more of input", separated(room));
        }
        let mut notes: Vec<&str> = Vec::new();
        for part in &input.parts {
            if let Some(note) = part.note.as_deref().filter(|note| !notes.contains(note)) {
                notes.push(note);
                caption += &format!("\n{} {}: {note}", part.exactness, part.kind);
            }
        }
        // The names of tools are the request's own.
        caption.lines().map(printable).collect::<Vec<_>>().join("\n")
    }

    fn document(&self) -> json::Explained<'_> {
        let Window { input, requested_output, limits, overruns, .. } = self.window;
        let Count { tokens, low, high, exactness, parts, .. } = input;
        json::Explained {
            schema: "tokenfare.explain/1",
            path: self.name,
            model: self.model.id(),
            provider: self.model.provider(),
            format: self.request.format().as_str(),
            tokens: *tokens,
            low: *low,
            high: *high,
            exactness: exactness.as_str(),
            parts: parts.iter().map(describe).collect(),
            window: json::Fit {
                context_window: limits.context_window,
                max_input: limits.max_input,
                max_output: limits.max_output,
                requested_output: *requested_output,
                fits: self.window.fits(),
                room: self.window.room(),
                input_room: self.window.input_room(),
                overruns: overruns
                    .iter()
                    .map(|overrun| json::Overrun {
                        limit: overrun.limit.as_str(),
                        allowed: overrun.allowed,
                        asked: overrun.asked,
                        over_by: overrun.over_by(),
                        is_certain: overrun.is_certain,
                    })
                    .collect(),
            },
        }
    }
}

fn describe(part: &Part) -> json::Part<'_> {
    json::Part {
        kind: part.kind.as_str(),
        label: &part.label,
        at: &part.at,
        tokens: part.tokens,
        low: part.low,
        high: part.high,
        exactness: part.exactness.as_str(),
        note: part.note.as_deref(),
    }
}

/// Draws a bar beside the largest.
fn bar(tokens: u64, most: u64) -> String {
    let eighths = u128::from(tokens) * u128::from(WIDEST) * 8 / u128::from(most.max(1));
    let whole = usize::try_from(eighths / 8).unwrap_or_default();
    let rest = usize::try_from(eighths % 8).unwrap_or_default();
    let rest = if whole == 0 && tokens > 0 { rest.max(1) } else { rest };
    "█".repeat(whole) + EIGHTHS[rest]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_its_share_of_the_largest() {
        assert_eq!(bar(0, 0), "");
        assert_eq!(bar(0, 10), "");
        assert_eq!(bar(10, 10), "█".repeat(20));
        assert_eq!(bar(5, 10), "█".repeat(10));
        assert_eq!(bar(1, 1_000_000), "▏", "what is more than nothing is seen");
        assert_eq!(bar(u64::MAX, u64::MAX).chars().count(), 20);
        assert_eq!(bar(1, 16), "█▎");
    }
}
