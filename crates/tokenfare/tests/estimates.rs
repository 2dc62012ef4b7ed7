//! Models whose vocabulary is not public: text and requests are estimated, and the bounds hold together.

use tokenfare::{Count, Exactness, Format, Hints, Json, Media, PartKind, Request};

const MODELS: [&str; 10] = [
    "claude-3-haiku-20240307",
    "claude-sonnet-4-20250514",
    "claude-sonnet-4-6",
    "claude-opus-4-7",
    "claude-sonnet-5",
    "gemini-2.0-flash",
    "gemini-2.5-flash",
    "gemini-3-flash-preview",
    "deepseek-chat",
    "mistral-large-latest",
];

fn count_in(format: Format, model: &str, body: &str) -> Count {
    let request = Request::from_json_in(format, body).expect("it is a request");
    tokenfare::model(model).and_then(|model| model.count_request(&request)).expect("every chat model answers")
}

fn messages(model: &str, body: &str) -> Count {
    count_in(Format::AnthropicMessages, model, body)
}

/// The parts add up, the bounds are around the number, and none is surer than it can be.
fn holds_together(count: &Count) {
    let sum = |number: fn(&tokenfare::Part) -> u64| count.parts.iter().map(number).sum::<u64>();
    assert_eq!(
        (count.tokens, count.low, count.high),
        (sum(|part| part.tokens), sum(|part| part.low), sum(|part| part.high))
    );
    assert!(count.low <= count.tokens && count.tokens <= count.high, "{count:?}");
    for part in &count.parts {
        assert!(part.low <= part.tokens && part.tokens <= part.high, "{part:?}");
        assert!(part.exactness >= Exactness::Estimate && part.note.is_some(), "{part:?}");
    }
}

fn of_kind(count: &Count, kind: PartKind) -> u64 {
    count.parts.iter().filter(|part| part.kind == kind).map(|part| part.tokens).sum()
}

#[test]
fn an_empty_text_has_no_tokens_and_any_other_has_one_at_least() {
    for id in MODELS {
        let nothing = tokenfare::estimate_text("", id).expect("the model is known");
        assert_eq!((nothing.low, nothing.tokens, nothing.high), (0, 0, 0), "{id}");
        for text in ["a", " ", "\n", "\u{0}", "語", "👩‍👩‍👧‍👦", "\u{301}"] {
            let count = tokenfare::estimate_text(text, id).expect("the model is known");
            assert!(
                count.low >= 1 && count.low <= count.tokens && count.tokens <= count.high,
                "{id} {text:?} {count:?}"
            );
        }
    }
}

#[test]
fn a_longer_text_has_no_fewer_tokens() {
    let text = "The ferry leaves at 9:45 from pier 12, and it carries bicycles free of charge.\n  - Tickets: 14.50\n"
        .repeat(8);
    for id in MODELS {
        let mut last = 0;
        for end in (0..=text.len()).step_by(41) {
            let count = tokenfare::estimate_text(&text[..end], id).expect("the model is known");
            // A token may be made of two that were there before: that much, and no more, a text may lose.
            assert!(count.tokens + 2 >= last, "{id} at {end}");
            last = count.tokens;
        }
    }
}

#[test]
fn a_model_with_a_public_vocabulary_is_counted_exactly() {
    let count = tokenfare::estimate_text("hello world", "gpt-4o").expect("the model is known");
    assert_eq!((count.tokens, count.low, count.high, count.exactness), (2, 2, 2, Exactness::Exact));
}

#[test]
fn an_unknown_model_is_refused() {
    assert!(tokenfare::estimate_text("x", "claude-sonnet-4-55").is_err_and(|error| error.is_unknown_model()));
}

#[test]
fn bounds_are_as_narrow_as_they_are_said_to_be() {
    let text =
        "Dear colleagues, the kitchen on the second floor will be closed on Thursday while the pipes are replaced. \
                Please use the one downstairs, and take what is yours out of the refrigerator before noon. Thank you!\n"
            .repeat(3);
    for (id, percent) in
        [("claude-sonnet-4-5", 12), ("claude-sonnet-5", 20), ("gemini-2.5-flash", 12), ("deepseek-chat", 20)]
    {
        let count = tokenfare::estimate_text(&text, id).expect("the model is known");
        assert!((count.high - count.low - 1) * 100 <= 2 * percent * count.tokens, "{id} {count:?}");
        assert_eq!(count.exactness, Exactness::Estimate);
    }
}

#[test]
fn a_text_of_one_word_has_wide_bounds() {
    let varied = tokenfare::estimate_text(
        &"seven ships sailed south on a quiet evening in may ".repeat(40),
        "claude-sonnet-4-5",
    );
    let repeated = tokenfare::estimate_text(&"cumulonimbus ".repeat(400), "claude-sonnet-4-5");
    let width =
        |count: Result<Count, _>| count.map(|count: Count| count.high as f64 / count.tokens as f64).unwrap_or_default();
    assert!(width(varied) < 1.5);
    assert!(width(repeated) > 1.9);
}

#[test]
fn every_dialect_counts_every_format() {
    let chat = r#"{"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": [
        {"type": "text", "text": "What is in the shed?"}, {"type": "image_url", "image_url": {"url": "https://example.com/shed.png"}}]},
        {"role": "assistant", "tool_calls": [{"id": "1", "type": "function", "function": {"name": "look", "arguments": "{\"at\":\"shed\"}"}}]},
        {"role": "tool", "tool_call_id": "1", "content": "two rakes"}],
        "tools": [{"type": "function", "function": {"name": "look", "description": "Looks.", "parameters":
            {"type": "object", "properties": {"at": {"type": "string", "enum": ["shed", "barn"]}}}}}], "tool_choice": "required"}"#;
    let responses = r#"{"instructions": "Be brief.", "input": [{"role": "user", "content": "What is in the shed?"},
        {"type": "function_call", "name": "look", "arguments": "{}", "call_id": "1"},
        {"type": "function_call_output", "call_id": "1", "output": "two rakes"}, {"type": "reasoning", "id": "r"}],
        "tools": [{"type": "function", "name": "look"}, {"type": "web_search"}]}"#;
    let anthropic = r#"{"system": "Be brief.", "messages": [{"role": "user", "content": "What is in the shed?"}]}"#;
    let gemini = r#"{"systemInstruction": {"parts": [{"text": "Be brief."}]}, "contents": [{"parts": [{"text": "What is in the shed?"}]}]}"#;
    for id in MODELS {
        for (format, body) in [
            (Format::OpenaiChat, chat),
            (Format::OpenaiResponses, responses),
            (Format::AnthropicMessages, anthropic),
            (Format::GeminiGenerateContent, gemini),
            (Format::OpenaiCompletions, r#"{"prompt": ["one", [1, 2, 3]]}"#),
            (Format::OpenaiEmbeddings, r#"{"input": "one"}"#),
        ] {
            let count = count_in(format, id, body);
            holds_together(&count);
            assert!(count.tokens > 0, "{id} {format}");
            assert_eq!(count.exactness, Exactness::Estimate);
        }
    }
}

#[test]
fn claude_has_a_frame_of_seven_and_six_for_every_exchange() {
    let one = messages("claude-sonnet-4-6", r#"{"messages": [{"role": "user", "content": "hello"}]}"#);
    assert_eq!(one.tokens, 7 + 1);
    let two = messages(
        "claude-sonnet-4-6",
        r#"{"messages": [{"role": "user", "content": "hello"}, {"role": "assistant", "content": "hello"}, {"role": "user", "content": "hello"}]}"#,
    );
    assert_eq!(two.tokens, 7 + 6 + 3);
    // An answer that is begun is no turn of its own, and neighbours of one role are one.
    let begun = messages(
        "claude-sonnet-4-6",
        r#"{"messages": [{"role": "user", "content": "hello"}, {"role": "assistant", "content": "hello"}]}"#,
    );
    assert_eq!(begun.tokens, 7 + 2);
    let joined = messages(
        "claude-sonnet-4-6",
        r#"{"messages": [{"role": "user", "content": "hello"}, {"role": "user", "content": "hello"}]}"#,
    );
    assert_eq!(joined.tokens, 7 + 2);
    holds_together(&joined);
}

#[test]
fn caching_costs_nothing_more() {
    let plain = r#"{"system": [{"type": "text", "text": "Be kind."}], "messages": [{"role": "user", "content": [{"type": "text", "text": "hello"}]}]}"#;
    let cached =
        plain.replace(r#""text": "Be kind.""#, r#""text": "Be kind.", "cache_control": {"type": "ephemeral"}"#);
    assert_eq!(messages("claude-sonnet-4-6", plain), messages("claude-sonnet-4-6", &cached));
}

#[test]
fn tools_have_their_prompt_and_a_forced_choice_another() {
    let body = |choice: &str| {
        format!(
            r#"{{"messages": [{{"role": "user", "content": "hello"}}], "tool_choice": {{"type": "{choice}"}},
            "tools": [{{"name": "water", "description": "Waters the plants.", "input_schema": {{"type": "object", "properties": {{}}}}}}]}}"#
        )
    };
    let free = messages("claude-sonnet-4-6", &body("auto"));
    let forced = messages("claude-sonnet-4-6", &body("any"));
    assert_eq!(of_kind(&free, PartKind::Tools), 497);
    assert_eq!(of_kind(&forced, PartKind::Tools), 589);
    assert_eq!(of_kind(&free, PartKind::Tool), of_kind(&forced, PartKind::Tool));
    assert!(of_kind(&messages("claude-3-haiku-20240307", &body("auto")), PartKind::Tools) < 300);
    holds_together(&forced);
}

#[test]
fn a_call_and_its_result_are_parts() {
    let count = messages(
        "claude-sonnet-4-6",
        r#"{"messages": [{"role": "user", "content": "Is it dry?"},
        {"role": "assistant", "content": [{"type": "thinking", "thinking": "I should look.", "signature": "QUJD"},
            {"type": "tool_use", "id": "1", "name": "probe", "input": {"bed": "north", "deep": true}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "1", "content": [{"type": "text", "text": "dry"}]}]}]}"#,
    );
    holds_together(&count);
    assert!(of_kind(&count, PartKind::ToolCall) >= 22 + 2 * 15 + 4);
    assert_eq!(of_kind(&count, PartKind::ToolResult), 14 + 1);
    // Thinking is sent on while its tools are answered.
    assert!(of_kind(&count, PartKind::Reasoning) > 0);
    let over = |model| {
        let body = r#"{"messages": [{"role": "user", "content": "Is it dry?"},
        {"role": "assistant", "content": [{"type": "thinking", "thinking": "I know.", "signature": "QUJD"}, {"type": "text", "text": "Yes."}]},
        {"role": "user", "content": "Thank you."}]}"#;
        of_kind(&messages(model, body), PartKind::Reasoning)
    };
    assert_eq!(over("claude-sonnet-4-5"), 0);
    assert_eq!(over("claude-haiku-4-5"), 0);
    // Later ones read all of it again.
    assert!(over("claude-opus-4-5") > 0);
    assert!(over("claude-sonnet-4-6") > 0);
}

#[test]
fn thinking_that_the_request_does_not_have_is_unknown() {
    let body = |signature: &str| {
        format!(
            r#"{{"messages": [{{"role": "user", "content": "Is it dry?"}},
        {{"role": "assistant", "content": [{{"type": "thinking", "thinking": "", "signature": "{signature}"}}, {{"type": "text", "text": "Yes."}}]}},
        {{"role": "user", "content": "Thank you."}}]}}"#
        )
    };
    let sealed = messages("claude-opus-4-7", &body(&"QUJD".repeat(300)));
    assert_eq!(sealed.unknown().count(), 0);
    assert!(sealed.high > sealed.tokens + 300 && sealed.high < sealed.tokens + 400);
    let lost = messages("claude-opus-4-7", &body("QUJD"));
    let unknown: Vec<_> = lost.unknown().map(|part| (part.kind, &*part.at)).collect();
    assert_eq!(unknown, [(PartKind::Reasoning, "/messages/1/content/0")]);
    assert!(lost.high > 100_000);
    assert_eq!(messages("claude-haiku-4-5", &body("QUJD")).unknown().count(), 0);
}

#[test]
fn a_short_signature_of_gemini_is_one_and_what_is_no_base64_is_not() {
    let unknown = |signature: &str| {
        let body = format!(
            r#"{{"contents": [{{"role": "user", "parts": [{{"text": "Is it dry?"}}]}}, {{"role": "model", "parts": [{{"text": "Yes.",
            "thoughtSignature": "{signature}"}}]}}, {{"role": "user", "parts": [{{"text": "Thank you."}}]}}]}}"#
        );
        let request = Request::from_json(&body).expect("it is a request");
        let model = tokenfare::model("gemini-3-flash-preview").expect("the model is known");
        model.count_request(&request).expect("it is counted").unknown().count()
    };
    assert_eq!(unknown(&"EjQKMgG+".repeat(9)), 0);
    assert_eq!(unknown(""), 0);
    assert_eq!(unknown("skip_thought_signature_validator"), 0);
    assert_eq!(unknown("<signature>"), 1);
}

#[test]
fn a_picture_of_known_size_is_patches_and_one_of_unknown_size_a_band() {
    let body = r#"{"messages": [{"role": "user", "content": [{"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}}]}]}"#;
    let unsure = messages("claude-sonnet-4-6", body);
    holds_together(&unsure);
    assert!(unsure.high > 1_500);
    let request = Request::from_json_in(Format::AnthropicMessages, body).expect("it is a request");
    let model = tokenfare::model("claude-sonnet-4-6").expect("the model is known");
    let hints = Hints::default().media("/messages/0/content/0/source/url", Media::image(280, 560));
    let known = model.count_request_with(&request, &hints).expect("it is counted");
    assert_eq!(of_kind(&known, PartKind::Image), 10 * 20 + 3);
    let hints = Hints::default().media("/contents/0/parts/0/fileData", Media::seconds(10.0));
    let body = r#"{"contents": [{"parts": [{"fileData": {"mimeType": "audio/wav", "fileUri": "https://example.com/a.wav"}}]}]}"#;
    let request = Request::from_json(body).expect("it is a request");
    let model = tokenfare::model("gemini-2.5-flash").expect("the model is known");
    let known = model.count_request_with(&request, &hints).expect("it is counted");
    assert_eq!(of_kind(&known, PartKind::Audio), 321);
}

#[test]
fn what_cannot_be_seen_is_named() {
    let count = messages(
        "claude-sonnet-4-6",
        r#"{"messages": [{"role": "user", "content": [{"type": "document", "source": {"type": "file", "file_id": "f"}}]}],
        "tools": [{"type": "web_search_20250305", "name": "web_search"}], "mcp_servers": [{"name": "notes", "url": "https://example.com"}]}"#,
    );
    let unknown: Vec<PartKind> = count.unknown().map(|part| part.kind).collect();
    assert_eq!(unknown, [PartKind::ServerTool, PartKind::ServerTool, PartKind::File]);
    holds_together(&count);
    let cached = count_in(
        Format::GeminiGenerateContent,
        "gemini-2.5-flash",
        r#"{"cachedContent": "cachedContents/1", "contents": [{"parts": [{"text": "hello"}]}], "tools": [{"googleSearch": {}}]}"#,
    );
    assert_eq!(cached.unknown().count(), 2);
}

#[test]
fn gemini_adds_one_for_each_content_and_the_instructions() {
    let body = |model| {
        count_in(
            Format::GeminiGenerateContent,
            model,
            r#"{"system_instruction": {"parts": [{"text": "hello"}]}, "contents": [{"role": "user", "parts": [{"text": "hello"}]},
            {"role": "model", "parts": [{"text": "hello"}]}, {"role": "user", "parts": [{"text": "hello"}]}]}"#,
        )
    };
    assert_eq!(body("gemini-2.0-flash").tokens, 4);
    assert_eq!(body("gemini-2.5-flash").tokens, 4 + 4);
    // The same in the request that countTokens takes, and in the words of Python.
    let wrapped = count_in(
        Format::GeminiGenerateContent,
        "gemini-2.5-flash",
        r#"{"generateContentRequest": {"contents": [{"parts": [{"text": "hello"}]}]}}"#,
    );
    let short = count_in(Format::GeminiGenerateContent, "gemini-2.5-flash", r#"{"contents": "hello"}"#);
    assert_eq!((wrapped.tokens, short.tokens), (2, 2));
}

#[test]
fn a_vocabulary_of_the_callers_own_counts_the_texts() {
    // Every byte a token.
    let lines: String = (0..=255u8).map(|byte| format!("{} {byte}\n", base64_of(byte))).collect();
    let own = tokenfare::Encoding::from_tiktoken("bytes", lines.as_bytes(), tokenfare::Pattern::Gpt2, Vec::new());
    let own = std::sync::Arc::new(own.expect("it is a vocabulary"));
    let request = Request::from_json(r#"{"contents": [{"parts": [{"text": "twelve bytes"}, {"text": "four"}]}]}"#)
        .expect("it is a request");
    let model = tokenfare::model("gemini-2.5-flash").expect("the model is known");
    let count = model.count_request_with(&request, &Hints::default().vocabulary(own)).expect("it is counted");
    assert_eq!(count.tokens, 12 + 4 + 1);
    assert!(count.high - count.low < 10);
}

fn base64_of(byte: u8) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let [first, second] = [byte >> 2, (byte & 3) << 4];
    format!("{}{}==", DIGITS[usize::from(first)] as char, DIGITS[usize::from(second)] as char)
}

#[test]
fn what_is_not_a_request_is_refused_and_nothing_panics() {
    let bodies = [
        r#"{"messages": 1}"#,
        r#"{"messages": [1]}"#,
        r#"{"messages": [{"role": "user", "content": 1}]}"#,
        r#"{"messages": [{"role": "user", "content": [1]}]}"#,
        r#"{"messages": [{"role": "user", "content": [{"type": "tool_result", "content": 1}]}]}"#,
        r#"{"messages": [{"role": 1, "content": [{"type": 7}, {"type": "image"}, {"type": "document"}, {"type": "tool_use"}, {"type": "?"}]}]}"#,
        r#"{"messages": [{}], "system": 1}"#,
        r#"{"messages": [], "system": [1]}"#,
        r#"{"messages": [], "tools": 1}"#,
        r#"{"messages": [], "tools": [1, {}, null, {"name": 1, "input_schema": 1, "defer_loading": true}]}"#,
        r#"{"messages": [], "thinking": 1, "output_config": 1, "context_management": {"edits": [{}]}, "mcp_servers": 1}"#,
        r#"{"contents": 1}"#,
        r#"{"contents": [1]}"#,
        r#"{"contents": [{"parts": [1]}]}"#,
        r#"{"contents": [{"parts": [{"functionCall": 1}, {"functionResponse": {"parts": 1}}, {"inlineData": 1}, {"what": 1}, {}]}]}"#,
        r#"{"contents": [], "tools": [1, {"functionDeclarations": [1, {"parameters": {"properties": 1, "items": [], "anyOf": {}, "enum": [1]}}]}]}"#,
        r#"{"contents": {"parts": {"text": 1}}, "generationConfig": 1, "systemInstruction": 1}"#,
        r#"{"input": [1]}"#,
        r#"{"input": [{"type": "function_call_output", "output": 1}]}"#,
        r#"{"prompt": 1}"#,
    ];
    for body in bodies {
        for format in Format::ALL {
            for id in MODELS {
                let Ok(request) = Request::from_json_in(*format, body) else { continue };
                match tokenfare::model(id).and_then(|model| model.count_request(&request)) {
                    Ok(count) => holds_together(&count),
                    Err(error) => assert!(error.is_malformed_request(), "{body} {error}"),
                }
            }
        }
    }
}

#[test]
fn the_largest_numbers_are_counted_without_overflow() {
    let body = r#"{"contents": [{"parts": [{"inlineData": {"mimeType": "video/mp4"}}]}]}"#;
    let request = Request::from_json(body).expect("it is a request");
    for seconds in [f64::MAX, f64::INFINITY, f64::NAN, -1.0, 0.0] {
        let hints = Hints::default().media("/contents/0/parts/0/inlineData", Media::seconds(seconds));
        let count = tokenfare::model("gemini-2.5-pro").and_then(|model| model.count_request_with(&request, &hints));
        let count = count.expect("it is counted");
        assert!(count.low <= count.tokens && count.tokens <= count.high);
    }
    let pages = Hints::default().media("/contents/0/parts/0/inlineData", Media::pages(u32::MAX));
    let body = body.replace("video/mp4", "application/pdf");
    let request = Request::from_json(&body).expect("it is a request");
    let count = tokenfare::model("gemini-2.5-pro").and_then(|model| model.count_request_with(&request, &pages));
    assert_eq!(count.expect("it is counted").tokens, 258 * u64::from(u32::MAX) + 1);
}

/// A reader of requests may be handed values that never were JSON text.
#[test]
fn values_are_counted_as_texts_are() {
    let text = r#"{"model": "claude-sonnet-4-6", "max_tokens": 9, "messages": [{"role": "user", "content": "hello"}]}"#;
    let value: Json<'_> = serde_json::from_str(text).expect("it is JSON");
    let of_value = Request::new(value, None).and_then(|request| tokenfare::count_request(&request));
    let of_text = Request::from_json(text).and_then(|request| tokenfare::count_request(&request));
    assert_eq!(of_value.expect("it is counted"), of_text.expect("it is counted"));
}
