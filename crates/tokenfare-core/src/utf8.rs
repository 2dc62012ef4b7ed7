//! Bytes to text: valid UTF-8, or an error with its place, or replacement on request.

use crate::error::{Error, Kind};
use std::borrow::Cow;

/// What to do with bytes that are not UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum InvalidUtf8 {
    /// Refuse them, with the offset of the first.
    #[default]
    Refuse,
    /// Count each longest beginning of a character as one U+FFFD, as Python's `errors="replace"` does.
    Replace,
}

/// Reads bytes as text.
///
/// ```
/// use tokenfare_core::{InvalidUtf8, text_of};
/// assert_eq!(text_of(b"caf\xc3\xa9", InvalidUtf8::Refuse)?, "café");
/// assert_eq!(text_of(b"caf\xc3", InvalidUtf8::Refuse).unwrap_err().offset(), Some(3));
/// assert_eq!(text_of(b"caf\xc3", InvalidUtf8::Replace)?, "caf\u{FFFD}");
/// # Ok::<(), tokenfare_core::Error>(())
/// ```
///
/// # Errors
///
/// If the bytes are not UTF-8 and `invalid` is [`InvalidUtf8::Refuse`].
pub fn text_of(bytes: &[u8], invalid: InvalidUtf8) -> Result<Cow<'_, str>, Error> {
    match invalid {
        InvalidUtf8::Replace => Ok(String::from_utf8_lossy(bytes)),
        InvalidUtf8::Refuse => match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Cow::Borrowed(text)),
            Err(error) => Err(Error::new(Kind::InvalidUtf8 { offset: error.valid_up_to() })),
        },
    }
}
