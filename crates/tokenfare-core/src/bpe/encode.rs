//! Encoding: pieces are looked up in rows, what is left over of a row is merged many at a time, and then all is written down
//! in the order of the text.

use super::ranks::Ranks;
use super::{Span, bridge, long, merge};
use crate::scan::{Row, Split};
use crate::simd::{Block, Machine, PIECES, ROW, Room, Work};

/// Writes the tokens of `text` down by rank, split by `split`.
///
/// It is `for each piece: piece(…)` of [`super`].
#[inline(always)]
pub(crate) fn feed<S: Split>(
    machine: impl Machine,
    ranks: &Ranks<'_>,
    text: &str,
    mut split: S,
    tokens: &mut Vec<u32>,
) {
    let mut row = Row::new();
    let mut rest = Rest::default();
    let mut at = 0;
    while at < text.len() {
        at = row.fill(machine, &mut split, text, at);
        machine.run(Take { ranks, text, row: &row, end: at, rest: &mut rest, tokens });
    }
}

/// Work: writing a row down.
struct Take<'w> {
    ranks: &'w Ranks<'w>,
    text: &'w str,
    row: &'w Row,
    /// Where the row ends.
    end: usize,
    rest: &'w mut Rest,
    tokens: &'w mut Vec<u32>,
}

impl Work for Take<'_> {
    type Output = ();
    #[inline(always)]
    fn on(self, machine: impl Machine) {
        let Self { ranks, text, row, end, rest, tokens } = self;
        let bytes = text.as_bytes();
        let pieces = row.pieces(text);
        if pieces.count == 0 {
            // One piece, too long for a row.
            let block = rest.block.get_or_insert_with(|| Box::new(Block::new()));
            return long::feed(machine, ranks, block, &bytes[row.start..end], tokens);
        }
        // The place, and then the rank, of each piece that is a token; the numbers of the others are in `missed`.
        let (mut found, mut missed): (Room, Room) = ([0; _], [0; _]);
        let misses = machine.short_words(ranks.words(), pieces, Some(&mut found), &mut missed);
        let misses = machine.long_words(ranks.words(), pieces, Some(&mut found), &mut missed, misses);
        for found in &mut found[..pieces.count] {
            *found = ranks.rank_or_none(*found);
        }
        let mut several = 0;
        for k in 0..misses {
            let i = missed[k] as usize;
            let span = row.span(i);
            match ranks.find_within(bytes, span.0, span.1) {
                Some(slot) => found[i % ROW] = ranks.rank_at(slot),
                None => {
                    missed[several] = i as u32;
                    several += 1;
                    rest.piece(ranks, text, span);
                }
            }
        }
        if several > 0 {
            rest.merge(machine, ranks, text);
        }
        let mut at = 0;
        for (k, &i) in missed[..several].iter().enumerate() {
            tokens.extend_from_slice(&found[at..i as usize]);
            at = i as usize + 1;
            rest.write(k, tokens);
        }
        tokens.extend_from_slice(&found[at..pieces.count]);
        rest.clear();
    }
}

/// What is left over of a row: pieces that are no token.
#[derive(Default)]
struct Rest {
    /// The first segment of each piece.
    firsts: Vec<usize>,
    /// Pieces, cut where no token bridges two characters.
    segments: Vec<Span>,
    /// The tokens of each segment: where in `tokens` they begin, and how many they are.
    made: Vec<(usize, usize)>,
    /// The tokens of all, in no order.
    tokens: Vec<u32>,
    block: Option<Box<Block>>,
}

/// A piece of many characters is cut where it can be, once it has so many bytes.
const CUT: usize = 24;

impl Rest {
    /// Takes a piece.
    fn piece(&mut self, ranks: &Ranks<'_>, text: &str, (mut start, end): Span) {
        self.firsts.push(self.segments.len());
        if !text.as_bytes()[start + 1].is_ascii() {
            while end - start > 2 * CUT
                && let Some(cut) = bridge::cuts(ranks, &text[start..end], CUT).next()
            {
                self.segments.push((start, start + cut));
                start += cut;
            }
        }
        self.segments.push((start, end));
    }

    /// Merges all segments, those of few parts together.
    #[inline(always)]
    fn merge(&mut self, machine: impl Machine, ranks: &Ranks<'_>, text: &str) {
        self.made.resize(self.segments.len(), (0, 0));
        let Self { segments, made, tokens, block, .. } = self;
        let block = block.get_or_insert_with(|| Box::new(Block::new()));
        for few in [true, false] {
            let mut held = [0; PIECES];
            let mut count = 0;
            block.clear();
            for (i, &(start, end)) in segments.iter().enumerate() {
                if (end - start <= FEW) != few {
                    continue;
                }
                let segment = &text.as_bytes()[start..end];
                if merge::put(block, count, ranks, segment) {
                    held[count] = i;
                    count += 1;
                    if count < PIECES {
                        continue;
                    }
                }
                flush(machine, ranks, block, &mut held, &mut count, made, tokens);
                if made[i].1 == 0 {
                    let first = tokens.len();
                    long::feed(machine, ranks, block, segment, tokens);
                    made[i] = (first, tokens.len() - first);
                    block.clear();
                }
            }
            flush(machine, ranks, block, &mut held, &mut count, made, tokens);
        }
    }

    /// Adds the tokens of a piece.
    #[inline(always)]
    fn write(&self, piece: usize, tokens: &mut Vec<u32>) {
        let end = self.firsts.get(piece + 1).copied().unwrap_or(self.made.len());
        for &(first, count) in &self.made[self.firsts[piece]..end] {
            tokens.extend_from_slice(&self.tokens[first..first + count]);
        }
    }

    fn clear(&mut self) {
        self.firsts.clear();
        self.segments.clear();
        self.made.clear();
        self.tokens.clear();
    }
}

/// Bytes of segments that are merged together first: they take as many steps.
const FEW: usize = 10;

/// Merges what a block holds, and takes the tokens of each piece out.
#[inline(always)]
fn flush(
    machine: impl Machine,
    ranks: &Ranks<'_>,
    block: &mut Block,
    held: &mut [usize; PIECES],
    count: &mut usize,
    made: &mut [(usize, usize)],
    tokens: &mut Vec<u32>,
) {
    machine.merge(block, ranks.pairs());
    for (piece, &i) in held[..*count].iter().enumerate() {
        let first = tokens.len();
        let mut begins = block.begins(piece);
        while begins != 0 {
            tokens.push(block.token(piece, begins.trailing_zeros() as usize));
            begins &= begins - 1;
        }
        made[i] = (first, tokens.len() - first);
    }
    block.clear();
    *count = 0;
}
