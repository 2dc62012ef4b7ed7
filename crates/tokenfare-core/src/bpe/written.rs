//! A bounded memory of segments that had to be merged and the tokens they came to.

use super::ranks::{INLINE, Key};
use super::table::{COUNT_AT, Entry, LONGEST, Long, Table, long};
use crate::simd::{COUNT_BITS, Missed, Pieces, RANK_BITS, Remembered};
use std::hint::select_unpredictable;

/// Keeps the tokens of segments of up to thirty bytes that come to few.
pub(crate) struct Written {
    short: Table<Short>,
    long: Table<LongOnes>,
}

/// The most tokens of a segment of up to fifteen bytes.
const FEW: usize = 6;

/// The most tokens that are remembered of any.
pub(super) const MOST: usize = 12;

/// Tokens in a word.
const A_WORD: usize = (u64::BITS / RANK_BITS) as usize;

/// A key with the number of its tokens, and they.
#[derive(Clone, Copy, PartialEq)]
struct With<K, const WORDS: usize>(K, [u64; WORDS]);

type Short = With<Remembered, { FEW / A_WORD }>;

type LongOnes = With<Long, { MOST / A_WORD }>;

impl<K: Entry, const WORDS: usize> Entry for With<K, WORDS> {
    const NONE: Self = Self(K::NONE, [0; _]);

    #[inline(always)]
    fn places(&self, entries: usize) -> [usize; 2] {
        self.0.places(entries)
    }
}

impl Written {
    /// A memory for so many bytes of text.
    pub(super) fn new(length: usize) -> Self {
        Self { short: Table::sized(length), long: Table::sized(length / 4) }
    }

    /// Has what is remembered of pieces that were missed brought near.
    #[inline(always)]
    pub(super) fn fetch(&self, pieces: Pieces<'_>, missed: &Missed, count: usize) {
        for (&piece, &Key { low, high }) in missed.numbers(count).iter().zip(missed.keys(count)) {
            let (start, end) = (pieces.begins[piece as usize] as usize, pieces.ends[piece as usize] as usize);
            match end - start {
                0..=INLINE => self.short.fetch(&With([low, high], [0; _])),
                16..=LONGEST => self.long.fetch(&With(long(pieces.text, start, end), [0; _])),
                _ => {}
            }
        }
    }

    /// Writes the tokens of `bytes[start..end]`, and whatever after them. Returns how many they are; 0 if they are not
    /// remembered.
    #[inline(always)]
    pub(super) fn get(&self, bytes: &[u8], start: usize, end: usize, tokens: &mut [u32; MOST]) -> usize {
        let count = match end - start {
            0..=INLINE => {
                let Key { low, high } = Key::within(bytes, start, end);
                let wanted: Remembered = [low, high];
                let same = |With(key, _): &Short| low == key[0] && high << COUNT_BITS == key[1] << COUNT_BITS;
                let [first, second] = wanted.places(self.short.entries.len()).map(|at| &self.short.entries[at]);
                let found = select_unpredictable(same(first), first, second);
                *tokens.first_chunk_mut().expect("there is room for more") = unpack::<FEW>(&found.1);
                if same(found) { found.0[1] >> (64 - COUNT_BITS) } else { 0 }
            }
            16..=LONGEST => {
                let wanted = long(bytes, start, end);
                let same = |With(key, _): &LongOnes| wanted[..3] == key[..3] && wanted[3] << 8 == key[3] << 8;
                let [first, second] = wanted.places(self.long.entries.len()).map(|at| &self.long.entries[at]);
                let found = select_unpredictable(same(first), first, second);
                *tokens = unpack(&found.1);
                if same(found) { found.0[3] >> COUNT_AT } else { 0 }
            }
            _ => 0,
        };
        count as usize
    }

    /// Remembers the tokens of `bytes[start..end]`, if it is short enough and they are few.
    pub(super) fn put(&mut self, bytes: &[u8], start: usize, end: usize, tokens: &[u32]) {
        if end - start > LONGEST || tokens.len() > MOST {
            return;
        }
        let mut all = [0; MOST];
        all[..tokens.len()].copy_from_slice(tokens);
        let count = tokens.len() as u64;
        let [a, b, c, d] = pack(&all);
        match end - start {
            0..=INLINE if tokens.len() <= FEW => {
                let Key { low, high } = Key::within(bytes, start, end);
                self.short.put(With([low, high | count << (64 - COUNT_BITS)], [a, b]));
            }
            16..=LONGEST => {
                let [first, second, third, last] = long(bytes, start, end);
                self.long.put(With([first, second, third, last | count << COUNT_AT], [a, b, c, d]));
            }
            _ => {}
        }
    }
}

fn pack(tokens: &[u32; MOST]) -> [u64; MOST / A_WORD] {
    std::array::from_fn(|word| {
        let tokens = tokens[word * A_WORD..][..A_WORD].iter().rev();
        tokens.fold(0, |word, &token| word << RANK_BITS | u64::from(token))
    })
}

#[inline(always)]
fn unpack<const N: usize>(words: &[u64]) -> [u32; N] {
    std::array::from_fn(|i| (words[i / A_WORD] >> (RANK_BITS as usize * (i % A_WORD))) as u32 & ((1 << RANK_BITS) - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_remembered_only_of_what_they_are_of() {
        let mut written = Written::new(1 << 20);
        let text: Vec<u8> = (0..60).map(|i| b'a' + i % 23).chain([0, 0, 0]).collect();
        for length in 1..=40 {
            for count in 1..=MOST + 1 {
                let tokens: Vec<u32> =
                    (0..count as u32).map(|i| (1 << RANK_BITS) - 1 - i * 1000 - length as u32).collect();
                // Another each time: it is not forgotten before its place is needed.
                let mut text = text.clone();
                text[3] = count as u8;
                written.put(&text, 3, 3 + length, &tokens);
                let mut found = [0; MOST];
                let most = if length <= INLINE { FEW } else { MOST };
                let expected = if count <= most && length <= LONGEST { count } else { 0 };
                assert_eq!(written.get(&text, 3, 3 + length, &mut found), expected, "{length} {count}");
                assert_eq!(found[..expected], tokens[..expected]);
                for changed in 3..3 + length {
                    text[changed] ^= 0x80;
                    assert_eq!(written.get(&text, 3, 3 + length, &mut found), 0);
                    text[changed] ^= 0x80;
                }
            }
        }
    }
}
