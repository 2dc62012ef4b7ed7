//! How fast is counting, by kind of text, first seen and seen before, beside tiktoken-rs in the same run?
//!
//! `cargo bench -p tokenfare-benches --bench count`
//!
//! *Cold* forgets the thread's words before each pass; the processor's caches and the tables' pages stay warm. The first
//! pass of a fresh process is in the table of `benches/README.md`.
#![forbid(unsafe_code)]

use tokenfare_benches::{Row, compare, corpora, criterion};

fn main() {
    let mut criterion = criterion();
    let ours = tokenfare::encoding("o200k_base").expect("o200k_base is embedded");
    let reference = tiktoken_rs::o200k_base_singleton();
    let count = |text: &str| ours.count(text);
    let mut group = criterion.benchmark_group("count/o200k_base");
    for corpus in corpora(1 << 20) {
        let rows = [
            Row { name: "tokenfare cold", before: tokenfare::forget, call: &count },
            Row { name: "tokenfare warm", before: || (), call: &count },
            Row { name: "tiktoken-rs", before: || (), call: &|text| reference.count_ordinary(text) },
        ];
        compare(&mut group, &corpus, &rows);
    }
    group.finish();
    criterion.final_summary();
}
