//! Every scalar value, alone and among neighbours that each branch looks at, has the ids of the reference.

use std::sync::atomic::{AtomicUsize, Ordering};
use tokenfare::Pattern;
use tokenfare_tests::reference::{ENCODINGS, Known, known};
use tokenfare_tests::{cases, definition};

/// The places a character is tried in; `@` is the character. The first [`ORDINARY`] are tried in every run.
const CONTEXTS: &[&str] = &[
    "@",
    "A@b",
    " @ ",
    "'@",
    "1@2",
    "!@\n",
    "\u{301}@A",
    "@@",
    "a@",
    "@a",
    "\n@\n",
    "!@!",
    "中@",
    "中@字的",
    "@'s",
    "  @",
    "@/\n",
];

const ORDINARY: usize = 8;

/// Calls `each` with every scalar value, on all processors; with one in so many, where fewer cases than in an ordinary run are
/// asked for.
fn every_scalar(each: impl Fn(char) + Sync) {
    let one_in = cases::ORDINARY as usize / cases::at_most(cases::ORDINARY).max(1);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let block = next.fetch_add(1, Ordering::Relaxed) as u32;
                    if block >= 0x1100 {
                        break;
                    }
                    let block = block << 8..(block + 1) << 8;
                    block.filter_map(char::from_u32).step_by(one_in).for_each(&each);
                }
            });
        }
    });
}

fn every_scalar_has_the_ids_of_the_reference(known: &Known) {
    let (ours, reference) = (known.ours(), known.reference());
    every_scalar(|character| {
        for context in CONTEXTS {
            let text = context.replace('@', character.encode_utf8(&mut [0; 4]));
            let ids = reference.encode_ordinary(&text);
            assert_eq!(ours.encode(&text), ids, "{} {text:?}", known.name);
            assert_eq!(ours.count(&text), ids.len(), "{} {text:?}", known.name);
        }
    });
}

#[test]
#[ignore = "minutes; `cargo test --release -p tokenfare-tests --test exhaustion -- --ignored`"]
fn every_scalar_in_r50k_base() {
    every_scalar_has_the_ids_of_the_reference(known("r50k_base"));
}

#[test]
#[ignore = "minutes; `cargo test --release -p tokenfare-tests --test exhaustion -- --ignored`"]
fn every_scalar_in_p50k_base() {
    every_scalar_has_the_ids_of_the_reference(known("p50k_base"));
}

#[test]
#[ignore = "minutes; `cargo test --release -p tokenfare-tests --test exhaustion -- --ignored`"]
fn every_scalar_in_cl100k_base() {
    every_scalar_has_the_ids_of_the_reference(known("cl100k_base"));
}

#[test]
#[ignore = "minutes; `cargo test --release -p tokenfare-tests --test exhaustion -- --ignored`"]
fn every_scalar_in_o200k_base() {
    every_scalar_has_the_ids_of_the_reference(known("o200k_base"));
}

fn every_scalar_splits_as_published(contexts: &[&str]) {
    every_scalar(|character| {
        let character = character.to_string();
        for context in contexts {
            let text = context.replace('@', &character);
            for pattern in Pattern::ALL {
                assert_eq!(pattern.split(&text), definition::split(pattern, &text), "{pattern} {text:?}");
            }
        }
    });
}

#[test]
fn every_scalar_splits_as_published_in_every_pattern() {
    every_scalar_splits_as_published(&CONTEXTS[..ORDINARY]);
}

#[test]
#[ignore = "minutes; `cargo test --release -p tokenfare-tests --test exhaustion -- --ignored`"]
fn every_scalar_splits_as_published_in_every_pattern_and_the_rarer_places() {
    every_scalar_splits_as_published(&CONTEXTS[ORDINARY..]);
}

#[test]
fn every_scalar_alone_has_the_ids_of_the_reference() {
    every_scalar(|character| {
        let text = character.to_string();
        // Where it is cut off on both sides it may be counted by its code.
        let between = format!("中{character}字的");
        for known in &ENCODINGS {
            assert_eq!(known.ours().encode(&text), known.reference().encode_ordinary(&text), "{} {text:?}", known.name);
            if character.len_utf8() == 3 {
                let ids = known.ours().encode(&between);
                assert_eq!(known.ours().count(&between), ids.len(), "{} {between:?}", known.name);
            }
        }
    });
}
