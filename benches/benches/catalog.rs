//! How long is it until a model is found, by its id, an alias, or an alias on a day; and until the catalog is first used?
//!
//! `cargo bench -p tokenfare-benches --bench catalog`
#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "what is measured once is said here")]

use criterion::Criterion;
use std::hint::black_box;
use std::time::Instant;
use tokenfare::{Catalog, Date, Meter};

fn main() {
    // Before anything else has touched it.
    let start = Instant::now();
    let first = tokenfare::model("claude-sonnet-4-5").map(|model| model.price(day()).is_ok());
    let first_use = start.elapsed();
    assert_eq!(first.ok(), Some(true));

    let mut criterion = Criterion::default().configure_from_args();
    let catalog = Catalog::bundled();
    let mut group = criterion.benchmark_group("catalog");
    for (what, name, id) in [
        ("an id", "gpt-4o-2024-08-06", "gpt-4o-2024-08-06"),
        ("an alias", "gpt-4o-mini", "gpt-4o-mini-2024-07-18"),
        ("behind its provider", "openai/gpt-4o-mini", "gpt-4o-mini-2024-07-18"),
    ] {
        assert_eq!(catalog.model(name).map(|found| found.id().to_owned()), Ok(id.to_owned()));
        group.bench_function(what, |bench| bench.iter(|| catalog.model(black_box(name)).is_ok()));
    }
    assert_eq!(catalog.model_at("gpt-4o", day()).map(|found| found.id()), Ok("gpt-4o-2024-08-06"));
    group.bench_function("an alias on a day", |bench| {
        bench.iter(|| catalog.model_at(black_box("gpt-4o"), day()).is_ok());
    });
    let model = catalog.model("gpt-4o").expect("it is known");
    group.bench_function("a rate on a day", |bench| bench.iter(|| model.rate_at(black_box(Meter::Output), day())));
    group.finish();
    criterion.final_summary();
    println!("first use: {first_use:?}");
}

fn day() -> Date {
    black_box(Date::new(2026, 11, 20).expect("a day of the calendar"))
}
