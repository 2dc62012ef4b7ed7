//! What shows that tokenfare is exact: oracles, texts to ask them about, and the promises that must hold.
//!
//! Three oracles stand one behind the other. The [`mod@reference`] is tiktoken-rs. The [`definition`] is
//! the published pattern run by a regex engine and byte-pair encoding as the books write it, in quadratic time. The
//! [`oracle`] is ours: it shares no code with the engine, is held against the definition on short texts, and answers in
//! reasonable time where the reference panics and the definition never ends.
#![forbid(unsafe_code)]

pub mod atoms;
pub mod cases;
pub mod definition;
pub mod encodings;
pub mod oracle;
pub mod patterns;
pub mod promises;
pub mod ranks;
pub mod reference;
pub mod scripts;
pub mod seeds;
pub mod set;
pub mod vectors;
