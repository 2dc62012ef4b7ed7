//! How long does a price take: of a usage that is known, and of the JSON a provider returned; a million of them?
//!
//! `cargo bench -p tokenfare-benches --bench cost`
#![forbid(unsafe_code)]

use criterion::{Criterion, Throughput};
use genai_prices::{ExtractRequest, PriceRequest, UsageKey};
use std::hint::black_box;
use std::time::{Duration, UNIX_EPOCH};
use tokenfare::{At, Money, Pricer, Usage};

/// What a chat returns, with an answer of a few sentences.
const CHAT: &str = r#"{"id": "chatcmpl-Bk3", "object": "chat.completion", "created": 1795176000, "model": "gpt-4o-mini-2024-07-18",
"choices": [{"index": 0, "message": {"role": "assistant", "content": "The ferry leaves the harbour at nine and at noon, on Sundays at ten alone. Tickets are sold on board; bring coins, since the machine at the pier takes no notes.\n\nThe crossing takes forty minutes in calm weather.", "refusal": null, "annotations": []}, "logprobs": null, "finish_reason": "stop"}],
"usage": {"prompt_tokens": 1200, "completion_tokens": 300, "total_tokens": 1500, "prompt_tokens_details": {"cached_tokens": 1024, "audio_tokens": 0}, "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0, "accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0}},
"service_tier": "default", "system_fingerprint": "fp_0b1"}"#;

const MANY: usize = 1_000_000;

fn main() {
    let at: At = "2026-11-20T12:00:00Z".parse().expect("a time");
    let pricer = Pricer::at(at);
    let usage = Usage::from_json(CHAT).expect("it is a response");
    // 176 at 0.15, 1,024 at 0.075 and 300 at 0.60 dollars per million.
    let right: Money = "0.0002832".parse().expect("an amount");
    let price = |usage: &Usage| pricer.cost(usage).map(|cost| cost.total());
    assert_eq!(price(&usage), Ok(right));

    let then = UNIX_EPOCH + Duration::from_secs(1_795_176_000);
    let theirs = genai_prices::Usage::from([
        (UsageKey::INPUT_TOKENS, 1200.0),
        (UsageKey::CACHE_READ_TOKENS, 1024.0),
        (UsageKey::OUTPUT_TOKENS, 300.0),
    ]);
    let request = PriceRequest::new("gpt-4o-mini-2024-07-18", &theirs).with_provider_id("openai").with_timestamp(then);
    let calculated = genai_prices::calculate(&request).expect("it is known").total_price;
    assert!((calculated - 0.000_283_2).abs() < 1e-12, "{calculated}");
    let extract = ExtractRequest::new(CHAT).with_provider_id("openai").with_api_flavor("chat");

    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("cost");
    group.bench_function("usage/tokenfare", |bench| bench.iter(|| price(black_box(&usage))));
    group.bench_function("usage/genai-prices", |bench| bench.iter(|| genai_prices::calculate(black_box(&request))));
    group.bench_function("json/tokenfare", |bench| {
        bench.iter(|| price(&Usage::from_json(black_box(CHAT)).expect("it is a response")));
    });
    group.bench_function("json/genai-prices", |bench| {
        bench.iter(|| {
            let extracted = genai_prices::extract_usage(black_box(&extract)).expect("it is a response");
            extracted.price_request().map(|request| genai_prices::calculate(&request.with_timestamp(then)))
        });
    });
    group.finish();

    let mut group = criterion.benchmark_group("a million costs");
    group.sample_size(10).throughput(Throughput::Elements(MANY as u64));
    let bodies = vec![CHAT; MANY];
    let total = |bodies: &[&str]| Money::checked_sum(pricer.totals(None, bodies, None).into_iter().flatten());
    assert_eq!(total(&bodies[..1_000]), right.checked_mul(1_000));
    group.bench_function("json/tokenfare", |bench| bench.iter(|| total(black_box(&bodies))));
    let usages = vec![usage; MANY];
    let total = |usages: &[Usage]| {
        let costs = pricer.costs(usages).into_iter().flatten();
        Money::checked_sum(costs.map(|cost| cost.total()))
    };
    assert_eq!(total(&usages[..1_000]), right.checked_mul(1_000));
    group.bench_function("usage/tokenfare", |bench| bench.iter(|| total(black_box(&usages))));
    group.finish();
    criterion.final_summary();
}
