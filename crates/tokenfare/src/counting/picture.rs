//! Pictures and sounds: tokens from their size.

use crate::counting::family::Image;
use crate::request::Media;

/// Tokens with a bound on either side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Band {
    pub(crate) tokens: u64,
    pub(crate) low: u64,
    pub(crate) high: u64,
}

impl Band {
    pub(crate) fn sure(tokens: u64) -> Self {
        Self { tokens, low: tokens, high: tokens }
    }
}

/// How closely a picture is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    Low,
    /// `high`, `auto`, or nothing.
    High,
    Original,
}

/// The most patches of a picture, and of one that is taken as it is.
const MOST_PATCHES: u64 = 1_536;
const MOST_ORIGINAL: u64 = 10_000;

/// The tiles of the largest picture: 2048 by 768.
const MOST_TILES: u64 = 8;

/// Beside the patches, for the text around them.
const AROUND_PATCHES: u64 = 2;

/// Counts a picture; one of unknown size has a band, and the middle of it is a picture of 1024 by 1024.
pub(crate) fn image(rule: Image, media: Media, detail: Detail) -> Band {
    match (rule, media.size()) {
        (Image::None, _) => Band { tokens: 0, low: 0, high: 0 },
        (Image::Tiles { base, .. }, _) if detail == Detail::Low => Band::sure(base),
        (Image::Tiles { base, tile }, Some((width, height))) => Band::sure(base + tile * tiles(width, height)),
        (Image::Tiles { base, tile }, None) => {
            Band { tokens: base + 4 * tile, low: base + tile, high: base + MOST_TILES * tile }
        }
        (Image::Patches { hundredths }, Some((width, height))) => {
            let most = if detail == Detail::Original { MOST_ORIGINAL } else { MOST_PATCHES };
            let tokens = patches(width, height, most) * hundredths / 100 + AROUND_PATCHES;
            Band { tokens, low: tokens.saturating_sub(3), high: tokens + 3 }
        }
        (Image::Patches { hundredths }, None) => {
            let most = if detail == Detail::Original { MOST_ORIGINAL } else { MOST_PATCHES };
            let of = |patches: u64| patches * hundredths / 100 + AROUND_PATCHES;
            Band { tokens: of(1_024), low: of(1), high: of(most) }
        }
    }
}

/// Tiles of 512 pixels of a picture that is fitted in 2048 by 2048, and its shorter side in 768.
fn tiles(width: u32, height: u32) -> u64 {
    let (mut width, mut height) = (f64::from(width.max(1)), f64::from(height.max(1)));
    let longer = width.max(height);
    if longer > 2048.0 {
        (width, height) = (width * 2048.0 / longer, height * 2048.0 / longer);
    }
    let shorter = width.min(height);
    if shorter > 768.0 {
        (width, height) = (width * 768.0 / shorter, height * 768.0 / shorter);
    }
    let across = |side: f64| (side.round().max(1.0) / 512.0).ceil() as u64;
    across(width) * across(height)
}

/// Patches of 32 pixels of a picture that is made smaller until it has no more than so many.
fn patches(width: u32, height: u32, most: u64) -> u64 {
    let (width, height) = (f64::from(width.max(1)), f64::from(height.max(1)));
    let count = |width: f64, height: f64| (width / 32.0).ceil() as u64 * (height / 32.0).ceil() as u64;
    if count(width, height) <= most {
        return count(width, height);
    }
    let shrink = (most as f64 * 32.0 * 32.0 / (width * height)).sqrt();
    let (across, down) = (width * shrink / 32.0, height * shrink / 32.0);
    // So that a whole number of patches fits on one side at least.
    let shrink = shrink * (across.floor() / across).min(down.floor() / down);
    count((width * shrink).floor().max(1.0), (height * shrink).floor().max(1.0)).min(most)
}

/// Counts a sound by its seconds; one of unknown length has a band up to an hour.
pub(crate) fn audio(media: Media, per_second: u64) -> Band {
    match media.seconds {
        Some(seconds) if seconds.is_finite() && seconds >= 0.0 => {
            Band::sure((seconds * per_second as f64).floor() as u64)
        }
        _ => Band { tokens: 10 * per_second, low: 0, high: 3_600 * per_second },
    }
}
