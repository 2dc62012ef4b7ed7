//! See `tokenfare_tests::promises::pieces_rejoin`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tokenfare_tests::promises::pieces_rejoin(bytes));
