//! What is known of a model: its names, its limits and its dated prices.

use crate::date::Date;
use crate::error::{Error, ErrorKind, NearestPrice};
use crate::rate::Rate;
use std::fmt;
use std::str::FromStr;

/// One model: the card that every name of it leads to.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Model {
    /// The canonical id, unique in the catalog: the provider's dated snapshot where there is one.
    pub id: &'static str,
    /// Who sells it.
    pub provider: &'static str,
    /// Its other names.
    pub aliases: &'static [Alias],
    /// The name of its vocabulary, if that is public.
    pub encoding: Option<&'static str>,
    /// How many tokens input, output and reasoning may be together.
    pub context_window: Option<u64>,
    /// How many tokens the input alone may be, where the provider sets such a limit.
    pub max_input: Option<u64>,
    /// How many tokens it writes at most, reasoning included.
    pub max_output: Option<u64>,
    /// Whether it thinks in tokens that are billed and not shown.
    pub reasoning: bool,
    /// How hard it thinks unless told otherwise.
    pub default_effort: Option<Effort>,
    /// What it costs, the oldest price first; no two hold on the same day.
    pub prices: &'static [PriceRow],
}

impl Model {
    /// Returns the prices that hold on a day.
    ///
    /// ```
    /// use tokenfare_catalog::Catalog;
    ///
    /// let model = Catalog::bundled().model("gpt-4o-mini")?;
    /// let price = model.price_at("2026-11-20".parse()?)?;
    /// assert_eq!(price.input.unwrap().usd_per_mtok().to_string(), "0.15");
    ///
    /// let error = model.price_at("2024-01-01".parse()?).unwrap_err();
    /// assert!(error.is_missing_rate());
    /// assert_eq!(
    ///     error.to_string(),
    ///     "no price for `gpt-4o-mini-2024-07-18` on 2024-01-01, the first is dated 2024-07-18"
    /// );
    /// # Ok::<(), tokenfare_catalog::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::is_missing_rate`] if none does.
    pub fn price_at(&self, on: Date) -> Result<&'static PriceRow, Error> {
        self.row_at(on).ok_or_else(|| self.missing(None, on, |_| true))
    }

    /// Returns what one token cost on a day, counted by one meter.
    ///
    /// ```
    /// use tokenfare_catalog::{Catalog, Meter};
    ///
    /// let model = Catalog::bundled().model("gpt-4o-mini")?;
    /// let error = model.rate_at(Meter::CacheRead, "2024-09-30".parse()?).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "no `cache_read` rate for `gpt-4o-mini-2024-07-18` on 2024-09-30, the first is dated 2024-10-01"
    /// );
    /// # Ok::<(), tokenfare_catalog::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::is_missing_rate`] if the model had no price that day or no rate for the meter.
    pub fn rate_at(&self, meter: Meter, on: Date) -> Result<Rate, Error> {
        self.price_at(on)?.rate(meter).ok_or_else(|| self.missing(Some(meter), on, |row| row.rate(meter).is_some()))
    }

    fn row_at(&self, on: Date) -> Option<&'static PriceRow> {
        let row = self.prices[..self.prices.partition_point(|row| row.from <= on)].last()?;
        row.until.is_none_or(|until| on < until).then_some(row)
    }

    /// Says where the nearest price that would have answered is.
    fn missing(&self, meter: Option<Meter>, on: Date, answers: impl Fn(&PriceRow) -> bool) -> Error {
        let (past, future) = self.prices.split_at(self.prices.partition_point(|row| row.from <= on));
        let later = future.iter().find(|row| answers(row)).map(|row| NearestPrice::Later(row.from));
        let ended = || {
            let last = past.iter().rposition(&answers)?;
            past[last].until.or_else(|| past.get(last + 1).map(|next| next.from)).map(NearestPrice::Ended)
        };
        let nearest = later.or_else(ended).unwrap_or(NearestPrice::Never);
        ErrorKind::MissingPrice { model: self.id, meter, on, nearest }.into()
    }
}

/// Another name of a model, for as long as it stood for this one.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Alias {
    /// The name.
    pub name: &'static str,
    /// The first day the name stood for this model, if it ever stood for another or for none.
    pub from: Option<Date>,
    /// The first day it no longer did.
    pub until: Option<Date>,
    /// How hard the model thinks by default when called by this name, if that differs from the model's own default.
    pub effort: Option<Effort>,
}

impl Alias {
    /// Says whether the name stood for this model on a day.
    #[must_use]
    pub fn holds_on(&self, on: Date) -> bool {
        self.from.is_none_or(|from| from <= on) && self.until.is_none_or(|until| on < until)
    }
}

/// The rates of a model over a time, and where they were read.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PriceRow {
    /// The first day these rates hold, in UTC.
    pub from: Date,
    /// The first day they no longer do, if they ended before the next row begins.
    pub until: Option<Date>,
    /// Input tokens that were not read from a cache.
    pub input: Option<Rate>,
    /// Input tokens read from a cache.
    pub cache_read: Option<Rate>,
    /// Output tokens, reasoning included.
    pub output: Option<Rate>,
    /// The page that states the rates.
    pub source: &'static str,
    /// The day someone last looked.
    pub checked: Date,
}

impl PriceRow {
    /// Returns the rate of one meter.
    #[must_use]
    pub fn rate(&self, meter: Meter) -> Option<Rate> {
        match meter {
            Meter::Input => self.input,
            Meter::CacheRead => self.cache_read,
            Meter::Output => self.output,
        }
    }
}

/// What a token is counted as when it is billed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Meter {
    /// Input that was not read from a cache.
    Input,
    /// Input read from a cache.
    CacheRead,
    /// Output, reasoning included.
    Output,
}

impl Meter {
    /// Returns the name used in data, flags and messages.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::CacheRead => "cache_read",
            Self::Output => "output",
        }
    }
}

/// Writes the name used in data, flags and messages.
impl fmt::Display for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How hard a reasoning model thinks before it answers. It changes how many tokens are billed, never their rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Effort {
    /// `low`
    Low,
    /// `medium`
    Medium,
    /// `high`
    High,
}

impl Effort {
    /// Returns the word requests and data use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// Reads the word requests and data use.
impl FromStr for Effort {
    type Err = Error;

    /// # Errors
    /// [`Error::is_malformed`] for any other word.
    fn from_str(text: &str) -> Result<Self, Error> {
        [Self::Low, Self::Medium, Self::High]
            .into_iter()
            .find(|effort| effort.as_str() == text)
            .ok_or_else(|| ErrorKind::NotAnEffort { text: text.to_owned() }.into())
    }
}

/// Writes the word requests and data use.
impl fmt::Display for Effort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    const CENT: Option<Rate> = Some(Rate::from_units_per_token(90_000_000));

    const fn row(from: Date, until: Option<Date>, cache_read: Option<Rate>) -> PriceRow {
        PriceRow { from, until, input: CENT, cache_read, output: CENT, source: "https://example.com", checked: from }
    }

    static PRICES: [PriceRow; 3] = [
        row(Date::known(2025, 1, 1), None, None),
        row(Date::known(2025, 3, 1), Some(Date::known(2025, 5, 1)), CENT),
        row(Date::known(2025, 6, 1), Some(Date::known(2025, 7, 1)), None),
    ];

    static MODEL: Model = Model {
        id: "example-large",
        provider: "example",
        aliases: &[],
        encoding: None,
        context_window: None,
        max_input: None,
        max_output: None,
        reasoning: false,
        default_effort: None,
        prices: &PRICES,
    };

    #[test]
    fn a_price_holds_from_its_first_day_until_the_next_or_its_end() {
        for (on, row) in [
            ("2025-01-01", 0),
            ("2025-02-28", 0),
            ("2025-03-01", 1),
            ("2025-04-30", 1),
            ("2025-06-01", 2),
            ("2025-06-30", 2),
        ] {
            assert_eq!(MODEL.price_at(day(on)).unwrap(), &PRICES[row], "{on}");
        }
    }

    #[test]
    fn a_day_without_a_price_is_an_error_that_names_the_nearest() {
        for (on, nearest) in [
            ("2024-12-31", "the first is dated 2025-01-01"),
            ("2025-05-01", "the first is dated 2025-06-01"),
            ("2025-07-01", "the last ended on 2025-07-01"),
        ] {
            let error = MODEL.price_at(day(on)).unwrap_err();
            assert!(error.is_missing_rate() && !error.is_unknown_model(), "{on}");
            assert_eq!(error.to_string(), format!("no price for `example-large` on {on}, {nearest}"));
        }
        let unpriced = Model { prices: &[], ..MODEL };
        let error = unpriced.price_at(day("2025-01-01")).unwrap_err();
        assert_eq!(error.to_string(), "no price for `example-large` on 2025-01-01, none is known");
    }

    #[test]
    fn a_price_without_the_rate_is_an_error_and_not_a_zero() {
        assert_eq!(MODEL.rate_at(Meter::CacheRead, day("2025-03-01")).unwrap(), CENT.unwrap());
        for (on, nearest) in
            [("2025-02-28", "the first is dated 2025-03-01"), ("2025-06-01", "the last ended on 2025-05-01")]
        {
            let error = MODEL.rate_at(Meter::CacheRead, day(on)).unwrap_err();
            assert!(error.is_missing_rate(), "{on}");
            assert_eq!(error.to_string(), format!("no `cache_read` rate for `example-large` on {on}, {nearest}"));
        }
        let later = MODEL.rate_at(Meter::CacheRead, day("2024-01-01")).unwrap_err();
        assert_eq!(later.to_string(), "no price for `example-large` on 2024-01-01, the first is dated 2025-01-01");
    }

    #[test]
    fn an_effort_is_one_of_three_words() {
        for effort in [Effort::Low, Effort::Medium, Effort::High] {
            assert_eq!(effort.as_str().parse::<Effort>().unwrap(), effort);
        }
        assert!("High".parse::<Effort>().unwrap_err().is_malformed());
        assert!(Effort::Low < Effort::High);
    }
}
