//! How fast is counting on texts that other tokenizers die of, beside tiktoken-rs where it lives?
//!
//! `cargo bench -p tokenfare-benches --bench hostile`
//!
//! Whether the time grows as the text does is what `--bin scaling` shows.
#![forbid(unsafe_code)]

use std::panic::{self, AssertUnwindSafe};
use tokenfare_benches::{Row, compare, criterion, hostile};

fn main() {
    let mut criterion = criterion();
    let ours = tokenfare::encoding("o200k_base").expect("o200k_base is embedded");
    let reference = tiktoken_rs::o200k_base_singleton();
    let count = |text: &str| ours.count(text);
    let reference_count = |text: &str| reference.count_ordinary(text);
    let mut group = criterion.benchmark_group("hostile/o200k_base");
    for corpus in hostile(1_000_000) {
        let mut rows = vec![Row { name: "tokenfare", before: tokenfare::forget, call: &count }];
        if survives(|| reference_count(&corpus.text)) {
            rows.push(Row { name: "tiktoken-rs", before: || (), call: &reference_count });
        } else {
            // The answer is still asked for twice: on the road that writes ids.
            say(&format!("hostile/o200k_base/tiktoken-rs/{}: panics", corpus.name));
            assert_eq!(ours.count(&corpus.text), ours.encode(&corpus.text).len(), "{}", corpus.name);
        }
        compare(&mut group, &corpus, &rows);
    }
    group.finish();
    criterion.final_summary();
}

/// Whether a call returns. What it says when it panics is kept from the results.
fn survives<T>(call: impl FnOnce() -> T) -> bool {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| ()));
    let returned = panic::catch_unwind(AssertUnwindSafe(call)).is_ok();
    panic::set_hook(hook);
    returned
}

#[expect(clippy::print_stdout, reason = "a line of the results")]
fn say(line: &str) {
    println!("{line}");
}
