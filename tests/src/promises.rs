//! The promises that no list of cases can hold, one function each: fuzz targets call them, and ordinary tests too.
//!
//! A promise that is broken panics. Bytes that should be text are read as text with replacements.

use crate::encodings::every;
use crate::oracle;
use crate::ranks::ranks;
use crate::reference::ENCODINGS;
use tokenfare::{Answer, Conversation, Encoding, Hints, Part, Pattern, Request};

/// The count of a text is the number of its tokens, also where counting stops at a limit.
///
/// # Panics
///
/// If it is not.
pub fn count_is_encode_len(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for encoding in every() {
        let tokens = encoding.encode(&text).len();
        assert_eq!(encoding.count(&text), tokens, "{encoding:?} {text:?}");
        for limit in [tokens / 2, tokens.saturating_sub(1), tokens, tokens + 1] {
            let counted = encoding.count_up_to(&text, limit).count();
            assert_eq!(counted, (tokens <= limit).then_some(tokens), "{encoding:?} up to {limit} of {text:?}");
        }
    }
}

/// The ids of a text are those that the definition gives, and its count is how many they are, in a text that is counted
/// anew and in one that is remembered.
///
/// # Panics
///
/// If they are not.
pub fn encode_is_the_definition(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for encoding in every() {
        // Encodings that are not embedded are loaded with these ranks.
        let known = ENCODINGS.iter().find(|known| known.name == encoding.name());
        let ids = oracle::encode(encoding.pattern(), ranks(known.map_or("r50k_base", |known| known.base)), &text);
        assert_eq!(encoding.encode(&text), ids, "{encoding:?} {text:?}");
        for _ in 0..2 {
            assert_eq!(encoding.count(&text), ids.len(), "{encoding:?} {text:?}");
        }
    }
}

/// What a text was encoded to decodes to the text.
///
/// # Panics
///
/// If it does not.
pub fn decode_undoes_encode(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for encoding in every() {
        let ids = encoding.encode(&text);
        assert_eq!(encoding.decode_bytes(&ids).as_deref(), Ok(text.as_bytes()), "{encoding:?}");
        assert_eq!(encoding.decode(&ids).as_deref(), Ok(&*text), "{encoding:?}");
    }
}

/// The pieces of a text are not empty, and joined they are the text.
///
/// # Panics
///
/// If one is, or they are not.
pub fn pieces_rejoin(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for pattern in Pattern::ALL {
        let pieces = pattern.split(&text);
        assert!(pieces.iter().all(|piece| !piece.is_empty()), "{pattern} {text:?}: {pieces:?}");
        assert_eq!(pieces.concat(), text, "{pattern}");
    }
}

/// A `.tiktoken` file of any bytes is loaded or refused, and what was loaded keeps the other promises.
///
/// # Panics
///
/// If a promise is broken.
pub fn load_tiktoken_never_panics(file: &[u8]) {
    for pattern in [Pattern::Gpt2, Pattern::O200k] {
        if let Ok(encoding) = Encoding::from_tiktoken("fuzz", file, pattern, vec![("<|end|>".to_owned(), 1 << 20)]) {
            loaded_keeps_promises(&encoding, &String::from_utf8_lossy(&file[..file.len().min(4_096)]));
        }
    }
}

/// A `tokenizer.json` file of any bytes is loaded or refused, and what was loaded keeps the promises that hold for all.
///
/// # Panics
///
/// If a promise is broken.
pub fn load_json_never_panics(file: &[u8]) {
    if let Ok(encoding) = Encoding::from_tokenizer_json("fuzz", file) {
        loaded_keeps_promises(&encoding, &String::from_utf8_lossy(&file[..file.len().min(4_096)]));
    }
}

/// What is loaded may change a text before it encodes it, so it is the changed text that must come back.
fn loaded_keeps_promises(encoding: &Encoding, text: &str) {
    let ids = encoding.encode(text);
    assert_eq!(encoding.count(text), ids.len());
    assert_eq!(encoding.decode_bytes(&ids).as_deref(), Ok(encoding.normalize(text).as_bytes()));
}

/// A request of any bytes is refused, or counted: its parts add up, its bounds hold the count, and it counts the same when it
/// has grown message by message. An answer of any bytes is refused or counted too.
///
/// # Panics
///
/// If it is not.
pub fn requests_never_panic(bytes: &[u8]) {
    for name in ["gpt-4o", "gpt-5", "gpt-5.4"] {
        let model = tokenfare::model(name).expect("it is known");
        if let Ok(request) = Request::from_slice(bytes)
            && let Ok(count) = model.count_request(&request)
        {
            let sum = |number: fn(&Part) -> u64| count.parts.iter().map(number).fold(0, u64::saturating_add);
            assert_eq!((sum(|part| part.tokens), sum(|part| part.low)), (count.tokens, count.low), "{request:?}");
            assert!(count.low <= count.tokens && count.tokens <= count.high, "{request:?}");
            let grown = Conversation::new(model, request.clone(), Hints::default()).expect("it was counted");
            assert_eq!(grown.count(), count, "{request:?}");
            model.window(&request).expect("it was counted");
        }
        if let Some(answer) = std::str::from_utf8(bytes).ok().and_then(|text| Answer::from_json(text).ok()) {
            let _ = model.count_output(&answer, None);
        }
    }
}
