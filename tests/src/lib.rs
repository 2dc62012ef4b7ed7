//! Oracles.
#![forbid(unsafe_code)]
