//! The same usage at the prices of other models.

use super::{Cost, Pricer};
use crate::error::Error;
use crate::usage::Usage;
use tokenfare_catalog::Limits;

/// What a usage would cost with a model.
#[derive(Clone, Debug)]
pub struct Compared<'n, 'c> {
    /// The model, as it was named.
    pub name: &'n str,
    /// What it would cost, or why that is not known.
    pub cost: Result<Cost<'c>, Error>,
    /// By how many tokens it would not fit into the model's window, or its longest input or output; 0 if it fits.
    pub over: u64,
}

impl<'c> Pricer<'_, 'c> {
    /// Prices a usage as one of several models: the cheapest first, then what does not fit the model, then what has no price.
    ///
    /// Tokens are taken as they are. Another vocabulary would have cut the text into more or fewer.
    ///
    /// ```
    /// use tokenfare::{Pricer, Usage};
    ///
    /// let pricer = Pricer::at("2026-11-20".parse()?);
    /// let compared = pricer.compare(&Usage::of_tokens(20_000, 500), &["o3-mini", "gpt-4", "gpt-4o-mini"]);
    /// let names: Vec<_> = compared.iter().map(|one| (one.name, one.over)).collect();
    /// assert_eq!(names, [("gpt-4o-mini", 0), ("o3-mini", 0), ("gpt-4", 12_308)]);
    /// # Ok::<(), tokenfare::Error>(())
    /// ```
    #[must_use]
    pub fn compare<'n>(&self, usage: &Usage, models: &[&'n str]) -> Vec<Compared<'n, 'c>> {
        // What the response says of its own model is not so of another.
        let usage = Usage { model: None, provider: None, tier: None, region: None, reported: None, ..usage.clone() };
        let mut compared: Vec<Compared<'n, 'c>> = models
            .iter()
            .map(|name| {
                let found = self.find(name, None);
                let over = found.as_ref().map_or(0, |found| over(found.limits_at(self.moment().day()), &usage));
                Compared { name, cost: found.and_then(|found| self.cost_of(found, &usage)), over }
            })
            .collect();
        compared.sort_by_key(|one| (one.cost.is_err(), one.over != 0, one.cost.as_ref().ok().map(Cost::total)));
        compared
    }
}

/// By how many tokens a usage goes beyond the limit that it goes beyond the most.
fn over(limits: Limits, usage: &Usage) -> u64 {
    let all = usage.input_tokens.saturating_add(usage.output_tokens);
    [(limits.context_window, all), (limits.max_input, usage.input_tokens), (limits.max_output, usage.output_tokens)]
        .into_iter()
        .filter_map(|(limit, tokens)| Some(tokens.saturating_sub(limit?)))
        .max()
        .unwrap_or(0)
}
