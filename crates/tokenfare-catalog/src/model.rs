//! What is known of a model: its names, its limits and its dated prices.

use crate::catalog::Catalog;
use crate::date::Date;
use crate::error::{Error, ErrorKind, NearestPrice};
use crate::price::Price;
use crate::rate::Rate;
use crate::table::{AliasRow, Limits as LimitsRow, ModelRow, NONE, Text};
use crate::word::{Effort, Endpoint, Meter, Modality, Reasoning, bit};
use std::fmt;

/// One model: the card that every name of it leads to.
#[derive(Clone, Copy)]
pub struct Model<'c> {
    pub(crate) catalog: &'c Catalog,
    pub(crate) row: &'c ModelRow,
}

impl<'c> Model<'c> {
    fn text(self, text: Text) -> Option<&'c str> {
        self.catalog.table.optional(text)
    }

    /// Returns the catalog it is of.
    #[must_use]
    pub fn catalog(self) -> &'c Catalog {
        self.catalog
    }

    /// Returns the canonical id, one of its provider's: the dated snapshot where there is one.
    #[must_use]
    pub fn id(self) -> &'c str {
        self.catalog.table.text(self.row.id)
    }

    /// Returns who sells it.
    #[must_use]
    pub fn provider(self) -> &'c str {
        self.catalog.provider_of(self.row)
    }

    /// Lists its other names.
    pub fn aliases(self) -> impl Iterator<Item = Alias<'c>> {
        let catalog = self.catalog;
        self.row.aliases.of(&catalog.table.aliases).iter().map(move |row| Alias { catalog, row })
    }

    /// Returns the name of its vocabulary, if that is public.
    #[must_use]
    pub fn encoding(self) -> Option<&'c str> {
        self.text(self.row.encoding)
    }

    /// Says whether the vocabulary is not published for this model but concluded.
    #[must_use]
    pub fn is_encoding_inferred(self) -> bool {
        self.row.inferred
    }

    /// Returns the family of its vocabulary, if only that is known.
    #[must_use]
    pub fn tokenizer(self) -> Option<&'c str> {
        self.text(self.row.tokenizer)
    }

    /// Returns its limits now.
    #[must_use]
    pub fn limits(self) -> Limits {
        Limits::of(self.row.limits)
    }

    /// Returns its limits on a day.
    #[must_use]
    pub fn limits_at(self, on: Date) -> Limits {
        let former = self.row.former.of(&self.catalog.table.former);
        Limits::of(former.iter().find(|row| on < row.until).map_or(self.row.limits, |row| row.limits))
    }

    /// Returns how many numbers one of its embeddings has.
    #[must_use]
    pub fn dimensions(self) -> Option<u64> {
        number(self.row.dimensions)
    }

    /// Says whether it takes something.
    #[must_use]
    pub fn takes(self, what: Modality) -> bool {
        u32::from(self.row.takes) & bit(what as u8) != 0
    }

    /// Says whether it gives something.
    #[must_use]
    pub fn gives(self, what: Modality) -> bool {
        u32::from(self.row.gives) & bit(what as u8) != 0
    }

    /// Lists where it can be called, as far as that is known.
    pub fn endpoints(self) -> impl Iterator<Item = Endpoint> {
        Endpoint::ALL.iter().copied().filter(move |endpoint| self.row.endpoints & bit(*endpoint as u8) != 0)
    }

    /// Returns where a response counts the tokens of thinking; none if it does not think.
    #[must_use]
    pub fn reasoning(self) -> Option<Reasoning> {
        self.row.reasoning
    }

    /// Lists how hard it can be told to think.
    pub fn efforts(self) -> impl Iterator<Item = Effort> {
        Effort::ALL.iter().copied().filter(move |effort| u32::from(self.row.efforts) & bit(*effort as u8) != 0)
    }

    /// Returns how hard it thinks unless told otherwise.
    #[must_use]
    pub fn default_effort(self) -> Option<Effort> {
        self.row.default_effort
    }

    /// Returns the month or day up to which it has read, as `YYYY-MM` or `YYYY-MM-DD`.
    #[must_use]
    pub fn knowledge_cutoff(self) -> Option<&'c str> {
        self.text(self.row.knowledge_cutoff)
    }

    /// Returns the day it could first be called.
    #[must_use]
    pub fn released(self) -> Option<Date> {
        self.row.released
    }

    /// Returns the day its end was announced.
    #[must_use]
    pub fn deprecated(self) -> Option<Date> {
        self.row.deprecated
    }

    /// Returns the first day it no longer answers.
    #[must_use]
    pub fn retired(self) -> Option<Date> {
        self.row.retired
    }

    /// Returns the model to go on with.
    #[must_use]
    pub fn replaced_by(self) -> Option<&'c str> {
        self.text(self.row.replaced_by)
    }

    /// Lists its prices, the oldest first; no two hold on the same day.
    pub fn prices(self) -> impl DoubleEndedIterator<Item = Price<'c>> {
        self.row.prices.of(&self.catalog.table.prices).iter().map(move |row| Price { model: self, row })
    }

    /// Returns the prices that hold on a day.
    ///
    /// ```
    /// use tokenfare_catalog::{Catalog, Meter};
    ///
    /// let model = Catalog::bundled().model("gpt-4o-mini")?;
    /// let price = model.price_at("2026-11-20".parse()?)?;
    /// assert_eq!(price.rate(Meter::Input).unwrap().usd_per_mtok().to_string(), "0.15");
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
    /// Where the day of a change is not known, it is the last price that is known to have held; [`Price::doubt`] says so.
    ///
    /// # Errors
    /// [`Error::is_missing_rate`] if none does.
    pub fn price_at(self, on: Date) -> Result<Price<'c>, Error> {
        self.row_at(on).ok_or_else(|| self.missing(None, on, |_| true))
    }

    /// Returns what one of what a meter counts cost on a day, under no condition.
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
    pub fn rate_at(self, meter: Meter, on: Date) -> Result<Rate, Error> {
        let rate = self.price_at(on)?.rate(meter);
        rate.ok_or_else(|| self.missing(Some(meter), on, |price| price.rate(meter).is_some()))
    }

    fn row_at(self, on: Date) -> Option<Price<'c>> {
        let rows = self.row.prices.of(&self.catalog.table.prices);
        let row = rows[..rows.partition_point(|row| row.from <= on)].last()?;
        row.until.is_none_or(|until| on < until).then_some(Price { model: self, row })
    }

    /// Says where the nearest price that would have answered is.
    pub(crate) fn missing(self, meter: Option<Meter>, on: Date, answers: impl Fn(Price<'c>) -> bool) -> Error {
        let prices: Vec<Price<'c>> = self.prices().collect();
        let (past, future) = prices.split_at(prices.partition_point(|price| price.from() <= on));
        let later = future.iter().find(|price| answers(**price)).map(|price| NearestPrice::Later(price.from()));
        let ended = || {
            let last = past.iter().rposition(|price| answers(*price))?;
            past[last].until().or_else(|| past.get(last + 1).map(|next| next.from())).map(NearestPrice::Ended)
        };
        let nearest = later.or_else(ended).unwrap_or(NearestPrice::Never);
        ErrorKind::MissingPrice { model: self.id().to_owned(), meter, on, nearest }.into()
    }
}

/// The same model of the same catalog.
impl PartialEq for Model<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.row, other.row) || (self.id(), self.provider()) == (other.id(), other.provider())
    }
}

impl Eq for Model<'_> {}

impl fmt::Debug for Model<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Model({}/{})", self.provider(), self.id())
    }
}

fn number(row: u32) -> Option<u64> {
    (row != NONE).then_some(u64::from(row))
}

/// How many tokens a model takes and gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Input, output and reasoning together.
    pub context_window: Option<u64>,
    /// Input alone, where that has a limit of its own.
    pub max_input: Option<u64>,
    /// Output, reasoning included.
    pub max_output: Option<u64>,
}

impl Limits {
    fn of(row: LimitsRow) -> Self {
        let LimitsRow { context_window, max_input, max_output } = row;
        Self { context_window: number(context_window), max_input: number(max_input), max_output: number(max_output) }
    }
}

/// Another name of a model, for as long as it stood for this one.
#[derive(Clone, Copy)]
pub struct Alias<'c> {
    pub(crate) catalog: &'c Catalog,
    pub(crate) row: &'c AliasRow,
}

impl<'c> Alias<'c> {
    /// Returns the name.
    #[must_use]
    pub fn name(self) -> &'c str {
        self.catalog.table.text(self.row.name)
    }

    /// Returns the first day the name stood for this model, if it ever stood for another or for none.
    #[must_use]
    pub fn from(self) -> Option<Date> {
        self.row.from
    }

    /// Returns the first day it no longer did.
    #[must_use]
    pub fn until(self) -> Option<Date> {
        self.row.until
    }

    /// Returns how hard the model thinks by default when called by this name, if that differs from the model's own default.
    #[must_use]
    pub fn effort(self) -> Option<Effort> {
        self.row.effort
    }

    /// Says whether the name stood for this model on a day.
    #[must_use]
    pub fn holds_on(self, on: Date) -> bool {
        self.from().is_none_or(|from| from <= on) && self.until().is_none_or(|until| on < until)
    }
}

impl fmt::Debug for Alias<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Alias({})", self.name())
    }
}
