//! The texts: kinds of ordinary writing, and hostile ones.

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

    /// Returns a number below `limit`, the smaller the more often, as words and characters are used.
    pub fn often_small(&mut self, limit: usize) -> usize {
        let below = self.below(limit) + 1;
        self.below(below)
    }

    /// Returns one of the characters from `first` to `last`.
    pub fn character(&mut self, first: char, last: char) -> char {
        let (first, last) = (u32::from(first), u32::from(last));
        char::from_u32(first + self.below((last - first + 1) as usize) as u32).unwrap_or(' ')
    }

    /// Returns so many of the characters from `first` to `last`.
    fn word(&mut self, first: char, last: char, length: usize) -> String {
        (0..length).map(|_| self.character(first, last)).collect()
    }
}

/// Ordinary texts of about `bytes` bytes each. None repeats itself: in a text that does, every word has been seen after its
/// first page, and any memory of words looks better than it is.
#[must_use]
pub fn corpora(bytes: usize) -> Vec<Corpus> {
    let prose = concat!(
        include_str!("../../README.md"),
        include_str!("../../DESIGN.md"),
        include_str!("../../CONTRIBUTING.md"),
        include_str!("../../tests/README.md")
    );
    let code = concat!(
        include_str!("../../crates/tokenfare-core/src/encoding.rs"),
        include_str!("../../crates/tokenfare/src/model.rs"),
        include_str!("../../tests/python/test_tiktoken.py")
    );
    let mut numbers = Numbers::from_seed(7);
    vec![
        Corpus { name: "prose", text: reworded(prose, bytes, &mut numbers) },
        Corpus { name: "code", text: reworded(code, bytes, &mut numbers) },
        Corpus { name: "scripts", text: scripts(bytes, &mut numbers) },
        Corpus { name: "cjk", text: cjk(bytes, &mut numbers) },
    ]
}

/// What this repository holds, over and over, with one word in sixty a new one: English books have a word that is no token
/// and was not seen before every 230 bytes, code every 340.
fn reworded(source: &str, bytes: usize, numbers: &mut Numbers) -> String {
    let mut text = String::with_capacity(bytes + 256);
    let mut words = source.split_inclusive(' ').cycle();
    while text.len() < bytes {
        if numbers.below(60) == 0 {
            text.push_str(&name(numbers));
            text.push(' ');
        } else if let Some(word) = words.next() {
            text.push_str(word);
        }
    }
    text
}

/// A word that can be said and means nothing.
fn name(numbers: &mut Numbers) -> String {
    let mut pick = |from: &[&'static str]| from[numbers.below(from.len())];
    let mut name = String::new();
    for _ in 0..3 {
        name.push_str(pick(&["b", "d", "fl", "g", "h", "k", "l", "m", "n", "pr", "qu", "r", "st", "tr", "v", "z"]));
        name.push_str(pick(&["a", "e", "i", "o", "u", "ea", "ou"]));
        name.push_str(pick(&["", "", "n", "r", "s", "lt"]));
    }
    name
}

/// Words of letters of five scripts, a paragraph of each in turn; one in six is new.
fn scripts(bytes: usize, numbers: &mut Numbers) -> String {
    let letters = [('а', 'я'), ('α', 'ω'), ('ا', 'ي'), ('अ', 'ह'), ('ก', 'ฮ')];
    let known: Vec<Vec<String>> =
        letters.iter().map(|&(first, last)| (0..600).map(|i| numbers.word(first, last, 2 + i % 9)).collect()).collect();
    let mut text = String::with_capacity(bytes + 4096);
    while text.len() < bytes {
        for (known, &(first, last)) in known.iter().zip(&letters) {
            for _ in 0..60 {
                if numbers.below(6) == 0 {
                    let length = 3 + numbers.below(6);
                    text.push_str(&numbers.word(first, last, length));
                } else {
                    text.push_str(&known[numbers.often_small(known.len())]);
                }
                text.push_str(["", ", ", ". "].get(numbers.below(12)).copied().unwrap_or(" "));
            }
            text.push('\n');
        }
    }
    text
}

/// Han characters, frequent ones oftener, and kana between them, in clauses without a space.
fn cjk(bytes: usize, numbers: &mut Numbers) -> String {
    let han: Vec<char> = (0..2_500).map(|_| numbers.character('\u{4E00}', '\u{9FA5}')).collect();
    let mut text = String::with_capacity(bytes + 256);
    while text.len() < bytes {
        for _ in 0..2 + numbers.below(4) {
            for _ in 0..1 + numbers.below(4) {
                text.push(han[numbers.often_small(han.len())]);
            }
            let length = numbers.below(4);
            text.push_str(&numbers.word('ぁ', 'ん', length));
        }
        text.push_str(["。\n", "。"].get(numbers.below(8)).copied().unwrap_or("、"));
    }
    text
}

/// Hostile texts of about `bytes` bytes: mostly runs without an end to their only word.
#[must_use]
pub fn hostile(bytes: usize) -> Vec<Corpus> {
    let mut numbers = Numbers::from_seed(11);
    let repeat = |what: &str| what.repeat(bytes / what.len());
    let base64: String = {
        let digits: Vec<char> = ('A'..='Z').chain('a'..='z').chain('0'..='9').chain("+/".chars()).collect();
        (0..bytes).map(|_| digits[numbers.below(digits.len())]).collect()
    };
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
        ("fifty spaces and a letter", repeat(&format!("{}x", " ".repeat(50)))),
        ("one letter", repeat("a")),
        ("newlines", repeat("\n")),
        ("space and newline", repeat(" \n")),
        ("random a-z, one word", random('a', 'z')),
        ("random A-Z, one word", random('A', 'Z')),
        ("random base64", base64),
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
