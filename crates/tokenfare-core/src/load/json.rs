//! A JSON file as a tree in which every key is accounted for: read, or refused by the path that leads to it.

use crate::error::Error;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

/// A value. Strings are borrowed from the file where they are written without escapes.
pub(super) enum Json<'f> {
    Null,
    Bool(bool),
    Whole(u64),
    /// A number with a sign, a fraction or an exponent.
    Number(f64),
    Text(Cow<'f, str>),
    Array(Vec<Json<'f>>),
    /// All the keys in the order of the file: a key that stands twice is here twice.
    Object(Vec<(Cow<'f, str>, Json<'f>)>),
}

impl<'f> Json<'f> {
    /// Reads a file; an error names the line and the column. Nesting is limited by `serde_json`, to 128 levels.
    pub(super) fn read(file: &'f [u8]) -> Result<Self, Error> {
        serde_json::from_slice(file).map_err(|error| {
            let message = error.to_string();
            let why = message.split(" at line ").next().unwrap_or_default();
            Error::bad_vocabulary(format!("line {}, column {}", error.line(), error.column()), why)
        })
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Whole(_) | Self::Number(_) => "a number",
            Self::Text(_) => "a string",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }
}

impl<'f> Deserialize<'f> for Json<'f> {
    fn deserialize<D: Deserializer<'f>>(deserializer: D) -> Result<Self, D::Error> {
        struct Tree;
        impl<'f> Visitor<'f> for Tree {
            type Value = Json<'f>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON value")
            }
            fn visit_unit<E>(self) -> Result<Json<'f>, E> {
                Ok(Json::Null)
            }
            fn visit_bool<E>(self, value: bool) -> Result<Json<'f>, E> {
                Ok(Json::Bool(value))
            }
            fn visit_u64<E>(self, value: u64) -> Result<Json<'f>, E> {
                Ok(Json::Whole(value))
            }
            fn visit_i64<E>(self, value: i64) -> Result<Json<'f>, E> {
                Ok(Json::Number(value as f64))
            }
            fn visit_f64<E>(self, value: f64) -> Result<Json<'f>, E> {
                Ok(Json::Number(value))
            }
            fn visit_borrowed_str<E>(self, value: &'f str) -> Result<Json<'f>, E> {
                Ok(Json::Text(Cow::Borrowed(value)))
            }
            fn visit_str<E>(self, value: &str) -> Result<Json<'f>, E> {
                Ok(Json::Text(Cow::Owned(value.to_owned())))
            }
            fn visit_seq<A: SeqAccess<'f>>(self, mut items: A) -> Result<Json<'f>, A::Error> {
                let mut all = Vec::new();
                while let Some(item) = items.next_element()? {
                    all.push(item);
                }
                Ok(Json::Array(all))
            }
            fn visit_map<A: MapAccess<'f>>(self, mut entries: A) -> Result<Json<'f>, A::Error> {
                let mut all = Vec::new();
                while let Some((key, value)) = entries.next_entry::<Key<'f>, _>()? {
                    all.push((key.0, value));
                }
                Ok(Json::Object(all))
            }
        }
        deserializer.deserialize_any(Tree)
    }
}

/// A key, borrowed where it can be: `Cow` alone is always read as owned.
struct Key<'f>(Cow<'f, str>);

impl<'f> Deserialize<'f> for Key<'f> {
    fn deserialize<D: Deserializer<'f>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'f> Visitor<'f> for Text {
            type Value = Key<'f>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }
            fn visit_borrowed_str<E>(self, value: &'f str) -> Result<Key<'f>, E> {
                Ok(Key(Cow::Borrowed(value)))
            }
            fn visit_str<E>(self, value: &str) -> Result<Key<'f>, E> {
                Ok(Key(Cow::Owned(value.to_owned())))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// A value of the tree, and the path of keys that leads to it.
pub(super) struct Node<'j> {
    json: &'j Json<'j>,
    path: String,
}

impl<'j> Node<'j> {
    pub(super) fn root(json: &'j Json<'j>) -> Self {
        Self { json, path: String::new() }
    }

    /// An error at this value.
    pub(super) fn refuse(&self, why: impl Into<String>) -> Error {
        Error::bad_vocabulary(self.path.as_str(), why)
    }

    /// An error at a value below this one: `[3]`, or `.key`.
    pub(super) fn refuse_below(&self, step: impl fmt::Display, why: impl Into<String>) -> Error {
        Error::bad_vocabulary(format!("{}{step}", self.path), why)
    }

    fn other_kind(&self, wanted: &str) -> Error {
        self.refuse(format!("it is {}, and should be {wanted}", self.json.kind()))
    }

    pub(super) fn text(&self) -> Result<&'j str, Error> {
        match self.json {
            Json::Text(text) => Ok(text),
            _ => Err(self.other_kind("a string")),
        }
    }

    pub(super) fn bool(&self) -> Result<bool, Error> {
        match self.json {
            Json::Bool(value) => Ok(*value),
            _ => Err(self.other_kind("true or false")),
        }
    }

    pub(super) fn number(&self) -> Result<f64, Error> {
        match *self.json {
            Json::Whole(value) => Ok(value as f64),
            Json::Number(value) => Ok(value),
            _ => Err(self.other_kind("a number")),
        }
    }

    pub(super) fn whole(&self) -> Result<u64, Error> {
        match *self.json {
            Json::Whole(value) => Ok(value),
            _ => Err(self.other_kind("a whole number")),
        }
    }

    /// The items of an array.
    pub(super) fn items(&self) -> Result<&'j [Json<'j>], Error> {
        match self.json {
            Json::Array(items) => Ok(items),
            _ => Err(self.other_kind("an array")),
        }
    }

    /// The items of an array, each with its path.
    pub(super) fn nodes(&self) -> Result<Vec<Node<'j>>, Error> {
        let nodes = self.items()?.iter().enumerate();
        Ok(nodes.map(|(i, json)| Node { json, path: format!("{}[{i}]", self.path) }).collect())
    }

    /// The entries of an object whose keys are not names of fields.
    pub(super) fn entries(&self) -> Result<&'j [(Cow<'j, str>, Json<'j>)], Error> {
        match self.json {
            Json::Object(entries) => Ok(entries),
            _ => Err(self.other_kind("an object")),
        }
    }

    /// The fields of an object; an error if one is named twice.
    pub(super) fn fields(&self) -> Result<Fields<'j>, Error> {
        let entries = self.entries()?;
        let mut seen = HashSet::new();
        if let Some((twice, _)) = entries.iter().find(|(key, _)| !seen.insert(key)) {
            return Err(self.refuse(format!("the key `{twice}` stands in it twice")));
        }
        let unread = entries.iter().map(|(key, json)| (&**key, json)).collect();
        Ok(Fields { path: self.path.clone(), unread })
    }
}

/// The fields of an object that have not been read yet.
pub(super) struct Fields<'j> {
    path: String,
    unread: Vec<(&'j str, &'j Json<'j>)>,
}

impl<'j> Fields<'j> {
    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// Reads a field; `None` if it is not there or null.
    pub(super) fn take(&mut self, key: &str) -> Option<Node<'j>> {
        let at = self.unread.iter().position(|(name, _)| *name == key)?;
        let (_, json) = self.unread.swap_remove(at);
        (!matches!(json, Json::Null)).then(|| Node { json, path: self.path_of(key) })
    }

    /// Reads a field that must be there.
    pub(super) fn need(&mut self, key: &str) -> Result<Node<'j>, Error> {
        self.take(key).ok_or_else(|| Error::bad_vocabulary(self.path_of(key), "it is missing"))
    }

    /// Passes over fields that change no token, whatever they hold.
    pub(super) fn ignore(&mut self, keys: &[&str]) {
        self.unread.retain(|(name, _)| !keys.contains(name));
    }

    /// An error if a field was not read.
    pub(super) fn end(self) -> Result<(), Error> {
        match self.unread.first() {
            None => Ok(()),
            Some((key, _)) => {
                Err(Error::bad_vocabulary(self.path_of(key), "this key is unknown, and what it changes is too"))
            }
        }
    }
}
