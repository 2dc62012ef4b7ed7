//! Pieces found by bit algebra in a window of 64 bytes: what nearly all pieces are.
//!
//! A scanner that walks from piece to piece guesses wrong at the end of nearly every one. Here the classes of 64 bytes
//! are 64 bits each, a rule of a pattern is a line of algebra over all of them at once, and out come the places where
//! pieces begin. A character beyond ASCII has the bits of all its bytes, so that most lines say the same of it. What a line
//! cannot say (the window's own edge, a count of digits of several bytes) is marked as not sure, and the piece that
//! holds such a mark is left to the functions of the pattern.

use crate::simd::{Classes, WINDOW};

/// Where pieces begin in a window, which itself begins where a piece does.
#[derive(Clone, Copy)]
pub(crate) struct Begins {
    /// A bit for each place where a piece begins. That of the window's first is there whether it is set or not.
    pub(super) begins: u64,
    /// A bit for each place whose piece the algebra does not answer for.
    pub(super) unsure: u64,
}

impl Begins {
    /// The ends of the pieces that are sure, a bit for each: they follow one another from the window's beginning.
    #[inline(always)]
    pub(crate) fn ends(self) -> u64 {
        // A piece is sure if it ends at or before the first place that is not; the last place never is.
        let sure = self.unsure ^ self.unsure.wrapping_sub(1);
        self.begins & sure & !1
    }
}

/// Each place whose next is of a class.
#[inline(always)]
pub(super) fn before(class: u64) -> u64 {
    class >> 1
}

/// Each place whose last is of a class.
#[inline(always)]
pub(super) fn after(class: u64) -> u64 {
    class << 1
}

/// The first of each run.
#[inline(always)]
pub(super) fn firsts(class: u64) -> u64 {
    class & !after(class)
}

/// `ends`, and all of the runs of a class that they are the ends of.
#[inline(always)]
pub(super) fn runs_to(mut ends: u64, mut class: u64) -> u64 {
    for step in [1, 2, 4, 8, 16, 32] {
        ends |= ends >> step & class;
        class &= class >> step;
    }
    ends
}

/// The places that no line answers for.
///
/// The last place before what the window does not hold whole, unless the text is `over` before: where that is white space,
/// from the first of its run on, since how a run is split depends on what follows it. And white space of several bytes: where
/// its run is split, a line would split a character. The zeros after a text that is over are symbols that nothing ends.
#[inline(always)]
pub(super) fn unknown(c: &Classes, over: u64) -> u64 {
    let white = c.white();
    let mut edge = 0;
    if over == 0 {
        let last = before(c.broken & !after(c.broken)) | 1 << (WINDOW - 1);
        edge = if last & white == 0 { last } else { last | runs_to(last & white, white) };
    }
    edge | c.blanks & c.wide
}

/// White space that the text ends with, but for the first of it, where the text is `over`.
#[inline(always)]
pub(super) fn trailing(white: u64, over: u64) -> u64 {
    let last = before(over) & white;
    if last == 0 { 0 } else { (last | runs_to(last, white)) & after(white) }
}

/// Newlines that go on with a run of symbols, and what of `on` goes on with them: such a run is a piece to their end.
#[inline(always)]
pub(super) fn absorbed(c: &Classes, symbols: u64, on: u64) -> u64 {
    let begins = c.newlines & after(symbols);
    let runs = c.newlines | on;
    // The sum carries through each run from where it begins; where one begins a second time, a bit is left.
    runs & !runs.wrapping_add(begins) | begins
}

/// What `(?i:'s|'t|'re|'ve|'m|'ll|'d)` matches after an apostrophe, by its bytes; 0 is nothing.
#[inline(always)]
pub(super) fn contracted(first: u8, second: u8) -> u32 {
    match [first | 0x20, second | 0x20] {
        [b's' | b't' | b'm' | b'd', _] => 1,
        [b'r' | b'v', b'e'] | [b'l', b'l'] => 2,
        _ => 0,
    }
}

/// The first byte of `ſ`.
const LONG_S: u8 = 0xC5;

impl Begins {
    /// Sees to the contractions at these apostrophes, of which `contracted` tells the length; `own` ones are a piece if one
    /// begins at the apostrophe, others go on with the word before it.
    #[inline(always)]
    pub(super) fn contractions(
        &mut self,
        mut apostrophes: u64,
        bytes: &[u8; WINDOW],
        own: bool,
        contracted: impl Fn(u8, u8) -> u32,
    ) {
        let mut last_end = WINDOW;
        while apostrophes != 0 {
            let at = apostrophes.trailing_zeros() as usize;
            apostrophes &= apostrophes - 1;
            if own && at > 0 && self.begins >> at & 1 == 0 {
                continue;
            }
            // Past the window's end, before what may be `ſ`, which is an `s`, or one right after the other.
            if at + 3 >= WINDOW || bytes[at + 1] == LONG_S || at == last_end && !own {
                self.unsure |= if own || at == 0 { 1 << at } else { 1 << (at - 1) };
                return;
            }
            let letters = contracted(bytes[at + 1], bytes[at + 2]);
            if letters > 0 {
                let inside = ((1 << (letters + 1)) - 1) << at;
                self.begins &= !if own { inside & inside << 1 } else { inside };
                last_end = at + 1 + letters as usize;
                self.begins |= 1 << last_end;
            }
        }
    }
}

/// White space by the rule of cl100k and o200k, where it is followed by something known: a run that has a newline is a
/// piece to its last newline; blanks that go on to something else are a piece but for the last, which begins another.
/// `newlines` are those that are not [`absorbed`]; where the text is `over`, nothing else follows.
#[inline(always)]
pub(super) fn white_space(c: &Classes, newlines: u64, over: u64) -> u64 {
    let white = c.blanks | newlines;
    let runs = firsts(white);
    let last_blanks = c.blanks & !before(white | over);
    // Blanks between newlines are in the middle of a piece.
    let mut after_newline = firsts(c.blanks) & after(newlines);
    let before_newline = c.blanks & before(newlines);
    if before_newline != 0 {
        after_newline &= !runs_to(before_newline, c.blanks);
    }
    runs | last_blanks | after_newline
}

/// The first of each run of digits, and each third after it: `\p{N}{1,3}`, where digits are a byte each.
#[inline(always)]
pub(super) fn threes(digits: u64) -> u64 {
    let mut all = firsts(digits);
    let fourth = digits & after(digits) & digits << 2 & digits << 3;
    let mut next = all << 3 & fourth;
    while next != 0 {
        all |= next;
        next = next << 3 & fourth;
    }
    all
}
