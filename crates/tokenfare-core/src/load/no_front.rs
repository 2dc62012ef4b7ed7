//! The front of a build without the feature `json`: there is none, so every method is one that is never called.

use crate::encoding::Stretch;
use crate::error::Error;
use crate::special::Specials;
use std::borrow::Cow;

/// Only a `tokenizer.json` has a front.
pub(crate) enum Front {}

impl Front {
    pub(crate) fn stretches<'t>(&self, _: &'t str, _: &mut dyn FnMut(Stretch<'t>)) {
        match *self {}
    }

    pub(crate) fn stretches_with<'t>(
        &self,
        _: &'t str,
        _: Option<&Specials>,
        _: &mut dyn FnMut(Stretch<'t>),
    ) -> Result<(), Error> {
        match *self {}
    }

    pub(crate) fn normalize<'t>(&self, _: &'t str) -> Cow<'t, str> {
        match *self {}
    }

    pub(crate) fn cuts(&self, _: &str) -> Vec<(usize, usize)> {
        match *self {}
    }

    pub(crate) fn last_seam(&self, _: &str) -> Option<usize> {
        match *self {}
    }

    pub(crate) fn name(&self, _: u32) -> Option<&str> {
        match *self {}
    }

    pub(crate) fn tokens(&self) -> std::iter::Empty<(&str, u32)> {
        match *self {}
    }
}
