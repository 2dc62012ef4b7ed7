//! What comes in from Python: text, token ids, days, and words that become enums at once.

use crate::exceptions::{at_index, invalid_value, raise, unknown_token};
use pyo3::exceptions::{PyOverflowError, PyTypeError, PyUnicodeEncodeError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{
    PyBytes, PyDate, PyDateAccess, PyDateTime, PyDict, PyList, PyString, PyTimeAccess, PyType, PyTzInfo, PyTzInfoAccess,
};
use std::borrow::Cow;
use std::fmt::Display;
use std::num::NonZeroUsize;
use tokenfare::{Date, InvalidUtf8, Side, Specials, text_of};

/// Makes the exception of an argument of another type.
pub(crate) fn wrong_type(name: impl Display, wanted: &str, got: &Bound<'_, PyAny>) -> PyErr {
    match got.get_type().name() {
        Ok(got) => PyTypeError::new_err(format!("`{name}` must be {wanted}, not `{got}`")),
        Err(error) => error,
    }
}

/// Reads an argument as text: `str`, or `bytes` that are UTF-8. Borrows it unless it has to be repaired.
pub(crate) fn text<'a>(name: impl Display, value: &'a Bound<'_, PyAny>, errors: Errors) -> PyResult<Cow<'a, str>> {
    if let Ok(text) = value.cast::<PyString>() {
        str_text(text)
    } else if let Ok(bytes) = value.cast::<PyBytes>() {
        text_of(bytes.as_bytes(), errors.0).map_err(raise)
    } else {
        Err(wrong_type(name, "`str` or `bytes`", value))
    }
}

/// Reads an argument as `bytes`.
pub(crate) fn bytes<'a>(name: impl Display, value: &'a Bound<'_, PyAny>) -> PyResult<&'a [u8]> {
    match value.cast::<PyBytes>() {
        Ok(bytes) => Ok(bytes.as_bytes()),
        Err(_) => Err(wrong_type(name, "`bytes`", value)),
    }
}

/// Reads an argument as the content of a text file: `bytes`, or `str`.
pub(crate) fn file<'a>(name: impl Display, value: &'a Bound<'_, PyAny>) -> PyResult<Cow<'a, [u8]>> {
    if let Ok(bytes) = value.cast::<PyBytes>() {
        return Ok(Cow::Borrowed(bytes.as_bytes()));
    }
    Ok(match text(name, value, Errors::default())? {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    })
}

/// Reads the items of an argument as text, as [`text`] does; the items are `held`.
pub(crate) fn texts<'a>(held: &'a [Bound<'_, PyAny>], errors: Errors) -> PyResult<Vec<Cow<'a, str>>> {
    let text = |(i, item)| text(format_args!("texts[{i}]"), item, errors).map_err(|error| at_index(error, i));
    held.iter().enumerate().map(text).collect()
}

/// Takes hold of the items of an argument, which may be any iterable but a text.
pub(crate) fn items<'py>(name: impl Display, of: &str, value: &Bound<'py, PyAny>) -> PyResult<Vec<Bound<'py, PyAny>>> {
    if let Ok(list) = value.cast::<PyList>() {
        return Ok(list.iter().collect());
    }
    let wanted = || wrong_type(name, &format!("an iterable of {of}"), value);
    if value.is_instance_of::<PyString>() || value.is_instance_of::<PyBytes>() {
        return Err(wanted());
    }
    match value.try_iter() {
        Ok(items) => items.collect(),
        Err(error) if error.is_instance_of::<PyTypeError>(value.py()) => Err(wanted()),
        Err(error) => Err(error),
    }
}

/// Reads a `str`. Two surrogates that make a pair are the character they stand for, any other is U+FFFD.
pub(crate) fn str_text<'a>(text: &'a Bound<'_, PyString>) -> PyResult<Cow<'a, str>> {
    match text.to_str() {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(error) if error.is_instance_of::<PyUnicodeEncodeError>(text.py()) => {
            Ok(Cow::Owned(String::from_utf16_lossy(&utf16(text)?)))
        }
        Err(error) => Err(error),
    }
}

/// Returns the UTF-16 of a `str`, surrogates as they are.
pub(crate) fn utf16(text: &Bound<'_, PyString>) -> PyResult<Vec<u16>> {
    let bytes = text.call_method1("encode", ("utf-16-le", "surrogatepass"))?;
    let bytes = bytes.cast::<PyBytes>()?.as_bytes();
    Ok(bytes.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]])).collect())
}

/// Reads an argument as `str`.
pub(crate) fn word<'a>(name: impl Display, value: &'a Bound<'_, PyAny>) -> PyResult<Cow<'a, str>> {
    match value.cast::<PyString>() {
        Ok(text) => str_text(text),
        Err(_) => Err(wrong_type(name, "`str`", value)),
    }
}

/// Reads an argument as a number of things.
pub(crate) fn number<'py, T>(name: impl Display, value: &Bound<'py, PyAny>) -> PyResult<T>
where
    T: for<'a> FromPyObject<'a, 'py, Error = PyErr>,
{
    let beyond = |name| invalid_value(&format!("`{name}` must be a whole number from 0, not `{value}`"));
    whole(name, value, beyond)
}

/// Reads an argument as token ids.
pub(crate) fn ids(encoding: &str, value: &Bound<'_, PyAny>) -> PyResult<Vec<u32>> {
    let items = items("ids", "`int`", value)?;
    items.iter().enumerate().map(|(i, item)| id(format_args!("ids[{i}]"), encoding, item)).collect()
}

/// Reads an argument as a token id.
pub(crate) fn id(name: impl Display, encoding: &str, value: &Bound<'_, PyAny>) -> PyResult<u32> {
    whole(name, value, |_| unknown_token(encoding, value))
}

/// Reads a whole number; one that `T` does not hold is an error of the caller's making.
fn whole<'py, T, N: Display>(name: N, value: &Bound<'py, PyAny>, beyond: impl FnOnce(N) -> PyErr) -> PyResult<T>
where
    T: for<'a> FromPyObject<'a, 'py, Error = PyErr>,
{
    value.extract::<T>().map_err(|error| {
        if error.is_instance_of::<PyOverflowError>(value.py()) {
            beyond(name)
        } else if error.is_instance_of::<PyTypeError>(value.py()) {
            wrong_type(name, "`int`", value)
        } else {
            error
        }
    })
}

/// `errors`: what to do with bytes that are not UTF-8.
#[derive(Clone, Copy, Default)]
pub(crate) struct Errors(pub(crate) InvalidUtf8);

impl FromPyObject<'_, '_> for Errors {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        match &*word("errors", &value)? {
            "strict" => Ok(Self(InvalidUtf8::Refuse)),
            "replace" => Ok(Self(InvalidUtf8::Replace)),
            other => Err(unknown_word("errors", other, &["strict", "replace"])),
        }
    }
}

/// `side`: on which side something is cut off.
#[derive(Clone, Copy)]
pub(crate) struct CutSide(pub(crate) Side);

impl CutSide {
    pub(crate) const END: Self = Self(Side::End);
}

impl FromPyObject<'_, '_> for CutSide {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        match &*word("side", &value)? {
            "start" => Ok(Self(Side::Start)),
            "end" => Ok(Self(Side::End)),
            other => Err(unknown_word("side", other, &["start", "end"])),
        }
    }
}

/// Makes the exception of a word that is none of those known.
pub(crate) fn unknown_word(name: &str, word: &str, known: &[&str]) -> PyErr {
    let known: Vec<String> = known.iter().map(|known| format!("`{known}`")).collect();
    invalid_value(&format!("`{name}` must be {}, not `{word}`", known.join(" or ")))
}

/// `threads`: how many to work on.
pub(crate) fn threads(value: Option<&Bound<'_, PyAny>>) -> PyResult<Option<NonZeroUsize>> {
    let Some(value) = value else { return Ok(None) };
    match NonZeroUsize::new(number("threads", value)?) {
        Some(threads) => Ok(Some(threads)),
        None => Err(invalid_value("`threads` must be at least 1; leave it out for all processors")),
    }
}

/// `allow` and `refuse`: the special tokens that are tokens in a text, and those that are errors in it.
pub(crate) fn specials(
    allow: Option<&Bound<'_, PyAny>>,
    refuse: Option<&Bound<'_, PyAny>>,
) -> PyResult<Option<Specials>> {
    let (allow, refuse) = match (allow, refuse) {
        (None, None) => return Ok(None),
        (allow, refuse) => (Names::of("allow", allow)?, Names::of("refuse", refuse)?),
    };
    let (base, allow, refuse) = match (allow, refuse) {
        (Names::All, Names::All) => {
            return Err(invalid_value("special tokens cannot all be allowed and all be refused"));
        }
        (Names::All, Names::These(refuse)) => (Specials::allow_all(), Vec::new(), refuse),
        (Names::These(allow), Names::All) => (Specials::refuse_all(), allow, Vec::new()),
        (Names::These(allow), Names::These(refuse)) => (Specials::ordinary(), allow, refuse),
    };
    if let Some(both) = allow.iter().find(|name| refuse.contains(name)) {
        return Err(invalid_value(&format!("the special token `{both}` cannot be both allowed and refused")));
    }
    let specials = allow.into_iter().fold(base, Specials::allow);
    Ok(Some(refuse.into_iter().fold(specials, Specials::refuse)))
}

/// `special_tokens`: names and ids.
pub(crate) fn special_tokens(value: Option<&Bound<'_, PyAny>>) -> PyResult<Vec<(String, u32)>> {
    let Some(value) = value else { return Ok(Vec::new()) };
    let Ok(tokens) = value.cast::<PyDict>() else {
        return Err(wrong_type("special_tokens", "a `dict` of names and ids", value));
    };
    let token = |(key, id): (Bound<'_, PyAny>, Bound<'_, PyAny>)| {
        let name = word("a key of special_tokens", &key)?.into_owned();
        let id = number(format_args!("special_tokens[{name:?}]"), &id)?;
        Ok((name, id))
    };
    tokens.iter().map(token).collect()
}

/// Reads the entries of an argument that is a `dict` with names, or nothing.
pub(crate) fn entries<'py>(
    name: &str,
    value: Option<&Bound<'py, PyAny>>,
) -> PyResult<Vec<(String, Bound<'py, PyAny>)>> {
    let Some(value) = value else { return Ok(Vec::new()) };
    let Ok(entries) = value.cast::<PyDict>() else { return Err(wrong_type(name, "a `dict`", value)) };
    let entry = |(key, value): (Bound<'py, PyAny>, Bound<'py, PyAny>)| {
        Ok((word(format_args!("a key of {name}"), &key)?.into_owned(), value))
    };
    entries.iter().map(entry).collect()
}

/// Names of special tokens.
enum Names {
    All,
    These(Vec<String>),
}

impl Names {
    fn of(name: &str, value: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let Some(value) = value else { return Ok(Self::These(Vec::new())) };
        if let Ok(text) = value.cast::<PyString>() {
            return match &*str_text(text)? {
                "all" => Ok(Self::All),
                other => Err(invalid_value(&format!(
                    "`{name}` must be `all` or a set of special tokens, not the text `{other}`"
                ))),
            };
        }
        let names = items(name, "`str`", value)?;
        let names = names.iter().map(|item| Ok(word(format_args!("an item of {name}"), item)?.into_owned()));
        Ok(Self::These(names.collect::<PyResult<_>>()?))
    }
}

/// `at`: the day, in UTC, of an ISO 8601 text, a `date` or a `datetime`. A time without a zone is in UTC.
pub(crate) fn day(value: &Bound<'_, PyAny>) -> PyResult<Date> {
    Ok(moment(value)?.0)
}

/// `at`: the day, as [`day`] has it, and the minute of the day, if there is one.
pub(crate) fn moment(value: &Bound<'_, PyAny>) -> PyResult<(Date, Option<u16>)> {
    let py = value.py();
    if let Ok(text) = value.cast::<PyString>() {
        let text = str_text(text)?;
        return match text.parse::<Date>() {
            Ok(date) => Ok((date, None)),
            // Only a day and a time apart by `T` or a space, whatever else this version of Python reads.
            Err(error) if matches!(text.as_bytes().get(10), Some(b'T' | b't' | b' ')) => {
                static DATETIME: PyOnceLock<Py<PyType>> = PyOnceLock::new();
                let datetime = DATETIME.import(py, "datetime", "datetime")?;
                // Python 3.10 does not know `Z`.
                let text =
                    text.strip_suffix(['Z', 'z']).map_or(Cow::Borrowed(&*text), |text| format!("{text}+00:00").into());
                match datetime.call_method1("fromisoformat", (&*text,)) {
                    Ok(time) => moment(&time),
                    Err(_) => Err(raise(error)),
                }
            }
            Err(error) => Err(raise(error)),
        };
    }
    if let Ok(time) = value.cast::<PyDateTime>() {
        if time.get_tzinfo().is_some() {
            let in_utc = time.call_method1("astimezone", (PyTzInfo::utc(py)?,))?;
            return moment_of(in_utc.cast::<PyDateTime>()?);
        }
        return moment_of(time);
    }
    match value.cast::<PyDate>() {
        Ok(date) => Ok((day_of(date)?, None)),
        Err(_) => Err(wrong_type("at", "`str`, `date` or `datetime`", value)),
    }
}

fn moment_of(time: &Bound<'_, PyDateTime>) -> PyResult<(Date, Option<u16>)> {
    let minute = u16::from(time.get_hour()) * 60 + u16::from(time.get_minute());
    Ok((day_of(time.cast::<PyDate>()?)?, Some(minute)))
}

fn day_of(date: &Bound<'_, PyDate>) -> PyResult<Date> {
    let year = u16::try_from(date.get_year()).expect("Python's years are 1 to 9999");
    Date::new(year, date.get_month(), date.get_day()).map_err(raise)
}
