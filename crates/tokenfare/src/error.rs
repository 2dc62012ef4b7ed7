//! What can go wrong between a name and a number.

use std::fmt;

/// An error of tokenfare.
///
/// The predicates tell apart what callers branch on; the message quotes what was given and offers the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    kind: Box<Kind>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    UnknownEncoding { name: String, suggestions: Vec<String>, known: Vec<String> },
}

impl Error {
    pub(crate) fn unknown_encoding<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Self {
        let known: Vec<String> = known.map(str::to_owned).collect();
        let mut near: Vec<(f64, &String)> = known.iter().map(|known| (strsim::jaro_winkler(name, known), known)).collect();
        near.sort_by(|a, b| b.0.total_cmp(&a.0));
        let suggestions = near.into_iter().take_while(|(score, _)| *score > 0.8).map(|(_, known)| known.clone()).take(3).collect();
        Self { kind: Box::new(Kind::UnknownEncoding { name: name.to_owned(), suggestions, known }) }
    }

    /// Whether an encoding was named that is not embedded.
    #[must_use]
    pub fn is_unknown_encoding(&self) -> bool {
        matches!(*self.kind, Kind::UnknownEncoding { .. })
    }

    /// The nearest known names to an unknown one, the nearest first.
    #[must_use]
    pub fn suggestions(&self) -> &[String] {
        match &*self.kind {
            Kind::UnknownEncoding { suggestions, .. } => suggestions,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.kind {
            Kind::UnknownEncoding { name, suggestions, known } => {
                write!(f, "unknown encoding `{name}`, ")?;
                match suggestions.first() {
                    Some(nearest) => write!(f, "did you mean `{nearest}`?"),
                    None => write!(f, "known are {}", known.join(", ")),
                }
            }
        }
    }
}

impl std::error::Error for Error {}
