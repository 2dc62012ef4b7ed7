//! Counts with their parts: where the tokens of a request go, and how sure each number is.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// How sure a number of tokens is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Exactness {
    /// The text was counted with the model's own vocabulary, and nothing else is billed.
    Exact,
    /// The text was counted exactly; what the server writes around it is known from what it billed.
    Framed,
    /// The truth lies between the bounds.
    Estimate,
    /// It cannot be seen from outside: what a server adds itself. Only parts are unknown; the whole is then an estimate.
    Unknown,
}

impl Exactness {
    /// All of them, the surest first.
    pub const ALL: &[Self] = &[Self::Exact, Self::Framed, Self::Estimate, Self::Unknown];

    /// Returns the word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Framed => "framed",
            Self::Estimate => "estimate",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Exactness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What a part of a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum PartKind {
    /// Instructions: a message of the system or the developer, or what stands apart for it.
    System,
    /// A turn of the user or the assistant.
    Message,
    /// A call of a tool, or several at once.
    ToolCall,
    /// What a tool answered, or several.
    ToolResult,
    /// Thinking of earlier answers that is sent again.
    Reasoning,
    /// A picture.
    Image,
    /// A sound.
    Audio,
    /// A film.
    Video,
    /// A document.
    File,
    /// The definition of a tool.
    Tool,
    /// What the server writes around the definitions of all tools.
    Tools,
    /// The choice of a tool.
    ToolChoice,
    /// The schema of the answer.
    Schema,
    /// A prediction of the answer.
    Prediction,
    /// A prompt, or a text to embed.
    Input,
    /// A conversation, a response or a prompt that the server has stored.
    Stored,
    /// What a tool of the server adds.
    ServerTool,
    /// What the answer begins with.
    Priming,
    /// What a user's own bills say is missing.
    Correction,
}

impl PartKind {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::System,
        Self::Message,
        Self::ToolCall,
        Self::ToolResult,
        Self::Reasoning,
        Self::Image,
        Self::Audio,
        Self::Video,
        Self::File,
        Self::Tool,
        Self::Tools,
        Self::ToolChoice,
        Self::Schema,
        Self::Prediction,
        Self::Input,
        Self::Stored,
        Self::ServerTool,
        Self::Priming,
        Self::Correction,
    ];

    /// Returns the word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Message => "message",
            Self::ToolCall => "tool_call",
            Self::ToolResult => "tool_result",
            Self::Reasoning => "reasoning",
            Self::Image => "image",
            Self::Audio => "audio",
            Self::Video => "video",
            Self::File => "file",
            Self::Tool => "tool",
            Self::Tools => "tools",
            Self::ToolChoice => "tool_choice",
            Self::Schema => "schema",
            Self::Prediction => "prediction",
            Self::Input => "input",
            Self::Stored => "stored",
            Self::ServerTool => "server_tool",
            Self::Priming => "priming",
            Self::Correction => "correction",
        }
    }
}

impl fmt::Display for PartKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for PartKind {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == word).ok_or(UnknownWord)
    }
}

/// A word that is none of those an enumeration has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownWord;

impl fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an unknown word")
    }
}

impl std::error::Error for UnknownWord {}

/// A part of a request and its tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Part {
    /// What it is.
    pub kind: PartKind,
    /// Its name: of a tool, of who speaks.
    pub label: Cow<'static, str>,
    /// Where it stands in the body, as a JSON pointer; empty for what the server adds.
    pub at: Cow<'static, str>,
    /// The most likely number of tokens.
    pub tokens: u64,
    /// No fewer.
    pub low: u64,
    /// No more.
    pub high: u64,
    /// How sure that is.
    pub exactness: Exactness,
    /// Why it is not surer, and the way out.
    pub note: Option<Cow<'static, str>>,
}

/// The tokens of a request, with a bound on either side.
///
/// The numbers of the parts add up to those of the whole; there is no part for the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Count {
    /// The most likely number of tokens.
    pub tokens: u64,
    /// No fewer.
    pub low: u64,
    /// No more.
    pub high: u64,
    /// How sure that is: as sure as the least sure part.
    pub exactness: Exactness,
    /// Where the tokens go: what is counted once, then the messages in order.
    pub parts: Vec<Part>,
}

impl Count {
    /// Adds up parts.
    #[must_use]
    pub fn of(parts: Vec<Part>) -> Self {
        let sum = |number: fn(&Part) -> u64| parts.iter().map(number).fold(0u64, u64::saturating_add);
        let exactness = parts.iter().map(|part| part.exactness).max().unwrap_or(Exactness::Exact);
        Self {
            tokens: sum(|part| part.tokens),
            low: sum(|part| part.low),
            high: sum(|part| part.high),
            exactness: exactness.min(Exactness::Estimate),
            parts,
        }
    }

    /// Lists the parts whose tokens cannot be seen from outside.
    pub fn unknown(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(|part| part.exactness == Exactness::Unknown)
    }
}

impl Part {
    /// A part whose number is sure as far as its exactness says.
    pub(crate) fn new(
        kind: PartKind,
        label: impl Into<Cow<'static, str>>,
        at: impl Into<Cow<'static, str>>,
        tokens: u64,
    ) -> Self {
        let (label, at) = (label.into(), at.into());
        Self { kind, label, at, tokens, low: tokens, high: tokens, exactness: Exactness::Framed, note: None }
    }

    /// Says that it may be so many fewer or more, with what is known of its kind.
    pub(crate) fn give(mut self, fewer: u64, more: u64) -> Self {
        self.low = self.low.saturating_sub(fewer);
        self.high = self.high.saturating_add(more);
        self
    }

    /// Says that it is exact.
    pub(crate) fn exact(mut self) -> Self {
        self.exactness = Exactness::Exact;
        self
    }

    /// Says that it is an estimate, and why.
    pub(crate) fn estimate(mut self, note: impl Into<Cow<'static, str>>) -> Self {
        self.exactness = self.exactness.max(Exactness::Estimate);
        self.note = Some(note.into());
        self
    }

    /// Says that it cannot be seen from outside, and what to do.
    pub(crate) fn unknown(mut self, note: impl Into<Cow<'static, str>>) -> Self {
        self.exactness = Exactness::Unknown;
        self.note = Some(note.into());
        self
    }
}
