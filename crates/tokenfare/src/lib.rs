//! What a Rust user depends on.
#![forbid(unsafe_code)]

mod encoding;
mod error;

pub use encoding::{encoding, encodings};
pub use error::Error;
pub use tokenfare_core::{Chunk, Counter, Encoding, InvalidUtf8, Pattern, Side, Specials, Token, UpTo, text_of};
