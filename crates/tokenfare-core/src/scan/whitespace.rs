//! White space, which every pattern splits by what it holds and what follows it.

use crate::unicode::{Class, class_at};

/// A run of white space, from a piece's beginning to the next character that is none.
#[derive(Clone, Copy)]
pub(super) struct Run {
    /// Where its first character ends.
    pub(super) first: usize,
    /// Where its last character begins.
    pub(super) last: usize,
    /// Where it ends.
    pub(super) end: usize,
    /// Where its last `\r` or `\n` ends, if it has one.
    pub(super) newline: Option<usize>,
}

impl Run {
    /// The run that begins at `at`; `None` where there is no white space.
    #[inline]
    pub(super) fn at(text: &str, at: usize) -> Option<Self> {
        let mut run = Self { first: at, last: at, end: at, newline: None };
        while let Some((class, length)) = class_at(text, run.end)
            && class.is(Class::SPACE)
        {
            run.last = run.end;
            run.end += length;
            if run.last == at {
                run.first = run.end;
            }
            if class.is(Class::NEWLINE) {
                run.newline = Some(run.end);
            }
        }
        (run.end > at).then_some(run)
    }

    /// `\s+(?!\S)`: all of the run at the end of the text; else all but its last character, which goes to what follows.
    #[inline]
    pub(super) fn not_before_a_word(self, text: &str) -> Option<usize> {
        if self.end == text.len() { Some(self.end) } else { (self.last >= self.first).then_some(self.last) }
    }
}
