//! See `tokenfare_tests::promises::load_json_never_panics`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tokenfare_tests::promises::load_json_never_panics(bytes));
