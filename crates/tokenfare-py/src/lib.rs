//! The Python door: conversions and exceptions. What is counted and priced, and how, is said in `tokenfare`.
#![forbid(unsafe_code)]

mod arguments;
mod catalog;
mod cost;
mod counting;
mod encoding;
mod exceptions;
mod models;
mod object;
mod requests;
mod tally;

/// The compiled part of `tokenfare`; import that.
#[pyo3::pymodule]
mod _tokenfare {
    use crate::exceptions;
    use crate::tally::__getattr__;
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::catalog::Catalog;
    #[pymodule_export]
    use crate::cost::{Compared, Cost, Costs, Line, Usage, compare, cost, costs, usage};
    #[pymodule_export]
    use crate::encoding::{Chunk, Counter, Encoding, Token, count, count_batch, encoding, encodings};
    #[pymodule_export]
    use crate::models::{Model, Price, as_of, model, models, price};
    #[pymodule_export]
    use crate::requests::{
        Billed, Calibration, Conversation, Correction, Media, Overrun, Window, count_output, count_request,
        estimate_text, window,
    };
    #[pymodule_export]
    use crate::tally::{Count, Part};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))?;
        // One is made when it is first asked for.
        module.setattr("__getattr__", wrap_pyfunction!(__getattr__, module)?)?;
        module.index()?.append("Exactness")?;
        exceptions::add_to(module)
    }
}
