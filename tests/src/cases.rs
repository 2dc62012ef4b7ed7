//! Running a property on many values: how many, from which seed, and what is said when it fails.

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use std::cell::Cell;
use std::sync::Once;

/// The values a comparison with the reference is made on in an ordinary run, an encoding.
pub const ORDINARY: u32 = 20_000;

/// Holds a property to so many values of a strategy, and fails with the smallest value that breaks it.
///
/// `cases` is the number in an ordinary run. `TOKENFARE_CASES` is what [`ORDINARY`] becomes, and all other numbers grow in
/// proportion; `TOKENFARE_SEED` gives other values, and any whole number will do. Same seed, same values.
///
/// # Panics
///
/// If the property does not hold, or one of the two variables is not a number.
pub fn hold<S: Strategy>(cases: u32, values: &S, property: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&variable("TOKENFARE_SEED").unwrap_or(0).to_le_bytes());
    let config = Config {
        cases: in_proportion(cases),
        failure_persistence: None, // a failure becomes a vector, which is read by people
        ..Config::default()
    };
    keep_quiet_while_searching();
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    SEARCHING.set(true);
    let result = runner.run(values, property);
    SEARCHING.set(false);
    if let Err(failure) = result {
        #[expect(clippy::panic, reason = "a property that does not hold fails its test")]
        {
            panic!("{failure}");
        }
    }
}

/// What a number of an ordinary run is in this one: [`ORDINARY`] becomes `TOKENFARE_CASES`, and others grow with it.
///
/// # Panics
///
/// If the variable is not a number.
#[must_use]
pub fn in_proportion(number: u32) -> u32 {
    let wanted = variable("TOKENFARE_CASES").unwrap_or(u64::from(ORDINARY));
    let number = (u64::from(number) * wanted).div_ceil(u64::from(ORDINARY));
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The same, where more than in an ordinary run would be too much.
///
/// # Panics
///
/// If the variable is not a number.
#[must_use]
pub fn at_most(number: u32) -> usize {
    in_proportion(number).min(number) as usize
}

thread_local! {
    /// Whether this thread is looking for the smallest value that breaks a property.
    static SEARCHING: Cell<bool> = const { Cell::new(false) };
}

/// Leaves unsaid the hundreds of panics on the way to the smallest value; the last one is in the failure's message.
fn keep_quiet_while_searching() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let say = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !SEARCHING.get() {
                say(panic);
            }
        }));
    });
}

fn variable(name: &str) -> Option<u64> {
    let value = std::env::var(name).ok()?;
    Some(value.replace('_', "").parse().expect("TOKENFARE_CASES and TOKENFARE_SEED are whole numbers"))
}
