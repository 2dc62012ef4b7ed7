//! Merging a short piece: the definition over a small array on the stack.

use super::ranks::{NONE, Ranks};

/// The longest piece that is merged here: the work grows with the square of the length, and past this the linear road
/// of [`super::long`] is the shorter one.
pub(super) const LONGEST: usize = 64;

/// No two neighbours make a token. The largest `i32`, so that the smallest rank is found by signed comparison, which
/// every x86-64 processor has for four or more lanes at once.
const NO_PAIR: i32 = i32::MAX;

/// The parts of a piece while they are merged.
///
/// `tokens[..len]` are the parts from left to right, and `pairs[i]` the rank of what parts `i` and `i + 1` make together;
/// `pairs[len - 1]` is `NO_PAIR`.
pub(super) struct Parts {
    tokens: [u32; LONGEST],
    pairs: [i32; LONGEST],
}

impl Parts {
    pub(super) fn new() -> Self {
        Self { tokens: [0; LONGEST], pairs: [NO_PAIR; LONGEST] }
    }

    /// The tokens of `piece`, which is at most [`LONGEST`] bytes long.
    pub(super) fn merge(&mut self, ranks: &Ranks<'_>, piece: &[u8]) -> &[u32] {
        let mut len = piece.len();
        for (token, &byte) in self.tokens.iter_mut().zip(piece) {
            *token = ranks.of_byte(byte);
        }
        for (pair, bytes) in self.pairs.iter_mut().zip(piece.windows(2)) {
            *pair = or_no_pair(ranks.of_bytes(bytes[0], bytes[1]));
        }
        while let Some(i) = lowest(&self.pairs[..len]) {
            self.tokens[i] = self.pairs[i].cast_unsigned();
            self.tokens.copy_within(i + 2..len, i + 1);
            self.pairs.copy_within(i + 1..len, i);
            len -= 1;
            self.pairs[i] = if i + 1 < len { self.pair(ranks, i) } else { NO_PAIR };
            if i > 0 {
                self.pairs[i - 1] = self.pair(ranks, i - 1);
            }
        }
        &self.tokens[..len]
    }

    fn pair(&self, ranks: &Ranks<'_>, i: usize) -> i32 {
        or_no_pair(ranks.of_pair(self.tokens[i], self.tokens[i + 1]))
    }
}

/// The leftmost of the lowest ranks; `None` if no two neighbours make a token.
fn lowest(pairs: &[i32]) -> Option<usize> {
    let lowest = pairs.iter().copied().fold(NO_PAIR, i32::min);
    if lowest == NO_PAIR { None } else { pairs.iter().position(|&pair| pair == lowest) }
}

/// A rank fits 21 bits (see [`super::layout`]), so it is never the largest `i32`.
fn or_no_pair(rank: u32) -> i32 {
    if rank == NONE { NO_PAIR } else { rank.cast_signed() }
}
