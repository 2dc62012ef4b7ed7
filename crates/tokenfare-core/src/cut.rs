//! Cutting a text by tokens: truncation to so many, and chunks of so many.

use crate::encoding::Encoding;
use crate::error::{Error, Kind};
use std::borrow::Cow;

/// The side of a text on which something is cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// The beginning is cut off, and the end is kept.
    Start,
    /// The end is cut off, and the beginning is kept.
    End,
}

/// A part of a text of at most so many tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunk<'t> {
    /// The part.
    pub text: &'t str,
    /// Where it begins in the text, in bytes.
    pub start: usize,
    /// How many of its first bytes are also the last of the chunk before it.
    pub overlap: usize,
    /// Its own count of tokens.
    pub tokens: usize,
}

impl Encoding {
    /// Cuts a text off on one side so that at most `limit` tokens are left.
    ///
    /// What is left ends between two tokens of the text and never inside a character, and its own count is at most
    /// `limit`. Usually that is what the first (or last) `limit` tokens stand for. It is less where a character would be
    /// broken, and where the part counts more on its own than within the text.
    #[must_use]
    pub fn truncate<'t>(&self, text: &'t str, limit: usize, side: Side) -> &'t str {
        if self.count_up_to(text, limit).fits() {
            return text;
        }
        if let Cow::Owned(_) = self.normalize(text) {
            return self.truncate_between_characters(text, limit, side);
        }
        match side {
            Side::End => {
                let ends = self.ends_up_to(text, limit);
                let places = ends[..limit.min(ends.len())].iter().rev().copied();
                let fits = |&end: &usize| text.is_char_boundary(end) && self.count_up_to(&text[..end], limit).fits();
                &text[..places.into_iter().find(fits).unwrap_or(0)]
            }
            Side::Start => {
                let from = self.start_of_more_than(text, limit);
                let ends = self.ends_up_to(&text[from..], usize::MAX);
                // The token before the ones that are kept ends where they begin.
                let first = ends.len().saturating_sub(limit + 1);
                let places = ends[first..].iter().map(|end| from + end);
                let fits = |&start: &usize| text.is_char_boundary(start) && self.count_up_to(&text[start..], limit).fits();
                &text[places.into_iter().find(fits).unwrap_or(text.len())..]
            }
        }
    }

    /// A place near the end of `text` after which there are more than `limit` tokens, and before which the text can be left out.
    fn start_of_more_than(&self, text: &str, limit: usize) -> usize {
        let mut length = limit.saturating_mul(8).max(256);
        while length < text.len() {
            let mut from = text.len() - length;
            while !text.is_char_boundary(from) {
                from -= 1;
            }
            let Some(seam) = self.last_seam(&text[..from]) else { return 0 };
            if !self.count_up_to(&text[seam..], limit).fits() {
                return seam;
            }
            length = length.saturating_mul(2);
        }
        0
    }

    /// Truncates a text that this encoding changes before it splits it: between any two characters, by bisection.
    fn truncate_between_characters<'t>(&self, text: &'t str, limit: usize, side: Side) -> &'t str {
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let part = |kept: usize| match side {
            Side::End => &text[..places[kept]],
            Side::Start => &text[places[places.len() - 1 - kept]..],
        };
        let (mut fits, mut exceeds) = (0, places.len());
        while exceeds - fits > 1 {
            let middle = fits + (exceeds - fits) / 2;
            if self.count_up_to(part(middle), limit).fits() {
                fits = middle;
            } else {
                exceeds = middle;
            }
        }
        part(fits)
    }

    /// Cuts a text into chunks of at most `size` tokens, each beginning with at most the last `overlap` tokens of the
    /// one before.
    ///
    /// The chunks are cut between tokens of the text and never inside a character, and each has at most `size` tokens
    /// when it is counted on its own. Without their overlaps they rejoin to the text. The overlap is shorter than asked
    /// where that is needed to keep these promises.
    ///
    /// # Errors
    ///
    /// If `overlap` is not less than `size`, or a single character has more than `size` tokens (four at most).
    pub fn chunks<'t>(&self, text: &'t str, size: usize, overlap: usize) -> Result<Vec<Chunk<'t>>, Error> {
        if overlap >= size {
            return Err(Error::new(Kind::ChunkTooSmall { size, overlap }));
        }
        let places = self.places(text);
        let mut chunks: Vec<Chunk<'t>> = Vec::new();
        // Indices into `places`: where the chunk begins, and where the one before it ended.
        let (mut first, mut before) = (0, 0);
        while before + 1 < places.len() {
            let Some((last, tokens)) = self.furthest(text, &places, first, before, size) else {
                if first < before {
                    first += 1; // with less overlap there is more room
                    continue;
                }
                let (offset, next) = (places[first].0, places[first + 1].0);
                let tokens = self.count(&text[offset..next]);
                return Err(Error::new(Kind::CharacterTooLong { offset, tokens, size }));
            };
            let (start, end) = (places[first].0, places[last].0);
            chunks.push(Chunk { text: &text[start..end], start, overlap: places[before].0 - start, tokens });
            before = last;
            first = last - places[..last].iter().rev().take_while(|place| places[last].1 - place.1 <= overlap).count();
            // At least one place is gained on the chunk before, or the same chunk would come again.
        }
        Ok(chunks)
    }

    /// The places at which `text` may be cut, from its beginning to its end: byte offset, and tokens before it.
    fn places(&self, text: &str) -> Vec<(usize, usize)> {
        if let Cow::Owned(_) = self.normalize(text) {
            // Between any two characters, as if each were a token: a chunk is then at most so many characters.
            let places = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            return places.enumerate().map(|(count, at)| (at, count)).collect();
        }
        let ends = self.ends_up_to(text, usize::MAX);
        let places = [0].into_iter().chain(ends).enumerate().map(|(count, at)| (at, count));
        places.filter(|&(at, _)| text.is_char_boundary(at)).collect()
    }

    /// The furthest place past `before` at which a chunk from `first` can end, and its count; `None` if there is none.
    fn furthest(
        &self,
        text: &str,
        places: &[(usize, usize)],
        first: usize,
        before: usize,
        size: usize,
    ) -> Option<(usize, usize)> {
        let (start, tokens_before) = places[first];
        let beyond = places.partition_point(|&(_, tokens)| tokens - tokens_before.min(tokens) <= size);
        (before + 1..beyond).rev().find_map(|last| {
            let tokens = self.count_up_to(&text[start..places[last].0], size).count()?;
            Some((last, tokens))
        })
    }
}
