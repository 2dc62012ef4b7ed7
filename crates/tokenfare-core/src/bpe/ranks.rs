//! The tables of one vocabulary, and what is asked of them: is this a token, what do these two make, what was this made of.
//!
//! The tables are plain arrays that [`super::layout`] fills, at build time for an embedded vocabulary. They are read
//! in place: nothing is parsed, copied or built when a vocabulary is first used, and all threads and processes share them.

use super::bridge;
use crate::simd::{Baseline, Machine, Pairs};

pub(crate) use crate::simd::NONE;

/// The longest token whose bytes stand in the table of tokens itself; a longer one is looked up on its own road.
pub(super) const INLINE: usize = 15;

/// An empty entry of the table of long tokens.
pub(super) const LONG_EMPTY: u64 = u64::MAX;

/// Entries of the table of tokens that share a cache line.
pub(super) const BUCKET: usize = 4;

/// Marks a place that is in the bytes of the long tokens, not in the table of tokens.
pub(super) const LONG: u32 = 1 << 31;

/// Up to fifteen bytes, zeros after them, and in the last place their number: as two words, the first byte the lowest.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) low: u64,
    pub(super) high: u64,
}

/// The bytes of a key of each length, and of one that is too long.
static FIRST: [[u64; 2]; INLINE + 2] = {
    let mut masks = [[0; 2]; INLINE + 2];
    let mut length = 1;
    while length < INLINE + 2 {
        masks[length] = masks[length - 1];
        let half = (length - 1) / 8;
        masks[length][half] = masks[length][half] << 8 | 0xFF;
        length += 1;
    }
    masks
};

impl Key {
    /// The key of a short segment; `None` if it is too long to have one.
    #[inline]
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        (bytes.len() <= INLINE).then(|| Self::within(bytes, 0, bytes.len()))
    }

    /// The key of `bytes[at..end]`. If that is longer than [`INLINE`], it is one that is no token's.
    #[inline(always)]
    pub(super) fn within(bytes: &[u8], at: usize, end: usize) -> Self {
        let length = (end - at).min(INLINE + 1);
        let [low, high] = match bytes.get(at..at + 16) {
            // Two loads, where a copy of so many bytes would be written piece by piece and read at once.
            Some(all) => {
                let word = |half: &[u8]| u64::from_le_bytes(half.try_into().expect("half of sixteen bytes is eight"));
                [word(&all[..8]), word(&all[8..])]
            }
            None => Self::at_the_end(&bytes[at..]),
        };
        Self { low: low & FIRST[length][0], high: high & FIRST[length][1] & (u64::MAX >> 8) | (length as u64) << 56 }
    }

    #[cold]
    fn at_the_end(rest: &[u8]) -> [u64; 2] {
        let mut all = [0; 16];
        all[..rest.len()].copy_from_slice(rest);
        let all = u128::from_le_bytes(all);
        [all as u64, (all >> 64) as u64]
    }

    #[inline(always)]
    pub(super) fn hash(self) -> u64 {
        (self.low.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ self.high).wrapping_mul(0xD6E8_FEB8_6659_FD93)
    }

    pub(super) fn bytes(self) -> [u8; 16] {
        (u128::from(self.high) << 64 | u128::from(self.low)).to_le_bytes()
    }
}

/// Where a token stands: an entry of the table of tokens, or, for a long one, its rank.
#[derive(Clone, Copy)]
pub(crate) enum Slot {
    Inline(u32),
    Long(u32),
}

/// What a token is made of.
#[derive(Clone, Copy)]
pub(super) enum Made {
    /// A single byte, or a token that merging never makes.
    Byte,
    /// The two tokens of its last merge, by rank.
    Of(u32, u32),
}

/// The tables of one vocabulary, borrowed.
#[derive(Clone, Copy)]
pub(crate) struct Ranks<'a> {
    /// Keys of the tokens of up to fifteen bytes, four a bucket; all zero is empty. A full bucket overflows into the next.
    /// A power of two of buckets.
    pub(super) slots: &'a [[[u8; 16]; BUCKET]],
    /// The rank of each entry of `slots`.
    pub(super) slot_ranks: &'a [u32],
    /// The tokens of more than fifteen bytes, hashed by them: a rank below the upper half of the hash; all ones is empty.
    pub(super) long: &'a [u64],
    /// Where the bytes of each rank stand: an entry of `slots`, or `LONG` and a place in `long_bytes`; `NONE` is a hole.
    pub(super) places: &'a [u32],
    /// The bytes of the long tokens, each after its length in four bytes.
    pub(super) long_bytes: &'a [u8],
    /// What two ranks make.
    pub(super) pairs: Pairs<'a>,
    /// The entry of `pairs` that makes each rank; `NONE` for a byte, a hole, and a token that merging never makes.
    pub(super) made_by: &'a [u32],
    /// The rank of each byte.
    pub(super) bytes: &'a [u32],
    /// What each two bytes make.
    pub(super) byte_pairs: &'a [u32],
    /// The length of the longest token made by merging that begins with two bytes; 255 is "255 or more".
    pub(super) reach: &'a [u8],
    /// For each character of two or three bytes, by its code: its rank if merging surely makes it before anything else
    /// touches its bytes (see [`super::layout`]), else `NONE`.
    pub(super) characters: &'a [u32],
    /// See [`bridge::Bridges`].
    pub(super) bridge_pairs: &'a [u64],
    pub(super) bridge_tails: &'a [u64],
    pub(super) bridge_heads: &'a [u64],
    /// The length of the longest token.
    pub(super) longest: usize,
    /// Whether merging makes every token (true of OpenAI's).
    pub(super) all_made: bool,
}

impl<'a> Ranks<'a> {
    /// The number of ranks, holes and all.
    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    /// The length of the longest token in bytes.
    pub(crate) fn longest(&self) -> usize {
        self.longest
    }

    /// Finds the token that is all of `bytes[at..end]`.
    #[inline(always)]
    pub(crate) fn find_within(&self, bytes: &[u8], at: usize, end: usize) -> Option<Slot> {
        if end - at <= INLINE { self.find_key(Key::within(bytes, at, end)) } else { self.find_long(&bytes[at..end]) }
    }

    /// Whether `bytes[at..end]` is a token that stands where nearly all of them do: in the first bucket of a short key.
    #[inline(always)]
    pub(super) fn has(&self, machine: impl Machine, bytes: &[u8], at: usize, end: usize) -> bool {
        let key = Key::within(bytes, at, end);
        machine.find_key(&self.slots[bucket_of(key.hash(), self.slots.len())], [key.low, key.high]) != 0
    }

    /// The entry of that token if it stands there, else [`NONE`].
    #[inline(always)]
    pub(super) fn probe(&self, machine: impl Machine, bytes: &[u8], at: usize, end: usize) -> u32 {
        let key = Key::within(bytes, at, end);
        let bucket = bucket_of(key.hash(), self.slots.len());
        let found = machine.find_key(&self.slots[bucket], [key.low, key.high]);
        // Arithmetic, and no branch: it would wait for the load of just those keys that are rare and far away.
        ((BUCKET * bucket) as u32 + found.trailing_zeros() / 2) | u32::from(found == 0).wrapping_neg()
    }

    #[inline]
    fn find_key(&self, key: Key) -> Option<Slot> {
        let mut bucket = bucket_of(key.hash(), self.slots.len());
        loop {
            let entries = &self.slots[bucket];
            let found = Baseline.find_key(entries, [key.low, key.high]);
            if found != 0 {
                return Some(Slot::Inline((BUCKET * bucket) as u32 + found.trailing_zeros() / 2));
            }
            if entries[BUCKET - 1][INLINE] == 0 {
                return None;
            }
            bucket = (bucket + 1) & (self.slots.len() - 1);
        }
    }

    #[inline(never)]
    fn find_long(&self, bytes: &[u8]) -> Option<Slot> {
        if bytes.len() > self.longest || self.long.is_empty() {
            return None;
        }
        let hash = long_hash(bytes);
        let mut slot = scaled(hash, self.long.len());
        loop {
            let entry = self.long[slot];
            if entry == LONG_EMPTY {
                return None;
            }
            let rank = entry as u32;
            if entry >> 32 == hash & 0xFFFF_FFFF && self.bytes(rank) == bytes {
                return Some(Slot::Long(rank));
            }
            slot = if slot + 1 == self.long.len() { 0 } else { slot + 1 };
        }
    }

    /// The rank of the token in a slot.
    #[inline(always)]
    pub(crate) fn rank_at(&self, slot: Slot) -> u32 {
        match slot {
            Slot::Inline(slot) => self.slot_ranks[slot as usize],
            Slot::Long(rank) => rank,
        }
    }

    /// The rank of the token in an entry of the table of tokens; [`NONE`] for that.
    #[inline(always)]
    pub(super) fn rank_or_none(&self, entry: u32) -> u32 {
        let none = u32::from(entry == NONE).wrapping_neg();
        self.slot_ranks[(entry & !none) as usize] | none
    }

    /// Whether merging makes every token that pieces are looked up as.
    pub(super) fn all_made(&self) -> bool {
        self.all_made
    }

    fn is_made(&self, rank: u32) -> bool {
        self.made_by[rank as usize] != NONE || self.bytes(rank).len() == 1
    }

    /// The bytes of a token; empty for a rank that is a hole or past the end.
    #[inline]
    pub(crate) fn bytes(&self, rank: u32) -> &'a [u8] {
        match self.places.get(rank as usize).copied() {
            None | Some(NONE) => &[],
            Some(place) if place & LONG != 0 => {
                let at = (place & !LONG) as usize;
                let (length, bytes) = self.long_bytes[at..].split_at(4);
                let length = u32::from_ne_bytes(length.try_into().expect("four bytes are four bytes"));
                &bytes[..length as usize]
            }
            Some(place) => {
                let slot = &self.slots[place as usize / BUCKET][place as usize % BUCKET];
                &slot[..usize::from(slot[INLINE])]
            }
        }
    }

    /// The rank of a byte.
    #[inline(always)]
    pub(super) fn of_byte(&self, byte: u8) -> u32 {
        self.bytes[usize::from(byte)]
    }

    /// The rank of what two bytes make, or `NONE`.
    #[inline(always)]
    pub(super) fn of_bytes(&self, first: u8, second: u8) -> u32 {
        self.byte_pairs[usize::from(first) << 8 | usize::from(second)]
    }

    /// The table of what two ranks make.
    pub(super) fn pairs(&self) -> &Pairs<'a> {
        &self.pairs
    }

    /// The rank of what two ranks make, or `NONE`.
    #[inline(always)]
    pub(super) fn of_pair(&self, left: u32, right: u32) -> u32 {
        self.pairs.get(left, right)
    }

    /// The character that `bytes` begins with, rank and length, if merging surely makes it first: see `characters`.
    ///
    /// It does so where the character before it, if there is one, is beyond ASCII too.
    #[inline(always)]
    pub(super) fn sure_character(&self, bytes: &[u8]) -> Option<(u32, usize)> {
        let (code, length) = match *bytes {
            [first @ 0xC0..0xE0, second, ..] => (usize::from(first & 0x1F) << 6 | usize::from(second & 0x3F), 2),
            [first @ 0xE0..0xF0, second, third, ..] => {
                let high = usize::from(first & 0x0F) << 12 | usize::from(second & 0x3F) << 6;
                (high | usize::from(third & 0x3F), 3)
            }
            _ => return None,
        };
        let rank = self.characters[code];
        (rank != NONE).then_some((rank, length))
    }

    /// What a token was made of.
    #[inline]
    pub(super) fn made(&self, rank: u32) -> Made {
        match self.made_by[rank as usize] {
            NONE => Made::Byte,
            entry => {
                let (left, right) = self.pairs.parts(entry as usize);
                Made::Of(left, right)
            }
        }
    }

    /// The longest token made by merging that `bytes` begins with and that is at most `longest` long: rank and length.
    pub(super) fn longest_token(&self, bytes: &[u8], longest: usize) -> Option<(u32, usize)> {
        let reach = match *bytes {
            [first, second, ..] => match self.reach[usize::from(first) << 8 | usize::from(second)] {
                255 => self.longest,
                reach => usize::from(reach),
            },
            _ => bytes.len(),
        };
        (1..=reach.min(longest).min(bytes.len())).rev().find_map(|length| {
            let slot = self.find_within(bytes, 0, length)?;
            let rank = self.rank_at(slot);
            (self.all_made || self.is_made(rank)).then_some((rank, length))
        })
    }

    /// Whether some token might lie across the seam of two characters of more than one byte each.
    #[inline]
    pub(super) fn may_bridge(&self, before: &[u8], after: &[u8]) -> bool {
        bridge::may_bridge(self.bridge_pairs, self.bridge_tails, self.bridge_heads, before, after)
    }
}

/// A hash of sixteen bytes or more: of the first and the last sixteen and the length, which tell long tokens apart.
#[inline]
pub(super) fn long_hash(bytes: &[u8]) -> u64 {
    let word = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("a range of eight is eight long"));
    let end = bytes.len();
    let begin = fold(word(0) ^ end as u64, word(8) ^ 0xD6E8_FEB8_6659_FD93);
    begin ^ fold(word(end - 16) ^ 0x9E37_79B9_7F4A_7C15, word(end - 8) ^ begin)
}

/// Both halves of a product, one over the other.
#[inline(always)]
pub(super) fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

/// The bucket of a hash, of so many, a power of two: its upper end.
#[inline(always)]
pub(super) fn bucket_of(hash: u64, buckets: usize) -> usize {
    (hash >> 32) as usize >> (32 - buckets.trailing_zeros())
}

/// The upper half of a hash, scaled to any number of places.
#[inline(always)]
pub(super) fn scaled(hash: u64, places: usize) -> usize {
    (((hash >> 32) * places as u64) >> 32) as usize
}
