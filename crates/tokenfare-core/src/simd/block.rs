//! Pieces that are merged at the same time, a word of a vector for each.
//!
//! Merging one piece is a chain of look-ups, each waiting for the one before. Merging sixteen is the same chain once: the
//! same step for all, without a branch on what any of them does.

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
        for row in &mut self.tokens[..=self.places] {
            *row = [NO_PART; PIECES];
        }
        self.there = [0b11; PIECES];
        self.places = 0;
    }

    /// Puts a part of a piece down; parts come in order, the first at 1.
    #[inline(always)]
    pub(crate) fn put(&mut self, piece: usize, place: usize, token: u32) {
        self.tokens[place % PLACES][piece % PIECES] = token;
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
        for row in &mut self.tokens {
            row[piece % PIECES] = NO_PART;
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

    /// Merges all pieces, one after the other: what the other machines do at once.
    pub(super) fn merge(&mut self, pairs: &Pairs<'_>) {
        for piece in 0..PIECES {
            let last = self.last(piece);
            for at in 0..last {
                self.pairs[at][piece] = self.pair(pairs, piece, at, at + 1);
            }
            self.finish(pairs, piece);
        }
    }

    /// Merges what is left to be merged of a piece.
    pub(super) fn finish(&mut self, pairs: &Pairs<'_>, piece: usize) {
        let last = self.last(piece);
        let mut there = self.there[piece];
        loop {
            let least = self.pairs[..last].iter().fold(NO_PAIR, |least, row| least.min(row[piece]));
            if least >= NO_PAIR {
                break;
            }
            let at = least as usize % PLACES;
            let after = there & (u32::MAX << 1 << at);
            let gone = after.trailing_zeros() as usize % PLACES;
            let next = (after & (after - 1)).trailing_zeros() as usize % PLACES;
            let before = 31 - (there & !(u32::MAX << at)).leading_zeros() as usize;
            there ^= 1 << gone;
            self.tokens[at][piece] = least >> PLACE_BITS;
            self.pairs[gone][piece] = NO_PAIR;
            self.pairs[at][piece] = self.pair(pairs, piece, at, next);
            self.pairs[before][piece] = self.pair(pairs, piece, before, at);
        }
        self.there[piece] = there;
    }

    /// The place after the last part.
    fn last(&self, piece: usize) -> usize {
        PLACES - 1 - self.there[piece].leading_zeros() as usize
    }

    /// The pair of the parts at two places.
    #[inline(always)]
    fn pair(&self, pairs: &Pairs<'_>, piece: usize, at: usize, next: usize) -> u32 {
        pairs.get(self.tokens[at][piece], self.tokens[next][piece]) << PLACE_BITS | at as u32
    }
}
