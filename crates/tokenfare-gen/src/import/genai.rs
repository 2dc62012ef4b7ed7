//! Reads the prices of `genai-prices`: dated, with rules for the names a model goes by.

use super::decimal::Decimal;
use super::facts::{Amount, Card, Per, Quote, Rates, TIERS, When};
use super::json::Json;
use super::providers;
use std::collections::{BTreeMap, BTreeSet};

pub(crate) struct Model {
    pub(crate) id: String,
    pub(crate) literals: Vec<String>,
    rule: Rule,
    pub(crate) context_window: Option<u64>,
    pub(crate) deprecated: bool,
    /// By their first day, which the first need not have.
    pub(crate) rows: Vec<(Option<String>, Quote)>,
}

pub(crate) struct Source {
    /// By provider, ours.
    pub(crate) models: BTreeMap<String, Vec<Model>>,
    pub(crate) refused: Vec<String>,
    pub(crate) repaired: usize,
}

enum Rule {
    Equals(String),
    Starts(String),
    Ends(String),
    Contains(String),
    Regex(Box<fancy_regex::Regex>),
    Any(Vec<Rule>),
    All(Vec<Rule>),
}

impl Rule {
    fn read(json: &Json) -> Result<Self, String> {
        let [(key, value)] = json.entries() else { return Err("a rule is one word and what it is of".to_owned()) };
        let lower = || value.text().map(str::to_lowercase).ok_or_else(|| format!("`{key}` is not text"));
        let rules = || value.items().iter().map(Self::read).collect::<Result<Vec<_>, _>>();
        Ok(match key.as_str() {
            "equals" => Self::Equals(lower()?),
            "starts_with" => Self::Starts(lower()?),
            "ends_with" => Self::Ends(lower()?),
            "contains" => Self::Contains(lower()?),
            "or" => Self::Any(rules()?),
            "and" => Self::All(rules()?),
            "regex" => {
                let pattern = value.text().unwrap_or_default();
                Self::Regex(Box::new(
                    fancy_regex::Regex::new(pattern).map_err(|error| format!("`{pattern}`: {error}"))?,
                ))
            }
            _ => return Err(format!("unknown rule `{key}`")),
        })
    }

    /// Whether a rule is met by a name, which is in lower case but for the patterns.
    fn matches(&self, name: &str, lower: &str) -> bool {
        match self {
            Self::Equals(text) => lower == text,
            Self::Starts(text) => lower.starts_with(text),
            Self::Ends(text) => lower.ends_with(text),
            Self::Contains(text) => lower.contains(text),
            Self::Regex(regex) => regex.is_match(name).unwrap_or(false),
            Self::Any(rules) => rules.iter().any(|rule| rule.matches(name, lower)),
            Self::All(rules) => rules.iter().all(|rule| rule.matches(name, lower)),
        }
    }
}

/// The names a rule spells out.
fn literals(json: &Json, names: &mut Vec<String>) {
    for (key, value) in json.entries() {
        match key.as_str() {
            "equals" => names.extend(value.text().map(str::to_owned)),
            "or" => value.items().iter().for_each(|rule| literals(rule, names)),
            _ => {}
        }
    }
}

impl Model {
    pub(crate) fn matches(&self, name: &str) -> bool {
        self.rule.matches(name, &name.to_lowercase())
    }
}

impl Source {
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let json = Json::parse(text)?;
        let mut source = Self { models: BTreeMap::new(), refused: Vec::new(), repaired: 0 };
        for provider in json.items() {
            let name = provider.text_of("id").ok_or("a provider without an id")?;
            for model in provider.get("models").map(Json::items).unwrap_or_default() {
                let id = model.text_of("id").ok_or_else(|| format!("{name}: a model without an id"))?;
                // What ends so is the beginning of names and none itself.
                if id.ends_with('-') {
                    continue;
                }
                let model = source.model(name, id, model).map_err(|error| format!("{name}, {id}: {error}"))?;
                source.models.entry(providers::of_genai(name, id)).or_default().push(model);
            }
        }
        Ok(source)
    }

    /// The first model of a provider whose rule a name meets: the order in which genai-prices looks.
    pub(crate) fn find(&self, provider: &str, name: &str) -> Option<usize> {
        self.models.get(provider)?.iter().position(|model| model.matches(name))
    }

    fn model(&mut self, provider: &str, id: &str, json: &Json) -> Result<Model, String> {
        let rule = json.get("match").ok_or("no rule")?;
        let mut names = Vec::new();
        literals(rule, &mut names);
        let mut reader = Reader { who: format!("{provider}, {id}"), source: self };
        let rows = reader.rows(json)?;
        Ok(Model {
            id: id.to_owned(),
            literals: names,
            rule: Rule::read(rule)?,
            context_window: json.get("context_window").and_then(Json::count),
            deprecated: json.is_true("deprecated"),
            rows,
        })
    }
}

struct Reader<'a> {
    who: String,
    source: &'a mut Source,
}

/// Prices that hold from a day, or between two times of a day, or always.
struct Entry<'a> {
    from: Option<&'a str>,
    hours: Option<(&'a str, &'a str)>,
    prices: &'a Json,
}

/// Prices under a condition.
struct Variant<'a> {
    key: &'a str,
    word: &'a str,
    from: Option<&'a str>,
    prices: &'a Json,
}

impl Reader<'_> {
    fn rows(&mut self, json: &Json) -> Result<Vec<(Option<String>, Quote)>, String> {
        let entries = entries(json.get("prices").ok_or("no prices")?)?;
        let variants = variants(json.get("price_variants").map(Json::items).unwrap_or_default())?;

        let mut starts: BTreeSet<Option<&str>> =
            entries.iter().filter(|entry| entry.hours.is_none()).map(|entry| entry.from).collect();
        // The first start of a tier is the day it was looked up, not one on which anything changed.
        for (at, variant) in variants.iter().enumerate() {
            let earlier = variants[..at].iter().any(|other| (other.key, other.word) == (variant.key, variant.word));
            if earlier {
                starts.insert(variant.from);
            }
        }
        let starts: Vec<Option<&str>> = starts.into_iter().collect();
        let mut rows = Vec::new();
        for (at, start) in starts.iter().enumerate() {
            let next = starts.get(at + 1).copied().flatten();
            let is_last = next.is_none();
            let Some(entry) = entries.iter().rfind(|entry| entry.hours.is_none() && entry.from <= *start) else {
                continue;
            };
            let mut quote = self.quote(entry.prices, None)?;
            if is_last {
                let windows: Vec<&Entry<'_>> = entries.iter().filter(|entry| entry.hours.is_some()).collect();
                self.hours(&mut quote, &windows)?;
            }
            let mut done = BTreeSet::new();
            let holds = |variant: &&Variant<'_>| is_last || variant.from < next;
            for variant in variants.iter().rev().filter(holds) {
                if done.insert((variant.key, variant.word)) {
                    self.variant(&mut quote, variant)?;
                }
            }
            rows.push((start.map(str::to_owned), quote));
        }
        Ok(rows)
    }

    fn variant(&mut self, quote: &mut Quote, variant: &Variant<'_>) -> Result<(), String> {
        let tier = match (variant.key, variant.word) {
            ("service_tier", "default") | ("search_type", "web") => return Ok(()),
            ("service_tier" | "processing", word) => {
                Some(TIERS.iter().position(|tier| *tier == word).ok_or_else(|| format!("unknown tier `{word}`"))?)
            }
            ("search_type", word) => {
                let other = self.quote(variant.prices, None)?;
                if let Some(super::facts::Rate::One(amount)) = other.rates.get("web_search") {
                    quote.rates.put_in_table("web_search", word, *amount);
                }
                return Ok(());
            }
            ("route", "mistral/eu") => None,
            (key, word) => return Err(format!("unknown condition `{key}` = `{word}`")),
        };
        let region = (variant.key == "route").then_some("eu");
        let other = self.quote(variant.prices, None)?;
        quote.cards.insert(When { tier, region, ..When::default() }, Card { rates: other.rates, multiplier: None });
        for (when, card) in other.cards {
            quote.cards.insert(When { tier, region, ..when }, card);
        }
        Ok(())
    }

    /// The dear hours of a day become the rates and the cheap ones the cards, whichever way the source has it: who does
    /// not say when it was is then told too much and not too little.
    fn hours(&mut self, quote: &mut Quote, windows: &[&Entry<'_>]) -> Result<(), String> {
        let Some(first) = windows.first() else { return Ok(()) };
        let other = self.quote(first.prices, None)?;
        let mut spans = Vec::new();
        for window in windows {
            if self.quote(window.prices, None)? != other {
                return Err("hours of several prices".to_owned());
            }
            let (from, until) = window.hours.unwrap_or_default();
            spans.push((minute(from).ok_or("no time")?, minute(until).ok_or("no time")?));
        }
        let cheap = if other.rates.tokens("input") < quote.rates.tokens("input") {
            other.rates
        } else {
            spans = complement(&spans);
            std::mem::replace(quote, other).rates
        };
        put_hours(quote, &cheap, &spans);
        Ok(())
    }

    fn quote(&mut self, prices: &Json, tier: Option<usize>) -> Result<Quote, String> {
        let mut quote = Quote::default();
        for (key, value) in prices.entries() {
            let (rate, per) = match key.as_str() {
                "input_mtok" => ("input", Per::Token),
                "output_mtok" => ("output", Per::Token),
                "cache_read_mtok" => ("cache_read", Per::Token),
                "cache_write_mtok" => ("cache_write", Per::Token),
                "cache_write_1h_mtok" => ("cache_write_1h", Per::Token),
                "input_audio_mtok" => ("input_audio", Per::Token),
                "cache_audio_read_mtok" => ("cache_read_audio", Per::Token),
                "output_audio_mtok" => ("output_audio", Per::Token),
                "input_image_mtok" => ("input_image", Per::Token),
                "cache_image_read_mtok" => ("cache_read_image", Per::Token),
                "output_image_mtok" => ("output_image", Per::Token),
                "input_video_mtok" => ("input_video", Per::Token),
                "output_video_mtok" => ("output_video", Per::Token),
                "output_reasoning_mtok" => ("reasoning", Per::Token),
                "output_citation_mtok" => ("citation", Per::Token),
                "web_searches_kcount" => ("web_search", Per::Thousand),
                "storage_searches_kcount" => ("file_search", Per::Thousand),
                "requests_kcount" => ("requests", Per::Thousand),
                "input_document_kpages" => ("pages", Per::Thousand),
                "input_annotated_document_kpages" => ("annotated_pages", Per::Thousand),
                "input_mchars" => ("characters", Per::Million),
                "audio_hours" | "input_audio_hours" => ("seconds", Per::Hour),
                "input_text_messages_kcount" => {
                    self.source.refused.push(format!("{}: `{key}` has no rate in the format", self.who));
                    continue;
                }
                _ => return Err(format!("unknown price `{key}`")),
            };
            if let Some(base) = value.get("base") {
                self.put(&mut quote.rates, rate, per, base)?;
                for step in value.get("tiers").map(Json::items).unwrap_or_default() {
                    let over = step.get("start").and_then(Json::count).ok_or("a step without a start")?;
                    let price = step.get("price").ok_or("a step without a price")?;
                    let card = quote.cards.entry(longer(tier, over, self.who.starts_with("x-ai,"))).or_default();
                    self.put(&mut card.rates, rate, per, price)?;
                }
            } else {
                self.put(&mut quote.rates, rate, per, value)?;
            }
        }
        Ok(quote)
    }

    fn put(&mut self, rates: &mut Rates, rate: &str, per: Per, value: &Json) -> Result<(), String> {
        let written = value.decimal().ok_or_else(|| format!("`{rate}` is no number"))?;
        match exact(written) {
            Some(usd) => {
                self.source.repaired += usize::from(usd != written);
                rates.put(rate, Amount { usd, per });
            }
            None => self.source.refused.push(format!("{}: `{rate}` = {written} has more than nine places", self.who)),
        }
        Ok(())
    }
}

/// The condition of a longer prompt: more than 199,999 tokens are 200,000 or more. xAI's long prompts begin with the
/// length it names.
pub(crate) fn longer(tier: Option<usize>, over: u64, is_xai: bool) -> When {
    let below = (over + 1).is_multiple_of(1_000);
    let over = if below { over + 1 } else { over };
    When { tier, over: Some(over), inclusive: below || is_xai && over == 200_000, ..When::default() }
}

/// A rate that the format can hold.
pub(crate) fn exact(usd: Decimal) -> Option<Decimal> {
    const PLACES: u32 = 9;
    [Some(usd), usd.without_trace()].into_iter().flatten().find(|usd| usd.places() <= PLACES && !usd.is_negative())
}

fn entries(prices: &Json) -> Result<Vec<Entry<'_>>, String> {
    if let Json::Object(_) = prices {
        return Ok(vec![Entry { from: None, hours: None, prices }]);
    }
    prices
        .items()
        .iter()
        .map(|item| {
            let constraint = item.get("constraint");
            let text = |key| constraint.and_then(|constraint| constraint.text_of(key));
            let prices = item.get("prices").ok_or("an entry without prices")?;
            Ok(Entry { from: text("start_date"), hours: text("start_time").zip(text("end_time")), prices })
        })
        .collect()
}

fn variants(items: &[Json]) -> Result<Vec<Variant<'_>>, String> {
    let mut variants = items
        .iter()
        .map(|item| {
            let [(key, word)] = item.get("when").ok_or("a variant without a condition")?.entries() else {
                return Err("a variant of several conditions".to_owned());
            };
            let from = item.get("constraint").and_then(|constraint| constraint.text_of("start_date"));
            let prices = item.get("prices").ok_or("a variant without prices")?;
            Ok(Variant { key, word: word.text().unwrap_or_default(), from, prices })
        })
        .collect::<Result<Vec<_>, _>>()?;
    variants.sort_by_key(|variant| variant.from);
    Ok(variants)
}

/// The minute of a day, of `01:00` or `01:00:00Z`.
pub(crate) fn minute(time: &str) -> Option<u32> {
    let mut parts = time.trim_end_matches('Z').split(':').map(str::parse::<u32>);
    let (hour, minute) = (parts.next()?.ok()?, parts.next()?.ok()?);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

const DAY: u32 = 24 * 60;

/// The spans of a day between some spans of it.
pub(crate) fn complement(spans: &[(u32, u32)]) -> Vec<(u32, u32)> {
    let mut spans = spans.to_vec();
    spans.sort_unstable();
    (0..spans.len())
        .map(|at| (spans[at].1 % DAY, spans[(at + 1) % spans.len()].0))
        .filter(|(from, until)| from != until)
        .collect()
}

/// Puts a card for each of the cheap hours, as a share of all rates where it is the same one of each.
pub(crate) fn put_hours(quote: &mut Quote, cheap: &Rates, spans: &[(u32, u32)]) {
    let two = Decimal::whole(2);
    let is_half = cheap.0.keys().eq(quote.rates.0.keys())
        && super::facts::RATES
            .iter()
            .all(|rate| cheap.tokens(rate).map(|usd| usd.times(two)) == quote.rates.tokens(rate));
    for (from, until) in spans {
        let hours = format!("{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, until / 60, until % 60);
        let card = if is_half {
            Card { rates: Rates::default(), multiplier: Some("1/2".to_owned()) }
        } else {
            Card { rates: cheap.clone(), multiplier: None }
        };
        quote.cards.insert(When { hours: Some(hours), ..When::default() }, card);
    }
}
