//! What does a call cost that counts a few words, another text each time?
//!
//! `cargo bench -p tokenfare-benches --bench small`
#![forbid(unsafe_code)]

use criterion::{BenchmarkId, Criterion, Throughput};
use std::hint::black_box;
use tokenfare_benches::corpora;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let ours = tokenfare::encoding("o200k_base").expect("o200k_base is embedded");
    let reference = tiktoken_rs::o200k_base_singleton();
    let mut group = criterion.benchmark_group("small/o200k_base");
    let prose = corpora(1 << 20).swap_remove(0).text;
    for bytes in [13, 100, 900] {
        let texts: Vec<String> = prose
            .chars()
            .collect::<Vec<_>>()
            .chunks_exact(bytes)
            .take(1000)
            .map(|text| text.iter().collect())
            .collect();
        for text in &texts {
            assert_eq!(ours.count(text), reference.encode_ordinary(text).len(), "{text}");
        }
        group.throughput(Throughput::Elements(1));
        let mut another = texts.iter().cycle();
        let mut next = || another.next().expect("a cycle does not end");
        group.bench_function(BenchmarkId::new("tokenfare", bytes), |bench| {
            bench.iter(|| ours.count(black_box(next())));
        });
        group.bench_function(BenchmarkId::new("tiktoken-rs", bytes), |bench| {
            bench.iter(|| reference.encode_ordinary(black_box(next())).len());
        });
    }
    group.finish();
    criterion.final_summary();
}
