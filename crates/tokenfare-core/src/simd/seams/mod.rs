//! The filter that says where a piece can be cut before it is merged: between two characters that no token bridges.
//!
//! It errs only towards "may": a cut that is not made costs time and no token. What it holds and why that is enough is
//! told in `bpe/bridge.rs`, which fills it.

#[cfg(target_arch = "x86_64")]
pub(super) mod avx2;
#[cfg(target_arch = "x86_64")]
pub(super) mod avx512;

/// The filter, borrowed.
#[derive(Clone, Copy)]
pub(crate) struct Filter<'a> {
    /// A bit for each hash of two characters that a token holds side by side, and for each of the last two bytes of a
    /// character and the first two of the next between which a token with a part of one has a seam. A power of two of words.
    bits: &'a [u32],
    /// What leaves of a hash the number of its bit.
    shift: u32,
    parts: &'a Parts,
}

/// What can be told without the filter of a seam before a character of three bytes, where a token has less than all of one of
/// the two. A bit for each two bytes that such a token has of it, four bits of the first and six of the second; and a bit for
/// each last byte of the character before, six bits of it, with each first byte.
pub(crate) type Parts = [u8; 256];

impl<'a> Filter<'a> {
    /// `None` if it is not the table of a filter.
    pub(crate) fn new(bits: &'a [u32], parts: &'a [u8]) -> Option<Self> {
        Some(Self { bits, shift: shift_of(bits.len())?, parts: parts.try_into().ok()? })
    }

    #[inline(always)]
    fn has(&self, hash: u32) -> bool {
        let bit = hash >> self.shift;
        // SAFETY: a number of thirty-two bits without the lowest `shift` is that of a bit, of thirty-two a word.
        let word = unsafe { *self.bits.get_unchecked(bit as usize / 32) };
        word >> (bit % 32) & 1 == 1
    }

    /// Whether some token may lie across the seam of these two characters of more than one byte each.
    #[inline(always)]
    pub(crate) fn may_bridge(&self, before: Character, after: Character) -> bool {
        self.has(hash_of(before.word, after.word)) | self.has(hash_of(before.tail(), after.head()))
    }
}

/// What leaves of a hash the number of a bit, of thirty-two in each of so many words.
pub(crate) fn shift_of(words: usize) -> Option<u32> {
    (words.is_power_of_two() && words <= 1 << 26).then(|| 32 - 5 - words.trailing_zeros())
}

const SEEDS: [u32; 2] = [0x9E37_79B1, 0x85EB_CA77];

/// The hash of two characters that stand side by side, or of their ends: no character is as small a number as an end.
#[inline(always)]
pub(crate) fn hash_of(before: u32, after: u32) -> u32 {
    before.wrapping_mul(SEEDS[0]).wrapping_add(after.wrapping_mul(SEEDS[1]))
}

/// A character by its bytes, and how many they are.
#[derive(Clone, Copy)]
pub(crate) struct Character {
    /// The first byte the highest.
    word: u32,
    pub(crate) length: usize,
}

impl Character {
    /// The character that begins at a place; none past the end.
    #[inline(always)]
    pub(crate) fn at(bytes: &[u8], at: usize) -> Self {
        let four = match bytes.get(at..at + 4) {
            Some(four) => u32::from_be_bytes(four.try_into().expect("four bytes are four bytes")),
            None => bytes.get(at..).unwrap_or(&[]).iter().zip([24, 16, 8, 0]).map(|(&b, by)| u32::from(b) << by).sum(),
        };
        let length = match four >> 24 {
            0..0x80 => 1,
            0x80..0xE0 => 2,
            0xE0..0xF0 => 3,
            _ => 4,
        };
        Self { word: four >> (32 - 8 * length), length }
    }

    /// Its first two bytes, six bits of each: see [`ends`].
    #[inline(always)]
    fn head(self) -> u32 {
        let head = self.word >> (8 * self.length as u32).saturating_sub(16);
        ends(head)
    }

    /// Its last two.
    #[inline(always)]
    fn tail(self) -> u32 {
        ends(self.word)
    }
}

/// Six bits of each of two bytes.
#[inline(always)]
pub(crate) fn ends(bytes: u32) -> u32 {
    bytes >> 2 & 63 << 6 | bytes & 63
}

/// The seams between some characters of three bytes each that follow one another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Seams {
    /// How many there are; after them comes something else, or what was not looked at.
    pub(crate) count: usize,
    /// A bit for each byte from the first character on, set where that and the one before are cut apart.
    pub(crate) cuts: u64,
}

/// The most seams that are looked at together.
pub(crate) const SEAMS: usize = 16;

/// [`super::Machine::seams`], one after the other.
#[inline(always)]
pub(super) fn seams(filter: &Filter<'_>, text: &[u8], at: usize) -> Seams {
    let mut seams = Seams { count: 0, cuts: 0 };
    let mut before = Character::at(text, at);
    while seams.count < SEAMS {
        let next = 3 * (seams.count + 1);
        let after = Character::at(text, at + next);
        if before.length != 3 || after.length != 3 {
            break;
        }
        seams.cuts |= u64::from(!filter.may_bridge(before, after)) << next;
        seams.count += 1;
        before = after;
    }
    seams
}
