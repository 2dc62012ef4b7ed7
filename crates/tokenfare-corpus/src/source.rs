//! From what was named to the documents in it.

use crate::document::{self, Counted, Document, Name, Outcome, Skip, Text};
use crate::error::Error;
use crate::walk::Walk;
use std::fs;
use std::io;
use std::path::PathBuf;
use tokenfare::InvalidUtf8;

/// What someone named to be counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// What is written to standard input.
    Stdin,
    /// A file, or a directory to be walked.
    Path(PathBuf),
    /// A line of a list: a file, and an error if it is a directory, whose files the list is likely to name as well.
    Listed(PathBuf),
}

/// A document that has been found and not yet read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Standard input.
    Stdin,
    /// A file that was named, and is counted whatever is in it.
    Named(PathBuf),
    /// A file that was found by walking or stands in a list, and is skipped if it is binary.
    Found(PathBuf),
}

impl Source {
    /// Returns what the document is called.
    #[must_use]
    pub fn into_name(self) -> Name {
        match self {
            Self::Stdin => Name::Stdin,
            Self::Named(path) | Self::Found(path) => Name::Path(path),
        }
    }

    /// Reads the document; what cannot be read is an outcome already.
    pub(crate) fn read(&self, invalid: InvalidUtf8) -> Result<Text, Outcome> {
        let read = match self {
            Self::Stdin => document::read(io::stdin().lock(), invalid),
            Self::Named(path) => document::read_file(path, invalid),
            Self::Found(path) => match document::read_unless_binary(path, invalid) {
                Ok(None) => return Err(Outcome::Skipped(Skip::Binary)),
                Ok(Some(text)) => Ok(text),
                Err(error) => Err(error),
            },
        };
        read.map_err(Outcome::Failed)
    }
}

/// Finds the documents in what was named: in the order of naming, and within a directory in the order of file names.
///
/// An `Err` is something that is not to be read, and what became of it.
pub fn sources(inputs: impl IntoIterator<Item = Input>, walk: Walk) -> impl Iterator<Item = Result<Source, Document>> {
    inputs.into_iter().flat_map(move |input| {
        let (path, listed) = match input {
            Input::Stdin => return Found::one(Ok(Source::Stdin)),
            Input::Path(path) => (path, false),
            Input::Listed(path) => (path, true),
        };
        // A link that was named is followed, here and when it is walked.
        match fs::metadata(&path) {
            Err(error) => Found::failed(path, error.into()),
            Ok(is) if is.is_dir() && listed => Found::failed(path, Error::listed_directory()),
            Ok(is) if is.is_dir() => Found::Many(Box::new(walk.files(&path))),
            // A list is what another program found, binary files among it.
            Ok(_) if listed => Found::one(Ok(Source::Found(path))),
            Ok(_) => Found::one(Ok(Source::Named(path))),
        }
    })
}

/// What was found in one input.
enum Found {
    One(std::iter::Once<Result<Source, Document>>),
    Many(Box<dyn Iterator<Item = Result<Source, Document>>>),
}

impl Found {
    fn one(found: Result<Source, Document>) -> Self {
        Self::One(std::iter::once(found))
    }

    fn failed(path: PathBuf, error: Error) -> Self {
        Self::one(Err(Document { name: Name::Path(path), outcome: Outcome::Failed(error) }))
    }
}

impl Iterator for Found {
    type Item = Result<Source, Document>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::One(one) => one.next(),
            Self::Many(many) => many.next(),
        }
    }
}

impl Text {
    /// Returns what became of the document, now that it is counted.
    pub(crate) fn counted(&self, (tokens, low, high): (u64, u64, u64)) -> Outcome {
        Outcome::Counted(Counted { bytes: self.bytes, tokens, low, high })
    }
}
