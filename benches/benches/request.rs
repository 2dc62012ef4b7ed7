//! What does it cost to count a request before it is sent: twenty messages and five tools, from JSON text?
//!
//! `cargo bench -p tokenfare-benches --bench request`
#![forbid(unsafe_code)]

use criterion::{Criterion, Throughput};
use std::fmt::Write;
use std::hint::black_box;
use tokenfare::{Conversation, Hints, Json, Request};

const TURNS: [&str; 4] = [
    "Which of the three boats can still leave the harbour before the tide turns tonight?",
    "Let me look that up for you. The pilot asked for the length of each of them, and for what it draws.",
    "The first is twelve metres long and draws two; of the others I only know that they are shorter.",
    "Then only the first has to wait: the bar has two metres and a half of water until a quarter past nine.",
];

const WORDS: [&str; 5] = ["find_boat", "read_tide_table", "book_berth", "send_message", "plan_route"];

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let text = request();
    let model = tokenfare::model("gpt-4o").expect("it is known");
    let read = || Request::from_json(&text).expect("it is a request");
    let whole = model.count_request(&read()).expect("it is counted");
    assert_eq!(whole.parts.iter().map(|part| part.tokens).sum::<u64>(), whole.tokens);

    let mut group = criterion.benchmark_group("request");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("read", |bench| bench.iter(|| Request::from_json(black_box(&text)).is_ok()));
    let request = read();
    group.bench_function("count", |bench| bench.iter(|| model.count_request(black_box(&request)).is_ok()));
    group.bench_function("read and count", |bench| {
        bench.iter(|| {
            Request::from_json(black_box(&text)).and_then(|request| tokenfare::count_request(&request)).is_ok()
        });
    });
    let conversation = Conversation::new(model, read(), Hints::default()).expect("it is counted");
    assert_eq!(conversation.tokens(), whole.tokens);
    let turn: Json<'_> = serde_json::from_str(r#"{"role": "user", "content": "And tomorrow?"}"#).expect("it is JSON");
    group.bench_function("one more turn", |bench| {
        bench.iter_batched(
            || (conversation.clone(), turn.clone().into_owned()),
            |(mut conversation, turn)| conversation.push(turn).map(|()| conversation),
            criterion::BatchSize::SmallInput,
        );
    });
    group.finish();
    criterion.final_summary();
}

/// Twenty messages of some eighty characters, five tools with two or three members each.
fn request() -> String {
    let mut text = String::from(
        r#"{"model":"gpt-4o","messages":[{"role":"system","content":"You help at a harbour. Answer briefly."}"#,
    );
    for turn in 0..19 {
        let role = if turn % 2 == 0 { "user" } else { "assistant" };
        let said = TURNS[turn % TURNS.len()];
        write!(text, r#",{{"role":"{role}","content":"{said}"}}"#).expect("writing to a string does not fail");
    }
    text.push_str(r#"],"tools":["#);
    for (i, word) in WORDS.iter().enumerate() {
        let comma = if i > 0 { "," } else { "" };
        write!(
            text,
            r#"{comma}{{"type":"function","function":{{"name":"{word}","description":"Call this for the harbour office.",
"parameters":{{"type":"object","properties":{{"name":{{"type":"string","description":"The name of the boat"}},
"at":{{"type":"string","enum":["today","tomorrow"]}},"length":{{"type":"number"}}}},"required":["name"]}}}}}}"#
        )
        .expect("writing to a string does not fail");
    }
    text.push_str("]}");
    text
}
