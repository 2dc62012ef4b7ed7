//! Lays the packed vocabularies out as the tables that the engine reads in place.
#![forbid(unsafe_code)]

use std::path::Path;
use std::{env, fs, thread};

/// The vocabularies with ranks of their own, each behind a feature of its name.
const BASES: [&str; 5] = ["r50k_base", "p50k_base", "cl100k_base", "o200k_base", "claude"];

fn main() {
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR for a build script");
    let big = env::var("CARGO_CFG_TARGET_ENDIAN").is_ok_and(|endian| endian == "big");
    assert!(
        big == cfg!(target_endian = "big"),
        "the tables are laid out in the byte order of the machine that builds: build on one of the target's order"
    );
    println!("cargo::rerun-if-changed=build.rs");
    let lay_out = |name: &str| {
        let packed = fs::read(path(name)).expect("the packed vocabulary is part of the package");
        let block = tokenfare_core::layout::from_packed(&packed).expect("the packed vocabulary is a vocabulary");
        fs::write(Path::new(&out).join(format!("{name}.block")), block).expect("OUT_DIR can be written to");
    };
    thread::scope(|scope| {
        for name in BASES {
            println!("cargo::rerun-if-changed={}", path(name));
            if env::var_os(format!("CARGO_FEATURE_{}", name.to_uppercase())).is_some() {
                scope.spawn(|| lay_out(name));
            }
        }
    });
}

fn path(name: &str) -> String {
    format!("data/{name}.ranks")
}
