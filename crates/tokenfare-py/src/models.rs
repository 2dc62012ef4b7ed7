//! Models and their prices; money is `Decimal` from here on.

use crate::arguments;
use crate::exceptions::raise;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{IntoPyDict, PyDict, PyTuple, PyType};
use std::hash::{Hash, Hasher};
use tokenfare::{
    Catalog, Date, Effort, Endpoint, Limits, Meter, Modality, Money, Rate, Rates, Reasoning, Resolved, Terms, Tier,
};

/// Returns the model of an id or alias.
#[pyfunction]
#[pyo3(signature = (id, at = None, *, provider = None))]
pub(crate) fn model(
    id: &Bound<'_, PyAny>,
    at: Option<&Bound<'_, PyAny>>,
    provider: Option<&Bound<'_, PyAny>>,
) -> PyResult<Model> {
    find(Catalog::bundled(), id, at, provider)
}

/// Finds the model of an id or alias in a catalog.
pub(crate) fn find(
    catalog: &'static Catalog,
    id: &Bound<'_, PyAny>,
    at: Option<&Bound<'_, PyAny>>,
    provider: Option<&Bound<'_, PyAny>>,
) -> PyResult<Model> {
    let on = at.map(arguments::day).transpose()?;
    let name = arguments::word("id", id)?;
    let provider = provider.map(|provider| arguments::word("provider", provider)).transpose()?;
    let found = match (provider, on) {
        (Some(provider), on) => catalog.model_of(&provider, &name, on),
        (None, Some(on)) => catalog.model_at(&name, on),
        (None, None) => catalog.model(&name),
    };
    Ok(Model { found: found.map_err(raise)?.into(), catalog, name: name.into_owned(), on })
}

/// Returns the models of which an id or alias matches a pattern of `*` and `?`.
#[pyfunction]
#[pyo3(signature = (pattern = None), text_signature = "(pattern='*')")]
pub(crate) fn models(pattern: Option<&Bound<'_, PyAny>>) -> PyResult<Vec<Model>> {
    matching(Catalog::bundled(), pattern)
}

/// Lists the models of a catalog that match a pattern.
pub(crate) fn matching(catalog: &'static Catalog, pattern: Option<&Bound<'_, PyAny>>) -> PyResult<Vec<Model>> {
    let pattern = pattern.map_or(Ok("*".into()), |pattern| arguments::word("pattern", pattern))?;
    let by_id = |found: tokenfare::Model<'static>| Model { name: found.id().to_owned(), found, catalog, on: None };
    Ok(catalog.matching(&pattern).map(|found| by_id(Resolved::from(found).into())).collect())
}

/// Returns the prices of a model on a day, under the terms of a request.
#[pyfunction]
#[pyo3(signature = (id, *, at = None, tier = None, prompt = None, region = None, provider = None))]
pub(crate) fn price(
    id: &Bound<'_, PyAny>,
    at: Option<&Bound<'_, PyAny>>,
    tier: Option<&Bound<'_, PyAny>>,
    prompt: Option<&Bound<'_, PyAny>>,
    region: Option<&Bound<'_, PyAny>>,
    provider: Option<&Bound<'_, PyAny>>,
) -> PyResult<Price> {
    model(id, at, provider)?.price(at, tier, prompt, region)
}

/// Returns the day up to which all prices were compared with their sources.
#[pyfunction]
pub(crate) fn as_of(py: Python<'_>) -> PyResult<Option<Bound<'_, PyAny>>> {
    day_of(py, Some(Catalog::bundled().as_of()))
}

/// A model, as some name of it was resolved.
#[pyclass(frozen, eq, hash, module = "tokenfare")]
pub(crate) struct Model {
    found: tokenfare::Model<'static>,
    /// Where it was found.
    catalog: &'static Catalog,
    /// The name it was asked for by.
    name: String,
    /// The day it was asked for on.
    on: Option<Date>,
}

impl Model {
    /// What two equal models have in common.
    fn key(&self) -> (*const Catalog, &str, &str, Option<Effort>, bool, Option<Date>) {
        let found = &self.found;
        (self.catalog, found.id(), found.provider(), found.effort(), found.is_online(), self.on)
    }

    fn day(&self, at: Option<&Bound<'_, PyAny>>) -> PyResult<Date> {
        at.map_or_else(|| Ok(self.on.unwrap_or_else(tokenfare::today)), arguments::day)
    }

    fn limits(&self) -> Limits {
        self.on.map_or_else(|| self.found.limits(), |on| self.found.limits_at(on))
    }
}

impl PartialEq for Model {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Hash for Model {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

#[pymethods]
impl Model {
    /// The canonical id.
    #[getter]
    fn id(&self) -> &'static str {
        self.found.id()
    }

    /// Who serves the model.
    #[getter]
    fn provider(&self) -> &'static str {
        self.found.provider()
    }

    /// The other names of the model.
    #[getter]
    fn aliases(&self) -> Vec<&'static str> {
        self.found.aliases().collect()
    }

    /// How many tokens of input, output and reasoning the model takes together.
    #[getter]
    fn context_window(&self) -> Option<u64> {
        self.limits().context_window
    }

    /// How many tokens of input the model takes, where that has a limit of its own.
    #[getter]
    fn max_input(&self) -> Option<u64> {
        self.limits().max_input
    }

    /// How many tokens of output and reasoning the model gives.
    #[getter]
    fn max_output(&self) -> Option<u64> {
        self.limits().max_output
    }

    /// How many numbers an embedding has.
    #[getter]
    fn dimensions(&self) -> Option<u64> {
        self.found.facts().dimensions()
    }

    /// The name of the model's encoding, if its vocabulary is public.
    #[getter]
    fn encoding(&self) -> Option<&'static str> {
        self.found.encoding_name()
    }

    /// Whether the encoding is not published for this model but concluded.
    #[getter]
    fn encoding_inferred(&self) -> bool {
        self.found.facts().is_encoding_inferred()
    }

    /// The family of the model's vocabulary, if only that is known.
    #[getter]
    fn tokenizer(&self) -> Option<&'static str> {
        self.found.facts().tokenizer()
    }

    /// Whether the name it was asked for by has the web searched first, which is billed on top.
    #[getter]
    fn online(&self) -> bool {
        self.found.is_online()
    }

    /// What the model takes.
    #[getter]
    fn takes(&self) -> Vec<&'static str> {
        let facts = self.found.facts();
        Modality::ALL.iter().filter(|what| facts.takes(**what)).map(|what| what.as_str()).collect()
    }

    /// What the model gives.
    #[getter]
    fn gives(&self) -> Vec<&'static str> {
        let facts = self.found.facts();
        Modality::ALL.iter().filter(|what| facts.gives(**what)).map(|what| what.as_str()).collect()
    }

    /// Where the model can be called, as far as that is known.
    #[getter]
    fn endpoints(&self) -> Vec<&'static str> {
        self.found.facts().endpoints().map(Endpoint::as_str).collect()
    }

    /// Where a response counts the tokens of thinking.
    #[getter]
    fn reasoning(&self) -> Option<&'static str> {
        self.found.facts().reasoning().map(Reasoning::as_str)
    }

    /// How hard the model can be told to think.
    #[getter]
    fn efforts(&self) -> Vec<&'static str> {
        self.found.facts().efforts().map(Effort::as_str).collect()
    }

    /// How hard the model thinks when it is called by the name it was asked for by.
    #[getter]
    fn effort(&self) -> Option<&'static str> {
        self.found.effort().map(Effort::as_str)
    }

    /// The month or day up to which the model has read.
    #[getter]
    fn knowledge_cutoff(&self) -> Option<&'static str> {
        self.found.facts().knowledge_cutoff()
    }

    /// The day the model could first be called.
    #[getter]
    fn released<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        day_of(py, self.found.facts().released())
    }

    /// The day the model's end was announced.
    #[getter]
    fn deprecated<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        day_of(py, self.found.facts().deprecated())
    }

    /// The first day the model no longer answers.
    #[getter]
    fn retired<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        day_of(py, self.found.facts().retired())
    }

    /// The model to go on with.
    #[getter]
    fn replaced_by(&self) -> Option<&'static str> {
        self.found.facts().replaced_by()
    }

    /// Returns the prices on a day, under the terms of a request.
    #[pyo3(signature = (at = None, *, tier = None, prompt = None, region = None))]
    pub(crate) fn price(
        &self,
        at: Option<&Bound<'_, PyAny>>,
        tier: Option<&Bound<'_, PyAny>>,
        prompt: Option<&Bound<'_, PyAny>>,
        region: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Price> {
        let (on, minute) = match at {
            Some(at) => arguments::moment(at)?,
            None => (self.day(None)?, None),
        };
        let tier = match tier {
            None => Tier::Standard,
            Some(tier) => arguments::word("tier", tier)?.parse().map_err(raise)?,
        };
        let prompt = prompt.map_or(Ok(0), |prompt| arguments::number("prompt", prompt))?;
        let region = region.map(|region| arguments::word("region", region)).transpose()?;
        let terms = Terms { tier, prompt, minute, region: region.as_deref() };
        let rates = self.found.price(on).map_err(raise)?.under(terms).map_err(raise)?;
        Ok(Price { rates, tier, on })
    }

    /// Returns what so many tokens of uncached input cost on a day, in US dollars.
    #[pyo3(signature = (tokens, at = None))]
    fn input_cost<'py>(
        &self,
        tokens: &Bound<'py, PyAny>,
        at: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = tokens.py();
        let tokens = arguments::number("tokens", tokens)?;
        decimal(py, self.found.input_cost(tokens, self.day(at)?).map_err(raise)?)
    }

    fn __repr__(&self) -> String {
        format!("<Model '{}'>", self.found.id())
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        if !std::ptr::eq(self.catalog, Catalog::bundled()) {
            return Err(PyTypeError::new_err(
                "a model of a catalog with files laid over it cannot be copied or pickled",
            ));
        }
        let day = self.on.map(|on| on.to_string());
        let provider = self.found.provider();
        let call = (py.import("functools")?.getattr("partial")?)
            .call((py.import("tokenfare")?.getattr("model")?,), Some(&[("provider", provider)].into_py_dict(py)?))?;
        Ok((call, (&self.name, day).into_pyobject(py)?))
    }
}

/// The rates of a model on a day, in a tier.
#[pyclass(frozen, module = "tokenfare")]
pub(crate) struct Price {
    rates: Rates<'static>,
    tier: Tier,
    on: Date,
}

impl Price {
    fn rate_of(&self, meter: Meter, detail: &str) -> PyResult<Option<Rate>> {
        self.rates.rate(meter, detail).map_err(raise)
    }

    fn shown<'py>(&self, py: Python<'py>, meter: Meter, detail: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
        let shown = |rate: Rate| decimal(py, if meter.counts_tokens() { rate.usd_per_mtok() } else { rate.usd() });
        self.rate_of(meter, detail)?.map(shown).transpose()
    }
}

#[pymethods]
impl Price {
    /// Input that no cache gave and none was given.
    #[getter]
    fn input<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.shown(py, Meter::Input, "")
    }

    /// Input that was read from a cache.
    #[getter]
    fn cache_read<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.shown(py, Meter::CacheRead, "")
    }

    /// Input that was written to a cache, for five minutes or as long as it keeps it.
    #[getter]
    fn cache_write<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.shown(py, Meter::CacheWrite, "")
    }

    /// Output, reasoning included.
    #[getter]
    fn output<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.shown(py, Meter::Output, "")
    }

    /// Returns the rate of what is counted: for a million tokens, for one of anything else.
    #[pyo3(signature = (name, detail = None), text_signature = "($self, name, detail='')")]
    fn rate<'py>(
        &self,
        name: &Bound<'py, PyAny>,
        detail: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let meter = arguments::word("name", name)?.parse();
        let meter = meter.map_err(raise)?;
        let detail = detail.map_or(Ok("".into()), |detail| arguments::word("detail", detail))?;
        self.shown(name.py(), meter, &detail)
    }

    /// All rates that are stated, by name; those that depend on more in a `dict` of their own.
    #[getter]
    fn rates<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let all = PyDict::new(py);
        for (meter, detail) in self.rates.stated() {
            let Some(rate) = self.shown(py, meter, detail)? else { continue };
            let name = meter.as_str();
            match (all.get_item(name)?, detail) {
                (None, "") => all.set_item(name, rate)?,
                (Some(held), _) => match held.cast::<PyDict>() {
                    Ok(held) => held.set_item(detail, rate)?,
                    Err(_) => all.set_item(name, [("", held), (detail, rate)].into_py_dict(py)?)?,
                },
                (None, _) => all.set_item(name, [(detail, rate)].into_py_dict(py)?)?,
            }
        }
        Ok(all)
    }

    /// The tier these are the rates of.
    #[getter]
    fn tier(&self) -> &'static str {
        self.tier.as_str()
    }

    /// The first day these rates are known to have held.
    #[getter]
    fn since<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        day_of(py, Some(self.rates.price().from()))
    }

    /// The days between which the next price began, if the day asked for is one of them.
    #[getter]
    fn doubt<'py>(&self, py: Python<'py>) -> PyResult<Option<(Bound<'py, PyAny>, Bound<'py, PyAny>)>> {
        let Some((after, from)) = self.rates.price().doubt(self.on) else { return Ok(None) };
        Ok(day_of(py, Some(after))?.zip(day_of(py, Some(from))?))
    }

    /// The tiers that have a price.
    #[getter]
    fn tiers(&self) -> Vec<&'static str> {
        self.rates.price().tiers().map(Tier::as_str).collect()
    }

    /// How long prompts are for which other rates hold, in tokens.
    #[getter]
    fn long_prompts(&self) -> Vec<u64> {
        let mut over: Vec<u64> = self.rates.price().cards().filter_map(|card| card.over()).collect();
        over.sort_unstable();
        over.dedup();
        over
    }

    /// The regions in which other rates hold.
    #[getter]
    fn regions(&self) -> Vec<&'static str> {
        let mut regions: Vec<&str> = self.rates.price().cards().filter_map(|card| card.region()).collect();
        regions.sort_unstable();
        regions.dedup();
        regions
    }

    /// The day someone last looked.
    #[getter]
    fn checked<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        day_of(py, Some(self.rates.price().checked()))
    }

    /// What states the rates.
    #[getter]
    fn sources(&self) -> Vec<&'static str> {
        self.rates.price().sources().collect()
    }

    fn __repr__(&self) -> PyResult<String> {
        let usd = |meter| -> PyResult<String> {
            let rate = self.rate_of(meter, "")?;
            Ok(rate.map_or_else(|| "None".to_owned(), |rate| rate.usd_per_mtok().to_string()))
        };
        let (input, cache_read, output) = (usd(Meter::Input)?, usd(Meter::CacheRead)?, usd(Meter::Output)?);
        Ok(format!("<Price input={input} cache_read={cache_read} output={output}>"))
    }
}

/// Makes the `date` of a day.
pub(crate) fn day_of(py: Python<'_>, day: Option<Date>) -> PyResult<Option<Bound<'_, PyAny>>> {
    static DATE: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let Some(day) = day else { return Ok(None) };
    DATE.import(py, "datetime", "date")?.call1((day.year(), day.month(), day.day())).map(Some)
}

/// Makes the `Decimal` of an amount; the module is imported with the first.
pub(crate) fn decimal(py: Python<'_>, amount: Money) -> PyResult<Bound<'_, PyAny>> {
    static DECIMAL: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    DECIMAL.import(py, "decimal", "Decimal")?.call1((amount.to_string(),))
}
