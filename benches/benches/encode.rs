//! How fast is encoding, ids written, by kind of text, beside tiktoken-rs in the same run?
//!
//! `cargo bench -p tokenfare-benches --bench encode`
#![forbid(unsafe_code)]

use tokenfare_benches::{Row, compare, corpora, criterion};

fn main() {
    let mut criterion = criterion();
    let ours = tokenfare::encoding("o200k_base").expect("o200k_base is embedded");
    let reference = tiktoken_rs::o200k_base_singleton();
    let mut group = criterion.benchmark_group("encode/o200k_base");
    for corpus in corpora(1 << 20) {
        // Encoding remembers no words, so there is no cold and warm.
        let rows = [
            Row { name: "tokenfare", before: || (), call: &|text| ours.encode(text) },
            Row { name: "tiktoken-rs", before: || (), call: &|text| reference.encode_ordinary(text) },
        ];
        compare(&mut group, &corpus, &rows);
    }
    group.finish();
    criterion.final_summary();
}
