//! Requests that are none, or want to be more than they are: an error that says why, or a number, and never a crash.
#![allow(clippy::unwrap_used)] // Allowed in tests, and what they call is part of them.

use std::fmt::Write;
use tokenfare::{Answer, Json, Request};

fn refused(json: &str) -> String {
    let error = Request::from_json(json)
        .and_then(|request| tokenfare::model("gpt-4o").and_then(|model| model.count_request(&request)));
    let error = error.expect_err(&json[..json.len().min(80)]);
    assert!(error.is_malformed_request(), "{error}");
    error.to_string()
}

#[test]
fn what_is_no_request_says_so() {
    for json in [
        "",
        " ",
        "null",
        "[]",
        "7",
        "\"text\"",
        "{",
        "{}",
        "{\"model\": 7}",
        "{\"messages\"",
        "nul",
        "{} {}",
        "\u{feff}{}",
    ] {
        refused(json);
    }
    for json in [
        r#"{"messages": "hello"}"#,
        r#"{"messages": {"role": "user"}}"#,
        r#"{"messages": [7]}"#,
        r#"{"messages": [null]}"#,
        r#"{"messages": [{"role": "user", "content": 7}]}"#,
        r#"{"messages": [{"role": "user", "content": [7]}]}"#,
        r#"{"messages": [{"role": "user", "content": {"text": "a"}}]}"#,
        r#"{"input": 7}"#,
        r#"{"input": [{"role": "user", "content": true}]}"#,
        r#"{"input": "a", "instructions": ["b"]}"#,
        r#"{"prompt": 7}"#,
        r#"{"prompt": [["a"]]}"#,
        r#"{"model": "text-embedding-3-small", "input": [[-1]]}"#,
    ] {
        let why = refused(json);
        assert!(why.contains('`'), "{why}");
    }
}

#[test]
fn depth_has_a_bound() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let nested = |depth: usize| format!("{}1{}", open.repeat(depth), close.repeat(depth));
        let request = |depth: usize| format!("{{\"messages\": [], \"extra\": {}}}", nested(depth));
        assert!(Request::from_json(&request(100)).is_ok());
        for depth in [126, 127, 128, 1_000, 100_000] {
            let error = Request::from_json(&request(depth)).unwrap_err();
            assert!(error.is_malformed_request(), "{error}");
            // Arguments and results that are JSON too deep are a text.
            let text = format!("{:?}", nested(depth).replace('"', "'"));
            let call = format!(
                r#"{{"messages": [{{"role": "assistant", "tool_calls": [{{"id": "1", "function": {{"name": "f", "arguments": {text}}}}},
                {{"id": "2", "function": {{"name": "f", "arguments": {text}}}}}]}}, {{"role": "tool", "tool_call_id": "1", "content": {text}}}]}}"#
            );
            let request = Request::from_json(&call).unwrap();
            assert!(tokenfare::model("gpt-4o").unwrap().count_request(&request).is_ok());
        }
        assert!(Request::from_json(&request(200)).unwrap_err().is_too_deep());
    }
}

#[test]
fn members_of_strange_types_are_passed_over() {
    for json in [
        r#"{"messages": [{}]}"#,
        r#"{"messages": [{"role": 7, "content": null, "name": [], "tool_calls": {}}]}"#,
        r#"{"messages": [{"role": "tool", "content": "a"}]}"#,
        r#"{"messages": [{"role": "assistant", "tool_calls": [7, null, {}, {"function": []}]}]}"#,
        r#"{"messages": [], "tools": 7, "tool_choice": 9, "response_format": 1, "prediction": []}"#,
        r#"{"messages": [], "tools": [{}, 7, {"function": {"name": 9, "parameters": [1]}}]}"#,
        r#"{"messages": [], "tools": [{"function": {"parameters": {"properties": {"a": 7, "b": {"type": 9, "enum": {}, "items": 1}}}}}]}"#,
        r##"{"messages": [], "tools": [{"function": {"parameters": {"properties": {"a": {"$ref": "#/nowhere"}, "b": {"$ref": ""}}}}}]}"##,
        r#"{"input": [{"type": "function_call"}, {"type": "function_call_output"}, {"type": "reasoning"}, {"type": "new"}]}"#,
        r#"{"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,****"}}]}]}"#,
        r#"{"messages": [{"role": "user", "content": [{"type": "input_audio", "input_audio": {"data": "UklGRg=="}}]}]}"#,
        r#"{"messages": [{"role": "user", "content": "a"}], "n": 1e300, "seed": -123456789012345678901234567890}"#,
    ] {
        let request = Request::from_json(json).unwrap();
        let count = tokenfare::model("gpt-4o").unwrap().count_request(&request).unwrap();
        assert!(count.low <= count.tokens && count.tokens <= count.high, "{json}");
    }
}

#[test]
fn references_into_one_another_do_not_explode() {
    // Each of thirty refers to the next one twice: written out, more than a thousand million.
    let mut defs = String::new();
    for i in 0..30 {
        let next = i + 1;
        write!(
            defs,
            r##""d{i}": {{"type": "object", "properties": {{"a": {{"$ref": "#/$defs/d{next}"}}, "b": {{"$ref": "#/$defs/d{next}"}}}}}},"##
        )
        .unwrap();
    }
    let json = format!(
        r##"{{"messages": [], "tools": [{{"function": {{"name": "f", "parameters": {{"properties": {{"a": {{"$ref": "#/$defs/d0"}}}},
            "$defs": {{{defs} "d30": {{"type": "string"}}}}}}}}}}]}}"##
    );
    let request = Request::from_json(&json).unwrap();
    let count = tokenfare::model("gpt-4o").unwrap().count_request(&request).unwrap();
    assert_eq!(count.exactness, tokenfare::Exactness::Estimate);
}

#[test]
fn references_that_lead_ever_deeper_are_cut() {
    let mut defs = String::new();
    for i in 0..60 {
        let (open, close) = (r#"{"type": "array", "items": "#.repeat(100), "}".repeat(100));
        write!(defs, r##""d{i}": {open}{{"$ref": "#/$defs/d{}"}}{close},"##, i + 1).unwrap();
    }
    let json = format!(
        r##"{{"messages": [], "tools": [{{"function": {{"name": "f", "parameters": {{"properties": {{"a": {{"$ref": "#/$defs/d0"}}}},
            "$defs": {{{defs} "d60": {{"type": "string"}}}}}}}}}}]}}"##
    );
    let request = Request::from_json(&json).unwrap();
    let count = tokenfare::model("gpt-4o").unwrap().count_request(&request).unwrap();
    assert_eq!(count.exactness, tokenfare::Exactness::Estimate);
}

#[test]
fn many_members_and_messages_take_linear_time() {
    let properties: Vec<String> = (0..20_000).map(|i| format!(r#""p{i}": {{"type": "string"}}"#)).collect();
    let required: Vec<String> = (0..20_000).map(|i| format!(r#""p{i}""#)).collect();
    let messages = r#"{"role": "tool", "tool_call_id": "x", "content": "a"},"#.repeat(20_000);
    let json = format!(
        r#"{{"messages": [{messages} {{"role": "user", "content": ""}}], "tools": [{{"function": {{"name": "f", "parameters":
            {{"properties": {{{}}}, "required": [{}]}}}}}}]}}"#,
        properties.join(","),
        required.join(",")
    );
    let start = std::time::Instant::now();
    let request = Request::from_json(&json).unwrap();
    tokenfare::model("gpt-4o").unwrap().count_request(&request).unwrap();
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

#[test]
fn what_is_no_answer_says_so() {
    for json in ["", "null", "7", "[]", "{}", "{\"choices\"", r#"{"usage": {}}"#] {
        assert!(Answer::from_json(json).is_err(), "{json}");
    }
    let model = tokenfare::model("gpt-4o").unwrap();
    for json in [r#"{"choices": 7}"#, r#"{"choices": [null, 7, {}]}"#, r#"{"output": [{}, 7]}"#, r#"{"message": 7}"#] {
        if let Ok(answer) = Answer::from_json(json) {
            assert!(model.count_output(&answer, None).is_ok(), "{json}");
        }
    }
}

#[test]
fn a_value_of_any_reader_is_bounded_too() {
    let mut deep = serde_json::Value::Null;
    for _ in 0..500 {
        deep = serde_json::Value::Array(vec![deep]);
    }
    let error = Request::from_deserializer(serde_json::json!({"messages": [], "extra": deep}), None).unwrap_err();
    assert!(error.is_too_deep(), "{error}");
    let request = Request::from_deserializer(serde_json::json!({"model": "gpt-4o", "messages": []}), None).unwrap();
    assert_eq!(request.model(), Some("gpt-4o"));
    assert!(matches!(request.body(), Json::Object(_)));
}
