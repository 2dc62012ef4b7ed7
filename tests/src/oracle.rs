//! An oracle of our own: shares no code with the engine, and takes texts of any length.

pub mod merge;
pub mod split;

use crate::ranks::Ranks;
use crate::reference::Known;
use tokenfare::Pattern;

/// Encodes a text.
#[must_use]
pub fn encode(pattern: Pattern, ranks: &Ranks, text: &str) -> Vec<u32> {
    let mut ids = Vec::new();
    for piece in split::split(pattern, text) {
        match ranks.of.get(piece.as_bytes()) {
            Some(&rank) => ids.push(rank),
            None => ids.extend(merge::merge(&ranks.of, piece.as_bytes())),
        }
    }
    ids
}

/// Encodes a text with an embedded encoding's pattern and ranks.
#[must_use]
pub fn encode_as(known: &Known, text: &str) -> Vec<u32> {
    encode(known.pattern, known.ranks(), text)
}
