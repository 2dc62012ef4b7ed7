//! What can go wrong, and what the caller can do about it.

use std::fmt;

/// An error of the engine: something asked of it that it cannot do exactly.
///
/// Counting valid text cannot fail, and has no error. The predicates tell apart what callers branch on; the
/// message says what, where, and the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    kind: Box<Kind>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    InvalidUtf8 { offset: usize },
    RefusedSpecial { token: String, offset: usize },
    UnknownSpecial { token: String, encoding: String },
    UnknownToken { id: u32, index: usize, encoding: String },
    DecodedToInvalidUtf8 { offset: usize },
    UnknownPattern { name: String },
    ChunkTooSmall { size: usize, overlap: usize },
    CharacterTooLong { offset: usize, tokens: usize, size: usize },
    BadVocabulary { place: String, why: String },
}

impl Error {
    pub(crate) fn new(kind: Kind) -> Self {
        Self { kind: Box::new(kind) }
    }

    pub(crate) fn unknown_pattern(name: &str) -> Self {
        Self::new(Kind::UnknownPattern { name: name.to_owned() })
    }

    pub(crate) fn bad_vocabulary(place: impl Into<String>, why: impl Into<String>) -> Self {
        Self::new(Kind::BadVocabulary { place: place.into(), why: why.into() })
    }

    /// Whether bytes given as text, or decoded from tokens, are not UTF-8; [`Error::offset`] says where.
    #[must_use]
    pub fn is_invalid_utf8(&self) -> bool {
        matches!(*self.kind, Kind::InvalidUtf8 { .. } | Kind::DecodedToInvalidUtf8 { .. })
    }

    /// Whether the text holds a special token that the caller refuses; [`Error::offset`] says where.
    #[must_use]
    pub fn is_refused_special(&self) -> bool {
        matches!(*self.kind, Kind::RefusedSpecial { .. })
    }

    /// Whether a special token was named that the encoding does not have.
    #[must_use]
    pub fn is_unknown_special(&self) -> bool {
        matches!(*self.kind, Kind::UnknownSpecial { .. })
    }

    /// Whether a token id was given that the encoding does not have.
    #[must_use]
    pub fn is_unknown_token(&self) -> bool {
        matches!(*self.kind, Kind::UnknownToken { .. })
    }

    /// Whether a vocabulary could not be loaded; [`Error::place`] says which line or key is at fault.
    #[must_use]
    pub fn is_bad_vocabulary(&self) -> bool {
        matches!(*self.kind, Kind::BadVocabulary { .. })
    }

    /// The byte offset in the text at which the error lies, if it lies at one.
    #[must_use]
    pub fn offset(&self) -> Option<usize> {
        match *self.kind {
            Kind::InvalidUtf8 { offset }
            | Kind::RefusedSpecial { offset, .. }
            | Kind::DecodedToInvalidUtf8 { offset }
            | Kind::CharacterTooLong { offset, .. } => Some(offset),
            _ => None,
        }
    }

    /// The line or key of a vocabulary file at which the error lies, if it lies at one.
    #[must_use]
    pub fn place(&self) -> Option<&str> {
        match &*self.kind {
            Kind::BadVocabulary { place, .. } => Some(place),
            _ => None,
        }
    }

    /// The special token or the token id that the error is about, if it is about one.
    #[must_use]
    pub fn token(&self) -> Option<String> {
        match &*self.kind {
            Kind::RefusedSpecial { token, .. } | Kind::UnknownSpecial { token, .. } => Some(token.clone()),
            Kind::UnknownToken { id, .. } => Some(id.to_string()),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.kind {
            Kind::InvalidUtf8 { offset } => {
                write!(f, "invalid UTF-8 at byte {offset}; count it as replaced characters with the lossy mode")
            }
            Kind::RefusedSpecial { token, offset } => {
                write!(
                    f,
                    "the text holds the special token `{token}` at byte {offset}, which is refused; allow it, or count it as text"
                )
            }
            Kind::UnknownSpecial { token, encoding } => {
                write!(f, "`{encoding}` has no special token `{token}`")
            }
            Kind::UnknownToken { id, index, encoding } => {
                write!(f, "`{encoding}` has no token {id}, the {} in the list", ordinal(*index))
            }
            Kind::DecodedToInvalidUtf8 { offset } => {
                write!(f, "the tokens decode to bytes that are not UTF-8 at byte {offset}; decode to bytes, or lossily")
            }
            Kind::UnknownPattern { name } => {
                let known: Vec<&str> = crate::Pattern::ALL.iter().map(|pattern| pattern.name()).collect();
                write!(f, "unknown split pattern `{name}`, known are {}", known.join(", "))
            }
            Kind::ChunkTooSmall { size, overlap } => {
                write!(
                    f,
                    "chunks of {size} tokens cannot overlap by {overlap}; the overlap must be less than the size, and the size at least 1"
                )
            }
            Kind::CharacterTooLong { offset, tokens, size } => {
                write!(
                    f,
                    "the character at byte {offset} takes {tokens} tokens, which a chunk of {size} cannot hold; 4 hold any"
                )
            }
            Kind::BadVocabulary { place, why } if place.is_empty() => write!(f, "not a vocabulary: {why}"),
            Kind::BadVocabulary { place, why } => write!(f, "not a vocabulary, {place}: {why}"),
        }
    }
}

/// "1st", "2nd" … of a position that begins at 0.
fn ordinal(index: usize) -> String {
    let number = index + 1;
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

impl std::error::Error for Error {}
