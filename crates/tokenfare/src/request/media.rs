//! Media: how large a picture is and how long a sound, read from the head of the file.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// How much of a file is decoded to find its size: a JPEG may have a preview before it.
const HEAD: usize = 256 * 1024;

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// What is known of a picture, a sound or a document.
///
/// It is read from what a request carries; of what a request only points to, the caller can say it (see `Hints`).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[non_exhaustive]
pub struct Media {
    /// Pixels across.
    pub width: Option<u32>,
    /// Pixels down.
    pub height: Option<u32>,
    /// Seconds.
    pub seconds: Option<f64>,
    /// Pages of a document.
    pub pages: Option<u32>,
}

impl Media {
    /// Describes a picture.
    #[must_use]
    pub fn image(width: u32, height: u32) -> Self {
        Self { width: Some(width), height: Some(height), ..Self::default() }
    }

    /// Describes a sound or a film.
    #[must_use]
    pub fn seconds(seconds: f64) -> Self {
        Self { seconds: Some(seconds), ..Self::default() }
    }

    /// Describes a document.
    #[must_use]
    pub fn pages(pages: u32) -> Self {
        Self { pages: Some(pages), ..Self::default() }
    }

    /// Returns width and height, if both are known.
    #[must_use]
    pub fn size(&self) -> Option<(u32, u32)> {
        self.width.zip(self.height)
    }

    /// Reads what the head of a file says: PNG, JPEG, GIF, WebP, WAV, MP3.
    #[must_use]
    pub fn of_bytes(bytes: &[u8]) -> Self {
        of_head(bytes, bytes.len())
    }

    /// Reads the head of a file in base64, with `data:…;base64,` before it or without.
    #[must_use]
    pub fn of_base64(text: &str) -> Self {
        let data = match text.strip_prefix("data:") {
            Some(rest) => rest.split_once(',').map_or("", |(_, data)| data),
            None => text,
        };
        let data = data.as_bytes();
        let total = data.len() / 4 * 3;
        // Whole groups of four characters, except for a file that ends sooner.
        let head = &data[..data.len().min(HEAD)];
        let head = &head[..head.len() / 4 * 4];
        LENIENT.decode(head).map_or_else(|_| Self::default(), |bytes| of_head(&bytes, total))
    }
}

fn of_head(head: &[u8], total: usize) -> Media {
    if let Some((width, height)) = png(head).or_else(|| gif(head)).or_else(|| webp(head)).or_else(|| jpeg(head)) {
        return Media::image(width, height);
    }
    wav(head, total).or_else(|| mp3(head, total)).map_or_else(Media::default, Media::seconds)
}

fn be16(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?)))
}

fn le16(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?)))
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn le32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn png(head: &[u8]) -> Option<(u32, u32)> {
    head.starts_with(b"\x89PNG\r\n\x1a\n").then_some(())?;
    Some((be32(head, 16)?, be32(head, 20)?))
}

fn gif(head: &[u8]) -> Option<(u32, u32)> {
    (head.starts_with(b"GIF87a") || head.starts_with(b"GIF89a")).then_some(())?;
    Some((le16(head, 6)?, le16(head, 8)?))
}

fn webp(head: &[u8]) -> Option<(u32, u32)> {
    (head.starts_with(b"RIFF") && head.get(8..12)? == b"WEBP").then_some(())?;
    match head.get(12..16)? {
        b"VP8 " => Some((le16(head, 26)? & 0x3fff, le16(head, 28)? & 0x3fff)),
        b"VP8L" => {
            let bits = le32(head, 21)?;
            Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
        }
        b"VP8X" => Some((1 + (le32(head, 24)? & 0xff_ffff), 1 + (le32(head, 26)? >> 8))),
        _ => None,
    }
}

/// Goes from marker to marker up to the one with the frame's size.
fn jpeg(head: &[u8]) -> Option<(u32, u32)> {
    head.starts_with(b"\xff\xd8").then_some(())?;
    let mut at = 2;
    loop {
        if *head.get(at)? != 0xff {
            return None;
        }
        match *head.get(at + 1)? {
            0xff => at += 1,
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                return Some((be16(head, at + 7)?, be16(head, at + 5)?));
            }
            0x01 | 0xd0..=0xd8 => at += 2,
            _ => at += 2 + usize::try_from(be16(head, at + 2)?).ok()?.max(2),
        }
    }
}

/// The length of the data by the bytes of a second.
fn wav(head: &[u8], total: usize) -> Option<f64> {
    (head.starts_with(b"RIFF") && head.get(8..12)? == b"WAVE").then_some(())?;
    let mut at = 12;
    let mut rate = 0;
    loop {
        let length = le32(head, at + 4)?;
        match head.get(at..at + 4)? {
            b"fmt " => rate = le32(head, at + 16)?,
            b"data" => {
                // A stream has no length in its head: then it is what the file has.
                let rest = u32::try_from(total.saturating_sub(at + 8)).unwrap_or(u32::MAX);
                return (rate > 0).then(|| f64::from(length.min(rest)) / f64::from(rate));
            }
            _ => {}
        }
        at = at.checked_add(8)?.checked_add(usize::try_from(length).ok()?)?.checked_add(length as usize % 2)?;
    }
}

/// Kilobits a second of layer III, by version and index.
const MPEG1_RATES: [u32; 15] = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const MPEG2_RATES: [u32; 15] = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];

/// The frames a variable file says it has, or the length by the rate of the first frame.
fn mp3(head: &[u8], total: usize) -> Option<f64> {
    let mut at = 0;
    if head.starts_with(b"ID3") {
        let size = head.get(6..10)?.iter().fold(0usize, |size, byte| size << 7 | usize::from(byte & 0x7f));
        at = 10 + size;
    }
    let frame = be32(head, at)?;
    // Eleven bits of synchronisation, and layer III.
    if frame >> 21 != 0x7ff || frame >> 17 & 3 != 1 {
        return None;
    }
    let version = frame >> 19 & 3;
    let rates = if version == 3 { MPEG1_RATES } else { MPEG2_RATES };
    let kilobits = *rates.get((frame >> 12 & 15) as usize)?;
    let halvings = match version {
        3 => 0,
        2 => 1,
        _ => 2,
    };
    let hertz = *[44_100, 48_000, 32_000].get((frame >> 10 & 3) as usize)? >> halvings;
    let samples = if version == 3 { 1152 } else { 576 };
    let is_mono = frame >> 6 & 3 == 3;
    let side = match (version == 3, is_mono) {
        (true, false) => 32,
        (true, true) | (false, false) => 17,
        (false, true) => 9,
    };
    let tag = at + 4 + side;
    if matches!(head.get(tag..tag + 4), Some(b"Xing" | b"Info")) && be32(head, tag + 4)? & 1 == 1 {
        return Some(f64::from(be32(head, tag + 8)?) * f64::from(samples) / f64::from(hertz));
    }
    let bytes = u32::try_from(total.saturating_sub(at)).ok()?;
    (kilobits > 0).then(|| f64::from(bytes) * 8.0 / f64::from(kilobits * 1000))
}
