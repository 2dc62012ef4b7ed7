//! The search for four pieces at a time. Those of up to seven bytes are found as fast without: four are too few for a gather.

use super::{COUNT_BITS, Half, INLINE, Pieces, REMEMBERED, ROW, Remembered, Room, SECOND, SHIFTS, Words};
use std::arch::x86_64::*;

const LANES: usize = 4;

#[inline]
#[target_feature(enable = "avx2")]
fn all(number: u64) -> __m256i {
    _mm256_set1_epi64x(number.cast_signed())
}

/// A number four times.
#[inline]
#[target_feature(enable = "avx2")]
fn number(number: usize) -> __m128i {
    _mm_set1_epi32((number as u32).cast_signed())
}

/// The lower halves of four numbers.
#[inline]
#[target_feature(enable = "avx2")]
fn lower(numbers: __m256i) -> __m128i {
    let even = _mm256_permutevar8x32_epi32(numbers, _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6));
    _mm256_castsi256_si128(even)
}

/// A bit for each of four numbers that is all ones.
#[inline]
#[target_feature(enable = "avx2")]
fn bits(numbers: __m256i) -> u32 {
    _mm256_movemask_pd(_mm256_castsi256_pd(numbers)).cast_unsigned()
}

#[inline]
#[target_feature(enable = "avx2")]
fn mul(a: __m256i, b: __m256i) -> __m256i {
    let upper = |numbers: __m256i| _mm256_srli_epi64::<32>(numbers);
    let cross = _mm256_add_epi64(_mm256_mul_epu32(upper(a), b), _mm256_mul_epu32(a, upper(b)));
    _mm256_add_epi64(_mm256_mul_epu32(a, b), _mm256_slli_epi64::<32>(cross))
}

/// All ones for each piece at whose beginning `bytes` bytes can be read.
#[inline]
#[target_feature(enable = "avx2")]
fn there(pieces: Pieces<'_>, bytes: usize, begins: __m128i) -> __m256i {
    let Some(last) = pieces.text.len().checked_sub(bytes) else { return _mm256_setzero_si256() };
    let past = _mm_cmpgt_epi32(begins, number(last.min(i32::MAX as usize)));
    // Nor can one whose number is taken for less than nothing.
    let not = _mm_or_si128(past, _mm_srai_epi32::<31>(begins));
    _mm256_cvtepi32_epi64(_mm_xor_si128(not, _mm_set1_epi32(-1)))
}

/// The lowest bytes of each number; a number of bytes is at most eight.
#[inline]
#[target_feature(enable = "avx2")]
fn first(numbers: __m256i, bytes: __m256i) -> __m256i {
    let gone = _mm256_sub_epi64(all(64), _mm256_slli_epi64::<3>(bytes));
    // A shift by sixty-four leaves nothing.
    _mm256_srlv_epi64(_mm256_sllv_epi64(numbers, gone), gone)
}

/// The place of each hash among `half`'s, as [`super::Hash`] has it.
#[inline]
#[target_feature(enable = "avx2")]
fn places<K>(half: &Half<'_, K>, hash: __m256i, top: __m256i) -> __m256i {
    let shift = |by: u32| _mm_cvtsi32_si128(by.cast_signed());
    let groups = _mm256_srl_epi64(hash, shift(64 - half.bits));
    // SAFETY: a number of `bits` bits is less than the number of groups, after which there are two more that can be read.
    let moved = unsafe { _mm256_i64gather_epi32::<2>(half.moves.as_ptr().cast(), groups) };
    let moved = _mm256_cvtepu32_epi64(_mm_and_si128(moved, _mm_set1_epi32(0xFFFF)));
    let word = _mm256_xor_si256(_mm256_srl_epi64(hash, shift(32 - half.bits)), _mm256_srli_epi64::<32>(top));
    // Only the lower halves are multiplied.
    let places = _mm256_mul_epu32(_mm256_mul_epu32(word, moved), all(half.keys.len() as u64));
    _mm256_srli_epi64::<32>(places)
}

/// Writes the numbers that `which` has no bit for, and `misses` has one for each; those past `count` are not meant.
#[inline(always)]
fn keep(room: &mut Room, misses: &mut usize, which: u32, numbers: [u32; LANES], count: usize) {
    for (i, number) in numbers.into_iter().enumerate() {
        room[*misses] = number;
        *misses += usize::from(which >> i & 1 == 0 && i < count);
    }
}

/// Four of the pieces that were missed, and their keys as [`super::Key`] has them.
struct Keys {
    numbers: [u32; LANES],
    low: __m256i,
    high: __m256i,
    there: __m256i,
}

#[inline]
#[target_feature(enable = "avx2")]
fn keys(pieces: Pieces<'_>, missed: &Room, at: usize) -> Keys {
    let numbers: [u32; LANES] = *missed[at..].first_chunk().expect("there is room past the last");
    let of = |room: &Room| bytemuck::cast(numbers.map(|number| room[number as usize % ROW]));
    let (begins, ends): (__m128i, __m128i) = (of(pieces.begins), of(pieces.ends));
    let there = there(pieces, 16, begins);
    // SAFETY: sixteen bytes can be read at each that is there.
    let (low, high) = unsafe {
        let text: *const i64 = pieces.text.as_ptr().cast();
        (
            _mm256_mask_i32gather_epi64::<1>(all(0), text, begins, there),
            _mm256_mask_i32gather_epi64::<1>(all(0), text.add(1), begins, there),
        )
    };
    let lengths = _mm_min_epu32(_mm_sub_epi32(ends, begins), number(INLINE + 1));
    let low = first(low, _mm256_cvtepu32_epi64(_mm_min_epu32(lengths, number(8))));
    let past = _mm_sub_epi32(_mm_min_epu32(_mm_max_epu32(lengths, number(8)), number(INLINE)), number(8));
    let high = first(high, _mm256_cvtepu32_epi64(past));
    let lengths = _mm256_slli_epi64::<56>(_mm256_cvtepu32_epi64(lengths));
    Keys { numbers, low, high: _mm256_or_si256(high, lengths), there }
}

#[inline]
#[target_feature(enable = "avx2")]
fn hash(keys: &Keys, seed: u64) -> __m256i {
    let low = mul(keys.low, all(seed));
    let low = _mm256_xor_si256(low, _mm256_srli_epi64::<32>(low));
    mul(_mm256_add_epi64(low, keys.high), all(SECOND))
}

/// Both words of the entries at four places.
///
/// # Safety
///
/// Each place must be less than the number of entries.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn entries(entries: &[[u64; 2]], places: __m256i) -> (__m256i, __m256i) {
    let halves = _mm256_slli_epi64::<1>(places);
    let all: *const i64 = entries.as_ptr().cast();
    // SAFETY: an entry is two words.
    unsafe { (_mm256_i64gather_epi64::<8>(all, halves), _mm256_i64gather_epi64::<8>(all.add(1), halves)) }
}

#[inline]
#[target_feature(enable = "avx2,popcnt")]
pub(in super::super) fn long_words(
    words: &Words<'_>,
    pieces: Pieces<'_>,
    mut found: Option<&mut Room>,
    missed: &mut Room,
    count: usize,
) -> usize {
    let count = count.min(ROW);
    let (mut misses, mut at) = (0, 0);
    while at < count {
        let keys = keys(pieces, missed, at);
        let places = places(&words.long, hash(&keys, words.seed), all(0));
        // SAFETY: each place is less than the number of keys.
        let (low, high) = unsafe { entries(words.long.keys, places) };
        let is = _mm256_and_si256(_mm256_cmpeq_epi64(low, keys.low), _mm256_cmpeq_epi64(high, keys.high));
        let is = bits(_mm256_and_si256(is, keys.there));
        if let Some(found) = &mut found {
            let places: [u32; LANES] = bytemuck::cast(lower(places));
            for i in 0..LANES.min(count - at) {
                if is >> i & 1 == 1 {
                    found[keys.numbers[i] as usize % ROW] = words.short.keys.len() as u32 + places[i];
                }
            }
        }
        keep(missed, &mut misses, is, keys.numbers, count - at);
        at += LANES;
    }
    misses
}

#[inline]
#[target_feature(enable = "avx2,popcnt")]
pub(in super::super) fn recall(
    remembered: &[Remembered],
    pieces: Pieces<'_>,
    missed: &mut Room,
    count: usize,
) -> (usize, u64) {
    if !remembered.len().is_power_of_two() {
        return (count, 0);
    }
    let count = count.min(ROW);
    let (mut misses, mut total, mut at) = (0, 0, 0);
    while at < count {
        let keys = keys(pieces, missed, at);
        let (hash, last) = (hash(&keys, REMEMBERED), all(remembered.len() as u64 - 1));
        let tokens = |place: u32| {
            let places = _mm256_srl_epi64(hash, _mm_cvtsi32_si128(place.cast_signed()));
            // SAFETY: each place is cut to a number below that of the entries, a power of two.
            let (low, high) = unsafe { entries(remembered, _mm256_and_si256(places, last)) };
            let length = |high: __m256i| _mm256_slli_epi64::<{ COUNT_BITS.cast_signed() }>(high);
            let same = _mm256_cmpeq_epi64(length(high), length(keys.high));
            let same = _mm256_and_si256(_mm256_and_si256(same, _mm256_cmpeq_epi64(low, keys.low)), keys.there);
            _mm256_and_si256(_mm256_srli_epi64::<{ 64 - COUNT_BITS.cast_signed() }>(high), same)
        };
        // In one place or the other.
        let tokens = _mm256_or_si256(tokens(SHIFTS[0]), tokens(SHIFTS[1]));
        let none = bits(_mm256_cmpeq_epi64(tokens, all(0)));
        let tokens: [u64; LANES] = bytemuck::cast(tokens);
        total += tokens[..LANES.min(count - at)].iter().sum::<u64>();
        keep(missed, &mut misses, !none, keys.numbers, count - at);
        at += LANES;
    }
    (misses, total)
}
