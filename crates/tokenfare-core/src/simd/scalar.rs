//! The searches a byte at a time: what they mean, and what other processors use.

use super::{Classes, LANES, WINDOW};

#[inline]
pub(super) fn classes(bytes: &[u8; WINDOW]) -> Classes {
    let mut classes = Classes::default();
    for (at, &byte) in bytes.iter().enumerate() {
        let class = match byte {
            b'a'..=b'z' => &mut classes.small,
            b'A'..=b'Z' => &mut classes.capitals,
            b'0'..=b'9' => &mut classes.digits,
            b' ' | b'\t' | 0x0B | 0x0C => &mut classes.blanks,
            b'\r' | b'\n' => &mut classes.newlines,
            0x80.. => &mut classes.wide,
            _ => continue,
        };
        *class |= 1 << at;
    }
    for (at, &byte) in bytes.iter().enumerate() {
        classes.spaces |= u64::from(byte == b' ') << at;
        classes.apostrophes |= u64::from(byte == b'\'') << at;
        classes.slashes |= u64::from(byte == b'/') << at;
    }
    classes
}

#[inline]
pub(super) fn places(mut bits: u64, from: u32, into: &mut [u32; WINDOW]) {
    // Eight at a time, whether they are all there or not: where the last is cannot be foreseen.
    let count = bits.count_ones() as usize;
    for (eight, into) in into.chunks_exact_mut(8).enumerate() {
        if 8 * eight >= count {
            break;
        }
        for place in into {
            *place = from + bits.trailing_zeros();
            bits &= bits.wrapping_sub(1);
        }
    }
}

#[inline]
pub(super) fn least(lanes: &[[u32; LANES]]) -> u32 {
    lanes.as_flattened().iter().copied().min().unwrap_or(u32::MAX)
}

#[inline]
pub(super) fn with(mut lanes: [u32; LANES], at: usize, number: u32) -> [u32; LANES] {
    lanes[at] = number;
    lanes
}
