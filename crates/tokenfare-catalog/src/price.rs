//! What a model costs: dated rates, and the cards that change them.

use crate::catalog::Catalog;
use crate::date::Date;
use crate::error::{Error, ErrorKind};
use crate::model::Model;
use crate::rate::{Rate, Ratio};
use crate::table::{CardRow, NONE, PriceRow, RateRow};
use crate::word::{Meter, Tier};

/// The rates of a model over a time, and where they were read.
#[derive(Clone, Copy, Debug)]
pub struct Price<'c> {
    pub(crate) model: Model<'c>,
    pub(crate) row: &'c PriceRow,
}

impl<'c> Price<'c> {
    fn catalog(self) -> &'c Catalog {
        self.model.catalog
    }

    /// Returns the first day these rates are known to have held, in UTC.
    #[must_use]
    pub fn from(self) -> Date {
        self.row.from
    }

    /// Returns the last day these rates are known not to have held yet, if the day they began is not known.
    #[must_use]
    pub fn after(self) -> Option<Date> {
        self.row.after
    }

    /// Returns the first day these rates no longer held, if they ended before the next price begins.
    #[must_use]
    pub fn until(self) -> Option<Date> {
        self.row.until
    }

    /// Returns the days between which the next price began, if that is not known better and this day is one of them: then these
    /// rates are the last known to have held, and may no longer have.
    #[must_use]
    pub fn doubt(self, on: Date) -> Option<(Date, Date)> {
        let next = self.model.prices().find(|next| next.from() > self.from())?;
        let after = next.after()?;
        (after < on && on < next.from()).then_some((after, next.from()))
    }

    /// Returns the day someone last looked.
    #[must_use]
    pub fn checked(self) -> Date {
        self.row.checked
    }

    /// Lists what states the rates.
    pub fn sources(self) -> impl Iterator<Item = &'c str> {
        self.catalog().table.text(self.row.sources).lines()
    }

    /// Returns a rate as it is under no condition.
    #[must_use]
    pub fn rate(self, meter: Meter) -> Option<Rate> {
        self.catalog().rate_of(self.own_rates(), meter, "")
    }

    /// Lists the rates as they are under no condition: what is counted, what they depend on beside that, and how much for one.
    pub fn rates(self) -> impl Iterator<Item = (Meter, &'c str, Rate)> {
        self.catalog().listed(self.own_rates())
    }

    /// Lists the cards, in the order in which they are applied.
    pub fn cards(self) -> impl Iterator<Item = Card<'c>> {
        let (catalog, cards) = (self.catalog(), &self.catalog().table.cards);
        self.row.cards.of(cards).iter().map(move |row| Card { catalog, row })
    }

    /// Lists the tiers that are offered.
    pub fn tiers(self) -> impl Iterator<Item = Tier> {
        let has = move |tier: &Tier| *tier == Tier::Standard || self.cards().any(|card| card.tier() == Some(*tier));
        Tier::ALL.iter().copied().filter(has)
    }

    /// Returns the rates under these terms.
    ///
    /// ```
    /// use tokenfare_catalog::{Catalog, Meter, Terms, Tier};
    ///
    /// let model = Catalog::bundled().model("gpt-4o-mini")?;
    /// let price = model.price_at("2026-11-20".parse()?)?;
    /// let batch = price.under(Terms { tier: Tier::Batch, ..Terms::default() })?;
    /// assert_eq!(batch.rate(Meter::Input, "")?.unwrap().usd_per_mtok().to_string(), "0.075");
    /// # Ok::<(), tokenfare_catalog::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::is_missing_rate`] for a tier or region that has no price, with those that have as [`Error::suggestions`].
    pub fn under(self, terms: Terms<'_>) -> Result<Rates<'c>, Error> {
        let not_offered = |what, wanted: &str, offered: Vec<String>| {
            let model = self.model.id().to_owned();
            Error::from(ErrorKind::NotOffered { model, what, wanted: wanted.to_owned(), offered, on: self.from() })
        };
        if terms.tier != Tier::Standard && !self.cards().any(|card| card.tier() == Some(terms.tier)) {
            let offered = self.tiers().map(|tier| tier.to_string()).collect();
            return Err(not_offered("tier", terms.tier.as_str(), offered));
        }
        if let Some(region) = terms.region {
            let mut regions: Vec<String> = self.cards().filter_map(|card| card.region().map(str::to_owned)).collect();
            if !regions.iter().any(|known| known == region) {
                regions.sort_unstable();
                regions.dedup();
                return Err(not_offered("region", region, regions));
            }
        }
        let mut holding = 0;
        for (i, card) in self.cards().enumerate() {
            holding |= u64::from(card.holds(&terms)) << (i % 64);
        }
        Ok(Rates { price: self, holding })
    }

    /// Returns the model these are the prices of.
    #[must_use]
    pub fn model(self) -> Model<'c> {
        self.model
    }

    fn own_rates(self) -> &'c [RateRow] {
        self.row.rates.of(&self.catalog().table.rates)
    }
}

/// Rates that hold under a condition, in place of those before.
#[derive(Clone, Copy, Debug)]
pub struct Card<'c> {
    catalog: &'c Catalog,
    row: &'c CardRow,
}

impl<'c> Card<'c> {
    /// Returns the tier it is for, if not for all.
    #[must_use]
    pub fn tier(self) -> Option<Tier> {
        self.row.tier
    }

    /// Returns how many tokens a prompt must be longer than, cached ones included.
    #[must_use]
    pub fn over(self) -> Option<u64> {
        let over = self.row.over;
        (over != NONE).then_some(u64::from(over))
    }

    /// Says whether a prompt of just as many tokens is meant too.
    #[must_use]
    pub fn is_inclusive(self) -> bool {
        self.row.inclusive
    }

    /// Returns the minutes of the day in UTC it holds from and until; past midnight if the latter is less.
    #[must_use]
    pub fn hours(self) -> Option<(u16, u16)> {
        self.row.hours
    }

    /// Returns the region it is for, if not for all.
    #[must_use]
    pub fn region(self) -> Option<&'c str> {
        self.catalog.table.optional(self.row.region)
    }

    /// Returns what all rates per token are multiplied by.
    #[must_use]
    pub fn multiplier(self) -> Option<Ratio> {
        self.row.multiplier
    }

    /// Lists its rates, as [`Price::rates`] does.
    pub fn rates(self) -> impl Iterator<Item = (Meter, &'c str, Rate)> {
        self.catalog.listed(self.own_rates())
    }

    /// Says whether it holds under these terms.
    #[must_use]
    pub fn holds(self, terms: &Terms<'_>) -> bool {
        let CardRow { tier, inclusive, hours, .. } = *self.row;
        tier.is_none_or(|tier| tier == terms.tier)
            && self.over().is_none_or(|over| terms.prompt > over || inclusive && terms.prompt == over)
            && hours.is_none_or(|(from, until)| {
                terms.minute.is_some_and(|minute| match from <= until {
                    true => (from..until).contains(&minute),
                    false => minute >= from || minute < until,
                })
            })
            && self.region().is_none_or(|region| terms.region == Some(region))
    }

    fn own_rates(self) -> &'c [RateRow] {
        self.row.rates.of(&self.catalog.table.rates)
    }
}

/// What the rates of a request depend on.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'t> {
    /// The tier that served it.
    pub tier: Tier,
    /// How many tokens its prompt had, cached ones included.
    pub prompt: u64,
    /// At which minute of the day it was made, in UTC; without one, no card of certain hours holds.
    pub minute: Option<u16>,
    /// Where it was served, if that was asked for.
    pub region: Option<&'t str>,
}

/// The standard tier, a short prompt, at no hour in particular, anywhere.
impl Default for Terms<'_> {
    fn default() -> Self {
        Self { tier: Tier::Standard, prompt: 0, minute: None, region: None }
    }
}

/// The rates of a price under certain terms.
#[derive(Clone, Copy, Debug)]
pub struct Rates<'c> {
    price: Price<'c>,
    /// Which cards hold, a bit for each.
    holding: u64,
}

impl<'c> Rates<'c> {
    /// Returns the price these are of.
    #[must_use]
    pub fn price(self) -> Price<'c> {
        self.price
    }

    /// Lists the cards that hold, in the order in which they are applied.
    pub fn cards(self) -> impl Iterator<Item = Card<'c>> {
        self.price.cards().enumerate().filter(move |(i, _)| self.holding >> (i % 64) & 1 == 1).map(|(_, card)| card)
    }

    /// Lists what has a rate: what is counted, and what that depends on beside.
    pub fn stated(self) -> impl Iterator<Item = (Meter, &'c str)> {
        let of_cards = self.cards().flat_map(Card::rates);
        let mut all: Vec<_> = self.price.rates().chain(of_cards).map(|(meter, detail, _)| (meter, detail)).collect();
        all.sort_unstable();
        all.dedup();
        all.into_iter()
    }

    /// Returns the rate of a meter; where that depends on more, of `detail`, or of what holds for all others.
    ///
    /// # Errors
    /// [`Error::is_inexact`] if a multiplied rate is not whole, which the rules of the catalog's files rule out.
    pub fn rate(self, meter: Meter, detail: &str) -> Result<Option<Rate>, Error> {
        let catalog = self.price.catalog();
        let mut rate = catalog.rate_of(self.price.own_rates(), meter, detail);
        for card in self.cards() {
            if let Some(own) = catalog.rate_of(card.own_rates(), meter, detail) {
                rate = Some(own);
            } else if let (Some(before), Some(multiplier)) = (rate, card.multiplier())
                && meter.counts_tokens()
            {
                rate = Some(before.times(multiplier)?);
            }
        }
        Ok(rate)
    }

    /// Says whether anything is stated of a meter, whatever it depends on.
    #[must_use]
    pub fn has(self, meter: Meter) -> bool {
        self.price.own_rates().iter().any(|row| row.meter == meter)
            || self.cards().any(|card| card.own_rates().iter().any(|row| row.meter == meter))
    }

    /// Returns the rate of a meter, as [`Rates::rate`] does: for the first of the details that it is stated for, or else for all
    /// others. Returns the detail too.
    ///
    /// # Errors
    /// [`Error::is_missing_rate`] if there is none; the day is for the message.
    pub fn rate_for(self, meter: Meter, details: &[&str], on: Date) -> Result<(Rate, &'c str), Error> {
        let stated = |detail: &&str| self.detail(meter, detail);
        let detail = details.iter().find_map(stated).unwrap_or_default();
        if let Some(rate) = self.rate(meter, detail)? {
            return Ok((rate, detail));
        }
        let model = self.price.model;
        if !self.has(meter) {
            return Err(model.missing(Some(meter), on, |price| price.rates().any(|(stated, _, _)| stated == meter)));
        }
        let offered =
            self.stated().filter(|(stated, _)| *stated == meter).map(|(_, detail)| detail.to_owned()).collect();
        let wanted = details.first().copied().unwrap_or_default().to_owned();
        let (what, model) = (meter.as_str(), model.id().to_owned());
        Err(ErrorKind::NotOffered { model, what, wanted, offered, on: self.price.from() }.into())
    }

    /// The detail as the catalog has it, if a rate is stated for it.
    fn detail(self, meter: Meter, detail: &str) -> Option<&'c str> {
        let table = &self.price.catalog().table;
        let rows = self.cards().flat_map(|card| card.own_rates()).chain(self.price.own_rates());
        let mut stated = rows.filter(|row| row.meter == meter).map(|row| table.text(row.detail));
        stated.find(|stated| *stated == detail)
    }
}

impl Catalog {
    fn rate_of(&self, rates: &[RateRow], meter: Meter, detail: &str) -> Option<Rate> {
        let of = |detail: &str| {
            let is = |row: &&RateRow| row.meter == meter && self.table.text(row.detail) == detail;
            rates.iter().find(is).map(|row| row.rate)
        };
        of(detail).or_else(|| if detail.is_empty() { None } else { of("") })
    }

    fn listed<'c>(&'c self, rates: &'c [RateRow]) -> impl Iterator<Item = (Meter, &'c str, Rate)> {
        rates.iter().map(|&RateRow { meter, detail, rate }| (meter, self.table.text(detail), rate))
    }
}
