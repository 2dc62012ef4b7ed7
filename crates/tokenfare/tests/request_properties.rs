//! What holds for every request: parts add up, bounds hold the count, frames are the family's, a prefix is the whole.
#![allow(clippy::unwrap_used)] // Allowed in tests, and what they call is part of them.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use tokenfare::{Calibration, Conversation, Correction, Count, Exactness, Hints, Json, Request};

const MODELS: &[&str] = &[
    "gpt-3.5-turbo",
    "gpt-4",
    "gpt-4o",
    "gpt-4o-mini",
    "gpt-4.1",
    "gpt-4.1-mini",
    "gpt-4o-search-preview",
    "o1",
    "o3-mini",
    "o4-mini",
    "gpt-5",
    "gpt-5-mini",
    "gpt-5.2",
    "gpt-5.4",
    "gpt-5.6-sol",
    "gpt-oss-120b",
    "openrouter/openai/gpt-4o:online",
    "openrouter/openai/gpt-5",
];

const TEXTS: &[&str] = &[
    "",
    "a",
    "hello world",
    "Be kind.",
    "Be kind. \n ",
    "café — 東京",
    "<|endoftext|>",
    "{\"a\": 1}",
    "[1, 2",
    "\n\n",
    "a line\nand another one, which is a little longer than the first",
];

fn text() -> impl Strategy<Value = &'static str> {
    select(TEXTS)
}

/// A message of a chat completion, or calls and their results.
fn message() -> impl Strategy<Value = Vec<Value>> {
    let roles = select(&["system", "developer", "user", "assistant"][..]);
    let plain = (roles, text(), proptest::option::of(select(&["bosun", "user"][..]))).prop_map(|(role, text, name)| {
        let mut message = json!({"role": role, "content": text});
        if let Some(name) = name {
            message["name"] = json!(name);
        }
        vec![message]
    });
    let calls = vec((select(&["f", "find_boat"][..]), text()), 1..4).prop_map(|calls| {
        let of = |(i, (name, arguments)): (usize, &(&str, &str))| {
            json!({"id": format!("c{i}"), "type": "function", "function": {"name": name, "arguments": arguments}})
        };
        let mut messages =
            vec![json!({"role": "assistant", "content": null, "tool_calls": calls.iter().enumerate().map(of).collect::<Vec<_>>()})];
        messages.extend(calls.iter().enumerate().map(|(i, (_, text))| {
            json!({"role": "tool", "tool_call_id": format!("c{i}"), "content": text})
        }));
        messages
    });
    prop_oneof![3 => plain, 1 => calls]
}

/// An item of Responses, or calls and their results.
fn item() -> impl Strategy<Value = Vec<Value>> {
    let roles = select(&["system", "developer", "user", "assistant"][..]);
    let plain = (roles, text()).prop_map(|(role, text)| vec![json!({"role": role, "content": text})]);
    let thinking = text().prop_map(|text| {
        vec![json!({"type": "reasoning", "id": "rs", "summary": [], "encrypted_content": text.repeat(40)})]
    });
    let calls = (vec(text(), 1..4), any::<bool>()).prop_map(|(texts, has_ids)| {
        let call = |(i, text): (usize, &&str)| {
            let mut call = json!({"type": "function_call", "call_id": format!("c{i}"), "name": "f", "arguments": text});
            if has_ids {
                call["id"] = json!("fc");
            }
            call
        };
        let mut items: Vec<Value> = texts.iter().enumerate().map(call).collect();
        items.extend(
            texts
                .iter()
                .enumerate()
                .map(|(i, text)| json!({"type": "function_call_output", "call_id": format!("c{i}"), "output": text})),
        );
        items
    });
    prop_oneof![3 => plain, 1 => thinking, 1 => calls]
}

/// What stands beside the messages of a chat completion.
fn beside() -> impl Strategy<Value = Value> {
    let tools = json!([
        {"type": "function", "function": {"name": "find_boat", "description": "Finds it.", "parameters":
            {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}}},
        {"type": "function", "function": {"name": "f"}},
    ]);
    let schema = json!({"type": "json_schema", "json_schema": {"name": "berth", "schema": {"type": "object"}}});
    select(vec![
        json!({}),
        json!({"tools": tools}),
        json!({"response_format": schema}),
        json!({"tools": tools, "response_format": schema, "tool_choice": "none"}),
    ])
}

fn with(mut body: Value, list: &str, items: &[Value]) -> Value {
    body[list] = json!(items);
    body
}

fn counted(model: &str, body: &Value) -> Count {
    let request = Request::from_deserializer(body, None).unwrap();
    tokenfare::model(model).unwrap().count_request(&request).unwrap()
}

fn sound(count: &Count) {
    let sum = |number: fn(&tokenfare::Part) -> u64| count.parts.iter().map(number).sum::<u64>();
    assert_eq!(sum(|part| part.tokens), count.tokens);
    assert_eq!(sum(|part| part.low), count.low);
    assert_eq!(sum(|part| part.high), count.high);
    assert!(count.exactness < Exactness::Unknown);
    for part in &count.parts {
        assert!(part.low <= part.tokens && part.tokens <= part.high, "{part:?}");
        assert!(part.exactness <= Exactness::Framed || part.note.is_some(), "{part:?}");
    }
}

/// Appends items one by one, and compares with the count of all.
fn grows(model: &str, body: Value, list: &str, first: usize, items: &[Value]) {
    let start = with(body, list, &items[..first]);
    let model = tokenfare::model(model).unwrap();
    let request = Request::from_deserializer(&start, None).unwrap();
    let mut conversation = Conversation::new(model, request, Hints::default()).unwrap();
    for item in &items[first..] {
        let item: Json<'_> = serde_json::from_value::<Owned>(item.clone()).unwrap().0;
        conversation.push(item.into_owned()).unwrap();
        let whole = model.count_request(conversation.request()).unwrap();
        assert_eq!(conversation.count(), whole);
        assert_eq!((conversation.tokens(), conversation.bounds()), (whole.tokens, (whole.low, whole.high)));
        assert_eq!(conversation.exactness(), whole.exactness);
    }
}

/// A value that is read without borrowing.
struct Owned(Json<'static>);

impl<'de> serde::Deserialize<'de> for Owned {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(Json::deserialize(deserializer)?.into_owned()))
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn parts_add_up_and_bounds_hold(
        model in select(MODELS), messages in vec(message(), 0..6), items in vec(item(), 0..6), beside in beside(),
    ) {
        sound(&counted(model, &with(beside, "messages", &messages.concat())));
        sound(&counted(model, &with(json!({"input": null, "instructions": "a"}), "input", &items.concat())));
    }

    #[test]
    fn plain_messages_cost_the_row_of_their_family(
        model in select(MODELS), turns in vec((any::<bool>(), text()), 0..8),
    ) {
        let model = tokenfare::model(model).unwrap();
        let (framing, encoding) = (model.framing().unwrap(), model.encoding().unwrap());
        let mut expected = framing.priming;
        let mut messages = Vec::new();
        for (is_answer, text) in turns {
            messages.push(json!({"role": if is_answer { "assistant" } else { "user" }, "content": text}));
            expected += framing.message + encoding.count(text) as u64 + if is_answer { framing.said } else { 0 };
        }
        let body = json!({"messages": messages});
        let request = Request::from_deserializer(&body, None).unwrap();
        let count = model.count_request(&request).unwrap();
        prop_assert_eq!(count.tokens, expected);
        if count.exactness == Exactness::Framed {
            prop_assert_eq!((count.low, count.high), (expected, expected));
        }
        let request = Request::from_json_in(tokenfare::Format::OpenaiChat, "{\"messages\": []}").unwrap();
        prop_assert_eq!(model.count_request(&request).unwrap().tokens, framing.priming);
    }

    #[test]
    fn a_conversation_that_grows_counts_as_the_whole(
        model in select(MODELS), messages in vec(message(), 1..6), items in vec(item(), 1..6), beside in beside(),
        start in 0..4_usize,
    ) {
        let messages = messages.concat();
        grows(model, beside, "messages", start.min(messages.len()), &messages);
        let items = items.concat();
        grows(model, json!({"instructions": "a"}), "input", start.min(items.len()), &items);
    }

    #[test]
    fn a_correction_is_read_as_it_was_written(shift in -6..6_i64, text in text()) {
        let model = tokenfare::model("gpt-4o").unwrap();
        let body = json!({"messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": text}]});
        let request = Request::from_deserializer(&body, None).unwrap();
        let plain = model.count_request(&request).unwrap();
        let billed = plain.tokens.checked_add_signed(shift).unwrap();
        let mut calibration = Calibration::default();
        for _ in 0..5 {
            calibration.record(&model, &request, &Hints::default(), billed).unwrap();
        }
        let correction: Correction = calibration.correction().to_string().parse().unwrap();
        prop_assert_eq!(&correction, &calibration.correction());
        let count = correction.apply(&model, &request, plain);
        sound(&count);
        prop_assert_eq!(count.tokens, billed);
    }
}
