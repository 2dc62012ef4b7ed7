//! The tokenfare command.
#![forbid(unsafe_code)]
fn main() {}
