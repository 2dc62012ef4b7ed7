//! Lists of files, one on a line or with a NUL after each.

use crate::error::Error;
use crate::source::Input;
use std::io::BufRead;
use std::path::PathBuf;

/// Reads a list of files: one on a line, or with a NUL after each if `null`. Empty names are left out.
/// Nothing comes after an error.
///
/// A name is the bytes it is written with, where the system has bytes for names.
///
/// ```
/// use tokenfare_corpus::{Input, listed};
///
/// let inputs: Vec<Input> = listed(&b"a b\nc\n"[..], false).collect::<Result<_, _>>()?;
/// assert_eq!(inputs, [Input::Listed("a b".into()), Input::Listed("c".into())]);
/// # Ok::<(), tokenfare_corpus::Error>(())
/// ```
pub fn listed(list: impl BufRead, null: bool) -> impl Iterator<Item = Result<Input, Error>> {
    let mut ended = false;
    list.split(if null { b'\0' } else { b'\n' })
        .map(move |name| {
            let mut name = name?;
            if cfg!(windows) && !null && name.ends_with(b"\r") {
                name.pop();
            }
            path(name).map(Input::Listed)
        })
        .filter(|input| !matches!(input, Ok(Input::Listed(path)) if path.as_os_str().is_empty()))
        // Some lists, a directory for one, fail at every attempt.
        .take_while(move |input| !std::mem::replace(&mut ended, input.is_err()))
}

#[cfg(unix)]
fn path(name: Vec<u8>) -> Result<PathBuf, Error> {
    use std::os::unix::ffi::OsStringExt;
    Ok(std::ffi::OsString::from_vec(name).into())
}

#[cfg(not(unix))]
fn path(name: Vec<u8>) -> Result<PathBuf, Error> {
    use std::io::{Error as IoError, ErrorKind};
    String::from_utf8(name)
        .map(PathBuf::from)
        .map_err(|_| IoError::new(ErrorKind::InvalidData, "a name in the list is not UTF-8").into())
}
