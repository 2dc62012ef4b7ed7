//! The oracle of our own, held against the definition where the definition can be asked.

use proptest::prelude::*;
use tokenfare::Pattern;
use tokenfare_tests::{atoms, cases, definition, oracle, ranks};

#[test]
fn its_split_is_that_of_a_regex_engine() {
    cases::hold(4_000, &atoms::texts(), |text| {
        for pattern in Pattern::ALL {
            prop_assert_eq!(oracle::split::split(pattern, &text), definition::split(pattern, &text), "{}", pattern);
        }
        Ok(())
    });
}

#[test]
fn its_merge_is_that_of_the_books() {
    cases::hold(500, &atoms::texts(), |text| {
        for base in ranks::BASES {
            let of = &ranks::ranks(base).of;
            prop_assert_eq!(
                oracle::merge::merge(of, text.as_bytes()),
                definition::merge(of, text.as_bytes()),
                "{}",
                base
            );
        }
        Ok(())
    });
}

#[test]
fn its_merge_is_that_of_the_books_where_ranks_tie_and_parts_come_late() {
    // Few bytes and many tokens of them, in any order of rank.
    let vocabulary = prop::collection::btree_set("[abc]{2,5}", 1..40).prop_map(Vec::from_iter);
    let shuffled = vocabulary.prop_shuffle();
    cases::hold(4_000, &(shuffled, "[abc]{0,60}"), |(tokens, text)| {
        let single = ["a", "b", "c"].map(str::to_owned);
        let of = single.iter().chain(&tokens).map(|token| token.clone().into_bytes()).zip(0..).collect();
        prop_assert_eq!(oracle::merge::merge(&of, text.as_bytes()), definition::merge(&of, text.as_bytes()));
        Ok(())
    });
}
