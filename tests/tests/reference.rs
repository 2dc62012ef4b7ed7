//! The ids and counts of every embedded encoding equal those of the reference.

use proptest::prelude::*;
use tokenfare_tests::{atoms, cases, reference::known};

fn equals_the_reference(name: &str) {
    let (ours, reference) = (known(name).ours(), known(name).reference());
    for (cases, texts) in [(cases::ORDINARY, atoms::texts()), (cases::ORDINARY / 20, atoms::long_texts())] {
        cases::hold(cases, &texts, |text| {
            let ids = reference.encode_ordinary(&text);
            prop_assert_eq!(ours.encode(&text), &ids[..]);
            prop_assert_eq!(ours.count(&text), ids.len());
            prop_assert_eq!(ours.count(&text), ids.len(), "remembered");
            Ok(())
        });
    }
}

#[test]
fn r50k_base_equals_the_reference() {
    equals_the_reference("r50k_base");
}

#[test]
fn p50k_base_equals_the_reference() {
    equals_the_reference("p50k_base");
}

#[test]
fn p50k_edit_equals_the_reference() {
    equals_the_reference("p50k_edit");
}

#[test]
fn cl100k_base_equals_the_reference() {
    equals_the_reference("cl100k_base");
}

#[test]
fn o200k_base_equals_the_reference() {
    equals_the_reference("o200k_base");
}

#[test]
fn o200k_harmony_equals_the_reference() {
    equals_the_reference("o200k_harmony");
}
