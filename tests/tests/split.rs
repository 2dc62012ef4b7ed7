//! The split of every pattern equals that of the published pattern, run by a regex engine.

use proptest::prelude::*;
use tokenfare::{Encoding, Pattern};
use tokenfare_tests::{atoms, cases, definition, oracle, ranks};

fn equals_the_published_pattern(pattern: Pattern) {
    cases::hold(cases::ORDINARY, &atoms::texts(), |text| {
        prop_assert_eq!(pattern.split(&text), definition::split(pattern, &text));
        Ok(())
    });
}

#[test]
fn gpt2_splits_as_published() {
    equals_the_published_pattern(Pattern::Gpt2);
}

#[test]
fn cl100k_splits_as_published() {
    equals_the_published_pattern(Pattern::Cl100k);
}

#[test]
fn llama3_splits_as_published() {
    equals_the_published_pattern(Pattern::Llama3);
}

#[test]
fn qwen2_splits_as_published() {
    equals_the_published_pattern(Pattern::Qwen2);
}

#[test]
fn o200k_splits_as_published() {
    equals_the_published_pattern(Pattern::O200k);
}

#[test]
fn deepseek_v3_splits_as_published() {
    equals_the_published_pattern(Pattern::DeepSeekV3);
}

/// Encoding may find pieces another way than [`Pattern::split`], many at a time.
#[test]
fn every_pattern_encodes_the_pieces_that_are_published() {
    let ranks = ranks::ranks("r50k_base");
    let file = ranks.tiktoken_file();
    for pattern in Pattern::ALL {
        let encoding = Encoding::from_tiktoken(pattern.name(), file.as_bytes(), pattern, vec![]).unwrap();
        cases::hold(10_000, &atoms::texts(), |text| {
            let ids = oracle::encode(pattern, ranks, &text);
            prop_assert_eq!(encoding.encode(&text), &ids[..], "{}", pattern);
            prop_assert_eq!(encoding.count(&text), ids.len(), "{}", pattern);
            Ok(())
        });
    }
}
