//! The exceptions: one class for each thing a caller may branch on, under what Python already has for it.

use pyo3::exceptions::{PyException, PyLookupError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyTuple, PyType};

/// A class of exception.
struct Class {
    name: &'static str,
    kind: Kind,
    doc: &'static str,
}

/// What else an exception is, besides a `tokenfare.Error`.
#[derive(Clone, Copy)]
enum Kind {
    Lookup,
    Value,
}

/// Which class; the position in [`CLASSES`].
#[derive(Clone, Copy)]
enum Which {
    UnknownModel,
    UnknownEncoding,
    UnknownSpecial,
    UnknownToken,
    MissingRate,
    NotExact,
    InvalidUtf8,
    RefusedSpecial,
    BadVocabulary,
    BadUsage,
    BadRequest,
    WindowExceeded,
    InvalidValue,
}

const CLASSES: [Class; 13] = [
    Class {
        name: "UnknownModel",
        kind: Kind::Lookup,
        doc: "A model was named that the catalog does not have, or did not have on the day asked for.",
    },
    Class { name: "UnknownEncoding", kind: Kind::Lookup, doc: "An encoding was named that is not embedded." },
    Class {
        name: "UnknownSpecial",
        kind: Kind::Lookup,
        doc: "A special token was named that the encoding does not have.",
    },
    Class { name: "UnknownToken", kind: Kind::Lookup, doc: "A token id was given that the encoding does not have." },
    Class { name: "MissingRate", kind: Kind::Lookup, doc: "A price is wanted that the catalog does not have." },
    Class {
        name: "NotExact",
        kind: Kind::Lookup,
        doc: "An exact count is wanted of a model whose vocabulary is not public.",
    },
    Class {
        name: "InvalidUtf8",
        kind: Kind::Value,
        doc: "Bytes given as text, or decoded from tokens, are not UTF-8.",
    },
    Class { name: "RefusedSpecial", kind: Kind::Value, doc: "The text holds a special token that the caller refuses." },
    Class { name: "BadVocabulary", kind: Kind::Value, doc: "A vocabulary could not be loaded." },
    Class {
        name: "BadUsage",
        kind: Kind::Value,
        doc: "A response states a usage that cannot be, or none, or is no response.",
    },
    Class {
        name: "BadRequest",
        kind: Kind::Value,
        doc: "A request or an answer is none, or not in its format, or is nested too deep.",
    },
    Class {
        name: "WindowExceeded",
        kind: Kind::Value,
        doc: "A request, or the output it asks for, is more than a model takes or gives, or may be.",
    },
    Class {
        name: "InvalidValue",
        kind: Kind::Value,
        doc: "A value that nothing can be done with: a chunk of no tokens, a day the calendar does not have.",
    },
];

/// The class objects: `Error`, and those of [`CLASSES`] in order.
struct Types {
    error: Py<PyType>,
    classes: Vec<Py<PyType>>,
}

static TYPES: PyOnceLock<Types> = PyOnceLock::new();

fn types(py: Python<'_>) -> PyResult<&Types> {
    TYPES.get_or_try_init(py, || {
        let exception = py.get_type::<PyException>();
        let error = new_type("Error", (exception,).into_pyobject(py)?, "Any error of tokenfare.")?;
        let classes = CLASSES.iter().map(|class| {
            let kind = match class.kind {
                Kind::Lookup => py.get_type::<PyLookupError>(),
                Kind::Value => py.get_type::<PyValueError>(),
            };
            Ok(new_type(class.name, (&error, kind).into_pyobject(py)?, class.doc)?.unbind())
        });
        Ok(Types { classes: classes.collect::<PyResult<_>>()?, error: error.unbind() })
    })
}

fn new_type<'py>(name: &str, bases: Bound<'py, PyTuple>, doc: &str) -> PyResult<Bound<'py, PyType>> {
    let py = bases.py();
    let namespace = PyDict::new(py);
    namespace.set_item("__module__", "tokenfare")?;
    namespace.set_item("__doc__", doc)?;
    Ok(py.get_type::<PyType>().call1((name, bases, namespace))?.cast_into()?)
}

/// Adds the classes to the module.
pub(crate) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let types = types(module.py())?;
    module.add("Error", &types.error)?;
    CLASSES.iter().zip(&types.classes).try_for_each(|(class, ty)| module.add(class.name, ty))
}

/// Makes an exception of one class, with its facts.
fn exception(
    py: Python<'_>,
    which: Which,
    message: &str,
    facts: impl FnOnce(&Bound<'_, PyAny>) -> PyResult<()>,
) -> PyErr {
    let made = types(py).and_then(|types| {
        let value = types.classes[which as usize].bind(py).call1((message,))?;
        facts(&value)?;
        Ok(PyErr::from_value(value))
    });
    made.unwrap_or_else(|error| error)
}

/// Makes the Python exception of an error.
pub(crate) fn raise(error: impl Into<tokenfare::Error>) -> PyErr {
    let error = error.into();
    Python::attach(|py| of(py, &error, &error.to_string()))
}

/// Makes the Python exception of an error that says more than the error does.
pub(crate) fn raise_with(error: &tokenfare::Error, message: &str) -> PyErr {
    Python::attach(|py| of(py, error, message))
}

/// Makes the Python exception of an error, to be handed out and not raised.
pub(crate) fn value_of<'py>(py: Python<'py>, error: &tokenfare::Error) -> Bound<'py, PyAny> {
    of(py, error, &error.to_string()).value(py).clone().into_any()
}

/// Makes the Python exception of an error about a text that Python indexes by characters.
pub(crate) fn raise_in(text: &str, error: impl Into<tokenfare::Error>) -> PyErr {
    let error = error.into();
    Python::attach(|py| {
        let raised = of(py, &error, &error.to_string());
        let characters = error
            .engine()
            .and_then(|engine| engine.offset())
            .and_then(|offset| Some(text.get(..offset)?.chars().count()));
        match characters.map(|characters| raised.value(py).setattr("offset", characters)) {
            Some(Err(error)) => error,
            _ => raised,
        }
    })
}

/// Says of an exception about one of many texts which it is, if that is not said.
pub(crate) fn at_index(error: PyErr, index: usize) -> PyErr {
    Python::attach(|py| match error.value(py).hasattr("index") {
        Ok(true) => error.value(py).setattr("index", index).err().unwrap_or(error),
        _ => error,
    })
}

fn of(py: Python<'_>, error: &tokenfare::Error, message: &str) -> PyErr {
    let plain = |which| exception(py, which, message, |_| Ok(()));
    let suggesting = |which| exception(py, which, message, |it| it.setattr("suggestions", error.suggestions()));
    if error.is_unknown_model() {
        suggesting(Which::UnknownModel)
    } else if error.is_unknown_encoding() {
        suggesting(Which::UnknownEncoding)
    } else if error.is_missing_rate() {
        plain(Which::MissingRate)
    } else if error.is_bad_usage() {
        plain(Which::BadUsage)
    } else if error.is_not_exact() {
        plain(Which::NotExact)
    } else if error.is_malformed_request() {
        plain(Which::BadRequest)
    } else if error.is_window_exceeded() {
        exception(py, Which::WindowExceeded, message, |it| {
            it.setattr("over_by", error.over_by())?;
            it.setattr("limit", error.limit().map(|limit| limit.as_str()))?;
            it.setattr("fits_output", error.fits_output())
        })
    } else {
        let Some(engine) = error.engine() else { return plain(Which::InvalidValue) };
        if engine.is_invalid_utf8() {
            exception(py, Which::InvalidUtf8, message, |it| {
                it.setattr("offset", engine.offset())?;
                it.setattr("index", py.None())
            })
        } else if engine.is_refused_special() {
            exception(py, Which::RefusedSpecial, message, |it| {
                it.setattr("token", engine.token())?;
                it.setattr("offset", engine.offset())
            })
        } else if engine.is_unknown_special() {
            exception(py, Which::UnknownSpecial, message, |it| it.setattr("token", engine.token()))
        } else if engine.is_unknown_token() {
            let id = engine.token().and_then(|id| id.parse::<u32>().ok());
            exception(py, Which::UnknownToken, message, |it| it.setattr("token", id))
        } else if engine.is_bad_vocabulary() {
            exception(py, Which::BadVocabulary, message, |it| it.setattr("place", engine.place()))
        } else {
            plain(Which::InvalidValue)
        }
    }
}

/// Makes the exception of what is no request, no answer or no message.
pub(crate) fn bad_request(message: &str) -> PyErr {
    Python::attach(|py| exception(py, Which::BadRequest, message, |_| Ok(())))
}

/// Makes the exception of a value that nothing can be done with.
pub(crate) fn invalid_value(message: &str) -> PyErr {
    Python::attach(|py| exception(py, Which::InvalidValue, message, |_| Ok(())))
}

/// Makes the exception of a token id that is no `u32`, which no encoding has.
pub(crate) fn unknown_token(encoding: &str, id: &Bound<'_, PyAny>) -> PyErr {
    exception(id.py(), Which::UnknownToken, &format!("`{encoding}` has no token {id}"), |it| it.setattr("token", id))
}
