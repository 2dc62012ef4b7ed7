//! Pieces in rows: the split of a text a few hundred pieces at a time.
//!
//! What is done with a piece waits for memory; what is done with many of them at once waits for all of it together.

use super::{Begins, Split};
use crate::simd::{LAST, Machine, Pieces, ROW, WINDOW, Work, fetch_ahead};

/// Stretches of a text that follow one another.
pub(crate) struct Row {
    /// Where the first begins.
    pub(crate) start: usize,
    /// Where the last ends.
    pub(crate) end: usize,
    /// Counted from there: where it begins, and where each ends.
    bounds: [u32; ROW + 17],
    count: usize,
    /// Whether little of the text is left from `start` on.
    is_last: bool,
    /// That little, and zeros after it: all of it can be read in windows, and every piece with what comes after it.
    last: [u8; LAST + WINDOW],
}

impl Row {
    /// The most bytes of a row but for its last stretch.
    const BYTES: usize = 1 << 20;

    /// The longest piece of a row: what is put off of a row is not much then.
    const LONGEST: usize = 1 << 16;

    #[inline(always)]
    pub(crate) fn new() -> Self {
        Self { start: 0, end: 0, bounds: [0; _], count: 0, is_last: false, last: [0; _] }
    }

    /// The stretches, of this text.
    #[inline(always)]
    pub(crate) fn pieces<'t>(&'t self, text: &'t str) -> Pieces<'t> {
        let room = |from: usize| self.bounds[from..].first_chunk().expect("there is one bound more than pieces");
        let text = if self.is_last { &self.last } else { &text.as_bytes()[self.start..] };
        Pieces { text, begins: room(0), ends: room(1), count: self.count }
    }

    /// Where a stretch begins and ends.
    #[inline(always)]
    pub(crate) fn span(&self, i: usize) -> (usize, usize) {
        let i = i % ROW;
        (self.start + self.bounds[i] as usize, self.start + self.bounds[i + 1] as usize)
    }

    /// Splits `text` from `at` on, where a piece begins, until the row is full or the text is over; at its end a row ends where
    /// it begins.
    ///
    /// A piece too long for the row ends it before; it is the first of the next row then, and the row has no other: it ends
    /// where that does, and has no pieces.
    #[inline(always)]
    pub(crate) fn fill<S: Split>(&mut self, machine: impl Machine, split: &mut S, text: &str, at: usize) {
        (self.start, self.end, self.count) = (at, at, 0);
        if at < text.len() {
            machine.run(Fill { row: self, split, text });
        }
    }
}

/// Text is asked for so far before it is split, a row or two: between two rows so much else is read that the processor does not
/// see soon enough that it is read in order.
const AHEAD: usize = 1 << 11;

/// Room for a text of less than a window, and for what is read after it.
pub(crate) const FEW: usize = WINDOW + 16;

/// Splits a text of less than a window at once: the ends of all its pieces, a bit for each, and the text with zeros after it
/// in `padded`. `None` if some have to be walked to.
#[inline(always)]
pub(crate) fn ends_of_few<S: Split>(machine: impl Machine, text: &str, padded: &mut [u8; FEW]) -> Option<u64> {
    let window = padded.first_chunk_mut().expect("there is room for a window");
    machine.pad_window(text.as_bytes(), window);
    let ends = if is_worth(machine, window, WINDOW) { ends::<S>(machine, window, 1 << text.len()) } else { 0 };
    (ends >> text.len() == 1).then_some(ends)
}

/// Work: [`Row::fill`].
struct Fill<'w, S> {
    row: &'w mut Row,
    split: &'w mut S,
    text: &'w str,
}

impl<S: Split> Work for Fill<'_, S> {
    type Output = ();
    #[inline(always)]
    fn on(self, machine: impl Machine) {
        let Self { row, split, text } = self;
        let bytes = text.as_bytes();
        let mut at = row.start;
        row.is_last = bytes.len() - at <= LAST;
        if row.is_last {
            machine.pad(&bytes[at..], &mut row.last);
        }
        let mut count = 0;
        while at < bytes.len() && count <= ROW - WINDOW && at - row.start <= Row::BYTES {
            let left = bytes.len() - at;
            let (window, over) = match row.is_last {
                true => (&row.last[at - row.start..], if left < WINDOW { 1 << left } else { 0 }),
                // What is left is a row of its own.
                false if left <= LAST => break,
                false => {
                    fetch_ahead(bytes, at + AHEAD);
                    (&bytes[at..], 0)
                }
            };
            let window = window.first_chunk().expect("more than a window is left, or zeros are after the text");
            let ends = if is_worth(machine, window, left) { ends::<S>(machine, window, over) } else { 0 };
            if ends == 0 {
                let end = split.end(text, at);
                if end - at > Row::LONGEST {
                    if count == 0 {
                        at = end;
                    }
                    break;
                }
                row.bounds[count + 1] = (end - row.start) as u32;
                (at, count) = (end, count + 1);
            } else {
                let room: &mut [u32] = &mut row.bounds[count + 1..count + 1 + WINDOW];
                let room = room.try_into().expect("there is room for a window");
                machine.places(ends, (at - row.start) as u32, room);
                count += ends.count_ones() as usize;
                at += 63 - ends.leading_zeros() as usize;
            }
        }
        (row.end, row.count) = (at, count);
    }
}

/// Whether a window of a text of which so much is left had better be taken at once.
#[inline(always)]
fn is_worth<M: Machine>(_: M, [first, second, ..]: &[u8; WINDOW], left: usize) -> bool {
    M::CLASSES_ALL || (first | second).is_ascii() && left >= WINDOW / 2
}

/// The ends of the pieces of a window that can be found without a walk, a bit for each.
#[inline(always)]
fn ends<S: Split>(machine: impl Machine, window: &[u8; WINDOW], over: u64) -> u64 {
    let classes = machine.classes(window);
    let begins = if classes.wide == 0 {
        S::begins(&classes, window, over)
    } else {
        S::begins(&machine.widened(classes, window), window, over)
    };
    begins.map_or(0, Begins::ends)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::{Pattern, WithSplit};
    use crate::simd::on_every;

    /// What the lines of the patterns tell apart, in one byte and in more.
    const ATOMS: [&str; 64] = [
        "a",
        "b",
        "Z",
        "QR",
        "'s",
        "'S",
        "'ll",
        "'Ve",
        "'",
        "''",
        "1",
        "23",
        "4567",
        " ",
        "  ",
        "\t",
        "\n",
        "\r\n",
        "\n ",
        " \n",
        "/",
        "//",
        ".",
        "!!",
        "-",
        "(",
        "\0",
        "ß",
        "é",
        "ж",
        "Ж",
        "Ω",
        "ǅ",
        "ʰ",
        "ª",
        "א",
        "中",
        "文字",
        "あ",
        "가",
        "ก",
        "ที่",
        "क्षि",
        "\u{301}",
        "\u{fe0f}",
        "٣",
        "½",
        "Ⅷ",
        "𝟘",
        "\u{a0}",
        "\u{85}",
        "\u{3000}",
        "\u{2003}",
        "\u{200d}",
        "€",
        "。",
        "«",
        "’",
        "…",
        "👍",
        "👍🏽",
        "𠀀",
        "\u{17f}",
        "\u{e0100}",
    ];

    fn text(random: &mut impl FnMut(usize) -> usize) -> String {
        let (few, length) = (1 + random(ATOMS.len()), [12, 120][random(2)]);
        let length = random(length);
        let palette: Vec<&str> = (0..few.min(12)).map(|_| ATOMS[random(ATOMS.len())]).collect();
        (0..length).map(|_| palette[random(palette.len())]).collect()
    }

    #[derive(Clone)]
    struct Rows<'t>(Pattern, &'t [String]);

    impl Work for Rows<'_> {
        type Output = ();
        fn on(self, machine: impl Machine) {
            for text in self.1 {
                self.0.dispatch(Check(machine, text, &self.0.split(text)));
            }
        }
    }

    struct Check<'t, M>(M, &'t str, &'t [&'t str]);

    impl<M: Machine> WithSplit for Check<'_, M> {
        type Output = ();
        fn with<S: Split>(self) {
            let Self(machine, text, expected) = self;
            // What a row before left behind must not be seen.
            let (mut split, mut row) = (S::default(), Row { last: [b's'; _], ..Row::new() });
            let mut pieces = Vec::new();
            row.fill(machine, &mut split, text, 0);
            while row.start < text.len() {
                let end = row.end;
                take(&row, text, &mut pieces);
                row.fill(machine, &mut split, text, end);
                assert_eq!(row.start, end);
            }
            assert_eq!((row.end, row.count), (text.len(), 0));
            assert_eq!(pieces, *expected, "{text:?}");
            let mut padded = [b's'; FEW];
            if text.len() < WINDOW
                && let Some(ends) = ends_of_few::<S>(machine, text, &mut padded)
            {
                let all = 1..=text.len();
                let at_once: Vec<usize> = all.filter(|end| ends >> end & 1 == 1).collect();
                let in_turn = expected.iter().scan(0, |end, piece| {
                    *end += piece.len();
                    Some(*end)
                });
                assert_eq!(at_once, in_turn.collect::<Vec<_>>(), "{text:?}");
                assert_eq!(padded[..text.len()], *text.as_bytes());
                assert!(padded[text.len()..WINDOW].iter().all(|&byte| byte == 0));
            }
        }
    }

    /// Takes the pieces of a row, and sees to it that they can be read.
    fn take<'t>(row: &Row, text: &'t str, pieces: &mut Vec<&'t str>) {
        let spans: Vec<_> = (0..row.count).map(|i| row.span(i)).collect();
        assert_eq!(spans.last().map(|span| span.1), Some(row.end));
        let in_row = row.pieces(text);
        for (i, &(start, end)) in spans.iter().enumerate() {
            let begin = in_row.begins[i] as usize;
            assert_eq!(in_row.text[begin..begin + end - start], text.as_bytes()[start..end]);
            assert!(in_row.text.len() >= begin + 16, "a short piece can be read to the end of sixteen bytes");
            pieces.push(&text[start..end]);
        }
    }

    #[test]
    fn a_row_is_what_a_walk_would_find_on_every_machine() {
        let mut state = 1_u64;
        let mut random = |below: usize| {
            state = state.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(0x1405_7B7E_F767_814F);
            (state >> 33) as usize % below
        };
        let texts: Vec<String> = (0..5_000).map(|_| text(&mut random)).collect();
        for pattern in Pattern::ALL {
            on_every(&Rows(pattern, &texts));
        }
    }
}
