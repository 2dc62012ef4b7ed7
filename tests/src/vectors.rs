//! Vectors: texts named for what they show, and the tokens that the reference gives them, stored as JSON lines.

use crate::reference::{ENCODINGS, Known, NAME};
use base64::Engine as _;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::path::PathBuf;

/// A text and its tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vector {
    /// What gave the tokens, and its version.
    pub oracle: String,
    /// The encoding.
    pub encoding: String,
    /// What the text shows.
    pub name: String,
    /// The text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Instead of a text: bytes that are not UTF-8, in base64. Each longest beginning of a character is read as U+FFFD.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<String>,
    /// The ids.
    pub tokens: Vec<u32>,
}

/// What stands in every file: name and text.
const TEXTS: &[(&str, &str)] = &[
    ("empty", ""),
    ("hello-world", "hello world"),
    ("prose", "The quick brown fox jumps over the lazy dog."),
    // Contractions.
    ("contractions-in-lower-case", "I'm sure they've said we'd go, it's what you're told and I'll do, isn't it"),
    ("contractions-in-upper-case", "I'M SURE THEY'VE SAID WE'D GO, IT'S WHAT YOU'RE TOLD, AND I'LL DO, ISN'T IT"),
    ("contractions-in-mixed-case", "we'Ve they'rE she'lL he'Ll it'S"),
    ("long-s-is-a-contraction", "it'\u{17f} a'\u{17f}b"),
    ("kelvin-sign-is-no-contraction", "it'\u{212a} a'\u{212a}b"),
    ("contraction-ends-inside-a-word", "can'todd 'search 'llama 'verily 'redo"),
    ("contraction-after-no-word", "'s 't \n'll ''re \"'d\" 1'm"),
    ("apostrophe-before-a-letter", "o'clock rock'n'roll 'tis d'accord"),
    ("half-a-contraction", "x'l x'v x'r x' 'l 'v 'r"),
    ("typographic-apostrophe-is-no-contraction", "it’s they’ve L’été"),
    // Words.
    ("capitals-then-small-letters", "HTTPServer camelCase PascalCase aB Ab ABc iPhone McDONALD"),
    ("caseless-then-capitals", "中文ABC 中文abc A中B ａＢ ʰA Aʰa"),
    ("mark-before-capitals", "\u{301}ABC \u{301}abc !\u{301}A e\u{301}E"),
    ("marks-alone", "\u{301} \u{301}\u{301}\u{301} 1\u{301}2 \n\u{301}"),
    ("mark-after-a-letter", "e\u{301}te\u{301} A\u{30a}ngstro\u{308}m"),
    ("title-case-letters", "ǅungla ǅ ᾈδης aǅB"),
    ("symbol-before-a-word", "!word $word (word) -word _word_ #tag @name .dot"),
    ("two-symbols-before-a-word", "!!word ((word)) --word -_word"),
    ("tab-before-a-word", "\tword\t\tword \tword"),
    ("control-before-a-word", "\0word \u{7f}word \u{1b}[31mword"),
    ("letters-that-fold-in-ancient-ways", "ſtraße ﬀ ﬁ İstanbul ı Σίσυφος ς"),
    // Numbers.
    ("digit-runs", "1 12 123 1234 12345 123456 1234567"),
    ("digits-beside-letters", "a1b22c333d4444 x86_64 3D 1st"),
    ("digits-of-other-scripts", "٣٤٥٦ ३४५६ ๕๖๗๘ ７８９０ 𝟘𝟙𝟚𝟛"),
    ("numbers-that-are-not-digits", "½ ²³ ①②③④ ⅧⅨ 〇 1½"),
    ("number-after-spaces", "a  1   22    333"),
    ("decimal-and-thousands", "3.14159 1,234,567.89 -1e-10 0x7F"),
    // White space.
    ("newline-ends-a-space-run", "today\n \n"),
    ("spaces-give-back-the-last-before-a-word", "a  b   c    d"),
    ("spaces-before-a-number-or-a-symbol", "a   1   !   \t!"),
    ("trailing-white-space", "word   "),
    ("trailing-white-space-with-a-newline", "word  \n  "),
    ("white-space-alone", " \t \n \t "),
    ("leading-white-space", "   word"),
    ("newlines-of-every-kind", "a\nb\r\nc\rd\n\re\n\n\nf\r\n\r\ng"),
    ("spaces-around-newlines", "a \n b\n  c  \n\n  d\n\t\te"),
    ("newline-after-symbols", "a!\nb!\n\nc;\r\nd {\n\n}\n"),
    ("slash-after-newline", "a!\n/b //\n// c:\n/\n\n/d"),
    ("slash-after-symbols", "http://example.com/a//b/ */ !/ ?/\n"),
    ("no-break-and-wide-spaces", "a\u{a0}b\u{a0}\u{a0}c\u{3000}d\u{3000}\u{3000}e\u{2003}f"),
    ("next-line-is-white-space-and-no-newline", "a\u{85}b\u{85}\u{85}\nc \u{85}"),
    ("line-and-paragraph-separators", "a\u{2028}b\u{2029}\u{2029}c"),
    ("file-separators-are-no-white-space", "a\u{1c}b \u{1d} \u{1e}\u{1f}c"),
    ("invisible-but-no-white-space", "a\u{200b}b \u{180e} \u{feff}c \u{2060} \u{ad}d"),
    // Scripts.
    ("chinese", "中文没有空格，但是有标点符号。"),
    ("japanese", "日本語のテキスト・カタカナとひらがな。か\u{3099}"),
    ("korean", "한국어 문장입니다. ㄱㄴ \u{1100}\u{1161}\u{11a8}"),
    ("thai", "ภาษาไทยไม่มีช่องว่าง ที่นี่"),
    ("hindi", "हिन्दी में लिखा हुआ क्षि पाठ"),
    ("arabic-and-hebrew", "العربية مِنَ اليمين، עברית שָׁלוֹם"),
    ("georgian-letters-bridged-by-tokens", "რრრრ უუუ ქართული"),
    ("vietnamese-and-greek", "Tiếng Việt có dấu, Ελληνικά με τόνους"),
    // Symbols.
    ("emoji", "👍 👍🏽 👩‍👩‍👧‍👦 ❤️ 🇩🇪🇫🇷 1️⃣ 🏴󠁧󠁢󠁳󠁣󠁴󠁿 🤷🏾‍♀️"),
    ("symbols-in-a-row", "=== --- *** /// ... ,,, ;;; ()[]{} <|> => != && || ## $$ ^^ ~~"),
    ("code", "fn main() {\n    let x_1 = a[i] + 0x7F;\t// see #42\r\n}\n"),
    ("json", "{\"key\": [1, 2, 3.5e-10, null, true], \"path\": \"C:\\\\Users\\\\x\"}"),
    ("markdown", "# Title\n\n- **a** `b`\n- [c](https://example.com/d?e=f&g=h#i)\n\n| x | y |\n|---|---|\n"),
    ("special-names-are-text", "<|endoftext|> <|fim_prefix|><|endofprompt|> <|im_start|>user"),
    ("nul-and-controls", "\0\0 \u{1}\u{2} a\0b \u{80}\u{9f}"),
    ("unassigned-private-and-last", "\u{378}\u{e000}\u{fffe}\u{ffff}\u{10ffff} a\u{f0000}b"),
    ("byte-order-mark-and-replacement", "\u{feff}text \u{fffd}\u{fffd}"),
    // Long pieces.
    (
        "one-letter-again-and-again",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ),
    (
        "a-long-word",
        "donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunterbeamtengesellschaftundrindfleischetikettierung",
    ),
    (
        "a-hundred-spaces",
        "x                                                                                                    y",
    ),
    (
        "a-row-of-equals",
        "================================================================================================",
    ),
    (
        "random-letters",
        "qzjxkvwqpzxjvkqwzjxqkvzpwxjqvkzqxwjpvkzqjxwvkqpzjxqwkvzjqpxwvkzjqxvwkpzqjxkvwzqpjxvkwqzjxpqvkwz",
    ),
];

/// Bytes that are not UTF-8, which stand in every file too.
const BYTES: &[(&str, &[u8])] = &[
    ("bytes-end-inside-a-character", b"caf\xc3"),
    ("bytes-lone-continuation", b"a\x80b\xbf\xbfc"),
    ("bytes-half-an-emoji", b"\xf0\x9f\x91 \xf0\x9f \xf0"),
    ("bytes-surrogate", b"a\xed\xa0\x80b"),
    ("bytes-overlong", b"\xc0\x80 \xe0\x80\x80"),
    ("bytes-past-the-last-code-point", b"\xf4\x90\x80\x80\xff\xfe"),
];

impl Vector {
    /// Returns the text, with U+FFFD for what is not UTF-8.
    ///
    /// # Panics
    ///
    /// If the vector has neither a text nor bytes in base64.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        match (&self.text, &self.bytes) {
            (Some(text), None) => Cow::Borrowed(text),
            (None, Some(bytes)) => {
                let bytes = base64::engine::general_purpose::STANDARD.decode(bytes).expect("`bytes` is base64");
                Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
            }
            _ => unreachable!("a vector has either a text or bytes"),
        }
    }
}

/// Returns where the vectors of an encoding are stored.
#[must_use]
pub fn path(encoding: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("vectors").join(format!("{encoding}.jsonl"))
}

/// Asks the reference for the vectors of an encoding.
#[must_use]
pub fn ask(known: &Known) -> Vec<Vector> {
    let vector = |name: &str, text: Option<&str>, bytes: Option<&[u8]>| {
        let lossy = bytes.map(String::from_utf8_lossy);
        Vector {
            oracle: NAME.to_owned(),
            encoding: known.name.to_owned(),
            name: name.to_owned(),
            text: text.map(str::to_owned),
            bytes: bytes.map(|bytes| base64::engine::general_purpose::STANDARD.encode(bytes)),
            tokens: known.reference().encode_ordinary(text.or(lossy.as_deref()).unwrap_or_default()),
        }
    };
    let texts = TEXTS.iter().map(|(name, text)| vector(name, Some(text), None));
    texts.chain(BYTES.iter().map(|(name, bytes)| vector(name, None, Some(bytes)))).collect()
}

/// Writes vectors as JSON lines.
///
/// # Panics
///
/// Never: strings and numbers can be written as JSON.
#[must_use]
pub fn lines(vectors: &[Vector]) -> String {
    vectors.iter().map(|vector| serde_json::to_string(vector).expect("strings and numbers are JSON") + "\n").collect()
}

/// Reads the stored vectors of every encoding.
///
/// # Panics
///
/// If a file is missing or a line is not a vector.
#[must_use]
pub fn stored() -> Vec<Vector> {
    let read = |known: &Known| std::fs::read_to_string(path(known.name)).expect("each encoding has a file of vectors");
    let files: Vec<String> = ENCODINGS.iter().map(read).collect();
    let lines = files.iter().flat_map(|file| file.lines());
    lines.map(|line| serde_json::from_str(line).expect("a line is a vector")).collect()
}
