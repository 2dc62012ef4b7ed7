//! Segments that wait to be merged together: each of them once, however often it came, and in whichever text.

use super::merge;
use super::ranks::Ranks;
use super::{Count, Span, long, mark_of, merged};
use crate::simd::{Block, Machine, PIECES, Work};

/// Segments that are short enough to be merged at once. None of them is remembered yet, so that it may well come again.
pub(super) struct Waiting {
    segments: [Segment; PIECES],
    /// What tells nearly all of them apart.
    marks: [u32; PIECES],
    pub(super) count: usize,
    /// Of each that came again: its number, and the text it came in.
    again: Vec<(usize, u32)>,
    /// The bytes of those whose text is done.
    kept: Vec<u8>,
}

#[derive(Clone, Copy)]
struct Segment {
    /// Where it begins, in its text or among what is kept.
    start: usize,
    length: u16,
    is_kept: bool,
    /// The number of the text that it came in.
    of: u32,
}

impl Segment {
    const NONE: Self = Self { start: 0, length: 0, is_kept: false, of: 0 };

    #[inline(always)]
    fn span(&self) -> Span {
        (self.start, self.start + self.length as usize)
    }
}

/// Where so many have come again all are merged, so that they are remembered.
const OFTEN: usize = 64;

impl Waiting {
    pub(super) const fn new() -> Self {
        Self { segments: [Segment::NONE; PIECES], marks: [0; PIECES], count: 0, again: Vec::new(), kept: Vec::new() }
    }

    pub(super) fn clear(&mut self) {
        self.count = 0;
        self.again.clear();
        self.kept.clear();
    }

    /// Adds a segment of a text that has a number; true if all are to be merged now.
    #[inline(always)]
    pub(super) fn push(&mut self, machine: impl Machine, text: &str, (start, end): Span, of: u32) -> bool {
        let mark = mark_of(text.as_bytes(), (start, end));
        let alike = machine.equal(&self.marks, mark) & !(u32::MAX << self.count);
        if alike != 0 {
            let same = alike.trailing_zeros() as usize % PIECES;
            if text.as_bytes()[start..end] == *self.bytes(same, text) {
                self.again.push((same, of));
                return self.again.len() == OFTEN;
            }
        }
        debug_assert!(end - start <= u16::MAX as usize, "it is to be merged at once");
        self.segments[self.count] = Segment { start, length: (end - start) as u16, is_kept: false, of };
        self.marks[self.count] = mark;
        self.count += 1;
        self.count == PIECES
    }

    /// What a segment is a stretch of.
    #[inline(always)]
    fn source<'s>(&'s self, segment: &Segment, text: &'s str) -> &'s [u8] {
        if segment.is_kept { &self.kept } else { text.as_bytes() }
    }

    #[inline(always)]
    fn bytes<'s>(&'s self, i: usize, text: &'s str) -> &'s [u8] {
        let segment = &self.segments[i];
        let (start, end) = segment.span();
        &self.source(segment, text)[start..end]
    }

    /// Keeps the bytes of those of a text that is done.
    pub(super) fn keep(&mut self, text: &str) {
        for segment in self.segments[..self.count].iter_mut().filter(|segment| !segment.is_kept) {
            let (start, end) = segment.span();
            (segment.start, segment.is_kept) = (self.kept.len(), true);
            self.kept.extend_from_slice(&text.as_bytes()[start..end]);
        }
    }

    /// Takes those of others over, from a number on, as many as there is room for. Returns the number of the next.
    #[inline(always)]
    pub(super) fn take_over(&mut self, others: &Self, from: usize) -> usize {
        let end = others.count.min(from + PIECES - self.count);
        for &(i, of) in others.again.iter().filter(|(i, _)| (from..end).contains(i)) {
            self.again.push((self.count + i - from, of));
        }
        for segment in &others.segments[from..end] {
            let mut segment = *segment;
            if segment.is_kept {
                let (start, end) = segment.span();
                segment.start = self.kept.len();
                self.kept.extend_from_slice(&others.kept[start..end]);
            }
            self.segments[self.count] = segment;
            self.count += 1;
        }
        end
    }

    /// Counts all for the texts they came in, each of which has come to so many tokens, and remembers them.
    #[inline(always)]
    fn settle(&mut self, text: &str, tokens: &[usize; PIECES], count: &mut Count<'_>) {
        for (segment, &tokens) in self.segments[..self.count].iter().zip(tokens) {
            count.add(segment.of, tokens);
        }
        let mut remember = |source: &[u8], segments: &[Segment], tokens: &[usize]| {
            for (segment, &tokens) in segments.iter().zip(tokens) {
                count.remember_merged(source, segment.span(), tokens);
            }
        };
        // Those that are kept have come first.
        let kept = self.segments[..self.count].iter().take_while(|segment| segment.is_kept).count();
        debug_assert!(!self.segments[kept..self.count].iter().any(|segment| segment.is_kept), "all are kept at once");
        remember(&self.kept, &self.segments[..kept], tokens);
        remember(text.as_bytes(), &self.segments[kept..self.count], &tokens[kept..]);
        for &(i, of) in &self.again {
            count.add(of, tokens[i]);
        }
        self.clear();
    }
}

/// Work: merging all that wait, side by side.
pub(super) struct Together<'w, 'm> {
    pub(super) waiting: &'w mut Waiting,
    pub(super) block: &'w mut Block,
    pub(super) ranks: &'w Ranks<'w>,
    pub(super) text: &'w str,
    pub(super) count: &'w mut Count<'m>,
}

impl Work for Together<'_, '_> {
    type Output = ();
    #[inline(always)]
    fn on(self, machine: impl Machine) {
        let Self { waiting, block, ranks, text, count } = self;
        block.clear();
        // The numbers of those that were put down come first, then of those that have too many parts.
        let mut names = [0; PIECES];
        let (mut held, mut too_long) = (0, waiting.count);
        for i in 0..waiting.count {
            if merge::put(block, held, ranks, waiting.bytes(i, text)) {
                names[held] = i;
                held += 1;
            } else {
                too_long -= 1;
                names[too_long] = i;
            }
        }
        block.merge(machine, ranks.pairs());
        let mut tokens = [0; PIECES];
        for (column, &i) in names[..held].iter().enumerate() {
            tokens[i] = block.count(column);
        }
        let longs = &names[too_long..waiting.count];
        if !longs.is_empty() {
            let (mut pieces, mut counts) = ([&[][..]; PIECES], [0; PIECES]);
            for (piece, &i) in pieces.iter_mut().zip(longs) {
                *piece = waiting.bytes(i, text);
            }
            machine.run(long::Counts { ranks, block, pieces: &pieces[..longs.len()], counts: &mut counts });
            for (&i, &count) in longs.iter().zip(&counts) {
                tokens[i] = count;
            }
        }
        waiting.settle(text, &tokens, count);
    }
}

/// Merges all that wait one after the other: that is sooner done where they are few.
#[inline(always)]
pub(super) fn one_by_one(
    machine: impl Machine,
    waiting: &mut Waiting,
    ranks: &Ranks<'_>,
    text: &str,
    count: &mut Count<'_>,
) {
    let mut tokens = [0; PIECES];
    for (i, tokens) in tokens.iter_mut().enumerate().take(waiting.count) {
        let mut counted = Count::nothing();
        merged(machine, ranks, waiting.bytes(i, text), &mut counted);
        *tokens = counted.total;
    }
    waiting.settle(text, &tokens, count);
}
