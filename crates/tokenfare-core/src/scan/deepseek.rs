//! The split of DeepSeek V3: three patterns one after the other, each over the pieces of the one before.
//!
//! ```text
//! \p{N}{1,3}
//! [一-龥぀-ゟ゠-ヿ]+
//! [!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
//! ```
//! Each pattern is applied to every piece of the one before, matches too. So the third sees a stretch at a time: a run of
//! ideographs and kana, or what lies between such runs and numbers; white space before a digit is at the end of its text.
//! (In a number it finds nothing.) What no alternative matches (a control character that no letter follows) is a piece
//! up to the next match.

use super::Split;
use super::cl100k::number;
use super::whitespace::Run;
use crate::unicode::{Class, class_at, skip};

/// Remembers where the stretch ends that the third pattern is applied to, so that a long one is looked through once.
#[derive(Default)]
pub(crate) struct DeepSeekV3 {
    stretch: usize,
}

impl Split for DeepSeekV3 {
    fn end(&mut self, text: &str, at: usize) -> usize {
        if let Some(end) = number::<3>(text, at) {
            return end;
        }
        if self.stretch <= at {
            self.stretch = stretch_end(text, at);
        }
        let text = &text[..self.stretch];
        alternative(text, at).unwrap_or_else(|| unmatched(text, at))
    }
}

/// Where the run of ideographs that begins at `at` ends, or the stretch without any.
fn stretch_end(text: &str, at: usize) -> usize {
    let ideographs = is_ideograph(text, at);
    let mut end = at;
    while let Some((class, length)) = class_at(text, end)
        && !class.is(Class::NUMBER)
        && is_ideograph(text, end) == ideographs
    {
        end += length;
    }
    end
}

/// `[一-龥぀-ゟ゠-ヿ]`: U+4E00 to U+9FA5 and U+3040 to U+30FF.
fn is_ideograph(text: &str, at: usize) -> bool {
    // As UTF-8 these are E4 B8 80 to E9 BE A5, and E3 81 80 to E3 83 BF.
    match text.as_bytes()[at..] {
        [first @ 0xE3..=0xE9, second, third, ..] => {
            let code = u32::from_be_bytes([0, first, second, third]);
            (0xE4_B8_80..=0xE9_BE_A5).contains(&code) || (0xE3_81_80..=0xE3_83_BF).contains(&code)
        }
        _ => false,
    }
}

/// The alternatives of the third pattern.
fn alternative(text: &str, at: usize) -> Option<usize> {
    symbol_and_ascii(text, at)
        .or_else(|| word(text, at))
        .or_else(|| symbols(text, at))
        .or_else(|| white_space(text, at))
}

/// ``[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+``.
fn symbol_and_ascii(text: &str, at: usize) -> Option<usize> {
    let (symbol, letters) = text.as_bytes()[at..].split_first()?;
    let count = letters.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    (symbol.is_ascii_punctuation() && count > 0).then_some(at + 1 + count)
}

/// `[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+`.
fn word(text: &str, at: usize) -> Option<usize> {
    const WORD: Class = Class::LETTER.or(Class::MARK);
    let (class, length) = class_at(text, at)?;
    if class.is(Class::LETTER.or(Class::MARK)) {
        // A mark may be the character before the word as well: the piece is the same.
        return Some(skip(text, at + length, WORD));
    }
    if class.is(Class::NEWLINE.or(Class::SYMBOL)) {
        return None;
    }
    let start = at + length;
    let end = skip(text, start, WORD);
    (end > start).then_some(end)
}

/// ` ?[\p{P}\p{S}]+[\r\n]*`.
fn symbols(text: &str, at: usize) -> Option<usize> {
    let start = at + usize::from(text.as_bytes()[at] == b' ');
    let end = skip(text, start, Class::SYMBOL);
    (end > start).then(|| skip(text, end, Class::NEWLINE))
}

/// `\s*[\r\n]+`, `\s+(?!\S)`, `\s+`.
fn white_space(text: &str, at: usize) -> Option<usize> {
    let run = Run::at(text, at)?;
    run.newline.or_else(|| run.not_before_a_word(text)).or(Some(run.first))
}

/// What no alternative matches, up to where one does.
fn unmatched(text: &str, at: usize) -> usize {
    let mut end = at;
    while let Some((_, length)) = class_at(text, end) {
        end += length;
        if end == text.len() || alternative(text, end).is_some() {
            break;
        }
    }
    end
}
