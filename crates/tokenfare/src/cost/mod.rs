//! Usage in, cost out: what × rate, line by line, in exact money.

mod bill;
mod compare;
mod explain;
mod pricer;

pub use compare::Compared;
pub use pricer::Pricer;

use crate::at::At;
use crate::usage::Reported;
use tokenfare_catalog::{Meter, Model, Money, Rate, Rates, Tier};

/// What a request cost, and why: every part of it with its rate, and where that is from.
///
/// ```
/// use tokenfare::{At, Usage};
///
/// let model = tokenfare::model("o3-mini")?;
/// let usage = Usage { reasoning_tokens: 4_000, ..Usage::of_tokens(1_000, 5_000) };
/// let cost = model.cost(&usage, "2026-11-20".parse()?)?;
/// assert_eq!(cost.total().to_string(), "0.0231");
/// let lines: Vec<_> = cost.lines().iter().map(|line| (line.meter.as_str(), line.amount, line.cost.to_string())).collect();
/// assert_eq!(lines, [("input", 1_000, "0.0011".to_owned()), ("output", 5_000, "0.022".to_owned())]);
/// # Ok::<(), tokenfare::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Cost<'c> {
    model: Model<'c>,
    at: At,
    tier: Tier,
    total: Money,
    lines: Vec<Line<'c>>,
    reported: Option<Reported>,
    notes: Vec<String>,
}

/// A part of a cost: so many of something at a rate.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Line<'c> {
    /// What is counted.
    pub meter: Meter,
    /// What its rate depends on beside, as the size of a picture; empty if on nothing.
    pub detail: &'c str,
    /// How many.
    pub amount: u64,
    /// What one costs.
    pub rate: Rate,
    /// What all of them cost.
    pub cost: Money,
    /// The price that the rate is of, and which of its cards hold.
    pub rates: Rates<'c>,
}

impl<'c> Line<'c> {
    /// Returns the model whose rate it is: another than that of the cost where another had a turn.
    #[must_use]
    pub fn model(&self) -> Model<'c> {
        self.rates.price().model()
    }
}

impl<'c> Cost<'c> {
    /// Returns the whole.
    #[must_use]
    pub fn total(&self) -> Money {
        self.total
    }

    /// Lists the parts, which add up to the whole.
    #[must_use]
    pub fn lines(&self) -> &[Line<'c>] {
        &self.lines
    }

    /// Returns the model that answered.
    #[must_use]
    pub fn model(&self) -> Model<'c> {
        self.model
    }

    /// Returns the moment whose prices these are.
    #[must_use]
    pub fn at(&self) -> At {
        self.at
    }

    /// Returns the tier that it was priced in.
    #[must_use]
    pub fn tier(&self) -> Tier {
        self.tier
    }

    /// Returns what the provider says it charged, which is kept apart: with a key of one's own it is a fee alone.
    #[must_use]
    pub fn reported(&self) -> Option<&Reported> {
        self.reported.as_ref()
    }

    /// Lists what had to be taken for so, each a sentence: a price whose day is in doubt, a second rounded up.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }
}
