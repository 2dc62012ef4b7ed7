//! Counts the tokens of text, offline and exactly, checks them against a model's window, and says what they cost.
//!
//! ```
//! let o200k = tokenfare::encoding("o200k_base")?; // a `&'static Encoding`: nothing is parsed or downloaded
//! assert_eq!(o200k.count("hello world"), 2);
//! assert_eq!(o200k.encode("hello world"), [24912, 2375]);
//! assert_eq!(o200k.decode(&[24912, 2375])?, "hello world");
//! assert!(!o200k.count_up_to("a text that may be very long", 3).fits());
//! assert_eq!(o200k.count_batch(&["one", "one two"]), [1, 2]); // on all processors
//!
//! let model = tokenfare::model("gpt-4o-mini")?;
//! let tokens = model.encoding()?.count("hello world");
//! let cost = model.input_cost(tokens as u64, "2026-11-20".parse()?)?;
//! assert_eq!(cost.to_string(), "0.0000003"); // exact, in US dollars
//! assert_eq!(model.context_window(), Some(128_000));
//! # Ok::<(), tokenfare::Error>(())
//! ```
//!
//! - [`encoding`] gives an embedded [`Encoding`] by name: counting, encoding, decoding, special tokens, truncation,
//!   chunks, offsets, growing texts, batches.
//! - [`model`] gives a [`Model`] by id or alias: its encoding, its window, its dated prices.
//! - [`Request`] reads a request as it is sent, and [`count_request`] or [`Model::count_request`] counts it as it is billed:
//!   a [`Count`] with its bounds and its parts. [`Window`] compares it with the model's limits, [`Conversation`] counts what
//!   grows, [`Model::count_output`] a finished answer, [`Calibration`] compares with bills.
//! - [`estimate_text`] counts a text for any model: where the vocabulary is not public, with bounds.
//! - [`Usage`] reads what a request used from what any provider returns; [`Pricer`] says what that cost, line by line, as a
//!   [`Cost`]; [`Report`] adds many up.
//!
//! Budgets are being built on these; they are not in this version.
//!
//! # Features
//!
//! Each embedded vocabulary is a feature of its name, all on by default; `rayon` (default) gives batches all processors;
//! `json` loads Hugging Face `tokenizer.json` files; `read` lays files of prices over the bundled ones; `claude` embeds
//! Anthropic's first vocabulary, which makes the estimates for Claude closer.
#![forbid(unsafe_code)]

mod at;
mod calibrate;
mod cost;
mod counting;
mod encoding;
mod error;
mod estimate;
mod format;
mod model;
mod report;
mod request;
mod tally;
mod usage;

pub use at::At;
pub use calibrate::{Billed, Calibration, Category, Correction, billed_input};
pub use cost::{Compared, Cost, Line, Pricer};
pub use counting::{Answer, Conversation, Framing, Hints, Limit, Overrun, Renderer, Window, count_request, model_for};
pub use encoding::{DEFAULT_ENCODING, encoding, encodings};
pub use error::Error;
pub use estimate::estimate_text;
pub use format::Format;
pub use model::{Model, model, model_at, model_of, models, today};
pub use report::{By, Report, Sums};
pub use request::{Json, Media, Number, Object, Request};
pub use tally::{Count, Exactness, Part, PartKind, UnknownWord};
#[cfg(feature = "read")]
pub use tokenfare_catalog::read;
pub use tokenfare_catalog::{
    Alias, Card, Catalog, Date, Effort, Endpoint, Kind, Limits, Meter, Modality, Money, Price, Rate, Rates, Ratio,
    Reasoning, Resolved, Terms, Tier,
};
pub use tokenfare_core::{
    Chunk, Counter, Encoding, InvalidUtf8, Pattern, Side, Specials, Token, UpTo, forget, text_of,
};
pub use usage::{Asked, Fee, Reported, Usage};
