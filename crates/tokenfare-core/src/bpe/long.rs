//! Merging a long piece in linear time: longest token first, and a step back where two neighbours would not have stayed.
//!
//! Two facts carry it. First, any stretch of tokens of an encoding is the encoding of its bytes, because no merge ever
//! crossed its ends. Second, if two stretches are encodings and the tokens that meet at their seam would not merge
//! across it, the two together are an encoding. So the encoding of a text is the one path from its beginning to its
//! end on which every two neighbours are [`compatible`], and each position has at most one path that leads to it: a
//! position that was left by stepping back need never be entered again. That makes the walk linear.

use super::ranks::{Made, Ranks};
use crate::simd::Baseline;

/// The tokens of `piece`, by rank.
pub(super) fn tokens(ranks: &Ranks<'_>, piece: &[u8]) -> Vec<u32> {
    let mut path: Vec<u32> = Vec::with_capacity(piece.len() / 3);
    let mut dead = Bits::new(piece.len() + 1);
    let mut at = 0;
    // Tokens at `at` that are longer than this have been tried.
    let mut longest = ranks.longest();
    while at < piece.len() {
        if let Some((token, length)) = ranks.longest_token(&piece[at..], longest) {
            let met = path.last().is_none_or(|&before| compatible(ranks, before, token));
            if met && !dead.get(at + length) {
                path.push(token);
                at += length;
                longest = ranks.longest();
            } else {
                longest = length - 1;
            }
        } else {
            dead.set(at);
            let last = path.pop().expect("every byte is a token, so the first position has a path to the end");
            let length = ranks.bytes(last).len();
            at -= length;
            longest = length - 1;
        }
    }
    path
}

/// Whether merging the bytes of `left` and `right` ends with just these two tokens.
///
/// It takes the merges that made the two back, the latest first, and asks at each step whether the two tokens that then
/// met at the seam would have merged with each other before the step was done. Of two merges of the same rank the one
/// further left comes first: so a merge across the seam comes after one of the same rank on the left, and before one on
/// the right.
fn compatible(ranks: &Ranks<'_>, mut left: u32, mut right: u32) -> bool {
    // A merge across the seam of a rank below this would have come first.
    let mut before = u32::MAX;
    loop {
        if ranks.of_pair(Baseline, left, right) < before {
            return false;
        }
        let (made_left, made_right) = (ranks.made(left), ranks.made(right));
        match (made_left, made_right) {
            (Made::Byte, Made::Byte) => return true,
            (Made::Of(_, inner), Made::Of(..)) if left > right => {
                before = left;
                left = inner;
            }
            (Made::Of(_, inner), Made::Byte) => {
                before = left;
                left = inner;
            }
            (_, Made::Of(inner, _)) => {
                before = right + 1;
                right = inner;
            }
        }
    }
}

/// A set of positions.
struct Bits(Vec<u64>);

impl Bits {
    fn new(len: usize) -> Self {
        Self(vec![0; len.div_ceil(64)])
    }

    fn get(&self, at: usize) -> bool {
        self.0[at / 64] >> (at % 64) & 1 == 1
    }

    fn set(&mut self, at: usize) {
        self.0[at / 64] |= 1 << (at % 64);
    }
}
