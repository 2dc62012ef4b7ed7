//! The split of GPT-2, `r50k_base` and `p50k_base`.
//!
//! ```text
//! '(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s
//! ```
//! GPT-2 itself writes `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`, which splits alike.

use super::whitespace::Run;
use super::window::{after, before, contracted, firsts, unknown};
use super::{Begins, Split};
use crate::simd::{Classes, WINDOW};
use crate::unicode::{Class, class_at, skip};

#[derive(Default)]
pub(crate) struct Gpt2;

impl Split for Gpt2 {
    #[inline]
    fn end(&mut self, text: &str, at: usize) -> usize {
        contraction(text, at)
            .or_else(|| run_of(text, at, Class::LETTER))
            .or_else(|| run_of(text, at, Class::NUMBER))
            .or_else(|| others(text, at))
            .or_else(|| white_space(text, at))
            .expect("every character is a letter, a number, white space or none of them")
    }

    #[inline(always)]
    fn begins(c: &Classes, window: &[u8; WINDOW], over: u64) -> Option<Begins> {
        Some(begins(c, window, over))
    }
}

/// The pattern over a window.
#[inline(always)]
fn begins(c: &Classes, window: &[u8; WINDOW], over: u64) -> Begins {
    let (letters, symbols, white) = (c.letters, c.symbols, c.white());
    // A run of letters, digits or symbols takes the space before it.
    let runs = (firsts(letters) | firsts(c.digits) | firsts(symbols)) & !after(c.spaces);
    // A run of white space is a piece but for its last character, which begins another if anything follows.
    let begins = runs | firsts(white) | white & !before(white | over);
    let mut begins = Begins { begins: begins | over, unsure: unknown(c, over) };
    let contractions = c.apostrophes & before(letters);
    if contractions != 0 {
        // In lower case only.
        let lower = |first: u8, second: u8| match contracted(first, second) {
            1 if first.is_ascii_lowercase() => 1,
            2 if first.is_ascii_lowercase() && second.is_ascii_lowercase() => 2,
            _ => 0,
        };
        begins.contractions(contractions, window, true, lower);
    }
    begins
}

/// `'(?:[sdmt]|ll|ve|re)`: in lower case only.
#[inline]
fn contraction(text: &str, at: usize) -> Option<usize> {
    let rest = &text.as_bytes()[at..];
    if *rest.first()? != b'\'' {
        return None;
    }
    match rest {
        [_, b's' | b'd' | b'm' | b't', ..] => Some(at + 2),
        [_, b'l', b'l', ..] | [_, b'v' | b'r', b'e', ..] => Some(at + 3),
        _ => None,
    }
}

/// ` ?\p{L}++` and ` ?\p{N}++`.
#[inline]
fn run_of(text: &str, at: usize, set: Class) -> Option<usize> {
    let start = at + usize::from(text.as_bytes()[at] == b' ');
    let end = skip(text, start, set);
    (end > start).then_some(end)
}

/// ` ?[^\s\p{L}\p{N}]++`.
#[inline]
fn others(text: &str, at: usize) -> Option<usize> {
    let start = at + usize::from(text.as_bytes()[at] == b' ');
    let mut end = start;
    while let Some((class, length)) = class_at(text, end)
        && !class.is(Class::SPACE.or(Class::LETTER).or(Class::NUMBER))
    {
        end += length;
    }
    (end > start).then_some(end)
}

/// `\s++$|\s+(?!\S)|\s`.
fn white_space(text: &str, at: usize) -> Option<usize> {
    let run = Run::at(text, at)?;
    run.not_before_a_word(text).or(Some(run.first))
}
