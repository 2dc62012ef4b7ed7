//! Texts of every script: words that no vocabulary has, and characters side by side that some token might bridge.
//!
//! Text of one script is what real text is, and what the roads branch on: how long its characters are, whether its words are
//! known, where between two of them a piece may be cut. Words of random letters are new to a vocabulary and to what a thread remembers.

use crate::atoms;
use crate::ranks::{BASES, ranks};
use crate::set::Set;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

/// The scripts of Unicode 16.0.0, and what several of them share.
#[rustfmt::skip]
const SCRIPTS: &str = "Adlam Ahom Anatolian_Hieroglyphs Arabic Armenian Avestan Balinese Bamum Bassa_Vah Batak Bengali Bhaiksuki \
    Bopomofo Brahmi Braille Buginese Buhid Canadian_Aboriginal Carian Caucasian_Albanian Chakma Cham Cherokee \
    Chorasmian Common Coptic Cuneiform Cypriot Cypro_Minoan Cyrillic Deseret Devanagari Dives_Akuru Dogra Duployan \
    Egyptian_Hieroglyphs Elbasan Elymaic Ethiopic Garay Georgian Glagolitic Gothic Grantha Greek Gujarati \
    Gunjala_Gondi Gurmukhi Gurung_Khema Han Hangul Hanifi_Rohingya Hanunoo Hatran Hebrew Hiragana Imperial_Aramaic \
    Inherited Inscriptional_Pahlavi Inscriptional_Parthian Javanese Kaithi Kannada Katakana Kawi Kayah_Li Kharoshthi \
    Khitan_Small_Script Khmer Khojki Khudawadi Kirat_Rai Lao Latin Lepcha Limbu Linear_A Linear_B Lisu Lycian Lydian \
    Mahajani Makasar Malayalam Mandaic Manichaean Marchen Masaram_Gondi Medefaidrin Meetei_Mayek Mende_Kikakui \
    Meroitic_Cursive Meroitic_Hieroglyphs Miao Modi Mongolian Mro Multani Myanmar Nabataean Nag_Mundari Nandinagari \
    New_Tai_Lue Newa Nko Nushu Nyiakeng_Puachue_Hmong Ogham Ol_Chiki Ol_Onal Old_Hungarian Old_Italic \
    Old_North_Arabian Old_Permic Old_Persian Old_Sogdian Old_South_Arabian Old_Turkic Old_Uyghur Oriya Osage Osmanya \
    Pahawh_Hmong Palmyrene Pau_Cin_Hau Phags_Pa Phoenician Psalter_Pahlavi Rejang Runic Samaritan Saurashtra Sharada \
    Shavian Siddham SignWriting Sinhala Sogdian Sora_Sompeng Soyombo Sundanese Sunuwar Syloti_Nagri Syriac Tagalog \
    Tagbanwa Tai_Le Tai_Tham Tai_Viet Takri Tamil Tangsa Tangut Telugu Thaana Thai Tibetan Tifinagh Tirhuta Todhri \
    Toto Tulu_Tigalari Ugaritic Vai Vithkuqi Wancho Warang_Citi Yezidi Yi Zanabazar_Square";

/// The letters and marks of each script that has some, by its name.
pub static LETTERS: LazyLock<Vec<(&str, Vec<char>)>> = LazyLock::new(|| {
    let letters = |name| Set::of(&format!(r"[\p{{Script={name}}}&&[\p{{L}}\p{{M}}]]"), false).members().collect();
    let all = SCRIPTS.split_ascii_whitespace().map(|name| (name, letters(name)));
    all.filter(|(_, letters): &(_, Vec<char>)| !letters.is_empty()).collect()
});

/// Gives words of a script, of so many letters each: nearly all of them are new.
pub fn words_of(letters: &'static [char], count: Range<usize>, length: Range<usize>) -> BoxedStrategy<String> {
    let word = vec(select(letters), length).prop_map(String::from_iter);
    vec(word, count).prop_map(|words| words.join(" ")).boxed()
}

/// Gives characters that stand side by side as tokens have them, whole ones and parts, and some that nearly do.
pub fn seams() -> BoxedStrategy<String> {
    let part = || {
        prop_oneof![
            4 => bridge(),
            2 => wide_token(),
            1 => atoms::character().prop_map(String::from),
        ]
    };
    let row = |count| vec(part(), count).prop_map(|parts| parts.concat());
    let palette = (vec(part(), 1..4), vec(any::<Index>(), 1..60))
        .prop_map(|(colours, parts)| parts.iter().map(|part| part.get(&colours).as_str()).collect());
    prop_oneof![3 => row(1..12), 1 => row(12..60), 2 => palette].boxed()
}

/// Gives the same texts after so much ASCII that any of their bytes may be the last of a window of sixty-four.
pub fn edges() -> BoxedStrategy<String> {
    let script = (0..LETTERS.len()).prop_flat_map(|at| words_of(&LETTERS[at].1, 1..6, 1..12));
    let before = prop_oneof!["[a-z]{0,130}", "[a-z ,.\n]{0,130}", " {0,130}", "[0-9]{0,130}"];
    let between = prop_oneof!["[a-z ]{1,70}", "[.!?' \n]{1,3}"];
    let part = (prop_oneof![seams(), script], between).prop_map(|(wide, ascii)| wide + &ascii);
    (before, vec(part, 1..6)).prop_map(|(before, parts)| before + &parts.concat()).boxed()
}

/// A token that begins or ends inside a character, made whole at both ends by any character that has that part.
fn bridge() -> BoxedStrategy<String> {
    static BRIDGES: LazyLock<Vec<&[u8]>> = LazyLock::new(|| {
        let tokens = BASES.iter().flat_map(|base| ranks(base).tokens.iter().copied());
        tokens.filter(|token| token.len() > 1 && std::str::from_utf8(token).is_err()).collect()
    });
    (select(&BRIDGES[..]), any::<Index>(), any::<Index>())
        .prop_map(|(token, first, last)| {
            let begin = token.iter().position(|&byte| begins_a_character(byte)).unwrap_or(token.len());
            let whole = token[begin..].utf8_chunks().next().map_or("", |part| part.valid());
            let end = begin + whole.len();
            let before = made_whole(&ENDING, &token[..begin], first);
            let after = made_whole(&BEGINNING, &token[end..], last);
            before.chain(whole.chars()).chain(after).collect()
        })
        .boxed()
}

fn begins_a_character(byte: u8) -> bool {
    byte & 0b1100_0000 != 0b1000_0000
}

/// One of the characters that have such a part; none if there is no such character.
fn made_whole(all: &HashMap<Vec<u8>, Vec<char>>, part: &[u8], which: Index) -> impl Iterator<Item = char> {
    all.get(part).map(|all| *which.get(all)).into_iter()
}

/// The characters of two bytes or more by each part that they end with.
static ENDING: LazyLock<HashMap<Vec<u8>, Vec<char>>> = LazyLock::new(|| by_part(|bytes, at| &bytes[at..]));

/// By each part that they begin with.
static BEGINNING: LazyLock<HashMap<Vec<u8>, Vec<char>>> = LazyLock::new(|| by_part(|bytes, at| &bytes[..at]));

fn by_part(part: impl Fn(&[u8], usize) -> &[u8]) -> HashMap<Vec<u8>, Vec<char>> {
    let mut by_part: HashMap<Vec<u8>, Vec<char>> = HashMap::new();
    for character in '\u{80}'..=char::MAX {
        let mut bytes = [0; 4];
        let bytes = character.encode_utf8(&mut bytes).as_bytes();
        for at in 1..bytes.len() {
            by_part.entry(part(bytes, at).to_vec()).or_default().push(character);
        }
    }
    by_part
}

/// A token of whole characters of which some are beyond ASCII.
fn wide_token() -> BoxedStrategy<String> {
    static TOKENS: LazyLock<Vec<Vec<&str>>> = LazyLock::new(|| {
        let wide = |token: &&'static [u8]| std::str::from_utf8(token).ok().filter(|text| !text.is_ascii());
        BASES.iter().map(|base| ranks(base).tokens.iter().filter_map(wide).collect()).collect()
    });
    (0..BASES.len(), any::<Index>()).prop_map(|(base, at)| (*at.get(&TOKENS[base])).to_owned()).boxed()
}
