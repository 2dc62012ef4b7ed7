//! See `tokenfare_tests::promises::encode_is_the_definition`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tokenfare_tests::promises::encode_is_the_definition(bytes));
