//! What a request is counted with: its model's family and encoding, and what its caller knows.

use crate::counting::family::{self, Family, Spell, V0};
use crate::counting::hints::Hints;
use crate::counting::tools::UNSEEN;
use crate::counting::typescript::Renderer;
use crate::error::Error;
use crate::model::Model;
use crate::tally::{Part, PartKind};
use tokenfare_catalog::Date;
use tokenfare_core::Encoding;

/// What a request is counted with.
pub(crate) struct Setting<'s> {
    pub(crate) family: &'static Family,
    pub(crate) encoding: &'static Encoding,
    pub(crate) hints: &'s Hints,
    /// Whether a router sends chat completions on as Responses.
    pub(crate) as_responses: bool,
    /// Whether the name the model was asked for by has the web searched first.
    is_online: bool,
    released: Option<Date>,
}

impl<'s> Setting<'s> {
    pub(crate) fn new(model: &Model<'_>, hints: &'s Hints) -> Result<Self, Error> {
        let encoding = model.encoding()?;
        let family = family::of(model.id()).unwrap_or(&family::FALLBACK);
        let as_responses = family.routed && model.provider() == "openrouter";
        let released = model.facts().released();
        Ok(Self { family, encoding, hints, as_responses, is_online: model.is_online(), released })
    }

    /// Whether it was so when the request was sent, if that is known to be a day on which the model was there.
    pub(crate) fn was(&self, spell: &Spell) -> bool {
        let is_there = |on: Date| self.released.is_none_or(|released| released <= on);
        self.hints.on.is_some_and(|on| spell.holds_on(on) && is_there(on))
    }

    /// The writer of tool definitions: that was said, or that of the family or of the day.
    pub(crate) fn writer(&self) -> Renderer {
        let of_the_day = if self.was(&V0) { Renderer::V0 } else { Renderer::V1 };
        self.hints.renderer.or(self.family.writer).unwrap_or(of_the_day)
    }

    /// T(x): the tokens of a text, which is ordinary whatever it says.
    pub(crate) fn count(&self, text: &str) -> u64 {
        self.encoding.count(text) as u64
    }

    /// Widens what the answer begins with, where the family's rules are not sure, and names what the model's name adds.
    pub(crate) fn doubt(&self, parts: &mut Vec<Part>) {
        let Some(at) = parts.iter().position(|part| part.kind == PartKind::Priming) else { return };
        if let Some(doubt) = &self.family.doubt {
            parts[at] = parts[at].clone().give(doubt.fewer, doubt.more).estimate(doubt.note);
        }
        if self.is_online {
            let part = Part::new(PartKind::ServerTool, "web_search", "/model", 0).give(0, UNSEEN);
            // Before the messages, so that it stays where it is when they grow.
            parts.insert(at + 1, part.unknown("the web is searched first, and what is found is billed as input"));
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
