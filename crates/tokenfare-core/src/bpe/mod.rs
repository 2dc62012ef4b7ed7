//! Piece to tokens: the merging of byte pairs, the tables it reads, and the definition it is held against.
//!
//! [`naive`] is what the words "byte-pair encoding" mean; [`merge`] does the same for short pieces, [`long`] in linear
//! time for long ones, and [`piece`] takes the shortest road that gives the same answer.

mod bridge;
mod later;
pub(crate) mod layout;
mod long;
mod memo;
mod merge;
pub(crate) mod naive;
mod ranks;

pub(crate) use memo::Memo;
pub(crate) use ranks::{NONE, Ranks, Slot};

use later::Later;
use ranks::MAYBE;

use crate::scan::{Begins, Split};
use crate::simd::{self, Baseline, Machine, Work};

/// A stretch of a text: where it begins and ends.
pub(crate) type Span = (usize, usize);

/// What becomes of the tokens of a text: they are counted, or written down.
pub(crate) trait Sink {
    /// Whether the tokens must come in the order of the text.
    const IN_ORDER: bool;

    /// Takes a token that stands in the table of tokens.
    fn token(&mut self, ranks: &Ranks<'_>, slot: Slot);

    /// Takes so many tokens of which nothing is said but that they are; only where they need not be in order.
    fn tokens(&mut self, count: usize);

    /// Takes the tokens of a segment that this sink remembers; false if it does not remember it.
    fn remembered(&mut self, text: &str, span: Span) -> bool;

    /// Takes the tokens of a segment that had to be merged, by rank.
    fn merged(&mut self, text: &str, span: Span, tokens: &[u32]);
}

/// Counts tokens; `memo` keeps the counts of short segments that had to be merged.
pub(crate) struct Count<'m> {
    pub(crate) total: usize,
    pub(crate) memo: Option<&'m mut Memo>,
}

impl Sink for Count<'_> {
    const IN_ORDER: bool = false;

    #[inline(always)]
    fn token(&mut self, _: &Ranks<'_>, _: Slot) {
        self.total += 1;
    }

    #[inline(always)]
    fn tokens(&mut self, count: usize) {
        self.total += count;
    }

    #[inline(always)]
    fn remembered(&mut self, text: &str, (start, end): Span) -> bool {
        let count = self.memo.as_ref().and_then(|memo| memo.get(text.as_bytes(), start, end));
        self.total += count.unwrap_or(0);
        count.is_some()
    }

    #[inline(always)]
    fn merged(&mut self, text: &str, (start, end): Span, tokens: &[u32]) {
        self.total += tokens.len();
        if let Some(memo) = &mut self.memo {
            memo.put(text.as_bytes(), start, end, tokens.len());
        }
    }
}

/// Writes tokens down by rank.
impl Sink for Vec<u32> {
    const IN_ORDER: bool = true;

    #[inline(always)]
    fn token(&mut self, ranks: &Ranks<'_>, slot: Slot) {
        self.push(ranks.rank_at(slot));
    }

    fn tokens(&mut self, _: usize) {
        debug_assert!(false, "tokens that are written down come one by one");
    }

    fn remembered(&mut self, _: &str, _: Span) -> bool {
        false
    }

    fn merged(&mut self, _: &str, _: Span, tokens: &[u32]) {
        self.extend_from_slice(tokens);
    }
}

/// Feeds the tokens of `text` to `sink`, split by `split`.
///
/// It is `for each piece: piece(…)`, with the pieces found, looked up and taken in rows. Where a window of the text is
/// plain its pieces are found all at once.
#[inline(always)]
pub(crate) fn feed<S: Split, K: Sink>(
    machine: impl Machine,
    ranks: &Ranks<'_>,
    text: &str,
    mut split: S,
    sink: &mut K,
) {
    let bytes = text.as_bytes();
    let mut later = (!K::IN_ORDER && bytes.len() >= Later::WORTH).then(Later::new);
    let mut row = Row::from(0);
    let mut others = |start: usize, end: usize, sink: &mut K| match &mut later {
        Some(later) => later.piece(machine, ranks, text, (start, end), sink),
        None => several(machine, ranks, text, (start, end), sink),
    };
    let mut at = 0;
    while at < bytes.len() {
        let ends = match bytes[at..].first_chunk() {
            Some(window) => S::begins(&machine.classes(window)).map_or(0, Begins::ends),
            None => 0,
        };
        if !row.has_room(ends.count_ones() as usize + 1) {
            row.take(machine, ranks, text, sink, &mut others);
        }
        if ends == 0 {
            at = split.end(text, at);
            row.push(at);
        } else {
            at = row.push_all(at, ends);
        }
    }
    row.take(machine, ranks, text, sink, &mut others);
    if let Some(mut later) = later {
        later.finish(machine, ranks, text, sink);
    }
}

/// Stretches of a text that follow one another, by their ends.
///
/// The table of tokens is larger than the nearest caches. Looked up in a row, the loads for many stretches overlap; one
/// by one, each would be waited for before the next stretch is known.
struct Row {
    /// Where the first stretch begins.
    start: usize,
    ends: [usize; Row::ROOM],
    count: usize,
}

impl Row {
    /// As many ends as a window can have, and one.
    const ROOM: usize = simd::WINDOW;

    #[inline(always)]
    fn from(start: usize) -> Self {
        Self { start, ends: [0; Self::ROOM], count: 0 }
    }

    #[inline(always)]
    fn has_room(&self, more: usize) -> bool {
        self.count + more <= Self::ROOM
    }

    #[inline(always)]
    fn push(&mut self, end: usize) {
        self.ends[self.count] = end;
        self.count += 1;
    }

    /// Adds an end for each bit, that many bytes after `at`. Returns the last.
    #[inline(always)]
    fn push_all(&mut self, at: usize, mut bits: u64) -> usize {
        let mut end = at;
        let mut count = self.count;
        while bits != 0 {
            end = at + bits.trailing_zeros() as usize;
            self.ends[count % Self::ROOM] = end;
            count += 1;
            bits &= bits - 1;
        }
        self.count = count;
        end
    }

    /// Feeds the tokens of all stretches to `sink`, and begins again after them. What is not a token goes to `others`.
    #[inline(always)]
    fn take<K: Sink>(
        &mut self,
        machine: impl Machine,
        ranks: &Ranks<'_>,
        text: &str,
        sink: &mut K,
        mut others: impl FnMut(usize, usize, &mut K),
    ) {
        let bytes = text.as_bytes();
        let ends = &self.ends[..self.count];
        let mut start = self.start;
        if K::IN_ORDER {
            let mut slots = [NONE; Self::ROOM];
            for (slot, &end) in slots.iter_mut().zip(ends) {
                *slot = ranks.probe(machine, bytes, start, end);
                start = end;
            }
            start = self.start;
            for (&slot, &end) in slots.iter().zip(ends) {
                if slot < MAYBE {
                    sink.token(ranks, Slot::Inline(slot));
                } else {
                    missed(ranks, text, (start, end), slot, sink, &mut others);
                }
                start = end;
            }
        } else {
            // Which are not found, a bit for each: most are.
            let mut misses = 0_u64;
            for (i, &end) in ends.iter().enumerate() {
                misses |= u64::from(ranks.probe(machine, bytes, start, end) >= MAYBE) << i;
                start = end;
            }
            sink.tokens(ends.len() - misses.count_ones() as usize);
            while misses != 0 {
                let i = misses.trailing_zeros() as usize;
                let begin = if i == 0 { self.start } else { ends[i - 1] };
                missed(ranks, text, (begin, ends[i]), MAYBE, sink, &mut others);
                misses &= misses - 1;
            }
        }
        (self.start, self.count) = (start, 0);
    }
}

/// Feeds the tokens of a stretch that was not found at once to `sink`.
#[inline(always)]
fn missed<K: Sink>(
    ranks: &Ranks<'_>,
    text: &str,
    (start, end): Span,
    slot: u32,
    sink: &mut K,
    others: &mut impl FnMut(usize, usize, &mut K),
) {
    if sink.remembered(text, (start, end)) {
        return;
    }
    match if slot == MAYBE { ranks.find_within(text.as_bytes(), start, end) } else { None } {
        Some(slot) => sink.merged(text, (start, end), &[ranks.rank_at(slot)]),
        None => others(start, end, sink),
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
        None => several(Baseline, ranks, text, (at, end), sink),
    }
}

/// Feeds the tokens of a piece that is not one to `sink`, cut first where no token bridges two characters.
#[inline(never)]
fn several<K: Sink>(machine: impl Machine, ranks: &Ranks<'_>, text: &str, span: Span, sink: &mut K) {
    struct Several<'w, K>(&'w Ranks<'w>, &'w str, Span, &'w mut K);
    impl<K: Sink> Work for Several<'_, K> {
        type Output = ();
        #[inline(always)]
        fn on(self, machine: impl Machine) {
            let Self(ranks, text, span, sink) = self;
            let piece = &text[span.0..span.1];
            // A part that is a token is that token only if merging makes it.
            if piece.is_ascii() || !ranks.all_made() {
                return merged(machine, ranks, text, span, sink);
            }
            let mut row = Row::from(span.0);
            let others = |start, end, sink: &mut K| merged(machine, ranks, text, (start, end), sink);
            bridge::cuts(ranks, piece, |cut| {
                if !row.has_room(2) {
                    row.take(machine, ranks, text, sink, others);
                }
                row.push(span.0 + cut);
            });
            if row.start == span.0 && row.count == 0 {
                return merged(machine, ranks, text, span, sink);
            }
            row.push(span.1);
            row.take(machine, ranks, text, sink, others);
        }
    }
    machine.run(Several(ranks, text, span, sink));
}

/// Merges a part of a piece and feeds its tokens to `sink`.
#[inline(always)]
fn merged(machine: impl Machine, ranks: &Ranks<'_>, text: &str, span: Span, sink: &mut impl Sink) {
    let bytes = &text.as_bytes()[span.0..span.1];
    match merge::Parts::new().merge(machine, ranks, bytes) {
        Some(tokens) => sink.merged(text, span, tokens),
        None => sink.merged(text, span, &long::tokens(ranks, bytes)),
    }
}

/// The fewest tokens that a text of `length` bytes can have: no token is longer than the longest.
pub(crate) fn fewest(ranks: &Ranks<'_>, length: usize) -> usize {
    length.div_ceil(ranks.longest())
}
