//! One document: its name, how it is read, and what became of it.

use crate::error::Error;
use std::borrow::Cow;
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use tokenfare::{InvalidUtf8, text_of};

/// A file is binary if there is a NUL among so many of its first bytes.
const BINARY_TEST: usize = 8 << 10;

/// What some editors put before UTF-8 text: not part of it.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What a document is called.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Name {
    /// Standard input.
    Stdin,
    /// A file or directory.
    Path(PathBuf),
}

impl Name {
    /// Returns the name as text: `-` for standard input; what is not UTF-8 in a path is replaced.
    #[must_use]
    pub fn to_text(&self) -> Cow<'_, str> {
        match self {
            Self::Stdin => Cow::Borrowed("-"),
            Self::Path(path) => path.to_string_lossy(),
        }
    }

    /// Returns the name as the bytes it has, as far as the system has bytes for names.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Stdin => b"-",
            Self::Path(path) => path.as_os_str().as_encoded_bytes(),
        }
    }

    /// Returns the path, unless it is standard input.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Stdin => None,
            Self::Path(path) => Some(path),
        }
    }
}

/// A document and what became of it.
#[derive(Debug)]
pub struct Document {
    /// What it is called.
    pub name: Name,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a document.
#[derive(Debug)]
pub enum Outcome {
    /// It was counted.
    Counted(Counted),
    /// It was found by walking or in a list, and is not a text to count.
    Skipped(Skip),
    /// It could not be read.
    Failed(Error),
    /// Nothing: the name is not of a document but of a place where something else went wrong, a line of an ignore file
    /// that makes no sense for instance.
    Warned(String),
}

/// How large a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counted {
    /// Bytes, a byte-order mark included.
    pub bytes: u64,
    /// Tokens, without one; the most likely number where they are estimated.
    pub tokens: u64,
    /// No fewer.
    pub low: u64,
    /// No more.
    pub high: u64,
}

/// Why something that was found by walking or in a list is not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Skip {
    /// There is a NUL in its first 8 KiB.
    Binary,
    /// It points elsewhere, and would be counted twice if that is walked too.
    SymbolicLink,
    /// It is a socket, a pipe or a device.
    NotAFile,
}

impl fmt::Display for Skip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Binary => "binary",
            Self::SymbolicLink => "symbolic link",
            Self::NotAFile => "not a regular file",
        })
    }
}

/// A document in memory.
pub(crate) struct Text {
    pub(crate) text: String,
    pub(crate) bytes: u64,
}

/// Reads a document that was asked for by name, whatever is in it.
pub(crate) fn read(mut from: impl Read, invalid: InvalidUtf8) -> Result<Text, Error> {
    let mut bytes = Vec::new();
    from.read_to_end(&mut bytes)?;
    text(bytes, invalid)
}

/// Reads the file of that name.
pub(crate) fn read_file(path: &Path, invalid: InvalidUtf8) -> Result<Text, Error> {
    // Not by `read`: this one asks the system how large the file is.
    text(std::fs::read(path)?, invalid)
}

/// Reads a file that was found by walking or in a list; `None` if it is binary, in which case little of it is read.
pub(crate) fn read_unless_binary(path: &Path, invalid: InvalidUtf8) -> Result<Option<Text>, Error> {
    let mut file = File::open(path)?;
    let mut bytes = Vec::with_capacity(BINARY_TEST);
    file.by_ref().take(BINARY_TEST as u64).read_to_end(&mut bytes)?;
    if bytes.contains(&0) {
        return Ok(None);
    }
    if bytes.len() == BINARY_TEST {
        file.read_to_end(&mut bytes)?;
    }
    text(bytes, invalid).map(Some)
}

/// Drops one leading byte-order mark, and nothing else.
fn text(mut bytes: Vec<u8>, invalid: InvalidUtf8) -> Result<Text, Error> {
    let size = bytes.len() as u64;
    let mark = if bytes.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    bytes.drain(..mark);
    let text = String::from_utf8(bytes).or_else(|error| {
        let at = error.utf8_error().valid_up_to();
        text_of(error.as_bytes(), invalid).map(Cow::into_owned).map_err(|_| Error::invalid_utf8(mark + at))
    })?;
    Ok(Text { text, bytes: size })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_bytes(bytes: &[u8], invalid: InvalidUtf8) -> Result<(String, u64), Error> {
        read(bytes, invalid).map(|read| (read.text, read.bytes))
    }

    #[test]
    fn one_leading_byte_order_mark_is_dropped_and_nothing_else() {
        for (bytes, text) in [
            ("\u{feff}a", "a"),
            ("\u{feff}\u{feff}a", "\u{feff}a"),
            ("a\u{feff}", "a\u{feff}"),
            (" \r\n\0", " \r\n\0"),
            ("\u{feff}", ""),
            ("", ""),
        ] {
            let read = read_bytes(bytes.as_bytes(), InvalidUtf8::Refuse).unwrap();
            assert_eq!(read, (text.to_owned(), bytes.len() as u64), "{bytes:?}");
        }
    }

    #[test]
    fn invalid_utf8_is_an_error_at_its_offset_in_the_file() {
        for (bytes, offset) in [(&b"caf\xc3"[..], 3), (b"\xff", 0), (b"\xef\xbb\xbfab\xffc", 5), (b"\xef\xbb", 0)] {
            let error = read_bytes(bytes, InvalidUtf8::Refuse).unwrap_err();
            assert!(error.is_invalid_utf8());
            assert_eq!(error.offset(), Some(offset), "{bytes:?}");
        }
    }

    #[test]
    fn invalid_utf8_is_replaced_on_request() {
        let read = read_bytes(b"\xef\xbb\xbfa\xffb", InvalidUtf8::Replace).unwrap();
        assert_eq!(read, ("a\u{fffd}b".to_owned(), 6));
    }
}
