//! What bodies hold, by the names it has there: every field of every form that decides a price.

use super::lenient::{Charge, Decimal, Fill, Flag, Length, Lenient, List, Number, Object, Present, Word, reads};
use serde::de::value::SeqAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

/// No name of a table.
const NONE: u8 = u8::MAX;

/// Places for names: more than twice as many as any struct has.
const PLACES: usize = 512;

/// Where a name is looked for first.
const fn place(name: &[u8]) -> usize {
    let length = name.len();
    if length == 0 {
        return 0;
    }
    let (first, middle, last) = (name[0] as usize, name[length / 2] as usize, name[length - 1] as usize);
    ((length * 0x9d) ^ (first * 0x35) ^ (middle * 0x4b) ^ (last * 0x1d)) % PLACES
}

/// Puts the numbers of names where they are looked for, or behind. A chain of comparisons was half the time of reading a body.
const fn table<K: Copy>(names: &[(&str, K)]) -> [u8; PLACES] {
    let mut places = [NONE; PLACES];
    let mut number = 0;
    while number < names.len() {
        let mut at = place(names[number].0.as_bytes());
        while places[at] != NONE {
            at = (at + 1) % PLACES;
        }
        places[at] = number as u8;
        number += 1;
    }
    places
}

/// The number of a name.
fn number_of<K>(table: &[u8; PLACES], names: &[(&str, K)], name: &str) -> u8 {
    let mut at = place(name.as_bytes());
    loop {
        match names.get(usize::from(table[at])) {
            None => return NONE,
            Some((known, _)) if *known == name => return table[at],
            Some(_) => at = (at + 1) % PLACES,
        }
    }
}

/// Makes a struct of lenient fields and reads it by the names they have. A name that comes twice is refused: one of the two
/// would be lost. Of two names for one thing the first that comes holds.
macro_rules! fields {
    ($(#[$about:meta])* $name:ident { $($field:ident: $type:ty = $($named:literal)|+,)+ }) => {
        $(#[$about])*
        #[derive(Clone, Debug, Default)]
        pub(super) struct $name<'a> {
            $(pub(super) $field: $type,)+
            lifetime: PhantomData<&'a ()>,
        }

        impl<'de: 'a, 'a> Fill<'de> for $name<'a> {
            fn fill<A: MapAccess<'de>>(&mut self, mut entries: A) -> Result<(), A::Error> {
                #[allow(non_camel_case_types, reason = "the fields name themselves")]
                #[derive(Clone, Copy)]
                enum Key { $($field,)+ }

                const NAMES: &[(&str, Key)] = &[$($(($named, Key::$field),)+)+];
                static TABLE: [u8; PLACES] = table(NAMES);

                struct Numbered(u8);

                impl<'de> Deserialize<'de> for Numbered {
                    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                        struct Reads;
                        impl Visitor<'_> for Reads {
                            type Value = Numbered;

                            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                                f.write_str("a name")
                            }

                            fn visit_str<E>(self, name: &str) -> Result<Numbered, E> {
                                Ok(Numbered(number_of(&TABLE, NAMES, name)))
                            }
                        }
                        deserializer.deserialize_identifier(Reads)
                    }
                }

                $(let mut $field = NONE;)+
                while let Some(Numbered(number)) = entries.next_key()? {
                    let Some((name, key)) = NAMES.get(usize::from(number)) else {
                        entries.next_value::<IgnoredAny>()?;
                        continue;
                    };
                    match key {
                        $(Key::$field if $field == NONE => {
                            $field = number;
                            self.$field = entries.next_value()?;
                        }
                        Key::$field if $field == number => {
                            return Err(A::Error::custom(format_args!("`{name}` is there twice")));
                        })+
                        _ => {
                            entries.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                Ok(())
            }
        }
    };
}

fields! {
    /// A response, an event of a stream or a line of a batch that holds one; or a request to an endpoint whose responses do not
    /// state what they used.
    Body {
        id: Word<'a> = "id",
        object: Word<'a> = "object",
        kind: Word<'a> = "type",
        model: Word<'a> = "model" | "modelVersion" | "model_version" | "modelId",
        made: Word<'a> = "created" | "created_at" | "createTime" | "create_time" | "timestamp",
        tier: Named<'a> = "service_tier" | "serviceTier",
        usage: Object<Tokens<'a>> = "usage" | "usageMetadata" | "usage_metadata" | "usage_info" | "tokenUsage",
        meta: Object<Tokens<'a>> = "meta",
        // What holds the response.
        response: Object<Body<'a>> = "response",
        message: Object<Body<'a>> = "message",
        result: Object<Body<'a>> = "result",
        body: Object<Body<'a>> = "body",
        custom_id: Present = "custom_id",
        // Which tools ran.
        output: List<Item<'a>> = "output",
        tools: List<Item<'a>> = "tools",
        web_search_options: Object<Item<'a>> = "web_search_options",
        // What tells the forms apart.
        choices: Present = "choices",
        results: Present = "results",
        x_groq: Object<Body<'a>> = "x_groq",
        stop_reason: Present = "stop_reason",
        // What decides the price of pictures, speech, text from speech and moving pictures.
        size: Word<'a> = "size",
        quality: Word<'a> = "quality",
        number: Number = "n",
        data: Object<Tokens<'a>> = "data",
        seconds: Decimal = "seconds",
        duration: Decimal = "duration",
        input: Length = "input",
        characters: Number = "input_characters" | "characters",
    }
}

fields! {
    /// What is stated as used.
    Tokens {
        kind: Word<'a> = "type",
        model: Word<'a> = "model",
        total: Number = "total_tokens" | "totalTokens" | "totalTokenCount" | "total_token_count",
        // OpenAI's chat, and all who took it over.
        prompt: Number = "prompt_tokens",
        completion: Number = "completion_tokens",
        prompt_details: Split<'a> = "prompt_tokens_details" | "promptTokensDetails",
        completion_details: Object<Details<'a>> = "completion_tokens_details",
        reasoning: Number = "reasoning_tokens" | "reasoningTokens",
        cached: Number = "cached_tokens" | "cachedInputTokens" | "cached_prompt_text_tokens",
        num_cached: Number = "num_cached_tokens",
        cache_hit: Number = "prompt_cache_hit_tokens",
        cache_miss: Number = "prompt_cache_miss_tokens",
        // OpenAI's responses, Anthropic's messages.
        input: Number = "input_tokens",
        output: Number = "output_tokens",
        input_details: Object<Details<'a>> = "input_tokens_details" | "input_token_details",
        output_details: Object<Details<'a>> = "output_tokens_details" | "output_token_details",
        cache_read: Number = "cache_read_input_tokens",
        cache_creation: Number = "cache_creation_input_tokens",
        cache_creation_by_life: Object<Creation<'a>> = "cache_creation",
        iterations: List<Tokens<'a>> = "iterations",
        speed: Word<'a> = "speed",
        geo: Word<'a> = "inference_geo",
        tier: Named<'a> = "service_tier" | "serviceTier",
        tools: Object<Tools<'a>> = "server_tool_use" | "server_side_tool_usage_details",
        tool_details: Object<Tools<'a>> = "server_tool_use_details" | "tool_calls_details",
        // Bedrock.
        converse_input: Number = "inputTokens",
        converse_output: Number = "outputTokens",
        converse_read: Number = "cacheReadInputTokens" | "cacheReadInputTokenCount" | "cacheReadTokens",
        converse_write: Number = "cacheWriteInputTokens" | "cacheWriteInputTokenCount" | "cacheWriteTokens",
        converse_writes: List<Written<'a>> = "cacheDetails",
        // Gemini.
        prompt_count: Number = "promptTokenCount" | "prompt_token_count",
        answer_count: Number =
            "candidatesTokenCount" | "candidates_token_count" | "responseTokenCount" | "response_token_count",
        thoughts_count: Number = "thoughtsTokenCount" | "thoughts_token_count",
        cached_count: Number = "cachedContentTokenCount" | "cached_content_token_count",
        tool_count: Number = "toolUsePromptTokenCount" | "tool_use_prompt_token_count",
        cached_by_modality: List<Modal<'a>> = "cacheTokensDetails" | "cache_tokens_details",
        answer_by_modality: List<Modal<'a>> =
            "candidatesTokensDetails" | "candidates_tokens_details" | "responseTokensDetails" | "response_tokens_details",
        tool_by_modality: List<Modal<'a>> = "toolUsePromptTokensDetails" | "tool_use_prompt_tokens_details",
        traffic: Word<'a> = "trafficType" | "traffic_type",
        // Cohere.
        billed: Object<Tokens<'a>> = "billed_units",
        counted: Object<Tokens<'a>> = "tokens",
        search_units: Number = "search_units",
        // Perplexity.
        queries: Number = "num_search_queries",
        citation: Number = "citation_tokens",
        context_size: Word<'a> = "search_context_size",
        // OpenRouter, of a request made before.
        native_prompt: Number = "native_tokens_prompt",
        native_completion: Number = "native_tokens_completion",
        native_reasoning: Number = "native_tokens_reasoning",
        native_cached: Number = "native_tokens_cached",
        // Sound and pages.
        heard: Decimal = "prompt_audio_seconds",
        seconds: Decimal = "seconds",
        pages: Number = "pages_processed",
        // What the provider charged.
        ticks: Number = "cost_in_usd_ticks",
        cost: Charge = "cost" | "total_cost",
        cost_details: Object<CostDetails<'a>> = "cost_details",
        byok: Flag = "is_byok",
    }
}

fields! {
    /// What a number of tokens is made of.
    Details {
        cached: Number = "cached_tokens" | "cache_read_input_tokens" | "cached_read_tokens",
        written: Number = "cache_write_tokens" | "cache_creation_tokens" | "cached_write_tokens",
        text: Number = "text_tokens",
        audio: Number = "audio_tokens",
        image: Number = "image_tokens",
        video: Number = "video_tokens",
        reasoning: Number = "reasoning_tokens" | "thinking_tokens",
        predicted: Number = "accepted_prediction_tokens",
        mispredicted: Number = "rejected_prediction_tokens",
        of_cached: Object<Details<'a>> = "cached_tokens_details",
    }
}

fields! {
    /// What was written to a cache, by how long that keeps it.
    Creation {
        five_minutes: Number = "ephemeral_5m_input_tokens",
        hour: Number = "ephemeral_1h_input_tokens",
    }
}

fields! {
    /// What Bedrock wrote to a cache.
    Written {
        life: Word<'a> = "ttl",
        tokens: Number = "inputTokens",
    }
}

fields! {
    /// Calls of tools that the provider runs.
    Tools {
        web_search: Number = "web_search_requests" | "web_search_calls",
        x_search: Number = "x_search_calls",
        file_search: Number = "file_search_calls",
        document_search: Number = "document_search_calls",
        code: Number = "code_interpreter_calls" | "code_execution_requests",
        pictures: Number = "image_generation_calls",
        searches: Object<Invocations<'a>> = "search_web",
    }
}

fields! {
    /// How often a tool was called.
    Invocations {
        times: Number = "invocation",
    }
}

fields! {
    /// What an upstream provider charged.
    CostDetails {
        upstream: Decimal = "upstream_inference_cost",
    }
}

fields! {
    /// A number of tokens of one modality.
    Modal {
        modality: Word<'a> = "modality",
        tokens: Number = "tokenCount" | "token_count",
    }
}

fields! {
    /// Something a response gave, or a tool it had.
    Item {
        kind: Word<'a> = "type",
        action: Object<Item<'a>> = "action",
        context_size: Word<'a> = "search_context_size",
    }
}

/// A word, or an object with a `type`.
#[derive(Clone, Debug, Default)]
pub(super) struct Named<'a>(pub(super) Word<'a>);

impl<'de: 'a, 'a> Lenient<'de> for Named<'a> {
    fn of_text(value: Cow<'de, str>) -> Self {
        Self(Word::of_text(value))
    }

    fn of_object<A: MapAccess<'de>>(entries: A) -> Result<Self, A::Error> {
        let mut item = Item::default();
        item.fill(entries).map(|()| Self(item.kind))
    }
}

/// What a prompt is made of, as OpenAI says it, or as Gemini does: its Python library has the same name for it.
#[derive(Clone, Debug, Default)]
pub(super) struct Split<'a> {
    pub(super) details: Object<Details<'a>>,
    pub(super) by_modality: List<Modal<'a>>,
}

impl<'de: 'a, 'a> Lenient<'de> for Split<'a> {
    fn of_list<A: SeqAccess<'de>>(items: A) -> Result<Self, A::Error> {
        let by_modality = List::deserialize(SeqAccessDeserializer::new(items))?;
        Ok(Self { details: Object::Absent, by_modality })
    }

    fn of_object<A: MapAccess<'de>>(entries: A) -> Result<Self, A::Error> {
        let details = Object::of_object(entries)?;
        Ok(Self { details, by_modality: List::default() })
    }

    fn of_whole(_value: u64) -> Self {
        Self { details: Object::Odd, by_modality: List::default() }
    }

    fn of_text(_value: Cow<'de, str>) -> Self {
        Self::of_whole(0)
    }
}

reads! { Named<'a>, Split<'a>, }
