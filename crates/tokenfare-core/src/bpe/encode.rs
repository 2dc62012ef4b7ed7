//! Encoding: pieces are looked up in rows, and rows are put on a page; what is left over of that is cut, looked up and merged
//! many at a time. Then all is written down in the order of the text.

use super::desk::{Desk, Writing};
use super::line::{Line, Tables};
use super::ranks::{INLINE, Ranks};
use super::segments::{Cut, Segments};
use super::table::LONGEST;
use super::written::{Asked, MANY, MOST, Made, Place, Written};
use super::{Span, bridge, long, mark_of, merge};
use crate::scan::{Row, Split};
use crate::simd::{Block, Machine, Missed, PIECES, PLACES, Tail, Work, in_large_pages};
use std::ops::Range;

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
    let Writing { tokens, written, desk: Desk { rows: [row, next], missed, page, .. } } = writing;
    let (mut row, mut next) = (row, next);
    let page = page.get_or_insert_with(Page::new);
    let before = tokens.len();
    tokens.reserve(text.len().min(8 * BYTES_OF_A_PAGE) / BYTES_A_TOKEN);
    row.fill(machine, &mut split, text, 0);
    while row.start < row.end {
        let written = &mut *written;
        let misses = machine.run(Look { ranks, text, row, missed, page, written: written.as_deref_mut(), tokens });
        // Meanwhile what is remembered of the others comes near.
        next.fill(machine, &mut split, text, row.end);
        machine.run(Take { ranks, text, row, misses, missed, page, written: written.as_deref(), tokens });
        if tokens.len() > before && tokens.capacity() - tokens.len() < PIECES_OF_A_PAGE {
            // As many for each byte that is left as for those before it, and some more: a vector that grows bit by bit is copied.
            let (done, bytes) = (tokens.len() - before, (row.end - page.bytes).max(1));
            let rest = (text.len() - bytes) as u128 * done as u128 / bytes as u128;
            let all = tokens.len() + rest as usize + rest as usize / 16 + PIECES_OF_A_PAGE;
            // And so that texts of about the same length ask for the same, which an allocator may just have been given back.
            tokens.reserve(all.next_multiple_of(all.next_power_of_two() / 8) - tokens.len());
            in_large_pages(tokens);
        }
        std::mem::swap(&mut row, &mut next);
    }
    machine.run(Write { ranks, text, page, written: written.as_deref_mut(), tokens });
    page.let_go();
}

/// What most texts have, or a little more.
const BYTES_A_TOKEN: usize = 4;

/// The pieces of rows that are not yet written down.
pub(super) struct Page {
    pieces: Line,
    /// How long they are together.
    bytes: usize,
    /// Those of them that are neither tokens nor remembered, by their number among the holes.
    left: Vec<(usize, Span)>,
    /// What those are cut to.
    parts: Line,
    /// The parts of each: the first and the one after the last.
    of_left: Vec<Range<usize>>,
    /// Parts to be merged, by their number among the holes.
    merges: Vec<(usize, Span)>,
    /// Those that are the same as others of them, and which.
    again: Vec<(usize, usize)>,
    /// Where one like a part may be among them, by its mark.
    alike: [u32; ALIKE],
    /// Where something came to many tokens, they stand here, in no order.
    many: Vec<u32>,
    /// Where a few are put together.
    few: Vec<u32>,
    segments: Option<Box<Segments>>,
    /// Those of them that were not found.
    missed: Missed,
    asked: Asked,
    block: Block,
}

/// The most pieces of a page.
const PIECES_OF_A_PAGE: usize = 1 << 12;

/// A page of so many bytes is full, however few its pieces are.
const BYTES_OF_A_PAGE: usize = 1 << 14;

/// And one of which so many are left: it is worth while to merge them, and what is merged later may be remembered by then.
const LEFT_OF_A_PAGE: usize = 96;

/// A page has fewer parts to be merged, mostly.
const ALIKE: usize = 1 << 9;

/// So much room is left for the next text.
const ROOM_LEFT: usize = 1 << 15;

impl Page {
    #[cold]
    fn new() -> Box<Self> {
        Box::new(Self {
            pieces: Line::default(),
            bytes: 0,
            left: Vec::new(),
            parts: Line::default(),
            of_left: Vec::new(),
            merges: Vec::new(),
            again: Vec::new(),
            alike: [0; ALIKE],
            many: Vec::new(),
            few: Vec::new(),
            segments: None,
            missed: Missed::new(),
            asked: Asked::new(),
            block: Block::new(),
        })
    }

    fn clear(&mut self) {
        self.pieces.clear();
        self.bytes = 0;
        self.left.clear();
        self.parts.clear();
        self.of_left.clear();
        self.many.clear();
    }

    /// Gives back what only a very long piece needs.
    fn let_go(&mut self) {
        self.parts.shrink_to(ROOM_LEFT);
        if self.many.capacity() > ROOM_LEFT || self.merges.capacity() > ROOM_LEFT {
            self.many.shrink_to(ROOM_LEFT);
            self.merges.shrink_to(ROOM_LEFT);
            self.again.shrink_to(ROOM_LEFT);
        }
    }
}

/// Work: putting a row on the page, and looking its pieces up.
struct Look<'w> {
    ranks: &'w Ranks<'w>,
    text: &'w str,
    row: &'w Row,
    missed: &'w mut Missed,
    page: &'w mut Page,
    written: Option<&'w mut Written>,
    tokens: &'w mut Vec<u32>,
}

impl Work for Look<'_> {
    type Output = usize;
    #[inline(always)]
    fn on(self, machine: impl Machine) -> usize {
        let Self { ranks, text, row, missed, page, mut written, tokens } = self;
        let pieces = row.pieces(text);
        let is_full = page.pieces.count + pieces.count > PIECES_OF_A_PAGE
            || page.bytes > BYTES_OF_A_PAGE
            || page.left.len() > LEFT_OF_A_PAGE;
        // A piece that is too long for a row comes after all that is on the page.
        if is_full || pieces.count == 0 {
            machine.run(Write { ranks, text, page, written: written.as_deref_mut(), tokens });
        }
        let Page { pieces: line, asked, .. } = &mut *page;
        let longest = longest_remembered(ranks);
        line.look_up(machine, pieces, Tables { ranks, written: written.as_deref(), longest, asked, missed })
    }
}

/// Work: filling the holes of a row with what is remembered.
struct Take<'w> {
    ranks: &'w Ranks<'w>,
    text: &'w str,
    row: &'w Row,
    /// How many holes it has.
    misses: usize,
    missed: &'w mut Missed,
    page: &'w mut Page,
    written: Option<&'w Written>,
    tokens: &'w mut Vec<u32>,
}

impl Work for Take<'_> {
    type Output = ();
    #[inline(always)]
    fn on(self, machine: impl Machine) {
        let Self { ranks, text, row, misses, missed, page, written, tokens } = self;
        if row.pieces(text).count == 0 {
            // One piece, too long for a row.
            return long::feed(machine, ranks, &mut page.block, &text.as_bytes()[row.start..row.end], tokens);
        }
        let Page { pieces: line, left, asked, .. } = &mut *page;
        let first = line.recall(written, asked, missed, misses);
        for (hole, &piece) in (first..).zip(missed.numbers(misses)) {
            if line.made[hole].count == 0 {
                left.push((hole, row.span(piece as usize)));
            }
        }
        page.bytes += row.end - row.start;
    }
}

/// The longest piece of which what is remembered of a part of the same bytes is true: a longer one may be a token that no
/// merging makes, and has not been looked up yet.
#[inline(always)]
fn longest_remembered(ranks: &Ranks<'_>) -> usize {
    if ranks.all_made() { LONGEST } else { INLINE }
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
        if page.pieces.count == 0 {
            return; // and there may be no room that a copy could touch
        }
        if !page.left.is_empty() {
            machine.run(Settle { ranks, text, page, written });
        }
        let Page { pieces, parts, many, .. } = &*page;
        let mut tokens = Tail::of(tokens);
        pieces.write(0..pieces.count, 0..pieces.holes(), &mut tokens, |made, tokens| match made.place() {
            Place::Parts(all, holes) => parts.write(all, holes, tokens, |part, tokens| part.put(many, tokens)),
            _ => made.put(many, tokens),
        });
        drop(tokens);
        page.clear();
    }
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

/// Where so many more have been remembered the next will be, it is brought near.
const AHEAD: usize = 8;

impl Work for Settle<'_> {
    type Output = ();
    #[inline(always)]
    fn on(self, machine: impl Machine) {
        let Self { ranks, text, page, mut written } = self;
        let bytes = text.as_bytes();
        // Tokens too long for a row.
        let Page { left, pieces: Line { made, .. }, .. } = &mut *page;
        left.retain(|&(hole, (start, end))| {
            let slot = ranks.find_late(bytes, start, end);
            if let Some(slot) = slot {
                let rank = [ranks.rank_at(slot)];
                made[hole] = Made::few(&rank);
                if let Some(written) = &mut written {
                    written.put(bytes, start, end, &rank);
                }
            }
            slot.is_none()
        });
        let mut segments = page.segments.take().unwrap_or_else(Segments::new);
        page.of_left.resize(page.left.len(), 0..0);
        let mut cut_parts = 0;
        // Those that are cut come first: the parts of each have numbers that follow one another.
        for cut in [true, false] {
            for k in 0..page.left.len() {
                let (_, span) = page.left[k];
                let lead = bytes[span.0 + usize::from(bytes[span.0].is_ascii())];
                if (ranks.all_made() && Segments::are_worth(span, lead)) != cut {
                    continue;
                }
                let first = page.parts.count + segments.count;
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
                page.of_left[k] = first..page.parts.count + segments.count;
            }
            machine.run(LookUp { ranks, text, page, written: written.as_deref(), segments: &mut segments });
            if cut {
                cut_parts = page.parts.count;
            }
        }
        page.segments = Some(segments);
        if let Some(written) = &written {
            page.recall_wide(bytes, written);
        }
        machine.run(Merge { ranks, text, page, written: written.as_deref_mut() });
        let Page { pieces: Line { made, .. }, parts, of_left, left, many, few, .. } = &mut *page;
        // The parts of those that are cut are in the order of the text, and so are those of the others after them.
        let mut next = [0, parts.holes_of(&(cut_parts..parts.count), 0).start];
        for (i, (all, &(hole, span))) in of_left.iter().zip(&*left).enumerate() {
            if let (Some(written), Some(&(_, later))) = (&written, left.get(i + AHEAD)) {
                written.near(bytes, later);
            }
            let next = &mut next[usize::from(all.start >= cut_parts)];
            let holes = parts.holes_of(all, *next);
            *next = holes.end;
            if all.len() == 1 && holes.len() == 1 {
                made[hole] = parts.made[holes.start]; // and that is remembered
                continue;
            }
            let several: usize = parts.made[holes.clone()].iter().map(|part| part.count as usize).sum();
            let count = all.len() - holes.len() + several;
            if count > MOST {
                made[hole] = Made::of_parts(count, all.clone(), holes);
                continue;
            }
            few.clear();
            parts.write(all.clone(), holes, &mut Tail::of(few), |part, tokens| part.put(many, tokens));
            if let Some(written) = &mut written {
                written.put(bytes, span.0, span.1, few);
            }
            made[hole] = Made::few(few);
        }
    }
}

impl Page {
    /// Puts a piece off that has to be merged, in parts if it is long.
    fn put_off(&mut self, ranks: &Ranks<'_>, text: &str, (mut start, end): Span, lead: u8) {
        let mut part = |span| {
            let hole = self.parts.push_hole();
            self.merges.push((hole, span));
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

    /// Leaves those of the parts to be merged that are not remembered although they are of many bytes.
    fn recall_wide(&mut self, bytes: &[u8], written: &Written) {
        let Self { merges, parts, many, .. } = self;
        merges.retain(|&(part, (start, end))| {
            if end - start <= LONGEST {
                return true;
            }
            let mut tokens = [0; MANY];
            let count = written.get_wide(bytes, start, end, &mut tokens);
            if count > 0 {
                parts.made[part] = Made::of(&tokens[..count], many);
            }
            count == 0
        });
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
        let Page { parts, missed, asked, merges, .. } = &mut *page;
        let tables = Tables { ranks, written, longest: LONGEST, asked, missed };
        let misses = parts.look_up(machine, segments.pieces(text), tables);
        let first = parts.recall(written, asked, missed, misses);
        for (hole, &piece) in (first..).zip(missed.numbers(misses)) {
            if parts.made[hole].count != 0 {
                continue;
            }
            let span = segments.span(piece as usize);
            match ranks.find_late(bytes, span.0, span.1) {
                Some(slot) => parts.made[hole] = Made::few(&[ranks.rank_at(slot)]),
                None => merges.push((hole, span)),
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
        page.merge_once(bytes);
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
                    longs.push((part, span));
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
        let pieces: Vec<&[u8]> = longs.iter().map(|&(_, (start, end))| &bytes[start..end]).collect();
        let Page { block, many, parts, again, .. } = &mut *page;
        let mut made = vec![0..0; pieces.len()];
        long::together(machine, ranks, block, &pieces, many, |i, tokens| made[i] = tokens);
        for (&(part, (start, end)), made) in longs.iter().zip(made) {
            if let Some(written) = &mut written {
                written.put_merged(bytes, start, end, &many[made.clone()]);
            }
            parts.made[part] = Made::at(made, many);
        }
        for (part, same) in again.drain(..) {
            parts.made[part] = parts.made[same];
        }
        merges.clear();
        page.merges = merges;
    }
}

impl Page {
    /// Leaves each of the parts to be merged only once: none is remembered yet, so that it may well come again.
    #[inline(always)]
    fn merge_once(&mut self, bytes: &[u8]) {
        let Self { merges, again, alike, .. } = self;
        let mut kept = 0;
        for i in 0..merges.len() {
            let (part, (start, end)) = merges[i];
            let segment = &bytes[start..end];
            // What is found here may be of another page.
            let place = &mut alike[mark_of(bytes, (start, end)) as usize % ALIKE];
            match merges[..kept].get(*place as usize) {
                Some(&(same, (start, end))) if segment == &bytes[start..end] => again.push((part, same)),
                _ => {
                    *place = kept as u32;
                    merges[kept] = (part, (start, end));
                    kept += 1;
                }
            }
        }
        merges.truncate(kept);
    }

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
        if let Some(written) = &written {
            held.iter().for_each(|&(_, span)| written.near(bytes, span));
        }
        self.block.merge(machine, ranks.pairs());
        for (piece, &(part, (start, end))) in held.iter().enumerate() {
            let (mut all, mut count) = ([0; PLACES], 0);
            let mut begins = self.block.begins(piece);
            while begins != 0 {
                all[count % PLACES] = self.block.token(piece, begins.trailing_zeros() as usize);
                count += 1;
                begins &= begins - 1;
            }
            let all = &all[..count];
            self.parts.made[part] = Made::of(all, &mut self.many);
            if let Some(written) = &mut written {
                written.put_merged(bytes, start, end, all);
            }
        }
        self.block.clear();
    }
}
