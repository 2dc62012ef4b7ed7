//! Merging a short piece: the definition over small arrays on the stack, from characters up where that is sure.

use super::ranks::Ranks;
use crate::simd::{Block, LANES, Machine, NO_PART, NONE, RANK_BITS};

/// The most parts that are merged here, in a piece of any kind: the work grows with the square of their number, and past
/// this the linear road of [`super::long`] is the shorter one.
pub(super) const MOST: usize = PLACES - 2;

/// The places of parts, and of the two that stand around them: a bit each in a word.
const PLACES: usize = 1 << PLACE_BITS;
const PLACE_BITS: u32 = 6;

/// Two neighbours make no token: this or more.
const NO_PAIR: u32 = NONE << PLACE_BITS;

// A rank and a place fit one number. `NONE` for a rank makes the largest of them all, whatever the place.
const _: () = assert!(RANK_BITS + PLACE_BITS < 32);

/// The parts of a piece while they are merged, of which there are fewer than `16 * V`. A part has the place of the first of
/// the parts it is made of.
///
/// Their places begin with 1; before the first and after the last stands a part that makes no token with any, so that
/// every part has two neighbours and no merge need ask.
pub(crate) struct Parts<L, const V: usize> {
    /// For each part that makes a token with the next: the rank of that token, and the part's place below it, so that the
    /// least of all is the lowest rank, leftmost first. `NO_PAIR` or more elsewhere.
    pairs: [L; V],
    /// The rank of each part; what stands for one that is gone is old.
    tokens: [u32; PLACES],
    /// A bit for each part that is there, and the two around them.
    there: u64,
}

impl<L: Copy, const V: usize> Parts<L, V> {
    const MOST: usize = if LANES * V < PLACES { LANES * V - 1 } else { MOST };

    #[inline(always)]
    pub(super) fn new(machine: impl Machine<Lanes = L>) -> Self {
        Self { pairs: [machine.lanes(&[NO_PAIR; LANES]); V], tokens: [NO_PART; PLACES], there: 0b11 }
    }

    /// Merges `piece`; false if it has more parts than are merged here.
    #[inline(always)]
    pub(super) fn merge(&mut self, machine: impl Machine<Lanes = L>, ranks: &Ranks<'_>, piece: &[u8]) -> bool {
        self.merge_some(machine, ranks, piece) == piece.len()
    }

    /// Merges the first so many bytes of `piece` on their own: as many as there are places for.
    #[inline(always)]
    pub(super) fn merge_some(&mut self, machine: impl Machine<Lanes = L>, ranks: &Ranks<'_>, piece: &[u8]) -> usize {
        let begun = self.begin(machine, ranks, piece);
        while self.step(machine, ranks) {}
        begun
    }

    /// Merges the two parts of lowest rank, leftmost first; false if no two make a token, and then nothing is changed that
    /// anybody asks for.
    ///
    /// There is no branch on whether they do: a wrong guess would cost more than a step done for nothing.
    #[inline(always)]
    fn step(&mut self, machine: impl Machine<Lanes = L>, ranks: &Ranks<'_>) -> bool {
        let least = machine.least(&self.pairs);
        let goes_on = least < NO_PAIR;
        let on = u64::from(goes_on).wrapping_neg();
        // Where it does not go on, all this is about the part before the first, with a rank that is none's.
        let (made, at) = (least >> PLACE_BITS, (u64::from(least) & on) as usize % PLACES);
        let after = self.there & (u64::MAX << 1 << at);
        let gone = (u64::from(after.trailing_zeros()) & on) as usize % PLACES;
        let next = (after & after.wrapping_sub(1)).trailing_zeros() as usize % PLACES;
        let before = 63 - (self.there & !(u64::MAX << at) | 1).leading_zeros() as usize;
        self.there ^= 1 << gone & on;
        self.tokens[at] = made;
        let with_next = ranks.of_pair(made, self.tokens[next]);
        let with_last = ranks.of_pair(self.tokens[before], made);
        self.set(machine, gone, NO_PAIR);
        self.set(machine, at, pair_at(at, with_next));
        self.set(machine, before, pair_at(before, with_last));
        goes_on
    }

    #[inline(always)]
    fn set(&mut self, machine: impl Machine<Lanes = L>, at: usize, pair: u32) {
        self.pairs[at / LANES % V] = machine.with(self.pairs[at / LANES % V], at % LANES, pair);
    }

    /// How many parts are left.
    #[inline(always)]
    pub(super) fn count(&self) -> usize {
        self.there.count_ones() as usize - 2
    }

    /// The parts that are left, by rank.
    #[inline(always)]
    pub(super) fn tokens(&mut self) -> &[u32] {
        // A part never moves right, so none is written over before it is read.
        let mut there = self.there & (self.there - 1);
        let count = self.count();
        for i in 0..count {
            self.tokens[i % PLACES] = self.tokens[there.trailing_zeros() as usize % PLACES];
            there &= there - 1;
        }
        &self.tokens[..count]
    }

    /// Begins with the parts of a piece, or as many of them as there are places for: bytes, and characters that surely form
    /// before anything else touches them. Returns how many bytes they are.
    #[inline(always)]
    fn begin(&mut self, machine: impl Machine<Lanes = L>, ranks: &Ranks<'_>, piece: &[u8]) -> usize {
        let mut pairs = [[NO_PAIR; LANES]; V];
        let all = pairs.as_flattened_mut();
        let (at, count);
        self.tokens[0] = NO_PART;
        if piece.is_ascii() {
            at = piece.len().min(Self::MOST);
            count = at;
            for (i, &byte) in (1..).zip(&piece[..at]) {
                self.tokens[i % PLACES] = ranks.of_byte(byte);
            }
            for (i, bytes) in (1..).zip(piece[..at].windows(2)) {
                all[i % (LANES * V)] = pair_at(i, ranks.of_bytes(bytes[0], bytes[1]));
            }
        } else {
            let mut atoms = Atoms::of(piece);
            count = atoms.fill(ranks, &mut self.tokens[1..=Self::MOST]);
            at = atoms.at;
            for i in 1..count {
                all[i % (LANES * V)] =
                    pair_at(i, ranks.of_pair(self.tokens[i % PLACES], self.tokens[(i + 1) % PLACES]));
            }
        }
        self.tokens[(count + 1) % PLACES] = NO_PART;
        self.there = u64::MAX >> (PLACES - 2 - count);
        for (lanes, numbers) in self.pairs.iter_mut().zip(&pairs) {
            *lanes = machine.lanes(numbers);
        }
        at
    }
}

/// The parts that merging a piece begins with, one after the other: bytes, and characters that surely form before anything
/// else touches them.
pub(super) struct Atoms<'p> {
    piece: &'p [u8],
    at: usize,
    /// After a character beyond ASCII: one here is touched by nothing that comes before it, if its rank is below this.
    below: u32,
}

impl<'p> Atoms<'p> {
    #[inline(always)]
    pub(super) fn of(piece: &'p [u8]) -> Self {
        Self { piece, at: 0, below: NONE }
    }

    /// The rank of the next; `None` after the last.
    #[inline(always)]
    pub(super) fn next(&mut self, ranks: &Ranks<'_>) -> Option<u32> {
        let first = *self.piece.get(self.at)?;
        if first.is_ascii() {
            self.at += 1;
            return Some(ranks.of_byte(first));
        }
        // A byte that is not the first of its character has nothing to say of the next, unless it is the first of the piece.
        if first >= 0xC0 || self.at == 0 {
            let below = match self.piece[..self.at].last() {
                Some(last) if last.is_ascii() => ranks.below_after(*last),
                _ => self.below,
            };
            self.below = 0;
            if let Some(character) = ranks.character(&self.piece[self.at..]) {
                self.below = character.next;
                if character.rank < below {
                    self.at += character.length;
                    return Some(character.rank);
                }
                let lead = ranks.lead(&character);
                if lead < below {
                    self.at += 2;
                    return Some(lead);
                }
            }
        }
        self.at += 1;
        Some(ranks.of_byte(first))
    }
}

impl Atoms<'_> {
    /// Writes as many as there is room for. Returns how many.
    #[inline(always)]
    pub(super) fn fill(&mut self, ranks: &Ranks<'_>, room: &mut [u32]) -> usize {
        let mut count = 0;
        while count < room.len()
            && let Some(atom) = self.next(ranks)
        {
            room[count] = atom;
            count += 1;
        }
        count
    }
}

/// Puts the parts of a piece into a block, and what each makes with the next. False if they are too many.
#[inline(always)]
pub(super) fn put(block: &mut Block, at: usize, ranks: &Ranks<'_>, piece: &[u8]) -> bool {
    if piece.is_ascii() {
        if piece.len() > Block::MOST {
            return false;
        }
        for (place, &byte) in (1..).zip(piece) {
            block.put(at, place, ranks.of_byte(byte));
        }
        for (place, bytes) in (1..).zip(piece.windows(2)) {
            block.pair(at, place, ranks.of_bytes(bytes[0], bytes[1]));
        }
        block.close(at, piece.len());
        return true;
    }
    let mut atoms = Atoms::of(piece);
    let (mut count, mut last) = (0, NO_PART);
    while let Some(atom) = atoms.next(ranks) {
        if count == Block::MOST {
            block.take_back(at);
            return false;
        }
        block.pair(at, count, ranks.of_pair(last, atom));
        count += 1;
        block.put(at, count, atom);
        last = atom;
    }
    block.close(at, count);
    true
}

#[inline(always)]
fn pair_at(at: usize, rank: u32) -> u32 {
    rank << PLACE_BITS | at as u32
}
