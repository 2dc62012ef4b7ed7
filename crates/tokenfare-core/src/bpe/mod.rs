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

use ranks::Key;

/// What becomes of the tokens of a text: they are counted, or written down.
pub(crate) trait Sink {
    /// Takes a token that stands in the table of tokens.
    fn token(&mut self, ranks: &Ranks<'_>, slot: Slot);

    /// Takes the tokens of a segment that this sink remembers; false if it does not remember it.
    fn remembered(&mut self, key: Key) -> bool;

    /// Takes the tokens of a segment that had to be merged, by rank. `key` is there if the segment is short enough.
    fn merged(&mut self, key: Option<Key>, tokens: &[u32]);
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

    fn remembered(&mut self, key: Key) -> bool {
        let count = self.memo.as_ref().and_then(|memo| memo.get(key));
        self.total += count.unwrap_or(0);
        count.is_some()
    }

    fn merged(&mut self, key: Option<Key>, tokens: &[u32]) {
        self.total += tokens.len();
        if let (Some(memo), Some(key)) = (&mut self.memo, key) {
            memo.put(key, tokens.len());
        }
    }
}

/// Writes tokens down by rank.
impl Sink for Vec<u32> {
    #[inline(always)]
    fn token(&mut self, ranks: &Ranks<'_>, slot: Slot) {
        self.push(ranks.rank_at(slot));
    }

    fn remembered(&mut self, _: Key) -> bool {
        false
    }

    fn merged(&mut self, _: Option<Key>, tokens: &[u32]) {
        self.extend_from_slice(tokens);
    }
}

/// Feeds the tokens of the piece `text[at..end]` to `sink`.
///
/// A piece that is a token is that token, whatever its parts would merge to: so it is in the reference, and nine in
/// ten pieces of prose end here.
#[inline(always)]
pub(crate) fn piece(ranks: &Ranks<'_>, text: &str, at: usize, end: usize, sink: &mut impl Sink) {
    match ranks.find_within(text.as_bytes(), at, end) {
        Some(slot) => sink.token(ranks, slot),
        None => several(ranks, &text[at..end], sink),
    }
}

/// Feeds the tokens of a piece that is not one to `sink`, cut first where no token bridges two characters.
#[inline(never)]
fn several(ranks: &Ranks<'_>, piece: &str, sink: &mut impl Sink) {
    let mut start = 0;
    if !piece.is_ascii() {
        bridge::cuts(ranks, piece, |cut| {
            segment(ranks, &piece.as_bytes()[start..cut], sink);
            start = cut;
        });
    }
    segment(ranks, &piece.as_bytes()[start..], sink);
}

/// Feeds the tokens of a part of a piece to `sink`.
///
/// A part that is a token is that token if merging can make it, which is not so of every token.
fn segment(ranks: &Ranks<'_>, bytes: &[u8], sink: &mut impl Sink) {
    if let Some(slot) = ranks.find(bytes)
        && ranks.is_made_by_merging(slot)
    {
        return sink.token(ranks, slot);
    }
    let key = Key::of(bytes);
    if let Some(key) = key
        && sink.remembered(key)
    {
        return;
    }
    if bytes.len() <= merge::LONGEST {
        sink.merged(key, merge::Parts::new().merge(ranks, bytes));
    } else {
        sink.merged(key, &long::tokens(ranks, bytes));
    }
}

/// The fewest tokens that a text of `length` bytes can have: no token is longer than the longest.
pub(crate) fn fewest(ranks: &Ranks<'_>, length: usize) -> usize {
    length.div_ceil(ranks.longest())
}
