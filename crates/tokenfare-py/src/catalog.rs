//! The catalog that is asked: the bundled one, or one with files laid over it.

use crate::arguments;
use crate::exceptions::{invalid_value, raise};
use crate::models::{self, Model, Price, day_of};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use std::borrow::Cow;
use tokenfare::read;

/// Models and their prices: those of this version, and what is laid over them.
#[pyclass(frozen, module = "tokenfare")]
pub(crate) struct Catalog {
    asked: &'static tokenfare::Catalog,
}

#[pymethods]
impl Catalog {
    /// Returns the catalog of this version.
    #[staticmethod]
    fn bundled() -> Self {
        Self { asked: tokenfare::Catalog::bundled() }
    }

    /// Returns this catalog with a file laid over it.
    #[pyo3(signature = (file, *, force = false))]
    fn overlay(&self, file: &Bound<'_, PyAny>, force: bool) -> PyResult<Self> {
        let (name, content) = content(file)?;
        let text = std::str::from_utf8(&content)
            .map_err(|error| invalid_value(&format!("{name} is not UTF-8 from byte {}", error.valid_up_to())))?;
        let read = read::read(&name, text).map_err(raise)?;
        let encodings: Vec<&str> = tokenfare::encodings().collect();
        let laid = self.asked.with(&[read], &encodings, force).map_err(|error| {
            if error.is_outdated() { invalid_value(&format!("{error} with `force=True`")) } else { raise(error) }
        })?;
        // What was found in it may outlive every name for it: it is kept until the process ends.
        Ok(Self { asked: Box::leak(Box::new(laid)) })
    }

    /// Returns the model of an id or alias.
    #[pyo3(signature = (id, at = None, *, provider = None))]
    fn model(
        &self,
        id: &Bound<'_, PyAny>,
        at: Option<&Bound<'_, PyAny>>,
        provider: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Model> {
        models::find(self.asked, id, at, provider)
    }

    /// Returns the models of which an id or alias matches a pattern of `*` and `?`.
    #[pyo3(signature = (pattern = None), text_signature = "($self, pattern='*')")]
    fn models(&self, pattern: Option<&Bound<'_, PyAny>>) -> PyResult<Vec<Model>> {
        models::matching(self.asked, pattern)
    }

    /// Returns the prices of a model on a day, under the terms of a request.
    #[pyo3(signature = (id, *, at = None, tier = None, prompt = None, region = None, provider = None))]
    fn price(
        &self,
        id: &Bound<'_, PyAny>,
        at: Option<&Bound<'_, PyAny>>,
        tier: Option<&Bound<'_, PyAny>>,
        prompt: Option<&Bound<'_, PyAny>>,
        region: Option<&Bound<'_, PyAny>>,
        provider: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Price> {
        self.model(id, at, provider)?.price(at, tier, prompt, region)
    }

    /// The day up to which all prices were compared with their sources.
    #[getter]
    fn as_of<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        day_of(py, Some(self.asked.as_of()))
    }

    fn __repr__(&self) -> String {
        format!("<{:?}>", self.asked)
    }
}

/// `catalog`: the one that is asked.
pub(crate) fn asked(catalog: Option<&Bound<'_, PyAny>>) -> PyResult<&'static tokenfare::Catalog> {
    let Some(catalog) = catalog else { return Ok(tokenfare::Catalog::bundled()) };
    match catalog.cast::<Catalog>() {
        Ok(catalog) => Ok(catalog.get().asked),
        Err(_) => Err(arguments::wrong_type("catalog", "a `Catalog`", catalog)),
    }
}

/// What messages call a file, and what is in it: it is given by its path, or as it is.
fn content<'a>(file: &'a Bound<'_, PyAny>) -> PyResult<(String, Cow<'a, [u8]>)> {
    let given = |content| Ok(("the file given".to_owned(), content));
    if let Ok(bytes) = file.cast::<PyBytes>() {
        return given(Cow::Borrowed(bytes.as_bytes()));
    }
    if let Ok(text) = file.cast::<PyString>() {
        let text = arguments::str_text(text)?;
        // No path has two lines, and every file has more.
        if text.contains('\n') {
            return given(Cow::Owned(text.into_owned().into_bytes()));
        }
    }
    let path = file.py().import("pathlib")?.getattr("Path")?.call1((file,))?;
    let content = path.call_method0("read_bytes")?.cast_into::<PyBytes>()?.as_bytes().to_vec();
    Ok((path.str()?.to_string(), Cow::Owned(content)))
}
