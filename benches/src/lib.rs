//! What the benches share: texts that anyone with a clone can make again, and how two counts are set beside each other.
#![forbid(unsafe_code)]

mod rows;
mod texts;

pub use rows::{Row, compare, criterion};
pub use texts::{Corpus, Numbers, corpora, hostile};
