//! Where a piece can be cut before it is merged: between two characters that no token bridges.
//!
//! Merging joins two parts only into a token. So where no token of the vocabulary could lie across a place of the text,
//! nothing ever merges across it, and the two sides are merged each on its own: exact, and the runs of Chinese or Thai
//! that fill a page become segments of a few characters, most of them tokens. `DESIGN.md` has the proof in full.

use super::ranks::Ranks;
use crate::simd::{Character, ENDS, Filter, hash_of, shift_of};

/// The places in `piece` past the first `least` bytes at which no token bridges the two characters that meet there.
#[inline(always)]
pub(super) fn cuts(ranks: &Ranks<'_>, piece: &str, least: usize) -> impl Iterator<Item = usize> {
    let mut start = least.min(piece.len());
    while !piece.is_char_boundary(start) {
        start -= 1;
    }
    let (filter, piece) = (ranks.bridges, piece.as_bytes());
    let mut before = Character::at(piece, start);
    let mut at = start + before.length;
    std::iter::from_fn(move || {
        while at < piece.len() {
            let (seam, after) = (at, Character::at(piece, at));
            let cut = is_cut(&filter, before, after);
            (before, at) = (after, at + after.length);
            if cut {
                return Some(seam);
            }
        }
        None
    })
}

/// Whether two characters that follow one another may be cut apart.
///
/// One of a single byte rarely stands alone: it is not cut from another.
#[inline(always)]
pub(super) fn is_cut(filter: &Filter<'_>, before: Character, after: Character) -> bool {
    before.length > 1 && after.length > 1 && !filter.may_bridge(before, after)
}

/// What fills the [`Filter`]: the pairs of characters that some token holds side by side, and the ends and
/// beginnings of characters that meet in a token that holds less than all of one.
///
/// It errs only towards "may": a cut that is not made costs time and no token.
#[derive(Clone)]
pub(super) struct Bridges {
    /// A bit for each hash of a pair of characters that a token holds side by side.
    pub(super) pairs: Vec<u32>,
    /// A bit for each last two bytes of a character (six bits of each) that a token with a part of a character can
    /// have before its seam.
    pub(super) tails: [u32; ENDS],
    /// Likewise the first two bytes of the character after the seam.
    pub(super) heads: [u32; ENDS],
}

impl Bridges {
    /// The filter for these tokens.
    pub(super) fn of<'t>(tokens: impl Iterator<Item = &'t [u8]> + Clone) -> Self {
        let mut pairs = Vec::new();
        let mut bridges = Self { pairs: Vec::new(), tails: [0; ENDS], heads: [0; ENDS] };
        for token in tokens {
            bridges.add(token, &mut pairs);
        }
        pairs.sort_unstable();
        pairs.dedup();
        // One bit in sixteen set: one seam in sixteen is tested further for nothing.
        let words = (pairs.len() / 2).next_power_of_two().clamp(1 << 8, 1 << 17);
        bridges.pairs = vec![0; words];
        let shift = shift_of(words).expect("it is a power of two");
        for pair in pairs {
            set(&mut bridges.pairs, pair >> shift);
        }
        bridges
    }

    fn add(&mut self, token: &[u8], pairs: &mut Vec<u32>) {
        let mut chars: Vec<(usize, usize)> = Vec::new(); // begin and end of each stretch: a part of a character, or all
        let head = token.iter().take_while(|&&byte| is_continuation(byte)).count();
        if head > 0 {
            chars.push((0, head));
        }
        let mut at = head;
        while at < token.len() {
            let mut end = at + 1;
            while end < token.len() && is_continuation(token[end]) {
                end += 1;
            }
            chars.push((at, end));
            at = end;
        }
        for pair in chars.windows(2) {
            let (before, after) = (&token[pair[0].0..pair[0].1], &token[pair[1].0..pair[1].1]);
            if before[0].is_ascii() || after[0].is_ascii() {
                continue; // no cut is made beside an ASCII character
            }
            if whole(before) && whole(after) {
                pairs.push(pair_hash(before, after));
            } else {
                self.seam(before, after);
            }
        }
    }

    /// Notes a seam of which at least one side is only a part of a character.
    fn seam(&mut self, before: &[u8], after: &[u8]) {
        let ends = |first: u8, second: u8| u32::from(first & 63) << 6 | u32::from(second & 63);
        match *before {
            [.., first, last] => set(&mut self.tails, ends(first, last)),
            [last] => (0..64).for_each(|first| set(&mut self.tails, ends(first, last))),
            [] => {}
        }
        match *after {
            [first, second, ..] => set(&mut self.heads, ends(first, second)),
            [first] => (0..64).for_each(|second| set(&mut self.heads, ends(first, second))),
            [] => {}
        }
    }
}

fn set(bits: &mut [u32], bit: u32) {
    bits[bit as usize / 32] |= 1 << (bit % 32);
}

fn is_continuation(byte: u8) -> bool {
    byte & 0xC0 == 0x80
}

fn whole(part: &[u8]) -> bool {
    std::str::from_utf8(part).is_ok()
}

/// A hash of two characters that stand side by side.
fn pair_hash(before: &[u8], after: &[u8]) -> u32 {
    let word = |bytes: &[u8]| bytes.iter().fold(0, |word, &byte| word << 8 | u32::from(byte));
    hash_of(word(before), word(after))
}
