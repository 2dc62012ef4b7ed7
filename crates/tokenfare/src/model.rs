//! Models by id or alias: which encoding, how large a window, what price on which day.

use crate::encoding::encoding;
use crate::error::Error;
use std::time::{SystemTime, UNIX_EPOCH};
use tokenfare_catalog::{Catalog, Date, Effort, Limits, Meter, Money, Price, Resolved};
use tokenfare_core::Encoding;

/// A model, as some name of it was resolved.
///
/// [`model`] finds one in the bundled catalog; what another [`Catalog`] finds becomes one by `Model::from`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Model<'c> {
    found: Resolved<'c>,
}

impl<'c> From<Resolved<'c>> for Model<'c> {
    fn from(found: Resolved<'c>) -> Self {
        Self { found }
    }
}

/// Returns the model of an id or alias.
///
/// ```
/// let model = tokenfare::model("openai/o3-mini-high")?;
/// assert_eq!(model.id(), "o3-mini-2025-01-31");
/// assert_eq!(model.effort().map(|effort| effort.as_str()), Some("high"));
///
/// let error = tokenfare::model("gpt-4o-mni").unwrap_err();
/// assert!(error.is_unknown_model());
/// assert_eq!(error.to_string(), "unknown model `gpt-4o-mni`, did you mean `gpt-4o-mini`, `gpt-5-mini` or `gpt-4.1-mini`?");
/// # Ok::<(), tokenfare::Error>(())
/// ```
///
/// # Errors
///
/// If no model has this id or alias: [`Error::is_unknown_model`], with [`Error::suggestions`].
pub fn model(id: &str) -> Result<Model<'static>, Error> {
    model_of(None, id, None)
}

/// Returns the model that an id or alias stood for on a day.
///
/// ```
/// let model = tokenfare::model_at("gpt-4o", "2024-10-02".parse()?)?;
/// assert_eq!(model.id(), "gpt-4o-2024-08-06");
/// assert_eq!(tokenfare::model_at("gpt-4o", "2024-10-01".parse()?)?.id(), "gpt-4o-2024-05-13");
/// # Ok::<(), tokenfare::Error>(())
/// ```
///
/// # Errors
///
/// If the id or alias stood for no model on that day: [`Error::is_unknown_model`].
pub fn model_at(id: &str, on: Date) -> Result<Model<'static>, Error> {
    model_of(None, id, Some(on))
}

/// Returns the model that an id or alias stands for at a provider, or stood for on a day.
///
/// ```
/// let routed = tokenfare::model_of(Some("openrouter"), "openai/gpt-4o-mini", None)?;
/// assert_eq!((routed.provider(), routed.id()), ("openrouter", "openai/gpt-4o-mini-2024-07-18"));
/// # Ok::<(), tokenfare::Error>(())
/// ```
///
/// # Errors
///
/// If the provider has none of this id or alias: [`Error::is_unknown_model`].
pub fn model_of(provider: Option<&str>, id: &str, on: Option<Date>) -> Result<Model<'static>, Error> {
    let catalog = Catalog::bundled();
    let found = match (provider, on) {
        (Some(provider), on) => catalog.model_of(provider, id, on),
        (None, Some(on)) => catalog.model_at(id, on),
        (None, None) => catalog.model(id),
    };
    Ok(Model { found: found? })
}

/// Returns the models of which an id or alias matches a pattern of `*` and `?`, in the order of their ids.
pub fn models(pattern: &str) -> impl Iterator<Item = Model<'static>> {
    Catalog::bundled().matching(pattern).map(|model| Model { found: Resolved::from(model) })
}

/// Returns the day it is now, in UTC.
#[must_use]
pub fn today() -> Date {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    Date::from_days_since_1970(seconds / 86_400)
}

impl<'c> Model<'c> {
    /// Returns the canonical id.
    #[must_use]
    pub fn id(&self) -> &'c str {
        self.found.model.id()
    }

    /// Returns who serves the model.
    #[must_use]
    pub fn provider(&self) -> &'c str {
        self.found.model.provider()
    }

    /// Returns the id behind the provider, which is a name of no other model.
    #[must_use]
    pub fn qualified(&self) -> String {
        format!("{}/{}", self.provider(), self.id())
    }

    /// Returns the other names of the model.
    pub fn aliases(&self) -> impl Iterator<Item = &'c str> {
        self.found.model.aliases().map(|alias| alias.name())
    }

    /// Returns how hard the model thinks when it is called by the name it was asked for by.
    #[must_use]
    pub fn effort(&self) -> Option<Effort> {
        self.found.effort()
    }

    /// Says whether the name it was asked for by has the web searched first, which is billed on top.
    #[must_use]
    pub fn is_online(&self) -> bool {
        self.found.is_online
    }

    /// Returns the name of the model's encoding, if its vocabulary is public.
    #[must_use]
    pub fn encoding_name(&self) -> Option<&'c str> {
        self.found.model.encoding()
    }

    /// Returns the model's encoding.
    ///
    /// # Errors
    ///
    /// If its vocabulary is not public ([`Error::is_not_exact`]), or not embedded in this build
    /// ([`Error::is_unknown_encoding`]).
    pub fn encoding(&self) -> Result<&'static Encoding, Error> {
        match self.found.model.encoding() {
            Some(name) => encoding(name),
            None => Err(Error::not_exact(self.id())),
        }
    }

    /// Returns how many tokens it takes and gives now.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.found.model.limits()
    }

    /// Returns how many tokens it took and gave on a day.
    #[must_use]
    pub fn limits_at(&self, on: Date) -> Limits {
        self.found.model.limits_at(on)
    }

    /// Returns how many tokens of input, output and reasoning the model takes together.
    #[must_use]
    pub fn context_window(&self) -> Option<u64> {
        self.limits().context_window
    }

    /// Returns how many tokens of input the model takes, where that has a limit of its own.
    #[must_use]
    pub fn max_input(&self) -> Option<u64> {
        self.limits().max_input
    }

    /// Returns how many tokens of output and reasoning the model gives.
    #[must_use]
    pub fn max_output(&self) -> Option<u64> {
        self.limits().max_output
    }

    /// Returns all that the catalog knows of it.
    #[must_use]
    pub fn facts(&self) -> tokenfare_catalog::Model<'c> {
        self.found.model
    }

    pub(crate) fn resolved(&self) -> Resolved<'c> {
        self.found
    }

    /// Returns the prices on a day.
    ///
    /// # Errors
    ///
    /// If none is known for that day: [`Error::is_missing_rate`].
    pub fn price(&self, on: Date) -> Result<Price<'c>, Error> {
        Ok(self.found.model.price_at(on)?)
    }

    /// Returns what so many tokens of uncached input cost on a day.
    ///
    /// # Errors
    ///
    /// If no price is known for that day: [`Error::is_missing_rate`].
    pub fn input_cost(&self, tokens: u64, on: Date) -> Result<Money, Error> {
        Ok(self.found.model.rate_at(Meter::Input, on)?.cost(tokens)?)
    }
}
