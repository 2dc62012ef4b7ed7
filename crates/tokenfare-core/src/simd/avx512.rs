//! The searches sixty-four bytes at a time.

use super::avx2::{APOSTROPHE, BLANK, DIGIT, LETTER_A, LETTER_P, NEWLINE, SLASH, SPACE};
use super::avx2::{COLUMN, PLACE};
use super::{Classes, LANES, LAST, WINDOW, scalar};
use crate::unicode::{Class, TABLES};
use std::arch::x86_64::*;

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
pub(super) fn classes(bytes: &[u8; WINDOW]) -> Classes {
    let table = |table: [u8; 16]| _mm512_broadcast_i32x4(bytemuck::cast(table));
    // SAFETY: there are sixty-four bytes.
    let v = unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) };
    let upper = _mm512_and_si512(_mm512_srli_epi16::<4>(v), _mm512_set1_epi8(0x0F));
    // The shuffle gives 0 for a byte beyond ASCII, whose highest bit is set.
    let kinds = _mm512_and_si512(_mm512_shuffle_epi8(table(PLACE), v), _mm512_shuffle_epi8(table(COLUMN), upper));
    let any = |kind: u8| _mm512_test_epi8_mask(kinds, _mm512_set1_epi8(kind.cast_signed()));
    let letters = any(LETTER_A | LETTER_P);
    let small = letters & _mm512_movepi8_mask(_mm512_slli_epi16::<2>(v));
    Classes {
        small,
        capitals: letters & !small,
        digits: any(DIGIT),
        blanks: any(SPACE | BLANK),
        spaces: any(SPACE),
        newlines: any(NEWLINE),
        apostrophes: any(APOSTROPHE),
        slashes: any(SLASH),
        wide: _mm512_movepi8_mask(v),
        ..Classes::default()
    }
}

/// The byte of each index, of sixteen, in a table of at least one and a multiple of four; the last byte past that.
#[inline]
#[target_feature(enable = "avx512f")]
fn look(table: &[u8], indices: __m512i) -> __m512i {
    let last = _mm512_set1_epi32((table.len() as u32 / 4 * 4).cast_signed() - 1);
    let indices = _mm512_min_epu32(indices, last);
    // SAFETY: four bytes can be read at each multiple of four that is not past the last.
    let words = unsafe { _mm512_i32gather_epi32::<4>(_mm512_srli_epi32::<2>(indices), table.as_ptr().cast()) };
    let bits = _mm512_slli_epi32::<3>(_mm512_and_si512(indices, _mm512_set1_epi32(3)));
    _mm512_and_si512(_mm512_srlv_epi32(words, bits), _mm512_set1_epi32(0xFF))
}

/// The classes of sixteen characters that begin at these places of 64 bytes.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
fn classes_at(v: __m512i, places: __m128i) -> __m512i {
    let bytes = _mm512_mullo_epi32(_mm512_cvtepu8_epi32(places), _mm512_set1_epi32(0x0101_0101));
    let four = _mm512_permutexvar_epi8(_mm512_add_epi32(bytes, _mm512_set1_epi32(0x0302_0100)), v);
    // Six bits of each byte, put together, the first the highest.
    let six = _mm512_and_si512(four, _mm512_set1_epi8(0x3F));
    let twelve = _mm512_maddubs_epi16(six, _mm512_set1_epi16(1 << 8 | 1 << 6));
    let all = _mm512_madd_epi16(twelve, _mm512_set1_epi32(1 << 16 | 1 << 12));
    // What is too much of them, and what is no part of the character, by the upper half of the first byte.
    let upper = _mm512_and_si512(_mm512_srli_epi32::<4>(four), _mm512_set1_epi32(0xF));
    let shifts = _mm512_setr_epi32(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 12, 12, 6, 0);
    let bits = _mm512_setr_epi32(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x7FF, 0x7FF, 0xFFFF, 0x1F_FFFF);
    let code = _mm512_srlv_epi32(all, _mm512_permutexvar_epi32(upper, shifts));
    let code = _mm512_and_si512(code, _mm512_permutexvar_epi32(upper, bits));
    if _mm512_cmpgt_epu32_mask(code, _mm512_set1_epi32(0x7FF)) == 0 {
        // Their blocks come first, in order: what is written with two bytes is found at once.
        return look(TABLES.1, code);
    }
    let blocks = look(TABLES.0, _mm512_srli_epi32::<8>(code));
    let last = _mm512_and_si512(code, _mm512_set1_epi32(0xFF));
    look(TABLES.1, _mm512_or_si512(_mm512_slli_epi32::<8>(blocks), last))
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,avx512vbmi2,bmi2,popcnt")]
pub(super) fn widen(classes: &mut Classes, bytes: &[u8; WINDOW]) {
    // SAFETY: there are sixty-four bytes, of both.
    let (v, all) = unsafe { (_mm512_loadu_si512(bytes.as_ptr().cast()), _mm512_loadu_si512(FROM_0.as_ptr().cast())) };
    // As signed numbers, bytes that follow are the lowest.
    classes.follow = _mm512_cmplt_epi8_mask(v, _mm512_set1_epi8(0xC0_u8.cast_signed()));
    classes.broken = scalar::broken(classes, bytes);
    let firsts = classes.wide & !classes.follow & !classes.broken;
    let places = _mm512_maskz_compress_epi8(firsts, all);
    let low = classes_at(v, _mm512_castsi512_si128(places));
    // A character is two bytes or more: there are at most thirty-two.
    let high = match firsts.count_ones() {
        0..=16 => _mm512_setzero_si512(),
        _ => classes_at(v, _mm512_extracti32x4_epi32::<1>(places)),
    };
    let of = |class: Class| {
        let class = _mm512_set1_epi32(class.bits().into());
        let (low, high) = (_mm512_test_epi32_mask(low, class), _mm512_test_epi32_mask(high, class));
        classes.whole(_pdep_u64(u64::from(low) | u64::from(high) << 16, firsts))
    };
    let (small, capitals, caseless) = (of(Class::LOWER), of(Class::UPPER), of(Class::CASELESS));
    let (marks, digits, blanks) = (of(Class::MARK), of(Class::NUMBER), of(Class::BLANK));
    classes.small |= small;
    classes.capitals |= capitals;
    classes.caseless |= caseless;
    classes.marks |= marks;
    classes.digits |= digits;
    classes.blanks |= blanks;
}

/// The numbers from 0.
static FROM_0: [u8; 64] = {
    let mut all = [0; 64];
    let mut i = 0;
    while i < 64 {
        all[i] = i as u8;
        i += 1;
    }
    all
};

/// A copy of any length would be written in parts, and a read over two of them waits for both.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,bmi2")]
pub(super) fn pad(text: &[u8], into: &mut [u8; LAST + WINDOW]) {
    const _: () = assert!(WINDOW < LAST && LAST <= 2 * WINDOW);
    let length = text.len().min(LAST) as u32;
    let first = |bytes: u32| _bzhi_u64(u64::MAX, bytes.min(64));
    let (low, high) = (first(length), first(length.saturating_sub(64)));
    // SAFETY: only bytes that are there are read; two windows are less than what can be written, and the last ends where
    // that does.
    unsafe {
        let into = into.as_mut_ptr();
        let zeros = _mm512_setzero_si512();
        _mm512_storeu_si512(into.add(LAST).cast(), zeros);
        _mm512_storeu_si512(into.cast(), _mm512_maskz_loadu_epi8(low, text.as_ptr().cast()));
        let high = _mm512_maskz_loadu_epi8(high, text.as_ptr().wrapping_add(WINDOW).cast());
        _mm512_storeu_si512(into.add(WINDOW).cast(), high);
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2")]
pub(super) fn places(bits: u64, from: u32, into: &mut [u32; WINDOW]) {
    // SAFETY: they are sixty-four bytes.
    let all = unsafe { _mm512_loadu_si512(FROM_0.as_ptr().cast()) };
    let places = _mm512_maskz_compress_epi8(bits, all);
    let from = _mm512_set1_epi32(from.cast_signed());
    let count = bits.count_ones();
    macro_rules! sixteen {
        ($part:literal) => {{
            let part = _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32::<$part>(places));
            // SAFETY: there is room for sixty-four numbers, four times sixteen.
            unsafe { _mm512_storeu_si512(into.as_mut_ptr().add(16 * $part).cast(), _mm512_add_epi32(part, from)) }
        }};
    }
    sixteen!(0);
    if count > 16 {
        sixteen!(1);
        if count > 32 {
            sixteen!(2);
            sixteen!(3);
        }
    }
}

#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn lanes(numbers: &[u32; LANES]) -> __m512i {
    // SAFETY: sixteen numbers are sixty-four bytes.
    unsafe { _mm512_loadu_si512(numbers.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn least(lanes: &[__m512i]) -> u32 {
    let all = lanes.iter().copied().reduce(|a, b| _mm512_min_epu32(a, b));
    all.map_or(u32::MAX, |all| _mm512_reduce_min_epu32(all))
}

#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn with(lanes: __m512i, at: usize, number: u32) -> __m512i {
    _mm512_mask_set1_epi32(lanes, 1 << at, number.cast_signed())
}

#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn lowest(rows: &[[u32; LANES]], below: u32) -> ([u32; LANES], u32) {
    let mut lowest = _mm512_set1_epi32(-1);
    for row in rows {
        lowest = _mm512_min_epu32(lowest, lanes(row));
    }
    let mut numbers = [0_u32; LANES];
    // SAFETY: sixteen numbers are sixty-four bytes.
    unsafe { _mm512_storeu_si512(numbers.as_mut_ptr().cast(), lowest) };
    (numbers, _mm512_cmplt_epu32_mask(lowest, _mm512_set1_epi32(below.cast_signed())).into())
}
