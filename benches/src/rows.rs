//! Several ways to one answer, timed one after the other once they have agreed on it.

use crate::Corpus;
use criterion::measurement::WallTime;
use criterion::{BatchSize, BenchmarkGroup, BenchmarkId, Criterion, Throughput};
use std::hint::black_box;
use std::time::Duration;

/// A way to the answer: a line of the results.
pub struct Row<'a, T> {
    /// What it is called in the results.
    pub name: &'static str,
    /// What is done before each call and not timed.
    pub before: fn(),
    /// The call that is timed.
    pub call: &'a dyn Fn(&str) -> T,
}

/// Returns what times calls that take milliseconds: ten samples of each.
#[must_use]
pub fn criterion() -> Criterion {
    Criterion::default().sample_size(10).measurement_time(Duration::from_secs(3)).configure_from_args()
}

/// Times each row on a text.
///
/// # Panics
///
/// If the rows do not give the same answer: a wrong answer has no speed.
pub fn compare<T: PartialEq>(group: &mut BenchmarkGroup<'_, WallTime>, corpus: &Corpus, rows: &[Row<'_, T>]) {
    let answers: Vec<T> = rows.iter().map(|row| (row.call)(&corpus.text)).collect();
    for (answer, row) in answers.iter().zip(rows) {
        // Ids of a megabyte are not for reading, so they are not printed.
        assert!(*answer == answers[0], "{} does not give what {} gives on {}", row.name, rows[0].name, corpus.name);
    }
    group.throughput(Throughput::Bytes(corpus.text.len() as u64));
    for row in rows {
        group.bench_function(BenchmarkId::new(row.name, corpus.name), |bench| {
            bench.iter_batched(row.before, |()| (row.call)(black_box(&corpus.text)), BatchSize::PerIteration);
        });
    }
}
