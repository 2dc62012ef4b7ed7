//! What a request does not say and its caller knows.

use crate::counting::typescript::Renderer;
use crate::request::Media;
use std::collections::HashMap;
use std::sync::Arc;
use tokenfare_catalog::Date;
use tokenfare_core::Encoding;

/// What a request does not say and its caller knows. Whatever is left out is counted as a band.
///
/// ```
/// use tokenfare::{Hints, Media, Request};
///
/// let request = Request::from_json(
///     r#"{"model": "gpt-4o", "messages": [{"role": "user", "content": [
///         {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}]}]}"#,
/// )?;
/// let model = tokenfare::model("gpt-4o")?;
/// let unsure = model.count_request(&request)?;
/// assert!(unsure.low < unsure.high);
///
/// let hints = Hints::default().media("/messages/0/content/0/image_url/url", Media::image(1024, 1024));
/// assert_eq!(model.count_request_with(&request, &hints)?.tokens, 4 + 3 + 85 + 4 * 170);
/// # Ok::<(), tokenfare::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Hints {
    pub(crate) media: HashMap<String, Media>,
    pub(crate) reasoning: HashMap<String, u64>,
    pub(crate) on: Option<Date>,
    pub(crate) renderer: Option<Renderer>,
    pub(crate) vocabulary: Option<Arc<Encoding>>,
}

impl Hints {
    /// Says how large the picture, sound or document is that stands at a JSON pointer of the body. The pointer leads to
    /// the address, the data or the file's id, or to what holds it.
    #[must_use]
    pub fn media(mut self, at: impl Into<String>, media: Media) -> Self {
        self.media.insert(at.into(), media);
        self
    }

    /// Says how many tokens of reasoning were billed with the response that a reasoning item came from: the item is named
    /// by its id or its JSON pointer. Of several items of one response, the first has it all, and the others none.
    #[must_use]
    pub fn reasoning(mut self, item: impl Into<String>, tokens: u64) -> Self {
        self.reasoning.insert(item.into(), tokens);
        self
    }

    /// Says on which day the request is sent; today, unless said.
    #[must_use]
    pub fn on(mut self, date: Date) -> Self {
        self.on = Some(date);
        self
    }

    /// Gives the model's own vocabulary, where it is not embedded: text is then counted with it and not estimated. Gemini's, for
    /// one, is Gemma's, which its license keeps out of here; `Encoding::from_tokenizer_json` loads it from a file.
    #[must_use]
    pub fn vocabulary(mut self, encoding: Arc<Encoding>) -> Self {
        self.vocabulary = Some(encoding);
        self
    }

    /// Says which writer of tool definitions the server has; that of the model or of the day, unless said.
    #[must_use]
    pub fn renderer(mut self, renderer: Renderer) -> Self {
        self.renderer = Some(renderer);
        self
    }

    /// What is known of the media at a pointer, or at what holds it.
    pub(crate) fn media_at(&self, at: &str) -> Option<Media> {
        if self.media.is_empty() {
            return None;
        }
        self.media.get(at).copied().or_else(|| {
            let below = format!("{at}/");
            self.media.iter().find(|(key, _)| key.starts_with(&below)).map(|(_, media)| *media)
        })
    }
}
