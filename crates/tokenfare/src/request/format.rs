//! Telling the formats of requests apart.

use crate::error::Error;
use crate::format::Format;
use crate::request::json::Json;

impl Format {
    /// Returns the form that requests of this interface have, which others may have taken over.
    pub(crate) fn of_requests(self) -> Result<Self, Error> {
        Ok(match self {
            Self::OpenaiChat | Self::OpenaiResponses | Self::OpenaiCompletions | Self::OpenaiEmbeddings => self,
            Self::AnthropicMessages | Self::GeminiGenerateContent => self,
            Self::XaiChat | Self::DeepseekChat | Self::MistralChat | Self::GroqChat => Self::OpenaiChat,
            Self::OpenrouterChat | Self::PerplexityChat => Self::OpenaiChat,
            Self::XaiResponses | Self::OpenrouterResponses => Self::OpenaiResponses,
            _ => return Err(Error::malformed_request(format!("requests of the form `{self}` are not counted"))),
        })
    }

    /// Tells the format of a body from its members.
    pub(crate) fn detect(body: &Json<'_>) -> Option<Self> {
        let model = body.text("model").unwrap_or_default();
        if body.get("contents").is_some() || body.get("generateContentRequest").is_some() {
            return Some(Self::GeminiGenerateContent);
        }
        if let Some(messages) = body.get("messages") {
            let messages = messages.as_array().unwrap_or_default();
            return Some(if is_anthropic(body, model, messages) { Self::AnthropicMessages } else { Self::OpenaiChat });
        }
        if let Some(input) = body.given("input") {
            let is_list_of_text = input
                .as_array()
                .is_some_and(|items| items.iter().all(|item| !matches!(item, Json::Object(_))) && !items.is_empty());
            let is_embedding = model.contains("embed") || is_list_of_text || body.get("encoding_format").is_some();
            return Some(if is_embedding { Self::OpenaiEmbeddings } else { Self::OpenaiResponses });
        }
        if body.get("prompt").is_some_and(|prompt| !matches!(prompt, Json::Object(_))) {
            return Some(Self::OpenaiCompletions);
        }
        let stored = ["prompt", "previous_response_id", "conversation", "instructions", "input"];
        stored.iter().any(|name| body.get(name).is_some()).then_some(Self::OpenaiResponses)
    }
}

/// Anthropic's messages have the same name as those of chat completions: what only one of them has decides.
fn is_anthropic(body: &Json<'_>, model: &str, messages: &[Json<'_>]) -> bool {
    if body.get("anthropic_version").is_some() || body.get("system").is_some() {
        return true;
    }
    let tools = body.get("tools").and_then(Json::as_array).unwrap_or_default();
    if tools.iter().any(|tool| tool.get("input_schema").is_some()) {
        return true;
    }
    if tools.iter().any(|tool| tool.get("function").is_some()) || body.get("response_format").is_some() {
        return false;
    }
    let mut blocks = messages.iter().filter_map(|message| message.get("content")?.as_array()).flatten();
    if blocks.any(|block| {
        matches!(block.text("type"), Some("tool_use" | "tool_result" | "thinking" | "redacted_thinking" | "document"))
            || block.get("source").is_some()
    }) {
        return true;
    }
    let has_role_of_chat =
        messages.iter().any(|message| !matches!(message.text("role"), None | Some("user" | "assistant")));
    !has_role_of_chat
        && model.rsplit(['/', '.']).next().is_some_and(|name| name.starts_with("claude"))
        && !model.contains('/')
}
