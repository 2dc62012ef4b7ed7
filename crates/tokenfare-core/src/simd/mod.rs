//! Vector searches: the only room in which `unsafe` may live.
//!
//! A [`Machine`] is a processor with certain instructions: the searches as it does them. [`on_best`] does work on the best
//! that this processor is, compiled for it. All machines give the same answers; `scalar` says what they mean.
#![allow(unsafe_code)] // this is the room

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod block;
mod pairs;
mod scalar;
mod seams;
#[cfg(target_arch = "x86_64")]
mod sse2;
mod tail;
mod words;

pub(crate) use block::{Block, NO_PART, PIECES, PLACES};
pub(crate) use pairs::{EMPTY, Hash, NONE, Pairs, RANK_BITS, entry_of};
pub(crate) use seams::{Character, Filter, Parts, SEAMS, Seams, ends, hash_of, shift_of};
pub(crate) use tail::{Tail, in_large_pages};
pub(crate) use words::{
    COUNT_BITS, Found, Groups, Hash as WordHash, INLINE, Key, Missed, Pieces, ROW, Remembered, Room, SHORT, Words,
    near_all, recall, recall_all, remembered_at,
};

use std::panic::{RefUnwindSafe, UnwindSafe};

/// Bytes that are classed at once.
pub(crate) const WINDOW: usize = 64;

/// The most bytes of a text's last row.
pub(crate) const LAST: usize = 112;

/// Numbers that [`Machine::least`] compares at a step.
pub(crate) const LANES: usize = 16;

/// Which of 64 bytes are of characters of which class, a bit for each, the first byte's the lowest.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(crate) struct Classes {
    /// Letters: the three that follow.
    pub(crate) letters: u64,
    /// `a` to `z`, and `\p{Ll}`.
    pub(crate) small: u64,
    /// `A` to `Z`, and `\p{Lu}` and `\p{Lt}`.
    pub(crate) capitals: u64,
    /// `\p{Lm}` and `\p{Lo}`.
    pub(crate) caseless: u64,
    /// `\p{M}`, which are among the symbols.
    pub(crate) marks: u64,
    /// `0` to `9`, and `\p{N}`.
    pub(crate) digits: u64,
    /// Space, tab, vertical tab, form feed, and `\s`.
    pub(crate) blanks: u64,
    /// The space alone, which is one of the blanks.
    pub(crate) spaces: u64,
    /// `\r` and `\n`.
    pub(crate) newlines: u64,
    /// What is neither letter, digit nor white space: punctuation, symbols, marks, controls.
    pub(crate) symbols: u64,
    /// The apostrophe, which is one of the symbols.
    pub(crate) apostrophes: u64,
    /// The slash, which is one too.
    pub(crate) slashes: u64,
    /// Bytes of characters beyond ASCII.
    pub(crate) wide: u64,
    /// Those of them that are not the first of a character.
    pub(crate) follow: u64,
    /// Bytes of a character whose last is not among the 64.
    pub(crate) broken: u64,
}

impl Classes {
    /// White space.
    #[inline(always)]
    pub(crate) fn white(&self) -> u64 {
        self.blanks | self.newlines
    }

    /// With `letters` and `symbols`, which follow from the others.
    #[inline(always)]
    fn settled(mut self) -> Self {
        self.letters = self.small | self.capitals | self.caseless;
        self.symbols = !(self.letters | self.digits | self.white());
        self
    }

    /// All bytes of the characters that these are the first bytes of.
    #[inline(always)]
    pub(crate) fn whole(&self, first: u64) -> u64 {
        // The sum carries through the bytes that follow, and leaves those of the others.
        first | self.follow & !self.follow.wrapping_add(first << 1 & self.follow)
    }
}

/// The searches, as a processor with certain instructions does them; where it does not say, as any does.
pub(crate) trait Machine: Copy + Send + Sync + UnwindSafe + RefUnwindSafe + 'static {
    /// Sixteen numbers.
    type Lanes: Copy;

    /// Whether a window of characters beyond ASCII, or one of half a text, is sooner classed than walked through.
    const CLASSES_ALL: bool = false;

    /// Whether a text of a few words is.
    const CLASSES_FEW: bool = Self::CLASSES_ALL;

    /// Whether what is written for one of sixteen numbers is sooner done for all of them than for some.
    const ALL_AT_ONCE: bool = false;

    /// Classes 64 bytes, those of characters beyond ASCII as nothing but that.
    #[inline(always)]
    fn classes(self, bytes: &[u8; WINDOW]) -> Classes {
        scalar::classes(bytes)
    }

    /// Classes the characters beyond ASCII of 64 bytes too, that begin with a whole character.
    #[inline(always)]
    fn widened(self, classes: Classes, bytes: &[u8; WINDOW]) -> Classes {
        scalar::widened(classes, bytes)
    }

    /// Copies the end of a text, at most [`LAST`] bytes, with a window of zeros after it.
    #[inline(always)]
    fn pad(self, text: &[u8], into: &mut [u8; LAST + WINDOW]) {
        scalar::pad(text, into);
    }

    /// Copies a text of less than a window, with zeros after it.
    #[inline(always)]
    fn pad_window(self, text: &[u8], into: &mut [u8; WINDOW]) {
        into.fill(0);
        into[..text.len()].copy_from_slice(text);
    }

    /// Writes the place of each bit that is set, counted from `from`; what comes after them in `into` is lost.
    #[inline(always)]
    fn places(self, bits: u64, from: u32, into: &mut [u32; WINDOW]) {
        scalar::places(bits, from, into);
    }

    /// Looks for pieces of up to seven bytes: writes the numbers of those that it does not find, and returns how many they
    /// are; and where `found` is given, the rank of each that it does, and any for the others.
    #[inline(always)]
    fn short_words(
        self,
        words: &Words<'_>,
        pieces: Pieces<'_>,
        found: Option<&mut Found<'_>>,
        missed: &mut Missed,
    ) -> usize {
        match pieces.count {
            0..=words::FEW => words::short_words(words, pieces, found, missed),
            _ => self.many_short_words(words, pieces, found, missed),
        }
    }

    /// The same where there are more than [a few](words::FEW).
    #[inline(always)]
    fn many_short_words(
        self,
        words: &Words<'_>,
        pieces: Pieces<'_>,
        found: Option<&mut Found<'_>>,
        missed: &mut Missed,
    ) -> usize {
        words::short_words_in_two_steps(words, pieces, found, missed)
    }

    /// Looks for longer pieces among `count` that were missed: leaves those that it does not find, with their keys, and returns how
    /// many they are; and where `found` is given, the rank of each that it does, and any for the others.
    #[inline(always)]
    fn long_words(
        self,
        words: &Words<'_>,
        pieces: Pieces<'_>,
        found: Option<&mut Found<'_>>,
        missed: &mut Missed,
        count: usize,
    ) -> usize {
        words::long_words(words, pieces, found, missed, count)
    }

    /// Looks at the seams between characters of three bytes, from the one that begins at `at`.
    #[inline(always)]
    fn seams(self, filter: &Filter<'_>, text: &[u8], at: usize) -> Seams {
        seams::seams(filter, text, at)
    }

    /// Takes sixteen numbers.
    fn lanes(self, numbers: &[u32; LANES]) -> Self::Lanes;

    /// The least of many times sixteen numbers.
    fn least(self, lanes: &[Self::Lanes]) -> u32;

    /// Sixteen numbers with another in one place.
    fn with(self, lanes: Self::Lanes, at: usize, number: u32) -> Self::Lanes;

    /// The least of each column of rows, `u32::MAX` if there are none; and a bit for each that is less than `below`.
    #[inline(always)]
    fn lowest(self, rows: &[[u32; LANES]], below: u32) -> ([u32; LANES], u32) {
        scalar::lowest(rows, below)
    }

    /// A bit for each of these numbers that is `number`.
    #[inline(always)]
    fn equal(self, numbers: &[u32; LANES], number: u32) -> u32 {
        scalar::equal(numbers, number)
    }

    /// Does work, compiled for this machine: all of it that is inlined into the call.
    fn run<W: Work>(self, work: W) -> W::Output {
        work.on(self)
    }
}

/// Has what stands at a place brought near, for whoever looks at it later.
#[inline(always)]
pub(crate) fn fetch<T>(table: &[T], place: usize) {
    debug_assert!(place < table.len(), "a place of the table");
    near(table.as_ptr().wrapping_add(place).cast());
}

/// The same of a text that is read in order, which may end before.
#[inline(always)]
pub(crate) fn fetch_ahead(text: &[u8], place: usize) {
    near(text.as_ptr().wrapping_add(place));
}

#[inline(always)]
fn near(place: *const u8) {
    // SAFETY: nothing is read that could be seen, wherever it is.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(place.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = place;
}

/// Work that is written for any machine.
pub(crate) trait Work {
    type Output;
    fn on(self, machine: impl Machine) -> Self::Output;
}

/// Does work on the best machine that this processor is, or that `TOKENFARE_SIMD` asks for: `avx512`, `avx2`, `sse2` or
/// `scalar`. One that is not there is not taken; the next is.
#[inline]
pub(crate) fn on_best<W: Work>(work: W) -> W::Output {
    #[cfg(target_arch = "x86_64")]
    match best() {
        Best::Avx512 => Avx512(()).run(work),
        Best::Avx2 => Avx2(()).run(work),
        Best::Sse2 => Sse2.run(work),
        Best::Scalar => Scalar.run(work),
    }
    #[cfg(not(target_arch = "x86_64"))]
    Scalar.run(work)
}

/// What a processor can do, less first.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Best {
    Scalar,
    Sse2,
    Avx2,
    Avx512,
}

/// What this processor can do, found out once.
#[cfg(target_arch = "x86_64")]
#[inline]
fn best() -> Best {
    static BEST: std::sync::OnceLock<Best> = std::sync::OnceLock::new();
    *BEST.get_or_init(|| {
        let wish = std::env::var("TOKENFARE_SIMD");
        let wish = match wish.as_deref() {
            Ok("scalar") => Best::Scalar,
            Ok("sse2") => Best::Sse2,
            Ok("avx2") => Best::Avx2,
            _ => Best::Avx512,
        };
        let here = if Avx512::is_here() {
            Best::Avx512
        } else if Avx2::is_here() {
            Best::Avx2
        } else {
            Best::Sse2
        };
        wish.min(here)
    })
}

/// Any processor.
#[derive(Clone, Copy)]
pub(crate) struct Scalar;

impl Machine for Scalar {
    type Lanes = [u32; LANES];

    #[inline(always)]
    fn lanes(self, numbers: &[u32; LANES]) -> Self::Lanes {
        *numbers
    }

    #[inline(always)]
    fn least(self, lanes: &[Self::Lanes]) -> u32 {
        scalar::least(lanes)
    }

    #[inline(always)]
    fn with(self, lanes: Self::Lanes, at: usize, number: u32) -> Self::Lanes {
        scalar::with(lanes, at, number)
    }
}

/// Any processor of the family of x86-64.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy)]
pub(crate) struct Sse2;

#[cfg(target_arch = "x86_64")]
impl Machine for Sse2 {
    type Lanes = [u32; LANES];
    const CLASSES_FEW: bool = true;

    #[inline(always)]
    fn classes(self, bytes: &[u8; WINDOW]) -> Classes {
        // SAFETY: it asks for SSE2, which is part of x86-64.
        unsafe { sse2::classes(bytes) }
    }

    #[inline(always)]
    fn lanes(self, numbers: &[u32; LANES]) -> Self::Lanes {
        *numbers
    }

    #[inline(always)]
    fn least(self, lanes: &[Self::Lanes]) -> u32 {
        scalar::least(lanes)
    }

    #[inline(always)]
    fn with(self, lanes: Self::Lanes, at: usize, number: u32) -> Self::Lanes {
        scalar::with(lanes, at, number)
    }
}

/// A processor with AVX2, and the counts and shifts of bits that came with it. There is a value only where there is one.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy)]
pub(crate) struct Avx2(());

#[cfg(target_arch = "x86_64")]
impl Avx2 {
    fn is_here() -> bool {
        std::arch::is_x86_feature_detected!("avx2")
            && std::arch::is_x86_feature_detected!("bmi1")
            && std::arch::is_x86_feature_detected!("bmi2")
            && std::arch::is_x86_feature_detected!("lzcnt")
            && std::arch::is_x86_feature_detected!("popcnt")
    }
}

#[cfg(target_arch = "x86_64")]
impl Machine for Avx2 {
    type Lanes = avx2::Lanes;
    const CLASSES_ALL: bool = true;
    const ALL_AT_ONCE: bool = true;

    #[inline(always)]
    fn classes(self, bytes: &[u8; WINDOW]) -> Classes {
        // SAFETY: it asks for AVX2, which a value of this type shows to be there.
        unsafe { avx2::classes(bytes) }
    }

    #[inline(always)]
    fn widened(self, classes: Classes, bytes: &[u8; WINDOW]) -> Classes {
        // SAFETY: as above.
        unsafe { avx2::widened(classes, bytes) }
    }

    #[inline(always)]
    fn many_short_words(
        self,
        words: &Words<'_>,
        pieces: Pieces<'_>,
        found: Option<&mut Found<'_>>,
        missed: &mut Missed,
    ) -> usize {
        // SAFETY: as above.
        unsafe { words::avx2::short_words(words, pieces, found, missed) }
    }

    #[inline(always)]
    fn seams(self, filter: &Filter<'_>, text: &[u8], at: usize) -> Seams {
        match text.get(at..).and_then(<[u8]>::first_chunk) {
            // SAFETY: as above.
            Some(text) => unsafe { seams::avx2::seams(filter, text) },
            None => seams::seams(filter, text, at),
        }
    }

    #[inline(always)]
    fn lanes(self, numbers: &[u32; LANES]) -> Self::Lanes {
        // SAFETY: as above.
        unsafe { avx2::lanes(numbers) }
    }

    #[inline(always)]
    fn least(self, lanes: &[Self::Lanes]) -> u32 {
        // SAFETY: as above.
        unsafe { avx2::least(lanes) }
    }

    #[inline(always)]
    fn with(self, lanes: Self::Lanes, at: usize, number: u32) -> Self::Lanes {
        // SAFETY: as above.
        unsafe { avx2::with(lanes, at, number) }
    }

    #[inline(always)]
    fn lowest(self, rows: &[[u32; LANES]], below: u32) -> ([u32; LANES], u32) {
        // SAFETY: as above.
        unsafe { avx2::lowest(rows, below) }
    }

    #[inline(always)]
    fn equal(self, numbers: &[u32; LANES], number: u32) -> u32 {
        // SAFETY: as above.
        unsafe { avx2::equal(numbers, number) }
    }

    fn run<W: Work>(self, work: W) -> W::Output {
        /// # Safety
        ///
        /// The processor must have what this asks for.
        #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
        unsafe fn compiled<W: Work>(machine: Avx2, work: W) -> W::Output {
            work.on(machine)
        }
        // SAFETY: a value of this type shows all of it to be there.
        unsafe { compiled(self, work) }
    }
}

/// A processor with AVX-512 as servers have had it since 2019. There is a value only where there is one.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy)]
pub(crate) struct Avx512(());

#[cfg(target_arch = "x86_64")]
impl Avx512 {
    fn is_here() -> bool {
        Avx2::is_here()
            && std::arch::is_x86_feature_detected!("avx512f")
            && std::arch::is_x86_feature_detected!("avx512bw")
            && std::arch::is_x86_feature_detected!("avx512vl")
            && std::arch::is_x86_feature_detected!("avx512dq")
            && std::arch::is_x86_feature_detected!("avx512cd")
            && std::arch::is_x86_feature_detected!("avx512vbmi")
            && std::arch::is_x86_feature_detected!("avx512vbmi2")
    }
}

#[cfg(target_arch = "x86_64")]
impl Machine for Avx512 {
    type Lanes = std::arch::x86_64::__m512i;
    const CLASSES_ALL: bool = true;
    const ALL_AT_ONCE: bool = true;

    #[inline(always)]
    fn classes(self, bytes: &[u8; WINDOW]) -> Classes {
        // SAFETY: it asks for a part of AVX-512 that a value of this type shows to be there.
        unsafe { avx512::classes(bytes) }
    }

    #[inline(always)]
    fn widened(self, classes: Classes, bytes: &[u8; WINDOW]) -> Classes {
        // SAFETY: as above.
        unsafe { avx512::widened(classes, bytes) }
    }

    #[inline(always)]
    fn pad(self, text: &[u8], into: &mut [u8; LAST + WINDOW]) {
        // SAFETY: as above.
        unsafe { avx512::pad(text, into) };
    }

    #[inline(always)]
    fn pad_window(self, text: &[u8], into: &mut [u8; WINDOW]) {
        // SAFETY: as above.
        unsafe { avx512::pad_window(text, into) };
    }

    #[inline(always)]
    fn places(self, bits: u64, from: u32, into: &mut [u32; WINDOW]) {
        // SAFETY: as above.
        unsafe { avx512::places(bits, from, into) };
    }

    #[inline(always)]
    fn many_short_words(
        self,
        words: &Words<'_>,
        pieces: Pieces<'_>,
        found: Option<&mut Found<'_>>,
        missed: &mut Missed,
    ) -> usize {
        // SAFETY: as above.
        unsafe { words::avx512::short_words(words, pieces, found, missed) }
    }

    #[inline(always)]
    fn long_words(
        self,
        words: &Words<'_>,
        pieces: Pieces<'_>,
        found: Option<&mut Found<'_>>,
        missed: &mut Missed,
        count: usize,
    ) -> usize {
        // SAFETY: as above.
        unsafe { words::avx512::long_words(words, pieces, found, missed, count) }
    }

    #[inline(always)]
    fn seams(self, filter: &Filter<'_>, text: &[u8], at: usize) -> Seams {
        match text.get(at..).and_then(<[u8]>::first_chunk) {
            // SAFETY: as above.
            Some(text) => unsafe { seams::avx512::seams(filter, text) },
            None => seams::seams(filter, text, at),
        }
    }

    #[inline(always)]
    fn lanes(self, numbers: &[u32; LANES]) -> Self::Lanes {
        // SAFETY: as above.
        unsafe { avx512::lanes(numbers) }
    }

    #[inline(always)]
    fn least(self, lanes: &[Self::Lanes]) -> u32 {
        // SAFETY: as above.
        unsafe { avx512::least(lanes) }
    }

    #[inline(always)]
    fn with(self, lanes: Self::Lanes, at: usize, number: u32) -> Self::Lanes {
        // SAFETY: as above.
        unsafe { avx512::with(lanes, at, number) }
    }

    #[inline(always)]
    fn lowest(self, rows: &[[u32; LANES]], below: u32) -> ([u32; LANES], u32) {
        // SAFETY: as above.
        unsafe { avx512::lowest(rows, below) }
    }

    #[inline(always)]
    fn equal(self, numbers: &[u32; LANES], number: u32) -> u32 {
        // SAFETY: as above.
        unsafe { avx512::equal(numbers, number) }
    }

    fn run<W: Work>(self, work: W) -> W::Output {
        /// # Safety
        ///
        /// The processor must have what this asks for.
        #[target_feature(
            enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512cd,avx512vbmi,avx512vbmi2,avx2,bmi1,bmi2,lzcnt,popcnt"
        )]
        unsafe fn compiled<W: Work>(machine: Avx512, work: W) -> W::Output {
            work.on(machine)
        }
        // SAFETY: a value of this type shows all of it to be there.
        unsafe { compiled(self, work) }
    }
}

/// Does work on every machine that this processor is.
#[cfg(test)]
pub(crate) fn on_every<W: Work + Clone>(work: &W) {
    Scalar.run(work.clone());
    #[cfg(target_arch = "x86_64")]
    {
        Sse2.run(work.clone());
        if Avx2::is_here() {
            Avx2(()).run(work.clone());
        }
        if Avx512::is_here() {
            Avx512(()).run(work.clone());
        }
    }
}

#[cfg(test)]
mod tests;
