//! Loading a vocabulary that is not embedded: a `.tiktoken` file, or (feature `json`) a Hugging Face `tokenizer.json`.

#[cfg(feature = "json")]
mod byte_level;
#[cfg(feature = "json")]
mod front;
#[cfg(feature = "json")]
mod json;
#[cfg(not(feature = "json"))]
mod no_front;
#[cfg(feature = "json")]
mod splits;
mod tiktoken;
#[cfg(feature = "json")]
mod tokenizer_json;

#[cfg(feature = "json")]
pub(crate) use front::Front;
#[cfg(not(feature = "json"))]
pub(crate) use no_front::Front;

/// The largest id or rank that is believed: a few times the largest vocabulary there is.
const HIGHEST_ID: u32 = (1 << 21) - 2;
