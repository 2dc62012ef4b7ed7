//! Truncation and chunks do what their definitions say, at every limit, size and overlap.

use proptest::prelude::*;
use tokenfare::{Encoding, Side};
use tokenfare_tests::{atoms, cases, encodings};

/// Where the tokens of a text begin and end, in bytes.
fn places(encoding: &Encoding, ids: &[u32]) -> Vec<usize> {
    let lengths = ids.iter().map(|&id| encoding.token_bytes(id).expect("an encoded id is known").len());
    let mut places = vec![0];
    places.extend(lengths.scan(0, |at, length| {
        *at += length;
        Some(*at)
    }));
    places
}

/// The most tokens of one end of a text, at most `limit`, that are whole characters and count at most `limit` on their own.
fn truncated<'t>(encoding: &Encoding, text: &'t str, places: &[usize], limit: usize, side: Side) -> &'t str {
    let tokens = places.len() - 1;
    let part = |kept: usize| match side {
        Side::End => text.get(..places[kept]),
        Side::Start => text.get(places[tokens - kept]..),
    };
    let fits = |part: &&str| encoding.count(part) <= limit;
    (0..=limit.min(tokens)).rev().find_map(|kept| part(kept).filter(fits)).expect("no text has no tokens")
}

/// Holds a truncation to its definition; where that has nothing but the empty text, what is kept ends between characters.
fn truncates_by_the_definition(encoding: &Encoding, text: &str, places: &[usize], limit: usize, side: Side) {
    let what = format!("{encoding:?} {limit} {side:?}");
    let kept = encoding.truncate(text, limit, side);
    assert!(encoding.count(kept) <= limit, "{what}: {kept:?}");
    let expected = truncated(encoding, text, places, limit, side);
    if !expected.is_empty() {
        assert_eq!(kept, expected, "{what}");
        return;
    }
    let (at_its_end, first) = match side {
        Side::End => (text.starts_with(kept), text.chars().next()),
        Side::Start => (text.ends_with(kept), text.chars().next_back()),
    };
    assert!(at_its_end, "{what}: {kept:?}");
    let has_room = first.is_some_and(|first| encoding.count(&first.to_string()) <= limit);
    assert_eq!(!kept.is_empty(), has_room, "{what}: {kept:?}");
}

#[test]
fn truncation_keeps_the_most_tokens_that_are_whole_characters_and_fit_on_their_own() {
    cases::hold(800, &atoms::texts(), |text| {
        for encoding in encodings::one_a_pattern() {
            let places = places(encoding, &encoding.encode(&text));
            for limit in 0..=places.len() {
                truncates_by_the_definition(encoding, &text, &places, limit, Side::Start);
                truncates_by_the_definition(encoding, &text, &places, limit, Side::End);
            }
        }
        Ok(())
    });
}

#[test]
fn truncation_of_a_long_text_is_the_same_as_of_a_short_one() {
    // So long that the beginning is left out of the search for the last tokens.
    cases::hold(100, &(atoms::long_texts(), 0..200_usize), |(text, limit)| {
        for encoding in encodings::one_a_pattern() {
            let places = places(encoding, &encoding.encode(&text));
            truncates_by_the_definition(encoding, &text, &places, limit, Side::Start);
            truncates_by_the_definition(encoding, &text, &places, limit, Side::End);
        }
        Ok(())
    });
}

/// A chunk as the definition has it: where it begins and ends, and where the one before it ended.
type Range = (usize, usize, usize);

/// Chunks by their definition: each begins with the most tokens of the one before, at most `overlap`, that let it end
/// past that one, and ends as late as `size` tokens allow. `None` if there is no such chunk.
fn chunked(encoding: &Encoding, text: &str, size: usize, overlap: usize) -> Option<Vec<Range>> {
    let tokens = places(encoding, &encoding.encode(text));
    let usable: Vec<usize> = (0..tokens.len()).filter(|&i| text.is_char_boundary(tokens[i])).collect();
    let (mut chunks, mut before) = (Vec::new(), 0);
    while tokens[before] < text.len() {
        let begins = usable.iter().filter(|&&begin| begin <= before && before - begin <= overlap);
        let (begin, end) = begins.clone().find_map(|&begin| {
            let ends = usable.iter().rev().filter(|&&end| end > before && end - begin <= size);
            let fits = |end: &&usize| encoding.count(&text[tokens[begin]..tokens[**end]]) <= size;
            Some((begin, *ends.clone().find(fits)?))
        })?;
        chunks.push((tokens[begin], tokens[end], tokens[before]));
        before = end;
    }
    Some(chunks)
}

#[test]
fn chunks_are_as_long_as_may_be_and_overlap_as_asked() {
    cases::hold(600, &(atoms::texts(), 1..24_usize, any::<prop::sample::Index>()), |(text, size, overlap)| {
        let overlap = overlap.index(size);
        for encoding in encodings::one_a_pattern() {
            let what = format!("{encoding:?} {size} {overlap}");
            let Ok(chunks) = encoding.chunks(&text, size, overlap) else {
                let longest = text.chars().map(|character| encoding.count(&character.to_string())).max();
                assert!(longest > Some(size), "{what}: every character has room");
                continue;
            };
            let ranges: Vec<Range> = chunks
                .iter()
                .map(|chunk| (chunk.start, chunk.start + chunk.text.len(), chunk.start + chunk.overlap))
                .collect();
            // Where tokens bridge characters for longer than a chunk, the definition has none: it is cut between characters.
            if let Some(expected) = chunked(encoding, &text, size, overlap) {
                assert_eq!(ranges, expected, "{what}");
            }
            let rejoined: String = chunks.iter().map(|chunk| &chunk.text[chunk.overlap..]).collect();
            assert_eq!(rejoined, text, "{what}");
            for chunk in &chunks {
                assert_eq!(chunk.text, &text[chunk.start..chunk.start + chunk.text.len()], "{what}");
                assert_eq!(chunk.tokens, encoding.count(chunk.text), "{what}");
                assert!(chunk.tokens <= size && chunk.overlap < chunk.text.len(), "{what}: {chunk:?}");
            }
        }
        Ok(())
    });
}

/// In o200k the tokens of these bridge one character and the next, again and again.
#[test]
fn a_run_in_which_no_token_ends_with_a_character_is_cut_between_characters() {
    let o200k = tokenfare::encoding("o200k_base").unwrap();
    for letter in ["რ", "ం", "រ", "ａ", "\u{e00}"] {
        let text = letter.repeat(3_000);
        for (size, overlap) in [(4, 0), (20, 0), (512, 64)] {
            let chunks = o200k.chunks(&text, size, overlap).unwrap();
            assert!(
                chunks.iter().all(|chunk| chunk.tokens <= size && o200k.count(chunk.text) == chunk.tokens),
                "{letter}"
            );
            let rejoined: String = chunks.iter().map(|chunk| &chunk.text[chunk.overlap..]).collect();
            assert_eq!(rejoined, text);
            assert!(chunks.len() <= 3 * 3_000 / size, "{letter}: {} chunks of {size}", chunks.len());
            for side in [Side::Start, Side::End] {
                let kept = o200k.truncate(&text, size, side);
                assert!(o200k.count(kept) <= size && kept.chars().count() >= size / 3, "{letter} {size} {side:?}");
            }
        }
    }
}

#[test]
fn an_overlap_that_leaves_no_room_is_refused() {
    for encoding in encodings::one_a_pattern() {
        for (size, overlap) in [(0, 0), (1, 1), (3, 3), (3, 9)] {
            assert!(encoding.chunks("some text", size, overlap).is_err(), "{encoding:?} {size} {overlap}");
        }
    }
}
