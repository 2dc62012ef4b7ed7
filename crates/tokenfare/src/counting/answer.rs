//! The answer's side: the output tokens of a finished answer, from what it says.

use crate::counting::family::{Answers, Replay};
use crate::counting::hints::Hints;
use crate::counting::setting::Setting;
use crate::counting::tools::Named;
use crate::error::Error;
use crate::model::Model;
use crate::request::json::Reader;
use crate::request::write::{COMPACT, write_text};
use crate::request::{Format, Json, Request, read_text};
use crate::tally::{Count, Part, PartKind};
use serde::de::{DeserializeSeed, Deserializer};
use std::cell::Cell;

/// The most that sums of visible tokens and reported thinking leave out, where reports are rounded down to 64.
const ROUNDED: u64 = 63;

/// A finished answer: the body of a response, a message of the assistant, or a text.
///
/// ```
/// use tokenfare::Answer;
///
/// let model = tokenfare::model("gpt-4o")?;
/// let answer = Answer::from_json(
///     r#"{"choices": [{"finish_reason": "stop", "message": {"role": "assistant", "content": "hello world"}}]}"#,
/// )?;
/// let count = model.count_output(&answer, None)?;
/// assert_eq!((count.tokens, count.high), (2, 3)); // now and then a token more is billed for the end
/// # Ok::<(), tokenfare::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Answer<'a> {
    body: Json<'a>,
}

impl<'a> Answer<'a> {
    /// Makes an answer of a text.
    #[must_use]
    pub fn of_text(text: &'a str) -> Self {
        Self { body: Json::Text(text.into()) }
    }

    /// Reads an answer from JSON text.
    ///
    /// # Errors
    ///
    /// If it is not JSON, nested too deep, or no answer: [`Error::is_malformed_request`].
    pub fn from_json(text: &'a str) -> Result<Self, Error> {
        Self::new(read_text(text)?)
    }

    /// Reads an answer from anything that serde can read.
    ///
    /// # Errors
    ///
    /// As [`Answer::from_json`].
    pub fn from_deserializer<D: Deserializer<'a>>(deserializer: D) -> Result<Self, Error> {
        let too_deep = Cell::new(false);
        let body = Reader::new(&too_deep).deserialize(deserializer).map_err(|error| {
            if too_deep.get() { Error::too_deep() } else { Error::malformed_request(error.to_string()) }
        })?;
        Self::new(body)
    }

    /// Makes an answer of a value.
    ///
    /// # Errors
    ///
    /// If it is neither a text nor an object with an answer in it: [`Error::is_malformed_request`].
    pub fn new(body: Json<'a>) -> Result<Self, Error> {
        let known = ["choices", "output", "content", "tool_calls", "message", "candidates"];
        match &body {
            Json::Text(_) => Ok(Self { body }),
            Json::Object(members) if known.iter().any(|name| members.get(name).is_some()) => Ok(Self { body }),
            _ => Err(Error::malformed_request(
                "an answer is a text, or has `choices`, `output`, `message` or `content`".to_owned(),
            )),
        }
    }

    /// Returns the body.
    #[must_use]
    pub fn body(&self) -> &Json<'a> {
        &self.body
    }

    /// Returns the name of the model, if the body has one.
    #[must_use]
    pub fn model(&self) -> Option<&str> {
        self.body.text("model")
    }

    /// Returns the tokens of thinking that its usage reports.
    #[must_use]
    pub fn reasoning_tokens(&self) -> Option<u64> {
        let usage = self.body.get("usage")?;
        let details = usage.given("completion_tokens_details").or_else(|| usage.given("output_tokens_details"))?;
        details.get("reasoning_tokens")?.as_u64()
    }
}

/// What an answer says, whatever it is written in.
#[derive(Default)]
struct Said<'j> {
    texts: Vec<(String, &'j str)>,
    calls: Vec<(String, &'j str, &'j str)>,
    /// Whether it was cut by length: then the end is not written.
    is_cut: bool,
}

impl Model<'_> {
    /// Counts the output tokens that a finished answer is billed for, thinking as its usage reports it.
    ///
    /// The request it answers tells whether it follows a schema, and whether a tool was named.
    ///
    /// # Errors
    ///
    /// If it is no answer ([`Error::is_malformed_request`]), or the model's vocabulary is not public
    /// ([`Error::is_not_exact`]).
    pub fn count_output(&self, answer: &Answer<'_>, request: Option<&Request<'_>>) -> Result<Count, Error> {
        let hints = Hints::default();
        let setting = Setting::new(self, &hints)?;
        let reasoning = answer.reasoning_tokens().unwrap_or_default();
        let is_response = match request {
            Some(request) => request.format() == Format::OpenaiResponses,
            None => answer.body.get("output").is_some(),
        };
        let rules = &setting.family.answers[usize::from(is_response)];
        let body = request.map(Request::body);
        let terms = Terms { has_schema: body.is_some_and(has_schema), named: body.and_then(named), reasoning };
        let mut parts = Vec::new();
        for said in said(&answer.body)? {
            spoken(&setting, rules, &terms, &said, &mut parts);
        }
        if reasoning > 0 {
            let part = Part::new(PartKind::Reasoning, "reasoning", "/usage", reasoning);
            parts.push(match setting.family.replay {
                Replay::Reported { floor: 64 } => {
                    part.give(0, ROUNDED).estimate("thinking is reported in multiples of 64, rounded down")
                }
                _ => part,
            });
        }
        Ok(Count::of(parts))
    }
}

/// What the request says of its answer.
struct Terms<'j> {
    has_schema: bool,
    named: Option<&'j str>,
    reasoning: u64,
}

fn has_schema(body: &Json<'_>) -> bool {
    let chat = body.get("response_format").and_then(|format| format.text("type"));
    let responses = body.get("text").and_then(|text| text.get("format")?.text("type"));
    chat.or(responses) == Some("json_schema")
}

/// The tool that had to be called: the one named, and in Responses the only one where any is required.
fn named<'j>(body: &'j Json<'j>) -> Option<&'j str> {
    let choice = body.given("tool_choice")?;
    match Named::of(choice) {
        Named::Tool(name) | Named::Function(name) => Some(name),
        Named::Free if choice.as_str() == Some("required") => match body.get("tools")?.as_array()? {
            [only] => only.text("name"),
            _ => None,
        },
        Named::None | Named::Free => None,
    }
}

/// Reads what an answer says: a list, because a chat completion may have several choices.
fn said<'j>(body: &'j Json<'j>) -> Result<Vec<Said<'j>>, Error> {
    if let Json::Text(text) = body {
        return Ok(vec![Said { texts: vec![(String::new(), text)], ..Said::default() }]);
    }
    if let Some(choices) = body.get("choices").and_then(Json::as_array) {
        let choices = choices.iter().enumerate().map(|(i, choice)| {
            let mut said = match choice.get("message") {
                Some(message) => message_said(message, &format!("/choices/{i}/message")),
                None => Said {
                    texts: choice.text("text").map(|text| (format!("/choices/{i}/text"), text)).into_iter().collect(),
                    ..Said::default()
                },
            };
            said.is_cut = choice.text("finish_reason") == Some("length");
            said
        });
        return Ok(choices.collect());
    }
    if let Some(items) = body.get("output").and_then(Json::as_array) {
        let mut said = Said { is_cut: body.text("status") == Some("incomplete"), ..Said::default() };
        for (i, item) in items.iter().enumerate() {
            let at = format!("/output/{i}");
            match item.text("type") {
                Some("function_call") => {
                    let text = |name: &str| item.text(name).unwrap_or_default();
                    said.calls.push((at, text("name"), text("arguments")));
                }
                Some("message") | None => said.texts.extend(message_said(item, &at).texts),
                _ => {}
            }
        }
        return Ok(vec![said]);
    }
    match body.get("message").or_else(|| Some(body).filter(|body| body.as_object().is_some())) {
        Some(message) => Ok(vec![message_said(message, "")]),
        None => Err(Error::malformed_request("it has no answer".to_owned())),
    }
}

fn message_said<'j>(message: &'j Json<'j>, at: &str) -> Said<'j> {
    let mut said = Said::default();
    match message.get("content") {
        Some(Json::Text(text)) if !text.is_empty() => said.texts.push((format!("{at}/content"), text)),
        Some(Json::Array(parts)) => {
            for (i, part) in parts.iter().enumerate() {
                if let Some(text) = part.text("text").or_else(|| part.text("refusal")) {
                    said.texts.push((format!("{at}/content/{i}"), text));
                }
            }
        }
        _ => {}
    }
    if let Some(refusal) = message.text("refusal") {
        said.texts.push((format!("{at}/refusal"), refusal));
    }
    for (i, call) in message.get("tool_calls").and_then(Json::as_array).unwrap_or_default().iter().enumerate() {
        let function = call.get("function").unwrap_or(call);
        let text = |name: &str| function.text(name).unwrap_or_default();
        said.calls.push((format!("{at}/tool_calls/{i}"), text("name"), text("arguments")));
    }
    if let Some(call) = message.given("function_call") {
        let text = |name: &str| call.text(name).unwrap_or_default();
        said.calls.push((format!("{at}/function_call"), text("name"), text("arguments")));
    }
    said
}

/// Counts one answer: texts, then calls. What is written around both is the first part's.
fn spoken(setting: &Setting<'_>, rules: &Answers, terms: &Terms<'_>, said: &Said<'_>, parts: &mut Vec<Part>) {
    let thought = if terms.reasoning > 0 { rules.thought } else { 0 };
    for (i, (at, text)) in said.texts.iter().enumerate() {
        let part = Part::new(PartKind::Message, "assistant", at.clone(), setting.count(text));
        parts.push(match i {
            _ if said.is_cut => part,
            0 if said.calls.is_empty() => {
                let schema = if terms.has_schema { rules.schema } else { 0 };
                let more = if terms.has_schema { rules.schema_more } else { rules.text_more };
                framed(part, rules.text + schema + thought).give(0, more)
            }
            _ => part.give(0, rules.text_more),
        });
    }
    match said.calls.as_slice() {
        [] => {}
        [(at, name, arguments)] => {
            let is_forced = terms.named == Some(*name);
            let (name_tokens, around) = match rules.forced {
                Some(forced) if is_forced => (0, forced),
                _ => (setting.count(name), rules.call),
            };
            let tokens = name_tokens + setting.count(arguments);
            let part = Part::new(PartKind::ToolCall, (*name).to_owned(), at.clone(), tokens);
            parts.push(framed(part, around + thought).give(0, rules.call_more));
        }
        calls if rules.is_one_text => {
            let mut text = String::from("{\"tool_uses\":[");
            for (i, (at, name, arguments)) in calls.iter().enumerate() {
                let start = text.len();
                text.push_str(if i > 0 { ",{\"recipient_name\":" } else { "{\"recipient_name\":" });
                write_text(&format!("functions.{name}"), COMPACT, &mut text);
                text.push_str(",\"parameters\":");
                text.push_str(arguments);
                text.push('}');
                if i + 1 == calls.len() {
                    text.push_str("]}");
                }
                // What a call adds to the text before it: tokens across its seam are its own.
                let tokens = setting.count(&text).saturating_sub(setting.count(&text[..if i > 0 { start } else { 0 }]));
                let part = Part::new(PartKind::ToolCall, (*name).to_owned(), at.clone(), tokens);
                parts.push(match i {
                    0 => framed(part, rules.calls + thought).give(rules.calls_fewer, rules.calls_more),
                    _ => part,
                });
            }
        }
        calls => {
            for (i, (at, name, arguments)) in calls.iter().enumerate() {
                let tokens = rules.each_call + setting.count(name) + setting.count(arguments);
                let part = Part::new(PartKind::ToolCall, (*name).to_owned(), at.clone(), tokens);
                parts.push(match i {
                    0 => framed(part, rules.calls + thought).give(rules.calls_fewer, rules.calls_more),
                    _ => part,
                });
            }
        }
    }
}

/// Adds what is written around a part to it.
fn framed(part: Part, around: u64) -> Part {
    Part { tokens: part.tokens + around, low: part.low + around, high: part.high + around, ..part }
}
