//! Is counting linear on hostile texts? Times each at two sizes and prints the slope of time over size, where 1.00 is linear.
//!
//! `cargo run --release -p tokenfare-benches --bin scaling [ENCODING]`
#![forbid(unsafe_code)]

use std::time::{Duration, Instant};
use tokenfare_benches::hostile;

const SIZES: [usize; 2] = [100_000, 10_000_000];

fn main() -> Result<(), tokenfare::Error> {
    let name = std::env::args().nth(1).unwrap_or_else(|| "o200k_base".to_owned());
    let encoding = tokenfare::encoding(&name)?;
    say(&format!(
        "{name}: the best of several passes\n| text | ms at 10^5 bytes | ms at 10^7 bytes | ns a byte | slope |"
    ));
    say("|---|---|---|---|---|");
    let (small, large) = (hostile(SIZES[0]), hostile(SIZES[1]));
    for (small, large) in small.iter().zip(&large) {
        let [first, second] =
            [(small, 30), (large, 3)].map(|(corpus, passes)| best(passes, || encoding.count(&corpus.text)));
        let slope = (second.as_secs_f64() / first.as_secs_f64()).log10()
            / (large.text.len() as f64 / small.text.len() as f64).log10();
        let per_byte = second.as_secs_f64() * 1e9 / large.text.len() as f64;
        say(&format!(
            "| {} | {:.2} | {:.1} | {per_byte:.1} | {slope:.2} |",
            small.name,
            first.as_secs_f64() * 1e3,
            second.as_secs_f64() * 1e3
        ));
    }
    Ok(())
}

fn best(passes: usize, work: impl Fn() -> usize) -> Duration {
    let pass = || {
        let start = Instant::now();
        std::hint::black_box(work());
        start.elapsed()
    };
    (0..passes).map(|_| pass()).min().unwrap_or_default()
}

#[expect(clippy::print_stdout, reason = "this is a command, and this is where it speaks")]
fn say(text: &str) {
    println!("{text}");
}
