//! Reads the price map of a version of `litellm`: per token, flat, of the day the version appeared.

use super::decimal::Decimal;
use super::facts::{Amount, Card, ENDPOINTS, MODALITIES, Per, Quote, RATES, Rate, TIERS, Traits, When};
use super::genai::{complement, exact, longer, minute, put_hours};
use super::json::Json;
use super::providers;
use std::collections::{BTreeMap, BTreeSet};

pub(crate) struct Version {
    /// `litellm 1.109.1`
    pub(crate) name: String,
    pub(crate) day: String,
    /// By provider and id, ours.
    pub(crate) entries: BTreeMap<(String, String), Entry>,
    pub(crate) refused: Vec<String>,
    pub(crate) zeros: Vec<String>,
    pub(crate) repaired: usize,
    /// Entries of one model that do not agree, where one was followed: provider, model, what each has.
    pub(crate) twins: Vec<Twins>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Entry {
    pub(crate) quote: Quote,
    pub(crate) traits: Traits,
    key: String,
    rank: (usize, bool),
}

/// A provider, a model of it, and what each of its entries has.
pub(crate) type Twins = (String, String, Vec<(String, String)>);

impl Entry {
    /// Whether it is of the first of the interfaces that a maker has.
    pub(crate) fn is_own(&self) -> bool {
        self.rank.0 == 0
    }
}

/// What comes before a model in a key: `hd/1024-x-1024/` of an image.
struct Key<'a> {
    id: &'a str,
    image: Option<String>,
}

impl Version {
    pub(crate) fn read(version: &str, day: &str, text: &str) -> Result<Self, String> {
        let json = Json::parse(text)?;
        let mut this = Self {
            name: format!("litellm {version}"),
            day: day.to_owned(),
            entries: BTreeMap::new(),
            refused: Vec::new(),
            zeros: Vec::new(),
            repaired: 0,
            twins: Vec::new(),
        };
        let mut images = Vec::new();
        for (name, fields) in json.entries() {
            let Some(vendor) = fields.text_of("litellm_provider").filter(|_| name != "sample_spec") else { continue };
            if name.contains('*') || name.contains("-month-commitment") || is_size_class(name) {
                continue;
            }
            let vendor = if name.starts_with("azure/") { "azure" } else { vendor };
            let key = key(name, vendor);
            // An interface that searches has no models, and the word alone is no name.
            let key = if key.id == "search" { Key { id: name, image: None } } else { key };
            let provider = providers::of_litellm(vendor, key.id);
            let entry = this.entry(name, vendor, fields, key.image.is_some());
            if entry.quote.rates.is_empty() {
                continue;
            }
            let id = (provider, key.id.to_owned());
            match key.image {
                Some(size) => images.push((id, size, entry)),
                None => this.add(id, entry),
            }
        }
        for (id, size, entry) in images {
            this.add_image(id, &size, &entry);
        }
        Ok(this)
    }

    fn add(&mut self, id: (String, String), entry: Entry) {
        let Some(other) = self.entries.get_mut(&id) else {
            self.entries.insert(id, entry);
            return;
        };
        let (first, second) = if entry.rank < other.rank { (entry, other.clone()) } else { (other.clone(), entry) };
        let differs = ["input", "output", "cache_read"].iter().any(|rate| {
            matches!((first.quote.rates.get(rate), second.quote.rates.get(rate)), (Some(one), Some(two)) if one != two)
        });
        if differs {
            let values = [&first, &second].map(|entry| (format!("{} `{}`", self.name, entry.key), brief(&entry.quote)));
            self.twins.push((id.0.clone(), id.1.clone(), values.to_vec()));
        }
        *other = first;
    }

    /// An image of a size is an entry of its own there, and a row of a table here; not so where images are tokens.
    fn add_image(&mut self, id: (String, String), size: &str, entry: &Entry) {
        let Some(Rate::One(amount)) = entry.quote.rates.get("images") else { return };
        let model = self.entries.entry(id).or_insert_with(|| Entry {
            traits: entry.traits.clone(),
            key: entry.key.clone(),
            ..Entry::default()
        });
        if !amount.usd.is_zero()
            && ["input", "output", "output_image"].iter().all(|rate| model.quote.rates.get(rate).is_none())
        {
            model.quote.rates.put_in_table("images", size, *amount);
        }
    }

    fn entry(&mut self, name: &str, vendor: &str, fields: &Json, is_image: bool) -> Entry {
        let traits = traits(fields);
        let who = format!("{} `{name}`", self.name);
        let mut quote = Quote::default();
        let mut is_half = false;
        for (field, value) in fields.entries() {
            let Some(written) = value.decimal().filter(|_| field.contains("cost") && !field.contains("dbu")) else {
                continue;
            };
            let Some((rate, detail, tier, over)) = field_of(field, &traits.mode, is_image) else { continue };
            let per = if super::facts::is_per_token(super::facts::place(rate)) { Per::Token } else { Per::One };
            let scaled = match per {
                Per::Token => written.shift(6),
                _ if field.ends_with("per_pixel") => match pixels(name).and_then(|pixels| whole_price(written, pixels))
                {
                    Some(usd) => usd,
                    None => continue,
                },
                _ => written,
            };
            let divided = (rate == "seconds").then(|| by_the_clock(written)).flatten();
            let Some(amount) = divided.or_else(|| exact(scaled).map(|usd| readable(rate, Amount { usd, per }, fields)))
            else {
                // A model of which only half the price is known is not priced.
                is_half |= matches!(rate, "input" | "output") && tier.is_none() && over.is_none();
                self.refused.push(format!("{who}: `{field}` = {written} has more than nine places"));
                continue;
            };
            self.repaired += usize::from(divided.is_some() || exact(scaled).is_some_and(|usd| usd != scaled));
            let rates = match (tier, over) {
                (None, None) => &mut quote.rates,
                (_, Some(over)) => &mut quote.cards.entry(longer(tier, over, vendor == "xai")).or_default().rates,
                (_, None) => &mut quote.cards.entry(When { tier, ..When::default() }).or_default().rates,
            };
            match detail {
                Some(detail) => rates.put_in_table(rate, detail, amount),
                None => rates.put(rate, amount),
            }
        }
        self.tiers(&who, fields, &mut quote);
        search(fields, &mut quote);
        if traits.mode != "moderation" && !is_free(name) {
            let speaks =
                matches!(traits.mode.as_str(), "chat" | "completion" | "responses" | "evaluation" | "decisions");
            self.drop_zeros(&who, speaks, &mut quote);
        }
        if traits.mode == "image_generation" {
            made_images(&mut quote);
        }
        if is_half {
            quote = Quote::default();
        }
        // Nothing costs so much: the rate is of a thousand tokens, or of a million, under a name that says one.
        let most = Decimal::whole(1_000);
        let input = quote.rates.tokens("input").into_iter().chain(quote.rates.tokens("output"));
        if let Some(usd) = input.filter(|usd| *usd > most).max() {
            self.refused.push(format!("{who}: {usd} USD per million tokens cannot be meant"));
            quote = Quote::default();
        }
        let audio = MODALITIES.iter().position(|word| *word == "audio");
        if traits.gives.iter().copied().eq(audio) {
            songs(&mut quote);
        }
        drop_doubles(&mut quote);
        off_peak(fields, &mut quote);
        multipliers(fields, &mut quote);
        let prefixed = name.starts_with(&format!("{vendor}/"));
        Entry { quote, traits, key: name.to_owned(), rank: (providers::rank(vendor), !prefixed) }
    }

    fn tiers(&mut self, who: &str, fields: &Json, quote: &mut Quote) {
        let steps = fields.get("tiered_pricing").map(Json::items).unwrap_or_default();
        for step in steps {
            if step.get("max_results_range").is_some() {
                self.refused.push(format!("{who}: `tiered_pricing` by results has no form in the format"));
                return;
            }
            let Some(from) = step.get("range").and_then(|range| range.items().first()?.count()) else { continue };
            let rates = if from == 0 {
                &mut quote.rates
            } else {
                &mut quote.cards.entry(When { over: Some(from), ..When::default() }).or_default().rates
            };
            for (field, value) in step.entries() {
                let (Some((rate, None, None, None)), Some(written)) = (field_of(field, "chat", false), value.decimal())
                else {
                    continue;
                };
                match exact(written.shift(6)) {
                    Some(usd) => rates.put(rate, Amount { usd, per: Per::Token }),
                    None => self.refused.push(format!("{who}: `{field}` = {written} has more than nine places")),
                }
            }
        }
    }

    /// A zero is more often a price nobody looked up than a gift.
    fn drop_zeros(&mut self, who: &str, speaks: bool, quote: &mut Quote) {
        let is_zero = |rate: &Rate| matches!(rate, Rate::One(amount) if amount.usd.is_zero());
        let had = !quote.rates.is_empty();
        let paid = !quote.rates.is_all_zero();
        // Where the other side is paid, a side that costs nothing is part of the price.
        let is_paid = |side| quote.rates.tokens(side).is_some_and(|usd| !usd.is_zero());
        let speaks = speaks && (is_paid("input") || is_paid("output"));
        let is_side = |rate: usize| speaks && matches!(RATES[rate], "input" | "output");
        quote.rates.0.retain(|rate, value| !is_zero(value) || is_side(*rate));
        for card in quote.cards.values_mut() {
            card.rates.0.retain(|_, rate| !is_zero(rate));
        }
        quote.cards.retain(|_, card| !card.rates.is_empty());
        if had && !paid {
            *quote = Quote::default();
            self.zeros.push(who.to_owned());
        }
    }
}

/// Input and output in a line, for the report.
pub(crate) fn brief(quote: &Quote) -> String {
    let mut parts = Vec::new();
    for (place, rate) in &quote.rates.0 {
        if !super::facts::is_of_a_tool(*place) {
            parts.push(format!("{} {}", RATES[*place], rate.to_string().replace('"', "")));
        }
    }
    for (when, card) in quote.cards.iter().filter(|(when, _)| when.over.is_some() && when.tier.is_none()) {
        let input = card.rates.get("input").map(|rate| rate.to_string().replace('"', "")).unwrap_or_default();
        parts.push(format!("input over {} {input}", when.over.unwrap_or_default()));
    }
    if parts.is_empty() { "nothing".to_owned() } else { parts.join(", ") }
}

/// Classes of models by their size, which are no models.
fn is_size_class(name: &str) -> bool {
    ["together-ai-", "fireworks-ai-"].iter().any(|prefix| name.starts_with(prefix))
}

fn is_free(name: &str) -> bool {
    name.ends_with(":free") || name.ends_with("-free")
}

/// Splits a key into what it says of an image and the id, without the provider's prefix.
fn key<'a>(name: &'a str, vendor: &str) -> Key<'a> {
    let family = vendor.split_once('-').map_or(vendor, |(family, _)| family);
    let dashed = family.replace('_', "-");
    let prefixes = [family, &dashed, if vendor.starts_with("bedrock") { "bedrock" } else { vendor }];
    let mut id = name;
    let mut words: Vec<String> = Vec::new();
    let mut stripped = false;
    while let Some((first, rest)) = id.split_once('/') {
        let is_prefix = match vendor {
            // These call models by the names of others' prefixes.
            "perplexity" | "replicate" | "vercel_ai_gateway" | "openrouter" | "deepinfra" | "novita" | "watsonx"
            | "fal_ai" => first == vendor,
            _ => prefixes.contains(&first),
        };
        let is_image = is_size(first) || first.ends_with("-steps") || QUALITIES.contains(&first);
        if is_prefix && !stripped {
            stripped = true;
        } else if is_image {
            words.push(first.replace("-x-", "x"));
        } else {
            break;
        }
        id = rest;
    }
    // The quality first, then the size: `hd 1024x1024`.
    words.sort_by_key(|word| word.contains('x') && word.starts_with(|first: char| first.is_ascii_digit()));
    Key { id, image: (!words.is_empty()).then(|| words.join(" ")) }
}

const QUALITIES: [&str; 8] = ["low", "medium", "high", "xhigh", "max", "auto", "standard", "hd"];

fn is_size(word: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    word.split_once("-x-").is_some_and(|(width, height)| digits(width) && digits(height))
}

fn pixels(name: &str) -> Option<u64> {
    let size = name.split('/').find(|word| is_size(word))?;
    let (width, height) = size.split_once("-x-")?;
    Some(width.parse::<u64>().ok()? * height.parse::<u64>().ok()?)
}

/// The price of a minute or an hour from one per second that was divided out of it: `0.00003083` is 0.111 an hour.
fn by_the_clock(per_second: Decimal) -> Option<Amount> {
    const LONG: u32 = 7;
    [(60, Per::Minute), (3_600, Per::Hour)]
        .into_iter()
        .filter(|_| per_second.places() >= LONG)
        .find_map(|(seconds, per)| whole_price(per_second, seconds).map(|usd| Amount { usd, per }))
}

/// The price of an image from one per pixel that was divided out of it and cut short: `7.629e-08` × 1024² is 0.08, as near
/// as the last of the digits allows.
fn whole_price(per_pixel: Decimal, pixels: u64) -> Option<Decimal> {
    if per_pixel.is_zero() {
        return Some(per_pixel);
    }
    let pixels = Decimal::whole(i128::from(pixels));
    let (least, most) = (per_pixel.neighbour(-1).times(pixels), per_pixel.neighbour(1).times(pixels));
    (2..=4).find_map(|places| {
        let price = most.cut(places);
        (price > Decimal::ZERO && price >= least).then_some(price)
    })
}

type Field = (&'static str, Option<&'static str>, Option<usize>, Option<u64>);

/// What a field is the rate of, what it depends on, its tier, and the length of prompt it begins after.
fn field_of(field: &str, mode: &str, is_image: bool) -> Option<Field> {
    let mut base = field.to_owned();
    let mut tier = None;
    for (suffix, name) in [
        ("_batch_requests", "batch"),
        ("_batches", "batch"),
        ("_flex", "flex"),
        ("_priority", "priority"),
        ("_ultrafast", "ultrafast"),
        ("_balanced", "balanced"),
    ] {
        if let Some(rest) = base.strip_suffix(suffix) {
            tier = TIERS.iter().position(|tier| *tier == name);
            base = rest.to_owned();
            break;
        }
    }
    let mut over = None;
    if let Some(rest) = base.strip_suffix("k_tokens")
        && let Some((before, thousands)) = rest.rsplit_once("_above_")
    {
        over = Some(thousands.parse::<u64>().ok()? * 1_000);
        base = before.to_owned();
    }
    let makes_images = matches!(mode, "image_generation" | "image_edit");
    let (rate, detail) = match base.as_str() {
        "input_cost_per_token" => ("input", None),
        "output_cost_per_token" => ("output", None),
        "cache_read_input_token_cost" => ("cache_read", None),
        "cache_creation_input_token_cost" => ("cache_write", None),
        "cache_creation_input_token_cost_above_1hr" => ("cache_write_1h", None),
        "cache_creation_input_token_cost_above_12hr" => ("cache_write_12h", None),
        "output_cost_per_reasoning_token" => ("reasoning", None),
        "citation_cost_per_token" => ("citation", None),
        "input_cost_per_audio_token" => ("input_audio", None),
        "cache_read_input_audio_token_cost" | "cache_read_input_token_cost_per_audio_token" => {
            ("cache_read_audio", None)
        }
        "cache_creation_input_audio_token_cost" => ("cache_write_audio", None),
        "output_cost_per_audio_token" => ("output_audio", None),
        "input_cost_per_image_token" => ("input_image", None),
        "cache_read_input_image_token_cost" => ("cache_read_image", None),
        "output_cost_per_image_token" => ("output_image", None),
        "input_cost_per_video_token" => ("input_video", None),
        "output_cost_per_video_token" => ("output_video", None),
        "input_cost_per_character" if mode == "audio_speech" => ("characters", None),
        "input_cost_per_second" if matches!(mode, "audio_transcription" | "realtime") => ("seconds", None),
        "output_cost_per_second" | "output_cost_per_video_per_second" if mode == "video_generation" => {
            ("output_seconds", None)
        }
        "output_cost_per_second" if mode == "audio_speech" => ("output_seconds", None),
        "output_cost_per_second_480p" => ("output_seconds", Some("480p")),
        "output_cost_per_second_720p" => ("output_seconds", Some("720p")),
        "output_cost_per_second_768p" => ("output_seconds", Some("768p")),
        "output_cost_per_second_1080p" => ("output_seconds", Some("1080p")),
        "output_cost_per_second_2k" => ("output_seconds", Some("2k")),
        "output_cost_per_second_4k" => ("output_seconds", Some("4k")),
        "input_cost_per_video_per_second" if matches!(mode, "embedding" | "chat") => ("seconds", Some("video")),
        "input_cost_per_audio_per_second" if mode == "embedding" => ("seconds", Some("audio")),
        "input_cost_per_image" if makes_images && is_image => ("images", None),
        "input_cost_per_image" => ("input_images", None),
        "output_cost_per_image" => ("images", None),
        "output_cost_per_image_0.5K" => ("images", Some("0.5K")),
        "output_cost_per_image_1K" => ("images", Some("1K")),
        "output_cost_per_image_2K" => ("images", Some("2K")),
        "output_cost_per_image_4K" => ("images", Some("4K")),
        "output_cost_per_image_512" => ("images", Some("512")),
        "output_cost_per_image_1024" => ("images", Some("1024")),
        "output_cost_per_image_1536" => ("images", Some("1536")),
        "input_cost_per_pixel" if makes_images && is_image => ("images", None),
        "input_cost_per_query" if mode == "rerank" => ("search_units", None),
        "input_cost_per_query" if matches!(mode, "search" | "embedding") => ("requests", None),
        "input_cost_per_request" => ("requests", None),
        "ocr_cost_per_page" => ("pages", None),
        "annotation_cost_per_page" => ("annotated_pages", None),
        "google_maps_grounding_cost_per_query" => ("maps_search", None),
        _ => return None,
    };
    Some((rate, detail, tier, over))
}

/// The amount as a person would say it: fees of tools by the thousand, speech by the minute where the source knows it.
fn readable(rate: &str, amount: Amount, fields: &Json) -> Amount {
    let original = |key| fields.get("metadata").and_then(|metadata| metadata.get(key)).and_then(Json::decimal);
    let cents = |usd: Decimal, per| exact(usd).map(|usd| Amount { usd, per }).unwrap_or(amount);
    match rate {
        "characters" => cents(amount.usd.shift(6), Per::Million),
        "web_search" | "maps_search" | "search_units" | "requests" | "pages" | "annotated_pages" => {
            cents(amount.usd.shift(3), Per::Thousand)
        }
        "seconds" => match (original("original_pricing_per_minute"), original("original_pricing_per_hour")) {
            (Some(minute), _) => cents(minute, Per::Minute),
            (_, Some(hour)) => cents(hour, Per::Hour),
            _ => amount,
        },
        _ => amount,
    }
}

fn search(fields: &Json, quote: &mut Quote) {
    let Some(costs) = fields.get("search_context_cost_per_query") else { return };
    let amount = |size: &str| {
        let usd = costs.get(&format!("search_context_size_{size}"))?.decimal()?;
        Some(Amount { usd: exact(usd.shift(3))?, per: Per::Thousand })
    };
    let sizes: Vec<(&str, Amount)> =
        ["low", "medium", "high"].into_iter().filter_map(|size| Some((size, amount(size)?))).collect();
    let Some((_, first)) = sizes.first() else { return };
    if sizes.iter().all(|(_, amount)| amount == first) {
        quote.rates.put("web_search", *first);
    } else {
        for (size, amount) in sizes {
            quote.rates.put_in_table("web_search", size, amount);
        }
    }
}

/// What is neither text nor an image is made by the request, whatever the field is called.
fn songs(quote: &mut Quote) {
    if let Some(rate) = quote.rates.0.remove(&super::facts::place("images")) {
        quote.rates.0.insert(super::facts::place("requests"), rate);
    }
}

/// The price of an image that stands as one of the input, where there is none of the output, is of the one that is made.
fn made_images(quote: &mut Quote) {
    let (sent, made) = (super::facts::place("input_images"), super::facts::place("images"));
    if !quote.rates.0.contains_key(&made)
        && let Some(rate) = quote.rates.0.remove(&sent)
    {
        quote.rates.0.insert(made, rate);
    }
}

/// Takes away what would be billed twice, or says again what another rate says.
fn drop_doubles(quote: &mut Quote) {
    let has = |quote: &Quote, rate: &str| quote.rates.get(rate).is_some();
    let mut drop = Vec::new();
    if has(quote, "output_image") || has(quote, "output") {
        drop.push("images");
    }
    if has(quote, "output") || has(quote, "output_audio") {
        drop.push("output_seconds");
    }
    if has(quote, "input") {
        drop.extend(["input_images", "seconds"]);
    }
    for (special, general) in [("reasoning", "output"), ("output_video", "output"), ("input_video", "input")] {
        if has(quote, special) && quote.rates.get(special) == quote.rates.get(general) {
            drop.push(special);
        }
    }
    for rate in drop {
        let place = super::facts::place(rate);
        quote.rates.0.remove(&place);
        for card in quote.cards.values_mut() {
            card.rates.0.remove(&place);
        }
    }
    quote.cards.retain(|_, card| !card.rates.is_empty());
}

/// DeepSeek's hours: the dear ones are the rates. Its weekends are cheap all day, which the format cannot say.
fn off_peak(fields: &Json, quote: &mut Quote) {
    let Some(off) = fields.get("off_peak_pricing") else { return };
    let windows = off.get("windows").map(Json::items).unwrap_or_default();
    let Some(hours) = windows.first().and_then(|window| window.get("hours_utc")) else { return };
    let spans: Option<Vec<(u32, u32)>> = hours
        .items()
        .iter()
        .map(|span| {
            let (from, until) = span.text()?.split_once('-')?;
            Some((minute(from)?, minute(until)?))
        })
        .collect();
    let mut cheap = super::facts::Rates::default();
    for (field, value) in off.entries() {
        if let (Some((rate, None, None, None)), Some(usd)) = (field_of(field, "chat", false), value.decimal())
            && let Some(usd) = exact(usd.shift(6))
        {
            cheap.put(rate, Amount { usd, per: Per::Token });
        }
    }
    if let Some(spans) = spans.filter(|spans| !spans.is_empty()) {
        // Twice turned around, spans that meet at midnight are one.
        let spans = complement(&complement(&spans));
        put_hours(quote, &cheap, &spans);
    }
}

fn multipliers(fields: &Json, quote: &mut Quote) {
    if quote.rates.get("input").is_none() {
        return;
    }
    let mut put = |when: When, value: Option<&Json>| {
        if let Some(factor) = value.and_then(Json::decimal).filter(|factor| *factor > Decimal::ZERO) {
            quote.cards.entry(when).or_insert(Card { multiplier: Some(factor.to_string()), ..Card::default() });
        }
    };
    let entry = fields.get("provider_specific_entry");
    let region = |region| When { region: Some(region), ..When::default() };
    let fast = TIERS.iter().position(|tier| *tier == "fast");
    put(When { tier: fast, ..When::default() }, entry.and_then(|entry| entry.get("fast")));
    put(region("us"), entry.and_then(|entry| entry.get("us")));
    put(region("us"), fields.get("regional_processing_uplift_multiplier_us"));
    put(region("eu"), fields.get("regional_processing_uplift_multiplier_eu"));
}

fn traits(fields: &Json) -> Traits {
    let mode = fields.text_of("mode").unwrap_or("chat").to_owned();
    let count = |key: &str| fields.get(key).and_then(Json::count).filter(|count| *count > 0);
    let day = fields.text_of("deprecation_date").filter(|day| is_day(day));
    let list = |key: &str| fields.get(key).map(Json::items).unwrap_or_default();

    let (takes, gives, endpoint): (&[&str], &[&str], &str) = match mode.as_str() {
        "embedding" => (&["text"], &["embedding"], "embeddings"),
        "image_generation" => (&["text"], &["image"], "images"),
        "image_edit" => (&["text", "image"], &["image"], "image_edits"),
        "audio_transcription" => (&["audio"], &["text"], "transcriptions"),
        "audio_speech" => (&["text"], &["audio"], "speech"),
        "video_generation" => (&["text"], &["video"], "video"),
        "moderation" => (&["text"], &[], "moderations"),
        "rerank" => (&["text"], &[], "rerank"),
        "ocr" => (&["pdf", "image"], &["text"], "ocr"),
        "search" => (&["text"], &["text"], "search"),
        "completion" => (&["text"], &["text"], "completions"),
        "responses" => (&["text"], &["text"], "responses"),
        "realtime" => (&["text", "audio"], &["text", "audio"], "realtime"),
        "chat" => (&["text"], &["text"], "chat"),
        _ => (&["text"], &[], ""),
    };
    let modalities = |stated: &[Json], otherwise: &[&str], also: &[(&str, &str)]| -> BTreeSet<usize> {
        let stated: Vec<&str> = stated.iter().filter_map(Json::text).collect();
        let words = if stated.is_empty() { otherwise } else { &stated };
        let flagged = also.iter().filter(|(flag, _)| fields.is_true(flag)).map(|(_, word)| word);
        words.iter().chain(flagged).filter_map(|word| MODALITIES.iter().position(|known| known == word)).collect()
    };
    let mut endpoints: BTreeSet<usize> = list("supported_endpoints")
        .iter()
        .filter_map(Json::text)
        .filter_map(endpoint_of)
        .chain([endpoint])
        .filter_map(|word| ENDPOINTS.iter().position(|known| *known == word))
        .collect();
    if fields.get("input_cost_per_token_batches").is_some() {
        endpoints.extend(ENDPOINTS.iter().position(|known| *known == "batch"));
    }
    Traits {
        max_input: count("max_input_tokens"),
        max_output: count("max_output_tokens"),
        dimensions: count("output_vector_size"),
        takes: modalities(
            list("supported_modalities"),
            takes,
            &[
                ("supports_vision", "image"),
                ("supports_pdf_input", "pdf"),
                ("supports_audio_input", "audio"),
                ("supports_video_input", "video"),
            ],
        ),
        gives: modalities(list("supported_output_modalities"), gives, &[("supports_audio_output", "audio")]),
        endpoints,
        reasons: fields.is_true("supports_reasoning"),
        retired: day.map(str::to_owned),
        mode,
    }
}

fn endpoint_of(path: &str) -> Option<&'static str> {
    Some(match path {
        "/v1/chat/completions" | "/v1/messages" => "chat",
        "/v1/responses" => "responses",
        "/v1/completions" => "completions",
        "/v1/embeddings" => "embeddings",
        "/v1/images/generations" => "images",
        "/v1/images/edits" => "image_edits",
        "/v1/audio/speech" => "speech",
        "/v1/audio/transcriptions" | "/v1/listen" => "transcriptions",
        "/v1/realtime" | "/v1/realtime/transcription_sessions" | "/vertex_ai/live" => "realtime",
        "/v1/batch" => "batch",
        "/v1/videos" => "video",
        "/v1/ocr" => "ocr",
        _ => return None,
    })
}

pub(crate) fn is_day(text: &str) -> bool {
    text.len() == 10 && super::facts::dated(&format!("-{text}")).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(fields: &str) -> Version {
        Version::read("1.0.0", "2026-01-02", &format!("{{{fields}}}")).expect("the tests write maps")
    }

    fn model<'a>(version: &'a Version, provider: &str, id: &str) -> &'a Entry {
        &version.entries[&(provider.to_owned(), id.to_owned())]
    }

    #[test]
    fn tiers_and_longer_prompts_are_read_from_the_names_of_fields() {
        let version = read(
            r#""xai/a": {"litellm_provider": "xai", "mode": "chat", "input_cost_per_token": 3.75e-07,
            "output_cost_per_token": 2e-06, "input_cost_per_token_above_200k_tokens": 7.5e-07,
            "input_cost_per_token_batches": 1.5e-07, "output_cost_per_token_above_200k_tokens_batches": 3e-06,
            "cache_creation_input_token_cost_above_1hr_above_200k_tokens": 4e-06, "output_cost_per_reasoning_token": 2e-06}"#,
        );
        let quote = &model(&version, "xai", "a").quote;
        assert_eq!(quote.rates.tokens("input"), Decimal::parse("0.375"));
        assert_eq!(quote.rates.get("reasoning"), None);
        let whens: Vec<(Option<usize>, Option<u64>)> = quote.cards.keys().map(|when| (when.tier, when.over)).collect();
        assert_eq!(whens, [(None, Some(200_000)), (Some(0), None), (Some(0), Some(200_000))]);
        let over = quote.cards.values().next().expect("there are three");
        assert_eq!(over.rates.tokens("cache_write_1h"), Decimal::parse("4"));
    }

    #[test]
    fn sizes_of_images_are_one_table() {
        let version = read(
            r#""azure/standard/1024-x-1024/dall-e-3": {"litellm_provider": "azure", "mode": "image_generation",
            "input_cost_per_pixel": 3.81469e-08, "output_cost_per_token": 0.0},
            "azure/hd/1024-x-1024/dall-e-3": {"litellm_provider": "azure", "mode": "image_generation",
            "input_cost_per_pixel": 7.629e-08, "output_cost_per_token": 0.0}"#,
        );
        let images = model(&version, "azure", "dall-e-3").quote.rates.get("images").expect("it has a table");
        assert_eq!(images.to_string(), r#"{ "hd 1024x1024" = "0.08", "standard 1024x1024" = "0.04" }"#);
    }

    #[test]
    fn a_second_that_was_divided_out_of_an_hour_is_told_by_the_hour() {
        let told = |text| by_the_clock(Decimal::parse(text).expect("a number")).map(|amount| amount.to_string());
        assert_eq!(told("0.00003083").as_deref(), Some("0.111/hour"));
        assert_eq!(told("0.000833333333333").as_deref(), Some("0.05/minute"));
        assert_eq!(told("0.0002777778").as_deref(), Some("1/hour"));
        assert_eq!(told("0.0001"), None);
    }

    #[test]
    fn zeros_are_dropped_unless_the_name_says_free() {
        let version = read(
            r#""groq/a": {"litellm_provider": "groq", "mode": "chat", "input_cost_per_token": 0.0, "output_cost_per_token": 0},
            "groq/b-free": {"litellm_provider": "groq", "mode": "chat", "input_cost_per_token": 0.0, "output_cost_per_token": 0}"#,
        );
        assert_eq!(version.entries.len(), 1);
        assert_eq!(version.zeros, ["litellm 1.0.0 `groq/a`"]);
    }

    #[test]
    fn cheap_hours_that_meet_at_midnight_are_one_span() {
        let version = read(
            r#""deepseek/a": {"litellm_provider": "deepseek", "mode": "chat", "input_cost_per_token": 3e-07,
            "output_cost_per_token": 1.2e-06, "off_peak_pricing": {"input_cost_per_token": 1.5e-07,
            "output_cost_per_token": 6e-07, "windows": [{"hours_utc": ["00:00-01:00", "04:00-06:00", "10:00-00:00"]}]}}"#,
        );
        let cards = &model(&version, "deepseek", "a").quote.cards;
        let hours: Vec<&str> = cards.keys().filter_map(|when| when.hours.as_deref()).collect();
        assert_eq!(hours, ["04:00-06:00", "10:00-01:00"]);
        assert!(cards.values().all(|card| card.multiplier.as_deref() == Some("1/2")));
    }
}
