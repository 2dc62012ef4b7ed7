//! Legacy completions and embeddings: text alone, nothing around it.

use crate::counting::setting::Setting;
use crate::error::Error;
use crate::request::json::Json;
use crate::tally::{Part, PartKind};

/// Counts the prompts of legacy completions.
pub(crate) fn completions(setting: &Setting<'_>, body: &Json<'_>) -> Result<Vec<Part>, Error> {
    let mut parts = inputs(setting, body.given("prompt"), "/prompt")?;
    if let Some(suffix) = body.text("suffix") {
        let note = "how the server writes a suffix is not known";
        parts.push(Part::new(PartKind::Input, "suffix", "/suffix", setting.count(suffix)).give(0, 8).estimate(note));
    }
    Ok(parts)
}

/// Counts the texts of an embedding.
pub(crate) fn embeddings(setting: &Setting<'_>, body: &Json<'_>) -> Result<Vec<Part>, Error> {
    inputs(setting, body.given("input"), "/input")
}

/// Texts, tokens, or several of them.
fn inputs(setting: &Setting<'_>, input: Option<&Json<'_>>, at: &'static str) -> Result<Vec<Part>, Error> {
    let part = |at: String, tokens: u64| Part::new(PartKind::Input, "text", at, tokens).exact();
    let is_token = |item: &Json<'_>| item.as_u64().is_some();
    match input {
        None => Ok(Vec::new()),
        Some(Json::Text(text)) => Ok(vec![part(at.to_owned(), setting.count(text))]),
        Some(Json::Array(items)) if !items.is_empty() && items.iter().all(is_token) => {
            Ok(vec![part(at.to_owned(), items.len() as u64)])
        }
        Some(Json::Array(items)) => items
            .iter()
            .enumerate()
            .map(|(i, item)| {
                let at = format!("{at}/{i}");
                match item {
                    Json::Text(text) => Ok(part(at, setting.count(text))),
                    Json::Array(tokens) if tokens.iter().all(is_token) => Ok(part(at, tokens.len() as u64)),
                    _ => Err(Error::wrong_type(&at, "a text or an array of tokens")),
                }
            })
            .collect(),
        Some(_) => Err(Error::wrong_type(at, "a text, an array of texts or of tokens")),
    }
}
