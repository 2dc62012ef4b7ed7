use super::*;
use crate::catalog::Catalog;
use crate::price::Terms;
use crate::word::{Meter, Tier};
use std::path::Path;

const EXAMPLE: &str = r#"provider = "example"
kind = "maker"
as_of = 2026-08-01
[[model]]
id = "a-1"
encoding = "o200k_base"
context_window = 100
max_output = 50
reasoning = "inside"
default_effort = "low"
released = 2025-01-01
retired = 2026-01-01
replaced_by = "a-2"
[[model.alias]]
name = "a"
from = 2025-01-01
until = 2025-06-01
[[model.was]]
until = 2025-02-01
max_output = 40
[[model.price]]
from = 2025-01-01
until = 2025-02-01
input = "3.00"
cache_read = "0.30"
output = "15"
checked = 2026-08-01
sources = ["https://example.com/pricing"]
[[model.price.card]]
tier = "batch"
input = "1.5"
[[model.price]]
from = 2025-02-01
after = 2025-01-20
output = "0"
images = { "small" = "0.04", "" = "0.08" }
checked = 2026-08-01
sources = ["https://example.com/pricing"]
[[model.price.card]]
over = 200
multiplier = "2"
[[model]]
id = "a-2"
[[model.alias]]
name = "a"
from = 2025-06-01
"#;

/// Reads the example with one text replaced, and returns what is wrong with it.
fn faults(from: &str, to: &str) -> Vec<String> {
    assert!(EXAMPLE.contains(from), "{from}");
    let text = EXAMPLE.replacen(from, to, 1);
    match read("e.toml", &text) {
        Ok(file) => check(&[file], &["o200k_base"]).iter().map(Error::to_string).collect(),
        Err(error) => {
            assert!(error.is_invalid_data());
            vec![error.to_string()]
        }
    }
}

/// The files of the bundled catalog.
fn bundled() -> Vec<File> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    let files = std::fs::read_dir(data).unwrap().map(|entry| {
        let path = entry.unwrap().path();
        read(&path.display().to_string(), &std::fs::read_to_string(&path).unwrap()).unwrap()
    });
    files.collect()
}

#[test]
fn the_bundled_table_is_what_the_data_says() {
    let bundled = bundled();
    let mut said: Vec<(&str, &Model)> =
        bundled.iter().flat_map(|file| file.models.iter().map(move |model| (file.provider.as_str(), model))).collect();
    said.sort_by_key(|(provider, model)| (&model.id, *provider));
    assert_eq!(Catalog::bundled().models().count(), said.len());
    for (known, (provider, model)) in Catalog::bundled().models().zip(said) {
        assert_eq!(known.provider(), provider);
        let mut table = overlay::of(known);
        // What the table does not hold.
        table.note.clone_from(&model.note);
        (table.file, table.line) = (model.file.clone(), model.line);
        for (kept, of) in table.aliases.iter_mut().zip(&model.aliases) {
            kept.line = of.line;
        }
        for (kept, of) in table.prices.iter_mut().zip(&model.prices) {
            (kept.line, kept.note) = (of.line, of.note.clone());
            for (kept, of) in kept.cards.iter_mut().zip(&of.cards) {
                kept.line = of.line;
            }
        }
        for (former, of) in table.former.iter_mut().zip(&model.former) {
            let whole = Former {
                until: of.until,
                context_window: of.context_window.or(model.context_window),
                max_input: of.max_input.or(model.max_input),
                max_output: of.max_output.or(model.max_output),
            };
            assert_eq!(*former, whole, "{}", model.id);
            *former = of.clone();
        }
        let sorted = |model: &Model| {
            let mut model = model.clone();
            model.takes.sort_unstable();
            model.gives.sort_unstable();
            model.endpoints.sort_unstable();
            model.efforts.sort_unstable();
            model
        };
        assert_eq!(table, sorted(model));
    }
}

#[test]
fn what_cannot_be_read_is_named_by_file_line_model_and_key() {
    assert_eq!(faults("a-1", "a-1"), [""; 0], "the example is right as it is");
    for (from, to, why) in [
        (
            "input = \"3.00\"",
            "input = \"3e0\"",
            "e.toml:24: model `a-1`: `input`: `3e0` is not a decimal number, write digits and at most one point, as in `0.15`",
        ),
        ("input = \"3.00\"", "input = \"-3\"", "e.toml:24: model `a-1`: `input`: rate `-3` is negative"),
        (
            "input = \"3.00\"",
            "input = \"NaN\"",
            "e.toml:24: model `a-1`: `input`: `NaN` is not a decimal number, write digits and at most one point, as in `0.15`",
        ),
        (
            "input = \"3.00\"",
            "input = \"9999999999999\"",
            "e.toml:24: model `a-1`: `input`: a rate is beyond the range of about 2e9 USD per million tokens",
        ),
        (
            "\"0.30\"",
            "\"0.0000000001\"",
            "e.toml:25: model `a-1`: `cache_read`: `0.0000000001` has more than the 9 decimal places that are held exactly",
        ),
        ("\"3.00\"", "3.00", "e.toml:24: model `a-1`: `input`: invalid type: floating point `3.0`, expected a string"),
        (
            "\"0.04\"",
            "\"0.04/minute\"",
            "e.toml:36: model `a-1`: `images`: `0.04/minute` has an unknown unit, `images` is for one, or per thousand `/k`, per million `/M`",
        ),
        (
            "\"low\"",
            "\"most\"",
            "e.toml:10: model `a-1`: `default_effort`: unknown reasoning effort `most`, expected `none`, `minimal`, `low`, `medium`, `high`, `xhigh` or `max`",
        ),
        (
            "\"batch\"",
            "\"bach\"",
            "e.toml:30: model `a-1`: `tier`: unknown tier `bach`, expected `standard`, `batch`, `flex`, `priority`, `fast`, `ultrafast` or `balanced`",
        ),
        (
            "from = 2025-02-01",
            "from = 2025-02-01T00:00:00",
            "e.toml:33: model `a-1`: `from`: `2025-02-01T00:00:00` is not a day of the calendar in the form `YYYY-MM-DD`",
        ),
        ("from = 2025-02-01\n", "", "e.toml:32: model `a-1`: missing field `from`"),
        (
            "until = 2025-06-01\n",
            "until = 2025-06-31\n",
            "e.toml:17: `until`: invalid date, expected day between 01 and 30",
        ),
        (
            "context_window = 100",
            "context_window = -1",
            "e.toml:7: model `a-1`: `context_window`: invalid value: integer `-1`, expected u32",
        ),
        ("provider = \"example\"", "", "e.toml:1: missing field `provider`"),
    ] {
        assert_eq!(faults(from, to), [why]);
    }
    for (from, to) in [
        ("max_output = 50", "max_tokens = 50"),
        ("cache_read = ", "cached = "),
        ("multiplier = ", "times = "),
        ("[[model.was]]", "[[model.wa]]"),
    ] {
        let [fault] = &faults(from, to)[..] else { panic!("one fault of {to}") };
        assert!(fault.contains("unknown field") && fault.starts_with("e.toml:"), "{fault}");
    }
    for key in ["sources = [\"https://example.com/pricing\"]\n", "checked = 2026-08-01\n"] {
        assert!(faults(key, "")[0].starts_with("e.toml:21: model `a-1`: missing field"), "{key}");
    }
}

#[test]
fn every_rule_finds_what_breaks_it() {
    for (from, to, why) in [
        ("\"o200k_base\"", "\"o200k\"", "e.toml:4: model `a-1`: unknown `encoding` `o200k`, known are o200k_base"),
        ("id = \"a-2\"", "id = \"a-0\"", "e.toml:42: model `a-0`: stands after `a-1`, out of order: move it up"),
        (
            "id = \"a-2\"",
            "id = \"a-1\"",
            "e.toml:42: model `a-1`: `a-1` is taken on the same day, e.toml:4: model `a-1`",
        ),
        (
            "until = 2025-06-01",
            "until = 2025-06-02",
            "e.toml:44: model `a-2`: `a` is taken on the same day, e.toml:14: model `a-1`",
        ),
        ("until = 2025-06-01", "", "e.toml:44: model `a-2`: `a` is taken on the same day, e.toml:14: model `a-1`"),
        (
            "name = \"a\"",
            "name = \"a-2\"",
            "e.toml:14: model `a-1`: `a-2` is taken on the same day, e.toml:42: model `a-2`",
        ),
        ("name = \"a\"", "name = \"a 1\"", "e.toml:14: model `a-1`: `a 1` is not a name"),
        (
            "name = \"a\"\nfrom = 2025-06-01",
            "name = \"example/a-1\"",
            "e.toml:44: model `a-2`: `example/a-1` is found as `a-1` of `example` already: take it out",
        ),
        (
            "until = 2025-06-01",
            "until = 2025-01-01",
            "e.toml:14: model `a-1`: alias `a` ends on 2025-01-01, not after its first day 2025-01-01",
        ),
        (
            "max_output = 50",
            "max_output = 101",
            "e.toml:4: model `a-1`: `max_output` 101 is above `context_window` 100",
        ),
        ("max_output = 40", "max_input = 101", "e.toml:4: model `a-1`: `max_input` 101 is above `context_window` 100"),
        ("reasoning = \"inside\"\n", "", "e.toml:4: model `a-1`: an effort of `low` without `reasoning`"),
        (
            "default_effort = \"low\"",
            "default_effort = \"low\"\nefforts = [\"high\"]",
            "e.toml:4: model `a-1`: `default_effort` is not one of `efforts`",
        ),
        ("released = 2025-01-01", "released = 2026-01-02", "e.toml:4: model `a-1`: `retired` before it was `released`"),
        (
            "released = 2025-01-01",
            "knowledge_cutoff = \"June\"",
            "e.toml:4: model `a-1`: `knowledge_cutoff` is not `YYYY-MM` or `YYYY-MM-DD`",
        ),
        (
            "replaced_by = \"a-2\"",
            "replaced_by = \"a-1\"",
            "e.toml:4: model `a-1`: is replaced by itself in the end: one `replaced_by` is wrong",
        ),
        (
            "encoding = \"o200k_base\"",
            "inferred = true",
            "e.toml:4: model `a-1`: `inferred` without an `encoding`: take it out",
        ),
        (
            "until = 2025-02-01\ninput",
            "until = 2025-02-02\ninput",
            "e.toml:4: model `a-1`: the price from 2025-01-01 until 2025-02-02 overlaps the price from 2025-02-01",
        ),
        (
            "until = 2025-02-01\ninput",
            "until = 2025-01-01\ninput",
            "e.toml:21: model `a-1`: price from 2025-01-01: `until` 2025-01-01 is not after its first day",
        ),
        (
            "after = 2025-01-20",
            "after = 2025-02-01",
            "e.toml:32: model `a-1`: price from 2025-02-01: `after` 2025-02-01 is not before its first day",
        ),
        (
            "from = 2025-02-01\nafter = 2025-01-20",
            "from = 2025-01-01",
            "e.toml:4: model `a-1`: the price from 2025-01-01 stands after the price from 2025-01-01",
        ),
        (
            "output = \"0\"\nimages = { \"small\" = \"0.04\", \"\" = \"0.08\" }",
            "",
            "e.toml:32: model `a-1`: price from 2025-02-01: states no rate",
        ),
        (
            "\"0.30\"",
            "\"3.01\"",
            "e.toml:21: model `a-1`: price from 2025-01-01: `cache_read` is above `input`: correct it, or say in a `note` why it is so",
        ),
        (
            "\"15\"",
            "\"2\"",
            "e.toml:21: model `a-1`: price from 2025-01-01: `input` is above `output`: correct it, or say in a `note` why it is so",
        ),
        (
            "\"1.5\"",
            "\"4\"",
            "e.toml:29: model `a-1`: price from 2025-01-01: `input` of a batch is above that of a request: correct it, or say in a `note` why",
        ),
        (
            "sources = [\"https://example.com/pricing\"]",
            "sources = []",
            "e.toml:21: model `a-1`: price from 2025-01-01: `sources` does not say who states it, a line each",
        ),
        (
            "as_of = 2026-08-01",
            "as_of = 2026-09-01\nalso = [\"example\"]",
            "e.toml: the provider `example` is in e.toml already",
        ),
        (
            "tier = \"batch\"",
            "tier = \"standard\"",
            "e.toml:29: model `a-1`: price from 2025-01-01: a card of the tier `standard`: its rates are those of the price",
        ),
        (
            "tier = \"batch\"",
            "",
            "e.toml:29: model `a-1`: price from 2025-01-01: a card without a condition: say of which `tier`, `over` how many tokens, at what `hours` or in which `region`",
        ),
        (
            "over = 200\nmultiplier = \"2\"",
            "over = 200",
            "e.toml:39: model `a-1`: price from 2025-02-01: a card that changes nothing",
        ),
        (
            "over = 200",
            "region = \"us\"\ninclusive = true",
            "e.toml:39: model `a-1`: price from 2025-02-01: `inclusive` without `over`",
        ),
        ("provider = \"example\"", "provider = \"\"", "e.toml: `provider` is not a name"),
    ] {
        let found = faults(from, to);
        assert!(found.iter().any(|fault| fault == why), "{why}\n{found:#?}");
    }
    for (from, to, why) in [
        ("context_window = 100", "context_window = 4_294_967_295", "a limit of 4294967295 is more than can be held"),
        ("over = 200", "over = 4_294_967_295", "a card `over` more tokens than can be held"),
        ("over = 200", "region = \"\"", "of a `region` without a name"),
        ("multiplier = \"2\"", "multiplier = \"2\"\noutput = \"1\"", "a `multiplier` or rates, not both"),
        ("multiplier = \"2\"", "multiplier = \"0\"", "multiplies by nothing"),
        (
            "tier = \"batch\"\ninput = \"1.5\"",
            "tier = \"batch\"\nmultiplier = \"2\"",
            "a batch is dearer than a request",
        ),
        (
            "tier = \"batch\"\ninput = \"1.5\"",
            "tier = \"batch\"\ninput = \"0.2\"",
            "in the tier `batch`, prompts of 0 tokens, `cache_read` is above `input`",
        ),
        ("over = 200", "hours = \"+1:30-02:00\"", "is not a time of day"),
        ("{ \"small\" = \"0.04\", \"\" = \"0.08\" }", "{}", "a rate without an amount"),
        ("example.com/pricing\"", "example.com/pricing\", \"a\\nb\"", "a line each"),
        ("encoding = \"o200k_base\"", "encoding = \"\"", "a text that is empty"),
        ("id = \"a-2\"", "id = \"a-2/\"", "`a-2/` is not a name"),
        ("id = \"a-2\"", "id = \"a-2\\u001b[2J\"", "is not a name"),
    ] {
        let found = faults(from, to);
        assert!(found.iter().any(|fault| fault.contains(why)), "{why}\n{found:#?}");
        assert!(!found.concat().contains('\u{1b}'));
    }
    let long = "x".repeat(1_100);
    assert!(faults("example.com/pricing", &long)[0].contains("more than 1023 bytes"));
    let merged =
        check::together(&[read("e.toml", &EXAMPLE.replace("replaced_by = \"a-2\"", "replaced_by = \"a-3\"")).unwrap()]);
    assert!(
        merged[0].to_string().ends_with("is replaced by `a-3`, which `example` does not have: write an id or alias")
    );
    let tenth = faults("output = \"0\"", "output = \"0.000000001\"\ninput = \"0.000000001\"");
    assert_eq!(tenth, [""; 0], "twice that is whole");
    let text = EXAMPLE
        .replace("output = \"0\"", "output = \"0.000000001\"")
        .replace("multiplier = \"2\"", "multiplier = \"1/2\"");
    let found = check(&[read("e.toml", &text).unwrap()], &["o200k_base"]);
    assert_eq!(
        found.iter().map(Error::to_string).collect::<Vec<_>>(),
        ["e.toml:39: model `a-1`: price from 2025-02-01: `output` times `1/2` is not held exactly: state the rates"]
    );
}

#[test]
fn a_name_is_of_one_maker_and_of_one_model_of_a_host() {
    let ours = read("ours.toml", EXAMPLE).unwrap();
    let other = |kind: &str| {
        let text = format!(
            "provider = \"other\"\nkind = \"{kind}\"\nas_of = 2026-08-01\n[[model]]\nid = \"a-1\"\n[[model]]\nid = \"b\"\n"
        );
        read("theirs.toml", &text).unwrap()
    };
    let faults = |files: &[File]| check(files, &["o200k_base"]).iter().map(Error::to_string).collect::<Vec<_>>();
    assert_eq!(
        faults(&[ours.clone(), other("maker")]),
        ["theirs.toml:4: model `a-1`: `a-1` is taken on the same day, ours.toml:4: model `a-1`"]
    );
    assert_eq!(faults(&[ours, other("host")]), [""; 0]);
}

/// A catalog of these files, with nothing under it.
fn catalog(files: &[&str]) -> Catalog {
    let files: Vec<File> = files.iter().map(|text| read("e.toml", text).unwrap()).collect();
    assert_eq!(check(&files, &["o200k_base"]), []);
    Catalog { table: lay::lay_out(&files).unwrap() }
}

#[test]
fn a_name_stands_for_the_model_of_the_day() {
    let text = EXAMPLE.replacen("from = 2025-06-01", "from = 2025-06-10\nuntil = 2025-09-01", 1);
    let catalog = catalog(&[&text]);
    let at = |day: &str| catalog.model_at("a", day.parse().unwrap()).map(|found| found.id().to_owned());
    assert_eq!(at("2025-05-31").unwrap(), "a-1");
    assert_eq!(at("2025-06-10").unwrap(), "a-2");
    assert_eq!(
        at("2025-06-01").unwrap_err().to_string(),
        "no model known as `a` on 2025-06-01, from 2025-06-10 it is `a-2`"
    );
    let over = at("2025-09-01").unwrap_err();
    assert_eq!(over.to_string(), "no model known as `a` on 2025-09-01, until 2025-09-01 it was `a-2`");
    assert!(over.is_unknown_model());
    assert_eq!(catalog.model("a").unwrap().id(), "a-2");
    assert_eq!(catalog.model_at("example/a", "2025-02-01".parse().unwrap()).unwrap().id(), "a-1");
    assert_eq!(catalog.model_at("a-1", "2099-01-01".parse().unwrap()).unwrap().id(), "a-1");
}

#[test]
fn a_price_holds_from_its_first_day_and_is_in_doubt_where_that_is_not_known() {
    let catalog = catalog(&[EXAMPLE]);
    let model = catalog.model("a-1").unwrap();
    let at = |day: &str| model.price_at(day.parse().unwrap()).map(|price| price.from().to_string());
    assert_eq!(at("2025-01-20").unwrap(), "2025-01-01");
    assert_eq!(at("2025-02-01").unwrap(), "2025-02-01");
    let error = at("2024-12-31").unwrap_err();
    assert!(error.is_missing_rate());
    assert_eq!(error.to_string(), "no price for `a-1` on 2024-12-31, the first is dated 2025-01-01");
    let doubt = |day: &str| {
        let day = day.parse().unwrap();
        model.price_at(day).unwrap().doubt(day).map(|(after, from)| format!("{after} {from}"))
    };
    assert_eq!((doubt("2025-01-20"), doubt("2025-02-01")), (None, None));
    assert_eq!(at("2025-01-21").unwrap(), "2025-01-01", "the last that is known to have held");
    assert_eq!(doubt("2025-01-21").unwrap(), "2025-01-20 2025-02-01");
    let error = model.rate_at(Meter::CacheRead, "2025-03-01".parse().unwrap()).unwrap_err();
    assert_eq!(error.to_string(), "no `cache_read` rate for `a-1` on 2025-03-01, the last ended on 2025-02-01");
    let error = catalog.model("a-2").unwrap().price_at("2025-03-01".parse().unwrap()).unwrap_err();
    assert_eq!(error.to_string(), "no price for `a-2` on 2025-03-01, none is known");
    let limits = |day: &str| model.limits_at(day.parse().unwrap()).max_output;
    assert_eq!((limits("2025-01-31"), limits("2025-02-01")), (Some(40), Some(50)));
    assert_eq!(model.limits_at("2025-01-31".parse().unwrap()).context_window, Some(100));
}

#[test]
fn cards_change_rates_in_their_order_where_their_conditions_hold() {
    let text = EXAMPLE.replace(
        "[[model.price.card]]\nover = 200\nmultiplier = \"2\"\n",
        r#"
input = "1"
[[model.price.card]]
over = 200
input = "2"
[[model.price.card]]
over = 300
inclusive = true
input = "3"
[[model.price.card]]
tier = "batch"
input = "0.5"
[[model.price.card]]
tier = "batch"
over = 200
input = "0.7"
[[model.price.card]]
hours = "22:30-06:00"
multiplier = "1/2"
[[model.price.card]]
region = "us"
multiplier = "1.1"
"#,
    );
    let text = text.replace("output = \"0\"", "output = \"9\"");
    let catalog = catalog(&[&text]);
    let price = catalog.model("a-1").unwrap().price_at("2025-03-01".parse().unwrap()).unwrap();
    let input = |terms: Terms<'_>| {
        let rate = price.under(terms).unwrap().rate(Meter::Input, "").unwrap().unwrap();
        rate.usd_per_mtok().to_string()
    };
    let noon = Terms { minute: Some(720), ..Terms::default() };
    let batch = Terms { tier: Tier::Batch, ..noon };
    for (terms, expected) in [
        (noon, "1"),
        (Terms { prompt: 200, ..noon }, "1"),
        (Terms { prompt: 201, ..noon }, "2"),
        (Terms { prompt: 299, ..noon }, "2"),
        (Terms { prompt: 300, ..noon }, "3"),
        (batch, "0.5"),
        (Terms { prompt: 1_000, ..batch }, "0.7"),
        (Terms { minute: Some(22 * 60 + 29), ..noon }, "1"),
        (Terms { minute: Some(22 * 60 + 30), ..noon }, "0.5"),
        (Terms { minute: Some(359), ..noon }, "0.5"),
        (Terms { minute: Some(360), ..noon }, "1"),
        (Terms { minute: None, ..noon }, "1"),
        (Terms { region: Some("us"), ..noon }, "1.1"),
        (Terms { region: Some("us"), minute: Some(0), prompt: 250, tier: Tier::Batch }, "0.385"),
    ] {
        assert_eq!(input(terms), expected, "{terms:?}");
    }
    let images =
        |detail: &str| price.under(noon).unwrap().rate(Meter::Images, detail).unwrap().unwrap().usd().to_string();
    assert_eq!((images("small").as_str(), images("large").as_str()), ("0.04", "0.08"));
    let refused = price.under(Terms { tier: Tier::Flex, ..noon }).unwrap_err();
    assert!(refused.is_missing_rate());
    assert_eq!(
        refused.to_string(),
        "no tier `flex` in the price of `a-1` since 2025-02-01, offered is `standard` or `batch`"
    );
    let refused = price.under(Terms { region: Some("eu"), ..noon }).unwrap_err();
    assert_eq!(refused.to_string(), "no region `eu` in the price of `a-1` since 2025-02-01, offered is `us`");
    assert_eq!(price.under(noon).unwrap().rate(Meter::CacheRead, "").unwrap(), None);
}

#[test]
fn a_name_that_several_have_is_that_of_the_first_kind_or_has_to_be_told() {
    let file = |provider: &str, kind: &str, id: &str| {
        format!(
            "provider = \"{provider}\"\nkind = \"{kind}\"\nalso = [\"{provider}_ai\"]\nas_of = 2026-08-01\n[[model]]\nid = \"{id}\"\n"
        )
    };
    let (maker, router) = (file("maker", "maker", "m"), file("router", "router", "r"));
    let router = format!("{router}[[model]]\nid = \"s/m\"\n[[model]]\nid = \"x\"\n");
    let (one, other) = (file("one", "host", "m"), file("other", "host", "s/m"));
    let one = format!("{one}[[model]]\nid = \"x\"\n[[model]]\nid = \"y\"\n");
    let other = format!("{other}[[model]]\nid = \"y\"\n");
    let maker = format!("{maker}[[model]]\nid = \"z\"\n");
    let second = file("second", "maker", "z\"\nresold = true\nnote = \"");
    let reseller = format!("{}[[model]]\nid = \"zv\"\n[[model]]\nid = \"zw\"\n", file("reseller", "reseller", "m"));
    let one = format!("{one}[[model]]\nid = \"zw\"\n");
    let catalog = catalog(&[&maker, &router, &one, &other, &second, &reseller]);
    let of = |name: &str| catalog.model(name).map(|found| (found.provider().to_owned(), found.id().to_owned()));
    for (name, provider, id) in [
        ("m", "maker", "m"),
        ("one/m", "one", "m"),
        ("one_ai/m", "one", "m"),
        ("s/m", "router", "s/m"),
        ("x", "router", "x"),
        ("one/x", "one", "x"),
        ("other/s/m", "other", "s/m"),
        ("router/s/m", "router", "s/m"),
        ("z", "maker", "z"),
        ("second/z", "second", "z"),
        ("zw", "one", "zw"),
        ("reseller/zw", "reseller", "zw"),
        ("zv", "reseller", "zv"),
    ] {
        assert_eq!(of(name).unwrap(), (provider.to_owned(), id.to_owned()), "{name}");
    }
    let error = of("y").unwrap_err();
    assert!(error.is_unknown_model());
    assert_eq!(error.to_string(), "several providers have a model `y`, name one of them: `one/y` or `other/y`");
    assert_eq!(error.suggestions(), ["one/y", "other/y"]);
    let told = |provider: &str, name: &str| catalog.model_of(provider, name, None).map(|found| found.id().to_owned());
    assert_eq!(told("one", "m").unwrap(), "m");
    assert_eq!(told("one_ai", "one/m").unwrap(), "m");
    assert!(told("one", "s/m").unwrap_err().is_unknown_model());
    assert!(told("none", "m").unwrap_err().is_unknown_model());
}

#[test]
fn a_name_may_say_whose_it_was_made_for_or_where_it_stands() {
    let catalog = Catalog::bundled();
    let of = |name: &str| catalog.model(name).map(|found| (found.provider().to_owned(), found.id().to_owned()));
    for (name, provider, id) in [
        ("ft:gpt-4o-2024-08-06:acme::abc", "openai", "ft:gpt-4o-2024-08-06"),
        ("openai/ft:gpt-4o-2024-08-06:acme:suffix:abc", "openai", "ft:gpt-4o-2024-08-06"),
        ("models/gemini-2.5-pro", "google", "gemini-2.5-pro"),
        ("gemini/gemini-2.5-pro", "google", "gemini-2.5-pro"),
        ("openrouter/openai/gpt-4o:online", "openrouter", "openai/gpt-4o"),
    ] {
        assert_eq!(of(name).unwrap(), (provider.to_owned(), id.to_owned()), "{name}");
    }
    assert!(catalog.model("openai/gpt-4o:online").unwrap().is_online);
    assert!(!catalog.model("openai/gpt-4o").unwrap().is_online);
    for name in ["ft:", "ft:gpt-9:acme::abc", ":online", "models/", "gpt-4o:free", "anthropic/claude:online"] {
        assert!(of(name).unwrap_err().is_unknown_model(), "{name}");
    }
}

#[test]
fn what_is_laid_over_changes_what_it_says_and_nothing_else() {
    let ours = |as_of: &str, what: &str| {
        let text = format!("provider = \"openai\"\nkind = \"maker\"\nas_of = {as_of}\n[[model]]\n{what}");
        read("ours.toml", &text).unwrap()
    };
    let of = |file: File, force| Catalog::overlay(&[file], &["o200k_base"], force);
    let changed = of(ours("2099-01-01", "id = \"gpt-4o-mini-2024-07-18\"\nmax_output = 5\n"), false).unwrap();
    let model = changed.model("gpt-4o-mini").unwrap();
    assert_eq!((model.limits().max_output, model.limits().context_window), (Some(5), Some(128_000)));
    assert!(model.price_at("2026-11-20".parse().unwrap()).unwrap().rates().count() > 1);
    assert_eq!(changed.models().count(), Catalog::bundled().models().count());
    assert_eq!(changed.model("o3-mini").unwrap(), Catalog::bundled().model("o3-mini").unwrap());
    let added = of(ours("2099-01-01", "id = \"ours-1\"\n[[model.alias]]\nname = \"ours\"\n"), false).unwrap();
    assert_eq!(added.model("ours").unwrap().id(), "ours-1");
    assert_eq!(added.model("openai/ours").unwrap().id(), "ours-1");
    assert_eq!(added.models().count(), Catalog::bundled().models().count() + 1);
    assert!(added.models().is_sorted_by_key(|model| (model.id().to_owned(), model.provider().to_owned())));
    let old = of(ours("2001-01-01", "id = \"ours-1\"\n"), false).unwrap_err();
    assert!(old.is_outdated());
    assert!(old.to_string().starts_with("ours.toml is as of 2001-01-01, and older than the bundled prices of 20"));
    assert!(of(ours("2001-01-01", "id = \"ours-1\"\n"), true).is_ok());
    let wrong = of(ours("2099-01-01", "id = \"ours-1\"\nencoding = \"x\"\n"), false).unwrap_err();
    assert!(wrong.is_invalid_data());
    let forced = of(ours("2001-01-01", "id = \"gpt-4o-2024-08-06\"\nmax_output = 5\n"), true).unwrap();
    let at = |day: &str| forced.model_at("gpt-4o", day.parse().unwrap()).unwrap();
    assert_eq!(at("2024-12-01").limits().max_output, Some(5));
    assert_eq!(at("2024-06-01").id(), "gpt-4o-2024-05-13", "what is not said stays");
    assert_eq!(forced.as_of(), Catalog::bundled().as_of());
    let taken = "id = \"ours-1\"\n[[model.alias]]\nname = \"o3-mini-2025-01-31\"\n";
    assert!(of(ours("2099-01-01", taken), false).unwrap_err().to_string().contains("is taken on the same day"));
    let google = "provider = \"gemini\"\nkind = \"maker\"\nas_of = 2099-01-01\n[[model]]\nid = \"x\"\n";
    let google = of(read("g.toml", google).unwrap(), false).unwrap_err();
    assert!(google.to_string().contains("the provider `gemini` is in"), "{google}");
    let more = "id = \"gpt-4o-mini-2024-07-18\"\nmax_input = 4\n[[model]]\nid = \"ours-2\"\nreplaced_by = \"ours-1\"\n";
    let one = ours(
        "2099-01-01",
        "id = \"gpt-4o-mini-2024-07-18\"\nmax_input = 3\nmax_output = 5\n[[model]]\nid = \"ours-1\"\n",
    );
    let files = [one, ours("2099-01-01", more)];
    let both = Catalog::overlay(&files, &["o200k_base"], false).unwrap();
    let limits = both.model("gpt-4o-mini").unwrap().limits();
    assert_eq!((limits.max_input, limits.max_output), (Some(4), Some(5)), "the later of two files holds");
    assert_eq!(both.model("ours-2").unwrap().replaced_by(), Some("ours-1"));
    let circle = "id = \"ours-1\"\nreplaced_by = \"ours-2\"\n";
    let [one, more] = files;
    let circle = Catalog::overlay(&[one, more, ours("2099-01-01", circle)], &["o200k_base"], false).unwrap_err();
    assert_eq!(
        circle.to_string(),
        "ours.toml:4: model `ours-1`: is replaced by itself in the end: one `replaced_by` is wrong"
    );
    let host = "provider = \"azure\"\nkind = \"host\"\nas_of = 2099-01-01\n[[model]]\nid = \"gpt-4o-2024-08-06\"\nmax_output = 7\n";
    let host = of(read("a.toml", host).unwrap(), false).unwrap();
    assert_eq!(host.model("gpt-4o-2024-08-06").unwrap().provider(), "openai");
    assert_eq!(host.model("azure/gpt-4o-2024-08-06").unwrap().limits().max_output, Some(7));
}

#[test]
fn the_example_of_the_format_keeps_the_rules() {
    let format = include_str!("../../FORMAT.md");
    let example = format.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let file = read("FORMAT.md", example).unwrap();
    let faults: Vec<String> = check(&[file], &["o200k_base"]).iter().map(Error::to_string).collect();
    assert_eq!(faults, [""; 0]);
}
