//! Counting a text that is still growing.

use crate::encoding::Encoding;

/// Counts a text that comes in parts: the count is always that of all the parts joined.
///
/// What a part adds depends on what follows it, so the end of the text is held back and counted again with the next
/// part; what lies before a place where a piece surely ends is counted once and dropped. Such a place comes with every
/// word of prose. A text without any, such as one word of a million letters, is held and counted whole.
///
/// ```
/// # let file: String = (0..=255_u8).map(|byte| format!("{} {byte}\n", base64::Engine::encode(&base64::engine::general_purpose::STANDARD, [byte]))).collect();
/// # let encoding = tokenfare_core::Encoding::from_tiktoken("bytes", file.as_bytes(), tokenfare_core::Pattern::Cl100k, vec![])?;
/// let mut counter = encoding.counter();
/// counter.push("Hello, wo");
/// counter.push("rld");
/// assert_eq!(counter.count(), encoding.count("Hello, world"));
/// # Ok::<(), tokenfare_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Counter<'e> {
    encoding: &'e Encoding,
    /// The tokens of what has been dropped.
    settled: usize,
    /// The text since.
    tail: String,
    /// Where in `tail` no seam has been looked for yet, but for the one before it.
    searched: usize,
}

impl Encoding {
    /// Begins to count a text that will come in parts.
    #[must_use]
    pub fn counter(&self) -> Counter<'_> {
        Counter { encoding: self, settled: 0, tail: String::new(), searched: 0 }
    }
}

impl Counter<'_> {
    /// Adds a part of the text.
    pub fn push(&mut self, part: &str) {
        self.tail.push_str(part);
        let from = self.searched;
        if let Some(seam) = self.encoding.last_seam(&self.tail[from..]) {
            self.settled += self.encoding.count(&self.tail[..from + seam]);
            self.tail.drain(..from + seam);
        }
        // The last character may yet be the one before a seam.
        self.searched = self.tail.char_indices().next_back().map_or(0, |(last, _)| last);
    }

    /// Returns the count of all the parts so far.
    #[must_use]
    pub fn count(&self) -> usize {
        self.settled + self.encoding.count(&self.tail)
    }
}
