//! The fuzz targets hold on their seeds, whole, cut off, and with bytes changed: fuzzing for those who have no nightly.

use proptest::prelude::*;
use proptest::sample::Index;
use tokenfare_tests::{cases, seeds};

fn holds(name: &str, cases: u32) {
    let target = seeds::targets().into_iter().find(|target| target.name == name).expect("there is such a target");
    for seed in &target.seeds {
        (target.promise)(seed);
    }
    let change = (any::<Index>(), prop_oneof![any::<u8>(), prop::sample::select(&b" \n\"[]{}:,0123456789=-A/"[..])]);
    let changes = (any::<Index>(), prop::collection::vec(change, 0..4), prop::option::weighted(0.2, any::<Index>()));
    cases::hold(cases, &changes, |(seed, changes, end)| {
        let mut bytes = seed.get(&target.seeds).clone();
        if let Some(end) = end {
            bytes.truncate(end.index(bytes.len() + 1));
        }
        if !bytes.is_empty() {
            for (at, byte) in changes {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
        }
        (target.promise)(&bytes);
        Ok(())
    });
}

#[test]
fn encode_is_the_definition() {
    holds("encode_is_the_definition", 2_000);
}

#[test]
fn count_is_encode_len() {
    holds("count_is_encode_len", 2_000);
}

#[test]
fn decode_undoes_encode() {
    holds("decode_undoes_encode", 2_000);
}

#[test]
fn pieces_rejoin() {
    holds("pieces_rejoin", 2_000);
}

#[test]
fn load_tiktoken_never_panics() {
    holds("load_tiktoken_never_panics", 2_000);
}

#[test]
fn load_json_never_panics() {
    holds("load_json_never_panics", 2_000);
}

#[test]
fn requests_never_panic() {
    holds("requests_never_panic", 2_000);
}
