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
    let len = u32::try_from(piece.len()).expect("a piece is shorter than 4 GiB");
    let mut end: Vec<u32> = (1..=len).collect();
    let mut before: Vec<u32> = (0..len).map(|at| at.saturating_sub(1)).collect();
    // Pairs by rank and then by place. One that is no longer so when its turn comes is passed over.
    let mut pairs: BinaryHeap<Reverse<(u32, u32, u32, u32)>> = BinaryHeap::new();
    let bytes = |from: u32, to: u32| &piece[from as usize..to as usize];
    let pair = |left: u32, middle: u32, right: u32| {
        ranks.get(bytes(left, right)).map(|&rank| Reverse((rank, left, middle, right)))
    };
    pairs.extend((2..=len).filter_map(|right| pair(right - 2, right - 1, right)));
    while let Some(Reverse((_, left, middle, right))) = pairs.pop() {
        if end[left as usize] != middle || end[middle as usize] != right {
            continue;
        }
        end[left as usize] = right;
        end[middle as usize] = 0;
        if right < len {
            before[right as usize] = left;
            pairs.extend(pair(left, right, end[right as usize]));
        }
        if left > 0 {
            pairs.extend(pair(before[left as usize], left, right));
        }
    }
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < len {
        let next = end[at as usize];
        tokens.push(*ranks.get(bytes(at, next)).expect("every byte has a rank, and only tokens are made"));
        at = next;
    }
    tokens
}
