//! Writing JSON as the servers do before they count it.

use crate::request::json::{Json, Number};
use std::fmt::Write;

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Style {
    /// A blank behind colons and commas.
    pub(crate) spaced: bool,
    /// What is not ASCII as `\u` and four digits.
    pub(crate) ascii: bool,
}

/// Without blanks, characters as they are.
pub(crate) const COMPACT: Style = Style { spaced: false, ascii: false };
/// Without blanks, ASCII alone.
pub(crate) const COMPACT_ASCII: Style = Style { spaced: false, ascii: true };
/// As Python's `json.dumps` writes it by default.
pub(crate) const SPACED_ASCII: Style = Style { spaced: true, ascii: true };
/// As Python's `json.dumps` with `ensure_ascii=False`.
pub(crate) const SPACED: Style = Style { spaced: true, ascii: false };

/// Writes a value at the end of a text.
pub(crate) fn write(value: &Json<'_>, style: Style, out: &mut String) {
    match value {
        Json::Null => out.push_str("null"),
        Json::Bool(true) => out.push_str("true"),
        Json::Bool(false) => out.push_str("false"),
        Json::Number(number) => write_number(*number, out),
        Json::Text(text) => write_text(text, style, out),
        Json::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    comma(style, out);
                }
                write(item, style, out);
            }
            out.push(']');
        }
        Json::Object(members) => {
            out.push('{');
            for (i, (key, value)) in members.iter().enumerate() {
                if i > 0 {
                    comma(style, out);
                }
                write_text(key, style, out);
                colon(style, out);
                write(value, style, out);
            }
            out.push('}');
        }
    }
}

/// Writes what stands between two items.
pub(crate) fn comma(style: Style, out: &mut String) {
    out.push_str(if style.spaced { ", " } else { "," });
}

/// Writes what stands between a name and its value.
pub(crate) fn colon(style: Style, out: &mut String) {
    out.push_str(if style.spaced { ": " } else { ":" });
}

/// Writes a text in quotes.
pub(crate) fn write_text(text: &str, style: Style, out: &mut String) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c < ' ' || c == '"' || c == '\\' || (style.ascii && c >= '\u{7f}')) {
        out.push_str(&rest[..at]);
        let c = rest[at..].chars().next().expect("a character was found here");
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            // Python leaves U+007F as it is.
            '\u{7f}' => out.push(c),
            c => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(out, "\\u{unit:04x}").expect("writing to a string does not fail");
                }
            }
        }
        rest = &rest[at + c.len_utf8()..];
    }
    out.push_str(rest);
    out.push('"');
}

/// Writes a number as Python does: a float always with a point or an exponent.
pub(crate) fn write_number(number: Number, out: &mut String) {
    let written = match number {
        Number::Whole(number) => write!(out, "{number}"),
        Number::Negative(number) => write!(out, "{number}"),
        Number::Float(number) if !number.is_finite() => write!(out, "null"),
        Number::Float(number) => {
            let size = number.abs();
            if size != 0.0 && !(1e-4..1e16).contains(&size) {
                // `1e-07`: Rust's shortest digits, an exponent of at least two digits and its sign.
                let short = format!("{number:e}");
                let (digits, exponent) = short.split_once('e').expect("it was written with an exponent");
                let (sign, exponent) = match exponent.strip_prefix('-') {
                    Some(rest) => ('-', rest),
                    None => ('+', exponent),
                };
                write!(out, "{digits}e{sign}{exponent:0>2}")
            } else {
                write!(out, "{number:?}")
            }
        }
    };
    written.expect("writing to a string does not fail");
}
