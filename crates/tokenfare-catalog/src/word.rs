//! The closed vocabularies of the catalog: each an enumeration of the words that data, flags and messages use.

use crate::error::{Error, ErrorKind};
use std::fmt;
use std::str::FromStr;

/// Makes an enumeration of words: `as_str`, `ALL`, reading and writing.
macro_rules! words {
    (
        $(#[$about:meta])*
        $name:ident, $what:literal { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }
    ) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        #[repr(u8)]
        pub enum $name {
            $($(#[$doc])* #[doc = concat!("`", $word, "`")] $variant,)+
        }

        impl $name {
            /// All of them, in order.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// Returns the word that data, flags and messages use.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        /// Reads the word.
        impl FromStr for $name {
            type Err = Error;

            /// # Errors
            /// [`Error::is_malformed`] for any other word.
            fn from_str(text: &str) -> Result<Self, Error> {
                let found = Self::ALL.iter().copied().find(|word| word.as_str() == text);
                found.ok_or_else(|| {
                    let known = Self::ALL.iter().map(|word| word.as_str()).collect();
                    ErrorKind::NotAWord { what: $what, text: text.to_owned(), known }.into()
                })
            }
        }

        /// Writes the word.
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

/// The bit of a word, of so many, in a set.
pub(crate) const fn bit(word: u8) -> u32 {
    1 << word
}

words! {
    /// How a request is served, where that changes its price.
    Tier, "tier" {
        /// As it is if nothing is said.
        Standard = "standard",
        /// Together with others, within a day.
        Batch = "batch",
        /// When there is room.
        Flex = "flex",
        /// Before others.
        Priority = "priority",
        /// Faster.
        Fast = "fast",
        /// Faster still.
        Ultrafast = "ultrafast",
        /// Between speed and price.
        Balanced = "balanced",
    }
}

words! {
    /// How hard a reasoning model thinks before it answers. It changes how many tokens are billed, never their rate.
    Effort, "reasoning effort" {
        /// Not at all.
        None = "none",
        /// As little as it can.
        Minimal = "minimal",
        /// Little.
        Low = "low",
        /// As most do.
        Medium = "medium",
        /// Much.
        High = "high",
        /// Very much.
        Xhigh = "xhigh",
        /// As much as it can.
        Max = "max",
    }
}

words! {
    /// Where a response counts the tokens of thinking.
    Reasoning, "place for reasoning tokens" {
        /// Among its output tokens.
        Inside = "inside",
        /// Beside its output tokens.
        Outside = "outside",
    }
}

words! {
    /// What a model takes or gives.
    Modality, "modality" {
        /// Text.
        Text = "text",
        /// Pictures.
        Image = "image",
        /// Sound.
        Audio = "audio",
        /// Moving pictures.
        Video = "video",
        /// Documents.
        Pdf = "pdf",
        /// Vectors.
        Embedding = "embedding",
    }
}

words! {
    /// Where a model is called.
    Endpoint, "endpoint" {
        /// Chat completions, messages, generated content: turns in, a turn out.
        Chat = "chat",
        /// OpenAI's responses.
        Responses = "responses",
        /// Legacy completions.
        Completions = "completions",
        /// OpenAI's assistants.
        Assistants = "assistants",
        /// Batches.
        Batch = "batch",
        /// Fine-tuning.
        FineTuning = "fine_tuning",
        /// Realtime sessions.
        Realtime = "realtime",
        /// Live sessions.
        Live = "live",
        /// Embeddings.
        Embeddings = "embeddings",
        /// Edits of text.
        Edits = "edits",
        /// Pictures from text.
        Images = "images",
        /// Pictures from pictures.
        ImageEdits = "image_edits",
        /// Variations of a picture.
        ImageVariations = "image_variations",
        /// Moving pictures.
        Video = "video",
        /// Speech from text.
        Speech = "speech",
        /// Text from speech.
        Transcriptions = "transcriptions",
        /// English text from speech.
        Translations = "translations",
        /// Moderation.
        Moderations = "moderations",
        /// Ordering by relevance.
        Rerank = "rerank",
        /// Text from pictures of it.
        Ocr = "ocr",
        /// Search.
        Search = "search",
    }
}

words! {
    /// Who is meant by a name that several providers know: the first of these.
    Kind, "kind of provider" {
        /// Makes models.
        Maker = "maker",
        /// Hands requests on to others.
        Router = "router",
        /// Serves the models of others.
        Host = "host",
        /// Sells on what others serve, under the names that these have.
        Reseller = "reseller",
    }
}

words! {
    /// What is counted when a request is billed.
    Meter, "rate" {
        /// Tokens of the prompt that no cache gave and none was given.
        Input = "input",
        /// Tokens read from a cache.
        CacheRead = "cache_read",
        /// Tokens written to a cache that keeps them for five minutes, or for as long as it does.
        CacheWrite = "cache_write",
        /// Tokens written to a cache that keeps them for an hour.
        CacheWrite1h = "cache_write_1h",
        /// Tokens written to a cache that keeps them for twelve hours.
        CacheWrite12h = "cache_write_12h",
        /// Tokens of the answer, thinking included where that has no rate of its own.
        Output = "output",
        /// Tokens of thinking, where they have a rate of their own.
        Reasoning = "reasoning",
        /// Tokens quoted.
        Citation = "citation",
        /// Tokens trained on.
        Training = "training",
        /// Tokens of sound in the prompt.
        InputAudio = "input_audio",
        /// Tokens of sound read from a cache.
        CacheReadAudio = "cache_read_audio",
        /// Tokens of sound written to a cache.
        CacheWriteAudio = "cache_write_audio",
        /// Tokens of sound in the answer.
        OutputAudio = "output_audio",
        /// Tokens of pictures in the prompt.
        InputImage = "input_image",
        /// Tokens of pictures read from a cache.
        CacheReadImage = "cache_read_image",
        /// Tokens of pictures in the answer.
        OutputImage = "output_image",
        /// Tokens of moving pictures in the prompt.
        InputVideo = "input_video",
        /// Tokens of moving pictures in the answer.
        OutputVideo = "output_video",
        /// Characters of the text to be spoken.
        Characters = "characters",
        /// Seconds of sound or moving pictures that are sent.
        Seconds = "seconds",
        /// Seconds of sound or moving pictures that are made.
        OutputSeconds = "output_seconds",
        /// Pictures that are sent.
        InputImages = "input_images",
        /// Pictures that are made.
        Images = "images",
        /// Pages that are read.
        Pages = "pages",
        /// Pages that are read, with annotations.
        AnnotatedPages = "annotated_pages",
        /// Requests.
        Requests = "requests",
        /// Searches of the web.
        WebSearch = "web_search",
        /// Searches of files.
        FileSearch = "file_search",
        /// Searches of maps.
        MapsSearch = "maps_search",
        /// Searches, in the units of a reranker.
        SearchUnits = "search_units",
    }
}

impl Meter {
    /// Whether it counts tokens, of which price lists name the price of a million.
    #[must_use]
    pub const fn counts_tokens(self) -> bool {
        (self as u8) < Self::Characters as u8
    }

    /// Whether it counts time, in seconds.
    #[must_use]
    pub const fn counts_time(self) -> bool {
        matches!(self, Self::Seconds | Self::OutputSeconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_read_as_it_is_written() {
        for meter in Meter::ALL {
            assert_eq!(meter.as_str().parse::<Meter>().unwrap(), *meter);
        }
        for tier in Tier::ALL {
            assert_eq!(tier.to_string().parse::<Tier>().unwrap(), *tier);
        }
        let error = "flexx".parse::<Tier>().unwrap_err();
        assert!(error.is_malformed());
        assert_eq!(
            error.to_string(),
            "unknown tier `flexx`, expected `standard`, `batch`, `flex`, `priority`, `fast`, `ultrafast` or `balanced`"
        );
        assert!("High".parse::<Effort>().is_err() && Effort::Low < Effort::High);
        assert!(Meter::OutputVideo.counts_tokens() && !Meter::Characters.counts_tokens());
    }
}
