//! Pricing under what the caller knows: when it was, in which tier, whose model, by which catalog.

use super::Cost;
use super::bill::Bill;
use crate::at::At;
use crate::error::Error;
use crate::format::Format;
use crate::model::Model;
use crate::usage::Usage;
use std::borrow::Borrow;
use std::num::NonZeroUsize;
use tokenfare_catalog::{Catalog, Money, Resolved, Tier};

/// So many usages are priced at a time: enough to outweigh handing them to a thread.
#[cfg(feature = "rayon")]
const STRETCH: NonZeroUsize = NonZeroUsize::new(2_048).expect("it is not zero");

/// Prices usages: by the prices of a moment, of the model that each names.
///
/// ```
/// use tokenfare::{Pricer, Tier, Usage};
///
/// let body = r#"{"model": "gpt-4o-2024-08-06", "usage": {"prompt_tokens": 1000000, "completion_tokens": 0}}"#;
/// let pricer = Pricer::at("2026-01-15".parse()?).tier(Tier::Batch);
/// assert_eq!(pricer.cost(&Usage::from_json(body)?)?.total().to_string(), "1.25");
/// # Ok::<(), tokenfare::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Pricer<'p, 'c> {
    catalog: &'c Catalog,
    at: At,
    tier: Option<Tier>,
    model: Option<&'p str>,
    provider: Option<&'p str>,
    region: Option<&'p str>,
}

/// By the bundled prices of now.
impl Default for Pricer<'_, 'static> {
    fn default() -> Self {
        Self::at(At::now())
    }
}

impl Pricer<'_, 'static> {
    /// Prices by the bundled prices of a moment.
    #[must_use]
    pub fn at(at: At) -> Self {
        Self { catalog: Catalog::bundled(), at, tier: None, model: None, provider: None, region: None }
    }
}

impl<'p, 'c> Pricer<'p, 'c> {
    /// Prices by the prices of another moment.
    #[must_use]
    pub fn moved_to(self, at: At) -> Self {
        Self { at, ..self }
    }

    /// Prices by another catalog.
    #[must_use]
    pub fn catalog(self, catalog: &Catalog) -> Pricer<'p, '_> {
        let Self { at, tier, model, provider, region, .. } = self;
        Pricer { catalog, at, tier, model, provider, region }
    }

    /// Names the tier that was asked for. What a response says served it holds, but for a batch, which it cannot know.
    #[must_use]
    pub fn tier(self, tier: Tier) -> Self {
        Self { tier: Some(tier), ..self }
    }

    /// Names the model of usages that name none, or one that is not known: an Azure deployment, a fine-tuned model of a host.
    #[must_use]
    pub fn model(self, model: &'p str) -> Self {
        Self { model: Some(model), ..self }
    }

    /// Names the provider, where the names of models do not decide it.
    #[must_use]
    pub fn provider(self, provider: &'p str) -> Self {
        Self { provider: Some(provider), ..self }
    }

    /// Names the region that was asked for, where the response does not say it.
    #[must_use]
    pub fn region(self, region: &'p str) -> Self {
        Self { region: Some(region), ..self }
    }

    /// Prices a usage.
    ///
    /// # Errors
    ///
    /// If the model is not known ([`Error::is_unknown_model`]), has no rate for what was used, or not in that tier or region, or
    /// not on that day ([`Error::is_missing_rate`]), or the usage cannot be ([`Error::is_bad_usage`]).
    pub fn cost(&self, usage: &Usage) -> Result<Cost<'c>, Error> {
        let model = self.model_of(usage)?;
        self.cost_of(model, usage)
    }

    /// Prices many usages, on all processors; each has its own answer, in order.
    #[must_use]
    pub fn costs(&self, usages: &[Usage]) -> Vec<Result<Cost<'c>, Error>> {
        self.each(usages, None, |usage| self.cost(usage))
    }

    /// Reads and prices many bodies of JSON, on all processors or as many as are said; each has its own answer, in order. One that
    /// says when it was made is priced by the prices of then, if `by_time` is set.
    #[must_use]
    pub fn log<T: AsRef<str> + Sync>(
        &self,
        format: Option<Format>,
        bodies: &[T],
        by_time: bool,
        threads: Option<NonZeroUsize>,
    ) -> Vec<Result<(Usage, Cost<'c>), Error>> {
        self.each(bodies, threads, |body| {
            let usage = Usage::from_json_as(format, body.as_ref())?;
            let pricer = usage.made.filter(|_| by_time).map_or(*self, |made| self.moved_to(made));
            let cost = pricer.cost(&usage)?;
            Ok((usage, cost))
        })
    }

    /// Reads and prices many bodies of JSON, on all processors or as many as are said; each has its own answer, in order: its total,
    /// which is all that a sum needs.
    #[must_use]
    pub fn totals<T: AsRef<str> + Sync>(
        &self,
        format: Option<Format>,
        bodies: &[T],
        threads: Option<NonZeroUsize>,
    ) -> Vec<Result<Money, Error>> {
        self.each(bodies, threads, |body| Ok(self.cost(&Usage::from_json_as(format, body.as_ref())?)?.total()))
    }

    /// Prices many usages as [`Pricer::totals`] does; what could not be read keeps its error.
    #[must_use]
    pub fn totals_of<U: Borrow<Usage> + Sync>(
        &self,
        usages: &[Result<U, Error>],
        threads: Option<NonZeroUsize>,
    ) -> Vec<Result<Money, Error>> {
        self.each(usages, threads, |usage| Ok(self.cost(usage.as_ref().map_err(Clone::clone)?.borrow())?.total()))
    }

    fn each<T: Sync, R: Send>(
        &self,
        items: &[T],
        threads: Option<NonZeroUsize>,
        price: impl Fn(&T) -> R + Sync,
    ) -> Vec<R> {
        #[cfg(feature = "rayon")]
        return tokenfare_core::in_parallel(items, STRETCH, threads, |some| some.iter().map(&price).collect());
        #[cfg(not(feature = "rayon"))]
        {
            let _ = threads;
            items.iter().map(price).collect()
        }
    }

    /// Returns the moment whose prices these are.
    #[must_use]
    pub fn moment(&self) -> At {
        self.at
    }

    pub(super) fn cost_of(&self, model: Resolved<'c>, usage: &Usage) -> Result<Cost<'c>, Error> {
        let (tier, notes) = self.served(usage)?;
        let find = |name: &str| self.find(name, usage.provider.as_deref());
        let region = usage.region.as_deref().or(self.region);
        Bill::of(model, usage, self.at, tier, region, find, notes)
    }

    /// The model that a usage is priced as.
    pub(super) fn model_of(&self, usage: &Usage) -> Result<Resolved<'c>, Error> {
        let hint = usage.provider.as_deref();
        match (usage.model.as_deref(), self.model) {
            (Some(said), None) => self.find(said, hint),
            (None, Some(named)) => self.find(named, hint),
            (Some(said), Some(named)) => match self.known(said, hint) {
                Some(found) => Ok(found),
                // A name that only the caller's account knows.
                None => self.find(named, hint),
            },
            (None, None) => Err(Error::no_model()),
        }
    }

    /// Finds a model by name; at the provider that the form of the body hints at, if it has one of the name there.
    pub(super) fn find(&self, name: &str, hint: Option<&str>) -> Result<Resolved<'c>, Error> {
        if let Some(found) = self.known(name, hint) {
            return Ok(found);
        }
        let on = self.at.day();
        Ok(match self.provider {
            Some(provider) => self.catalog.model_of(provider, name, Some(on))?,
            None => self.catalog.model_at(name, on)?,
        })
    }

    fn known(&self, name: &str, hint: Option<&str>) -> Option<Resolved<'c>> {
        let on = self.at.day();
        if self.provider.is_some() {
            return self.catalog.known(self.provider, name, on);
        }
        let hinted = hint.and_then(|hint| self.catalog.known(Some(hint), name, on));
        hinted.or_else(|| self.catalog.known(None, name, on))
    }

    /// The tier that served it, and what is to be said of that.
    fn served(&self, usage: &Usage) -> Result<(Tier, Vec<String>), Error> {
        let said = match usage.tier.as_deref() {
            None | Some("auto") => None,
            Some("default" | "standard" | "on_demand" | "standard_only") => Some(Tier::Standard),
            Some(word) => Some(word.parse::<Tier>()?),
        };
        let asked = self.tier.or(usage.is_batch.then_some(Tier::Batch));
        Ok(match (asked, said) {
            (Some(Tier::Batch), None | Some(Tier::Standard)) => (Tier::Batch, Vec::new()),
            (Some(asked), Some(said)) if asked != said => {
                (said, vec![format!("the response says that the tier `{said}` served it, not `{asked}`")])
            }
            (_, Some(said)) => (said, Vec::new()),
            (Some(asked), None) => (asked, Vec::new()),
            (None, None) => (Tier::Standard, Vec::new()),
        })
    }
}

impl<'c> Model<'c> {
    /// Prices a usage as one of this model, whatever model it names.
    ///
    /// # Errors
    ///
    /// If the model has no rate for what was used, or not in that tier or on that day ([`Error::is_missing_rate`]), or the usage
    /// cannot be ([`Error::is_bad_usage`]).
    pub fn cost(&self, usage: &Usage, at: At) -> Result<Cost<'c>, Error> {
        Pricer::at(at).catalog(self.facts().catalog()).cost_of(self.resolved(), usage)
    }
}

impl Usage {
    /// Prices it as one of the model that it names, by the bundled prices of a moment.
    ///
    /// ```
    /// use tokenfare::Usage;
    ///
    /// let body = r#"{"model": "o3-mini-2025-01-31", "usage": {"prompt_tokens": 1000, "completion_tokens": 5000, "total_tokens": 6000}}"#;
    /// let cost = Usage::from_json(body)?.cost("2026-11-20".parse()?)?;
    /// assert_eq!(cost.total().to_string(), "0.0231");
    /// # Ok::<(), tokenfare::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Pricer::cost`].
    pub fn cost(&self, at: At) -> Result<Cost<'static>, Error> {
        Pricer::at(at).cost(self)
    }
}
