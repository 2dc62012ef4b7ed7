//! Reads catalogue files, one per provider, and checks the rules that they keep.
//!
//! ```
//! use tokenfare_catalog::read;
//!
//! let text = r#"
//! provider = "example"
//! kind = "maker"
//! as_of = 2026-08-01
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
//!   sources = ["https://example.com/pricing"]
//! "#;
//! let file = read::read("example.toml", text)?;
//! assert_eq!(file.models[0].id, "example-large");
//! assert!(read::check(&[file], &["o200k_base"]).is_empty());
//!
//! let error = read::read("example.toml", &text.replace("3.00", "3,00")).unwrap_err();
//! assert!(error.to_string().starts_with("example.toml:12: model `example-large`: `input`: `3,00` is not a decimal"));
//! # Ok::<(), tokenfare_catalog::Error>(())
//! ```

mod check;
mod entry;
mod lay;
mod overlay;
mod source;

pub use check::check;
pub use entry::{Card, Entry, Price};
pub use source::source;

use crate::date::Date;
use crate::error::{Error, ErrorKind};
use crate::word::{Effort, Endpoint, Kind, Modality, Reasoning};
use serde::de::{Deserialize, Deserializer, Error as _};
use std::str::FromStr;

/// A catalogue file: the models of one provider.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// What messages call the file.
    #[serde(skip)]
    pub name: String,
    /// Who sells the models.
    pub provider: String,
    /// Whose models come first where several have a name.
    #[serde(deserialize_with = "word")]
    pub kind: Kind,
    /// What others call the provider.
    #[serde(default)]
    pub also: Vec<String>,
    /// The day the whole file was last compared with its sources.
    #[serde(deserialize_with = "date")]
    pub as_of: Date,
    /// The models, as the file has them.
    #[serde(rename = "model", default)]
    pub models: Vec<Model>,
}

/// One `[[model]]`; the fields are what [`crate::Model`] answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// What messages call the file it is in; empty if it was not read from one.
    #[serde(skip)]
    pub file: String,
    /// The line it begins on.
    #[serde(skip)]
    pub line: usize,
    /// The canonical id.
    pub id: String,
    /// The name of the vocabulary.
    pub encoding: Option<String>,
    /// The family of the vocabulary.
    pub tokenizer: Option<String>,
    /// Whether the vocabulary is concluded.
    #[serde(default)]
    pub inferred: bool,
    /// Whether it is another's model.
    #[serde(default)]
    pub resold: bool,
    /// The most tokens of input, output and reasoning together.
    pub context_window: Option<u32>,
    /// The most tokens of input.
    pub max_input: Option<u32>,
    /// The most tokens of output.
    pub max_output: Option<u32>,
    /// The numbers of an embedding.
    pub dimensions: Option<u32>,
    /// What it takes.
    #[serde(default, deserialize_with = "words")]
    pub takes: Vec<Modality>,
    /// What it gives.
    #[serde(default, deserialize_with = "words")]
    pub gives: Vec<Modality>,
    /// Where it is called.
    #[serde(default, deserialize_with = "words")]
    pub endpoints: Vec<Endpoint>,
    /// Where the tokens of thinking are counted.
    #[serde(default, deserialize_with = "optional_word")]
    pub reasoning: Option<Reasoning>,
    /// How hard it can be told to think.
    #[serde(default, deserialize_with = "words")]
    pub efforts: Vec<Effort>,
    /// How hard it thinks unless told otherwise.
    #[serde(default, deserialize_with = "optional_word")]
    pub default_effort: Option<Effort>,
    /// Up to when it has read.
    pub knowledge_cutoff: Option<String>,
    /// The first day it could be called.
    #[serde(default, deserialize_with = "optional_date")]
    pub released: Option<Date>,
    /// The day its end was announced.
    #[serde(default, deserialize_with = "optional_date")]
    pub deprecated: Option<Date>,
    /// The first day it no longer answers.
    #[serde(default, deserialize_with = "optional_date")]
    pub retired: Option<Date>,
    /// The model to go on with.
    pub replaced_by: Option<String>,
    /// For people.
    pub note: Option<String>,
    /// Its `[[model.alias]]` entries.
    #[serde(rename = "alias", default)]
    pub aliases: Vec<Alias>,
    /// Its `[[model.was]]` entries.
    #[serde(rename = "was", default)]
    pub former: Vec<Former>,
    /// Its `[[model.price]]` entries.
    #[serde(rename = "price", default)]
    pub prices: Vec<Price>,
}

/// One `[[model.alias]]`; the fields are what [`crate::Alias`] answers.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alias {
    /// The line it begins on.
    #[serde(skip)]
    pub line: usize,
    /// The name.
    pub name: String,
    /// The first day it stood for the model.
    #[serde(default, deserialize_with = "optional_date")]
    pub from: Option<Date>,
    /// The first day it no longer did.
    #[serde(default, deserialize_with = "optional_date")]
    pub until: Option<Date>,
    /// The effort it asks for.
    #[serde(default, deserialize_with = "optional_word")]
    pub effort: Option<Effort>,
}

/// One `[[model.was]]`: limits until a day; what it does not say was as it is.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Former {
    /// The first day they no longer held.
    #[serde(deserialize_with = "date")]
    pub until: Date,
    /// The most tokens of input, output and reasoning together.
    pub context_window: Option<u32>,
    /// The most tokens of input.
    pub max_input: Option<u32>,
    /// The most tokens of output.
    pub max_output: Option<u32>,
}

fn date<'de, D: Deserializer<'de>>(field: D) -> Result<Date, D::Error> {
    // A TOML date is its own type; with a time of day or a zone beside it, it is not written as a `Date` is read.
    toml::value::Datetime::deserialize(field)?.to_string().parse().map_err(D::Error::custom)
}

fn optional_date<'de, D: Deserializer<'de>>(field: D) -> Result<Option<Date>, D::Error> {
    date(field).map(Some)
}

fn word<'de, D: Deserializer<'de>, T: FromStr<Err = Error>>(field: D) -> Result<T, D::Error> {
    String::deserialize(field)?.parse().map_err(D::Error::custom)
}

fn optional_word<'de, D: Deserializer<'de>, T: FromStr<Err = Error>>(field: D) -> Result<Option<T>, D::Error> {
    word(field).map(Some)
}

fn words<'de, D: Deserializer<'de>, T: FromStr<Err = Error>>(field: D) -> Result<Vec<T>, D::Error> {
    let words = Vec::<String>::deserialize(field)?;
    words.iter().map(|word| word.parse().map_err(D::Error::custom)).collect()
}

/// Reads a catalogue file. Rates are exact or refused, and so is every key that has no meaning.
///
/// # Errors
/// [`Error::is_invalid_data`], with the file, the line, the model and the key.
pub fn read(name: &str, text: &str) -> Result<File, Error> {
    match toml::from_str::<File>(text) {
        Ok(file) => Ok(in_lines(File { name: name.to_owned(), ..file }, text)),
        Err(error) => Err(locate(name, text, &error)),
    }
}

/// Notes on which line each model, alias, price and card begins; what has no line of its own, on that of what it is in.
fn in_lines(mut file: File, text: &str) -> File {
    let mut models = file.models.iter_mut();
    let mut aliases = [].iter_mut();
    let mut prices = [].iter_mut();
    let mut cards = [].iter_mut();
    for (line, text) in (1..).zip(text.lines()) {
        match text.trim_start().split(['#', ' ']).next() {
            Some("[[model]]") => {
                let Some(model) = models.next() else { continue };
                (model.file, model.line) = (file.name.clone(), line);
                model.aliases.iter_mut().for_each(|alias| alias.line = line);
                model.prices.iter_mut().for_each(|price| put(price, line));
                (aliases, prices, cards) = (model.aliases.iter_mut(), model.prices.iter_mut(), [].iter_mut());
            }
            Some("[[model.alias]]") => {
                if let Some(alias) = aliases.next() {
                    alias.line = line;
                }
            }
            Some("[[model.price]]") => {
                let Some(price) = prices.next() else { continue };
                put(price, line);
                cards = price.cards.iter_mut();
            }
            Some("[[model.price.card]]") => {
                if let Some(card) = cards.next() {
                    card.line = line;
                }
            }
            _ => {}
        }
    }
    file
}

/// Puts a price and its cards on a line.
fn put(price: &mut Price, line: usize) {
    price.line = line;
    price.cards.iter_mut().for_each(|card| card.line = line);
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
    data(&place, error.message())
}

/// Returns the id of the first model that cannot be read by itself, if the file is TOML at all.
fn first_unreadable(text: &str) -> Option<String> {
    let table: toml::Table = text.parse().ok()?;
    let models = table.get("model")?.as_array()?;
    let model = models.iter().find(|model| (*model).clone().try_into::<Model>().is_err())?;
    Some(model.get("id")?.as_str()?.to_owned())
}

fn data(place: &str, why: &str) -> Error {
    // What a file holds must not move the cursor of who reads about it.
    let shown = |text: &str| text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    ErrorKind::Data { place: shown(place), why: shown(why) }.into()
}

#[cfg(test)]
mod tests;
