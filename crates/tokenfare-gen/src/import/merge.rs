//! What the sources say → models with dated prices, and where the sources do not agree.

use super::encoding;
use super::facts::{self, Quote, Rate, Rates, TEXT, Traits, When, dated, day_within};
use super::litellm::{self, Entry, brief};
use super::{Sources, providers, write};
use std::collections::{BTreeMap, BTreeSet};

pub(crate) struct File {
    pub(crate) provider: String,
    /// By id.
    pub(crate) models: BTreeMap<String, Model>,
}

#[derive(Clone, Default)]
pub(crate) struct Model {
    pub(crate) encoding: Option<(&'static str, bool)>,
    pub(crate) tokenizer: Option<&'static str>,
    pub(crate) context_window: Option<u64>,
    pub(crate) traits: Traits,
    pub(crate) reasoning: Option<&'static str>,
    pub(crate) released: Option<String>,
    pub(crate) note: Option<&'static str>,
    pub(crate) aliases: BTreeSet<String>,
    pub(crate) prices: Vec<Price>,
}

#[derive(Clone)]
pub(crate) struct Price {
    pub(crate) from: String,
    pub(crate) after: Option<String>,
    pub(crate) quote: Quote,
    pub(crate) sources: Vec<String>,
    pub(crate) notes: Vec<String>,
}

/// Sources that do not say the same, and what was made of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Disagreement {
    pub(crate) provider: String,
    pub(crate) model: String,
    pub(crate) what: &'static str,
    pub(crate) values: Vec<(String, String)>,
    pub(crate) chosen: String,
    pub(crate) why: &'static str,
}

pub(crate) fn files(sources: &Sources) -> (Vec<File>, Vec<Disagreement>) {
    let mut names: BTreeSet<&str> = sources.genai.models.keys().map(String::as_str).collect();
    names.extend(
        sources.litellm.iter().flat_map(|version| version.entries.keys().map(|(provider, _)| provider.as_str())),
    );
    let mut disagreements = Vec::new();
    if let Some(newest) = sources.litellm.last() {
        disagreements.extend(newest.twins.iter().map(|(provider, model, values)| Disagreement {
            provider: provider.clone(),
            model: model.clone(),
            what: "entries of one source",
            chosen: values.first().map(|(entry, _)| entry.clone()).unwrap_or_default(),
            values: values.clone(),
            why: "the maker's own interface before its cloud's, and the entry under the provider's prefix",
        }));
    }
    let files = names
        .into_iter()
        .map(|provider| Merge { sources, provider, disagreements: &mut disagreements }.file())
        .filter(|file| !file.models.is_empty())
        .collect();
    disagreements.sort();
    (files, disagreements)
}

/// The first day of a price of which no first day is known.
const LONG_AGO: &str = "2023-01-01";

struct Merge<'a> {
    sources: &'a Sources,
    provider: &'a str,
    disagreements: &'a mut Vec<Disagreement>,
}

/// Versions one after another in which a price did not change.
#[derive(Clone)]
struct Run {
    first: usize,
    last: usize,
    seen: usize,
    /// As the last of them has it.
    quote: Quote,
}

/// A model's dated rows at genai-prices.
type Dated = [(Option<String>, Quote)];

impl Merge<'_> {
    fn file(mut self) -> File {
        let mut seen: BTreeMap<&str, Vec<(usize, &Entry)>> = BTreeMap::new();
        for (at, version) in self.sources.litellm.iter().enumerate() {
            let from = (self.provider.to_owned(), String::new());
            for ((_, id), entry) in
                version.entries.range(from..).take_while(|((provider, _), _)| provider == self.provider)
            {
                seen.entry(id).or_default().push((at, entry));
            }
        }
        let known = self.sources.genai.models.get(self.provider).map(Vec::as_slice).unwrap_or_default();
        if self.provider == "google" {
            // A model's price at Google's own interface is not followed by the one its cloud asks.
            for entries in seen.values_mut() {
                let own = entries.iter().any(|(_, entry)| entry.is_own());
                entries.retain(|(_, entry)| entry.is_own() == own);
            }
        }
        let mut drafts: BTreeMap<&str, Option<usize>> =
            seen.keys().map(|id| (*id, self.sources.genai.find(self.provider, id))).collect();
        let mut aliases: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        // `regional.` is no part of an id there, but a word of the list's for all ids without `global.`
        let named = known
            .iter()
            .enumerate()
            .filter(|(_, model)| !(self.provider == "aws" && model.id.starts_with("regional.")));
        for (at, model) in named {
            let twin = seen.keys().find(|id| id.eq_ignore_ascii_case(&model.id)).copied();
            let id = if seen.contains_key(model.id.as_str()) { &model.id } else { twin.unwrap_or(&model.id) };
            drafts.entry(id).or_insert(Some(at));
            aliases.entry(id).or_default().extend(model.literals.iter().map(String::as_str).chain([model.id.as_str()]));
        }
        // The first day on which any name that a rule of genai-prices covers was seen, or is dated.
        let mut known_since: BTreeMap<Option<usize>, String> = BTreeMap::new();
        for (id, genai) in drafts.iter().filter(|(_, genai)| genai.is_some()) {
            let seen = seen.get(id).and_then(|seen| seen.first()).map(|(at, _)| self.sources.litellm[*at].day.clone());
            for day in [seen, day_within(id)].into_iter().flatten() {
                let since = known_since.entry(*genai).or_insert_with(|| day.clone());
                *since = day.min(since.clone());
            }
        }
        let mut models = BTreeMap::new();
        for (id, genai) in &drafts {
            let genai = genai.map(|at| &known[at]);
            let entries = seen.get(id).map(Vec::as_slice).unwrap_or_default();
            let stem = dated(id).and_then(|(stem, _)| seen.get(stem)).map(Vec::as_slice).unwrap_or_default();
            let began = known_since.get(&drafts[id]).cloned();
            let mut model = self.model(id, genai, entries, stem, began);
            if genai.is_some_and(|genai| genai.deprecated) && model.traits.retired.is_none() {
                model.note = Some("deprecated, as genai-prices has it");
            }
            if !model.prices.is_empty() {
                models.insert((*id).to_owned(), model);
            }
        }
        let mut taken: BTreeSet<String> = models.keys().cloned().collect();
        // `gpt-5-1-codex` is another spelling of `gpt-5.1-codex` before it is a name of what shares its price.
        let dashed: BTreeMap<String, String> = models.keys().map(|id| (id.replace('.', "-"), id.clone())).collect();
        for (id, names) in aliases {
            if !models.contains_key(id) {
                continue;
            }
            for name in names {
                let spelled = dashed.get(&name.replace('.', "-")).map_or(id, String::as_str);
                if taken.insert(name.to_owned())
                    && let Some(model) = models.get_mut(spelled)
                {
                    model.aliases.insert(name.to_owned());
                }
            }
        }
        self.fold(&mut models);
        File { provider: self.provider.to_owned(), models }
    }

    fn model(
        &mut self,
        id: &str,
        genai: Option<&super::genai::Model>,
        seen: &[(usize, &Entry)],
        stem: &[(usize, &Entry)],
        began: Option<String>,
    ) -> Model {
        let rows = genai.map(|model| model.rows.as_slice());
        let mut prices = self.prices(id, rows, seen, stem);
        if let Some(first) = prices.first_mut()
            && let Some(began) = began.filter(|began| first.from == LONG_AGO && *began > first.from)
        {
            first.from = began;
        }
        if genai.is_none() && seen.is_empty() {
            prices.clear();
        }
        let mut at = 1;
        while at < prices.len() {
            if prices[at - 1].from >= prices[at].from {
                prices.remove(at - 1);
            } else {
                at += 1;
            }
        }
        if !seen.is_empty() && seen.iter().all(|(_, entry)| entry.traits.mode == "embedding") {
            for price in &mut prices {
                // An embedding is no tokens: a rate of them is one that was filled in.
                let output = facts::place("output");
                price.quote.rates.0.remove(&output);
                price.quote.cards.values_mut().for_each(|card| {
                    card.rates.0.remove(&output);
                });
            }
        }
        let mut traits = seen.last().map(|(_, entry)| entry.traits.clone()).unwrap_or_default();
        let context_window = self.limits(id, genai.and_then(|genai| genai.context_window), &mut traits);
        let kind = if matches!(self.provider, "google" | "xai") { "outside" } else { "inside" };
        let outside = kind == "outside" && traits.mode != "chat";
        let gives_text = traits.gives.is_empty() || traits.gives.contains(&TEXT);
        Model {
            encoding: encoding::of(self.provider, id, &traits.mode),
            tokenizer: if gives_text { encoding::family(id) } else { None },
            context_window,
            reasoning: traits.reasons.then_some(if outside && self.provider == "xai" { "inside" } else { kind }),
            released: day_within(id),
            traits,
            note: None,
            aliases: BTreeSet::new(),
            prices,
        }
    }

    /// The window, where one is known; the limits of input and output stay in `traits`.
    fn limits(&mut self, id: &str, window: Option<u64>, traits: &mut Traits) -> Option<u64> {
        let newest = self.newest();
        let (input, output) = (traits.max_input, traits.max_output);
        let sum = input.zip(output).map(|(input, output)| input + output);
        // What these two limits are parts of is published, and the same for all models that have them.
        let summed = input.is_some_and(|input| matches!(input, 272_000 | 922_000)) && output == Some(128_000);
        let of_openai = matches!(self.provider, "openai" | "azure");
        let zeros = |count: u64| count.to_string().bytes().rev().take_while(|digit| *digit == b'0').count();
        let rounded = window.zip(input).is_some_and(|(window, input)| {
            input > window && input - window <= window / 20 && zeros(window) > zeros(input)
        });
        let window = match window {
            None if of_openai && summed => sum,
            _ if rounded => input,
            _ => window,
        };
        let known = window.or(input);
        if let (Some(window), Some(input)) = (window, input)
            && window != input
            && Some(window) != output.map(|output| input + output)
        {
            let values = vec![
                (self.sources.genai_name.clone(), format!("context_window {window}")),
                (newest.clone(), format!("max_input {input}, max_output {}", output.unwrap_or(0))),
            ];
            let (chosen, why) = if input > window {
                (format!("context_window {window}, no max_input"), "an input longer than the window cannot be")
            } else {
                (format!("context_window {window}, no max_input"), "the two limits are not the parts of the window")
            };
            self.tell(id, "limits", values, chosen, why);
        }
        // One list gives the whole window as the limit of input to some models of a family, and the part to others.
        let whole = of_openai && (window, input, output) == (Some(1_050_000), Some(1_050_000), Some(128_000));
        let input = if whole { Some(922_000) } else { input };
        let parts = window.is_some() && window == input.zip(output).map(|(input, output)| input + output);
        traits.max_input = input.filter(|_| parts);
        if let (Some(known), Some(output)) = (known, output)
            && output > known
        {
            traits.max_output = None;
            let values = vec![(newest, format!("max_output {output}")), ("the window".to_owned(), known.to_string())];
            self.tell(id, "limits", values, "no max_output".to_owned(), "an output longer than the window cannot be");
        }
        known
    }

    fn newest(&self) -> String {
        self.sources.litellm.last().map(|version| version.name.clone()).unwrap_or_default()
    }

    fn tell(&mut self, id: &str, what: &'static str, values: Vec<(String, String)>, chosen: String, why: &'static str) {
        let (provider, model) = (self.provider.to_owned(), id.to_owned());
        self.disagreements.push(Disagreement { provider, model, what, values, chosen, why });
    }

    fn runs(&mut self, id: &str, seen: &[(usize, &Entry)], genai: Option<&Dated>) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        for (at, entry) in seen {
            match runs.last_mut() {
                Some(run) if continues(&run.quote, &entry.quote) => {
                    (run.last, run.seen, run.quote) = (*at, run.seen + 1, entry.quote.clone());
                }
                _ => runs.push(Run { first: *at, last: *at, seen: 1, quote: entry.quote.clone() }),
            }
        }
        while let Some((at, why)) = correction(&runs, genai) {
            let gone = runs.remove(at);
            let values = [Some(&gone), runs.get(at)]
                .into_iter()
                .flatten()
                .map(|run| (self.sources.litellm[run.last].name.clone(), brief(&run.quote)))
                .collect();
            self.tell(id, "history", values, "the later".to_owned(), why);
            if let Some(next) = runs.get_mut(at) {
                next.first = next.first.min(gone.first);
            }
            let flap = at > 0 && runs.get(at).is_some_and(|next| continues(&runs[at - 1].quote, &next.quote));
            if flap {
                let next = runs.remove(at);
                let run = &mut runs[at - 1];
                (run.last, run.seen, run.quote) = (next.last, run.seen + next.seen, next.quote);
            }
        }
        runs
    }

    fn prices(
        &mut self,
        id: &str,
        genai: Option<&Dated>,
        seen: &[(usize, &Entry)],
        stem: &[(usize, &Entry)],
    ) -> Vec<Price> {
        let mut runs = self.runs(id, seen, genai);
        if let (Some(last), Some([(_, quote)])) = (runs.last(), genai)
            && last.last + 1 < self.sources.litellm.len()
            && !agree(&last.quote, quote)
        {
            // A snapshot was forgotten under its own id, and kept up under its name.
            let of_name = self.runs(id, stem, genai);
            let went_on = of_name.iter().any(|run| same_tokens(&run.quote, &last.quote))
                && of_name.last().is_some_and(|run| agree(&run.quote, quote));
            if went_on {
                runs = of_name;
            }
        }
        let llm = self.third(id);
        let mut prices = match genai {
            Some(rows) if rows.iter().all(|(_, quote)| !quote.rates.is_empty()) && !rows.is_empty() => {
                self.with_genai(id, rows, &runs, llm.as_ref())
            }
            _ => runs.iter().enumerate().map(|(at, _)| self.of_run(&runs, at)).collect(),
        };
        let sources = self.sources;
        if let (Some(current), Some(llm)) = (prices.iter_mut().rfind(|price| price.from <= sources.checked), llm)
            && agree(&current.quote, &llm)
        {
            current.sources.push(sources.llm_name.clone());
        }
        if let (Some(current), Some(other)) = (prices.last_mut(), self.fallback(id))
            && genai.is_none()
            && agree(&current.quote, other)
        {
            current.sources.insert(0, sources.genai_name.clone());
        }
        self.guard(id, &mut prices);
        prices.retain(|price| !price.quote.rates.is_empty());
        self.first_day(id, &mut prices);
        // Of two rows that begin on a day, or against the order of days, the later is the better known.
        let mut at = 1;
        while at < prices.len() {
            if prices[at - 1].from >= prices[at].from {
                prices.remove(at - 1);
                at = at.saturating_sub(1).max(1);
            } else if is_equal(&prices[at - 1].quote, &prices[at].quote)
                || prices[at].after.is_some() && continues(&prices[at - 1].quote, &prices[at].quote)
            {
                let later = prices.remove(at);
                let price = &mut prices[at - 1];
                (price.quote, price.sources) = (later.quote, later.sources);
                price.notes.extend(later.notes);
            } else {
                at += 1;
            }
        }
        self.first_day(id, &mut prices);
        prices
    }

    /// What genai-prices takes a host's price from where the host has none of its own there.
    fn fallback(&self, id: &str) -> Option<&Quote> {
        let makers: &[&str] = match self.provider {
            "azure" => &["openai", "anthropic", "deepseek", "xai", "moonshot"],
            "vertex-partners" => &["anthropic"],
            _ => return None,
        };
        let genai = &self.sources.genai;
        makers.iter().find_map(|maker| {
            let (_, quote) = genai.models.get(*maker)?[genai.find(maker, id)?].rows.last()?;
            Some(quote)
        })
    }

    fn third(&self, id: &str) -> Option<Quote> {
        let find = |name: &str| self.sources.llm.models.get(&(self.provider.to_owned(), name.to_owned())).cloned();
        find(id).or_else(|| dated(id).and_then(|(stem, _)| find(stem)))
    }

    fn of_run(&self, runs: &[Run], at: usize) -> Price {
        let run = &runs[at];
        let before = at.checked_sub(1).map(|at| self.sources.litellm[runs[at].last].day.clone());
        Price {
            from: self.sources.litellm[run.first].day.clone(),
            after: before,
            quote: run.quote.clone(),
            sources: vec![self.sources.litellm[run.last].name.clone()],
            notes: Vec::new(),
        }
    }

    fn of_genai(&self, from: String, quote: &Quote) -> Price {
        let sources = vec![self.sources.genai_name.clone()];
        Price { from, after: None, quote: quote.clone(), sources, notes: Vec::new() }
    }

    fn with_genai(&mut self, id: &str, rows: &Dated, runs: &[Run], llm: Option<&Quote>) -> Vec<Price> {
        let checked = self.sources.checked.clone();
        let at = rows.iter().rposition(|(from, _)| from.as_ref().is_none_or(|from| *from <= checked)).unwrap_or(0);
        let mut prices = if at == 0 { Vec::new() } else { self.past(id, &rows[..=at], runs) };
        prices.extend(self.current(id, rows, at, runs, llm));
        let regions: Vec<_> = prices
            .last()
            .map(|price| price.quote.cards.iter().filter(|(when, _)| when.region.is_some()).collect::<Vec<_>>())
            .unwrap_or_default()
            .into_iter()
            .map(|(when, card)| (when.clone(), card.clone()))
            .collect();
        for (from, quote) in &rows[at + 1..] {
            let mut price = self.of_genai(from.clone().unwrap_or_default(), quote);
            price.quote.cards.extend(regions.iter().cloned());
            price.notes.push("announced".to_owned());
            prices.push(price);
        }
        prices
    }

    /// Before the day the current price began: what was seen at the time, then what genai-prices dates.
    fn past(&mut self, id: &str, rows: &Dated, runs: &[Run]) -> Vec<Price> {
        let litellm = &self.sources.litellm;
        let change = rows[1].0.clone().unwrap_or_default();
        let began = &rows[0].1;
        let before = runs.iter().take_while(|run| litellm[run.first].day < change).count();
        let fits = runs[..before].iter().rposition(|run| same_tokens(&run.quote, began));
        let mut prices: Vec<Price> = Vec::new();
        match fits {
            Some(last) => {
                prices.extend((0..=last).map(|at| self.of_run(runs, at)));
                if let Some(price) = prices.last_mut() {
                    let held = price.quote.clone();
                    if agree(&held, began) {
                        price.quote = began.clone();
                        price.sources.insert(0, self.sources.genai_name.clone());
                        fill(&mut price.quote, &held, false);
                    } else {
                        let values = vec![
                            (self.sources.genai_name.clone(), brief(began)),
                            (litellm[runs[last].last].name.clone(), brief(&held)),
                        ];
                        self.tell(id, "history", values, brief(&held), "what was written down at the time");
                    }
                }
            }
            None => prices.push(self.of_genai(String::new(), began)),
        }
        let dropped: Vec<usize> = (fits.map_or(0, |last| last + 1)..before).collect();
        for at in dropped {
            let run = &runs[at];
            let later = litellm[run.last].day >= change;
            let known = rows.iter().any(|(_, quote)| same_tokens(&run.quote, quote));
            if !(later && known) {
                let values = vec![
                    (self.sources.genai_name.clone(), brief(began)),
                    (litellm[run.last].name.clone(), brief(&run.quote)),
                ];
                self.tell(id, "history", values, brief(began), "genai-prices dates the change");
            }
        }
        for (at, (from, quote)) in rows.iter().enumerate().take(rows.len() - 1).skip(1) {
            let from = from.clone().unwrap_or_default();
            let until = rows[at + 1].0.clone().unwrap_or_default();
            let mut price = self.of_genai(from.clone(), quote);
            let has_hours = rows.last().is_some_and(|(_, last)| last.cards.keys().any(|when| when.hours.is_some()));
            if has_hours {
                price.notes.push("of the cheap hours; what the dear ones cost then is in no source".to_owned());
            }
            let within = |run: &&Run| litellm[run.last].day >= from && litellm[run.first].day < until;
            if let Some(run) = runs.iter().rfind(within) {
                let name = litellm[run.last].name.clone();
                if agree(quote, &run.quote) {
                    fill(&mut price.quote, &run.quote, true);
                    price.sources.push(name);
                } else if has_hours && is_twice(&run.quote, quote) {
                    price.quote = run.quote.clone();
                    let hours = rows[rows.len() - 1].1.cards.keys().filter(|when| when.hours.is_some());
                    let half = facts::Card { rates: Rates::default(), multiplier: Some("1/2".to_owned()) };
                    price.quote.cards.extend(hours.map(|when| (when.clone(), half.clone())));
                    price.sources.push(name);
                    price.notes.clear();
                } else {
                    let values = vec![(self.sources.genai_name.clone(), brief(quote)), (name, brief(&run.quote))];
                    self.tell(id, "history", values, brief(quote), "genai-prices dates the change");
                }
            }
            prices.push(price);
        }
        prices
    }

    /// The price of the day, and what litellm saw change since genai-prices last did.
    fn current(&mut self, id: &str, rows: &Dated, at: usize, runs: &[Run], llm: Option<&Quote>) -> Vec<Price> {
        let litellm = &self.sources.litellm;
        let (from, quote) = &rows[at];
        let of_genai = self.of_genai(from.clone().unwrap_or_default(), quote);
        let since = from.clone().unwrap_or_default();
        // A run that began under an earlier price and goes on is of the time since.
        let recent: Vec<usize> = (0..runs.len()).filter(|at| litellm[runs[*at].last].day >= since).collect();
        let Some((&last, earlier)) = recent.split_last() else { return vec![of_genai] };
        let run = &runs[last];
        let name = litellm[run.last].name.clone();
        let is_newest = run.last + 1 == litellm.len();
        let dropped_long = at > 0 && has_longer(&rows[at - 1].1) && !has_longer(quote);

        let seen_before = |merge: &Self, with: &mut Vec<Price>| {
            if at == 0 {
                with.extend(earlier.iter().map(|at| merge.of_run(runs, *at)));
            }
        };
        if agree(quote, &run.quote) {
            let mut prices = Vec::new();
            seen_before(self, &mut prices);
            let mut price = of_genai;
            if at == 0 {
                let seen = self.of_run(runs, last);
                (price.from, price.after) = (seen.from, seen.after);
            }
            self.extra(id, quote, &run.quote, &name, dropped_long);
            if at == 0 && !earlier.is_empty() {
                let mut values = vec![(self.sources.genai_name.clone(), format!("{} at all times", brief(quote)))];
                values.extend(earlier.iter().map(|at| (litellm[runs[*at].last].name.clone(), brief(&runs[*at].quote))));
                self.tell(id, "history", values, "each at its time".to_owned(), "what was written down at the time");
            }
            fill(&mut price.quote, &run.quote, !dropped_long);
            price.sources.push(name);
            prices.push(price);
            return prices;
        }

        let mut values = vec![(self.sources.genai_name.clone(), brief(quote)), (name.clone(), brief(&run.quote))];
        values.extend(llm.map(|llm| (self.sources.llm_name.clone(), brief(llm))));
        let with_litellm = llm.is_some_and(|llm| agree(llm, &run.quote));
        let with_genai = llm.is_some_and(|llm| agree(llm, quote));
        let moved = earlier.iter().rposition(|at| agree(quote, &runs[*at].quote));
        let host_knows = matches!(self.provider, "aws" | "azure");
        let litellm_wins = !with_genai && (moved.is_some() || is_newest && (with_litellm || host_knows));
        let why = match (is_newest, with_litellm, with_genai) {
            _ if litellm_wins && moved.is_some() => "litellm had it so too, and has changed it since",
            (false, ..) => "the other is of a version that is past",
            (_, true, _) | (.., true) => "two of three",
            _ if litellm_wins => "this host's ids are matched more closely by litellm",
            _ => "genai-prices comes first",
        };
        let chosen = if litellm_wins { &run.quote } else { quote };
        self.tell(id, "price", values, brief(chosen), why);
        if litellm_wins {
            let other = format!("{} has {}", self.sources.genai_name, brief(quote));
            let mut prices = Vec::new();
            if at == 0 {
                prices.extend((0..=last).map(|at| self.of_run(runs, at)));
                if let Some(price) = moved.and_then(|moved| prices.get_mut(moved)) {
                    let held = std::mem::replace(&mut price.quote, quote.clone());
                    fill(&mut price.quote, &held, true);
                    price.sources.insert(0, self.sources.genai_name.clone());
                }
            } else if let Some(moved) = moved {
                prices.push(of_genai);
                prices.extend(earlier[moved + 1..].iter().chain([&last]).map(|at| self.of_run(runs, *at)));
            } else {
                prices.push(Price { from: since, ..self.of_run(runs, last) });
            }
            if let Some(price) = prices.last_mut() {
                price.notes.push(other);
            }
            return prices;
        }
        let mut prices = Vec::new();
        let mut price = of_genai;
        if is_newest || is_maker(self.provider) {
            price.notes.push(format!("{name} has {}", brief(&run.quote)));
            if at == 0 {
                price.from.clone_from(&litellm[runs[recent[0]].first].day);
            }
        } else if at == 0 {
            prices.extend((0..=last).map(|at| self.of_run(runs, at)));
            price.from.clone_from(&self.sources.checked);
            price.after = Some(litellm[run.last].day.clone());
        }
        prices.push(price);
        prices
    }

    /// Reports cards that only one of two agreeing sources has.
    fn extra(&mut self, id: &str, ours: &Quote, theirs: &Quote, name: &str, dropped_long: bool) {
        for (when, card) in &theirs.cards {
            let other = ours.cards.get(when);
            let differs = other.is_some_and(|other| {
                card.rates.0.iter().any(|(rate, value)| other.rates.0.get(rate).is_some_and(|other| other != value))
            });
            let alone = other.is_none() && when.over.is_some() && when.tier.is_none();
            if differs || alone {
                let show = |rates: &Rates| brief(&Quote { rates: rates.clone(), ..Quote::default() });
                let values = vec![
                    (
                        self.sources.genai_name.clone(),
                        other.map_or("no such card".to_owned(), |other| show(&other.rates)),
                    ),
                    (name.to_owned(), format!("{}: {}", describe(when), show(&card.rates))),
                ];
                let (chosen, why) = match other {
                    Some(other) => (show(&other.rates), "genai-prices comes first"),
                    None if dropped_long => ("no such card".to_owned(), "genai-prices dates the day it ended"),
                    None => (show(&card.rates), "the only source"),
                };
                self.tell(id, "card", values, chosen, why);
            }
        }
    }

    /// Takes away what is known not to be so.
    fn guard(&mut self, id: &str, prices: &mut [Price]) {
        for price in prices.iter_mut() {
            if price.quote.cards.keys().any(|when| when.hours.is_some()) {
                price.notes.push("on some days the cheap hours are all day, which is not said here".to_owned());
            }
        }
        if self.provider == "openai" && id.starts_with("ft:") {
            let before: usize = prices.iter().map(|price| price.quote.cards.len()).sum();
            prices.iter_mut().for_each(|price| price.quote.cards.retain(|when, _| when.tier != Some(0)));
            if before > prices.iter().map(|price| price.quote.cards.len()).sum() {
                let values = vec![(self.newest(), "a batch price".to_owned())];
                self.tell(id, "card", values, "no batch".to_owned(), "not confirmed for fine-tuned models");
            }
        }
        let newest =
            prices.iter().rfind(|price| price.from <= self.sources.checked).filter(|_| is_maker(self.provider));
        let Some(cards) = newest.map(|price| price.quote.cards.clone()) else { return };
        let input = |when: &When| cards.get(when).is_some_and(|card| card.rates.get("input").is_some());
        for over in cards.keys().filter(|when| when.over.is_some() && when.tier.is_none() && input(when)) {
            for tier in cards.keys().filter(|when| when.tier.is_some() && when.over.is_none() && input(when)) {
                if !cards.contains_key(&When { tier: tier.tier, ..over.clone() }) {
                    let values =
                        vec![("all".to_owned(), format!("{}, and nothing {}", describe(tier), describe(over)))];
                    let chosen = format!("{} at any length", describe(tier));
                    self.tell(id, "card", values, chosen, "no source says what longer prompts cost in this tier");
                }
            }
        }
    }

    fn first_day(&self, id: &str, prices: &mut [Price]) {
        let Some(first) = prices.first_mut() else { return };
        first.after = None;
        let day = day_within(id).filter(|day| *day <= self.sources.checked);
        if let Some(day) = day.filter(|day| first.from.is_empty() || *day < first.from) {
            first.from = day;
        } else if first.from.is_empty() {
            LONG_AGO.clone_into(&mut first.from);
            first.notes.push("since the model began, as genai-prices has it".to_owned());
        }
        let end = prices.get(1).map(|price| price.from.clone());
        if let (Some(end), Some(first)) = (end, prices.first_mut())
            && first.from >= end
        {
            LONG_AGO.clone_into(&mut first.from);
        }
    }

    /// Makes the one snapshot of a name the model, and the name its alias.
    fn fold(&mut self, models: &mut BTreeMap<String, Model>) {
        let mut stems: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
        for (id, model) in models.iter() {
            for name in [id].into_iter().chain(&model.aliases) {
                if let Some((stem, _)) = dated(name) {
                    stems.entry(stem.to_owned()).or_default().push((name.clone(), id.clone()));
                }
            }
        }
        for (stem, snapshots) in stems {
            let [(snapshot, owner)] = snapshots.as_slice() else { continue };
            if *owner == stem && *snapshot != stem {
                let Some(mut model) = models.remove(&stem) else { continue };
                model.aliases.remove(snapshot);
                model.aliases.insert(stem.clone());
                model.released = day_within(snapshot);
                self.first_day(snapshot, &mut model.prices);
                models.insert(snapshot.clone(), model);
            } else if snapshot == owner && models.contains_key(&stem) {
                let same =
                    models.get(&stem).zip(models.get(snapshot)).is_some_and(|(name, model)| is_same(name, model));
                if !same {
                    continue;
                }
                let Some(name) = models.remove(&stem) else { continue };
                if let Some(model) = models.get_mut(snapshot) {
                    model.aliases.extend(name.aliases);
                    model.aliases.insert(stem.clone());
                }
            } else {
                continue;
            }
            let values = vec![("name".to_owned(), stem.clone()), ("snapshot".to_owned(), snapshot.clone())];
            self.tell(&stem, "alias", values, snapshot.clone(), "its only snapshot, with the same prices and limits");
        }
    }
}

/// Whether two quotes say the same, be it in more words.
fn is_equal(one: &Quote, two: &Quote) -> bool {
    one.rates == two.rates && write::cards(one) == write::cards(two)
}

/// Whether a name has no more to tell than its snapshot: its rows are the snapshot's last.
fn is_same(name: &Model, model: &Model) -> bool {
    let limits = |model: &Model| (model.context_window, model.traits.max_input, model.traits.max_output);
    let quotes = |model: &Model| model.prices.iter().rev().map(|price| price.quote.clone()).collect::<Vec<_>>();
    limits(name) == limits(model) && quotes(model).starts_with(&quotes(name))
}

fn has_longer(quote: &Quote) -> bool {
    quote.cards.keys().any(|when| when.over.is_some() && when.tier.is_none())
}

pub(crate) fn describe(when: &When) -> String {
    let tier = when.tier.map(|tier| facts::TIERS[tier].to_owned());
    let over = when.over.map(|over| format!("over {over}"));
    let parts = [tier, over, when.hours.clone(), when.region.map(str::to_owned)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// Whether an observation is of the same price as the one before: what both state is equal. What only one states is
/// something learned, or no longer said; only a rate for longer prompts that goes is a change.
fn continues(before: &Quote, after: &Quote) -> bool {
    let equal = |one: &Rates, two: &Rates| {
        one.0.iter().filter(|(rate, _)| facts::is_of_a_price(**rate)).all(|(rate, value)| {
            match (value, two.0.get(rate)) {
                (Rate::One(one), Some(Rate::One(two))) => one == two,
                _ => true,
            }
        })
    };
    equal(&before.rates, &after.rates)
        && before
            .cards
            .iter()
            .filter(|(when, _)| when.over.is_some() && when.tier.is_none())
            .all(|(when, card)| after.cards.get(when).is_some_and(|after| equal(&card.rates, &after.rates)))
}

/// A run that was a slip and not a price, and why.
fn correction(runs: &[Run], genai: Option<&Dated>) -> Option<(usize, &'static str)> {
    runs.windows(3)
        .position(|runs| runs[1].seen <= 2 && continues(&runs[0].quote, &runs[2].quote))
        .map(|at| (at + 1, "it came and went, and the price before returned"))
        .or_else(|| {
            let slip = runs.windows(2).position(|runs| is_slip(&runs[0].quote, &runs[1].quote));
            slip.map(|at| (at, "a slip of the decimal point"))
        })
        .or_else(|| {
            let [first, second, ..] = runs else { return None };
            let known =
                |run: &Run| genai.is_some_and(|rows| rows.iter().any(|(_, quote)| same_tokens(quote, &run.quote)));
            (first.seen == 1 && known(second) && !known(first))
                .then_some((0, "the first entry, which no other source has, was soon corrected"))
        })
}

fn is_slip(before: &Quote, after: &Quote) -> bool {
    let pairs = || {
        facts::RATES
            .iter()
            .filter_map(|rate| before.rates.tokens(rate).zip(after.rates.tokens(rate)))
            .filter(|(before, after)| before != after)
    };
    pairs().count() > 0 && pairs().all(|(before, after)| before.is_slip_of(after))
}

fn same_tokens(one: &Quote, two: &Quote) -> bool {
    let rate = |quote: &Quote, rate| quote.rates.tokens(rate);
    let (input, other) = (rate(one, "input"), rate(two, "input"));
    if input.is_none() || other.is_none() {
        return input == other && agree_on_units(one, two);
    }
    // Embeddings have no output, and where all output is images some call it output and some images.
    let output = |quote: &Quote| rate(quote, "output").or_else(|| rate(quote, "output_image"));
    let same = output(one).zip(output(two)).is_none_or(|(one, two)| one == two);
    input == other && same
}

/// Whether two sources state the same price: input and output, and the read from the cache where both have it.
fn agree(one: &Quote, two: &Quote) -> bool {
    let reads = one.rates.tokens("cache_read").zip(two.rates.tokens("cache_read"));
    same_tokens(one, two) && reads.is_none_or(|(one, two)| one == two)
}

/// Of what is not priced by the token: something both state, and nothing that differs.
fn agree_on_units(one: &Quote, two: &Quote) -> bool {
    let mut both = one
        .rates
        .0
        .iter()
        .filter(|(rate, _)| !facts::is_of_a_tool(**rate))
        .filter_map(|(rate, value)| Some((value, two.rates.0.get(rate)?)))
        .peekable();
    both.peek().is_some()
        && both.all(|(one, two)| match (one, two) {
            (Rate::One(one), Rate::One(two)) => one.is_near(*two),
            _ => one == two,
        })
}

/// Whether one is the price of the dear hours and the other that of the cheap ones.
fn is_twice(dear: &Quote, cheap: &Quote) -> bool {
    let twice = |usd: super::decimal::Decimal| usd.times(super::decimal::Decimal::whole(2));
    let is_twice = |rate| cheap.rates.tokens(rate).map(twice) == dear.rates.tokens(rate);
    is_twice("input") && is_twice("output")
}

/// Adds what the source that is followed does not speak of: rates it has nowhere, and conditions it does not know.
fn fill(quote: &mut Quote, other: &Quote, longer: bool) {
    let stated = quote.rates.clone();
    let images = facts::place("output_image");
    let said = stated.get("output").is_some() && stated.get("output") == other.rates.get("output_image");
    // A fee for each request is the fee of its search, and the source that knows its sizes knows it better.
    let (requests, search) = (facts::place("requests"), facts::place("web_search"));
    let by_size = other.rates.0.get(&search).filter(|rate| matches!(rate, Rate::Table(_)));
    let is_fee = quote.rates.0.contains_key(&requests);
    if let (true, Some(sizes)) = (is_fee, by_size) {
        quote.rates.0.insert(requests, sizes.clone());
    }
    let doubled = |rate: usize| said && rate == images || is_fee && rate == search;
    for (rate, value) in other.rates.0.iter().filter(|(rate, _)| !doubled(**rate)) {
        quote.rates.0.entry(*rate).or_insert_with(|| value.clone());
    }
    for (when, card) in &other.cards {
        if when.over.is_some() && !longer {
            continue;
        }
        let other = When { inclusive: !when.inclusive, ..when.clone() };
        let when = if quote.cards.contains_key(&other) { &other } else { when };
        match quote.cards.get_mut(when) {
            None => {
                quote.cards.insert(when.clone(), card.clone());
            }
            Some(ours) if ours.multiplier.is_none() => {
                for (rate, value) in card.rates.0.iter().filter(|(rate, _)| !stated.0.contains_key(rate)) {
                    ours.rates.0.entry(*rate).or_insert_with(|| value.clone());
                }
            }
            Some(_) => {}
        }
    }
}

/// Whether a provider makes the models it names.
pub(crate) fn is_maker(provider: &str) -> bool {
    providers::head(provider).0 == "maker"
}

/// Days as they are written.
pub(crate) fn is_day(text: &str) -> bool {
    litellm::is_day(text)
}
