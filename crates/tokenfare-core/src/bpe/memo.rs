//! A bounded memory of segments that had to be merged and what they counted, for the length of one call.

use super::ranks::fold;

/// Keeps the counts of segments of up to thirty bytes. A new one takes the place of the old one it meets: nothing grows.
pub(crate) struct Memo {
    /// Up to fourteen bytes: words of most languages.
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

    /// The count of `bytes[start..end]`, if it is remembered.
    #[inline(always)]
    pub(super) fn get(&self, bytes: &[u8], start: usize, end: usize) -> Option<usize> {
        let count = match end - start {
            0..=14 => lookup(&self.short, short(bytes, start, end)),
            15..=30 => lookup(&self.long, long(bytes, start, end)),
            _ => 0,
        };
        (count > 0).then_some(usize::from(count))
    }

    /// Remembers the count of `bytes[start..end]`, if it is short enough.
    #[inline(always)]
    pub(super) fn put(&mut self, bytes: &[u8], start: usize, end: usize, count: usize) {
        // A segment has at most as many tokens as bytes.
        match end - start {
            0..=14 => keep(&mut self.short, short(bytes, start, end), count as u8),
            15..=30 => keep(&mut self.long, long(bytes, start, end), count as u8),
            _ => {}
        }
    }
}

/// The entry of up to fourteen bytes: they, zeros, their number, and a place for the count.
#[inline(always)]
fn short(bytes: &[u8], start: usize, end: usize) -> [u8; 16] {
    let length = end - start;
    let all = match bytes.get(start..start + 16) {
        // One load, where a copy of so many bytes would be written piece by piece and read at once.
        Some(all) => u128::from_le_bytes(all.try_into().expect("a range of sixteen is sixteen long")),
        None => {
            let mut all = [0; 16];
            all[..length].copy_from_slice(&bytes[start..end]);
            u128::from_le_bytes(all)
        }
    };
    (all & ((1 << (8 * length)) - 1) | (length as u128) << 112).to_le_bytes()
}

/// The entry of fifteen to thirty bytes: their first and last fifteen, which overlap, their number, and a place for the count.
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
        let zeros = [0; 40];
        assert_eq!(memo.get(&zeros, 0, 9), None);
    }
}
