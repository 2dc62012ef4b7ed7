//! Where tokens lie in a text, against a plain computation.

use tokenfare_tests::{atoms, cases, encodings};

#[test]
fn tokens_follow_one_another_and_cover_the_characters_they_hold_a_byte_of() {
    cases::hold(2_000, &atoms::texts(), |text| {
        for encoding in encodings::every() {
            let tokens = encoding.encode_with_offsets(&text);
            let ids: Vec<u32> = tokens.iter().map(|token| token.id).collect();
            assert_eq!(ids, encoding.encode(&text), "{encoding:?}");
            let mut at = 0;
            for token in &tokens {
                assert_eq!(token.bytes.start, at, "{encoding:?} {token:?}");
                at = token.bytes.end;
                let bytes = &text.as_bytes()[token.bytes.clone()];
                assert_eq!(encoding.token_bytes(token.id).as_deref(), Some(bytes), "{encoding:?} {token:?}");
                let touched = text.char_indices().enumerate().filter(|(_, (begin, character))| {
                    *begin < token.bytes.end && begin + character.len_utf8() > token.bytes.start
                });
                let touched: Vec<usize> = touched.map(|(index, _)| index).collect();
                assert_eq!(token.chars.clone().collect::<Vec<_>>(), touched, "{encoding:?} {token:?}");
            }
            assert_eq!(at, text.len(), "{encoding:?}");
        }
        Ok(())
    });
}
