//! What can go wrong between a name and a number.

use crate::counting::{Limit, Overrun};
use crate::format::Format;
use crate::report::By;
use std::fmt;
use tokenfare_catalog::Meter;

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
    NotExact { model: String },
    MalformedRequest { why: String },
    TooDeep,
    WindowExceeded { model: String, overrun: Overrun, room: Option<u64> },
    BadUsage { why: String },
    NotATime { text: String },
    UnknownFormat { text: String },
    UnknownGrouping { text: String },
    UnpricedTool { tool: String },
    BilledByToken { model: String, meter: Meter },
    NoModel,
    Engine(tokenfare_core::Error),
    Catalog(tokenfare_catalog::Error),
}

impl Error {
    pub(crate) fn unknown_encoding<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Self {
        let known: Vec<String> = known.map(str::to_owned).collect();
        let mut near: Vec<(f64, &String)> =
            known.iter().map(|known| (strsim::jaro_winkler(name, known), known)).collect();
        near.sort_by(|a, b| b.0.total_cmp(&a.0));
        let suggestions =
            near.into_iter().take_while(|(score, _)| *score > 0.8).map(|(_, known)| known.clone()).take(3).collect();
        Self { kind: Box::new(Kind::UnknownEncoding { name: name.to_owned(), suggestions, known }) }
    }

    pub(crate) fn not_exact(model: &str) -> Self {
        Self { kind: Box::new(Kind::NotExact { model: model.to_owned() }) }
    }

    pub(crate) fn malformed_request(why: String) -> Self {
        Self { kind: Box::new(Kind::MalformedRequest { why }) }
    }

    pub(crate) fn wrong_type(at: &str, expected: &str) -> Self {
        Self::malformed_request(format!("`{at}` is not {expected}"))
    }

    pub(crate) fn too_deep() -> Self {
        Self { kind: Box::new(Kind::TooDeep) }
    }

    pub(crate) fn window_exceeded(model: &str, overrun: Overrun, room: Option<u64>) -> Self {
        Self { kind: Box::new(Kind::WindowExceeded { model: model.to_owned(), overrun, room }) }
    }

    /// Whether a request, or what it asks for, is more than a model takes or gives.
    #[must_use]
    pub fn is_window_exceeded(&self) -> bool {
        matches!(*self.kind, Kind::WindowExceeded { .. })
    }

    /// How many tokens too many there are, or may be, beyond a limit.
    #[must_use]
    pub fn over_by(&self) -> Option<u64> {
        match &*self.kind {
            Kind::WindowExceeded { overrun, .. } => Some(overrun.over_by()),
            _ => None,
        }
    }

    /// The limit that is exceeded.
    #[must_use]
    pub fn limit(&self) -> Option<Limit> {
        match &*self.kind {
            Kind::WindowExceeded { overrun, .. } => Some(overrun.limit),
            _ => None,
        }
    }

    /// How many tokens of output would fit.
    #[must_use]
    pub fn fits_output(&self) -> Option<u64> {
        match &*self.kind {
            Kind::WindowExceeded { room, .. } => *room,
            _ => None,
        }
    }

    /// Whether what was given is no request, or not one of the format named.
    #[must_use]
    pub fn is_malformed_request(&self) -> bool {
        matches!(*self.kind, Kind::MalformedRequest { .. } | Kind::TooDeep)
    }

    /// Whether a request is nested deeper than is read.
    #[must_use]
    pub fn is_too_deep(&self) -> bool {
        matches!(*self.kind, Kind::TooDeep)
    }

    /// Whether a format was named that is not known.
    #[must_use]
    pub fn is_unknown_format(&self) -> bool {
        matches!(*self.kind, Kind::UnknownFormat { .. })
    }

    pub(crate) fn bad_usage(why: String) -> Self {
        Self { kind: Box::new(Kind::BadUsage { why }) }
    }

    pub(crate) fn not_a_time(text: &str) -> Self {
        Self { kind: Box::new(Kind::NotATime { text: text.to_owned() }) }
    }

    pub(crate) fn unknown_format(text: &str) -> Self {
        Self { kind: Box::new(Kind::UnknownFormat { text: text.to_owned() }) }
    }

    pub(crate) fn unknown_grouping(text: &str) -> Self {
        Self { kind: Box::new(Kind::UnknownGrouping { text: text.to_owned() }) }
    }

    pub(crate) fn unpriced_tool(tool: &str) -> Self {
        Self { kind: Box::new(Kind::UnpricedTool { tool: tool.to_owned() }) }
    }

    pub(crate) fn billed_by_token(model: &str, meter: Meter) -> Self {
        Self { kind: Box::new(Kind::BilledByToken { model: model.to_owned(), meter }) }
    }

    pub(crate) fn no_model() -> Self {
        Self { kind: Box::new(Kind::NoModel) }
    }

    /// Whether a body states a usage that cannot be, or none, or is not one.
    #[must_use]
    pub fn is_bad_usage(&self) -> bool {
        matches!(*self.kind, Kind::BadUsage { .. })
    }

    /// Whether a text is not a word, time or number of the kind expected.
    #[must_use]
    pub fn is_malformed(&self) -> bool {
        match &*self.kind {
            Kind::NotATime { .. } | Kind::UnknownFormat { .. } | Kind::UnknownGrouping { .. } => true,
            Kind::Catalog(error) => error.is_malformed(),
            _ => false,
        }
    }

    /// Whether an amount of money is too large to hold.
    #[must_use]
    pub fn is_overflow(&self) -> bool {
        matches!(&*self.kind, Kind::Catalog(error) if error.is_overflow())
    }

    /// Whether a model was named that the catalog does not have, or none where one is needed.
    #[must_use]
    pub fn is_unknown_model(&self) -> bool {
        match &*self.kind {
            Kind::NoModel => true,
            Kind::Catalog(error) => error.is_unknown_model(),
            _ => false,
        }
    }

    /// Whether a price is wanted that the catalog does not have.
    #[must_use]
    pub fn is_missing_rate(&self) -> bool {
        match &*self.kind {
            Kind::UnpricedTool { .. } | Kind::BilledByToken { .. } => true,
            Kind::Catalog(error) => error.is_missing_rate(),
            _ => false,
        }
    }

    /// Whether an exact count is wanted of a model whose vocabulary is not public.
    #[must_use]
    pub fn is_not_exact(&self) -> bool {
        matches!(*self.kind, Kind::NotExact { .. })
    }

    /// The error of the engine behind this one, if it is one: invalid UTF-8, a refused special token, and so on.
    #[must_use]
    pub fn engine(&self) -> Option<&tokenfare_core::Error> {
        match &*self.kind {
            Kind::Engine(error) => Some(error),
            _ => None,
        }
    }

    /// Whether an encoding was named that is not embedded.
    #[must_use]
    pub fn is_unknown_encoding(&self) -> bool {
        matches!(*self.kind, Kind::UnknownEncoding { .. })
    }

    /// The nearest known names to an unknown one, the nearest first.
    #[must_use]
    pub fn suggestions(&self) -> Vec<&str> {
        match &*self.kind {
            Kind::UnknownEncoding { suggestions, .. } => suggestions.iter().map(String::as_str).collect(),
            Kind::Catalog(error) => error.suggestions().iter().map(String::as_str).collect(),
            _ => Vec::new(),
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
            Kind::NotExact { model } => {
                write!(
                    f,
                    "the vocabulary of `{model}` is not public, so its tokens cannot be counted exactly; \
                     `estimate_text` counts them with bounds"
                )
            }
            Kind::MalformedRequest { why } => write!(f, "not a request: {why}"),
            Kind::TooDeep => {
                write!(f, "not a request: it is nested deeper than {} levels", crate::request::json::DEEPEST)
            }
            Kind::WindowExceeded { model, overrun, room } => {
                let may = if overrun.is_certain { "" } else { "may " };
                let Overrun { limit, allowed, asked, .. } = overrun;
                write!(f, "{asked} tokens {may}exceed the {limit} of `{model}`, which is {allowed}")?;
                match room {
                    Some(0) => write!(f, ", shorten the input"),
                    Some(room) => write!(f, ", {room} tokens of output fit"),
                    None => Ok(()),
                }
            }
            Kind::BadUsage { why } => f.write_str(why),
            Kind::NotATime { text } => {
                write!(f, "`{text}` is not a time, write ISO 8601 as in `2026-11-20` or `2026-11-20T12:00:00Z`")
            }
            Kind::UnknownFormat { text } => {
                write!(f, "unknown format `{text}`, known are ")?;
                for (i, format) in Format::ALL.iter().enumerate() {
                    write!(f, "{}`{format}`", if i == 0 { "" } else { ", " })?;
                }
                Ok(())
            }
            Kind::UnknownGrouping { text } => {
                write!(f, "nothing is added up by `{text}`, but by ")?;
                for (i, by) in By::ALL.iter().enumerate() {
                    write!(f, "{}`{by}`", if i == 0 { "" } else { ", " })?;
                }
                Ok(())
            }
            Kind::UnpricedTool { tool } => write!(
                f,
                "no rate for `{tool}`, which is billed apart from the tokens: leave it out of the body for what the tokens cost"
            ),
            Kind::BilledByToken { model, meter } => write!(
                f,
                "no `{meter}` rate for `{model}`, which is billed by tokens: give the response with its `usage`"
            ),
            Kind::NoModel => write!(f, "the body names no model: name the one it is of"),
            Kind::Engine(error) => error.fmt(f),
            Kind::Catalog(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {}

impl From<tokenfare_core::Error> for Error {
    fn from(error: tokenfare_core::Error) -> Self {
        Self { kind: Box::new(Kind::Engine(error)) }
    }
}

impl From<tokenfare_catalog::Error> for Error {
    fn from(error: tokenfare_catalog::Error) -> Self {
        Self { kind: Box::new(Kind::Catalog(error)) }
    }
}
