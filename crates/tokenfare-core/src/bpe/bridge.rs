//! Where a piece can be cut before it is merged: between two characters that no token bridges.
//!
//! Merging joins two parts only into a token. So where no token of the vocabulary could lie across a place of the text,
//! nothing ever merges across it, and the two sides are merged each on its own: exact, and the runs of Chinese or Thai
//! that fill a page become segments of a few characters, most of them tokens. `DESIGN.md` has the proof in full.

use super::ranks::Ranks;
use crate::simd::{Character, Filter, Parts, ends, hash_of, shift_of};

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

/// [`is_cut`], for two characters that stand in no text.
pub(crate) fn may_cut(ranks: &Ranks<'_>, before: char, after: char) -> bool {
    let character = |character: char| {
        let mut bytes = [0; 4];
        character.encode_utf8(&mut bytes);
        Character::at(&bytes, 0)
    };
    is_cut(&ranks.bridges, character(before), character(after))
}

/// The tables of the [`Filter`] for these tokens: the pairs of characters that some token holds side by side, and the ends and
/// beginnings of characters that meet in a token that holds less than all of one.
pub(super) fn tables<'t>(tokens: impl Iterator<Item = &'t [u8]>) -> (Vec<u32>, Parts) {
    let (mut hashes, mut parts) = (Vec::new(), [0; _]);
    for token in tokens {
        // Stretches: characters, and parts of them at either end.
        let mut begins: Vec<usize> = (0..token.len()).filter(|&at| at == 0 || !is_continuation(token[at])).collect();
        begins.push(token.len());
        for stretches in begins.windows(3) {
            let (before, after) = (&token[stretches[0]..stretches[1]], &token[stretches[1]..stretches[2]]);
            // No cut is made beside an ASCII character.
            if !before[0].is_ascii() && !after[0].is_ascii() {
                add(before, after, &mut hashes, &mut parts);
            }
        }
    }
    hashes.sort_unstable();
    hashes.dedup();
    // One bit in thirty-two set: two seams in thirty-two are not cut for nothing.
    let words = hashes.len().next_power_of_two().clamp(1 << 8, 1 << 17);
    let shift = shift_of(words).expect("it is a power of two");
    let mut bits = vec![0; words];
    for hash in hashes {
        let bit = hash >> shift;
        bits[bit as usize / 32] |= 1 << (bit % 32);
    }
    (bits, parts)
}

/// Adds a seam between two characters, or parts of them.
fn add(before: &[u8], after: &[u8], hashes: &mut Vec<u32>, parts: &mut Parts) {
    let word = |bytes: &[u8]| bytes.iter().fold(0, |word, &byte| word << 8 | u32::from(byte));
    if whole(before) && whole(after) {
        return hashes.push(hash_of(word(before), word(after)));
    }
    // Of a single byte, with any other beside it.
    let tails: Vec<u32> = match *before {
        [last] => (0..64).map(|first| first << 6 | u32::from(last & 63)).collect(),
        _ => vec![ends(word(&before[before.len() - 2..]))],
    };
    let heads: Vec<u32> = match *after {
        [first] => (0..64).map(|second| u32::from(first & 63) << 6 | second).collect(),
        _ => vec![ends(word(&after[..2]))],
    };
    for tail in tails {
        for head in &heads {
            // Of a character of three bytes: the first is one of sixteen.
            if head >> 10 == 0b10 {
                let (first, second, last) = (head >> 6 & 15, head & 63, tail & 63);
                parts[(first << 3 | second >> 3) as usize] |= 1 << (second & 7);
                parts[128 + (last << 1 | first >> 3) as usize] |= 1 << (first & 7);
            }
        }
        hashes.extend(heads.iter().map(|&head| hash_of(tail, head)));
    }
}

/// Whether a byte is one of a character's that is not its first.
pub(super) fn is_continuation(byte: u8) -> bool {
    byte & 0xC0 == 0x80
}

fn whole(part: &[u8]) -> bool {
    std::str::from_utf8(part).is_ok()
}
