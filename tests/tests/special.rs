//! Special tokens are allowed, refused and read as text just as the reference and its rules have it.

use proptest::prelude::*;
use proptest::sample::select;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;
use tokenfare::Specials;
use tokenfare_tests::reference::{ENCODINGS, Known};
use tokenfare_tests::{atoms, cases};

/// Names of special tokens of some encoding, whole and in part.
const NAMES: &[&str] = &[
    "<|endoftext|>",
    "<|fim_prefix|>",
    "<|fim_middle|>",
    "<|fim_suffix|>",
    "<|endofprompt|>",
    "<|startoftext|>",
    "<|start|>",
    "<|end|>",
    "<|message|>",
    "<|channel|>",
    "<|reserved_200013|>",
    "<|reserved_201087|>",
    "<|reserved_201088|>",
    "<|endoftext",
    "|>",
    "<|",
    "<",
];

fn texts() -> impl Strategy<Value = String> {
    let part = prop_oneof![select(NAMES).prop_map(str::to_owned), atoms::atom()];
    prop::collection::vec(part, 0..12).prop_map(|parts| parts.concat())
}

/// Those of `names` that both we and the reference have.
fn shared(known: &Known, names: Vec<&'static str>) -> HashSet<&'static str> {
    static BOTH: LazyLock<HashMap<&str, HashSet<&str>>> = LazyLock::new(|| {
        let both = |known: &Known| {
            let ours: HashSet<&str> = known.ours().special_tokens().map(|(name, _)| name).collect();
            (known.name, known.reference().special_tokens().intersection(&ours).copied().collect())
        };
        ENCODINGS.iter().map(both).collect()
    });
    names.into_iter().filter(|name| BOTH[known.name].contains(name)).collect()
}

#[test]
fn those_that_are_allowed_become_tokens_as_in_the_reference() {
    cases::hold(4_000, &(texts(), prop::sample::subsequence(NAMES, 0..NAMES.len())), |(text, allowed)| {
        for known in &ENCODINGS {
            let allowed = shared(known, allowed.clone());
            let specials = allowed.iter().fold(Specials::ordinary(), |specials, &name| specials.allow(name));
            let expected = known.reference().encode(&text, &allowed).expect("a short text is encoded").0;
            assert_eq!(
                known.ours().encode_with(&text, &specials).as_ref(),
                Ok(&expected),
                "{} {allowed:?}",
                known.name
            );
            assert_eq!(known.ours().count_with(&text, &specials), Ok(expected.len()), "{} {allowed:?}", known.name);
            assert_eq!(known.ours().decode_bytes(&expected).as_deref(), Ok(text.as_bytes()), "{}", known.name);
        }
        Ok(())
    });
}

#[test]
fn all_are_allowed_but_those_that_are_text() {
    for known in &ENCODINGS {
        let theirs = known.reference().special_tokens();
        // The reference's harmony does not know `<|endofprompt|>`, which its namesake in Python does.
        let ours_alone = known.ours().special_tokens().map(|(name, _)| name).filter(|name| !theirs.contains(name));
        let all = ours_alone.fold(Specials::allow_all(), |specials, name| specials.as_text(name));
        cases::hold(700, &(texts(), prop::sample::subsequence(NAMES, 0..NAMES.len())), |(text, ordinary)| {
            let ordinary = shared(known, ordinary);
            let specials = ordinary.iter().fold(all.clone(), |specials, &name| specials.as_text(name));
            let allowed = theirs.difference(&ordinary).copied().collect();
            let expected = known.reference().encode(&text, &allowed).expect("a short text is encoded").0;
            assert_eq!(known.ours().encode_with(&text, &specials), Ok(expected), "{} {ordinary:?}", known.name);
            Ok(())
        });
    }
}

#[test]
fn the_first_that_is_refused_is_an_error_at_its_place() {
    cases::hold(4_000, &(texts(), prop::sample::subsequence(NAMES, 0..NAMES.len())), |(text, refused)| {
        for known in &ENCODINGS {
            let refused = shared(known, refused.clone());
            let specials = refused.iter().fold(Specials::allow_all(), |specials, &name| specials.refuse(name));
            // No name can begin inside another, so the first of each is the first there is.
            let first = refused.iter().filter_map(|name| Some((text.find(name)?, *name))).min();
            match (known.ours().encode_with(&text, &specials), first) {
                (Err(error), Some((offset, name))) => {
                    assert!(error.is_refused_special(), "{error}");
                    assert_eq!(
                        (error.offset(), error.token().as_deref()),
                        (Some(offset), Some(name)),
                        "{}",
                        known.name
                    );
                    assert_eq!(known.ours().count_with(&text, &specials).as_ref(), Err(&error), "{}", known.name);
                }
                (Ok(_), None) => {}
                (encoded, first) => panic!("{} {refused:?}: {encoded:?} where {first:?} is refused", known.name),
            }
        }
        Ok(())
    });
}

#[test]
fn a_name_is_ordinary_text_unless_it_is_allowed() {
    cases::hold(2_000, &texts(), |text| {
        for known in &ENCODINGS {
            let ids = known.reference().encode_ordinary(&text);
            assert_eq!(known.ours().encode(&text), ids, "{}", known.name);
            assert_eq!(known.ours().encode_with(&text, &Specials::ordinary()), Ok(ids), "{}", known.name);
        }
        Ok(())
    });
}

#[test]
fn a_name_that_the_encoding_does_not_have_is_an_error() {
    for known in &ENCODINGS {
        let error = known.ours().encode_with("text", &Specials::ordinary().allow("<|none|>")).unwrap_err();
        assert!(error.is_unknown_special(), "{error}");
        assert_eq!(error.token().as_deref(), Some("<|none|>"));
    }
}

#[test]
fn each_special_token_is_that_of_the_reference_and_decodes_to_its_name() {
    for known in &ENCODINGS {
        for (name, id) in known.ours().special_tokens() {
            let decoded = known.ours().decode(&[id]).expect("a special token is known");
            // One id of harmony has two names, and decodes to the first.
            assert!(
                decoded == name || (name, &*decoded) == ("<|reserved_200018|>", "<|endofprompt|>"),
                "{name} {decoded}"
            );
            if known.reference().special_tokens().contains(name) {
                let theirs = known.reference().encode(name, &HashSet::from([name])).expect("a name is encoded").0;
                assert_eq!(theirs, [id], "{} {name}", known.name);
            }
        }
        let ours: HashSet<&str> = known.ours().special_tokens().map(|(name, _)| name).collect();
        assert!(known.reference().special_tokens().is_subset(&ours), "{}", known.name);
    }
}
