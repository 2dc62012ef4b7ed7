//! The searches a byte at a time: what they mean, and what other processors use.

use super::{Classes, WINDOW};

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
    }
    classes
}

#[inline]
pub(super) fn find_key(bucket: &[[u8; 16]; 4], key: [u8; 16]) -> u32 {
    bucket.iter().enumerate().fold(0, |found, (i, entry)| found | u32::from(*entry == key) << (4 * i))
}
