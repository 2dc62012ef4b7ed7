//! The schema of an answer as the models read it: behind a heading, as JSON without what only the decoder needs.

use crate::counting::setting::Setting;
use crate::request::json::Json;
use crate::request::write::{COMPACT_ASCII, colon, comma, write, write_text};

/// The schema of an answer, with its name.
pub(crate) struct Schema<'j> {
    pub(crate) name: &'j str,
    description: Option<&'j str>,
    schema: Option<&'j Json<'j>>,
}

impl<'j> Schema<'j> {
    /// Reads it from what holds its name: `json_schema` in chat completions, `format` in Responses.
    pub(crate) fn of(holder: &'j Json<'j>) -> Self {
        Self {
            name: holder.text("name").unwrap_or_default(),
            description: holder.text("description").filter(|description| !description.is_empty()),
            schema: holder.given("schema"),
        }
    }

    /// T(description line) + T(schema): what stands below its heading.
    pub(crate) fn tokens(&self, setting: &Setting<'_>) -> u64 {
        let description = self.description.map_or(0, |description| setting.count(&format!("// {description}\n")));
        let schema = self.schema.map_or(0, |schema| {
            let mut text = String::new();
            write_schema(schema, &mut text);
            setting.count(&text)
        });
        description + schema
    }
}

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
fn write_schema(schema: &Json<'_>, out: &mut String) {
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
