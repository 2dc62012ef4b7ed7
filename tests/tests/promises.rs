//! Count is the length of encode, decode undoes encode, pieces rejoin: on texts of the scanners' atoms and on any bytes.

use proptest::prelude::*;
use tokenfare::InvalidUtf8;
use tokenfare_tests::{atoms, cases, encodings, promises};

#[test]
fn count_is_the_length_of_encode_and_count_up_to_agrees() {
    cases::hold(3_000, &atoms::texts(), |text| {
        promises::count_is_encode_len(text.as_bytes());
        Ok(())
    });
}

#[test]
fn count_up_to_agrees_at_every_limit() {
    cases::hold(1_000, &atoms::texts(), |text| {
        for encoding in encodings::one_a_pattern() {
            let tokens = encoding.count(&text);
            for limit in 0..=tokens + 1 {
                let counted = encoding.count_up_to(&text, limit);
                assert_eq!(counted.count(), (tokens <= limit).then_some(tokens), "{encoding:?} up to {limit}");
                assert_eq!(counted.fits(), tokens <= limit, "{encoding:?} up to {limit}");
            }
        }
        Ok(())
    });
}

#[test]
fn decode_undoes_encode() {
    cases::hold(3_000, &atoms::texts(), |text| {
        promises::decode_undoes_encode(text.as_bytes());
        Ok(())
    });
}

#[test]
fn pieces_rejoin() {
    cases::hold(5_000, &atoms::texts(), |text| {
        promises::pieces_rejoin(text.as_bytes());
        Ok(())
    });
}

#[test]
fn a_long_text_counts_what_it_encodes_to() {
    // Long enough for the memory of short segments, with many of them, many that share a place in it, and some that differ
    // only in the NULs at their end.
    let texts = prop_oneof![3 => atoms::words(1_000..5_000), 3 => atoms::long_texts(), 1 => "[!?\0 ]{4200,6000}"];
    cases::hold(150, &texts, |text| {
        promises::count_is_encode_len(text.as_bytes());
        Ok(())
    });
}

#[test]
fn bytes_that_are_not_utf8_count_as_replaced_or_are_refused_at_the_first() {
    cases::hold(5_000, &atoms::bytes(), |bytes| {
        let replaced = String::from_utf8_lossy(&bytes);
        for encoding in encodings::one_a_pattern() {
            let counted = encoding.count_bytes(&bytes, InvalidUtf8::Replace);
            assert_eq!(counted, Ok(encoding.count(&replaced)), "{encoding:?}");
            match (std::str::from_utf8(&bytes), encoding.count_bytes(&bytes, InvalidUtf8::Refuse)) {
                (Ok(text), counted) => assert_eq!(counted, Ok(encoding.count(text)), "{encoding:?}"),
                (Err(invalid), Err(error)) => {
                    assert!(error.is_invalid_utf8(), "{error}");
                    assert_eq!(error.offset(), Some(invalid.valid_up_to()), "{encoding:?}");
                }
                (Err(_), Ok(count)) => panic!("{encoding:?} counted {count} tokens in what is not text"),
            }
        }
        Ok(())
    });
}
