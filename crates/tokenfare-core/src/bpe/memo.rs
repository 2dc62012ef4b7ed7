//! A bounded memory of segments that had to be merged and what they counted, kept by each thread from text to text.
//!
//! Short texts do without: it is asked for only where a text is worth it.

use super::ranks::{INLINE, Key, fold};
use crate::simd::{COUNT_BITS, Remembered, recall, remembered_at};
use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

/// Keeps the counts of segments of up to thirty bytes. A new one takes the place of the old one it meets: nothing grows.
pub(crate) struct Memo {
    /// Up to fifteen bytes, words of most languages: their keys, with the count in the upper half of the last byte.
    short: Box<[Remembered]>,
    /// Up to thirty: words of those with two bytes a letter or more.
    long: Box<[Long]>,
    /// Whose tokens they count, and how much of its text has been seen.
    whose: Whose,
    seen: usize,
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

/// The most bytes of text that one entry is made for: a new word that has to be merged comes every hundred to three
/// hundred bytes.
const BYTES_AN_ENTRY: usize = 128;

/// The most entries of each kind: four mebibytes of short ones, and as much of long ones.
const MOST: usize = 1 << 18;

/// The least that is worth asking memory for.
const LEAST: usize = 1 << 8;

thread_local! {
    /// What this thread remembers, where nobody is at it.
    static KEPT: Cell<Option<Memo>> = const { Cell::new(None) };
}

/// Gives back what this thread remembers of the words it has counted: eight mebibytes at most.
///
/// Words that are no token are remembered, with their counts and for one encoding at a time, by each thread that counts texts
/// of four kibibytes or more. Nothing is wrong with forgetting them but the time to count them again.
pub fn forget() {
    KEPT.take();
}

impl Memo {
    /// A text shorter than this is not worth a memory.
    pub(crate) const WORTH: usize = 1 << 12;

    /// The longest segment that is remembered.
    pub(super) const LONGEST: usize = 30;

    /// Does `work` on so many bytes of text with what this thread remembers of a vocabulary, if the text is worth it.
    pub(crate) fn with<R>(whose: Whose, length: usize, work: impl FnOnce(Option<&mut Self>) -> R) -> R {
        if length < Self::WORTH {
            return work(None);
        }
        // It is taken, and not borrowed: a thread may come here from within, and then has none.
        let kept = KEPT.try_with(Cell::take).ok().flatten();
        let mut memo = match kept.filter(|memo| memo.whose == whose) {
            Some(memo) => memo.after(length),
            None => Self::new(whose, length),
        };
        let result = work(Some(&mut memo));
        // A thread that ends has nothing to keep it in.
        let _ = KEPT.try_with(|kept| kept.set(Some(memo)));
        result
    }

    /// A memory for so many bytes of text.
    fn new(whose: Whose, seen: usize) -> Self {
        let entries = entries(seen);
        Self { short: vec![[0; 2]; entries].into(), long: vec![[0; 4]; entries / 2].into(), whose, seen }
    }

    /// This memory, or a larger one with the same in it if more text has been seen than it was made for.
    fn after(mut self, length: usize) -> Self {
        self.seen = self.seen.saturating_add(length);
        if entries(self.seen) <= self.short.len() {
            return self;
        }
        let mut larger = Self::new(self.whose, self.seen);
        for &[low, high] in self.short.iter().filter(|entry| entry[1] != 0) {
            let key = Key { low, high: high & u64::MAX >> COUNT_BITS };
            larger.short[remembered_at(key, larger.short.len())] = [low, high];
        }
        for &entry in self.long.iter().filter(|entry| entry[3] != 0) {
            let [a, b, c, d] = entry;
            let place = long_place(&[a, b, c, d & u64::MAX >> 8], larger.long.len());
            larger.long[place] = entry;
        }
        larger
    }

    /// What is remembered of segments of up to fifteen bytes.
    #[inline(always)]
    pub(super) fn short(&self) -> &[Remembered] {
        &self.short
    }

    /// The count of `bytes[start..end]`, if it is remembered.
    #[inline(always)]
    pub(super) fn get(&self, bytes: &[u8], start: usize, end: usize) -> Option<usize> {
        let count = match end - start {
            0..=INLINE => {
                let key = Key::within(bytes, start, end);
                recall(self.short[remembered_at(key, self.short.len())], key)
            }
            16..=Self::LONGEST => {
                let wanted = long(bytes, start, end);
                let found = self.long[long_place(&wanted, self.long.len())];
                let count = found[3] >> COUNT_AT;
                if found[..3] == wanted[..3] && found[3] ^ wanted[3] == count << COUNT_AT { count } else { 0 }
            }
            _ => 0,
        };
        (count > 0).then_some(count as usize)
    }

    /// Remembers the count of `bytes[start..end]`, if it is short enough.
    #[inline(always)]
    pub(super) fn put(&mut self, bytes: &[u8], start: usize, end: usize, count: usize) {
        // A segment has at most as many tokens as bytes.
        match end - start {
            0..=INLINE => {
                let key = Key::within(bytes, start, end);
                let place = remembered_at(key, self.short.len());
                self.short[place] = [key.low, key.high | (count as u64) << (64 - COUNT_BITS)];
            }
            16..=Self::LONGEST => {
                let mut new = long(bytes, start, end);
                let place = long_place(&new, self.long.len());
                new[3] |= (count as u64) << COUNT_AT;
                self.long[place] = new;
            }
            _ => {}
        }
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

/// Where an entry stands among `entries`, a power of two.
#[inline(always)]
fn long_place(entry: &Long, entries: usize) -> usize {
    let first = fold(entry[0] ^ 0x9E37_79B9_7F4A_7C15, entry[1] ^ 0xD6E8_FEB8_6659_FD93);
    let last = fold(entry[2] ^ 0xD6E8_FEB8_6659_FD93, entry[3] ^ 0x9E37_79B9_7F4A_7C15);
    (first.rotate_left(17) ^ last) as usize & (entries - 1)
}

/// Entries for so many bytes of text.
fn entries(seen: usize) -> usize {
    (seen / BYTES_AN_ENTRY).clamp(LEAST, MOST).next_power_of_two()
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
    fn a_thread_remembers_for_one_vocabulary_at_a_time_and_grows_to_a_bound() {
        let (one, other) = (Whose::new(), Whose::new());
        let remembers = |whose, length| {
            Memo::with(whose, length, |memo| memo.map(|memo| (memo.get(b"abc", 0, 3).is_some(), memo.short.len())))
        };
        let remember =
            |whose| Memo::with(whose, Memo::WORTH, |memo| memo.expect("it is worth it").put(b"abc", 0, 3, 2));
        std::thread::spawn(move || {
            assert_eq!(remembers(one, Memo::WORTH - 1), None);
            remember(one);
            assert_eq!(remembers(one, Memo::WORTH), Some((true, LEAST)));
            assert_eq!(remembers(other, Memo::WORTH), Some((false, LEAST)));
            assert_eq!(remembers(one, Memo::WORTH), Some((false, LEAST)), "the other took its place");
            remember(one);
            Memo::with(one, Memo::WORTH, |_| assert_eq!(remembers(one, Memo::WORTH), Some((false, LEAST))));
            remember(one);
            assert_eq!(remembers(one, 1 << 20), Some((true, 1 << 14)), "a larger one");
            assert_eq!(remembers(one, usize::MAX), Some((true, MOST)));
            remember(one);
            forget();
            assert_eq!(remembers(one, Memo::WORTH), Some((false, LEAST)));
        })
        .join()
        .expect("nothing failed");
    }
}
