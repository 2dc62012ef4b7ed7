//! How fast is encoding, ids written, by kind of text, beside tiktoken-rs in the same run?
//!
//! `cargo bench -p tokenfare-benches --bench encode`
#![forbid(unsafe_code)]

use criterion::{BenchmarkId, Criterion, Throughput};
use std::hint::black_box;
use tokenfare_benches::corpora;

fn main() {
    let mut criterion = Criterion::default().configure_from_args().sample_size(10);
    let ours = tokenfare::encoding("o200k_base").expect("o200k_base is embedded");
    let reference = tiktoken_rs::o200k_base_singleton();
    let mut group = criterion.benchmark_group("encode/o200k_base");
    for corpus in corpora(1 << 20) {
        assert_eq!(ours.encode(&corpus.text), reference.encode_ordinary(&corpus.text), "{}", corpus.name);
        group.throughput(Throughput::Bytes(corpus.text.len() as u64));
        group.bench_function(BenchmarkId::new("tokenfare", corpus.name), |bench| {
            bench.iter(|| ours.encode(black_box(&corpus.text)));
        });
        group.bench_function(BenchmarkId::new("tiktoken-rs", corpus.name), |bench| {
            bench.iter(|| reference.encode_ordinary(black_box(&corpus.text)));
        });
    }
    group.finish();
    criterion.final_summary();
}
