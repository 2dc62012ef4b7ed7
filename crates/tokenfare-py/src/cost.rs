//! What usage costs; money is `Decimal` from here on.

use crate::arguments;
use crate::catalog;
use crate::exceptions::{raise, raise_with, value_of};
use crate::models::decimal;
use crate::object::Object;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyString};
use std::borrow::{Borrow, Cow};
use tokenfare::{At, Catalog, Error, Format, Money, Pricer, Tier};

/// Reads what a request used from a response, whatever provider it is of.
#[pyfunction]
#[pyo3(signature = (body, *, format = None))]
pub(crate) fn usage(body: &Bound<'_, PyAny>, format: Option<&Bound<'_, PyAny>>) -> PyResult<Usage> {
    let usage = read(body, format.map(format_of).transpose()?)?;
    Ok(Usage(usage.into_owned()))
}

/// Returns what a request cost, from its response.
#[pyfunction]
#[pyo3(signature = (
    body, *, model = None, provider = None, at = None, tier = None, region = None, format = None, catalog = None
))]
#[expect(clippy::too_many_arguments, reason = "they are keywords")]
pub(crate) fn cost(
    body: &Bound<'_, PyAny>,
    model: Option<&Bound<'_, PyAny>>,
    provider: Option<&Bound<'_, PyAny>>,
    at: Option<&Bound<'_, PyAny>>,
    tier: Option<&Bound<'_, PyAny>>,
    region: Option<&Bound<'_, PyAny>>,
    format: Option<&Bound<'_, PyAny>>,
    catalog: Option<&Bound<'_, PyAny>>,
) -> PyResult<Cost> {
    let said = Said::of(model, provider, at, tier, region, catalog)?;
    let usage = read(body, format.map(format_of).transpose()?)?;
    Ok(Cost(said.pricer().cost(&usage).map_err(raise)?))
}

/// Returns what many requests cost, on all processors.
#[pyfunction]
#[pyo3(signature = (
    rows, *, model = None, provider = None, at = None, tier = None, region = None, format = None, threads = None,
    catalog = None
))]
#[expect(clippy::too_many_arguments, reason = "they are keywords")]
pub(crate) fn costs(
    py: Python<'_>,
    rows: &Bound<'_, PyAny>,
    model: Option<&Bound<'_, PyAny>>,
    provider: Option<&Bound<'_, PyAny>>,
    at: Option<&Bound<'_, PyAny>>,
    tier: Option<&Bound<'_, PyAny>>,
    region: Option<&Bound<'_, PyAny>>,
    format: Option<&Bound<'_, PyAny>>,
    threads: Option<&Bound<'_, PyAny>>,
    catalog: Option<&Bound<'_, PyAny>>,
) -> PyResult<Costs> {
    let said = Said::of(model, provider, at, tier, region, catalog)?;
    let format = format.map(format_of).transpose()?;
    let threads = arguments::threads(threads)?;
    let pricer = said.pricer();
    // Lines of JSON, in one text.
    if rows.is_instance_of::<PyString>() || rows.is_instance_of::<PyBytes>() {
        let text = arguments::text("rows", rows, arguments::Errors::default())?;
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim_ascii().is_empty()).collect();
        return Ok(Costs(py.detach(|| pricer.totals(format, &lines, threads))));
    }
    let rows = arguments::items("rows", "responses", rows)?;
    let texts: Option<Vec<Cow<'_, str>>> = rows.iter().map(json_text).collect::<PyResult<_>>()?;
    if let Some(texts) = texts {
        return Ok(Costs(py.detach(|| pricer.totals(format, &texts, threads))));
    }
    let row = |(i, row)| Ok(read_or(row, format, Some(i))?.map(Row::from));
    let usages: Vec<Result<Row<'_>, Error>> = rows.iter().enumerate().map(row).collect::<PyResult<_>>()?;
    Ok(Costs(py.detach(|| pricer.totals_of(&usages, threads))))
}

/// A usage that Python holds, or one that was read: of a million of them each byte counts.
enum Row<'a> {
    Held(&'a tokenfare::Usage),
    Read(Box<tokenfare::Usage>),
}

impl<'a> From<Cow<'a, tokenfare::Usage>> for Row<'a> {
    fn from(usage: Cow<'a, tokenfare::Usage>) -> Self {
        match usage {
            Cow::Borrowed(usage) => Self::Held(usage),
            Cow::Owned(usage) => Self::Read(Box::new(usage)),
        }
    }
}

impl Borrow<tokenfare::Usage> for Row<'_> {
    fn borrow(&self) -> &tokenfare::Usage {
        match self {
            Self::Held(usage) => usage,
            Self::Read(usage) => usage,
        }
    }
}

/// Returns what the same usage would cost with other models, the cheapest first.
#[pyfunction]
#[pyo3(signature = (body, models, *, at = None, tier = None, region = None, format = None, catalog = None))]
pub(crate) fn compare(
    body: &Bound<'_, PyAny>,
    models: &Bound<'_, PyAny>,
    at: Option<&Bound<'_, PyAny>>,
    tier: Option<&Bound<'_, PyAny>>,
    region: Option<&Bound<'_, PyAny>>,
    format: Option<&Bound<'_, PyAny>>,
    catalog: Option<&Bound<'_, PyAny>>,
) -> PyResult<Vec<Compared>> {
    let said = Said::of(None, None, at, tier, region, catalog)?;
    let usage = read(body, format.map(format_of).transpose()?)?;
    let models = arguments::items("models", "`str`", models)?;
    let names: Vec<Cow<'_, str>> = models
        .iter()
        .enumerate()
        .map(|(i, name)| arguments::word(format_args!("models[{i}]"), name))
        .collect::<PyResult<_>>()?;
    let names: Vec<&str> = names.iter().map(|name| &**name).collect();
    let compared = said.pricer().compare(&usage, &names);
    Ok(compared.into_iter().map(|one| Compared { name: one.name.to_owned(), cost: one.cost, over: one.over }).collect())
}

/// What the caller says beside the body.
struct Said<'a> {
    at: At,
    model: Option<Cow<'a, str>>,
    provider: Option<Cow<'a, str>>,
    tier: Option<Tier>,
    region: Option<Cow<'a, str>>,
    catalog: &'static Catalog,
}

impl<'a> Said<'a> {
    fn of(
        model: Option<&'a Bound<'_, PyAny>>,
        provider: Option<&'a Bound<'_, PyAny>>,
        at: Option<&Bound<'_, PyAny>>,
        tier: Option<&Bound<'_, PyAny>>,
        region: Option<&'a Bound<'_, PyAny>>,
        catalog: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let at = match at {
            None => At::now(),
            Some(at) => {
                let (day, minute) = arguments::moment(at)?;
                At::new(day, minute)
            }
        };
        let tier = match tier {
            None => None,
            Some(tier) => Some(arguments::word("tier", tier)?.parse().map_err(raise)?),
        };
        Ok(Self {
            at,
            model: model.map(|model| arguments::word("model", model)).transpose()?,
            provider: provider.map(|provider| arguments::word("provider", provider)).transpose()?,
            tier,
            region: region.map(|region| arguments::word("region", region)).transpose()?,
            catalog: catalog::asked(catalog)?,
        })
    }

    fn pricer(&self) -> Pricer<'_, 'static> {
        let mut pricer = Pricer::at(self.at).catalog(self.catalog);
        if let Some(model) = &self.model {
            pricer = pricer.model(model);
        }
        if let Some(provider) = &self.provider {
            pricer = pricer.provider(provider);
        }
        if let Some(tier) = self.tier {
            pricer = pricer.tier(tier);
        }
        if let Some(region) = &self.region {
            pricer = pricer.region(region);
        }
        pricer
    }
}

fn format_of(format: &Bound<'_, PyAny>) -> PyResult<Format> {
    arguments::word("format", format)?.parse().map_err(raise)
}

/// The text of a body that is JSON.
fn json_text<'a>(body: &'a Bound<'_, PyAny>) -> PyResult<Option<Cow<'a, str>>> {
    match body.is_instance_of::<PyString>() || body.is_instance_of::<PyBytes>() {
        true => arguments::text("body", body, arguments::Errors::default()).map(Some),
        false => Ok(None),
    }
}

fn read<'a>(body: &'a Bound<'_, PyAny>, format: Option<Format>) -> PyResult<Cow<'a, tokenfare::Usage>> {
    read_or(body, format, None)?.map_err(raise)
}

/// Reads a body. What it states wrongly is told apart from what is no body at all.
fn read_or<'a>(
    body: &'a Bound<'_, PyAny>,
    format: Option<Format>,
    row: Option<usize>,
) -> PyResult<Result<Cow<'a, tokenfare::Usage>, Error>> {
    if let Ok(usage) = body.cast::<Usage>() {
        return Ok(Ok(Cow::Borrowed(&usage.get().0)));
    }
    if let Some(text) = json_text(body)? {
        return Ok(tokenfare::Usage::from_json_as(format, &text).map(Cow::Owned));
    }
    if body.is_none() || body.extract::<f64>().is_ok() || body.is_instance_of::<PyList>() {
        let name = row.map_or_else(|| "body".to_owned(), |row| format!("rows[{row}]"));
        let got = body.get_type().name()?;
        return Err(PyTypeError::new_err(format!("`{name}` must be a response, a `dict` or JSON, not `{got}`")));
    }
    Ok(tokenfare::Usage::deserialize_as(format, || Object::new(body)).map(Cow::Owned))
}

/// What a request used, as it is billed.
#[pyclass(frozen, module = "tokenfare")]
pub(crate) struct Usage(tokenfare::Usage);

#[pymethods]
impl Usage {
    /// The model that answered, as the response names it.
    #[getter]
    fn model(&self) -> Option<&str> {
        self.0.model.as_deref()
    }

    /// The form it was read from.
    #[getter]
    fn format(&self) -> Option<&'static str> {
        self.0.format.map(Format::as_str)
    }

    /// The tier that served it, in the provider's word.
    #[getter]
    fn tier(&self) -> Option<&str> {
        self.0.tier.as_deref()
    }

    /// All tokens of the prompt.
    #[getter]
    fn input_tokens(&self) -> u64 {
        self.0.input_tokens
    }

    /// All tokens of the answer, reasoning included.
    #[getter]
    fn output_tokens(&self) -> u64 {
        self.0.output_tokens
    }

    /// Of the answer, reasoning.
    #[getter]
    fn reasoning_tokens(&self) -> u64 {
        self.0.reasoning_tokens
    }

    /// Of the prompt, what was read from a cache.
    #[getter]
    fn cache_read(&self) -> u64 {
        self.0.cache_read
    }

    /// Of the prompt, what was written to a cache, however long it keeps it.
    #[getter]
    fn cache_write(&self) -> u64 {
        self.0.cache_write.saturating_add(self.0.cache_write_1h)
    }

    /// Returns the counts under the names that OpenTelemetry has for them.
    fn to_otel<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let all = PyDict::new(py);
        for (name, tokens) in self.0.to_otel() {
            all.set_item(name, tokens)?;
        }
        Ok(all)
    }

    fn __repr__(&self) -> String {
        let model = self.0.model.as_deref().unwrap_or("?");
        format!("<Usage of {model}: {} in, {} out>", self.0.input_tokens, self.0.output_tokens)
    }
}

/// What a request cost, and why.
#[pyclass(frozen, module = "tokenfare")]
pub(crate) struct Cost(tokenfare::Cost<'static>);

#[pymethods]
impl Cost {
    /// The whole, in US dollars.
    #[getter]
    fn total<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        decimal(py, self.0.total())
    }

    /// The parts, which add up to the whole.
    #[getter]
    fn lines(&self) -> Vec<Line> {
        self.0.lines().iter().copied().map(Line).collect()
    }

    /// The model that answered, by its canonical id.
    #[getter]
    fn model(&self) -> &'static str {
        self.0.model().id()
    }

    /// Who served it.
    #[getter]
    fn provider(&self) -> &'static str {
        self.0.model().provider()
    }

    /// The tier it was priced in.
    #[getter]
    fn tier(&self) -> &'static str {
        self.0.tier().as_str()
    }

    /// The moment whose prices these are, as ISO 8601.
    #[getter]
    fn at(&self) -> String {
        self.0.at().to_string()
    }

    /// What the provider says it charged, in US dollars: with a key of one's own, its fee alone.
    #[getter]
    fn reported<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.0.reported().map(|reported| decimal(py, reported.cost)).transpose()
    }

    /// What the provider behind it charged, as it reports.
    #[getter]
    fn upstream<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.0.reported().and_then(|reported| reported.upstream).map(|upstream| decimal(py, upstream)).transpose()
    }

    /// What had to be taken for so, each a sentence.
    #[getter]
    fn notes(&self) -> Vec<String> {
        self.0.notes().to_vec()
    }

    /// Returns what was billed at which rate and why, for a person to read.
    fn explain(&self) -> String {
        self.0.explain()
    }

    fn __str__(&self) -> String {
        self.0.explain()
    }

    fn __repr__(&self) -> String {
        format!("<Cost {} USD of {}>", self.0.total(), self.0.model().id())
    }
}

/// A part of a cost: so many of something at a rate.
#[pyclass(frozen, module = "tokenfare")]
pub(crate) struct Line(tokenfare::Line<'static>);

#[pymethods]
impl Line {
    /// What is counted, in the catalog's word.
    #[getter]
    fn meter(&self) -> &'static str {
        self.0.meter.as_str()
    }

    /// What the rate depends on beside, as the size of a picture.
    #[getter]
    fn detail(&self) -> &'static str {
        self.0.detail
    }

    /// How many.
    #[getter]
    fn amount(&self) -> u64 {
        self.0.amount
    }

    /// The rate in US dollars: for a million tokens, for one of anything else.
    #[getter]
    fn rate<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let rate = self.0.rate;
        decimal(py, if self.0.meter.counts_tokens() { rate.usd_per_mtok() } else { rate.usd() })
    }

    /// What all of them cost, in US dollars.
    #[getter]
    fn cost<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        decimal(py, self.0.cost)
    }

    /// The model whose rate it is.
    #[getter]
    fn model(&self) -> &'static str {
        self.0.model().id()
    }

    /// What states the rate.
    #[getter]
    fn sources(&self) -> Vec<&'static str> {
        self.0.rates.price().sources().collect()
    }

    fn __repr__(&self) -> String {
        let Line(line) = self;
        format!("<Line {} {} {} USD>", line.meter, line.amount, line.cost)
    }
}

/// What many requests cost, in their order.
#[pyclass(frozen, module = "tokenfare")]
pub(crate) struct Costs(Vec<Result<Money, Error>>);

#[pymethods]
impl Costs {
    /// The sum of all, in US dollars. It is an error where one of them has no cost.
    #[getter]
    fn total<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let bad = self.0.iter().filter(|cost| cost.is_err()).count();
        match self.0.iter().enumerate().find_map(|(i, cost)| Some((i, cost.as_ref().err()?))) {
            None => self.known(py),
            Some((i, error)) => {
                let why = format!("{bad} of {} rows have no cost, the first is row {i}: {error}", self.0.len());
                Err(raise_with(error, &why))
            }
        }
    }

    /// The sum of those that have a cost, in US dollars.
    #[getter]
    fn known<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let known = self.0.iter().filter_map(|cost| cost.as_ref().ok().copied());
        decimal(py, Money::checked_sum(known).map_err(raise)?)
    }

    /// The errors, by the row that has one.
    #[getter]
    fn errors<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let all = PyDict::new(py);
        for (i, cost) in self.0.iter().enumerate() {
            if let Err(error) = cost {
                all.set_item(i, value_of(py, error))?;
            }
        }
        Ok(all)
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }

    fn __getitem__<'py>(&self, py: Python<'py>, index: isize) -> PyResult<Bound<'py, PyAny>> {
        let at = if index < 0 { index.checked_add_unsigned(self.0.len()) } else { Some(index) };
        let found = at.and_then(|at| usize::try_from(at).ok()).and_then(|at| self.0.get(at));
        match found {
            None => Err(pyo3::exceptions::PyIndexError::new_err(format!(
                "there are {} rows, and no row {index}",
                self.0.len()
            ))),
            Some(Ok(total)) => decimal(py, *total),
            Some(Err(error)) => Err(raise(error.clone())),
        }
    }

    fn __repr__(&self) -> String {
        let bad = self.0.iter().filter(|cost| cost.is_err()).count();
        format!("<Costs of {} rows, {bad} of them without one>", self.0.len())
    }
}

/// What a usage would cost with a model.
#[pyclass(frozen, module = "tokenfare")]
pub(crate) struct Compared {
    name: String,
    cost: Result<tokenfare::Cost<'static>, Error>,
    over: u64,
}

#[pymethods]
impl Compared {
    /// The model, as it was named.
    #[getter]
    fn model(&self) -> &str {
        &self.name
    }

    /// What it would cost; an error where that is not known.
    #[getter]
    fn cost(&self) -> PyResult<Cost> {
        self.cost.clone().map(Cost).map_err(raise)
    }

    /// Why it has no cost, if it has none.
    #[getter]
    fn error<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        self.cost.as_ref().err().map(|error| value_of(py, error))
    }

    /// By how many tokens it would not fit; 0 if it fits.
    #[getter]
    fn over(&self) -> u64 {
        self.over
    }

    fn __repr__(&self) -> String {
        match &self.cost {
            Ok(cost) => format!("<Compared {}: {} USD>", self.name, cost.total()),
            Err(error) => format!("<Compared {}: {error}>", self.name),
        }
    }
}
