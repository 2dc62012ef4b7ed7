//! Takes the Rust block of the README and the output it promises out, for `tests/readme.rs` to run one and hold it to the other.
#![forbid(unsafe_code)]

use std::path::Path;
use std::{env, fs};

fn main() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    println!("cargo::rerun-if-changed={}", readme.display());
    println!("cargo::rerun-if-changed=build.rs");
    let text = fs::read_to_string(&readme).expect("the README is beside the tests");
    let (_, after) = text.split_once("```rust\n").expect("the README has a Rust block");
    let (code, after) = after.split_once("```").expect("the block ends");
    let (_, after) = after.split_once("```output\n").expect("the block's output follows it");
    let (output, _) = after.split_once("```").expect("the output ends");
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR for a build script");
    let program = format!(
        "fn readme() -> Result<(), tokenfare::Error> {{\n{code}\nOk(())\n}}\nconst PROMISED: &str = {output:?};\n"
    );
    fs::write(Path::new(&out).join("readme.rs"), program).expect("OUT_DIR can be written to");
}
