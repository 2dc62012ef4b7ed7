//! Special tokens: finding them in a text, and refusing them, for callers who ask for either.

use crate::error::{Error, Kind};
use aho_corasick::{AhoCorasick, MatchKind};
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::OnceLock;

/// What becomes of special tokens that stand in a text, token by token.
///
/// By default their names are ordinary text: what a user writes can neither raise an error nor become a control token.
///
/// ```
/// use tokenfare_core::Specials;
/// let ordinary = Specials::ordinary();
/// let allowed = Specials::ordinary().allow("<|endoftext|>");
/// let careful = Specials::refuse_all().allow("<|endoftext|>");
/// # assert_ne!(ordinary, allowed); assert_ne!(allowed, careful);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Specials {
    others: Treatment,
    allowed: BTreeSet<String>,
    refused: BTreeSet<String>,
    ordinary: BTreeSet<String>,
}

/// What becomes of one special token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Treatment {
    #[default]
    Ordinary,
    Allow,
    Refuse,
}

impl Specials {
    /// Every special token's name is ordinary text.
    #[must_use]
    pub fn ordinary() -> Self {
        Self::default()
    }

    /// Every special token's name is that token.
    #[must_use]
    pub fn allow_all() -> Self {
        Self { others: Treatment::Allow, ..Self::default() }
    }

    /// Any special token's name is an error.
    #[must_use]
    pub fn refuse_all() -> Self {
        Self { others: Treatment::Refuse, ..Self::default() }
    }

    /// Makes the name of `token` that token.
    #[must_use]
    pub fn allow(self, token: impl Into<String>) -> Self {
        self.put(token.into(), Treatment::Allow)
    }

    /// Makes the name of `token` an error.
    #[must_use]
    pub fn refuse(self, token: impl Into<String>) -> Self {
        self.put(token.into(), Treatment::Refuse)
    }

    /// Makes the name of `token` ordinary text.
    #[must_use]
    pub fn as_text(self, token: impl Into<String>) -> Self {
        self.put(token.into(), Treatment::Ordinary)
    }

    fn put(mut self, token: String, treatment: Treatment) -> Self {
        for set in [&mut self.allowed, &mut self.refused, &mut self.ordinary] {
            set.remove(&token);
        }
        match treatment {
            Treatment::Allow => self.allowed.insert(token),
            Treatment::Refuse => self.refused.insert(token),
            Treatment::Ordinary => self.ordinary.insert(token),
        };
        self
    }

    pub(crate) fn of(&self, token: &str) -> Treatment {
        if self.allowed.contains(token) {
            Treatment::Allow
        } else if self.refused.contains(token) {
            Treatment::Refuse
        } else if self.ordinary.contains(token) {
            Treatment::Ordinary
        } else {
            self.others
        }
    }

    /// Whether every name is ordinary text, whatever tokens there are.
    fn is_ordinary(&self) -> bool {
        self.others == Treatment::Ordinary && self.allowed.is_empty() && self.refused.is_empty()
    }

    fn named(&self) -> impl Iterator<Item = &String> {
        self.allowed.iter().chain(&self.refused).chain(&self.ordinary)
    }
}

/// The special tokens of an encoding.
#[derive(Debug, Default)]
pub(crate) struct SpecialTokens {
    tokens: Vec<(String, u32)>,
    finder: OnceLock<AhoCorasick>,
}

/// A stretch of text between special tokens, and the special token after it, if one stands there.
pub(crate) struct Part {
    pub(crate) text: Range<usize>,
    pub(crate) special: Option<u32>,
}

impl SpecialTokens {
    /// Of two names for one id, the first is what the id decodes to.
    pub(crate) fn new(tokens: Vec<(String, u32)>) -> Self {
        Self { tokens, finder: OnceLock::new() }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, u32)> {
        self.tokens.iter().map(|(name, id)| (name.as_str(), *id))
    }

    pub(crate) fn name(&self, id: u32) -> Option<&str> {
        self.iter().find(|(_, known)| *known == id).map(|(name, _)| name)
    }

    /// An error if `specials` names a token that there is not.
    pub(crate) fn check(&self, specials: &Specials, encoding: &str) -> Result<(), Error> {
        match specials.named().find(|named| !self.tokens.iter().any(|(name, _)| name == *named)) {
            None => Ok(()),
            Some(token) => {
                Err(Error::new(Kind::UnknownSpecial { token: token.clone(), encoding: encoding.to_owned() }))
            }
        }
    }

    /// Cuts a text at the special tokens that are allowed in it; an error if it holds one that is refused.
    pub(crate) fn parts(&self, text: &str, specials: &Specials) -> Result<Vec<Part>, Error> {
        let mut parts = Vec::new();
        let (mut start, mut at) = (0, 0);
        if !specials.is_ordinary() && !self.tokens.is_empty() {
            while let Some((found, index)) = self.find(text, at) {
                let (name, id) = &self.tokens[index];
                at = found.end;
                match specials.of(name) {
                    Treatment::Allow => {
                        parts.push(Part { text: start..found.start, special: Some(*id) });
                        start = found.end;
                    }
                    Treatment::Refuse => {
                        let (token, offset) = (name.clone(), found.start);
                        return Err(Error::new(Kind::RefusedSpecial { token, offset }));
                    }
                    // Another name might begin inside one that is text.
                    Treatment::Ordinary => at = found.start + 1,
                }
            }
        }
        parts.push(Part { text: start..text.len(), special: None });
        Ok(parts)
    }

    /// The leftmost of the longest names from `at` on: where, and which.
    fn find(&self, text: &str, at: usize) -> Option<(Range<usize>, usize)> {
        let finder = self.finder.get_or_init(|| {
            AhoCorasick::builder()
                .match_kind(MatchKind::LeftmostLongest)
                .build(self.tokens.iter().map(|(name, _)| name))
                .expect("a few thousand short names make an automaton")
        });
        let found = finder.find(aho_corasick::Input::new(text).range(at..))?;
        Some((found.range(), found.pattern().as_usize()))
    }
}
