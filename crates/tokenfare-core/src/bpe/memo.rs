//! A bounded memory of segments that had to be merged and what they counted, for the length of one call.

use super::ranks::Key;

/// Keeps the counts of short segments. A new one takes the place of the old one it meets: nothing grows.
pub(crate) struct Memo(Box<[[u64; 2]]>);

/// 128 KiB, which leaves the second-level cache to the tables.
const ENTRIES: usize = 1 << 13;

/// The lowest bit of the count in an entry's second word: a key's length takes the four bits below the top four.
const COUNT: u32 = 60;

impl Memo {
    /// A text shorter than this is not worth a memory of its own.
    pub(crate) const WORTH: usize = 1 << 14;

    pub(crate) fn new() -> Self {
        Self(vec![[0; 2]; ENTRIES].into_boxed_slice())
    }

    #[inline]
    pub(super) fn get(&self, key: Key) -> Option<usize> {
        let [low, high] = self.0[Self::entry(key)];
        let count = high >> COUNT;
        (count > 0 && [low, high & ((1 << COUNT) - 1)] == key.words()).then_some(count as usize)
    }

    #[inline]
    pub(super) fn put(&mut self, key: Key, count: usize) {
        let [low, high] = key.words();
        // A key has at most 15 bytes, and so at most 15 tokens.
        self.0[Self::entry(key)] = [low, high | (count as u64) << COUNT];
    }

    fn entry(key: Key) -> usize {
        key.hash() as usize % ENTRIES
    }
}
