//! Many costs → totals: by model, by day, by what else a response says.

use crate::cost::Cost;
use crate::error::Error;
use crate::usage::Usage;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use tokenfare_catalog::Money;

/// What costs are added up by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum By {
    /// The model that answered, by its canonical id.
    Model,
    /// Who served it.
    Provider,
    /// The tier it was priced in.
    Tier,
    /// The day, in UTC.
    Day,
    /// The month, in UTC.
    Month,
}

impl By {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Model, Self::Provider, Self::Tier, Self::Day, Self::Month];

    /// Returns the word that flags and data use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Provider => "provider",
            Self::Tier => "tier",
            Self::Day => "day",
            Self::Month => "month",
        }
    }

    fn of(self, cost: &Cost<'_>) -> String {
        let day = cost.at().day();
        match self {
            Self::Model => cost.model().id().to_owned(),
            Self::Provider => cost.model().provider().to_owned(),
            Self::Tier => cost.tier().to_string(),
            Self::Day => day.to_string(),
            Self::Month => format!("{:04}-{:02}", day.year(), day.month()),
        }
    }
}

/// Reads the word.
impl FromStr for By {
    type Err = Error;

    /// # Errors
    /// For any other word, with those that are known.
    fn from_str(text: &str) -> Result<Self, Error> {
        let found = Self::ALL.iter().copied().find(|by| by.as_str() == text);
        found.ok_or_else(|| Error::unknown_grouping(text))
    }
}

/// Writes the word.
impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What some requests used and cost together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sums {
    /// How many requests.
    pub requests: u64,
    /// All tokens of their prompts.
    pub input_tokens: u64,
    /// Of these, what was read from a cache.
    pub cache_read: u64,
    /// All tokens of their answers.
    pub output_tokens: u64,
    /// Of these, reasoning.
    pub reasoning_tokens: u64,
    /// What they cost.
    pub cost: Money,
}

impl Sums {
    fn add(&mut self, other: &Self) -> Result<(), Error> {
        let sum = |one: u64, other: u64| {
            one.checked_add(other)
                .ok_or_else(|| Error::bad_usage("there are more tokens in all than 64 bits hold".into()))
        };
        *self = Self {
            requests: sum(self.requests, other.requests)?,
            input_tokens: sum(self.input_tokens, other.input_tokens)?,
            cache_read: sum(self.cache_read, other.cache_read)?,
            output_tokens: sum(self.output_tokens, other.output_tokens)?,
            reasoning_tokens: sum(self.reasoning_tokens, other.reasoning_tokens)?,
            cost: self.cost.checked_add(other.cost)?,
        };
        Ok(())
    }
}

/// Sums of costs, in groups. They are exact, and come out the same in any order and from any parts.
///
/// ```
/// use tokenfare::{By, Pricer, Report, Usage};
///
/// let pricer = Pricer::at("2026-11-20".parse()?);
/// let mut report = Report::new([By::Model]);
/// for (model, tokens) in [("gpt-4o-mini", 100), ("o3-mini", 50), ("gpt-4o-mini", 200)] {
///     let usage = Usage { model: Some(model.to_owned()), ..Usage::of_tokens(tokens, 0) };
///     report.add(&usage, &pricer.cost(&usage)?)?;
/// }
/// let groups: Vec<_> = report.groups().map(|(key, sums)| (key[0].as_str(), sums.requests, sums.cost.to_string())).collect();
/// assert_eq!(groups, [("gpt-4o-mini-2024-07-18", 2, "0.000045".to_owned()), ("o3-mini-2025-01-31", 1, "0.000055".to_owned())]);
/// assert_eq!(report.total().cost.to_string(), "0.0001");
/// # Ok::<(), tokenfare::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    by: Vec<By>,
    groups: BTreeMap<Vec<String>, Sums>,
    total: Sums,
}

impl Report {
    /// Makes a report of nothing yet.
    #[must_use]
    pub fn new(by: impl Into<Vec<By>>) -> Self {
        Self { by: by.into(), groups: BTreeMap::new(), total: Sums::default() }
    }

    /// Adds what a request used and cost.
    ///
    /// # Errors
    /// If a sum is out of range.
    pub fn add(&mut self, usage: &Usage, cost: &Cost<'_>) -> Result<(), Error> {
        let one = Sums {
            requests: 1,
            input_tokens: usage.input_tokens,
            cache_read: usage.cache_read,
            output_tokens: usage.output_tokens,
            reasoning_tokens: usage.reasoning_tokens,
            cost: cost.total(),
        };
        self.total.add(&one)?;
        if self.by.is_empty() {
            return Ok(());
        }
        let key = self.by.iter().map(|by| by.of(cost)).collect();
        self.groups.entry(key).or_default().add(&one)
    }

    /// Adds a report of other requests by the same.
    ///
    /// # Errors
    /// If a sum is out of range.
    pub fn merge(&mut self, other: &Self) -> Result<(), Error> {
        self.total.add(&other.total)?;
        other.groups.iter().try_for_each(|(key, sums)| self.groups.entry(key.clone()).or_default().add(sums))
    }

    /// Returns what it adds up by.
    #[must_use]
    pub fn by(&self) -> &[By] {
        &self.by
    }

    /// Lists the groups in order: what they have in common, in the order of [`Report::by`], and their sums.
    pub fn groups(&self) -> impl Iterator<Item = (&[String], &Sums)> {
        self.groups.iter().map(|(key, sums)| (&key[..], sums))
    }

    /// Returns the sums of all.
    #[must_use]
    pub fn total(&self) -> &Sums {
        &self.total
    }
}
