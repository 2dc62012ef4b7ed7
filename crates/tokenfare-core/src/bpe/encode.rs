//! Encoding: pieces are looked up in rows, and rows are put on a page; what is left over of that is cut, looked up and merged
//! many at a time. Then all is written down in the order of the text.

use super::desk::{Desk, Writing};
use super::ranks::{INLINE, Ranks};
use super::segments::{Cut, Segments};
use super::written::{MOST, Written};
use super::{Span, bridge, long, merge};
use crate::scan::{Row, Split};
use crate::simd::{Block, Found, Machine, Missed, PIECES, Pieces, ROW, Room, Work, long_words};

/// Writes the tokens of `text` down by rank, split by `split`.
///
/// It is `for each piece: piece(…)` of [`super`].
#[inline(always)]
pub(crate) fn feed<S: Split>(
    machine: impl Machine,
    ranks: &Ranks<'_>,
    text: &str,
    mut split: S,
    writing: &mut Writing<'_>,
) {
    let Writing { tokens, written, desk: Desk { row, missed, page, .. } } = writing;
    let page = page.get_or_insert_with(Page::new);
    tokens.reserve(text.len() / BYTES_A_TOKEN);
    let mut at = 0;
    while at < text.len() {
        at = row.fill(machine, &mut split, text, at);
        let written = written.as_deref_mut();
        machine.run(Take { ranks, text, row, end: at, missed, page, written, tokens });
    }
    machine.run(Write { ranks, text, page, written: written.as_deref_mut(), tokens });
    page.let_go();
}

/// What most texts have, or a little more.
const BYTES_A_TOKEN: usize = 4;

/// The pieces of rows that are not yet written down. There are as many as make it worth while to merge those of them that
/// have to be.
pub(super) struct Page {
    /// The rank of each piece that is a token.
    found: [u32; PIECES_OF_A_PAGE + ROOM],
    /// How many pieces there are.
    count: usize,
    /// How long they are together.
    bytes: usize,
    /// Those that are none, in order.
    holes: Vec<Hole>,
    /// The numbers of the holes that are not remembered either.
    left: Vec<usize>,
    /// Tokens, in no order.
    tokens: Vec<u32>,
    /// The parts of each hole that is left: the first and the one after the last.
    parts: Vec<(usize, usize)>,
    /// Where in `tokens` those of each part begin, and how many they are.
    of_parts: Vec<(usize, usize)>,
    /// Parts to be merged, by number.
    merges: Vec<(usize, Span)>,
    segments: Option<Box<Segments>>,
    /// Those of them that were not found.
    missed: Missed,
    block: Block,
}

/// A piece that is no token.
struct Hole {
    /// Its number among the pieces of the page.
    at: usize,
    span: Span,
    /// Where in [`Page::tokens`] its tokens begin, and how many they are.
    made: (usize, usize),
}

/// The most pieces of a page.
const PIECES_OF_A_PAGE: usize = 1 << 12;

/// A page of so many bytes is full, however few its pieces are.
const BYTES_OF_A_PAGE: usize = 1 << 17;

/// What a search writes to.
const ROOM: usize = size_of::<Room>() / size_of::<u32>();

/// Tokens that are copied at once, whether they are all meant or not.
const AT_ONCE: usize = 32;

/// So much room is left for the next text.
const ROOM_LEFT: usize = 1 << 14;

impl Page {
    #[cold]
    fn new() -> Box<Self> {
        Box::new(Self {
            found: [0; _],
            count: 0,
            bytes: 0,
            holes: Vec::new(),
            left: Vec::new(),
            tokens: Vec::new(),
            parts: Vec::new(),
            of_parts: Vec::new(),
            merges: Vec::new(),
            segments: None,
            missed: Missed::new(),
            block: Block::new(),
        })
    }

    fn clear(&mut self) {
        (self.count, self.bytes) = (0, 0);
        self.holes.clear();
        self.left.clear();
        self.tokens.clear();
        self.parts.clear();
        self.of_parts.clear();
    }

    /// Gives back what only a very long piece needs.
    fn let_go(&mut self) {
        if self.tokens.capacity() > ROOM_LEFT || self.of_parts.capacity() > ROOM_LEFT {
            self.tokens.shrink_to(ROOM_LEFT);
            self.of_parts.shrink_to(ROOM_LEFT);
            self.merges.shrink_to(ROOM_LEFT);
        }
    }
}

/// Work: taking a row.
struct Take<'w> {
    ranks: &'w Ranks<'w>,
    text: &'w str,
    row: &'w Row,
    /// Where the row ends.
    end: usize,
    missed: &'w mut Missed,
    page: &'w mut Page,
    written: Option<&'w mut Written>,
    tokens: &'w mut Vec<u32>,
}

impl Work for Take<'_> {
    type Output = ();
    #[inline(always)]
    fn on(self, machine: impl Machine) {
        let Self { ranks, text, row, end, missed, page, mut written, tokens } = self;
        let pieces = row.pieces(text);
        if pieces.count == 0 {
            // One piece, too long for a row.
            machine.run(Write { ranks, text, page, written, tokens });
            return long::feed(machine, ranks, &mut page.block, &text.as_bytes()[row.start..end], tokens);
        }
        if page.count + pieces.count > PIECES_OF_A_PAGE || page.bytes > BYTES_OF_A_PAGE {
            machine.run(Write { ranks, text, page, written: written.as_deref_mut(), tokens });
        }
        let found: &mut Room = page.found[page.count..].first_chunk_mut().expect("there is room for a row");
        let misses = look_up(machine, ranks, pieces, found, missed);
        if let Some(written) = &written {
            written.fetch(pieces, missed, misses);
        }
        for &i in missed.numbers(misses) {
            let span = row.span(i as usize);
            let (begin, end) = (pieces.begins[i as usize % ROW] as usize, pieces.ends[i as usize % ROW] as usize);
            let mut all = [0; MOST];
            let count = match &written {
                Some(written) if is_remembered(ranks, span) => written.get(pieces.text, begin, end, &mut all),
                _ => 0,
            };
            if count == 0 {
                page.left.push(page.holes.len());
            }
            page.holes.push(Hole { at: page.count + i as usize, span, made: (page.tokens.len(), count) });
            let count = page.tokens.len() + count;
            page.tokens.extend_from_slice(&all);
            page.tokens.truncate(count);
        }
        page.count += pieces.count;
        page.bytes += end - row.start;
    }
}

/// Looks pieces up: writes the rank of each, and the numbers of those that have none, and returns how many they are.
#[inline(always)]
fn look_up(
    machine: impl Machine,
    ranks: &Ranks<'_>,
    pieces: Pieces<'_>,
    found: &mut Room,
    missed: &mut Missed,
) -> usize {
    let mut found = Found::new(found, ranks.word_ranks());
    let misses = machine.short_words(ranks.words(), pieces, Some(&mut found), missed);
    long_words(ranks.words(), pieces, Some(&mut found), missed, misses)
}

/// Whether what is remembered of a part of a piece is true of a piece of the same bytes: it may be a token that no merging
/// makes, unless it has been looked up.
#[inline(always)]
fn is_remembered(ranks: &Ranks<'_>, (start, end): Span) -> bool {
    ranks.all_made() || end - start <= INLINE
}

/// Work: writing a page down.
struct Write<'w> {
    ranks: &'w Ranks<'w>,
    text: &'w str,
    page: &'w mut Page,
    written: Option<&'w mut Written>,
    tokens: &'w mut Vec<u32>,
}

impl Work for Write<'_> {
    type Output = ();
    #[inline(always)]
    fn on(self, machine: impl Machine) {
        let Self { ranks, text, page, written, tokens } = self;
        if !page.left.is_empty() {
            machine.run(Settle { ranks, text, page, written });
        }
        let several: usize = page.holes.iter().map(|hole| hole.made.1).sum();
        let mut to = tokens.len();
        let end = to + page.count - page.holes.len() + several;
        tokens.resize(end + AT_ONCE, 0);
        page.tokens.extend([0; AT_ONCE]);
        let mut at = 0;
        for hole in &page.holes {
            copy::<AT_ONCE>(&page.found[at..], hole.at - at, tokens, &mut to);
            copy::<MOST>(&page.tokens[hole.made.0..], hole.made.1, tokens, &mut to);
            at = hole.at + 1;
        }
        copy::<AT_ONCE>(&page.found[at..], page.count - at, tokens, &mut to);
        tokens.truncate(end);
        page.clear();
    }
}

/// Copies the first so many of `from`, `N` at once, to a place in `tokens`, and what follows the last of them to what the next
/// are copied to.
#[inline(always)]
fn copy<const N: usize>(from: &[u32], count: usize, tokens: &mut [u32], to: &mut usize) {
    let mut at = *to;
    for chunk in &from.as_chunks::<N>().0[..count.div_ceil(N)] {
        *tokens[at..].first_chunk_mut().expect("there is room for as many past the end") = *chunk;
        at += N;
    }
    *to += count;
}

/// Work: finding the tokens of the holes that are left.
struct Settle<'w> {
    ranks: &'w Ranks<'w>,
    text: &'w str,
    page: &'w mut Page,
    written: Option<&'w mut Written>,
}

/// A piece of many characters is cut where it can be, once it has so many bytes.
const CUT: usize = 24;

impl Work for Settle<'_> {
    type Output = ();
    #[inline(always)]
    fn on(self, machine: impl Machine) {
        let Self { ranks, text, page, mut written } = self;
        let bytes = text.as_bytes();
        // Tokens too long for a row.
        let Page { left, holes, tokens, .. } = &mut *page;
        left.retain(|&hole| {
            let hole = &mut holes[hole];
            let (start, end) = hole.span;
            let slot = ranks.find_late(bytes, start, end);
            if let Some(slot) = slot {
                hole.made = (tokens.len(), 1);
                tokens.push(ranks.rank_at(slot));
                if let Some(written) = &mut written {
                    written.put(bytes, start, end, &[ranks.rank_at(slot)]);
                }
            }
            slot.is_none()
        });
        let mut segments = page.segments.take().unwrap_or_else(Segments::new);
        page.parts.resize(page.left.len(), (0, 0));
        // Those that are cut come first: the parts of each have numbers that follow one another.
        for cut in [true, false] {
            for k in 0..page.left.len() {
                let span = page.holes[page.left[k]].span;
                let lead = bytes[span.0 + usize::from(bytes[span.0].is_ascii())];
                if (ranks.all_made() && Segments::are_worth(span, lead)) != cut {
                    continue;
                }
                let first = page.of_parts.len() + segments.count;
                if cut {
                    machine.run(Cut {
                        segments: &mut segments,
                        bridges: &ranks.bridges,
                        text,
                        span,
                        alone: None,
                        full: |segments: &mut Segments| {
                            let written = written.as_deref();
                            machine.run(LookUp { ranks, text, page, written, segments });
                        },
                    });
                } else {
                    page.put_off(ranks, text, span, lead);
                }
                page.parts[k] = (first, page.of_parts.len() + segments.count);
            }
            machine.run(LookUp { ranks, text, page, written: written.as_deref(), segments: &mut segments });
        }
        page.segments = Some(segments);
        machine.run(Merge { ranks, text, page, written: written.as_deref_mut() });
        for (&(first, end), &hole) in page.parts.iter().zip(&page.left) {
            let hole = &mut page.holes[hole];
            hole.made = page.of_parts[first];
            if end - first == 1 {
                continue; // what it was merged to is remembered
            }
            let parts = &page.of_parts[first..end];
            let begin = page.tokens.len();
            let mut to = begin;
            page.tokens.resize(begin + parts.iter().map(|&(_, count)| count).sum::<usize>() + MOST, 0);
            for &(from, count) in parts {
                // Of most parts these are all, and what follows them is written over.
                let few: [u32; MOST] = *page.tokens[from..].first_chunk().expect("there are as many past the end");
                *page.tokens[to..].first_chunk_mut().expect("there are as many past the end") = few;
                if count > MOST {
                    page.tokens.copy_within(from..from + count, to);
                }
                to += count;
            }
            page.tokens.truncate(to);
            hole.made = (begin, to - begin);
            if let Some(written) = &mut written {
                written.put(bytes, hole.span.0, hole.span.1, &page.tokens[begin..]);
            }
        }
    }
}

impl Page {
    /// Puts a piece off that has to be merged, in parts if it is long.
    fn put_off(&mut self, ranks: &Ranks<'_>, text: &str, (mut start, end): Span, lead: u8) {
        let mut part = |span| {
            self.merges.push((self.of_parts.len(), span));
            self.of_parts.push((0, 0));
        };
        if !lead.is_ascii() {
            while end - start > 2 * CUT
                && let Some(cut) = bridge::cuts(ranks, &text[start..end], CUT).next()
            {
                part((start, start + cut));
                start += cut;
            }
        }
        part((start, end));
    }
}

/// Work: looking up all segments that were put off.
struct LookUp<'w> {
    ranks: &'w Ranks<'w>,
    text: &'w str,
    page: &'w mut Page,
    written: Option<&'w Written>,
    segments: &'w mut Segments,
}

impl Work for LookUp<'_> {
    type Output = ();
    #[inline(always)]
    fn on(self, machine: impl Machine) {
        let Self { ranks, text, page, written, segments } = self;
        if segments.count == 0 {
            return;
        }
        let bytes = text.as_bytes();
        let mut found = [0; _];
        let pieces = segments.pieces(text);
        let misses = look_up(machine, ranks, pieces, &mut found, &mut page.missed);
        if let Some(written) = written {
            written.fetch(pieces, &page.missed, misses);
        }
        let (first, begin) = (page.of_parts.len(), page.tokens.len());
        page.tokens.extend_from_slice(&found[..pieces.count]);
        page.of_parts.extend((begin..begin + pieces.count).map(|at| (at, 1)));
        for &i in page.missed.numbers(misses) {
            let span = segments.span(i as usize);
            let part = first + i as usize;
            let mut all = [0; MOST];
            match written.map_or(0, |written| written.get(bytes, span.0, span.1, &mut all)) {
                0 => match ranks.find_late(bytes, span.0, span.1) {
                    Some(slot) => page.tokens[begin + i as usize] = ranks.rank_at(slot),
                    None => page.merges.push((part, span)),
                },
                count => {
                    page.of_parts[part] = (page.tokens.len(), count);
                    page.tokens.extend_from_slice(&all[..count]);
                }
            }
        }
        segments.clear();
    }
}

/// Work: merging all parts that have to be, those of few bytes together.
struct Merge<'w> {
    ranks: &'w Ranks<'w>,
    text: &'w str,
    page: &'w mut Page,
    written: Option<&'w mut Written>,
}

/// The most bytes of the parts of each kind: they take as many steps.
const KINDS: [usize; 4] = [7, 10, 15, usize::MAX];

impl Work for Merge<'_> {
    type Output = ();
    #[inline(always)]
    fn on(self, machine: impl Machine) {
        let Self { ranks, text, page, mut written } = self;
        let bytes = text.as_bytes();
        let mut merges = std::mem::take(&mut page.merges);
        let mut longs = Vec::new();
        let mut least = 0;
        for most in KINDS {
            let mut held = [(0, (0, 0)); PIECES];
            let mut count = 0;
            page.block.clear();
            let these = merges.iter().filter(|(_, (start, end))| (least..=most).contains(&(end - start)));
            for &(part, span) in these {
                if !merge::put(&mut page.block, count, ranks, &bytes[span.0..span.1]) {
                    longs.push((part, &bytes[span.0..span.1]));
                    continue;
                }
                held[count] = (part, span);
                count += 1;
                if count == PIECES {
                    page.merge(machine, ranks, bytes, &held, written.as_deref_mut());
                    count = 0;
                }
            }
            page.merge(machine, ranks, bytes, &held[..count], written.as_deref_mut());
            least = most.saturating_add(1);
        }
        let pieces: Vec<&[u8]> = longs.iter().map(|&(_, piece)| piece).collect();
        let Page { block, tokens, of_parts, .. } = &mut *page;
        long::together(machine, ranks, block, &pieces, tokens, |i, made| {
            of_parts[longs[i].0] = (made.start, made.len());
        });
        merges.clear();
        page.merges = merges;
    }
}

impl Page {
    /// Merges what the block holds, and takes the tokens of each part out.
    #[inline(always)]
    fn merge(
        &mut self,
        machine: impl Machine,
        ranks: &Ranks<'_>,
        bytes: &[u8],
        held: &[(usize, Span)],
        mut written: Option<&mut Written>,
    ) {
        if held.is_empty() {
            return;
        }
        self.block.merge(machine, ranks.pairs());
        for (piece, &(part, (start, end))) in held.iter().enumerate() {
            let first = self.tokens.len();
            let mut begins = self.block.begins(piece);
            while begins != 0 {
                self.tokens.push(self.block.token(piece, begins.trailing_zeros() as usize));
                begins &= begins - 1;
            }
            self.of_parts[part] = (first, self.tokens.len() - first);
            if let Some(written) = &mut written {
                written.put(bytes, start, end, &self.tokens[first..]);
            }
        }
        self.block.clear();
    }
}
