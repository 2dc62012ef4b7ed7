//! Gemini's `generateContent` and `countTokens`: contents, instructions, tools, pictures, sounds and documents.

use crate::counting::hints::Hints;
use crate::error::Error;
use crate::estimate::ratio::Span;
use crate::estimate::scribe::{Scribe, UNSEEN_DOCUMENT};
use crate::model::Model;
use crate::request::json::Json;
use crate::tally::{Part, PartKind};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// What a signed thought costs when it is sent again, in thousandths of a token for each character of its signature, and how
/// many tokens fewer.
const SIGNED: u64 = 207;
const SIGNED_FEWER: u64 = 20;
/// Where it is counted in some answers and not in others.
const SIGNED_SOMETIMES: u64 = 70;
const SIGNED_MOST: u64 = 240;

const STORED: &str = "what the server has stored is not in the request: its tokens are in the answer that stored it";

/// Counts a request.
pub(crate) fn count(model: &Model<'_>, hints: &Hints, body: &Json<'_>) -> Result<Vec<Part>, Error> {
    let (body, at) = match body.given("generateContentRequest") {
        Some(inner) => (inner, "/generateContentRequest"),
        None => (body, ""),
    };
    let mut scribe = Scribe::new(model, hints)?;
    if let Some((system, name)) = either(body, "systemInstruction", "system_instruction") {
        let at = format!("{at}/{name}");
        let mut said = scribe.system();
        for (part, at) in parts_of(system, &at)? {
            said = said.plus(piece(&mut scribe, part, at)?);
        }
        scribe.push(PartKind::System, "system", at, said);
    }
    tools(&mut scribe, body, at);
    if let Some((schema, at)) = schema(body, at) {
        scribe.schema(schema, &at);
    }
    if let Some((_, name)) = either(body, "cachedContent", "cached_content") {
        scribe.unseen(PartKind::Stored, name, format!("{at}/{name}"), 0, 0, STORED);
    }
    let at = format!("{at}/contents");
    match body.get("contents") {
        None | Some(Json::Null) => {}
        Some(Json::Array(contents)) if contents.iter().all(is_content) => {
            for (i, content) in contents.iter().enumerate() {
                turn(&mut scribe, content, format!("{at}/{i}"))?;
            }
        }
        // A text, parts, or a single content.
        Some(content) => turn(&mut scribe, content, at)?,
    }
    Ok(scribe.finish())
}

fn is_content(content: &Json<'_>) -> bool {
    content.get("parts").is_some() || content.get("role").is_some() || content.as_str().is_some()
}

/// A member by its name in JSON or in Python.
fn either<'j>(holder: &'j Json<'j>, camel: &'static str, snake: &'static str) -> Option<(&'j Json<'j>, &'static str)> {
    holder.given(camel).map(|value| (value, camel)).or_else(|| holder.given(snake).map(|value| (value, snake)))
}

/// The parts of a content, however it is written, and where they stand.
fn parts_of<'j>(content: &'j Json<'j>, at: &str) -> Result<Vec<(&'j Json<'j>, String)>, Error> {
    let numbered = |items: &'j [Json<'j>], at: &str| {
        items.iter().enumerate().map(|(i, item)| (item, format!("{at}/{i}"))).collect::<Vec<_>>()
    };
    match content {
        Json::Text(_) => Ok(vec![(content, at.to_owned())]),
        Json::Array(items) => Ok(numbered(items, at)),
        Json::Object(_) => match content.get("parts") {
            None => Ok(vec![(content, at.to_owned())]),
            Some(Json::Array(parts)) => Ok(numbered(parts, &format!("{at}/parts"))),
            Some(Json::Null) => Ok(Vec::new()),
            Some(part) => Ok(vec![(part, format!("{at}/parts"))]),
        },
        _ => Err(Error::wrong_type(at, "a content, which is an object")),
    }
}

fn turn(scribe: &mut Scribe<'_>, content: &Json<'_>, at: String) -> Result<(), Error> {
    let role = content.text("role").unwrap_or("user");
    let mut said = scribe.turn(role);
    for (part, at) in parts_of(content, &at)? {
        said = said.plus(piece(scribe, part, at)?);
    }
    scribe.push(PartKind::Message, role, at, said);
    Ok(())
}

/// Counts a part: the tokens of a text, or none where it becomes a part of the count.
fn piece(scribe: &mut Scribe<'_>, part: &Json<'_>, at: String) -> Result<Span, Error> {
    let nothing = Span::sure(0);
    if let Some(text) = part.as_str() {
        return Ok(scribe.tongue.text(text));
    }
    if part.as_object().is_none() {
        return Err(Error::wrong_type(&at, "a part, which is an object"));
    }
    if let Some((Json::Text(signature), name)) = either(part, "thoughtSignature", "thought_signature") {
        signed(scribe, signature, format!("{at}/{name}"));
    }
    if let Some(text) = part.text("text") {
        let span = scribe.tongue.text(text);
        if part.get("thought") == Some(&Json::Bool(true)) {
            scribe.push(PartKind::Reasoning, "thought", at, Span::new(0, span.tokens, span.high));
            return Ok(nothing);
        }
        return Ok(span);
    }
    if let Some((call, _)) = either(part, "functionCall", "function_call") {
        let name = call.text("name").unwrap_or_default();
        let span = scribe.call(name, call.get("args").unwrap_or(&Json::Null));
        scribe.push(PartKind::ToolCall, name, at, span);
    } else if let Some((answer, _)) = either(part, "functionResponse", "function_response") {
        let name = answer.text("name").unwrap_or_default();
        let mut span = scribe.tongue.text(name).plus(scribe.result(true));
        if let Some(response) = answer.given("response") {
            span = span.plus(scribe.value(response));
        }
        for (part, at) in
            answer.given("parts").map_or_else(|| Ok(Vec::new()), |parts| parts_of(parts, &format!("{at}/parts")))?
        {
            span = span.plus(piece(scribe, part, at)?);
        }
        scribe.push(PartKind::ToolResult, name, at, span);
    } else if let Some((data, name)) =
        either(part, "inlineData", "inline_data").or_else(|| either(part, "fileData", "file_data"))
    {
        medium(scribe, data, format!("{at}/{name}"));
    } else if let Some((code, _)) = either(part, "executableCode", "executable_code") {
        return Ok(scribe.tongue.text(code.text("code").unwrap_or_default()).plus(Span::new(0, 4, 20)));
    } else if let Some((result, _)) = either(part, "codeExecutionResult", "code_execution_result") {
        return Ok(scribe.tongue.text(result.text("output").unwrap_or_default()).plus(Span::new(0, 4, 20)));
    } else if either(part, "thoughtSignature", "thought_signature").is_none()
        && part.as_object().is_some_and(|members| !members.is_empty())
    {
        let kind =
            part.as_object().and_then(|members| members.iter().next()).map_or("part", |(name, _)| name).to_owned();
        scribe.unknown_kind(&kind, at);
    }
    Ok(nothing)
}

/// Counts thinking that is sent again as its signature.
fn signed(scribe: &mut Scribe<'_>, signature: &str, at: String) {
    let dialect = scribe.dialect().name;
    if matches!(dialect, "Gemini 2.5" | "Gemini 3") && is_replaced(signature) {
        return scribe.lost_thinking("thought signature", at);
    }
    let length = signature.len() as u64;
    let of = |thousandths: u64| length.saturating_mul(thousandths) / 1_000;
    let tokens = match dialect {
        "Gemini 3" => of(SIGNED).saturating_sub(SIGNED_FEWER),
        "Gemini 2.5" => of(SIGNED_SOMETIMES),
        _ => 0,
    };
    scribe.push(PartKind::Reasoning, "thought signature", at, Span::new(0, tokens, of(SIGNED_MOST) + 20));
}

/// Whether something else was put in the place of a signature: they are base64, and those of no thought are short.
fn is_replaced(signature: &str) -> bool {
    const SHORT: usize = 100;
    // What Gemini's documentation has for calls that no Gemini made: nothing was thought.
    const STAND_INS: [&str; 2] = ["skip_thought_signature_validator", "context_engineering_is_the_way_to_go"];
    signature.len() < SHORT && !STAND_INS.contains(&signature) && STANDARD.decode(signature).is_err()
}

/// Counts data in the request or elsewhere.
fn medium(scribe: &mut Scribe<'_>, data: &Json<'_>, at: String) {
    let kind = either(data, "mimeType", "mime_type").and_then(|(kind, _)| kind.as_str()).unwrap_or_default();
    let inline = data.text("data");
    match kind.split('/').next().unwrap_or_default() {
        "image" => scribe.image(kind, at, inline),
        "audio" => scribe.sound(PartKind::Audio, kind, at, inline),
        "video" => scribe.sound(PartKind::Video, kind, at, inline),
        "text" => match inline.and_then(|data| STANDARD.decode(data).ok()) {
            Some(bytes) => {
                let span = scribe.tongue.text(&String::from_utf8_lossy(&bytes)).plus(Span::new(0, 2, 12));
                scribe.push(PartKind::File, kind, at, span);
            }
            None => scribe.unseen(PartKind::File, kind, at, 0, 100, UNSEEN_DOCUMENT),
        },
        _ => scribe.document(kind, at, inline),
    }
}

fn tools(scribe: &mut Scribe<'_>, body: &Json<'_>, at: &str) {
    for (i, tool) in body.get("tools").and_then(Json::as_array).unwrap_or_default().iter().enumerate() {
        let at = format!("{at}/tools/{i}");
        for (name, value) in tool.as_object().iter().flat_map(|members| members.iter()) {
            match (name, value) {
                (_, Json::Null) => {}
                ("functionDeclarations" | "function_declarations", Json::Array(declarations)) => {
                    for (j, declaration) in declarations.iter().enumerate() {
                        let parameters = ["parameters", "parametersJsonSchema", "parameters_json_schema"];
                        let parameters = parameters.iter().find_map(|name| declaration.given(name));
                        let called = declaration.text("name").unwrap_or_default();
                        let at = format!("{at}/{name}/{j}");
                        scribe.tool(called, declaration.text("description"), parameters, at, false);
                    }
                }
                (name, _) => scribe.server_tool(name, format!("{at}/{name}"), 0, 0),
            }
        }
    }
}

/// The schema of the answer.
fn schema<'j>(body: &'j Json<'j>, at: &str) -> Option<(&'j Json<'j>, String)> {
    let (config, holder) = either(body, "generationConfig", "generation_config")?;
    let names = ["responseSchema", "response_schema", "responseJsonSchema", "response_json_schema"];
    names.iter().find_map(|name| Some((config.given(name)?, format!("{at}/{holder}/{name}"))))
}
