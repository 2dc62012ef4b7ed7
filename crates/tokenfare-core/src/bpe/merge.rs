//! Merging a short piece: the definition over small arrays on the stack, from characters up where that is sure.

use super::long;
use super::ranks::{NO_PART, RANK_BITS, Ranks};
use crate::simd::{LANES, Machine};

/// The most parts that are merged here: the work grows with the square of their number, and past this the linear road of
/// [`super::long`] is the shorter one.
const MOST: usize = 1 << PLACE_BITS;

/// Bits of a part's number.
const PLACE_BITS: u32 = 7;

/// Two neighbours make no token.
const NO_PAIR: u32 = u32::MAX;

// A rank and a part's number fit one lane. `NONE` for a rank makes the largest of them all, whatever the number.
const _: () = assert!(RANK_BITS + PLACE_BITS < 32);

/// The parts of a piece while they are merged. A part is known by the number of the first of the parts it is made of.
///
/// They are numbered from 1; before the first and after the last stands a part that makes no token with any, so that
/// every part has two neighbours and no merge need ask.
pub(super) struct Parts {
    /// For each part that makes a token with the next: the rank of that token, and the part's number below it, so that the
    /// least of all is the lowest rank, leftmost first. `NO_PAIR` elsewhere.
    pairs: [u32; MOST],
    /// The rank of each part; what stands for one that is gone is old.
    tokens: [u32; MOST],
    /// The number of the next part, and of the one before.
    next: [u8; MOST],
    before: [u8; MOST],
    /// The number of the part after the last.
    end: usize,
}

/// Each number's next and last, while no part is gone.
const NEXT: [u8; MOST] = {
    let mut next = [0; MOST];
    let mut i = 0;
    while i < MOST {
        next[i] = i as u8 + 1;
        i += 1;
    }
    next
};
const BEFORE: [u8; MOST] = {
    let mut before = [0; MOST];
    let mut i = 1;
    while i < MOST {
        before[i] = i as u8 - 1;
        i += 1;
    }
    before
};

impl Parts {
    #[inline(always)]
    pub(super) fn new() -> Self {
        Self { pairs: [NO_PAIR; MOST], tokens: [NO_PART; MOST], next: NEXT, before: BEFORE, end: 1 }
    }

    /// The tokens of `piece`; `None` if it has more parts than are merged here.
    #[inline(always)]
    pub(super) fn merge(&mut self, machine: impl Machine, ranks: &Ranks<'_>, piece: &[u8]) -> Option<&[u32]> {
        self.begin(machine, ranks, piece)?;
        while self.step(machine, ranks) {}
        Some(self.tokens())
    }

    /// Merges the two parts of lowest rank, leftmost first; false if no two make a token.
    #[inline(always)]
    fn step(&mut self, machine: impl Machine, ranks: &Ranks<'_>) -> bool {
        let least = machine.least(&self.pairs[..lanes(self.end)]);
        if least >> PLACE_BITS == NO_PAIR >> PLACE_BITS {
            return false;
        }
        let at = least as usize % MOST;
        let made = least >> PLACE_BITS;
        let gone = usize::from(self.next[at]) % MOST;
        let next = usize::from(self.next[gone]) % MOST;
        let before = usize::from(self.before[at]) % MOST;
        self.tokens[at] = made;
        self.next[at] = next as u8;
        self.before[next] = at as u8;
        self.pairs[gone] = NO_PAIR;
        self.pairs[at] = pair_at(at, ranks.of_pair(machine, made, self.tokens[next]));
        self.pairs[before] = pair_at(before, ranks.of_pair(machine, self.tokens[before], made));
        true
    }

    /// The parts that are left, by rank.
    #[inline(always)]
    fn tokens(&mut self) -> &[u32] {
        // A part never moves right, so none is written over before it is read.
        let (mut at, mut count) = (1, 0);
        while at < self.end {
            self.tokens[count] = self.tokens[at];
            count += 1;
            at = usize::from(self.next[at]) % MOST;
        }
        &self.tokens[..count]
    }

    /// Begins with the parts of a piece: bytes, and characters that surely form before anything else touches them.
    #[inline(always)]
    fn begin(&mut self, machine: impl Machine, ranks: &Ranks<'_>, piece: &[u8]) -> Option<()> {
        // The last place is for the part after the last.
        let room = MOST - 1;
        let mut end = 1;
        self.tokens[0] = NO_PART;
        if piece.is_ascii() {
            for &byte in piece {
                *self.tokens[..room].get_mut(end)? = ranks.of_byte(byte);
                end += 1;
            }
            self.reset(end);
            for (i, bytes) in (1..).zip(piece.windows(2)) {
                self.pairs[i] = pair_at(i, ranks.of_bytes(bytes[0], bytes[1]));
            }
        } else {
            let (mut at, mut after_ascii) = (0, false);
            while at < piece.len() {
                let (token, bytes) = match ranks.sure_character(&piece[at..]) {
                    Some(character) if !after_ascii => character,
                    _ => (ranks.of_byte(piece[at]), 1),
                };
                *self.tokens[..room].get_mut(end)? = token;
                after_ascii = piece[at].is_ascii();
                (at, end) = (at + bytes, end + 1);
            }
            self.reset(end);
            for i in 1..end - 1 {
                self.pairs[i] = pair_at(i, ranks.of_pair(machine, self.tokens[i], self.tokens[i + 1]));
            }
        }
        Some(())
    }

    /// Makes the parts up to `end` neighbours of which no two make a token.
    #[inline(always)]
    fn reset(&mut self, end: usize) {
        self.end = end;
        self.tokens[end] = NO_PART;
        // Sixteen at a time, where a copy of so many would be a call.
        for i in 0..lanes(end) / LANES {
            let lanes = i * LANES..(i + 1) * LANES;
            self.pairs[lanes.clone()].copy_from_slice(&[NO_PAIR; LANES]);
            self.next[lanes.clone()].copy_from_slice(&NEXT[lanes.clone()]);
            self.before[lanes.clone()].copy_from_slice(&BEFORE[lanes]);
        }
    }
}

/// Merges many pieces, a few at a time, and hands each one's name with its tokens to `each` as it is done, in any order.
///
/// A step of one piece waits for the tables; the steps of pieces that have nothing to do with each other wait together.
#[inline(always)]
pub(super) fn together<'p, N: Copy>(
    machine: impl Machine,
    ranks: &Ranks<'_>,
    mut pieces: impl Iterator<Item = (N, &'p [u8])>,
    mut each: impl FnMut(N, &[u32]),
) {
    const LANES: usize = 4;
    let mut lanes: [Parts; LANES] = std::array::from_fn(|_| Parts::new());
    let mut held: [Option<N>; LANES] = [None; LANES];
    let mut fill = |parts: &mut Parts, each: &mut dyn FnMut(N, &[u32])| {
        for (name, piece) in pieces.by_ref() {
            if parts.begin(machine, ranks, piece).is_some() {
                return Some(name);
            }
            each(name, &long::tokens(ranks, piece));
        }
        None
    };
    for (parts, name) in lanes.iter_mut().zip(&mut held) {
        *name = fill(parts, &mut each);
    }
    while held.iter().any(Option::is_some) {
        for (parts, held) in lanes.iter_mut().zip(&mut held) {
            if let Some(name) = *held
                && !parts.step(machine, ranks)
            {
                each(name, parts.tokens());
                *held = fill(parts, &mut each);
            }
        }
    }
}

/// The places that are compared for so many parts.
#[inline(always)]
fn lanes(end: usize) -> usize {
    (end + 1).next_multiple_of(LANES).min(MOST)
}

#[inline(always)]
fn pair_at(at: usize, rank: u32) -> u32 {
    rank << PLACE_BITS | at as u32
}
