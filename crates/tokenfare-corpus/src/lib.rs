//! Documents at scale: where they come from, how they are read, what their counts add up to.
//!
//! ```
//! use std::ops::ControlFlow;
//! use tokenfare_corpus::{Counting, Input, Outcome, Total, Walk, sources};
//!
//! # let root = std::env::temp_dir().join(format!("tokenfare-corpus-{}", std::process::id()));
//! # std::fs::create_dir_all(&root)?;
//! # std::fs::write(root.join("a.txt"), "hello world")?;
//! # std::fs::write(root.join("b.png"), b"\x89PNG\0")?;
//! let counting = Counting::new(tokenfare::encoding("o200k_base")?);
//! let mut total = Total::default();
//! let _ = counting.run(sources([Input::Path(root.clone())], Walk::default()), |document| {
//!     match document.outcome {
//!         Outcome::Counted(counted) => total.add(counted),
//!         Outcome::Skipped(why) => assert_eq!(why.to_string(), "binary"),
//!         Outcome::Failed(error) => panic!("{error}"),
//!         Outcome::Warned(_) => {}
//!     }
//!     ControlFlow::<()>::Continue(())
//! });
//! assert_eq!((total.files, total.bytes, total.tokens), (1, 11, 2));
//! # std::fs::remove_dir_all(root)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! - [`sources`] finds documents: it takes files and standard input as they are and walks directories; [`listed`] reads
//!   a list of files.
//! - [`Counting`] reads and counts them on all processors, in order, in bounded memory, and loses none: each one is
//!   counted, skipped for a reason, or failed with an [`Error`].
//! - [`Total`], [`Groups`] and [`Share`] say what the counts come to.
#![forbid(unsafe_code)]

mod count;
mod document;
mod error;
mod list;
mod source;
mod total;
mod walk;

pub use count::Counting;
pub use document::{Counted, Document, Name, Outcome, Skip};
pub use error::Error;
pub use list::listed;
pub use source::{Input, Source, sources};
pub use total::{By, Groups, Share, Total};
pub use walk::Walk;
