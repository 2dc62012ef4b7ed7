//! Piece to tokens: the merging of byte pairs, the tables it reads, and the definition it is held against.
//!
//! [`naive`] is what the words "byte-pair encoding" mean; [`merge`] does the same for short pieces, [`long`] in linear
//! time for long ones, and [`piece`] takes the shortest road that gives the same answer.

pub(crate) mod bridge;
pub(crate) mod count;
mod desk;
pub(crate) mod encode;
pub(crate) mod layout;
mod line;
mod long;
mod memo;
mod merge;
pub(crate) mod naive;
mod ranks;
mod segments;
mod table;
mod waiting;
mod written;

pub use desk::forget;
pub(crate) use desk::{Counting, Memory, Whose, Writing};
pub(crate) use memo::Memo;
pub(crate) use ranks::{NONE, Ranks, Slot};

use crate::simd::{self, Block, Machine, Work};
use merge::Parts;

/// A stretch of a text: where it begins and ends.
pub(crate) type Span = (usize, usize);

/// A number that tells nearly all segments apart: of their first eight bytes, and how many they are.
#[inline(always)]
fn mark_of(bytes: &[u8], (start, end): Span) -> u32 {
    let first = match bytes[start..].first_chunk() {
        Some(&eight) => u64::from_le_bytes(eight),
        None => bytes[start..end].iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte)),
    };
    let none = 64 - 8 * (end - start).clamp(1, 8);
    ((first << none).wrapping_add((end - start) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as u32
}

/// What becomes of the tokens of a text: they are counted, or written down.
pub(crate) trait Sink {
    /// Takes a token that stands in the table of tokens.
    fn token(&mut self, ranks: &Ranks<'_>, slot: Slot);

    /// Takes the parts of a segment that had to be merged.
    fn merged<L: Copy, const V: usize>(&mut self, parts: &mut Parts<L, V>);

    /// Takes tokens by rank.
    fn tokens(&mut self, tokens: &[u32]);

    /// How many tokens it has taken.
    fn mark(&self) -> usize;

    /// Gives all tokens back but the first so many.
    fn back_to(&mut self, mark: usize);
}

/// Counts tokens; `memo` keeps the counts of short segments that had to be merged.
pub(crate) struct Count<'m> {
    /// Those of the text that is being counted.
    pub(crate) total: usize,
    pub(crate) memo: Option<&'m mut Memo>,
    /// The number of that text among those that are counted together.
    pub(crate) of: u32,
    /// What is counted of each of these after it was done.
    pub(crate) late: Vec<usize>,
}

impl<'m> Count<'m> {
    fn with(memo: Option<&'m mut Memo>) -> Self {
        Self { total: 0, memo, of: 0, late: Vec::new() }
    }

    /// One that has counted nothing, and remembers nothing.
    fn nothing() -> Self {
        Self::with(None)
    }
}

impl Count<'_> {
    /// Counts so many tokens of a text.
    #[inline(always)]
    fn add(&mut self, of: u32, count: usize) {
        let total = if of == self.of { &mut self.total } else { &mut self.late[of as usize] };
        *total += count;
    }

    /// Counts a segment that is remembered; false if it is not.
    #[inline(always)]
    fn remembered(&mut self, text: &str, (start, end): Span) -> bool {
        let count = self.memo.as_ref().and_then(|memo| memo.get(text.as_bytes(), start, end));
        self.total += count.unwrap_or(0);
        count.is_some()
    }

    /// Counts a segment that is remembered although it is of more than thirty bytes; false if it is not.
    #[inline(always)]
    fn remembered_wide(&mut self, text: &str, (start, end): Span) -> bool {
        let count = self.memo.as_ref().map_or(0, |memo| memo.get_wide(text.as_bytes(), start, end));
        self.total += count as usize;
        count > 0
    }

    /// Counts a segment, and remembers it.
    #[inline(always)]
    fn counted(&mut self, text: &str, (start, end): Span, count: usize) {
        self.total += count;
        if let Some(memo) = &mut self.memo {
            memo.put(text.as_bytes(), start, end, count);
        }
    }

    /// Remembers what a segment was merged to.
    #[inline(always)]
    fn remember_merged(&mut self, bytes: &[u8], (start, end): Span, count: usize) {
        if let Some(memo) = &mut self.memo {
            memo.put_merged(bytes, start, end, count);
        }
    }
}

impl Sink for Count<'_> {
    #[inline(always)]
    fn token(&mut self, _: &Ranks<'_>, _: Slot) {
        self.total += 1;
    }

    #[inline(always)]
    fn merged<L: Copy, const V: usize>(&mut self, parts: &mut Parts<L, V>) {
        self.total += parts.count();
    }

    #[inline(always)]
    fn tokens(&mut self, tokens: &[u32]) {
        self.total += tokens.len();
    }

    fn mark(&self) -> usize {
        self.total
    }

    fn back_to(&mut self, mark: usize) {
        self.total = mark;
    }
}

/// Writes tokens down by rank.
impl Sink for Vec<u32> {
    #[inline(always)]
    fn token(&mut self, ranks: &Ranks<'_>, slot: Slot) {
        self.push(ranks.rank_at(slot));
    }

    #[inline(always)]
    fn merged<L: Copy, const V: usize>(&mut self, parts: &mut Parts<L, V>) {
        self.extend_from_slice(parts.tokens());
    }

    #[inline(always)]
    fn tokens(&mut self, tokens: &[u32]) {
        self.extend_from_slice(tokens);
    }

    fn mark(&self) -> usize {
        self.len()
    }

    fn back_to(&mut self, mark: usize) {
        self.truncate(mark);
    }
}

/// Feeds the tokens of the piece `text[at..end]` to `sink`.
///
/// A piece that is a token is that token, whatever its parts would merge to: so it is in the reference, and nine in
/// ten pieces of prose end here.
#[inline]
pub(crate) fn piece(ranks: &Ranks<'_>, text: &str, at: usize, end: usize, sink: &mut impl Sink) {
    match ranks.find_within(text.as_bytes(), at, end) {
        Some(slot) => sink.token(ranks, slot),
        None => simd::on_best(Several(ranks, text, (at, end), sink)),
    }
}

/// Work: feeding the tokens of a piece that is not one to a sink, cut first where no token bridges two characters.
struct Several<'w, K>(&'w Ranks<'w>, &'w str, Span, &'w mut K);

impl<K: Sink> Work for Several<'_, K> {
    type Output = ();
    #[inline(always)]
    fn on(self, machine: impl Machine) {
        let Self(ranks, text, span, sink) = self;
        let piece = &text[span.0..span.1];
        let mut start = span.0;
        let mut part = |end: usize, whole: bool| {
            match if whole { None } else { ranks.find_within(text.as_bytes(), start, end) } {
                Some(slot) => sink.token(ranks, slot),
                None => merged(machine, ranks, &text.as_bytes()[start..end], sink),
            }
            start = end;
        };
        let mut whole = true;
        // A part that is a token is that token only if merging makes it.
        if !piece.is_ascii() && ranks.all_made() {
            for cut in bridge::cuts(ranks, piece, 0) {
                whole = false;
                part(span.0 + cut, whole);
            }
        }
        part(span.1, whole);
    }
}

/// Merges a part of a piece and feeds its tokens to `sink`.
#[inline(always)]
fn merged(machine: impl Machine, ranks: &Ranks<'_>, part: &[u8], sink: &mut impl Sink) {
    if part.len() <= 15 {
        let mut parts = Parts::<_, 1>::new(machine);
        let done = parts.merge(machine, ranks, part);
        debug_assert!(done, "fifteen bytes are at most fifteen parts");
        return sink.merged(&mut parts);
    }
    long::feed(machine, ranks, &mut Block::new(), part, sink);
}

/// The fewest tokens that a text of `length` bytes can have: no token is longer than the longest.
pub(crate) fn fewest(ranks: &Ranks<'_>, length: usize) -> usize {
    length.div_ceil(ranks.longest())
}

#[cfg(test)]
mod tests;
