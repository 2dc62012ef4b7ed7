//! How long is it from the start of a process to its first count, beside a process that does nothing?
//!
//! `cargo bench -p tokenfare-benches --bench start`
#![forbid(unsafe_code)]

use criterion::Criterion;
use std::process::Command;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("start");
    group.bench_function("a bare process", |bench| bench.iter(|| said(env!("CARGO_BIN_EXE_bare"), &[])));
    for encoding in ["o200k_base", "cl100k_base"] {
        let first_count = || said(env!("CARGO_BIN_EXE_first_count"), &[encoding]);
        assert_eq!(first_count(), "2\n", "{encoding}");
        group.bench_function(encoding, |bench| bench.iter(first_count));
    }
    group.finish();
    criterion.final_summary();
}

/// Runs a program to its end, and returns what it said.
fn said(program: &str, arguments: &[&str]) -> String {
    let done = Command::new(program).args(arguments).output().expect("the program was built with this bench");
    assert!(done.status.success(), "{program}: {}", done.status);
    String::from_utf8(done.stdout).expect("the program says numbers")
}
