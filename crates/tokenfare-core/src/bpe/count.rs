//! Counting: what need not be done in the order of the text is done many at a time.
//!
//! The tables are larger than the nearest caches. What would be a wait for each load, done piece by piece, is one wait for
//! several: pieces are looked up in rows, what is left over of them is gathered, and merged a few at a time.

use super::merge;
use super::ranks::{INLINE, Ranks};
use super::{Count, Span, bridge, long, merged, piece};
use crate::scan::{Row, Split};
use crate::simd::{Block, Machine, PIECES, PLACES, Work};

/// Counts the tokens of `text`, split by `split`.
///
/// It is `for each piece: piece(…)` of [`super`].
#[inline(always)]
pub(crate) fn feed<S: Split>(
    machine: impl Machine,
    ranks: &Ranks<'_>,
    text: &str,
    mut split: S,
    count: &mut Count<'_>,
) {
    let mut at = 0;
    if text.len() < SHORT {
        while at < text.len() {
            let end = split.end(text, at);
            piece(ranks, text, at, end, count);
            at = end;
        }
        return;
    }
    let mut row = Row::new();
    let mut rest = None;
    while at < text.len() {
        at = row.fill(machine, &mut split, text, at);
        machine.run(Take { ranks, text, row: &row, end: at, rest: &mut rest, count });
    }
    if let Some(mut rest) = rest {
        machine.run(Finish { ranks, text, rest: &mut rest, count });
    }
}

/// A text shorter than this is counted piece by piece, before a row would be ready.
const SHORT: usize = 96;

/// Work: counting a row.
struct Take<'w, 'm> {
    ranks: &'w Ranks<'w>,
    text: &'w str,
    row: &'w Row,
    /// Where the row ends.
    end: usize,
    rest: &'w mut Option<Rest>,
    count: &'w mut Count<'m>,
}

impl Work for Take<'_, '_> {
    type Output = ();
    #[inline(always)]
    fn on(self, machine: impl Machine) {
        let Self { ranks, text, row, end, rest, count } = self;
        let pieces = row.pieces(text);
        if pieces.count == 0 {
            // One piece, too long for a row.
            return rest.get_or_insert_with(Rest::new).missed(machine, ranks, text, (row.start, end), count);
        }
        let mut missed = [0; _];
        let misses = machine.short_words(ranks.words(), pieces, None, &mut missed);
        let misses = machine.long_words(ranks.words(), pieces, None, &mut missed, misses);
        count.total += pieces.count - misses;
        if misses == 0 {
            return;
        }
        let (misses, remembered) = match &count.memo {
            Some(memo) => machine.recall(memo.short(), pieces, &mut missed, misses),
            None => (misses, 0),
        };
        count.total += remembered as usize;
        let rest = rest.get_or_insert_with(Rest::new);
        for &i in &missed[..misses] {
            rest.missed(machine, ranks, text, row.span(i as usize), count);
        }
    }
}

/// Work: counting what is left.
struct Finish<'w, 'm> {
    ranks: &'w Ranks<'w>,
    text: &'w str,
    rest: &'w mut Rest,
    count: &'w mut Count<'m>,
}

impl Work for Finish<'_, '_> {
    type Output = ();
    #[inline(always)]
    fn on(self, machine: impl Machine) {
        let Self { ranks, text, rest, count } = self;
        // What is left of all lengths, together.
        let mut left = [(0, 0); CLASSES * PIECES];
        let mut all = 0;
        for spans in &rest.merges {
            left[all..all + spans.count].copy_from_slice(&spans.spans[..spans.count]);
            all += spans.count;
        }
        if all <= FEW {
            for &span in &left[..all] {
                let before = count.total;
                merged(machine, ranks, &text.as_bytes()[span.0..span.1], count);
                let tokens = count.total - before;
                count.total = before;
                count.counted(text, span, tokens);
            }
        } else {
            for spans in left[..all].chunks(PIECES) {
                rest.merge_all(machine, ranks, text, spans, count);
            }
        }
        if rest.longs.count > 0 {
            rest.merge_longs(machine, ranks, text, count);
        }
    }
}

/// What is put off.
struct Rest {
    /// What is not a token, to be merged, by length: pieces of like length take as many steps.
    merges: [Spans<PIECES>; CLASSES],
    /// What is too long to be merged at once.
    longs: Spans<PIECES>,
    /// The windows that the long ones will need.
    windows: usize,
    block: Block,
}

/// So few pieces are sooner merged one by one.
const FEW: usize = 3;

/// Lengths that are merged together.
const CLASSES: usize = 4;

/// A piece of many characters is cut where it can be, once it has so many parts.
const CUT: usize = 8;

impl Rest {
    fn new() -> Self {
        Self { merges: [const { Spans::new() }; CLASSES], longs: Spans::new(), windows: 0, block: Block::new() }
    }

    /// Counts a piece that was not found at once, or puts it off.
    #[inline(always)]
    fn missed(&mut self, machine: impl Machine, ranks: &Ranks<'_>, text: &str, span: Span, count: &mut Count<'_>) {
        // Of what is short, only what stands at the text's end may still be a token, or remembered.
        if span.1 - span.0 > INLINE || span.0 + INLINE >= text.len() {
            if count.remembered(text, span) {
                return;
            }
            if ranks.find_within(text.as_bytes(), span.0, span.1).is_some() {
                return count.counted(text, span, 1);
            }
        }
        self.merge(machine, ranks, text, span, count);
    }

    /// Puts a piece off that is to be merged, cut where no token bridges two characters if it is long.
    #[inline(always)]
    fn merge(&mut self, machine: impl Machine, ranks: &Ranks<'_>, text: &str, span: Span, count: &mut Count<'_>) {
        let (mut start, end) = span;
        let bytes = text.as_bytes();
        let first = bytes[start];
        let second = if first.is_ascii() { bytes[start + 1] } else { first };
        if second.is_ascii() {
            return self.segment(machine, ranks, text, (start, end), 1, count);
        }
        let width = if second < 0xE0 { 2 } else { 3 };
        if end - start > 2 * CUT * width {
            while let Some(cut) = bridge::cut_after(ranks, &text[start..end], CUT * width) {
                self.segment(machine, ranks, text, (start, start + cut), width, count);
                start += cut;
            }
        }
        self.segment(machine, ranks, text, (start, end), width, count);
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
        let parts = (span.1 - span.0) / width;
        let class = match parts {
            0..8 => 0,
            8..11 => 1,
            11..16 => 2,
            16..=Block::MOST => 3,
            _ => {
                let windows = long::windows_of(parts);
                if self.windows + windows > PIECES {
                    self.merge_longs(machine, ranks, text, count);
                }
                self.windows += windows;
                self.longs.push(span);
                return;
            }
        };
        if self.merges[class].push(span) {
            let (spans, all) = self.merges[class].empty();
            self.merge_all(machine, ranks, text, &spans[..all], count);
        }
    }

    /// Merges the long ones, in windows.
    #[inline(always)]
    fn merge_longs(&mut self, machine: impl Machine, ranks: &Ranks<'_>, text: &str, count: &mut Count<'_>) {
        let (spans, all) = self.longs.empty();
        self.windows = 0;
        self.block.clear();
        let mut alone = Spans::<PIECES>::new();
        let mut held = [(0, 0, (0, 0)); PIECES];
        let mut pieces = 0;
        let mut first = 0;
        for &span in &spans[..all] {
            let mut parts = [0; long::MOST];
            let mut atoms = merge::Atoms::of(&text.as_bytes()[span.0..span.1]);
            let filled = atoms.fill(ranks, &mut parts);
            if filled == long::MOST || first + long::windows_of(filled) > PIECES {
                alone.push(span);
            } else {
                let windows = long::put(&mut self.block, first, &parts[..filled]);
                held[pieces] = (first, first + windows, span);
                pieces += 1;
                first += windows;
            }
        }
        machine.merge(&mut self.block, ranks.pairs());
        for &(first, end, span) in &held[..pieces] {
            let before = count.total;
            match long::join(&self.block, first..end, 1, count) {
                long::Joined::All(from) => long::take(&self.block, end - 1, from, PLACES, count),
                long::Joined::UpTo(..) => {
                    count.total = before;
                    alone.push(span);
                }
            }
        }
        for &(start, end) in &alone.spans[..alone.count] {
            long::feed(machine, ranks, &mut self.block, &text.as_bytes()[start..end], count);
        }
    }

    /// Merges as many segments as a block can hold.
    #[inline(always)]
    fn merge_all(
        &mut self,
        machine: impl Machine,
        ranks: &Ranks<'_>,
        text: &str,
        spans: &[Span],
        count: &mut Count<'_>,
    ) {
        self.block.clear();
        let mut held = 0;
        let mut too_long = Spans::<PIECES>::new();
        let mut names = [(0, 0); PIECES];
        for &span in spans {
            let piece = &text.as_bytes()[span.0..span.1];
            if merge::put(&mut self.block, held, ranks, piece) {
                names[held] = span;
                held += 1;
            } else {
                too_long.push(span);
            }
        }
        machine.merge(&mut self.block, ranks.pairs());
        for (i, &span) in names[..held].iter().enumerate() {
            count.counted(text, span, self.block.count(i));
        }
        for &(start, end) in &too_long.spans[..too_long.count] {
            long::feed(machine, ranks, &mut self.block, &text.as_bytes()[start..end], count);
        }
    }
}

struct Spans<const N: usize> {
    spans: [Span; N],
    count: usize,
}

impl<const N: usize> Spans<N> {
    const fn new() -> Self {
        Self { spans: [(0, 0); N], count: 0 }
    }

    /// Adds a stretch; true if there is room for no more.
    #[inline(always)]
    fn push(&mut self, span: Span) -> bool {
        self.spans[self.count] = span;
        self.count += 1;
        self.count == N
    }

    /// All stretches, and none are left.
    #[inline(always)]
    fn empty(&mut self) -> ([Span; N], usize) {
        (self.spans, std::mem::take(&mut self.count))
    }
}
