//! The searches thirty-two bytes at a time.

use super::block::{Block, NO_PAIR, NO_PART, PIECES, PLACE_BITS, PLACES};
use super::pairs::{Pairs, RANK_BITS};
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
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn widen(classes: &mut Classes, bytes: &[u8; WINDOW]) {
    let halves: &[[u8; 32]; 2] = bytemuck::cast_ref(bytes);
    let [low, high] = halves.map(|half| {
        // As signed numbers, bytes that follow are the lowest.
        let follow = _mm256_cmpgt_epi8(_mm256_set1_epi8(0xC0_u8.cast_signed()), bytemuck::cast(half));
        u64::from(_mm256_movemask_epi8(follow).cast_unsigned())
    });
    classes.follow = low | high << 32;
    classes.broken = scalar::broken(classes, bytes);
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

/// What two ranks make, eight times.
#[inline]
#[target_feature(enable = "avx2")]
fn make(table: &Pairs<'_>, left: __m256i, right: __m256i) -> __m256i {
    let number = |number: u32| _mm256_set1_epi32(number.cast_signed());
    let hash = _mm256_add_epi32(
        _mm256_mullo_epi32(left, number(table.seed[0])),
        _mm256_mullo_epi32(right, number(table.seed[1])),
    );
    let groups = _mm256_srl_epi32(hash, _mm_cvtsi32_si128(table.shift.cast_signed()));
    // SAFETY: see `Pairs::get`: each is less than the number of groups.
    let groups = unsafe { _mm256_i32gather_epi32::<4>(table.groups.as_ptr().cast(), groups) };
    let bits = _mm256_and_si256(_mm256_srli_epi32::<8>(hash), number(15));
    let may_be = _mm256_cmpeq_epi32(_mm256_and_si256(_mm256_srlv_epi32(groups, bits), number(1)), number(1));
    let moved = _mm256_xor_si256(_mm256_xor_si256(hash, left), _mm256_srli_epi32::<16>(groups));
    let places = _mm256_and_si256(moved, number(table.entries.len() as u32 - 1));
    macro_rules! half {
        ($half:literal) => {{
            let half = |all: __m256i| _mm256_extracti128_si256::<$half>(all);
            let wide = |all: __m256i| _mm256_cvtepu32_epi64(half(all));
            let pair = _mm256_or_si256(
                _mm256_slli_epi64::<{ 2 * RANK_BITS.cast_signed() }>(wide(left)),
                _mm256_slli_epi64::<{ RANK_BITS.cast_signed() }>(wide(right)),
            );
            let none = _mm256_set1_epi64x(-1);
            let may_be = _mm256_cvtepi32_epi64(half(may_be));
            let (from, places) = (table.entries.as_ptr().cast(), half(places));
            // SAFETY: each is cut to less than the number of entries.
            let entries = unsafe { _mm256_mask_i32gather_epi64::<8>(none, from, places, may_be) };
            let rest = _mm256_xor_si256(entries, pair);
            let beyond = _mm256_srli_epi64::<{ RANK_BITS.cast_signed() }>(rest);
            let found = _mm256_cmpeq_epi64(beyond, _mm256_setzero_si256());
            _mm256_castsi256_ps(_mm256_or_si256(rest, _mm256_andnot_si256(found, none)))
        }};
    }
    // The lower half of each, in order.
    let lower = _mm256_shuffle_ps::<0b1000_1000>(half!(0), half!(1));
    _mm256_permute4x64_epi64::<0b1101_1000>(_mm256_castps_si256(lower))
}

/// Merges all pieces of a block: each step of [`Block::merge`] for sixteen of them. What is asked of the tables is asked at
/// once; the rest of a step is a few instructions for each.
#[inline(never)] // it is long, and done for many pieces at once
#[target_feature(enable = "avx2,bmi1,lzcnt")]
pub(super) fn merge(block: &mut Block, table: &Pairs<'_>) {
    let places = block.places.min(PLACES - 1);
    let mut left = lanes(&block.tokens[0]);
    for place in 0..places {
        let right = lanes(&block.tokens[place + 1]);
        for half in 0..2 {
            let made = _mm256_slli_epi32::<{ PLACE_BITS.cast_signed() }>(make(table, left[half], right[half]));
            let pairs = _mm256_or_si256(made, _mm256_set1_epi32((place as u32).cast_signed()));
            // SAFETY: a row is twice thirty-two bytes.
            unsafe { _mm256_storeu_si256(block.pairs[place].as_mut_ptr().add(8 * half).cast(), pairs) };
        }
        left = right;
    }
    loop {
        let no_pair = _mm256_set1_epi32(NO_PAIR.cast_signed());
        let mut least = [no_pair; 2];
        for row in &block.pairs[1..places.max(1)] {
            let row = lanes(row);
            least = [_mm256_min_epu32(least[0], row[0]), _mm256_min_epu32(least[1], row[1])];
        }
        let done = least
            .map(|half| _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpeq_epi32(half, no_pair))).cast_unsigned());
        let on = !(done[0] | done[1] << 8) & 0xFFFF;
        if on == 0 {
            return;
        }
        let least: [u32; PIECES] = bytemuck::cast(least);
        // What the part that is made meets on either side, and which places the two pairs are of.
        let (mut left, mut right, mut before) = ([NO_PART; PIECES], [NO_PART; PIECES], [0_u8; PIECES]);
        let mut pieces = on;
        while pieces != 0 {
            let piece = pieces.trailing_zeros() as usize % PIECES;
            pieces &= pieces - 1;
            let at = least[piece] as usize % PLACES;
            let there = block.there[piece];
            let after = there & (u32::MAX << 1 << at);
            let gone = after.trailing_zeros() as usize % PLACES;
            let next = (after & after.wrapping_sub(1)).trailing_zeros() as usize % PLACES;
            let last = 31 - (there & !(u32::MAX << at) | 1).leading_zeros() as usize;
            block.there[piece] = there ^ 1 << gone;
            block.tokens[at][piece] = least[piece] >> PLACE_BITS;
            block.pairs[gone][piece] = NO_PAIR;
            (left[piece], right[piece]) = (block.tokens[last][piece], block.tokens[next][piece]);
            before[piece] = last as u8;
        }
        let (left, right) = (lanes(&left), lanes(&right));
        let made = lanes(&least.map(|least| least >> PLACE_BITS));
        let with_next = [make(table, made[0], right[0]), make(table, made[1], right[1])];
        let with_last = [make(table, left[0], made[0]), make(table, left[1], made[1])];
        let (with_next, with_last): ([u32; PIECES], [u32; PIECES]) =
            (bytemuck::cast(with_next), bytemuck::cast(with_last));
        let mut pieces = on;
        while pieces != 0 {
            let piece = pieces.trailing_zeros() as usize % PIECES;
            pieces &= pieces - 1;
            let (at, last) = (least[piece] as usize % PLACES, usize::from(before[piece]) % PLACES);
            block.pairs[at][piece] = with_next[piece] << PLACE_BITS | at as u32;
            block.pairs[last][piece] = with_last[piece] << PLACE_BITS | last as u32;
        }
    }
}
