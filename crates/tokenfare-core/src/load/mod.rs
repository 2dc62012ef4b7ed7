//! Loading a vocabulary that is not embedded: a `.tiktoken` file, or (feature `json`) a Hugging Face `tokenizer.json`.

mod tiktoken;

use crate::encoding::Stretch;
use std::borrow::Cow;

/// What a loaded tokenizer does to a text before it is split.
pub(crate) struct Front {}

impl Front {
    /// Hands on the text in stretches.
    pub(crate) fn stretches<'t>(&self, text: &'t str, each: &mut dyn FnMut(Stretch<'t>)) {
        each(Stretch::Text(Cow::Borrowed(text)));
    }

    /// The text as it is before it is split: where tokens lie is said of this text.
    pub(crate) fn normalize<'t>(&self, text: &'t str) -> Cow<'t, str> {
        Cow::Borrowed(text)
    }

    /// The name of a token that was added to the vocabulary.
    pub(crate) fn name(&self, _: u32) -> Option<&str> {
        None
    }
}
