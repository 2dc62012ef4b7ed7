//! Where tokens lie in a text: byte and character ranges.

use crate::bpe::{self, Ranks};
use crate::encoding::{Encoding, Stretch};
use crate::scan::{Split, WithSplit};
use std::borrow::Cow;
use std::ops::Range;

/// A token of a text, and where it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The id of the token.
    pub id: u32,
    /// The bytes it covers. Tokens follow one another without a gap.
    pub bytes: Range<usize>,
    /// The characters it covers any byte of. Two tokens share a character that is cut between them.
    pub chars: Range<usize>,
}

impl Encoding {
    /// Encodes a text, and says where in it each token lies.
    ///
    /// The ranges are of [`Encoding::normalize`]'s text, which for every embedded encoding is the text itself.
    #[must_use]
    pub fn encode_with_offsets(&self, text: &str) -> Vec<Token> {
        // Encoded before it is normalized: in the normal form there might stand a name that the text does not hold.
        let ids = self.encode(text);
        let text = self.normalize(text);
        let ends = self.ends_of(&ids);
        let mut tokens = Vec::with_capacity(ids.len());
        // Characters that begin before `at`, counted as `at` moves on.
        let (mut at, mut begun) = (0, 0);
        for (id, end) in ids.into_iter().zip(ends) {
            let begin = at;
            let first = if text.is_char_boundary(begin) { begun } else { begun - 1 };
            while at < end {
                begun += usize::from(text.is_char_boundary(at));
                at += 1;
            }
            tokens.push(Token { id, bytes: begin..end, chars: first..begun });
        }
        tokens
    }

    /// The text as this encoding reads it: brought to a normal form if a loaded tokenizer asks for one, else unchanged.
    #[must_use]
    pub fn normalize<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match &self.front {
            None => Cow::Borrowed(text),
            Some(front) => front.normalize(text),
        }
    }

    /// Where the bytes of each token end, the first beginning at 0.
    pub(crate) fn ends_of(&self, ids: &[u32]) -> Vec<usize> {
        self.tables.with(|ranks| {
            let lengths = ids.iter().map(|&id| self.token_in(ranks, id).len());
            lengths
                .scan(0, |at, length| {
                    *at += length;
                    Some(*at)
                })
                .collect()
        })
    }

    /// Where the tokens of the beginning of `text` end, until there are more than `limit` or the text is over.
    ///
    /// `text` is one that the encoding does not change.
    pub(crate) fn ends_up_to(&self, text: &str, limit: usize) -> Vec<usize> {
        let mut ends: Vec<usize> = Vec::new();
        for block in self.blocks(text) {
            self.stretches(block, |stretch| {
                let at = ends.last().copied().unwrap_or(0);
                if ends.len() > limit {
                    return;
                }
                match stretch {
                    Stretch::Token(id) => ends.extend(self.ends_of(&[id]).iter().map(|end| at + end)),
                    Stretch::Text(text) => {
                        ends.extend(self.ends_in_stretch(&text, limit - ends.len()).iter().map(|end| at + end));
                    }
                }
            });
            if ends.len() > limit {
                break;
            }
        }
        ends
    }

    /// Where the tokens of a stretch end, until there are more than `limit` or the stretch is over.
    fn ends_in_stretch(&self, text: &str, limit: usize) -> Vec<usize> {
        struct Ends<'w>(&'w Ranks<'w>, &'w str, usize);
        impl WithSplit for Ends<'_> {
            type Output = Vec<u32>;
            fn with<S: Split>(self) -> Vec<u32> {
                let Self(ranks, text, limit) = self;
                let (mut split, mut at, mut tokens) = (S::default(), 0, Vec::new());
                while at < text.len() && tokens.len() <= limit {
                    let end = split.end(text, at);
                    bpe::piece(ranks, text, at, end, &mut tokens);
                    at = end;
                }
                tokens
            }
        }
        self.tables.with(|ranks| {
            let tokens = self.splitter.pattern.dispatch(Ends(ranks, text, limit));
            let mut at = 0;
            tokens
                .iter()
                .map(|&rank| {
                    at += ranks.bytes(rank).len();
                    at
                })
                .collect()
        })
    }
}
