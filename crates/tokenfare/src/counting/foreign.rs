//! Chat completions, Responses, completions and embeddings of models whose vocabulary is not public.

use crate::counting::hints::Hints;
use crate::error::Error;
use crate::estimate::ratio::Span;
use crate::estimate::scribe::{Choice, Scribe};
use crate::model::Model;
use crate::request::json::Json;
use crate::request::{Format, Request};
use crate::tally::{Part, PartKind};

const STORED: &str =
    "the conversation that the server has stored is billed as input; its tokens are in the usage of its answers";

/// Counts a request.
pub(crate) fn count(model: &Model<'_>, hints: &Hints, request: &Request<'_>) -> Result<Vec<Part>, Error> {
    let mut scribe = Scribe::new(model, hints)?.elsewhere();
    let body = request.body();
    match request.format() {
        Format::OpenaiCompletions => texts(&mut scribe, body.given("prompt"), "/prompt")?,
        Format::OpenaiEmbeddings => texts(&mut scribe, body.given("input"), "/input")?,
        Format::OpenaiResponses => {
            settings(&mut scribe, body, body.get("text").and_then(|text| text.get("format")), "/text/format");
            responses(&mut scribe, body)?;
        }
        _ => {
            let format = body.get("response_format").and_then(|format| format.get("json_schema"));
            settings(&mut scribe, body, format, "/response_format/json_schema");
            chat(&mut scribe, body)?;
        }
    }
    Ok(scribe.finish())
}

/// Prompts, or texts to embed.
fn texts(scribe: &mut Scribe<'_>, input: Option<&Json<'_>>, at: &str) -> Result<(), Error> {
    let mut one = |input: &Json<'_>, at: String| {
        let span = match input {
            Json::Text(text) => scribe.tongue.text(text),
            Json::Array(tokens) if tokens.iter().all(|token| token.as_u64().is_some()) => {
                Span::sure(tokens.len() as u64)
            }
            _ => return Err(Error::wrong_type(&at, "a text or an array of tokens")),
        };
        scribe.push(PartKind::Input, "text", at, span);
        Ok(())
    };
    match input {
        None => Ok(()),
        Some(Json::Array(items)) if items.iter().any(|item| item.as_u64().is_none()) => {
            items.iter().enumerate().try_for_each(|(i, item)| one(item, format!("{at}/{i}")))
        }
        Some(input) => one(input, at.to_owned()),
    }
}

/// Tools, thinking, and the schema of the answer.
fn settings(scribe: &mut Scribe<'_>, body: &Json<'_>, format: Option<&Json<'_>>, at: &str) {
    let mut tools = body.get("tools").and_then(Json::as_array).unwrap_or_default();
    let is_forbidden = body.text("tool_choice") == Some("none");
    if is_forbidden && scribe.dialect().leaves_out_tools {
        tools = &[];
    }
    let choice = match body.given("tool_choice") {
        _ if is_forbidden => Choice::Forbidden,
        Some(Json::Text(choice)) if matches!(&**choice, "required" | "any") => Choice::Forced,
        Some(Json::Object(_)) => Choice::Forced,
        _ if body.get("parallel_tool_calls") == Some(&Json::Bool(false)) => Choice::OneAtATime,
        _ => Choice::Free,
    };
    if !tools.is_empty() {
        scribe.tools(choice);
    }
    for (i, tool) in tools.iter().enumerate() {
        let at = format!("/tools/{i}");
        let function = tool.get("function").unwrap_or(tool);
        match tool.text("type") {
            None | Some("function") => {
                let name = function.text("name").unwrap_or_default();
                scribe.tool(name, function.text("description"), function.given("parameters"), at, is_forbidden);
            }
            Some(kind) => scribe.server_tool(kind, at, 0, 500),
        }
    }
    for (name, least) in [("web_search_options", 0), ("plugins", 0), ("search_parameters", 0)] {
        if body.given(name).is_some() {
            scribe.server_tool(name, format!("/{name}"), least, 0);
        }
    }
    let thinking = scribe.dialect().thinking;
    let is_named_for_it = body.text("model").is_some_and(|model| model.ends_with(":thinking"));
    let is_thinking = is_named_for_it
        || body.given("reasoning").is_some_and(|reasoning| {
            reasoning.text("effort") != Some("none") && reasoning.get("enabled") != Some(&Json::Bool(false))
        });
    if is_thinking && thinking > 0 {
        scribe.push(PartKind::Reasoning, "thinking", "/reasoning", Span::new(0, thinking, thinking + 6));
    }
    if let Some(schema) = format.and_then(|format| format.given("schema")) {
        scribe.schema(schema, &format!("{at}/schema"));
    }
}

/// What is around a message, and whose turn it is where tools answer in the user's.
fn around(scribe: &mut Scribe<'_>, role: &str) -> Span {
    let dialect = scribe.dialect();
    match role {
        "system" | "developer" if dialect.merges || dialect.system > 0 => scribe.system(),
        "tool" | "function" if dialect.merges => scribe.turn("user"),
        role => scribe.turn(role),
    }
}

fn chat(scribe: &mut Scribe<'_>, body: &Json<'_>) -> Result<(), Error> {
    let messages = match body.get("messages") {
        Some(Json::Array(messages)) => messages.as_slice(),
        Some(_) => return Err(Error::wrong_type("/messages", "an array of messages")),
        None => return Err(Error::malformed_request("it has no `messages`".to_owned())),
    };
    for (i, message) in messages.iter().enumerate() {
        let at = format!("/messages/{i}");
        if message.as_object().is_none() {
            return Err(Error::wrong_type(&at, "a message, which is an object"));
        }
        let role = message.text("role").unwrap_or("user");
        let is_next_result = i > 0 && messages[i - 1].text("role") == Some("tool");
        let mut said = around(scribe, role);
        said = said.plus(content(scribe, message.get("content"), &format!("{at}/content"))?);
        reasoning(scribe, message, &at);
        let calls = message.get("tool_calls").and_then(Json::as_array).unwrap_or_default();
        for (j, call) in calls.iter().enumerate() {
            let function = call.get("function").unwrap_or(call);
            let name = function.text("name").unwrap_or_default();
            let span = scribe.call_in_text(name, function.text("arguments").unwrap_or_default());
            scribe.push(PartKind::ToolCall, name, format!("{at}/tool_calls/{j}"), span);
        }
        let kind = match role {
            "system" | "developer" => PartKind::System,
            "tool" | "function" => {
                said = said.plus(scribe.result(!is_next_result));
                PartKind::ToolResult
            }
            _ => PartKind::Message,
        };
        scribe.push(kind, role, at, said);
    }
    Ok(())
}

/// Thinking that is sent again: whether it goes on to the model is not known of each server.
fn reasoning(scribe: &mut Scribe<'_>, message: &Json<'_>, at: &str) {
    let details = message.get("reasoning_details").and_then(Json::as_array).unwrap_or_default();
    let mut texts: Vec<&str> =
        details.iter().filter_map(|detail| detail.text("text").or(detail.text("summary"))).collect();
    if texts.is_empty() {
        texts.extend(message.text("reasoning").or(message.text("reasoning_content")));
    }
    let signatures = details.iter().filter_map(|detail| detail.text("signature").or(detail.text("data")));
    let sealed: u64 = signatures.map(|signature| signature.len() as u64 / 4).sum();
    let text = texts.into_iter().fold(Span::sure(0), |span, text| span.plus(scribe.tongue.text(text)));
    if text.high + sealed > 0 {
        let span = Span::new(0, text.tokens, text.high.max(sealed) + 10);
        scribe.push(PartKind::Reasoning, "reasoning", format!("{at}/reasoning"), span);
    }
}

/// The text of a content; what is not text becomes a part of the count.
fn content(scribe: &mut Scribe<'_>, content: Option<&Json<'_>>, at: &str) -> Result<Span, Error> {
    let mut said = Span::sure(0);
    match content {
        None | Some(Json::Null) => {}
        Some(Json::Text(text)) => said = scribe.tongue.text(text),
        Some(Json::Array(parts)) => {
            for (i, part) in parts.iter().enumerate() {
                let at = format!("{at}/{i}");
                match (part, part.text("type")) {
                    (Json::Text(text), _) => said = said.plus(scribe.tongue.text(text)),
                    (
                        Json::Object(_),
                        None | Some("text" | "input_text" | "output_text" | "summary_text" | "refusal"),
                    ) => {
                        let text = part.text("text").or(part.text("refusal")).unwrap_or_default();
                        said = said.plus(scribe.tongue.text(text));
                    }
                    (Json::Object(_), Some(kind)) => medium(scribe, part, kind, at),
                    _ => return Err(Error::wrong_type(&at, "a part of a content, which is an object")),
                }
            }
        }
        Some(_) => return Err(Error::wrong_type(at, "a content, which is a text or an array of parts")),
    }
    Ok(said)
}

fn medium(scribe: &mut Scribe<'_>, part: &Json<'_>, kind: &str, at: String) {
    match kind {
        "image_url" | "input_image" | "image" => {
            let holder = part.get("image_url").filter(|holder| holder.as_object().is_some()).unwrap_or(part);
            let address = holder.text("url").or(part.text("image_url"));
            scribe.image(kind, at, address.filter(|address| address.starts_with("data:")));
        }
        "input_audio" => {
            let data = part.get("input_audio").and_then(|holder| holder.text("data"));
            scribe.sound(PartKind::Audio, kind, at, data);
        }
        "video_url" | "input_video" | "video" => scribe.sound(PartKind::Video, kind, at, None),
        "file" | "input_file" | "document_url" | "document" => {
            let data = part.get("file").unwrap_or(part).text("file_data");
            scribe.document(kind, at, data);
        }
        kind => scribe.unknown_kind(kind, at),
    }
}

fn responses(scribe: &mut Scribe<'_>, body: &Json<'_>) -> Result<(), Error> {
    if let Some(text) = body.text("instructions") {
        let span = around(scribe, "system").plus(scribe.tongue.text(text));
        scribe.push(PartKind::System, "instructions", "/instructions", span);
    }
    for name in ["previous_response_id", "conversation", "prompt"] {
        if body.given(name).is_some() {
            scribe.unseen(PartKind::Stored, name, format!("/{name}"), 0, 0, STORED);
        }
    }
    match body.given("input") {
        None => Ok(()),
        Some(Json::Text(text)) => {
            let span = around(scribe, "user").plus(scribe.tongue.text(text));
            scribe.push(PartKind::Message, "user", "/input", span);
            Ok(())
        }
        Some(Json::Array(items)) => {
            items.iter().enumerate().try_for_each(|(i, item)| self::item(scribe, item, format!("/input/{i}")))
        }
        Some(_) => Err(Error::wrong_type("/input", "a text or an array of items")),
    }
}

fn item(scribe: &mut Scribe<'_>, item: &Json<'_>, at: String) -> Result<(), Error> {
    if item.as_object().is_none() {
        return Err(Error::wrong_type(&at, "an item, which is an object"));
    }
    match item.text("type").unwrap_or("message") {
        "message" => {
            let role = item.text("role").unwrap_or("user");
            let said = around(scribe, role).plus(content(scribe, item.get("content"), &format!("{at}/content"))?);
            let kind = if matches!(role, "system" | "developer") { PartKind::System } else { PartKind::Message };
            scribe.push(kind, role, at, said);
        }
        "function_call" => {
            let name = item.text("name").unwrap_or_default();
            let span = scribe.call_in_text(name, item.text("arguments").unwrap_or_default());
            let span = span.plus(around(scribe, "assistant"));
            scribe.push(PartKind::ToolCall, name, at, span);
        }
        "function_call_output" => {
            let said = around(scribe, "tool").plus(scribe.result(true));
            let said = said.plus(match item.get("output") {
                Some(Json::Text(text)) => scribe.tongue.text(text),
                output => content(scribe, output, &format!("{at}/output"))?,
            });
            scribe.push(PartKind::ToolResult, "result", at, said);
        }
        "reasoning" => {
            // Whether it is sent on to the model is not known of the others' interfaces.
            let hidden = item.text("encrypted_content").map_or(0, |hidden| hidden.len() as u64 / 4);
            scribe.push(PartKind::Reasoning, "reasoning", at, Span::new(0, 0, hidden + 200));
        }
        kind => scribe.unknown_kind(kind, at),
    }
    Ok(())
}
