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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_itself_and_the_rest_is_merged_lowest_rank_first_and_leftmost_first() {
        let tokens: [&[u8]; 7] = [b"a", b"b", b"c", b"bc", b"ab", b"aa", b"abcc"];
        let ranks: HashMap<&[u8], u32> = tokens.into_iter().zip(0..).collect();
        assert_eq!(encode(&ranks, b""), [0; 0]);
        assert_eq!(encode(&ranks, b"abc"), [0, 3], "`bc` is lower than `ab`");
        assert_eq!(encode(&ranks, b"aaa"), [5, 0], "the left of two `aa`");
        assert_eq!(encode(&ranks, b"abcc"), [6], "a piece that is a token is that token");
        assert_eq!(encode(&ranks, b"abccc"), [0, 3, 2, 2], "which merging alone does not make");
    }
}
