//! Loaded vocabularies: the published ones give the ids they give embedded, and any others what the definition gives.

use proptest::prelude::*;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use tokenfare::{Encoding, Pattern};
use tokenfare_tests::ranks::{ranks, tiktoken_file};
use tokenfare_tests::{atoms, cases, definition, reference::known, seeds};

/// SHA-256 of the four published files.
const PUBLISHED: [(&str, &str); 4] = [
    ("r50k_base", "306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930"),
    ("p50k_base", "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069"),
    ("cl100k_base", "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"),
    ("o200k_base", "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"),
];

#[test]
fn the_packed_ranks_are_the_published_files_to_the_byte() {
    for (name, digest) in PUBLISHED {
        let found = Sha256::digest(ranks(name).tiktoken_file());
        let found: String = found.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(found, digest, "{name}");
    }
}

#[test]
fn every_token_decodes_to_its_bytes_and_no_other_id_does() {
    for (name, _) in PUBLISHED {
        let (ours, ranks) = (known(name).ours(), ranks(name));
        let specials: HashMap<u32, &str> = ours.special_tokens().map(|(name, id)| (id, name)).collect();
        for id in 0..ranks.tokens.len() as u32 + 2_000 {
            let expected = match ranks.tokens.get(id as usize) {
                Some(token) if !token.is_empty() => Some(*token),
                _ => specials.get(&id).map(|name| name.as_bytes()),
            };
            assert_eq!(ours.token_bytes(id).as_deref(), expected, "{name} {id}");
            assert_eq!(ours.decode_bytes(&[id]).ok().as_deref(), expected, "{name} {id}");
        }
    }
}

#[test]
fn every_token_that_is_text_encodes_as_in_the_reference() {
    for (name, _) in PUBLISHED {
        let (ours, reference) = (known(name).ours(), known(name).reference());
        for token in &ranks(name).tokens {
            if let Ok(text) = std::str::from_utf8(token) {
                assert_eq!(ours.encode(text), reference.encode_ordinary(text), "{name} {text:?}");
            }
        }
    }
}

#[test]
fn a_published_file_loads_to_the_ids_it_gives_embedded() {
    for (name, _) in PUBLISHED {
        let embedded = known(name).ours();
        let specials = embedded.special_tokens().map(|(name, id)| (name.to_owned(), id)).collect();
        let file = ranks(name).tiktoken_file();
        let loaded = Encoding::from_tiktoken(name, file.as_bytes(), embedded.pattern(), specials).unwrap();
        assert_eq!(loaded.vocabulary_size(), embedded.vocabulary_size(), "{name}");
        assert!(loaded.special_tokens().eq(embedded.special_tokens()), "{name}");
        cases::hold(3_000, &atoms::texts(), |text| {
            prop_assert_eq!(loaded.encode(&text), embedded.encode(&text), "{}", name);
            Ok(())
        });
    }
}

/// The 256 bytes in some order, and after them tokens of a few bytes that overlap and tie in every way.
fn vocabularies() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let few = prop_oneof![
        3 => prop::collection::vec(prop::sample::select(&b"ab"[..]), 2..9),
        3 => prop::collection::vec(prop::sample::select(&b"abc "[..]), 2..5),
        // Parts of characters of two, three and four bytes, and all of them.
        2 => "[éèж中文あ🚀a]{1,3}".prop_flat_map(|text| {
            let bytes = text.into_bytes();
            (0..bytes.len(), 1..=bytes.len()).prop_map(move |(at, length)| {
                bytes[at..bytes.len().min(at + length)].to_vec()
            })
        }),
        1 => prop::collection::vec(any::<u8>(), 2..4),
    ];
    let tokens = prop::collection::vec(few, 0..60);
    (tokens, any::<bool>()).prop_map(|(mut tokens, shortest_first)| {
        if shortest_first {
            tokens.sort_by_key(Vec::len);
        }
        let mut all: Vec<Vec<u8>> = (0..=255).map(|byte| vec![byte]).collect();
        for token in tokens {
            if !all.contains(&token) {
                all.push(token);
            }
        }
        all
    })
}

#[test]
fn any_vocabulary_that_loads_encodes_by_the_definition() {
    let text = prop_oneof![3 => "[ab]{0,90}", 3 => "[abc ]{0,90}", 2 => "[éèж中文あ🚀a]{0,40}", 1 => atoms::texts()];
    let loaded = std::cell::Cell::new(0);
    cases::hold(6_000, &(vocabularies(), prop::collection::vec(text, 1..6)), |(tokens, texts)| {
        let file = tiktoken_file(&tokens);
        let of: HashMap<&[u8], u32> = tokens.iter().map(Vec::as_slice).zip(0..).collect();
        match Encoding::from_tiktoken("any", file.as_bytes(), Pattern::O200k, vec![]) {
            Err(error) => prop_assert!(error.is_bad_vocabulary(), "{}", error),
            Ok(encoding) => {
                loaded.set(loaded.get() + 1);
                for text in texts {
                    let pieces = definition::split(Pattern::O200k, &text);
                    let ids: Vec<u32> =
                        pieces.iter().flat_map(|piece| definition::encode_piece(&of, piece.as_bytes())).collect();
                    prop_assert_eq!(encoding.encode(&text), &ids[..], "{:?}", text);
                    prop_assert_eq!(encoding.count(&text), ids.len(), "{:?}", text);
                }
            }
        }
        Ok(())
    });
    assert!(loaded.get() > cases::in_proportion(1_000), "only {} of the vocabularies loaded", loaded.get());
}

/// Tokens by id, merges in order, and whether a piece that is a token needs no merging.
type Merges = (Vec<Vec<u8>>, Vec<(Vec<u8>, Vec<u8>)>, bool);

/// The 256 bytes in some order, and merges of two tokens there are before: in every order, and some tokens made in two ways.
fn merges() -> impl Strategy<Value = Merges> {
    let bytes = Just((0..=255).map(|byte| vec![byte]).collect::<Vec<Vec<u8>>>()).prop_shuffle();
    let steps = prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..40);
    let letters = prop::sample::select(&["ab", "abc", "ab é中"][..]);
    (bytes, letters, steps, any::<prop::sample::Index>(), any::<bool>()).prop_map(
        |(bytes, letters, steps, spare, ignore)| {
            let mut parts: Vec<Vec<u8>> = letters.bytes().map(|byte| vec![byte]).collect();
            let (mut tokens, mut merges) = (bytes, Vec::new());
            for (left, right) in steps {
                let merge = (left.get(&parts).clone(), right.get(&parts).clone());
                let made = [&merge.0[..], &merge.1].concat();
                if made.len() > 12 || merges.contains(&merge) {
                    continue;
                }
                if !tokens.contains(&made) {
                    parts.push(made.clone());
                    // A token's id says nothing of when it was made.
                    tokens.insert(spare.index(tokens.len() + 1), made);
                }
                merges.push(merge);
            }
            (tokens, merges, ignore)
        },
    )
}

#[test]
fn any_tokenizer_json_that_loads_encodes_by_the_definition() {
    let text = prop_oneof![3 => "[ab]{0,90}", 3 => "[abc ]{0,90}", 2 => "[abé中 ]{0,90}", 1 => atoms::texts()];
    let loaded = std::cell::Cell::new(0);
    cases::hold(4_000, &(merges(), prop::collection::vec(text, 1..6)), |((tokens, merges, ignore), texts)| {
        let mut file = seeds::tokenizer_json(Pattern::Llama3, &tokens, &merges);
        file["model"]["ignore_merges"] = ignore.into();
        let ids: HashMap<&[u8], u32> = tokens.iter().map(Vec::as_slice).zip(0..).collect();
        let places = merges.iter().map(|(left, right)| (&left[..], &right[..])).zip(0..).collect();
        match Encoding::from_tokenizer_json("any", file.to_string().as_bytes()) {
            Err(error) => prop_assert!(error.is_bad_vocabulary(), "{}", error),
            Ok(encoding) => {
                loaded.set(loaded.get() + 1);
                for text in texts {
                    let mut expected: Vec<u32> = Vec::new();
                    for piece in definition::split(Pattern::Llama3, &text) {
                        match ids.get(piece.as_bytes()) {
                            Some(&id) if ignore => expected.push(id),
                            _ => {
                                let parts = definition::merge_by_list(&places, piece.as_bytes());
                                expected.extend(parts.iter().map(|part| ids[part]));
                            }
                        }
                    }
                    prop_assert_eq!(encoding.encode(&text), &expected[..], "{:?}", text);
                    prop_assert_eq!(encoding.count(&text), expected.len(), "{:?}", text);
                    prop_assert_eq!(encoding.decode_bytes(&expected), Ok(text.into_bytes()));
                }
            }
        }
        Ok(())
    });
    assert!(loaded.get() > cases::in_proportion(1_000), "only {} of the vocabularies loaded", loaded.get());
}

#[test]
fn the_lines_of_a_file_may_stand_in_any_order() {
    let embedded = known("r50k_base").ours();
    let file = ranks("r50k_base").tiktoken_file();
    let backwards: String = file.lines().rev().flat_map(|line| [line, "\n"]).collect();
    let loaded = Encoding::from_tiktoken("backwards", backwards.as_bytes(), embedded.pattern(), vec![]).unwrap();
    cases::hold(1_000, &atoms::texts(), |text| {
        prop_assert_eq!(loaded.encode(&text), embedded.encode(&text));
        Ok(())
    });
}

#[test]
fn a_file_that_is_no_vocabulary_is_refused_at_its_line() {
    let good = tiktoken_file(&(0..=255_u8).map(|byte| vec![byte]).collect::<Vec<_>>());
    let load = |file: &str| Encoding::from_tiktoken("bad", file.as_bytes(), Pattern::Gpt2, vec![]);
    assert!(load(&good).is_ok());
    assert!(load(&good.replace('\n', "\r\n")).is_ok());
    for (flaw, line) in [
        ("aGk= 255\n", Some("line 257")),                  // a rank twice
        ("aGk= 7\n", Some("line 257")),                    // a rank twice, far away
        ("YQ== 256\n", Some("line 257")),                  // a token twice
        ("aGk 256\n", Some("line 257")),                   // not base64
        ("aGk=\n", Some("line 257")),                      // no rank
        ("aGk= -1\n", Some("line 257")),                   // negative
        ("aGk= 2.5\n", Some("line 257")),                  // no whole number
        ("aGk= 99999999999999999999\n", Some("line 257")), // huge
        ("aGk= 256\n\n= 257\n", Some("line 259")),         // an empty token
        ("aGlq 256\naGk= 257\n", Some("line 257")),        // made of a token that comes later
    ] {
        let error = load(&format!("{good}{flaw}")).unwrap_err();
        assert!(error.is_bad_vocabulary(), "{flaw:?}: {error}");
        assert_eq!(error.place(), line, "{flaw:?}: {error}");
    }
    for short in ["", "AA== 0\n", &good[9..]] {
        assert!(load(short).unwrap_err().is_bad_vocabulary(), "{:?}", &short[..short.len().min(9)]);
    }
}
