//! Texts made of what the scanners and the merging branch on, so that the seams between them come often.
//!
//! A uniformly random string almost never holds an apostrophe before an `s`. These texts are rows of [`ATOMS`], of random
//! characters of each class, of tokens of the vocabularies and of pieces of prose; some are made of a palette of two or
//! three of these, so that the same seam comes again and again.

use crate::ranks::{BASES, ranks};
use crate::set::Set;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::ops::Range;
use std::sync::LazyLock;

/// Short texts that some branch looks at, grouped as the branches are.
#[rustfmt::skip]
pub const ATOMS: &[&str] = &[
    // Contractions in all cases, with the two letters that fold into ASCII, and what only looks like one.
    "'", "''", "’", "'s", "'S", "'\u{17f}", "'t", "'T", "'d", "'D", "'m", "'M", "'ll", "'LL", "'lL", "'Ll", "'l",
    "'ve", "'Ve", "'vE", "'VE", "'v", "'re", "'RE", "'rE", "'r", "'\u{212a}", "'i", "don't", "I'LL", "\u{17f}",
    "\u{212a}", "s'",
    // Letters of each class: lower, upper, title, modifier, other.
    "a", "b", "e", "l", "s", "z", "A", "B", "S", "Z", "é", "É", "ß", "ẞ", "ж", "Ж", "ω", "Ω", "ǅ", "ᾈ", "ʰ", "ˮ", "々",
    "ª", "א", "ا", "ب", "中", "文", "龥", "龦", "一", "㐀", "𠀀", "あ", "ん", "ア", "ー", "ｱ", "가", "힣", "각", "ᄀ", "ᅡ", "ᆨ", "ก",
    "ไ", "क", "த", "რ", "უ", "ం", "រ", "ａ", "რრრრრრრრ", "Hello", "WORLD", "camelCase", "PascalCase", "HTTPServer",
    "aB", "Ab", "中A", "A中", "ʰA", "Aʰ", "ǅa", "aǅ",
    // Marks, alone, after a letter and before one.
    "\u{301}", "e\u{301}", "\u{301}e", "\u{301}E", "E\u{301}", "\u{20dd}", "\u{93f}", "क्षि", "ำ", "ที่", "\u{fe0f}",
    "\u{3099}", "\u{309a}", "か\u{3099}", "\u{1ab0}", "\u{e0100}",
    // Characters of the kana blocks that are not letters, and the ends of the range that DeepSeek calls ideographs.
    "゛", "゠", "・", "\u{3040}", "\u{3097}", "\u{30ff}", "\u{303f}", "\u{3100}", "\u{4dff}", "\u{4e00}", "\u{9fa5}",
    "\u{9fa6}",
    // Digits of several scripts, letter numbers, other numbers.
    "0", "7", "12", "123", "1234", "1234567", "٣", "३", "๕", "௧", "𝟘", "７", "½", "²", "①", "Ⅷ", "ⅷ", "〇", "㊀", "𐄇",
    // White space, and what is not `\s` although it looks or sounds like it.
    " ", "  ", "   ", "    ", "\t", "\t\t", "\u{b}", "\u{c}", "\u{a0}", "\u{85}", "\u{2028}", "\u{2029}", "\u{3000}",
    "\u{1680}", "\u{2003}", "\u{202f}", "\u{205f}", "\u{180e}", "\u{200b}", "\u{2060}", "\u{feff}", "\u{1c}",
    "\u{1d}", "\u{1e}", "\u{1f}", "\r", "\n", "\r\n", "\n\n", "\n\r", "\r\n\r\n", " \n", "\n ", " \n ", "\t\n\t",
    "\n/", "/\n", "\u{85}\n", "\n\u{85}", "\u{a0}\n",
    // Punctuation, symbols, and runs of them.
    "/", "//", "!", "?", ".", "...", ",", ";", ":", "-", "--", "_", "(", ")", "();", "{", "}", "[]", "\"", "`", "```",
    "#", "##", "$", "€", "%", "&", "*", "**", "+", "<", "=", "==", "=>", ">", "@", "\\", "^", "|", "~", "¡", "«", "。",
    "、", "「", "…", "—", "→", "√", "÷", "´", "¨", "!/", "!\n", "!\n/", ".\r\n", ")\n\n", "://", " /", " !", " '", "'!",
    "!'", ".s",
    // Emoji: plain, with a skin tone, joined, flags, keycaps.
    "👍", "👍🏽", "👩‍👩‍👧‍👦", "❤️", "🇩🇪", "🇩", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "1️⃣", "\u{200d}", "\u{1f3fd}", "🤷🏾‍♀️", "☺",
    // Names of special tokens, and what begins like one.
    "<|endoftext|>", "<|endofprompt|>", "<|fim_prefix|>", "<|im_start|>", "<|start|>", "<|", "|>", "<|endoftext",
    "endoftext|>",
    // Controls, unassigned, private use, the ends of the planes.
    "\0", "\u{1}", "\u{7f}", "\u{80}", "\u{9f}", "\u{ad}", "\u{378}", "\u{e000}", "\u{f8ff}", "\u{fdd0}", "\u{fffd}",
    "\u{fffe}", "\u{ffff}", "\u{10000}", "\u{f0000}", "\u{10ffff}", "\u{d7ff}",
];

/// Beginnings of characters, and bytes that begin none: surrogates, overlong forms, what is past the last code point.
const BROKEN: &[&[u8]] =
    &[b"\xc3", b"\xe4\xb8", b"\xf0\x9f\x91", b"\x80", b"\xed\xa0\x80", b"\xc0\x80", b"\xf4\x90\x80\x80", b"\xff"];

/// A page of prose and code, for substrings of it.
const PAGE: &str = "The dog's bowl isn't HERS; they'll've said so, I'd think.\r\n\r\n  fn main() {\n\tlet x_1 = 0x7F + 3.14159;  // see https://example.com/a/b?c=d&e=f#g\n    }\n\n\n\
    Größe und Maß: 1.234,56 €. L’été, c'est l'été. ¿Qué? Ångström, naïve, Ελληνικά, Привет, мир! Київ\u{a0}—\u{a0}2024. \
    日本語のテキスト、カタカナとひらがな。「引用」中文没有空格，但是有标点符号。한국어 문장입니다. ภาษาไทยไม่มีช่องว่าง สวัสดีครับ हिन्दी में लिखा हुआ पाठ। \
    العربية من اليمين إلى اليسار، עברית גם כן. Tiếng Việt có dấu. 👩🏽‍💻 ships 🚀🚀🚀 at 10:30 — ok? \
    {\"key\": [1, 2, 3.5e-10, null, true], \"path\": \"C:\\\\Users\\\\x\"}\n<div class=\"a b\">&nbsp;</div>\n\n| a | b |\n|---|---|\n====----====\nAAAAAAAAbbbbbbbb  \t \n   ";

/// The classes of characters that some pattern tells apart, and the rest.
#[rustfmt::skip]
const CLASSES: &[&str] = &[
    r"\p{Lu}", r"\p{Ll}", r"\p{Lt}", r"\p{Lm}", r"\p{Lo}", r"\p{Mn}", r"\p{Mc}", r"\p{Me}", r"\p{Nd}", r"\p{Nl}",
    r"\p{No}", r"\p{P}", r"\p{S}", r"\s", r"\p{Cc}", r"\p{Cf}", r"\p{Co}", r"\p{Cn}", r"[\u{3000}-\u{30ff}]",
    r"[\u{0}-\u{7f}]", r"[\u{80}-\u{7ff}]",
];

static MEMBERS: LazyLock<Vec<Vec<char>>> =
    LazyLock::new(|| CLASSES.iter().map(|class| Set::of(class, false).members().collect()).collect());

/// Gives any text of a few hundred bytes, mostly less.
pub fn texts() -> BoxedStrategy<String> {
    prop_oneof![
        4 => row(atom(), 0..14),
        3 => palette(atom(), 1..4, 1..40),
        2 => row(token(), 1..12),
        1 => words(1..12),
        1 => row(prop_oneof![substring(), atom()], 1..4),
        1 => long_pieces(),
        2 => ascii(),
    ]
    .boxed()
}

/// Gives texts of some thousand bytes: long enough for all that is only worth it in a long text.
pub fn long_texts() -> BoxedStrategy<String> {
    prop_oneof![3 => row(texts(), 6..60), 1 => words(100..400)].boxed()
}

/// Gives texts of ASCII, or nearly, that are longer than the windows in which ASCII is classed.
pub fn ascii() -> BoxedStrategy<String> {
    static PLAIN: LazyLock<Vec<&str>> =
        LazyLock::new(|| ATOMS.iter().copied().filter(|atom| atom.is_ascii()).collect());
    let plain = || select(&PLAIN[..]).prop_map(str::to_owned);
    let blanks = (select(&[" ", "\t", "\n", "\r", " \n", "\t "][..]), 1..70_usize)
        .prop_map(|(blank, times)| blank.repeat(times));
    prop_oneof![
        2 => row(plain(), 20..120),
        2 => palette(plain(), 2..5, 40..160),
        1 => row(prop_oneof![3 => plain(), 1 => blanks], 10..40),
        1 => row(prop_oneof![20 => plain(), 1 => atom()], 20..120),
        2 => "[ab \n]{60,260}",
        2 => "[aB1 '!\r\n/\t\x0b]{60,260}",
        1 => "[aB1 '!\n/é]{60,260}",
        1 => "[a-zA-Z0-9 .,'\n-]{60,260}",
        1 => "[\x00-\x7f]{60,260}",
    ]
    .boxed()
}

/// Gives texts whose pieces are longer than anything that is merged on the stack.
pub fn long_pieces() -> BoxedStrategy<String> {
    prop_oneof![
        row(letters(), 20..60),
        palette(letters(), 1..4, 60..200),
        palette(select(ATOMS).prop_map(str::to_owned), 1..3, 60..200),
        "[ab]{70,300}",
        "[a-z]{70,300}",
        "[A-Za-z]{70,300}",
        "[-=_*#.!]{70,200}",
        "[а-яё]{40,150}",
        "[一-龥]{30,100}",
        "[가-힣]{30,100}",
        "[ก-๛]{30,100}",
        r"\PC{20,100}",
    ]
    .boxed()
}

/// Gives words of tokens that are no tokens themselves: short segments that have to be merged.
pub fn words(count: Range<usize>) -> BoxedStrategy<String> {
    vec(prop_oneof![vec(letters(), 1..4).prop_map(|parts| parts.concat()), "[a-z]{1,9}".boxed()], count)
        .prop_map(|words| words.join(" "))
        .boxed()
}

/// Gives bytes of which many are not UTF-8.
pub fn bytes() -> BoxedStrategy<Vec<u8>> {
    let part = prop_oneof![
        2 => atom().prop_map(String::into_bytes),
        2 => any_token(),
        1 => vec(any::<u8>(), 1..6),
        1 => select(BROKEN).prop_map(<[u8]>::to_vec),
    ];
    vec(part, 0..12).prop_map(|parts| parts.concat()).boxed()
}

/// Gives one atom: of the list, of a class of characters, or again and again.
pub fn atom() -> BoxedStrategy<String> {
    prop_oneof![
        10 => select(ATOMS).prop_map(str::to_owned),
        4 => character().prop_map(String::from),
        1 => (select(ATOMS), 2..24_usize).prop_map(|(atom, times)| atom.repeat(times)),
        1 => any::<char>().prop_map(String::from),
    ]
    .boxed()
}

/// Gives one character, of each class as often as of another.
pub fn character() -> BoxedStrategy<char> {
    (0..CLASSES.len(), any::<Index>()).prop_map(|(class, at)| *at.get(&MEMBERS[class])).boxed()
}

/// Gives the bytes of a token of one of the vocabularies, which may be part of a character.
pub fn any_token() -> BoxedStrategy<Vec<u8>> {
    (select(&BASES[..]), any::<Index>()).prop_map(|(base, at)| at.get(&ranks(base).tokens).to_vec()).boxed()
}

/// A token, or a few whose parts of characters make whole ones.
fn token() -> BoxedStrategy<String> {
    vec(any_token(), 1..4).prop_map(|tokens| String::from_utf8_lossy(&tokens.concat()).into_owned()).boxed()
}

/// A token that is letters and nothing else, by vocabulary.
fn letters() -> BoxedStrategy<String> {
    static LETTERS: LazyLock<Vec<Vec<&str>>> = LazyLock::new(|| {
        let letters = |token: &&'static [u8]| {
            std::str::from_utf8(token).ok().filter(|text| !text.is_empty() && text.chars().all(char::is_alphabetic))
        };
        BASES.iter().map(|base| ranks(base).tokens.iter().filter_map(letters).collect()).collect()
    });
    (0..BASES.len(), any::<Index>()).prop_map(|(base, at)| (*at.get(&LETTERS[base])).to_owned()).boxed()
}

/// A stretch of [`PAGE`].
fn substring() -> BoxedStrategy<String> {
    static CHARS: LazyLock<Vec<char>> = LazyLock::new(|| PAGE.chars().collect());
    (any::<Index>(), 1..80_usize)
        .prop_map(|(at, length)| CHARS[at.index(CHARS.len())..].iter().take(length).collect())
        .boxed()
}

/// Parts one after the other.
fn row(part: impl Strategy<Value = String> + 'static, count: Range<usize>) -> BoxedStrategy<String> {
    vec(part, count).prop_map(|parts| parts.concat()).boxed()
}

/// Many parts out of a few.
fn palette(
    part: impl Strategy<Value = String> + 'static,
    colours: Range<usize>,
    count: Range<usize>,
) -> BoxedStrategy<String> {
    (vec(part, colours), vec(any::<Index>(), count))
        .prop_map(|(colours, parts)| parts.iter().map(|part| part.get(&colours).as_str()).collect())
        .boxed()
}
