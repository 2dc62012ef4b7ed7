//! The catalog in memory: rows in arrays, and positions in place of pointers.
//!
//! Nothing in it has to be parsed, allocated or relocated, so the bundled one is used where the program was mapped.

use crate::date::Date;
use crate::rate::{Rate, Ratio};
use crate::word::{Effort, Kind, Meter, Reasoning, Tier};
use std::borrow::Cow;

/// A stretch: where it begins, and in the lowest bits how long it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stretch(u32);

impl Stretch {
    const LENGTH_BITS: u32 = 10;

    /// None if it is too far or too long.
    #[cfg(feature = "read")]
    fn new(start: usize, length: usize) -> Option<Self> {
        let fits = start < 1 << (32 - Self::LENGTH_BITS) && length < 1 << Self::LENGTH_BITS;
        fits.then_some(Self((start as u32) << Self::LENGTH_BITS | length as u32))
    }

    fn range(self) -> std::ops::Range<usize> {
        let start = (self.0 >> Self::LENGTH_BITS) as usize;
        start..start + (self.0 & ((1 << Self::LENGTH_BITS) - 1)) as usize
    }
}

/// A text: a stretch of [`Table::texts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Text(pub(crate) u32);

impl Text {
    #[cfg(feature = "read")]
    pub(crate) const NONE: Self = Self(0);

    /// The text of so many bytes from there on; none if it is too far or too long.
    #[cfg(feature = "read")]
    pub(crate) fn new(start: usize, length: usize) -> Option<Self> {
        Stretch::new(start, length).map(|stretch| Self(stretch.0))
    }

    fn range(self) -> std::ops::Range<usize> {
        Stretch(self.0).range()
    }
}

/// Rows of another array, which follow one another: a stretch of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rows(pub(crate) u32);

impl Rows {
    /// So many rows from there on; none if they are too far or too many.
    #[cfg(feature = "read")]
    pub(crate) fn new(first: usize, count: usize) -> Option<Self> {
        Stretch::new(first, count).map(|stretch| Self(stretch.0))
    }

    #[cfg(feature = "read")]
    pub(crate) fn range(self) -> std::ops::Range<usize> {
        Stretch(self.0).range()
    }

    pub(crate) fn of<T>(self, all: &[T]) -> &[T] {
        all.get(Stretch(self.0).range()).unwrap_or_default()
    }
}

/// A number that is not there.
pub(crate) const NONE: u32 = u32::MAX;

/// The arrays.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) texts: Cow<'static, str>,
    /// In order of id.
    pub(crate) providers: Cow<'static, [ProviderRow]>,
    /// What others call the providers.
    pub(crate) provider_names: Cow<'static, [(Text, u32)]>,
    /// In order of id, and of provider.
    pub(crate) models: Cow<'static, [ModelRow]>,
    pub(crate) aliases: Cow<'static, [AliasRow]>,
    pub(crate) former: Cow<'static, [FormerRow]>,
    pub(crate) prices: Cow<'static, [PriceRow]>,
    pub(crate) cards: Cow<'static, [CardRow]>,
    pub(crate) rates: Cow<'static, [RateRow]>,
    /// In order of name, of kind and name of provider, and of date.
    pub(crate) names: Cow<'static, [NameRow]>,
    /// Where the first row of a name is, by the hash of the name; [`NONE`] is empty. A power of two of them.
    pub(crate) index: Cow<'static, [u32]>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct ProviderRow {
    pub(crate) id: Text,
    pub(crate) kind: Kind,
    pub(crate) as_of: Date,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct ModelRow {
    pub(crate) id: Text,
    pub(crate) provider: u32,
    pub(crate) encoding: Text,
    pub(crate) tokenizer: Text,
    pub(crate) limits: Limits,
    pub(crate) dimensions: u32,
    pub(crate) endpoints: u32,
    pub(crate) takes: u8,
    pub(crate) gives: u8,
    pub(crate) efforts: u8,
    pub(crate) default_effort: Option<Effort>,
    pub(crate) reasoning: Option<Reasoning>,
    pub(crate) inferred: bool,
    pub(crate) resold: bool,
    pub(crate) knowledge_cutoff: Text,
    pub(crate) replaced_by: Text,
    pub(crate) released: Option<Date>,
    pub(crate) deprecated: Option<Date>,
    pub(crate) retired: Option<Date>,
    pub(crate) aliases: Rows,
    pub(crate) former: Rows,
    pub(crate) prices: Rows,
}

/// How many tokens; [`NONE`] is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    pub(crate) context_window: u32,
    pub(crate) max_input: u32,
    pub(crate) max_output: u32,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct AliasRow {
    pub(crate) name: Text,
    pub(crate) from: Option<Date>,
    pub(crate) until: Option<Date>,
    pub(crate) effort: Option<Effort>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct FormerRow {
    pub(crate) until: Date,
    pub(crate) limits: Limits,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct PriceRow {
    pub(crate) from: Date,
    pub(crate) after: Option<Date>,
    pub(crate) until: Option<Date>,
    pub(crate) checked: Date,
    /// A line each.
    pub(crate) sources: Text,
    pub(crate) cards: Rows,
    pub(crate) rates: Rows,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct CardRow {
    pub(crate) tier: Option<Tier>,
    /// Tokens of the prompt, [`NONE`] is any number.
    pub(crate) over: u32,
    pub(crate) inclusive: bool,
    /// Minutes of the day, from one to before the other.
    pub(crate) hours: Option<(u16, u16)>,
    pub(crate) region: Text,
    pub(crate) multiplier: Option<Ratio>,
    pub(crate) rates: Rows,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct RateRow {
    pub(crate) meter: Meter,
    pub(crate) detail: Text,
    pub(crate) rate: Rate,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct NameRow {
    pub(crate) name: Text,
    pub(crate) model: u32,
    /// Which of all aliases; [`NONE`] for an id.
    pub(crate) alias: u32,
}

impl Table {
    pub(crate) fn text(&self, text: Text) -> &str {
        self.texts.get(text.range()).unwrap_or_default()
    }

    /// A text that may be missing.
    pub(crate) fn optional(&self, text: Text) -> Option<&str> {
        Some(self.text(text)).filter(|text| !text.is_empty())
    }

    /// The rows of a name, of all providers.
    pub(crate) fn rows(&self, name: &str) -> &[NameRow] {
        let mut at = hash(name) as usize;
        loop {
            let Some(&first) = self.index.get(at & self.index.len().wrapping_sub(1)) else { return &[] };
            let Some(rows) = self.names.get(first as usize..) else { return &[] };
            let same = |row: &NameRow| self.texts.as_bytes().get(row.name.range()) == Some(name.as_bytes());
            if rows.first().is_some_and(same) {
                let end = rows.iter().position(|row| !same(row)).unwrap_or(rows.len());
                return &rows[..end];
            }
            at += 1;
        }
    }

    /// The provider of a name.
    pub(crate) fn provider(&self, name: &str) -> Option<u32> {
        let found = self.provider_names.binary_search_by(|&(known, _)| self.text(known).cmp(name)).ok()?;
        Some(self.provider_names[found].1)
    }
}

/// The hash of a name: eight bytes at a time, multiplied and folded. It is part of the bundled table, which is laid out by it.
pub(crate) fn hash(name: &str) -> u32 {
    const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;
    let mix = |hash: u64, bytes: u64| {
        let hash = (hash ^ bytes).wrapping_mul(MULTIPLIER);
        hash ^ hash >> 32
    };
    let (words, rest) = name.as_bytes().as_chunks::<8>();
    let hash = words.iter().fold(name.len() as u64, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    mix(hash, rest.iter().fold(0, |bits, byte| bits << 8 | u64::from(*byte))) as u32
}
