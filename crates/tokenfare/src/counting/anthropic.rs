//! Anthropic's Messages: instructions, turns, tools, pictures and documents.

use crate::counting::hints::Hints;
use crate::error::Error;
use crate::estimate::ratio::Span;
use crate::estimate::scribe::{Choice, Scribe};
use crate::model::Model;
use crate::request::json::Json;
use crate::tally::{Part, PartKind};

/// Beside the text of a document that is a text, and where it may be quoted.
const TEXT_DOCUMENT: Span = Span::new(25, 35, 45);
const QUOTED_DOCUMENT: Span = Span::new(100, 585, 900);

/// Tools that the server or the client's library defines, by the beginning of their type: tokens at least, and likely.
const DEFINED: [(&str, u64, u64); 9] = [
    ("web_search", 600, 9_000),
    ("web_fetch", 600, 4_000),
    ("code_execution", 900, 4_000),
    ("computer", 500, 1_310),
    ("memory", 300, 1_060),
    ("bash", 100, 245),
    ("text_editor", 300, 700),
    ("tool_search", 100, 600),
    ("advisor", 300, 2_000),
];

/// Counts a request.
pub(crate) fn count(model: &Model<'_>, hints: &Hints, body: &Json<'_>) -> Result<Vec<Part>, Error> {
    let mut scribe = Scribe::new(model, hints)?;
    let messages = match body.get("messages") {
        Some(Json::Array(messages)) => messages.as_slice(),
        Some(_) => return Err(Error::wrong_type("/messages", "an array of messages")),
        None => return Err(Error::malformed_request("it has no `messages`".to_owned())),
    };
    if let Some(at) = compacted(body) {
        scribe.may_leave_out(at);
    }
    system(&mut scribe, body.given("system"))?;
    tools(&mut scribe, body)?;
    settings(&mut scribe, body);
    // What was summed up before is not sent again.
    let first = messages.iter().rposition(|message| has_block(message, "compaction")).unwrap_or(0);
    for (i, message) in messages.iter().enumerate().skip(first) {
        let replays = scribe.dialect().keeps_thinking || replays(messages, i);
        turn(&mut scribe, message, format!("/messages/{i}"), replays)?;
    }
    Ok(scribe.finish())
}

/// Where a request has the server sum up what is too long: what is billed is then what it becomes.
fn compacted(body: &Json<'_>) -> Option<String> {
    let edits = body.get("context_management")?.get("edits")?.as_array()?;
    let i = edits.iter().position(|edit| edit.text("type").is_some_and(|kind| kind.starts_with("compact")))?;
    Some(format!("/context_management/edits/{i}"))
}

fn has_block(message: &Json<'_>, kind: &str) -> bool {
    let blocks = message.get("content").and_then(Json::as_array).unwrap_or_default();
    blocks.iter().any(|block| block.text("type") == Some(kind))
}

fn system(scribe: &mut Scribe<'_>, system: Option<&Json<'_>>) -> Result<(), Error> {
    let around = scribe.system();
    match system {
        None => {}
        Some(Json::Text(text)) => {
            let span = scribe.tongue.text(text).plus(around);
            scribe.push(PartKind::System, "system", "/system", span);
        }
        Some(Json::Array(blocks)) => {
            for (i, block) in blocks.iter().enumerate() {
                let at = format!("/system/{i}");
                let text = block.text("text").or(block.as_str());
                let text = text.ok_or_else(|| Error::wrong_type(&at, "a block of text"))?;
                let span = scribe.tongue.text(text);
                scribe.push(PartKind::System, "system", at, span);
            }
        }
        Some(_) => return Err(Error::wrong_type("/system", "a text or an array of blocks")),
    }
    Ok(())
}

fn tools(scribe: &mut Scribe<'_>, body: &Json<'_>) -> Result<(), Error> {
    let tools = match body.given("tools") {
        None => return Ok(()),
        Some(Json::Array(tools)) => tools,
        Some(_) => return Err(Error::wrong_type("/tools", "an array of tools")),
    };
    if tools.is_empty() {
        return Ok(());
    }
    let choice = body.given("tool_choice").and_then(|choice| choice.text("type"));
    let is_single =
        body.get("tool_choice").and_then(|choice| choice.get("disable_parallel_tool_use")) == Some(&Json::Bool(true));
    scribe.tools(match choice {
        Some("any" | "tool") => Choice::Forced,
        _ if is_single => Choice::OneAtATime,
        _ => Choice::Free,
    });
    let are_searched = tools.iter().any(|tool| tool.text("type").is_some_and(|kind| kind.starts_with("tool_search")));
    for (i, tool) in tools.iter().enumerate() {
        let at = format!("/tools/{i}");
        let kind = tool.text("type").unwrap_or("custom");
        let name = tool.text("name").unwrap_or(kind);
        if kind == "custom" {
            // What is looked up when it is needed is not sent before.
            let is_deferred = tool.get("defer_loading") == Some(&Json::Bool(true));
            if is_deferred && are_searched {
                scribe.push(PartKind::Tool, name, at, Span::sure(0));
            } else {
                scribe.tool(name, tool.text("description"), tool.given("input_schema"), at, is_deferred);
            }
        } else {
            let known = DEFINED.iter().find(|(begins, ..)| kind.starts_with(begins));
            let &(_, least, likely) = known.unwrap_or(&("", 0, 500));
            scribe.server_tool(name, at, least, likely);
        }
    }
    Ok(())
}

/// What is asked for beside the messages.
fn settings(scribe: &mut Scribe<'_>, body: &Json<'_>) {
    let thinking = scribe.dialect().thinking;
    let thinking = match body.given("thinking").and_then(|thinking| thinking.text("type")) {
        Some("enabled") => Some(Span::new(thinking.saturating_sub(3), thinking, thinking + 6)),
        Some("adaptive") => Some(Span::new(0, 0, 18)),
        _ => None,
    };
    if let Some(span) = thinking {
        scribe.push(PartKind::Reasoning, "thinking", "/thinking", span);
    }
    let config = body.given("output_config");
    let asked = [
        (config.and_then(|config| config.given("format")), "/output_config/format/schema"),
        (body.given("output_format"), "/output_format/schema"),
    ];
    for (format, at) in asked {
        if let Some(schema) = format.and_then(|format| format.given("schema")) {
            scribe.schema(schema, at);
        }
    }
    if config.is_some_and(|config| config.given("task_budget").is_some()) {
        scribe.push(PartKind::Reasoning, "task budget", "/output_config/task_budget", Span::new(30, 38, 50));
    }
    for (i, server) in body.get("mcp_servers").and_then(Json::as_array).unwrap_or_default().iter().enumerate() {
        scribe.server_tool(server.text("name").unwrap_or("mcp"), format!("/mcp_servers/{i}"), 100, 500);
    }
    if body.given("container").is_some() {
        scribe.server_tool("container", "/container".to_owned(), 0, 0);
    }
}

/// Whether thinking of this message is sent on to a model that does not keep all of it: while the tools it called are answered, and
/// no longer.
fn replays(messages: &[Json<'_>], at: usize) -> bool {
    messages[at..]
        .iter()
        .filter(|message| message.text("role") == Some("user"))
        .all(|message| has_block(message, "tool_result"))
}

fn turn(scribe: &mut Scribe<'_>, message: &Json<'_>, at: String, replays: bool) -> Result<(), Error> {
    if message.as_object().is_none() {
        return Err(Error::wrong_type(&at, "a message, which is an object"));
    }
    let role = message.text("role").unwrap_or("user");
    let around = scribe.turn(role);
    let kind = if role == "system" { PartKind::System } else { PartKind::Message };
    let blocks = match message.get("content") {
        None | Some(Json::Null) => &[],
        Some(Json::Text(text)) => {
            let span = scribe.tongue.text(text).plus(around);
            scribe.push(kind, role, at, span);
            return Ok(());
        }
        Some(Json::Array(blocks)) => blocks.as_slice(),
        Some(_) => return Err(Error::wrong_type(&format!("{at}/content"), "a text or an array of blocks")),
    };
    let mut said = around;
    let mut results = 0;
    for (i, block) in blocks.iter().enumerate() {
        let at = format!("{at}/content/{i}");
        match (block, block.text("type")) {
            (Json::Text(text), _) => said = said.plus(scribe.tongue.text(text)),
            (Json::Object(_), Some("text") | None) => {
                said = said.plus(scribe.tongue.text(block.text("text").unwrap_or_default()));
            }
            (Json::Object(_), Some(kind)) => {
                results += u64::from(kind == "tool_result");
                other(scribe, block, kind, at, results, replays)?;
            }
            _ => return Err(Error::wrong_type(&at, "a block, which is an object")),
        }
    }
    scribe.push(kind, role, at, said);
    Ok(())
}

/// Counts a block that is not text.
fn other(
    scribe: &mut Scribe<'_>,
    block: &Json<'_>,
    kind: &str,
    at: String,
    results: u64,
    replays: bool,
) -> Result<(), Error> {
    match kind {
        "tool_use" => {
            let name = block.text("name").unwrap_or_default();
            let span = scribe.call(name, block.get("input").unwrap_or(&Json::Null));
            scribe.push(PartKind::ToolCall, name, at, span);
        }
        "tool_result" => {
            let mut span = scribe.result(results <= 1);
            match block.get("content") {
                None | Some(Json::Null) => {}
                Some(Json::Text(text)) => span = span.plus(scribe.tongue.text(text)),
                Some(Json::Array(blocks)) => {
                    for (i, block) in blocks.iter().enumerate() {
                        match block.text("type") {
                            Some("text") | None => {
                                let text = block.text("text").or(block.as_str()).unwrap_or_default();
                                span = span.plus(scribe.tongue.text(text));
                            }
                            Some(kind) => other(scribe, block, kind, format!("{at}/content/{i}"), 1, replays)?,
                        }
                    }
                }
                Some(_) => return Err(Error::wrong_type(&format!("{at}/content"), "a text or an array of blocks")),
            }
            scribe.push(PartKind::ToolResult, block.text("tool_use_id").unwrap_or("result"), at, span);
        }
        "thinking" => {
            let text = block.text("thinking").unwrap_or_default();
            let sealed = block.text("signature").unwrap_or_default();
            if replays && text.is_empty() && sealed.len() < LEAST_SIGNATURE {
                scribe.lost_thinking("thinking", at);
                return Ok(());
            }
            let span = match replays {
                true => {
                    // What was thought may be longer than what is shown of it; the signature holds it.
                    let signed = opaque(sealed) / 4;
                    let text = scribe.tongue.text(text);
                    Span::new(0, text.tokens, text.high.max(signed) + 10)
                }
                false => Span::sure(0),
            };
            scribe.push(PartKind::Reasoning, "thinking", at, span);
        }
        "redacted_thinking" => {
            let hidden = block.text("data").map_or(0, |data| opaque(data) / 4);
            let span = if replays { Span::new(0, hidden / 2, hidden + 10) } else { Span::sure(0) };
            scribe.push(PartKind::Reasoning, "redacted_thinking", at, span);
        }
        "compaction" => {
            let span = scribe.tongue.text(block.text("content").unwrap_or_default()).plus(Span::new(0, 5, 30));
            scribe.push(PartKind::Message, "compaction", at, span);
        }
        "image" => {
            let data = block.get("source").and_then(|source| source.text("data"));
            scribe.image("image", at, data);
        }
        "document" => document(scribe, block, at),
        "search_result" => {
            let texts = block.get("content").and_then(Json::as_array).unwrap_or_default();
            let mut span = if is_quoted(block) { QUOTED_DOCUMENT } else { Span::new(20, 60, 120) };
            for text in texts
                .iter()
                .filter_map(|block| block.text("text"))
                .chain(block.text("title"))
                .chain(block.text("source"))
            {
                span = span.plus(scribe.tongue.text(text));
            }
            scribe.push(PartKind::File, "search_result", at, span);
        }
        kind if kind.starts_with("server_tool") || kind.ends_with("_tool_result") => {
            let span = scribe.value(block);
            scribe.server_tool(kind, at, 0, span.tokens);
        }
        kind => scribe.unknown_kind(kind, at),
    }
    Ok(())
}

/// No signature is so short: one that is was put in its place.
const LEAST_SIGNATURE: usize = 100;

/// How many characters an encrypted text has.
fn opaque(text: &str) -> u64 {
    text.len() as u64
}

/// Whether the answer may quote it, for which the server writes how.
fn is_quoted(block: &Json<'_>) -> bool {
    block.get("citations").and_then(|citations| citations.get("enabled")) == Some(&Json::Bool(true))
}

fn document(scribe: &mut Scribe<'_>, block: &Json<'_>, at: String) {
    let source = block.get("source");
    let around = if is_quoted(block) { QUOTED_DOCUMENT } else { TEXT_DOCUMENT };
    let mut texts: Vec<&str> = Vec::new();
    match source.and_then(|source| source.text("type")) {
        Some("text") => texts.extend(source.and_then(|source| source.text("data"))),
        Some("content") => match source.and_then(|source| source.get("content")) {
            Some(Json::Text(text)) => texts.push(text),
            Some(Json::Array(blocks)) => texts.extend(blocks.iter().filter_map(|block| block.text("text"))),
            _ => {}
        },
        _ => {
            scribe.document("document", at, source.and_then(|source| source.text("data")));
            return;
        }
    }
    texts.extend(block.text("title"));
    texts.extend(block.text("context"));
    let span = texts.into_iter().fold(around, |span, text| span.plus(scribe.tongue.text(text)));
    scribe.push(PartKind::File, "document", at, span);
}
