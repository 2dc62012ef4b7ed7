//! The models tokenfare knows, what they cost and when, and the exact money that is counted in.
//!
//! ```
//! use tokenfare_catalog::{Catalog, Meter, Money};
//!
//! let model = Catalog::bundled().model("o3-mini")?;
//! let on = "2026-11-20".parse()?;
//! let cost = Money::checked_sum([
//!     model.rate_at(Meter::Input, on)?.cost(1_000)?,
//!     model.rate_at(Meter::Output, on)?.cost(5_000)?,
//! ])?;
//! assert_eq!(cost.to_string(), "0.0231");
//! # Ok::<(), tokenfare_catalog::Error>(())
//! ```
//!
//! - [`Catalog`] finds a [`Model`] by id or alias, on a day or now, of a provider or of whoever makes it.
//! - A [`Model`] has limits and dated prices; a [`Price`] has a [`Rate`] for each [`Meter`], and cards that change them under
//!   [`Terms`]: a tier, a long prompt, an hour of the day, a region.
//! - [`Rate`] times an amount is [`Money`]: whole numbers throughout, never a float.
//!
//! The truth is `data/*.toml`, in the form that `FORMAT.md` describes; `generated.rs` is the static table made of it, so that
//! nothing is parsed at run time. The feature `read` adds the module `read`: the reader of such files, the rules they keep,
//! and catalogs laid over the bundled one.
#![forbid(unsafe_code)]

mod catalog;
mod date;
mod error;
#[rustfmt::skip] // written in the shape of its data
mod generated;
mod glob;
mod model;
mod money;
mod price;
mod rate;
#[cfg(feature = "read")]
pub mod read;
mod table;
mod word;

pub use catalog::{Catalog, Resolved};
pub use date::Date;
pub use error::Error;
pub use model::{Alias, Limits, Model};
pub use money::Money;
pub use price::{Card, Price, Rates, Terms};
pub use rate::{Rate, Ratio};
pub use word::{Effort, Endpoint, Kind, Meter, Modality, Reasoning, Tier};
