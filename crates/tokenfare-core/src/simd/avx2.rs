//! The searches thirty-two bytes at a time.

use super::{Classes, LANES, WINDOW, scalar};
use crate::unicode::{Class, class_within};
use std::arch::x86_64::*;

// What a byte is, by what its two halves say: a class is set in both of these, or it is not the byte's.
pub(super) const DIGIT: u8 = 1;
pub(super) const SPACE: u8 = 2;
pub(super) const BLANK: u8 = 4;
pub(super) const NEWLINE: u8 = 8;
pub(super) const APOSTROPHE: u8 = 16;
/// Letters of columns 4 and 6, of which the first place is none.
pub(super) const LETTER_A: u8 = 32;
/// Letters of columns 5 and 7, of which the last five places are none.
pub(super) const LETTER_P: u8 = 64;
pub(super) const SLASH: u8 = 128;

/// By the lower half.
pub(super) const PLACE: [u8; 16] = {
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
        if low == 15 {
            all |= SLASH;
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
pub(super) const COLUMN: [u8; 16] = [
    BLANK | NEWLINE,
    0,
    SPACE | APOSTROPHE | SLASH,
    DIGIT,
    LETTER_A,
    LETTER_P,
    LETTER_A,
    LETTER_P,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
];

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
        slashes: bits!(1, 0),
        wide: bits!(0, 0),
        ..Classes::default()
    }
    .settled()
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn widened(mut classes: Classes, bytes: &[u8; WINDOW]) -> Classes {
    let halves: &[[u8; 32]; 2] = bytemuck::cast_ref(bytes);
    let [low, high] = halves.map(|half| {
        // As signed numbers, bytes that follow are the lowest.
        let follow = _mm256_cmpgt_epi8(_mm256_set1_epi8(0xC0_u8.cast_signed()), bytemuck::cast(half));
        u64::from(_mm256_movemask_epi8(follow).cast_unsigned())
    });
    classes.follow = low | high << 32;
    classes.broken = scalar::broken(&classes, bytes);
    // The class of each character, where it begins.
    let mut kinds = [0; WINDOW];
    let mut firsts = classes.wide & !classes.follow & !classes.broken;
    while firsts != 0 {
        let at = firsts.trailing_zeros() as usize % WINDOW;
        kinds[at] = class_within(bytes, at).bits();
        firsts &= firsts - 1;
    }
    let kinds: [[u8; 32]; 2] = bytemuck::cast(kinds);
    macro_rules! whole {
        ($class:expr) => {{
            const SHIFT: i32 = $class.bits().leading_zeros().cast_signed();
            let [low, high] = kinds.map(|half| {
                let highest = _mm256_slli_epi16::<SHIFT>(bytemuck::cast(half));
                u64::from(_mm256_movemask_epi8(highest).cast_unsigned())
            });
            classes.whole(low | high << 32)
        }};
    }
    classes.small |= whole!(Class::LOWER);
    classes.capitals |= whole!(Class::UPPER);
    classes.caseless |= whole!(Class::CASELESS);
    classes.marks |= whole!(Class::MARK);
    classes.digits |= whole!(Class::NUMBER);
    classes.blanks |= whole!(Class::BLANK);
    classes.settled()
}

/// Sixteen numbers.
pub(super) type Lanes = [__m256i; 2];

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn lanes(numbers: &[u32; LANES]) -> Lanes {
    // SAFETY: sixteen numbers are twice thirty-two bytes.
    unsafe { [_mm256_loadu_si256(numbers.as_ptr().cast()), _mm256_loadu_si256(numbers.as_ptr().add(8).cast())] }
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn least(lanes: &[Lanes]) -> u32 {
    let mut all = _mm256_set1_epi32(-1);
    for [low, high] in lanes {
        all = _mm256_min_epu32(all, _mm256_min_epu32(*low, *high));
    }
    let four = _mm_min_epu32(_mm256_castsi256_si128(all), _mm256_extracti128_si256::<1>(all));
    let two = _mm_min_epu32(four, _mm_shuffle_epi32::<0b0100_1110>(four));
    let one = _mm_min_epu32(two, _mm_shuffle_epi32::<0b1011_0001>(two));
    _mm_cvtsi128_si32(one).cast_unsigned()
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn with([low, high]: Lanes, at: usize, number: u32) -> Lanes {
    let number = _mm256_set1_epi32(number.cast_signed());
    let at = _mm256_set1_epi32((at as u32).cast_signed());
    let here = |first: i32| {
        _mm256_cmpeq_epi32(at, _mm256_add_epi32(_mm256_set1_epi32(first), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7)))
    };
    [_mm256_blendv_epi8(low, number, here(0)), _mm256_blendv_epi8(high, number, here(8))]
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn lowest(rows: &[[u32; LANES]], below: u32) -> ([u32; LANES], u32) {
    let mut lowest = [_mm256_set1_epi32(-1); 2];
    for row in rows {
        let [low, high] = lanes(row);
        lowest = [_mm256_min_epu32(lowest[0], low), _mm256_min_epu32(lowest[1], high)];
    }
    let below = _mm256_set1_epi32(below.cast_signed());
    let [low, high] = lowest.map(|numbers| {
        // What is not less is the greater of the two.
        let not = _mm256_cmpeq_epi32(_mm256_max_epu32(numbers, below), numbers);
        _mm256_movemask_ps(_mm256_castsi256_ps(not)).cast_unsigned() ^ 0xFF
    });
    (bytemuck::cast(lowest), low | high << 8)
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn equal(numbers: &[u32; LANES], number: u32) -> u32 {
    let number = _mm256_set1_epi32(number.cast_signed());
    let [low, high] = lanes(numbers)
        .map(|numbers| _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpeq_epi32(numbers, number))).cast_unsigned());
    low | high << 8
}
