//! Responses: instructions, items, tools, and the schema of the answer.

use crate::counting::chat::Arguments;
use crate::counting::content::{self, label};
use crate::counting::family::{CALLS, EACH_CALL, LAUNCH, LAUNCH_PLAIN, LAUNCH_TOOLS, Replay, Wrapped};
use crate::counting::schema::Schema;
use crate::counting::setting::Setting;
use crate::counting::tools::{self, Named, Tool, UNSEEN};
use crate::error::Error;
use crate::request::json::Json;
use crate::tally::{Exactness, Part, PartKind};
use std::collections::HashMap;

/// Counts a request.
pub(crate) fn count(setting: &Setting<'_>, body: &Json<'_>) -> Result<Vec<Part>, Error> {
    let mut parts = head(setting, body)?;
    match body.given("input") {
        None => {}
        Some(Json::Text(text)) => {
            let tokens = setting.family.frame + setting.count(text);
            parts.push(Part::new(PartKind::Message, "user", "/input", tokens));
        }
        Some(Json::Array(items)) => {
            let mut names = Names::new();
            let last_user = last_user(items);
            let from = parts.len();
            let mut compacted = None;
            let mut at = 0;
            while at < items.len() {
                if is_compaction(&items[at]) {
                    compacted = Some(parts.len());
                }
                at += unit(setting, items, at, last_user, &mut names, &mut parts)?;
            }
            if let Some(to) = compacted {
                dropped(&mut parts[from..to]);
            }
        }
        Some(_) => return Err(Error::wrong_type("/input", "a text or an array of items")),
    }
    Ok(parts)
}

/// Whether an item stands for those before it.
pub(crate) fn is_compaction(item: &Json<'_>) -> bool {
    item.text("type") == Some("compaction")
}

/// Lowers what stands before a compaction: the server may have left it out.
fn dropped(parts: &mut [Part]) {
    for part in parts {
        part.low = 0;
        if part.exactness < Exactness::Estimate {
            *part = part.clone().estimate("a compaction follows, and may stand for this");
        }
    }
}

/// The names of the tools that were called, by the call.
pub(crate) type Names = HashMap<String, String>;

/// Where the last message of the user stands: thinking before it is not read again.
pub(crate) fn last_user(items: &[Json<'_>]) -> Option<usize> {
    items.iter().rposition(|item| item.text("role") == Some("user"))
}

/// What the server has and the request only names.
fn stored(body: &Json<'_>, parts: &mut Vec<Part>) {
    let all = [
        ("previous_response_id", "count the whole conversation: send what it had as items"),
        ("conversation", "count the whole conversation: send what it had as items"),
        ("prompt", "fill in the prompt's template, and send it as items"),
    ];
    for (name, note) in all {
        if body.given(name).is_some() {
            parts.push(Part::new(PartKind::Stored, name, format!("/{name}"), 0).give(0, UNSEEN).unknown(note));
        }
    }
}

/// What does not stand in an item: instructions, tools, schema, what the answer begins with.
pub(crate) fn head(setting: &Setting<'_>, body: &Json<'_>) -> Result<Vec<Part>, Error> {
    let mut all = Vec::with_capacity(16);
    let parts = &mut all;
    match body.given("instructions") {
        None => {}
        Some(Json::Text(text)) if text.is_empty() => {}
        Some(Json::Text(text)) => {
            let tokens = setting.family.frame + setting.count(text);
            parts.push(Part::new(PartKind::System, "instructions", "/instructions", tokens));
        }
        Some(_) => return Err(Error::wrong_type("/instructions", "a text")),
    }
    stored(body, parts);
    let tools = tools::of_responses(body);
    let format = body.given("text").and_then(|text| text.given("format"));
    let schema = format.filter(|format| format.text("type") == Some("json_schema")).map(Schema::of);
    definitions(setting, &tools, body.given("tool_choice"), schema.as_ref(), parts);
    if body.given("reasoning").and_then(|reasoning| reasoning.text("mode")) == Some("pro") {
        let part = Part::new(PartKind::ServerTool, "reasoning.mode", "/reasoning/mode", 1_500).give(1_500, 3_000);
        parts.push(part.estimate("the mode `pro` was seen to add 1,500 to 2,000 tokens"));
    }
    let priming = Part::new(PartKind::Priming, "assistant", "", setting.family.priming);
    parts.push(if setting.was(&LAUNCH) {
        let more = if tools.iter().any(|tool| tool.function.is_some()) { LAUNCH_TOOLS } else { LAUNCH_PLAIN };
        let note = "Responses were billed otherwise in the month they began";
        Part { tokens: priming.tokens + more, high: priming.high + more, ..priming }.give(more + 20, 240).estimate(note)
    } else {
        // One request in sixty was billed a token more or less, for no reason that is seen in it.
        priming.give(1, 1)
    });
    Ok(all)
}

/// Counts tools, the choice among them, and the schema of the answer.
pub(crate) fn definitions(
    setting: &Setting<'_>,
    tools: &[Tool<'_>],
    choice: Option<&Json<'_>>,
    schema: Option<&Schema<'_>>,
    parts: &mut Vec<Part>,
) {
    let rules = &setting.family.responses;
    let functions = || tools.iter().filter(|tool| tool.function.is_some());
    let head = match functions().next() {
        Some(first) if first.is_undescribed() => rules.tools - rules.undescribed,
        _ => rules.tools,
    };
    let start = parts.len();
    tools::count(setting, tools, head, false, parts);
    if let Some(part) = parts.get_mut(start).filter(|_| setting.as_responses) {
        // Which way a router goes is its own choice.
        *part = part.clone().give(3, 3);
    }
    if let (Some(choice), true) = (choice, functions().next().is_some()) {
        // Where any tool has to be called and there is one, that is the one named.
        let is_required = choice.as_str() == Some("required") && functions().count() == 1;
        let only = functions().find_map(|tool| tool.function).filter(|_| is_required).map(|function| function.name);
        let (label, tokens) = match (Named::of(choice), only, rules.named) {
            (Named::Function(name) | Named::Tool(name), _, Some(named)) => (name, named + setting.count(name)),
            (Named::Free, Some(name), Some(named)) => (name, named + setting.count(name)),
            (Named::None, ..) => ("none", rules.none),
            _ => ("", 0),
        };
        if tokens > 0 {
            parts.push(Part::new(PartKind::ToolChoice, label.to_owned(), "/tool_choice", tokens));
        }
    }
    if let Some(schema) = schema {
        let tokens = rules.schema + setting.count(&format!(" {}", schema.name)) + schema.tokens(setting);
        let at = if setting.as_responses { "/response_format/json_schema" } else { "/text/format" };
        parts.push(Part::new(PartKind::Schema, schema.name.to_owned(), at, tokens));
    }
}

/// What is written around one of several calls that stand together.
pub(crate) fn call_frame(setting: &Setting<'_>, i: usize, of: usize, all_have_ids: bool) -> u64 {
    let rules = &setting.family.responses;
    let is_one_text = of > 1
        && match rules.calls {
            Wrapped::Never => false,
            Wrapped::WithIds => all_have_ids,
            Wrapped::Always => true,
        };
    match (is_one_text, i) {
        (true, 0) => EACH_CALL + CALLS,
        (true, _) => EACH_CALL,
        (false, _) => rules.call,
    }
}

/// Counts the items that belong together, from one on: calls at once, or a single item. Returns how many they are.
pub(crate) fn unit(
    setting: &Setting<'_>,
    items: &[Json<'_>],
    at: usize,
    last_user: Option<usize>,
    names: &mut Names,
    parts: &mut Vec<Part>,
) -> Result<usize, Error> {
    let item = &items[at];
    let pointer = format!("/input/{at}");
    if item.as_object().is_none() {
        return Err(Error::wrong_type(&pointer, "an item, which is an object"));
    }
    match item.text("type").unwrap_or("message") {
        "message" => message(setting, item, pointer, parts)?,
        "function_call" => return calls(setting, items, at, names, parts),
        "function_call_output" => {
            let name = item.text("call_id").and_then(|id| names.get(id)).map_or("", String::as_str);
            let content = content::read(setting, item, "output", &pointer)?;
            let tokens = 3 + setting.count(&format!("functions.{name}")) + content.tokens(setting);
            parts.push(Part::new(PartKind::ToolResult, name.to_owned(), pointer, tokens));
            parts.extend(content.media);
        }
        "reasoning" => parts.push(reasoning(setting, item, pointer, last_user.is_none_or(|user| at > user))),
        "compaction" | "item_reference" => {
            let part = Part::new(PartKind::Stored, item.text("type").unwrap_or_default().to_owned(), pointer, 0);
            parts.push(part.give(0, UNSEEN).unknown("send the items it stands for"));
        }
        kind => {
            let part = Part::new(PartKind::ServerTool, kind.to_owned(), pointer, 0).give(0, UNSEEN);
            parts.push(part.unknown("what the server writes of its own tools is not public"));
        }
    }
    Ok(1)
}

fn message(setting: &Setting<'_>, item: &Json<'_>, pointer: String, parts: &mut Vec<Part>) -> Result<(), Error> {
    let family = setting.family;
    let content = content::read(setting, item, "content", &pointer)?;
    let role = item.text("role").unwrap_or_default();
    let kind = if matches!(role, "system" | "developer") { PartKind::System } else { PartKind::Message };
    let said = if role == "assistant" { family.said } else { 0 };
    // A remark on the way to a call was seen to cost a little more.
    let remark = if item.text("phase") == Some("commentary") { 4 } else { 0 };
    let tokens = family.frame + said + content.tokens(setting);
    parts.push(Part::new(kind, label(role), pointer, tokens).give(0, remark));
    parts.extend(content.media);
    Ok(())
}

/// Counts the calls that stand together.
fn calls(
    setting: &Setting<'_>,
    items: &[Json<'_>],
    at: usize,
    names: &mut Names,
    parts: &mut Vec<Part>,
) -> Result<usize, Error> {
    let rules = &setting.family.responses;
    let calls = items[at..].iter().take_while(|item| item.text("type") == Some("function_call")).count();
    let calls = &items[at..at + calls];
    let has_id = |call: &Json<'_>| call.given("id").is_some();
    let all_have_ids = calls.iter().all(has_id);
    for (i, call) in calls.iter().enumerate() {
        let name = call.text("name").unwrap_or_default();
        if let Some(id) = call.text("call_id") {
            names.insert(id.to_owned(), name.to_owned());
        }
        let given = Arguments::of(call);
        let text = setting.count(name) + setting.count(&given.text);
        let pointer = format!("/input/{}", at + i);
        let frame = call_frame(setting, i, calls.len(), all_have_ids);
        let is_alone = calls.len() == 1 || (rules.calls == Wrapped::WithIds && !all_have_ids);
        let part =
            |frame: u64| given.doubt(setting, Part::new(PartKind::ToolCall, name.to_owned(), pointer, frame + text));
        parts.push(if has_id(call) && is_alone {
            // The model's own words: now and then they were fewer.
            let (fewer, more) = if rules.call_id_unsure { (rules.call_id, 0) } else { (0, rules.call_id) };
            let part = part(frame + rules.call_id).give(fewer, more);
            if fewer > 0 {
                part.estimate("the model's own words are read again, and now and then they were fewer")
            } else {
                part
            }
        } else {
            // One request in four with the same call twice was billed a token more for each.
            part(frame).give(0, u64::from(calls.len() > 1 && rules.call_id_unsure))
        });
    }
    Ok(calls.len())
}

/// Counts thinking that is sent again: nothing before the user's last message, what it was after it.
fn reasoning(setting: &Setting<'_>, item: &Json<'_>, pointer: String, is_open: bool) -> Part {
    let label = item.text("id").unwrap_or_default().to_owned();
    let Replay::Reported { floor } = setting.family.replay else {
        return Part::new(PartKind::Reasoning, label, pointer, 0);
    };
    if !is_open {
        return Part::new(PartKind::Reasoning, label, pointer, 0);
    }
    let hints = &setting.hints.reasoning;
    let told = hints.get(&pointer).or_else(|| hints.get(item.text("id")?)).copied();
    if let Some(tokens) = told {
        // Of several items of a response the first has it all.
        let part = Part::new(PartKind::Reasoning, label, pointer, if tokens > 0 { tokens + 2 } else { 0 });
        // What was reported had been cut to a multiple.
        return if floor > 1 && tokens > 0 {
            part.give(0, floor - 1).estimate("the report was rounded down")
        } else {
            part
        };
    }
    let note = "say how many tokens of reasoning that response was billed, its usage has them";
    match item.text("encrypted_content").map(str::len).filter(|length| *length >= LEAST_SEALED) {
        Some(length) => {
            let tokens = ((length - LEAST_SEALED) as u64) * 10 / SEALED_PER_TEN;
            let part = Part::new(PartKind::Reasoning, label, pointer, tokens + 2);
            part.give(tokens / 4 + 40, tokens * 2 / 5 + 40).estimate(note)
        }
        None => {
            // Those that report it rounded think long before a call of a tool, the later ones little or not at all.
            let likely = if floor > 1 { 256 } else { 20 };
            Part::new(PartKind::Reasoning, label, pointer, likely).give(likely - 2, 16_000).unknown(note)
        }
    }
}

/// The length of sealed thinking without a thought, and its characters for ten tokens.
const LEAST_SEALED: usize = 900;
const SEALED_PER_TEN: u64 = 64;
