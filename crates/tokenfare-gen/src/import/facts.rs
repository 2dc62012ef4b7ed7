//! What a source can say of a model, in the words of the catalog's files.

use super::decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

/// The rates a file may state, in the order in which it states them.
pub(crate) const RATES: [&str; 30] = [
    "input",
    "cache_read",
    "cache_write",
    "cache_write_1h",
    "cache_write_12h",
    "output",
    "reasoning",
    "citation",
    "training",
    "input_audio",
    "cache_read_audio",
    "cache_write_audio",
    "output_audio",
    "input_image",
    "cache_read_image",
    "output_image",
    "input_video",
    "output_video",
    "characters",
    "seconds",
    "output_seconds",
    "input_images",
    "images",
    "pages",
    "annotated_pages",
    "requests",
    "web_search",
    "file_search",
    "maps_search",
    "search_units",
];

/// Those of `RATES` that are per token, and come first among them.
const PER_TOKEN: usize = 18;

/// The tiers a card may name, in the order in which they are written.
pub(crate) const TIERS: [&str; 6] = ["batch", "flex", "priority", "fast", "ultrafast", "balanced"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Per {
    /// Tokens, which are always per million.
    Token,
    One,
    Thousand,
    Million,
    Minute,
    Hour,
}

impl Per {
    fn of(self) -> i128 {
        match self {
            Self::One => 1,
            Self::Minute => 60,
            Self::Thousand => 1_000,
            Self::Hour => 3_600,
            Self::Token | Self::Million => 1_000_000,
        }
    }

    pub(crate) fn suffix(self) -> &'static str {
        match self {
            Self::Token | Self::One => "",
            Self::Thousand => "/k",
            Self::Million => "/M",
            Self::Minute => "/minute",
            Self::Hour => "/hour",
        }
    }
}

/// So many dollars for so many.
#[derive(Clone, Copy, Debug, Eq)]
pub(crate) struct Amount {
    pub(crate) usd: Decimal,
    pub(crate) per: Per,
}

impl PartialEq for Amount {
    /// 0.006 a minute is 0.36 an hour.
    fn eq(&self, other: &Self) -> bool {
        self.usd.times(Decimal::whole(other.per.of())) == other.usd.times(Decimal::whole(self.per.of()))
    }
}

impl Amount {
    /// Whether they are equal but for the last digit of the one that is per second, which had to end somewhere.
    pub(crate) fn is_near(self, other: Self) -> bool {
        let (each, hour) = match (self.per, other.per) {
            (Per::One, Per::Hour) => (self.usd, other.usd),
            (Per::Hour, Per::One) => (other.usd, self.usd),
            _ => return self == other,
        };
        let seconds = Decimal::whole(Per::Hour.of());
        (each.neighbour(-1).times(seconds)..=each.neighbour(1).times(seconds)).contains(&hour)
    }
}

impl std::fmt::Display for Amount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.usd, self.per.suffix())
    }
}

/// One rate, or a table of rates by what they depend on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Rate {
    One(Amount),
    Table(BTreeMap<String, Amount>),
}

impl std::fmt::Display for Rate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::One(amount) => write!(f, "\"{amount}\""),
            Self::Table(table) => {
                let entries: Vec<String> =
                    table.iter().map(|(key, amount)| format!("{key:?} = \"{amount}\"")).collect();
                write!(f, "{{ {} }}", entries.join(", "))
            }
        }
    }
}

/// Rates by their place in `RATES`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rates(pub(crate) BTreeMap<usize, Rate>);

pub(crate) fn place(rate: &str) -> usize {
    RATES.iter().position(|name| *name == rate).expect("the readers name rates of the format")
}

pub(crate) fn is_per_token(rate: usize) -> bool {
    rate < PER_TOKEN
}

/// Whether a rate is of calls of a tool, which are priced beside the model.
pub(crate) fn is_of_a_tool(rate: usize) -> bool {
    matches!(RATES[rate], "web_search" | "file_search" | "maps_search")
}

/// Whether a change of a rate is a change of the price: others follow from these, and change alone only when a source
/// corrects itself.
pub(crate) fn is_of_a_price(rate: usize) -> bool {
    !is_of_a_tool(rate)
        && !matches!(
            RATES[rate],
            "cache_write_1h"
                | "cache_write_12h"
                | "cache_read_audio"
                | "cache_write_audio"
                | "input_image"
                | "input_video"
        )
}

impl Rates {
    pub(crate) fn put(&mut self, rate: &str, amount: Amount) {
        self.0.insert(place(rate), Rate::One(amount));
    }

    pub(crate) fn put_in_table(&mut self, rate: &str, key: &str, amount: Amount) {
        match self.0.entry(place(rate)).or_insert_with(|| Rate::Table(BTreeMap::new())) {
            Rate::Table(table) => {
                table.insert(key.to_owned(), amount);
            }
            one @ Rate::One(_) => {
                if let Rate::One(all) = *one {
                    *one = Rate::Table(BTreeMap::from([(String::new(), all), (key.to_owned(), amount)]));
                }
            }
        }
    }

    pub(crate) fn get(&self, rate: &str) -> Option<&Rate> {
        self.0.get(&place(rate))
    }

    pub(crate) fn tokens(&self, rate: &str) -> Option<Decimal> {
        match self.get(rate)? {
            Rate::One(amount) => Some(amount.usd),
            Rate::Table(_) => None,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn is_all_zero(&self) -> bool {
        self.0.values().all(|rate| match rate {
            Rate::One(amount) => amount.usd.is_zero(),
            Rate::Table(table) => table.values().all(|amount| amount.usd.is_zero()),
        })
    }
}

/// Under what a card holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct When {
    pub(crate) region: Option<&'static str>,
    pub(crate) hours: Option<String>,
    /// The place in `TIERS`.
    pub(crate) tier: Option<usize>,
    pub(crate) over: Option<u64>,
    /// Whether a prompt of exactly so many is among the longer.
    pub(crate) inclusive: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Card {
    pub(crate) rates: Rates,
    pub(crate) multiplier: Option<String>,
}

/// A price at a time: rates, and cards, which are in the order in which they apply: longer prompts, then each tier with
/// its longer prompts, then hours, then regions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Quote {
    pub(crate) rates: Rates,
    pub(crate) cards: BTreeMap<When, Card>,
}

/// Of an id at one source, without its prices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Traits {
    pub(crate) mode: String,
    pub(crate) max_input: Option<u64>,
    pub(crate) max_output: Option<u64>,
    pub(crate) dimensions: Option<u64>,
    pub(crate) takes: BTreeSet<usize>,
    pub(crate) gives: BTreeSet<usize>,
    pub(crate) endpoints: BTreeSet<usize>,
    pub(crate) reasons: bool,
    pub(crate) retired: Option<String>,
}

/// The place of text among them.
pub(crate) const TEXT: usize = 0;

pub(crate) const MODALITIES: [&str; 6] = ["text", "image", "audio", "video", "pdf", "embedding"];

pub(crate) const ENDPOINTS: [&str; 18] = [
    "chat",
    "responses",
    "completions",
    "embeddings",
    "images",
    "image_edits",
    "speech",
    "transcriptions",
    "translations",
    "realtime",
    "batch",
    "moderations",
    "rerank",
    "ocr",
    "video",
    "search",
    "assistants",
    "fine_tuning",
];

/// The day in an id, as `-2024-08-06`, `-20240806` or `@20240806`, and what stands before it.
pub(crate) fn dated(id: &str) -> Option<(&str, String)> {
    let tail = |length: usize| id.len().checked_sub(length).and_then(|at| Some((id.get(..at)?, id.get(at..)?)));
    let day = |year: &str, month: &str, day: &str| {
        let digits = [year, month, day].iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
        let real = ("2020"..="2029").contains(&year) && ("01"..="12").contains(&month) && ("01"..="31").contains(&day);
        (digits && real).then(|| format!("{year}-{month}-{day}"))
    };
    if let Some((stem, tail)) = tail(11)
        && let Some(rest) = tail.strip_prefix('-')
        && let [year, month, last] = rest.split('-').collect::<Vec<_>>()[..]
        && (year.len(), month.len(), last.len()) == (4, 2, 2)
    {
        return day(year, month, last).map(|day| (stem, day));
    }
    let (stem, tail) = tail(9)?;
    let rest = tail.strip_prefix(['-', '@'])?;
    day(rest.get(..4)?, rest.get(4..6)?, rest.get(6..)?).map(|day| (stem, day))
}

/// The day of a snapshot that stands anywhere in an id: `anthropic.claude-3-haiku-20240307-v1:0`.
pub(crate) fn day_within(id: &str) -> Option<String> {
    let ends = id.char_indices().map(|(at, _)| at).chain([id.len()]);
    ends.filter(|&at| !id.as_bytes().get(at).is_some_and(u8::is_ascii_digit))
        .filter_map(|at| dated(&id[..at]))
        .map(|(_, day)| day)
        .next_back()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_of_a_snapshot_is_read_from_its_id() {
        assert_eq!(dated("gpt-4o-2024-08-06"), Some(("gpt-4o", "2024-08-06".to_owned())));
        assert_eq!(dated("claude-opus-4-1-20250805"), Some(("claude-opus-4-1", "2025-08-05".to_owned())));
        assert_eq!(dated("claude-haiku-4-5@20251001"), Some(("claude-haiku-4-5", "2025-10-01".to_owned())));
        assert_eq!(dated("gpt-4-0613"), None);
        assert_eq!(dated("model-12345678"), None);
        assert_eq!(day_within("us.anthropic.claude-3-haiku-20240307-v1:0"), Some("2024-03-07".to_owned()));
    }

    #[test]
    fn amounts_are_compared_whatever_they_are_per() {
        let amount = |usd, per| Amount { usd: Decimal::parse(usd).expect("a number"), per };
        assert_eq!(amount("0.006", Per::Minute), amount("0.36", Per::Hour));
        assert_eq!(amount("0.0001", Per::One), amount("0.36", Per::Hour));
        assert_ne!(amount("0.0001", Per::One), amount("0.35", Per::Hour));
        assert!(amount("0.00003083", Per::One).is_near(amount("0.111", Per::Hour)));
        assert!(!amount("0.00003083", Per::One).is_near(amount("0.112", Per::Hour)));
    }
}
