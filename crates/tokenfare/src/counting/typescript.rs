//! The definitions of tools as the models read them: types of TypeScript in a hidden message.

use crate::request::json::Json;
use crate::request::write::{self, SPACED};
use std::collections::HashSet;

/// How many bytes a definition may grow to when its references are written out.
const LONGEST: usize = 1 << 22;

/// Which of the writers that the servers have had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Renderer {
    /// The one of 2023 to the middle of 2024: no titles, and no comments below the second level.
    V0,
    /// The one since.
    #[default]
    V1,
}

/// A function to be written.
#[derive(Clone, Copy)]
pub(crate) struct Function<'j> {
    pub(crate) name: &'j str,
    pub(crate) description: Option<&'j str>,
    pub(crate) parameters: Option<&'j Json<'j>>,
}

/// Writes the type of a function, up to the semicolon. Returns whether all of it is known to be written so.
pub(crate) fn write_function(function: Function<'_>, renderer: Renderer, out: &mut String) -> bool {
    let start = out.len();
    let mut writer =
        Writer { renderer, root: function.parameters, refs: Vec::new(), longest: start + LONGEST, sure: true, out };
    if let Some(description) = function.description {
        writer.comment(description, 0);
    }
    writer.out.push_str("type ");
    writer.out.push_str(function.name);
    writer.out.push_str(" = ");
    match function.parameters.filter(|parameters| has_properties(parameters)) {
        None => writer.out.push_str("() => any"),
        Some(parameters) => {
            writer.out.push_str("(_: ");
            if renderer == Renderer::V1 {
                writer.heading(parameters, 0);
            }
            writer.object(parameters, 0);
            writer.out.push_str(") => any");
        }
    }
    writer.sure
}

fn has_properties(schema: &Json<'_>) -> bool {
    schema.get("properties").and_then(Json::as_object).is_some_and(|properties| !properties.is_empty())
}

struct Writer<'j, 'o> {
    renderer: Renderer,
    root: Option<&'j Json<'j>>,
    /// The references that are being written out.
    refs: Vec<&'j str>,
    longest: usize,
    sure: bool,
    out: &'o mut String,
}

/// What stands behind a type: numbers have bounds, texts a form, arrays a length.
const CONSTRAINTS: &[(&str, &[&str])] = &[
    ("number", &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]),
    ("string", &["minLength", "maxLength", "pattern", "format"]),
    ("array", &["minItems", "maxItems"]),
];

impl<'j> Writer<'j, '_> {
    fn indent(&mut self, depth: usize) {
        if self.renderer == Renderer::V0 {
            for _ in 0..depth {
                self.out.push_str("  ");
            }
        }
    }

    /// Writes lines behind slashes, each without the blanks around it.
    fn comment(&mut self, text: &str, depth: usize) {
        for line in text.split('\n') {
            let line = line.trim();
            self.indent(depth);
            self.out.push_str(if line.is_empty() { "//" } else { "// " });
            self.out.push_str(line);
            self.out.push('\n');
        }
    }

    /// Writes the title and the description of a schema.
    fn heading(&mut self, schema: &'j Json<'j>, depth: usize) {
        let title = schema.text("title").filter(|_| self.renderer == Renderer::V1);
        let description = schema.text("description");
        if let Some(title) = title {
            self.comment(title, depth);
            if description.is_some() {
                self.out.push_str("//\n");
            }
        }
        if let Some(description) = description {
            self.comment(description, depth);
        }
    }

    /// Follows a reference within the parameters; nothing, if it leads nowhere or back to itself.
    fn resolve(&mut self, reference: &'j str) -> Option<&'j Json<'j>> {
        let found = reference.strip_prefix('#').and_then(|path| pointer(self.root?, path));
        let is_endless = self.refs.contains(&reference) || self.out.len() > self.longest;
        found.filter(|_| !is_endless)
    }

    /// Writes the members of an object between braces.
    fn object(&mut self, schema: &'j Json<'j>, depth: usize) {
        let Some(properties) = schema.get("properties").and_then(Json::as_object).filter(|all| !all.is_empty()) else {
            self.out.push_str("object");
            return;
        };
        let required: HashSet<&str> = schema
            .get("required")
            .and_then(Json::as_array)
            .unwrap_or_default()
            .iter()
            .filter_map(Json::as_str)
            .collect();
        let is_commented = properties.iter().any(|(_, property)| is_commented(property));
        if !is_commented && self.renderer == Renderer::V1 {
            self.out.push_str("{ ");
            for (i, (name, property)) in properties.iter().enumerate() {
                if i > 0 {
                    self.out.push_str(", ");
                }
                self.member(name, required.contains(name));
                self.out.push(' ');
                self.kind(property, depth + 1);
            }
            self.out.push_str(" }");
            return;
        }
        self.out.push_str("{\n");
        for (name, property) in properties.iter() {
            if self.renderer == Renderer::V1 || depth < 2 {
                self.heading(property, depth);
            }
            self.indent(depth);
            self.member(name, required.contains(name));
            self.value(property, depth + 1);
            self.out.push(',');
            if let Some(default) = property.get("default") {
                self.out.push_str(" // default: ");
                write::write(default, SPACED, self.out);
            }
            self.out.push('\n');
        }
        self.indent(depth.saturating_sub(1));
        self.out.push('}');
    }

    fn member(&mut self, name: &str, required: bool) {
        self.out.push_str(name);
        self.out.push_str(if required { ":" } else { "?:" });
    }

    /// Writes the type of a member: behind a blank, or as a list of variants if one of them has a comment.
    fn value(&mut self, schema: &'j Json<'j>, depth: usize) {
        let start = self.out.len();
        self.out.push(' ');
        self.kind(schema, depth);
        // A list of variants begins with a newline of its own.
        if self.out[start..].starts_with(" \n") {
            self.out.remove(start);
        }
    }

    /// Writes a type.
    fn kind(&mut self, schema: &'j Json<'j>, depth: usize) {
        if let Some(reference) = schema.text("$ref") {
            match self.resolve(reference) {
                Some(found) => {
                    self.refs.push(reference);
                    self.kind(found, depth);
                    self.refs.pop();
                }
                None => {
                    self.sure = false;
                    self.out.push_str("any");
                }
            }
            return;
        }
        if let Some(values) = schema.get("enum").and_then(Json::as_array) {
            for (i, value) in values.iter().enumerate() {
                if i > 0 {
                    self.out.push_str(" | ");
                }
                write::write(value, SPACED, self.out);
            }
            return;
        }
        if let Some(value) = schema.get("const") {
            write::write(value, SPACED, self.out);
            return;
        }
        let variants = ["anyOf", "oneOf"].iter().find_map(|name| schema.get(name)?.as_array());
        if let Some(variants) = variants {
            self.union(variants, depth, |writer, variant, depth| writer.variant(variant, depth));
            return;
        }
        if let Some([only]) = schema.get("allOf").and_then(Json::as_array) {
            self.kind(only, depth);
            return;
        }
        match schema.get("type") {
            Some(Json::Text(kind)) => self.named(kind, schema, depth),
            Some(Json::Array(kinds)) => self.union(kinds, depth, |writer, kind, depth| {
                writer.named(kind.as_str().unwrap_or("any"), schema, depth);
            }),
            _ if schema.get("properties").is_some() => self.named("object", schema, depth),
            _ if schema.get("items").is_some() => self.named("array", schema, depth),
            _ => self.out.push_str("any"),
        }
    }

    /// Writes a variant of a union with its comments.
    fn variant(&mut self, schema: &'j Json<'j>, depth: usize) {
        self.heading(schema, depth);
        self.kind(schema, depth);
    }

    /// Writes variants in a line, or one a line if any of them has a comment or more than one line.
    fn union<T>(&mut self, variants: &'j [T], depth: usize, each: impl Fn(&mut Self, &'j T, usize)) {
        let start = self.out.len();
        let mut starts = Vec::with_capacity(variants.len());
        for variant in variants {
            starts.push(self.out.len());
            each(self, variant, depth);
        }
        let written = self.out[start..].to_owned();
        self.out.truncate(start);
        let ends = starts.iter().skip(1).copied().chain([start + written.len()]);
        let written = starts.iter().zip(ends).map(|(from, to)| &written[from - start..to - start]);
        let is_long = written.clone().any(|variant| variant.contains('\n') || variant.contains(" // "));
        for (i, variant) in written.enumerate() {
            match (is_long, i) {
                (true, _) => self.out.push_str("\n | "),
                (false, 0) => {}
                (false, _) => self.out.push_str(" | "),
            }
            self.out.push_str(variant);
        }
        if is_long {
            self.out.push('\n');
        }
    }

    /// Writes one of JSON Schema's types, and its constraints.
    fn named(&mut self, kind: &'j str, schema: &'j Json<'j>, depth: usize) {
        let kind = if kind == "integer" { "number" } else { kind };
        match kind {
            "object" => self.object(schema, depth),
            "array" => self.array(schema, depth),
            "string" | "number" | "boolean" | "null" => self.out.push_str(kind),
            _ => self.out.push_str("any"),
        }
        if self.renderer == Renderer::V0 {
            return;
        }
        let names = CONSTRAINTS.iter().find(|(of, _)| *of == kind).map_or(&[][..], |(_, names)| names);
        let mut is_first = true;
        for (name, value) in schema.as_object().into_iter().flat_map(|members| members.iter()) {
            if names.contains(&name) {
                self.out.push_str(if is_first { " // " } else { " " });
                is_first = false;
                self.out.push_str(name);
                self.out.push_str(": ");
                match value {
                    Json::Text(text) => self.out.push_str(text),
                    value => write::write(value, SPACED, self.out),
                }
            }
        }
    }

    fn array(&mut self, schema: &'j Json<'j>, depth: usize) {
        let Some(items) = schema.get("items") else {
            self.out.push_str("any[]");
            return;
        };
        let start = self.out.len();
        self.kind(items, depth);
        let item = self.out.split_off(start);
        if item.contains('\n') || item.contains(" // ") {
            self.out.push_str("Array<\n");
            self.out.push_str(item.trim_matches('\n'));
            self.out.push_str("\n>");
        } else if item.contains(" | ") && !item.starts_with('{') {
            self.out.push_str("Array<");
            self.out.push_str(&item);
            self.out.push('>');
        } else {
            self.out.push_str(&item);
            self.out.push_str("[]");
        }
    }
}

fn is_commented(property: &Json<'_>) -> bool {
    let Some(members) = property.as_object() else { return false };
    members.iter().any(|(name, _)| {
        matches!(name, "title" | "description" | "default") || CONSTRAINTS.iter().any(|(_, all)| all.contains(&name))
    })
}

/// Follows a JSON pointer.
pub(crate) fn pointer<'j>(root: &'j Json<'j>, path: &str) -> Option<&'j Json<'j>> {
    path.split('/').skip(1).try_fold(root, |at, step| {
        let step = step.replace("~1", "/").replace("~0", "~");
        match at {
            Json::Object(members) => members.get(&step),
            Json::Array(items) => items.get(step.parse::<usize>().ok()?),
            _ => None,
        }
    })
}
