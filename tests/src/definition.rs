//! The definition: the published pattern run by a regex engine, and byte-pair encoding as the books write it.

use crate::patterns::{published, split_in_turn};
use fancy_regex::Regex;
use std::collections::HashMap;
use std::sync::LazyLock;
use tokenfare::Pattern;

static REGEXES: LazyLock<HashMap<Pattern, Vec<Regex>>> = LazyLock::new(|| {
    let compile = |text: &&str| Regex::new(text).expect("a published pattern is a pattern");
    Pattern::ALL.into_iter().map(|pattern| (pattern, published(pattern).iter().map(compile).collect())).collect()
});

/// Splits a text as a regex engine does.
///
/// # Panics
///
/// If the engine runs out of stack, which a long run of white space makes it do.
#[must_use]
pub fn split(pattern: Pattern, text: &str) -> Vec<&str> {
    split_in_turn(text, &REGEXES[&pattern], |regex, text| {
        regex.find_iter(text).map(|found| found.expect("the text is short enough for a regex engine").range()).collect()
    })
}

/// Merges the lowest-ranked neighbours, leftmost first, until no two make a token.
///
/// # Panics
///
/// If some byte has no rank.
#[must_use]
pub fn merge<T: std::borrow::Borrow<[u8]> + Eq + std::hash::Hash>(ranks: &HashMap<T, u32>, piece: &[u8]) -> Vec<u32> {
    let mut parts: Vec<&[u8]> = piece.chunks(1).collect();
    loop {
        let joined = |left: &[u8], right: &[u8]| ranks.get(&[left, right].concat()[..]).copied();
        let pairs = parts.windows(2).enumerate().filter_map(|(i, pair)| Some((joined(pair[0], pair[1])?, i)));
        let Some((_, i)) = pairs.min() else { break };
        let begin: usize = parts[..i].iter().map(|part| part.len()).sum();
        parts[i] = &piece[begin..begin + parts[i].len() + parts[i + 1].len()];
        parts.remove(i + 1);
    }
    parts.iter().map(|part| *ranks.get(part).expect("every byte has a rank, and only tokens are made")).collect()
}

/// Encodes a piece: itself if it is a token, else what its bytes merge to.
#[must_use]
pub fn encode_piece<T: std::borrow::Borrow<[u8]> + Eq + std::hash::Hash>(
    ranks: &HashMap<T, u32>,
    piece: &[u8],
) -> Vec<u32> {
    ranks.get(piece).map_or_else(|| merge(ranks, piece), |&rank| vec![rank])
}

/// Merges the two neighbours whose merge stands first in a list, leftmost first, until none of it can be done.
///
/// `merges` gives the place in the list of each two parts that are merged.
#[must_use]
pub fn merge_by_list<'p>(merges: &HashMap<(&[u8], &[u8]), usize>, piece: &'p [u8]) -> Vec<&'p [u8]> {
    let mut parts: Vec<&[u8]> = piece.chunks(1).collect();
    loop {
        let places = parts.windows(2).enumerate().filter_map(|(i, pair)| Some((*merges.get(&(pair[0], pair[1]))?, i)));
        let Some((_, i)) = places.min() else { break };
        let begin: usize = parts[..i].iter().map(|part| part.len()).sum();
        parts[i] = &piece[begin..begin + parts[i].len() + parts[i + 1].len()];
        parts.remove(i + 1);
    }
    parts
}
