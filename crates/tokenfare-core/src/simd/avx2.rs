//! The searches thirty-two bytes at a time.

use super::{Classes, WINDOW};
use std::arch::x86_64::{
    __m256i, _mm256_and_si256, _mm256_broadcastsi128_si256, _mm256_castsi256_pd, _mm256_cmpeq_epi64,
    _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_movemask_pd, _mm256_set1_epi8, _mm256_set1_epi64x,
    _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_slli_epi16, _mm256_srli_epi16, _mm256_srli_epi64,
    _mm256_xor_si256,
};

// What a byte is, by what its two halves say: a class is set in both of these, or it is not the byte's.
const DIGIT: u8 = 1;
const SPACE: u8 = 2;
const BLANK: u8 = 4;
const NEWLINE: u8 = 8;
const APOSTROPHE: u8 = 16;
/// Letters of columns 4 and 6, of which the first place is none.
const LETTER_A: u8 = 32;
/// Letters of columns 5 and 7, of which the last five places are none.
const LETTER_P: u8 = 64;

/// By the lower half.
const PLACE: [u8; 16] = {
    let mut places = [0; 16];
    let mut low = 0;
    while low < 16 {
        let mut all = 0;
        if low <= 9 {
            all |= DIGIT;
        }
        if low == 0 {
            all |= SPACE;
        }
        if low == 9 || low == 11 || low == 12 {
            all |= BLANK;
        }
        if low == 10 || low == 13 {
            all |= NEWLINE;
        }
        if low == 7 {
            all |= APOSTROPHE;
        }
        if low >= 1 {
            all |= LETTER_A;
        }
        if low <= 10 {
            all |= LETTER_P;
        }
        places[low] = all;
        low += 1;
    }
    places
};

/// By the upper half; those beyond ASCII have no class.
const COLUMN: [u8; 16] =
    [BLANK | NEWLINE, 0, SPACE | APOSTROPHE, DIGIT, LETTER_A, LETTER_P, LETTER_A, LETTER_P, 0, 0, 0, 0, 0, 0, 0, 0];

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn classes(bytes: &[u8; WINDOW]) -> Classes {
    let halves: &[[u8; 32]; 2] = bytemuck::cast_ref(bytes);
    let table = |table: [u8; 16]| _mm256_broadcastsi128_si256(bytemuck::cast(table));
    let (place, column, low) = (table(PLACE), table(COLUMN), _mm256_set1_epi8(0x0F));
    let kinds = halves.map(|half| {
        let v: __m256i = bytemuck::cast(half);
        let upper = _mm256_and_si256(_mm256_srli_epi16::<4>(v), low);
        // The shuffle gives 0 for a byte beyond ASCII, whose highest bit is set.
        (v, _mm256_and_si256(_mm256_shuffle_epi8(place, v), _mm256_shuffle_epi8(column, upper)))
    });
    macro_rules! bits {
        ($which:tt, $shift:literal) => {{
            let low = _mm256_movemask_epi8(_mm256_slli_epi16::<$shift>(kinds[0].$which)).cast_unsigned();
            let high = _mm256_movemask_epi8(_mm256_slli_epi16::<$shift>(kinds[1].$which)).cast_unsigned();
            u64::from(low) | u64::from(high) << 32
        }};
    }
    let letters = bits!(1, 2) | bits!(1, 1);
    let small = letters & bits!(0, 2);
    let spaces = bits!(1, 6);
    Classes {
        small,
        capitals: letters & !small,
        digits: bits!(1, 7),
        blanks: spaces | bits!(1, 5),
        spaces,
        newlines: bits!(1, 4),
        apostrophes: bits!(1, 3),
        wide: bits!(0, 0),
    }
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn find_pair(bucket: &[u64; 4], pair: u64) -> u32 {
    // SAFETY: a bucket is thirty-two bytes that can be read. (By value it would go through the stack, word by word.)
    let bucket = unsafe { _mm256_loadu_si256(bucket.as_ptr().cast()) };
    let difference = _mm256_xor_si256(bucket, _mm256_set1_epi64x(pair.cast_signed()));
    let same = _mm256_cmpeq_epi64(_mm256_srli_epi64::<21>(difference), _mm256_setzero_si256());
    _mm256_movemask_pd(_mm256_castsi256_pd(same)).cast_unsigned()
}
