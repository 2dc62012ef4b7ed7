//! See `tokenfare_tests::promises::requests_never_panic`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tokenfare_tests::promises::requests_never_panic(bytes));
