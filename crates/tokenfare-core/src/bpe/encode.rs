//! Encoding: pieces are looked up in rows, and the tokens written down in the order of the text.

use super::ranks::{NONE, Ranks, Slot};
use super::{Several, Sink};
use crate::scan::{Row, Split};
use crate::simd::{Machine, Work};

/// Writes the tokens of `text` down by rank, split by `split`.
///
/// It is `for each piece: piece(…)` of [`super`].
#[inline(always)]
pub(crate) fn feed<S: Split>(
    machine: impl Machine,
    ranks: &Ranks<'_>,
    text: &str,
    mut split: S,
    tokens: &mut Vec<u32>,
) {
    let mut row = Row::new();
    let mut at = 0;
    while at < text.len() {
        at = row.fill(machine, &mut split, text, at);
        machine.run(Take { ranks, text, row: &row, end: at, tokens });
    }
}

/// Work: writing a row down.
struct Take<'w> {
    ranks: &'w Ranks<'w>,
    text: &'w str,
    row: &'w Row,
    /// Where the row ends.
    end: usize,
    tokens: &'w mut Vec<u32>,
}

impl Work for Take<'_> {
    type Output = ();
    #[inline(always)]
    fn on(self, machine: impl Machine) {
        let Self { ranks, text, row, end, tokens } = self;
        let bytes = text.as_bytes();
        let ends = row.ends();
        if ends.is_empty() {
            // One piece, too long for a row.
            return machine.run(Several(ranks, text, (row.start, end), tokens));
        }
        let mut slots = [NONE; Row::ROOM];
        let mut start = row.start;
        for (slot, &end) in slots.iter_mut().zip(ends) {
            let end = row.start + end as usize;
            *slot = ranks.probe(machine, bytes, start, end);
            start = end;
        }
        for (i, &slot) in slots[..ends.len()].iter().enumerate() {
            if slot != NONE {
                tokens.token(ranks, Slot::Inline(slot));
                continue;
            }
            let (start, end) = row.span(i);
            match ranks.find_within(bytes, start, end) {
                Some(slot) => tokens.token(ranks, slot),
                None => machine.run(Several(ranks, text, (start, end), tokens)),
            }
        }
    }
}
