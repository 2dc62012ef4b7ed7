//! The search for eight pieces at a time, four by four where numbers of sixty-four bits are reckoned with: what
//! [`super::avx512`] does, for words of up to seven bytes.

use super::{AT_ONCE, Found, Groups, Half, Missed, Pieces, ROW, Room, Words, look_at_places, short_places};
use crate::simd::fetch;
use std::arch::x86_64::*;
use std::mem::MaybeUninit;

pub(super) const LANES: usize = 8;

/// The places of the bits of a byte that are set, and zeros after them.
static PLACES: [[u8; 8]; 256] = {
    let mut places = [[0; 8]; 256];
    let mut bits = 0;
    while bits < 256 {
        let (mut at, mut count) = (0, 0);
        while at < 8 {
            if bits >> at & 1 == 1 {
                places[bits][count] = at;
                count += 1;
            }
            at += 1;
        }
        bits += 1;
    }
    places
};

#[inline]
#[target_feature(enable = "avx2")]
fn all(number: u64) -> __m256i {
    _mm256_set1_epi64x(number.cast_signed())
}

/// A number eight times.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn number(number: usize) -> __m256i {
    _mm256_set1_epi32((number as u32).cast_signed())
}

/// Eight numbers of a room.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn load(room: &Room, at: usize) -> __m256i {
    let room: &[u32; LANES] = room[at..].first_chunk().expect("there is room past the last");
    // SAFETY: there are eight numbers.
    unsafe { _mm256_loadu_si256(room.as_ptr().cast()) }
}

/// The lower halves of four numbers' products with another number.
#[inline]
#[target_feature(enable = "avx2")]
fn times(numbers: __m256i, by: __m256i) -> __m256i {
    // The products of the lower halves, and above them those of either lower with the other upper half.
    let across = _mm256_mullo_epi32(numbers, _mm256_shuffle_epi32::<0b1011_0001>(by));
    let across = _mm256_add_epi32(across, _mm256_slli_epi64::<32>(across));
    _mm256_add_epi64(_mm256_mul_epu32(numbers, by), _mm256_and_si256(across, all(u64::MAX << 32)))
}

/// Eight bytes from each of four places. A gather does the same, and takes longer.
///
/// # Safety
///
/// Eight bytes must be there to be read at each.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) unsafe fn fours<T>(all: &[T], places: &[u32; LANES], from: usize) -> __m256i {
    // SAFETY: see above.
    let two = |i: usize| unsafe {
        let at = |i: usize| all.as_ptr().add(places[from + i] as usize);
        let low = _mm_castsi128_pd(_mm_loadl_epi64(at(i).cast()));
        _mm_castpd_si128(_mm_loadh_pd(low, at(i + 1).cast()))
    };
    _mm256_inserti128_si256::<1>(_mm256_castsi128_si256(two(0)), two(2))
}

/// What [`super::Hash`] says of some words: their groups, and what is moved as these say.
#[repr(align(64))]
struct Hashes<'h> {
    half: &'h Half<'h, u64>,
    groups: [MaybeUninit<u32>; AT_ONCE],
    words: [MaybeUninit<u32>; AT_ONCE],
}

impl<'h> Hashes<'h> {
    fn of(half: &'h Half<'h, u64>) -> Self {
        Self { half, groups: [MaybeUninit::uninit(); _], words: [MaybeUninit::uninit(); _] }
    }

    /// Notes four hashes, from a place on.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn put(&mut self, at: usize, hash: __m256i, top: __m256i) {
        let Groups { shift, below } = self.half.groups;
        let by = |shift: u32| _mm_cvtsi32_si128(shift.cast_signed());
        let group = _mm256_srl_epi64(hash, by(shift));
        let word = _mm256_xor_si256(_mm256_srl_epi64(hash, by(below)), _mm256_srli_epi64::<32>(top));
        let lower = |numbers: __m256i| {
            let even = _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6);
            _mm256_castsi256_si128(_mm256_permutevar8x32_epi32(numbers, even))
        };
        let groups = self.groups[at..].first_chunk_mut::<4>().expect("there is room for four");
        let words = self.words[at..].first_chunk_mut::<4>().expect("there is room for four");
        // SAFETY: there is.
        unsafe {
            _mm_storeu_si128(groups.as_mut_ptr().cast(), lower(group));
            _mm_storeu_si128(words.as_mut_ptr().cast(), lower(word));
        }
    }

    /// The places of the first ones, eight by eight.
    ///
    /// # Safety
    ///
    /// The hashes of so many must have been put.
    #[inline]
    #[target_feature(enable = "avx2")]
    unsafe fn places(&self, places: &mut [u32]) {
        let Self { half, groups, words } = self;
        let keys = all(half.keys.len() as u64);
        let all = (groups.as_chunks::<LANES>().0.iter()).zip(words.as_chunks::<LANES>().0);
        for (to, (groups, words)) in places.as_chunks_mut::<LANES>().0.iter_mut().zip(all) {
            // SAFETY: it was put, and a number of so many bits is less than the number of groups.
            let moved = |i: usize| unsafe { *half.moves.get_unchecked(groups[i].assume_init() as usize) }.cast_signed();
            let moved = _mm_set_epi16(moved(7), moved(6), moved(5), moved(4), moved(3), moved(2), moved(1), moved(0));
            // SAFETY: they were put, too.
            let word = unsafe { _mm256_loadu_si256(words.as_ptr().cast()) };
            let word = _mm256_mullo_epi32(word, _mm256_cvtepu16_epi32(moved));
            // The upper halves of the products: of every second number, and of the others.
            let even = _mm256_srli_epi64::<32>(_mm256_mul_epu32(word, keys));
            let odd = _mm256_mul_epu32(_mm256_srli_epi64::<32>(word), keys);
            let place = _mm256_blend_epi32::<0b1010_1010>(even, odd);
            // SAFETY: there is room for eight.
            unsafe { _mm256_storeu_si256(to.as_mut_ptr().cast(), place) };
        }
    }
}

/// [`super::short_words_in_two_steps`], for eight pieces at a time.
#[inline]
#[target_feature(enable = "avx2,popcnt")]
pub(in super::super) fn short_words(
    words: &Words<'_>,
    pieces: Pieces<'_>,
    found: Option<&mut Found<'_>>,
    missed: &mut Missed,
) -> usize {
    let mut hashes = Hashes::of(&words.short);
    let mut said = 0;
    loop {
        let first = said;
        said = short_hashes(words, pieces, first, &mut hashes, missed);
        let places = &mut missed.places[first..said];
        // SAFETY: they were put just now.
        unsafe { hashes.places(places) };
        for &place in &*places {
            fetch(words.short.keys, place as usize);
            if let Some(found) = &found {
                found.near(place as usize);
            }
        }
        if said < first + AT_ONCE {
            break;
        }
    }
    let all = pieces.count.min(ROW);
    short_places(words, pieces, said..all, found.as_deref(), missed);
    // SAFETY: all have been said, the first ones as it would say them.
    unsafe { look_at_short(words, all, found, missed) }
}

/// Writes the words of pieces from one on, and notes their hashes: up to the one that is returned.
#[inline]
#[target_feature(enable = "avx2")]
fn short_hashes(
    words: &Words<'_>,
    pieces: Pieces<'_>,
    first: usize,
    hashes: &mut Hashes<'_>,
    missed: &mut Missed,
) -> usize {
    // Of a text of fewer bytes none can be read at once.
    let Some(last) = pieces.text.len().checked_sub(8) else { return first };
    let last = number(last.min(i32::MAX as usize));
    let count = pieces.count.min(ROW).min(first + AT_ONCE);
    let mut piece = first;
    while piece + LANES <= count {
        let (begins, ends) = (load(pieces.begins, piece), load(pieces.ends, piece));
        if _mm256_movemask_epi8(_mm256_cmpeq_epi32(_mm256_max_epu32(begins, last), last)) != -1 {
            break; // the others are as near the text's end
        }
        // A length of eight or more is no token's.
        let lengths = _mm256_min_epu32(_mm256_sub_epi32(ends, begins), number(8));
        let halves = [_mm256_castsi256_si128(lengths), _mm256_extracti128_si256::<1>(lengths)];
        // Read once more: see [`super::avx512`].
        // SAFETY: a number can be read.
        let at = std::array::from_fn(|i| unsafe { std::ptr::read_volatile(&raw const pieces.begins[piece + i]) });
        for (four, lengths) in halves.into_iter().enumerate() {
            // SAFETY: none of them is within eight bytes of the text's end.
            let text = unsafe { fours(pieces.text, &at, 4 * four) };
            let lengths = _mm256_cvtepu32_epi64(lengths);
            let gone = _mm256_sub_epi64(all(64), _mm256_slli_epi64::<3>(lengths));
            let text = _mm256_srlv_epi64(_mm256_sllv_epi64(text, gone), gone);
            let word = _mm256_and_si256(text, all(u64::MAX >> 8));
            let word = _mm256_or_si256(word, _mm256_slli_epi64::<56>(lengths));
            let to: &mut [u64; 4] = missed.words[piece + 4 * four..].first_chunk_mut().expect("there is room for four");
            // SAFETY: there is.
            unsafe { _mm256_storeu_si256(to.as_mut_ptr().cast(), word) };
            hashes.put(piece - first + 4 * four, times(word, all(words.seed)), word);
        }
        piece += LANES;
    }
    piece
}

/// [`look_at_places`], eight of so many at a time.
///
/// # Safety
///
/// As there.
#[inline]
#[target_feature(enable = "avx2,popcnt")]
unsafe fn look_at_short(
    words: &Words<'_>,
    count: usize,
    mut found: Option<&mut Found<'_>>,
    missed: &mut Missed,
) -> usize {
    if let Some(found) = &found {
        found.must_be_of(words);
    }
    let (mut piece, mut misses) = (0, 0);
    while piece + LANES <= count {
        let Missed { numbers, words: wanted, places, .. } = &mut *missed;
        let places: &[u32; LANES] = places[piece..].first_chunk().expect("there are eight more");
        let wanted: &[u64; LANES] = wanted[piece..].first_chunk().expect("there are eight more");
        let same = |from: usize| {
            // SAFETY: they are places of the first half's, see `Half::find`; and there are eight words.
            let same = unsafe {
                let keys = fours(words.short.keys, places, from);
                _mm256_cmpeq_epi64(keys, _mm256_loadu_si256(wanted.as_ptr().add(from).cast()))
            };
            _mm256_movemask_pd(_mm256_castsi256_pd(same))
        };
        let differ = (same(0) | same(4) << 4) ^ 0xFF;
        let left = &PLACES[differ as usize % 256];
        let to: &mut [u32; LANES] = numbers[misses..].first_chunk_mut().expect("there is room past the last");
        // SAFETY: there are eight places, and there is room for eight numbers.
        unsafe {
            let left = _mm256_cvtepu8_epi32(_mm_loadl_epi64(left.as_ptr().cast()));
            _mm256_storeu_si256(to.as_mut_ptr().cast(), _mm256_add_epi32(left, number(piece)));
        }
        misses += differ.count_ones() as usize;
        if let Some(found) = &mut found {
            let to: &mut [u32; LANES] = found.pieces[piece..].first_chunk_mut().expect("there is room for eight");
            // SAFETY: each is a place of all, of which there is a rank for each.
            *to = std::array::from_fn(|i| unsafe { *found.ranks.get_unchecked(places[i] as usize) });
        }
        piece += LANES;
    }
    // SAFETY: see above.
    unsafe { look_at_places(words, piece..count, misses, found, missed) }
}
