//! Counting: what need not be done in the order of the text is done many at a time.
//!
//! The tables are larger than the nearest caches. What would be a wait for each load, done piece by piece, is one wait for
//! several: pieces are looked up in rows, what is left over of them is gathered, and merged a few at a time.

use super::desk::{Desk, Memory};
use super::ranks::{INLINE, Ranks};
use super::segments::{Cut, Segments};
use super::table::LONGEST;
use super::waiting::{Together, Waiting, one_by_one};
use super::{Count, Counting, Span, bridge, long};
use crate::scan::{FEW, Row, Split, ends_of_few};
use crate::simd::{Block, Machine, Missed, PIECES, Pieces, Work, near_all, recall_all};

/// Counts the tokens of `text`, split by `split`, until it is over or the limit is passed.
///
/// It is `for each piece: piece(…)` of [`super`].
#[inline(always)]
pub(crate) fn feed<M: Machine, S: Split>(
    machine: M,
    ranks: &Ranks<'_>,
    text: &str,
    mut split: S,
    counting: &mut Counting<'_>,
) {
    let Counting { count, limit, goes_on, desk: Desk { rows: [row, next], missed, rest, .. } } = counting;
    let (mut row, mut next) = (row, next);
    row.fill(machine, &mut split, text, 0);
    while row.start < row.end {
        let misses = machine.run(Look { ranks, text, row, missed, count });
        // Meanwhile what is remembered of the others comes near.
        next.fill(machine, &mut split, text, row.end);
        machine.run(Take { ranks, text, row, misses, missed, rest, count });
        if count.total > *limit {
            return rest.clear();
        }
        std::mem::swap(&mut row, &mut next);
    }
    if !rest.is_empty() {
        machine.run(Finish { ranks, text, rest, count, goes_on: *goes_on });
    }
}

/// Counts what still waits of texts after which others were to come.
#[cfg(any(test, feature = "rayon"))]
pub(crate) fn finish(machine: impl Machine, ranks: &Ranks<'_>, counting: &mut Counting<'_>) {
    let Counting { count, desk: Desk { rest, .. }, .. } = counting;
    machine.run(Finish { ranks, text: "", rest, count, goes_on: false });
}

/// Counts a text of less than a window, if all of it can be split at once and each of its pieces is a token or remembered.
///
/// It has nothing of a desk's, so that a short text does not wait for one.
#[inline(always)]
pub(crate) fn few<M: Machine, S: Split>(
    machine: M,
    ranks: &Ranks<'_>,
    text: &str,
    memory: Memory<'_>,
) -> Option<usize> {
    let mut padded = [0; FEW];
    let mut ends = ends_of_few::<S>(machine, text, &mut padded)?;
    let (mut total, mut begin) = (0, 0);
    while ends != 0 {
        let end = ends.trailing_zeros() as usize;
        ends &= ends - 1;
        let is_token = match end - begin {
            length @ ..=INLINE => {
                let bytes = padded[begin..].first_chunk().expect("a key's bytes are after the window");
                ranks.words().has(*bytes, length)
            }
            _ => ranks.find_within(&padded, begin, end).is_some(),
        };
        total += if is_token { 1 } else { memory.count(&padded, begin, end)? };
        begin = end;
    }
    Some(total)
}

/// Work: counting what is a token of a row.
struct Look<'w, 'm> {
    ranks: &'w Ranks<'w>,
    text: &'w str,
    row: &'w Row,
    missed: &'w mut Missed,
    count: &'w mut Count<'m>,
}

impl Work for Look<'_, '_> {
    type Output = usize;
    #[inline(always)]
    fn on(self, machine: impl Machine) -> usize {
        let Self { ranks, text, row, missed, count } = self;
        tokens(machine, ranks, row.pieces(text), missed, count)
    }
}

/// Work: counting what is none.
struct Take<'w, 'm> {
    ranks: &'w Ranks<'w>,
    text: &'w str,
    row: &'w Row,
    /// How many were missed.
    misses: usize,
    missed: &'w mut Missed,
    rest: &'w mut Rest,
    count: &'w mut Count<'m>,
}

impl Work for Take<'_, '_> {
    type Output = ();
    #[inline(always)]
    fn on(self, machine: impl Machine) {
        let Self { ranks, text, row, misses, missed, rest, count } = self;
        let pieces = row.pieces(text);
        if pieces.count == 0 {
            // One piece, too long for a row.
            return rest.missed(machine, ranks, text, (row.start, row.end), count);
        }
        let misses = recalled(ranks, pieces, missed, misses, count);
        for &i in missed.numbers(misses) {
            rest.missed(machine, ranks, text, row.span(i as usize), count);
        }
    }
}

/// Counts the pieces that are tokens. Writes the numbers of the others, has what is remembered of them brought near, and returns
/// how many they are.
#[inline(always)]
fn tokens(
    machine: impl Machine,
    ranks: &Ranks<'_>,
    pieces: Pieces<'_>,
    missed: &mut Missed,
    count: &mut Count<'_>,
) -> usize {
    let misses = machine.short_words(ranks.words(), pieces, None, missed);
    let misses = machine.long_words(ranks.words(), pieces, None, missed, misses);
    count.total += pieces.count - misses;
    if let Some(memo) = &count.memo {
        near_all(memo.short(), missed, misses);
    }
    misses
}

/// Counts those of so many that were missed that are remembered, and leaves the others.
#[inline(always)]
fn recalled(ranks: &Ranks<'_>, pieces: Pieces<'_>, missed: &mut Missed, misses: usize, count: &mut Count<'_>) -> usize {
    let Some(memo) = &count.memo else { return misses };
    let (mut misses, mut tokens) = recall_all(memo.short(), missed, misses);
    // What a part of a piece came to is what a piece of the same bytes comes to, unless that is a token that no merging makes.
    if ranks.all_made() {
        let (left, more) = memo.recall_long(pieces, missed, misses);
        (misses, tokens) = (left, tokens + more);
    }
    count.total += tokens as usize;
    misses
}

/// Work: counting what is left.
struct Finish<'w, 'm> {
    ranks: &'w Ranks<'w>,
    text: &'w str,
    rest: &'w mut Rest,
    count: &'w mut Count<'m>,
    goes_on: bool,
}

impl Work for Finish<'_, '_> {
    type Output = ();
    #[inline(always)]
    fn on(self, machine: impl Machine) {
        let Self { ranks, text, rest, count, goes_on } = self;
        let mut segments = rest.segments.take();
        if let Some(segments) = &mut segments {
            rest.look_up(machine, ranks, text, segments, count);
        }
        if rest.longs.count > 0 {
            rest.merge_longs(machine, ranks, text, count);
        }
        rest.segments = segments;
        if goes_on {
            return rest.merges.iter_mut().for_each(|waiting| waiting.keep(text));
        }
        // What is left of all lengths, together.
        let all: usize = rest.merges.iter().map(|waiting| waiting.count).sum();
        let Rest { merges: [first, others @ ..], block, .. } = rest;
        for others in others {
            let mut next = 0;
            while next < others.count {
                if first.count == PIECES {
                    machine.run(Together { waiting: first, block, ranks, text, count });
                }
                next = first.take_over(others, next);
            }
            others.clear();
        }
        if all <= ONE_BY_ONE {
            one_by_one(machine, first, ranks, text, count);
        } else {
            machine.run(Together { waiting: first, block, ranks, text, count });
        }
    }
}

/// What is put off.
pub(super) struct Rest {
    /// Parts of pieces, not yet looked up; most texts have none.
    segments: Option<Box<Segments>>,
    /// Those of them that were not found.
    missed: Option<Box<Missed>>,
    /// What is not a token, to be merged, by length: pieces of like length take as many steps.
    merges: [Waiting; CLASSES],
    /// What is too long to be merged at once.
    longs: Spans,
    /// The windows that the long ones will need.
    windows: usize,
    block: Block,
}

/// So few pieces are sooner merged one by one.
const ONE_BY_ONE: usize = 3;

/// Lengths that are merged together.
const CLASSES: usize = 4;

/// A piece of many characters is cut where it can be, once it has so many parts.
const CUT: usize = 8;

impl Rest {
    pub(super) fn new() -> Self {
        Self {
            segments: None,
            missed: None,
            merges: [const { Waiting::new() }; CLASSES],
            longs: Spans::new(),
            windows: 0,
            block: Block::new(),
        }
    }

    /// Whether nothing is put off.
    fn is_empty(&self) -> bool {
        self.segments.as_ref().is_none_or(|segments| segments.count == 0)
            && self.longs.count == 0
            && self.merges.iter().all(|waiting| waiting.count == 0)
    }

    /// Lets all that is put off be.
    #[cold]
    fn clear(&mut self) {
        if let Some(segments) = &mut self.segments {
            segments.clear();
        }
        self.merges.iter_mut().for_each(Waiting::clear);
        (self.longs.count, self.windows) = (0, 0);
    }

    /// Counts a piece that was not found at once, or puts it off.
    #[inline(always)]
    fn missed(&mut self, machine: impl Machine, ranks: &Ranks<'_>, text: &str, span: Span, count: &mut Count<'_>) {
        let (mut start, end) = span;
        if found_late(ranks, text, span, count) {
            return;
        }
        let bytes = text.as_bytes();
        let first = bytes[start];
        let second = if first.is_ascii() { bytes[start + 1] } else { first };
        if second.is_ascii() {
            return self.segment(machine, ranks, text, (start, end), 1, count);
        }
        if ranks.all_made() && Segments::are_worth(span, second) {
            return self.cut(machine, ranks, text, span, count);
        }
        let width = if second < 0xE0 { 2 } else { 3 };
        while end - start > 2 * CUT * width
            && let Some(cut) = bridge::cuts(ranks, &text[start..end], CUT * width).next()
        {
            self.segment(machine, ranks, text, (start, start + cut), width, count);
            start += cut;
        }
        self.segment(machine, ranks, text, (start, end), width, count);
    }

    /// Cuts a piece wherever no token bridges two characters, and puts its segments off.
    #[inline(always)]
    fn cut(&mut self, machine: impl Machine, ranks: &Ranks<'_>, text: &str, span: Span, count: &mut Count<'_>) {
        let mut segments = self.segments.take().unwrap_or_else(Segments::new);
        let alone = machine.run(Cut {
            segments: &mut segments,
            bridges: &ranks.bridges,
            text,
            span,
            alone: ranks.alone,
            full: |segments: &mut Segments| self.look_up(machine, ranks, text, segments, count),
        });
        count.total += alone;
        self.segments = Some(segments);
    }

    /// Looks up all segments that were put off.
    #[inline(always)]
    fn look_up(
        &mut self,
        machine: impl Machine,
        ranks: &Ranks<'_>,
        text: &str,
        segments: &mut Segments,
        count: &mut Count<'_>,
    ) {
        machine.run(Step { rest: self, ranks, text, count, what: segments });
    }

    /// Puts a segment off of which a part has so many bytes.
    #[inline(always)]
    fn segment(
        &mut self,
        machine: impl Machine,
        ranks: &Ranks<'_>,
        text: &str,
        span: Span,
        width: usize,
        count: &mut Count<'_>,
    ) {
        if span.1 - span.0 > LONGEST && count.remembered_wide(text, span) {
            return;
        }
        let parts = (span.1 - span.0) / width;
        let class = match parts {
            0..8 => 0,
            8..11 => 1,
            11..16 => 2,
            16..=Block::MOST => 3,
            _ => return self.long(machine, ranks, text, span, parts, count),
        };
        let waiting = &mut self.merges[class];
        if waiting.push(machine, text, span, count.of) {
            machine.run(Together { waiting, block: &mut self.block, ranks, text, count });
        }
    }

    /// Puts a segment off that has too many parts to be merged at once.
    #[inline(always)]
    fn long(
        &mut self,
        machine: impl Machine,
        ranks: &Ranks<'_>,
        text: &str,
        span: Span,
        parts: usize,
        count: &mut Count<'_>,
    ) {
        let windows = long::windows_of(parts);
        if self.windows + windows > PIECES {
            self.merge_longs(machine, ranks, text, count);
        }
        self.windows += windows;
        self.longs.push(span);
    }

    /// Merges the long ones.
    #[inline(always)]
    fn merge_longs(&mut self, machine: impl Machine, ranks: &Ranks<'_>, text: &str, count: &mut Count<'_>) {
        machine.run(Step { rest: self, ranks, text, count, what: Longs });
    }
}

/// Work: a step that is taken once for many pieces.
struct Step<'w, 'm, W> {
    rest: &'w mut Rest,
    ranks: &'w Ranks<'w>,
    text: &'w str,
    count: &'w mut Count<'m>,
    what: W,
}

impl Work for Step<'_, '_, &mut Segments> {
    type Output = ();
    #[inline(always)]
    fn on(self, machine: impl Machine) {
        let Self { rest, ranks, text, count, what: segments } = self;
        if segments.count == 0 {
            return; // and where they began may have been in another text
        }
        let mut missed = rest.missed.take().unwrap_or_else(|| Box::new(Missed::new()));
        let pieces = segments.pieces(text);
        let misses = tokens(machine, ranks, pieces, &mut missed, count);
        if let Some(memo) = &mut count.memo {
            segments.remember(memo, text, missed.numbers(misses));
        }
        let misses = recalled(ranks, pieces, &mut missed, misses, count);
        for &i in missed.numbers(misses) {
            let span = segments.span(i as usize);
            if !found_late(ranks, text, span, count) {
                rest.segment(machine, ranks, text, span, 3, count);
            }
        }
        segments.clear();
        rest.missed = Some(missed);
    }
}

/// The long pieces, in windows.
struct Longs;

impl Work for Step<'_, '_, Longs> {
    type Output = ();
    #[inline(always)]
    fn on(self, machine: impl Machine) {
        let Self { rest, ranks, text, count, what: Longs } = self;
        let (spans, all) = rest.longs.empty();
        rest.windows = 0;
        let mut pieces = [&[][..]; PIECES];
        for (piece, &(start, end)) in pieces.iter_mut().zip(&spans[..all]) {
            *piece = &text.as_bytes()[start..end];
        }
        let mut counts = [0; PIECES];
        machine.run(long::Counts { ranks, block: &mut rest.block, pieces: &pieces[..all], counts: &mut counts });
        for (&span, &tokens) in spans[..all].iter().zip(&counts) {
            count.total += tokens;
            count.remember_merged(text.as_bytes(), span, tokens);
        }
    }
}

/// Counts what no row has looked up. False if it has to be merged.
#[inline(always)]
fn found_late(ranks: &Ranks<'_>, text: &str, span: Span, count: &mut Count<'_>) -> bool {
    if span.1 - span.0 <= INLINE {
        return false;
    }
    // The table first: see `recalled`.
    if ranks.find_late(text.as_bytes(), span.0, span.1).is_some() {
        count.counted(text, span, 1);
        return true;
    }
    count.remembered(text, span)
}

struct Spans {
    spans: [Span; PIECES],
    count: usize,
}

impl Spans {
    const fn new() -> Self {
        Self { spans: [(0, 0); PIECES], count: 0 }
    }

    /// Adds a stretch.
    #[inline(always)]
    fn push(&mut self, span: Span) {
        self.spans[self.count] = span;
        self.count += 1;
    }

    /// All stretches, and none are left.
    #[inline(always)]
    fn empty(&mut self) -> ([Span; PIECES], usize) {
        (self.spans, std::mem::take(&mut self.count))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Whose;
    use super::super::layout::{self, Plan};
    use super::*;

    #[test]
    fn a_piece_that_is_a_token_is_one_whatever_a_part_of_the_same_bytes_came_to() {
        let bytes: Vec<[u8; 1]> = (0..=255).map(|byte| [byte]).collect();
        // No two tokens make it.
        let tokens = bytes.iter().map(<[u8; 1]>::as_slice).chain([&b"a token of some length"[..]]).collect();
        let laid_out = Plan::of_ranks(tokens).and_then(|plan| plan.lay_out()).expect("a vocabulary");
        let ranks = layout::read(&laid_out).expect("a block of this version");
        Counting::with(Whose::new(), 4, |counting| {
            let count = &mut counting.count;
            let (text, span) = ("xa token of some length", (1, 23));
            count.counted(text, span, 3);
            assert!(found_late(&ranks, text, span, count));
            assert_eq!(count.total, 3 + 1);
        });
    }
}
