//! The stored vectors hold, and are what the reference says.

use std::collections::HashSet;
use tokenfare::{InvalidUtf8, text_of};
use tokenfare_tests::reference::{ENCODINGS, known};
use tokenfare_tests::{oracle, vectors};

#[test]
fn every_stored_vector_holds() {
    for vector in vectors::stored() {
        let (known, text) = (known(&vector.encoding), vector.text());
        let name = format!("{} {}", vector.encoding, vector.name);
        assert_eq!(known.ours().encode(&text), vector.tokens, "{name}");
        assert_eq!(known.ours().count(&text), vector.tokens.len(), "{name}");
        assert_eq!(known.ours().decode_bytes(&vector.tokens).as_deref(), Ok(text.as_bytes()), "{name}");
        assert_eq!(oracle::encode_as(known, &text), vector.tokens, "{name}, by the oracle");
    }
}

#[test]
fn bytes_that_are_not_utf8_are_replaced_as_the_vectors_have_it() {
    let vectors = vectors::stored();
    let bytes = vectors.iter().filter(|vector| vector.bytes.is_some());
    assert!(bytes.clone().count() >= 6 * ENCODINGS.len());
    for vector in bytes {
        let raw =
            base64::Engine::decode(&base64::engine::general_purpose::STANDARD, vector.bytes.as_ref().unwrap()).unwrap();
        assert_eq!(text_of(&raw, InvalidUtf8::Replace).unwrap(), vector.text(), "{}", vector.name);
        let counted = known(&vector.encoding).ours().count_bytes(&raw, InvalidUtf8::Replace);
        assert_eq!(counted, Ok(vector.tokens.len()), "{} {}", vector.encoding, vector.name);
        assert!(text_of(&raw, InvalidUtf8::Refuse).unwrap_err().is_invalid_utf8(), "{}", vector.name);
    }
}

#[test]
fn the_stored_vectors_are_those_of_the_reference() {
    for known in &ENCODINGS {
        let stored = std::fs::read_to_string(vectors::path(known.name)).unwrap();
        assert!(stored == vectors::lines(&vectors::ask(known)), "{}: write the vectors again", known.name);
    }
}

#[test]
fn each_name_stands_once_for_each_encoding() {
    let vectors = vectors::stored();
    let names: HashSet<(&str, &str)> =
        vectors.iter().map(|vector| (vector.encoding.as_str(), vector.name.as_str())).collect();
    assert_eq!(names.len(), vectors.len());
}
