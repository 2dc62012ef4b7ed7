//! Each rule of counting requests, with what it adds written out by hand: `t(x)` is the text's own tokens.
#![allow(clippy::unwrap_used)] // Allowed in tests, and what they call is part of them.

use tokenfare::{Answer, Calibration, Count, Exactness, Format, Hints, Limit, Media, PartKind, Renderer, Request};

fn counted(model: &str, json: &str) -> Count {
    let request = Request::from_json(json).unwrap();
    tokenfare::model(model).unwrap().count_request(&request).unwrap()
}

fn o200k(text: &str) -> u64 {
    tokenfare::encoding("o200k_base").unwrap().count(text) as u64
}

/// One tool, as chat completions have it.
fn chat_with(tools: &str) -> String {
    format!(r#"{{"messages": [{{"role": "user", "content": "go"}}], "tools": [{tools}]}}"#)
}

/// What a tool without the frame of its namespace costs: the head of a chat completion's tools is nine.
fn namespace_of(json: &str) -> u64 {
    counted("gpt-4o", json).tokens - (o200k("go") + 4 + 3) - 9
}

fn part(count: &Count, kind: PartKind) -> &tokenfare::Part {
    count.parts.iter().find(|part| part.kind == kind).unwrap()
}

#[test]
fn a_message_costs_its_frame_and_an_answer_its_priming() {
    let json =
        r#"{"messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "hello world"}]}"#;
    assert_eq!(counted("gpt-4o", json).tokens, o200k("Be kind.") + 4 + o200k("hello world") + 4 + 3);
    assert_eq!(counted("o3-mini", json).tokens, o200k("Be kind.") + 4 + o200k("hello world") + 4 + 2);
    assert_eq!(counted("gpt-4o-search-preview", json).tokens, o200k("Be kind.") + o200k("hello world"));
    assert_eq!(counted("gpt-4o", json).exactness, Exactness::Framed);
}

#[test]
fn what_the_assistant_said_names_its_channel_in_harmony_alone() {
    let json = r#"{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}"#;
    assert_eq!(counted("gpt-4o", json).tokens, 2 + 2 * 4 + 3);
    assert_eq!(counted("gpt-5", json).tokens, 2 + 2 * 4 + 2 + 2);
}

#[test]
fn a_name_costs_one_more_than_its_text_unless_it_is_the_role() {
    let with = |name: &str| format!(r#"{{"messages": [{{"role": "user", "name": "{name}", "content": "a"}}]}}"#);
    assert_eq!(counted("gpt-4o", &with("bosun")).tokens, 1 + 4 + 3 + o200k("bosun") + 1);
    assert_eq!(counted("gpt-4o", &with("user")).tokens, 1 + 4 + 3 + o200k("user"));
}

#[test]
fn parts_of_text_are_joined_before_they_are_counted() {
    let json = r#"{"messages": [{"role": "user", "content": [
        {"type": "text", "text": "stop"}, {"type": "text", "text": "light"}]}]}"#;
    assert_eq!(counted("gpt-4o", json).tokens, o200k("stoplight") + 4 + 3);
}

#[test]
fn a_tool_without_comments_is_one_line() {
    let json = chat_with(
        r#"{"type": "function", "function": {"name": "f", "description": "Does it.", "parameters":
            {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "array", "items": {"type": "string"}}},
             "required": ["a"]}}}"#,
    );
    let text = "namespace functions {\n\n// Does it.\ntype f = (_: { a: number, b?: string[] }) => any;\n\n} // namespace functions";
    assert_eq!(namespace_of(&json), o200k(text));
}

#[test]
fn a_comment_on_one_member_gives_each_a_line() {
    let json = chat_with(
        r#"{"type": "function", "function": {"name": "f", "parameters":
            {"type": "object", "title": "Args", "description": "All of them.", "properties":
              {"a": {"type": "string", "title": "A", "description": "First.\n\n  More. ", "default": "x"}, "b": {"enum": [1, "two", null]}}}}}"#,
    );
    let text = "namespace functions {\n\ntype f = (_: // Args\n//\n// All of them.\n{\n// A\n//\n// First.\n//\n// More.\na?: string, // default: \"x\"\nb?: 1 | \"two\" | null,\n}) => any;\n\n} // namespace functions";
    assert_eq!(namespace_of(&json), o200k(text));
}

#[test]
fn an_empty_description_is_none() {
    let json = chat_with(r#"{"type": "function", "function": {"name": "f", "description": " \n "}}"#);
    assert_eq!(namespace_of(&json), o200k("namespace functions {\n\ntype f = () => any;\n\n} // namespace functions"));
}

#[test]
fn references_are_written_out_with_their_titles() {
    let json = chat_with(
        r##"{"type": "function", "function": {"name": "f", "parameters": {"type": "object",
            "properties": {"p": {"$ref": "#/$defs/P"}, "all": {"type": "array", "items": {"$ref": "#/$defs/P"}}},
            "$defs": {"P": {"title": "Point", "type": "object", "properties": {"x": {"type": "number"}}}}}}}"##,
    );
    let text = "namespace functions {\n\ntype f = (_: {\n// Point\np?: { x?: number },\nall?: Array<\n// Point\n{ x?: number }\n>,\n}) => any;\n\n} // namespace functions";
    assert_eq!(namespace_of(&json), o200k(text));
}

#[test]
fn a_reference_to_itself_ends_and_is_an_estimate() {
    let json = chat_with(
        r##"{"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties":
            {"tree": {"$ref": "#/$defs/T"}}, "$defs": {"T": {"type": "object", "properties": {"left": {"$ref": "#/$defs/T"}}}}}}}"##,
    );
    let count = counted("gpt-4o", &json);
    assert_eq!(count.exactness, Exactness::Estimate);
    assert!(part(&count, PartKind::Tool).note.is_some());
}

#[test]
fn constraints_stand_behind_the_variant_they_are_of() {
    let json = chat_with(
        r#"{"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties":
            {"n": {"type": ["integer", "null"], "minimum": 0, "maximum": 255}, "s": {"type": "string"}}}}}"#,
    );
    let text = "namespace functions {\n\ntype f = (_: {\nn?: \n | number // minimum: 0 maximum: 255\n | null\n,\ns?: string,\n}) => any;\n\n} // namespace functions";
    assert_eq!(namespace_of(&json), o200k(text));
    // A form of numbers is not shown, so it is no comment.
    let json = chat_with(
        r#"{"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties":
            {"x": {"type": "number", "format": "double"}}}}}"#,
    );
    assert_eq!(
        namespace_of(&json),
        o200k("namespace functions {\n\ntype f = (_: { x?: number }) => any;\n\n} // namespace functions")
    );
}

#[test]
fn tools_behind_the_system_join_its_text() {
    let with = |system: &str| {
        format!(
            r#"{{"messages": [{{"role": "system", "content": "{system}"}}, {{"role": "user", "content": "go"}}],
            "tools": [{{"type": "function", "function": {{"name": "f"}}}}]}}"#
        )
    };
    let namespace = o200k("namespace functions {\n\ntype f = () => any;\n\n} // namespace functions");
    let rest = namespace + o200k("go") + 4 + 3;
    for system in ["Be kind.", "Be kind", "Be kind. \\n "] {
        let said = system.split(" \\n").next().unwrap();
        let expected = 4 + o200k(&format!("{said}\n\n")) + 5 + rest;
        assert_eq!(counted("gpt-4o", &with(system)).tokens, expected, "{system}");
        assert_eq!(
            counted("gpt-5", &with(system)).tokens,
            expected - 5 + 90 - 1 - 1,
            "{system}: no description, priming two"
        );
    }
}

#[test]
fn choosing_a_tool_costs_in_chatml_alone() {
    let with = |choice: &str| {
        chat_with(r#"{"type": "function", "function": {"name": "find", "description": "Finds."}}"#)
            .replace(r#""tools""#, &format!(r#""tool_choice": {choice}, "tools""#))
    };
    let named = r#"{"type": "function", "function": {"name": "find"}}"#;
    for (model, of_name, of_none) in [("gpt-4o", 7 + o200k("find"), 1), ("gpt-5", 0, 0)] {
        let free = counted(model, &with(r#""auto""#)).tokens;
        assert_eq!(counted(model, &with(r#""required""#)).tokens, free);
        assert_eq!(counted(model, &with(named)).tokens, free + of_name, "{model}");
        assert_eq!(counted(model, &with(r#""none""#)).tokens, free + of_none, "{model}");
    }
}

#[test]
fn a_call_is_written_again_compactly() {
    let json = r#"{"messages": [{"role": "user", "content": "go"},
        {"role": "assistant", "content": null, "tool_calls": [{"id": "1", "type": "function", "function":
            {"name": "find", "arguments": "{ \"who\":  \"Zoë\", \"n\": 1.0 }"}}]},
        {"role": "tool", "tool_call_id": "1", "content": "here"}]}"#;
    let call = 4 + 5 + o200k("find") + o200k(r#"{"who":"Zoë","n":1.0}"#);
    let result = 3 + o200k("functions.find") + o200k("here");
    assert_eq!(counted("gpt-4o", json).tokens, o200k("go") + 4 + call + result + 3);
    assert_eq!(counted("gpt-5", json).tokens, o200k("go") + 4 + call + 6 + result + 2);
}

#[test]
fn several_calls_are_one_text_and_so_are_their_results() {
    let json = r#"{"messages": [{"role": "user", "content": "go"},
        {"role": "assistant", "tool_calls": [
            {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{\"a\": 1}"}},
            {"id": "2", "type": "function", "function": {"name": "g", "arguments": "{}"}}]},
        {"role": "tool", "tool_call_id": "1", "content": "{\"ok\":true}"},
        {"role": "tool", "tool_call_id": "2", "content": "café"}]}"#;
    let calls = r#"{"tool_uses":[{"recipient_name":"functions.f","parameters":{"a":1}},{"recipient_name":"functions.g","parameters":{}}]}"#;
    let results = r#"[{"ok": true}, "caf\u00e9"]"#;
    assert_eq!(counted("gpt-4o", json).tokens, o200k("go") + 4 + 20 + o200k(calls) + o200k(results) + 3);
    assert_eq!(counted("gpt-5", json).tokens, o200k("go") + 4 + 26 + o200k(calls) + o200k(results) + 2);
}

#[test]
fn a_schema_loses_what_only_the_decoder_needs() {
    let schema = r#"{"type":"object","properties":{"format":{"type":"string","minLength":1},"x":{"enum":["é"]}},
        "required":["x"],"additionalProperties":false}"#;
    let kept = r#"{"type":"object","properties":{"format":{"type":"string"},"x":{"enum":["\u00e9"]}}}"#;
    let chat = format!(
        r#"{{"messages": [{{"role": "user", "content": "go"}}],
            "response_format": {{"type": "json_schema", "json_schema": {{"name": "berth", "schema": {schema}}}}}}}"#
    );
    let heading = o200k("## berth") - 1;
    assert_eq!(
        counted("gpt-4o", &chat).tokens,
        o200k("go") + 4 + 3 + 6 + 4 + heading + o200k(kept) + 2 + o200k("berth")
    );
    assert_eq!(counted("gpt-5", &chat).tokens, o200k("go") + 4 + 2 + 6 + 4 + heading + o200k(kept));
    let responses = format!(
        r#"{{"input": "go", "text": {{"format": {{"type": "json_schema", "name": "berth", "schema": {schema}}}}}}}"#
    );
    assert_eq!(counted("gpt-4o", &responses).tokens, o200k("go") + 4 + 3 + 7 + o200k(" berth") + o200k(kept));
    assert_eq!(counted("gpt-5", &responses).tokens, o200k("go") + 4 + 2 + 6 + o200k(" berth") + o200k(kept));
}

#[test]
fn responses_have_heads_and_frames_of_their_own() {
    let namespace = o200k("namespace functions {\n\n// Rings.\ntype bell = () => any;\n\n} // namespace functions");
    let json = r#"{"instructions": "Be kind.", "input": [{"role": "user", "content": "go"}],
        "tools": [{"type": "function", "name": "bell", "description": "Rings."}]}"#;
    let text = o200k("Be kind.") + 4 + o200k("go") + 4 + namespace;
    assert_eq!(counted("gpt-4o", json).tokens, text + 3 + 3);
    assert_eq!(counted("o4-mini", json).tokens, text + 6 + 2);
    assert_eq!(counted("gpt-5", json).tokens, text + 9 + 2);
    let required = json.replace(r#""input""#, r#""tool_choice": "required", "input""#);
    assert_eq!(counted("gpt-4o", &required).tokens, text + 3 + 3 + 7 + o200k("bell"));
}

#[test]
fn calls_of_responses_depend_on_the_ids_they_have() {
    let with = |calls: &[(&str, bool)]| {
        let calls: Vec<String> = calls
            .iter()
            .map(|(call, has_id)| {
                let id = if *has_id { r#""id": "fc_1", "# } else { "" };
                format!(r#"{{"type": "function_call", {id}"call_id": "{call}", "name": "bell", "arguments": "{{}}"}}"#)
            })
            .collect();
        format!(r#"{{"input": [{{"role": "user", "content": "go"}}, {}]}}"#, calls.join(", "))
    };
    let text = o200k("bell") + o200k("{}");
    let of = |model: &str, calls: &[(&str, bool)], priming: u64| {
        counted(model, &with(calls)).tokens - o200k("go") - 4 - priming
    };
    assert_eq!(of("gpt-4o", &[("1", false)], 3), 7 + text);
    assert_eq!(of("gpt-4o", &[("1", true)], 3), 7 + 3 + text);
    assert_eq!(of("gpt-4o", &[("1", true), ("2", true)], 3), 2 * (7 + text));
    assert_eq!(of("gpt-5", &[("1", false)], 2), 13 + text);
    assert_eq!(of("gpt-5", &[("1", true)], 2), 16 + text);
    assert_eq!(of("gpt-5", &[("1", false), ("2", false)], 2), 2 * (13 + text));
    assert_eq!(of("gpt-5", &[("1", true), ("2", true)], 2), 22 + 2 * (10 + text));
    assert_eq!(of("gpt-5.4", &[("1", false)], 2), 16 + text);
    assert_eq!(of("gpt-5.4", &[("1", false), ("2", false)], 2), 22 + 2 * (10 + text));
}

#[test]
fn thinking_is_read_again_after_the_last_question_alone() {
    let before = r#"{"input": [{"role": "user", "content": "go"}, {"type": "reasoning", "id": "rs_1", "summary": []},
        {"role": "user", "content": "on"}]}"#;
    let after = r#"{"input": [{"role": "user", "content": "go"}, {"type": "reasoning", "id": "rs_1", "summary": []}]}"#;
    assert_eq!(counted("gpt-5", before).tokens, o200k("go") + o200k("on") + 2 * 4 + 2);
    let model = tokenfare::model("gpt-5.4").unwrap();
    let request = Request::from_json(after).unwrap();
    let unsure = model.count_request(&request).unwrap();
    assert_eq!(unsure.exactness, Exactness::Estimate);
    assert_eq!(unsure.unknown().count(), 1);
    let told = model.count_request_with(&request, &Hints::default().reasoning("rs_1", 120)).unwrap();
    assert_eq!((told.tokens, told.exactness), (o200k("go") + 4 + 2 + 120 + 2, Exactness::Framed));
    // The older models report multiples of 64.
    let told = tokenfare::model("gpt-5")
        .unwrap()
        .count_request_with(&request, &Hints::default().reasoning("/input/1", 64))
        .unwrap();
    assert_eq!(part(&told, PartKind::Reasoning).high - part(&told, PartKind::Reasoning).low, 63);
}

#[test]
fn pictures_cost_tiles_or_patches() {
    let json = r#"{"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}]}]}"#;
    let of = |model: &str, width: u32, height: u32| {
        let request = Request::from_json(json).unwrap();
        let hints = Hints::default().media("/messages/0/content/0", Media::image(width, height));
        let count = tokenfare::model(model).unwrap().count_request_with(&request, &hints).unwrap();
        part(&count, PartKind::Image).tokens
    };
    assert_eq!(of("gpt-4o", 1, 1), 85 + 170);
    assert_eq!(of("gpt-4o", 2048, 4096), 85 + 6 * 170); // 384 by 768 of 1024 by 2048, shorter side to 768: 768 by 1536
    assert_eq!(of("gpt-4.1-mini", 1024, 1024), 32 * 32 * 162 / 100 + 2);
    assert!(of("gpt-4.1-mini", 9_000, 9_000) <= 1536 * 162 / 100 + 2);
    let unsure = counted("gpt-4o", json);
    assert_eq!((part(&unsure, PartKind::Image).low, part(&unsure, PartKind::Image).high), (85 + 170, 85 + 8 * 170));
}

#[test]
fn what_the_server_adds_is_named_and_never_ignored() {
    let json = r#"{"input": "go", "previous_response_id": "resp_1", "tools": [{"type": "web_search"}]}"#;
    let count = counted("gpt-4o", json);
    let unknown: Vec<_> = count.unknown().map(|part| (part.kind, &*part.at)).collect();
    assert_eq!(unknown, [(PartKind::Stored, "/previous_response_id"), (PartKind::ServerTool, "/tools/0")]);
    assert!(count.unknown().all(|part| part.note.is_some() && part.high > part.low));
    assert_eq!(count.exactness, Exactness::Estimate);
    let online = counted("openrouter/openai/gpt-4o:online", r#"{"messages": [{"role": "user", "content": "go"}]}"#);
    assert_eq!(online.unknown().map(|part| &*part.at).collect::<Vec<_>>(), ["/model"]);
    let file = r#"{"messages": [{"role": "user", "content": [{"type": "file", "file": {"file_id": "file-1"}}]}]}"#;
    assert_eq!(counted("gpt-4o", file).unknown().next().unwrap().kind, PartKind::File);
}

#[test]
fn responses_of_the_first_month_cost_more() {
    let request = Request::from_json(r#"{"input": "go"}"#).unwrap();
    let model = tokenfare::model("gpt-4o").unwrap();
    let on = |day: &str| model.count_request_with(&request, &Hints::default().on(day.parse().unwrap())).unwrap().tokens;
    assert_eq!(on("2025-03-20"), on("2025-04-02") + 18);
}

#[test]
fn the_older_writer_of_tools_is_at_hand() {
    let json = chat_with(
        r#"{"type": "function", "function": {"name": "f", "parameters": {"type": "object", "title": "T",
            "properties": {"a": {"type": "string", "title": "A"}}}}}"#,
    );
    let request = Request::from_json(&json).unwrap();
    let model = tokenfare::model("gpt-4o").unwrap();
    let count = model.count_request_with(&request, &Hints::default().renderer(Renderer::V0)).unwrap();
    let text = "namespace functions {\n\ntype f = (_: {\na?: string,\n}) => any;\n\n} // namespace functions";
    assert_eq!(count.tokens, o200k("go") + 4 + 3 + 9 + o200k(text));
    // The models of its time have it still.
    let model = tokenfare::model("gpt-4-0613").unwrap();
    let count = model.count_request(&request).unwrap();
    let cl100k = |text: &str| tokenfare::encoding("cl100k_base").unwrap().count(text) as u64;
    assert_eq!(count.tokens, cl100k("go") + 4 + 3 + 9 + cl100k(text));
    let newer = model.count_request_with(&request, &Hints::default().renderer(Renderer::V1)).unwrap();
    assert!(newer.tokens > count.tokens);
    let at_azure = tokenfare::model("azure/gpt-35-turbo-0613").unwrap();
    assert_eq!(at_azure.count_request(&request).unwrap().tokens, count.tokens);
    // A model that was not there yet has the newer one, whatever day is said.
    let later = tokenfare::model("gpt-4.1").unwrap();
    let then = later.count_request_with(&request, &Hints::default().on("2024-03-01".parse().unwrap())).unwrap();
    assert_eq!(then.tokens, later.count_request(&request).unwrap().tokens);
}

#[test]
fn formats_are_told_by_their_members() {
    let of = |json: &str| Request::from_json(json).unwrap().format();
    assert_eq!(of(r#"{"messages": []}"#), Format::OpenaiChat);
    assert_eq!(of(r#"{"model": "claude-sonnet-4-5", "messages": [], "max_tokens": 9}"#), Format::AnthropicMessages);
    assert_eq!(of(r#"{"messages": [], "system": "Be kind."}"#), Format::AnthropicMessages);
    assert_eq!(of(r#"{"model": "anthropic/claude-sonnet-4.5", "messages": []}"#), Format::OpenaiChat);
    assert_eq!(of(r#"{"input": "go"}"#), Format::OpenaiResponses);
    assert_eq!(of(r#"{"input": ["a", "b"]}"#), Format::OpenaiEmbeddings);
    assert_eq!(of(r#"{"model": "text-embedding-3-small", "input": "a"}"#), Format::OpenaiEmbeddings);
    assert_eq!(of(r#"{"prompt": "Once"}"#), Format::OpenaiCompletions);
    assert_eq!(of(r#"{"prompt": {"id": "pmpt_1"}}"#), Format::OpenaiResponses);
    assert_eq!(of(r#"{"contents": []}"#), Format::GeminiGenerateContent);
    let line =
        r#"{"custom_id": "1", "method": "POST", "url": "/v1/responses", "body": {"model": "gpt-4o", "input": "go"}}"#;
    assert_eq!(
        (of(line), Request::from_json(line).unwrap().model().map(str::to_owned)),
        (Format::OpenaiResponses, Some("gpt-4o".to_owned()))
    );
    for format in Format::ALL {
        assert_eq!(format.as_str().parse::<Format>().ok(), Some(*format));
    }
    let error = "smoke".parse::<Format>().unwrap_err();
    assert!(error.is_unknown_format() && error.to_string().contains("openai.chat"), "{error}");
}

#[test]
fn an_answer_costs_its_text_and_what_ends_it() {
    let model = tokenfare::model("gpt-4o").unwrap();
    let chat = |message: &str, reason: &str| {
        let json = format!(r#"{{"choices": [{{"finish_reason": "{reason}", "message": {message}}}]}}"#);
        let count = model.count_output(&Answer::from_json(&json).unwrap(), None).unwrap();
        (count.tokens, count.high)
    };
    let text = o200k("Ring the bell.");
    assert_eq!(chat(r#"{"role": "assistant", "content": "Ring the bell."}"#, "stop"), (text, text + 1));
    assert_eq!(chat(r#"{"role": "assistant", "content": "Ring the bell."}"#, "length"), (text, text));
    let call =
        r#"{"tool_calls": [{"id": "1", "type": "function", "function": {"name": "bell", "arguments": "{\"n\":2}"}}]}"#;
    assert_eq!(chat(call, "tool_calls").0, o200k("bell") + o200k(r#"{"n":2}"#) + 7);
    assert_eq!(model.count_output(&Answer::of_text("Ring the bell."), None).unwrap().tokens, text);
    let response = r#"{"status": "completed", "output": [{"type": "message", "content": [{"type": "output_text", "text": "Ring the bell."}]}]}"#;
    let response = Answer::from_json(response).unwrap();
    assert_eq!(model.count_output(&response, None).unwrap().tokens, text + 1);
    assert_eq!(tokenfare::model("gpt-5.4").unwrap().count_output(&response, None).unwrap().tokens, text + 4);
}

#[test]
fn a_named_tool_is_not_written_again_in_the_answer() {
    let request = chat_with(r#"{"type": "function", "function": {"name": "bell"}}"#)
        .replace(r#""tools""#, r#""tool_choice": {"type": "function", "function": {"name": "bell"}}, "tools""#);
    let request = Request::from_json(&request).unwrap();
    let answer = r#"{"choices": [{"message": {"tool_calls": [{"function": {"name": "bell", "arguments": "{}"}}]}}]}"#;
    let answer = Answer::from_json(answer).unwrap();
    let count = tokenfare::model("gpt-4o").unwrap().count_output(&answer, Some(&request)).unwrap();
    assert_eq!(count.tokens, o200k("{}") + 1);
}

#[test]
fn thinking_that_is_reported_in_multiples_hides_the_rest() {
    let json = r#"{"choices": [{"finish_reason": "stop", "message": {"content": "Yes."}}],
        "usage": {"completion_tokens_details": {"reasoning_tokens": 128}}}"#;
    let answer = Answer::from_json(json).unwrap();
    assert_eq!(answer.reasoning_tokens(), Some(128));
    let of = |model: &str| tokenfare::model(model).unwrap().count_output(&answer, None).unwrap();
    assert_eq!((of("gpt-5").tokens, of("gpt-5").high), (o200k("Yes.") + 9 + 128, o200k("Yes.") + 9 + 128 + 63 + 1));
    assert_eq!(of("gpt-5.4").tokens, o200k("Yes.") + 3 + 128);
}

#[test]
fn a_window_says_what_does_not_fit_and_what_would() {
    let with = |limit: u64| format!(r#"{{"input": "hello", "max_output_tokens": {limit}}}"#);
    let model = tokenfare::model("gpt-4o").unwrap();
    let window = |json: &str| model.window(&Request::from_json(json).unwrap()).unwrap();
    let fitting = window(&with(1_000));
    assert!(fitting.fits() && fitting.check().is_ok());
    assert_eq!(fitting.requested_output, Some(1_000));
    assert_eq!(fitting.room(), model.max_output());
    assert_eq!(fitting.input_room(), Some(128_000 - 1_000 - fitting.input.high));
    let over = window(&with(16_385));
    assert!(over.is_certainly_over());
    assert_eq!(
        over.overruns.iter().map(|overrun| (overrun.limit, overrun.over_by())).collect::<Vec<_>>(),
        [(Limit::MaxOutput, 1)]
    );
    let error = over.check().unwrap_err();
    assert!(error.is_window_exceeded());
    assert_eq!((error.over_by(), error.limit(), error.fits_output()), (Some(1), Some(Limit::MaxOutput), Some(16_384)));
    assert_eq!(
        error.to_string(),
        "16385 tokens exceed the max_output of `gpt-4o-2024-08-06`, which is 16384, 16384 tokens of output fit"
    );
    // A text of 130,000 tokens is more than the window whatever is asked for.
    let long = format!(r#"{{"input": "{}"}}"#, "a ".repeat(130_000));
    let error = window(&long).check().unwrap_err();
    assert_eq!((error.limit(), error.fits_output()), (Some(Limit::ContextWindow), Some(0)));
    assert!(error.to_string().ends_with("shorten the input"), "{error}");
    // What may be too much is not certain.
    let unsure = window(r#"{"input": [{"role": "user", "content": [{"type": "input_file", "file_id": "f"}]}]}"#);
    assert!(!unsure.fits() && !unsure.is_certainly_over());
}

#[test]
fn bills_that_agree_make_a_correction_and_others_do_not() {
    let model = tokenfare::model("gpt-4o").unwrap();
    let request = |text: &str| format!(r#"{{"messages": [{{"role": "user", "content": "{text}"}}]}}"#);
    let corrected = |bills: &[i64]| {
        let mut calibration = Calibration::default();
        for (i, shift) in bills.iter().enumerate() {
            let json = request(&"a ".repeat(i + 1));
            let request = Request::from_json(&json).unwrap();
            let tokens = model.count_request(&request).unwrap().tokens;
            calibration
                .record(&model, &request, &Hints::default(), tokens.checked_add_signed(*shift).unwrap())
                .unwrap();
        }
        let json = request("go");
        let request = Request::from_json(&json).unwrap();
        let count = model.count_request(&request).unwrap();
        let plain = count.tokens;
        i64::try_from(calibration.correction().apply(&model, &request, count).tokens).unwrap()
            - i64::try_from(plain).unwrap()
    };
    assert_eq!(corrected(&[3, 3, 3, 3]), 0, "four are too few");
    assert_eq!(corrected(&[3, 3, 3, 3, 3]), 3);
    assert_eq!(corrected(&[-2, -2, -2, -2, 0]), -2);
    assert_eq!(corrected(&[3, 3, 3, 1, 0]), 0, "they do not agree");
}

#[test]
fn media_are_measured_by_their_heads() {
    let png = [&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], &640_u32.to_be_bytes(), &480_u32.to_be_bytes(), &[8, 2, 0, 0, 0]]
        .concat();
    assert_eq!(Media::of_bytes(&png).size(), Some((640, 480)));
    let gif = [&b"GIF89a"[..], &7_u16.to_le_bytes(), &9_u16.to_le_bytes()].concat();
    assert_eq!(Media::of_bytes(&gif).size(), Some((7, 9)));
    let jpeg =
        [&b"\xff\xd8\xff\xe0\0\x04ab\xff\xc2\0\x11\x08"[..], &300_u16.to_be_bytes(), &200_u16.to_be_bytes()].concat();
    assert_eq!(Media::of_bytes(&jpeg).size(), Some((200, 300)));
    let webp = [&b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0"[..], &[99, 0, 0], &[49, 0, 0]].concat();
    assert_eq!(Media::of_bytes(&webp).size(), Some((100, 50)));
    let mut wav =
        [&b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0"[..], &8_000_u32.to_le_bytes(), &16_000_u32.to_le_bytes()]
            .concat();
    wav.extend([2, 0, 16, 0]);
    wav.extend(b"data");
    wav.extend(24_000_u32.to_le_bytes());
    wav.resize(wav.len() + 24_000, 0);
    assert_eq!(Media::of_bytes(&wav).seconds, Some(1.5));
    for length in 0..png.len() - 6 {
        assert_eq!(Media::of_bytes(&png[..length]).size(), None);
    }
    assert_eq!(
        Media::of_base64("data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAoAAAAHgCAIAAAA").size(),
        Some((640, 480))
    );
}
