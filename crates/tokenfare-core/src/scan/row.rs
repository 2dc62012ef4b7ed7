//! Pieces in rows: the split of a text a few hundred pieces at a time.
//!
//! What is done with a piece waits for memory; what is done with many of them at once waits for all of it together.

use super::{Begins, Split};
use crate::simd::{Machine, Pieces, ROW, WINDOW};

/// Stretches of a text that follow one another.
pub(crate) struct Row {
    /// Where the first begins.
    pub(crate) start: usize,
    /// Counted from there: where it begins, and where each ends.
    bounds: [u32; ROW + 17],
    count: usize,
}

impl Row {
    /// The most bytes of a row but for its last stretch.
    const BYTES: usize = 1 << 20;

    #[inline(always)]
    pub(crate) fn new() -> Self {
        Self { start: 0, bounds: [0; _], count: 0 }
    }

    /// The stretches, of this text.
    #[inline(always)]
    pub(crate) fn pieces<'t>(&'t self, text: &'t str) -> Pieces<'t> {
        let room = |from: usize| self.bounds[from..].first_chunk().expect("there is one bound more than pieces");
        Pieces { text: &text.as_bytes()[self.start..], begins: room(0), ends: room(1), count: self.count }
    }

    /// Where a stretch begins and ends.
    #[inline(always)]
    pub(crate) fn span(&self, i: usize) -> (usize, usize) {
        let i = i % ROW;
        (self.start + self.bounds[i] as usize, self.start + self.bounds[i + 1] as usize)
    }

    /// Splits `text` from `at` on, where a piece begins, until the row is full or the text is over. Returns where the row
    /// ends.
    ///
    /// A piece too long for the row ends it before; it is the first of the next row then, and the row has no other: the
    /// end is returned, and the row is empty.
    #[inline(always)]
    pub(crate) fn fill<S: Split>(&mut self, machine: impl Machine, split: &mut S, text: &str, mut at: usize) -> usize {
        let bytes = text.as_bytes();
        self.start = at;
        let mut count = 0;
        while at < bytes.len() && count <= ROW - WINDOW && at - self.start <= Self::BYTES {
            let ends = match bytes[at..].first_chunk::<WINDOW>() {
                // Where a piece goes on beyond ASCII at once, a window would find none.
                Some([first, second, ..]) if !(first | second).is_ascii() => 0,
                Some(window) => S::begins(&machine.classes(window), window).map_or(0, Begins::ends),
                None => 0,
            };
            if ends == 0 {
                let end = split.end(text, at);
                let Ok(place) = u32::try_from(end - self.start) else {
                    // Nobody's text has a word of four gibibytes; and yet it may.
                    if count == 0 {
                        at = end;
                    }
                    break;
                };
                self.bounds[count + 1] = place;
                (at, count) = (end, count + 1);
            } else {
                let room: &mut [u32] = &mut self.bounds[count + 1..count + 1 + WINDOW];
                let room = room.try_into().expect("there is room for a window");
                machine.places(ends, (at - self.start) as u32, room);
                count += ends.count_ones() as usize;
                at += 63 - ends.leading_zeros() as usize;
            }
        }
        self.count = count;
        at
    }
}
