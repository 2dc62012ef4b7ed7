//! Rates that other price lists or their programs have wrong, as they are billed: each was looked up at its source.

use tokenfare_catalog::{Catalog, Date, Meter, Terms, Tier};

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

/// Returns rates in the order of the meters, per million tokens, or for one of anything else; `-` for none.
fn rates(name: &str, on: &str, terms: Terms<'_>, meters: &[(Meter, &str)]) -> String {
    let model = Catalog::bundled().model_at(name, day(on)).expect("a known name");
    let rates = model.price_at(day(on)).and_then(|price| price.under(terms)).expect("a price");
    let shown = |(meter, detail): &(Meter, &str)| match rates.rate(*meter, detail).expect("the rules keep it whole") {
        None => "-".to_owned(),
        Some(rate) if meter.counts_tokens() => rate.usd_per_mtok().to_string(),
        Some(rate) => rate.usd().to_string(),
    };
    meters.iter().map(shown).collect::<Vec<_>>().join(" ")
}

const TEXT: &[(Meter, &str)] = &[(Meter::Input, ""), (Meter::CacheRead, ""), (Meter::Output, "")];

#[test]
fn a_rate_is_that_of_its_day() {
    for (name, on, expected) in [
        ("gpt-4o", "2024-06-15", "5 - 15"),
        ("gpt-4o", "2024-12-01", "2.5 1.25 10"),
        ("chatgpt-4o-latest", "2025-06-01", "5 - 15"),
        ("o1-mini", "2025-01-15", "3 1.5 12"),
        ("o1-mini-2024-09-12", "2025-03-01", "1.1 0.55 4.4"),
        ("o3", "2025-05-01", "10 2.5 40"),
        ("o3", "2025-07-01", "2 0.5 8"),
        ("claude-3-5-haiku-20241022", "2024-12-02", "1 0.1 5"),
        ("claude-3-5-haiku-20241022", "2024-12-03", "0.8 0.08 4"),
        ("aws/us.anthropic.claude-3-5-haiku-20241022-v1:0", "2025-01-15", "0.8 0.08 4"),
        ("claude-sonnet-4-20250514", "2026-06-01", "3 0.3 15"),
        ("claude-opus-4-1-20250805", "2026-06-01", "15 1.5 75"),
        ("claude-sonnet-5", "2026-11-20", "2 0.2 10"),
        ("ft:gpt-4o:acme::id", "2025-06-01", "3.75 - 15"),
        ("ft:gpt-4o-2024-08-06:acme::id", "2025-06-01", "3.75 - 15"),
        ("openai/o3-mini-high", "2026-06-01", "1.1 0.55 4.4"),
        ("deepseek-chat", "2025-01-15", "0.14 0.014 0.28"),
        ("deepseek-chat", "2025-03-01", "0.27 0.07 1.1"),
        ("deepseek-chat", "2026-05-01", "0.14 0.0028 0.28"),
        ("codestral-latest", "2025-06-01", "0.3 0.03 0.9"),
        ("mistral-large-latest", "2025-06-01", "2 - 6"),
        ("mistral-large-latest", "2026-01-01", "0.5 0.05 1.5"),
        ("command-r7b-12-2024", "2025-06-01", "0.0375 - 0.15"),
        ("gemini-2.5-flash-preview-tts", "2025-06-01", "0.5 - 10"),
        ("omni-moderation-latest", "2025-06-01", "0 - 0"),
        ("meta-llama/llama-4-maverick:free", "2025-06-01", "0 - 0"),
        ("openrouter/openai/gpt-4o", "2024-06-15", "5 - 15"),
        ("openrouter/openai/gpt-4o", "2025-02-17", "2.5 1.25 10"),
        ("openrouter/openai/o1-mini", "2025-01-15", "3 - 12"),
        ("openrouter/openai/o3", "2025-05-15", "10 2.5 40"),
        ("openrouter/openai/o3", "2025-06-15", "2 0.5 8"),
        ("openrouter/anthropic/claude-3.5-haiku", "2024-11-15", "1 - 5"),
        ("openrouter/mistralai/mistral-large", "2025-02-17", "2 - 6"),
        ("openrouter/deepseek/deepseek-v4-flash", "2026-05-15", "0.126 0.0252 0.252"),
        ("openrouter/x-ai/grok-4.1-fast", "2026-01-15", "0.2 0.05 0.5"),
        ("deepseek-v4-pro", "2026-05-01", "1.74 0.145 3.48"),
        ("azure/gpt-4o-2024-08-06", "2024-12-01", "2.5 1.25 10"),
        ("azure/gpt-35-turbo", "2024-09-20", "0.5 - 1.5"),
        ("azure/Llama-4-Maverick-17B-128E-Instruct-FP8", "2025-06-01", "0.35 - 1.41"),
        ("cohere/embed-multilingual-light-v3.0", "2026-01-15", "0.1 - -"),
    ] {
        assert_eq!(rates(name, on, Terms::default(), TEXT), expected, "{name} on {on}");
    }
}

#[test]
fn a_rate_is_that_of_its_tier_length_and_region() {
    let of = |tier, prompt, region| Terms { tier, prompt, region, ..Terms::default() };
    let standard = |prompt| of(Tier::Standard, prompt, None);
    let batch = of(Tier::Batch, 0, None);
    for (name, on, terms, expected) in [
        ("gpt-4o", "2025-01-15", batch, "1.25 1.25 5"),
        ("gpt-5.4", "2026-11-20", batch, "1.25 0.13 7.5"),
        ("gpt-5.4", "2026-11-20", standard(272_000), "2.5 0.25 15"),
        ("gpt-5.4", "2026-11-20", standard(272_001), "5 0.5 22.5"),
        ("gemini-2.5-pro", "2026-11-20", standard(200_000), "1.25 0.125 10"),
        ("gemini-2.5-pro", "2026-11-20", standard(200_001), "2.5 0.25 15"),
        ("gemini-2.5-pro-preview-05-06", "2025-06-01", standard(200_001), "2.5 0.625 15"),
        ("gemini-2.5-flash", "2025-08-01", batch, "0.15 0.075 1.25"),
        ("grok-4.3", "2026-11-20", standard(199_999), "1.25 0.2 2.5"),
        ("grok-4.3", "2026-11-20", standard(200_000), "2.5 0.4 5"),
        ("claude-3-5-sonnet-20241022", "2025-01-15", batch, "1.5 0.15 7.5"),
        ("claude-sonnet-5", "2026-11-20", of(Tier::Standard, 0, Some("us")), "2.2 0.22 11"),
        ("claude-opus-5", "2026-11-20", of(Tier::Fast, 0, None), "10 1 50"),
    ] {
        assert_eq!(rates(name, on, terms, TEXT), expected, "{name} on {on}, {terms:?}");
    }
    let refused = |name: &str, on: &str, tier| {
        let price = Catalog::bundled().model(name).unwrap().price_at(day(on)).unwrap();
        price.under(Terms { tier, ..Terms::default() }).unwrap_err()
    };
    assert!(refused("gpt-4o", "2026-11-20", Tier::Flex).is_missing_rate());
    assert!(refused("ft:gpt-4o-2024-08-06", "2026-11-20", Tier::Batch).is_missing_rate());
    assert!(refused("claude-3-haiku-20240307", "2024-10-07", Tier::Batch).is_missing_rate());
}

#[test]
fn a_rate_is_that_of_what_is_counted() {
    let long = Terms { prompt: 200_000, ..Terms::default() };
    let batch = Terms { tier: Tier::Batch, ..Terms::default() };
    let short = Terms::default();
    let sound: &[(Meter, &str)] = &[(Meter::InputAudio, ""), (Meter::OutputAudio, "")];
    for (name, on, terms, meters, expected) in [
        ("gpt-4o-audio-preview-2024-12-17", "2025-01-15", short, sound, "40 80"),
        ("gpt-4o-audio-preview-2024-10-01", "2024-11-01", short, sound, "100 200"),
        ("gemini-2.5-flash-preview-tts", "2026-10-20", batch, sound, "- 5"),
        ("gpt-4o-transcribe", "2025-06-01", short, sound, "6 -"),
        ("azure/gpt-4o-mini-audio-preview-2024-12-17", "2025-06-01", short, sound, "10 20"),
        ("gemini-3.1-flash-lite-preview", "2026-11-20", batch, sound, "0.25 -"),
        (
            "openrouter/anthropic/claude-sonnet-4",
            "2026-01-15",
            Terms { prompt: 200_001, ..short },
            &[(Meter::CacheWrite, ""), (Meter::CacheWrite1h, "")],
            "7.5 12",
        ),
        ("whisper-1", "2025-06-01", short, &[(Meter::Seconds, "")], "0.0001"),
        ("tts-1-hd", "2025-06-01", short, &[(Meter::Characters, "")], "0.00003"),
        (
            "dall-e-3",
            "2025-06-01",
            short,
            &[(Meter::Images, "standard 1024x1024"), (Meter::Images, "hd 1024x1792")],
            "0.04 0.12",
        ),
        ("grok-4.3", "2026-11-20", long, &[(Meter::InputImage, ""), (Meter::WebSearch, "")], "2.5 0.005"),
        ("gpt-4o", "2026-11-20", batch, &[(Meter::WebSearch, "")], "0.01"),
        ("claude-sonnet-4-6", "2026-11-20", batch, &[(Meter::WebSearch, ""), (Meter::CacheWrite1h, "")], "0.01 3"),
        ("gemini-3.1-pro-preview", "2026-11-20", short, &[(Meter::WebSearch, "")], "0.014"),
        ("sonar", "2026-11-20", short, &[(Meter::Requests, "low"), (Meter::Requests, "high")], "0.005 0.012"),
    ] {
        assert_eq!(rates(name, on, terms, meters), expected, "{name} on {on}, {terms:?}");
    }
}

#[test]
fn legacy_models_are_known_by_what_their_answers_call_them() {
    for (said, id) in [
        ("gpt-3.5-turbo-instruct:20230824-v2", "gpt-3.5-turbo-instruct"),
        ("davinci:2023-07-21-v2", "davinci-002"),
        ("babbage:2023-07-21-v2", "babbage-002"),
    ] {
        assert_eq!(Catalog::bundled().model(said).map(|found| found.id().to_owned()).as_deref(), Ok(id), "{said}");
    }
    assert!(Catalog::bundled().model("gpt-4o:latest").is_err());
}
