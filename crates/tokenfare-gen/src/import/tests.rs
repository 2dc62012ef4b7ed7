//! The whole way: price lists → files.

use super::{Sources, genai, in_order, litellm, llm_prices, merge, numbers, proposals};

const GENAI: &str = "genai-prices 9.0.0";

/// Sources of `[version, day, entries]` of litellm and the models of one provider at genai-prices.
fn sources(provider: &str, genai: &str, versions: &[(&str, &str, &str)]) -> Sources {
    let genai = format!(r#"[{{"id": "{provider}", "models": [{genai}]}}]"#);
    let maps = versions.iter().map(|(version, day, entries)| {
        let map = litellm::Version::read(version, day, &format!("{{{entries}}}")).expect("the tests write maps");
        (numbers(version), map)
    });
    let (litellm, skipped) = in_order(maps.collect());
    Sources {
        checked: "2026-11-20".to_owned(),
        genai_name: GENAI.to_owned(),
        genai: genai::Source::read(&genai).expect("the tests write lists"),
        llm_name: "llm-prices 9.0.0".to_owned(),
        llm: llm_prices::Source::read(r#"{"models": []}"#).expect("it is a list"),
        litellm,
        skipped,
    }
}

fn written(sources: &Sources, file: &str) -> String {
    let all = proposals(sources);
    all.into_iter().find(|(name, _)| name == file).map(|(_, text)| text).expect("the file was proposed")
}

/// The rows of a file's models, without what is the same for all.
fn rows(text: &str) -> Vec<String> {
    let boring = |line: &&str| !line.starts_with("checked") && !line.starts_with("[[model.price]]") && !line.is_empty();
    let text = text.split("  [[model.price]]").skip(1);
    text.map(|row| row.lines().map(str::trim).filter(boring).collect::<Vec<_>>().join(" | ")).collect()
}

fn entry(id: &str, input: &str, output: &str) -> String {
    format!(
        r#""{id}": {{"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": {input}, "output_cost_per_token": {output}}}"#
    )
}

#[test]
fn a_change_lies_between_the_versions_that_saw_it() {
    let old = entry("a", "3e-06", "12e-06");
    let new = entry("a", "1.1e-06", "4.4e-06");
    let genai = r#"{"id": "a", "match": {"equals": "a"}, "prices": {"input_mtok": 1.1, "output_mtok": 4.4}}"#;
    let sources = sources(
        "openai",
        genai,
        &[("1.0.0", "2025-01-01", &old), ("1.1.0", "2025-02-01", &old), ("1.2.0", "2025-03-01", &new)],
    );
    assert_eq!(
        rows(&written(&sources, "openai.toml")),
        [
            r#"from = 2025-01-01 | input = "3" | output = "12" | sources = ["litellm 1.1.0"]"#,
            r#"from = 2025-03-01 | after = 2025-02-01 | input = "1.1" | output = "4.4" | sources = ["genai-prices 9.0.0", "litellm 1.2.0"]"#,
        ]
    );
}

#[test]
fn a_day_that_is_known_is_taken_over_an_interval() {
    let old = entry("a", "10e-06", "40e-06");
    let new = entry("a", "2e-06", "8e-06");
    let genai = r#"{"id": "a", "match": {"equals": "a"}, "prices": [{"prices": {"input_mtok": 10, "output_mtok": 40}},
        {"constraint": {"start_date": "2025-06-10"}, "prices": {"input_mtok": 2, "output_mtok": 8}}]}"#;
    let sources = sources("openai", genai, &[("1.0.0", "2025-05-01", &old), ("1.1.0", "2025-07-01", &new)]);
    let both = |litellm| format!(r#"sources = ["genai-prices 9.0.0", "litellm {litellm}"]"#);
    assert_eq!(
        rows(&written(&sources, "openai.toml")),
        [
            format!(r#"from = 2025-05-01 | input = "10" | output = "40" | {}"#, both("1.0.0")),
            format!(r#"from = 2025-06-10 | input = "2" | output = "8" | {}"#, both("1.1.0")),
        ]
    );
}

#[test]
fn what_comes_and_goes_and_a_slip_of_the_point_are_no_prices() {
    let right = entry("a", "2e-06", "8e-06");
    let flap = entry("a", "3e-06", "8e-06");
    let slip = entry("a", "2e-07", "8e-07");
    let versions = [
        ("1.0.0", "2025-01-01", slip.as_str()),
        ("1.1.0", "2025-02-01", &right),
        ("1.2.0", "2025-03-01", &flap),
        ("1.3.0", "2025-04-01", &right),
    ];
    let sources = sources("openai", "", &versions);
    assert_eq!(
        rows(&written(&sources, "openai.toml")),
        [r#"from = 2025-01-01 | input = "2" | output = "8" | sources = ["litellm 1.3.0"]"#]
    );
    let (_, disagreements) = merge::files(&sources);
    assert_eq!(disagreements.iter().filter(|each| each.what == "history").count(), 2);
}

#[test]
fn cards_say_only_what_they_change_and_in_order() {
    let genai = r#"{"id": "a", "match": {"equals": "a"},
        "prices": {"input_mtok": {"base": 2.5, "tiers": [{"start": 272000, "price": 5}]}, "cache_read_mtok": 0.25,
            "output_mtok": {"base": 15, "tiers": [{"start": 272000, "price": 22.5}]}},
        "price_variants": [{"when": {"service_tier": "default"}, "prices": {}},
            {"when": {"service_tier": "priority"}, "prices": {"input_mtok": 5, "cache_read_mtok": 0.25, "output_mtok": 15}},
            {"when": {"processing": "batch"}, "prices": {"input_mtok": {"base": 1.25, "tiers": [{"start": 272000, "price": 2.5}]}}}]}"#;
    let text = written(&sources("openai", genai, &[]), "openai.toml");
    let cards: Vec<String> = text
        .split("    [[model.price.card]]")
        .skip(1)
        .map(|card| card.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" | "))
        .collect();
    assert_eq!(
        cards,
        [
            r#"over = 272_000 | input = "5" | output = "22.5""#,
            r#"tier = "batch" | input = "1.25""#,
            r#"tier = "batch" | over = 272_000 | input = "2.5""#,
            // Its output is the standard one, and not that of longer prompts; its cached input never was another.
            r#"tier = "priority" | input = "5" | output = "15""#,
        ]
    );
}

#[test]
fn a_name_with_one_snapshot_is_its_alias() {
    let one = [entry("a", "2e-06", "8e-06"), entry("a-2025-04-14", "2e-06", "8e-06")].join(",");
    let two = [one.as_str(), &entry("a-2025-05-14", "2e-06", "8e-06")].join(",");
    let dear = [entry("a", "3e-06", "8e-06"), entry("a-2025-04-14", "2e-06", "8e-06")].join(",");
    let names = |entries: &str| {
        let text = written(&sources("openai", "", &[("1.0.0", "2025-06-01", entries)]), "openai.toml");
        let names =
            text.lines().filter_map(|line| line.trim().strip_prefix("id = ").or(line.trim().strip_prefix("name = ")));
        names.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(names(&one), [r#""a-2025-04-14""#, r#""a""#]);
    assert_eq!(names(&two), [r#""a""#, r#""a-2025-04-14""#, r#""a-2025-05-14""#]);
    assert_eq!(names(&dear), [r#""a""#, r#""a-2025-04-14""#]);
}

#[test]
fn what_litellm_had_too_and_changed_since_is_followed() {
    let old = entry("a", "3e-06", "12e-06");
    let new = entry("a", "1e-06", "4e-06");
    let genai = r#"{"id": "a", "match": {"starts_with": "a"}, "prices": {"input_mtok": 3, "output_mtok": 12}}"#;
    let sources = sources("openai", genai, &[("1.0.0", "2025-01-01", &old), ("1.1.0", "2025-02-01", &new)]);
    let rows = rows(&written(&sources, "openai.toml"));
    assert_eq!(rows.len(), 2);
    assert!(rows[1].ends_with(r#"sources = ["litellm 1.1.0"] | note = "genai-prices 9.0.0 has input 3, output 12""#));
    assert!(written(&sources, "report.md").contains("litellm had it so too, and has changed it since"));
}

#[test]
fn an_older_line_that_is_carried_on_is_left_out() {
    let a = entry("a", "2e-06", "8e-06");
    let versions = [("1.86.0", "2026-05-24", a.as_str()), ("1.84.4", "2026-05-31", &a), ("1.88.0", "2026-06-06", &a)];
    let sources = sources("openai", "", &versions);
    let names: Vec<&str> = sources.litellm.iter().map(|version| version.name.as_str()).collect();
    assert_eq!(names, ["litellm 1.86.0", "litellm 1.88.0"]);
    assert_eq!(sources.skipped.len(), 1);
}

#[test]
fn the_same_sources_make_the_same_files() {
    let entries = [entry("b", "2e-06", "8e-06"), entry("a", "2e-06", "8e-06")].join(",");
    let turned = [entry("a", "2e-06", "8e-06"), entry("b", "2e-06", "8e-06")].join(",");
    let of = |entries: &str| proposals(&sources("mistral", "", &[("1.0.0", "2025-01-01", entries)]));
    assert_eq!(of(&entries), of(&turned));
}
