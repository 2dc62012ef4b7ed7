//! Responses: instructions, items, tools, and the schema of the answer.

use crate::counting::content;
use crate::counting::setting::Setting;
use crate::error::Error;
use crate::request::json::Json;
use crate::tally::{Part, PartKind};

/// Counts a request.
pub(crate) fn count(setting: &Setting<'_>, body: &Json<'_>) -> Result<Vec<Part>, Error> {
    let mut parts = Vec::new();
    let family = setting.family;
    if let Some(text) = body.text("instructions") {
        parts.push(Part::new(PartKind::System, "instructions", "/instructions", family.frame + setting.count(text)));
    }
    match body.given("input") {
        None => {}
        Some(Json::Text(text)) => {
            parts.push(Part::new(PartKind::Message, "user", "/input", family.frame + setting.count(text)));
        }
        Some(Json::Array(items)) => {
            for (i, item) in items.iter().enumerate() {
                let at = format!("/input/{i}");
                let content = content::read(setting, item.get("content"), &format!("{at}/content"))?;
                let role = item.text("role").unwrap_or_default();
                let said = if role == "assistant" { family.said } else { 0 };
                let tokens = family.frame + said + content.tokens(setting);
                parts.push(Part::new(PartKind::Message, role.to_owned(), at, tokens));
                parts.extend(content.media);
            }
        }
        Some(_) => return Err(Error::wrong_type("/input", "a text or an array of items")),
    }
    parts.push(Part::new(PartKind::Priming, "assistant", "", family.priming));
    Ok(parts)
}
