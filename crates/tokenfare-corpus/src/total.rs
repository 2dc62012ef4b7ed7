//! What counts come to: totals, groups, and the share of a window.

use crate::document::{Counted, Name};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// The sum of many documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Total {
    /// How many documents were counted.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Their tokens; the most likely number where they are estimated.
    pub tokens: u64,
    /// No fewer.
    pub low: u64,
    /// No more.
    pub high: u64,
}

impl Total {
    /// Adds a document.
    pub fn add(&mut self, counted: Counted) {
        self.files += 1;
        self.bytes += counted.bytes;
        self.tokens += counted.tokens;
        self.low += counted.low;
        self.high += counted.high;
    }
}

/// What documents are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// What follows the last dot of the file name, as it is written; nothing if there is none.
    Extension,
    /// The directory the file is in.
    Directory,
}

/// Totals of groups.
#[derive(Debug)]
pub struct Groups {
    by: By,
    totals: BTreeMap<Name, Total>,
}

impl Groups {
    /// Makes groups without documents.
    #[must_use]
    pub fn new(by: By) -> Self {
        Self { by, totals: BTreeMap::new() }
    }

    /// Adds a document to its group; standard input is a group of its own.
    pub fn add(&mut self, name: &Name, counted: Counted) {
        let group = match (name, self.by) {
            (Name::Stdin, _) => Name::Stdin,
            (Name::Path(path), By::Extension) => Name::Path(path.extension().map(PathBuf::from).unwrap_or_default()),
            (Name::Path(path), By::Directory) => Name::Path(match path.parent() {
                Some(parent) if parent != Path::new("") => parent.to_owned(),
                _ => PathBuf::from("."),
            }),
        };
        self.totals.entry(group).or_default().add(counted);
    }

    /// Returns the groups, those with most tokens first.
    #[must_use]
    pub fn into_largest_first(self) -> Vec<(Name, Total)> {
        let mut groups: Vec<_> = self.totals.into_iter().collect();
        groups.sort_by_key(|(_, total)| std::cmp::Reverse(total.tokens));
        groups
    }
}

/// What part of a window so many tokens take.
///
/// Written as a decimal fraction, of as many places as are asked for (`{:.6}`, six if none are). Where it is rounded it
/// is rounded so that the answer to "does it fit" stays right: down if it does, up if it does not.
///
/// ```
/// use tokenfare_corpus::Share;
///
/// assert_eq!(Share::of(1_234, 128_000).unwrap().to_string(), "0.009640");
/// assert_eq!(format!("{:.2}", Share::of(127_999, 128_000).unwrap()), "0.99");
/// assert_eq!(format!("{:.2}", Share::of(128_001, 128_000).unwrap()), "1.01");
/// assert_eq!(Share::of(1_234, 128_000).unwrap().percent(), "0.96%");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    tokens: u64,
    window: u64,
}

impl Share {
    /// Returns the share; a window of nothing has none.
    #[must_use]
    pub fn of(tokens: u64, window: u64) -> Option<Self> {
        (window != 0).then_some(Self { tokens, window })
    }

    /// Says whether it is more than the whole window.
    #[must_use]
    pub fn is_over(self) -> bool {
        self.tokens > self.window
    }

    /// Writes the share in hundredths, with two decimals; what is more than nothing is never written as nothing.
    #[must_use]
    pub fn percent(self) -> String {
        match self.scaled(10_000) {
            0 if self.tokens > 0 => "<0.01%".to_owned(),
            scaled => format!("{}.{:02}%", scaled / 100, scaled % 100),
        }
    }

    fn scaled(self, scale: u128) -> u128 {
        let (tokens, window) = (u128::from(self.tokens) * scale, u128::from(self.window));
        if self.is_over() { tokens.div_ceil(window) } else { tokens / window }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Eighteen places of any count are within 128 bits.
        let places = f.precision().unwrap_or(6).min(18);
        let scale = (0..places).fold(1, |scale, _| scale * 10);
        let scaled = self.scaled(scale);
        write!(f, "{}", scaled / scale)?;
        if places > 0 {
            write!(f, ".{:0places$}", scaled % scale)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_one_only_of_a_full_window() {
        for (tokens, share, percent) in [
            (0, "0.000000", "0.00%"),
            (1, "0.000000", "<0.01%"),
            (300, "0.000100", "0.01%"),
            (2_999_999, "0.999999", "99.99%"),
            (3_000_000, "1.000000", "100.00%"),
            (3_000_001, "1.000001", "100.01%"),
            (9_000_000, "3.000000", "300.00%"),
        ] {
            let of = Share::of(tokens, 3_000_000).unwrap();
            assert_eq!((of.to_string().as_str(), of.percent().as_str()), (share, percent), "{tokens}");
            assert_eq!(of.is_over(), tokens > 3_000_000);
        }
        assert_eq!(Share::of(1, 0), None);
        assert_eq!(format!("{:.0}", Share::of(u64::MAX, 1).unwrap()), u64::MAX.to_string());
        assert_eq!(format!("{:.99}", Share::of(u64::MAX, 1).unwrap()), format!("{}.{}", u64::MAX, "0".repeat(18)));
    }

    #[test]
    fn groups_add_up_and_come_largest_first() {
        let path = |text: &str| Name::Path(text.into());
        let count = |tokens| Counted { bytes: 2 * tokens, tokens, low: tokens, high: tokens };
        let documents = [(path("a/x.rs"), 1), (path("y.md"), 5), (path("a/z.rs"), 2), (path("Makefile"), 4)];
        for (by, expected) in [
            (By::Extension, vec![("md", 1, 5), ("", 1, 4), ("rs", 2, 3), ("-", 1, 1)]),
            (By::Directory, vec![(".", 2, 9), ("a", 2, 3), ("-", 1, 1)]),
        ] {
            let mut groups = Groups::new(by);
            for (name, tokens) in &documents {
                groups.add(name, count(*tokens));
            }
            groups.add(&Name::Stdin, count(1));
            let groups = groups.into_largest_first();
            let flat: Vec<_> = groups.iter().map(|(name, total)| (name.to_text(), total.files, total.tokens)).collect();
            let expected: Vec<_> =
                expected.into_iter().map(|(name, files, tokens)| (name.into(), files, tokens)).collect();
            assert_eq!(flat, expected);
            assert!(groups.iter().all(|(_, total)| total.bytes == 2 * total.tokens));
        }
    }
}
