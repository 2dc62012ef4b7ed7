//! Writes the seeds of every fuzz target to `fuzz/corpus`: `cargo run -p tokenfare-tests --bin seeds`.
#![forbid(unsafe_code)]

use std::fs;
use std::path::Path;
use tokenfare_tests::seeds;

fn main() -> std::io::Result<()> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    for target in seeds::targets() {
        let folder = corpus.join(target.name);
        fs::create_dir_all(&folder)?;
        for (number, seed) in target.seeds.iter().enumerate() {
            fs::write(folder.join(format!("seed-{number}")), seed)?;
        }
    }
    Ok(())
}
