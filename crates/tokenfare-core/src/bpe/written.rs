//! A bounded memory of segments that had to be merged and the tokens they came to.

use super::Span;
use super::ranks::{INLINE, Key};
use super::table::{
    AtLine, Bytes, COUNT_AT, Entry, InHalf, LONGEST, Long, Table, WIDE, WIDEST, Wide, With, count_of, entry_of,
};
use crate::simd::{COUNT_BITS, Missed, Pieces, RANK_BITS, ROW, Remembered, Tail};
use std::hint::select_unpredictable;
use std::ops::Range;

/// Keeps the tokens of segments of up to thirty bytes that come to few, and of those of up to sixty-two that are merged as they
/// are.
pub(crate) struct Written {
    short: Table<Short>,
    long: Table<LongOnes>,
    wide: Table<WideOnes>,
}

/// The most tokens of a segment of up to fifteen bytes.
const FEW: usize = 6;

/// The most tokens of a segment of up to thirty.
pub(super) const MOST: usize = 12;

/// The most tokens of a segment of more than thirty bytes.
pub(super) const MANY: usize = 24;

/// Tokens in a word.
const A_WORD: usize = (u64::BITS / RANK_BITS) as usize;

/// A key with the number of its tokens, and they.
type Short = With<Remembered, { FEW / A_WORD }, InHalf>;

type LongOnes = With<Long, { MOST / A_WORD }, AtLine>;

type WideOnes = With<Wide, { MANY / A_WORD }, AtLine>;

impl Written {
    /// A memory for so many bytes of text.
    pub(super) fn new(length: usize) -> Self {
        Self { short: Table::sized(length), long: Table::sized(length / 4), wide: Table::sized(0) }
    }

    /// Notes where what was missed may be remembered, and has that brought near.
    #[inline(always)]
    pub(super) fn ask(&self, Wanted { pieces, missed, count, longest }: Wanted<'_>, asked: &mut Asked) {
        let (numbers, keys) = (missed.numbers(count.min(ROW)), missed.keys(count.min(ROW)));
        let span = |miss: usize| {
            let piece = numbers[miss] as usize % ROW;
            (pieces.begins[piece] as usize, pieces.ends[piece] as usize)
        };
        // Those of each kind together: a branch on it would often be guessed wrongly.
        let Asked { short, shorts: all_shorts, long: longs, longs: all_longs, places, keys: long_keys } = asked;
        let (mut shorts, mut longer) = (0, 0);
        for (miss, key) in keys.iter().enumerate() {
            let is_short = key.length() <= INLINE;
            (short[shorts], longs[longer]) = (miss as u32, miss as u32);
            shorts += usize::from(is_short);
            longer += usize::from(!is_short);
        }
        // Of the longer ones those that may be remembered.
        let mut held = 0;
        for i in 0..longer {
            let (start, end) = span(longs[i] as usize);
            longs[held] = longs[i];
            held += usize::from(end - start <= longest);
        }
        (*all_shorts, *all_longs) = (shorts, held);
        for &miss in &short[..shorts] {
            let Key { low, high } = keys[miss as usize];
            places[miss as usize] = self.short.fetch(&With::new([low, high], [0; _]));
        }
        for (&miss, key) in longs[..held].iter().zip(&mut *long_keys) {
            let (start, end) = span(miss as usize);
            *key = entry_of(pieces.text, start, end);
            places[miss as usize] = self.long.fetch(&With::new(*key, [0; _]));
        }
    }

    /// Writes what each of those came to, of which these are the keys: nothing, as it has to be before, if it is not remembered.
    #[inline(always)]
    pub(super) fn recall_all(&self, asked: &mut Asked, keys: &[Key], made: &mut [Made]) {
        let Asked { short, shorts, long: longs, longs: held, places, keys: long_keys } = asked;
        let mut all = *held;
        for &miss in &short[..*shorts] {
            let entries = places[miss as usize].map(|place| &self.short.entries[place as usize]);
            let made = &mut made[miss as usize];
            tokens_of_short(entries, keys[miss as usize], made);
            // Where they are more, they are among those of the longer ones.
            longs[all % ROW] = miss;
            all += usize::from(made.count > FEW as u32);
        }
        for (&miss, key) in longs[..all].iter().zip(&mut *long_keys).skip(*held) {
            *key = extended(keys[miss as usize]);
            places[miss as usize] = self.long.fetch(&With::new(*key, [0; _]));
        }
        for (&miss, key) in longs[..all].iter().zip(long_keys) {
            let entries = places[miss as usize].map(|place| &self.long.entries[place as usize]);
            let (count, few) = tokens_of(entries, key);
            made[miss as usize] = Made { count, few };
        }
    }

    /// Writes the tokens of a segment of more than thirty bytes that is merged as it is, and whatever after them. Returns how many
    /// they are; 0 if they are not remembered.
    #[inline(never)]
    pub(super) fn get_wide(&self, bytes: &[u8], start: usize, end: usize, tokens: &mut [u32; MANY]) -> usize {
        if !(WIDE..=WIDEST).contains(&(end - start)) {
            return 0;
        }
        let wanted: Wide = entry_of(bytes, start, end);
        let entries = wanted.places(self.wide.entries.len()).map(|at| &self.wide.entries[at]);
        let (count, all) = tokens_of(entries, &wanted);
        *tokens = all;
        count as usize
    }

    /// Has the places brought near where the tokens of `bytes[start..end]` will be remembered.
    #[inline(always)]
    pub(super) fn near(&self, bytes: &[u8], (start, end): Span) {
        match end - start {
            0..=INLINE => {
                let Key { low, high } = Key::within(bytes, start, end);
                self.short.fetch(&With::new([low, high], [0; _]));
            }
            16..=LONGEST => {
                self.long.fetch(&With::new(entry_of(bytes, start, end), [0; _]));
            }
            _ => {}
        }
    }

    /// Remembers the tokens of `bytes[start..end]`, if it is of up to thirty bytes and they are few.
    pub(super) fn put(&mut self, bytes: &[u8], start: usize, end: usize, tokens: &[u32]) {
        if end - start > LONGEST || tokens.len() > MOST {
            return;
        }
        let count = tokens.len() as u64;
        let mut put_long = |[first, second, third, last]: Long| {
            self.long.put(With::new([first, second, third, last | count << COUNT_AT], pack(tokens)));
        };
        if end - start > INLINE {
            return put_long(entry_of(bytes, start, end));
        }
        let key = Key::within(bytes, start, end);
        if tokens.len() > FEW {
            put_long(extended(key));
        }
        let few = &tokens[..tokens.len().min(FEW)];
        self.short.put(With::new([key.low, key.high | count << (64 - COUNT_BITS)], pack(few)));
    }

    /// Remembers the tokens that merging makes of `bytes[start..end]`, of up to sixty-two. What a longer piece is that is looked up
    /// is not to come here: a part of the same bytes is asked for too.
    pub(super) fn put_merged(&mut self, bytes: &[u8], start: usize, end: usize, tokens: &[u32]) {
        match end - start {
            WIDE..=WIDEST if tokens.len() <= MANY => {
                let mut key: Wide = entry_of(bytes, start, end);
                key[7] |= (tokens.len() as u64) << COUNT_AT;
                self.wide.put(With::new(key, pack(tokens)));
            }
            _ => self.put(bytes, start, end, tokens),
        }
    }
}

/// What a key of up to fifteen bytes is among the longer ones: one of no length, which none of them has.
#[inline(always)]
fn extended(Key { low, high }: Key) -> Long {
    [low, high, 0, 0]
}

/// As many tokens as there are; there is room for them.
#[inline(always)]
fn pack<const WORDS: usize>(tokens: &[u32]) -> [u64; WORDS] {
    let mut words = [0; WORDS];
    for (i, &token) in tokens.iter().enumerate() {
        words[i / A_WORD] |= u64::from(token) << (RANK_BITS as usize * (i % A_WORD));
    }
    words
}

#[inline(always)]
fn unpack<const N: usize>(words: &[u64]) -> [u32; N] {
    std::array::from_fn(|i| (words[i / A_WORD] >> (RANK_BITS as usize * (i % A_WORD))) as u32 & ((1 << RANK_BITS) - 1))
}

/// Writes the tokens of a key, if one of its two entries is of it.
#[inline(always)]
fn tokens_of_short([first, second]: [&Short; 2], key: Key, made: &mut Made) {
    // With no `&&`, of which the compiler makes a branch.
    let same = |With { key: [low, high], .. }: &Short| low ^ key.low | (high ^ key.high) << COUNT_BITS == 0;
    let found = select_unpredictable(same(first), first, second);
    *made.few.first_chunk_mut().expect("there is room for more") = unpack::<FEW>(&found.words);
    let count = (found.key[1] >> (64 - COUNT_BITS)) as u32;
    made.count = select_unpredictable(same(found), count, 0);
}

/// The same for a longer segment: how many they are, 0 if neither entry is of it, and they.
#[inline(always)]
fn tokens_of<const KEY: usize, const WORDS: usize, const N: usize>(
    [first, second]: [&With<Bytes<KEY>, WORDS, AtLine>; 2],
    wanted: &Bytes<KEY>,
) -> (u32, [u32; N]) {
    let found = select_unpredictable(count_of(&first.key, wanted) > 0, first, second);
    (count_of(&found.key, wanted) as u32, unpack(&found.words))
}

/// What a piece came to, or a part of one.
#[derive(Clone, Copy)]
pub(super) struct Made {
    /// How many tokens.
    pub(super) count: u32,
    /// They, and whatever after them; of more than these, where they begin among the others of that kind.
    few: [u32; MOST],
}

impl Made {
    /// Nothing, which no piece comes to.
    pub(super) const NONE: Self = Self { count: 0, few: [0; _] };

    /// Of tokens that are at most [`MOST`].
    #[inline(always)]
    pub(super) fn few(tokens: &[u32]) -> Self {
        let mut few = [0; MOST];
        few[..tokens.len()].copy_from_slice(tokens);
        Self { count: tokens.len() as u32, few }
    }

    /// Of any tokens, which are put among the `many` if they have to be.
    #[inline(always)]
    pub(super) fn of(tokens: &[u32], many: &mut Vec<u32>) -> Self {
        if tokens.len() <= MOST {
            return Self::few(tokens);
        }
        let begin = many.len();
        many.extend_from_slice(tokens);
        Self::at(begin..many.len(), many)
    }

    /// Of tokens that are among the `many`.
    #[inline(always)]
    pub(super) fn at(place: Range<usize>, many: &[u32]) -> Self {
        if place.len() <= MOST {
            return Self::few(&many[place]);
        }
        let mut few = [0; MOST];
        few[0] = place.start as u32;
        Self { count: place.len() as u32, few }
    }

    /// Of more tokens than [`MOST`], those of these parts, which have these holes.
    #[inline(always)]
    pub(super) fn of_parts(count: usize, parts: Range<usize>, holes: Range<usize>) -> Self {
        let places = [parts.start, parts.end, holes.start, holes.end].map(|place| place as u32);
        let mut few = [PARTS; MOST];
        few[..4].copy_from_slice(&places);
        Self { count: count as u32, few }
    }

    /// Where its tokens are.
    #[inline(always)]
    pub(super) fn place(&self) -> Place {
        let [begin, end, first, last, .., which] = self.few.map(|place| place as usize);
        match self.count as usize {
            ..=MOST => Place::Here,
            _ if which == PARTS as usize => Place::Parts(begin..end, first..last),
            count => Place::Many(begin..begin + count),
        }
    }

    /// Writes its tokens, which are not those of parts.
    #[inline(always)]
    pub(super) fn put(&self, many: &[u32], tokens: &mut Tail<'_>) {
        let Place::Many(place) = self.place() else {
            return tokens.put(&self.few, self.count as usize);
        };
        for token in &many[place] {
            tokens.put(&[*token], 1);
        }
    }
}

/// What is no rank: what is made is made of parts.
const PARTS: u32 = u32::MAX;

/// Where tokens are.
pub(super) enum Place {
    /// With their number.
    Here,
    /// Among the others of what came to many.
    Many(Range<usize>),
    /// With these parts, and their holes.
    Parts(Range<usize>, Range<usize>),
}

/// Pieces that were missed.
pub(super) struct Wanted<'w> {
    pub(super) pieces: Pieces<'w>,
    /// Their numbers and keys.
    pub(super) missed: &'w Missed,
    /// How many they are.
    pub(super) count: usize,
    /// Those of more bytes are not looked for.
    pub(super) longest: usize,
}

/// What is noted of each piece that is looked for before the next.
pub(super) struct Asked {
    /// The pieces of up to fifteen bytes, so many.
    short: [u32; ROW],
    shorts: usize,
    /// The longer ones.
    long: [u32; ROW],
    longs: usize,
    /// Where each may be.
    places: [[u32; 2]; ROW],
    /// The keys of the longer ones.
    keys: [Long; ROW],
}

impl Asked {
    pub(super) const fn new() -> Self {
        Self { short: [0; _], shorts: 0, long: [0; _], longs: 0, places: [[0; 2]; _], keys: [Long::NONE; _] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::{Machine, Scalar, Words};

    /// What is remembered of each stretch of a text, asked all at once.
    fn recalled(written: &Written, text: &[u8], spans: &[Span], longest: usize) -> Vec<Vec<u32>> {
        let room = |of: fn(Span) -> usize| std::array::from_fn(|i| spans.get(i).map_or(0, |&span| of(span) as u32));
        let (begins, ends) = (room(|(start, _)| start), room(|(_, end)| end));
        let pieces = Pieces { text, begins: &begins, ends: &ends, count: spans.len() };
        let none = Words::new(&[0], &[1; 4], &[[0; 2]], &[1; 4], 1).expect("a table of no tokens");
        let mut missed = Missed::new();
        let misses = Scalar.short_words(&none, pieces, None, &mut missed);
        assert_eq!(Scalar.long_words(&none, pieces, None, &mut missed, misses), spans.len());
        let mut made = vec![Made::NONE; spans.len()];
        let mut asked = Asked::new();
        written.ask(Wanted { pieces, missed: &missed, count: spans.len(), longest }, &mut asked);
        written.recall_all(&mut asked, missed.keys(spans.len()), &mut made);
        made.iter().map(|made| made.few[..made.count as usize].to_vec()).collect()
    }

    #[test]
    fn tokens_are_remembered_only_of_what_they_are_of() {
        let mut written = Written::new(1 << 20);
        let text: Vec<u8> = (0..90).map(|i| b'a' + i % 23).chain([0, 0, 0]).collect();
        for count in 1..=MANY + 1 {
            let tokens = |length: usize| -> Vec<u32> {
                (0..count as u32).map(|i| (1 << RANK_BITS) - 1 - i * 1000 - length as u32).collect()
            };
            // Another each time: it is not forgotten before its place is needed.
            let mut text = text.clone();
            text[3] = count as u8;
            let spans: Vec<Span> = (1..=70).map(|length| (3, 3 + length)).collect();
            for (length, &(start, end)) in (1..).zip(&spans) {
                written.put_merged(&text, start, end, &tokens(length));
            }
            for longest in [INLINE, LONGEST] {
                for (length, found) in (1..).zip(recalled(&written, &text, &spans, longest)) {
                    let expected = if count <= MOST && length <= longest { tokens(length) } else { Vec::new() };
                    assert_eq!(found, expected, "{count} of {length}");
                }
            }
            let wide = |written: &Written, text: &[u8], length: usize| {
                let mut found = [0; MANY];
                let count = written.get_wide(text, 3, 3 + length, &mut found);
                found[..count].to_vec()
            };
            for length in 1..=70 {
                let expected = if count <= MANY && (31..=62).contains(&length) { tokens(length) } else { Vec::new() };
                assert_eq!(wide(&written, &text, length), expected, "{count} of {length}");
            }
            for changed in 3..73 {
                text[changed] ^= 0x80;
                let with_it: Vec<Span> = spans.iter().copied().filter(|&(_, end)| end > changed).collect();
                assert!(recalled(&written, &text, &with_it, LONGEST).concat().is_empty());
                let mut with_it = (31..=62).filter(|length| 3 + length > changed);
                assert!(with_it.all(|length| wide(&written, &text, length).is_empty()));
                text[changed] ^= 0x80;
            }
        }
    }

    #[test]
    fn few_tokens_stand_where_they_are_and_many_elsewhere() {
        let all: Vec<u32> = (0..40).collect();
        for count in 0..=all.len() {
            let mut many = vec![7, 7];
            let made = Made::of(&all[..count], &mut many);
            let is_elsewhere = matches!(made.place(), Place::Many(place) if place == (2..2 + count));
            assert_eq!((is_elsewhere, many.len()), (count > MOST, if count > MOST { 2 + count } else { 2 }));
            let mut tokens = vec![9];
            made.put(&many, &mut Tail::of(&mut tokens));
            Made::at(0..count, &all).put(&all, &mut Tail::of(&mut tokens));
            assert_eq!(tokens, [&[9], &all[..count], &all[..count]].concat());
            if count > MOST {
                let made = Made::of_parts(count, 5..9, 2..3);
                assert!(
                    matches!(made.place(), Place::Parts(parts, holes) if (parts.clone(), holes.clone()) == (5..9, 2..3))
                );
            }
        }
    }
}
