//! The searches a byte at a time: what they mean, and what other processors use.

use super::{Classes, LANES, LAST, WINDOW};
use crate::unicode::{Class, class_within};

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
    classes.settled()
}

#[inline]
pub(super) fn widened(mut classes: Classes, bytes: &[u8; WINDOW]) -> Classes {
    let mut follow = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        follow |= u64::from(byte & 0xC0 == 0x80) << at;
    }
    classes.follow = follow;
    classes.broken = broken(&classes, bytes);
    let (mut small, mut capitals, mut caseless, mut marks, mut digits, mut blanks) = (0, 0, 0, 0, 0, 0);
    let mut firsts = classes.wide & !follow & !classes.broken;
    while firsts != 0 {
        let (at, bit) = (firsts.trailing_zeros() as usize, firsts & firsts.wrapping_neg());
        firsts ^= bit;
        let class = class_within(bytes, at);
        let is = |set: Class| if class.is(set) { bit } else { 0 };
        small |= is(Class::LOWER);
        capitals |= is(Class::UPPER);
        caseless |= is(Class::CASELESS);
        marks |= is(Class::MARK);
        digits |= is(Class::NUMBER);
        blanks |= is(Class::BLANK);
    }
    classes.small |= classes.whole(small);
    classes.capitals |= classes.whole(capitals);
    classes.caseless |= classes.whole(caseless);
    classes.marks |= classes.whole(marks);
    classes.digits |= classes.whole(digits);
    classes.blanks |= classes.whole(blanks);
    classes.settled()
}

/// The bytes of the last character, if they are not all there.
#[inline(always)]
pub(super) fn broken(classes: &Classes, bytes: &[u8; WINDOW]) -> u64 {
    let firsts = classes.wide & !classes.follow;
    let last = 63 - (firsts | 1).leading_zeros() as usize;
    let length = match bytes[last] {
        0..0xE0 => 2,
        0xE0..0xF0 => 3,
        _ => 4,
    };
    if firsts >> last & 1 == 1 && last + length > WINDOW { u64::MAX << last } else { 0 }
}

#[inline]
pub(super) fn pad(text: &[u8], into: &mut [u8; LAST + WINDOW]) {
    let text = &text[..text.len().min(LAST)];
    into[..text.len()].copy_from_slice(text);
    into[text.len()..text.len() + WINDOW].fill(0);
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

#[inline]
pub(super) fn lowest(rows: &[[u32; LANES]], below: u32) -> ([u32; LANES], u32) {
    let mut lowest = [u32::MAX; LANES];
    for row in rows {
        for (lowest, number) in lowest.iter_mut().zip(row) {
            *lowest = (*lowest).min(*number);
        }
    }
    let mut bits = 0;
    for (lane, number) in lowest.iter().enumerate() {
        bits |= u32::from(*number < below) << lane;
    }
    (lowest, bits)
}

#[inline]
pub(super) fn equal(numbers: &[u32; LANES], number: u32) -> u32 {
    numbers.iter().enumerate().fold(0, |equal, (lane, other)| equal | u32::from(*other == number) << lane)
}
