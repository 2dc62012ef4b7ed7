//! Merging a short piece: the definition over small arrays on the stack.

use super::ranks::{NONE, RANK_BITS, Ranks};

/// The longest piece that is merged here: the work grows with the square of the length, and past this the linear road
/// of [`super::long`] is the shorter one.
pub(super) const LONGEST: usize = 1 << PLACE_BITS;

/// Bits of a place in a piece.
const PLACE_BITS: u32 = 6;

/// Two neighbours make no token.
const NO_PAIR: i32 = i32::MAX;

// A rank and a place fit one lane, and stay below `NO_PAIR`.
const _: () = assert!(RANK_BITS + PLACE_BITS < 31);

/// Places that are compared at a step.
const LANES: usize = 16;

/// The parts of a piece while they are merged. A part is known by the place where it begins.
pub(super) struct Parts {
    /// For each place where a part begins that makes a token with the next: the rank of that token, and the place below it,
    /// so that the least of all is the lowest rank, leftmost first. `NO_PAIR` elsewhere.
    pairs: [i32; LONGEST],
    /// The rank of the part that begins at each place; what stands where none begins is old.
    tokens: [u32; LONGEST],
    /// Where the next part begins, and the one before. The last part's next is the end of the piece.
    next: [u8; LONGEST],
    before: [u8; LONGEST],
}

impl Parts {
    #[inline]
    pub(super) fn new() -> Self {
        Self { pairs: [NO_PAIR; LONGEST], tokens: [0; LONGEST], next: [0; LONGEST], before: [0; LONGEST] }
    }

    /// The tokens of `piece`, which is at most [`LONGEST`] bytes long.
    pub(super) fn merge(&mut self, ranks: &Ranks<'_>, piece: &[u8]) -> &[u32] {
        let len = piece.len();
        for (at, &byte) in piece.iter().enumerate() {
            self.tokens[at] = ranks.of_byte(byte);
            self.next[at] = at as u8 + 1;
            self.before[at] = (at as u8).wrapping_sub(1);
        }
        for (at, bytes) in piece.windows(2).enumerate() {
            self.pairs[at] = pair_at(at, ranks.of_bytes(bytes[0], bytes[1]));
        }
        let lanes = len.next_multiple_of(LANES);
        loop {
            let least = least(&self.pairs[..lanes]);
            if least == NO_PAIR {
                break;
            }
            let at = least as usize % LONGEST;
            let made = (least >> PLACE_BITS).cast_unsigned();
            let gone = usize::from(self.next[at]);
            let next = usize::from(self.next[gone]);
            self.tokens[at] = made;
            self.next[at] = next as u8;
            self.pairs[gone] = NO_PAIR;
            self.pairs[at] = NO_PAIR;
            if next < len {
                self.before[next] = at as u8;
                self.pairs[at] = pair_at(at, ranks.of_pair(made, self.tokens[next]));
            }
            if at > 0 {
                let before = usize::from(self.before[at]);
                self.pairs[before] = pair_at(before, ranks.of_pair(self.tokens[before], made));
            }
        }
        // Together, in order: a part never moves right, so none is written over before it is read.
        let (mut at, mut count) = (0, 0);
        while at < len {
            self.tokens[count] = self.tokens[at];
            count += 1;
            at = usize::from(self.next[at]);
        }
        &self.tokens[..count]
    }
}

#[inline(always)]
fn pair_at(at: usize, rank: u32) -> i32 {
    if rank == NONE { NO_PAIR } else { (rank << PLACE_BITS | at as u32).cast_signed() }
}

/// The least of the lanes.
#[inline(always)]
fn least(pairs: &[i32]) -> i32 {
    let mut least = [NO_PAIR; LANES];
    for lanes in pairs.chunks_exact(LANES) {
        for (least, &pair) in least.iter_mut().zip(lanes) {
            *least = (*least).min(pair);
        }
    }
    least.into_iter().fold(NO_PAIR, i32::min)
}
