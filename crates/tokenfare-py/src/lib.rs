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

/// The compiled part of `tokenfare`; import that.
#[pyo3::pymodule]
mod _tokenfare {
    use crate::exceptions;
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::catalog::Catalog;
    #[pymodule_export]
    use crate::cost::{Compared, Cost, Costs, Line, Usage, compare, cost, costs, usage};
    #[pymodule_export]
    use crate::encoding::{Chunk, Counter, Encoding, Token, count, count_batch, encoding, encodings};
    #[pymodule_export]
    use crate::models::{Model, Price, as_of, model, models, price};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))?;
        exceptions::add_to(module)
    }
}
