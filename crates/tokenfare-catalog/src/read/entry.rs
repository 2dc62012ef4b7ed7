//! `[[model.price]]` and `[[model.price.card]]`, whose rates are keys by the names of meters.

use crate::date::Date;
use crate::rate::{Rate, Ratio};
use crate::word::{Meter, Tier};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error as _, MapAccess, Visitor};
use std::fmt;

/// One `[[model.price]]`; the fields are what [`crate::Price`] answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Price {
    /// The line it begins on.
    pub line: usize,
    /// The first day the rates are known to have held.
    pub from: Date,
    /// The last day they are known not to have held yet.
    pub after: Option<Date>,
    /// The first day they no longer held.
    pub until: Option<Date>,
    /// The rates.
    pub rates: Vec<Entry>,
    /// The day someone last looked.
    pub checked: Date,
    /// What states the rates.
    pub sources: Vec<String>,
    /// For people.
    pub note: Option<String>,
    /// Its `[[model.price.card]]` entries.
    pub cards: Vec<Card>,
}

/// One rate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What is counted.
    pub meter: Meter,
    /// What the rate depends on beside that; empty if on nothing, or for all others.
    pub detail: String,
    /// How much for one.
    pub rate: Rate,
}

/// One `[[model.price.card]]`; the fields are what [`crate::Card`] answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Card {
    /// The line it begins on.
    pub line: usize,
    /// The tier it is for.
    pub tier: Option<Tier>,
    /// The tokens a prompt must be longer than.
    pub over: Option<u32>,
    /// Or as long as.
    pub inclusive: bool,
    /// The minutes of the day it holds from and until.
    pub hours: Option<(u16, u16)>,
    /// The region it is for.
    pub region: Option<String>,
    /// What all rates per token are multiplied by.
    pub multiplier: Option<Ratio>,
    /// The rates.
    pub rates: Vec<Entry>,
}

/// A key: one of those given, or a meter.
enum Key {
    Field(&'static str),
    Rate(Meter),
}

struct KeyOf(&'static [&'static str]);

impl<'de> DeserializeSeed<'de> for KeyOf {
    type Value = Key;

    fn deserialize<D: Deserializer<'de>>(self, key: D) -> Result<Key, D::Error> {
        let text = String::deserialize(key)?;
        if let Some(field) = self.0.iter().find(|field| **field == text) {
            return Ok(Key::Field(field));
        }
        text.parse().map(Key::Rate).map_err(|_| {
            let fields: Vec<&str> =
                self.0.iter().copied().chain(Meter::ALL.iter().map(|meter| meter.as_str())).collect();
            D::Error::custom(format!("unknown field `{text}`, expected one of `{}`", fields.join("`, `")))
        })
    }
}

/// The value of a rate: a text, or a table of texts by what it depends on.
struct RateOf(Meter);

impl<'de> DeserializeSeed<'de> for RateOf {
    type Value = Vec<Entry>;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<Vec<Entry>, D::Error> {
        value.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for RateOf {
    type Value = Vec<Entry>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Vec<Entry>, E> {
        let rate = Rate::read(text, self.0).map_err(E::custom)?;
        Ok(vec![Entry { meter: self.0, detail: String::new(), rate }])
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vec<Entry>, A::Error> {
        let mut entries = Vec::new();
        while let Some(detail) = map.next_key::<String>()? {
            let mut of = map.next_value_seed(RateOf(self.0))?;
            match (of.pop(), of.is_empty()) {
                (Some(entry), true) if entry.detail.is_empty() => entries.push(Entry { detail, ..entry }),
                _ => return Err(A::Error::custom("a rate depends on one thing only")),
            }
        }
        if entries.is_empty() { Err(A::Error::custom("a rate without an amount")) } else { Ok(entries) }
    }
}

/// Puts rates in the order of meters, whatever the order of the file.
fn in_order(rates: &mut [Entry]) {
    rates.sort_by(|a, b| (a.meter, &a.detail).cmp(&(b.meter, &b.detail)));
}

/// A value that is read as the given type.
macro_rules! value {
    ($map:ident, $name:ident, $with:path) => {{
        struct Of;
        impl<'de> DeserializeSeed<'de> for Of {
            type Value = Option<$name>;
            fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<Self::Value, D::Error> {
                $with(value).map(Some)
            }
        }
        $map.next_value_seed(Of)?
    }};
}

impl<'de> Deserialize<'de> for Price {
    fn deserialize<D: Deserializer<'de>>(table: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Price;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a price")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Price, A::Error> {
                const FIELDS: &[&str] = &["from", "after", "until", "checked", "sources", "note", "card"];
                let (mut from, mut checked, mut sources) = (None, None, None);
                let (mut after, mut until, mut note) = (None, None, None);
                let (mut rates, mut cards) = (Vec::new(), Vec::new());
                while let Some(key) = map.next_key_seed(KeyOf(FIELDS))? {
                    match key {
                        Key::Rate(meter) => rates.extend(map.next_value_seed(RateOf(meter))?),
                        Key::Field("from") => from = value!(map, Date, super::date),
                        Key::Field("after") => after = value!(map, Date, super::date),
                        Key::Field("until") => until = value!(map, Date, super::date),
                        Key::Field("checked") => checked = value!(map, Date, super::date),
                        Key::Field("sources") => sources = Some(map.next_value()?),
                        Key::Field("note") => note = Some(map.next_value()?),
                        Key::Field(_) => cards = map.next_value()?,
                    }
                }
                in_order(&mut rates);
                let missing = A::Error::missing_field;
                Ok(Price {
                    line: 0,
                    from: from.ok_or_else(|| missing("from"))?,
                    after,
                    until,
                    rates,
                    checked: checked.ok_or_else(|| missing("checked"))?,
                    sources: sources.ok_or_else(|| missing("sources"))?,
                    note,
                    cards,
                })
            }
        }
        table.deserialize_map(Fields)
    }
}

impl<'de> Deserialize<'de> for Card {
    fn deserialize<D: Deserializer<'de>>(table: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Card;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a card")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Card, A::Error> {
                const FIELDS: &[&str] = &["tier", "over", "inclusive", "hours", "region", "multiplier"];
                let mut card = Card::default();
                while let Some(key) = map.next_key_seed(KeyOf(FIELDS))? {
                    match key {
                        Key::Rate(meter) => card.rates.extend(map.next_value_seed(RateOf(meter))?),
                        Key::Field("tier") => card.tier = value!(map, Tier, super::word),
                        Key::Field("over") => card.over = Some(map.next_value()?),
                        Key::Field("inclusive") => card.inclusive = map.next_value()?,
                        Key::Field("hours") => card.hours = value!(map, Hours, hours),
                        Key::Field("region") => card.region = Some(map.next_value()?),
                        Key::Field(_) => card.multiplier = value!(map, Ratio, super::word),
                    }
                }
                in_order(&mut card.rates);
                Ok(card)
            }
        }
        table.deserialize_map(Fields)
    }
}

type Hours = (u16, u16);

fn hours<'de, D: Deserializer<'de>>(field: D) -> Result<Hours, D::Error> {
    let text = String::deserialize(field)?;
    read_hours(&text).ok_or_else(|| D::Error::custom(format!("`{text}` is not a time of day, as `16:30-00:30`")))
}

fn read_hours(text: &str) -> Option<Hours> {
    let (from, until) = text.split_once('-')?;
    let minute = |text: &str| {
        let (hour, minute) = text.split_once(':')?;
        let two = |digits: &str| {
            let is_two = digits.len() == 2 && digits.bytes().all(|digit| digit.is_ascii_digit());
            is_two.then(|| digits.parse::<u16>().ok()).flatten()
        };
        let (hour, minute) = (two(hour)?, two(minute)?);
        (hour < 24 && minute < 60).then_some(hour * 60 + minute)
    };
    let (from, until) = (minute(from)?, minute(until)?);
    (from != until).then_some((from, until))
}
