//! The search for eight pieces at a time.

use super::{COUNT_BITS, Half, INLINE, NOWHERE, Pieces, REMEMBERED, ROW, Remembered, Room, SECOND, SHIFTS, Words};
use std::arch::x86_64::*;

const LANES: usize = 8;

#[inline]
#[target_feature(enable = "avx512f")]
fn all(number: u64) -> __m512i {
    _mm512_set1_epi64(number.cast_signed())
}

/// A number eight times.
#[inline]
#[target_feature(enable = "avx512f")]
fn number(number: usize) -> __m256i {
    _mm256_set1_epi32((number as u32).cast_signed())
}

/// Eight numbers of a room.
#[inline]
#[target_feature(enable = "avx512f")]
fn load(room: &Room, at: usize) -> __m256i {
    let room: &[u32; LANES] = room[at..].first_chunk().expect("there is room past the last");
    // SAFETY: there are eight numbers.
    unsafe { _mm256_loadu_si256(room.as_ptr().cast()) }
}

/// The first so many of eight, at least one.
#[inline(always)]
fn lanes(count: usize) -> __mmask8 {
    u8::MAX >> (LANES - count.clamp(1, LANES))
}

/// Eight pieces: where they begin, how long they are, and which of them can be read.
struct Eight {
    begins: __m256i,
    lengths: __m256i,
    there: __mmask8,
}

/// `bytes` bytes can be read at the beginning of each piece that is there.
#[inline]
#[target_feature(enable = "avx512f,avx512vl")]
fn eight(pieces: Pieces<'_>, bytes: usize, begins: __m256i, ends: __m256i, count: usize) -> Eight {
    let (there, last) = match pieces.text.len().checked_sub(bytes) {
        Some(last) => (lanes(count), last.min(i32::MAX as usize)),
        None => (0, 0),
    };
    let last = number(last);
    Eight { begins, lengths: _mm256_sub_epi32(ends, begins), there: there & _mm256_cmple_epu32_mask(begins, last) }
}

/// The lowest `bytes` bytes of each number; none for 0 or less, all for eight or more.
#[inline]
#[target_feature(enable = "avx512f")]
fn first(numbers: __m512i, bytes: __m512i) -> __m512i {
    let bytes = _mm512_min_epi64(_mm512_max_epi64(bytes, all(0)), all(8));
    let gone = _mm512_sub_epi64(all(64), _mm512_slli_epi64::<3>(bytes));
    // A shift by sixty-four leaves nothing.
    _mm512_srlv_epi64(_mm512_sllv_epi64(numbers, gone), gone)
}

/// The place of each hash among `half`'s, as [`super::Hash`] has it.
#[inline]
#[target_feature(enable = "avx512f")]
fn places<K>(half: &Half<'_, K>, hash: __m512i, top: __m512i) -> __m512i {
    let shift = |by: u32| _mm_cvtsi32_si128(by.cast_signed());
    let groups = _mm512_srl_epi64(hash, shift(64 - half.bits));
    // SAFETY: a number of `bits` bits is less than the number of groups, after which there are two more that can be read.
    let moved = unsafe { _mm512_i64gather_epi32::<2>(groups, half.moves.as_ptr().cast()) };
    let moved = _mm512_cvtepu32_epi64(_mm256_and_si256(moved, _mm256_set1_epi32(0xFFFF)));
    let word = _mm512_xor_si512(_mm512_srl_epi64(hash, shift(32 - half.bits)), _mm512_srli_epi64::<32>(top));
    // Only the lower halves are multiplied.
    let places = _mm512_mul_epu32(_mm512_mul_epu32(word, moved), all(half.keys.len() as u64));
    _mm512_srli_epi64::<32>(places)
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,popcnt")]
pub(in super::super) fn short_words(
    words: &Words<'_>,
    pieces: Pieces<'_>,
    mut found: Option<&mut Room>,
    missed: &mut Room,
) -> usize {
    let seed = all(words.seed);
    let mut numbers = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    let mut misses = 0;
    let count = pieces.count.min(ROW);
    let mut piece = 0;
    while piece < count {
        let (begins, ends) = (load(pieces.begins, piece), load(pieces.ends, piece));
        let eight = eight(pieces, 8, begins, ends, count - piece);
        // SAFETY: eight bytes can be read at each that is there.
        let text =
            unsafe { _mm512_mask_i32gather_epi64::<1>(all(0), eight.there, eight.begins, pieces.text.as_ptr().cast()) };
        // A length of eight or more is no token's.
        let lengths = _mm512_cvtepu32_epi64(_mm256_min_epu32(eight.lengths, number(8)));
        let gone = _mm512_sub_epi64(all(64), _mm512_slli_epi64::<3>(lengths));
        let text = _mm512_srlv_epi64(_mm512_sllv_epi64(text, gone), gone);
        let word = _mm512_or_si512(_mm512_and_si512(text, all(u64::MAX >> 8)), _mm512_slli_epi64::<56>(lengths));
        let places = places(&words.short, _mm512_mullo_epi64(word, seed), word);
        // SAFETY: each is less than the number of keys.
        let keys = unsafe { _mm512_i64gather_epi64::<8>(places, words.short.keys.as_ptr().cast()) };
        let is = _mm512_mask_cmpeq_epi64_mask(eight.there, keys, word);
        if let Some(found) = &mut found {
            let none = _mm256_set1_epi32(NOWHERE.cast_signed());
            let room: &mut [u32; LANES] = found[piece..].first_chunk_mut().expect("there is room past the last");
            // SAFETY: there is room for eight.
            unsafe { _mm256_storeu_si256(room.as_mut_ptr().cast(), _mm512_mask_cvtepi64_epi32(none, is, places)) };
        }
        let not = !is & lanes(count - piece);
        keep(missed, misses, not, numbers);
        misses += not.count_ones() as usize;
        numbers = _mm256_add_epi32(numbers, number(LANES));
        piece += LANES;
    }
    misses
}

/// Writes those of eight numbers that are meant, from a place on.
#[inline]
#[target_feature(enable = "avx512f,avx512vl")]
fn keep(room: &mut Room, at: usize, which: __mmask8, numbers: __m256i) {
    let room: &mut [u32; LANES] = room[at..].first_chunk_mut().expect("no more are kept than there are pieces");
    // SAFETY: there is room for eight.
    unsafe { _mm256_storeu_si256(room.as_mut_ptr().cast(), _mm256_maskz_compress_epi32(which, numbers)) }
}

/// Eight of the pieces that were missed, and their keys as [`super::Key`] has them.
struct Keys {
    numbers: __m256i,
    low: __m512i,
    high: __m512i,
    there: __mmask8,
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq")]
fn keys(pieces: Pieces<'_>, missed: &Room, at: usize, count: usize) -> Keys {
    let numbers = _mm256_and_si256(load(missed, at), number(ROW - 1));
    // SAFETY: each number is less than `ROW`, and there are more places than that.
    let (begins, ends) = unsafe {
        let (begins, ends): (*const i32, *const i32) = (pieces.begins.as_ptr().cast(), pieces.ends.as_ptr().cast());
        (_mm256_i32gather_epi32::<4>(begins, numbers), _mm256_i32gather_epi32::<4>(ends, numbers))
    };
    let eight = eight(pieces, 16, begins, ends, count - at);
    // SAFETY: sixteen bytes can be read at each that is there.
    let (low, high) = unsafe {
        let text: *const i64 = pieces.text.as_ptr().cast();
        (
            _mm512_mask_i32gather_epi64::<1>(all(0), eight.there, eight.begins, text),
            _mm512_mask_i32gather_epi64::<1>(all(0), eight.there, eight.begins, text.add(1)),
        )
    };
    let lengths = _mm512_cvtepu32_epi64(_mm256_min_epu32(eight.lengths, number(INLINE + 1)));
    let low = first(low, lengths);
    let high = first(high, _mm512_min_epi64(_mm512_sub_epi64(lengths, all(8)), all(7)));
    Keys { numbers, low, high: _mm512_or_si512(high, _mm512_slli_epi64::<56>(lengths)), there: eight.there }
}

#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn hash(keys: &Keys, seed: u64) -> __m512i {
    let low = _mm512_mullo_epi64(keys.low, all(seed));
    let low = _mm512_xor_si512(low, _mm512_srli_epi64::<32>(low));
    _mm512_mullo_epi64(_mm512_add_epi64(low, keys.high), all(SECOND))
}

/// Both words of the entries at eight places.
///
/// # Safety
///
/// Each place must be less than the number of entries.
#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn entries(entries: &[[u64; 2]], places: __m512i) -> (__m512i, __m512i) {
    let halves = _mm512_slli_epi64::<1>(places);
    let all: *const i64 = entries.as_ptr().cast();
    // SAFETY: an entry is two words.
    unsafe { (_mm512_i64gather_epi64::<8>(halves, all), _mm512_i64gather_epi64::<8>(halves, all.add(1))) }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,popcnt")]
pub(in super::super) fn long_words(
    words: &Words<'_>,
    pieces: Pieces<'_>,
    mut found: Option<&mut Room>,
    missed: &mut Room,
    count: usize,
) -> usize {
    let mut misses = 0;
    let count = count.min(ROW);
    let mut at = 0;
    while at < count {
        let keys = keys(pieces, missed, at, count);
        let places = places(&words.long, hash(&keys, words.seed), all(0));
        // SAFETY: each place is less than the number of keys.
        let (low, high) = unsafe { entries(words.long.keys, places) };
        let is = _mm512_mask_cmpeq_epi64_mask(keys.there, low, keys.low);
        let is = _mm512_mask_cmpeq_epi64_mask(is, high, keys.high);
        if let Some(found) = &mut found {
            let places = _mm512_add_epi64(places, all(words.short.keys.len() as u64));
            // SAFETY: each number is less than `ROW`, and there is room for more.
            unsafe {
                _mm256_mask_i32scatter_epi32::<4>(
                    found.as_mut_ptr().cast(),
                    is,
                    keys.numbers,
                    _mm512_cvtepi64_epi32(places),
                );
            }
        }
        let not = !is & lanes(count - at);
        keep(missed, misses, not, keys.numbers);
        misses += not.count_ones() as usize;
        at += LANES;
    }
    misses
}

#[inline]
#[target_feature(enable = "avx512f")]
pub(in super::super) fn ranks(ranks: &[u32], places: &mut Room, count: usize) {
    let sixteen = |number: u32| _mm512_set1_epi32(number.cast_signed());
    // A place that is none is more than any other.
    let last = sixteen(ranks.len().min(i32::MAX as usize) as u32);
    for places in places.as_chunks_mut::<16>().0.iter_mut().take(count.div_ceil(16)) {
        let places = places.as_mut_ptr().cast();
        // SAFETY: there are sixteen numbers, and only those that are less than the number of ranks are looked at.
        unsafe {
            let all = _mm512_loadu_si512(places);
            let there = _mm512_cmplt_epu32_mask(all, last);
            let found = _mm512_mask_i32gather_epi32::<4>(sixteen(NOWHERE), there, all, ranks.as_ptr().cast());
            _mm512_storeu_si512(places, found);
        }
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,popcnt")]
pub(in super::super) fn recall(
    remembered: &[Remembered],
    pieces: Pieces<'_>,
    missed: &mut Room,
    count: usize,
) -> (usize, u64) {
    if !remembered.len().is_power_of_two() {
        return (count, 0);
    }
    let (mut misses, mut total) = (0, all(0));
    let count = count.min(ROW);
    let mut at = 0;
    while at < count {
        let keys = keys(pieces, missed, at, count);
        let (hash, last) = (hash(&keys, REMEMBERED), all(remembered.len() as u64 - 1));
        let tokens = |place: u32| {
            let places = _mm512_srl_epi64(hash, _mm_cvtsi32_si128(place.cast_signed()));
            // SAFETY: each place is cut to a number below that of the entries, a power of two.
            let (low, high) = unsafe { entries(remembered, _mm512_and_si512(places, last)) };
            let same = _mm512_mask_cmpeq_epi64_mask(keys.there, low, keys.low);
            let length = |high: __m512i| _mm512_slli_epi64::<COUNT_BITS>(high);
            let same = _mm512_mask_cmpeq_epi64_mask(same, length(high), length(keys.high));
            _mm512_maskz_srli_epi64::<{ 64 - COUNT_BITS }>(same, high)
        };
        // In one place or the other.
        let tokens = _mm512_or_si512(tokens(SHIFTS[0]), tokens(SHIFTS[1]));
        total = _mm512_add_epi64(total, tokens);
        let not = _mm512_cmpeq_epi64_mask(tokens, all(0)) & lanes(count - at);
        keep(missed, misses, not, keys.numbers);
        misses += not.count_ones() as usize;
        at += LANES;
    }
    (misses, _mm512_reduce_add_epi64(total).cast_unsigned())
}
