//! A bounded memory of segments that had to be merged and what they counted.

use super::ranks::{INLINE, Key, fold};
use crate::simd::{COUNT_BITS, Pieces, ROW, Remembered, Room, recall, remembered_at};
use std::sync::atomic::{AtomicU64, Ordering};

/// Keeps the counts of segments of up to thirty bytes.
pub(crate) struct Memo {
    /// Up to fifteen bytes, words of most languages: their keys, with the count in the upper half of the last byte.
    short: Table<Remembered>,
    /// Up to thirty: words of those with two bytes a letter or more.
    long: Table<Long>,
    /// Whose tokens they count.
    whose: Whose,
}

/// A vocabulary, told from all others.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Whose(u64);

impl Whose {
    /// One that was never there before.
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// The most bytes of a first text that one entry is made for at once.
const BYTES_AN_ENTRY: usize = 128;

/// The most bytes of the entries of one kind.
const MOST: usize = 1 << 22;

/// The fewest entries that are worth asking memory for.
const LEAST: usize = 1 << 7;

impl Memo {
    /// The longest segment that is remembered.
    pub(super) const LONGEST: usize = 30;

    /// A memory for so many bytes of text.
    pub(super) fn new(whose: Whose, length: usize) -> Self {
        let entries = (length / BYTES_AN_ENTRY).clamp(LEAST, MOST / 64).next_power_of_two();
        Self { short: Table::new(entries), long: Table::new(entries / 2), whose }
    }

    /// Whether it counts the tokens of this vocabulary.
    #[inline(always)]
    pub(super) fn is_of(&self, whose: Whose) -> bool {
        self.whose == whose
    }

    /// What is remembered of segments of up to fifteen bytes.
    #[inline(always)]
    pub(super) fn short(&self) -> &[Remembered] {
        &self.short.entries
    }

    /// The count of `bytes[start..end]`, if it is remembered.
    #[inline(always)]
    pub(super) fn get(&self, bytes: &[u8], start: usize, end: usize) -> Option<usize> {
        let count = match end - start {
            0..=INLINE => {
                let key = Key::within(bytes, start, end);
                recall(&self.short.entries, key)
            }
            16..=Self::LONGEST => self.get_long(bytes, start, end),
            _ => 0,
        };
        (count > 0).then_some(count as usize)
    }

    /// The count of `bytes[start..end]`, of sixteen bytes to thirty; 0 if it is not remembered.
    #[inline(always)]
    fn get_long(&self, bytes: &[u8], start: usize, end: usize) -> u64 {
        let wanted = long(bytes, start, end);
        let [first, second] = wanted.places(self.long.entries.len()).map(|at| &self.long.entries[at]);
        // Of both, whatever the first is: a branch would wait for it.
        let count = |entry: &Long| {
            let other = (0..3).fold((entry[3] ^ wanted[3]) << 8, |other, i| other | entry[i] ^ wanted[i]);
            if other == 0 { entry[3] >> COUNT_AT } else { 0 }
        };
        count(first) | count(second)
    }

    /// Looks for the longer of `count` pieces that were missed, like [`Machine::recall`](crate::simd::Machine::recall).
    #[inline(always)]
    pub(super) fn recall_long(&self, pieces: Pieces<'_>, missed: &mut Room, count: usize) -> (usize, u64) {
        let (mut misses, mut total) = (0, 0);
        for at in 0..count.min(ROW) {
            let piece = missed[at] as usize % ROW;
            let (begin, end) = (pieces.begins[piece] as usize, pieces.ends[piece] as usize);
            let is_long = (INLINE + 1..=Self::LONGEST).contains(&(end - begin));
            let tokens = if is_long { self.get_long(pieces.text, begin, end) } else { 0 };
            total += tokens;
            missed[misses] = piece as u32;
            misses += usize::from(tokens == 0);
        }
        (misses, total)
    }

    /// Remembers the count of `bytes[start..end]`, if it is short enough.
    #[inline(always)]
    pub(super) fn put(&mut self, bytes: &[u8], start: usize, end: usize, count: usize) {
        // A segment has at most as many tokens as bytes.
        match end - start {
            0..=INLINE => {
                let key = Key::within(bytes, start, end);
                self.short.put([key.low, key.high | (count as u64) << (64 - COUNT_BITS)]);
            }
            16..=Self::LONGEST => {
                let mut entry = long(bytes, start, end);
                entry[3] |= (count as u64) << COUNT_AT;
                self.long.put(entry);
            }
            _ => {}
        }
    }
}

/// What a table holds.
trait Entry: Copy + PartialEq {
    /// A place without one.
    const NONE: Self;

    /// The two places among `entries`, a power of two.
    fn places(&self, entries: usize) -> [usize; 2];
}

/// Entries, a power of two of them, each in one of its two places. A new one that finds both taken sends the old one in the
/// first to that one's other place; what stands there too is not disturbed, and the old one is forgotten.
struct Table<E> {
    entries: Box<[E]>,
    held: usize,
}

impl<E: Entry> Table<E> {
    fn new(entries: usize) -> Self {
        Self { entries: vec![E::NONE; entries].into(), held: 0 }
    }

    #[inline(always)]
    fn put(&mut self, entry: E) {
        self.keep(entry);
        // So full, one new one in sixty makes an old one be forgotten.
        if self.held > self.entries.len() / 4 && size_of_val(&*self.entries) < MOST {
            self.grow();
        }
    }

    #[inline(always)]
    fn keep(&mut self, entry: E) {
        let [first, second] = entry.places(self.entries.len());
        // One may come twice, where it was met again before it was counted.
        if self.entries[first] == entry || self.entries[second] == entry {
            return;
        }
        let free = [first, second].into_iter().find(|&at| self.entries[at] == E::NONE);
        if let Some(free) = free {
            self.entries[free] = entry;
            self.held += 1;
            return;
        }
        let old = std::mem::replace(&mut self.entries[first], entry);
        let other = old.places(self.entries.len()).into_iter().find(|&at| self.entries[at] == E::NONE);
        if let Some(other) = other {
            self.entries[other] = old;
            self.held += 1;
        }
    }

    #[cold]
    fn grow(&mut self) {
        let mut larger = Self::new(2 * self.entries.len());
        self.entries.iter().filter(|&entry| *entry != E::NONE).for_each(|&entry| larger.keep(entry));
        *self = larger;
    }
}

impl Entry for Remembered {
    const NONE: Self = [0; 2];

    #[inline(always)]
    fn places(&self, entries: usize) -> [usize; 2] {
        let [low, high] = *self;
        remembered_at(Key { low, high: high & u64::MAX >> COUNT_BITS }, entries)
    }
}

/// An entry of sixteen to thirty bytes: the first sixteen and the last fourteen, which overlap, their number, and a place for
/// the count.
type Long = [u64; 4];

/// Where the count is, in the last word.
const COUNT_AT: u32 = 56;

#[inline(always)]
fn long(bytes: &[u8], start: usize, end: usize) -> Long {
    let word = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("a range of eight is eight long"));
    let length = (end - start) as u64;
    [word(start), word(start + 8), word(end - 14), word(end - 8) >> 16 | length << 48]
}

impl Entry for Long {
    const NONE: Self = [0; 4];

    #[inline(always)]
    fn places(&self, entries: usize) -> [usize; 2] {
        let [a, b, c, d] = *self;
        let first = fold(a ^ 0x9E37_79B9_7F4A_7C15, b ^ 0xD6E8_FEB8_6659_FD93);
        let last = fold(c ^ 0xD6E8_FEB8_6659_FD93, d & !(0xFF << COUNT_AT) ^ 0x9E37_79B9_7F4A_7C15);
        let hash = first.rotate_left(17) ^ last;
        [hash as usize, (hash >> 32) as usize].map(|place| place & (entries - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_is_remembered_only_as_itself_wherever_it_stands() {
        let mut memo = Memo::new(Whose::new(), 1 << 20);
        let text: Vec<u8> = (0..60).map(|i| b'a' + i % 23).chain([0, 0, 0]).collect();
        for length in 1..=40 {
            memo.put(&text, 3, 3 + length, length);
            let alone = &text[3..3 + length];
            let expected = (length <= 30).then_some(length);
            assert_eq!(memo.get(&text, 3, 3 + length), expected);
            assert_eq!(memo.get(alone, 0, length), expected, "at the end of the text too");
            for changed in 0..length {
                let mut other = alone.to_vec();
                other[changed] ^= 1;
                assert_eq!(memo.get(&other, 0, length), None, "{length} {changed}");
            }
        }
        let mut memo = Memo::new(Whose::new(), 1);
        for byte in 1..=255 {
            let mut segment = [0; 20];
            segment[0] = byte;
            memo.put(&segment, 0, 3, 2);
            for length in (1..=15).filter(|&length| length != 3) {
                assert_eq!(memo.get(&segment, 0, length), None, "the zeros of {length} are not those of 3");
            }
        }
        let zeros = [0; 40];
        assert_eq!(memo.get(&zeros, 0, 9), None);
    }

    #[test]
    fn it_grows_with_what_it_holds_to_a_bound() {
        let mut memo = Memo::new(Whose::new(), 1);
        let segment = |i: u32, length: usize| -> Vec<u8> { i.to_le_bytes().repeat(8)[..length].to_vec() };
        for length in [6, 20] {
            for i in 0..2_000 {
                memo.put(&segment(i, length), 0, length, 2 + i as usize % 4);
            }
            let counts = (0..2_000).filter_map(|i| Some((i, memo.get(&segment(i, length), 0, length)?)));
            let kept = counts.inspect(|&(i, count)| assert_eq!(count, 2 + i as usize % 4)).count();
            assert!(kept > 1_950, "{kept} of 2,000 {length}");
        }
        for i in 0..1 << 20 {
            memo.put(&segment(i, 6), 0, 6, 2);
            memo.put(&segment(i, 20), 0, 20, 2);
        }
        assert_eq!(size_of_val(&*memo.short.entries), MOST);
        assert_eq!(size_of_val(&*memo.long.entries), MOST);
    }
}
