//! See `tokenfare_tests::promises::decode_undoes_encode`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tokenfare_tests::promises::decode_undoes_encode(bytes));
