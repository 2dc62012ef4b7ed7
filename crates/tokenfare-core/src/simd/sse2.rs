//! The searches sixteen bytes at a time.

use super::{Classes, WINDOW};
use std::arch::x86_64::{
    __m128i, _mm_and_si128, _mm_andnot_si128, _mm_cmpeq_epi8, _mm_cmpgt_epi8, _mm_movemask_epi8, _mm_or_si128,
    _mm_set1_epi8,
};

#[inline]
#[target_feature(enable = "sse2")]
pub(super) fn classes(bytes: &[u8; WINDOW]) -> Classes {
    let mut classes = Classes::default();
    for (i, part) in bytes.chunks_exact(16).enumerate() {
        let part: [u8; 16] = part.try_into().expect("a chunk of sixteen is sixteen long");
        let v: __m128i = bytemuck::cast(part);
        // Bytes compare as signed, so those beyond ASCII are below all of these.
        let within = |first: i8, last: i8| {
            _mm_and_si128(_mm_cmpgt_epi8(v, _mm_set1_epi8(first - 1)), _mm_cmpgt_epi8(_mm_set1_epi8(last + 1), v))
        };
        let is = |byte: u8| _mm_cmpeq_epi8(v, _mm_set1_epi8(byte.cast_signed()));
        let newlines = _mm_or_si128(is(b'\r'), is(b'\n'));
        let spaces = is(b' ');
        let blanks = _mm_or_si128(_mm_andnot_si128(newlines, within(9, 13)), spaces);
        let bits = |lanes: __m128i| u64::from(_mm_movemask_epi8(lanes).cast_unsigned()) << (16 * i);
        classes.small |= bits(within(97, 122));
        classes.capitals |= bits(within(65, 90));
        classes.digits |= bits(within(48, 57));
        classes.blanks |= bits(blanks);
        classes.spaces |= bits(spaces);
        classes.newlines |= bits(newlines);
        classes.apostrophes |= bits(is(b'\''));
        classes.slashes |= bits(is(b'/'));
        classes.wide |= bits(v);
    }
    classes.settled()
}
