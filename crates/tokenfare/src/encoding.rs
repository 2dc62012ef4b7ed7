//! The embedded encodings by name.

use crate::error::Error;
use std::sync::LazyLock;
use tokenfare_core::Encoding;

/// The name of the encoding that is used where neither a model nor an encoding is named.
pub const DEFAULT_ENCODING: &str = "o200k_base";

/// Every embedded encoding. Opening one is a few slices of its tables and the list of its special tokens.
static ENCODINGS: LazyLock<Vec<Encoding>> = LazyLock::new(|| {
    let open = |vocabulary: &'static tokenfare_vocab::Vocabulary| {
        let pattern = vocabulary.pattern.parse().expect("the vocabularies name patterns of the engine");
        Encoding::embedded(vocabulary.name, pattern, vocabulary.block, vocabulary.specials())
            .expect("the tables were laid out by the engine of this version")
    };
    tokenfare_vocab::names().filter_map(tokenfare_vocab::get).map(open).collect()
});

/// Returns an embedded encoding; `gpt2` is another name of `r50k_base`.
///
/// ```
/// let o200k = tokenfare::encoding("o200k_base")?;
/// assert_eq!(o200k.count("hello world"), 2);
/// # Ok::<(), tokenfare::Error>(())
/// ```
///
/// # Errors
///
/// If there is none of this name: [`Error::is_unknown_encoding`], with [`Error::suggestions`].
pub fn encoding(name: &str) -> Result<&'static Encoding, Error> {
    let name = tokenfare_vocab::get(name).map_or(name, |vocabulary| vocabulary.name);
    ENCODINGS.iter().find(|encoding| encoding.name() == name).ok_or_else(|| Error::unknown_encoding(name, encodings()))
}

/// Returns the names of the embedded encodings.
pub fn encodings() -> impl Iterator<Item = &'static str> {
    tokenfare_vocab::names()
}
