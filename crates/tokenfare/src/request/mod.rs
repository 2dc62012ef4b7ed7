//! Requests: the bodies that are sent to models, read as they are.

mod format;
pub(crate) mod json;
pub(crate) mod media;
pub(crate) mod write;

use crate::error::Error;
pub(crate) use crate::format::Format;
use json::Reader;
pub use json::{Json, Number, Object};
pub use media::Media;
use serde::de::{DeserializeSeed, Deserializer};
use std::borrow::Cow;
use std::cell::Cell;

/// A request: its body as it is sent, and the format it is written in.
///
/// ```
/// use tokenfare::{Format, Request};
///
/// let request = Request::from_json(r#"{"model": "gpt-4o", "messages": [{"role": "user", "content": "hello world"}]}"#)?;
/// assert_eq!(request.format(), Format::OpenaiChat);
/// assert_eq!(request.model(), Some("gpt-4o"));
/// # Ok::<(), tokenfare::Error>(())
/// ```
///
/// Members that are not known are carried along. A line of a batch file (`custom_id`, `url`, `body`) is read as its body.
#[derive(Debug, Clone, PartialEq)]
pub struct Request<'a> {
    format: Format,
    model: Option<Cow<'a, str>>,
    body: Json<'a>,
}

impl<'a> Request<'a> {
    /// Reads a request from JSON text, and tells its format from its members.
    ///
    /// # Errors
    ///
    /// If it is not JSON, nested too deep, or no request: [`Error::is_malformed_request`].
    pub fn from_json(text: &'a str) -> Result<Self, Error> {
        Self::new(read_text(text)?, None)
    }

    /// Reads a request in a format from JSON text.
    ///
    /// # Errors
    ///
    /// If it is not JSON, nested too deep, or not in that format: [`Error::is_malformed_request`].
    pub fn from_json_in(format: Format, text: &'a str) -> Result<Self, Error> {
        Self::new(read_text(text)?, Some(format))
    }

    /// Reads a request from JSON text in bytes.
    ///
    /// # Errors
    ///
    /// As [`Request::from_json`]; also if the bytes are not UTF-8.
    pub fn from_slice(bytes: &'a [u8]) -> Result<Self, Error> {
        let text = std::str::from_utf8(bytes)
            .map_err(|error| Error::malformed_request(format!("it is not UTF-8 at byte {}", error.valid_up_to())))?;
        Self::from_json(text)
    }

    /// Reads a request from anything that serde can read: a parsed value, a dict of Python.
    ///
    /// # Errors
    ///
    /// If it is no JSON value, nested too deep, or no request: [`Error::is_malformed_request`].
    pub fn from_deserializer<D: Deserializer<'a>>(deserializer: D, format: Option<Format>) -> Result<Self, Error> {
        let too_deep = Cell::new(false);
        let body = Reader::new(&too_deep).deserialize(deserializer).map_err(|error| {
            if too_deep.get() { Error::too_deep() } else { Error::malformed_request(error.to_string()) }
        })?;
        Self::new(body, format)
    }

    /// Makes a request of a value, in a format or in the one its members tell.
    ///
    /// # Errors
    ///
    /// If it is no request, or not in that format: [`Error::is_malformed_request`].
    pub fn new(body: Json<'a>, format: Option<Format>) -> Result<Self, Error> {
        let (body, url) = unwrapped(body);
        if body.as_object().is_none() {
            return Err(Error::malformed_request("it is not an object".to_owned()));
        }
        let named = format.map(Format::of_requests).transpose()?;
        let format = match named.or_else(|| url_format(url.as_deref()?)).or_else(|| Format::detect(&body)) {
            Some(format) => format,
            None => {
                return Err(Error::malformed_request(
                    "it has none of `messages`, `input`, `prompt` and `contents`, name its format".to_owned(),
                ));
            }
        };
        let model = match body.get("model") {
            Some(Json::Text(model)) if !model.is_empty() => Some(model.clone()),
            _ => None,
        };
        Ok(Self { format, model, body })
    }

    /// Returns the format.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// Returns the name of the model, if the body has one.
    #[must_use]
    pub fn model(&self) -> Option<&str> {
        self.model.as_deref()
    }

    /// Returns the body.
    #[must_use]
    pub fn body(&self) -> &Json<'a> {
        &self.body
    }

    /// Makes it independent of the text it was read from.
    #[must_use]
    pub fn into_owned(self) -> Request<'static> {
        Request {
            format: self.format,
            model: self.model.map(|model| Cow::Owned(model.into_owned())),
            body: self.body.into_owned(),
        }
    }

    /// Appends an item to a list of the body.
    pub(crate) fn append(&mut self, list: &str, item: Json<'a>) -> Result<(), Error> {
        match self.list_mut(list) {
            Some(items) => {
                items.push(item);
                Ok(())
            }
            None => Err(Error::wrong_type(&format!("/{list}"), "a list that can be continued")),
        }
    }

    /// Takes the last item of a list of the body back.
    pub(crate) fn pop(&mut self, list: &str) {
        if let Some(items) = self.list_mut(list) {
            items.pop();
        }
    }

    fn list_mut(&mut self, list: &str) -> Option<&mut Vec<Json<'a>>> {
        let Json::Object(members) = &mut self.body else { return None };
        match members.get_mut(list) {
            Some(Json::Array(items)) => Some(items),
            _ => None,
        }
    }
}

/// Reads JSON text.
pub(crate) fn read_text(text: &str) -> Result<Json<'_>, Error> {
    let too_deep = Cell::new(false);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read = Reader::new(&too_deep).deserialize(&mut deserializer);
    read.and_then(|body| deserializer.end().map(|()| body))
        .map_err(|error| if too_deep.get() { Error::too_deep() } else { Error::malformed_request(error.to_string()) })
}

/// The body of a line of a batch file, and the address it goes to.
fn unwrapped(body: Json<'_>) -> (Json<'_>, Option<String>) {
    let is_line = body.get("body").is_some_and(|inner| inner.as_object().is_some())
        && (body.get("url").is_some() || body.get("custom_id").is_some());
    match body {
        Json::Object(mut line) if is_line => {
            let url = line.get("url").and_then(Json::as_str).map(str::to_owned);
            (line.take("body").expect("the line has a body"), url)
        }
        body => (body, None),
    }
}

/// The format that the address of a line of a batch file stands for.
fn url_format(url: &str) -> Option<Format> {
    let ends = [
        ("/chat/completions", Format::OpenaiChat),
        ("/responses", Format::OpenaiResponses),
        ("/completions", Format::OpenaiCompletions),
        ("/embeddings", Format::OpenaiEmbeddings),
        ("/messages", Format::AnthropicMessages),
    ];
    ends.into_iter().find(|(end, _)| url.ends_with(end)).map(|(_, format)| format)
}
