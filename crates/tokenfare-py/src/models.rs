//! Models and their prices; money is `Decimal` from here on.

use crate::arguments;
use crate::exceptions::raise;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyTuple, PyType};
use std::hash::{Hash, Hasher};
use tokenfare::{Date, Effort, Money, PriceRow, Rate};

/// Returns the model of an id or alias.
#[pyfunction]
#[pyo3(signature = (id, at = None))]
pub(crate) fn model(id: &Bound<'_, PyAny>, at: Option<&Bound<'_, PyAny>>) -> PyResult<Model> {
    let on = at.map(arguments::day).transpose()?;
    let name = arguments::word("id", id)?;
    let found = match on {
        None => tokenfare::model(&name),
        Some(on) => tokenfare::model_at(&name, on),
    };
    let found = found.map_err(raise)?;
    Ok(Model { found, name: name.into_owned(), on })
}

/// Returns the models of which an id or alias matches a pattern of `*` and `?`.
#[pyfunction]
#[pyo3(signature = (pattern = None), text_signature = "(pattern='*')")]
pub(crate) fn models(pattern: Option<&Bound<'_, PyAny>>) -> PyResult<Vec<Model>> {
    let pattern = pattern.map_or(Ok("*".into()), |pattern| arguments::word("pattern", pattern))?;
    let by_id = |found: tokenfare::Model| Model { name: found.id().to_owned(), found, on: None };
    Ok(tokenfare::models(&pattern).map(by_id).collect())
}

/// A model, as some name of it was resolved.
#[pyclass(frozen, eq, hash, module = "tokenfare")]
pub(crate) struct Model {
    found: tokenfare::Model,
    /// The name it was asked for by.
    name: String,
    /// The day it was asked for on.
    on: Option<Date>,
}

impl Model {
    /// What two equal models have in common.
    fn key(&self) -> (&str, Option<Effort>, Option<Date>) {
        (self.found.id(), self.found.effort(), self.on)
    }

    fn day(&self, at: Option<&Bound<'_, PyAny>>) -> PyResult<Date> {
        at.map_or_else(|| Ok(self.on.unwrap_or_else(tokenfare::today)), arguments::day)
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
        self.found.context_window()
    }

    /// How many tokens of input the model takes, where that has a limit of its own.
    #[getter]
    fn max_input(&self) -> Option<u64> {
        self.found.max_input()
    }

    /// How many tokens of output and reasoning the model gives.
    #[getter]
    fn max_output(&self) -> Option<u64> {
        self.found.max_output()
    }

    /// The name of the model's encoding, if its vocabulary is public.
    #[getter]
    fn encoding(&self) -> Option<&'static str> {
        self.found.encoding_name()
    }

    /// How hard the model thinks when it is called by the name it was asked for by.
    #[getter]
    fn effort(&self) -> Option<&'static str> {
        self.found.effort().map(Effort::as_str)
    }

    /// Returns the prices on a day.
    #[pyo3(signature = (at = None))]
    fn price(&self, at: Option<&Bound<'_, PyAny>>) -> PyResult<Price> {
        Ok(Price { row: self.found.price(self.day(at)?).map_err(raise)? })
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
        let day = self.on.map(|on| on.to_string());
        Ok((py.import("tokenfare")?.getattr("model")?, (&self.name, day).into_pyobject(py)?))
    }
}

/// The rates of a model on a day, in US dollars per million tokens.
#[pyclass(frozen, module = "tokenfare")]
pub(crate) struct Price {
    row: &'static PriceRow,
}

#[pymethods]
impl Price {
    /// Input that was not read from a cache.
    #[getter]
    fn input<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        usd_per_mtok(py, self.row.input)
    }

    /// Input that was read from a cache.
    #[getter]
    fn cache_read<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        usd_per_mtok(py, self.row.cache_read)
    }

    /// Output, reasoning included.
    #[getter]
    fn output<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        usd_per_mtok(py, self.row.output)
    }

    /// The page that states the rates.
    #[getter]
    fn source(&self) -> &'static str {
        self.row.source
    }

    fn __repr__(&self) -> String {
        let usd = |rate: Option<Rate>| rate.map_or_else(|| "None".to_owned(), |rate| rate.usd_per_mtok().to_string());
        let PriceRow { input, cache_read, output, .. } = self.row;
        format!("<Price input={} cache_read={} output={}>", usd(*input), usd(*cache_read), usd(*output))
    }
}

fn usd_per_mtok(py: Python<'_>, rate: Option<Rate>) -> PyResult<Option<Bound<'_, PyAny>>> {
    rate.map(|rate| decimal(py, rate.usd_per_mtok())).transpose()
}

/// Makes the `Decimal` of an amount; the module is imported with the first.
fn decimal(py: Python<'_>, amount: Money) -> PyResult<Bound<'_, PyAny>> {
    static DECIMAL: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    DECIMAL.import(py, "decimal", "Decimal")?.call1((amount.to_string(),))
}
