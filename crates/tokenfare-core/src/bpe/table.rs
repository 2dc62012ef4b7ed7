//! A bounded table of what is remembered of short segments, of whatever kind.

use super::ranks::{Key, fold};
use crate::simd::{COUNT_BITS, Remembered, fetch, remembered_at};
use std::hint::select_unpredictable;

/// A table begins with an entry for so many bytes of the first text.
const BYTES_AN_ENTRY: usize = 128;

/// The most bytes of the entries of one kind, of segments of up to thirty bytes, without words of what is remembered.
pub(super) const MOST: usize = 1 << 22;

/// The fewest entries that are worth asking memory for.
const LEAST: usize = 1 << 7;

/// A table that outgrows so many bytes has room for all that it may ever hold.
const SMALL: usize = 1 << 16;

/// So many are moved at most to make room for one.
const MOVES: usize = 8;

/// The longest segment of which any is remembered.
pub(super) const LONGEST: usize = 30;

/// Those that are if they are merged as they are: the shortest, and the longest.
pub(super) const WIDE: usize = LONGEST + 1;
pub(super) const WIDEST: usize = 62;

/// What a table holds.
pub(super) trait Entry: Copy + PartialEq {
    /// A place without one.
    const NONE: Self;

    /// The most bytes of the entries.
    const MOST: usize;

    /// The same of those that have words of what is remembered beside them.
    const MOST_WITH: usize = Self::MOST;

    /// The two places among `entries`, a power of two: the lowest bits of two numbers.
    fn places(&self, entries: usize) -> [usize; 2];
}

/// Entries, a power of two of them, each in one of its two places. A new one that finds both taken sends the old one in the
/// second to that one's other place, and so on; the last one that was moved is forgotten.
pub(super) struct Table<E> {
    pub(super) entries: Vec<E>,
    held: usize,
}

impl<E: Entry> Table<E> {
    /// For so many bytes of text, to begin with.
    pub(super) fn sized(length: usize) -> Self {
        Self::new((length / BYTES_AN_ENTRY).clamp(LEAST, MOST / 64).next_power_of_two())
    }

    fn new(count: usize) -> Self {
        let mut table = Self { entries: Vec::new(), held: 0 };
        table.lengthen(count);
        table
    }

    /// So many entries, those that are new without anything in them.
    ///
    /// They are written, and not asked for as zeros: a page that is read before it is written to is fetched twice, and the second
    /// time all threads of the process wait for it. Room that is not written to is no memory yet.
    fn lengthen(&mut self, count: usize) {
        if count > self.entries.capacity() {
            let room = if count * size_of::<E>() > SMALL { E::MOST } else { SMALL };
            self.entries.reserve_exact(room / size_of::<E>() - self.entries.len());
        }
        self.entries.resize(count, E::NONE);
    }

    /// Has both places of an entry brought near, and says which they are.
    #[inline(always)]
    pub(super) fn fetch(&self, entry: &E) -> [u32; 2] {
        entry.places(self.entries.len()).map(|place| {
            fetch(&self.entries, place);
            place as u32
        })
    }

    #[inline(always)]
    pub(super) fn put(&mut self, entry: E) {
        self.keep(entry);
        // Fuller than that, a new one has to move too many.
        if self.held > self.entries.len() / 2 && !self.is_largest() {
            self.grow();
        }
    }

    #[inline(always)]
    fn is_largest(&self) -> bool {
        size_of_val(&*self.entries) >= E::MOST
    }

    /// Whether a new one is likely to find both its places taken.
    #[inline(always)]
    fn is_full(&self) -> bool {
        self.held > self.entries.len() / 2 && self.is_largest()
    }

    #[inline(always)]
    fn keep(&mut self, mut entry: E) {
        let [first, second] = entry.places(self.entries.len());
        // One may come twice, where it was met again before it was counted.
        if self.entries[first] == entry || self.entries[second] == entry {
            return;
        }
        let mut at = if self.entries[first] == E::NONE { first } else { second };
        // Where all are taken and there is no room for more, each new one costs an old one, however many are moved.
        let moves = if self.is_full() { 1 } else { MOVES };
        for _ in 0..moves {
            let old = std::mem::replace(&mut self.entries[at], entry);
            if old == E::NONE {
                self.held += 1;
                return;
            }
            let [first, second] = old.places(self.entries.len());
            (entry, at) = (old, if at == first { second } else { first });
        }
    }

    /// Twice as many places. An entry stays where it is, or goes as far past that as the table was long, and no other comes there.
    /// So the table grows where it stands, and only what it gains is written to.
    #[cold]
    fn grow(&mut self) {
        let count = self.entries.len();
        self.lengthen(2 * count);
        let (lower, upper) = self.entries.split_at_mut(count);
        for (at, (lower, upper)) in lower.iter_mut().zip(upper).enumerate() {
            let stays = lower.places(2 * count).contains(&at);
            // No branch, which would be guessed wrongly for every second.
            let old = *lower;
            *lower = select_unpredictable(stays, old, E::NONE);
            *upper = select_unpredictable(stays, E::NONE, old);
        }
    }
}

/// A key, with words of what is remembered of it. An `A` says where it stands: so that none is on two lines of the cache, of which
/// only one would be asked for before it is needed.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct With<K, const WORDS: usize, A> {
    pub(super) key: K,
    pub(super) words: [u64; WORDS],
    stands: [A; 0],
}

/// In one half of a line.
#[derive(Clone, Copy, PartialEq)]
#[repr(align(32))]
pub(super) struct InHalf;

/// Where a line begins.
#[derive(Clone, Copy, PartialEq)]
#[repr(align(64))]
pub(super) struct AtLine;

impl<K, const WORDS: usize, A> With<K, WORDS, A> {
    #[inline(always)]
    pub(super) fn new(key: K, words: [u64; WORDS]) -> Self {
        Self { key, words, stands: [] }
    }
}

impl<K: Entry, const WORDS: usize, A: Copy + PartialEq> Entry for With<K, WORDS, A> {
    const NONE: Self = Self { key: K::NONE, words: [0; _], stands: [] };
    const MOST: usize = if WORDS > 0 { K::MOST_WITH } else { K::MOST };

    #[inline(always)]
    fn places(&self, entries: usize) -> [usize; 2] {
        self.key.places(entries)
    }
}

impl Entry for Remembered {
    const NONE: Self = [0; 2];
    const MOST: usize = MOST;
    // As many entries: half as many are too few for a long Chinese text.
    const MOST_WITH: usize = 2 * MOST;

    #[inline(always)]
    fn places(&self, entries: usize) -> [usize; 2] {
        let [low, high] = *self;
        remembered_at(Key { low, high: high & u64::MAX >> COUNT_BITS }, entries)
    }
}

/// An entry of a segment of at least half as many bytes as so many words hold, or one fewer, and at most all but two: the first
/// half and the last, which overlap, their number, and a place for the count.
pub(super) type Bytes<const WORDS: usize> = [u64; WORDS];

/// Of sixteen to thirty bytes.
pub(super) type Long = Bytes<4>;

/// Of thirty-one to sixty-two; there are few of them.
pub(super) type Wide = Bytes<8>;

/// Where the count is, in the last word.
pub(super) const COUNT_AT: u32 = 56;

/// The entry of `bytes[start..end]`, without a count.
#[inline(always)]
pub(super) fn entry_of<const WORDS: usize>(bytes: &[u8], start: usize, end: usize) -> Bytes<WORDS> {
    let word = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("a range of eight is eight long"));
    let length = (end - start) as u64;
    std::array::from_fn(|i| match WORDS - i {
        1 => word(end - 8) >> 16 | length << 48,
        left if left <= WORDS / 2 => word(end + 2 - 8 * left),
        // Of thirty-one bytes, too.
        _ => word((start + 8 * i).min(end - 8)),
    })
}

impl Entry for Long {
    const NONE: Self = [0; _];
    const MOST: usize = MOST;

    #[inline(always)]
    fn places(&self, entries: usize) -> [usize; 2] {
        places_of(self, entries)
    }
}

impl Entry for Wide {
    const NONE: Self = [0; _];
    const MOST: usize = MOST / 2;

    #[inline(always)]
    fn places(&self, entries: usize) -> [usize; 2] {
        places_of(self, entries)
    }
}

/// The two places of an entry, whatever its count.
#[inline(always)]
fn places_of<const WORDS: usize>(entry: &Bytes<WORDS>, entries: usize) -> [usize; 2] {
    let mut hash = 0_u64;
    for i in (0..WORDS).step_by(2) {
        let last = if i + 2 == WORDS { entry[i + 1] & !(0xFF << COUNT_AT) } else { entry[i + 1] };
        hash = hash.rotate_left(17) ^ fold(entry[i] ^ 0x9E37_79B9_7F4A_7C15, last ^ 0xD6E8_FEB8_6659_FD93);
    }
    [hash as usize, (hash >> 32) as usize].map(|place| place & (entries - 1))
}

/// The count of an entry, if it is of the same segment as another; 0 if it is not.
#[inline(always)]
pub(super) fn count_of<const WORDS: usize>(entry: &Bytes<WORDS>, other: &Bytes<WORDS>) -> u64 {
    let last = WORDS - 1;
    let differ = (0..last).fold((entry[last] ^ other[last]) << 8, |differ, i| differ | entry[i] ^ other[i]);
    select_unpredictable(differ == 0, entry[last] >> COUNT_AT, 0)
}
