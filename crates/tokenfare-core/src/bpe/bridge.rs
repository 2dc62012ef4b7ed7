//! Where a piece can be cut before it is merged: between two characters that no token bridges.
//!
//! Merging joins two parts only into a token. So where no token of the vocabulary could lie across a place of the text,
//! nothing ever merges across it, and the two sides are merged each on its own: exact, and the runs of Chinese or Thai
//! that fill a page become segments of a few characters, most of them tokens. `DESIGN.md` has the proof in full.

use super::ranks::Ranks;

/// Calls `cut` with each place in `piece` where no token bridges the two characters that meet there.
pub(super) fn cuts(ranks: &Ranks<'_>, piece: &str, mut cut: impl FnMut(usize)) {
    let bytes = piece.as_bytes();
    let mut before = character_length(bytes[0]);
    let mut start = 0;
    while start + before < bytes.len() {
        let at = start + before;
        let after = character_length(bytes[at]);
        // A character of one byte rarely stands alone, and a test costs as much as a step.
        if before > 1 && after > 1 && !ranks.may_bridge(&bytes[start..at], &bytes[at..at + after]) {
            cut(at);
        }
        (start, before) = (at, after);
    }
}

/// The first place past `least` bytes at which no token bridges the two characters that meet there.
pub(super) fn cut_after(ranks: &Ranks<'_>, piece: &str, least: usize) -> Option<usize> {
    let bytes = piece.as_bytes();
    let mut start = least.min(bytes.len());
    while start > 0 && !piece.is_char_boundary(start) {
        start -= 1;
    }
    let mut before = character_length(*bytes.get(start)?);
    while start + before < bytes.len() {
        let at = start + before;
        let after = character_length(bytes[at]);
        if before > 1 && after > 1 && !ranks.may_bridge(&bytes[start..at], &bytes[at..at + after]) {
            return Some(at);
        }
        (start, before) = (at, after);
    }
    None
}

/// The length of the character that begins with this byte.
fn character_length(first: u8) -> usize {
    match first {
        0..0x80 => 1,
        0x80..0xE0 => 2,
        0xE0..0xF0 => 3,
        0xF0.. => 4,
    }
}

/// The filter behind [`Ranks::may_bridge`]: the pairs of characters that some token holds side by side, and the ends and
/// beginnings of characters that meet in a token that holds less than all of one.
///
/// It errs only towards "may": a cut that is not made costs time and no token.
#[derive(Clone)]
pub(super) struct Bridges {
    /// A bit for each hash of a pair of characters that a token holds side by side.
    pub(super) pairs: Vec<u64>,
    /// A bit for each last two bytes of a character (six bits of each) that a token with a part of a character can
    /// have before its seam.
    pub(super) tails: [u64; 64],
    /// Likewise the first two bytes of the character after the seam.
    pub(super) heads: [u64; 64],
}

impl Bridges {
    /// The filter for these tokens.
    pub(super) fn of<'t>(tokens: impl Iterator<Item = &'t [u8]> + Clone) -> Self {
        let mut pairs = Vec::new();
        let mut bridges = Self { pairs: Vec::new(), tails: [0; 64], heads: [0; 64] };
        for token in tokens {
            bridges.add(token, &mut pairs);
        }
        // One bit in sixteen set: one seam in sixteen is tested further for nothing.
        let words = (pairs.len() / 4).next_power_of_two().clamp(1 << 8, 1 << 16);
        bridges.pairs = vec![0; words];
        for pair in pairs {
            let bit = pair as usize % (words * 64);
            bridges.pairs[bit / 64] |= 1 << (bit % 64);
        }
        bridges
    }

    fn add(&mut self, token: &[u8], pairs: &mut Vec<u64>) {
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
        match *before {
            [.., first, last] => self.tails[usize::from(first & 63)] |= 1 << (last & 63),
            [last] => self.tails.iter_mut().for_each(|row| *row |= 1 << (last & 63)),
            [] => {}
        }
        match *after {
            [first, second, ..] => self.heads[usize::from(first & 63)] |= 1 << (second & 63),
            [first] => self.heads[usize::from(first & 63)] = u64::MAX,
            [] => {}
        }
    }
}

/// Whether the tables let some token lie across the seam of these two characters of more than one byte each.
#[inline]
pub(super) fn may_bridge(pairs: &[u64], tails: &[u64], heads: &[u64], before: &[u8], after: &[u8]) -> bool {
    let hash = pair_hash(before, after) as usize;
    if pairs[hash / 64 % pairs.len()] >> (hash % 64) & 1 == 1 {
        return true;
    }
    let [.., first, last] = *before else { return true };
    let [head, next, ..] = *after else { return true };
    tails[usize::from(first & 63)] >> (last & 63) & 1 == 1 && heads[usize::from(head & 63)] >> (next & 63) & 1 == 1
}

fn is_continuation(byte: u8) -> bool {
    byte & 0xC0 == 0x80
}

fn whole(part: &[u8]) -> bool {
    std::str::from_utf8(part).is_ok()
}

/// A hash of two characters that stand side by side.
#[inline]
fn pair_hash(before: &[u8], after: &[u8]) -> u64 {
    let word = |bytes: &[u8]| bytes.iter().fold(0_u64, |word, &byte| word << 8 | u64::from(byte));
    (word(before) << 32 | word(after)).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32
}
