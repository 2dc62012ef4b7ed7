//! A bounded memory of segments that had to be merged and what they counted.

use super::ranks::{INLINE, Key};
use super::table::{
    AtLine, Bytes, COUNT_AT, Entry, InHalf, LONGEST, Long, Table, WIDE, WIDEST, Wide, With, count_of, entry_of,
};
use crate::simd::{COUNT_BITS, Missed, Pieces, ROW, Remembered, recall as recall_short};

/// Keeps the counts of segments of up to thirty bytes, and of those of up to sixty-two that are merged as they are.
pub(crate) struct Memo {
    /// Up to fifteen bytes, words of most languages: their keys, with the count in the upper half of the last byte.
    short: Table<Remembered>,
    /// Up to thirty: words of those with two bytes a letter or more.
    long: Table<With<Long, 0, InHalf>>,
    /// The others: words of languages with three bytes a letter, or without spaces.
    wide: Table<With<Wide, 0, AtLine>>,
}

impl Memo {
    /// A memory for so many bytes of text.
    pub(super) fn new(length: usize) -> Self {
        Self { short: Table::sized(length), long: Table::sized(length / 16), wide: Table::sized(0) }
    }

    /// What is remembered of segments of up to fifteen bytes.
    #[inline(always)]
    pub(super) fn short(&self) -> &[Remembered] {
        &self.short.entries
    }

    /// The count of `bytes[start..end]`, if it is remembered.
    #[inline(always)]
    pub(super) fn get(&self, bytes: &[u8], start: usize, end: usize) -> Option<usize> {
        let count = match end - start {
            0..=INLINE => {
                let key = Key::within(bytes, start, end);
                recall_short(&self.short.entries, key)
            }
            16..=LONGEST => self.get_long(bytes, start, end),
            _ => 0,
        };
        (count > 0).then_some(count as usize)
    }

    /// The count of `bytes[start..end]`, of sixteen bytes to thirty; 0 if it is not remembered.
    #[inline(always)]
    fn get_long(&self, bytes: &[u8], start: usize, end: usize) -> u64 {
        recall(&self.long, &entry_of(bytes, start, end))
    }

    /// The count of a segment that is longer and is not cut; 0 if it is not remembered.
    #[inline(never)]
    pub(super) fn get_wide(&self, bytes: &[u8], start: usize, end: usize) -> u64 {
        match end - start {
            WIDE..=WIDEST => recall(&self.wide, &entry_of(bytes, start, end)),
            _ => 0,
        }
    }

    /// Looks for the longer of `count` pieces that were missed, like [`recall_all`](crate::simd::recall_all).
    #[inline(always)]
    pub(super) fn recall_long(&self, pieces: Pieces<'_>, missed: &mut Missed, count: usize) -> (usize, u64) {
        let span = |piece: usize| (pieces.begins[piece] as usize, pieces.ends[piece] as usize);
        let is_long = |piece: usize| (INLINE + 1..=LONGEST).contains(&(span(piece).1 - span(piece).0));
        let (mut longs, mut held) = ([0; ROW], 0);
        for &piece in missed.numbers(count.min(ROW)) {
            longs[held] = piece;
            held += usize::from(is_long(piece as usize % ROW));
        }
        if held == 0 {
            return (count, 0);
        }
        let longs = &mut longs[..held];
        for &piece in &*longs {
            let (begin, end) = span(piece as usize % ROW);
            self.long.fetch(&With::new(entry_of(pieces.text, begin, end), []));
        }
        // What each comes to, in its number's place.
        let mut total = 0;
        for piece in &mut *longs {
            let (begin, end) = span(*piece as usize % ROW);
            let tokens = self.get_long(pieces.text, begin, end);
            total += tokens;
            *piece = tokens as u32;
        }
        let mut next = 0;
        let left = missed.leave(count, |piece| {
            let is_long = is_long(piece);
            let is_found = is_long & (longs[next.min(held - 1)] != 0);
            next += usize::from(is_long);
            is_found
        });
        (left, total)
    }

    /// Remembers the count of `bytes[start..end]`, if it is of up to thirty bytes.
    #[inline(always)]
    pub(super) fn put(&mut self, bytes: &[u8], start: usize, end: usize, count: usize) {
        // A segment has at most as many tokens as bytes.
        match end - start {
            0..=INLINE => {
                let key = Key::within(bytes, start, end);
                self.short.put([key.low, key.high | (count as u64) << (64 - COUNT_BITS)]);
            }
            16..=LONGEST => {
                let mut entry: Long = entry_of(bytes, start, end);
                entry[3] |= (count as u64) << COUNT_AT;
                self.long.put(With::new(entry, []));
            }
            _ => {}
        }
    }

    /// Remembers the count that merging comes to of `bytes[start..end]`, of up to sixty-two. What a longer piece is that is looked
    /// up is not to come here: a part of the same bytes is asked for too.
    #[inline(always)]
    pub(super) fn put_merged(&mut self, bytes: &[u8], start: usize, end: usize, count: usize) {
        if !(WIDE..=WIDEST).contains(&(end - start)) {
            return self.put(bytes, start, end, count);
        }
        let mut entry: Wide = entry_of(bytes, start, end);
        entry[7] |= (count as u64) << COUNT_AT;
        self.wide.put(With::new(entry, []));
    }
}

/// The count that is remembered of a segment; 0 if it is not.
#[inline(always)]
fn recall<const WORDS: usize, A: Copy + PartialEq>(
    table: &Table<With<Bytes<WORDS>, 0, A>>,
    wanted: &Bytes<WORDS>,
) -> u64
where
    Bytes<WORDS>: Entry,
{
    let [first, second] = wanted.places(table.entries.len()).map(|at| &table.entries[at].key);
    // Of both, whatever the first is: a branch would wait for it.
    count_of(first, wanted) | count_of(second, wanted)
}

#[cfg(test)]
mod tests {
    use super::super::table::MOST;
    use super::*;

    #[test]
    fn a_segment_is_remembered_only_as_itself_wherever_it_stands() {
        let mut memo = Memo::new(1 << 20);
        let text: Vec<u8> = (0..90).map(|i| b'a' + i % 23).chain([0, 0, 0]).collect();
        for length in 1..=70 {
            memo.put_merged(&text, 3, 3 + length, length);
            let alone = &text[3..3 + length];
            let expected = (length <= 30).then_some(length);
            assert_eq!(memo.get(&text, 3, 3 + length), expected);
            assert_eq!(memo.get(alone, 0, length), expected, "at the end of the text too");
            let wide = if (31..=62).contains(&length) { length as u64 } else { 0 };
            assert_eq!(memo.get_wide(&text, 3, 3 + length), wide);
            assert_eq!(memo.get_wide(alone, 0, length), wide, "at the end of the text too");
            for changed in 0..length {
                let mut other = alone.to_vec();
                other[changed] ^= 1;
                assert_eq!(memo.get(&other, 0, length), None, "{length} {changed}");
                assert_eq!(memo.get_wide(&other, 0, length), 0, "{length} {changed}");
            }
        }
        let mut memo = Memo::new(1);
        for byte in 1..=255 {
            let mut segment = [0; 20];
            segment[0] = byte;
            memo.put(&segment, 0, 3, 2);
            for length in (1..=15).filter(|&length| length != 3) {
                assert_eq!(memo.get(&segment, 0, length), None, "the zeros of {length} are not those of 3");
            }
        }
        let zeros = [0; 40];
        assert_eq!(memo.get(&zeros, 0, 9), None);
    }

    #[test]
    fn segments_that_share_a_place_and_a_part_are_not_each_other() {
        for (length, differ) in [(12, 0..4), (12, 4..8), (12, 8..12), (24, 0..4), (24, 8..12), (24, 20..24)] {
            let segment = |i: u32| {
                let mut segment = vec![b'a'; length];
                segment[differ.clone()].copy_from_slice(&i.to_le_bytes());
                segment
            };
            let mut memo = Memo::new(1);
            for i in 0..50 {
                memo.put(&segment(i), 0, length, 2);
            }
            for i in 50..2_000 {
                assert_eq!(memo.get(&segment(i), 0, length), None, "{length} {differ:?} {i}");
            }
        }
    }

    #[test]
    fn it_grows_with_what_it_holds_to_a_bound() {
        let mut memo = Memo::new(1);
        let segment = |i: u32, length: usize| -> Vec<u8> { i.to_le_bytes().repeat(8)[..length].to_vec() };
        for length in [6, 20] {
            for i in 0..2_000 {
                memo.put(&segment(i, length), 0, length, 2 + i as usize % 4);
            }
            let counts = (0..2_000).filter_map(|i| Some((i, memo.get(&segment(i, length), 0, length)?)));
            let kept = counts.inspect(|&(i, count)| assert_eq!(count, 2 + i as usize % 4)).count();
            assert!(kept > 1_950, "{kept} of 2,000 {length}");
        }
        for i in 0..1 << 20 {
            memo.put(&segment(i, 6), 0, 6, 2);
            memo.put(&segment(i, 20), 0, 20, 2);
            memo.put_merged(&segment(i, 32), 0, 32, 2);
        }
        assert_eq!(size_of_val(&*memo.short.entries), MOST);
        assert_eq!(size_of_val(&*memo.long.entries), MOST);
        assert_eq!(size_of_val(&*memo.wide.entries), MOST / 2);
    }
}
