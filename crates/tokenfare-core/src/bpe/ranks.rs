//! The tables of one vocabulary, and what is asked of them: is this a token, what do these two make, what was this made of.
//!
//! The tables are plain arrays that [`super::layout`] fills, at build time for an embedded vocabulary. They are read
//! in place: nothing is parsed, copied or built when a vocabulary is first used, and all threads and processes share them.

use crate::simd::{Filter, Pairs, Words};

pub(crate) use crate::simd::{INLINE, Key, NONE};

/// An empty entry of the table of long tokens.
pub(super) const LONG_EMPTY: u64 = u64::MAX;

/// Marks a place that is in the bytes of the long tokens, not in the table of tokens.
pub(super) const LONG: u32 = 1 << 31;

/// Where a token stands: a place of the table of tokens, or, for a long one, its rank.
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

/// A character of two or three bytes.
pub(super) struct Character {
    /// Its rank, if nothing that comes after it touches its bytes before merging makes it, else `NONE`.
    pub(super) rank: u32,
    /// A character that comes next is touched by nothing of this one, if its rank is below this.
    pub(super) next: u32,
    pub(super) length: usize,
    code: usize,
}

/// The tables of one vocabulary, borrowed.
#[derive(Clone, Copy)]
pub(crate) struct Ranks<'a> {
    /// The tokens of up to fifteen bytes.
    pub(super) words: Words<'a>,
    /// The rank of each place of `words`.
    pub(super) word_ranks: &'a [u32],
    /// The tokens of more than fifteen bytes, hashed by them: a rank below the upper half of the hash; all ones is empty.
    pub(super) long: &'a [u64],
    /// A bit for each of them, by its hash: most of what is looked for is none, and it is said here, in a near cache. A power of
    /// two of words.
    pub(super) long_filter: &'a [u64],
    /// Where the bytes of each rank stand: a place of `words`, or `LONG` and a place in `long_bytes`; `NONE` is a hole.
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
    /// For each character of up to three bytes, by its code: its rank if merging surely makes it before what comes next
    /// touches its bytes, else `NONE`; and above it the rank that it has to be below of, so that what comes before does not either
    /// (see [`super::layout`]).
    pub(super) characters: &'a [u64],
    /// The same for the first two bytes of characters of three: their rank, or `NONE`.
    pub(super) leads: &'a [u32],
    /// How many tokens each character of three bytes is on its own, by its code; `None` where that is mostly one, and a look for
    /// it does as well.
    pub(super) alone: Option<&'a [u8]>,
    /// Where characters may be cut apart, see [`super::bridge`].
    pub(super) bridges: Filter<'a>,
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
        if end - at > INLINE {
            return self.find_long(&bytes[at..end]);
        }
        let place = self.words.get(Key::within(bytes, at, end));
        (place != NONE).then_some(Slot::Inline(place))
    }

    /// Finds the token that is all of `bytes[at..end]`, if that is too long to be looked for in a row.
    #[inline(always)]
    pub(super) fn find_late(&self, bytes: &[u8], at: usize, end: usize) -> Option<Slot> {
        if end - at > INLINE { self.find_long(&bytes[at..end]) } else { None }
    }

    /// The table of the tokens of up to fifteen bytes.
    pub(super) fn words(&self) -> &Words<'a> {
        &self.words
    }

    #[inline(never)]
    fn find_long(&self, bytes: &[u8]) -> Option<Slot> {
        if bytes.len() > self.longest {
            return None;
        }
        let hash = long_hash(bytes);
        let (word, bit) = bit_of(hash, self.long_filter.len());
        if self.long_filter[word] >> bit & 1 == 0 {
            return None;
        }
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
            Slot::Inline(place) => self.word_ranks[place as usize],
            Slot::Long(rank) => rank,
        }
    }

    /// The ranks of the tokens at the places of the table of tokens.
    #[inline(always)]
    pub(super) fn word_ranks(&self) -> &'a [u32] {
        self.word_ranks
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
            Some(place) => self.words.at(place as usize),
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

    /// What the rank of a character has to be below of that comes after one of ASCII, so that this does not touch it.
    #[inline(always)]
    pub(super) fn below_after(&self, ascii: u8) -> u32 {
        (self.characters[usize::from(ascii)] >> 32) as u32
    }

    /// What is known of the character that `bytes` begins with: see [`Character`]; `None` if it has one byte, or four, or is
    /// broken.
    #[inline(always)]
    pub(super) fn character(&self, bytes: &[u8]) -> Option<Character> {
        let (code, length) = match *bytes {
            [first @ 0xC0..0xE0, second, ..] => (usize::from(first & 0x1F) << 6 | usize::from(second & 0x3F), 2),
            [first @ 0xE0..0xF0, second, third, ..] => (code_of([first, second, third]), 3),
            _ => return None,
        };
        let known = self.characters[code];
        Some(Character { rank: known as u32, next: (known >> 32) as u32, length, code })
    }

    /// The same of the first two bytes of a character of three, if it is one: their rank, else `NONE`.
    #[inline(always)]
    pub(super) fn lead(&self, character: &Character) -> u32 {
        if character.length == 3 { self.leads[character.code >> 6] } else { NONE }
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
}

/// The code of a character of three bytes.
#[inline(always)]
pub(super) fn code_of([first, second, third]: [u8; 3]) -> usize {
    usize::from(first & 0x0F) << 12 | usize::from(second & 0x3F) << 6 | usize::from(third & 0x3F)
}

/// A hash of sixteen bytes or more: of the first and the last sixteen and the length, which tell long tokens apart.
#[inline]
pub(super) fn long_hash(bytes: &[u8]) -> u64 {
    let word = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("a range of eight is eight long"));
    let end = bytes.len();
    let begin = fold(word(0) ^ end as u64, word(8) ^ 0xD6E8_FEB8_6659_FD93);
    begin ^ fold(word(end - 16) ^ 0x9E37_79B9_7F4A_7C15, word(end - 8) ^ begin)
}

/// The bit of a hash among so many words, a power of two: which word, and which of its bits.
#[inline(always)]
pub(super) fn bit_of(hash: u64, words: usize) -> (usize, u32) {
    ((hash >> 6) as usize & (words - 1), hash as u32 & 63)
}

/// Both halves of a product, one over the other.
#[inline(always)]
pub(super) fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

/// The upper half of a hash, scaled to any number of places.
#[inline(always)]
pub(super) fn scaled(hash: u64, places: usize) -> usize {
    (((hash >> 32) * places as u64) >> 32) as usize
}
