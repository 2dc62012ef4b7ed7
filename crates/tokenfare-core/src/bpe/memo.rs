//! A bounded memory of segments that had to be merged and what they counted, for the length of one call.

use super::ranks::fold;

/// Keeps the counts of segments of up to thirty bytes. A new one takes the place of the old one it meets: nothing grows.
pub(crate) struct Memo {
    /// Up to fourteen bytes, their number, the count: words of most languages.
    short: Box<[[u8; 16]]>,
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
        Self { short: vec![[0; 16]; entries].into(), long: vec![[0; 32]; entries / 2].into() }
    }

    /// The count of a segment, if it is remembered.
    #[inline]
    pub(super) fn get(&self, segment: &[u8]) -> Option<usize> {
        let count = match segment.len() {
            0..=14 => lookup(&self.short, segment),
            15..=30 => lookup(&self.long, segment),
            _ => 0,
        };
        (count > 0).then_some(usize::from(count))
    }

    /// Remembers the count of a segment, if it is short enough.
    #[inline]
    pub(super) fn put(&mut self, segment: &[u8], count: usize) {
        // A segment has at most as many tokens as bytes.
        match segment.len() {
            0..=14 => keep(&mut self.short, segment, count as u8),
            15..=30 => keep(&mut self.long, segment, count as u8),
            _ => {}
        }
    }
}

/// An entry: the bytes of a segment, zeros, and in the last two places their number and the count.
fn entry<const N: usize>(segment: &[u8]) -> [u8; N] {
    let mut entry = [0; N];
    entry[..segment.len()].copy_from_slice(segment);
    entry[N - 2] = segment.len() as u8;
    entry
}

/// Where an entry stands among `entries`, a power of two.
fn place<const N: usize>(entry: &[u8; N], entries: usize) -> usize {
    let words = entry.chunks_exact(16).map(|pair| {
        let word = |half: &[u8]| u64::from_le_bytes(half.try_into().expect("half of sixteen bytes is eight"));
        fold(word(&pair[..8]) ^ 0x9E37_79B9_7F4A_7C15, word(&pair[8..]) ^ 0xD6E8_FEB8_6659_FD93)
    });
    words.fold(0_u64, |hash, word| hash.rotate_left(17) ^ word) as usize & (entries - 1)
}

#[inline]
fn lookup<const N: usize>(entries: &[[u8; N]], segment: &[u8]) -> u8 {
    let wanted: [u8; N] = entry(segment);
    let found = &entries[place(&wanted, entries.len())];
    if found[..N - 1] == wanted[..N - 1] { found[N - 1] } else { 0 }
}

#[inline]
fn keep<const N: usize>(entries: &mut [[u8; N]], segment: &[u8], count: u8) {
    let mut new: [u8; N] = entry(segment);
    let place = place(&new, entries.len());
    new[N - 1] = count;
    entries[place] = new;
}
