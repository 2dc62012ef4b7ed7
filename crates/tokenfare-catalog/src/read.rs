//! Reads catalogue files, one per provider, and checks the rules that they keep.
//!
//! ```
//! use tokenfare_catalog::read;
//!
//! let text = r#"
//! provider = "example"
//!
//! [[model]]
//! id = "example-large"
//! encoding = "o200k_base"
//!
//!   [[model.price]]
//!   from = 2025-11-01
//!   input = "3.00"            # USD per million tokens
//!   output = "15.00"
//!   checked = 2026-08-01
//!   source = "https://example.com/pricing"
//! "#;
//! let file = read::read("example.toml", text)?;
//! assert_eq!(file.models[0].id, "example-large");
//! assert!(read::check(&[file], &["o200k_base"]).is_empty());
//!
//! let error = read::read("example.toml", &text.replace("3.00", "3,00")).unwrap_err();
//! assert!(error.to_string().starts_with("example.toml:10: model `example-large`: `input`: `3,00` is not a decimal"));
//! # Ok::<(), tokenfare_catalog::Error>(())
//! ```

use crate::date::Date;
use crate::error::{Error, ErrorKind};
use crate::model::Effort;
use crate::rate::Rate;
use serde::de::{Deserialize, Deserializer, Error as _};
use std::collections::BTreeMap;

/// A catalogue file: the models of one provider.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// What messages call the file.
    #[serde(skip)]
    pub name: String,
    /// Who sells the models.
    pub provider: String,
    /// The models, as the file has them.
    #[serde(rename = "model", default)]
    pub models: Vec<Model>,
}

/// One `[[model]]`; the fields are those of [`crate::Model`].
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// The canonical id.
    pub id: String,
    /// The name of the vocabulary.
    pub encoding: Option<String>,
    /// The most tokens of input, output and reasoning together.
    pub context_window: Option<u64>,
    /// The most tokens of input.
    pub max_input: Option<u64>,
    /// The most tokens of output.
    pub max_output: Option<u64>,
    /// Whether it thinks in tokens that are billed and not shown.
    #[serde(default)]
    pub reasoning: bool,
    /// How hard it thinks unless told otherwise.
    #[serde(default, deserialize_with = "effort")]
    pub default_effort: Option<Effort>,
    /// Its `[[model.alias]]` entries.
    #[serde(rename = "alias", default)]
    pub aliases: Vec<Alias>,
    /// Its `[[model.price]]` entries.
    #[serde(rename = "price", default)]
    pub prices: Vec<Price>,
}

/// One `[[model.alias]]`; the fields are those of [`crate::Alias`].
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alias {
    /// The name.
    pub name: String,
    /// The first day it stood for the model.
    #[serde(default, deserialize_with = "optional_date")]
    pub from: Option<Date>,
    /// The first day it no longer did.
    #[serde(default, deserialize_with = "optional_date")]
    pub until: Option<Date>,
    /// The effort it asks for.
    #[serde(default, deserialize_with = "effort")]
    pub effort: Option<Effort>,
}

/// One `[[model.price]]`; the fields are those of [`crate::PriceRow`].
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// The first day the rates hold.
    #[serde(deserialize_with = "date")]
    pub from: Date,
    /// The first day they no longer do.
    #[serde(default, deserialize_with = "optional_date")]
    pub until: Option<Date>,
    /// Input that was not read from a cache.
    #[serde(default, deserialize_with = "rate")]
    pub input: Option<Rate>,
    /// Input read from a cache.
    #[serde(default, deserialize_with = "rate")]
    pub cache_read: Option<Rate>,
    /// Output.
    #[serde(default, deserialize_with = "rate")]
    pub output: Option<Rate>,
    /// The page that states the rates.
    pub source: String,
    /// The day someone last looked.
    #[serde(deserialize_with = "date")]
    pub checked: Date,
}

fn date<'de, D: Deserializer<'de>>(field: D) -> Result<Date, D::Error> {
    // A TOML date is its own type; with a time of day or a zone beside it, it is not written as a `Date` is read.
    toml::value::Datetime::deserialize(field)?.to_string().parse().map_err(D::Error::custom)
}

fn optional_date<'de, D: Deserializer<'de>>(field: D) -> Result<Option<Date>, D::Error> {
    date(field).map(Some)
}

fn rate<'de, D: Deserializer<'de>>(field: D) -> Result<Option<Rate>, D::Error> {
    Rate::from_usd_per_mtok(&String::deserialize(field)?).map(Some).map_err(D::Error::custom)
}

fn effort<'de, D: Deserializer<'de>>(field: D) -> Result<Option<Effort>, D::Error> {
    String::deserialize(field)?.parse().map(Some).map_err(D::Error::custom)
}

/// Reads a catalogue file. Rates are exact or refused, and so is every key that has no meaning.
///
/// # Errors
/// [`Error::is_invalid_data`], with the file, the line, the model and the key.
pub fn read(name: &str, text: &str) -> Result<File, Error> {
    match toml::from_str::<File>(text) {
        Ok(file) => Ok(File { name: name.to_owned(), ..file }),
        Err(error) => Err(locate(name, text, &error)),
    }
}

fn locate(name: &str, text: &str, error: &toml::de::Error) -> Error {
    let mut place = name.to_owned();
    if let Some(before) = error.span().and_then(|span| text.get(..span.start)) {
        place += &format!(":{}", before.matches('\n').count() + 1);
    }
    if let Some(model) = first_unreadable(text) {
        place += &format!(": model `{model}`");
    }
    // What stands before the value; for a key that is itself the fault the message names it.
    let line_start = error.span().map(|span| text.get(..span.start).and_then(|before| before.rsplit('\n').next()));
    if let Some((key, _)) = line_start.flatten().and_then(|before| before.split_once('=')) {
        place += &format!(": `{}`", key.trim());
    }
    ErrorKind::Data { place, why: error.message().to_owned() }.into()
}

/// Returns the id of the first model that cannot be read by itself, if the file is TOML at all.
fn first_unreadable(text: &str) -> Option<String> {
    let table: toml::Table = text.parse().ok()?;
    let models = table.get("model")?.as_array()?;
    let model = models.iter().find(|model| (*model).clone().try_into::<Model>().is_err())?;
    Some(model.get("id")?.as_str()?.to_owned())
}

/// Checks what a catalog made of these files relies on, and returns every fault found:
///
/// - ids are unique, and in order in their file;
/// - a name stands for at most one model on a day, with and without its provider in front;
/// - encodings are among those given;
/// - limits fit into the context window, and only reasoning models have an effort;
/// - prices are in order of date and do not overlap, state a rate, and say on which page;
/// - reading from a cache is not dearer than reading afresh.
#[must_use]
pub fn check(files: &[File], encodings: &[&str]) -> Vec<Error> {
    let mut faults = Faults(Vec::new());
    for file in files {
        if !is_name(&file.provider) {
            faults.add(&file.name, "`provider` is not a name");
        }
        for pair in file.models.windows(2) {
            if pair[0].id > pair[1].id {
                faults.add(&place(file, &pair[1]), &format!("stands after `{}`, out of order", pair[0].id));
            }
        }
        for model in &file.models {
            faults.model(&place(file, model), model, encodings);
        }
    }
    faults.names(files);
    faults.0
}

fn place(file: &File, model: &Model) -> String {
    format!("{}: model `{}`", file.name, model.id)
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

struct Faults(Vec<Error>);

impl Faults {
    fn add(&mut self, place: &str, why: &str) {
        self.0.push(ErrorKind::Data { place: place.to_owned(), why: why.to_owned() }.into());
    }

    fn model(&mut self, place: &str, model: &Model, encodings: &[&str]) {
        if let Some(encoding) = model.encoding.as_deref().filter(|encoding| !encodings.contains(encoding)) {
            self.add(place, &format!("unknown `encoding` `{encoding}`, known are {}", encodings.join(", ")));
        }
        for (key, limit) in [("max_input", model.max_input), ("max_output", model.max_output)] {
            if let (Some(limit), Some(window)) = (limit, model.context_window)
                && limit > window
            {
                self.add(place, &format!("`{key}` {limit} is above `context_window` {window}"));
            }
        }
        let effort = model.default_effort.or_else(|| model.aliases.iter().find_map(|alias| alias.effort));
        if let Some(effort) = effort.filter(|_| !model.reasoning) {
            self.add(place, &format!("an effort of `{effort}` without `reasoning = true`"));
        }
        for alias in &model.aliases {
            if let (Some(from), Some(until)) = (alias.from, alias.until)
                && until <= from
            {
                self.add(place, &format!("alias `{}` ends on {until}, not after its first day {from}", alias.name));
            }
        }
        for price in &model.prices {
            self.price(&format!("{place}: price from {}", price.from), price);
        }
        for pair in model.prices.windows(2) {
            let (from, next) = (pair[0].from, pair[1].from);
            if next <= from {
                self.add(place, &format!("the price from {next} stands after the price from {from}"));
            } else if let Some(until) = pair[0].until.filter(|until| *until > next) {
                self.add(place, &format!("the price from {from} until {until} overlaps the price from {next}"));
            }
        }
    }

    fn price(&mut self, place: &str, price: &Price) {
        if let Some(until) = price.until.filter(|until| *until <= price.from) {
            self.add(place, &format!("`until` {until} is not after its first day"));
        }
        if price.input.or(price.cache_read).or(price.output).is_none() {
            self.add(place, "states no rate");
        }
        if price.cache_read.zip(price.input).is_some_and(|(cached, fresh)| cached > fresh) {
            self.add(place, "`cache_read` is above `input`");
        }
        if !price.source.strip_prefix("https://").is_some_and(is_name) {
            self.add(place, &format!("`source` `{}` is not an `https://` address", price.source));
        }
    }

    /// Checks that no name can be read two ways.
    fn names(&mut self, files: &[File]) {
        let mut claims: BTreeMap<&str, Vec<Claim<'_>>> = BTreeMap::new();
        for file in files {
            for model in &file.models {
                let id = Claim { file, model, from: None, until: None };
                claims.entry(&model.id).or_default().push(id);
                for Alias { name, from, until, .. } in &model.aliases {
                    claims.entry(name).or_default().push(Claim { from: *from, until: *until, ..id });
                }
            }
        }
        for claims in claims.values_mut() {
            claims.sort_by_key(|claim| claim.from);
        }
        for (name, of_name) in &claims {
            let Some(&first) = of_name.first() else { continue };
            if !is_name(name) {
                self.add(&place(first.file, first.model), &format!("`{name}` is not a name"));
            }
            // In order of their first day, if any two overlap then two neighbours do.
            for pair in of_name.windows(2) {
                if pair[0].until.is_none_or(|until| pair[1].from.is_none_or(|from| from < until)) {
                    let other = place(pair[0].file, pair[0].model);
                    self.add(
                        &place(pair[1].file, pair[1].model),
                        &format!("`{name}` is taken on the same day, {other}"),
                    );
                }
            }
            if let Some((provider, rest)) = name.split_once('/')
                && let Some(other) =
                    claims.get(rest).and_then(|claims| claims.iter().find(|claim| claim.file.provider == provider))
            {
                let other = place(other.file, other.model);
                self.add(&place(first.file, first.model), &format!("`{name}` is found as `{rest}` already, {other}"));
            }
        }
    }
}

/// A model that goes by some name, and when.
#[derive(Clone, Copy)]
struct Claim<'a> {
    file: &'a File,
    model: &'a Model,
    from: Option<Date>,
    until: Option<Date>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Catalog;
    use std::path::Path;

    const EXAMPLE: &str = r#"provider = "example"
[[model]]
id = "a-1"
encoding = "o200k_base"
context_window = 100
max_output = 50
reasoning = true
default_effort = "low"
[[model.alias]]
name = "a"
from = 2025-01-01
until = 2025-06-01
[[model.price]]
from = 2025-01-01
until = 2025-02-01
input = "3.00"
cache_read = "0.30"
checked = 2026-08-01
source = "https://example.com/pricing"
[[model.price]]
from = 2025-02-01
output = "0"
checked = 2026-08-01
source = "https://example.com/pricing"
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

    #[test]
    fn the_bundled_table_is_what_the_data_says() {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
        let files = std::fs::read_dir(data).unwrap().map(|entry| {
            let path = entry.unwrap().path();
            read(&path.display().to_string(), &std::fs::read_to_string(&path).unwrap()).unwrap()
        });
        let mut unseen: Vec<(String, Model)> =
            files.flat_map(|file| file.models.into_iter().map(move |model| (file.provider.clone(), model))).collect();
        unseen.sort_by(|(_, a), (_, b)| b.id.cmp(&a.id));
        for model in Catalog::bundled().models() {
            let aliases = model.aliases.iter().map(|alias| Alias {
                name: alias.name.to_owned(),
                from: alias.from,
                until: alias.until,
                effort: alias.effort,
            });
            let prices = model.prices.iter().map(|row| Price {
                from: row.from,
                until: row.until,
                input: row.input,
                cache_read: row.cache_read,
                output: row.output,
                source: row.source.to_owned(),
                checked: row.checked,
            });
            let bundled = Model {
                id: model.id.to_owned(),
                encoding: model.encoding.map(str::to_owned),
                context_window: model.context_window,
                max_input: model.max_input,
                max_output: model.max_output,
                reasoning: model.reasoning,
                default_effort: model.default_effort,
                aliases: aliases.collect(),
                prices: prices.collect(),
            };
            assert_eq!(unseen.pop(), Some((model.provider.to_owned(), bundled)));
        }
        assert_eq!(unseen, []);
    }

    #[test]
    fn what_cannot_be_read_is_named_by_file_line_model_and_key() {
        assert_eq!(faults("a-1", "a-1"), [""; 0], "the example is right as it is");
        for (from, to, why) in [
            (
                "input = \"3.00\"",
                "input = \"3e0\"",
                "e.toml:16: model `a-1`: `input`: `3e0` is not a decimal number, write digits and at most one point, as in `0.15`",
            ),
            ("input = \"3.00\"", "input = \"-3\"", "e.toml:16: model `a-1`: `input`: rate `-3` is negative"),
            (
                "\"0.30\"",
                "\"0.0000000001\"",
                "e.toml:17: model `a-1`: `cache_read`: `0.0000000001` has more than the 9 decimal places that are held exactly",
            ),
            (
                "\"3.00\"",
                "3.00",
                "e.toml:16: model `a-1`: `input`: invalid type: floating point `3.0`, expected a string",
            ),
            (
                "\"low\"",
                "\"most\"",
                "e.toml:8: model `a-1`: `default_effort`: unknown reasoning effort `most`, expected `low`, `medium` or `high`",
            ),
            (
                "from = 2025-02-01",
                "from = 2025-02-01T00:00:00",
                "e.toml:21: model `a-1`: `from`: `2025-02-01T00:00:00` is not a day of the calendar in the form `YYYY-MM-DD`",
            ),
            ("from = 2025-02-01\n", "", "e.toml:20: model `a-1`: missing field `from`"),
            (
                "id = \"a-2\"",
                "id = \"a-2\"\nmax_tokens = 5",
                "e.toml:27: model `a-2`: unknown field `max_tokens`, expected one of `id`, `encoding`, `context_window`, `max_input`, `max_output`, `reasoning`, `default_effort`, `alias`, `price`",
            ),
            (
                "until = 2025-06-01\n",
                "until = 2025-06-31\n",
                "e.toml:12: `until`: invalid date, expected day between 01 and 30",
            ),
            (
                "context_window = 100",
                "context_window = -1",
                "e.toml:5: model `a-1`: `context_window`: invalid value: integer `-1`, expected u64",
            ),
            ("provider = \"example\"", "", "e.toml:1: missing field `provider`"),
        ] {
            assert_eq!(faults(from, to), [why]);
        }
        for key in ["source = \"https://example.com/pricing\"\n", "checked = 2026-08-01\n"] {
            assert!(faults(key, "")[0].starts_with("e.toml:13: model `a-1`: missing field"), "{key}");
        }
    }

    #[test]
    fn every_rule_finds_what_breaks_it() {
        for (from, to, why) in [
            ("\"o200k_base\"", "\"o200k\"", "e.toml: model `a-1`: unknown `encoding` `o200k`, known are o200k_base"),
            ("id = \"a-2\"", "id = \"a-0\"", "e.toml: model `a-0`: stands after `a-1`, out of order"),
            (
                "id = \"a-2\"",
                "id = \"a-1\"",
                "e.toml: model `a-1`: `a-1` is taken on the same day, e.toml: model `a-1`",
            ),
            (
                "until = 2025-06-01",
                "until = 2025-06-02",
                "e.toml: model `a-2`: `a` is taken on the same day, e.toml: model `a-1`",
            ),
            ("until = 2025-06-01", "", "e.toml: model `a-2`: `a` is taken on the same day, e.toml: model `a-1`"),
            (
                "name = \"a\"",
                "name = \"a-2\"",
                "e.toml: model `a-1`: `a-2` is taken on the same day, e.toml: model `a-2`",
            ),
            ("name = \"a\"", "name = \"a 1\"", "e.toml: model `a-1`: `a 1` is not a name"),
            (
                "name = \"a\"",
                "name = \"example/a-2\"",
                "e.toml: model `a-1`: `example/a-2` is found as `a-2` already, e.toml: model `a-2`",
            ),
            (
                "until = 2025-06-01",
                "until = 2025-01-01",
                "e.toml: model `a-1`: alias `a` ends on 2025-01-01, not after its first day 2025-01-01",
            ),
            (
                "max_output = 50",
                "max_output = 101",
                "e.toml: model `a-1`: `max_output` 101 is above `context_window` 100",
            ),
            (
                "reasoning = true",
                "reasoning = false",
                "e.toml: model `a-1`: an effort of `low` without `reasoning = true`",
            ),
            (
                "until = 2025-02-01",
                "until = 2025-02-02",
                "e.toml: model `a-1`: the price from 2025-01-01 until 2025-02-02 overlaps the price from 2025-02-01",
            ),
            (
                "until = 2025-02-01",
                "until = 2025-01-01",
                "e.toml: model `a-1`: price from 2025-01-01: `until` 2025-01-01 is not after its first day",
            ),
            (
                "from = 2025-02-01",
                "from = 2025-01-01",
                "e.toml: model `a-1`: the price from 2025-01-01 stands after the price from 2025-01-01",
            ),
            ("output = \"0\"", "", "e.toml: model `a-1`: price from 2025-02-01: states no rate"),
            ("\"0.30\"", "\"3.01\"", "e.toml: model `a-1`: price from 2025-01-01: `cache_read` is above `input`"),
            (
                "\"https://example.com/pricing\"",
                "\"\"",
                "e.toml: model `a-1`: price from 2025-01-01: `source` `` is not an `https://` address",
            ),
            ("provider = \"example\"", "provider = \"\"", "e.toml: `provider` is not a name"),
        ] {
            assert_eq!(faults(from, to), [why]);
        }
    }

    #[test]
    fn a_name_taken_in_another_file_is_found() {
        let ours = read("ours.toml", EXAMPLE).unwrap();
        let theirs =
            read("theirs.toml", "provider = \"other\"\n[[model]]\nid = \"a-1\"\n[[model]]\nid = \"a\"\n").unwrap();
        let faults: Vec<String> = check(&[ours, theirs], &["o200k_base"]).iter().map(Error::to_string).collect();
        assert!(
            faults.contains(
                &"theirs.toml: model `a-1`: `a-1` is taken on the same day, ours.toml: model `a-1`".to_owned()
            )
        );
        assert!(faults.iter().any(|fault| fault.contains("`a` is taken on the same day")));
    }
}
