//! See `tokenfare_tests::promises::count_is_encode_len`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tokenfare_tests::promises::count_is_encode_len(bytes));
