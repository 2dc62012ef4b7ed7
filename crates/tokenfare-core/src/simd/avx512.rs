//! The searches sixty-four bytes at a time.

use super::avx2::{APOSTROPHE, BLANK, DIGIT, LETTER_A, LETTER_P, NEWLINE, SLASH, SPACE};
use super::avx2::{COLUMN, PLACE};
use super::{Classes, LANES, LAST, WINDOW, scalar};
use crate::unicode::{Class, TABLES, class_within};
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
        letters,
        small,
        capitals: letters & !small,
        digits: any(DIGIT),
        blanks: any(SPACE | BLANK),
        spaces: any(SPACE),
        newlines: any(NEWLINE),
        symbols: _mm512_testn_epi8_mask(kinds, _mm512_set1_epi8((!(APOSTROPHE | SLASH)).cast_signed())),
        apostrophes: any(APOSTROPHE),
        slashes: any(SLASH),
        wide: _mm512_movepi8_mask(v),
        ..Classes::default()
    }
}

/// The classes of sixty-four characters whose codes differ in the last six bits only; that of one of them says which.
#[inline]
#[target_feature(enable = "avx512f")]
fn block_of(code: usize) -> __m512i {
    let block = usize::from(TABLES.0[code >> 8]) << 8 | code & 0xC0;
    let classes: &[u8; 64] = TABLES.1[block..].first_chunk().expect("a block has four times sixty-four classes");
    // SAFETY: there are sixty-four bytes.
    unsafe { _mm512_loadu_si512(classes.as_ptr().cast()) }
}

/// A text has few characters that differ in more than their last byte, but for those that are all letters without case: so the
/// bytes before the last are taken one after the other, and their characters all at once.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
pub(super) fn widened(mut classes: Classes, bytes: &[u8; WINDOW]) -> Classes {
    // SAFETY: there are sixty-four bytes, of both.
    let (v, all) = unsafe { (_mm512_loadu_si512(bytes.as_ptr().cast()), _mm512_loadu_si512(FROM_0.as_ptr().cast())) };
    let byte = |byte: u8| _mm512_set1_epi8(byte.cast_signed());
    // As signed numbers, bytes that follow are the lowest.
    classes.follow = _mm512_cmplt_epi8_mask(v, byte(0xC0));
    classes.broken = scalar::broken(&classes, bytes);
    let firsts = classes.wide & !classes.follow & !classes.broken;
    // What stands one and two places after each; a character that is whole has no place past the end.
    let second = _mm512_permutexvar_epi8(_mm512_add_epi8(all, byte(1)), v);
    let third = _mm512_permutexvar_epi8(_mm512_add_epi8(all, byte(2)), v);
    let from = |first: u8| firsts & _mm512_cmpge_epu8_mask(v, byte(first));
    let (three, four) = (from(0xE0), from(0xF0));
    // U+4E00 to U+9FFF, and U+AC00 to U+D77F: the first byte and the second.
    let is = |first: u8| _mm512_cmpeq_epi8_mask(v, byte(first));
    let between = |first: u8, last: u8| _mm512_cmple_epu8_mask(_mm512_sub_epi8(v, byte(first)), byte(last - first));
    let han = is(0xE4) & _mm512_cmpge_epu8_mask(second, byte(0xB8)) | between(0xE5, 0xE9);
    let hangul = is(0xEA) & _mm512_cmpge_epu8_mask(second, byte(0xB0))
        | between(0xEB, 0xEC)
        | is(0xED) & _mm512_cmple_epu8_mask(second, byte(0x9D));
    let caseless = three & (han | hangul);
    // The class of each character, where it begins. Only the lower six bits of an index count.
    let mut kinds = _mm512_setzero_si512();
    let mut left = firsts & !three;
    while left != 0 {
        let first = bytes[left.trailing_zeros() as usize % WINDOW];
        let same = left & is(first);
        kinds = _mm512_mask_permutexvar_epi8(kinds, same, second, block_of(usize::from(first & 0x1F) << 6));
        left &= !same;
    }
    let mut left = three & !four & !caseless;
    while left != 0 {
        let at = left.trailing_zeros() as usize % (WINDOW - 1);
        let (one, two) = (bytes[at], bytes[at + 1]);
        let same = left & is(one) & _mm512_cmpeq_epi8_mask(second, byte(two));
        let block = block_of(usize::from(one & 0xF) << 12 | usize::from(two & 0x3F) << 6);
        kinds = _mm512_mask_permutexvar_epi8(kinds, same, third, block);
        left &= !same;
    }
    let mut left = four;
    while left != 0 {
        let at = left.trailing_zeros() as usize % WINDOW;
        kinds = _mm512_mask_mov_epi8(kinds, 1 << at, byte(class_within(bytes, at).bits()));
        left &= left - 1;
    }
    let of = |class: Class| classes.whole(_mm512_test_epi8_mask(kinds, byte(class.bits())));
    let (small, capitals, caseless) =
        (of(Class::LOWER), of(Class::UPPER), of(Class::CASELESS) | classes.whole(caseless));
    let (marks, digits, blanks) = (of(Class::MARK), of(Class::NUMBER), of(Class::BLANK));
    classes.small |= small;
    classes.capitals |= capitals;
    classes.caseless |= caseless;
    classes.marks |= marks;
    classes.digits |= digits;
    classes.blanks |= blanks;
    classes.settled()
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
#[target_feature(enable = "avx512f,avx512bw,bmi2")]
pub(super) fn pad_window(text: &[u8], into: &mut [u8; WINDOW]) {
    // Of a longer text, fewer.
    let all = _bzhi_u64(u64::MAX, text.len() as u32);
    // SAFETY: only bytes that are there are read.
    unsafe { _mm512_storeu_si512(into.as_mut_ptr().cast(), _mm512_maskz_loadu_epi8(all, text.as_ptr().cast())) }
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
    sixteen!(1);
    if count > 32 {
        sixteen!(2);
        sixteen!(3);
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

#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn equal(numbers: &[u32; LANES], number: u32) -> u32 {
    _mm512_cmpeq_epi32_mask(lanes(numbers), _mm512_set1_epi32(number.cast_signed())).into()
}
