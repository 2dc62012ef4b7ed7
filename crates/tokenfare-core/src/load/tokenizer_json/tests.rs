//! Small files written by hand: every form that is accepted, and every one that is refused.

use super::*;
use crate::offset::Token as Placed;
use crate::{Side, Specials, UpTo};
use serde_json::{Value, json};

const LLAMA3: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

/// What a token of these bytes is called in a file.
fn called(bytes: &[u8]) -> String {
    let written =
        |byte| (0..0x144).filter_map(char::from_u32).find(|c| byte_level::bytes(&c.to_string()) == Some(vec![byte]));
    bytes.iter().map(|&byte| written(byte).expect("every byte is written with a character")).collect()
}

/// A file with the split of GPT-2, the 256 bytes as tokens 0 to 255, these tokens after them, and these merges.
fn file(tokens: &[&str], merges: &[[&str; 2]]) -> Value {
    let mut vocab: serde_json::Map<String, Value> = (0..=255_u8).map(|byte| (called(&[byte]), byte.into())).collect();
    vocab.extend(tokens.iter().zip(256..).map(|(token, id)| (called(token.as_bytes()), json!(id))));
    let merges: Vec<[String; 2]> = merges.iter().map(|pair| pair.map(|token| called(token.as_bytes()))).collect();
    json!({
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": null,
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
        "post_processor": null,
        "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
        "model": {
            "type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
            "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false, "ignore_merges": false,
            "vocab": vocab, "merges": merges,
        },
    })
}

/// A file with the tokens `ab`, `abc`, `bc`, of which merging makes the first two.
fn abc() -> Value {
    file(&["ab", "abc", "bc"], &[["a", "b"], ["ab", "c"]])
}

fn added(id: u32, content: &str, special: bool, normalized: bool) -> Value {
    json!({"id": id, "content": content, "single_word": false, "lstrip": false, "rstrip": false,
        "normalized": normalized, "special": special})
}

fn with(mut file: Value, pointer: &str, value: Value) -> Value {
    match file.pointer_mut(pointer) {
        Some(there) => *there = value,
        None => {
            let (parent, key) = pointer.rsplit_once('/').expect("a pointer begins with a slash");
            file.pointer_mut(parent).expect("the parent is there")[key] = value;
        }
    }
    file
}

fn without(mut file: Value, parent: &str, key: &str) -> Value {
    file.pointer_mut(parent).and_then(Value::as_object_mut).expect("the parent is there").remove(key);
    file
}

fn load(file: &Value) -> Result<Encoding, Error> {
    Encoding::from_tokenizer_json("tiny", file.to_string().as_bytes())
}

fn loaded(file: &Value) -> Encoding {
    load(file).unwrap_or_else(|error| panic!("{error}"))
}

/// The text's tokens, by what they stand for.
fn tokens(encoding: &Encoding, text: &str) -> Vec<String> {
    encoding.encode(text).iter().map(|&id| encoding.decode_lossy(&[id]).expect("it is its own")).collect()
}

#[track_caller]
fn refused(file: &Value, place: &str, why: &str) {
    let error = load(file).expect_err(place);
    assert!(error.is_bad_vocabulary(), "{error}");
    assert_eq!(error.place(), Some(place), "{error}");
    assert!(error.to_string().contains(why), "{error}");
}

mod merging {
    use super::*;

    #[test]
    fn a_piece_that_merging_does_not_make_is_looked_up_only_if_merges_are_ignored() {
        let encoding = loaded(&abc());
        assert_eq!(encoding.encode("abc bc"), [257, 32, 98, 99]);
        assert_eq!(encoding.decode(&[258]), Ok("bc".to_owned()));
        let encoding = loaded(&with(abc(), "/model/ignore_merges", json!(true)));
        assert_eq!(encoding.encode("abc bc"), [257, 32, 98, 99], "` bc` is the piece");
        assert_eq!(encoding.encode("bc\nabcbc"), [258, 10, 257, 98, 99], "only a whole piece is looked up");
    }

    #[test]
    fn merges_are_pairs_or_lines() {
        let lines = with(abc(), "/model/merges", json!(["#version: 0.2", "a b", "ab c"]));
        assert_eq!(loaded(&lines).encode("abcab"), loaded(&abc()).encode("abcab"));
    }

    #[test]
    fn the_order_of_merges_decides_and_not_that_of_ids() {
        let tokens = ["bc", "ab"];
        assert_eq!(tokens_of(&file(&tokens, &[["a", "b"], ["b", "c"]]), "abc"), ["ab", "c"]);
        assert_eq!(tokens_of(&file(&tokens, &[["b", "c"], ["a", "b"]]), "abc"), ["a", "bc"]);
    }

    #[test]
    fn of_the_merges_of_a_token_the_one_that_happens_counts() {
        // `a`+`bc` never happens, because `ab` is made first wherever `abc` is.
        let merges = [["a", "b"], ["b", "c"], ["a", "bc"], ["c", "d"], ["ab", "c"]];
        let file = file(&["ab", "bc", "abc", "cd"], &merges);
        assert_eq!(tokens_of(&file, "abcd"), ["ab", "cd"]);
        assert_eq!(tokens_of(&file, "abc"), ["abc"]);
        assert_eq!(tokens_of(&file, "xbcd"), ["x", "bc", "d"]);
    }

    #[test]
    fn a_token_made_before_its_parts_is_refused_by_its_merge() {
        let merges = [["x", "y"], ["ab", "c"], ["a", "b"]];
        refused(
            &file(&["ab", "abc", "xy"], &merges),
            "model.merges[1]",
            "`ab` and `c` are merged before one of them is made",
        );
        // Unless it never happens.
        let merges = [["b", "c"], ["ab", "c"], ["a", "b"]];
        assert_eq!(tokens_of(&file(&["ab", "abc", "bc"], &merges), "abc"), ["a", "bc"]);
    }

    fn tokens_of(file: &Value, text: &str) -> Vec<String> {
        tokens(&loaded(file), text)
    }

    /// The definition: of all neighbours that have a merge, those of the first merge are merged, leftmost first.
    fn defined(merges: &[[String; 2]], text: &str) -> Vec<String> {
        let mut parts: Vec<String> = text.chars().map(String::from).collect();
        while let Some((_, at)) = (1..parts.len())
            .filter_map(|i| {
                Some((merges.iter().position(|[left, right]| *left == parts[i - 1] && *right == parts[i])?, i - 1))
            })
            .min()
        {
            let right = parts.remove(at + 1);
            parts[at].push_str(&right);
        }
        parts
    }

    #[test]
    fn any_list_of_merges_gives_what_the_definition_gives() {
        let mut random = 7_u64;
        let mut below = move |n: usize| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (random >> 33) as usize % n
        };
        let (mut same, mut refused) = (0, 0);
        for _ in 0..400 {
            let mut tokens: Vec<String> = ["a", "b", "c"].map(String::from).to_vec();
            let mut merges: Vec<[String; 2]> = Vec::new();
            for _ in 0..3 + below(12) {
                let merge = [tokens[below(tokens.len())].clone(), tokens[below(tokens.len())].clone()];
                let made = merge.concat();
                if made.len() > 9 || merges.contains(&merge) {
                    continue;
                }
                if !tokens.contains(&made) {
                    tokens.push(made);
                }
                // Mostly in the order of training, now and then anywhere.
                let at = if below(4) == 0 { below(merges.len() + 1) } else { merges.len() };
                merges.insert(at, merge);
            }
            let listed: Vec<&str> = tokens[3..].iter().map(String::as_str).collect();
            let pairs: Vec<[&str; 2]> = merges.iter().map(|[left, right]| [left.as_str(), right.as_str()]).collect();
            let encoding = match load(&file(&listed, &pairs)) {
                Ok(encoding) => encoding,
                Err(error) => {
                    assert!(error.to_string().contains("are merged before"), "{error}");
                    refused += 1;
                    continue;
                }
            };
            same += 1;
            for _ in 0..40 {
                // Long ones take the linear road.
                let length = if below(8) == 0 { 65 + below(200) } else { 1 + below(20) };
                let text: String = (0..length).map(|_| ['a', 'b', 'c'][below(3)]).collect();
                assert_eq!(super::tokens(&encoding, &text), defined(&merges, &text), "{merges:?} {text}");
            }
        }
        assert!(same > 200 && refused > 5, "{same} loaded, {refused} refused");
    }

    #[test]
    fn lists_of_merges_that_are_none_are_refused_by_their_line() {
        let merges = |merges: Value| with(abc(), "/model/merges", merges);
        refused(&merges(json!([["a", "b"], ["ab", "d"]])), "model.merges[1]", "`abd` is not in `model.vocab`");
        refused(&merges(json!([["a", "bd"]])), "model.merges[0]", "`bd` is not in `model.vocab`");
        refused(&merges(json!([["a", "b"], ["a", "b"]])), "model.merges[1]", "is line 0 too");
        refused(&merges(json!([["a", "b"], "ab c"])), "model.merges[1]", "in every line");
        refused(&merges(json!(["a b", ["ab", "c"]])), "model.merges[1]", "in every line");
        refused(&merges(json!(["ab"])), "model.merges[0]", "a merge is two tokens");
        refused(&merges(json!(["a b c"])), "model.merges[0]", "a merge is two tokens");
        refused(&merges(json!([["a", "b", "c"]])), "model.merges[0]", "a merge is two tokens");
        refused(&merges(json!([["a", 1]])), "model.merges[0]", "a merge is two tokens");
        refused(&merges(json!({"a": "b"})), "model.merges", "it is an object, and should be an array");
        refused(&without(abc(), "/model", "merges"), "model.merges", "it is missing");
    }
}

mod vocabulary {
    use super::*;

    #[test]
    fn ids_need_not_be_in_the_order_of_merging() {
        let mut file = abc();
        for (name, id) in [("a", 1000), ("abc", 97), ("ab", 5000), ("bc", 3)] {
            file["model"]["vocab"][name] = json!(id);
        }
        file["model"]["vocab"][called(&[3])] = json!(256);
        let encoding = loaded(&file);
        assert_eq!(encoding.encode("aab abc"), [1000, 5000, 32, 97]);
        assert_eq!(encoding.decode(&[1000, 5000, 32, 97, 3]), Ok("aab abcbc".to_owned()));
        assert_eq!(encoding.vocabulary_size(), 5001);
        assert!(encoding.decode(&[257]).is_err_and(|error| error.is_unknown_token()));
        assert_eq!(encoding.encode_with_offsets("ab")[0], Placed { id: 5000, bytes: 0..2, chars: 0..2 });
    }

    #[test]
    fn a_vocabulary_that_is_none_is_refused_by_its_key() {
        let vocab = |name: &str, id: Value| with(abc(), &format!("/model/vocab/{name}"), id);
        refused(&vocab("bc", json!(257)), "model.vocab", "both have the id 257");
        refused(&vocab("bc", json!(-1)), r#"model.vocab["bc"]"#, "an id is a whole number");
        refused(&vocab("bc", json!(1.5)), r#"model.vocab["bc"]"#, "an id is a whole number");
        refused(&vocab("bc", json!("258")), r#"model.vocab["bc"]"#, "an id is a whole number");
        refused(&vocab("bc", json!(1 << 21)), r#"model.vocab["bc"]"#, "larger than 2097150");
        refused(&vocab("bc", json!(1_u64 << 33)), r#"model.vocab["bc"]"#, "larger than 2097150");
        refused(&vocab("", json!(300)), r#"model.vocab[""]"#, "the token is empty");
        refused(&vocab("▁the", json!(300)), "model.vocab", "`▁the` is not written in byte-level characters");
        refused(&without(abc(), "/model/vocab", "Ġ"), "model.vocab", "no token is the single byte 0x20");
        let twice = abc().to_string().replace(r#""bc":258"#, r#""bc":258,"bc":259"#);
        let error = Encoding::from_tokenizer_json("tiny", twice.as_bytes()).expect_err("it stands in it twice");
        assert_eq!(error.to_string(), "not a vocabulary, model.vocab: `bc` stands in it twice");
        assert!(load(&vocab("bc", json!((1 << 21) - 2))).is_ok());
    }

    #[test]
    fn what_would_change_tokens_is_refused() {
        let model = |key: &str, value: Value| with(abc(), &format!("/model/{key}"), value);
        refused(&model("type", json!("WordPiece")), "model.type", "`WordPiece` is not supported");
        refused(&model("dropout", json!(0.1)), "model.dropout", "a matter of chance");
        refused(&model("continuing_subword_prefix", json!("##")), "model.continuing_subword_prefix", "`##`");
        refused(&model("end_of_word_suffix", json!("</w>")), "model.end_of_word_suffix", "`</w>`");
        refused(&model("byte_fallback", json!(true)), "model.byte_fallback", "`<0x00>`");
        refused(
            &model("ignore_merges", json!("yes")),
            "model.ignore_merges",
            "it is a string, and should be true or false",
        );
        refused(&model("max_length", json!(3)), "model.max_length", "this key is unknown");
    }

    #[test]
    fn what_changes_no_token_is_accepted() {
        let mut file = abc();
        for (key, value) in [
            ("dropout", json!(0.0)),
            ("unk_token", json!("<unk>")),
            ("fuse_unk", json!(true)),
            ("continuing_subword_prefix", json!("")),
            ("end_of_word_suffix", json!("")),
        ] {
            file["model"][key] = value;
        }
        assert_eq!(loaded(&file).encode("abcab"), [257, 256]);
        // The files of GPT-2's time lack these.
        for key in ["type", "byte_fallback", "ignore_merges", "dropout"] {
            file = without(file, "/model", key);
        }
        for key in ["version", "truncation", "padding", "normalizer", "post_processor", "added_tokens"] {
            file = without(file, "", key);
        }
        assert_eq!(loaded(&file).encode("abcab"), [257, 256]);
    }
}

mod around {
    use super::*;

    fn split(chain: &[&str], behavior: &str, invert: bool) -> Value {
        let mut steps: Vec<Value> = chain
            .iter()
            .map(|regex| json!({"type": "Split", "pattern": {"Regex": regex}, "behavior": behavior, "invert": invert}))
            .collect();
        steps.push(json!({"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false}));
        json!({"type": "Sequence", "pretokenizers": steps})
    }

    fn pattern_of(pre_tokenizer: Value) -> Result<Pattern, Error> {
        Ok(load(&with(abc(), "/pre_tokenizer", pre_tokenizer))?.pattern())
    }

    #[test]
    fn each_spelling_of_a_split_is_known() {
        for (pattern, chain) in splits::KNOWN {
            assert_eq!(pattern_of(split(chain, "Isolated", false)), Ok(*pattern));
            assert_eq!(pattern_of(split(chain, "Isolated", true)), Ok(*pattern));
            let removed = pattern_of(split(chain, "Removed", true));
            assert_eq!(removed.ok(), Some(*pattern).filter(|pattern| *pattern != Pattern::DeepSeekV3));
        }
        for pattern in Pattern::ALL {
            assert!(splits::KNOWN.iter().any(|(known, _)| *known == pattern), "{pattern}");
        }
    }

    #[test]
    fn gpt2_splits_by_itself() {
        let byte_level = json!({"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false});
        assert_eq!(pattern_of(byte_level.clone()), Ok(Pattern::Gpt2));
        assert_eq!(pattern_of(json!({"type": "Sequence", "pretokenizers": [byte_level]})), Ok(Pattern::Gpt2));
    }

    #[test]
    fn another_split_is_refused() {
        let pre = |pre_tokenizer: Value| with(abc(), "/pre_tokenizer", pre_tokenizer);
        let byte_level = json!({"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true});
        refused(&pre(Value::Null), "pre_tokenizer", "it is missing");
        refused(&pre(split(&[], "Isolated", false)), "pre_tokenizer", "none of the patterns that are known: gpt2, ");
        refused(&pre(split(&[r"\p{L}+"], "Isolated", false)), "pre_tokenizer", "none of the patterns");
        refused(&pre(split(&[LLAMA3, LLAMA3], "Isolated", false)), "pre_tokenizer", "none of the patterns");
        refused(
            &pre(split(&[&LLAMA3.replace("{1,3}", "{1,3}+")], "Isolated", false)),
            "pre_tokenizer",
            "none of the patterns",
        );
        refused(
            &pre(split(&[LLAMA3], "Removed", false)),
            "pre_tokenizer.pretokenizers[0].behavior",
            "`Removed` is not supported",
        );
        refused(&pre(split(&[LLAMA3], "Contiguous", true)), "pre_tokenizer.pretokenizers[0].behavior", "`Contiguous`");
        let mut regex_too = split(&[LLAMA3], "Isolated", false);
        regex_too["pretokenizers"][1]["use_regex"] = json!(true);
        refused(&pre(regex_too), "pre_tokenizer", "none of the patterns");
        let mut digits = split(&[LLAMA3], "Isolated", false);
        digits["pretokenizers"][0] = json!({"type": "Digits", "individual_digits": true});
        refused(&pre(digits), "pre_tokenizer.pretokenizers[0].type", "`Digits` is not supported");
        let mut string = split(&[LLAMA3], "Isolated", false);
        string["pretokenizers"][0]["pattern"] = json!({"String": " "});
        refused(&pre(string), "pre_tokenizer.pretokenizers[0].pattern.Regex", "it is missing");
        refused(
            &pre(with(byte_level.clone(), "/add_prefix_space", json!(true))),
            "pre_tokenizer.add_prefix_space",
            "set it to false",
        );
        refused(
            &pre(without(byte_level.clone(), "", "add_prefix_space")),
            "pre_tokenizer.add_prefix_space",
            "it is missing",
        );
        refused(&pre(with(byte_level, "/strip", json!(true))), "pre_tokenizer.strip", "this key is unknown");
        refused(
            &pre(json!({"type": "Metaspace", "replacement": "▁"})),
            "pre_tokenizer.type",
            "`Metaspace` is not supported",
        );
        refused(&pre(json!([])), "pre_tokenizer", "it is an array, and should be an object");
    }

    #[test]
    fn a_normalizer_is_nfc_or_none() {
        let normalizer = |normalizer: Value| with(abc(), "/normalizer", normalizer);
        let (nfc, none) = (json!({"type": "NFC"}), json!({"type": "Sequence", "normalizers": []}));
        assert_eq!(loaded(&normalizer(none)).normalize("e\u{301}"), "e\u{301}");
        assert_eq!(loaded(&normalizer(nfc.clone())).normalize("e\u{301}"), "é");
        assert_eq!(loaded(&normalizer(json!({"type": "Sequence", "normalizers": [nfc]}))).normalize("e\u{301}"), "é");
        refused(&normalizer(json!({"type": "NFKC"})), "normalizer.type", "`NFKC` is not supported, NFC is");
        let nested = json!({"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Lowercase"}]});
        refused(&normalizer(nested), "normalizer.normalizers[1].type", "`Lowercase`");
        refused(&normalizer(json!({"type": "NFC", "also": 1})), "normalizer.also", "this key is unknown");
    }

    #[test]
    fn a_post_processor_only_adds_around_a_text() {
        let processor = |processor: Value| with(abc(), "/post_processor", processor);
        let byte_level =
            json!({"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": false, "use_regex": true});
        let text = json!({"Sequence": {"id": "A", "type_id": 0}});
        let special = json!({"SpecialToken": {"id": "<s>", "type_id": 0}});
        let template = |single: &[&Value]| json!({"type": "TemplateProcessing", "single": single, "pair": [], "special_tokens": {}});
        for accepted in [byte_level.clone(), template(&[&special, &text, &special])] {
            assert_eq!(loaded(&processor(accepted.clone())).encode("abc"), [257]);
            let sequence = json!({"type": "Sequence", "processors": [byte_level, accepted]});
            assert_eq!(loaded(&processor(sequence)).encode("abc"), [257]);
        }
        refused(&processor(template(&[&special])), "post_processor.single", "0 times, not once");
        refused(&processor(template(&[&text, &text])), "post_processor.single", "2 times, not once");
        let other = json!({"Sequence": {"id": "B", "type_id": 0}});
        refused(&processor(template(&[&other])), "post_processor.single[0].Sequence.id", "text `A`");
        let roberta = json!({"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0]});
        refused(&processor(roberta), "post_processor.type", "`RobertaProcessing` is not supported");
    }

    #[test]
    fn a_decoder_puts_bytes_together() {
        let decoder = |decoder: Value| with(abc(), "/decoder", decoder);
        let byte_level = json!({"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true});
        assert!(load(&decoder(byte_level.clone())).is_ok());
        assert!(load(&decoder(json!({"type": "Sequence", "decoders": [byte_level]}))).is_ok());
        refused(&decoder(Value::Null), "decoder", "it is missing");
        refused(
            &decoder(json!({"type": "ByteFallback"})),
            "decoder.type",
            "`ByteFallback` is not supported, ByteLevel is",
        );
        let strips = json!({"type": "Strip", "content": " ", "start": 1, "stop": 0});
        refused(
            &decoder(json!({"type": "Sequence", "decoders": [byte_level, strips]})),
            "decoder.decoders",
            "a single ByteLevel",
        );
        refused(&decoder(json!({"type": "Sequence", "decoders": [strips]})), "decoder.decoders[0].type", "`Strip`");
    }

    #[test]
    fn what_the_file_asks_for_beside_that_is_refused() {
        let truncation = json!({"direction": "Right", "max_length": 512, "strategy": "LongestFirst", "stride": 0});
        refused(&with(abc(), "/truncation", truncation), "truncation", "set it to null");
        refused(&with(abc(), "/padding", json!({"strategy": "BatchLongest"})), "padding", "set it to null");
        refused(&with(abc(), "/version", json!("2.0")), "version", "version `2.0` is unknown");
        refused(&with(abc(), "/chat_template", json!("")), "chat_template", "this key is unknown");
        refused(&without(abc(), "", "model"), "model", "it is missing");
        let twice = abc().to_string().replace(r#""padding":null"#, r#""padding":null,"padding":null"#);
        let error = Encoding::from_tokenizer_json("tiny", twice.as_bytes()).expect_err("it stands in it twice");
        assert_eq!(error.to_string(), "not a vocabulary: the key `padding` stands in it twice");
    }

    #[test]
    fn what_is_not_json_is_refused_by_line_and_column() {
        let error = |file: &[u8]| Encoding::from_tokenizer_json("tiny", file).expect_err("it is not JSON");
        assert_eq!(error(b"{\n  \"version\": ,").to_string(), "not a vocabulary, line 2, column 14: expected value");
        assert_eq!(error(b"").place(), Some("line 1, column 0"));
        assert_eq!(error(b"{} {}").place(), Some("line 1, column 4"));
        assert!(error("\u{feff}{}".as_bytes()).is_bad_vocabulary());
        assert!(error(b"{\"\xff\": 1}").is_bad_vocabulary());
        assert!(error(br#"{"\ud800": 1}"#).is_bad_vocabulary());
        assert!(error("[".repeat(1_000_000).as_bytes()).to_string().contains("recursion limit exceeded"));
        assert_eq!(error(b"[]").to_string(), "not a vocabulary: it is an array, and should be an object");
    }
}

mod added_tokens {
    use super::*;

    fn with_added(nfc: bool, tokens: &[(&str, bool, bool)]) -> Value {
        let tokens = tokens
            .iter()
            .zip(259..)
            .map(|(&(content, special, normalized), id)| added(id, content, special, normalized));
        let file = with(abc(), "/added_tokens", tokens.collect());
        if nfc { with(file, "/normalizer", json!({"type": "NFC"})) } else { file }
    }

    #[test]
    fn a_special_token_is_text_unless_it_is_allowed() {
        let encoding = loaded(&with_added(false, &[("<end>", true, false)]));
        assert_eq!(encoding.special_tokens().collect::<Vec<_>>(), [("<end>", 259)]);
        assert_eq!(encoding.vocabulary_size(), 260);
        assert_eq!(encoding.count("ab<end>"), 6);
        assert_eq!(encoding.encode_with("ab<end>", &Specials::allow_all()), Ok(vec![256, 259]));
        assert_eq!(encoding.decode(&[256, 259]), Ok("ab<end>".to_owned()));
    }

    #[test]
    fn any_other_stands_for_itself() {
        let encoding = loaded(&with_added(false, &[("<t>", false, false), ("  ", false, true)]));
        assert_eq!(encoding.encode("ab<t>  ab"), [256, 259, 260, 256]);
        assert_eq!(encoding.count("ab<t>  ab"), 4);
        assert_eq!(encoding.count_up_to("ab<t>  ab", 3), UpTo::Exceeds);
        assert_eq!(encoding.count_up_to("ab<t>  ab", 4), UpTo::Fits(4));
        assert_eq!(encoding.decode(&[259, 260]), Ok("<t>  ".to_owned()));
        assert_eq!(encoding.token_bytes(259), Some(b"<t>".to_vec()));
        assert_eq!(encoding.special_tokens().count(), 0);
        assert_eq!(encoding.vocabulary_size(), 261);
        assert_eq!(encoding.truncate("ab<t>ab", 2, Side::End), "ab<t>");
        assert_eq!(encoding.truncate("ab<t>ab", 2, Side::Start), "<t>ab");
    }

    #[test]
    fn of_names_that_overlap_the_leftmost_is_found_and_of_those_the_longest() {
        let encoding = loaded(&with_added(false, &[("<t", false, false), ("<t>", false, false), ("a<", false, false)]));
        assert_eq!(encoding.encode("<t>"), [260]);
        assert_eq!(encoding.encode("<t"), [259]);
        assert_eq!(encoding.encode("a<t>"), [261, u32::from(b't'), u32::from(b'>')]);
    }

    #[test]
    fn special_tokens_are_looked_for_together_with_the_others() {
        let encoding =
            loaded(&with_added(false, &[("<end>", true, false), ("b<", false, false), ("nd", false, false)]));
        assert_eq!(encoding.encode_with("ab<end>", &Specials::allow_all()), Ok(vec![97, 260, 101, 261, 62]));
        // One that is text is passed over whole, as in the reference.
        assert_eq!(tokens(&encoding, "a<end>nd"), ["a", "<", "e", "n", "d", ">", "nd"]);
        let refusing = encoding.encode_with("a<end>", &Specials::refuse_all()).expect_err("it is refused");
        assert_eq!((refusing.is_refused_special(), refusing.offset()), (true, Some(1)));
        let unknown = Specials::ordinary().allow("<none>");
        assert!(encoding.count_with("a", &unknown).is_err_and(|error| error.is_unknown_special()));
    }

    #[test]
    fn names_are_found_before_and_after_the_text_is_normalized() {
        let found = |normalized| loaded(&with_added(true, &[("ế", false, normalized)]));
        assert_eq!(found(true).encode("aê\u{301}ế"), [97, 259, 259]);
        assert_eq!(found(false).encode("aê\u{301}ế"), [97, 0xE1, 0xBA, 0xBF, 259]);
        // Found in the text as it is, and not found in its normal form: `>` with the stroke over it is another character.
        let found = |normalized| loaded(&with_added(true, &[("<t>", false, normalized)]));
        assert_eq!(found(false).encode("<t>\u{338}"), [259, 0xCC, 0xB8]);
        assert_eq!(found(true).encode("<t>\u{338}"), [60, 116, 0xE2, 0x89, 0xAF]);
    }

    #[test]
    fn places_are_those_of_the_normalized_text() {
        let encoding = loaded(&with_added(true, &[("ế", false, false)]));
        let text = "ê\u{301}ếab";
        assert_eq!(encoding.normalize(text), "ếếab");
        let places: Vec<_> =
            encoding.encode_with_offsets(text).into_iter().map(|token| (token.id, token.bytes)).collect();
        assert_eq!(places, [(0xE1, 0..1), (0xBA, 1..2), (0xBF, 2..3), (259, 3..6), (256, 6..8)]);
    }

    #[test]
    fn a_name_may_stand_in_the_vocabulary_too() {
        let mut file = with(abc(), "/model/ignore_merges", json!(true));
        for (name, id) in [("####", 259), ("<｜a｜>", 260), ("<｜b｜>", 261)] {
            file["model"]["vocab"][name] = json!(id);
        }
        let names =
            [added(259, "####", true, false), added(260, "<｜a｜>", false, false), added(261, "<｜b｜>", true, false)];
        let encoding = loaded(&with(file, "/added_tokens", json!(names)));
        // A special token stays text though its name is a piece, and pieces are looked up.
        assert_eq!(encoding.encode("ab####"), [256, 35, 35, 35, 35]);
        assert_eq!(encoding.encode_with("####<｜b｜>", &Specials::allow_all()), Ok(vec![259, 261]));
        assert_eq!(encoding.encode("ab<｜a｜>"), [256, 260]);
        assert_eq!(encoding.decode(&[259, 260, 261]), Ok("####<｜a｜><｜b｜>".to_owned()));
        // One that is not special is the token that it is anyway.
        let file = with(abc(), "/added_tokens", json!([added(258, "bc", false, false)]));
        assert_eq!(loaded(&file).encode("abc"), [97, 258]);
    }

    #[test]
    fn added_tokens_that_cannot_be_had_exactly_are_refused_by_their_key() {
        let one = |token: Value| with(abc(), "/added_tokens", json!([token]));
        let token = || added(259, "<t>", false, false);
        for key in ["single_word", "lstrip", "rstrip"] {
            let place = format!("added_tokens[0].{key}");
            refused(&one(with(token(), &format!("/{key}"), json!(true))), &place, "depend on the text around it");
        }
        for key in ["id", "content", "single_word", "lstrip", "rstrip", "normalized", "special"] {
            refused(&one(without(token(), "", key)), &format!("added_tokens[0].{key}"), "it is missing");
        }
        refused(&one(with(token(), "/score", json!(1))), "added_tokens[0].score", "this key is unknown");
        refused(&one(with(token(), "/id", json!(-1))), "added_tokens[0].id", "should be a whole number");
        refused(&one(added(259, "", false, false)), "added_tokens[0].content", "it is empty");
        refused(&one(added(260, "<t>", false, false)), "added_tokens[0].id", "numbers `<t>` 259");
        refused(&one(added(259, "bc", false, false)), "added_tokens[0].id", "`bc` is token 258 in `model.vocab`");
        refused(&one(added(0xE9, "é", false, false)), "added_tokens[0].content", "stands for other bytes");
        refused(&one(added(257, "abc", true, false)), "added_tokens[0].content", "`abc` is also what merging makes");
        refused(&one(added(97, "a", true, false)), "added_tokens[0].content", "`a` is also what merging makes");
        let twice = json!([token(), added(260, "<t>", false, true)]);
        refused(&with(abc(), "/added_tokens", twice), "added_tokens[1].content", "`<t>` is added twice");
        let nfc = with(one(added(259, "e\u{301}", false, true)), "/normalizer", json!({"type": "NFC"}));
        refused(&nfc, "added_tokens[0].content", "is not in that form itself");
        // A hole in the vocabulary, and the number that the reference would give is another token's.
        let hole = without(with(abc(), "/model/merges", json!([])), "/model/vocab", "ab");
        refused(
            &with(hole, "/added_tokens", json!([added(258, "<t>", false, false)])),
            "added_tokens[0].id",
            "another token",
        );
    }
}

mod long_texts {
    use super::*;

    fn nfc(tokens: &[(&str, bool, bool)]) -> Encoding {
        let tokens = tokens
            .iter()
            .zip(259..)
            .map(|(&(content, special, normalized), id)| added(id, content, special, normalized));
        loaded(&with(with(abc(), "/added_tokens", tokens.collect()), "/normalizer", json!({"type": "NFC"})))
    }

    #[test]
    fn a_text_that_is_taken_in_blocks_has_the_tokens_of_the_whole() {
        let encoding = nfc(&[("b ab", false, false), ("c c", false, true)]);
        let pieces = ["abc ab ", "e\u{301}ab ", "ab. c ab ", "c c ", "abc\u{301} ", "bc12 ", "한글。ᄒ"];
        let text: String = (0..40_000).map(|i| pieces[i * i % 7]).collect();
        assert!(encoding.blocks(&text).count() > 3);
        assert_eq!(encoding.blocks(&text).collect::<String>(), text);
        // Special tokens are looked for in the whole text at once.
        let whole = encoding.encode_with(&text, &Specials::ordinary()).expect("nothing is refused");
        assert_eq!(encoding.encode(&text), whole);
        assert_eq!(encoding.count(&text), whole.len());
        assert_eq!(encoding.count_up_to(&text, whole.len()), UpTo::Fits(whole.len()));
        assert_eq!(encoding.count_up_to(&text, whole.len() - 1), UpTo::Exceeds);
        let mut counter = encoding.counter();
        text.split_inclusive(' ').for_each(|part| counter.push(part));
        assert_eq!(counter.count(), whole.len());
    }

    #[test]
    fn no_block_ends_within_a_name_or_a_composition() {
        for (nfc, name, text) in [
            (false, "b c", "ab cd. e"),
            (false, "。 한", "한。 한。 a"),
            // The character before the seam is another in the normal form, where the name is.
            (true, "각。", "ab 가\u{11A8}。 a"),
            (true, "Ω。", "ab \u{2126}。 a"),
            (true, "<->", "ab 가\u{11A8}。1\u{338}\u{323}=\u{338} a"),
        ] {
            let normalizer = if nfc { json!({"type": "NFC"}) } else { Value::Null };
            let file = with(abc(), "/added_tokens", json!([added(259, name, false, true)]));
            let encoding = loaded(&with(file, "/normalizer", normalizer));
            for end in text.char_indices().map(|(at, _)| at) {
                if let Some(seam) = encoding.last_seam(&text[..end]) {
                    let parts = [&text[..seam], &text[seam..]].map(|part| encoding.encode(part)).concat();
                    assert_eq!(parts, encoding.encode(text), "{text} at {seam}");
                }
            }
        }
    }

    #[test]
    fn a_text_without_a_place_to_cut_is_one_block() {
        let encoding = nfc(&[]);
        let text = "a".repeat(1 << 20);
        assert_eq!(encoding.blocks(&text).count(), 1);
        assert_eq!(encoding.blocks("").count(), 0);
        assert_eq!(encoding.count(&text), 1 << 20);
    }

    #[test]
    fn a_text_that_is_changed_is_cut_between_tokens_that_it_shares_with_its_normal_form() {
        let encoding = nfc(&[]);
        // `é` is two tokens here, one for each byte, and cannot be cut.
        let text = "abe\u{301}abe\u{301}ab";
        assert_eq!(encoding.count(text), 7);
        assert_eq!(encoding.truncate(text, 4, Side::End), "abe\u{301}ab");
        assert_eq!(encoding.truncate(text, 3, Side::End), "abe\u{301}");
        assert_eq!(encoding.truncate(text, 2, Side::End), "ab");
        assert_eq!(encoding.truncate(text, 2, Side::Start), "ab");
        assert_eq!(encoding.truncate(text, 4, Side::Start), "abe\u{301}ab");
        assert_eq!(encoding.truncate(text, 0, Side::Start), "");
        let chunks = encoding.chunks(text, 4, 1).expect("no character has more than four tokens");
        let chunks: Vec<_> = chunks.iter().map(|chunk| (chunk.text, chunk.overlap, chunk.tokens)).collect();
        assert_eq!(chunks, [("abe\u{301}ab", 0, 4), ("abe\u{301}ab", 2, 4)]);
    }

    #[test]
    fn a_character_with_a_heap_of_marks_is_cut_between_them() {
        let encoding = nfc(&[]);
        let text = format!("ab q{} ab", "\u{307}\u{323}".repeat(20));
        assert_ne!(encoding.normalize(&text), text);
        let chunks = encoding.chunks(&text, 7, 2).expect("it can be cut");
        assert!(chunks.iter().all(|chunk| chunk.tokens <= 7 && encoding.count(chunk.text) == chunk.tokens));
        assert_eq!(chunks.iter().map(|chunk| &chunk.text[chunk.overlap..]).collect::<String>(), text);
    }

    #[test]
    fn a_refused_token_is_placed_in_the_text_and_not_in_its_normal_form() {
        let encoding = nfc(&[("<end>", true, true)]);
        for (text, offset) in [("abe\u{301}e\u{301}<end>", 8), ("<end>e\u{301}", 0), ("한e\u{301}x<end>e\u{301}", 7)] {
            let error = encoding.encode_with(text, &Specials::refuse_all()).expect_err("it is refused");
            assert_eq!(error.offset(), Some(offset), "{text}");
        }
    }
}

mod no_file_is_too_bad {
    use super::*;

    /// A file in which everything that may be there is there.
    fn full() -> Value {
        let mut file = file(&["ab", "abc", "bc"], &[["a", "b"], ["ab", "c"]]);
        file["normalizer"] = json!({"type": "Sequence", "normalizers": [{"type": "NFC"}]});
        file["added_tokens"] = json!([added(259, "<end>", true, false), added(260, "<t>", false, true)]);
        file["pre_tokenizer"] = json!({"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": LLAMA3}, "behavior": "Isolated", "invert": false},
            {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false},
        ]});
        file["post_processor"] = json!({"type": "TemplateProcessing", "special_tokens": {}, "pair": [],
            "single": [{"SpecialToken": {"id": "<end>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}]});
        file
    }

    /// The pointers to all values but the tokens of single bytes, which are many and alike.
    fn pointers(value: &Value, at: &str, all: &mut Vec<String>) {
        all.push(at.to_owned());
        let below: Vec<(String, &Value)> = match value {
            Value::Array(items) => items.iter().enumerate().map(|(i, item)| (i.to_string(), item)).collect(),
            Value::Object(fields) => fields.iter().map(|(key, value)| (key.clone(), value)).collect(),
            _ => Vec::new(),
        };
        for (key, value) in below {
            if !at.ends_with("/vocab") || key.chars().count() > 1 || key == "a" {
                pointers(value, &format!("{at}/{key}"), all);
            }
        }
    }

    #[test]
    fn any_value_in_the_place_of_another_loads_or_is_refused_at_a_place() {
        let full = full();
        assert!(load(&full).is_ok());
        let mut all = Vec::new();
        pointers(&full, "", &mut all);
        assert!(all.len() > 70, "{}", all.len());
        let values =
            json!([null, true, -1, 1.5, 0, 258, 1_u64 << 40, "", "ab", "Sequence", [], [[]], {}, {"type": "NFC"}]);
        for pointer in &all {
            for value in values.as_array().expect("it is one") {
                let mut file = full.clone();
                *file.pointer_mut(pointer).expect("it points there") = value.clone();
                match load(&file) {
                    Ok(encoding) => {
                        assert_eq!(encoding.count("abc <t> e\u{301}"), encoding.encode("abc <t> e\u{301}").len());
                    }
                    Err(error) => assert!(error.is_bad_vocabulary(), "{pointer} {value}"),
                }
            }
        }
    }

    #[test]
    fn a_file_that_is_cut_short_is_refused() {
        let file = full().to_string();
        for length in (0..file.len()).step_by(41) {
            let cut = Encoding::from_tokenizer_json("tiny", &file.as_bytes()[..length]);
            assert!(cut.is_err_and(|error| error.place().is_some_and(|place| place.starts_with("line 1, column "))));
        }
    }
}
