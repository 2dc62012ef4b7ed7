//! Parts of pieces, cut wherever no token bridges two characters, in rows to be looked up.

use super::ranks::code_of;
use super::table::LONGEST;
use super::{Memo, Span, bridge};
use crate::simd::{Character, Filter, Machine, Pieces, ROW, SEAMS, WINDOW, Work};

/// From this byte on, characters are those of languages that write words of one or two of them, without a space: Chinese,
/// Japanese, Korean. Most places between two can be cut, and most segments are tokens.
const CLOSE: u8 = 0xE3;

/// Work: cutting a piece, which is [worth it](Segments::are_worth). `full` is called where there is no room for more
/// segments, and has to clear them. Returns how many tokens the characters come to that were made no segments.
pub(super) struct Cut<'w, F> {
    pub(super) segments: &'w mut Segments,
    pub(super) bridges: &'w Filter<'w>,
    pub(super) text: &'w str,
    pub(super) span: Span,
    /// How many tokens each character of three bytes is on its own, if those that are cut off on both sides need not be made
    /// segments.
    pub(super) alone: Option<&'w [u8]>,
    pub(super) full: F,
}

impl<F: FnMut(&mut Segments)> Work for Cut<'_, F> {
    type Output = usize;
    #[inline(always)]
    fn on(self, machine: impl Machine) -> usize {
        let Self { segments, bridges, text, span: (start, end), alone, mut full } = self;
        if segments.count > 0 && !segments.reach(start, end) {
            full(segments);
        }
        if segments.count == 0 {
            segments.start = start;
        }
        segments.begin(start);
        let bytes = &text.as_bytes()[..end];
        let (mut at, mut tokens) = (start, 0);
        while at < end {
            if segments.count > ROW - SEAMS {
                let open = segments.open();
                full(segments);
                segments.begin(open);
            }
            let seams = machine.seams(bridges, text.as_bytes(), at);
            if seams.count > 0 {
                // What comes after the piece has been looked at too, and is not of it.
                let inside = (end - at).min(WINDOW) as u32;
                let cuts = seams.cuts & u64::MAX >> (WINDOW as u32 - inside);
                let mut singles = 0;
                if let Some(alone) = alone {
                    singles = segments.singles(at, cuts);
                    tokens += tokens_of(singles, &bytes[at..], alone);
                }
                segments.end_at(machine, at, cuts, singles);
                at += 3 * seams.count;
                continue;
            }
            let before = Character::at(bytes, at);
            at += before.length;
            if at < end && bridge::is_cut(bridges, before, Character::at(bytes, at)) {
                segments.end_at(machine, at, 1, 0);
            }
        }
        segments.end(end);
        segments.close((start, end), tokens);
        if segments.count > ROW - MANY {
            full(segments);
        }
        tokens
    }
}

/// How many tokens the characters of three bytes that begin at these places are, each on its own.
#[inline(always)]
fn tokens_of(mut singles: u64, bytes: &[u8], alone: &[u8]) -> usize {
    let mut tokens = 0;
    while singles != 0 {
        let at = singles.trailing_zeros() as usize;
        singles &= singles - 1;
        let character = *bytes[at..].first_chunk().expect("a character of three bytes");
        tokens += usize::from(alone[code_of(character)]);
    }
    tokens
}

/// Room for the segments of a piece that is remembered, which are cut by the window.
const MANY: usize = LONGEST + SEAMS;

/// Parts of pieces.
pub(super) struct Segments {
    /// Where their places are counted from.
    start: usize,
    begins: [u32; ROW + WINDOW],
    ends: [u32; ROW + WINDOW],
    pub(super) count: usize,
    /// The pieces that may be remembered: the segments of each, how many tokens the rest of it is, and its stretch.
    pieces: [(usize, usize, usize, Span); ROW],
    closed: usize,
    /// The first segment of the piece that is not yet closed.
    open: usize,
}

impl Segments {
    /// How far from where they are counted places may be.
    const REACH: usize = 1 << 30;

    #[cold]
    pub(super) fn new() -> Box<Self> {
        let (begins, ends) = ([0; _], [0; _]);
        Box::new(Self { start: 0, begins, ends, count: 0, pieces: [(0, 0, 0, (0, 0)); ROW], closed: 0, open: 0 })
    }

    /// Whether a piece that begins with a character like this, or with a blank and that, had better be cut wherever it can be.
    #[inline(always)]
    pub(super) fn are_worth((start, end): Span, first: u8) -> bool {
        let is_long = first >= 0xE0 && end - start > LONGEST;
        // Nobody's text has a word of a gibibyte; and yet it may.
        (first >= CLOSE || is_long) && end - start < Self::REACH
    }

    /// Whether a piece has its place here.
    #[inline(always)]
    fn reach(&self, start: usize, end: usize) -> bool {
        start >= self.start && end - self.start < Self::REACH
    }

    /// The next segment begins.
    #[inline(always)]
    fn begin(&mut self, start: usize) {
        self.begins[self.count] = (start - self.start) as u32;
    }

    /// The characters that are cut off on both sides, a bit for each where it begins, counted from `from`: cuts are there where
    /// `cuts` has a bit, and at `from` if a segment begins there.
    #[inline(always)]
    fn singles(&self, from: usize, cuts: u64) -> u64 {
        (cuts | u64::from(self.open() == from)) & cuts >> 3
    }

    /// It ends, and another begins there, at each place that has a bit in `cuts`, counted from `from`; but those of single
    /// characters are left out.
    #[inline(always)]
    fn end_at(&mut self, machine: impl Machine, from: usize, cuts: u64, singles: u64) {
        let (ends, first) = (cuts & !(singles << 3), (from - self.start) as u32);
        let to: &mut [u32; WINDOW] = self.ends[self.count..].first_chunk_mut().expect("there is room for a window");
        machine.places(ends, first, to);
        if singles == 0 {
            // Each begins where the one before ends.
            let ends: [u32; SEAMS] = *to.first_chunk().expect("there are more");
            self.begins[self.count + 1..][..SEAMS].copy_from_slice(&ends);
        } else {
            let opens = usize::from(self.open() == from);
            let begins = &mut self.begins[self.count + 1 - opens..];
            let to: &mut [u32; WINDOW] = begins.first_chunk_mut().expect("there is room for a window");
            machine.places((cuts | opens as u64) & !singles, first, to);
        }
        self.count += ends.count_ones() as usize;
    }

    /// The last one ends.
    #[inline(always)]
    fn end(&mut self, at: usize) {
        self.ends[self.count] = (at - self.start) as u32;
        self.count += 1;
    }

    /// Where the one begins that has not ended.
    #[inline(always)]
    fn open(&self) -> usize {
        self.start + self.begins[self.count] as usize
    }

    /// Says that all segments of a piece are there, one at least, and how many tokens the rest of it is.
    #[inline(always)]
    fn close(&mut self, piece: Span, rest: usize) {
        self.pieces[self.closed] = (self.open, self.count, rest, piece);
        self.closed += usize::from(piece.1 - piece.0 <= LONGEST);
        self.open = self.count;
    }

    pub(super) fn clear(&mut self) {
        (self.count, self.closed, self.open) = (0, 0, 0);
    }

    #[inline(always)]
    pub(super) fn pieces<'t>(&'t self, text: &'t str) -> Pieces<'t> {
        let (begins, ends) = (self.begins.first_chunk(), self.ends.first_chunk());
        let (begins, ends) = begins.zip(ends).expect("there is room for more");
        Pieces { text: &text.as_bytes()[self.start..], begins, ends, count: self.count }
    }

    #[inline(always)]
    pub(super) fn span(&self, i: usize) -> Span {
        (self.start + self.begins[i] as usize, self.start + self.ends[i] as usize)
    }

    /// Remembers the pieces of which each segment is a token.
    #[inline(always)]
    pub(super) fn remember(&self, memo: &mut Memo, text: &str, missed: &[u32]) {
        let mut missed = missed.iter().map(|&i| i as usize).peekable();
        for &(first, end, rest, piece) in &self.pieces[..self.closed] {
            while missed.next_if(|&i| i < first).is_some() {}
            if missed.peek().is_none_or(|&i| i >= end) {
                memo.put(text.as_bytes(), piece.0, piece.1, end - first + rest);
            }
        }
    }
}
