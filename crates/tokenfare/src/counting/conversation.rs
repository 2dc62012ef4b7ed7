//! A conversation that grows: what was counted stays counted.

use crate::counting::chat::{self, Head, Terms};
use crate::counting::hints::Hints;
use crate::counting::responses::{self, Names};
use crate::counting::setting::Setting;
use crate::error::Error;
use crate::model::Model;
use crate::request::{Format, Json, Request};
use crate::tally::{Count, Exactness, Part};

/// A request that grows message by message, counted as it grows.
///
/// Its count is that of the whole request; counting goes over the new message, and over the one before it, alone.
///
/// ```
/// use tokenfare::{Conversation, Hints, Json, Request};
///
/// let request = Request::from_json(r#"{"model": "gpt-4o", "messages": [{"role": "user", "content": "hello"}]}"#)?;
/// let model = tokenfare::model("gpt-4o")?;
/// let mut conversation = Conversation::new(model, request, Hints::default())?;
/// assert_eq!(conversation.tokens(), 1 + 4 + 3);
/// conversation.push(serde_json::from_str(r#"{"role": "assistant", "content": "hello world"}"#).unwrap())?;
/// assert_eq!(conversation.tokens(), 1 + 4 + 2 + 4 + 3);
/// assert_eq!(conversation.count(), model.count_request(conversation.request())?);
/// # Ok::<(), tokenfare::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Conversation<'c> {
    model: Model<'c>,
    hints: Hints,
    request: Request<'static>,
    state: State,
    parts: Vec<Part>,
    /// The units that are counted: the message each begins with, and its first part.
    units: Vec<(usize, usize)>,
    total: Total,
}

/// What is known of what was counted.
#[derive(Debug, Clone)]
enum State {
    Chat {
        terms: Terms,
        names: Names,
    },
    Responses {
        names: Names,
        last_user: Option<usize>,
    },
    /// Formats whose messages depend on one another: they are counted again as a whole.
    Whole,
}

/// The sums of all parts.
#[derive(Debug, Clone, Copy, Default)]
struct Total {
    tokens: u64,
    low: u64,
    high: u64,
}

impl Total {
    fn add(&mut self, parts: &[Part]) {
        for part in parts {
            self.tokens = self.tokens.saturating_add(part.tokens);
            self.low = self.low.saturating_add(part.low);
            self.high = self.high.saturating_add(part.high);
        }
    }

    fn take(&mut self, parts: &[Part]) {
        for part in parts {
            self.tokens = self.tokens.saturating_sub(part.tokens);
            self.low = self.low.saturating_sub(part.low);
            self.high = self.high.saturating_sub(part.high);
        }
    }
}

impl<'c> Conversation<'c> {
    /// Counts what there is of a request, to be continued.
    ///
    /// # Errors
    ///
    /// As [`Model::count_request`].
    pub fn new(model: Model<'c>, request: Request<'_>, hints: Hints) -> Result<Self, Error> {
        let request = request.into_owned();
        let mut conversation = Self {
            model,
            hints,
            request,
            state: State::Whole,
            parts: Vec::new(),
            units: Vec::new(),
            total: Total::default(),
        };
        conversation.start()?;
        Ok(conversation)
    }

    /// Appends a message (an item, an entry of contents) and counts it.
    ///
    /// # Errors
    ///
    /// As [`Model::count_request`]; the message is not appended then.
    pub fn push(&mut self, message: Json<'static>) -> Result<(), Error> {
        let name = self.list();
        let is_turn_of_user = message.text("role") == Some("user");
        let changes_all = match &self.state {
            State::Chat { terms, .. } => terms.would_hold(&message),
            State::Responses { .. } => responses::is_compaction(&message),
            State::Whole => true,
        };
        self.request.append(name, message)?;
        let counted = if changes_all { self.start() } else { self.go_on(is_turn_of_user) };
        if let Err(error) = counted {
            self.request.pop(name);
            self.start()?;
            return Err(error);
        }
        Ok(())
    }

    /// Returns the count of all of it.
    #[must_use]
    pub fn count(&self) -> Count {
        Count::of(self.parts.clone())
    }

    /// Returns the most likely number of tokens of all of it.
    #[must_use]
    pub fn tokens(&self) -> u64 {
        self.total.tokens
    }

    /// Returns the bounds of the number of tokens of all of it.
    #[must_use]
    pub fn bounds(&self) -> (u64, u64) {
        (self.total.low, self.total.high)
    }

    /// Returns how sure the numbers are.
    #[must_use]
    pub fn exactness(&self) -> Exactness {
        let worst = self.parts.iter().map(|part| part.exactness).max().unwrap_or(Exactness::Exact);
        worst.min(Exactness::Estimate)
    }

    /// Returns the request as it has grown.
    #[must_use]
    pub fn request(&self) -> &Request<'static> {
        &self.request
    }

    /// The name of the list that grows.
    fn list(&self) -> &'static str {
        match self.request.format() {
            Format::GeminiGenerateContent => "contents",
            Format::OpenaiCompletions => "prompt",
            Format::OpenaiResponses | Format::OpenaiEmbeddings => "input",
            _ => "messages",
        }
    }

    /// Counts all of it.
    fn start(&mut self) -> Result<(), Error> {
        self.units.clear();
        self.total = Total::default();
        let body = self.request.body();
        let items = body.get("input").and_then(Json::as_array);
        let has_items = items.is_some_and(|items| !items.iter().any(responses::is_compaction));
        match self.request.format() {
            Format::OpenaiChat if self.model.encoding_name().is_some() => {
                let setting = Setting::new(&self.model, &self.hints)?;
                let head = Head::new(&setting, body, chat::messages(body)?)?;
                let mut parts = head.parts(&setting)?;
                setting.doubt(&mut parts);
                self.state = State::Chat { terms: head.terms, names: Names::new() };
                self.parts = parts;
            }
            Format::OpenaiResponses if self.model.encoding_name().is_some() && has_items => {
                let setting = Setting::new(&self.model, &self.hints)?;
                let mut parts = responses::head(&setting, body)?;
                setting.doubt(&mut parts);
                self.state = State::Responses { names: Names::new(), last_user: None };
                self.parts = parts;
            }
            _ => {
                self.state = State::Whole;
                self.parts = self.model.count_request_with(&self.request, &self.hints)?.parts;
            }
        }
        self.total.add(&self.parts);
        self.units_from(0)
    }

    /// Counts again from the last unit on, which a new message may belong to or change.
    fn go_on(&mut self, is_turn_of_user: bool) -> Result<(), Error> {
        let mut from = self.units.len().saturating_sub(1);
        if let (State::Responses { last_user, .. }, true) = (&self.state, is_turn_of_user) {
            // Thinking since the user's last turn is not read again after this one.
            let turn = *last_user;
            from = from.min(self.units.partition_point(|(at, _)| Some(*at) <= turn));
        }
        let (at, part) = self.units.get(from).copied().unwrap_or((0, self.parts.len()));
        self.units.truncate(from);
        self.total.take(&self.parts[part..]);
        self.parts.truncate(part);
        self.units_from(at)
    }

    /// Counts the units from a message on.
    fn units_from(&mut self, mut at: usize) -> Result<(), Error> {
        let items = self.request.body().get(self.list()).and_then(Json::as_array).unwrap_or_default();
        let counted = self.parts.len();
        match &mut self.state {
            State::Whole => return Ok(()),
            State::Chat { terms, names } => {
                let setting = Setting::new(&self.model, &self.hints)?;
                while at < items.len() {
                    self.units.push((at, self.parts.len()));
                    at += chat::unit(&setting, terms, items, at, names, &mut self.parts)?;
                }
            }
            State::Responses { names, last_user } => {
                let setting = Setting::new(&self.model, &self.hints)?;
                *last_user = responses::last_user(items);
                while at < items.len() {
                    self.units.push((at, self.parts.len()));
                    at += responses::unit(&setting, items, at, *last_user, names, &mut self.parts)?;
                }
            }
        }
        self.total.add(&self.parts[counted..]);
        Ok(())
    }
}
