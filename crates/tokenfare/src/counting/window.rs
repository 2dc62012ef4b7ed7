//! Windows: whether a request and the answer it asks for fit a model, and what room is left.

use crate::counting::hints::Hints;
use crate::error::Error;
use crate::model::Model;
use crate::request::{Format, Json, Request};
use crate::tally::Count;
use std::fmt;
use tokenfare_catalog::{Date, Limits};

/// A limit of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Limit {
    /// Input, output and reasoning together.
    ContextWindow,
    /// Input alone.
    MaxInput,
    /// Output, reasoning included.
    MaxOutput,
}

impl Limit {
    /// Returns the word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ContextWindow => "context_window",
            Self::MaxInput => "max_input",
            Self::MaxOutput => "max_output",
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A limit that a request goes beyond.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Overrun {
    /// The limit.
    pub limit: Limit,
    /// What it allows.
    pub allowed: u64,
    /// What is asked for, as the highest count has it.
    pub asked: u64,
    /// Whether it is beyond the limit by the lowest count too.
    pub is_certain: bool,
}

impl Overrun {
    /// Returns how many tokens too many it may be.
    #[must_use]
    pub fn over_by(&self) -> u64 {
        self.asked - self.allowed
    }
}

/// A request beside its model's limits.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Window {
    /// The input.
    pub input: Count,
    /// How many tokens of output, thinking included, the request allows; none if it does not say.
    pub requested_output: Option<u64>,
    /// The limits of the model.
    pub limits: Limits,
    /// The limits it goes beyond, or may.
    pub overruns: Vec<Overrun>,
    model: String,
}

impl Window {
    fn new(model: String, input: Count, requested_output: Option<u64>, limits: Limits) -> Self {
        let output = requested_output.unwrap_or_default();
        let asked = [
            (
                Limit::ContextWindow,
                limits.context_window,
                input.low.saturating_add(output),
                input.high.saturating_add(output),
            ),
            (Limit::MaxInput, limits.max_input, input.low, input.high),
            (Limit::MaxOutput, limits.max_output, output, output),
        ];
        let overruns = asked.into_iter().filter_map(|(limit, allowed, low, high)| {
            let allowed = allowed.filter(|allowed| high > *allowed)?;
            Some(Overrun { limit, allowed, asked: high, is_certain: low > allowed })
        });
        let overruns = overruns.collect();
        Self { input, requested_output, limits, overruns, model }
    }

    /// Compares with so many tokens of output, thinking included, whatever the request says of it.
    #[must_use]
    pub fn asking(self, output: u64) -> Self {
        Self::new(self.model, self.input, Some(output), self.limits)
    }

    /// Says whether it fits, whatever the true count is within its bounds.
    #[must_use]
    pub fn fits(&self) -> bool {
        self.overruns.is_empty()
    }

    /// Says whether it cannot fit, whatever the true count is within its bounds.
    #[must_use]
    pub fn is_certainly_over(&self) -> bool {
        self.overruns.iter().any(|overrun| overrun.is_certain)
    }

    /// Returns how many tokens of output and thinking are left for sure, as far as limits are known: what the window
    /// leaves beside the input, and no more than the model gives.
    #[must_use]
    pub fn room(&self) -> Option<u64> {
        let window = self.limits.context_window.map(|window| window.saturating_sub(self.input.high));
        match (window, self.limits.max_output) {
            (Some(window), Some(most)) => Some(window.min(most)),
            (window, most) => window.or(most),
        }
    }

    /// Returns how many more tokens of input would fit beside the requested output.
    #[must_use]
    pub fn input_room(&self) -> Option<u64> {
        let window =
            self.limits.context_window.map(|window| window.saturating_sub(self.requested_output.unwrap_or_default()));
        let most = match (window, self.limits.max_input) {
            (Some(window), Some(most)) => Some(window.min(most)),
            (window, most) => window.or(most),
        };
        most.map(|most| most.saturating_sub(self.input.high))
    }

    /// Fails if it does not fit.
    ///
    /// # Errors
    ///
    /// [`Error::is_window_exceeded`], with [`Error::over_by`] and [`Error::fits_output`].
    pub fn check(&self) -> Result<(), Error> {
        let worst = self.overruns.iter().max_by_key(|overrun| overrun.over_by());
        match worst {
            None => Ok(()),
            Some(overrun) => Err(Error::window_exceeded(&self.model, *overrun, self.room())),
        }
    }
}

impl Model<'_> {
    /// Compares a request, and the output it asks for, with the limits of the model.
    ///
    /// ```
    /// use tokenfare::Request;
    ///
    /// let request = Request::from_json(
    ///     r#"{"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "hello"}], "max_completion_tokens": 20000}"#,
    /// )?;
    /// let window = tokenfare::model("gpt-4o-mini")?.window(&request)?;
    /// assert_eq!(window.room(), Some(16_384));
    /// let error = window.check().unwrap_err();
    /// assert!(error.is_window_exceeded());
    /// assert_eq!(error.over_by(), Some(20_000 - 16_384));
    /// assert!(window.asking(4_000).fits());
    /// # Ok::<(), tokenfare::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Model::count_request`].
    pub fn window(&self, request: &Request<'_>) -> Result<Window, Error> {
        self.window_with(request, &Hints::default())
    }

    /// Compares a request with the limits of the model, with what its caller knows and it does not say: its day decides
    /// which limits held.
    ///
    /// # Errors
    ///
    /// As [`Model::count_request`].
    pub fn window_with(&self, request: &Request<'_>, hints: &Hints) -> Result<Window, Error> {
        let input = self.count_request_with(request, hints)?;
        let limits = hints.on.map_or_else(|| self.limits(), |on: Date| self.limits_at(on));
        Ok(Window::new(self.id().to_owned(), input, request.requested_output(), limits))
    }
}

impl Request<'_> {
    /// Returns how many tokens of output, thinking included, the request allows.
    #[must_use]
    pub fn requested_output(&self) -> Option<u64> {
        let body = self.body();
        let names: &[&str] = match self.format() {
            Format::OpenaiChat => &["max_completion_tokens", "max_tokens"],
            Format::OpenaiResponses => &["max_output_tokens"],
            Format::OpenaiCompletions | Format::AnthropicMessages => &["max_tokens"],
            Format::GeminiGenerateContent => {
                let config = body.get("generationConfig").or_else(|| body.get("generation_config"))?;
                let most = config.get("maxOutputTokens").or_else(|| config.get("max_output_tokens"));
                return most.and_then(Json::as_u64);
            }
            _ => &[],
        };
        names.iter().find_map(|name| body.given(name)?.as_u64())
    }
}
