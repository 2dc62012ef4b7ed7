//! From each form of body to one form of usage.
//!
//! What the forms differ in: whether what a cache gave is a part of the prompt or comes on top, whether reasoning is a part of the
//! answer, and where a modality, a tier or a tool is told. Whole and parts come out the same for all.

use super::lenient::{List, Number, Object, Odd};
use super::wire::{Body, Details, Item, Modal, Tokens, Tools};
use super::{Asked, Fee, Reported, Usage, within};
use crate::at::At;
use crate::error::Error;
use crate::format::Format;
use crate::model::today;
use std::borrow::Cow;
use tokenfare_catalog::{Catalog, Meter, Money, Reasoning, Resolved};

/// A ten thousand millionth of a dollar, which xAI counts in.
const TICK: i128 = Money::UNITS_PER_USD / 10_000_000_000;

/// How much of the web a search puts before the model unless the request says otherwise.
pub(crate) const USUAL_CONTEXT: &str = "medium";

/// The same of Perplexity.
const PERPLEXITY_CONTEXT: &str = "low";

/// The maker of Gemini.
const GOOGLE: &str = "google";

/// Reads a body, or what stands alone as its usage; each is filled by whoever knows what it is read from.
pub(super) fn usage<'a>(
    format: Option<Format>,
    fill_body: &mut dyn FnMut(&mut Body<'a>) -> Result<(), Error>,
    fill_alone: &mut dyn FnMut(&mut Tokens<'a>) -> Result<(), Error>,
) -> Result<Usage, Error> {
    let mut outer = Body::default();
    fill_body(&mut outer)?;
    let mut found = Found::in_body(&outer);
    if found.tokens.is_none() {
        let mut tokens = Tokens::default();
        fill_alone(&mut tokens)?;
        if is_usage(&tokens) {
            found.tokens = Some(&tokens);
            return found.read(format);
        }
    }
    found.read(format)
}

/// Whether it states any usage at all.
fn is_usage(tokens: &Tokens<'_>) -> bool {
    let Tokens { prompt, completion, input, output, total, prompt_count, answer_count, thoughts_count, .. } = tokens;
    let Tokens { converse_input, converse_output, search_units, pages, cache_hit, native_prompt, .. } = tokens;
    let numbers = [prompt, completion, input, output, total, prompt_count, answer_count, thoughts_count];
    let others = [converse_input, converse_output, search_units, pages, cache_hit, native_prompt];
    numbers.into_iter().chain(others).any(is_there)
        || tokens.billed.get().is_some()
        || tokens.counted.get().is_some()
        || !tokens.iterations.0.is_empty()
}

fn is_there(number: &Number) -> bool {
    !matches!(number, Number::Absent)
}

/// The parts of a body that matter, whatever they were wrapped in.
struct Found<'b, 'a> {
    body: &'b Body<'a>,
    tokens: Option<&'b Tokens<'a>>,
    model: Option<&'b str>,
    made: Option<&'b str>,
    is_batch: bool,
    is_realtime: bool,
}

impl<'b, 'a> Found<'b, 'a> {
    /// Goes to the response inside an event of a stream, or a line of a batch's results.
    fn in_body(outer: &'b Body<'a>) -> Self {
        let mut body = outer;
        let mut model = body.model.get();
        let mut made = body.made.get();
        let mut is_batch = false;
        let mut is_realtime = false;
        while body.usage.get().is_none() {
            is_batch |= body.custom_id.0;
            let inner = [&body.response, &body.message, &body.result, &body.body, &body.x_groq]
                .into_iter()
                .find_map(|held| held.get());
            let Some(inner) = inner else { break };
            is_realtime |= body.kind.get() == Some("response.done");
            body = inner;
            model = body.model.get().or(model);
            made = made.or(body.made.get());
        }
        let tokens = (body.usage.get())
            .or_else(|| body.meta.get().filter(|meta| meta.billed.get().is_some()))
            .or_else(|| body.data.get().filter(|data| is_there(&data.native_prompt)));
        model = model.or(tokens.and_then(|tokens| tokens.model.get()));
        is_realtime |= body.object.get() == Some("realtime.response");
        Self { body, tokens, model, made, is_batch, is_realtime }
    }

    fn read(&self, format: Option<Format>) -> Result<Usage, Error> {
        let mut usage = Usage {
            model: self.model.map(str::to_owned),
            format: format.or_else(|| self.format()),
            made: self.made.and_then(moment),
            is_batch: self.is_batch,
            ..Usage::default()
        };
        usage.tier = self.body.tier.0.get().map(tier_word);
        usage.provider = usage.format.and_then(Format::provider).map(Cow::Borrowed);
        usage.asked = self.asked()?;
        if let Some(tokens) = self.tokens {
            if let Some(tier) = tokens.tier.0.get() {
                usage.tier = Some(tier_word(tier));
            }
            if is_usage(tokens) {
                usage.is_stated = true;
                if let Some(format) = usage.format {
                    self.read_tokens(format, tokens, &mut usage)?;
                }
            } else if tokens.seconds.0.is_none() {
                return Err(Error::bad_usage("the `usage` of the body states nothing that is known".to_owned()));
            }
            usage.reported = reported(tokens)?;
        }
        self.read_tools(&mut usage)?;
        let options = self.body.web_search_options.get();
        usage.context_size = options.and_then(|options| options.context_size.get()).map(str::to_owned);
        usage.check()?;
        Ok(usage)
    }

    /// Tells the form by what is there.
    fn format(&self) -> Option<Format> {
        let body = self.body;
        let Some(tokens) = self.tokens else {
            let is_moderation = body.results.0 && body.id.get().is_some_and(|id| id.starts_with("modr-"));
            return is_moderation.then_some(Format::OpenaiModerations);
        };
        let charges = tokens.cost.0.0.is_some() && (tokens.cost_details.get().is_some() || tokens.byok.0.is_some());
        let has = is_there;
        let Tokens { prompt, completion, input, output, .. } = tokens;
        Some(if has(&tokens.native_prompt) {
            Format::OpenrouterChat
        } else if [&tokens.prompt_count, &tokens.answer_count, &tokens.thoughts_count].into_iter().any(has) {
            Format::GeminiGenerateContent
        } else if has(&tokens.converse_input) || has(&tokens.converse_output) {
            Format::BedrockConverse
        } else if tokens.billed.get().is_some() || tokens.counted.get().is_some() || has(&tokens.search_units) {
            Format::Cohere
        } else if has(prompt) || has(completion) || has(&tokens.cache_hit) {
            if has(&tokens.citation) || has(&tokens.queries) || tokens.context_size.get().is_some() {
                Format::PerplexityChat
            } else if has(&tokens.ticks) {
                Format::XaiChat
            } else if charges {
                Format::OpenrouterChat
            } else if has(&tokens.cache_hit) || has(&tokens.cache_miss) {
                Format::DeepseekChat
            } else if !matches!(body.x_groq, Object::Absent) {
                Format::GroqChat
            } else if has(&tokens.num_cached) {
                Format::MistralChat
            } else if body.object.get() == Some("text_completion") {
                Format::OpenaiCompletions
            } else if has(completion) || body.choices.0 {
                Format::OpenaiChat
            } else {
                Format::OpenaiEmbeddings
            }
        } else if has(input) || has(output) {
            let is_anthropic = has(&tokens.cache_read)
                || has(&tokens.cache_creation)
                || !tokens.iterations.0.is_empty()
                || body.kind.get() == Some("message")
                || body.stop_reason.0;
            if is_anthropic {
                Format::AnthropicMessages
            } else if has(&tokens.ticks) {
                Format::XaiResponses
            } else if charges {
                Format::OpenrouterResponses
            } else if self.is_realtime {
                Format::OpenaiRealtime
            } else if tokens.kind.get() == Some("tokens") {
                Format::OpenaiTranscriptions
            } else if matches!(body.data, Object::Odd) {
                Format::OpenaiImages
            } else {
                Format::OpenaiResponses
            }
        } else if has(&tokens.pages) {
            Format::MistralOcr
        } else if tokens.seconds.0.is_some() {
            Format::OpenaiTranscriptions
        } else {
            Format::OpenaiEmbeddings
        })
    }

    fn read_tokens(&self, format: Format, tokens: &Tokens<'a>, usage: &mut Usage) -> Result<(), Error> {
        match format {
            Format::AnthropicMessages => messages(tokens, usage),
            Format::GeminiGenerateContent => generated(tokens, usage),
            Format::BedrockConverse => converse(tokens, usage),
            Format::Cohere => cohere(tokens, usage),
            Format::MistralOcr => pages(tokens, usage),
            _ if is_there(&tokens.native_prompt) => native(tokens, usage),
            _ if is_there(&tokens.input) || is_there(&tokens.output) => responses(format, tokens, usage),
            _ => chat(format, tokens, usage),
        }
    }

    /// What decides the price where there are no tokens.
    fn asked(&self) -> Result<Option<Asked>, Error> {
        let body = self.body;
        let stated = self.tokens.filter(|tokens| tokens.kind.get() != Some("tokens")).map(|tokens| &tokens.seconds);
        let seconds = [stated, Some(&body.seconds), Some(&body.duration)];
        let seconds = seconds.into_iter().flatten().find_map(|seconds| seconds.0.as_deref());
        let (seconds, is_rounded) = seconds.map(whole_seconds).transpose()?.unzip();
        let asked = Asked {
            size: body.size.get().map(str::to_owned),
            quality: body.quality.get().map(str::to_owned),
            number: count("n", &body.number)?,
            characters: count("input_characters", &body.characters)?.or(body.input.0),
            seconds,
            is_rounded: is_rounded.unwrap_or(false),
        };
        Ok((asked != Asked::default()).then_some(asked))
    }

    /// What tools ran that are billed by the call.
    fn read_tools(&self, usage: &mut Usage) -> Result<(), Error> {
        let mut searches = 0;
        let mut file_searches = 0;
        for item in &self.body.output.0 {
            match item.kind.get() {
                // A page that is opened, or searched, costs nothing.
                Some("web_search_call") => {
                    let action = item.action.get().and_then(|action| action.kind.get());
                    searches += u64::from(matches!(action, None | Some("search")));
                }
                Some("file_search_call") => file_searches += 1,
                Some(kind @ ("code_interpreter_call" | "image_generation_call")) => {
                    return Err(Error::unpriced_tool(kind));
                }
                _ => {}
            }
        }
        if searches != 0 {
            // What the provider counts itself holds.
            if !usage.fees.iter().any(|fee| fee.meter == Meter::WebSearch) {
                usage.fees.push(self.web_search(searches));
            }
        }
        if file_searches != 0 && !usage.fees.iter().any(|fee| fee.meter == Meter::FileSearch) {
            usage.fees.push(fee(Meter::FileSearch, file_searches));
        }
        Ok(())
    }

    /// Searches of the web, by which tool and into how much context.
    fn web_search(&self, amount: u64) -> Fee {
        let tool =
            self.body.tools.0.iter().find(|tool| tool.kind.get().is_some_and(|kind| kind.starts_with("web_search")));
        let is_preview =
            tool.and_then(|tool| tool.kind.get()).is_some_and(|kind| kind.starts_with("web_search_preview"));
        let size = |item: Option<&'b Item<'a>>| item.and_then(|item| item.context_size.get());
        let size = size(tool).unwrap_or(USUAL_CONTEXT);
        let preview = is_preview.then(|| "preview".to_owned());
        Fee { meter: Meter::WebSearch, amount, details: preview.into_iter().chain([size.to_owned()]).collect() }
    }
}

/// OpenAI's chat completions, legacy completions and embeddings, and those after them: what a cache gave is a part of the prompt.
fn chat(format: Format, tokens: &Tokens<'_>, usage: &mut Usage) -> Result<(), Error> {
    let hit = count("prompt_cache_hit_tokens", &tokens.cache_hit)?;
    let miss = count("prompt_cache_miss_tokens", &tokens.cache_miss)?;
    let by_cache = hit.zip(miss).map(|(hit, miss)| add("prompt_cache_hit_tokens", hit, miss)).transpose()?;
    let total = count("total_tokens", &tokens.total)?;
    let completion = count("completion_tokens", &tokens.completion)?;
    let prompt = match (count("prompt_tokens", &tokens.prompt)?, by_cache) {
        (Some(prompt), Some(sum)) if prompt != sum => {
            return Err(Error::bad_usage(format!(
                "prompt_tokens ({prompt}) are not the sum of prompt_cache_hit_tokens and prompt_cache_miss_tokens ({sum})"
            )));
        }
        (Some(prompt), _) => prompt,
        (None, Some(sum)) => sum,
        // Embeddings of some state nothing else.
        (None, None) if completion.is_none() => total.unwrap_or(0),
        (None, None) => return Err(Error::bad_usage("`completion_tokens` stand without `prompt_tokens`".to_owned())),
    };
    usage.input_tokens = prompt;
    read_input_details("prompt_tokens_details", &tokens.prompt_details.details, usage)?;
    let elsewhere = [
        ("cached_tokens", count("cached_tokens", &tokens.cached)?),
        ("prompt_cache_hit_tokens", hit),
        ("num_cached_tokens", count("num_cached_tokens", &tokens.num_cached)?),
        ("cache_read_input_tokens", count("cache_read_input_tokens", &tokens.cache_read)?),
    ];
    if usage.cache_read == 0 {
        usage.cache_read =
            elsewhere.into_iter().find_map(|(_, cached)| cached.filter(|cached| *cached != 0)).unwrap_or(0);
    }
    for (name, stated) in elsewhere {
        // Nothing in one place may be a place that is not used; but a miss that is stated is one.
        let cached = usage.cache_read;
        let is_unused = stated == Some(0) && (name != "prompt_cache_hit_tokens" || by_cache.is_none());
        if let Some(stated) = stated.filter(|stated| cached != 0 && *stated != cached && !is_unused) {
            return Err(Error::bad_usage(format!(
                "{name} ({stated}) and cached_tokens ({cached}) contradict each other"
            )));
        }
    }
    if usage.cache_write == 0 {
        usage.cache_write = count("cache_creation_input_tokens", &tokens.cache_creation)?.unwrap_or(0);
    }
    within("cached_tokens", usage.cache_read, "prompt_tokens", prompt)?;

    let completion = completion.unwrap_or(0);
    let details = details_of("completion_tokens_details", &tokens.completion_details)?;
    check_parts(details, completion)?;
    usage.output_audio =
        count("completion_tokens_details.audio_tokens", of_details(details, |details| &details.audio))?.unwrap_or(0);
    usage.output_image =
        count("completion_tokens_details.image_tokens", of_details(details, |details| &details.image))?.unwrap_or(0);
    usage.output_video =
        count("completion_tokens_details.video_tokens", of_details(details, |details| &details.video))?.unwrap_or(0);
    let reasoning =
        count("completion_tokens_details.reasoning_tokens", of_details(details, |details| &details.reasoning))?
            .or(count("reasoning_tokens", &tokens.reasoning)?)
            .unwrap_or(0);
    if let Some(seconds) = &tokens.heard.0 {
        // Mistral counts what it hears beside the prompt, and bills it by the second.
        let (seconds, _) = whole_seconds(seconds)?;
        usage.fees.push(fee(Meter::Seconds, seconds));
        if let Some(heard) = total.and_then(|total| total.checked_sub(sum_of(&[prompt, completion])?)) {
            usage.input_audio = heard;
            usage.input_tokens = add("prompt_tokens", prompt, heard)?;
        }
    }
    within("audio_tokens", usage.input_audio, "prompt_tokens", usage.input_tokens)?;
    check_modalities(&tokens.prompt_details.details, usage)?;
    if format == Format::PerplexityChat {
        let citation = count("citation_tokens", &tokens.citation)?.unwrap_or(0);
        let sums = [sum_of(&[prompt, completion]), sum_of(&[prompt, completion, reasoning, citation])];
        if let Some(total) = total
            && !sums.contains(&Some(total))
        {
            return Err(Error::bad_usage(format!(
                "total_tokens ({total}) is not the sum of prompt_tokens ({prompt}) and completion_tokens ({completion})"
            )));
        }
        usage.reasoning_tokens = reasoning;
        usage.citation_tokens = citation;
        usage.output_tokens = add("completion_tokens", add("completion_tokens", completion, reasoning)?, citation)?;
        let queries = count("num_search_queries", &tokens.queries)?.unwrap_or(0);
        if queries != 0 {
            usage.fees.push(fee(Meter::WebSearch, queries));
        }
        let size = tokens.context_size.get().unwrap_or(PERPLEXITY_CONTEXT);
        usage.fees.push(Fee { meter: Meter::Requests, amount: 1, details: vec![size.to_owned()] });
    } else {
        let names = ("prompt_tokens", "completion_tokens");
        place_reasoning(format, names, total, usage.input_tokens, completion, reasoning, usage)?;
    }
    read_tools_of(tokens, usage)
}

/// OpenAI's responses, pictures, realtime sessions and transcriptions, and those after them.
fn responses(format: Format, tokens: &Tokens<'_>, usage: &mut Usage) -> Result<(), Error> {
    usage.input_tokens = count("input_tokens", &tokens.input)?.unwrap_or(0);
    let output = count("output_tokens", &tokens.output)?.unwrap_or(0);
    read_input_details("input_tokens_details", &tokens.input_details, usage)?;
    check_modalities(&tokens.input_details, usage)?;
    if usage.cache_read == 0 {
        usage.cache_read = count("cached_tokens", &tokens.cached)?.unwrap_or(0);
    }
    within("cached_tokens", usage.cache_read, "input_tokens", usage.input_tokens)?;
    let details = details_of("output_tokens_details", &tokens.output_details)?;
    check_parts(details, output)?;
    usage.output_audio =
        count("output_tokens_details.audio_tokens", of_details(details, |details| &details.audio))?.unwrap_or(0);
    usage.output_image =
        match count("output_tokens_details.image_tokens", of_details(details, |details| &details.image))? {
            Some(image) => image,
            // A picture is all that is given where nothing else is said.
            None if format == Format::OpenaiImages && details.is_none() => output,
            None => 0,
        };
    let reasoning = count("output_tokens_details.reasoning_tokens", of_details(details, |details| &details.reasoning))?
        .or(count("reasoning_tokens", &tokens.reasoning)?)
        .unwrap_or(0);
    let total = count("total_tokens", &tokens.total)?;
    place_reasoning(format, ("input_tokens", "output_tokens"), total, usage.input_tokens, output, reasoning, usage)?;
    read_tools_of(tokens, usage)
}

/// Anthropic's messages: what a cache gave or was given comes on top of the input.
fn messages(tokens: &Tokens<'_>, usage: &mut Usage) -> Result<(), Error> {
    // Where a request took several turns, the top level leaves some of them out.
    let turns = &tokens.iterations.0;
    let mut whole = Usage::default();
    message(tokens, &mut whole)?;
    if turns.is_empty() {
        whole.model = usage.model.take();
        let Usage { input_tokens, cache_read, cache_write, cache_write_1h, output_tokens, reasoning_tokens, .. } =
            whole;
        *usage = Usage {
            model: whole.model,
            input_tokens,
            cache_read,
            cache_write,
            cache_write_1h,
            output_tokens,
            reasoning_tokens,
            notes: whole.notes,
            ..std::mem::take(usage)
        };
    }
    let has_fallback = turns.iter().any(|turn| turn.kind.get().is_some_and(|kind| kind.contains("fallback")));
    for turn in turns {
        let other = turn.model.get().filter(|model| Some(*model) != usage.model.as_deref());
        if has_fallback && other.is_some() && turn.kind.get() == Some("message") {
            continue; // This model declined and another answered: it is not billed.
        }
        let mut used = Usage { model: other.map(str::to_owned), format: usage.format, ..Usage::default() };
        message(turn, &mut used)?;
        if other.is_none() {
            message(turn, usage)?;
        }
        usage.turns.push(used);
    }
    if tokens.speed.get().is_some_and(|speed| speed != "standard") {
        usage.tier = tokens.speed.get().map(tier_word);
    }
    // Older models answer `not_available`.
    usage.region = tokens.geo.get().filter(|geo| !matches!(*geo, "global" | "not_available")).map(str::to_owned);
    read_tools_of(tokens, usage)
}

/// Adds one turn.
fn message(turn: &Tokens<'_>, usage: &mut Usage) -> Result<(), Error> {
    let read = count("cache_read_input_tokens", &turn.cache_read)?.unwrap_or(0);
    let written = count("cache_creation_input_tokens", &turn.cache_creation)?;
    let (five_minutes, hour) = match turn.cache_creation_by_life.get() {
        None => (written.unwrap_or(0), 0),
        Some(by_life) => {
            let five_minutes = count("ephemeral_5m_input_tokens", &by_life.five_minutes)?.unwrap_or(0);
            let hour = count("ephemeral_1h_input_tokens", &by_life.hour)?.unwrap_or(0);
            let sum = add("cache_creation", five_minutes, hour)?;
            match written {
                Some(written) if written < sum => {
                    return Err(Error::bad_usage(format!(
                        "cache_creation_input_tokens ({written}) are fewer than what was written for five minutes and for an \
                         hour ({sum})"
                    )));
                }
                // Where a tool of the server took turns, how long each was kept is stated of the last turn only; and some
                // answers state nothing.
                Some(written) if written > sum => {
                    if sum != 0 && turn.tools.get().is_none() {
                        return Err(Error::bad_usage(format!(
                            "cache_creation_input_tokens ({written}) are not the sum of what was written for five minutes and \
                             for an hour ({sum})"
                        )));
                    }
                    usage.notes.push(format!(
                        "of {} tokens written to the cache it is not said for how long: taken for five minutes",
                        written - sum
                    ));
                    (written - hour, hour)
                }
                _ => (five_minutes, hour),
            }
        }
    };
    let input = count("input_tokens", &turn.input)?.unwrap_or(0);
    let all = [input, read, five_minutes, hour];
    for tokens in all {
        usage.input_tokens = add("input_tokens", usage.input_tokens, tokens)?;
    }
    usage.cache_read = add("cache_read_input_tokens", usage.cache_read, read)?;
    usage.cache_write = add("cache_creation_input_tokens", usage.cache_write, five_minutes)?;
    usage.cache_write_1h = add("ephemeral_1h_input_tokens", usage.cache_write_1h, hour)?;
    let output = count("output_tokens", &turn.output)?.unwrap_or(0);
    usage.output_tokens = add("output_tokens", usage.output_tokens, output)?;
    let thinking =
        turn.output_details.get().map_or(Ok(None), |details| count("thinking_tokens", &details.reasoning))?;
    let thinking = thinking.unwrap_or(0);
    within("thinking_tokens", thinking, "output_tokens", output)?;
    usage.reasoning_tokens = add("thinking_tokens", usage.reasoning_tokens, thinking)?;
    Ok(())
}

/// Gemini's generated content: thoughts are beside the answer, and what tools put before the model beside the prompt.
fn generated(tokens: &Tokens<'_>, usage: &mut Usage) -> Result<(), Error> {
    let prompt = count("promptTokenCount", &tokens.prompt_count)?.unwrap_or(0);
    let tools = count("toolUsePromptTokenCount", &tokens.tool_count)?.unwrap_or(0);
    let answer = count("candidatesTokenCount", &tokens.answer_count)?.unwrap_or(0);
    let thoughts = count("thoughtsTokenCount", &tokens.thoughts_count)?.unwrap_or(0);
    let cached = count("cachedContentTokenCount", &tokens.cached_count)?.unwrap_or(0);
    within("cachedContentTokenCount", cached, "promptTokenCount", prompt)?;
    usage.input_tokens = add("promptTokenCount", prompt, tools)?;
    usage.cache_read = cached;
    let all = [&tokens.prompt_details.by_modality, &tokens.tool_by_modality];
    let mut seen = Seen::default();
    for list in all {
        seen.add("promptTokensDetails", list)?;
    }
    within("promptTokensDetails", seen.sum("promptTokensDetails")?, "tokens of the prompt", usage.input_tokens)?;
    (usage.input_audio, usage.input_image, usage.input_video) = (seen.audio, seen.image, seen.video);
    let seen = modalities("cacheTokensDetails", &tokens.cached_by_modality)?;
    within("cacheTokensDetails", seen.sum("cacheTokensDetails")?, "cachedContentTokenCount", cached)?;
    (usage.cache_read_audio, usage.cache_read_image, usage.cache_read_video) = (seen.audio, seen.image, seen.video);
    let seen = modalities("candidatesTokensDetails", &tokens.answer_by_modality)?;
    within("candidatesTokensDetails", seen.sum("candidatesTokensDetails")?, "candidatesTokenCount", answer)?;
    (usage.output_audio, usage.output_image, usage.output_video) = (seen.audio, seen.image, seen.video);

    usage.reasoning_tokens = thoughts;
    let outside = add("candidatesTokenCount", answer, thoughts)?;
    let total = count("totalTokenCount", &tokens.total)?;
    usage.output_tokens = match total {
        Some(total) if Some(total) == sum_of(&[usage.input_tokens, answer]) && thoughts <= answer => answer,
        Some(total) if Some(total) != sum_of(&[usage.input_tokens, outside]) => {
            return Err(Error::bad_usage(format!(
                "totalTokenCount ({total}) is not the sum of promptTokenCount ({prompt}), toolUsePromptTokenCount ({tools}), \
                 candidatesTokenCount ({answer}) and thoughtsTokenCount ({thoughts})"
            )));
        }
        _ => outside,
    };
    match tokens.traffic.get() {
        None | Some("ON_DEMAND" | "TRAFFIC_TYPE_UNSPECIFIED" | "0" | "1") => {}
        Some("ON_DEMAND_PRIORITY") => usage.tier = Some("priority".into()),
        Some("ON_DEMAND_FLEX") => usage.tier = Some("flex".into()),
        Some(other) => usage.tier = Some(tier_word(other)),
    }
    Ok(())
}

/// Tokens by modality.
#[derive(Default)]
struct Seen {
    text: u64,
    audio: u64,
    image: u64,
    video: u64,
}

impl Seen {
    /// Adds what is of each modality; the pages of documents are pictures. Some libraries number the modalities.
    fn add(&mut self, name: &str, list: &List<Modal<'_>>) -> Result<(), Error> {
        for item in &list.0 {
            let tokens = count(name, &item.tokens)?.unwrap_or(0);
            let modality = item.modality.get().unwrap_or_default();
            let modality = modality.rsplit('.').next().unwrap_or(modality).to_ascii_uppercase();
            let sum = match &*modality {
                "AUDIO" | "4" => &mut self.audio,
                "IMAGE" | "DOCUMENT" | "2" | "5" => &mut self.image,
                "VIDEO" | "3" => &mut self.video,
                _ => &mut self.text,
            };
            *sum = add(name, *sum, tokens)?;
        }
        Ok(())
    }

    fn sum(&self, name: &str) -> Result<u64, Error> {
        let Self { text, audio, image, video } = *self;
        [audio, image, video].into_iter().try_fold(text, |sum, tokens| add(name, sum, tokens))
    }
}

fn modalities(name: &str, list: &List<Modal<'_>>) -> Result<Seen, Error> {
    let mut seen = Seen::default();
    seen.add(name, list)?;
    Ok(seen)
}

/// Bedrock's Converse: what a cache gave or was given comes on top of the input. The AI SDK has the same names, and counts what a
/// cache gave as a part.
fn converse(tokens: &Tokens<'_>, usage: &mut Usage) -> Result<(), Error> {
    let input = count("inputTokens", &tokens.converse_input)?.unwrap_or(0);
    let read = count("cacheReadInputTokens", &tokens.converse_read)?.unwrap_or(0);
    let written = count("cacheWriteInputTokens", &tokens.converse_write)?.unwrap_or(0);
    let mut hour = 0;
    for write in &tokens.converse_writes.0 {
        if write.life.get() == Some("1h") {
            hour = add("cacheDetails", hour, count("cacheDetails", &write.tokens)?.unwrap_or(0))?;
        }
    }
    within("cacheDetails", hour, "cacheWriteInputTokens", written)?;
    usage.cache_read = read;
    usage.cache_write = written - hour;
    usage.cache_write_1h = hour;
    usage.input_tokens = add("inputTokens", add("inputTokens", input, read)?, written)?;
    usage.output_tokens = count("outputTokens", &tokens.converse_output)?.unwrap_or(0);
    if let Some(part) = count("cachedInputTokens", &tokens.cached)? {
        within("cachedInputTokens", part, "inputTokens", input)?;
        usage.cache_read = part;
        usage.provider = None;
    }
    if let Some(reasoning) = count("reasoningTokens", &tokens.reasoning)? {
        usage.reasoning_tokens = reasoning;
        within("reasoningTokens", reasoning, "outputTokens", usage.output_tokens)?;
    }
    if let Some(total) = count("totalTokens", &tokens.total)? {
        let with_cache = sum_of(&[usage.input_tokens, usage.output_tokens]);
        if Some(total) != with_cache && Some(total) != sum_of(&[input, usage.output_tokens]) {
            return Err(Error::bad_usage(format!(
                "totalTokens ({total}) is not the sum of inputTokens ({input}) and outputTokens ({}), with or without the cache",
                usage.output_tokens
            )));
        }
    }
    Ok(())
}

/// Cohere: what is billed is stated beside what was counted.
fn cohere(tokens: &Tokens<'_>, usage: &mut Usage) -> Result<(), Error> {
    let billed = tokens.billed.get().or_else(|| tokens.counted.get()).unwrap_or(tokens);
    usage.input_tokens = count("input_tokens", &billed.input)?.unwrap_or(0);
    usage.output_tokens = count("output_tokens", &billed.output)?.unwrap_or(0);
    let cached = count("cached_tokens", &tokens.cached)?.unwrap_or(0);
    within("cached_tokens", cached, "input_tokens", usage.input_tokens)?;
    usage.cache_read = cached;
    if let Some(units) = count("search_units", &billed.search_units)?
        && units != 0
    {
        usage.fees.push(fee(Meter::SearchUnits, units));
    }
    Ok(())
}

/// Mistral's text from pages.
fn pages(tokens: &Tokens<'_>, usage: &mut Usage) -> Result<(), Error> {
    let pages = count("pages_processed", &tokens.pages)?.unwrap_or(0);
    usage.fees.push(fee(Meter::Pages, pages));
    Ok(())
}

/// What the prompt is made of. The parts are of the prompt that `usage` has.
fn read_input_details(name: &str, details: &Object<Details<'_>>, usage: &mut Usage) -> Result<(), Error> {
    let Some(details) = details_of(name, details)? else { return Ok(()) };
    let whole = usage.input_tokens;
    let part = |field: &str, number: &Number| -> Result<u64, Error> {
        let part = count(field, number)?.unwrap_or(0);
        within(field, part, "tokens of the prompt", whole).map(|()| part)
    };
    part("text_tokens", &details.text)?;
    usage.cache_read = part("cached_tokens", &details.cached)?;
    usage.cache_write = part("cache_write_tokens", &details.written)?;
    usage.input_audio = count("audio_tokens", &details.audio)?.unwrap_or(0);
    usage.input_image = part("image_tokens", &details.image)?;
    usage.input_video = part("video_tokens", &details.video)?;
    if let Some(cached) = details_of("cached_tokens_details", &details.of_cached)? {
        part("cached_tokens_details.text_tokens", &cached.text)?;
        usage.cache_read_audio = part("cached_tokens_details.audio_tokens", &cached.audio)?;
        usage.cache_read_image = part("cached_tokens_details.image_tokens", &cached.image)?;
        usage.cache_read_video = part("cached_tokens_details.video_tokens", &cached.video)?;
        let text = count("cached_tokens_details.text_tokens", &cached.text)?.unwrap_or(0);
        let all = sum_of(&[text, usage.cache_read_audio, usage.cache_read_image, usage.cache_read_video]);
        within("cached_tokens_details", all.unwrap_or(u64::MAX), "cached_tokens", usage.cache_read)?;
    }
    Ok(())
}

/// The modalities of a prompt are no more than it.
fn check_modalities(details: &Object<Details<'_>>, usage: &Usage) -> Result<(), Error> {
    let Some(details) = details.get() else { return Ok(()) };
    let text = count("text_tokens", &details.text)?.unwrap_or(0);
    let all = sum_of(&[text, usage.input_audio, usage.input_image, usage.input_video]).unwrap_or(u64::MAX);
    within("text_tokens and those beside them", all, "tokens of the prompt", usage.input_tokens)
}

/// The details, if there are any.
fn details_of<'d, 'a>(name: &str, details: &'d Object<Details<'a>>) -> Result<Option<&'d Details<'a>>, Error> {
    match details {
        Object::Odd => Err(Error::bad_usage(format!("{name} is no object of numbers"))),
        details => Ok(details.get()),
    }
}

/// The parts of an answer are no more than it. What was predicted, rightly or not, is one that has no rate of its own.
fn check_parts(details: Option<&Details<'_>>, answer: u64) -> Result<(), Error> {
    let Some(details) = details else { return Ok(()) };
    let mut all = 0;
    for (name, part) in [
        ("text_tokens", &details.text),
        ("audio_tokens", &details.audio),
        ("image_tokens", &details.image),
        ("video_tokens", &details.video),
    ] {
        let part = count(name, part)?.unwrap_or(0);
        within(name, part, "tokens of the answer", answer)?;
        all = add(name, all, part)?;
    }
    within("text_tokens and those beside them", all, "tokens of the answer", answer)?;
    let right = count("accepted_prediction_tokens", &details.predicted)?.unwrap_or(0);
    let wrong = count("rejected_prediction_tokens", &details.mispredicted)?.unwrap_or(0);
    let both = add("accepted_prediction_tokens", right, wrong)?;
    within("accepted_prediction_tokens + rejected_prediction_tokens", both, "tokens of the answer", answer)
}

/// What OpenRouter says of a request that was made before, in the tokens of the provider behind it.
fn native(tokens: &Tokens<'_>, usage: &mut Usage) -> Result<(), Error> {
    let number = |name: &str, number: &Number| Ok::<u64, Error>(count(name, number)?.unwrap_or(0));
    usage.input_tokens = number("native_tokens_prompt", &tokens.native_prompt)?;
    usage.output_tokens = number("native_tokens_completion", &tokens.native_completion)?;
    usage.reasoning_tokens = number("native_tokens_reasoning", &tokens.native_reasoning)?;
    usage.cache_read = number("native_tokens_cached", &tokens.native_cached)?;
    Ok(())
}

/// Puts reasoning where the total shows it to be: a part of the answer, or beside it. Without a total, where the form has it, or the
/// model.
fn place_reasoning(
    format: Format,
    (in_name, out_name): (&str, &str),
    total: Option<u64>,
    input: u64,
    answer: u64,
    reasoning: u64,
    usage: &mut Usage,
) -> Result<(), Error> {
    let inside = sum_of(&[input, answer]);
    let outside = sum_of(&[input, answer, reasoning]);
    let is_outside = match total {
        Some(total) if Some(total) == inside => false,
        Some(total) if Some(total) == outside => true,
        // What is left over was thought, though nothing says so.
        Some(total) if reasoning == 0 && inside.is_some_and(|inside| inside < total) && is_gemini(usage) => {
            usage.reasoning_tokens = total - input - answer;
            usage.output_tokens = total - input;
            usage.notes.push(format!(
                "{} tokens of the total are in neither part of it: taken for reasoning",
                usage.reasoning_tokens
            ));
            return Ok(());
        }
        Some(total) => {
            let and = if reasoning == 0 { String::new() } else { format!(", with or without reasoning ({reasoning})") };
            return Err(Error::bad_usage(format!(
                "total_tokens ({total}) is not the sum of {in_name} ({input}) and {out_name} ({answer}){and}"
            )));
        }
        None => reasoning != 0 && (format == Format::XaiChat || thinks_outside(usage)),
    };
    usage.reasoning_tokens = reasoning;
    usage.output_tokens = if is_outside { add(out_name, answer, reasoning)? } else { answer };
    within("reasoning_tokens", reasoning, out_name, usage.output_tokens)
}

/// Whether the model that answered counts its thinking beside its answer.
fn thinks_outside(usage: &Usage) -> bool {
    answered(usage).is_some_and(|found| found.reasoning() == Some(Reasoning::Outside))
}

/// Whether Gemini answered behind OpenAI's interface, which counts its thinking in the total alone.
fn is_gemini(usage: &Usage) -> bool {
    let is_one = |found: Resolved<'_>| found.provider() == GOOGLE && found.reasoning() == Some(Reasoning::Outside);
    usage.format == Some(Format::OpenaiChat) && answered(usage).is_some_and(is_one)
}

/// The model that answered, if it is known.
fn answered(usage: &Usage) -> Option<Resolved<'static>> {
    let name = usage.model.as_deref()?;
    let known = |provider| Catalog::bundled().known(provider, name, today());
    usage.provider.as_deref().and_then(|provider| known(Some(provider))).or_else(|| known(None))
}

/// Calls of tools that the usage itself counts.
fn read_tools_of(tokens: &Tokens<'_>, usage: &mut Usage) -> Result<(), Error> {
    let mut read = |tools: &Tools<'_>| -> Result<(), Error> {
        let searches = [
            count("web_search_requests", &tools.web_search)?,
            tools.searches.get().map_or(Ok(None), |search| count("search_web.invocation", &search.times))?,
        ];
        let searches = searches.into_iter().flatten().sum::<u64>();
        if searches != 0 && !usage.fees.iter().any(|fee| fee.meter == Meter::WebSearch) {
            usage.fees.push(Fee { meter: Meter::WebSearch, amount: searches, details: vec![USUAL_CONTEXT.to_owned()] });
        }
        let files = count("file_search_calls", &tools.file_search)?.unwrap_or(0);
        if files != 0 {
            usage.fees.push(fee(Meter::FileSearch, files));
        }
        for (name, number) in [
            ("x_search_calls", &tools.x_search),
            ("document_search_calls", &tools.document_search),
            ("code_interpreter_calls", &tools.code),
            ("image_generation_calls", &tools.pictures),
        ] {
            if count(name, number)?.unwrap_or(0) != 0 {
                return Err(Error::unpriced_tool(name));
            }
        }
        Ok(())
    };
    for tools in [&tokens.tools, &tokens.tool_details].into_iter().filter_map(|tools| tools.get()) {
        read(tools)?;
    }
    Ok(())
}

/// What the provider says it charged.
fn reported(tokens: &Tokens<'_>) -> Result<Option<Reported>, Error> {
    if let Some(ticks) = count("cost_in_usd_ticks", &tokens.ticks)? {
        let cost = i128::from(ticks).checked_mul(TICK).map(Money::from_units);
        let cost = cost.ok_or_else(|| Error::bad_usage(format!("cost_in_usd_ticks ({ticks}) is beyond all money")))?;
        return Ok(Some(Reported { cost, upstream: None, is_byok: false }));
    }
    let Some(cost) = &tokens.cost.0.0 else { return Ok(None) };
    let upstream = tokens.cost_details.get().and_then(|details| details.upstream.0.as_deref());
    Ok(Some(Reported {
        cost: money("cost", cost)?,
        upstream: upstream.map(|upstream| money("upstream_inference_cost", upstream)).transpose()?,
        is_byok: tokens.byok.0.unwrap_or(false),
    }))
}

/// Money of a decimal. A float may have left it more places than there are: it is rounded there.
fn money(name: &str, text: &str) -> Result<Money, Error> {
    const PLACES: usize = 15;
    let bad = |_| bad_money(name, text);
    let (kept, rest) = match text.split_once('.') {
        Some((whole, places)) if places.len() > PLACES && places.is_ascii() => text.split_at(whole.len() + 1 + PLACES),
        _ => (text, ""),
    };
    let mut amount: Money = kept.parse().map_err(bad)?;
    if rest.as_bytes().first().is_some_and(|digit| *digit >= b'5') {
        amount = amount.checked_add(Money::from_units(Money::UNITS_PER_USD / 10_i128.pow(15))).map_err(bad)?;
    }
    if text.starts_with('-') || !rest.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(bad_money(name, text));
    }
    Ok(amount)
}

fn bad_money(name: &str, text: &str) -> Error {
    Error::bad_usage(format!("{name} is {text}, which is no amount of money that is charged"))
}

/// Whole seconds of a decimal, and whether it was rounded: a second that has begun is billed.
fn whole_seconds(text: &str) -> Result<(u64, bool), Error> {
    let bad = || Error::bad_usage(format!("{text} is not a number of seconds"));
    let (whole, rest) = text.split_once('.').unwrap_or((text, "0"));
    if whole.is_empty() || rest.is_empty() || !whole.bytes().chain(rest.bytes()).all(|byte| byte.is_ascii_digit()) {
        return Err(bad());
    }
    let whole: u64 = whole.parse().map_err(|_| bad())?;
    match rest.bytes().all(|byte| byte == b'0') {
        true => Ok((whole, false)),
        false => whole.checked_add(1).map(|whole| (whole, true)).ok_or_else(bad),
    }
}

/// A number of the details, if there are any.
fn of_details<'d, 'a>(details: Option<&'d Details<'a>>, pick: impl Fn(&'d Details<'a>) -> &'d Number) -> &'d Number {
    details.map_or(&Number::Absent, pick)
}

/// A provider's word for a tier.
fn tier_word(word: &str) -> Cow<'static, str> {
    const USUAL: [&str; 4] = ["default", "standard", "auto", "on_demand"];
    match USUAL.into_iter().find(|usual| *usual == word) {
        Some(usual) => Cow::Borrowed(usual),
        None => Cow::Owned(word.to_owned()),
    }
}

/// When something was made: in seconds or thousandths of them since 1970, or as text. What is neither says nothing.
fn moment(text: &str) -> Option<At> {
    // In seconds this is the year 5138, in thousandths 1973.
    const LATEST: u64 = 100_000_000_000;
    let whole = text.split('.').next().unwrap_or(text);
    match whole.parse::<u64>() {
        Ok(seconds) if seconds < LATEST => Some(At::from_seconds_since_1970(seconds)),
        Ok(thousandths) => Some(At::from_seconds_since_1970(thousandths / 1_000)),
        Err(_) => text.parse().ok(),
    }
}

fn fee(meter: Meter, amount: u64) -> Fee {
    Fee { meter, amount, details: Vec::new() }
}

/// A number of things, if it is there. These few are asked dozens of times of every body: their errors are made elsewhere.
#[inline]
fn count(name: &str, number: &Number) -> Result<Option<u64>, Error> {
    #[cold]
    fn odd(name: &str, found: &Odd) -> Error {
        Error::bad_usage(format!("{name} is {found}, and not a whole number from 0"))
    }
    match number {
        Number::Absent => Ok(None),
        Number::Whole(number) => Ok(Some(*number)),
        Number::Odd(found) => Err(odd(name, found)),
    }
}

#[inline]
fn add(name: &str, one: u64, other: u64) -> Result<u64, Error> {
    #[cold]
    fn over(name: &str) -> Error {
        Error::bad_usage(format!("{name} and what belongs to it are more than 64 bits hold"))
    }
    one.checked_add(other).ok_or_else(|| over(name))
}

fn sum_of(numbers: &[u64]) -> Option<u64> {
    numbers.iter().try_fold(0_u64, |sum, number| sum.checked_add(*number))
}
