//! The rules that files keep: the reviewer who never tires.

use super::{Alias, Card, Entry, File, Model, Price, data};
use crate::date::Date;
use crate::error::Error;
use crate::rate::{Rate, Ratio};
use crate::word::{Kind, Meter, Tier};
use std::collections::{BTreeMap, BTreeSet};

/// Checks what a catalog made of these files relies on, and returns every fault found:
///
/// - ids are unique, and in order in their file; nothing is replaced by itself in the end;
/// - a name stands for at most one model of a provider on a day, and of all makers; providers are told apart by their names;
/// - encodings are among those given;
/// - limits fit into the context window, and only models that think have an effort;
/// - a model ends after it began;
/// - prices are in order of date and do not overlap, state a rate, and say who states it;
/// - reading from a cache is not dearer than reading afresh, an answer not cheaper than the prompt, a batch not dearer than
///   single requests, unless a note says why;
/// - cards change something under a condition, and what they multiply stays whole;
/// - where cards hold, alone or together, reading from a cache is not dearer than reading afresh, and writing to one for an hour
///   not cheaper than for five minutes.
#[must_use]
pub fn check(files: &[File], encodings: &[&str]) -> Vec<Error> {
    let mut faults = Faults(Vec::new());
    for file in files {
        for pair in file.models.windows(2) {
            if pair[0].id > pair[1].id {
                faults.add(&place(&pair[1]), &format!("stands after `{}`, out of order: move it up", pair[0].id));
            }
        }
        for model in &file.models {
            faults.model(file, model, encodings);
        }
        faults.circles(file);
    }
    faults.providers(files);
    faults.names(files);
    faults.0
}

/// Checks what files that each keep the rules rely on together.
pub(super) fn together(files: &[File]) -> Vec<Error> {
    let mut faults = Faults(Vec::new());
    faults.together(files);
    files.iter().for_each(|file| faults.circles(file));
    faults.0
}

fn place(model: &Model) -> String {
    place_on(model, model.line)
}

/// Names the place of a part of a model.
fn place_on(model: &Model, line: usize) -> String {
    // What was not read from a file is of the catalog that files are laid over.
    match &*model.file {
        "" => format!("the catalog underneath: model `{}`", model.id),
        file => format!("{file}:{line}: model `{}`", model.id),
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && !text.ends_with('/')
        && text.chars().all(|character| character.is_alphanumeric() || character.is_ascii_graphic())
}

/// The most cards of a price.
const MOST_CARDS: usize = 64;

/// The most bytes of a text, and the most entries of a kind that a model has.
const LONGEST: usize = 1_023;

impl File {
    /// Whether one of its models has this name.
    fn has(&self, name: &str) -> bool {
        let of = |model: &Model| model.id == name || model.aliases.iter().any(|alias| alias.name == name);
        self.models.iter().any(of)
    }
}

struct Faults(Vec<Error>);

impl Faults {
    fn add(&mut self, place: &str, why: &str) {
        self.0.push(data(place, why));
    }

    fn together(&mut self, files: &[File]) {
        self.providers(files);
        self.names(files);
        for file in files {
            for model in &file.models {
                if let Some(next) = model.replaced_by.as_ref().filter(|next| !file.has(next)) {
                    let why = format!(
                        "is replaced by `{next}`, which `{}` does not have: write an id or alias",
                        file.provider
                    );
                    self.add(&place(model), &why);
                }
            }
        }
    }

    fn providers(&mut self, files: &[File]) {
        let mut taken: BTreeMap<&str, &File> = BTreeMap::new();
        for file in files {
            if !is_name(&file.provider) || file.provider.contains(['/', ':']) {
                self.add(&file.name, "`provider` is not a name");
            }
            for name in std::iter::once(&file.provider).chain(&file.also) {
                if let Some(other) = taken.insert(name, file) {
                    self.add(&file.name, &format!("the provider `{name}` is in {} already", other.name));
                }
            }
        }
    }

    fn model(&mut self, file: &File, model: &Model, encodings: &[&str]) {
        let place = place(model);
        let mut fault = |why: &str| self.add(&place, why);
        if let Some(encoding) = model.encoding.as_deref().filter(|encoding| !encodings.contains(encoding)) {
            fault(&format!("unknown `encoding` `{encoding}`, known are {}", encodings.join(", ")));
        }
        let texts = [&model.encoding, &model.tokenizer, &model.replaced_by, &model.knowledge_cutoff];
        if texts.into_iter().flatten().any(|text| text.is_empty() || text.len() > LONGEST) {
            fault(&format!("has a text that is empty or has more than {LONGEST} bytes: take it out or shorten it"));
        }
        let limits = [model.context_window, model.max_input, model.max_output, model.dimensions];
        if limits.contains(&Some(u32::MAX)) {
            fault(&format!("a limit of {} is more than can be held: leave out what has no limit", u32::MAX));
        }
        if [model.aliases.len(), model.former.len(), model.prices.len()].into_iter().any(|count| count > LONGEST) {
            fault(&format!("has more than {LONGEST} entries of a kind"));
        }
        if model.inferred && model.encoding.is_none() {
            fault("`inferred` without an `encoding`: take it out");
        }
        let now = (model.context_window, model.max_input, model.max_output);
        let former = model
            .former
            .iter()
            .map(|was| (was.context_window.or(now.0), was.max_input.or(now.1), was.max_output.or(now.2)));
        for (window, input, output) in std::iter::once(now).chain(former) {
            for (key, limit) in [("max_input", input), ("max_output", output)] {
                if let (Some(limit), Some(window)) = (limit, window)
                    && limit > window
                {
                    fault(&format!("`{key}` {limit} is above `context_window` {window}"));
                }
            }
        }
        if model.former.windows(2).any(|pair| pair[0].until >= pair[1].until) {
            fault("former limits are out of order: the oldest is the first");
        }
        let effort = model.default_effort.or_else(|| model.efforts.first().copied());
        let effort = effort.or_else(|| model.aliases.iter().find_map(|alias| alias.effort));
        if let Some(effort) = effort.filter(|_| model.reasoning.is_none()) {
            fault(&format!("an effort of `{effort}` without `reasoning`"));
        }
        if model.default_effort.is_some_and(|effort| !model.efforts.is_empty() && !model.efforts.contains(&effort)) {
            fault("`default_effort` is not one of `efforts`");
        }
        for (first, last, why) in [
            (model.released, model.deprecated, "`deprecated` before it was `released`"),
            (model.released, model.retired, "`retired` before it was `released`"),
            (model.deprecated, model.retired, "`retired` before that was announced as `deprecated`"),
        ] {
            if first.zip(last).is_some_and(|(first, last)| last < first) {
                fault(why);
            }
        }
        if model.knowledge_cutoff.as_deref().is_some_and(|text| !is_month_or_day(text)) {
            fault("`knowledge_cutoff` is not `YYYY-MM` or `YYYY-MM-DD`");
        }
        for Alias { line, name, from, until, .. } in &model.aliases {
            if let (Some(from), Some(until)) = (from, until)
                && until <= from
            {
                let why = format!("alias `{name}` ends on {until}, not after its first day {from}");
                self.add(&place_on(model, *line), &why);
            }
        }
        let mut fault = |why: &str| self.add(&place, why);
        for pair in model.prices.windows(2) {
            let (from, next) = (pair[0].from, pair[1].from);
            if next <= from {
                fault(&format!("the price from {next} stands after the price from {from}"));
            } else if let Some(until) = pair[0].until.filter(|until| *until > next) {
                fault(&format!("the price from {from} until {until} overlaps the price from {next}"));
            }
        }
        for price in &model.prices {
            self.price(model, price, file);
        }
    }

    fn price(&mut self, model: &Model, price: &Price, file: &File) {
        let place = |line| format!("{}: price from {}", place_on(model, line), price.from);
        let of_price = place(price.line);
        let mut fault = |why: &str| self.add(&of_price, why);
        if let Some(until) = price.until.filter(|until| *until <= price.from) {
            fault(&format!("`until` {until} is not after its first day"));
        }
        if let Some(after) = price.after.filter(|after| *after >= price.from) {
            fault(&format!("`after` {after} is not before its first day"));
        }
        if price.checked > file.as_of {
            fault(&format!("`checked` {} is later than the file's `as_of` {}", price.checked, file.as_of));
        }
        if price.rates.is_empty() && price.cards.iter().all(|card| card.rates.is_empty()) {
            fault("states no rate");
        }
        if price.sources.is_empty()
            || price.sources.iter().any(|source| source.trim().is_empty() || source.contains('\n'))
        {
            fault("`sources` does not say who states it, a line each");
        }
        if price.sources.iter().map(|source| source.len() + 1).sum::<usize>() > LONGEST {
            fault(&format!("`sources` has more than {LONGEST} bytes: shorten it"));
        }
        let entries = price.rates.iter().chain(price.cards.iter().flat_map(|card| &card.rates));
        if entries.clone().any(|entry| entry.detail.len() > LONGEST) || entries.count() > LONGEST {
            fault(&format!("has more than {LONGEST} rates, or one of a longer name"));
        }
        let has_note = price.note.is_some();
        if !has_note {
            for (dearer, than, why) in [
                (Meter::CacheRead, Meter::Input, "`cache_read` is above `input`"),
                (Meter::CacheReadAudio, Meter::InputAudio, "`cache_read_audio` is above `input_audio`"),
                (Meter::CacheReadImage, Meter::InputImage, "`cache_read_image` is above `input_image`"),
                (Meter::Input, Meter::Output, "`input` is above `output`"),
            ] {
                let pair = of(&price.rates, dearer).zip(of(&price.rates, than));
                if pair.is_some_and(|(dearer, than)| dearer > than) {
                    fault(&format!("{why}: correct it, or say in a `note` why it is so"));
                }
            }
        }
        if price.cards.len() > MOST_CARDS {
            fault(&format!("has more than {MOST_CARDS} cards"));
        }
        for card in &price.cards {
            self.card(&place(card.line), price, card, has_note);
        }
        self.together_with(&of_price, price);
    }

    /// Checks that rates which belong together still do wherever several cards hold: one that a card leaves out is as it was
    /// before, and may then be on the wrong side of those that the card states.
    fn together_with(&mut self, place: &str, price: &Price) {
        let tiers: BTreeSet<Tier> = price.cards.iter().filter_map(|card| card.tier).chain([Tier::Standard]).collect();
        let longer = price.cards.iter().filter_map(|card| card.over).map(|over| u64::from(over) + 1);
        let prompts: BTreeSet<u64> = longer.chain([0]).collect();
        for &tier in &tiers {
            for &prompt in &prompts {
                let holding = price.cards.iter().filter(|card| {
                    card.hours.is_none()
                        && card.region.is_none()
                        && card.tier.is_none_or(|of| of == tier)
                        && card.over.is_none_or(|over| prompt > u64::from(over))
                });
                let holding: Vec<&Card> = holding.collect();
                if holding.is_empty() {
                    continue;
                }
                for (dearer, than) in [
                    (Meter::CacheRead, Meter::Input),
                    (Meter::CacheReadAudio, Meter::InputAudio),
                    (Meter::CacheReadImage, Meter::InputImage),
                    (Meter::CacheWrite, Meter::CacheWrite1h),
                ] {
                    let pair = under(price, &holding, dearer).zip(under(price, &holding, than));
                    if pair.is_some_and(|(dearer, than)| dearer > than) {
                        let why = format!(
                            "in the tier `{tier}`, prompts of {prompt} tokens, `{dearer}` is above `{than}`: \
                             a card leaves out or misstates one of them"
                        );
                        self.add(place, &why);
                    }
                }
            }
        }
    }

    fn card(&mut self, place: &str, price: &Price, card: &Card, has_note: bool) {
        let mut fault = |why: &str| self.add(place, why);
        if (card.tier, card.over, card.hours, card.region.as_ref()) == (None, None, None, None) {
            fault(
                "a card without a condition: say of which `tier`, `over` how many tokens, at what `hours` or in which `region`",
            );
        }
        if card.tier == Some(Tier::Standard) {
            fault("a card of the tier `standard`: its rates are those of the price");
        }
        if card.over == Some(u32::MAX)
            || card.region.as_ref().is_some_and(|region| region.is_empty() || region.len() > LONGEST)
        {
            fault("a card `over` more tokens than can be held, or of a `region` without a name: correct it");
        }
        if card.multiplier.is_some() && !card.rates.is_empty() {
            fault("a card has a `multiplier` or rates, not both: make two of it");
        }
        if card.multiplier.is_some_and(|ratio| ratio.parts().0 == 0) {
            fault("a card multiplies by nothing: what is free has rates of `0`");
        }
        if card.tier == Some(Tier::Batch)
            && card.multiplier.is_some_and(|ratio| ratio.parts().0 > ratio.parts().1)
            && !has_note
        {
            fault("a batch is dearer than a request: correct the `multiplier`, or say in a `note` why");
        }
        if card.inclusive && card.over.is_none() {
            fault("`inclusive` without `over`");
        }
        if card.tier == Some(Tier::Batch) && card.over.is_none() && !has_note {
            for entry in &card.rates {
                let standard = price.rates.iter().find(|of| (of.meter, &of.detail) == (entry.meter, &entry.detail));
                if standard.is_some_and(|standard| entry.rate > standard.rate) {
                    fault(&format!(
                        "`{}` of a batch is above that of a request: correct it, or say in a `note` why",
                        entry.meter
                    ));
                }
            }
        }
        if let Some(multiplier) = card.multiplier {
            let rates = price.rates.iter().chain(price.cards.iter().flat_map(|card| &card.rates));
            // Whatever holds together with it.
            let all: Vec<Ratio> = price.cards.iter().filter_map(|card| card.multiplier).collect();
            let times = |rate: Rate| all.iter().try_fold(rate, |rate, ratio| rate.times(*ratio));
            for entry in rates.filter(|entry| entry.meter.counts_tokens()) {
                if entry.rate.times(multiplier).is_err() || times(entry.rate).is_err() {
                    fault(&format!("`{}` times `{multiplier}` is not held exactly: state the rates", entry.meter));
                }
            }
        } else if card.rates.is_empty() && card.tier.is_none() {
            fault("a card that changes nothing");
        }
    }

    /// Checks that no model is replaced by itself in the end.
    fn circles(&mut self, file: &File) {
        let next: BTreeMap<&str, &str> =
            file.models.iter().filter_map(|model| Some((model.id.as_str(), model.replaced_by.as_deref()?))).collect();
        for model in &file.models {
            let mut seen = BTreeSet::new();
            let mut id = model.id.as_str();
            while let Some(replacement) = next.get(id) {
                if !seen.insert(id) {
                    break;
                }
                id = replacement;
                if id == model.id {
                    self.add(&place(model), "is replaced by itself in the end: one `replaced_by` is wrong");
                    break;
                }
            }
        }
    }

    /// Checks that no name can be read two ways.
    fn names(&mut self, files: &[File]) {
        let mut claims: BTreeMap<&str, Vec<Claim<'_>>> = BTreeMap::new();
        for file in files {
            for model in &file.models {
                let id = Claim { file, model, line: model.line, from: None, until: None };
                claims.entry(&model.id).or_default().push(id);
                for Alias { line, name, from, until, .. } in &model.aliases {
                    claims.entry(name).or_default().push(Claim { line: *line, from: *from, until: *until, ..id });
                }
            }
        }
        let known: BTreeSet<(&str, &str)> = claims
            .iter()
            .flat_map(|(name, claims)| claims.iter().map(|claim| (claim.file.provider.as_str(), *name)))
            .collect();
        for (name, of_name) in &mut claims {
            let Some(&first) = of_name.first() else { continue };
            if !is_name(name) {
                self.add(&first.place(), &format!("`{name}` is not a name"));
            }
            // An id may be anything; behind its provider it is found.
            for claim in of_name.iter().filter(|claim| claim.model.id != **name) {
                let rest = name.split_once('/').filter(|(provider, _)| *provider == claim.file.provider);
                if let Some((provider, rest)) = rest.filter(|&(provider, rest)| known.contains(&(provider, rest))) {
                    self.add(
                        &claim.place(),
                        &format!("`{name}` is found as `{rest}` of `{provider}` already: take it out"),
                    );
                }
            }
            // Those of one maker are as one provider's: a name without one is its maker's.
            of_name.sort_by_key(|claim| (claim.rank(), claim.from));
            for pair in of_name.windows(2) {
                let overlap = pair[0].until.is_none_or(|until| pair[1].from.is_none_or(|from| from < until));
                if pair[0].rank() == pair[1].rank() && overlap {
                    let why = format!("`{name}` is taken on the same day, {}", pair[0].place());
                    self.add(&pair[1].place(), &why);
                }
            }
        }
    }
}

fn of(rates: &[Entry], meter: Meter) -> Option<Rate> {
    rates.iter().find(|entry| entry.meter == meter && entry.detail.is_empty()).map(|entry| entry.rate)
}

/// A rate where these cards hold.
fn under(price: &Price, holding: &[&Card], meter: Meter) -> Option<Rate> {
    holding.iter().fold(of(&price.rates, meter), |rate, card| match (of(&card.rates, meter), card.multiplier) {
        (Some(own), _) => Some(own),
        // What is not held exactly is a fault of its own.
        (None, Some(multiplier)) => rate.and_then(|rate| rate.times(multiplier).ok()),
        (None, None) => rate,
    })
}

fn is_month_or_day(text: &str) -> bool {
    text.parse::<Date>().is_ok() || format!("{text}-01").parse::<Date>().is_ok()
}

/// A model that goes by some name, and when.
#[derive(Clone, Copy)]
struct Claim<'a> {
    file: &'a File,
    model: &'a Model,
    /// Where it says so.
    line: usize,
    from: Option<Date>,
    until: Option<Date>,
}

impl<'a> Claim<'a> {
    fn place(&self) -> String {
        place_on(self.model, self.line)
    }

    /// Among whose models the name must be one model's.
    fn rank(&self) -> (Kind, &'a str) {
        match self.file.kind {
            Kind::Maker if !self.model.resold => (Kind::Maker, ""),
            kind => (kind, &self.file.provider),
        }
    }
}
