//! The schema of an answer as the models read it: behind a heading, as JSON without what only the decoder needs.

use crate::request::json::Json;
use crate::request::write::{COMPACT_ASCII, colon, comma, write, write_text};

/// The words of JSON Schema that are left out at every level.
const LEFT_OUT: &[&str] = &[
    "required",
    "additionalProperties",
    "$schema",
    "default",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "minLength",
    "maxLength",
    "pattern",
    "format",
    "uniqueItems",
    "examples",
];

/// Writes a schema. The names of properties are kept whatever they are.
pub(crate) fn write_schema(schema: &Json<'_>, out: &mut String) {
    write_at(schema, false, out);
}

fn write_at(schema: &Json<'_>, are_names: bool, out: &mut String) {
    match schema {
        Json::Object(members) => {
            out.push('{');
            let mut is_first = true;
            for (key, value) in members.iter() {
                if !are_names && LEFT_OUT.contains(&key) {
                    continue;
                }
                if !is_first {
                    comma(COMPACT_ASCII, out);
                }
                is_first = false;
                write_text(key, COMPACT_ASCII, out);
                colon(COMPACT_ASCII, out);
                let holds_names = !are_names && matches!(key, "properties" | "$defs" | "definitions");
                match key {
                    "enum" | "const" if !are_names => write(value, COMPACT_ASCII, out),
                    _ => write_at(value, holds_names, out),
                }
            }
            out.push('}');
        }
        Json::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    comma(COMPACT_ASCII, out);
                }
                write_at(item, false, out);
            }
            out.push(']');
        }
        value => write(value, COMPACT_ASCII, out),
    }
}
