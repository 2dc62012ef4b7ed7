//! Does nothing: what a process costs that counts nothing. `benches/start.rs` starts it.
#![forbid(unsafe_code)]

fn main() {}
