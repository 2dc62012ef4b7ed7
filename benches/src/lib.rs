//! Texts that the benches are run on, made here so that anyone with a clone can repeat them.
#![forbid(unsafe_code)]

/// A text, and what it shows.
#[derive(Debug, Clone)]
pub struct Corpus {
    /// What it is called in the results.
    pub name: &'static str,
    /// The text.
    pub text: String,
}

/// A small generator of numbers, the same on every machine (xorshift64).
#[derive(Debug, Clone)]
pub struct Numbers(u64);

impl Numbers {
    /// Begins at a seed.
    #[must_use]
    pub fn from_seed(seed: u64) -> Self {
        Self(seed | 1)
    }

    /// Returns a number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % limit
    }

    /// Returns one of the characters from `first` to `last`.
    pub fn character(&mut self, first: char, last: char) -> char {
        let (first, last) = (u32::from(first), u32::from(last));
        char::from_u32(first + self.below((last - first + 1) as usize) as u32).unwrap_or(' ')
    }
}

/// Texts of about `bytes` bytes each: prose and code of this repository, repeated with other numbers in them, and made-up CJK.
#[must_use]
pub fn corpora(bytes: usize) -> Vec<Corpus> {
    let prose = [include_str!("../../README.md"), include_str!("../../DESIGN.md")].concat();
    let code = include_str!("../../crates/tokenfare-core/src/encoding.rs");
    let mut numbers = Numbers::from_seed(7);
    let han: String =
        (0..2_000).map(|i| if i % 17 == 16 { '。' } else { numbers.character('\u{4E00}', '\u{5FFF}') }).collect();
    [("prose", prose.as_str()), ("code", code), ("cjk", han.as_str())]
        .into_iter()
        .map(|(name, source)| {
            let mut text = String::new();
            while text.len() < bytes {
                text.push_str(source);
                text.push_str(&format!(" {}\n", numbers.below(1_000_000)));
            }
            Corpus { name, text }
        })
        .collect()
}

/// Hostile texts of about `bytes` bytes: runs without an end to their only word.
#[must_use]
pub fn hostile(bytes: usize) -> Vec<Corpus> {
    let mut numbers = Numbers::from_seed(11);
    let repeat = |what: &str| what.repeat(bytes / what.len());
    let mut random = |first, last| {
        let mut text = String::new();
        while text.len() < bytes {
            text.push(numbers.character(first, last));
        }
        text
    };
    [
        ("spaces", repeat(" ")),
        ("spaces and a letter", repeat(" ") + "b"),
        ("one letter", repeat("a")),
        ("newlines", repeat("\n")),
        ("space and newline", repeat(" \n")),
        ("random a-z, one word", random('a', 'z')),
        ("random A-Z, one word", random('A', 'Z')),
        ("the the the", repeat("the")),
        ("exclamation marks", repeat("!")),
        ("random digits", random('0', '9')),
        ("one emoji", repeat("\u{1F600}")),
        ("e and accents", format!("e{}", repeat("\u{301}"))),
        ("random Han", random('\u{4E00}', '\u{9FA5}')),
        ("one Han character", repeat("一")),
        ("random Thai", random('\u{E01}', '\u{E2E}')),
        ("one Georgian letter", repeat("რ")),
        ("zeros", repeat("\0")),
        ("aA", repeat("aA")),
    ]
    .into_iter()
    .map(|(name, text)| Corpus { name, text })
    .collect()
}
