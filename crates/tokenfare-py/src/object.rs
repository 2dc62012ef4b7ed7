//! Python's objects as something that serde reads: what the JSON library would make of them, and objects with attributes, which
//! are what the libraries of providers return.

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyByteArray, PyBytes, PyDict, PyFloat, PyInt, PyList, PyMapping, PyString, PyTuple};
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;
use std::cell::Cell;
use std::fmt::Display;
use std::rc::Rc;

/// What holds itself has to end somewhere.
const DEEPEST: usize = 128;

/// A list that holds another twice, and that the next, is small in memory and endless to read: it has to end, too. No body that is
/// sent has so many values.
const MOST: usize = 4_000_000;

/// A name and what it names.
type Entry<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>);

/// An object, and how deep inside another it is.
#[derive(Clone)]
pub(crate) struct Object<'py> {
    value: Bound<'py, PyAny>,
    depth: usize,
    /// How many values of the whole have been read.
    read: Rc<Cell<usize>>,
}

impl<'py> Object<'py> {
    pub(crate) fn new(value: &Bound<'py, PyAny>) -> Self {
        Self { value: value.clone(), depth: 0, read: Rc::default() }
    }

    fn inside(&self, value: Bound<'py, PyAny>) -> Self {
        Self { value, depth: self.depth + 1, read: Rc::clone(&self.read) }
    }

    /// The entries of what is no `dict` but has some: a mapping, or an object with attributes.
    fn entries(&self) -> PyResult<Option<Vec<Entry<'py>>>> {
        let value = &self.value;
        if let Ok(mapping) = value.cast::<PyMapping>() {
            return mapping.items()?.iter().map(|item| item.extract()).collect::<PyResult<_>>().map(Some);
        }
        let kind = value.get_type();
        // What has fields of its own hands them out faster than it writes itself out; other things know how to.
        if !kind.hasattr("__pydantic_fields__")? {
            let written = if kind.hasattr("model_dump")? {
                Some(value.call_method0("model_dump")?)
            } else if value.hasattr("_pb")? {
                Some(kind.call_method1("to_dict", (value,))?) // a message of protocol buffers
            } else if kind.hasattr("to_dict")? {
                Some(value.call_method0("to_dict")?)
            } else {
                None
            };
            if let Some(written) = written {
                return Ok(Some(written.cast::<PyDict>()?.iter().collect()));
            }
        }
        let mut entries = Vec::new();
        if let Some(fields) = kind.getattr_opt("__struct_fields__")? {
            for name in fields.try_iter()? {
                let name = name?;
                let held = value.getattr(name.cast::<PyString>()?)?;
                entries.push((name, held));
            }
            return Ok(Some(entries));
        }
        let Some(attributes) = value.getattr_opt("__dict__")? else { return Ok(None) };
        // Fields that a model of pydantic was not told of are kept apart.
        let extra = value.getattr_opt("__pydantic_extra__")?;
        for dict in [Some(attributes), extra].into_iter().flatten() {
            if let Ok(dict) = dict.cast::<PyDict>() {
                entries.extend(dict.iter().filter(|(name, _)| {
                    name.cast::<PyString>().ok().and_then(|name| name.to_str().ok().map(|name| !name.starts_with('_')))
                        == Some(true)
                }));
            }
        }
        Ok(Some(entries))
    }
}

/// What went wrong, in words.
#[derive(Debug)]
pub(crate) struct Failed(String);

impl Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failed {}

impl serde::de::Error for Failed {
    fn custom<T: Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

impl From<PyErr> for Failed {
    fn from(error: PyErr) -> Self {
        Self(error.to_string())
    }
}

impl<'de, 'py> Deserializer<'de> for Object<'py> {
    type Error = Failed;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failed> {
        let value = &self.value;
        if self.depth > DEEPEST {
            return Err(Failed::custom(format!("the body is nested deeper than {DEEPEST} levels")));
        }
        self.read.set(self.read.get() + 1);
        if self.read.get() > MOST {
            return Err(Failed::custom(format!("the body has more than {MOST} values")));
        }
        if let Ok(text) = value.cast::<PyString>() {
            return visitor.visit_str(&crate::arguments::str_text(text)?);
        }
        if let Ok(dict) = value.cast::<PyDict>() {
            let entries = dict.iter();
            return visitor.visit_map(Entries { of: &self, entries, held: None });
        }
        if value.is_none() {
            return visitor.visit_unit();
        }
        if let Ok(truth) = value.cast::<PyBool>() {
            return visitor.visit_bool(truth.is_true());
        }
        if value.is_instance_of::<PyInt>() {
            if let Ok(number) = value.extract::<u64>() {
                return visitor.visit_u64(number);
            }
            return match value.extract::<i128>() {
                Ok(number) => visitor.visit_i128(number),
                Err(_) => visitor.visit_f64(f64::INFINITY),
            };
        }
        if let Ok(number) = value.cast::<PyFloat>() {
            return visitor.visit_f64(number.value());
        }
        if let Ok(list) = value.cast::<PyList>() {
            return visitor.visit_seq(Items { of: &self, items: list.iter() });
        }
        if let Ok(tuple) = value.cast::<PyTuple>() {
            return visitor.visit_seq(Items { of: &self, items: tuple.iter() });
        }
        if value.is_instance_of::<PyBytes>() || value.is_instance_of::<PyByteArray>() {
            return visitor.visit_unit();
        }
        match self.entries()? {
            Some(entries) => visitor.visit_map(Entries { of: &self, entries: entries.into_iter(), held: None }),
            // A `Decimal`, a `UUID`: what it is as text.
            None => visitor.visit_str(&value.str()?.to_string_lossy()),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failed> {
        if self.value.is_none() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failed> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct newtype_struct seq
        tuple tuple_struct map struct enum identifier
    }
}

/// The entries of an object.
struct Entries<'o, 'py, I> {
    of: &'o Object<'py>,
    entries: I,
    held: Option<Bound<'py, PyAny>>,
}

impl<'de, 'py, I> MapAccess<'de> for Entries<'_, 'py, I>
where
    I: Iterator<Item = Entry<'py>>,
{
    type Error = Failed;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Failed> {
        // Names are texts; what is not one names nothing here.
        for (name, value) in self.entries.by_ref() {
            if name.is_instance_of::<PyString>() {
                self.held = Some(value);
                return seed.deserialize(self.of.inside(name)).map(Some);
            }
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Failed> {
        let value = self.held.take().ok_or_else(|| Failed::custom("a value is asked for before its name"))?;
        seed.deserialize(self.of.inside(value))
    }
}

/// The items of a list.
struct Items<'o, 'py, I> {
    of: &'o Object<'py>,
    items: I,
}

impl<'de, 'py, I: Iterator<Item = Bound<'py, PyAny>>> SeqAccess<'de> for Items<'_, 'py, I> {
    type Error = Failed;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Failed> {
        self.items.next().map(|item| seed.deserialize(self.of.inside(item))).transpose()
    }
}
