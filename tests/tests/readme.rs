//! The README's Rust block runs, and prints what the README says.
#![forbid(unsafe_code)]

use std::cell::RefCell;
use std::fmt::Write as _;

thread_local! {
    static PRINTED: RefCell<String> = const { RefCell::new(String::new()) };
}

/// What the block prints goes where the test can read it.
macro_rules! println {
    ($($what:tt)*) => {{
        // Outside of the closure, so that a `?` in it leaves the block.
        let line = format!($($what)*);
        PRINTED.with_borrow_mut(|printed| writeln!(printed, "{line}").expect("writing to a string cannot fail"));
    }};
}

include!(concat!(env!("OUT_DIR"), "/readme.rs"));

#[test]
fn the_readme_prints_what_it_says() {
    readme().unwrap();
    assert_eq!(PRINTED.take(), PROMISED);
}
