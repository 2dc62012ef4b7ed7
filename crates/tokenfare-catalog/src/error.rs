//! The one error of this crate.

use crate::date::Date;
use crate::rate::{Rate, Ratio};
use crate::word::Meter;
use std::fmt;

/// Why the catalog could not answer: opaque, with a question for each thing a caller may branch on.
///
/// ```
/// use tokenfare_catalog::Catalog;
///
/// let error = Catalog::bundled().model("gpt-4p").unwrap_err();
/// assert!(error.is_unknown_model());
/// assert_eq!(error.suggestions(), ["gpt-4o", "gpt-4", "gpt-4.1"]);
/// assert_eq!(error.to_string(), "unknown model `gpt-4p`, did you mean `gpt-4o`, `gpt-4` or `gpt-4.1`?");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: Box<ErrorKind>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ErrorKind {
    UnknownModel {
        name: String,
        suggestions: Vec<String>,
    },
    UnknownProvider {
        name: String,
        suggestions: Vec<String>,
    },
    NamedNothing {
        name: String,
        on: Date,
        nearest: NearestName,
    },
    MissingPrice {
        model: String,
        meter: Option<Meter>,
        on: Date,
        nearest: NearestPrice,
    },
    NotADecimal {
        text: String,
    },
    NotARatio {
        text: String,
    },
    NotADate {
        text: String,
    },
    NotAWord {
        what: &'static str,
        text: String,
        known: Vec<&'static str>,
    },
    NotAUnit {
        text: String,
        meter: Meter,
    },
    Ambiguous {
        name: String,
        qualified: Vec<String>,
    },
    NotOffered {
        model: String,
        what: &'static str,
        wanted: String,
        offered: Vec<String>,
        on: Date,
    },
    NegativeRate {
        text: String,
    },
    TooPrecise {
        text: String,
        places: u32,
    },
    NotWhole {
        rate: Rate,
        ratio: Ratio,
    },
    MoneyOverflow,
    RateOverflow,
    #[cfg(feature = "read")]
    Outdated {
        file: String,
        as_of: Date,
        bundled: Date,
    },
    #[cfg(feature = "read")]
    Data {
        place: String,
        why: String,
    },
}

/// What a name that stood for nothing on the day asked for stands for on another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NearestName {
    From { date: Date, model: String },
    Until { date: Date, model: String },
}

/// The price closest to the day asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NearestPrice {
    /// The first one after it.
    Later(Date),
    /// The last one before it no longer held from this day on.
    Ended(Date),
    Never,
}

impl Error {
    /// Says whether a name is not one of the catalog's, or was not on the day asked for.
    #[must_use]
    pub fn is_unknown_model(&self) -> bool {
        matches!(
            *self.kind,
            ErrorKind::UnknownModel { .. }
                | ErrorKind::UnknownProvider { .. }
                | ErrorKind::NamedNothing { .. }
                | ErrorKind::Ambiguous { .. }
        )
    }

    /// Returns the names nearest to an unknown one, the nearest first; empty if none is near.
    #[must_use]
    pub fn suggestions(&self) -> &[String] {
        match &*self.kind {
            ErrorKind::UnknownModel { suggestions, .. }
            | ErrorKind::UnknownProvider { suggestions, .. }
            | ErrorKind::Ambiguous { qualified: suggestions, .. } => suggestions,
            ErrorKind::NotOffered { offered, .. } => offered,
            ErrorKind::NamedNothing {
                nearest: NearestName::From { model, .. } | NearestName::Until { model, .. },
                ..
            } => std::slice::from_ref(model),
            _ => &[],
        }
    }

    /// Says whether a known model has no price, or not the rate, tier or region asked for, on the day asked for.
    #[must_use]
    pub fn is_missing_rate(&self) -> bool {
        matches!(*self.kind, ErrorKind::MissingPrice { .. } | ErrorKind::NotOffered { .. })
    }

    /// Says whether a text is not a number, date or word of the kind expected.
    #[must_use]
    pub fn is_malformed(&self) -> bool {
        matches!(
            *self.kind,
            ErrorKind::NotADecimal { .. }
                | ErrorKind::NotARatio { .. }
                | ErrorKind::NotADate { .. }
                | ErrorKind::NotAWord { .. }
                | ErrorKind::NotAUnit { .. }
                | ErrorKind::NegativeRate { .. }
        )
    }

    /// Says whether an amount has a remainder that the unit of money cannot hold.
    #[must_use]
    pub fn is_inexact(&self) -> bool {
        matches!(*self.kind, ErrorKind::TooPrecise { .. } | ErrorKind::NotWhole { .. })
    }

    /// Says whether an amount is too large to hold.
    #[must_use]
    pub fn is_overflow(&self) -> bool {
        matches!(*self.kind, ErrorKind::MoneyOverflow | ErrorKind::RateOverflow)
    }

    /// Says whether a catalogue file is older than the catalog it is to be laid over.
    #[cfg(feature = "read")]
    #[must_use]
    pub fn is_outdated(&self) -> bool {
        matches!(*self.kind, ErrorKind::Outdated { .. })
    }

    /// Says whether a catalogue file is at fault.
    #[cfg(feature = "read")]
    #[must_use]
    pub fn is_invalid_data(&self) -> bool {
        matches!(*self.kind, ErrorKind::Data { .. })
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Self { kind: Box::new(kind) }
    }
}

impl std::error::Error for Error {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.kind {
            ErrorKind::UnknownProvider { name, suggestions } => match &**suggestions {
                [] => write!(f, "unknown provider `{name}`, and no known name is near it"),
                near => write!(f, "unknown provider `{name}`, did you mean {}?", Or(near)),
            },
            ErrorKind::UnknownModel { name, suggestions } => match &**suggestions {
                [] => write!(f, "unknown model `{name}`, and no known name is near it"),
                near => write!(f, "unknown model `{name}`, did you mean {}?", Or(near)),
            },
            ErrorKind::Ambiguous { name, qualified } => {
                write!(f, "several providers have a model `{name}`, name one of them: {}", Or(qualified))
            }
            ErrorKind::NotOffered { model, what, wanted, offered, on } => {
                write!(f, "no {what} `{wanted}` in the price of `{model}` since {on}, ")?;
                match &**offered {
                    [] => write!(f, "none is offered"),
                    offered => write!(f, "offered is {}", Or(offered)),
                }
            }
            ErrorKind::NamedNothing { name, on, nearest } => {
                write!(f, "no model known as `{name}` on {on}, ")?;
                match nearest {
                    NearestName::From { date, model } => write!(f, "from {date} it is `{model}`"),
                    NearestName::Until { date, model } => write!(f, "until {date} it was `{model}`"),
                }
            }
            ErrorKind::MissingPrice { model, meter, on, nearest } => {
                match meter {
                    Some(meter) => write!(f, "no `{meter}` rate for `{model}` on {on}, ")?,
                    None => write!(f, "no price for `{model}` on {on}, ")?,
                }
                match nearest {
                    NearestPrice::Later(date) => write!(f, "the first is dated {date}"),
                    NearestPrice::Ended(date) => write!(f, "the last ended on {date}"),
                    NearestPrice::Never => write!(f, "none is known"),
                }
            }
            ErrorKind::NotADecimal { text } => {
                write!(f, "`{text}` is not a decimal number, write digits and at most one point, as in `0.15`")
            }
            ErrorKind::NotARatio { text } => {
                write!(f, "`{text}` is not a multiplier, write a fraction such as `1/2` or a decimal such as `0.9`")
            }
            ErrorKind::NotADate { text } => {
                write!(f, "`{text}` is not a day of the calendar in the form `YYYY-MM-DD`")
            }
            ErrorKind::NotAWord { what, text, known } => {
                write!(f, "unknown {what} `{text}`, expected {}", Or(known))
            }
            ErrorKind::NotAUnit { text, meter } => {
                let also = if meter.counts_time() { ", `/minute` or `/hour`" } else { "" };
                write!(
                    f,
                    "`{text}` has an unknown unit, `{meter}` is for one, or per thousand `/k`, per million `/M`{also}"
                )
            }
            ErrorKind::NegativeRate { text } => write!(f, "rate `{text}` is negative"),
            ErrorKind::TooPrecise { text, places } => {
                write!(f, "`{text}` has more than the {places} decimal places that are held exactly")
            }
            ErrorKind::NotWhole { rate, ratio } => {
                write!(f, "`{}` USD per million tokens times `{ratio}` is not held exactly", rate.usd_per_mtok())
            }
            ErrorKind::MoneyOverflow => write!(f, "an amount of money is beyond the range of about 1.8e22 USD"),
            ErrorKind::RateOverflow => write!(f, "a rate is beyond the range of about 2e9 USD per million tokens"),
            #[cfg(feature = "read")]
            ErrorKind::Outdated { file, as_of, bundled } => write!(
                f,
                "{file} is as of {as_of}, and older than the bundled prices of {bundled}: bring it up to date, or force it"
            ),
            #[cfg(feature = "read")]
            ErrorKind::Data { place, why } => write!(f, "{place}: {why}"),
        }
    }
}

/// Writes names as `a`, `b` or `c`.
struct Or<'a, T>(&'a [T]);

impl<T: fmt::Display> fmt::Display for Or<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, name) in self.0.iter().enumerate() {
            let before = match i {
                0 => "",
                i if i + 1 == self.0.len() => " or ",
                _ => ", ",
            };
            write!(f, "{before}`{name}`")?;
        }
        Ok(())
    }
}
