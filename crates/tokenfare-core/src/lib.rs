//! The engine of tokenfare: bytes in, tokens out. No data files, no IO, no model names.
//!
//! ```text
//! text → scan → pieces → bpe → tokens
//! ```
//!
//! An [`Encoding`] is a split [`Pattern`], a vocabulary and its special tokens. It counts, encodes and decodes; finds
//! where tokens lie in a text, truncates and cuts a text by tokens, and counts text that is still growing.
//! Counting is exact for every text and linear in its length, whatever the text is.
//!
//! # Features
//!
//! - `rayon` (default): batches on all processors.
//! - `json`: vocabularies from Hugging Face `tokenizer.json` files.
#![deny(unsafe_code)]

mod append;
#[cfg(feature = "rayon")]
mod batch;
mod bpe;
mod cut;
mod encoding;
mod error;
pub mod layout;
mod load;
mod offset;
mod scan;
mod simd;
mod special;
mod unicode;
mod utf8;

pub use append::Counter;
#[cfg(feature = "rayon")]
pub use batch::in_parallel;
pub use bpe::forget;
pub use cut::{Chunk, Side};
pub use encoding::{Encoding, UpTo};
pub use error::Error;
pub use offset::Token;
pub use scan::Pattern;
pub use special::Specials;
pub use utf8::{InvalidUtf8, text_of};
