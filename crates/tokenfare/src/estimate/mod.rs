//! Models whose vocabulary is not public: numbers that say how far off they may be.

pub(crate) mod dialect;
pub(crate) mod measure;
pub(crate) mod ratio;
pub(crate) mod scribe;

use crate::counting::Hints;
use crate::error::Error;
use crate::model::{Model, model};
use crate::tally::{Count, Part, PartKind};
use dialect::Dialect;
use measure::Yardstick;
use ratio::Span;
use std::sync::Arc;
use tokenfare_core::Encoding;

/// Counts a text for a model by its id or alias: exactly if its vocabulary is public, else with bounds.
///
/// ```
/// let exact = tokenfare::estimate_text("hello world", "gpt-4o")?;
/// assert_eq!((exact.low, exact.tokens, exact.high), (2, 2, 2));
///
/// let estimate = tokenfare::estimate_text("Say hello to the world, and to all who live in it.", "claude-sonnet-4-5")?;
/// assert!(estimate.low <= estimate.tokens && estimate.tokens <= estimate.high);
/// assert_eq!(estimate.exactness, tokenfare::Exactness::Estimate);
/// # Ok::<(), tokenfare::Error>(())
/// ```
///
/// # Errors
///
/// If no model has this id or alias: [`Error::is_unknown_model`]; as [`Model::estimate_text`].
pub fn estimate_text(text: &str, id: &str) -> Result<Count, Error> {
    model(id)?.estimate_text(text)
}

impl Model<'_> {
    /// Counts a text: exactly if the model's vocabulary is public, else with bounds.
    ///
    /// # Errors
    ///
    /// If the vocabulary that is counted or estimated with is not embedded in this build: [`Error::is_unknown_encoding`].
    pub fn estimate_text(&self, text: &str) -> Result<Count, Error> {
        let part = if self.encoding_name().is_some() {
            Part::new(PartKind::Input, "text", "", self.encoding()?.count(text) as u64).exact()
        } else {
            let tongue = Tongue::of(self, &Hints::default())?;
            tongue.part(PartKind::Input, "text", String::new(), tongue.text(text))
        };
        Ok(Count::of(vec![part]))
    }
}

const BY_OWN: &str = "what is around the texts is known from what was billed";
const BY_CLAUDE: &str = "the vocabulary is not public: estimated by Anthropic's first";
const BY_O200K: &str = "the vocabulary is not public: estimated by o200k_base";

/// What a model without a public vocabulary is estimated with.
pub(crate) struct Tongue {
    pub(crate) dialect: &'static Dialect,
    text: Text,
    note: &'static str,
}

/// How its texts are measured.
enum Text {
    /// With the vocabulary that its caller has.
    Own(Arc<Encoding>),
    Estimated(Yardstick),
}

impl Tongue {
    pub(crate) fn of(model: &Model<'_>, hints: &Hints) -> Result<Self, Error> {
        let dialect = dialect::of(model.id());
        if let Some(own) = &hints.vocabulary {
            return Ok(Self { dialect, text: Text::Own(Arc::clone(own)), note: BY_OWN });
        }
        let yardstick = Yardstick::new(dialect.ratio.by_claude.is_some())?;
        let note = if yardstick.has_claude() { BY_CLAUDE } else { BY_O200K };
        Ok(Self { dialect, text: Text::Estimated(yardstick), note })
    }

    /// Estimates a text.
    pub(crate) fn text(&self, text: &str) -> Span {
        if text.is_empty() {
            return Span::sure(0);
        }
        match &self.text {
            Text::Own(encoding) => Span::sure(encoding.count(text) as u64),
            Text::Estimated(yardstick) => self.dialect.ratio.span(&yardstick.measure(text), yardstick),
        }
    }

    /// A part with its bounds.
    pub(crate) fn part(&self, kind: PartKind, label: impl Into<String>, at: String, span: Span) -> Part {
        let part = Part::new(kind, label.into(), at, span.tokens);
        part.give(span.tokens - span.low, span.high - span.tokens).estimate(self.note)
    }
}
