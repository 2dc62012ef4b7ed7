//! Who is meant by a name that several providers have.

use tokenfare_catalog::{Catalog, Date, Effort, Meter};

#[test]
fn a_name_is_its_hosts_or_routers_before_it_is_a_resellers() {
    for (name, provider) in [
        ("llama-3.3-70b-versatile", "groq"),
        ("llama-3.1-8b-instant", "groq"),
        ("moonshotai/kimi-k2-instruct-0905", "groq"),
        ("anthropic/claude-sonnet-4.5", "openrouter"),
        ("vercel/anthropic/claude-sonnet-4.5", "vercel"),
        ("inferenceapis/llama-3.3-70b-versatile", "inferenceapis"),
        // Nobody else has it.
        ("gemini-3-flash-preview-search", "aihubmix"),
    ] {
        let found = Catalog::bundled().model(name).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(found.provider(), provider, "{name}");
    }
    // Two hosts have it, and the reseller who has it too is none of those that may be meant.
    let error = Catalog::bundled().model("deepseek-r1-distill-llama-70b").unwrap_err();
    assert_eq!(
        error.suggestions(),
        ["groq/deepseek-r1-distill-llama-70b", "ovhcloud/deepseek-r1-distill-llama-70b"],
        "{error}"
    );
}

/// OpenRouter's page of o3-mini of February 2025 and three more of its pages link to these.
#[test]
fn each_name_on_openrouters_pages_is_known_there_with_its_price_of_the_day() {
    let catalog = Catalog::bundled();
    let on: Date = "2025-02-17".parse().unwrap();
    for (name, price) in [
        ("openai/chatgpt-4o-latest", "5 15"),
        ("openai/gpt-3.5-turbo", "0.5 1.5"),
        ("openai/gpt-3.5-turbo-0125", "0.5 1.5"),
        ("openai/gpt-3.5-turbo-0301", "-"),
        ("openai/gpt-3.5-turbo-0613", "1 2"),
        ("openai/gpt-3.5-turbo-1106", "1 2"),
        ("openai/gpt-3.5-turbo-16k", "3 4"),
        ("openai/gpt-3.5-turbo-instruct", "1.5 2"),
        ("openai/gpt-4", "30 60"),
        ("openai/gpt-4-0314", "30 60"),
        ("openai/gpt-4-1106-preview", "10 30"),
        ("openai/gpt-4-32k", "60 120"),
        ("openai/gpt-4-32k-0314", "60 120"),
        ("openai/gpt-4-turbo", "10 30"),
        ("openai/gpt-4-turbo-preview", "10 30"),
        ("openai/gpt-4-vision-preview", "10 30"),
        ("openai/gpt-4o", "2.5 10"),
        ("openai/gpt-4o-2024-05-13", "5 15"),
        ("openai/gpt-4o-2024-08-06", "2.5 10"),
        ("openai/gpt-4o-2024-11-20", "2.5 10"),
        ("openai/gpt-4o-mini", "0.15 0.6"),
        ("openai/gpt-4o-mini-2024-07-18", "0.15 0.6"),
        ("openai/o1", "15 60"),
        ("openai/o1-mini", "1.1 4.4"),
        ("openai/o1-mini-2024-09-12", "1.1 4.4"),
        ("openai/o1-preview", "15 60"),
        ("openai/o1-preview-2024-09-12", "15 60"),
        ("openai/o3-mini", "1.1 4.4"),
        ("openai/o3-mini-high", "1.1 4.4"),
        ("openai/shap-e", "-"),
    ] {
        let found = catalog.model_of("openrouter", name, Some(on)).unwrap_or_else(|error| panic!("{name}: {error}"));
        let shown = match found.price_at(on) {
            Ok(price) => {
                let usd = |meter| price.rate(meter).map(|rate| rate.usd_per_mtok().to_string());
                format!("{} {}", usd(Meter::Input).unwrap(), usd(Meter::Output).unwrap())
            }
            Err(error) => {
                assert!(error.is_missing_rate(), "{error}");
                "-".to_owned()
            }
        };
        assert_eq!(shown, price, "{name}");
    }
    let high = catalog.model_of("openrouter", "openai/o3-mini-high", None).unwrap();
    assert_eq!(high.effort(), Some(Effort::High));
}
