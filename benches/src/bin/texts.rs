//! Writes the ordinary texts into a folder, for programs that are not linked with this one: `peers/peers.py` asks for them.
//!
//! `cargo run --release -p tokenfare-benches --bin texts -- FOLDER [BYTES]`
#![forbid(unsafe_code)]

use std::path::PathBuf;
use tokenfare_benches::corpora;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("a folder to write to is missing")?);
    let bytes = arguments.next().map_or(Ok(6_000_000), |bytes| bytes.parse())?;
    std::fs::create_dir_all(&folder)?;
    for corpus in corpora(bytes) {
        std::fs::write(folder.join(corpus.name).with_extension("txt"), corpus.text)?;
    }
    Ok(())
}
