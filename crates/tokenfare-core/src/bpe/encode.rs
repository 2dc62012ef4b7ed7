//! Encoding: pieces are looked up in rows, and rows are put on a page; what is left over of that is cut, looked up and merged
//! many at a time. Then all is written down in the order of the text.

use super::desk::{Desk, Writing};
use super::ranks::{INLINE, Ranks};
use super::segments::{Cut, Segments};
use super::table::LONGEST;
use super::written::{Asked, MANY, MOST, Made, Wanted, Written};
use super::{Span, bridge, long, merge};
use crate::scan::{Row, Split};
use crate::simd::{Block, Found, Machine, Missed, PIECES, PLACES, Pieces, Room, Work, long_words};

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
    /// The numbers of those that are none, in order.
    holes: Vec<usize>,
    /// What each of them came to.
    made: Vec<Made>,
    /// Those that are not remembered either, by their number among the holes.
    left: Vec<(usize, Span)>,
    /// Where something came to many tokens, they stand here, in no order.
    many: Vec<u32>,
    /// The parts of each hole that is left: the first and the one after the last.
    parts: Vec<(usize, usize)>,
    /// What each part came to.
    of_parts: Vec<Made>,
    /// Parts to be merged, by number.
    merges: Vec<(usize, Span)>,
    segments: Option<Box<Segments>>,
    /// Those of them that were not found.
    missed: Missed,
    asked: Asked,
    block: Block,
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
            made: Vec::new(),
            left: Vec::new(),
            many: Vec::new(),
            parts: Vec::new(),
            of_parts: Vec::new(),
            merges: Vec::new(),
            segments: None,
            missed: Missed::new(),
            asked: Asked::new(),
            block: Block::new(),
        })
    }

    fn clear(&mut self) {
        (self.count, self.bytes) = (0, 0);
        self.holes.clear();
        self.made.clear();
        self.left.clear();
        self.many.clear();
        self.parts.clear();
        self.of_parts.clear();
    }

    /// Gives back what only a very long piece needs.
    fn let_go(&mut self) {
        if self.many.capacity() > ROOM_LEFT || self.of_parts.capacity() > ROOM_LEFT {
            self.many.shrink_to(ROOM_LEFT);
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
        let first = page.holes.len();
        page.holes.extend(missed.numbers(misses).iter().map(|&piece| page.count + piece as usize));
        page.made.resize(first + misses, Made::NONE);
        let made = &mut page.made[first..];
        if let Some(written) = written {
            let wanted = Wanted { pieces, missed, count: misses, longest: longest_remembered(ranks) };
            written.recall_all(wanted, &mut page.asked, made, |hole, _| hole);
        }
        for (hole, (made, &piece)) in made.iter().zip(missed.numbers(misses)).enumerate() {
            if made.count == 0 {
                page.left.push((first + hole, row.span(piece as usize)));
            }
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
        if !page.left.is_empty() {
            machine.run(Settle { ranks, text, page, written });
        }
        let several: usize = page.made.iter().map(|made| made.count as usize).sum();
        let mut to = tokens.len();
        let end = to + page.count - page.holes.len() + several;
        tokens.resize(end + AT_ONCE, 0);
        let mut at = 0;
        for (&hole, made) in page.holes.iter().zip(&page.made) {
            copy(&page.found[at..], hole - at, tokens, &mut to);
            made.put(&page.many, tokens, &mut to);
            at = hole + 1;
        }
        copy(&page.found[at..], page.count - at, tokens, &mut to);
        tokens.truncate(end);
        page.clear();
    }
}

/// Copies the first so many of `from`, many at once, to a place in `tokens`, and what follows the last of them to what the next
/// are copied to.
#[inline(always)]
fn copy(from: &[u32], count: usize, tokens: &mut [u32], to: &mut usize) {
    let mut done = 0;
    loop {
        let chunk: &[u32; AT_ONCE] = from[done..].first_chunk().expect("there are as many past the end");
        *tokens[*to + done..].first_chunk_mut().expect("there is room for as many past the end") = *chunk;
        done += AT_ONCE;
        // Most runs are short.
        if done >= count {
            break;
        }
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

/// Where so many more have been remembered the next will be, it is brought near.
const AHEAD: usize = 8;

impl Work for Settle<'_> {
    type Output = ();
    #[inline(always)]
    fn on(self, machine: impl Machine) {
        let Self { ranks, text, page, mut written } = self;
        let bytes = text.as_bytes();
        // Tokens too long for a row.
        let Page { left, made, .. } = &mut *page;
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
        page.parts.resize(page.left.len(), (0, 0));
        // Those that are cut come first: the parts of each have numbers that follow one another.
        for cut in [true, false] {
            for k in 0..page.left.len() {
                let (_, span) = page.left[k];
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
        if let Some(written) = &written {
            page.recall_wide(bytes, written);
        }
        machine.run(Merge { ranks, text, page, written: written.as_deref_mut() });
        let Page { parts, left, made, of_parts, many, .. } = &mut *page;
        for (i, (&(first, end), &(hole, span))) in parts.iter().zip(&*left).enumerate() {
            if let (Some(written), Some(&(_, later))) = (&written, left.get(i + AHEAD)) {
                written.near(bytes, later);
            }
            let parts = &of_parts[first..end];
            if let [part] = parts {
                made[hole] = *part; // and that is remembered
                continue;
            }
            let count: usize = parts.iter().map(|part| part.count as usize).sum();
            let begin = many.len();
            let mut to = begin;
            many.resize(begin + count + MOST, 0);
            for part in parts {
                match part.place() {
                    Some(from) => {
                        many.copy_within(from.clone(), to);
                        to += from.len();
                    }
                    None => part.put(&[], many, &mut to),
                }
            }
            many.truncate(to);
            if let Some(written) = &mut written {
                written.put(bytes, span.0, span.1, &many[begin..]);
            }
            made[hole] = Made::at(begin..to, many);
        }
    }
}

impl Page {
    /// Puts a piece off that has to be merged, in parts if it is long.
    fn put_off(&mut self, ranks: &Ranks<'_>, text: &str, (mut start, end): Span, lead: u8) {
        let mut part = |span| {
            self.merges.push((self.of_parts.len(), span));
            self.of_parts.push(Made::NONE);
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
        let Self { merges, of_parts, many, .. } = self;
        merges.retain(|&(part, (start, end))| {
            if end - start <= LONGEST {
                return true;
            }
            let mut tokens = [0; MANY];
            let count = written.get_wide(bytes, start, end, &mut tokens);
            if count > 0 {
                of_parts[part] = Made::of(&tokens[..count], many);
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
        let mut found = [0; _];
        let pieces = segments.pieces(text);
        let misses = look_up(machine, ranks, pieces, &mut found, &mut page.missed);
        let first = page.of_parts.len();
        page.of_parts.extend(found[..pieces.count].iter().map(|&rank| Made::few(&[rank])));
        let Page { missed, asked, of_parts, merges, .. } = &mut *page;
        let parts = &mut of_parts[first..];
        match written {
            Some(written) => {
                let wanted = Wanted { pieces, missed, count: misses, longest: LONGEST };
                written.recall_all(wanted, asked, parts, |_, piece| piece);
            }
            None => missed.numbers(misses).iter().for_each(|&piece| parts[piece as usize] = Made::NONE),
        }
        for &piece in missed.numbers(misses) {
            let span = segments.span(piece as usize);
            let part = &mut parts[piece as usize];
            if part.count != 0 {
                continue;
            }
            match ranks.find_late(bytes, span.0, span.1) {
                Some(slot) => *part = Made::few(&[ranks.rank_at(slot)]),
                None => merges.push((first + piece as usize, span)),
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
        let Page { block, many, of_parts, .. } = &mut *page;
        let mut made = vec![0..0; pieces.len()];
        long::together(machine, ranks, block, &pieces, many, |i, tokens| made[i] = tokens);
        for (&(part, (start, end)), made) in longs.iter().zip(made) {
            if let Some(written) = &mut written {
                written.put_merged(bytes, start, end, &many[made.clone()]);
            }
            of_parts[part] = Made::at(made, many);
        }
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
            self.of_parts[part] = Made::of(all, &mut self.many);
            if let Some(written) = &mut written {
                written.put_merged(bytes, start, end, all);
            }
        }
        self.block.clear();
    }
}
