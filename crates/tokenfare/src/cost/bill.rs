//! Which amounts are billed at which rates.

use super::{Cost, Line};
use crate::at::At;
use crate::error::Error;
use crate::format::Format;
use crate::usage::{Asked, Fee, USUAL_CONTEXT, Usage};
use tokenfare_catalog::{Meter, Modality, Money, Rates, Resolved, Terms, Tier};

/// What a picture is like if nothing is said of it.
const USUAL_SIZE: &str = "1024x1024";
const USUAL_QUALITY: &str = "standard";

/// What a request is billed with when its price depends on how much of the web was searched and that is not said.
const LEAST_CONTEXT: &str = "low";

/// A word of the id of a model that searches before every answer of a chat.
const SEARCHES: &str = "search";

/// What is heard and seen in a prompt: its meter, the meter of what a cache gave of it, and how many tokens.
struct Part {
    modality: Modality,
    input: Meter,
    cache_read: Option<Meter>,
    tokens: u64,
    cached: u64,
}

/// A bill in the making.
pub(super) struct Bill<'c, 'u> {
    at: At,
    tier: Tier,
    region: Option<&'u str>,
    lines: Vec<Line<'c>>,
    notes: Vec<String>,
}

impl<'c, 'u> Bill<'c, 'u> {
    /// Prices a usage.
    pub(super) fn of(
        model: Resolved<'c>,
        usage: &Usage,
        at: At,
        tier: Tier,
        region: Option<&'u str>,
        find: impl Fn(&str) -> Result<Resolved<'c>, Error>,
        notes: Vec<String>,
    ) -> Result<Cost<'c>, Error> {
        usage.check()?;
        let mut bill = Self { at, tier, region, lines: Vec::with_capacity(4), notes };
        let rates = bill.rates(model, usage.input_tokens)?;
        if usage.turns.is_empty() {
            bill.notes.extend_from_slice(&usage.notes);
            bill.tokens(model, rates, usage)?;
        }
        for turn in &usage.turns {
            turn.check()?;
            bill.notes.extend_from_slice(&turn.notes);
            let of = turn.model.as_deref().map_or(Ok(model), &find)?;
            // Each turn is a prompt of its own, and only that can be a long one.
            let rates = bill.rates(of, turn.input_tokens)?;
            bill.tokens(of, rates, turn)?;
        }
        bill.fees(rates, usage)?;
        let searches = usage.format == Some(Format::OpenaiChat) && has_word(model.id(), SEARCHES);
        if searches && usage.is_stated && !usage.fees.iter().any(|fee| fee.meter == Meter::WebSearch) {
            let size = usage.context_size.as_deref().unwrap_or(USUAL_CONTEXT);
            if rates.has(Meter::WebSearch) {
                bill.add(rates, Meter::WebSearch, &[size], 1)?;
            } else {
                bill.notes.push("the search before the answer has no rate here and is not in the cost".to_owned());
            }
        }
        if model.is_online && !usage.fees.iter().any(|fee| fee.meter == Meter::WebSearch) {
            bill.add(rates, Meter::WebSearch, &[], 1)?;
        }
        if bill.lines.is_empty() && !usage.is_stated && !usage.has_tokens() {
            bill.asked(model, rates, usage.asked.as_ref())?;
        }
        let total = Money::checked_sum(bill.lines.iter().map(|line| line.cost))?;
        let Self { lines, notes, .. } = bill;
        Ok(Cost { model: model.model, at, tier, total, lines, reported: usage.reported.clone(), notes })
    }

    /// The rates of a model for a prompt of so many tokens.
    fn rates(&mut self, model: Resolved<'c>, prompt: u64) -> Result<Rates<'c>, Error> {
        let on = self.at.day();
        let price = model.price_at(on)?;
        let terms = Terms { tier: self.tier, prompt, minute: self.at.minute(), region: self.region };
        let rates = price.under(terms)?;
        if let Some((after, from)) = price.doubt(on) {
            self.notes.push(format!(
                "the price of `{}` changed between {after} and {from}: this is the earlier one",
                model.id()
            ));
        }
        if self.at.minute().is_none() && price.cards().any(|card| card.hours().is_some()) {
            self.notes.push(format!("the price of `{}` depends on the hour, and no hour is known", model.id()));
        }
        Ok(rates)
    }

    /// Adds a line, if there is anything of it; what has the same rate and meter is one.
    fn add(&mut self, rates: Rates<'c>, meter: Meter, details: &[&str], amount: u64) -> Result<(), Error> {
        if amount == 0 {
            return Ok(());
        }
        let (rate, detail) = rates.rate_for(meter, details, self.at.day())?;
        let same = |line: &&mut Line<'c>| {
            line.meter == meter && line.detail == detail && line.rate == rate && line.model() == rates.price().model()
        };
        if let Some(line) = self.lines.iter_mut().find(same) {
            line.amount = line
                .amount
                .checked_add(amount)
                .ok_or_else(|| Error::bad_usage(format!("there are more {meter} tokens in all than 64 bits hold")))?;
            line.cost = rate.cost(line.amount)?;
            return Ok(());
        }
        self.lines.push(Line { meter, detail, amount, rate, cost: rate.cost(amount)?, rates });
        Ok(())
    }

    fn tokens(&mut self, model: Resolved<'c>, rates: Rates<'c>, usage: &Usage) -> Result<(), Error> {
        let parts = [
            (
                Modality::Audio,
                Meter::InputAudio,
                Some(Meter::CacheReadAudio),
                usage.input_audio,
                usage.cache_read_audio,
            ),
            (
                Modality::Image,
                Meter::InputImage,
                Some(Meter::CacheReadImage),
                usage.input_image,
                usage.cache_read_image,
            ),
            (Modality::Video, Meter::InputVideo, None, usage.input_video, usage.cache_read_video),
        ];
        // `check` has shown that none of these differences is below zero.
        let mut cached_text =
            usage.cache_read - usage.cache_read_audio - usage.cache_read_image - usage.cache_read_video;
        let written = usage.cache_write + usage.cache_write_1h;
        let mut text = usage.input_tokens - usage.cache_read - written;
        // What is heard and billed by the second is not billed by the token.
        let by_second = usage.fees.iter().any(|fee| fee.meter == Meter::Seconds) && rates.has(Meter::Seconds);
        if by_second && !rates.has(Meter::Input) && !rates.has(Meter::Output) {
            return Ok(());
        }
        let heard = if by_second { usage.input_audio - usage.cache_read_audio } else { 0 };
        text = text.saturating_sub(heard);
        if usage.input_audio + usage.input_image + usage.input_video != 0 {
            let mut parts = parts.map(|(modality, input, cache_read, tokens, cached)| Part {
                modality,
                input,
                cache_read,
                tokens: tokens - cached,
                cached,
            });
            let plain = rates.rate(Meter::Input, "")?;
            self.share_cache(rates, usage, &mut parts, &mut cached_text)?;
            for part in parts {
                if by_second && part.modality == Modality::Audio {
                    continue;
                }
                text = text.checked_sub(part.tokens).ok_or_else(|| {
                    Error::bad_usage(format!(
                        "of input_tokens ({}) fewer than the {} of {} are left beside those of the cache",
                        usage.input_tokens, part.tokens, part.modality
                    ))
                })?;
                let own = rates.rate(part.input, "")?;
                let is_text = own.is_none() && takes(model, part.modality);
                if is_text {
                    text += part.tokens;
                } else if part.tokens + part.cached != 0 {
                    // Where there is no such rate, this says so, though a cache gave all of it.
                    rates.rate_for(part.input, &[], self.at.day())?;
                    self.add(rates, part.input, &[], part.tokens)?;
                }
                // What costs as much as text does so in a cache, too.
                let is_dearer = own.is_some_and(|own| plain != Some(own));
                match part.cache_read {
                    Some(meter) if is_dearer || rates.has(meter) => self.add(rates, meter, &[], part.cached)?,
                    _ => cached_text += part.cached,
                }
            }
        }
        self.add(rates, Meter::Input, &[], text)?;
        self.add(rates, Meter::CacheRead, &[], cached_text)?;
        self.add(rates, Meter::CacheWrite, &[], usage.cache_write)?;
        self.add(rates, Meter::CacheWrite1h, &[], usage.cache_write_1h)?;

        let mut rest = usage.output_tokens;
        let mut take = |amount: u64| {
            rest = rest.checked_sub(amount).ok_or_else(|| {
                Error::bad_usage(format!("output_tokens ({}) are fewer than their parts together", usage.output_tokens))
            })?;
            Ok::<(), Error>(())
        };
        // What speaks and does nothing else need not say that it spoke.
        let untold = usage.output_audio + usage.output_image + usage.output_video == 0
            && rates.has(Meter::OutputAudio)
            && gives_only(model, Modality::Audio);
        let thought = if rates.has(Meter::Reasoning) { usage.reasoning_tokens } else { 0 };
        let spoken = if untold { usage.output_tokens.saturating_sub(thought) } else { usage.output_audio };
        let mut own: Vec<(Meter, u64)> = Vec::new();
        for (modality, meter, tokens) in [
            (Some(Modality::Audio), Meter::OutputAudio, spoken),
            (Some(Modality::Image), Meter::OutputImage, usage.output_image),
            (Some(Modality::Video), Meter::OutputVideo, usage.output_video),
            (None, Meter::Citation, usage.citation_tokens),
            (None, Meter::Reasoning, usage.reasoning_tokens),
        ] {
            if tokens == 0 {
                continue;
            }
            let is_output = !rates.has(meter) && modality.is_none_or(|modality| gives_only(model, modality));
            if !is_output {
                take(tokens)?;
                own.push((meter, tokens));
            }
        }
        self.add(rates, Meter::Output, &[], rest)?;
        for (meter, tokens) in own {
            self.add(rates, meter, &[], tokens)?;
        }
        Ok(())
    }

    /// Says of which modality the tokens of a cache were where the usage does not: text, as far as there is any.
    fn share_cache(
        &mut self,
        rates: Rates<'c>,
        usage: &Usage,
        parts: &mut [Part; 3],
        cached_text: &mut u64,
    ) -> Result<(), Error> {
        let written = usage.cache_write + usage.cache_write_1h;
        let beside: u64 = parts.iter().map(|part| part.tokens + part.cached).sum();
        let text = usage.input_tokens - beside;
        if *cached_text == 0 || parts.iter().any(|part| part.cached != 0) {
            return Ok(());
        }
        let mut over = (*cached_text + written).saturating_sub(text).min(*cached_text);
        let mut matters = false;
        for part in parts {
            matters |=
                part.tokens != 0 && (rates.has(part.input) || part.cache_read.is_some_and(|meter| rates.has(meter)));
            let taken = over.min(part.tokens);
            part.tokens -= taken;
            part.cached += taken;
            *cached_text -= taken;
            over -= taken;
        }
        if matters {
            self.notes.push("what was read from a cache is taken for text, as far as the prompt had any".to_owned());
        }
        Ok(())
    }

    /// What is billed beside tokens.
    fn fees(&mut self, rates: Rates<'c>, usage: &Usage) -> Result<(), Error> {
        let by_request = rates.has(Meter::Requests);
        for fee in &usage.fees {
            let Fee { meter, amount, details } = fee;
            // Whoever bills the request bills no search apart, but where that has a rate; and the other way round.
            let is_within = match meter {
                Meter::WebSearch => by_request && !rates.has(Meter::WebSearch),
                Meter::Seconds => !rates.has(Meter::Seconds),
                _ => false,
            };
            if *meter != Meter::Requests && !is_within {
                let details: Vec<&str> = details.iter().map(String::as_str).collect();
                self.add(rates, *meter, &details, *amount)?;
            }
        }
        if by_request && (usage.is_stated || usage.has_tokens()) {
            let stated = usage.fees.iter().find(|fee| fee.meter == Meter::Requests).and_then(|fee| fee.details.first());
            self.add(rates, Meter::Requests, &[stated.map_or(LEAST_CONTEXT, String::as_str)], 1)?;
        }
        Ok(())
    }

    /// What was asked for, where that decides the price.
    fn asked(&mut self, model: Resolved<'c>, rates: Rates<'c>, asked: Option<&Asked>) -> Result<(), Error> {
        let none = Asked::default();
        let asked = asked.unwrap_or(&none);
        let by_token = [Meter::Input, Meter::Output].into_iter().any(|meter| rates.has(meter));
        if rates.has(Meter::Images) {
            let size = asked.size.as_deref().unwrap_or(USUAL_SIZE);
            let quality = asked.quality.as_deref().unwrap_or(USUAL_QUALITY);
            if asked.size.is_none()
                && rates.stated().any(|(meter, detail)| meter == Meter::Images && !detail.is_empty())
            {
                self.notes.push(format!("no size is said: it is taken for {USUAL_SIZE}"));
            }
            let both = format!("{quality} {size}");
            return self.add(rates, Meter::Images, &[&both, size, quality], asked.number.unwrap_or(1));
        }
        if let Some(characters) = asked.characters.filter(|_| rates.has(Meter::Characters)) {
            return self.add(rates, Meter::Characters, &[], characters);
        }
        if let Some(seconds) = asked.seconds {
            let made = rates.has(Meter::OutputSeconds);
            let meter = if made { Meter::OutputSeconds } else { Meter::Seconds };
            if made || rates.has(Meter::Seconds) {
                if asked.is_rounded {
                    self.notes.push("a second that has begun is billed as one".to_owned());
                }
                let size = asked.size.as_deref().unwrap_or_default();
                let lines = size.split(['x', 'X', '*']).filter_map(|side| side.parse::<u32>().ok()).min();
                let lines = lines.map(|lines| format!("{lines}p")).unwrap_or_default();
                let both = format!("{} {size}", asked.quality.as_deref().unwrap_or_default());
                return self.add(
                    rates,
                    meter,
                    &[&both, size, &lines],
                    seconds.saturating_mul(asked.number.unwrap_or(1)),
                );
            }
        }
        let wanted = [
            (Meter::Images, asked.size.is_some() || asked.quality.is_some() || asked.number.is_some()),
            (Meter::Seconds, asked.seconds.is_some()),
            (Meter::Characters, asked.characters.is_some() && !is_free(rates)),
        ];
        if by_token && let Some((meter, _)) = wanted.into_iter().find(|(_, is_wanted)| *is_wanted) {
            return Err(Error::billed_by_token(model.id(), meter));
        }
        // What costs nothing costs nothing, however much of it there was.
        if by_token && is_free(rates) {
            return Ok(());
        }
        let billed = match (by_token, rates.has(Meter::Characters), rates.has(Meter::Seconds)) {
            (true, ..) => "tokens, and the body states none: give the response with its `usage`",
            (_, true, _) => "characters, and the body has none: give `input` or `input_characters`",
            (.., true) => "seconds, and the body has none: give `seconds`, or the response with its `duration`",
            _ => "what the body does not state",
        };
        Err(Error::bad_usage(format!("`{}` is billed by {billed}", model.id())))
    }
}

/// Whether an id has a word between its hyphens.
fn has_word(id: &str, word: &str) -> bool {
    // Few do, and splitting them all took a sixth of the time of a bill.
    id.contains(word) && id.split('-').any(|found| found == word)
}

/// Whether all tokens cost nothing, as is known.
fn is_free(rates: Rates<'_>) -> bool {
    [Meter::Input, Meter::Output].into_iter().all(|meter| match rates.rate(meter, "") {
        Ok(rate) => rate.is_none_or(|rate| rate.units() == 0),
        Err(_) => false,
    })
}

/// Whether a model takes something, so that a price that has no rate of its own for it has that of text.
fn takes(model: Resolved<'_>, modality: Modality) -> bool {
    model.takes(modality) || Modality::ALL.iter().all(|any| !model.takes(*any)) && modality != Modality::Audio
}

/// Whether a modality is all that a model gives, so that what its output costs is what that costs.
fn gives_only(model: Resolved<'_>, modality: Modality) -> bool {
    model.gives(modality) && Modality::ALL.iter().all(|other| *other == modality || !model.gives(*other))
}
