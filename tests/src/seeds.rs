//! Seeds for the fuzz targets: what each should begin from, so that it need not find the formats by itself.

use crate::patterns::published;
use crate::ranks::tiktoken_file;
use crate::scripts::LETTERS;
use crate::{promises, vectors};
use serde_json::{Value, json};
use std::collections::HashSet;
use tokenfare::Pattern;

/// A promise of bytes, its name, and seeds for it.
pub struct Target {
    /// The name of the fuzz target.
    pub name: &'static str,
    /// What must hold.
    pub promise: fn(&[u8]),
    /// Where to begin.
    pub seeds: Vec<Vec<u8>>,
}

/// Returns every fuzz target.
#[must_use]
pub fn targets() -> [Target; 7] {
    let target = |name, promise, seeds: &[Vec<u8>]| Target { name, promise, seeds: seeds.to_vec() };
    let (texts, tiktoken, json) = (texts(), tiktoken_files(), json_files());
    let all_texts = [&texts[..], &scripts(), &edges()].concat();
    [
        target("encode_is_the_definition", promises::encode_is_the_definition, &all_texts),
        target("count_is_encode_len", promises::count_is_encode_len, &texts),
        target("decode_undoes_encode", promises::decode_undoes_encode, &texts),
        target("pieces_rejoin", promises::pieces_rejoin, &texts),
        target("load_tiktoken_never_panics", promises::load_tiktoken_never_panics, &tiktoken),
        target("load_json_never_panics", promises::load_json_never_panics, &json),
        target("requests_never_panic", promises::requests_never_panic, &requests()),
    ]
}

/// The texts of the stored vectors, each once, and bytes that are no text.
fn texts() -> Vec<Vec<u8>> {
    let mut seen = HashSet::new();
    let texts = vectors::stored().into_iter().map(|vector| vector.text().into_owned().into_bytes());
    texts.filter(|text| seen.insert(text.clone())).chain([(0..=255).collect()]).collect()
}

/// Words of each script, of one letter and more, from all over it.
fn scripts() -> Vec<Vec<u8>> {
    let words = |letters: &[char]| {
        let letter = |i: usize| letters[i * 7919 % letters.len()];
        let text: String =
            (0..60).map(|i| if [3, 7, 8, 20].contains(&(i % 30)) { ' ' } else { letter(i * i + i) }).collect();
        text.into_bytes()
    };
    LETTERS.iter().map(|(_, letters)| words(letters)).collect()
}

/// Characters beyond ASCII that begin at every place of a window of sixty-four bytes.
fn edges() -> Vec<Vec<u8>> {
    let text = |before: usize| "a".repeat(before) + "é жжж 中文中文, რრ👍🏽 क्षि 한국어 ".repeat(3).as_str();
    (0..64).map(|before| text(before).into_bytes()).collect()
}

/// The 256 bytes, and tokens made of them.
fn tokens() -> Vec<Vec<u8>> {
    let words = ["hi", "th", "the", " the", "in", "ing", " t", "é", "中", "  ", "\n\n", "aa", "aaaa", "'s"];
    (0..=255).map(|byte| vec![byte]).chain(words.map(|word| word.as_bytes().to_vec())).collect()
}

fn tiktoken_files() -> Vec<Vec<u8>> {
    let good = tiktoken_file(&tokens());
    let (bytes, words) = good.split_at(good.find(" 256\n").unwrap_or(good.len()).saturating_sub(4));
    let first_line = good.find('\n').map_or(0, |end| end + 1);
    [
        good.clone(),
        good.replace('\n', "\r\n"),
        bytes.to_owned(),
        good[first_line..].to_owned(),
        format!("{bytes}aGk= 300\naGkh 301\n"),
        format!("{bytes}aGkh 256\naGk= 257\n"),
        format!("{bytes}aGk= 4294967295\n"),
        format!("{bytes}aGk= 256\naGk= 257\n"),
        words.to_owned(),
        "= 0\nAA== -1\nAA 1\nAA==\n AA== 2".to_owned(),
        String::new(),
    ]
    .map(String::into_bytes)
    .to_vec()
}

/// A byte as `tokenizer.json` writes it: as itself if it can be seen, else as one of the characters from U+0100 on.
#[must_use]
pub fn written(byte: u8) -> char {
    let seen = |byte: u8| matches!(byte, b'!'..=b'~' | 0xA1..=0xAC | 0xAE..);
    if seen(byte) {
        return char::from(byte);
    }
    let before = (0..byte).filter(|&byte| !seen(byte)).count();
    u32::try_from(before).ok().and_then(|before| char::from_u32(0x100 + before)).unwrap_or_default()
}

/// Bytes as `tokenizer.json` writes them.
#[must_use]
pub fn written_all(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| written(byte)).collect()
}

/// A `tokenizer.json` with a pattern, and with these tokens by id and merges in order.
#[must_use]
pub fn tokenizer_json(pattern: Pattern, tokens: &[Vec<u8>], merges: &[(Vec<u8>, Vec<u8>)]) -> Value {
    let vocabulary: serde_json::Map<String, Value> =
        tokens.iter().enumerate().map(|(id, token)| (written_all(token), id.into())).collect();
    let merges: Vec<[String; 2]> = merges.iter().map(|(left, right)| [written_all(left), written_all(right)]).collect();
    let split =
        |regex: &&str| json!({"type": "Split", "pattern": {"Regex": regex}, "behavior": "Isolated", "invert": false});
    // The one spelling that Hugging Face's regex engine would read otherwise.
    let regexes = published(pattern).iter().map(|regex| regex.replace("{1,3}+", "{1,3}"));
    let mut steps: Vec<Value> = regexes.map(|regex| split(&regex.as_str())).collect();
    steps.push(json!({"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false}));
    json!({
        "version": "1.0",
        "truncation": null,
        "padding": null,
        "added_tokens": [],
        "normalizer": null,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": steps},
        "post_processor": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": false, "use_regex": true},
        "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
        "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
            "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false, "ignore_merges": false,
            "vocab": vocabulary, "merges": merges},
    })
}

/// The requests of the stored vectors, and answers of each form.
fn requests() -> Vec<Vec<u8>> {
    let vectors = include_str!("../vectors/requests.jsonl").lines().map(|line| {
        let vector: Value = serde_json::from_str(line).expect("the vectors are JSON");
        vector["request"].to_string().into_bytes()
    });
    let answers = [
        r#"{"choices":[{"finish_reason":"stop","message":{"content":"hello","tool_calls":[{"function":{"name":"f","arguments":"{}"}}]}}]}"#,
        r#"{"status":"completed","output":[{"type":"message","content":[{"type":"output_text","text":"hello"}]},{"type":"function_call","name":"f","arguments":"{}"}]}"#,
    ];
    vectors.chain(answers.map(|answer| answer.as_bytes().to_vec())).collect()
}

fn json_files() -> Vec<Vec<u8>> {
    let pair = |left: &str, right: &str| (left.as_bytes().to_vec(), right.as_bytes().to_vec());
    let merges = [pair("h", "i"), pair("t", "h"), pair("th", "e"), pair(" ", "the"), pair("a", "a"), pair("aa", "aa")];
    let file = |pattern| tokenizer_json(pattern, &tokens(), &merges);
    let mut files: Vec<Value> = Pattern::ALL.into_iter().map(file).collect();
    let added = |id: u32, name: &str, special: bool, normalized: bool| {
        json!({"id": id, "content": name, "special": special, "normalized": normalized,
            "single_word": false, "lstrip": false, "rstrip": false})
    };
    let mut changed = |path: &str, value: Value| {
        let mut file = file(Pattern::Llama3);
        if let Some(place) = file.pointer_mut(path) {
            *place = value;
        }
        files.push(file);
    };
    changed("/normalizer", json!({"type": "NFC"}));
    changed("/added_tokens", json!([added(300, "<end>", true, false), added(301, "<tool>", false, false)]));
    changed("/added_tokens", json!([added(300, "é", false, true), added(301, "e\u{301}x", false, false)]));
    changed("/model/ignore_merges", json!(true));
    changed("/model/merges", json!(["#version: 0.2", "h i", "t h"]));
    changed(
        "/pre_tokenizer",
        json!({"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}),
    );
    changed("/decoder", json!(null));
    files
        .into_iter()
        .map(|file| file.to_string().into_bytes())
        .chain([b"{}".to_vec(), b"[[[[".to_vec(), vec![]])
        .collect()
}
