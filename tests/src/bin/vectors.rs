//! Writes `tests/vectors/*.jsonl` from the reference: `cargo run -p tokenfare-tests --bin vectors`.
#![forbid(unsafe_code)]

use tokenfare_tests::reference::ENCODINGS;
use tokenfare_tests::vectors;

fn main() -> std::io::Result<()> {
    for known in &ENCODINGS {
        std::fs::write(vectors::path(known.name), vectors::lines(&vectors::ask(known)))?;
    }
    Ok(())
}
