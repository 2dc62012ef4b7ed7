//! Piece to tokens: the merging of byte pairs, the tables it reads, and the definition it is held against.
//!
//! [`naive`] is what the words "byte-pair encoding" mean; [`merge`] does the same for short pieces, [`long`] in linear
//! time for long ones, and [`piece`] takes the shortest road that gives the same answer.

mod bridge;
pub(crate) mod layout;
mod long;
mod memo;
mod merge;
pub(crate) mod naive;
mod ranks;

pub(crate) use memo::Memo;
pub(crate) use ranks::{NONE, Ranks, Slot};

use ranks::MAYBE;

use crate::scan::{Begins, Split};
use crate::simd;

/// What becomes of the tokens of a text: they are counted, or written down.
pub(crate) trait Sink {
    /// Takes a token that stands in the table of tokens.
    fn token(&mut self, ranks: &Ranks<'_>, slot: Slot);

    /// Takes the tokens of a segment that this sink remembers; false if it does not remember it.
    fn remembered(&mut self, segment: &[u8]) -> bool;

    /// Takes the tokens of a segment that had to be merged, by rank.
    fn merged(&mut self, segment: &[u8], tokens: &[u32]);
}

/// Counts tokens; `memo` keeps the counts of short segments that had to be merged.
pub(crate) struct Count<'m> {
    pub(crate) total: usize,
    pub(crate) memo: Option<&'m mut Memo>,
}

impl Sink for Count<'_> {
    #[inline(always)]
    fn token(&mut self, _: &Ranks<'_>, _: Slot) {
        self.total += 1;
    }

    fn remembered(&mut self, segment: &[u8]) -> bool {
        let count = self.memo.as_ref().and_then(|memo| memo.get(segment));
        self.total += count.unwrap_or(0);
        count.is_some()
    }

    fn merged(&mut self, segment: &[u8], tokens: &[u32]) {
        self.total += tokens.len();
        if let Some(memo) = &mut self.memo {
            memo.put(segment, tokens.len());
        }
    }
}

/// Writes tokens down by rank.
impl Sink for Vec<u32> {
    #[inline(always)]
    fn token(&mut self, ranks: &Ranks<'_>, slot: Slot) {
        self.push(ranks.rank_at(slot));
    }

    fn remembered(&mut self, _: &[u8]) -> bool {
        false
    }

    fn merged(&mut self, _: &[u8], tokens: &[u32]) {
        self.extend_from_slice(tokens);
    }
}

/// Feeds the tokens of `text` to `sink`, split by `split`.
///
/// It is `for each piece: piece(…)`. Where a window of the text is plain, its pieces are found all at once, then looked
/// up, then taken: the table of tokens is larger than the nearest cache, and its loads would be waited for one by one if
/// each piece were finished before the next is begun.
#[inline(always)]
pub(crate) fn feed<S: Split>(ranks: &Ranks<'_>, text: &str, mut split: S, sink: &mut impl Sink) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let ends = match bytes[at..].first_chunk() {
            Some(window) => S::begins(&simd::classes(window)).map_or(0, Begins::ends),
            None => 0,
        };
        if ends == 0 {
            let end = split.end(text, at);
            piece(ranks, text, at, end, sink);
            at = end;
        } else {
            at = row(ranks, text, at, ends, sink);
        }
    }
}

/// Feeds the tokens of a row of pieces to `sink`, whose ends are the bits of `ends` after `at`. Returns where the last ends.
#[inline(always)]
fn row(ranks: &Ranks<'_>, text: &str, at: usize, ends: u64, sink: &mut impl Sink) -> usize {
    let mut slots = [NONE; simd::WINDOW];
    let mut start = at;
    let mut count = 0;
    each_bit(ends, |bit| {
        let end = at + bit;
        slots[count] = ranks.probe(text.as_bytes(), start, end);
        count += 1;
        start = end;
    });
    start = at;
    count = 0;
    each_bit(ends, |bit| {
        let end = at + bit;
        match slots[count] {
            NONE => several(ranks, &text[start..end], sink),
            MAYBE => piece(ranks, text, start, end, sink),
            slot => sink.token(ranks, Slot::Inline(slot)),
        }
        count += 1;
        start = end;
    });
    start
}

/// Calls `each` with the place of each bit that is set, the lowest first.
#[inline(always)]
fn each_bit(mut bits: u64, mut each: impl FnMut(usize)) {
    while bits != 0 {
        each(bits.trailing_zeros() as usize);
        bits &= bits - 1;
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
        None => several(ranks, &text[at..end], sink),
    }
}

/// Feeds the tokens of a piece that is not one to `sink`, cut first where no token bridges two characters.
#[inline(never)]
fn several(ranks: &Ranks<'_>, piece: &str, sink: &mut impl Sink) {
    if sink.remembered(piece.as_bytes()) {
        return;
    }
    let mut start = 0;
    if !piece.is_ascii() {
        bridge::cuts(ranks, piece, |cut| {
            segment(ranks, &piece.as_bytes()[start..cut], sink);
            start = cut;
        });
    }
    match start {
        0 => merged(ranks, piece.as_bytes(), sink),
        _ => segment(ranks, &piece.as_bytes()[start..], sink),
    }
}

/// Feeds the tokens of a part of a piece to `sink`.
///
/// A part that is a token is that token if merging can make it, which is not so of every token.
fn segment(ranks: &Ranks<'_>, bytes: &[u8], sink: &mut impl Sink) {
    match ranks.find(bytes) {
        Some(slot) if ranks.is_made_by_merging(slot) => sink.token(ranks, slot),
        _ if sink.remembered(bytes) => {}
        _ => merged(ranks, bytes, sink),
    }
}

/// Merges the bytes of a segment and feeds its tokens to `sink`.
fn merged(ranks: &Ranks<'_>, bytes: &[u8], sink: &mut impl Sink) {
    if bytes.len() <= merge::LONGEST {
        sink.merged(bytes, merge::Parts::new().merge(ranks, bytes));
    } else {
        sink.merged(bytes, &long::tokens(ranks, bytes));
    }
}

/// The fewest tokens that a text of `length` bytes can have: no token is longer than the longest.
pub(crate) fn fewest(ranks: &Ranks<'_>, length: usize) -> usize {
    length.div_ceil(ranks.longest())
}
