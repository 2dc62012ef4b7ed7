//! Requests and answers counted as they are billed, and what windows they fit.

use crate::arguments::{self, Errors};
use crate::catalog;
use crate::encoding::Encoding;
use crate::exceptions::{bad_request, raise};
use crate::object::Object;
use crate::tally::{Count, exactness};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::sync::MutexExt;
use pyo3::types::{PyBytes, PyDict, PyList, PyString, PyTuple};
use serde::Deserialize;
use std::borrow::Cow;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokenfare::{Answer, Date, Format, Hints, Json, Model, Renderer, Request};

/// Counts the tokens that a request is billed for as input.
#[pyfunction]
#[pyo3(signature = (
    body, *, model = None, format = None, at = None, provider = None, media = None, reasoning = None, renderer = None,
    vocabulary = None, catalog = None
))]
#[expect(clippy::too_many_arguments, reason = "they are keywords")]
pub(crate) fn count_request(
    body: &Bound<'_, PyAny>,
    model: Option<&Bound<'_, PyAny>>,
    format: Option<&Bound<'_, PyAny>>,
    at: Option<&Bound<'_, PyAny>>,
    provider: Option<&Bound<'_, PyAny>>,
    media: Option<&Bound<'_, PyAny>>,
    reasoning: Option<&Bound<'_, PyAny>>,
    renderer: Option<&Bound<'_, PyAny>>,
    vocabulary: Option<&Bound<'_, PyAny>>,
    catalog: Option<&Bound<'_, PyAny>>,
) -> PyResult<Count> {
    let named = Named::of(model, provider, at, catalog)?;
    let hints = hints(media, reasoning, renderer, vocabulary, named.on)?;
    let body = Body::of("body", body)?;
    let request = body.request(format)?;
    let model = named.model_for(&request)?;
    let count = body.py.detach(|| model.count_request_with(&request, &hints));
    count.map(Count).map_err(raise)
}

/// Compares a request, and the output it asks for, with the limits of its model.
#[pyfunction]
#[pyo3(signature = (
    body, *, model = None, max_output = None, format = None, at = None, provider = None, media = None, reasoning = None,
    renderer = None, vocabulary = None, catalog = None
))]
#[expect(clippy::too_many_arguments, reason = "they are keywords")]
pub(crate) fn window(
    body: &Bound<'_, PyAny>,
    model: Option<&Bound<'_, PyAny>>,
    max_output: Option<&Bound<'_, PyAny>>,
    format: Option<&Bound<'_, PyAny>>,
    at: Option<&Bound<'_, PyAny>>,
    provider: Option<&Bound<'_, PyAny>>,
    media: Option<&Bound<'_, PyAny>>,
    reasoning: Option<&Bound<'_, PyAny>>,
    renderer: Option<&Bound<'_, PyAny>>,
    vocabulary: Option<&Bound<'_, PyAny>>,
    catalog: Option<&Bound<'_, PyAny>>,
) -> PyResult<Window> {
    let named = Named::of(model, provider, at, catalog)?;
    let hints = hints(media, reasoning, renderer, vocabulary, named.on)?;
    let max_output = max_output.map(|most| arguments::number("max_output", most)).transpose()?;
    let body = Body::of("body", body)?;
    let request = body.request(format)?;
    let model = named.model_for(&request)?;
    let window = body.py.detach(|| model.window_with(&request, &hints)).map_err(raise)?;
    Ok(Window(match max_output {
        Some(output) => window.asking(output),
        None => window,
    }))
}

/// Counts the output tokens that a finished answer is billed for.
#[pyfunction]
#[pyo3(signature = (answer, *, model = None, request = None, format = None, at = None, provider = None, catalog = None))]
pub(crate) fn count_output(
    answer: &Bound<'_, PyAny>,
    model: Option<&Bound<'_, PyAny>>,
    request: Option<&Bound<'_, PyAny>>,
    format: Option<&Bound<'_, PyAny>>,
    at: Option<&Bound<'_, PyAny>>,
    provider: Option<&Bound<'_, PyAny>>,
    catalog: Option<&Bound<'_, PyAny>>,
) -> PyResult<Count> {
    let py = answer.py();
    let named = Named::of(model, provider, at, catalog)?;
    let body = request.map(|request| Body::of("request", request)).transpose()?;
    let request = body.as_ref().map(|body| body.request(format)).transpose()?;
    // A text is what was said, and JSON comes in bytes: an answer may be JSON itself.
    let text = match answer.cast::<PyString>() {
        Ok(text) => Some(arguments::str_text(text)?),
        Err(_) => None,
    };
    let json;
    let answer = match &text {
        Some(text) => Answer::of_text(text),
        None => {
            json = Body::of("answer", answer)?;
            match &json.text {
                Some(text) => Answer::from_json(text).map_err(raise)?,
                None => Answer::from_deserializer(Object::new(answer)).map_err(raise)?,
            }
        }
    };
    let model = match (&named.model, answer.model(), &request) {
        (None, None, Some(request)) => named.model_for(request)?,
        (None, None, None) => return Err(bad_request("the answer names no model, say which with `model`")),
        (None, Some(name), _) => named.find(name)?,
        (Some(name), ..) => named.find(name)?,
    };
    py.detach(|| model.count_output(&answer, request.as_ref())).map(Count).map_err(raise)
}

/// Counts a text for any model: exactly where its vocabulary is public, else with bounds.
#[pyfunction]
#[pyo3(
    signature = (text, *, model, at = None, provider = None, catalog = None, errors = Errors::default()),
    text_signature = "(text, *, model, at=None, provider=None, catalog=None, errors='strict')"
)]
pub(crate) fn estimate_text(
    text: &Bound<'_, PyAny>,
    model: &Bound<'_, PyAny>,
    at: Option<&Bound<'_, PyAny>>,
    provider: Option<&Bound<'_, PyAny>>,
    catalog: Option<&Bound<'_, PyAny>>,
    errors: Errors,
) -> PyResult<Count> {
    let named = Named::of(None, provider, at, catalog)?;
    let model = named.find(&arguments::word("model", model)?)?;
    let py = text.py();
    let text = arguments::text("text", text, errors)?;
    py.detach(|| model.estimate_text(&text)).map(Count).map_err(raise)
}

/// The model that is asked for, if one is, and where and when.
struct Named<'a> {
    model: Option<Cow<'a, str>>,
    provider: Option<Cow<'a, str>>,
    on: Option<Date>,
    catalog: &'static tokenfare::Catalog,
}

impl<'a> Named<'a> {
    fn of(
        model: Option<&'a Bound<'_, PyAny>>,
        provider: Option<&'a Bound<'_, PyAny>>,
        at: Option<&Bound<'_, PyAny>>,
        catalog: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        Ok(Self {
            model: model.map(|model| arguments::word("model", model)).transpose()?,
            provider: provider.map(|provider| arguments::word("provider", provider)).transpose()?,
            on: at.map(arguments::day).transpose()?,
            catalog: catalog::asked(catalog)?,
        })
    }

    fn find(&self, name: &str) -> PyResult<Model<'static>> {
        let found = match (&self.provider, self.on) {
            (Some(provider), on) => self.catalog.model_of(provider, name, on),
            (None, Some(on)) => self.catalog.model_at(name, on),
            (None, None) => self.catalog.model(name),
        };
        found.map(Model::from).map_err(raise)
    }

    /// The model that is asked for, or else the one that the request names.
    fn model_for(&self, request: &Request<'_>) -> PyResult<Model<'static>> {
        match self.model.as_deref().or(request.model()) {
            Some(name) => self.find(name),
            None => tokenfare::model_for(request).map_err(raise),
        }
    }
}

/// A body as it comes in: JSON text, or an object.
struct Body<'a, 'py> {
    py: Python<'py>,
    value: &'a Bound<'py, PyAny>,
    text: Option<Cow<'a, str>>,
}

impl<'a, 'py> Body<'a, 'py> {
    fn of(name: &str, value: &'a Bound<'py, PyAny>) -> PyResult<Self> {
        let is_text = value.is_instance_of::<PyString>() || value.is_instance_of::<PyBytes>();
        if !is_text && (value.is_none() || value.is_instance_of::<PyList>() || value.extract::<f64>().is_ok()) {
            let got = value.get_type().name()?;
            return Err(PyTypeError::new_err(format!("`{name}` must be a `dict`, JSON or an object, not `{got}`")));
        }
        let text = is_text.then(|| arguments::text(name, value, Errors::default())).transpose()?;
        Ok(Self { py: value.py(), value, text })
    }

    fn request(&self, format: Option<&Bound<'_, PyAny>>) -> PyResult<Request<'_>> {
        let format: Option<Format> = match format {
            None => None,
            Some(format) => Some(arguments::word("format", format)?.parse().map_err(raise)?),
        };
        match (&self.text, format) {
            (Some(text), Some(format)) => Request::from_json_in(format, text),
            (Some(text), None) => Request::from_json(text),
            (None, format) => Request::from_deserializer(Object::new(self.value), format),
        }
        .map_err(raise)
    }
}

fn hints(
    media: Option<&Bound<'_, PyAny>>,
    reasoning: Option<&Bound<'_, PyAny>>,
    renderer: Option<&Bound<'_, PyAny>>,
    vocabulary: Option<&Bound<'_, PyAny>>,
    on: Option<Date>,
) -> PyResult<Hints> {
    let mut hints = Hints::default();
    for (at, media) in arguments::entries("media", media)? {
        let known = Media::of(&format!("media[{at:?}]"), &media)?;
        hints = hints.media(at, known);
    }
    for (item, tokens) in arguments::entries("reasoning", reasoning)? {
        let tokens = arguments::number(format_args!("reasoning[{item:?}]"), &tokens)?;
        hints = hints.reasoning(item, tokens);
    }
    if let Some(renderer) = renderer {
        hints = hints.renderer(match &*arguments::word("renderer", renderer)? {
            "v0" => Renderer::V0,
            "v1" => Renderer::V1,
            other => return Err(arguments::unknown_word("renderer", other, &["v0", "v1"])),
        });
    }
    if let Some(vocabulary) = vocabulary {
        match vocabulary.cast::<Encoding>() {
            Ok(encoding) => hints = hints.vocabulary(encoding.get().loaded()?),
            Err(_) => return Err(arguments::wrong_type("vocabulary", "an `Encoding`", vocabulary)),
        }
    }
    Ok(match on {
        Some(on) => hints.on(on),
        None => hints,
    })
}

/// What is known of a picture, a sound or a document that a request only points to.
#[pyclass(frozen, eq, module = "tokenfare")]
#[derive(PartialEq)]
pub(crate) struct Media(tokenfare::Media);

impl Media {
    fn of(name: &str, value: &Bound<'_, PyAny>) -> PyResult<tokenfare::Media> {
        if let Ok(media) = value.cast::<Self>() {
            return Ok(media.get().0);
        }
        if let Ok(size) = value.cast::<PyTuple>()
            && let Ok((width, height)) = size.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()
        {
            return Ok(tokenfare::Media::image(arguments::number(name, &width)?, arguments::number(name, &height)?));
        }
        match value.extract::<f64>() {
            Ok(seconds) => Ok(tokenfare::Media::seconds(seconds)),
            Err(_) => Err(arguments::wrong_type(name, "`Media`, a width and a height, or seconds", value)),
        }
    }
}

#[pymethods]
impl Media {
    /// Describes a picture.
    #[staticmethod]
    fn image(width: &Bound<'_, PyAny>, height: &Bound<'_, PyAny>) -> PyResult<Self> {
        let (width, height) = (arguments::number("width", width)?, arguments::number("height", height)?);
        Ok(Self(tokenfare::Media::image(width, height)))
    }

    /// Describes a sound or a film.
    #[staticmethod]
    fn seconds(seconds: f64) -> Self {
        Self(tokenfare::Media::seconds(seconds))
    }

    /// Describes a document.
    #[staticmethod]
    fn pages(pages: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(Self(tokenfare::Media::pages(arguments::number("pages", pages)?)))
    }

    /// Reads what the head of a file says.
    #[staticmethod]
    fn of_bytes(bytes: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(Self(tokenfare::Media::of_bytes(arguments::bytes("bytes", bytes)?)))
    }

    fn __repr__(&self) -> String {
        let Self(media) = self;
        let mut said = String::new();
        if let Some((width, height)) = media.size() {
            said += &format!(" {width}x{height}");
        }
        if let Some(seconds) = media.seconds {
            said += &format!(" {seconds} seconds");
        }
        if let Some(pages) = media.pages {
            said += &format!(" {pages} pages");
        }
        format!("<Media{said}>")
    }
}

/// A request beside its model's limits.
#[pyclass(frozen, module = "tokenfare")]
pub(crate) struct Window(tokenfare::Window);

#[pymethods]
impl Window {
    /// The count of the input.
    #[getter]
    fn input(&self) -> Count {
        Count(self.0.input.clone())
    }

    /// How many tokens of output, thinking included, are asked for.
    #[getter]
    fn requested_output(&self) -> Option<u64> {
        self.0.requested_output
    }

    /// How many tokens of input, output and reasoning the model takes together.
    #[getter]
    fn context_window(&self) -> Option<u64> {
        self.0.limits.context_window
    }

    /// How many tokens of input the model takes, where that has a limit of its own.
    #[getter]
    fn max_input(&self) -> Option<u64> {
        self.0.limits.max_input
    }

    /// How many tokens of output and reasoning the model gives.
    #[getter]
    fn max_output(&self) -> Option<u64> {
        self.0.limits.max_output
    }

    /// The limits it goes beyond, or may.
    #[getter]
    fn overruns(&self) -> Vec<Overrun> {
        self.0.overruns.iter().copied().map(Overrun).collect()
    }

    /// Whether it fits, whatever the true count is within its bounds.
    #[getter]
    fn fits(&self) -> bool {
        self.0.fits()
    }

    /// Whether it cannot fit, whatever the true count is within its bounds.
    #[getter]
    fn is_certainly_over(&self) -> bool {
        self.0.is_certainly_over()
    }

    /// How many tokens of output and thinking are left for sure.
    #[getter]
    fn room(&self) -> Option<u64> {
        self.0.room()
    }

    /// How many more tokens of input would fit beside the output asked for.
    #[getter]
    fn input_room(&self) -> Option<u64> {
        self.0.input_room()
    }

    /// Compares with so many tokens of output, whatever the request says of it.
    fn asking(&self, output: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(Self(self.0.clone().asking(arguments::number("output", output)?)))
    }

    /// Raises if it does not fit.
    fn check(&self) -> PyResult<()> {
        self.0.check().map_err(raise)
    }

    fn __repr__(&self) -> String {
        let fits = match (self.0.fits(), self.0.is_certainly_over()) {
            (true, _) => "fits",
            (false, true) => "does not fit",
            (false, false) => "may not fit",
        };
        let room = self.0.room().map_or_else(String::new, |room| format!(", room for {room}"));
        format!("<Window {fits}: {} in{room}>", self.0.input.tokens)
    }
}

/// A limit that a request goes beyond.
#[pyclass(frozen, module = "tokenfare")]
pub(crate) struct Overrun(tokenfare::Overrun);

#[pymethods]
impl Overrun {
    /// The limit.
    #[getter]
    fn limit(&self) -> &'static str {
        self.0.limit.as_str()
    }

    /// What it allows.
    #[getter]
    fn allowed(&self) -> u64 {
        self.0.allowed
    }

    /// What is asked for, as the highest count has it.
    #[getter]
    fn asked(&self) -> u64 {
        self.0.asked
    }

    /// Whether it is beyond the limit by the lowest count too.
    #[getter]
    fn is_certain(&self) -> bool {
        self.0.is_certain
    }

    /// How many tokens too many it may be.
    #[getter]
    fn over_by(&self) -> u64 {
        self.0.over_by()
    }

    fn __repr__(&self) -> String {
        let Self(over) = self;
        format!("<Overrun of {}: {} asked, {} allowed>", over.limit, over.asked, over.allowed)
    }
}

/// A request that grows message by message, counted as it grows.
#[pyclass(frozen, module = "tokenfare")]
pub(crate) struct Conversation(Mutex<tokenfare::Conversation<'static>>);

impl Conversation {
    /// Waits for its turn without holding up other threads.
    fn lock(&self, py: Python<'_>) -> MutexGuard<'_, tokenfare::Conversation<'static>> {
        self.0.lock_py_attached(py).unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl Conversation {
    #[new]
    #[pyo3(signature = (
        body, *, model = None, format = None, at = None, provider = None, media = None, reasoning = None, renderer = None,
        vocabulary = None, catalog = None
    ))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords")]
    fn new(
        body: &Bound<'_, PyAny>,
        model: Option<&Bound<'_, PyAny>>,
        format: Option<&Bound<'_, PyAny>>,
        at: Option<&Bound<'_, PyAny>>,
        provider: Option<&Bound<'_, PyAny>>,
        media: Option<&Bound<'_, PyAny>>,
        reasoning: Option<&Bound<'_, PyAny>>,
        renderer: Option<&Bound<'_, PyAny>>,
        vocabulary: Option<&Bound<'_, PyAny>>,
        catalog: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let named = Named::of(model, provider, at, catalog)?;
        let hints = hints(media, reasoning, renderer, vocabulary, named.on)?;
        let body = Body::of("body", body)?;
        let request = body.request(format)?;
        let model = named.model_for(&request)?;
        let begun = body.py.detach(|| tokenfare::Conversation::new(model, request, hints));
        Ok(Self(Mutex::new(begun.map_err(raise)?)))
    }

    /// Appends a message and counts it.
    fn push(&self, message: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = message.py();
        let message =
            Json::deserialize(Object::new(message)).map_err(|error| bad_request(&format!("not a message: {error}")))?;
        let conversation = &mut *self.lock(py);
        py.detach(|| conversation.push(message)).map_err(raise)
    }

    /// The most likely number of tokens of all of it.
    #[getter]
    fn tokens(&self, py: Python<'_>) -> u64 {
        self.lock(py).tokens()
    }

    /// No fewer.
    #[getter]
    fn low(&self, py: Python<'_>) -> u64 {
        self.lock(py).bounds().0
    }

    /// No more.
    #[getter]
    fn high(&self, py: Python<'_>) -> u64 {
        self.lock(py).bounds().1
    }

    /// How sure the numbers are.
    #[getter]
    fn exactness<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        exactness(py, self.lock(py).exactness())
    }

    /// Returns the count of all of it, with its parts.
    fn count(&self, py: Python<'_>) -> Count {
        Count(self.lock(py).count())
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        format!("<Conversation of {} tokens>", self.lock(py).tokens())
    }
}

/// Bills beside counts.
#[pyclass(frozen, module = "tokenfare")]
pub(crate) struct Calibration(Mutex<tokenfare::Calibration>);

impl Calibration {
    /// Waits for its turn without holding up other threads.
    fn lock(&self, py: Python<'_>) -> MutexGuard<'_, tokenfare::Calibration> {
        self.0.lock_py_attached(py).unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl Calibration {
    #[new]
    fn new() -> Self {
        Self(Mutex::default())
    }

    /// Counts a request and notes what was billed for it.
    #[pyo3(signature = (
        body, billed, *, model = None, format = None, at = None, provider = None, media = None, reasoning = None,
        renderer = None, vocabulary = None, catalog = None
    ))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords")]
    fn record(
        &self,
        body: &Bound<'_, PyAny>,
        billed: &Bound<'_, PyAny>,
        model: Option<&Bound<'_, PyAny>>,
        format: Option<&Bound<'_, PyAny>>,
        at: Option<&Bound<'_, PyAny>>,
        provider: Option<&Bound<'_, PyAny>>,
        media: Option<&Bound<'_, PyAny>>,
        reasoning: Option<&Bound<'_, PyAny>>,
        renderer: Option<&Bound<'_, PyAny>>,
        vocabulary: Option<&Bound<'_, PyAny>>,
        catalog: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Count> {
        let named = Named::of(model, provider, at, catalog)?;
        let hints = hints(media, reasoning, renderer, vocabulary, named.on)?;
        let billed = arguments::number("billed", billed)?;
        let body = Body::of("body", body)?;
        let request = body.request(format)?;
        let model = named.model_for(&request)?;
        let calibration = &mut *self.lock(body.py);
        let count = body.py.detach(|| calibration.record(&model, &request, &hints, billed));
        count.map(Count).map_err(raise)
    }

    /// Returns the bills of each category.
    fn rows<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let all = PyDict::new(py);
        for (category, bills) in self.lock(py).rows() {
            let bills: Vec<Billed> = bills.iter().copied().map(Billed).collect();
            all.set_item(category.to_string(), bills)?;
        }
        Ok(all)
    }

    /// Makes the correction that the bills support.
    fn correction(&self, py: Python<'_>) -> Correction {
        Correction(self.lock(py).correction())
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        let calibration = self.lock(py);
        let bills: usize = calibration.rows().map(|(_, bills)| bills.len()).sum();
        format!("<Calibration of {bills} bills>")
    }
}

/// A bill beside its count.
#[pyclass(frozen, module = "tokenfare")]
pub(crate) struct Billed(tokenfare::Billed);

#[pymethods]
impl Billed {
    /// What was counted.
    #[getter]
    fn tokens(&self) -> u64 {
        self.0.tokens
    }

    /// No fewer.
    #[getter]
    fn low(&self) -> u64 {
        self.0.low
    }

    /// No more.
    #[getter]
    fn high(&self) -> u64 {
        self.0.high
    }

    /// What was billed.
    #[getter]
    fn billed(&self) -> u64 {
        self.0.billed
    }

    /// How many more tokens were billed than counted.
    #[getter]
    fn residual(&self) -> i64 {
        self.0.residual()
    }

    /// Whether what was billed lies within the bounds.
    #[getter]
    fn is_within(&self) -> bool {
        self.0.is_within()
    }

    fn __repr__(&self) -> String {
        format!("<Billed {} for {}>", self.0.billed, self.0.tokens)
    }
}

/// What counts of some categories are corrected by.
#[pyclass(frozen, eq, module = "tokenfare")]
#[derive(PartialEq)]
pub(crate) struct Correction(tokenfare::Correction);

#[pymethods]
impl Correction {
    #[new]
    fn new(text: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(Self(arguments::word("text", text)?.parse().map_err(raise)?))
    }

    /// The categories that are corrected, and by how many tokens.
    #[getter]
    fn shifts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let all = PyDict::new(py);
        for (category, shift) in self.0.shifts() {
            all.set_item(category.to_string(), shift)?;
        }
        Ok(all)
    }

    /// Corrects the count of a request.
    #[pyo3(signature = (body, count, *, model = None, format = None, at = None, provider = None, catalog = None))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords")]
    fn apply(
        &self,
        body: &Bound<'_, PyAny>,
        count: &Count,
        model: Option<&Bound<'_, PyAny>>,
        format: Option<&Bound<'_, PyAny>>,
        at: Option<&Bound<'_, PyAny>>,
        provider: Option<&Bound<'_, PyAny>>,
        catalog: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Count> {
        let named = Named::of(model, provider, at, catalog)?;
        let body = Body::of("body", body)?;
        let request = body.request(format)?;
        let model = named.model_for(&request)?;
        Ok(Count(self.0.apply(&model, &request, count.0.clone())))
    }

    fn __str__(&self) -> String {
        self.0.to_string()
    }

    fn __repr__(&self) -> String {
        format!("<Correction of {} categories>", self.0.shifts().count())
    }
}
