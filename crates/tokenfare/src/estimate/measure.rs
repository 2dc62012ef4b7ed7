//! What a text is estimated by: its tokens under vocabularies that are known, and a few counts of its characters.

use crate::encoding::encoding;
use crate::error::Error;
use tokenfare_core::Encoding;

/// What a text is estimated by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Measures {
    /// Tokens under `o200k_base`.
    pub(crate) o200k: u64,
    /// Tokens under Anthropic's first vocabulary, if it is embedded.
    pub(crate) claude: u64,
    /// Digits behind a blank: where a vocabulary of today begins a token that an older one did not.
    pub(crate) spaced_numbers: u64,
    /// Digits beyond the first of each three: what is one token there and one each where digits are tokens.
    pub(crate) further_digits: u64,
    /// Lines that begin with blanks.
    pub(crate) indents: u64,
    /// Runs of two blanks or line ends and more.
    pub(crate) blank_runs: u64,
    /// Latin letters beyond the fourth of their word.
    pub(crate) long_letters: u64,
    /// Letters of Chinese, Japanese, Greek and Cyrillic.
    pub(crate) near_letters: u64,
    /// Letters of the other scripts that are not Latin.
    pub(crate) far_letters: u64,
    /// Of a text of many words that are nearly all the same, how many different ones there are in effect, in thousandths.
    pub(crate) few_words: Option<u64>,
}

/// Texts of fewer words say nothing of how often they repeat themselves.
const WORDS: u64 = 48;
/// Words are told apart by so many counters.
const COUNTERS: usize = 256;
/// A text repeats itself if it has fewer different words in effect, in thousandths.
const FEW_WORDS: u64 = 9_000;

/// What measures.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Yardstick {
    o200k: &'static Encoding,
    /// Anthropic's first vocabulary, where it is asked for and embedded.
    claude: Option<&'static Encoding>,
}

impl Yardstick {
    /// Takes what is embedded.
    pub(crate) fn new(by_claude: bool) -> Result<Self, Error> {
        Ok(Self { o200k: encoding("o200k_base")?, claude: if by_claude { claude::encoding() } else { None } })
    }

    /// Whether it has Anthropic's first vocabulary.
    pub(crate) fn has_claude(&self) -> bool {
        self.claude.is_some()
    }

    pub(crate) fn measure(&self, text: &str) -> Measures {
        let mut measures = of_characters(text);
        match self.claude {
            // It says more than o200k_base, which then is not asked.
            Some(encoding) => measures.claude = claude::count(encoding, text),
            None => measures.o200k = self.o200k.count(text) as u64,
        }
        measures
    }
}

#[cfg(feature = "claude")]
mod claude {
    use std::borrow::Cow;
    use std::sync::LazyLock;
    use tokenfare_core::Encoding;
    use unicode_normalization::UnicodeNormalization as _;

    static ENCODING: LazyLock<Option<Encoding>> = LazyLock::new(|| {
        let vocabulary = tokenfare_vocab::claude()?;
        let pattern = vocabulary.pattern.parse().expect("the vocabularies name patterns of the engine");
        let opened = Encoding::embedded(vocabulary.name, pattern, vocabulary.block, vocabulary.specials());
        Some(opened.expect("the tables were laid out by the engine of this version"))
    });

    pub(super) fn encoding() -> Option<&'static Encoding> {
        ENCODING.as_ref()
    }

    /// T of the text in normal form KC, which is what the vocabulary is for.
    pub(super) fn count(encoding: &Encoding, text: &str) -> u64 {
        let text = if text.is_ascii() { Cow::Borrowed(text) } else { Cow::Owned(text.nfkc().collect()) };
        encoding.count(&text) as u64
    }
}

#[cfg(not(feature = "claude"))]
mod claude {
    use tokenfare_core::Encoding;

    pub(super) fn encoding() -> Option<&'static Encoding> {
        None
    }

    pub(super) fn count(encoding: &Encoding, text: &str) -> u64 {
        encoding.count(text) as u64
    }
}

/// What the characters say, in one pass.
fn of_characters(text: &str) -> Measures {
    let mut measures = Measures::default();
    let mut words = Words::default();
    let (mut digits, mut letters, mut blanks) = (0u64, 0u64, 0u64);
    let mut before = '\0';
    for c in text.chars() {
        if c.is_ascii_digit() || (!c.is_ascii() && c.is_numeric()) {
            measures.spaced_numbers += u64::from(digits == 0 && before == ' ');
            measures.further_digits += u64::from(digits % 3 != 0);
            digits += 1;
        } else {
            digits = 0;
        }
        if is_latin(c) {
            letters += 1;
            measures.long_letters += u64::from(letters > 4);
        } else {
            letters = 0;
            if c > LAST_LATIN && c.is_alphabetic() {
                *if is_near(c) { &mut measures.near_letters } else { &mut measures.far_letters } += 1;
            }
        }
        if c.is_whitespace() {
            blanks += 1;
            measures.blank_runs += u64::from(blanks == 2);
            measures.indents += u64::from(before == '\n' && matches!(c, ' ' | '\t'));
        } else {
            blanks = 0;
        }
        words.take(c);
        before = c;
    }
    measures.few_words = words.few();
    measures
}

const LAST_LATIN: char = '\u{24f}';

fn is_latin(c: char) -> bool {
    c.is_ascii_alphabetic() || ('\u{c0}'..=LAST_LATIN).contains(&c)
}

fn is_near(c: char) -> bool {
    matches!(c, '\u{370}'..='\u{52f}' | '\u{2e80}'..='\u{a4cf}' | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..)
}

/// How often each word is there, by hash: words that share a counter are one.
struct Words {
    counts: [u32; COUNTERS],
    words: u64,
    hash: u32,
}

impl Default for Words {
    fn default() -> Self {
        Self { counts: [0; COUNTERS], words: 0, hash: 0 }
    }
}

impl Words {
    fn take(&mut self, c: char) {
        if c.is_alphanumeric() {
            self.hash = (self.hash ^ u32::from(c)).wrapping_mul(0x0100_0193) | 1;
        } else {
            self.end();
        }
    }

    fn end(&mut self) {
        if self.hash != 0 {
            let counter = &mut self.counts[(self.hash >> 13) as usize % COUNTERS];
            *counter = counter.saturating_add(1);
            self.words += 1;
            self.hash = 0;
        }
    }

    /// The reciprocal of the chance that two words of the text are the same, in thousandths, if that is low.
    fn few(mut self) -> Option<u64> {
        self.end();
        let pairs: u128 = self.counts.iter().map(|&count| u128::from(count).pow(2)).sum();
        let effect = u128::from(self.words).pow(2) * 1_000 / pairs.max(1);
        let effect = u64::try_from(effect).unwrap_or(u64::MAX);
        (self.words >= WORDS && effect < FEW_WORDS).then_some(effect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_characters_of_a_text_are_counted_in_one_pass() {
        let measures = of_characters("alphabet 12345\n  x  y 7, Übermut 9. 日本 Привет ไทย");
        assert_eq!(measures.spaced_numbers, 3); // 12345, 7 and 9
        assert_eq!(measures.further_digits, 3); // 2, 3 and 5
        assert_eq!(measures.indents, 1);
        assert_eq!(measures.blank_runs, 2);
        assert_eq!(measures.long_letters, 4 + 3); // `abet` and `mut`
        assert_eq!(measures.near_letters, 2 + 6);
        assert_eq!(measures.far_letters, 3);
        assert_eq!(measures.few_words, None);
        assert_eq!(of_characters(""), Measures::default());
    }

    /// The counts are those of tiktoken 0.14.0 with the published vocabulary and pattern, of the text in normal form KC.
    #[cfg(feature = "claude")]
    #[test]
    fn the_first_vocabulary_counts_as_published() {
        let encoding = claude::encoding().expect("the feature embeds it");
        for (text, tokens) in [
            ("hello world!", 3),
            ("\u{2122}", 1),
            ("\u{3f0}", 1),
            ("The \u{fb01}nal \u{fb02}oor costs \u{ff12}\u{ff10} \u{bd} \u{2460}", 9),
            ("Wir müßten übermorgen fünfzig Äpfel kaufen.", 21),
            ("明日の朝、港で会いましょう。", 17),
            ("fn area(w: u32, h: u32) -> u32 {\n    w * h\n}\n\n\n", 24),
            ("don't they'll I'VE 1234567 0.5%   \t\n x", 16),
            ("<EOT> <META>", 7),
            ("🦜🦜 на дворе трава", 14),
        ] {
            assert_eq!(claude::count(encoding, text), tokens, "{text}");
        }
        assert!(crate::encoding("claude").is_err(), "it is the encoding of no model");
    }

    #[test]
    fn a_text_of_one_word_has_one_in_effect() {
        assert_eq!(of_characters(&"again ".repeat(100)).few_words, Some(1_000));
        let two = of_characters(&"now then ".repeat(100)).few_words.expect("two words are few");
        assert_eq!(two, 2_000);
        assert_eq!(of_characters(&"again ".repeat(40)).few_words, None);
    }
}
