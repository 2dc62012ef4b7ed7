//! The search for eight pieces at a time.

use super::avx2::{LANES, fours, load, number};
use super::{
    AT_ONCE, Found, Groups, Half, Key, Missed, Pieces, ROW, Room, Words, look_at_long_places, look_at_places,
    short_places,
};
use crate::simd::fetch;
use std::arch::x86_64::*;
use std::mem::MaybeUninit;
use std::ops::Range;

#[inline]
#[target_feature(enable = "avx512f")]
fn all(number: u64) -> __m512i {
    _mm512_set1_epi64(number.cast_signed())
}

/// What [`super::Hash`] says of some keys of a half: their groups, and what is moved as these say. Eight words are one line of the
/// cache: beside the lines, each would be on two.
#[repr(align(64))]
struct Hashes<'h, K> {
    half: &'h Half<'h, K>,
    groups: [MaybeUninit<u32>; AT_ONCE],
    words: [MaybeUninit<u64>; AT_ONCE],
}

impl<'h, K> Hashes<'h, K> {
    fn of(half: &'h Half<'h, K>) -> Self {
        // Not cleared: that takes as long as a few pieces.
        Self { half, groups: [MaybeUninit::uninit(); _], words: [MaybeUninit::uninit(); _] }
    }

    /// Notes eight hashes, from a place on.
    #[inline]
    #[target_feature(enable = "avx512f,avx512vl")]
    fn put(&mut self, at: usize, hash: __m512i, top: __m512i) {
        let Groups { shift, below } = self.half.groups;
        let by = |shift: u32| _mm_cvtsi32_si128(shift.cast_signed());
        let word = _mm512_xor_si512(_mm512_srl_epi64(hash, by(below)), _mm512_srli_epi64::<32>(top));
        let groups = self.groups[at..].first_chunk_mut::<LANES>().expect("there is room for eight");
        let words = self.words[at..].first_chunk_mut::<LANES>().expect("there is room for eight");
        // SAFETY: there is.
        unsafe {
            let group = _mm512_cvtepi64_epi32(_mm512_srl_epi64(hash, by(shift)));
            _mm256_storeu_si256(groups.as_mut_ptr().cast(), group);
            _mm512_storeu_si512(words.as_mut_ptr().cast(), word);
        }
    }

    /// The places of the first ones, eight by eight.
    ///
    /// # Safety
    ///
    /// The hashes of so many must have been put.
    #[inline]
    #[target_feature(enable = "avx512f,avx512vl")]
    unsafe fn places(&self, places: &mut [u32]) {
        let Self { half, groups, words } = self;
        let all = (groups.as_chunks::<LANES>().0.iter()).zip(words.as_chunks::<LANES>().0);
        for (to, (groups, words)) in places.as_chunks_mut::<LANES>().0.iter_mut().zip(all) {
            // One by one: a gather takes as long, and much longer on processors that have to hide what is left of others' loads.
            // SAFETY: it was put, and a number of so many bits is less than the number of groups.
            let moved = |i: usize| unsafe { *half.moves.get_unchecked(groups[i].assume_init() as usize) }.cast_signed();
            let moved = _mm_set_epi16(moved(7), moved(6), moved(5), moved(4), moved(3), moved(2), moved(1), moved(0));
            // SAFETY: they were put, too.
            let word = unsafe { _mm512_loadu_si512(words.as_ptr().cast()) };
            // Only the lower halves are multiplied.
            let moved = _mm512_mul_epu32(word, _mm512_cvtepu16_epi64(moved));
            let place = _mm512_srli_epi64::<32>(_mm512_mul_epu32(moved, self::all(half.keys.len() as u64)));
            // SAFETY: there is room for eight.
            unsafe { _mm256_storeu_si256(to.as_mut_ptr().cast(), _mm512_cvtepi64_epi32(place)) };
        }
    }
}

/// How many of so many pieces may be read so many bytes at once, and where the last of them may begin.
#[inline]
#[target_feature(enable = "avx512f")]
fn readable(text: &[u8], bytes: usize, count: usize) -> (usize, __m256i) {
    // Of a text of fewer bytes none can be read so.
    match text.len().checked_sub(bytes) {
        Some(last) => (count.min(ROW), number(last.min(i32::MAX as usize))),
        None => (0, number(0)),
    }
}

/// Eight bytes from each of eight places.
///
/// # Safety
///
/// Eight bytes must be there to be read at each.
#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn eights<T>(all: &[T], places: &[u32; LANES]) -> __m512i {
    // SAFETY: see above.
    let (low, high) = unsafe { (fours(all, places, 0), fours(all, places, 4)) };
    _mm512_inserti64x4::<1>(_mm512_castsi256_si512(low), high)
}

/// Sixteen bytes from each of four of the places.
///
/// # Safety
///
/// Sixteen bytes must be there to be read at each.
#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn sixteens<T>(all: &[T], places: &[u32; LANES], from: usize) -> __m512i {
    // SAFETY: see above.
    let at = |i: usize| unsafe { _mm_loadu_si128(all.as_ptr().add(places[from + i] as usize).cast()) };
    let low = _mm256_inserti128_si256::<1>(_mm256_castsi128_si256(at(0)), at(1));
    let high = _mm256_inserti128_si256::<1>(_mm256_castsi128_si256(at(2)), at(3));
    _mm512_inserti64x4::<1>(_mm512_castsi256_si512(low), high)
}

/// [`super::short_words_in_two_steps`], for eight pieces at a time.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,popcnt")]
pub(in super::super) fn short_words(
    words: &Words<'_>,
    pieces: Pieces<'_>,
    found: Option<&mut Found<'_>>,
    missed: &mut Missed,
) -> usize {
    let mut hashes = Hashes::of(&words.short);
    let mut said = 0;
    loop {
        let first = said;
        said = short_hashes(words, pieces, first, &mut hashes, missed);
        let places = &mut missed.places[first..said];
        // SAFETY: they were put just now.
        unsafe { hashes.places(places) };
        for &place in &*places {
            fetch(words.short.keys, place as usize);
            if let Some(found) = &found {
                found.near(place as usize);
            }
        }
        if said < first + AT_ONCE {
            break;
        }
    }
    let all = pieces.count.min(ROW);
    short_places(words, pieces, said..all, found.as_deref(), missed);
    // SAFETY: all have been said, the first ones as it would say them.
    unsafe { look_at_short(words, all, found, missed) }
}

/// Writes the words of pieces from one on, and notes their hashes: up to the one that is returned.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq")]
fn short_hashes(
    words: &Words<'_>,
    pieces: Pieces<'_>,
    first: usize,
    hashes: &mut Hashes<'_, u64>,
    missed: &mut Missed,
) -> usize {
    let (count, last) = readable(pieces.text, 8, pieces.count.min(first + AT_ONCE));
    let mut piece = first;
    while piece + LANES <= count {
        let (begins, ends) = (load(pieces.begins, piece), load(pieces.ends, piece));
        if _mm256_cmple_epu32_mask(begins, last) != u8::MAX {
            break; // the others are as near the text's end
        }
        let at: &[u32; LANES] = pieces.begins[piece..].first_chunk().expect("there is room past the last");
        // Read once more, and so that the compiler sees no reason to take them out of the vector, which is two steps for each.
        // SAFETY: a number can be read.
        let at = std::array::from_fn(|i| unsafe { std::ptr::read_volatile(&raw const at[i]) });
        // SAFETY: none of them is within eight bytes of the text's end.
        let text = unsafe { eights(pieces.text, &at) };
        // A length of eight or more is no token's.
        let lengths = _mm512_cvtepu32_epi64(_mm256_min_epu32(_mm256_sub_epi32(ends, begins), number(8)));
        let gone = _mm512_sub_epi64(all(64), _mm512_slli_epi64::<3>(lengths));
        let text = _mm512_srlv_epi64(_mm512_sllv_epi64(text, gone), gone);
        let word = _mm512_or_si512(_mm512_and_si512(text, all(u64::MAX >> 8)), _mm512_slli_epi64::<56>(lengths));
        let wanted: &mut [u64; LANES] = missed.words[piece..].first_chunk_mut().expect("there is room for eight");
        // SAFETY: there is.
        unsafe { _mm512_storeu_si512(wanted.as_mut_ptr().cast(), word) };
        hashes.put(piece - first, _mm512_mullo_epi64(word, all(words.seed)), word);
        piece += LANES;
    }
    piece
}

/// [`look_at_places`], eight of so many at a time.
///
/// # Safety
///
/// As there.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,popcnt")]
unsafe fn look_at_short(
    words: &Words<'_>,
    count: usize,
    mut found: Option<&mut Found<'_>>,
    missed: &mut Missed,
) -> usize {
    if let Some(found) = &found {
        found.must_be_of(words);
    }
    let (mut piece, mut misses) = (0, 0);
    while piece + LANES <= count {
        let Missed { numbers, words: wanted, places, .. } = &mut *missed;
        let places: &[u32; LANES] = places[piece..].first_chunk().expect("there are eight more");
        let wanted: &[u64; LANES] = wanted[piece..].first_chunk().expect("there are eight more");
        // SAFETY: they are places of the first half's, see `Half::find`; and there are eight words.
        let differ = unsafe {
            let keys = eights(words.short.keys, places);
            _mm512_cmpneq_epi64_mask(keys, _mm512_loadu_si512(wanted.as_ptr().cast()))
        };
        let these = _mm256_add_epi32(number(piece), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
        leave(differ, these, misses, numbers);
        misses += differ.count_ones() as usize;
        if let Some(found) = &mut found {
            let to: &mut [u32; LANES] = found.pieces[piece..].first_chunk_mut().expect("there is room for eight");
            // SAFETY: each is a place of all, of which there is a rank for each.
            *to = std::array::from_fn(|i| unsafe { *found.ranks.get_unchecked(places[i] as usize) });
        }
        piece += LANES;
    }
    // SAFETY: see above.
    unsafe { look_at_places(words, piece..count, misses, found, missed) }
}

/// Writes those of eight numbers that a bit is set for, from a place on, and any after them.
#[inline]
#[target_feature(enable = "avx512f,avx512vl")]
fn leave(bits: u8, these: __m256i, at: usize, numbers: &mut Room) {
    let to: &mut [u32; LANES] = numbers[at..].first_chunk_mut().expect("there is room past the last");
    // SAFETY: there is room for eight.
    unsafe { _mm256_storeu_si256(to.as_mut_ptr().cast(), _mm256_maskz_compress_epi32(bits, these)) };
}

/// [`super::long_words`], for eight pieces at a time.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,bmi2,popcnt")]
pub(in super::super) fn long_words(
    words: &Words<'_>,
    pieces: Pieces<'_>,
    found: Option<&mut Found<'_>>,
    missed: &mut Missed,
    count: usize,
) -> usize {
    let count = count.min(ROW);
    let said = long_places(words, pieces, missed, count);
    super::long_places(words, pieces, said..count, missed);
    // SAFETY: all have been said, the first ones as it would say them.
    unsafe { look_at_long(words, count, found, missed) }
}

/// [`look_at_long_places`], eight of so many at a time.
///
/// # Safety
///
/// As there.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,bmi2,popcnt")]
unsafe fn look_at_long(
    words: &Words<'_>,
    count: usize,
    mut found: Option<&mut Found<'_>>,
    missed: &mut Missed,
) -> usize {
    if let Some(found) = &found {
        found.must_be_of(words);
    }
    let (mut i, mut misses) = (0, 0);
    while i + LANES <= count {
        let Missed { numbers, keys, places, .. } = &mut *missed;
        let these: &[u32; LANES] = numbers[i..].first_chunk().expect("there is room past the last");
        let places: &[u32; LANES] = places[i..].first_chunk().expect("there are eight more");
        if let Some(found) = &mut found {
            for (piece, place) in these.iter().zip(places) {
                // SAFETY: they are places of the second half's, and so of all, and `found` is of these words.
                unsafe { found.put(*piece as usize % ROW, words.short.keys.len() + *place as usize) };
            }
        }
        // SAFETY: there are eight.
        let these = unsafe { _mm256_loadu_si256(these.as_ptr().cast()) };
        let mut differ = 0;
        let mut left = misses;
        for half in [0, 4] {
            // SAFETY: see `Half::find`; and a key is two words.
            let there = unsafe { sixteens(words.long.keys, places, half) };
            let wanted: &[Key; 4] = keys[i + half..].first_chunk().expect("there are as many");
            // SAFETY: four keys are eight words.
            let wanted = unsafe { _mm512_loadu_si512(wanted.as_ptr().cast()) };
            // A bit for either word of each.
            let words = _mm512_cmpneq_epi64_mask(there, wanted);
            let words = (words | words >> 1) & 0x55;
            let to: &mut [Key; 4] = keys[left..].first_chunk_mut().expect("no more are left than were looked at");
            // SAFETY: there is room for eight words.
            unsafe {
                _mm512_storeu_si512(to.as_mut_ptr().cast(), _mm512_maskz_compress_epi64(words | words << 1, wanted));
            }
            left += words.count_ones() as usize;
            differ |= _pext_u32(words.into(), 0x55) << half;
        }
        leave(differ as u8, these, misses, numbers);
        misses = left;
        i += LANES;
    }
    // SAFETY: see above.
    unsafe { look_at_long_places(words, i..count, misses, found, missed) }
}

/// [`super::long_places`], for eight of so many at a time: returns for how many it has said them.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq")]
fn long_places(words: &Words<'_>, pieces: Pieces<'_>, missed: &mut Missed, count: usize) -> usize {
    let mut hashes = Hashes::of(&words.long);
    let mut said = 0;
    loop {
        let first = said;
        said = long_hashes(words, pieces, first..count, &mut hashes, missed);
        let places = &mut missed.places[first..said];
        // SAFETY: they were put just now.
        unsafe { hashes.places(places) };
        for &place in &*places {
            fetch(words.long.keys, place as usize);
        }
        if said < first + AT_ONCE {
            return said;
        }
    }
}

/// Writes the keys of these that were missed, and notes their hashes: up to the one that is returned.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq")]
fn long_hashes(
    words: &Words<'_>,
    pieces: Pieces<'_>,
    Range { start: first, end }: Range<usize>,
    hashes: &mut Hashes<'_, [u64; 2]>,
    missed: &mut Missed,
) -> usize {
    let Missed { numbers, keys, .. } = missed;
    let (count, last) = readable(pieces.text, 16, end.min(first + AT_ONCE));
    let mut i = first;
    while i + LANES <= count {
        let these: &[u32; LANES] = numbers[i..].first_chunk().expect("there is room past the last");
        let of = |room: &Room| -> [u32; LANES] { std::array::from_fn(|i| room[these[i] as usize % ROW]) };
        let in_one = |of: [u32; LANES]| {
            let [a, b, c, d, e, f, g, h] = of.map(u32::cast_signed);
            _mm256_setr_epi32(a, b, c, d, e, f, g, h)
        };
        let at = of(pieces.begins);
        let (begins, ends) = (in_one(at), in_one(of(pieces.ends)));
        if _mm256_cmple_epu32_mask(begins, last) != u8::MAX {
            break; // the others are as near the text's end
        }
        // SAFETY: none of them is within sixteen bytes of the text's end.
        let (four, others) = unsafe { (sixteens(pieces.text, &at, 0), sixteens(pieces.text, &at, 4)) };
        let low = _mm512_permutex2var_epi64(four, _mm512_setr_epi64(0, 2, 4, 6, 8, 10, 12, 14), others);
        let high = _mm512_permutex2var_epi64(four, _mm512_setr_epi64(1, 3, 5, 7, 9, 11, 13, 15), others);
        // A length of sixteen or more is no token's.
        let lengths = _mm512_cvtepu32_epi64(_mm256_min_epu32(_mm256_sub_epi32(ends, begins), number(16)));
        let bits = _mm512_slli_epi64::<3>(lengths);
        let gone = _mm512_sub_epi64(all(64), _mm512_min_epu64(bits, all(64)));
        let low = _mm512_srlv_epi64(_mm512_sllv_epi64(low, gone), gone);
        let gone = _mm512_sub_epi64(all(128), _mm512_max_epu64(bits, all(64)));
        let high = _mm512_srlv_epi64(_mm512_sllv_epi64(high, gone), gone);
        let high = _mm512_or_si512(_mm512_and_si512(high, all(u64::MAX >> 8)), _mm512_slli_epi64::<56>(lengths));
        // See `Key::hash`.
        let hash = _mm512_mullo_epi64(low, all(words.seed));
        let hash = _mm512_xor_si512(hash, _mm512_srli_epi64::<32>(hash));
        let hash = _mm512_mullo_epi64(_mm512_add_epi64(hash, high), all(super::SECOND));
        hashes.put(i - first, hash, all(0));
        let both: &mut [Key; LANES] = keys[i..].first_chunk_mut().expect("there is room for eight");
        let (even, odd) = (_mm512_unpacklo_epi64(low, high), _mm512_unpackhi_epi64(low, high));
        let four = _mm512_permutex2var_epi64(even, _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11), odd);
        let others = _mm512_permutex2var_epi64(even, _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15), odd);
        // SAFETY: there is room for eight.
        unsafe {
            _mm512_storeu_si512(both.as_mut_ptr().cast(), four);
            _mm512_storeu_si512(both.as_mut_ptr().add(4).cast(), others);
        }
        i += LANES;
    }
    i
}
