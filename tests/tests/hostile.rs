//! Texts that other tokenizers die of: right by the oracle, at any length, and no operation takes for ever.

use tokenfare::Side;
use tokenfare_tests::reference::{ENCODINGS, Known, known};
use tokenfare_tests::{cases, encodings, oracle};

/// Characters at random from a few, the same on every run.
fn random(characters: &str, length: usize) -> String {
    let characters: Vec<char> = characters.chars().collect();
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        characters[(state % characters.len() as u64) as usize]
    };
    std::iter::repeat_with(next).take(length).collect()
}

fn range(characters: std::ops::RangeInclusive<char>) -> String {
    characters.collect()
}

/// Calls `each` with texts of about so many characters and their names, one at a time.
fn every_shape(length: usize, mut each: impl FnMut(&str, String)) {
    let again = |text: &str| text.repeat(length / text.chars().count());
    let shapes: &[(&str, &dyn Fn() -> String)] = &[
        ("spaces", &|| again(" ")),
        ("tabs", &|| again("\t")),
        ("no-break spaces", &|| again("\u{a0}")),
        ("spaces between letters", &|| format!("a{}b", again(" "))),
        ("newlines", &|| again("\n")),
        ("carriage returns and newlines", &|| again("\r\n")),
        ("spaces and newlines", &|| again(" \n")),
        ("one letter", &|| again("a")),
        ("one capital", &|| again("A")),
        ("two letters", &|| again("ab")),
        ("letters at random", &|| random(&range('a'..='z'), length)),
        ("letters of both cases", &|| random(&(range('a'..='z') + &range('A'..='Z')), length)),
        ("two letters at random", &|| random("ab", length)),
        ("a letter and a space", &|| again("a ")),
        ("digits", &|| random(&range('0'..='9'), length)),
        ("carets", &|| again("^")),
        ("symbols at random", &|| random("!#$%&()*+,-./:;<=>?@[]^_`{|}~", length)),
        ("apostrophes", &|| again("'")),
        ("contractions", &|| again("'s")),
        ("symbols, newlines and slashes", &|| random("!/\n", length)),
        ("ideographs at random", &|| random(&range('一'..='龥'), length)),
        ("one ideograph", &|| again("中")),
        ("one georgian letter", &|| again("რ")),
        ("emoji", &|| random("👍👩🚀🇩🇪🏽\u{200d}\u{fe0f}", length)),
        ("letters with marks", &|| again("e\u{301}")),
        ("marks", &|| again("\u{301}")),
        ("thai", &|| random(&range('ก'..='๛'), length)),
        ("hangul", &|| random(&range('가'..='힣'), length)),
        ("cyrillic", &|| random(&range('а'..='я'), length)),
        ("nul", &|| again("\0")),
        ("the last character", &|| again("\u{10ffff}")),
        ("names of special tokens", &|| again("<|endoftext|>")),
        ("anything", &|| random(&(range('\0'..='\u{2ff}') + &range('\u{3000}'..='\u{30ff}')), length)),
    ];
    shapes.iter().for_each(|(name, text)| each(name, text()));
}

fn is_right_on_every_shape(known: &Known, length: usize) {
    every_shape(length, |name, text| {
        let expected = oracle::encode_as(known, &text);
        assert!(known.ours().encode(&text) == expected, "{} {length} {name}", known.name);
        assert_eq!(known.ours().count(&text), expected.len(), "{} {length} {name}", known.name);
    });
}

#[test]
fn a_hundred_thousand_characters_of_every_shape_are_right() {
    for known in ENCODINGS.iter().filter(|known| known.name == known.base) {
        is_right_on_every_shape(known, cases::at_most(100_000));
    }
}

#[test]
fn a_million_of_what_the_reference_dies_of_is_right() {
    let million = cases::at_most(1_000_000);
    for known in [known("cl100k_base"), known("o200k_base")] {
        for text in [" ", "\u{a0}", "\n", "a", "^"].map(|text| text.repeat(million)) {
            assert!(known.ours().encode(&text) == oracle::encode_as(known, &text), "{} {:?}", known.name, &text[..2]);
        }
        let between = format!("a{}b", " ".repeat(million));
        assert!(known.ours().encode(&between) == oracle::encode_as(known, &between), "{}", known.name);
    }
}

#[test]
#[ignore = "minutes and gigabytes; `cargo test --release -p tokenfare-tests --test hostile -- --ignored`"]
fn ten_million_characters_of_every_shape_are_right() {
    for known in ENCODINGS.iter().filter(|known| known.name == known.base) {
        is_right_on_every_shape(known, 10_000_000);
    }
}

#[test]
fn every_operation_comes_to_an_end_on_every_shape() {
    every_shape(cases::at_most(20_000), |name, text| {
        for encoding in encodings::one_a_pattern() {
            let count = encoding.count(&text);
            assert_eq!(encoding.pattern().split(&text).concat(), text, "{encoding:?} {name}");
            assert_eq!(encoding.count_up_to(&text, count).count(), Some(count), "{encoding:?} {name}");
            assert!(!encoding.count_up_to(&text, count - 1).fits(), "{encoding:?} {name}");
            assert_eq!(encoding.encode_with_offsets(&text).len(), count, "{encoding:?} {name}");
            for side in [Side::Start, Side::End] {
                for limit in [1, 100, count / 2, count - 1] {
                    assert!(encoding.count(encoding.truncate(&text, limit, side)) <= limit, "{encoding:?} {name}");
                }
            }
            let chunks = encoding.chunks(&text, 512, 64).expect("512 tokens hold any character");
            let rejoined: String = chunks.iter().map(|chunk| &chunk.text[chunk.overlap..]).collect();
            assert!(rejoined == text, "{encoding:?} {name}");
            let mut counter = encoding.counter();
            let mut rest = text.as_str();
            while !rest.is_empty() {
                let (part, after) = rest.split_at(rest.ceil_char_boundary(50));
                counter.push(part);
                rest = after;
            }
            assert_eq!(counter.count(), count, "{encoding:?} {name}");
        }
    });
}
