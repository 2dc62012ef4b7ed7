//! Counts with their parts, and how sure they are.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{IntoPyDict, PyString};
use tokenfare::Exactness;

/// The enumeration of how sure a number is, and its members in order.
struct Words {
    class: Py<PyAny>,
    members: Vec<Py<PyAny>>,
}

/// Makes the enumeration when it is first asked for: Python's `enum` takes longer to import than all of this.
fn words(py: Python<'_>) -> PyResult<&Words> {
    static WORDS: PyOnceLock<Words> = PyOnceLock::new();
    WORDS.get_or_try_init(py, || {
        let pairs: Vec<_> =
            Exactness::ALL.iter().map(|one| (one.as_str().to_ascii_uppercase(), one.as_str())).collect();
        let text = py.get_type::<PyString>();
        let options = [("module", "tokenfare")].into_py_dict(py)?;
        options.set_item("type", &text)?;
        let class = py.import("enum")?.getattr("Enum")?.call(("Exactness", pairs), Some(&options))?;
        class.setattr("__doc__", "How sure a number of tokens is.")?;
        class.setattr("__str__", text.getattr("__str__")?)?;
        let members = Exactness::ALL.iter().map(|one| Ok(class.call1((one.as_str(),))?.unbind()));
        Ok(Words { members: members.collect::<PyResult<_>>()?, class: class.unbind() })
    })
}

/// Returns the enumeration.
pub(crate) fn exactness_class(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    words(py).map(|words| words.class.bind(py).clone())
}

/// Returns the member of the enumeration.
pub(crate) fn exactness(py: Python<'_>, exactness: Exactness) -> PyResult<Bound<'_, PyAny>> {
    let at = Exactness::ALL.iter().position(|one| *one == exactness).expect("all of them are listed");
    Ok(words(py)?.members[at].bind(py).clone())
}

/// Gives the module what is made when it is first asked for.
#[pyfunction]
pub(crate) fn __getattr__<'py>(name: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = name.py();
    match name.cast::<PyString>().is_ok_and(|name| name == "Exactness") {
        true => exactness_class(py),
        false => {
            let message = format!("module 'tokenfare._tokenfare' has no attribute {}", name.repr()?);
            Err(pyo3::exceptions::PyAttributeError::new_err(message))
        }
    }
}

/// The numbers of a count or a part, for people.
fn shown(tokens: u64, low: u64, high: u64, exactness: Exactness) -> String {
    match low == high {
        true => format!("{tokens} tokens, {exactness}"),
        false => format!("{tokens} tokens ({low} to {high}), {exactness}"),
    }
}

/// The tokens of a request or a text, with a bound on either side.
#[pyclass(frozen, eq, module = "tokenfare")]
#[derive(PartialEq)]
pub(crate) struct Count(pub(crate) tokenfare::Count);

#[pymethods]
impl Count {
    /// The most likely number of tokens.
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

    /// How sure that is: as sure as the least sure part.
    #[getter]
    fn exactness<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        exactness(py, self.0.exactness)
    }

    /// Where the tokens go; the parts add up to the whole.
    #[getter]
    fn parts(&self) -> Vec<Part> {
        self.0.parts.iter().cloned().map(Part).collect()
    }

    /// The parts whose tokens cannot be seen from outside.
    #[getter]
    fn unknown(&self) -> Vec<Part> {
        self.0.unknown().cloned().map(Part).collect()
    }

    fn __repr__(&self) -> String {
        let Self(count) = self;
        format!("<Count {}>", shown(count.tokens, count.low, count.high, count.exactness))
    }
}

/// A part of a request and its tokens.
#[pyclass(frozen, eq, module = "tokenfare")]
#[derive(PartialEq)]
pub(crate) struct Part(tokenfare::Part);

#[pymethods]
impl Part {
    /// What it is.
    #[getter]
    fn kind(&self) -> &'static str {
        self.0.kind.as_str()
    }

    /// Its name: of a tool, of who speaks.
    #[getter]
    fn label(&self) -> &str {
        &self.0.label
    }

    /// Where it stands in the body, as a JSON pointer; empty for what the server adds.
    #[getter]
    fn at(&self) -> &str {
        &self.0.at
    }

    /// The most likely number of tokens.
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

    /// How sure that is.
    #[getter]
    fn exactness<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        exactness(py, self.0.exactness)
    }

    /// Why it is not surer, and the way out.
    #[getter]
    fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    fn __repr__(&self) -> String {
        let Self(part) = self;
        format!("<Part {} {}: {}>", part.kind, part.label, shown(part.tokens, part.low, part.high, part.exactness))
    }
}
