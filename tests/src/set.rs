//! Sets of characters, as a pattern writes them; `regex-syntax` says what is in them.

use regex_syntax::hir::{Class, HirKind};

/// A set of characters: a bit for each code point.
pub struct Set(Vec<u64>);

impl Set {
    /// Reads a character, an escape or a bracket; `fold` also takes in what differs only in case.
    ///
    /// # Panics
    ///
    /// If `written` is anything else.
    #[must_use]
    pub fn of(written: &str, fold: bool) -> Self {
        let hir = regex_syntax::ParserBuilder::new().case_insensitive(fold).build().parse(written);
        let mut set = Self(vec![0; 0x11_0000 / 64]);
        let mut add = |first: char, last: char| {
            (u32::from(first)..=u32::from(last)).for_each(|code| set.0[code as usize / 64] |= 1 << (code % 64));
        };
        match hir.expect("what is written is a pattern").kind() {
            HirKind::Class(Class::Unicode(class)) => class.iter().for_each(|range| add(range.start(), range.end())),
            HirKind::Class(Class::Bytes(class)) => {
                class.iter().for_each(|range| add(range.start().into(), range.end().into()));
            }
            HirKind::Literal(literal) => {
                let text = std::str::from_utf8(&literal.0).expect("a literal of a text pattern is text");
                text.chars().for_each(|character| add(character, character));
            }
            _ => unreachable!("what is written is one character, escape or bracket"),
        }
        set
    }

    /// Whether a character is in the set.
    #[must_use]
    pub fn holds(&self, character: char) -> bool {
        let code = u32::from(character);
        self.0[code as usize / 64] >> (code % 64) & 1 == 1
    }

    /// Returns the characters of the set, in order.
    pub fn members(&self) -> impl Iterator<Item = char> {
        (0..=0x10_FFFF).filter_map(char::from_u32).filter(|&character| self.holds(character))
    }
}
