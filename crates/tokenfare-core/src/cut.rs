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
    /// broken, and where the part counts more on its own than within the text. Where no token of those ends with a character
    /// (there are runs of letters of which none does), what is left ends between two characters.
    #[must_use]
    pub fn truncate<'t>(&self, text: &'t str, limit: usize, side: Side) -> &'t str {
        if self.count_up_to(text, limit).fits() {
            return text;
        }
        let kept = match (self.places_in_changed(text), side) {
            (Some(places), _) => self.truncate_at(text, &places, limit, side),
            (None, Side::End) => {
                let ends = self.ends_up_to(text, limit);
                let places = ends[..limit.min(ends.len())].iter().rev().copied();
                let fits = |&end: &usize| text.is_char_boundary(end) && self.count_up_to(&text[..end], limit).fits();
                places.into_iter().find(fits).map_or("", |end| &text[..end])
            }
            (None, Side::Start) => {
                let from = self.start_of_more_than(text, limit);
                let ends = self.ends_up_to(&text[from..], usize::MAX);
                // The token before the ones that are kept ends where they begin.
                let first = ends.len().saturating_sub(limit + 1);
                let places = ends[first..].iter().map(|end| from + end);
                let fits =
                    |&start: &usize| text.is_char_boundary(start) && self.count_up_to(&text[start..], limit).fits();
                places.into_iter().find(fits).map_or("", |start| &text[start..])
            }
        };
        match side {
            _ if !kept.is_empty() => kept,
            Side::End => self.characters(text, limit).map_or("", |(part, _)| part),
            Side::Start => {
                let starts: Vec<usize> = text.char_indices().rev().map(|(at, _)| at).take(limit).collect();
                let fits = |&start: &usize| self.count_up_to(&text[start..], limit).fits();
                starts.into_iter().rev().find(fits).map_or("", |start| &text[start..])
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

    /// Truncates a text at one of its [`Self::places`].
    fn truncate_at<'t>(&self, text: &'t str, places: &[(usize, usize)], limit: usize, side: Side) -> &'t str {
        let fits = |part: &&str| self.count_up_to(part, limit).fits();
        let all = places.last().map_or(0, |&(_, tokens)| tokens);
        match side {
            Side::End => {
                let places = places.iter().rev().filter(|&&(_, tokens)| tokens <= limit);
                places.map(|&(end, _)| &text[..end]).find(fits).unwrap_or("")
            }
            Side::Start => {
                let places = places.iter().filter(|&&(_, tokens)| all - tokens <= limit);
                places.map(|&(start, _)| &text[start..]).find(fits).unwrap_or("")
            }
        }
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
                // In a text that is changed there may be a character with a heap of marks: it is cut between them.
                let (mut start, end) = (places[first].0, places[first + 1].0);
                while start < end {
                    let Some((text, tokens)) = self.characters(&text[start..end], size) else {
                        let tokens = self.count(&text[start..end]);
                        return Err(Error::new(Kind::CharacterTooLong { offset: start, tokens, size }));
                    };
                    chunks.push(Chunk { text, start, overlap: 0, tokens });
                    start += text.len();
                }
                (first, before) = (first + 1, first + 1);
                continue;
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
        if let Some(places) = self.places_in_changed(text) {
            return places;
        }
        let ends = self.ends_up_to(text, usize::MAX);
        let places = [0].into_iter().chain(ends).enumerate().map(|(count, at)| (at, count));
        places.filter(|&(at, _)| text.is_char_boundary(at)).collect()
    }

    /// The places at which `text` may be cut if this encoding changes it before it splits it; `None` if it does not.
    ///
    /// They are those that the tokens of the changed text and the text itself have in common.
    fn places_in_changed(&self, text: &str) -> Option<Vec<(usize, usize)>> {
        let front = self.front.as_ref().filter(|front| matches!(front.normalize(text), Cow::Owned(_)))?;
        let ends = self.ends_of(&self.encode(text));
        let mut ends = [0].into_iter().chain(ends).zip(0..).peekable();
        let mut places = Vec::new();
        for (at, normal) in front.cuts(text) {
            while ends.next_if(|&(end, _)| end < normal).is_some() {}
            if let Some((_, count)) = ends.next_if(|&(end, _)| end == normal) {
                places.push((at, count));
            }
        }
        Some(places)
    }

    /// The characters that `text` begins with and that have at most `size` tokens, and how many they have; `None` if the
    /// first has more.
    fn characters<'t>(&self, text: &'t str, size: usize) -> Option<(&'t str, usize)> {
        let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).skip(1).chain([text.len()]).take(size).collect();
        let more = ends.partition_point(|&end| self.count_up_to(&text[..end], size).fits());
        let part = &text[..ends[more.checked_sub(1)?]];
        Some((part, self.count_up_to(part, size).count()?))
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
