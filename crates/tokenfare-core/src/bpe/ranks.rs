//! The tables of one vocabulary, and what is asked of them: is this a token, what do these two make, what was this made of.
//!
//! The tables are plain arrays that [`super::layout`] fills, at build time for an embedded vocabulary. They are read
//! in place: nothing is parsed, copied or built when a vocabulary is first used, and all threads and processes share them.

use super::bridge;

/// No rank: the answer where there is no such token.
pub(crate) const NONE: u32 = u32::MAX;

/// The longest token whose bytes stand in the table of tokens itself; a longer one is looked up on its own road.
pub(super) const INLINE: usize = 15;

/// Entries of the table of tokens that share a cache line.
pub(super) const BUCKET: usize = 4;

/// Marks a place that is in the bytes of the long tokens, not in the table of tokens.
pub(super) const LONG: u32 = 1 << 31;

/// Bits of a rank in an entry of the table of pairs.
pub(super) const RANK_BITS: u32 = 21;
const RANK_MASK: u64 = (1 << RANK_BITS) - 1;

/// Up to fifteen bytes, zeros after them, and in the last place their number.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key(pub(super) [u8; 16]);

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
                Self((all & ((1 << (8 * length)) - 1) | (length as u128) << (8 * INLINE)).to_le_bytes())
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
        let product = u128::from(low ^ 0x9E37_79B9_7F4A_7C15) * u128::from(high ^ 0xD6E8_FEB8_6659_FD93);
        product as u64 ^ (product >> 64) as u64
    }

    fn length(self) -> usize {
        usize::from(self.0[INLINE])
    }
}

/// Where a token stands: an entry of the table of tokens, or, for a long one, its rank.
#[derive(Clone, Copy)]
pub(crate) enum Slot {
    Inline(usize),
    Long(u32),
}

/// What a token is made of.
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
    /// Ranks of the tokens of more than fifteen bytes, hashed by their bytes; `NONE` is empty.
    pub(super) long: &'a [u32],
    /// Where the bytes of each rank stand: an entry of `slots`, or `LONG` and a place in `long_bytes`; `NONE` is a hole.
    pub(super) places: &'a [u32],
    /// The bytes of the long tokens, each after its length in four bytes.
    pub(super) long_bytes: &'a [u8],
    /// What two ranks make: both and the result in one word, hashed by the two; 0 is empty.
    pub(super) pairs: &'a [u64],
    /// The entry of `pairs` that makes each rank; `NONE` for a byte, a hole, and a token that merging never makes.
    pub(super) made_by: &'a [u32],
    /// The rank of each byte.
    pub(super) bytes: &'a [u32],
    /// What each two bytes make.
    pub(super) byte_pairs: &'a [u32],
    /// The length of the longest token made by merging that begins with two bytes; 255 is "255 or more".
    pub(super) reach: &'a [u8],
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

    /// Finds the token that is all of `bytes`.
    #[inline]
    pub(crate) fn find(&self, bytes: &[u8]) -> Option<Slot> {
        match Key::of(bytes) {
            Some(key) => self.find_key(key),
            None => self.find_long(bytes),
        }
    }

    #[inline(always)]
    fn find_key(&self, key: Key) -> Option<Slot> {
        let buckets = self.slots.len() / BUCKET;
        let mut bucket = bucket_of(key.hash(), buckets);
        loop {
            let entries = &self.slots[bucket * BUCKET..][..BUCKET];
            if let Some(i) = entries.iter().position(|&entry| entry == key.0) {
                return Some(Slot::Inline(bucket * BUCKET + i));
            }
            if entries[BUCKET - 1] == [0; 16] {
                return None;
            }
            bucket = if bucket + 1 == buckets { 0 } else { bucket + 1 };
        }
    }

    #[inline(never)]
    fn find_long(&self, bytes: &[u8]) -> Option<Slot> {
        if bytes.len() > self.longest || self.long.is_empty() {
            return None;
        }
        let mut slot = bucket_of(long_hash(bytes), self.long.len());
        loop {
            let rank = self.long[slot];
            if rank == NONE {
                return None;
            }
            if self.bytes(rank) == bytes {
                return Some(Slot::Long(rank));
            }
            slot = if slot + 1 == self.long.len() { 0 } else { slot + 1 };
        }
    }

    /// The rank of the token in a slot.
    #[inline(always)]
    pub(crate) fn rank_at(&self, slot: Slot) -> u32 {
        match slot {
            Slot::Inline(slot) => self.slot_ranks[slot],
            Slot::Long(rank) => rank,
        }
    }

    /// Whether merging the bytes of the token in a slot makes it.
    #[inline]
    pub(super) fn is_made_by_merging(&self, slot: Slot) -> bool {
        self.all_made || self.is_made(self.rank_at(slot))
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
    #[inline]
    pub(super) fn of_pair(&self, left: u32, right: u32) -> u32 {
        let pair = pair_word(left, right);
        let mut slot = bucket_of(pair_hash(pair), self.pairs.len());
        loop {
            let entry = self.pairs[slot];
            if entry & !RANK_MASK == pair {
                return (entry & RANK_MASK) as u32;
            }
            if entry == 0 {
                return NONE;
            }
            slot = if slot + 1 == self.pairs.len() { 0 } else { slot + 1 };
        }
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

/// A hash of any number of bytes.
pub(super) fn long_hash(bytes: &[u8]) -> u64 {
    bytes.chunks(INLINE).filter_map(Key::of).fold(0, |hash: u64, key| (hash.rotate_left(5) ^ key.hash()).wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

/// The bucket of a hash: its upper half, scaled to the number of buckets.
#[inline(always)]
pub(super) fn bucket_of(hash: u64, buckets: usize) -> usize {
    ((hash >> 32) * buckets as u64 >> 32) as usize
}
