//! Tools: their definitions in the namespace the models read, and the choice among them.

use crate::counting::setting::Setting;
use crate::counting::typescript::{Function, Writing, write_function};
use crate::request::json::Json;
use crate::tally::{Part, PartKind};

/// The most tokens of what the server adds and nobody else sees: what was found on the web is as much.
pub(crate) const UNSEEN: u64 = 100_000;

/// A tool as a request defines it.
pub(crate) struct Tool<'j> {
    pub(crate) at: String,
    pub(crate) function: Option<Function<'j>>,
    pub(crate) kind: &'j str,
}

impl Tool<'_> {
    pub(crate) fn is_undescribed(&self) -> bool {
        self.function.is_some_and(|function| function.description.is_none_or(str::is_empty))
    }
}

/// The tools of Responses.
pub(crate) fn of_responses<'j>(body: &'j Json<'j>) -> Vec<Tool<'j>> {
    let items = body.get("tools").and_then(Json::as_array).unwrap_or_default().iter().enumerate();
    let tools = items.map(|(i, tool)| {
        let kind = tool.text("type").unwrap_or_default();
        Tool { at: format!("/tools/{i}"), function: (kind == "function").then(|| function(tool)), kind }
    });
    tools.collect()
}

/// The tools of a chat completion, or the functions of an old one.
pub(crate) fn of_chat<'j>(body: &'j Json<'j>) -> Vec<Tool<'j>> {
    let items = |name: &str| body.get(name).and_then(Json::as_array).unwrap_or_default().iter().enumerate();
    let tools = items("tools").map(|(i, tool)| Tool {
        at: format!("/tools/{i}"),
        function: tool.get("function").map(function),
        kind: tool.text("type").unwrap_or_default(),
    });
    let functions = items("functions").map(|(i, tool)| Tool {
        at: format!("/functions/{i}"),
        function: Some(function(tool)),
        kind: "function",
    });
    tools.chain(functions).collect()
}

/// A function's definition.
pub(crate) fn function<'j>(holder: &'j Json<'j>) -> Function<'j> {
    Function {
        name: holder.text("name").unwrap_or_default(),
        description: holder.text("description"),
        parameters: holder.given("parameters"),
    }
}

/// Counts the definitions: what is around all of them, and each.
///
/// The text is cut before the semicolon behind each definition. A name stands there, and every split ends a piece between a
/// letter and a symbol: so the tokens of the pieces add up to those of the whole.
pub(crate) fn count(setting: &Setting<'_>, tools: &[Tool<'_>], head: u64, repeats: bool, parts: &mut Vec<Part>) {
    let writing = Writing { renderer: setting.writer(), repeats };
    if tools.iter().any(|tool| tool.function.is_some()) {
        let around = setting.count("namespace functions") + setting.count(";\n\n} // namespace functions");
        parts.push(Part::new(PartKind::Tools, "functions", "", head + around));
    }
    let mut text = String::new();
    let mut is_first = true;
    for tool in tools {
        let Some(function) = tool.function else {
            let part = Part::new(PartKind::ServerTool, tool.kind.to_owned(), tool.at.clone(), 0).give(0, UNSEEN);
            parts.push(part.unknown("what the server tells the model of its own tools is not public"));
            continue;
        };
        text.clear();
        text.push_str(if is_first { " {\n\n" } else { ";\n\n" });
        is_first = false;
        let doubt = write_function(function, writing, &mut text);
        let part = Part::new(PartKind::Tool, function.name.to_owned(), tool.at.clone(), setting.count(&text));
        let spread = part.tokens / 2 + 8;
        parts.push(match doubt.reference {
            true => part.give(spread, spread).estimate("a reference leads nowhere, back to itself, or too far"),
            false if doubt.places > 0 => part
                .give(doubt.places, 2 * doubt.places)
                .estimate("variants and constraints are written in a way that few recordings show"),
            false => part,
        });
    }
}

/// What a choice of a tool says.
pub(crate) enum Named<'j> {
    /// This tool.
    Tool(&'j str),
    /// This function, in the form before tools.
    Function(&'j str),
    /// No tool.
    None,
    /// Whatever the model likes, or any.
    Free,
}

impl<'j> Named<'j> {
    pub(crate) fn of(choice: &'j Json<'j>) -> Self {
        match choice {
            Json::Text(word) if word == "none" => Self::None,
            Json::Object(_) => match choice.get("function").and_then(|function| function.text("name")) {
                Some(name) => Self::Tool(name),
                None => choice.text("name").map_or(Self::Free, Self::Function),
            },
            _ => Self::Free,
        }
    }
}
