//! Byte-pair encoding with a heap of the pairs that could be merged: n log n for n bytes.

use std::borrow::Borrow;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::hash::Hash;

/// Merges the lowest-ranked neighbours, leftmost first, until no two make a token.
///
/// # Panics
///
/// If some byte has no rank.
#[must_use]
pub fn merge<T: Borrow<[u8]> + Eq + Hash>(ranks: &HashMap<T, u32>, piece: &[u8]) -> Vec<u32> {
    // A part is known by where it begins. `end[begin]` is where it ends, and 0 if it was merged into the part on its
    // left; `before[begin]` is where the part on its left begins.
    let mut end: Vec<usize> = (1..=piece.len()).collect();
    let mut before: Vec<usize> = (0..piece.len()).map(|at| at.saturating_sub(1)).collect();
    // Pairs by rank and then by place. One that is no longer so when its turn comes is passed over.
    let mut pairs: BinaryHeap<Reverse<(u32, usize, usize, usize)>> = BinaryHeap::new();
    let pair = |left: usize, middle: usize, right: usize| {
        ranks.get(&piece[left..right]).map(|&rank| Reverse((rank, left, middle, right)))
    };
    pairs.extend((2..=piece.len()).filter_map(|right| pair(right - 2, right - 1, right)));
    while let Some(Reverse((_, left, middle, right))) = pairs.pop() {
        if end[left] != middle || end[middle] != right {
            continue;
        }
        end[left] = right;
        end[middle] = 0;
        if right < piece.len() {
            before[right] = left;
            pairs.extend(pair(left, right, end[right]));
        }
        if left > 0 {
            pairs.extend(pair(before[left], left, right));
        }
    }
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < piece.len() {
        tokens.push(*ranks.get(&piece[at..end[at]]).expect("every byte has a rank, and only tokens are made"));
        at = end[at];
    }
    tokens
}
