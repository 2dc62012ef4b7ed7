//! Bodies of JSON in files: one, a list of them, or a line for each.

use crate::Failure;
use crate::message::{Messages, printable};
use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Read};
use std::path::{Path, PathBuf};
use tokenfare::Error;

/// So many bytes of a log are read before they are handed on.
const BLOCK: usize = 1 << 24;

/// A line may be this long: what is longer is no body.
const LONGEST: usize = 1 << 28;

/// So many bodies that nothing can be done with are said one by one; the others are counted.
const MOST_SAID: usize = 100;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Why a file is not read on.
pub(crate) enum Stop {
    Read(io::Error),
    Write(io::Error),
    Failed(Failure),
    /// The first body that nothing can be done with, where that is to be the last.
    First,
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error.into())
    }
}

/// A body that nothing can be done with: its file and line, and why.
pub(crate) type Bad = ((String, u64), String);

/// What is said of bodies that nothing can be done with, and whether one is too many.
pub(crate) struct Errors<'m> {
    messages: &'m Messages,
    fail_fast: bool,
    /// What such a body has not got.
    without: &'static str,
    pub(crate) bad: Vec<Bad>,
    unread: usize,
}

impl<'m> Errors<'m> {
    pub(crate) fn new(messages: &'m Messages, fail_fast: bool, without: &'static str) -> Self {
        Self { messages, fail_fast, without, bad: Vec::new(), unread: 0 }
    }

    /// Says that nothing can be done with a body.
    pub(crate) fn add(&mut self, name: &str, line: u64, why: String) -> Result<(), Stop> {
        if self.bad.len() < MOST_SAID {
            self.messages.error(&format!("{}:{line}: {why}", printable(name)));
        }
        self.bad.push(((name.to_owned(), line), why));
        if self.fail_fast { Err(Stop::First) } else { Ok(()) }
    }

    /// Says how many were not said.
    pub(crate) fn summarize(&self) {
        if let Some(more) = self.bad.len().checked_sub(MOST_SAID).filter(|more| *more > 0) {
            self.messages.error(&format!("and {more} more have no {}", self.without));
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.bad.is_empty() && self.unread == 0
    }
}

/// What is done with bodies, in blocks of lines and their numbers.
pub(crate) trait Taker<'m> {
    fn errors(&mut self) -> &mut Errors<'m>;

    fn take(&mut self, name: &str, lines: &[(u64, String)]) -> Result<(), Stop>;
}

/// Reads files, or standard input. Returns whether it came to the end of them.
pub(crate) fn read<'m>(paths: &[PathBuf], taker: &mut impl Taker<'m>) -> Result<bool, Failure> {
    let stdin = Path::new("-");
    let paths: Vec<&Path> = match paths.is_empty() {
        true if io::stdin().is_terminal() => return Err(Failure::Help),
        true => vec![stdin],
        false => paths.iter().map(|path| &**path).collect(),
    };
    for path in paths {
        let name = if path == stdin { "<stdin>".to_owned() } else { path.display().to_string() };
        let read = match path == stdin {
            true => read_file(&name, BufReader::new(io::stdin().lock()), taker),
            false => match File::open(path) {
                Ok(file) => read_file(&name, BufReader::with_capacity(1 << 16, file), taker),
                Err(error) => Err(Stop::Read(error)),
            },
        };
        match read {
            Ok(()) => {}
            Err(Stop::Read(error)) => {
                let errors = taker.errors();
                errors.messages.error(&format!("{}: {error}", printable(&name)));
                errors.unread += 1;
                if errors.fail_fast {
                    return Ok(false);
                }
            }
            Err(Stop::Write(error)) => return Err(error.into()),
            Err(Stop::Failed(failure)) => return Err(failure),
            Err(Stop::First) => return Ok(false),
        }
    }
    Ok(true)
}

/// Reads a file: one body, a list of them, or a line for each.
fn read_file<'m>(name: &str, mut file: impl BufRead, taker: &mut impl Taker<'m>) -> Result<(), Stop> {
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
            return document(name, line_number, &line, taker);
        }
        is_first = false;
        bytes += line.len();
        match String::from_utf8(line) {
            Ok(text) => lines.push((line_number, text)),
            Err(error) => taker.errors().add(name, line_number, format!("not UTF-8: {}", error.utf8_error()))?,
        }
        if bytes >= BLOCK {
            taker.take(name, &std::mem::take(&mut lines))?;
            bytes = 0;
        }
    }
    taker.take(name, &lines)
}

/// Reads what is one document: a body over several lines, or a list of bodies.
fn document<'m>(name: &str, line: u64, bytes: &[u8], taker: &mut impl Taker<'m>) -> Result<(), Stop> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return taker.errors().add(name, line, format!("not UTF-8: {error}")),
    };
    if text.trim_start().starts_with('[') {
        let bodies: Result<Vec<&serde_json::value::RawValue>, _> = serde_json::from_str(text);
        return match bodies {
            Ok(bodies) => {
                let lines: Vec<(u64, String)> = bodies.iter().map(|body| (line, body.get().to_owned())).collect();
                taker.take(name, &lines)
            }
            Err(error) => taker.errors().add(name, line, format!("not a list of JSON: {error}")),
        };
    }
    taker.take(name, &[(line, text.to_owned())])
}

/// Whether a line is an object from beginning to end, so that a file of such lines is a log.
fn is_whole_object(line: &[u8]) -> bool {
    line.trim_ascii_start().starts_with(b"{") && serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok()
        || !line.trim_ascii_start().starts_with(b"{") && !line.trim_ascii_start().starts_with(b"[")
}
