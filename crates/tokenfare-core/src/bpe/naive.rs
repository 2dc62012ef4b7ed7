//! The definition: byte-pair encoding as it is written in the books, in quadratic time. Tests and the tables' layout only.

use std::collections::HashMap;

/// Merges the lowest-ranked neighbours, leftmost first, until none are left; returns where each token begins, and the end.
///
/// ```text
/// cuts = every position of the piece
/// while some two neighbours make a token: take out the cut between the two of lowest rank
/// ```
pub(crate) fn cuts(ranks: &HashMap<&[u8], u32>, piece: &[u8]) -> Vec<usize> {
    let mut cuts: Vec<usize> = (0..=piece.len()).collect();
    while let Some((_, gone)) =
        (2..cuts.len()).filter_map(|i| Some((*ranks.get(&piece[cuts[i - 2]..cuts[i]])?, i - 1))).min()
    {
        cuts.remove(gone);
    }
    cuts
}

/// The tokens of a piece, by rank: itself if it is a token, else what its bytes merge to.
#[cfg(test)]
pub(crate) fn encode(ranks: &HashMap<&[u8], u32>, piece: &[u8]) -> Vec<u32> {
    if let Some(&rank) = ranks.get(piece) {
        return vec![rank];
    }
    cuts(ranks, piece).windows(2).map(|token| ranks[&piece[token[0]..token[1]]]).collect()
}
