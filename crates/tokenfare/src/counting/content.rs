//! The content of a message: text in one piece or in parts, and the media between.

use crate::counting::picture::{self, Band, Detail};
use crate::counting::setting::Setting;
use crate::error::Error;
use crate::request::Media;
use crate::request::json::Json;
use crate::tally::{Part, PartKind};
use std::borrow::Cow;

/// Tokens of a second of sound.
const AUDIO_PER_SECOND: u64 = 10;

/// The most tokens of a document that is not seen: a window's worth.
const LONGEST_FILE: u64 = 200_000;

/// The text of a content and its media.
#[derive(Default)]
pub(crate) struct Content<'j> {
    /// Texts with media between them; what follows without is one text.
    pub(crate) texts: Vec<Cow<'j, str>>,
    /// The media, in order.
    pub(crate) media: Vec<Part>,
}

impl Content<'_> {
    /// T of its texts.
    pub(crate) fn tokens(&self, setting: &Setting<'_>) -> u64 {
        self.texts.iter().map(|text| setting.count(text)).sum()
    }
}

/// Reads a member that holds a content: nothing, a text, or parts. The JSON pointer is that of what has the member.
pub(crate) fn read<'j>(
    setting: &Setting<'_>,
    holder: &'j Json<'j>,
    name: &str,
    pointer: &str,
) -> Result<Content<'j>, Error> {
    let content = holder.get(name);
    let mut read = Content::default();
    match content {
        None | Some(Json::Null) => {}
        Some(Json::Text(text)) => read.texts.push(Cow::Borrowed(text)),
        Some(Json::Array(parts)) => {
            let mut is_open = false;
            for (i, part) in parts.iter().enumerate() {
                let text = match part {
                    Json::Text(text) => Some(&**text),
                    Json::Object(_) => text_of(part),
                    _ => {
                        return Err(Error::wrong_type(
                            &format!("{pointer}/{name}/{i}"),
                            "a part of a content, which is an object",
                        ));
                    }
                };
                match (text, read.texts.last_mut()) {
                    (Some(text), Some(last)) if is_open => last.to_mut().push_str(text),
                    (Some(text), _) => {
                        read.texts.push(Cow::Borrowed(text));
                        is_open = true;
                    }
                    (None, _) => {
                        read.media.push(medium(setting, part, format!("{pointer}/{name}/{i}")));
                        is_open = false;
                    }
                }
            }
        }
        Some(_) => {
            return Err(Error::wrong_type(
                &format!("{pointer}/{name}"),
                "a content, which is a text or an array of parts",
            ));
        }
    }
    Ok(read)
}

/// The label of a role; those that are known need no copy.
pub(crate) fn label(role: &str) -> Cow<'static, str> {
    let known = ["system", "developer", "user", "assistant", "tool", "function"];
    known.into_iter().find(|known| *known == role).map_or_else(|| Cow::Owned(role.to_owned()), Cow::Borrowed)
}

/// The text of a part that has one.
fn text_of<'j>(part: &'j Json<'j>) -> Option<&'j str> {
    match part.text("type") {
        Some("text" | "input_text" | "output_text" | "summary_text" | "reasoning_text") | None => {
            Some(part.text("text").unwrap_or_default())
        }
        Some("refusal") => Some(part.text("refusal").unwrap_or_default()),
        _ => None,
    }
}

/// Counts a part that is not text.
fn medium(setting: &Setting<'_>, part: &Json<'_>, at: String) -> Part {
    match part.text("type").unwrap_or_default() {
        kind @ ("image_url" | "input_image" | "image") => {
            let holder = part.get("image_url").filter(|holder| holder.as_object().is_some()).unwrap_or(part);
            let address = holder.text("url").or_else(|| part.text("image_url"));
            let detail = match holder.text("detail").or_else(|| part.text("detail")) {
                Some("low") => Detail::Low,
                Some("original") => Detail::Original,
                _ => Detail::High,
            };
            let media = setting.hints.media_at(&at).unwrap_or_else(|| of_address(address));
            image(setting, kind.to_owned(), at, media, detail)
        }
        kind @ "input_audio" => {
            let holder = part.get("input_audio").unwrap_or(part);
            let media = setting
                .hints
                .media_at(&at)
                .unwrap_or_else(|| holder.text("data").map_or_else(Media::default, Media::of_base64));
            banded(PartKind::Audio, kind.to_owned(), at, picture::audio(media, AUDIO_PER_SECOND), "say how long it is")
        }
        kind @ ("file" | "input_file" | "document_url" | "document") => {
            let part = Part::new(PartKind::File, kind.to_owned(), at, 0).give(0, LONGEST_FILE);
            part.unknown("the server reads the document; count its text, and its pages as pictures")
        }
        kind @ ("video_url" | "input_video" | "video") => Part::new(PartKind::Video, kind.to_owned(), at, 0)
            .give(0, LONGEST_FILE)
            .unknown("how films are billed is not known for this format"),
        kind => Part::new(PartKind::Message, kind.to_owned(), at, 0)
            .give(0, LONGEST_FILE)
            .unknown("a kind of content that is not known"),
    }
}

fn of_address(address: Option<&str>) -> Media {
    address.filter(|address| address.starts_with("data:")).map_or_else(Media::default, Media::of_base64)
}

/// Counts a picture by the family's rule.
pub(crate) fn image(setting: &Setting<'_>, label: String, at: String, media: Media, detail: Detail) -> Part {
    let band = picture::image(setting.family.image, media, detail);
    banded(PartKind::Image, label, at, band, "the size of the picture is not in the request, say it")
}

fn banded(kind: PartKind, label: String, at: String, band: Band, note: &'static str) -> Part {
    let part = Part::new(kind, label, at, band.tokens).give(band.tokens - band.low, band.high - band.tokens);
    // A few tokens more or less are the seams of the text around it.
    if band.high - band.low > 8 { part.estimate(note) } else { part }
}
