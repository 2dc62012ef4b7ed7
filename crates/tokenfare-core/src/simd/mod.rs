//! Vector searches: the only room in which `unsafe` may live.
//!
//! A [`Machine`] is a processor with certain instructions: the searches as it does them. [`on_best`] does work on the best
//! that this processor is, compiled for it. All machines give the same answers; `scalar` says what they mean.
#![allow(unsafe_code)] // this is the room

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(any(test, not(target_arch = "x86_64")))]
mod scalar;
#[cfg(target_arch = "x86_64")]
mod sse2;

/// Bytes that are classed at once.
pub(crate) const WINDOW: usize = 64;

/// Numbers that [`Machine::least`] compares at a step.
pub(crate) const LANES: usize = 16;

/// Which of 64 bytes are of which class of ASCII, a bit for each, the first byte's the lowest.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(crate) struct Classes {
    /// `a` to `z`.
    pub(crate) small: u64,
    /// `A` to `Z`.
    pub(crate) capitals: u64,
    /// `0` to `9`.
    pub(crate) digits: u64,
    /// Space, tab, vertical tab, form feed.
    pub(crate) blanks: u64,
    /// The space alone, which is one of the blanks.
    pub(crate) spaces: u64,
    /// `\r` and `\n`.
    pub(crate) newlines: u64,
    /// The apostrophe, which is one of the symbols.
    pub(crate) apostrophes: u64,
    /// Bytes of characters beyond ASCII.
    pub(crate) wide: u64,
}

impl Classes {
    /// Letters.
    #[inline(always)]
    pub(crate) fn letters(&self) -> u64 {
        self.small | self.capitals
    }

    /// White space.
    #[inline(always)]
    pub(crate) fn white(&self) -> u64 {
        self.blanks | self.newlines
    }

    /// What is neither letter, digit, white space nor beyond ASCII: punctuation, symbols, controls.
    #[inline(always)]
    pub(crate) fn symbols(&self) -> u64 {
        !(self.letters() | self.digits | self.white() | self.wide)
    }
}

/// The searches, as a processor with certain instructions does them.
pub(crate) trait Machine: Copy {
    /// Classes 64 bytes.
    fn classes(self, bytes: &[u8; WINDOW]) -> Classes;

    /// Finds a key in a bucket: a number of which bit `4 * i` is set if entry `i` is the key, and no other bit is.
    fn find_key(self, bucket: &[[u8; 16]; 4], key: [u8; 16]) -> u32;

    /// Finds a pair in a bucket of words of which the lowest 21 bits are not looked at: a bit for each that has it.
    fn find_pair(self, bucket: &[u64; 4], pair: u64) -> u32;

    /// Finds the least of some numbers, [`LANES`] or a multiple of them.
    fn least(self, numbers: &[u32]) -> u32;

    /// Does work, compiled for this machine: all of it that is inlined into the call.
    fn run<W: Work>(self, work: W) -> W::Output;
}

/// Work that is written for any machine.
pub(crate) trait Work {
    type Output;
    fn on(self, machine: impl Machine) -> Self::Output;
}

/// Does work on the best machine that this processor is.
#[inline]
pub(crate) fn on_best<W: Work>(work: W) -> W::Output {
    #[cfg(target_arch = "x86_64")]
    if let Some(machine) = Avx2::here() {
        return machine.run(work);
    }
    Baseline.run(work)
}

/// What every processor of its kind can do.
#[derive(Clone, Copy)]
pub(crate) struct Baseline;

impl Machine for Baseline {
    #[inline(always)]
    fn classes(self, bytes: &[u8; WINDOW]) -> Classes {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: it asks for SSE2, which is part of x86-64.
        return unsafe { sse2::classes(bytes) };
        #[cfg(not(target_arch = "x86_64"))]
        scalar::classes(bytes)
    }

    #[inline(always)]
    fn find_key(self, bucket: &[[u8; 16]; 4], key: [u8; 16]) -> u32 {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: it asks for SSE2, which is part of x86-64.
        return unsafe { sse2::find_key(bucket, key) };
        #[cfg(not(target_arch = "x86_64"))]
        scalar::find_key(bucket, key)
    }

    #[inline(always)]
    fn find_pair(self, bucket: &[u64; 4], pair: u64) -> u32 {
        find_pair(bucket, pair)
    }

    #[inline(always)]
    fn least(self, numbers: &[u32]) -> u32 {
        least(numbers)
    }

    fn run<W: Work>(self, work: W) -> W::Output {
        work.on(self)
    }
}

/// A processor with AVX2, and the counts and shifts of bits that came with it. There is a value only where there is one.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy)]
pub(crate) struct Avx2(());

#[cfg(target_arch = "x86_64")]
impl Avx2 {
    /// This processor, if it is one. `TOKENFARE_SIMD=baseline` says that it is not; found out once.
    #[inline]
    fn here() -> Option<Self> {
        static HERE: std::sync::OnceLock<bool> = std::sync::OnceLock::new();
        let here = *HERE.get_or_init(|| {
            std::arch::is_x86_feature_detected!("avx2")
                && std::arch::is_x86_feature_detected!("bmi1")
                && std::arch::is_x86_feature_detected!("bmi2")
                && std::arch::is_x86_feature_detected!("lzcnt")
                && std::arch::is_x86_feature_detected!("popcnt")
                && std::env::var_os("TOKENFARE_SIMD").is_none_or(|wish| wish != "baseline")
        });
        here.then_some(Self(()))
    }
}

#[cfg(target_arch = "x86_64")]
impl Machine for Avx2 {
    #[inline(always)]
    fn classes(self, bytes: &[u8; WINDOW]) -> Classes {
        // SAFETY: it asks for AVX2, which a value of this type shows to be there.
        unsafe { avx2::classes(bytes) }
    }

    #[inline(always)]
    fn find_key(self, bucket: &[[u8; 16]; 4], key: [u8; 16]) -> u32 {
        // SAFETY: it asks for SSE2, which is part of x86-64.
        unsafe { sse2::find_key(bucket, key) }
    }

    #[inline(always)]
    fn find_pair(self, bucket: &[u64; 4], pair: u64) -> u32 {
        // SAFETY: it asks for AVX2, which a value of this type shows to be there.
        unsafe { avx2::find_pair(bucket, pair) }
    }

    #[inline(always)]
    fn least(self, numbers: &[u32]) -> u32 {
        least(numbers) // compiled for AVX2 where it is inlined, which has a minimum of eight
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

#[inline(always)]
fn find_pair(bucket: &[u64; 4], pair: u64) -> u32 {
    (0..4).fold(0, |found, i| found | u32::from((bucket[i] ^ pair) >> 21 == 0) << i)
}

/// The least of some numbers, by halves, so that the compiler makes vectors of it.
#[inline(always)]
fn least(numbers: &[u32]) -> u32 {
    let mut least = [u32::MAX; LANES];
    for lanes in numbers.chunks_exact(LANES) {
        for (least, &number) in least.iter_mut().zip(lanes) {
            *least = (*least).min(number);
        }
    }
    let mut width = LANES / 2;
    while width > 0 {
        for i in 0..width {
            least[i] = least[i].min(least[i + width]);
        }
        width /= 2;
    }
    least[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_classed_alike_in_every_place() {
        for byte in 0..=255 {
            for at in 0..WINDOW {
                let mut bytes = [b'('; WINDOW];
                bytes[at] = byte;
                all_agree(&bytes);
            }
        }
        let mixed: [u8; WINDOW] = std::array::from_fn(|i| (i * 37 % 256) as u8);
        all_agree(&mixed);
    }

    fn all_agree(bytes: &[u8; WINDOW]) {
        let expected = scalar::classes(bytes);
        assert_eq!(Baseline.classes(bytes), expected, "{bytes:?}");
        #[cfg(target_arch = "x86_64")]
        if let Some(machine) = Avx2::here() {
            assert_eq!(machine.classes(bytes), expected, "{bytes:?}");
        }
    }

    #[test]
    fn a_pair_is_found_whatever_its_lowest_bits() {
        let pair = 0x8765_4321_0FED_CBA9 & !0x1F_FFFF;
        for entry in 0..4 {
            for difference in 0..64 {
                let mut bucket = [0, 1 << 63, 7, pair ^ 1 << 21];
                bucket[entry] = pair ^ 1 << difference;
                let expected = if difference < 21 { 1 << entry } else { 0 };
                assert_eq!(Baseline.find_pair(&bucket, pair), expected);
                #[cfg(target_arch = "x86_64")]
                if let Some(machine) = Avx2::here() {
                    assert_eq!(machine.find_pair(&bucket, pair), expected);
                }
            }
        }
    }

    #[test]
    fn the_least_is_found_in_every_lane() {
        for at in 0..4 * LANES {
            let mut numbers = [u32::MAX; 4 * LANES];
            numbers[at] = 5;
            numbers[(at + 7) % (4 * LANES)] = 6;
            assert_eq!(Baseline.least(&numbers), 5);
        }
        assert_eq!(Baseline.least(&[u32::MAX; LANES]), u32::MAX);
    }

    #[test]
    fn a_key_is_found_only_where_all_of_it_stands() {
        let key: [u8; 16] = std::array::from_fn(|i| i as u8 + 1);
        for entry in 0..4 {
            for difference in 0..=16 {
                let mut bucket = [[0; 16]; 4];
                bucket[entry] = key;
                if difference < 16 {
                    bucket[entry][difference] ^= 0x40;
                }
                let expected = if difference < 16 { 0 } else { 1 << (4 * entry) };
                assert_eq!(Baseline.find_key(&bucket, key), expected);
                assert_eq!(scalar::find_key(&bucket, key), expected);
            }
        }
    }
}
