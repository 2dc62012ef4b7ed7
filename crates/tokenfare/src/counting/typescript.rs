//! The definitions of tools as the models read them: types of TypeScript in a hidden message.

use crate::request::json::Json;
use crate::request::write::{self, SPACED};
use std::collections::HashSet;

/// How many bytes a definition may grow to when its references are written out.
const LONGEST: usize = 1 << 20;

/// How many references may lead into one another.
const DEEPEST: usize = 64;

/// How many types may be written within one another.
const DEEPEST_TYPE: usize = 128;

/// Which of the writers that the servers have had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Renderer {
    /// The one of 2023 to the middle of 2024: no titles, no constants, and no comments below the first level.
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

/// What a text of definitions is written for.
#[derive(Clone, Copy)]
pub(crate) struct Writing {
    pub(crate) renderer: Renderer,
    /// Whether a description is written again for each type of a list of types in an object inside an object: chat
    /// completions do, Responses do not.
    pub(crate) repeats: bool,
}

/// How sure it is that a definition is written so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Doubt {
    /// A reference leads nowhere, back to itself, or too far.
    pub(crate) reference: bool,
    /// How many places are written in a way that few recordings show.
    pub(crate) places: u64,
}

/// Writes the type of a function, up to the semicolon.
pub(crate) fn write_function(function: Function<'_>, writing: Writing, out: &mut String) -> Doubt {
    let longest = out.len() + LONGEST;
    let root = function.parameters;
    let mut writer = Writer { writing, root, refs: Vec::new(), longest, level: 0, doubt: Doubt::default(), out };
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
            if writing.renderer == Renderer::V1 {
                writer.heading(parameters, 0);
            }
            writer.object(parameters, 0);
            writer.out.push_str(") => any");
        }
    }
    writer.doubt
}

fn has_properties(schema: &Json<'_>) -> bool {
    schema.get("properties").and_then(Json::as_object).is_some_and(|properties| !properties.is_empty())
}

struct Writer<'j, 'o> {
    writing: Writing,
    root: Option<&'j Json<'j>>,
    /// The references that are being written out.
    refs: Vec<&'j str>,
    longest: usize,
    /// How many types are being written within one another.
    level: usize,
    doubt: Doubt,
    out: &'o mut String,
}

/// What stands behind a type: numbers have bounds, texts a form, arrays a length.
const CONSTRAINTS: &[(&str, &[&str])] = &[
    ("number", &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]),
    ("string", &["minLength", "maxLength", "pattern", "format"]),
    ("array", &["minItems", "maxItems"]),
];

impl<'j> Writer<'j, '_> {
    fn is_v1(&self) -> bool {
        self.writing.renderer == Renderer::V1
    }

    fn indent(&mut self, depth: usize) {
        if !self.is_v1() {
            for _ in 0..depth {
                self.out.push_str("  ");
            }
        }
    }

    /// Writes lines behind slashes, each without the blanks around it; nothing, if there is nothing to write.
    fn comment(&mut self, text: &str, depth: usize) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        for line in text.split('\n') {
            let line = line.trim();
            self.indent(depth);
            self.out.push_str(if line.is_empty() { "//" } else { "// " });
            self.out.push_str(line);
            self.out.push('\n');
        }
    }

    /// Writes the title and the description of a schema, or of the one that it refers to.
    fn heading(&mut self, schema: &'j Json<'j>, depth: usize) {
        let title = self.said(schema, "title").and_then(Json::as_str).filter(|_| self.is_v1());
        let description = self.said(schema, "description").and_then(Json::as_str).filter(|text| !text.is_empty());
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

    /// A schema, the one that it refers to, and so on.
    fn chain(&self, schema: &'j Json<'j>) -> impl Iterator<Item = &'j Json<'j>> {
        let root = self.root;
        let next = move |schema: &&'j Json<'j>| target(root, schema.text("$ref")?);
        std::iter::successors(Some(schema), next).take(DEEPEST)
    }

    /// What a schema says, or the one that it refers to.
    fn said(&self, schema: &'j Json<'j>, name: &str) -> Option<&'j Json<'j>> {
        self.chain(schema).find_map(|schema| schema.get(name))
    }

    /// Whether a member would have a comment: constraints count where its type shows them.
    fn is_commented(&self, property: &'j Json<'j>) -> bool {
        let is_shown = |of: &str| match self.said(property, "type") {
            Some(Json::Text(kind)) => shown(kind) == of,
            Some(Json::Array(kinds)) => kinds.iter().filter_map(Json::as_str).any(|kind| shown(kind) == of),
            _ => false,
        };
        let mut members = self.chain(property).filter_map(Json::as_object).flat_map(|members| members.iter());
        members.any(|(name, _)| match name {
            "title" | "description" | "default" => true,
            name => CONSTRAINTS.iter().any(|(of, names)| names.contains(&name) && is_shown(of)),
        })
    }

    fn is_constrained(&self, schema: &'j Json<'j>) -> bool {
        CONSTRAINTS.iter().flat_map(|(_, names)| names.iter()).any(|name| schema.get(name).is_some())
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
        if self.is_v1() && !properties.iter().any(|(_, property)| self.is_commented(property)) {
            self.out.push_str("{ ");
            for (i, (name, property)) in properties.iter().enumerate() {
                if i > 0 {
                    self.out.push_str(", ");
                }
                self.member(name, required.contains(name));
                self.value(property, depth + 1);
            }
            self.out.push_str(" }");
            return;
        }
        self.out.push_str("{\n");
        for (name, property) in properties.iter() {
            if self.is_v1() || depth == 0 {
                self.heading(property, depth);
            }
            self.indent(depth);
            self.member(name, required.contains(name));
            self.value(property, depth + 1);
            self.out.push(',');
            if let Some(default) = self.said(property, "default") {
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

    /// Writes the type of a member.
    fn value(&mut self, schema: &'j Json<'j>, depth: usize) {
        self.out.push(' ');
        self.kind(schema, depth);
    }

    /// Writes a type; what is deeper than a body may be, by references, is cut.
    fn kind(&mut self, schema: &'j Json<'j>, depth: usize) {
        if self.level >= DEEPEST_TYPE {
            self.doubt.reference = true;
            self.out.push_str("any");
            return;
        }
        self.level += 1;
        self.kind_within(schema, depth);
        self.level -= 1;
    }

    fn kind_within(&mut self, schema: &'j Json<'j>, depth: usize) {
        if let Some(reference) = schema.text("$ref") {
            let is_endless =
                self.refs.contains(&reference) || self.refs.len() >= DEEPEST || self.out.len() > self.longest;
            match target(self.root, reference).filter(|_| !is_endless) {
                Some(found) => {
                    self.refs.push(reference);
                    self.kind(found, depth);
                    self.refs.pop();
                }
                None => {
                    self.doubt.reference = true;
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
        if let Some(value) = schema.get("const").filter(|_| self.is_v1()) {
            write::write(value, SPACED, self.out);
            return;
        }
        if let Some(variants) = ["anyOf", "oneOf"].iter().find_map(|name| schema.get(name)?.as_array()) {
            self.union(variants, |writer, variant| writer.variant(variant, depth));
            return;
        }
        if let Some([only]) = schema.get("allOf").and_then(Json::as_array) {
            self.kind(only, depth);
            return;
        }
        match schema.get("type") {
            Some(Json::Text(kind)) => self.named(kind, schema, depth),
            Some(Json::Array(kinds)) => {
                let repeated = schema.text("description").filter(|_| self.writing.repeats && depth > 1);
                let places = self.doubt.places;
                self.union(kinds, |writer, kind| {
                    writer.named(kind.as_str().unwrap_or("any"), schema, depth);
                    if let Some(description) = repeated {
                        writer.remark(description);
                    }
                });
                // Descriptions behind types are shown by more recordings than constraints are.
                if repeated.is_some() && !self.is_constrained(schema) {
                    self.doubt.places = places;
                }
            }
            _ if schema.get("properties").is_some() => self.named("object", schema, depth),
            _ if schema.get("items").is_some() => self.named("array", schema, depth),
            _ => self.out.push_str("any"),
        }
    }

    /// Writes a description behind a type.
    fn remark(&mut self, description: &str) {
        for line in description.trim().split('\n').map(str::trim).filter(|line| !line.is_empty()) {
            self.out.push_str(" // ");
            self.out.push_str(line);
        }
    }

    /// Writes a variant of a union with its description.
    fn variant(&mut self, schema: &'j Json<'j>, depth: usize) {
        if self.is_v1() && schema.text("type") == Some("array") {
            // A list among other types is written by its name alone.
            self.doubt.places += 1;
            self.out.push_str("array");
        } else {
            self.kind(schema, depth);
        }
        if let Some(description) = self.said(schema, "description").and_then(Json::as_str).filter(|_| self.is_v1()) {
            self.remark(description);
        }
        // How an object with a heading is written here is seen in no recording.
        if self.said(schema, "properties").is_some()
            && ["title", "description"].iter().any(|name| self.said(schema, name).is_some())
        {
            self.doubt.places += 6;
        }
    }

    /// Writes variants in a line, or one a line if any of them has a comment.
    fn union(&mut self, variants: &'j [Json<'j>], each: impl Fn(&mut Self, &'j Json<'j>)) {
        let start = self.out.len();
        let mut starts = Vec::with_capacity(variants.len());
        for variant in variants {
            starts.push(self.out.len() - start);
            each(self, variant);
        }
        let written = self.out.split_off(start);
        let is_long = self.is_v1() && (written.contains('\n') || written.contains(" // "));
        self.doubt.places += u64::from(is_long);
        let ends = starts.iter().skip(1).copied().chain([written.len()]);
        for (i, (from, to)) in starts.iter().zip(ends).enumerate() {
            self.out.push_str(match (is_long, i) {
                (true, _) => "\n | ",
                (false, 0) => "",
                (false, _) => " | ",
            });
            self.out.push_str(&written[*from..to]);
        }
        if is_long {
            self.out.push('\n');
        }
    }

    /// Writes one of JSON Schema's types, and its constraints.
    fn named(&mut self, kind: &'j str, schema: &'j Json<'j>, depth: usize) {
        let kind = shown(kind);
        match kind {
            "object" => self.object(schema, depth),
            "array" => self.array(schema, depth),
            "string" | "number" | "boolean" | "null" => self.out.push_str(kind),
            _ => self.out.push_str("any"),
        }
        if !self.is_v1() {
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
        self.doubt.places += u64::from(!is_first);
    }

    fn array(&mut self, schema: &'j Json<'j>, depth: usize) {
        let Some(items) = schema.get("items") else {
            self.out.push_str("any[]");
            return;
        };
        let start = self.out.len();
        if self.is_v1() {
            self.heading(items, depth);
        }
        self.kind(items, depth);
        let item = self.out.split_off(start);
        if self.is_v1() && (item.contains('\n') || item.contains(" // ")) {
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

/// What a reference leads to within the parameters.
fn target<'j>(root: Option<&'j Json<'j>>, reference: &str) -> Option<&'j Json<'j>> {
    pointer(root?, reference.strip_prefix('#')?)
}

/// The name of a type as it is shown.
fn shown(kind: &str) -> &str {
    if kind == "integer" { "number" } else { kind }
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
