//! Ids and counts are what the definition says: for words that are new, of every script, at every seam and window's edge.

use std::collections::HashSet;
use tokenfare_tests::{cases, promises, scripts, set::Set};

/// Holds texts of each script to the definition, so many.
fn every_script_is_exact(texts: u32, words: std::ops::Range<usize>, letters: std::ops::Range<usize>) {
    for (_, all) in scripts::LETTERS.iter() {
        cases::hold(texts, &scripts::words_of(all, words.clone(), letters.clone()), |text| {
            promises::encode_is_the_definition(text.as_bytes());
            Ok(())
        });
    }
}

#[test]
fn every_letter_and_mark_is_of_a_script() {
    let listed: HashSet<char> = scripts::LETTERS.iter().flat_map(|(_, letters)| letters).copied().collect();
    let left: Vec<char> = Set::of(r"[\p{L}\p{M}]", false).members().filter(|letter| !listed.contains(letter)).collect();
    assert_eq!(left, [], "the list of scripts is not that of Unicode 16");
}

#[test]
fn new_words_of_every_script_are_what_the_definition_says() {
    every_script_is_exact(10, 1..20, 1..12);
}

#[test]
fn long_pieces_of_every_script_are_what_the_definition_says() {
    every_script_is_exact(5, 1..3, 12..200);
}

#[test]
fn characters_that_tokens_bridge_are_what_the_definition_says() {
    cases::hold(2_000, &scripts::seams(), |text| {
        promises::encode_is_the_definition(text.as_bytes());
        Ok(())
    });
}

#[test]
fn characters_at_the_edges_of_windows_are_what_the_definition_says() {
    cases::hold(1_000, &scripts::edges(), |text| {
        promises::encode_is_the_definition(text.as_bytes());
        Ok(())
    });
}
