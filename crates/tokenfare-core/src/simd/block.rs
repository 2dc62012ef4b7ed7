//! Pieces that are merged at the same time, each a column in rows of sixteen.
//!
//! Merging one piece is a chain of look-ups, each waiting for the one before. Merging sixteen is the same chain once: the
//! same step for all, without a branch on what any of them does.

use super::Machine;
use super::pairs::{NONE, Pairs, RANK_BITS};

/// Pieces of a block.
pub(crate) const PIECES: usize = 16;

/// Places for the parts of a piece, and for the two that stand around them.
pub(crate) const PLACES: usize = 1 << PLACE_BITS;
pub(super) const PLACE_BITS: u32 = 5;

/// The rank of no token, which makes nothing with any.
pub(crate) const NO_PART: u32 = (1 << RANK_BITS) - 1;

/// Two neighbours make no token: this or more.
pub(super) const NO_PAIR: u32 = NONE << PLACE_BITS;

// A rank and a place fit one number. `NONE` for a rank makes the largest of them all, whatever the place.
const _: () = assert!(RANK_BITS + PLACE_BITS < 32);

/// A step that has begun.
#[derive(Clone, Copy, Default)]
struct Step {
    at: u32,
    before: u32,
    left: u32,
    made: u32,
    right: u32,
    places: [u32; 2],
}

/// The parts of sixteen pieces. A part has the place of the first of the parts it is made of; the first has place 1.
#[repr(C, align(64))]
pub(crate) struct Block {
    /// For each place and piece: where the part makes a token with the next, that token's rank above the place, so that the
    /// least of all is the lowest rank, leftmost first. `NO_PAIR` or more elsewhere.
    pub(super) pairs: [[u32; PIECES]; PLACES],
    /// The rank of each part. What stands for one that is gone is old; before the first and after the last is `NO_PART`.
    pub(super) tokens: [[u32; PIECES]; PLACES],
    /// A bit for each part that is there, and for the two around them.
    pub(super) there: [u32; PIECES],
    /// Places beyond which there is no part in any piece.
    pub(super) places: usize,
}

impl Block {
    /// The most parts of a piece.
    pub(crate) const MOST: usize = PLACES - 2;

    pub(crate) fn new() -> Self {
        Self {
            pairs: [[NO_PAIR; PIECES]; PLACES],
            tokens: [[NO_PART; PIECES]; PLACES],
            there: [0b11; PIECES],
            places: 0,
        }
    }

    /// Takes all pieces out.
    #[inline(always)]
    pub(crate) fn clear(&mut self) {
        for (pairs, tokens) in self.pairs.iter_mut().zip(&mut self.tokens).take(self.places + 1) {
            (*pairs, *tokens) = ([NO_PAIR; PIECES], [NO_PART; PIECES]);
        }
        self.there = [0b11; PIECES];
        self.places = 0;
    }

    /// Puts a part of a piece down; parts come in order, the first at 1.
    #[inline(always)]
    pub(crate) fn put(&mut self, piece: usize, place: usize, token: u32) {
        self.tokens[place % PLACES][piece % PIECES] = token;
    }

    /// Says what a part and the next of a piece make.
    #[inline(always)]
    pub(crate) fn pair(&mut self, piece: usize, place: usize, made: u32) {
        self.pairs[place % PLACES][piece % PIECES] = made << PLACE_BITS | (place % PLACES) as u32;
    }

    /// Says how many parts a piece has, at most [`Self::MOST`].
    #[inline(always)]
    pub(crate) fn close(&mut self, piece: usize, parts: usize) {
        debug_assert!(parts <= Self::MOST, "the caller has counted");
        self.there[piece % PIECES] = u32::MAX >> (Self::MOST - parts.min(Self::MOST));
        self.places = self.places.max(parts + 1);
    }

    /// Takes the parts of a piece back that has too many.
    #[cold]
    pub(crate) fn take_back(&mut self, piece: usize) {
        for (pairs, tokens) in self.pairs.iter_mut().zip(&mut self.tokens) {
            (pairs[piece % PIECES], tokens[piece % PIECES]) = (NO_PAIR, NO_PART);
        }
    }

    /// How many parts a piece has.
    #[inline(always)]
    pub(crate) fn count(&self, piece: usize) -> usize {
        self.there[piece].count_ones() as usize - 2
    }

    /// A bit for each place at which a part of the piece begins.
    #[inline(always)]
    pub(crate) fn begins(&self, piece: usize) -> u32 {
        let there = self.there[piece];
        // Neither the part before the first nor the one after the last.
        there & (there - 1) & (u32::MAX >> 1 >> there.leading_zeros())
    }

    /// The rank of the part that begins at a place.
    #[inline(always)]
    pub(crate) fn token(&self, piece: usize, place: usize) -> u32 {
        self.tokens[place % PLACES][piece]
    }

    /// Merges all pieces, a step of each at a time.
    ///
    /// A step waits for its look-ups, but not for those of the other pieces: there is no branch on what is found.
    #[inline(always)]
    pub(crate) fn merge(&mut self, machine: impl Machine, pairs: &Pairs<'_>) {
        let last = self.places.min(PLACES - 1);
        let mut steps = [Step::default(); PIECES];
        loop {
            let (least, on) = machine.lowest(&self.pairs[1..last.max(1)], NO_PAIR);
            if on == 0 {
                return;
            }
            each(on, |piece| steps[piece] = self.begin(pairs, piece, least[piece]));
            each(on, |piece| self.end(pairs, piece, steps[piece]));
        }
    }

    /// Merges the two parts of a piece whose pair is the least, and says where what the new part makes with its neighbours would
    /// be.
    #[inline(always)]
    fn begin(&mut self, pairs: &Pairs<'_>, piece: usize, least: u32) -> Step {
        let there = self.there[piece];
        let at = least % PLACES as u32;
        let after = there & (u32::MAX << 1 << at);
        let gone = after.trailing_zeros() % PLACES as u32;
        let next = (after & after.wrapping_sub(1)).trailing_zeros() % PLACES as u32;
        let before = (31 - (there & !(u32::MAX << at)).leading_zeros()) % PLACES as u32;
        let (made, left, right) =
            (least >> PLACE_BITS, self.tokens[before as usize][piece], self.tokens[next as usize][piece]);
        self.there[piece] = there ^ 1 << gone;
        self.tokens[at as usize][piece] = made;
        self.pairs[gone as usize][piece] = NO_PAIR;
        let places = [pairs.place(left, made), pairs.place(made, right)];
        for place in places {
            pairs.fetch(place);
        }
        Step { at, before, left, made, right, places }
    }

    #[inline(always)]
    fn end(&mut self, pairs: &Pairs<'_>, piece: usize, step: Step) {
        let Step { at, before, left, made, right, places } = step;
        self.pairs[at as usize % PLACES][piece] = pairs.at(places[1], made, right) << PLACE_BITS | at;
        self.pairs[before as usize % PLACES][piece] = pairs.at(places[0], left, made) << PLACE_BITS | before;
    }
}

/// Does something for each bit that is set, by its number.
#[inline(always)]
fn each(mut bits: u32, mut work: impl FnMut(usize)) {
    while bits != 0 {
        work(bits.trailing_zeros() as usize % PIECES);
        bits &= bits - 1;
    }
}
