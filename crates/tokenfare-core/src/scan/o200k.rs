//! The split of `o200k_base` and `o200k_harmony`.
//!
//! ```text
//! [^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?
//! [^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?
//! \p{N}{1,3}
//!  ?[^\s\p{L}\p{N}]+[\r\n/]*
//! \s*[\r\n]+
//! \s+(?!\S)
//! \s+
//! ```
//! A letter without case and a mark are in both brackets of the first two lines, and a mark may be the character before
//! a word too: that is where the care goes.

use super::cl100k::{contraction, number};
use super::whitespace::Run;
use super::window::{absorbed, after, before, contracted, firsts, threes, unknown, white_space};
use super::{Begins, Split};
use crate::simd::{Classes, WINDOW};
use crate::unicode::{Class, class_at, skip};

#[derive(Default)]
pub(crate) struct O200k;

/// `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`.
const HEAD: Class = Class::UPPER.or(Class::CASELESS).or(Class::MARK);
/// `[\p{Ll}\p{Lm}\p{Lo}\p{M}]`.
const TAIL: Class = Class::LOWER.or(Class::CASELESS).or(Class::MARK);

impl Split for O200k {
    #[inline]
    fn end(&mut self, text: &str, at: usize) -> usize {
        word(text, at, ends_in_tail)
            .or_else(|| word(text, at, only_head))
            .or_else(|| number::<3>(text, at))
            .or_else(|| others(text, at))
            .or_else(|| spaces(text, at))
            .expect("every character is a letter, a number, white space or none of them")
    }

    #[inline(always)]
    fn begins(c: &Classes, window: &[u8; WINDOW], over: u64) -> Option<Begins> {
        Some(begins(c, window, over))
    }
}

/// The pattern over a window.
///
/// A mark goes on with a word; after anything else, where it may be the character before a word or go on with symbols, the
/// algebra does not follow it. Nor does it follow a capital after what is in both brackets.
#[inline(always)]
fn begins(c: &Classes, window: &[u8; WINDOW], over: u64) -> Begins {
    let letters = c.letters | c.marks;
    let symbols = c.symbols & !c.marks;
    let absorbed = absorbed(c, symbols, c.slashes);
    let symbols = symbols & !absorbed;
    // A symbol goes with a symbol or a space before it.
    let first_symbols = firsts(symbols) & !after(c.spaces);
    // A word takes the blank before it, or a symbol that nothing else has taken.
    let words = firsts(letters) & !after(c.blanks | c.whole(first_symbols));
    let white = white_space(c, c.newlines & !absorbed, over);
    let begins = words | c.capitals & after(c.small) | threes(c.digits) | first_symbols | white | over;
    let marks = c.marks & firsts(letters);
    let both = (c.caseless | c.marks) & before(c.capitals);
    let mut begins = Begins { begins, unsure: unknown(c, over) | c.digits & c.wide | marks | before(marks) | both };
    let contractions = c.apostrophes & after(letters);
    if contractions != 0 {
        begins.contractions(contractions, window, false, contracted);
    }
    begins
}

/// `[^\r\n\p{L}\p{N}]?` before a body, and the contraction after it: the first two alternatives.
///
/// A greedy `?` is tried with the character first; a mark may be that character or the body's first.
#[inline]
fn word(text: &str, at: usize, body: impl Fn(&str, usize) -> Option<usize>) -> Option<usize> {
    let (class, length) = class_at(text, at)?;
    let end = if class.is(Class::LETTER) {
        body(text, at)
    } else if class.is(Class::NEWLINE.or(Class::NUMBER)) {
        None
    } else {
        body(text, at + length).or_else(|| if class.is(Class::MARK) { body(text, at) } else { None })
    }?;
    Some(contraction(text, end).unwrap_or(end))
}

/// `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+`.
///
/// The first bracket takes all it can and gives back until the second has one. Where a lower-case letter follows,
/// it gives nothing back; else it gives back to the last character that is in both, and the piece ends there,
/// since only capitals come after it.
#[inline]
fn ends_in_tail(text: &str, at: usize) -> Option<usize> {
    let (mut end, mut last_of_both) = (at, None);
    while let Some((class, length)) = class_at(text, end) {
        if class.is(Class::LOWER) {
            return Some(skip(text, end + length, TAIL));
        }
        if !class.is(HEAD) {
            break;
        }
        end += length;
        if class.is(TAIL) {
            last_of_both = Some(end);
        }
    }
    last_of_both
}

/// `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*`, where the alternative before has failed: only capitals.
#[inline]
fn only_head(text: &str, at: usize) -> Option<usize> {
    let head = skip(text, at, HEAD);
    (head > at).then(|| skip(text, head, TAIL))
}

/// ` ?[^\s\p{L}\p{N}]+[\r\n/]*`.
#[inline]
fn others(text: &str, at: usize) -> Option<usize> {
    let start = at + usize::from(text.as_bytes()[at] == b' ');
    let mut end = start;
    while let Some((class, length)) = class_at(text, end)
        && !class.is(Class::SPACE.or(Class::LETTER).or(Class::NUMBER))
    {
        end += length;
    }
    if end == start {
        return None;
    }
    while let Some(b'\r' | b'\n' | b'/') = text.as_bytes().get(end) {
        end += 1;
    }
    Some(end)
}

/// `\s*[\r\n]+`, `\s+(?!\S)`, `\s+`.
fn spaces(text: &str, at: usize) -> Option<usize> {
    let run = Run::at(text, at)?;
    run.newline.or_else(|| run.not_before_a_word(text)).or(Some(run.first))
}
