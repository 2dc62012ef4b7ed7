//! What a request used: read from what any provider returns, in one form.

mod lenient;
mod otel;
mod read;
mod wire;

pub(crate) use read::USUAL_CONTEXT;

use crate::at::At;
use crate::error::Error;
use crate::format::Format;
use std::borrow::Cow;
use tokenfare_catalog::{Meter, Money};

/// What a request used, as it is billed: tokens, and whatever else has a price.
///
/// Whole numbers and their parts: `input_tokens` is all of the prompt, whatever a cache gave of it or was given, and
/// `output_tokens` all of the answer with the reasoning, whatever form the provider states them in. The parts overlap: a token read
/// from a cache may be one of a picture.
///
/// ```
/// use tokenfare::Usage;
///
/// let body = r#"{"model": "claude-sonnet-4-5", "type": "message",
///     "usage": {"input_tokens": 10, "cache_read_input_tokens": 2000, "output_tokens": 50}}"#;
/// let usage = Usage::from_json(body)?;
/// assert_eq!((usage.input_tokens, usage.cache_read, usage.output_tokens), (2010, 2000, 50));
///
/// let by_hand = Usage { cache_read: 500, ..Usage::of_tokens(1_000, 50) };
/// assert_eq!(by_hand.input_tokens, 1_000);
/// # Ok::<(), tokenfare::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// The model that answered, as the response names it.
    pub model: Option<String>,
    /// Who served it, where the form of the response or its content tells.
    pub provider: Option<Cow<'static, str>>,
    /// The form it was read from.
    pub format: Option<Format>,
    /// The tier that served it, in the provider's word.
    pub tier: Option<Cow<'static, str>>,
    /// When it was made, if the response says so.
    pub made: Option<At>,
    /// Where it was served, if that was asked for.
    pub region: Option<String>,
    /// Whether it was a line of a batch's results, which cost what the batch tier costs whatever they say themselves.
    pub is_batch: bool,
    /// Whether the numbers were stated, should they all be zero.
    pub is_stated: bool,

    /// All tokens of the prompt.
    pub input_tokens: u64,
    /// Of these, what was read from a cache.
    pub cache_read: u64,
    /// Of these, what was written to a cache for five minutes, or for as long as it keeps it.
    pub cache_write: u64,
    /// Of these, what was written to a cache for an hour.
    pub cache_write_1h: u64,
    /// Of these, sound.
    pub input_audio: u64,
    /// Of these, pictures.
    pub input_image: u64,
    /// Of these, moving pictures.
    pub input_video: u64,
    /// Of what was read from a cache, what is known to be sound.
    pub cache_read_audio: u64,
    /// Of what was read from a cache, what is known to be pictures.
    pub cache_read_image: u64,
    /// Of what was read from a cache, what is known to be moving pictures.
    pub cache_read_video: u64,

    /// All tokens of the answer, reasoning included.
    pub output_tokens: u64,
    /// Of these, reasoning.
    pub reasoning_tokens: u64,
    /// Of these, what was quoted.
    pub citation_tokens: u64,
    /// Of these, sound.
    pub output_audio: u64,
    /// Of these, pictures.
    pub output_image: u64,
    /// Of these, moving pictures.
    pub output_video: u64,

    /// What else is billed: calls of tools, pages, searches.
    pub fees: Vec<Fee>,
    /// How much of the web a model that always searches was to be given, as `high`, if the body says it.
    pub context_size: Option<String>,
    /// What a request without tokens asked for: pictures, speech, seconds.
    pub asked: Option<Asked>,
    /// What each turn used, where a request took several on the server: each is billed by itself, at the price of its own model.
    /// The numbers above are the sums of those of the model that answered.
    pub turns: Vec<Usage>,
    /// What the provider says it charged.
    pub reported: Option<Reported>,
    /// What had to be taken for so, each a sentence.
    pub notes: Vec<String>,
}

/// So many of something that is not tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fee {
    /// What is counted.
    pub meter: Meter,
    /// How many.
    pub amount: u64,
    /// What its rate may depend on, the most particular first: the first that the price knows holds.
    pub details: Vec<String>,
}

/// What decides the price where a response states no usage. Which of these is billed is the model's price to say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The size of the pictures, as `1024x1024`.
    pub size: Option<String>,
    /// Their quality, as `hd`.
    pub quality: Option<String>,
    /// How many of them.
    pub number: Option<u64>,
    /// How many characters the text to be spoken has.
    pub characters: Option<u64>,
    /// How many seconds are heard, or made: begun ones are whole.
    pub seconds: Option<u64>,
    /// Whether the seconds were rounded up.
    pub is_rounded: bool,
}

/// What a provider says a request cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reported {
    /// What it charged: of a request with a key of one's own for the provider behind it, its fee alone.
    pub cost: Money,
    /// What the provider behind it charged.
    pub upstream: Option<Money>,
    /// Whether it was made with a key of one's own.
    pub is_byok: bool,
}

impl Usage {
    /// Makes the usage of so many tokens of input and output.
    #[must_use]
    pub fn of_tokens(input_tokens: u64, output_tokens: u64) -> Self {
        Self { input_tokens, output_tokens, is_stated: true, ..Self::default() }
    }

    /// Reads the usage of a response, its form told by what it holds: of a whole response, its last event in a stream, a line of a
    /// batch's results, or its `usage` alone.
    ///
    /// What was made without usage to state (pictures, speech, text from speech) is read from what decides its price:
    ///
    /// ```
    /// use tokenfare::Usage;
    ///
    /// let asked = Usage::from_json(r#"{"model": "dall-e-3", "size": "1024x1792", "quality": "hd", "n": 2}"#)?;
    /// assert_eq!(asked.asked.unwrap().number, Some(2));
    /// # Ok::<(), tokenfare::Error>(())
    /// ```
    ///
    /// # Errors
    /// If it is not JSON, or states what cannot be: [`Error::is_bad_usage`], with the value.
    pub fn from_json(body: &str) -> Result<Self, Error> {
        Self::from_json_as(None, body)
    }

    /// Reads the usage of a response of a known form. Some forms look alike.
    ///
    /// # Errors
    /// As [`Usage::from_json`].
    pub fn from_json_as(format: Option<Format>, body: &str) -> Result<Self, Error> {
        read::usage(
            format,
            &mut |place| {
                let mut json = serde_json::Deserializer::from_str(body);
                let read = lenient::fill(place, &mut json).and_then(|()| json.end());
                read.map_err(|error| Error::bad_usage(format!("the body is not JSON of an object: {error}")))
            },
            &mut |place| {
                let mut json = serde_json::Deserializer::from_str(body);
                lenient::fill(place, &mut json).map_err(|error| Error::bad_usage(error.to_string()))
            },
        )
    }

    /// Reads the usage of a response from anything that serde reads, as [`Usage::from_json_as`] does from JSON. It is called
    /// again where the first reading finds that the `usage` stands alone.
    ///
    /// # Errors
    /// As [`Usage::from_json`].
    pub fn deserialize_as<'de, D>(format: Option<Format>, mut body: impl FnMut() -> D) -> Result<Self, Error>
    where
        D: serde::Deserializer<'de>,
    {
        let body = std::cell::RefCell::new(&mut body);
        let bad = |error: D::Error| Error::bad_usage(format!("the body could not be read: {error}"));
        read::usage(format, &mut |place| lenient::fill(place, (body.borrow_mut())()).map_err(bad), &mut |place| {
            lenient::fill(place, (body.borrow_mut())()).map_err(bad)
        })
    }

    /// Checks that no part is more than the whole it is a part of.
    ///
    /// # Errors
    /// [`Error::is_bad_usage`], with both numbers.
    pub fn check(&self) -> Result<(), Error> {
        let sum = |parts: &[u64]| parts.iter().try_fold(0_u64, |sum, part| sum.checked_add(*part));
        let all_within = |name: &str, parts: &[u64], of: &str, whole: u64| match sum(parts) {
            Some(sum) => within(name, sum, of, whole),
            None => Err(Error::bad_usage(format!("{name} is more than 64 bits hold"))),
        };
        let cached = [self.cache_read, self.cache_write, self.cache_write_1h];
        if cached[1..] == [0, 0] {
            within("cache_read", self.cache_read, "input_tokens", self.input_tokens)?;
        } else {
            all_within("cache_read + cache_write", &cached, "input_tokens", self.input_tokens)?;
        }
        let heard_and_seen = [self.input_audio, self.input_image, self.input_video];
        all_within("input of audio, image and video", &heard_and_seen, "input_tokens", self.input_tokens)?;
        let cached_by = [self.cache_read_audio, self.cache_read_image, self.cache_read_video];
        all_within("cache_read of audio, image and video", &cached_by, "cache_read", self.cache_read)?;
        within("cache_read_audio", self.cache_read_audio, "input_audio", self.input_audio)?;
        within("cache_read_image", self.cache_read_image, "input_image", self.input_image)?;
        within("cache_read_video", self.cache_read_video, "input_video", self.input_video)?;
        within("reasoning_tokens", self.reasoning_tokens, "output_tokens", self.output_tokens)?;
        let made = [self.output_audio, self.output_image, self.output_video, self.citation_tokens];
        all_within("output of audio, image, video and citations", &made, "output_tokens", self.output_tokens)
    }

    /// Says whether it has any tokens.
    #[must_use]
    pub fn has_tokens(&self) -> bool {
        self.input_tokens != 0 || self.output_tokens != 0
    }
}

/// Says whether a part is no more than its whole.
#[inline]
fn within(name: &str, part: u64, of: &str, whole: u64) -> Result<(), Error> {
    #[cold]
    fn over(name: &str, part: u64, of: &str, whole: u64) -> Error {
        Error::bad_usage(format!("{name} ({part}) is more than the {of} ({whole}) it is a part of"))
    }
    if part <= whole { Ok(()) } else { Err(over(name, part, of, whole)) }
}
