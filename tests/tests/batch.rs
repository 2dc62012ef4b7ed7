//! A batch gives what its texts give one by one, on any number of threads.

use proptest::prelude::*;
use std::num::NonZeroUsize;
use tokenfare_tests::{atoms, cases, encodings};

#[test]
fn a_batch_counts_and_encodes_as_its_texts_do() {
    // Small batches stay on the caller's thread; repeated past a few jobs of 128 KiB they go to several.
    let batches = (prop::collection::vec(atoms::texts(), 0..40), 1..200_usize);
    cases::hold(40, &batches, |(texts, times)| {
        let batch: Vec<&str> = texts.iter().map(String::as_str).cycle().take(texts.len() * times).collect();
        for encoding in encodings::one_a_pattern() {
            let encoded: Vec<Vec<u32>> = texts.iter().map(|text| encoding.encode(text)).collect();
            let counts: Vec<usize> = batch.iter().zip(encoded.iter().cycle()).map(|(_, ids)| ids.len()).collect();
            assert_eq!(encoding.count_batch(&batch), counts, "{encoding:?}");
            for threads in [1, 2, 3, 8].map(NonZeroUsize::new) {
                assert_eq!(encoding.count_batch_on(&batch, threads), counts, "{encoding:?} on {threads:?}");
                let ids = encoding.encode_batch_on(&batch, threads);
                assert!(ids.iter().eq(encoded.iter().cycle().take(batch.len())), "{encoding:?} on {threads:?}");
            }
        }
        Ok(())
    });
}

#[test]
fn a_batch_of_many_long_texts_counts_as_its_texts_do() {
    let batches = prop::collection::vec(atoms::words(2_000..8_000), 1..12);
    cases::hold(6, &batches, |texts| {
        for encoding in encodings::one_a_pattern() {
            let counts: Vec<usize> = texts.iter().map(|text| encoding.encode(text).len()).collect();
            for threads in [None, NonZeroUsize::new(1), NonZeroUsize::new(2), NonZeroUsize::new(8)] {
                assert_eq!(encoding.count_batch_on(&texts, threads), counts, "{encoding:?} on {threads:?}");
            }
        }
        Ok(())
    });
}

#[test]
fn a_long_text_is_counted_and_encoded_in_parts_as_it_is_alone() {
    let texts = (prop::collection::vec(atoms::texts(), 1..30), 600_000..900_000_usize, 0..3_usize);
    cases::hold(6, &texts, |(texts, length, short)| {
        // Texts may be empty: as many as make the length if there is a byte in each, or one that is long.
        let once: String = texts.concat() + "x ";
        let all = once.repeat(length / once.len() + 1);
        let mut end = length.min(all.len());
        while !all.is_char_boundary(end) {
            end -= 1;
        }
        // With short ones around it, since parts are told from texts by number.
        let mut batch = vec!["short"; short];
        batch.extend([&all[..end], "", "after"]);
        for encoding in encodings::one_a_pattern() {
            let ids: Vec<Vec<u32>> = batch.iter().map(|text| encoding.encode(text)).collect();
            let counts: Vec<usize> = ids.iter().map(Vec::len).collect();
            for threads in [2, 3].map(NonZeroUsize::new) {
                assert_eq!(encoding.count_batch_on(&batch, threads), counts, "{encoding:?} on {threads:?}");
                assert!(encoding.encode_batch_on(&batch, threads) == ids, "{encoding:?} on {threads:?}");
            }
        }
        Ok(())
    });
}
