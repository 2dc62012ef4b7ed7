//! The class of a character, as the split patterns see it: Unicode 16.0.0, one bit a class.

mod tables;

/// A class of characters, or a set of classes: what a split pattern writes as `\p{…}`, `\s` or a bracket.
///
/// The nine classes share no character, so a set is the sum of its members.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Class(u8);

impl Class {
    /// `\p{Lu}` and `\p{Lt}`.
    pub(crate) const UPPER: Self = Self(1);
    /// `\p{Ll}`.
    pub(crate) const LOWER: Self = Self(2);
    /// `\p{Lm}` and `\p{Lo}`: letters that have no case.
    pub(crate) const CASELESS: Self = Self(4);
    /// `\p{M}`.
    pub(crate) const MARK: Self = Self(8);
    /// `\p{N}`.
    pub(crate) const NUMBER: Self = Self(16);
    /// `\s` but `\r` and `\n`.
    pub(crate) const BLANK: Self = Self(32);
    /// `[\r\n]`.
    pub(crate) const NEWLINE: Self = Self(64);
    /// `\p{P}` and `\p{S}`.
    pub(crate) const SYMBOL: Self = Self(128);

    /// `\p{L}`.
    pub(crate) const LETTER: Self = Self::UPPER.or(Self::LOWER).or(Self::CASELESS);
    /// `\s`.
    pub(crate) const SPACE: Self = Self::BLANK.or(Self::NEWLINE);

    /// The classes of either set.
    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// One bit a class.
    #[cfg(target_arch = "x86_64")]
    pub(crate) const fn bits(self) -> u8 {
        self.0
    }

    /// Whether this one class belongs to `set`. The class of the rest (controls, unassigned) belongs to none.
    #[inline(always)]
    pub(crate) const fn is(self, set: Self) -> bool {
        self.0 & set.0 != 0
    }
}

/// The class of each ASCII byte, so that plain text never reaches the large table.
static ASCII: [u8; 128] = {
    let mut classes = [0; 128];
    let mut byte = 0;
    while byte < 128 {
        classes[byte] = tables::BLOCKS[tables::BLOCK_OF[0] as usize * 256 + byte];
        byte += 1;
    }
    classes
};

/// The class of a character.
pub(crate) fn class_of(character: char) -> Class {
    class_of_code(u32::from(character) as usize)
}

/// The class of a code point.
#[inline(always)]
fn class_of_code(code: usize) -> Class {
    Class(tables::BLOCKS[usize::from(tables::BLOCK_OF[code >> 8]) << 8 | code & 0xFF])
}

/// The two tables by which a class is found: the block of each 256 code points, and the classes of each block.
///
/// The blocks of code points below U+0800 are the first, in order.
#[cfg(target_arch = "x86_64")]
pub(crate) static TABLES: (&[u8; 4352], &[u8; tables::BLOCKS.len()]) = (&tables::BLOCK_OF, &tables::BLOCKS);

/// The class of the character that begins at `at`, and its length in bytes.
///
/// Every scanner steps through a text with this, so ASCII takes the short way.
#[inline(always)]
pub(crate) fn class_at(text: &str, at: usize) -> Option<(Class, usize)> {
    let first = *text.as_bytes().get(at)?;
    if first < 128 {
        return Some((Class(ASCII[usize::from(first)]), 1));
    }
    let (character, length) = wide_at(text.as_bytes(), at, first);
    Some((class_of_code(character), length))
}

/// The class of the character beyond ASCII that begins at `at`, all of whose bytes are there.
#[inline(always)]
pub(crate) fn class_within(bytes: &[u8], at: usize) -> Class {
    class_of_code(wide_at(bytes, at, bytes[at]).0)
}

/// Decodes the character of two to four bytes that begins at `at` with `first`.
#[inline(always)]
fn wide_at(bytes: &[u8], at: usize, first: u8) -> (usize, usize) {
    // A `str` holds whole characters, so the bytes after the first are there; 0 keeps the compiler from a panic path.
    let next = |i: usize| usize::from(bytes.get(at + i).copied().unwrap_or(0) & 0x3F);
    let first = usize::from(first);
    match first {
        0..0xE0 => ((first & 0x1F) << 6 | next(1), 2),
        0xE0..0xF0 => ((first & 0x0F) << 12 | next(1) << 6 | next(2), 3),
        // `min` because no `str` goes past U+10FFFF, which the compiler cannot know.
        _ => (((first & 0x07) << 18 | next(1) << 12 | next(2) << 6 | next(3)).min(0x10_FFFF), 4),
    }
}

/// Where the run of characters of `set` that begins at `at` ends.
#[inline(always)]
pub(crate) fn skip(text: &str, mut at: usize, set: Class) -> usize {
    while let Some((class, length)) = class_at(text, at)
        && class.is(set)
    {
        at += length;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_through_a_text_sees_every_character() {
        for character in (0..=0x10_FFFF).filter_map(char::from_u32) {
            let text = character.to_string();
            assert_eq!(class_at(&text, 0), Some((class_of(character), text.len())), "{character:?}");
        }
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn the_first_blocks_are_those_of_the_first_code_points() {
        assert_eq!(TABLES.0[..8], [0, 1, 2, 3, 4, 5, 6, 7]);
    }

    #[test]
    fn the_classes_are_those_of_the_standard_library_where_it_has_them() {
        for character in (0..=0x10_FFFF).filter_map(char::from_u32) {
            let class = class_of(character);
            assert_eq!(class.is(Class::SPACE), character.is_whitespace(), "{character:?}");
            assert_eq!(class.is(Class::NEWLINE), matches!(character, '\r' | '\n'), "{character:?}");
        }
    }
}
