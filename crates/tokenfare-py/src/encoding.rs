//! Encodings: counting, encoding, decoding, cutting, and texts that grow.

use crate::arguments::{self, CutSide, Errors};
use crate::counting;
use crate::exceptions::{invalid_value, raise, raise_in};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::sync::{MutexExt, PyOnceLock};
use pyo3::types::{PyBytes, PyDict, PyString, PyTuple, PyType};
use self_cell::self_cell;
use std::borrow::Cow;
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokenfare::{InvalidUtf8, Pattern};

/// Counts the tokens of a text by the name of a model or an encoding.
#[pyfunction]
#[pyo3(
    signature = (text, *, model = None, encoding = None, errors = Errors::default()),
    text_signature = "(text, *, model=None, encoding=None, errors='strict')"
)]
pub(crate) fn count(
    text: &Bound<'_, PyAny>,
    model: Option<&Bound<'_, PyAny>>,
    encoding: Option<&Bound<'_, PyAny>>,
    errors: Errors,
) -> PyResult<usize> {
    let encoding = chosen(model, encoding)?;
    counting::count(text.py(), encoding, &arguments::text("text", text, errors)?)
}

/// Counts the tokens of each text by the name of a model or an encoding.
#[pyfunction]
#[pyo3(
    signature = (texts, *, model = None, encoding = None, threads = None, errors = Errors::default()),
    text_signature = "(texts, *, model=None, encoding=None, threads=None, errors='strict')"
)]
pub(crate) fn count_batch(
    texts: &Bound<'_, PyAny>,
    model: Option<&Bound<'_, PyAny>>,
    encoding: Option<&Bound<'_, PyAny>>,
    threads: Option<&Bound<'_, PyAny>>,
    errors: Errors,
) -> PyResult<Vec<usize>> {
    let encoding = chosen(model, encoding)?;
    counts(encoding, texts, threads, errors)
}

/// Returns an embedded encoding by name.
#[pyfunction]
pub(crate) fn encoding(name: &Bound<'_, PyAny>) -> PyResult<Py<Encoding>> {
    static MADE: PyOnceLock<Vec<Py<Encoding>>> = PyOnceLock::new();
    let py = name.py();
    let found = tokenfare::encoding(&arguments::word("name", name)?).map_err(raise)?;
    let made = MADE.get_or_try_init(py, || {
        let all = tokenfare::encodings().map(|name| {
            let encoding = tokenfare::encoding(name).map_err(raise)?;
            Py::new(py, Encoding(Source::Embedded(encoding)))
        });
        all.collect::<PyResult<Vec<_>>>()
    })?;
    let same = made.iter().find(|made| std::ptr::eq(&*made.get().0, found));
    Ok(same.expect("every embedded encoding was made").clone_ref(py))
}

/// Returns the names of the embedded encodings.
#[pyfunction]
pub(crate) fn encodings() -> Vec<&'static str> {
    tokenfare::encodings().collect()
}

/// The encoding of a model, or of a name, or the default.
fn chosen(
    model: Option<&Bound<'_, PyAny>>,
    encoding: Option<&Bound<'_, PyAny>>,
) -> PyResult<&'static tokenfare::Encoding> {
    match (model, encoding) {
        (None, None) => tokenfare::encoding(tokenfare::DEFAULT_ENCODING),
        (None, Some(name)) => tokenfare::encoding(&arguments::word("encoding", name)?),
        (Some(id), None) => tokenfare::model(&arguments::word("model", id)?).and_then(|model| model.encoding()),
        (Some(_), Some(_)) => return Err(invalid_value("give a `model` or an `encoding`, not both")),
    }
    .map_err(raise)
}

fn counts(
    encoding: &tokenfare::Encoding,
    texts: &Bound<'_, PyAny>,
    threads: Option<&Bound<'_, PyAny>>,
    errors: Errors,
) -> PyResult<Vec<usize>> {
    let held = arguments::items("texts", "`str` or `bytes`", texts)?;
    let threads = arguments::threads(threads)?;
    counting::batch(texts.py(), &arguments::texts(&held, errors)?, threads, |texts, threads| {
        encoding.count_batch_on(texts, threads)
    })
}

/// Where the engine's encoding is: in the library, or loaded.
#[derive(Clone)]
enum Source {
    Embedded(&'static tokenfare::Encoding),
    Loaded(Arc<tokenfare::Encoding>),
}

impl Deref for Source {
    type Target = tokenfare::Encoding;

    fn deref(&self) -> &tokenfare::Encoding {
        match self {
            Self::Embedded(encoding) => encoding,
            Self::Loaded(encoding) => encoding,
        }
    }
}

/// A tokenizer: how text is split, which tokens there are, and which of them are special.
#[pyclass(frozen, module = "tokenfare")]
pub(crate) struct Encoding(Source);

impl Encoding {
    /// The engine's encoding, if it was loaded.
    pub(crate) fn loaded(&self) -> PyResult<Arc<tokenfare::Encoding>> {
        match &self.0 {
            Source::Loaded(encoding) => Ok(Arc::clone(encoding)),
            Source::Embedded(encoding) => {
                let name = encoding.name();
                Err(invalid_value(&format!(
                    "`vocabulary` must be an encoding that was loaded from a file, not `{name}`"
                )))
            }
        }
    }
}

#[pymethods]
impl Encoding {
    /// Loads an encoding from the bytes of a `.tiktoken` file.
    #[staticmethod]
    #[pyo3(signature = (name, data, pattern, special_tokens = None))]
    fn from_tiktoken(
        py: Python<'_>,
        name: &Bound<'_, PyAny>,
        data: &Bound<'_, PyAny>,
        pattern: &Bound<'_, PyAny>,
        special_tokens: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let name = arguments::word("name", name)?;
        let data = arguments::bytes("data", data)?;
        let pattern = arguments::word("pattern", pattern)?.parse::<Pattern>().map_err(raise)?;
        let specials = arguments::special_tokens(special_tokens)?;
        let loaded = py.detach(|| tokenfare::Encoding::from_tiktoken(&name, data, pattern, specials));
        Ok(Self(Source::Loaded(Arc::new(loaded.map_err(raise)?))))
    }

    /// Loads an encoding from a Hugging Face `tokenizer.json`.
    #[staticmethod]
    #[pyo3(signature = (data, *, name = None), text_signature = "(data, *, name='tokenizer.json')")]
    fn from_tokenizer_json(py: Python<'_>, data: &Bound<'_, PyAny>, name: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let name = name.map_or(Ok("tokenizer.json".into()), |name| arguments::word("name", name))?;
        let data = arguments::file("data", data)?;
        let loaded = py.detach(|| tokenfare::Encoding::from_tokenizer_json(&name, &data));
        Ok(Self(Source::Loaded(Arc::new(loaded.map_err(raise)?))))
    }

    /// The name of the encoding.
    #[getter]
    fn name(&self) -> &str {
        self.0.name()
    }

    /// One more than the highest token id, special tokens included.
    #[getter]
    fn vocabulary_size(&self) -> usize {
        self.0.vocabulary_size()
    }

    /// The special tokens: name and id.
    #[getter]
    fn special_tokens<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let tokens = PyDict::new(py);
        self.0.special_tokens().try_for_each(|(name, id)| tokens.set_item(name, id))?;
        Ok(tokens)
    }

    /// Counts the tokens of a text.
    #[pyo3(signature = (text, *, errors = Errors::default()), text_signature = "($self, text, *, errors='strict')")]
    fn count(&self, text: &Bound<'_, PyAny>, errors: Errors) -> PyResult<usize> {
        counting::count(text.py(), &self.0, &arguments::text("text", text, errors)?)
    }

    /// Counts up to a limit, and stops as soon as it is passed.
    #[pyo3(
        signature = (text, limit, *, errors = Errors::default()),
        text_signature = "($self, text, limit, *, errors='strict')"
    )]
    fn count_up_to(
        &self,
        text: &Bound<'_, PyAny>,
        limit: &Bound<'_, PyAny>,
        errors: Errors,
    ) -> PyResult<Option<usize>> {
        let limit = arguments::number("limit", limit)?;
        let (py, text) = (text.py(), arguments::text("text", text, errors)?);
        Ok(counting::detached(py, text.len(), || self.0.count_up_to(&text, limit).count()))
    }

    /// Counts the tokens of each text.
    #[pyo3(
        signature = (texts, threads = None, *, errors = Errors::default()),
        text_signature = "($self, texts, threads=None, *, errors='strict')"
    )]
    fn count_batch(
        &self,
        texts: &Bound<'_, PyAny>,
        threads: Option<&Bound<'_, PyAny>>,
        errors: Errors,
    ) -> PyResult<Vec<usize>> {
        counts(&self.0, texts, threads, errors)
    }

    /// Encodes a text as token ids.
    #[pyo3(
        signature = (text, *, allow = None, refuse = None, errors = Errors::default()),
        text_signature = "($self, text, *, allow=None, refuse=None, errors='strict')"
    )]
    fn encode(
        &self,
        text: &Bound<'_, PyAny>,
        allow: Option<&Bound<'_, PyAny>>,
        refuse: Option<&Bound<'_, PyAny>>,
        errors: Errors,
    ) -> PyResult<Vec<u32>> {
        let Some(specials) = arguments::specials(allow, refuse)? else { return self.encode_ordinary(text, errors) };
        let (py, text) = (text.py(), arguments::text("text", text, errors)?);
        counting::detached(py, text.len(), || self.0.encode_with(&text, &specials))
            .map_err(|error| raise_in(&text, error))
    }

    /// Encodes a text as token ids; the names of special tokens are ordinary text.
    #[pyo3(signature = (text, *, errors = Errors::default()), text_signature = "($self, text, *, errors='strict')")]
    fn encode_ordinary(&self, text: &Bound<'_, PyAny>, errors: Errors) -> PyResult<Vec<u32>> {
        let (py, text) = (text.py(), arguments::text("text", text, errors)?);
        Ok(counting::detached(py, text.len(), || self.0.encode(&text)))
    }

    /// Encodes each text.
    #[pyo3(
        signature = (texts, threads = None, *, errors = Errors::default()),
        text_signature = "($self, texts, threads=None, *, errors='strict')"
    )]
    fn encode_batch(
        &self,
        texts: &Bound<'_, PyAny>,
        threads: Option<&Bound<'_, PyAny>>,
        errors: Errors,
    ) -> PyResult<Vec<Vec<u32>>> {
        let held = arguments::items("texts", "`str` or `bytes`", texts)?;
        let threads = arguments::threads(threads)?;
        counting::batch(texts.py(), &arguments::texts(&held, errors)?, threads, |texts, threads| {
            self.0.encode_batch_on(texts, threads)
        })
    }

    /// Encodes a text, and says where in it each token lies.
    fn encode_with_offsets(&self, text: &Bound<'_, PyAny>) -> PyResult<Vec<Token>> {
        let (py, text) = (text.py(), arguments::word("text", text)?);
        let tokens = counting::detached(py, text.len(), || self.0.encode_with_offsets(&text));
        let place = |range: std::ops::Range<usize>| (range.start, range.end);
        let tokens = tokens.into_iter();
        Ok(tokens.map(|token| Token { id: token.id, bytes: place(token.bytes), chars: place(token.chars) }).collect())
    }

    /// Returns the text as this encoding reads it: in a normal form if a loaded tokenizer asks for one, else unchanged.
    fn normalize<'py>(&self, text: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyString>> {
        let (py, given) = (text.py(), text);
        let text = arguments::word("text", text)?;
        match (&text, self.0.normalize(&text)) {
            (Cow::Borrowed(_), Cow::Borrowed(_)) => Ok(given.cast::<PyString>()?.clone()),
            (_, normal) => Ok(PyString::new(py, &normal)),
        }
    }

    /// Decodes token ids to text.
    #[pyo3(signature = (ids, *, errors = Errors::default()), text_signature = "($self, ids, *, errors='strict')")]
    fn decode(&self, ids: &Bound<'_, PyAny>, errors: Errors) -> PyResult<String> {
        let (py, ids) = (ids.py(), arguments::ids(self.name(), ids)?);
        let decoded = counting::detached(py, ids.len(), || match errors.0 {
            InvalidUtf8::Refuse => self.0.decode(&ids),
            InvalidUtf8::Replace => self.0.decode_lossy(&ids),
        });
        decoded.map_err(raise)
    }

    /// Decodes token ids to bytes.
    fn decode_bytes<'py>(&self, ids: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
        let (py, ids) = (ids.py(), arguments::ids(self.name(), ids)?);
        let decoded = counting::detached(py, ids.len(), || self.0.decode_bytes(&ids));
        Ok(PyBytes::new(py, &decoded.map_err(raise)?))
    }

    /// Returns the bytes of one token.
    fn token_bytes<'py>(&self, id: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
        let py = id.py();
        let decoded = self.0.decode_bytes(&[arguments::id("id", self.name(), id)?]);
        Ok(PyBytes::new(py, &decoded.map_err(raise)?))
    }

    /// Cuts a text off on one side so that at most `limit` tokens are left.
    #[pyo3(
        signature = (text, limit, *, side = CutSide::END),
        text_signature = "($self, text, limit, *, side='end')"
    )]
    fn truncate<'py>(
        &self,
        text: &Bound<'py, PyAny>,
        limit: &Bound<'_, PyAny>,
        side: CutSide,
    ) -> PyResult<Bound<'py, PyString>> {
        let (py, given) = (text.py(), text);
        let limit = arguments::number("limit", limit)?;
        let text = arguments::word("text", text)?;
        let left = counting::detached(py, text.len(), || self.0.truncate(&text, limit, side.0));
        match &text {
            Cow::Borrowed(text) if text.len() == left.len() => Ok(given.cast::<PyString>()?.clone()),
            _ => Ok(PyString::new(py, left)),
        }
    }

    /// Cuts a text into chunks of at most `size` tokens that overlap by at most `overlap`.
    #[pyo3(signature = (text, size, overlap = None), text_signature = "($self, text, size, overlap=0)")]
    fn chunks(
        &self,
        text: &Bound<'_, PyAny>,
        size: &Bound<'_, PyAny>,
        overlap: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Vec<Chunk>> {
        let (py, text) = (text.py(), arguments::word("text", text)?);
        let size = arguments::number("size", size)?;
        let overlap = overlap.map_or(Ok(0), |overlap| arguments::number("overlap", overlap))?;
        let chunks = counting::detached(py, text.len(), || self.0.chunks(&text, size, overlap));
        // Chunks begin in order, so each start is counted on from the one before.
        let (mut at, mut characters) = (0, 0);
        let of_characters = |chunk: tokenfare::Chunk<'_>| {
            characters += text[at..chunk.start].chars().count();
            at = chunk.start;
            let overlap = chunk.text[..chunk.overlap].chars().count();
            Chunk { text: chunk.text.to_owned(), start: characters, overlap, tokens: chunk.tokens }
        };
        Ok(chunks.map_err(raise)?.into_iter().map(of_characters).collect())
    }

    /// Begins to count a text that will come in parts.
    fn counter(&self) -> Counter {
        let counting = Growing::new(self.0.clone(), |encoding| encoding.counter());
        Counter(Mutex::new(Growth { counting, half: None }))
    }

    fn __repr__(&self) -> String {
        format!("<Encoding '{}'>", self.name())
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (&str,))> {
        match self.0 {
            Source::Embedded(encoding) => Ok((py.import("tokenfare")?.getattr("encoding")?, (encoding.name(),))),
            Source::Loaded(_) => Err(PyTypeError::new_err(format!(
                "the encoding `{}` was loaded and cannot be pickled; load it where it is needed",
                self.name()
            ))),
        }
    }

    fn __copy__(it: Py<Self>) -> Py<Self> {
        it
    }

    fn __deepcopy__(it: Py<Self>, _memo: &Bound<'_, PyAny>) -> Py<Self> {
        it
    }
}

/// A token of a text, and where it lies.
#[pyclass(frozen, get_all, eq, hash, module = "tokenfare")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct Token {
    /// The id of the token.
    id: u32,
    /// The bytes of the UTF-8 text it covers: the first, and the one after the last.
    bytes: (usize, usize),
    /// The characters it covers any byte of.
    chars: (usize, usize),
}

#[pymethods]
impl Token {
    #[new]
    fn new(id: u32, bytes: (usize, usize), chars: (usize, usize)) -> Self {
        Self { id, bytes, chars }
    }

    fn __repr__(&self) -> String {
        format!("Token(id={}, bytes={:?}, chars={:?})", self.id, self.bytes, self.chars)
    }

    fn __reduce__<'py>(it: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyType>, Bound<'py, PyTuple>)> {
        let Self { id, bytes, chars } = it.get();
        Ok((it.get_type(), (id, bytes, chars).into_pyobject(it.py())?))
    }
}

/// A part of a text of at most so many tokens.
#[pyclass(frozen, get_all, eq, hash, module = "tokenfare")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct Chunk {
    /// The part.
    text: String,
    /// Where it begins in the text, in characters.
    start: usize,
    /// How many of its first characters are also the last of the chunk before it.
    overlap: usize,
    /// Its own count of tokens.
    tokens: usize,
}

#[pymethods]
impl Chunk {
    #[new]
    fn new(text: String, start: usize, overlap: usize, tokens: usize) -> Self {
        Self { text, start, overlap, tokens }
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let Self { text, start, overlap, tokens } = self;
        let text = PyString::new(py, text).repr()?;
        Ok(format!("Chunk(text={text}, start={start}, overlap={overlap}, tokens={tokens})"))
    }

    fn __reduce__<'py>(it: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyType>, Bound<'py, PyTuple>)> {
        let Self { text, start, overlap, tokens } = it.get();
        Ok((it.get_type(), (text, start, overlap, tokens).into_pyobject(it.py())?))
    }
}

type CounterOf<'e> = tokenfare::Counter<'e>;

self_cell!(
    /// A counter, and the encoding it counts by.
    struct Growing {
        owner: Source,
        #[covariant]
        dependent: CounterOf,
    }
);

/// Counts a text that comes in parts.
#[pyclass(frozen, module = "tokenfare")]
pub(crate) struct Counter(Mutex<Growth>);

struct Growth {
    counting: Growing,
    /// The first half of a surrogate pair, if the text so far ends with one: the second may be in the next part.
    half: Option<u16>,
}

/// What half of a pair counts as.
const REPLACEMENT: &str = "\u{FFFD}";

impl Growth {
    fn push(&mut self, part: &str) {
        let half = self.half.take().map(|_| REPLACEMENT);
        self.counting.with_dependent_mut(|_, counter| {
            half.into_iter().chain([part]).for_each(|part| counter.push(part));
        });
    }

    fn push_utf16(&mut self, part: &[u16]) {
        let mut units: Vec<u16> = self.half.take().into_iter().chain(part.iter().copied()).collect();
        let half = units.pop_if(|last| matches!(last, 0xD800..=0xDBFF));
        self.push(&String::from_utf16_lossy(&units));
        self.half = half;
    }

    fn count(&self) -> usize {
        let counter = self.counting.borrow_dependent();
        match self.half {
            None => counter.count(),
            Some(_) => {
                let mut counter = counter.clone();
                counter.push(REPLACEMENT);
                counter.count()
            }
        }
    }
}

#[pymethods]
impl Counter {
    /// Adds a part of the text.
    fn push(&self, text: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = text.py();
        match arguments::word("text", text)? {
            Cow::Borrowed("") => {}
            Cow::Borrowed(part) => {
                let growth = &mut *self.lock(py);
                counting::detached(py, part.len(), || growth.push(part));
            }
            Cow::Owned(_) => {
                let units = arguments::utf16(text.cast::<PyString>()?)?;
                let growth = &mut *self.lock(py);
                py.detach(|| growth.push_utf16(&units));
            }
        }
        Ok(())
    }

    /// Returns the count of all the parts so far.
    fn count(&self, py: Python<'_>) -> usize {
        let growth = &*self.lock(py);
        py.detach(|| growth.count())
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        format!("<Counter of '{}'>", self.lock(py).counting.borrow_owner().name())
    }
}

impl Counter {
    /// Waits for its turn without holding up other threads.
    fn lock(&self, py: Python<'_>) -> MutexGuard<'_, Growth> {
        self.0.lock_py_attached(py).unwrap_or_else(PoisonError::into_inner)
    }
}
