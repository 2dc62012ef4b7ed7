//! Chat completions: messages, tools, and the schema of the answer.

use crate::counting::content::{self, label};
use crate::counting::responses::{self, Names};
use crate::counting::schema::Schema;
use crate::counting::setting::Setting;
use crate::counting::tools::{self, Named, UNSEEN};
use crate::error::Error;
use crate::request::json::Json;
use crate::request::read_text;
use crate::request::write::{COMPACT, SPACED, SPACED_ASCII, write, write_text};
use crate::tally::{Part, PartKind};

/// Counts a request.
pub(crate) fn count(setting: &Setting<'_>, body: &Json<'_>) -> Result<Vec<Part>, Error> {
    let messages = messages(body)?;
    let head = Head::new(setting, body, messages)?;
    let mut parts = head.parts(setting)?;
    let mut names = Names::new();
    let mut at = 0;
    while at < messages.len() {
        at += unit(setting, &head.terms, messages, at, &mut names, &mut parts)?;
    }
    Ok(parts)
}

/// The messages of a request.
pub(crate) fn messages<'j>(body: &'j Json<'j>) -> Result<&'j [Json<'j>], Error> {
    match body.get("messages") {
        Some(Json::Array(messages)) => Ok(messages),
        Some(_) => Err(Error::wrong_type("/messages", "an array of messages")),
        None => Err(Error::malformed_request("it has no `messages`".to_owned())),
    }
}

/// What is counted once for all messages.
pub(crate) struct Head<'j> {
    body: &'j Json<'j>,
    /// The text of the message that holds tools or schema.
    system: Option<String>,
    tools: Vec<tools::Tool<'j>>,
    schema: Option<Schema<'j>>,
    pub(crate) terms: Terms,
}

/// What a message has to know of the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Terms {
    /// The first message of the system, which holds the tools and the schema, and its text's tokens: its last blanks are
    /// gone then.
    holder: Option<(usize, u64)>,
    /// Whether there is something to hold.
    is_held: bool,
    /// More for each text of the assistant, whose header names the schema.
    headed: u64,
}

impl Terms {
    /// Whether a message would change what was counted before it: the first of the system, with tools waiting for it.
    pub(crate) fn would_hold(&self, message: &Json<'_>) -> bool {
        self.is_held && self.holder.is_none() && is_system(message)
    }
}

impl<'j> Head<'j> {
    pub(crate) fn new(setting: &Setting<'_>, body: &'j Json<'j>, messages: &'j [Json<'j>]) -> Result<Self, Error> {
        let tools = tools::of_chat(body);
        let schema = body
            .given("response_format")
            .filter(|format| format.text("type") == Some("json_schema"))
            .and_then(|format| format.get("json_schema"))
            .map(Schema::of);
        let is_held = !setting.as_responses && (!tools.is_empty() || schema.is_some());
        let holder = messages.iter().position(is_system).filter(|_| is_held);
        let system = match holder {
            Some(at) => {
                let mut text =
                    content::read(setting, &messages[at], "content", &format!("/messages/{at}"))?.texts.concat();
                text.truncate(text.trim_end().len());
                Some(text)
            }
            None => None,
        };
        let terms = Terms {
            holder: holder.zip(system.as_deref().map(|text| setting.count(text))),
            is_held,
            headed: schema
                .as_ref()
                .filter(|_| !setting.as_responses)
                .map_or(0, |schema| 2 + setting.count(schema.name)),
        };
        Ok(Self { body, system, tools, schema, terms })
    }

    /// What does not stand in a message: tools, schema, what the answer begins with.
    pub(crate) fn parts(&self, setting: &Setting<'_>) -> Result<Vec<Part>, Error> {
        let mut parts = Vec::with_capacity(self.tools.len() + 8);
        if setting.as_responses {
            responses::definitions(
                setting,
                &self.tools,
                self.body.given("tool_choice"),
                self.schema.as_ref(),
                &mut parts,
            );
        } else {
            self.definitions(setting, &mut parts);
        }
        if let Some(prediction) = self.body.given("prediction") {
            let content = content::read(setting, prediction, "content", "/prediction")?;
            let tokens = content.tokens(setting);
            let part = Part::new(PartKind::Prediction, "prediction", "/prediction", tokens).give(tokens, 4);
            parts.push(part.estimate("no bill of a prediction is known; what of it is not used is billed as output"));
        }
        if self.body.given("web_search_options").is_some() && setting.family.frame > 0 {
            let part = Part::new(PartKind::ServerTool, "web_search", "/web_search_options", 0).give(0, UNSEEN);
            parts.push(part.unknown("what is found is billed as input; it is in the usage of the answer alone"));
        }
        parts.push(Part::new(PartKind::Priming, "assistant", "", setting.family.priming));
        Ok(parts)
    }

    /// Tools, the choice among them, and the schema.
    fn definitions(&self, setting: &Setting<'_>, parts: &mut Vec<Part>) {
        let rules = &setting.family.chat;
        let line = |text: &str| setting.empty_line_after(text);
        if !self.tools.is_empty() {
            let head = match &self.system {
                Some(system) => rules.tools_behind + line(system),
                None => rules.tools_alone,
            };
            let undescribed = if self.tools[0].is_undescribed() { rules.undescribed } else { 0 };
            tools::count(setting, &self.tools, head - undescribed, true, parts);
            if let Some(choice) = self.body.given("tool_choice").or_else(|| self.body.given("function_call")) {
                let at = if self.body.given("tool_choice").is_some() { "/tool_choice" } else { "/function_call" };
                let tokens = match Named::of(choice) {
                    Named::Tool(name) => rules.named.map_or(0, |named| named + setting.count(name)),
                    Named::Function(name) => rules.named.map_or(0, |named| named - 3 + setting.count(name)),
                    Named::None => rules.none,
                    Named::Free => 0,
                };
                if tokens > 0 {
                    parts.push(Part::new(PartKind::ToolChoice, choice_label(choice), at, tokens));
                }
            }
        }
        if let Some(schema) = &self.schema {
            parts.push(self.schema(setting, schema));
        }
    }

    fn schema(&self, setting: &Setting<'_>, schema: &Schema<'_>) -> Part {
        let name = setting.count(schema.name);
        let has_tools = !self.tools.is_empty();
        let rules = &setting.family.chat;
        let mut tokens = match (has_tools, &self.system, rules.schema_header) {
            (true, ..) => 7 + setting.count(&format!(" {}", schema.name)),
            (false, Some(system), true) => 6 + setting.empty_line_after(system) + heading(setting, schema.name),
            (false, None, true) => 6 + 4 + heading(setting, schema.name),
            (false, Some(system), false) => 6 + 3 + setting.empty_line_after(system) + heading(setting, schema.name),
            (false, None, false) => 6 + 4 + heading(setting, schema.name),
        };
        if !has_tools && rules.schema_header {
            tokens += 2 + name;
        }
        tokens += schema.tokens(setting);
        Part::new(PartKind::Schema, schema.name.to_owned(), "/response_format/json_schema", tokens)
    }
}

fn heading(setting: &Setting<'_>, name: &str) -> u64 {
    setting.count(&format!("## {name}")) - 1
}

fn choice_label(choice: &Json<'_>) -> String {
    match Named::of(choice) {
        Named::Tool(name) | Named::Function(name) => name.to_owned(),
        Named::None | Named::Free => choice.as_str().unwrap_or_default().to_owned(),
    }
}

fn is_system(message: &Json<'_>) -> bool {
    matches!(message.text("role"), Some("system" | "developer"))
}

/// Counts the messages that belong together, from one on: calls of several tools and their results, or a single message.
/// Returns how many they are.
pub(crate) fn unit(
    setting: &Setting<'_>,
    terms: &Terms,
    messages: &[Json<'_>],
    at: usize,
    names: &mut Names,
    parts: &mut Vec<Part>,
) -> Result<usize, Error> {
    let message = &messages[at];
    let pointer = format!("/messages/{at}");
    if message.as_object().is_none() {
        return Err(Error::wrong_type(&pointer, "a message, which is an object"));
    }
    let role = message.text("role").unwrap_or_default();
    let calls = message.get("tool_calls").and_then(Json::as_array).unwrap_or_default();
    if role == "assistant" {
        for call in calls {
            if let (Some(id), Some(function)) = (call.text("id"), call.get("function")) {
                names.insert(id.to_owned(), function.text("name").unwrap_or_default().to_owned());
            }
        }
    }
    if role == "assistant" && !calls.is_empty() && setting.as_responses {
        return as_items(setting, message, calls, at, parts);
    }
    if role == "assistant" && calls.len() > 1 {
        return several(setting, message, calls, messages, at, parts);
    }
    let content = content::read(setting, message, "content", &pointer)?;
    let family = setting.family;
    let text = match terms.holder {
        Some((holder, tokens)) if holder == at => tokens,
        _ => content.tokens(setting),
    };
    let mut tokens = family.frame + text;
    let mut given = None;
    let kind = match role {
        "system" | "developer" => PartKind::System,
        "tool" | "function" => PartKind::ToolResult,
        "assistant" if !calls.is_empty() || message.given("function_call").is_some() => PartKind::ToolCall,
        _ => PartKind::Message,
    };
    match role {
        "tool" => {
            let called = message.text("tool_call_id").and_then(|id| names.get(id)).map(String::as_str);
            let name = called.or_else(|| message.text("name")).unwrap_or_default();
            tokens = 3 + setting.count(&format!("functions.{name}")) + text;
        }
        "function" => tokens = 3 + setting.count(message.text("name").unwrap_or_default()) + text,
        "assistant" => {
            if let [call] = calls {
                let function = call.get("function").unwrap_or(call);
                let arguments = given.insert(Arguments::of(function));
                tokens += family.chat.call + call_tokens(setting, function, arguments);
            } else if let Some(call) = message.given("function_call") {
                // Before there were tools, arguments were read as they were sent.
                let text = |name: &str| setting.count(call.text(name).unwrap_or_default());
                tokens += 3 + text("name") + text("arguments");
            } else {
                tokens += family.said + terms.headed;
            }
            if let Some(refusal) = message.text("refusal") {
                tokens += setting.count(refusal);
            }
        }
        _ => {}
    }
    if !matches!(role, "tool" | "function")
        && let Some(name) = message.text("name").filter(|_| family.frame > 0)
    {
        // A name is written in place of the role.
        tokens += setting.count(name) + u64::from(name != role);
    }
    let fewer = if role == "assistant" && !calls.is_empty() { family.chat.call_fewer } else { 0 };
    let mut part = Part::new(kind, label(role), pointer, tokens);
    if let Some(arguments) = given {
        part = arguments.doubt(setting, part);
    }
    parts.push(match fewer {
        0 => part,
        fewer => {
            part.give(fewer, 0).estimate("what this model's calls cost beside their text is seen in few recordings")
        }
    });
    parts.extend(content.media);
    Ok(1)
}

/// What a call gives its tool, as the server writes it again.
pub(crate) struct Arguments {
    pub(crate) text: String,
    is_json: bool,
}

impl Arguments {
    /// Compactly if they are JSON, else as they are.
    pub(crate) fn of(call: &Json<'_>) -> Self {
        let sent = call.text("arguments").unwrap_or_default();
        match read_text(sent) {
            Ok(value) => {
                let mut text = String::with_capacity(sent.len());
                write(&value, COMPACT, &mut text);
                Self { text, is_json: true }
            }
            Err(_) => Self { text: sent.to_owned(), is_json: sent.is_empty() },
        }
    }

    /// Says of the part with the call what is not known of it.
    pub(crate) fn doubt(&self, setting: &Setting<'_>, part: Part) -> Part {
        if self.is_json {
            return part;
        }
        part.give(setting.count(&self.text), 4)
            .estimate("its arguments are no JSON, and were seen to be billed otherwise")
    }
}

/// T(name) + T(arguments) of a call.
fn call_tokens(setting: &Setting<'_>, function: &Json<'_>, arguments: &Arguments) -> u64 {
    setting.count(function.text("name").unwrap_or_default()) + setting.count(&arguments.text)
}

/// Counts calls as the items of Responses that a router makes of them: a text, then each call.
fn as_items(
    setting: &Setting<'_>,
    message: &Json<'_>,
    calls: &[Json<'_>],
    at: usize,
    parts: &mut Vec<Part>,
) -> Result<usize, Error> {
    let pointer = format!("/messages/{at}");
    let content = content::read(setting, message, "content", &pointer)?;
    let text = content.tokens(setting);
    if text > 0 {
        let tokens = setting.family.frame + setting.family.said + text;
        parts.push(Part::new(PartKind::Message, "assistant", pointer.clone(), tokens));
    }
    parts.extend(content.media);
    for (i, call) in calls.iter().enumerate() {
        let function = call.get("function").unwrap_or(call);
        let given = Arguments::of(function);
        let tokens = responses::call_frame(setting, i, calls.len(), false) + call_tokens(setting, function, &given);
        let name = function.text("name").unwrap_or_default().to_owned();
        let part = Part::new(PartKind::ToolCall, name, format!("{pointer}/tool_calls/{i}"), tokens);
        parts.push(given.doubt(setting, part));
    }
    Ok(1)
}

/// Counts calls of several tools with their results, which are one text each for the server.
fn several(
    setting: &Setting<'_>,
    message: &Json<'_>,
    calls: &[Json<'_>],
    messages: &[Json<'_>],
    at: usize,
    parts: &mut Vec<Part>,
) -> Result<usize, Error> {
    let pointer = format!("/messages/{at}");
    let mut text = String::from("{\"tool_uses\":[");
    let mut given = Vec::with_capacity(calls.len());
    for (i, call) in calls.iter().enumerate() {
        let function = call.get("function").unwrap_or(call);
        text.push_str(if i > 0 { ",{\"recipient_name\":" } else { "{\"recipient_name\":" });
        let name = function.text("name").unwrap_or_default();
        write_text(&format!("functions.{name}"), COMPACT, &mut text);
        text.push_str(",\"parameters\":");
        let arguments = Arguments::of(function);
        text.push_str(&arguments.text);
        text.push('}');
        given.push(arguments);
    }
    text.push_str("]}");
    let content = content::read(setting, message, "content", &pointer)?;
    let tokens = setting.family.chat.calls + setting.count(&text) + content.tokens(setting);
    let part = Part::new(PartKind::ToolCall, "assistant", pointer, tokens);
    parts.push(given.iter().fold(part, |part, arguments| arguments.doubt(setting, part)));
    parts.extend(content.media);

    let results = messages[at + 1..].iter().take_while(|message| message.text("role") == Some("tool")).count();
    if results == 0 {
        return Ok(1);
    }
    let mut media = Vec::new();
    let mut values = Vec::with_capacity(results);
    for (i, message) in messages[at + 1..=at + results].iter().enumerate() {
        let content = content::read(setting, message, "content", &format!("/messages/{}", at + 1 + i))?;
        let output = content.texts.concat();
        // JSON is written again as a value, anything else as a text.
        values.push(match read_text(&output) {
            Ok(value) => value.into_owned(),
            Err(_) => Json::Text(output.into()),
        });
        media.extend(content.media);
    }
    let values = Json::Array(values);
    let written = |style| {
        let mut text = String::new();
        write(&values, style, &mut text);
        setting.count(&text)
    };
    // Only results that another message follows were seen with their characters as they are.
    let (escaped, plain) = (written(SPACED_ASCII), written(SPACED));
    let tokens = if messages.len() > at + 1 + results { plain } else { escaped };
    let label = format!("{results} results");
    let part = Part::new(PartKind::ToolResult, label, format!("/messages/{}", at + 1), tokens);
    let part = part.give(tokens - tokens.min(escaped.min(plain)), escaped.max(plain) - tokens);
    parts.push(match escaped == plain {
        true => part,
        false => part.estimate("characters beyond ASCII are written as they are, or escaped"),
    });
    parts.extend(media);
    Ok(1 + results)
}
