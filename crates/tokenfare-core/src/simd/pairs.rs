//! The table of what two ranks make: one look at two places answers, found or not.
//!
//! Each pair has a place of its own among the entries: its hash, moved as its group says. Layouts choose the moves so that no
//! two pairs meet. Since all indices are cut to the tables' sizes, which are powers of two, none is checked again.

use super::fetch;
use std::hint::select_unpredictable;

/// No rank: the answer where two make nothing.
pub(crate) const NONE: u32 = u32::MAX;

/// Bits of a rank in an entry.
pub(crate) const RANK_BITS: u32 = 21;

/// An entry of no pair. It looks like none, since the highest bit of a pair's is 0.
pub(crate) const EMPTY: u64 = u64::MAX;

/// The tables, borrowed.
#[derive(Clone, Copy)]
pub(crate) struct Pairs<'a> {
    /// Left, right and what they make, [`RANK_BITS`] each; a power of two of them.
    pub(super) entries: &'a [u64],
    /// For each group by how much its pairs are moved, above a bit for each pair that it has: most pairs that are asked for
    /// make nothing, and it is said here, in a table that stays in the nearer caches. A power of two of them.
    pub(super) groups: &'a [u32],
    pub(super) seed: [u32; 2],
    /// What leaves of a hash the number of its group.
    pub(super) shift: u32,
}

impl<'a> Pairs<'a> {
    /// The most entries, so that a place is a positive number of 32 bits.
    const MOST: usize = 1 << 31;

    /// `None` if the sizes are not powers of two that can be.
    pub(crate) fn new(entries: &'a [u64], groups: &'a [u32], seed: u64) -> Option<Self> {
        let fits = |len: usize| len.is_power_of_two() && len > 1 && len <= Self::MOST;
        (fits(entries.len()) && fits(groups.len())).then(|| Self {
            entries,
            groups,
            seed: [seed as u32, (seed >> 32) as u32],
            shift: 32 - groups.len().trailing_zeros(),
        })
    }

    /// The rank of what two ranks make, or [`NONE`].
    #[inline(always)]
    pub(crate) fn get(&self, left: u32, right: u32) -> u32 {
        self.at(self.place(left, right), left, right)
    }

    /// Where the entry of a pair would be; that has to be asked of this table.
    #[inline(always)]
    pub(super) fn place(&self, left: u32, right: u32) -> u32 {
        let hash = Hash::of(left, right, self.seed);
        // SAFETY: a number of 32 bits without the lowest `shift` is less than 1 << (32 - shift), which is the number of groups.
        let group = unsafe { *self.groups.get_unchecked(hash.group(self.shift)) };
        // What is not there looks at the first entry, which is always near. Nothing here is a branch on whether the pair is:
        // that cannot be foreseen.
        let may_be = group >> hash.bit() & 1 != 0;
        select_unpredictable(may_be, hash.place(group) & (self.entries.len() - 1) as u32, 0)
    }

    /// What the entry at a place says of a pair.
    #[inline(always)]
    pub(super) fn at(&self, place: u32, left: u32, right: u32) -> u32 {
        let place = place as usize & (self.entries.len() - 1);
        // SAFETY: cut to less than the number of entries, a power of two.
        let entry = unsafe { *self.entries.get_unchecked(place) };
        let rest = entry ^ entry_of(left, right, 0);
        select_unpredictable(rest >> RANK_BITS == 0, rest as u32, NONE)
    }

    /// Has an entry brought near.
    #[inline(always)]
    pub(super) fn fetch(&self, place: u32) {
        fetch(self.entries, place as usize);
    }

    /// The pair that an entry is of.
    #[inline]
    pub(crate) fn parts(&self, entry: usize) -> (u32, u32) {
        let (entry, mask) = (self.entries[entry], (1 << RANK_BITS) - 1);
        ((entry >> (2 * RANK_BITS) & mask) as u32, (entry >> RANK_BITS & mask) as u32)
    }
}

/// The entry of a pair.
#[inline(always)]
pub(crate) fn entry_of(left: u32, right: u32, made: u32) -> u64 {
    u64::from(left) << (2 * RANK_BITS) | u64::from(right) << RANK_BITS | u64::from(made)
}

/// The hash of a pair, and what besides it tells two pairs of the same hash apart.
#[derive(Clone, Copy)]
pub(crate) struct Hash {
    pub(super) hash: u32,
    pub(super) left: u32,
}

impl Hash {
    #[inline(always)]
    pub(crate) fn of(left: u32, right: u32, seed: [u32; 2]) -> Self {
        Self { hash: left.wrapping_mul(seed[0]).wrapping_add(right.wrapping_mul(seed[1])), left }
    }

    /// The group: the highest bits.
    #[inline(always)]
    pub(crate) fn group(self, shift: u32) -> usize {
        (self.hash >> shift) as usize
    }

    /// The bit that a group has for the pair, of the sixteen lowest.
    #[inline(always)]
    pub(crate) fn bit(self) -> u32 {
        self.hash >> 8 & 15
    }

    /// The place of the pair, to be cut to the number of entries: the lowest bits, moved as its group says.
    #[inline(always)]
    pub(crate) fn place(self, group: u32) -> u32 {
        self.hash ^ self.left ^ group >> 16
    }
}
