//! Counting a request as it is billed: formats, families, and what they add to the text.

mod answer;
mod anthropic;
mod chat;
mod content;
mod conversation;
mod family;
mod foreign;
mod gemini;
mod hints;
mod legacy;
mod picture;
mod responses;
mod schema;
mod setting;
mod tools;
mod typescript;
mod window;

use crate::counting::family::Family;
use crate::error::Error;
use crate::model::{Model, model};
use crate::request::{Format, Request};
use crate::tally::Count;
pub use answer::Answer;
pub use conversation::Conversation;
pub use hints::Hints;
use setting::Setting;
pub use typescript::Renderer;
pub use window::{Limit, Overrun, Window};

/// Counts a request with the model its body names.
///
/// ```
/// use tokenfare::Request;
///
/// let request = Request::from_json(r#"{"model": "gpt-4o", "messages": [{"role": "user", "content": "hello world"}]}"#)?;
/// let count = tokenfare::count_request(&request)?;
/// assert_eq!(count.tokens, 2 + 4 + 3); // the text, the frame of the message, and what the answer begins with
/// # Ok::<(), tokenfare::Error>(())
/// ```
///
/// # Errors
///
/// As [`Model::count_request`]; also if the body names no model or an unknown one: [`Error::is_unknown_model`].
pub fn count_request(request: &Request<'_>) -> Result<Count, Error> {
    model_for(request)?.count_request(request)
}

/// Finds the model that a request names.
///
/// # Errors
///
/// If it names none ([`Error::is_malformed_request`]) or an unknown one ([`Error::is_unknown_model`]).
pub fn model_for(request: &Request<'_>) -> Result<Model<'static>, Error> {
    match request.model() {
        Some(name) => model(name),
        None => Err(Error::malformed_request("it names no model, say which".to_owned())),
    }
}

/// What is written around the messages of a chat completion: a row of the table of families.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Framing {
    /// The family.
    pub family: &'static str,
    /// Around every message.
    pub message: u64,
    /// More around a text of the assistant.
    pub said: u64,
    /// Before the answer.
    pub priming: u64,
}

impl Model<'_> {
    /// Returns what is written around messages, if the model's vocabulary is public.
    #[must_use]
    pub fn framing(&self) -> Option<Framing> {
        self.encoding_name()?;
        let &Family { name: family, frame: message, said, priming, .. } =
            family::of(self.id()).unwrap_or(&family::FALLBACK);
        Some(Framing { family, message, said, priming })
    }

    /// Counts the tokens that a request is billed for as input.
    ///
    /// # Errors
    ///
    /// If a member that has to be counted is not of the type it has in the format
    /// ([`Error::is_malformed_request`]), or nothing is known of how the model counts ([`Error::is_not_exact`]).
    pub fn count_request(&self, request: &Request<'_>) -> Result<Count, Error> {
        self.count_request_with(request, &Hints::default())
    }

    /// Counts the tokens that a request is billed for as input, with what its caller knows and it does not say.
    ///
    /// # Errors
    ///
    /// As [`Model::count_request`].
    pub fn count_request_with(&self, request: &Request<'_>, hints: &Hints) -> Result<Count, Error> {
        let body = request.body();
        match request.format() {
            Format::AnthropicMessages => return Ok(Count::of(anthropic::count(self, hints, body)?)),
            Format::GeminiGenerateContent => return Ok(Count::of(gemini::count(self, hints, body)?)),
            _ if self.encoding_name().is_none() => return Ok(Count::of(foreign::count(self, hints, request)?)),
            _ => {}
        }
        let setting = Setting::new(self, hints)?;
        let mut parts = match request.format() {
            Format::OpenaiResponses => responses::count(&setting, body)?,
            Format::OpenaiCompletions => legacy::completions(&setting, body)?,
            Format::OpenaiEmbeddings => legacy::embeddings(&setting, body)?,
            _ => chat::count(&setting, body)?,
        };
        if matches!(request.format(), Format::OpenaiChat | Format::OpenaiResponses) {
            setting.doubt(&mut parts);
        }
        Ok(Count::of(parts))
    }
}
