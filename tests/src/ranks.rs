//! The packed vocabularies, read without the engine: tokens by rank, ranks by token, and the published file again.

use base64::Engine as _;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

/// The ranks of one published vocabulary.
pub struct Ranks {
    /// The name of the vocabulary.
    pub name: &'static str,
    /// The token of each rank; empty is a hole.
    pub tokens: Vec<&'static [u8]>,
    /// The rank of each token.
    pub of: HashMap<&'static [u8], u32>,
}

/// The four vocabularies that have ranks of their own.
pub const BASES: [&str; 4] = ["r50k_base", "p50k_base", "cl100k_base", "o200k_base"];

static ALL: LazyLock<[Ranks; 4]> = LazyLock::new(|| {
    [
        Ranks::unpack(BASES[0], include_bytes!("../../crates/tokenfare-vocab/data/r50k_base.ranks")),
        Ranks::unpack(BASES[1], include_bytes!("../../crates/tokenfare-vocab/data/p50k_base.ranks")),
        Ranks::unpack(BASES[2], include_bytes!("../../crates/tokenfare-vocab/data/cl100k_base.ranks")),
        Ranks::unpack(BASES[3], include_bytes!("../../crates/tokenfare-vocab/data/o200k_base.ranks")),
    ]
});

/// Returns the ranks of one of [`BASES`].
///
/// # Panics
///
/// If `base` is not one of them.
#[must_use]
pub fn ranks(base: &str) -> &'static Ranks {
    ALL.iter().find(|ranks| ranks.name == base).expect("the name is one of BASES")
}

impl Ranks {
    /// For each rank in order, the length of its token in a byte and the token; length 0 is a hole.
    fn unpack(name: &'static str, packed: &'static [u8]) -> Self {
        let mut tokens = Vec::new();
        let mut rest = packed;
        while let Some((&length, after)) = rest.split_first() {
            let (token, after) = after.split_at(usize::from(length));
            tokens.push(token);
            rest = after;
        }
        let of =
            (0..).zip(&tokens).filter(|(_, token)| !token.is_empty()).map(|(rank, &token)| (token, rank)).collect();
        Self { name, tokens, of }
    }

    /// Writes the `.tiktoken` file: a line per token, its bytes in base64, a space, its rank.
    #[must_use]
    pub fn tiktoken_file(&self) -> String {
        tiktoken_file(&self.tokens)
    }
}

/// Writes a `.tiktoken` file of these tokens by rank; empty is a hole.
///
/// # Panics
///
/// Never: writing to a string cannot fail.
#[must_use]
pub fn tiktoken_file(tokens: &[impl AsRef<[u8]>]) -> String {
    let base64 = base64::engine::general_purpose::STANDARD;
    let mut file = String::new();
    for (rank, token) in tokens.iter().enumerate() {
        if !token.as_ref().is_empty() {
            writeln!(file, "{} {rank}", base64.encode(token)).expect("writing to a string cannot fail");
        }
    }
    file
}
