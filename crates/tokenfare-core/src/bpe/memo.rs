//! A bounded memory of segments that had to be merged and what they counted, for the length of one call.

use super::ranks::{INLINE, Key, fold};

/// Keeps the counts of segments of up to thirty bytes. A new one takes the place of the old one it meets: nothing grows.
pub(crate) struct Memo {
    /// Up to fifteen bytes, words of most languages: their keys, with the count in the upper half of the last byte.
    short: Box<[[u64; 2]]>,
    /// Up to thirty: words of those with two bytes a letter or more.
    long: Box<[[u8; 32]]>,
}

/// The most bytes of a text that one entry is made for: a new word that has to be merged comes every hundred to three
/// hundred bytes.
const BYTES_AN_ENTRY: usize = 128;

/// A quarter of a mebibyte of short entries and as much of long ones: the second-level cache is the tables' too.
const MOST: usize = 1 << 14;

/// The least that is worth asking memory for.
const LEAST: usize = 1 << 8;

impl Memo {
    /// A text shorter than this is not worth a memory of its own.
    pub(crate) const WORTH: usize = 1 << 12;

    /// A memory for so many bytes of text.
    pub(crate) fn for_text(length: usize) -> Self {
        let entries = (length / BYTES_AN_ENTRY).next_power_of_two().clamp(LEAST, MOST);
        Self { short: vec![[0; 2]; entries].into(), long: vec![[0; 32]; entries / 2].into() }
    }

    /// The count of `bytes[start..end]`, if it is remembered.
    #[inline(always)]
    pub(super) fn get(&self, bytes: &[u8], start: usize, end: usize) -> Option<usize> {
        let count = match end - start {
            0..=INLINE => {
                let key = Key::within(bytes, start, end);
                let [low, high] = self.short[short_place(key, self.short.len())];
                let same = low == key.low && high << COUNT_BITS == key.high << COUNT_BITS;
                if same { high >> (64 - COUNT_BITS) } else { 0 }
            }
            16..=30 => u64::from(lookup(&self.long, long(bytes, start, end))),
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
                let place = short_place(key, self.short.len());
                self.short[place] = [key.low, key.high | (count as u64) << (64 - COUNT_BITS)];
            }
            16..=30 => keep(&mut self.long, long(bytes, start, end), count as u8),
            _ => {}
        }
    }
}

/// The length of a short segment and its count share a byte.
const COUNT_BITS: u32 = 4;
const _: () = assert!(INLINE < 1 << COUNT_BITS);

/// Where a key stands among `entries`, a power of two: by bits of its hash that do not place it in the table of tokens.
#[inline(always)]
fn short_place(key: Key, entries: usize) -> usize {
    (key.hash() >> 24) as usize & (entries - 1)
}

/// The entry of sixteen to thirty bytes: their first and last fifteen, which overlap, their number, and a place for the count.
#[inline(always)]
fn long(bytes: &[u8], start: usize, end: usize) -> [u8; 32] {
    let mut entry = [0; 32];
    entry[..15].copy_from_slice(&bytes[start..start + 15]);
    entry[15..30].copy_from_slice(&bytes[end - 15..end]);
    entry[30] = (end - start) as u8;
    entry
}

/// Where an entry stands among `entries`, a power of two.
#[inline(always)]
fn place<const N: usize>(entry: &[u8; N], entries: usize) -> usize {
    let words = entry.chunks_exact(16).map(|pair| {
        let word = |half: &[u8]| u64::from_le_bytes(half.try_into().expect("half of sixteen bytes is eight"));
        fold(word(&pair[..8]) ^ 0x9E37_79B9_7F4A_7C15, word(&pair[8..]) ^ 0xD6E8_FEB8_6659_FD93)
    });
    words.fold(0_u64, |hash, word| hash.rotate_left(17) ^ word) as usize & (entries - 1)
}

#[inline(always)]
fn lookup<const N: usize>(entries: &[[u8; N]], mut wanted: [u8; N]) -> u8 {
    let found = entries[place(&wanted, entries.len())];
    // The last byte is the count, which is not looked for.
    wanted[N - 1] = found[N - 1];
    if found == wanted { found[N - 1] } else { 0 }
}

#[inline(always)]
fn keep<const N: usize>(entries: &mut [[u8; N]], mut new: [u8; N], count: u8) {
    let place = place(&new, entries.len());
    new[N - 1] = count;
    entries[place] = new;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_is_remembered_only_as_itself_wherever_it_stands() {
        let mut memo = Memo::for_text(1 << 20);
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
        let mut memo = Memo::for_text(1);
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
}
