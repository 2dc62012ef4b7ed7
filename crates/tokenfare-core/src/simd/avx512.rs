//! The searches sixty-four bytes at a time.

use super::avx2::{APOSTROPHE, BLANK, DIGIT, LETTER_A, LETTER_P, NEWLINE, SLASH, SPACE};
use super::avx2::{COLUMN, PLACE};
use super::block::{Block, NO_PAIR, PIECES, PLACE_BITS, PLACES};
use super::pairs::{Pairs, RANK_BITS};
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

/// What two ranks make, sixteen times.
#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn make(table: &Pairs<'_>, left: __m512i, right: __m512i) -> __m512i {
    let number = |number: u32| _mm512_set1_epi32(number.cast_signed());
    let hash = _mm512_add_epi32(
        _mm512_mullo_epi32(left, number(table.seed[0])),
        _mm512_mullo_epi32(right, number(table.seed[1])),
    );
    let groups = _mm512_srl_epi32(hash, _mm_cvtsi32_si128(table.shift.cast_signed()));
    // SAFETY: see `Pairs::get`: each is less than the number of groups.
    let groups = unsafe { _mm512_i32gather_epi32::<4>(groups, table.groups.as_ptr().cast()) };
    let bits = _mm512_and_si512(_mm512_srli_epi32::<8>(hash), number(15));
    let may_be = _mm512_test_epi32_mask(_mm512_srlv_epi32(groups, bits), number(1));
    let moved = _mm512_xor_si512(_mm512_xor_si512(hash, left), _mm512_srli_epi32::<16>(groups));
    let places = _mm512_and_si512(moved, number(table.entries.len() as u32 - 1));
    macro_rules! half {
        ($half:literal) => {{
            let may_be = (may_be >> (8 * $half)) as u8;
            let wide = |all: __m512i| _mm512_cvtepu32_epi64(_mm512_extracti64x4_epi64::<$half>(all));
            let pair = _mm512_or_si512(
                _mm512_slli_epi64::<{ 2 * RANK_BITS }>(wide(left)),
                _mm512_slli_epi64::<RANK_BITS>(wide(right)),
            );
            let places = _mm512_extracti64x4_epi64::<$half>(places);
            // SAFETY: each is cut to less than the number of entries.
            let entries = unsafe {
                let none = _mm512_set1_epi64(-1);
                _mm512_mask_i32gather_epi64::<8>(none, may_be, places, table.entries.as_ptr().cast())
            };
            let rest = _mm512_xor_si512(entries, pair);
            let found = _mm512_cmplt_epu64_mask(rest, _mm512_set1_epi64(1 << RANK_BITS));
            _mm512_mask_cvtepi64_epi32(_mm256_set1_epi32(-1), found, rest)
        }};
    }
    _mm512_inserti64x4::<1>(_mm512_castsi256_si512(half!(0)), half!(1))
}

/// So few pieces are sooner merged one by one.
const FEW: u32 = 3;

/// Merges all pieces of a block: each step of [`Block::merge`] for sixteen of them.
#[inline(never)] // it is long, and done for many pieces at once
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512cd")]
pub(super) fn merge(block: &mut Block, table: &Pairs<'_>) {
    let number = |number: u32| _mm512_set1_epi32(number.cast_signed());
    let (one, no_pair, last_place) = (number(1), number(NO_PAIR), number(PLACES as u32 - 1));
    let lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    let places = block.places.min(PLACES - 1);
    macro_rules! row {
        ($rows:ident, $place:expr) => {{
            let row: &[u32; PIECES] = &block.$rows[$place];
            // SAFETY: a row is sixty-four bytes.
            unsafe { _mm512_loadu_si512(row.as_ptr().cast()) }
        }};
    }
    // SAFETY: sixteen numbers are sixty-four bytes.
    let mut there = unsafe { _mm512_loadu_si512(block.there.as_ptr().cast()) };
    let mut left = row!(tokens, 0);
    for place in 0..places {
        let right = row!(tokens, place + 1);
        let made = _mm512_slli_epi32::<PLACE_BITS>(make(table, left, right));
        // SAFETY: a row is sixty-four bytes.
        unsafe {
            _mm512_storeu_si512(block.pairs[place].as_mut_ptr().cast(), _mm512_or_si512(made, number(place as u32)));
        };
        left = right;
    }
    loop {
        let mut least = no_pair;
        for place in 1..places {
            least = _mm512_min_epu32(least, row!(pairs, place));
        }
        let mut on = _mm512_cmplt_epu32_mask(least, no_pair);
        if on.count_ones() <= FEW {
            // SAFETY: sixteen numbers are sixty-four bytes.
            unsafe { _mm512_storeu_si512(block.there.as_mut_ptr().cast(), there) };
            while on != 0 {
                block.finish(table, on.trailing_zeros() as usize);
                on &= on - 1;
            }
            return;
        }
        let at = _mm512_and_si512(least, last_place);
        let made = _mm512_srli_epi32::<PLACE_BITS>(least);
        // The places of the lowest and the highest bit, cut to places that there are whatever the tables hold.
        let place = |zeros: __m512i| _mm512_and_si512(_mm512_sub_epi32(last_place, zeros), last_place);
        let highest = |bits: __m512i| place(_mm512_lzcnt_epi32(bits));
        let lowest = |bits: __m512i| highest(_mm512_and_si512(bits, _mm512_sub_epi32(_mm512_setzero_si512(), bits)));
        let after = _mm512_and_si512(there, _mm512_sllv_epi32(number(u32::MAX - 1), at));
        let gone = lowest(after);
        let next = lowest(_mm512_and_si512(after, _mm512_sub_epi32(after, one)));
        let before = highest(_mm512_andnot_si512(_mm512_sllv_epi32(number(u32::MAX), at), there));
        there = _mm512_mask_xor_epi32(there, on, there, _mm512_sllv_epi32(one, gone));
        let cell = |place: __m512i| _mm512_add_epi32(_mm512_slli_epi32::<4>(place), lanes);
        let (at_cell, before_cell) = (cell(at), cell(before));
        // SAFETY: all places are cut to less than `PLACES`, and a row has a number for each of the sixteen lanes.
        unsafe {
            let tokens: *mut i32 = block.tokens.as_mut_ptr().cast();
            let pairs: *mut i32 = block.pairs.as_mut_ptr().cast();
            let right = _mm512_mask_i32gather_epi32::<4>(no_pair, on, cell(next), tokens.cast_const().cast());
            let left = _mm512_mask_i32gather_epi32::<4>(no_pair, on, before_cell, tokens.cast_const().cast());
            let with_next = _mm512_or_si512(_mm512_slli_epi32::<PLACE_BITS>(make(table, made, right)), at);
            let with_last = _mm512_or_si512(_mm512_slli_epi32::<PLACE_BITS>(make(table, left, made)), before);
            _mm512_mask_i32scatter_epi32::<4>(tokens.cast(), on, at_cell, made);
            _mm512_mask_i32scatter_epi32::<4>(pairs.cast(), on, cell(gone), no_pair);
            _mm512_mask_i32scatter_epi32::<4>(pairs.cast(), on, at_cell, with_next);
            _mm512_mask_i32scatter_epi32::<4>(pairs.cast(), on, before_cell, with_last);
        }
    }
}
