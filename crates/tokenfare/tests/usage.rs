//! What the vectors of costs do not show: wrapped bodies, times, notes, sums.
#![allow(clippy::unwrap_used, clippy::panic)] // Allowed in tests, and what they call is part of them.

use tokenfare::{At, Error, Format, Pricer, Tier, Usage};

fn at() -> At {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

fn usage(body: &str) -> Usage {
    Usage::from_json(body).unwrap_or_else(|error| panic!("{error}: {body}"))
}

#[test]
fn what_was_cached_is_said_in_one_way() {
    let usage = |counts: &str| {
        Usage::from_json(&format!(
            r#"{{"model": "deepseek-chat", "usage": {{"prompt_tokens": 100, "completion_tokens": 1, "total_tokens": 101, {counts}}}}}"#
        ))
    };
    let refused = usage(r#""prompt_cache_hit_tokens": 0, "prompt_cache_miss_tokens": 100, "cached_tokens": 50"#);
    assert!(refused.unwrap_err().to_string().contains("prompt_cache_hit_tokens (0) and cached_tokens (50)"));
    assert_eq!(usage(r#""num_cached_tokens": 0, "cached_tokens": 50"#).unwrap().cache_read, 50);
}

#[test]
fn a_line_of_a_batch_costs_what_a_batch_costs() {
    let line = r#"{"id": "batch_req_1", "custom_id": "a", "response": {"status_code": 200, "body": {"model": "gpt-4o-mini",
        "usage": {"prompt_tokens": 1000000, "completion_tokens": 0, "total_tokens": 1000000}, "service_tier": "default"}}}"#;
    let cost = usage(line).cost(at()).unwrap();
    assert_eq!((cost.tier(), cost.total().to_string()), (Tier::Batch, "0.075".to_owned()));
}

#[test]
fn a_usage_alone_is_read_whatever_form_it_has() {
    for (body, format, input, output) in [
        (r#"{"prompt_tokens": 7, "completion_tokens": 3}"#, Format::OpenaiChat, 7, 3),
        (r#"{"input_tokens": 7, "output_tokens": 3, "cache_read_input_tokens": 5}"#, Format::AnthropicMessages, 12, 3),
        (r#"{"inputTokens": 7, "outputTokens": 3, "totalTokens": 10}"#, Format::BedrockConverse, 7, 3),
        (
            r#"{"promptTokenCount": 7, "candidatesTokenCount": 1, "thoughtsTokenCount": 2}"#,
            Format::GeminiGenerateContent,
            7,
            3,
        ),
    ] {
        let usage = usage(body);
        assert_eq!((usage.format, usage.input_tokens, usage.output_tokens), (Some(format), input, output), "{body}");
    }
}

#[test]
fn the_snake_case_of_gemini_s_python_library_is_the_same() {
    let usage = usage(
        r#"{"model_version": "gemini-2.5-flash", "usage_metadata": {"prompt_token_count": 1000, "candidates_token_count": 10,
        "thoughts_token_count": 20, "total_token_count": 1030, "prompt_tokens_details": [{"modality": "AUDIO", "token_count": 400},
        {"modality": "TEXT", "token_count": 600}], "traffic_type": "ON_DEMAND"}}"#,
    );
    assert_eq!((usage.input_tokens, usage.input_audio, usage.output_tokens), (1000, 400, 30));
    assert_eq!(usage.model.as_deref(), Some("gemini-2.5-flash"));
}

#[test]
fn tokens_that_only_the_total_has_were_thought_where_the_model_thinks_beside_its_answer() {
    let body = |model: &str| {
        format!(
            r#"{{"model": "{model}", "usage": {{"prompt_tokens": 10, "completion_tokens": 20, "total_tokens": 530}}}}"#
        )
    };
    let gemini = usage(&body("gemini-2.5-flash"));
    assert_eq!((gemini.output_tokens, gemini.reasoning_tokens), (520, 500));
    let error = Usage::from_json(&body("gpt-4o")).unwrap_err();
    assert!(error.is_bad_usage() && error.to_string().contains("total_tokens (530)"), "{error}");
}

#[test]
fn a_response_that_says_when_it_was_made_is_priced_by_then_in_a_log() {
    // gpt-4o was another model until 2024-10-02.
    let body =
        r#"{"model": "gpt-4o", "created": 1717243200, "usage": {"prompt_tokens": 1000000, "completion_tokens": 0}}"#;
    let price = |by_time| {
        let priced = Pricer::at(at()).log(None, &[body], by_time, None).remove(0);
        priced.map(|(_, cost)| cost.total().to_string())
    };
    assert_eq!(price(true), Ok("5".to_owned()));
    assert_eq!(price(false), Ok("2.5".to_owned()));
    for (made, read) in [
        ("1717243200", "2024-06-01T12:00Z"),
        ("1717243200123", "2024-06-01T12:00Z"),
        ("1717243200.5", "2024-06-01T12:00Z"),
        ("\"2024-06-01T14:00:00+02:00\"", "2024-06-01T12:00Z"),
    ] {
        let body = format!(r#"{{"created_at": {made}, "usage": {{"prompt_tokens": 1, "completion_tokens": 0}}}}"#);
        assert_eq!(usage(&body).made.map(|made| made.to_string()).as_deref(), Some(read), "{made}");
    }
}

#[test]
fn what_had_to_be_taken_for_so_is_said() {
    let heard = usage(r#"{"model": "whisper-1", "text": "", "duration": 8.47}"#);
    let cost = heard.cost("2025-02-01".parse().unwrap()).unwrap();
    assert_eq!((cost.total().to_string(), cost.notes().len()), ("0.0009".to_owned(), 1));
    // By the hour, at no hour.
    let usage = Usage { model: Some("deepseek-v4-flash".to_owned()), ..Usage::of_tokens(1_000, 0) };
    let notes = |at: &str| usage.cost(at.parse().unwrap()).map(|cost| cost.notes().len());
    assert_eq!(notes("2026-11-20T12:00:00Z"), Ok(0));
    assert_eq!(notes("2026-11-20"), Ok(1));
}

#[test]
fn the_tier_that_served_holds_but_for_a_batch() {
    let body = |tier: &str| {
        format!(
            r#"{{"model": "gpt-5.4", "service_tier": "{tier}", "usage": {{"prompt_tokens": 1000, "completion_tokens": 0}}}}"#
        )
    };
    let tier = |served: &str, asked: Tier| {
        let cost = Pricer::at(at()).tier(asked).cost(&usage(&body(served))).unwrap();
        (cost.tier(), cost.notes().len())
    };
    assert_eq!(tier("default", Tier::Batch), (Tier::Batch, 0));
    assert_eq!(tier("default", Tier::Priority), (Tier::Standard, 1));
    assert_eq!(tier("flex", Tier::Flex), (Tier::Flex, 0));
    assert_eq!(tier("auto", Tier::Flex), (Tier::Flex, 0));
    let error = usage(&body("flexx")).cost(at()).unwrap_err();
    assert!(error.is_malformed() && error.to_string().starts_with("unknown tier `flexx`"), "{error}");
}

#[test]
fn what_is_billed_apart_and_has_no_rate_is_an_error() {
    let body = r#"{"object": "response", "model": "gpt-4o", "output": [{"type": "code_interpreter_call"}],
        "usage": {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2}}"#;
    let error = Usage::from_json(body).unwrap_err();
    assert!(error.is_missing_rate() && error.to_string().contains("code_interpreter_call"), "{error}");
}

#[test]
fn bodies_that_are_none_are_errors_with_a_reason() {
    let why = |body: &str| Usage::from_json(body).and_then(|usage| usage.cost(at()).map(drop)).unwrap_err();
    for body in ["", "null", "[]", "7", "{", "{\"usage\": {}", "{\"usage\": {}} x", "\u{feff}{}"] {
        assert!(why(body).is_bad_usage(), "{body}: {}", why(body));
    }
    let twice =
        why(r#"{"model": "gpt-4o", "usage": {"prompt_tokens": 1, "prompt_tokens": 2, "completion_tokens": 0}}"#);
    assert!(twice.to_string().contains("`prompt_tokens` is there twice"), "{twice}");
    let deep = format!(r#"{{"usage": {}1{}}}"#, "[".repeat(200_000), "]".repeat(200_000));
    assert!(why(&deep).is_unknown_model()); // It is read, and names none.
    let nested = format!("{}{{}}{}", r#"{"response": "#.repeat(100_000), "}".repeat(100_000));
    assert!(why(&nested).is_bad_usage());
}

#[test]
fn numbers_at_the_edge_do_not_wrap() {
    let most = u64::MAX;
    let body = format!(r#"{{"model": "gpt-4o", "usage": {{"prompt_tokens": {most}, "completion_tokens": {most}}}}}"#);
    let cost = Usage::from_json(&body).and_then(|usage| usage.cost(at()).map(|cost| cost.total().to_string()));
    // 2.5 and 10 dollars per million, of 18,446,744,073,709,551,615 each.
    assert_eq!(cost, Ok("230584300921369.3951875".to_owned()));
    let cached = format!(
        r#"{{"model": "claude-sonnet-4-5", "usage": {{"input_tokens": {most}, "cache_read_input_tokens": 1, "output_tokens": 0}}}}"#
    );
    assert!(Usage::from_json(&cached).is_err_and(|error: Error| error.is_bad_usage()));
}

#[test]
fn a_provider_that_is_not_one_is_named() {
    let usage = Usage { model: Some("gpt-4o".to_owned()), ..Usage::of_tokens(1, 1) };
    let error = Pricer::at(at()).provider("opnai").cost(&usage).unwrap_err();
    assert!(error.is_unknown_model());
    assert!(error.to_string().starts_with("unknown provider `opnai`, did you mean `openai`"), "{error}");
}
