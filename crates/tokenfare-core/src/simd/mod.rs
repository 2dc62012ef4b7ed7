//! Vector searches: the only room in which `unsafe` may live.
//!
//! Each is a safe function with a scalar twin. Today's vector versions need no more than SSE2, which every x86-64
//! processor has.
#![allow(unsafe_code)] // this is the room

#[cfg(any(test, not(target_arch = "x86_64")))]
mod scalar;
#[cfg(target_arch = "x86_64")]
mod sse2;

/// Bytes that are classed at once.
pub(crate) const WINDOW: usize = 64;

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

/// Classes 64 bytes.
#[inline(always)]
pub(crate) fn classes(bytes: &[u8; WINDOW]) -> Classes {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: it asks for SSE2, which is part of x86-64.
    return unsafe { sse2::classes(bytes) };
    #[cfg(not(target_arch = "x86_64"))]
    scalar::classes(bytes)
}

/// Finds a key in a bucket: a number of which bit `4 * i` is set if entry `i` is the key, and no other bit is.
#[inline(always)]
pub(crate) fn find_key(bucket: &[[u8; 16]; 4], key: [u8; 16]) -> u32 {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: it asks for SSE2, which is part of x86-64.
    return unsafe { sse2::find_key(bucket, key) };
    #[cfg(not(target_arch = "x86_64"))]
    scalar::find_key(bucket, key)
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
                assert_eq!(classes(&bytes), scalar::classes(&bytes), "{byte} at {at}");
            }
        }
        let mixed: [u8; WINDOW] = std::array::from_fn(|i| (i * 37 % 256) as u8);
        assert_eq!(classes(&mixed), scalar::classes(&mixed));
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
                assert_eq!(find_key(&bucket, key), expected);
                assert_eq!(scalar::find_key(&bucket, key), expected);
            }
        }
    }
}
