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

/// Where parts of all pieces can stand.
const STANDS: usize = PLACES * PIECES;

/// The rank of no token, which makes nothing with any.
pub(crate) const NO_PART: u32 = (1 << RANK_BITS) - 1;

/// Two neighbours make no token: this or more.
pub(super) const NO_PAIR: u32 = NONE << PLACE_BITS;

// A rank and a place fit one number. `NONE` for a rank makes the largest of them all, whatever the place.
const _: () = assert!(RANK_BITS + PLACE_BITS < 32);

/// A step of all pieces that take one.
#[repr(C, align(64))]
struct Step {
    /// Where parts stand in the rows: the one that is merged with the next, that next, the one after both, and the one before.
    at: [u32; PIECES],
    gone: [u32; PIECES],
    next: [u32; PIECES],
    before: [u32; PIECES],
    /// The ranks of what the two make, and of its neighbours.
    made: [u32; PIECES],
    left: [u32; PIECES],
    right: [u32; PIECES],
    /// Where the entries would be of what it makes with the one before, and with the next.
    places: [[u32; 2]; PIECES],
}

impl Step {
    const NONE: Self = Self {
        at: [0; _],
        gone: [0; _],
        next: [0; _],
        before: [0; _],
        made: [0; _],
        left: [0; _],
        right: [0; _],
        places: [[0; 2]; _],
    };
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
        let mut step = Step::NONE;
        loop {
            let (least, on) = machine.lowest(&self.pairs[1..last.max(1)], NO_PAIR);
            if on == 0 {
                return;
            }
            self.aim(machine, &mut step, &least, on);
            each(on, |piece| self.begin(pairs, piece, &mut step));
            each(on, |piece| self.end(pairs, piece, &step));
        }
    }

    /// Says what is merged in each piece, the two parts whose pair is the least, and takes the second of them away. Where there is no
    /// such pair what is said means nothing.
    #[inline(always)]
    fn aim<M: Machine>(&mut self, _: M, step: &mut Step, least: &[u32; PIECES], on: u32) {
        if M::ALL_AT_ONCE {
            for (piece, &least) in least.iter().enumerate() {
                self.aim_at(step, piece, least, on >> piece & 1);
            }
        } else {
            each(on, |piece| self.aim_at(step, piece, least[piece], 1));
        }
    }

    /// For a piece; `on` is 1 if anything is merged in it, and 0 if not: there is no branch, so that it can be done for all of them
    /// with the same instructions.
    #[inline(always)]
    fn aim_at(&mut self, step: &mut Step, piece: usize, least: u32, on: u32) {
        let stands = |place: u32| place.wrapping_mul(PIECES as u32) | piece as u32;
        let (there, at) = (self.there[piece], least % PLACES as u32);
        let after = there & (u32::MAX << 1 << at);
        let gone = after.trailing_zeros() % PLACES as u32;
        step.at[piece] = stands(at);
        step.gone[piece] = stands(gone);
        step.next[piece] = stands((after & after.wrapping_sub(1)).trailing_zeros());
        step.before[piece] = stands(31_u32.wrapping_sub((there & !(u32::MAX << at)).leading_zeros()));
        step.made[piece] = least >> PLACE_BITS;
        self.there[piece] = there ^ on << gone;
    }

    /// Merges the two parts of a piece, and says where what the new part makes with its neighbours would be.
    #[inline(always)]
    fn begin(&mut self, pairs: &Pairs<'_>, piece: usize, step: &mut Step) {
        let (tokens, gone) = (self.tokens.as_flattened_mut(), step.gone[piece]);
        let made = step.made[piece];
        let left = tokens[step.before[piece] as usize % STANDS];
        let right = tokens[step.next[piece] as usize % STANDS];
        tokens[step.at[piece] as usize % STANDS] = made;
        self.pairs.as_flattened_mut()[gone as usize % STANDS] = NO_PAIR;
        let places = [pairs.place(left, made), pairs.place(made, right)];
        for place in places {
            pairs.fetch(place);
        }
        (step.left[piece], step.right[piece], step.places[piece]) = (left, right, places);
    }

    #[inline(always)]
    fn end(&mut self, pairs: &Pairs<'_>, piece: usize, step: &Step) {
        let (at, before, made) = (step.at[piece], step.before[piece], step.made[piece]);
        let [with_left, with_right] = step.places[piece];
        let with_left = pairs.at(with_left, step.left[piece], made);
        let with_right = pairs.at(with_right, made, step.right[piece]);
        let all = self.pairs.as_flattened_mut();
        all[at as usize % STANDS] = with_right << PLACE_BITS | (at / PIECES as u32);
        all[before as usize % STANDS] = with_left << PLACE_BITS | (before / PIECES as u32);
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
