//! The table of the tokens of up to fifteen bytes, and the search for many pieces at once.
//!
//! Nearly every piece of a text is looked up here and nowhere else, so that is what counting costs. Each token has a place
//! of its own: its hash, moved as its group says. Layouts choose the moves so that no two meet, and one look answers,
//! found or not. Tokens of up to seven bytes, nine in ten of those that texts have, stand in eight bytes each.
//!
//! A search goes over the pieces of a row twice, without a branch on what it finds: first it says where each would be, and has
//! that brought near; then it looks whether it is there, and nothing is waited for. It leaves those that it did not find.

use super::fetch;
use std::hint::select_unpredictable;
use std::ops::Range;

#[cfg(target_arch = "x86_64")]
pub(super) mod avx2;
#[cfg(target_arch = "x86_64")]
pub(super) mod avx512;

/// The most pieces of a row.
pub(crate) const ROW: usize = 256;

/// Room for as many numbers, and for what a search reads and writes past the last.
pub(crate) type Room = [u32; ROW + 16];

/// So few pieces are sooner looked for one by one: they do not wait for one another, and eight at a time do.
pub(super) const FEW: usize = 6;

/// So many pieces go through each loop of a search in vectors before any goes through the next: what one loop writes is near when
/// the next reads it, and none waits for what it has itself just written, or for the long road from a text to a place.
#[cfg(target_arch = "x86_64")]
const AT_ONCE: usize = 64;

/// The longest token that stands in the table.
pub(crate) const INLINE: usize = 15;

/// The longest token of the first half.
pub(crate) const SHORT: usize = 7;

/// No place.
pub(crate) const NOWHERE: u32 = u32::MAX;

/// Up to fifteen bytes, zeros after them, and in the last place their number: as two words, the first byte the lowest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C)]
pub(crate) struct Key {
    pub(crate) low: u64,
    pub(crate) high: u64,
}

impl Key {
    /// The key of a short segment; `None` if it is too long to have one.
    #[inline]
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        (bytes.len() <= INLINE).then(|| Self::within(bytes, 0, bytes.len()))
    }

    /// The key of `bytes[at..end]`. If that is longer than [`INLINE`], it is one that is no token's.
    #[inline(always)]
    pub(crate) fn within(bytes: &[u8], at: usize, end: usize) -> Self {
        let length = (end - at).min(INLINE + 1);
        let [low, high] = match bytes.get(at..at + 16) {
            // Two loads, where a copy of so many bytes would be written piece by piece and read at once.
            Some(all) => {
                let word = |half: &[u8]| u64::from_le_bytes(half.try_into().expect("half of sixteen bytes is eight"));
                [word(&all[..8]), word(&all[8..])]
            }
            None => Self::at_the_end(&bytes[at..]),
        };
        let [first, last, number] = MASKS[length];
        Self { low: low & first, high: high & last | number }
    }

    #[cold]
    fn at_the_end(rest: &[u8]) -> [u64; 2] {
        let mut all = [0; 16];
        let rest = &rest[..rest.len().min(16)];
        all[..rest.len()].copy_from_slice(rest);
        let all = u128::from_le_bytes(all);
        [all as u64, (all >> 64) as u64]
    }

    #[inline(always)]
    pub(crate) fn length(self) -> usize {
        (self.high >> 56) as usize
    }

    /// The word that a key of up to seven bytes is; of a longer one, one that is no token's.
    #[inline(always)]
    pub(crate) fn short(self) -> u64 {
        self.low & (u64::MAX >> 8) | self.high & !(u64::MAX >> 8)
    }

    /// The two words as they stand in the table: their bytes in the order of the text, on any processor.
    #[inline(always)]
    fn in_bytes(self) -> [u64; 2] {
        [self.low.to_le(), self.high.to_le()]
    }

    #[inline(always)]
    pub(crate) fn hash(self, seed: u64) -> u64 {
        let low = self.low.wrapping_mul(seed);
        (low ^ low >> 32).wrapping_add(self.high).wrapping_mul(SECOND)
    }
}

/// For each length of a key, and for what is too long: the bits of both its words that are of the text, and its number.
static MASKS: [[u64; 3]; INLINE + 2] = {
    let mut masks = [[u64::MAX, u64::MAX >> 8, 0]; INLINE + 2];
    let mut length = 0;
    while length < masks.len() {
        if length < 8 {
            masks[length][0] = (1 << (8 * length)) - 1;
        }
        if length < INLINE {
            masks[length][1] = (1 << (8 * length.saturating_sub(8))) - 1;
        }
        masks[length][2] = (length as u64) << 56;
        length += 1;
    }
    masks
};

const SECOND: u64 = 0xD6E8_FEB8_6659_FD93;

/// Keys, each in a place of its own.
#[derive(Clone, Copy)]
struct Half<'a, K> {
    keys: &'a [K],
    /// What the hashes of each group are multiplied by: a power of two of them.
    moves: &'a [u16],
    groups: Groups,
}

impl<'a, K> Half<'a, K> {
    fn new(keys: &'a [K], moves: &'a [u16]) -> Option<Self> {
        let groups = moves.len();
        let fits = groups.is_power_of_two() && (2..=1 << 30).contains(&groups);
        (fits && (1..1 << 30).contains(&keys.len())).then(|| Self {
            keys,
            moves,
            groups: Groups::new(groups.trailing_zeros()),
        })
    }

    #[inline(always)]
    fn place(&self, hash: Hash) -> usize {
        // SAFETY: a number of so many bits is less than the number of groups.
        let moved = unsafe { *self.moves.get_unchecked(hash.group(self.groups)) };
        hash.place(self.groups, moved, self.keys.len())
    }

    /// The place of a hash, and the key that stands there.
    #[inline(always)]
    fn find(&self, hash: Hash) -> (usize, &'a K) {
        let place = self.place(hash);
        // SAFETY: it is the upper half of a product of 32 bits and the number of keys, which is less than that number.
        (place, unsafe { self.keys.get_unchecked(place) })
    }
}

/// How many groups there are.
#[derive(Clone, Copy)]
pub(crate) struct Groups {
    /// What leaves of a hash the number of its group.
    shift: u32,
    /// What leaves the bits below that.
    below: u32,
}

impl Groups {
    /// `1 << bits`, of thirty-two at most.
    pub(crate) fn new(bits: u32) -> Self {
        Self { shift: 64 - bits, below: 32 - bits }
    }
}

/// The hash of a key, and bits of the key that it mixes least.
#[derive(Clone, Copy)]
pub(crate) struct Hash {
    hash: u64,
    top: u64,
}

impl Hash {
    /// Of a key of up to seven bytes.
    #[inline(always)]
    pub(crate) fn of_short(word: u64, seed: u64) -> Self {
        Self { hash: word.wrapping_mul(seed), top: word }
    }

    /// Of a longer one.
    #[inline(always)]
    pub(crate) fn of_long(key: Key, seed: u64) -> Self {
        Self { hash: key.hash(seed), top: 0 }
    }

    /// The group, of so many.
    #[inline(always)]
    pub(crate) fn group(self, groups: Groups) -> usize {
        (self.hash >> (groups.shift & 63)) as usize
    }

    /// The place among `places`, less than 1 << 32: the bits below those of the group, times what that says,
    /// an odd number. Added to, two that are neighbours would stay so.
    #[inline(always)]
    pub(crate) fn place(self, groups: Groups, moved: u16, places: usize) -> usize {
        let word = (self.hash >> (groups.below & 63) ^ self.top >> 32) as u32;
        ((u64::from(word.wrapping_mul(moved.into())) * places as u64) >> 32) as usize
    }
}

/// The table, borrowed. A place is that of the first half, or, past all of those, that of the second.
#[derive(Clone, Copy)]
pub(crate) struct Words<'a> {
    short: Half<'a, u64>,
    long: Half<'a, [u64; 2]>,
    seed: u64,
}

impl<'a> Words<'a> {
    /// `None` if the sizes are not those of a table.
    pub(crate) fn new(
        short: &'a [u64],
        short_moves: &'a [u16],
        long: &'a [[u64; 2]],
        long_moves: &'a [u16],
        seed: u64,
    ) -> Option<Self> {
        Some(Self { short: Half::new(short, short_moves)?, long: Half::new(long, long_moves)?, seed })
    }

    /// The place of a key, or [`NOWHERE`].
    #[inline(always)]
    pub(crate) fn get(&self, key: Key) -> u32 {
        if key.length() <= SHORT {
            let word = key.short();
            let (place, found) = self.short.find(Hash::of_short(word, self.seed));
            if *found == word.to_le() { place as u32 } else { NOWHERE }
        } else {
            let (place, found) = self.long.find(Hash::of_long(key, self.seed));
            if *found == key.in_bytes() { (self.short.keys.len() + place) as u32 } else { NOWHERE }
        }
    }

    /// Whether the first so many of sixteen bytes are a token; at most [`INLINE`], and one at least.
    #[inline(always)]
    pub(crate) fn has(&self, bytes: [u8; 16], length: usize) -> bool {
        let [low, high]: [[u8; 8]; 2] = bytemuck::cast(bytes);
        let low = u64::from_le_bytes(low);
        if length <= SHORT {
            let word = low & !(u64::MAX << (8 * length)) | (length as u64) << 56;
            *self.short.find(Hash::of_short(word, self.seed)).1 == word.to_le()
        } else {
            let [_, last, number] = MASKS[length];
            let key = Key { low, high: u64::from_le_bytes(high) & last | number };
            *self.long.find(Hash::of_long(key, self.seed)).1 == key.in_bytes()
        }
    }

    /// A word of up to seven bytes, and where it would be.
    #[inline(always)]
    fn short_place(&self, word: u64) -> (u64, usize) {
        (word, self.short.place(Hash::of_short(word, self.seed)))
    }

    /// Looks whether the word of a piece is where [`Words::short_place`] says. Writes the rank, if it is asked for, and the
    /// number of the piece where the next that is missed stands; returns how many are missed, one or none.
    ///
    /// # Safety
    ///
    /// The place must be one that [`Words::short_place`] said, and `found` [of these words](Found::must_be_of).
    #[inline(always)]
    unsafe fn look(
        &self,
        word: u64,
        place: usize,
        piece: usize,
        found: Option<&mut Found<'_>>,
        missed: &mut u32,
    ) -> usize {
        // SAFETY: the place is one of the first half's, see `Half::find`.
        let is = unsafe { *self.short.keys.get_unchecked(place) } == word.to_le();
        if let Some(found) = found {
            // SAFETY: it is, and so one of all.
            unsafe { found.put(piece, place) };
        }
        *missed = piece as u32;
        usize::from(!is)
    }

    /// The bytes at a place and how many of them count.
    #[inline(always)]
    pub(crate) fn at(&self, place: usize) -> &'a [u8] {
        match self.short.keys.get(place) {
            Some(word) => {
                let all: &[u8; 8] = bytemuck::cast_ref(word);
                &all[..usize::from(all[7])]
            }
            None => {
                let all: &[u8; 16] = bytemuck::cast_ref(&self.long.keys[place - self.short.keys.len()]);
                &all[..usize::from(all[15])]
            }
        }
    }
}

/// The word that the first so many of eight bytes are, see [`Key::short`]. One that all are is no token's.
#[inline(always)]
fn short_word(bytes: [u8; 8], length: usize) -> u64 {
    let [first, _, number] = MASKS[length];
    u64::from_le_bytes(bytes) & first & (u64::MAX >> 8) | number
}

/// Pieces of a text, to be searched for.
#[derive(Clone, Copy)]
pub(crate) struct Pieces<'t> {
    /// The text, to its end, from where the pieces' places are counted.
    pub(crate) text: &'t [u8],
    /// Where each begins.
    pub(crate) begins: &'t Room,
    /// Where each ends.
    pub(crate) ends: &'t Room,
    /// How many there are, at most [`ROW`].
    pub(crate) count: usize,
}

impl Pieces<'_> {
    /// The word that a piece of up to seven bytes is, see [`Key::short`].
    #[inline(always)]
    fn word(&self, piece: usize) -> u64 {
        let (begin, end) = (self.begins[piece] as usize, self.ends[piece] as usize);
        let Some(text) = self.text[begin..].first_chunk() else { return Key::within(self.text, begin, end).short() };
        let length = (end - begin).min(8);
        short_word(*text, length)
    }

    #[inline(always)]
    fn key(&self, piece: u32) -> Key {
        let piece = piece as usize % ROW;
        Key::within(self.text, self.begins[piece] as usize, self.ends[piece] as usize)
    }
}

/// What is written of the pieces that are looked for.
pub(crate) struct Found<'f> {
    /// The rank of each; of one that was missed, any.
    pieces: &'f mut Room,
    /// The rank of each place.
    ranks: &'f [u32],
}

impl<'f> Found<'f> {
    pub(crate) fn new(pieces: &'f mut Room, ranks: &'f [u32]) -> Self {
        Self { pieces, ranks }
    }

    /// Sees to it that there is a rank for each place of the words.
    #[inline(always)]
    fn must_be_of(&self, words: &Words<'_>) {
        assert!(self.ranks.len() >= words.short.keys.len() + words.long.keys.len(), "each place has a rank");
    }

    /// Has the rank of a place brought near.
    #[inline(always)]
    fn near(&self, place: usize) {
        fetch(self.ranks, place);
    }

    /// Writes the rank of a piece that is at a place.
    ///
    /// # Safety
    ///
    /// It must be one of words that this [is of](Found::must_be_of).
    #[inline(always)]
    unsafe fn put(&mut self, piece: usize, place: usize) {
        // SAFETY: there is a rank for each.
        self.pieces[piece] = unsafe { *self.ranks.get_unchecked(place) };
    }
}

/// Pieces that were looked for and not found, and what a search notes of each before it looks at the next. Eight of each are read
/// and written at once, and no line of the cache is taken for them that need not be.
#[repr(align(64))]
pub(crate) struct Missed {
    numbers: Room,
    /// The keys of those that [`super::Machine::long_words`] has looked for and not found.
    keys: [Key; ROW],
    words: [u64; ROW],
    places: [u32; ROW],
}

impl Missed {
    pub(crate) const fn new() -> Self {
        let none = Key { low: 0, high: 0 };
        Self { numbers: [0; _], keys: [none; _], words: [0; _], places: [0; _] }
    }

    /// The numbers of the first so many.
    #[inline(always)]
    pub(crate) fn numbers(&self, count: usize) -> &[u32] {
        &self.numbers[..count]
    }

    /// Their keys, if [`super::Machine::long_words`] was the last to look for them.
    #[inline(always)]
    pub(crate) fn keys(&self, count: usize) -> &[Key] {
        &self.keys[..count]
    }

    /// Leaves those of so many that are not `found`, which is asked in order. Returns how many are left.
    #[inline(always)]
    pub(crate) fn leave(&mut self, count: usize, mut is_found: impl FnMut(usize) -> bool) -> usize {
        let mut left = 0;
        for i in 0..count.min(ROW) {
            let piece = self.numbers[i];
            self.numbers[left] = piece;
            left += usize::from(!is_found(piece as usize % ROW));
        }
        left
    }
}

/// [`super::Machine::short_words`], one after the other.
#[inline(always)]
pub(super) fn short_words(
    words: &Words<'_>,
    pieces: Pieces<'_>,
    mut found: Option<&mut Found<'_>>,
    missed: &mut Missed,
) -> usize {
    if let Some(found) = &found {
        found.must_be_of(words);
    }
    let mut misses = 0;
    for piece in 0..pieces.count.min(ROW) {
        let (word, place) = words.short_place(pieces.word(piece));
        // SAFETY: that is the place, and `found` is of these words.
        misses += unsafe { words.look(word, place, piece, found.as_deref_mut(), &mut missed.numbers[misses % ROW]) };
    }
    misses
}

/// [`super::Machine::short_words`] for many: first where each would be, and then whether it is there, so that none of the keys
/// is waited for.
#[inline(always)]
pub(super) fn short_words_in_two_steps(
    words: &Words<'_>,
    pieces: Pieces<'_>,
    found: Option<&mut Found<'_>>,
    missed: &mut Missed,
) -> usize {
    let all = 0..pieces.count.min(ROW);
    short_places(words, pieces, all.clone(), found.as_deref(), missed);
    // SAFETY: they were said just now.
    unsafe { look_at_places(words, all, 0, found, missed) }
}

/// The first step, for these pieces.
#[inline(always)]
fn short_places(
    words: &Words<'_>,
    pieces: Pieces<'_>,
    these: Range<usize>,
    found: Option<&Found<'_>>,
    missed: &mut Missed,
) {
    for piece in these {
        let (word, place) = words.short_place(pieces.word(piece));
        fetch(words.short.keys, place);
        if let Some(found) = found {
            found.near(place);
        }
        missed.words[piece] = word;
        missed.places[piece] = place as u32;
    }
}

/// The second step: writes the numbers of those that are not found after those of so many that were not.
///
/// # Safety
///
/// [`Words::short_place`] must have said their places.
#[inline(always)]
unsafe fn look_at_places(
    words: &Words<'_>,
    these: Range<usize>,
    mut misses: usize,
    mut found: Option<&mut Found<'_>>,
    missed: &mut Missed,
) -> usize {
    if let Some(found) = &found {
        found.must_be_of(words);
    }
    let Missed { numbers, words: wanted, places, .. } = missed;
    for piece in these {
        let place = places[piece] as usize;
        // SAFETY: that is the place, and `found` is of these words.
        misses += unsafe { words.look(wanted[piece], place, piece, found.as_deref_mut(), &mut numbers[misses % ROW]) };
    }
    misses
}

/// [`super::Machine::long_words`], in two steps too.
#[inline(always)]
pub(super) fn long_words(
    words: &Words<'_>,
    pieces: Pieces<'_>,
    found: Option<&mut Found<'_>>,
    missed: &mut Missed,
    count: usize,
) -> usize {
    let count = count.min(ROW);
    long_places(words, pieces, 0..count, missed);
    // SAFETY: they were said just now.
    unsafe { look_at_long_places(words, 0..count, 0, found, missed) }
}

/// The first step, for so many of those that were missed.
#[inline(always)]
fn long_places(words: &Words<'_>, pieces: Pieces<'_>, these: Range<usize>, missed: &mut Missed) {
    let Missed { numbers, keys, places, .. } = missed;
    for i in these {
        let key = pieces.key(numbers[i]);
        let place = words.long.place(Hash::of_long(key, words.seed));
        fetch(words.long.keys, place);
        keys[i] = key;
        places[i] = place as u32;
    }
}

/// The second step: leaves those of them that are not found, after so many that were not.
///
/// # Safety
///
/// [`Half::place`] of the second half must have said their places.
#[inline(always)]
unsafe fn look_at_long_places(
    words: &Words<'_>,
    these: Range<usize>,
    mut misses: usize,
    mut found: Option<&mut Found<'_>>,
    missed: &mut Missed,
) -> usize {
    if let Some(found) = &found {
        found.must_be_of(words);
    }
    let Missed { numbers, keys, places, .. } = missed;
    for i in these {
        let (piece, key, place) = (numbers[i], keys[i], places[i] as usize);
        // SAFETY: the place is one of the second half's, see `Half::find`.
        let is = unsafe { *words.long.keys.get_unchecked(place) } == key.in_bytes();
        if let Some(found) = &mut found {
            // SAFETY: so it is one of all, and `found` is of these words.
            unsafe { found.put(piece as usize % ROW, words.short.keys.len() + place) };
        }
        numbers[misses] = piece;
        keys[misses % ROW] = key;
        misses += usize::from(!is);
    }
    misses
}

/// The two places of a key among what is remembered, `entries`, a power of two: in either it may be.
#[inline(always)]
pub(crate) fn remembered_at(key: Key, entries: usize) -> [usize; 2] {
    let hash = key.hash(REMEMBERED);
    SHIFTS.map(|shift| (hash >> shift) as usize & (entries - 1))
}

/// Where in the hash of a key the numbers of its two places begin, eighteen bits each.
const SHIFTS: [u32; 2] = [28, 46];

const REMEMBERED: u64 = 0x9E37_79B9_7F4A_7C15;

/// An entry of what is remembered: a key, and above it how many tokens it comes to, which are at most as many as its bytes.
pub(crate) type Remembered = [u64; 2];

/// The length of a key and the count above it share a byte.
pub(crate) const COUNT_BITS: u32 = 4;
const _: () = assert!(INLINE < 1 << COUNT_BITS);

/// The count that is remembered of a key; 0 if it is not.
#[inline(always)]
pub(crate) fn recall(entries: &[Remembered], key: Key) -> u64 {
    let count = |at: usize| {
        let [low, high] = entries[at];
        let differ = key.low ^ low | (key.high ^ high) << COUNT_BITS;
        // A key of sixteen bytes has no room for a count: it would look like one of none.
        select_unpredictable(differ == 0, high >> (64 - COUNT_BITS), 0)
    };
    // Of both, whatever the first is: a branch would wait for it.
    let [first, second] = remembered_at(key, entries.len());
    count(first) | count(second)
}

/// Has the places brought near where so many that were missed, of which [`super::Machine::long_words`] has left the keys, would be
/// remembered.
#[inline(always)]
pub(crate) fn near_all(entries: &[Remembered], missed: &Missed, count: usize) {
    for key in missed.keys(count.min(ROW)) {
        for place in remembered_at(*key, entries.len()) {
            fetch(entries, place);
        }
    }
}

/// Looks for so many among what is remembered that [`near_all`] has brought near: leaves those that it does not find, and returns
/// how many they are, and the tokens of the others.
#[inline(always)]
pub(crate) fn recall_all(entries: &[Remembered], missed: &mut Missed, count: usize) -> (usize, u64) {
    let Missed { numbers, keys, .. } = missed;
    let count = count.min(ROW);
    let (mut misses, mut total) = (0, 0);
    for i in 0..count {
        let tokens = recall(entries, keys[i]);
        total += tokens;
        numbers[misses] = numbers[i];
        misses += usize::from(tokens == 0);
    }
    (misses, total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_that_are_those_of_no_table_are_refused() {
        let words = |short, short_moves| Words::new(short, short_moves, &[[0; 2]], &[1; 4], 1).is_some();
        assert!(words(&[0], &[1; 4]));
        assert!(!words(&[], &[1; 4]));
        for moves in [0, 1, 3, 5] {
            assert!(!words(&[0], &[1; 5][..moves]), "{moves}");
        }
    }
}
