//! The reference, tiktoken-rs, beside our encoding of the same name.

use crate::ranks::{Ranks, ranks};
use tiktoken_rs::CoreBPE;
use tokenfare::{Encoding, Pattern};

/// The reference and its version, as the vectors record it.
pub const NAME: &str = "tiktoken-rs 0.12.1";

/// An embedded encoding and everything it is compared with.
#[derive(Clone, Copy)]
pub struct Known {
    /// The name of the encoding.
    pub name: &'static str,
    /// The vocabulary whose ranks it has.
    pub base: &'static str,
    /// The pattern it splits with.
    pub pattern: Pattern,
    reference: fn() -> &'static CoreBPE,
}

/// Every embedded encoding.
pub static ENCODINGS: [Known; 6] = [
    Known { name: "r50k_base", base: "r50k_base", pattern: Pattern::Gpt2, reference: tiktoken_rs::r50k_base_singleton },
    Known { name: "p50k_base", base: "p50k_base", pattern: Pattern::Gpt2, reference: tiktoken_rs::p50k_base_singleton },
    Known { name: "p50k_edit", base: "p50k_base", pattern: Pattern::Gpt2, reference: tiktoken_rs::p50k_edit_singleton },
    Known {
        name: "cl100k_base",
        base: "cl100k_base",
        pattern: Pattern::Cl100k,
        reference: tiktoken_rs::cl100k_base_singleton,
    },
    Known {
        name: "o200k_base",
        base: "o200k_base",
        pattern: Pattern::O200k,
        reference: tiktoken_rs::o200k_base_singleton,
    },
    Known {
        name: "o200k_harmony",
        base: "o200k_base",
        pattern: Pattern::O200k,
        reference: tiktoken_rs::o200k_harmony_singleton,
    },
];

/// Returns the encoding of this name.
///
/// # Panics
///
/// If there is none.
#[must_use]
pub fn known(name: &str) -> &'static Known {
    ENCODINGS.iter().find(|known| known.name == name).expect("the name is that of an embedded encoding")
}

impl Known {
    /// Returns our encoding.
    ///
    /// # Panics
    ///
    /// If there is none of this name.
    #[must_use]
    pub fn ours(&self) -> &'static Encoding {
        tokenfare::encoding(self.name).expect("every encoding of the reference is embedded")
    }

    /// Returns the reference's encoding.
    #[must_use]
    pub fn reference(&self) -> &'static CoreBPE {
        (self.reference)()
    }

    /// Returns the ranks, read without the engine.
    #[must_use]
    pub fn ranks(&self) -> &'static Ranks {
        ranks(self.base)
    }
}
