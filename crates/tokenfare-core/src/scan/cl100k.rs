//! The split of `cl100k_base`, and those of Llama 3 and Qwen 2, which differ from it in one alternative each.
//!
//! ```text
//! '(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s
//! ```
//! Llama 3 (cl100k as it was first published):
//! ```text
//! (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
//! ```
//! Qwen 2 has `\p{N}` for `\p{N}{1,3}`.

use super::whitespace::Run;
use super::window::{absorbed, after, before, contracted, firsts, threes, trailing, unknown, white_space};
use super::{Begins, Split};
use crate::simd::{Classes, WINDOW};
use crate::unicode::{Class, class_at, skip};

#[derive(Default)]
pub(crate) struct Cl100k;

#[derive(Default)]
pub(crate) struct Llama3;

#[derive(Default)]
pub(crate) struct Qwen2;

impl Split for Cl100k {
    #[inline]
    fn end(&mut self, text: &str, at: usize) -> usize {
        end::<3, true>(text, at)
    }

    #[inline(always)]
    fn begins(c: &Classes, window: &[u8; WINDOW], over: u64) -> Option<Begins> {
        Some(begins::<true>(c, window, over, threes))
    }
}

impl Split for Llama3 {
    #[inline]
    fn end(&mut self, text: &str, at: usize) -> usize {
        end::<3, false>(text, at)
    }

    #[inline(always)]
    fn begins(c: &Classes, window: &[u8; WINDOW], over: u64) -> Option<Begins> {
        Some(begins::<false>(c, window, over, threes))
    }
}

impl Split for Qwen2 {
    #[inline]
    fn end(&mut self, text: &str, at: usize) -> usize {
        end::<1, false>(text, at)
    }

    #[inline(always)]
    fn begins(c: &Classes, window: &[u8; WINDOW], over: u64) -> Option<Begins> {
        Some(begins::<false>(c, window, over, std::convert::identity))
    }
}

/// The pattern over a window; `numbers` are where numbers begin among digits.
#[inline(always)]
fn begins<const TRAILING_IS_ONE: bool>(
    c: &Classes,
    window: &[u8; WINDOW],
    over: u64,
    numbers: impl Fn(u64) -> u64,
) -> Begins {
    let (letters, symbols) = (c.letters, c.symbols);
    let absorbed = absorbed(c, symbols, 0);
    // A symbol goes with a symbol or a space before it.
    let first_symbols = firsts(symbols) & !after(c.spaces);
    // A word takes the blank before it, or a symbol that nothing else has taken.
    let words = firsts(letters) & !after(c.blanks | c.whole(first_symbols));
    let newlines = c.newlines & !absorbed;
    let white = white_space(c, newlines, over);
    let white = if TRAILING_IS_ONE { white & !trailing(c.blanks | newlines, over) } else { white };
    let begins = words | numbers(c.digits) | first_symbols | white | over;
    let mut begins = Begins { begins, unsure: unknown(c, over) | c.digits & c.wide };
    let contractions = c.apostrophes & before(letters);
    if contractions != 0 {
        begins.contractions(contractions, window, true, contracted);
    }
    begins
}

#[inline]
fn end<const DIGITS: usize, const TRAILING_IS_ONE: bool>(text: &str, at: usize) -> usize {
    contraction(text, at)
        .or_else(|| word(text, at))
        .or_else(|| number::<DIGITS>(text, at))
        .or_else(|| others(text, at))
        .or_else(|| spaces::<TRAILING_IS_ONE>(text, at))
        .expect("every character is a letter, a number, white space or none of them")
}

/// `'(?i:[sdmt]|ll|ve|re)`, where `(?i:s)` is also `ſ`, U+017F.
#[inline]
pub(super) fn contraction(text: &str, at: usize) -> Option<usize> {
    let rest = &text.as_bytes()[at..];
    if *rest.first()? != b'\'' {
        return None;
    }
    match rest {
        [_, b's' | b'S' | b'd' | b'D' | b'm' | b'M' | b't' | b'T', ..] => Some(at + 2),
        [_, 0xC5, 0xBF, ..] => Some(at + 3),
        [_, b'l' | b'L', b'l' | b'L', ..] | [_, b'v' | b'V' | b'r' | b'R', b'e' | b'E', ..] => Some(at + 3),
        _ => None,
    }
}

/// `[^\r\n\p{L}\p{N}]?+\p{L}++`.
#[inline]
fn word(text: &str, at: usize) -> Option<usize> {
    let (class, length) = class_at(text, at)?;
    if class.is(Class::LETTER) {
        return Some(skip(text, at + length, Class::LETTER));
    }
    if class.is(Class::NEWLINE.or(Class::NUMBER)) {
        return None;
    }
    let start = at + length;
    let end = skip(text, start, Class::LETTER);
    (end > start).then_some(end)
}

/// `\p{N}{1,3}`, or `\p{N}`.
#[inline]
pub(super) fn number<const DIGITS: usize>(text: &str, at: usize) -> Option<usize> {
    let mut end = at;
    for _ in 0..DIGITS {
        match class_at(text, end) {
            Some((class, length)) if class.is(Class::NUMBER) => end += length,
            _ => break,
        }
    }
    (end > at).then_some(end)
}

/// ` ?[^\s\p{L}\p{N}]++[\r\n]*+`.
#[inline]
fn others(text: &str, at: usize) -> Option<usize> {
    let start = at + usize::from(text.as_bytes()[at] == b' ');
    let mut end = start;
    while let Some((class, length)) = class_at(text, end)
        && !class.is(Class::SPACE.or(Class::LETTER).or(Class::NUMBER))
    {
        end += length;
    }
    (end > start).then(|| skip(text, end, Class::NEWLINE))
}

/// `\s++$` (cl100k only), `\s*[\r\n]+`, `\s+(?!\S)`, `\s+`.
fn spaces<const TRAILING_IS_ONE: bool>(text: &str, at: usize) -> Option<usize> {
    let run = Run::at(text, at)?;
    if TRAILING_IS_ONE && run.end == text.len() {
        return Some(run.end);
    }
    run.newline.or_else(|| run.not_before_a_word(text)).or(Some(run.first))
}
