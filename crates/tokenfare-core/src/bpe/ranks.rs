//! The tables of one vocabulary, and what is asked of them: is this a token, what do these two make, what was this made of.
//!
//! The tables are plain arrays that [`super::layout`] fills, at build time for an embedded vocabulary. They are read
//! in place: nothing is parsed, copied or built when a vocabulary is first used, and all threads and processes share them.

use super::bridge;
use crate::simd::{Baseline, Machine};

/// No rank: the answer where there is no such token.
pub(crate) const NONE: u32 = u32::MAX;

/// The rank of no token, which makes nothing with any.
pub(super) const NO_PART: u32 = RANK_MASK as u32;

/// No answer yet: see [`Ranks::probe`].
pub(super) const MAYBE: u32 = u32::MAX - 1;

/// The longest token whose bytes stand in the table of tokens itself; a longer one is looked up on its own road.
pub(super) const INLINE: usize = 15;

/// An empty entry of the table of long tokens.
pub(super) const LONG_EMPTY: u64 = u64::MAX;

/// Entries of the table of tokens that share a cache line.
pub(super) const BUCKET: usize = 4;

/// Entries of the table of pairs that are compared at once.
pub(super) const PAIR_BUCKET: usize = 4;

/// Marks a place that is in the bytes of the long tokens, not in the table of tokens.
pub(super) const LONG: u32 = 1 << 31;

/// Bits of a rank in an entry of the table of pairs.
pub(super) const RANK_BITS: u32 = 21;
pub(super) const RANK_MASK: u64 = (1 << RANK_BITS) - 1;

/// Up to fifteen bytes, zeros after them, and in the last place their number.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key(pub(super) [u8; 16]);

/// The first so many bytes of sixteen.
static FIRST: [u128; INLINE + 1] = {
    let mut masks = [0; INLINE + 1];
    let mut length = 1;
    while length <= INLINE {
        masks[length] = masks[length - 1] << 8 | 0xFF;
        length += 1;
    }
    masks
};

impl Key {
    /// The key of a short segment; `None` if it is too long to have one.
    #[inline]
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.len() > INLINE {
            return None;
        }
        let mut all = [0; 16];
        all[..bytes.len()].copy_from_slice(bytes);
        all[INLINE] = bytes.len() as u8;
        Some(Self(all))
    }

    /// The key of `bytes[at..end]`, which is at most [`INLINE`] bytes long: one load where sixteen bytes are left.
    #[inline(always)]
    fn within(bytes: &[u8], at: usize, end: usize) -> Self {
        let length = end - at;
        match bytes.get(at..at + 16) {
            Some(all) => {
                let all = u128::from_le_bytes(all.try_into().expect("a range of sixteen is sixteen long"));
                Self((all & FIRST[length] | (length as u128) << (8 * INLINE)).to_le_bytes())
            }
            None => Self::of(&bytes[at..end]).expect("the caller has checked the length"),
        }
    }

    /// The key as two words.
    #[inline(always)]
    pub(super) fn words(self) -> [u64; 2] {
        let all = u128::from_le_bytes(self.0);
        [all as u64, (all >> 64) as u64]
    }

    #[inline(always)]
    pub(super) fn hash(self) -> u64 {
        let [low, high] = self.words();
        fold(low ^ 0x9E37_79B9_7F4A_7C15, high ^ 0xD6E8_FEB8_6659_FD93)
    }

    fn length(self) -> usize {
        usize::from(self.0[INLINE])
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
    pub(super) slots: &'a [[u8; 16]],
    /// The rank of each entry of `slots`.
    pub(super) slot_ranks: &'a [u32],
    /// The tokens of more than fifteen bytes, hashed by them: a rank below the upper half of the hash; all ones is empty.
    pub(super) long: &'a [u64],
    /// Where the bytes of each rank stand: an entry of `slots`, or `LONG` and a place in `long_bytes`; `NONE` is a hole.
    pub(super) places: &'a [u32],
    /// The bytes of the long tokens, each after its length in four bytes.
    pub(super) long_bytes: &'a [u8],
    /// What two ranks make: both and the result in one word, hashed by the two, four a bucket; 0 is empty. A full bucket
    /// overflows into the next.
    pub(super) pairs: &'a [u64],
    /// A bit for each pair, by the upper end of its hash: most pairs that are asked for make nothing, and it is said here,
    /// in a table that stays in the nearer caches. A power of two of words.
    pub(super) pair_filter: &'a [u64],
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

    /// Looks for the token that is all of `bytes[at..end]` where nearly all of them stand: in the first bucket of a short
    /// key. The answer is an entry; or `NONE`, if there is no such token; or `MAYBE`, if it may stand elsewhere.
    #[inline(always)]
    pub(super) fn probe(&self, machine: impl Machine, bytes: &[u8], at: usize, end: usize) -> u32 {
        if end - at > INLINE {
            return MAYBE;
        }
        let key = Key::within(bytes, at, end);
        self.in_bucket(machine, bucket_of(key.hash(), self.slots.len() / BUCKET), key)
    }

    /// The entry of a bucket that has this key; `NONE` if none has, `MAYBE` if one of the next may.
    #[inline(always)]
    fn in_bucket(&self, machine: impl Machine, bucket: usize, key: Key) -> u32 {
        let first = bucket * BUCKET;
        let entries: &[[u8; 16]; BUCKET] = self.slots[first..][..BUCKET].try_into().expect("a bucket has its length");
        let found = machine.find_key(entries, key.0);
        // Arithmetic, and no branch: it would wait for the load of just those keys that are rare and far away.
        let absent = NONE - u32::from(entries[BUCKET - 1][INLINE] != 0);
        let missed = u32::from(found == 0).wrapping_neg();
        (first as u32 + found.trailing_zeros() / 4) & !missed | absent & missed
    }

    #[inline]
    fn find_key(&self, key: Key) -> Option<Slot> {
        let buckets = self.slots.len() / BUCKET;
        let mut bucket = bucket_of(key.hash(), buckets);
        loop {
            match self.in_bucket(Baseline, bucket, key) {
                NONE => return None,
                MAYBE => bucket = if bucket + 1 == buckets { 0 } else { bucket + 1 },
                slot => return Some(Slot::Inline(slot)),
            }
        }
    }

    #[inline(never)]
    fn find_long(&self, bytes: &[u8]) -> Option<Slot> {
        if bytes.len() > self.longest || self.long.is_empty() {
            return None;
        }
        let hash = long_hash(bytes);
        let mut slot = bucket_of(hash, self.long.len());
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
                let slot = &self.slots[place as usize];
                &slot[..Key(*slot).length()]
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

    /// The rank of what two ranks make, or `NONE`.
    #[inline(always)]
    pub(super) fn of_pair(&self, machine: impl Machine, left: u32, right: u32) -> u32 {
        let pair = pair_word(left, right);
        let hash = pair_hash(pair);
        let (word, bit) = filter_place(hash, self.pair_filter.len());
        // 1 if it may be, else 0.
        let may_be = (self.pair_filter[word] >> bit & 1) as usize;
        // Nothing here is a branch on whether the pair is: that cannot be foreseen, and arithmetic is what the compiler
        // does not turn into one. What is not looks into the first bucket, which is always near.
        let buckets = self.pairs.len() / PAIR_BUCKET;
        let bucket = bucket_of(hash, buckets) & may_be.wrapping_neg();
        let entries = self.pair_bucket(bucket);
        let found = machine.find_pair(entries, pair);
        // Not found, and yet it may be, since the bucket is full: one comparison of all three, which is nearly never so.
        let full = (entries[PAIR_BUCKET - 1] >> 63) as u32;
        if full | found << 1 | (may_be as u32 ^ 1) << PAIR_BUCKET << 1 == 1 {
            return self.of_pair_beyond(bucket, pair);
        }
        let entry = entries[found.trailing_zeros() as usize % PAIR_BUCKET];
        (entry & RANK_MASK) as u32 | u32::from(found == 0).wrapping_neg()
    }

    /// The rest of [`Ranks::of_pair`], where a bucket is full without it.
    #[cold]
    fn of_pair_beyond(&self, mut bucket: usize, pair: u64) -> u32 {
        loop {
            bucket = if (bucket + 1) * PAIR_BUCKET == self.pairs.len() { 0 } else { bucket + 1 };
            let entries = self.pair_bucket(bucket);
            if let Some(entry) = entries.iter().find(|&entry| entry & !RANK_MASK == pair) {
                return (entry & RANK_MASK) as u32;
            }
            if entries[PAIR_BUCKET - 1] == 0 {
                return NONE;
            }
        }
    }

    #[inline(always)]
    fn pair_bucket(&self, bucket: usize) -> &[u64; PAIR_BUCKET] {
        self.pairs[bucket * PAIR_BUCKET..][..PAIR_BUCKET].try_into().expect("a bucket has its length")
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
                let pair = self.pairs[entry as usize] & !RANK_MASK & !OCCUPIED;
                Made::Of((pair >> (2 * RANK_BITS)) as u32, (pair >> RANK_BITS & RANK_MASK) as u32)
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

/// Set in every entry of the table of pairs, so that none is 0.
const OCCUPIED: u64 = 1 << 63;

/// The part of an entry of `pairs` that is looked for.
#[inline(always)]
pub(super) fn pair_word(left: u32, right: u32) -> u64 {
    OCCUPIED | u64::from(left) << (2 * RANK_BITS) | u64::from(right) << RANK_BITS
}

#[inline(always)]
pub(super) fn pair_hash(pair: u64) -> u64 {
    (pair >> RANK_BITS).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// The word and the place of the bit of a hash in a filter of so many words, a power of two. The lowest bits of the hash
/// are poor, and the highest place it in the table of pairs.
#[inline(always)]
pub(super) fn filter_place(hash: u64, words: usize) -> (usize, u32) {
    let bit = (hash >> 24) as usize;
    ((bit / 64) & (words - 1), (bit % 64) as u32)
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

/// The bucket of a hash: its upper half, scaled to the number of buckets.
#[inline(always)]
pub(super) fn bucket_of(hash: u64, buckets: usize) -> usize {
    (((hash >> 32) * buckets as u64) >> 32) as usize
}
