//! Sixteen seams at a time.

use super::{Filter, SEAMS, SEEDS, Seams, hash_of};
use std::arch::x86_64::*;

/// For each of sixteen characters of three bytes: its bytes as a word, the first the highest.
static WORDS: [u8; 64] = {
    let mut words = [0; 64];
    let mut i = 0;
    while i < 64 {
        words[i] = match i % 4 {
            3 => 63,
            byte => (3 * (i / 4) + 2 - byte) as u8,
        };
        i += 1;
    }
    words
};

/// The bits of the hashes of such numbers, each the lowest of a number.
#[inline]
#[target_feature(enable = "avx512f")]
fn has(filter: &Filter<'_>, before: __m512i, after: __m512i) -> __m512i {
    let number = |number: u32| _mm512_set1_epi32(number.cast_signed());
    let hash =
        _mm512_add_epi32(_mm512_mullo_epi32(before, number(SEEDS[0])), _mm512_mullo_epi32(after, number(SEEDS[1])));
    let bits = _mm512_srl_epi32(hash, _mm_cvtsi32_si128(filter.shift.cast_signed()));
    let words = _mm512_srli_epi32::<5>(bits);
    // SAFETY: what is left of a hash is the number of a bit, of thirty-two a word.
    let words = unsafe { _mm512_i32gather_epi32::<4>(words, filter.bits.as_ptr().cast()) };
    _mm512_srlv_epi32(words, _mm512_and_si512(bits, number(31)))
}

/// Those of sixteen seams between such ends that [`Parts`](super::Parts) says may be inside a token, a bit for each.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
fn may_part(filter: &Filter<'_>, tails: __m512i, heads: __m512i) -> u16 {
    let number = |number: u32| _mm512_set1_epi32(number.cast_signed());
    let bit = |from: usize, bits: __m512i| {
        // SAFETY: from either place there are a hundred and twenty-eight bytes.
        let [low, high] =
            [from, from + 64].map(|from| unsafe { _mm512_loadu_si512(filter.parts.as_ptr().add(from).cast()) });
        let bytes = _mm512_permutex2var_epi8(low, _mm512_and_si512(_mm512_srli_epi32::<3>(bits), number(127)), high);
        _mm512_srlv_epi32(bytes, _mm512_and_si512(bits, number(7)))
    };
    let first = _mm512_and_si512(_mm512_srli_epi32::<6>(heads), number(15));
    let last = _mm512_slli_epi32::<4>(_mm512_and_si512(tails, number(63)));
    let both = _mm512_and_si512(bit(0, heads), bit(128, _mm512_or_si512(last, first)));
    _mm512_test_epi32_mask(both, number(1))
}

/// Six bits of each of the two lowest bytes.
#[inline]
#[target_feature(enable = "avx512f")]
fn ends(words: __m512i) -> __m512i {
    let number = |number: u32| _mm512_set1_epi32(number.cast_signed());
    let upper = _mm512_and_si512(_mm512_srli_epi32::<2>(words), number(63 << 6));
    _mm512_or_si512(upper, _mm512_and_si512(words, number(63)))
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,bmi2")]
pub(in super::super) fn seams(filter: &Filter<'_>, text: &[u8; 64]) -> Seams {
    let number = |number: u32| _mm512_set1_epi32(number.cast_signed());
    // SAFETY: both are sixty-four bytes.
    let (text, words) =
        unsafe { (_mm512_loadu_si512(text.as_ptr().cast()), _mm512_loadu_si512(WORDS.as_ptr().cast())) };
    let word = |from: i8| {
        let words = _mm512_permutexvar_epi8(_mm512_add_epi8(words, _mm512_set1_epi8(from)), text);
        _mm512_and_si512(words, number(0x00FF_FFFF))
    };
    let (before, after) = (word(0), word(3));
    let three = |words: __m512i| _mm512_cmpeq_epi32_mask(_mm512_and_si512(words, number(0xF0_0000)), number(0xE0_0000));
    let count = (three(before) & three(after)).trailing_ones();
    let mut may = _mm512_test_epi32_mask(has(filter, before, after), number(1));
    // Few seams may be inside a token's part of a character: these are asked for one by one.
    let (tails, heads) = (ends(before), ends(_mm512_srli_epi32::<8>(after)));
    let mut asked = u32::from(may_part(filter, tails, heads) & !may) & ((1 << count) - 1);
    if asked != 0 {
        let (mut before, mut after) = ([0_u32; SEAMS], [0_u32; SEAMS]);
        // SAFETY: sixteen numbers are sixty-four bytes.
        unsafe {
            _mm512_storeu_si512(before.as_mut_ptr().cast(), tails);
            _mm512_storeu_si512(after.as_mut_ptr().cast(), heads);
        }
        while asked != 0 {
            let i = asked.trailing_zeros() as usize % SEAMS;
            may |= u16::from(filter.has(hash_of(before[i], after[i]))) << i;
            asked &= asked - 1;
        }
    }
    let cuts = u64::from(!may);
    let counted = cuts & ((1 << count) - 1);
    const _: () = assert!(SEAMS == 16);
    Seams { count: count as usize, cuts: _pdep_u64(counted, 0o1111_1111_1111_1111) << 3 }
}
