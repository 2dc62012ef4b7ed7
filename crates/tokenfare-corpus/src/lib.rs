//! Documents at scale.
#![forbid(unsafe_code)]
