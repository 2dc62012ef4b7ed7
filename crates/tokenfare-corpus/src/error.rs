//! Why a document could not be counted.

use std::{fmt, io};

/// Why a document, a directory or a list could not be read.
///
/// The message does not name the document; what it belongs to does.
#[derive(Debug)]
pub struct Error {
    kind: Box<Kind>,
}

#[derive(Debug)]
enum Kind {
    Io(io::Error),
    Walk(ignore::Error),
    InvalidUtf8 { offset: usize },
    ListedDirectory,
}

impl Error {
    fn new(kind: Kind) -> Self {
        Self { kind: Box::new(kind) }
    }

    pub(crate) fn walk(error: ignore::Error) -> Self {
        Self::new(Kind::Walk(error))
    }

    pub(crate) fn invalid_utf8(offset: usize) -> Self {
        Self::new(Kind::InvalidUtf8 { offset })
    }

    pub(crate) fn listed_directory() -> Self {
        Self::new(Kind::ListedDirectory)
    }

    /// Whether the document is not UTF-8; [`Error::offset`] says where.
    #[must_use]
    pub fn is_invalid_utf8(&self) -> bool {
        matches!(*self.kind, Kind::InvalidUtf8 { .. })
    }

    /// Whether there is no such file.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.io().is_some_and(|error| error.kind() == io::ErrorKind::NotFound)
    }

    /// The offset in the file, in bytes, at which it is not UTF-8.
    #[must_use]
    pub fn offset(&self) -> Option<usize> {
        match *self.kind {
            Kind::InvalidUtf8 { offset } => Some(offset),
            _ => None,
        }
    }

    /// The error of the operating system behind this one, if it is one.
    #[must_use]
    pub fn io(&self) -> Option<&io::Error> {
        match &*self.kind {
            Kind::Io(error) => Some(error),
            Kind::Walk(error) => error.io_error(),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(error) = self.io() {
            return match error.kind() {
                io::ErrorKind::NotFound => f.write_str("no such file or directory"),
                io::ErrorKind::PermissionDenied => f.write_str("permission denied"),
                io::ErrorKind::IsADirectory => f.write_str("is a directory"),
                _ => error.fmt(f),
            };
        }
        match &*self.kind {
            Kind::Io(error) => error.fmt(f),
            Kind::Walk(error) => error.fmt(f),
            Kind::InvalidUtf8 { offset } => write!(f, "invalid UTF-8 at byte {offset}"),
            Kind::ListedDirectory => {
                f.write_str("is a directory, and a list names files; name it as an argument to walk it")
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &*self.kind {
            Kind::Io(error) => Some(error),
            Kind::Walk(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::new(Kind::Io(error))
    }
}
