//! Text to pieces: the split of a text before any merging, one file per split pattern.
//!
//! Each file quotes its pattern and has one function per alternative, in the pattern's order. A scanner is
//! asked for the end of the piece that begins at a position; the pieces of a text follow one another
//! without a gap, so that is all there is to a split.

mod cl100k;
mod deepseek;
mod gpt2;
mod o200k;
mod row;
mod whitespace;
mod window;

use crate::simd::{Classes, WINDOW};
use crate::unicode::{Class, class_of};

pub(crate) use row::{FEW, Row, ends_of_few};
pub(crate) use window::Begins;

/// A split pattern that this crate has a hand-written scanner for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Pattern {
    /// The pattern of GPT-2, `r50k_base` and `p50k_base`.
    Gpt2,
    /// The pattern of `cl100k_base` as OpenAI's tiktoken has it: white space that ends the text is one piece.
    Cl100k,
    /// The pattern of `cl100k_base` in its first form, which Llama 3 uses: a newline ends a piece of white space
    /// at the end of the text as it does elsewhere.
    Llama3,
    /// The pattern of Qwen 2: Llama 3's, with each digit on its own.
    Qwen2,
    /// The pattern of `o200k_base` and `o200k_harmony`.
    O200k,
    /// The three patterns of DeepSeek V3, one after the other.
    DeepSeekV3,
}

impl Pattern {
    /// Every pattern, by the name that [`Pattern::name`] gives it.
    pub const ALL: [Self; 6] = [Self::Gpt2, Self::Cl100k, Self::Llama3, Self::Qwen2, Self::O200k, Self::DeepSeekV3];

    /// Returns the name that [`str::parse`] takes.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gpt2 => "gpt2",
            Self::Cl100k => "cl100k",
            Self::Llama3 => "llama3",
            Self::Qwen2 => "qwen2",
            Self::O200k => "o200k",
            Self::DeepSeekV3 => "deepseek_v3",
        }
    }
}

impl std::str::FromStr for Pattern {
    type Err = crate::Error;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|pattern| pattern.name() == name).ok_or_else(|| crate::Error::unknown_pattern(name))
    }
}

impl std::fmt::Display for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// A scanner: the split of one pattern.
///
/// It is a value because one pattern (DeepSeek's) remembers how far it has looked ahead.
pub(crate) trait Split: Default + 'static {
    /// Returns the end of the piece that begins at `at`, which is where a piece begins and is not the text's end.
    fn end(&mut self, text: &str, at: usize) -> usize;

    /// Finds where pieces begin in a window that begins with a piece, without a walk; `None` if this scanner cannot. The
    /// place where the text is over has a bit, if the window holds it; zeros follow there.
    /// Whatever it finds is what [`Split::end`] would.
    fn begins(_: &Classes, _: &[u8; WINDOW], _over: u64) -> Option<Begins> {
        None
    }
}

/// Work to be done with the scanner of a pattern that is known only at run time.
///
/// A trait and not a closure, because each scanner is a type of its own and the loops over pieces are compiled
/// once for each.
pub(crate) trait WithSplit {
    type Output;
    fn with<S: Split>(self) -> Self::Output;
}

impl Pattern {
    /// Does `work` with the scanner of this pattern.
    #[inline]
    pub(crate) fn dispatch<W: WithSplit>(self, work: W) -> W::Output {
        match self {
            Self::Gpt2 => work.with::<gpt2::Gpt2>(),
            Self::Cl100k => work.with::<cl100k::Cl100k>(),
            Self::Llama3 => work.with::<cl100k::Llama3>(),
            Self::Qwen2 => work.with::<cl100k::Qwen2>(),
            Self::O200k => work.with::<o200k::O200k>(),
            Self::DeepSeekV3 => work.with::<deepseek::DeepSeekV3>(),
        }
    }

    /// Splits a text into pieces, in order; joined again they are the text.
    ///
    /// ```
    /// let pieces = tokenfare_core::Pattern::Cl100k.split("don't panic");
    /// assert_eq!(pieces, ["don", "'t", " panic"]);
    /// ```
    #[must_use]
    pub fn split(self, text: &str) -> Vec<&str> {
        struct Collect<'t>(&'t str);
        impl<'t> WithSplit for Collect<'t> {
            type Output = Vec<&'t str>;
            fn with<S: Split>(self) -> Vec<&'t str> {
                let (mut split, mut at, mut pieces) = (S::default(), 0, Vec::new());
                while at < self.0.len() {
                    let end = split.end(self.0, at);
                    pieces.push(&self.0[at..end]);
                    at = end;
                }
                pieces
            }
        }
        self.dispatch(Collect(text))
    }
}

/// Whether every pattern has a piece end between a character and the next, whatever stands around them, and
/// splits the text before that place as if it ended there.
///
/// The rule, which holds for all the patterns above: a letter ends a piece before a number, white space or a
/// symbol; a number before anything but a number; a symbol before a number or a blank. The apostrophe is left out,
/// since a contraction goes on with it. White space never comes first: how a run of it is split depends on what
/// follows.
pub(crate) fn is_seam(before: char, after: char) -> bool {
    if before == '\'' || after == '\'' {
        return false;
    }
    let (before, after) = (class_of(before), class_of(after));
    let spaced = Class::NUMBER.or(Class::BLANK);
    before.is(Class::LETTER) && after.is(spaced.or(Class::NEWLINE).or(Class::SYMBOL))
        || before.is(Class::NUMBER) && after.is(Class::LETTER.or(Class::MARK).or(Class::SPACE).or(Class::SYMBOL))
        || before.is(Class::SYMBOL) && after.is(spaced)
}

/// The last seam of a text (see [`is_seam`]), if it has one.
pub(crate) fn last_seam(text: &str) -> Option<usize> {
    let mut after: Option<(usize, char)> = None;
    for (at, before) in text.char_indices().rev() {
        if let Some((seam, after)) = after
            && is_seam(before, after)
        {
            return Some(seam);
        }
        after = Some((at, before));
    }
    None
}
