//! Every encoding that a promise is held for: the embedded ones, and one loaded for each pattern that none of them has.

use crate::ranks::ranks;
use crate::reference::ENCODINGS;
use std::sync::LazyLock;
use tokenfare::{Encoding, Pattern};

/// Returns every encoding: the embedded ones, then the ranks of `r50k_base` with the other patterns.
pub fn every() -> impl Iterator<Item = &'static Encoding> {
    ENCODINGS.iter().map(|known| known.ours()).chain(LOADED.iter())
}

/// Returns one encoding for each pattern.
pub fn one_a_pattern() -> impl Iterator<Item = &'static Encoding> {
    Pattern::ALL.into_iter().filter_map(|pattern| every().find(|encoding| encoding.pattern() == pattern))
}

static LOADED: LazyLock<Vec<Encoding>> = LazyLock::new(|| {
    let file = ranks("r50k_base").tiktoken_file();
    let load = |pattern: Pattern| {
        Encoding::from_tiktoken(pattern.name(), file.as_bytes(), pattern, vec![])
            .expect("a published file is a vocabulary")
    };
    let embedded = |pattern: &Pattern| ENCODINGS.iter().any(|known| known.pattern == *pattern);
    Pattern::ALL.into_iter().filter(|pattern| !embedded(pattern)).map(load).collect()
});
