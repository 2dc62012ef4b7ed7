//! What do more threads give, on documents of a few kilobytes?
//!
//! `cargo bench -p tokenfare-benches --bench batch`
#![forbid(unsafe_code)]

use criterion::{BenchmarkId, Criterion, Throughput};
use std::hint::black_box;
use std::num::NonZeroUsize;
use tokenfare_benches::corpora;

fn main() {
    let mut criterion = Criterion::default().configure_from_args().sample_size(20);
    let ours = tokenfare::encoding("o200k_base").expect("o200k_base is embedded");
    let mut group = criterion.benchmark_group("batch/o200k_base");
    for corpus in corpora(6 << 20) {
        let documents: Vec<String> =
            corpus.text.lines().collect::<Vec<_>>().chunks(40).map(|lines| lines.join("\n")).collect();
        let one_by_one: Vec<usize> = documents.iter().map(|document| ours.count(document)).collect();
        group.throughput(Throughput::Bytes(documents.iter().map(|document| document.len() as u64).sum()));
        for threads in [1, 2, 4] {
            let threads = NonZeroUsize::new(threads);
            assert_eq!(ours.count_batch_on(&documents, threads), one_by_one, "{}", corpus.name);
            group.bench_function(BenchmarkId::new(corpus.name, threads.map_or(0, NonZeroUsize::get)), |bench| {
                bench.iter(|| ours.count_batch_on(black_box(&documents), threads));
            });
        }
    }
    group.finish();
    criterion.final_summary();
}
