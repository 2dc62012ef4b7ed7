//! Eight seams at a time.

use super::{Filter, SEEDS, Seams};
use std::arch::x86_64::*;

/// The bits of the hashes of such numbers, each the lowest of a number.
#[inline]
#[target_feature(enable = "avx2")]
fn has(filter: &Filter<'_>, before: __m256i, after: __m256i) -> __m256i {
    let number = |number: u32| _mm256_set1_epi32(number.cast_signed());
    let hash =
        _mm256_add_epi32(_mm256_mullo_epi32(before, number(SEEDS[0])), _mm256_mullo_epi32(after, number(SEEDS[1])));
    let bits = _mm256_srl_epi32(hash, _mm_cvtsi32_si128(filter.shift.cast_signed()));
    let words = _mm256_srli_epi32::<5>(bits);
    // SAFETY: what is left of a hash is the number of a bit, of thirty-two a word.
    let words = unsafe { _mm256_i32gather_epi32::<4>(filter.bits.as_ptr().cast(), words) };
    _mm256_srlv_epi32(words, _mm256_and_si256(bits, number(31)))
}

/// Six bits of each of the two lowest bytes.
#[inline]
#[target_feature(enable = "avx2")]
fn ends(words: __m256i) -> __m256i {
    let number = |number: u32| _mm256_set1_epi32(number.cast_signed());
    let upper = _mm256_and_si256(_mm256_srli_epi32::<2>(words), number(63 << 6));
    _mm256_or_si256(upper, _mm256_and_si256(words, number(63)))
}

#[inline]
#[target_feature(enable = "avx2,bmi2")]
pub(in super::super) fn seams(filter: &Filter<'_>, text: &[u8; 64]) -> Seams {
    let number = |number: u32| _mm256_set1_epi32(number.cast_signed());
    // Four characters of three bytes: the bytes of each as a word, the first the highest.
    let words = _mm256_broadcastsi128_si256(_mm_setr_epi8(2, 1, 0, -1, 5, 4, 3, -1, 8, 7, 6, -1, 11, 10, 9, -1));
    let word = |from: usize| {
        let four = |from: usize| {
            let bytes: [u8; 16] = *text[from..].first_chunk().expect("there are sixty-four bytes");
            bytemuck::cast::<_, __m128i>(bytes)
        };
        _mm256_shuffle_epi8(_mm256_set_m128i(four(from + 12), four(from)), words)
    };
    let (before, after) = (word(0), word(3));
    let lanes = |all: __m256i| _mm256_movemask_ps(_mm256_castsi256_ps(all)).cast_unsigned();
    let three = |words: __m256i| _mm256_cmpeq_epi32(_mm256_and_si256(words, number(0xF0_0000)), number(0xE0_0000));
    let count = lanes(_mm256_and_si256(three(before), three(after))).trailing_ones();
    let by_ends = has(filter, ends(before), ends(_mm256_srli_epi32::<8>(after)));
    let may = _mm256_or_si256(has(filter, before, after), by_ends);
    // The lowest bit of each number, where the sign would be.
    let cuts = u64::from(!lanes(_mm256_slli_epi32::<31>(may)));
    let counted = cuts & ((1 << count) - 1);
    Seams { count: count as usize, cuts: _pdep_u64(counted, 0o1111_1111) << 3 }
}
