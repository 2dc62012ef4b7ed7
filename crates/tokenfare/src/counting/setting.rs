//! What a request is counted with: its model's family and encoding, and what its caller knows.

use crate::counting::family::{self, Family};
use crate::counting::hints::Hints;
use crate::error::Error;
use crate::model::Model;
use crate::tally::{Part, PartKind};
use tokenfare_core::Encoding;

/// What a request is counted with.
pub(crate) struct Setting<'s> {
    pub(crate) family: &'static Family,
    pub(crate) encoding: &'static Encoding,
    pub(crate) hints: &'s Hints,
    /// Whether a router sends chat completions on as Responses.
    pub(crate) as_responses: bool,
}

impl<'s> Setting<'s> {
    pub(crate) fn new(model: &Model<'_>, hints: &'s Hints) -> Result<Self, Error> {
        let encoding = model.encoding()?;
        let family = family::of(model.id()).unwrap_or(&family::FALLBACK);
        let as_responses = family.routed && model.provider() == "openrouter";
        Ok(Self { family, encoding, hints, as_responses })
    }

    /// T(x): the tokens of a text, which is ordinary whatever it says.
    pub(crate) fn count(&self, text: &str) -> u64 {
        self.encoding.count(text) as u64
    }

    /// Widens what the answer begins with, where the family's rules are not sure.
    pub(crate) fn doubt(&self, parts: &mut [Part]) {
        let Some(doubt) = &self.family.doubt else { return };
        if let Some(part) = parts.iter_mut().find(|part| part.kind == PartKind::Priming) {
            *part = part.clone().give(doubt.fewer, doubt.more).estimate(doubt.note);
        }
    }

    /// The tokens that an empty line adds to a text that does not end with blanks.
    pub(crate) fn empty_line_after(&self, text: &str) -> u64 {
        // Only the last word can become another one, and the text may be long: from a blank on, pieces are the same.
        let tail = match text.char_indices().rev().nth(64) {
            Some((at, _)) => text[at..].find(' ').map_or(text, |blank| &text[at + blank..]),
            None => text,
        };
        let joined = format!("{tail}\n\n");
        self.count(&joined).saturating_sub(self.count(tail))
    }
}
