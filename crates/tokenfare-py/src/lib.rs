//! The Python extension.
#![forbid(unsafe_code)]
