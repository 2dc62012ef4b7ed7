//! A growing text counts what it would count at once, however it is parted; and the rule of seams that this rests on.

use proptest::prelude::*;
use proptest::sample::Index;
use std::sync::LazyLock;
use tokenfare::Pattern;
use tokenfare_tests::set::Set;
use tokenfare_tests::{atoms, cases, encodings};

#[test]
fn a_growing_text_counts_what_all_of_it_counts() {
    let parts = (atoms::texts(), prop::collection::vec(any::<Index>(), 0..8));
    cases::hold(2_000, &parts, |(text, cuts)| {
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| text.floor_char_boundary(cut.index(text.len() + 1))).collect();
        cuts.push(text.len());
        cuts.sort_unstable();
        for encoding in encodings::every() {
            let (mut counter, mut at) = (encoding.counter(), 0);
            for &cut in &cuts {
                counter.push(&text[at..cut]);
                at = cut;
                assert_eq!(counter.count(), encoding.count(&text[..at]), "{encoding:?} {:?} of {cuts:?}", &text[..at]);
            }
        }
        Ok(())
    });
}

#[test]
fn a_text_that_grows_by_a_character_counts_what_all_of_it_counts() {
    cases::hold(1_000, &atoms::texts(), |text| {
        for encoding in encodings::one_a_pattern() {
            let mut counter = encoding.counter();
            for (at, character) in text.char_indices() {
                let end = at + character.len_utf8();
                counter.push(&text[at..end]);
                assert_eq!(counter.count(), encoding.count(&text[..end]), "{encoding:?} {:?}", &text[..end]);
            }
        }
        Ok(())
    });
}

/// The rule of seams, restated: which characters before, and which after.
static SEAMS: LazyLock<[(Set, Set); 3]> = LazyLock::new(|| {
    [
        (r"\p{L}", r"[\p{N}\s\p{P}\p{S}--']"),
        (r"\p{N}", r"[\p{L}\p{M}\s\p{P}\p{S}--']"),
        (r"[\p{P}\p{S}--']", r"[\p{N}\s--[\r\n]]"),
    ]
    .map(|(before, after)| (Set::of(before, false), Set::of(after, false)))
});

#[test]
fn a_text_splits_at_a_seam_as_if_it_were_two() {
    cases::hold(10_000, &atoms::texts(), |text| {
        let characters = text.char_indices().zip(text.chars().skip(1));
        let is_seam = |before, after| SEAMS.iter().any(|seam| seam.0.holds(before) && seam.1.holds(after));
        let seams = characters.filter(|((_, before), after)| is_seam(*before, *after));
        for seam in seams.map(|((at, before), _)| at + before.len_utf8()) {
            let (left, right) = text.split_at(seam);
            for pattern in Pattern::ALL {
                let parts = [pattern.split(left), pattern.split(right)].concat();
                assert_eq!(parts, pattern.split(&text), "{pattern} {left:?} {right:?}");
            }
        }
        Ok(())
    });
}
