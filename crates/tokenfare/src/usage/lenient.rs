//! Reading what may be anything: a value of a kind that is not wanted is not there, and one that is wanted but odd is kept to
//! be named. So a form is told by what a body holds, and no field of another's can fail the whole.

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

/// What can be made of any value; of a kind that is not said here, what is not there.
pub(super) trait Lenient<'de>: Default {
    fn of_bool(_value: bool) -> Self {
        Self::default()
    }

    fn of_whole(_value: u64) -> Self {
        Self::default()
    }

    /// Of a whole number below zero, or beyond 64 bits, as it is written.
    fn of_beyond(_value: &dyn fmt::Display) -> Self {
        Self::default()
    }

    fn of_float(_value: f64) -> Self {
        Self::default()
    }

    fn of_text(_value: Cow<'de, str>) -> Self {
        Self::default()
    }

    fn of_list<A: SeqAccess<'de>>(items: A) -> Result<Self, A::Error> {
        skip(items).map(|()| Self::default())
    }

    fn of_object<A: MapAccess<'de>>(mut entries: A) -> Result<Self, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Self::default())
    }
}

/// Passes over a list.
fn skip<'de, A: SeqAccess<'de>>(mut items: A) -> Result<(), A::Error> {
    while items.next_element::<IgnoredAny>()?.is_some() {}
    Ok(())
}

pub(super) fn read<'de, T: Lenient<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_any(Reads(PhantomData))
}

struct Reads<T>(PhantomData<T>);

impl<'de, T: Lenient<'de>> Visitor<'de> for Reads<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_none<E>(self) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E>(self, value: bool) -> Result<T, E> {
        Ok(T::of_bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<T, E> {
        Ok(T::of_whole(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<T, E> {
        Ok(u64::try_from(value).map_or_else(|_| T::of_beyond(&value), T::of_whole))
    }

    fn visit_u128<E>(self, value: u128) -> Result<T, E> {
        Ok(T::of_beyond(&value))
    }

    fn visit_i128<E>(self, value: i128) -> Result<T, E> {
        Ok(T::of_beyond(&value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<T, E> {
        Ok(T::of_float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<T, E> {
        Ok(T::of_text(Cow::Owned(value.to_owned())))
    }

    fn visit_string<E>(self, value: String) -> Result<T, E> {
        Ok(T::of_text(Cow::Owned(value)))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<T, E> {
        Ok(T::of_text(Cow::Borrowed(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<T, A::Error> {
        T::of_list(items)
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<T, A::Error> {
        T::of_object(entries)
    }
}

/// Reads types that are lenient.
macro_rules! reads {
    ($($name:ident $(<$life:lifetime>)?,)+) => {
        $(impl<'de $(: $life, $life)?> serde::Deserialize<'de> for $name $(<$life>)? {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::usage::lenient::read(deserializer)
            }
        })+
    };
}
pub(super) use reads;

/// A number of things, or what stands in its place. Bodies have dozens of them, most of them absent: it is kept small.
#[derive(Clone, Debug, Default)]
pub(super) enum Number {
    #[default]
    Absent,
    Whole(u64),
    Odd(Box<Odd>),
}

/// What is no number of things, as it is written.
#[derive(Clone, Debug)]
pub(super) struct Odd(String);

impl fmt::Display for Odd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Number {
    fn odd(written: impl fmt::Display) -> Self {
        Self::Odd(Box::new(Odd(written.to_string())))
    }
}

impl<'de> Lenient<'de> for Number {
    fn of_bool(value: bool) -> Self {
        Self::odd(value)
    }

    fn of_whole(value: u64) -> Self {
        Self::Whole(value)
    }

    fn of_beyond(value: &dyn fmt::Display) -> Self {
        Self::odd(value)
    }

    /// Some interfaces write whole numbers with a point.
    fn of_float(value: f64) -> Self {
        const EXACT: f64 = 9_007_199_254_740_992.0;
        if (0.0..EXACT).contains(&value) && value.fract() == 0.0 { Self::Whole(value as u64) } else { Self::odd(value) }
    }

    fn of_text(value: Cow<'de, str>) -> Self {
        Self::odd(format_args!("{value:?}"))
    }

    fn of_list<A: SeqAccess<'de>>(items: A) -> Result<Self, A::Error> {
        skip(items).map(|()| Self::odd("a list"))
    }

    fn of_object<A: MapAccess<'de>>(mut entries: A) -> Result<Self, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Self::odd("an object"))
    }
}

/// A decimal number as text: it may be money or time, and neither is ever a float. Of a float it is the shortest decimal that is
/// read as the same, which is what was written, if that had no more than fifteen digits.
#[derive(Clone, Debug, Default)]
pub(super) struct Decimal(pub(super) Option<Box<str>>);

impl<'de> Lenient<'de> for Decimal {
    fn of_whole(value: u64) -> Self {
        Self(Some(value.to_string().into()))
    }

    fn of_beyond(value: &dyn fmt::Display) -> Self {
        Self(Some(value.to_string().into()))
    }

    fn of_float(value: f64) -> Self {
        Self(Some(value.to_string().into()))
    }

    fn of_text(value: Cow<'de, str>) -> Self {
        Self(Some(value.into()))
    }
}

/// An amount of money, or an object of them with its total.
#[derive(Clone, Debug, Default)]
pub(super) struct Charge(pub(super) Decimal);

impl<'de> Lenient<'de> for Charge {
    fn of_whole(value: u64) -> Self {
        Self(Decimal::of_whole(value))
    }

    fn of_beyond(value: &dyn fmt::Display) -> Self {
        Self(Decimal::of_beyond(value))
    }

    fn of_float(value: f64) -> Self {
        Self(Decimal::of_float(value))
    }

    fn of_text(value: Cow<'de, str>) -> Self {
        Self(Decimal::of_text(value))
    }

    fn of_object<A: MapAccess<'de>>(mut entries: A) -> Result<Self, A::Error> {
        let mut total = Decimal::default();
        while let Some(Word(name)) = entries.next_key()? {
            if name.as_deref() == Some("total_cost") {
                total = entries.next_value()?;
            } else {
                entries.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Self(total))
    }
}

/// Yes or no.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Flag(pub(super) Option<bool>);

impl<'de> Lenient<'de> for Flag {
    fn of_bool(value: bool) -> Self {
        Self(Some(value))
    }
}

/// A text, or a number as text.
#[derive(Clone, Debug, Default)]
pub(super) struct Word<'a>(pub(super) Option<Cow<'a, str>>);

impl Word<'_> {
    /// Returns the text, if it is there and not empty.
    pub(super) fn get(&self) -> Option<&str> {
        self.0.as_deref().filter(|text| !text.is_empty())
    }
}

impl<'de: 'a, 'a> Lenient<'de> for Word<'a> {
    fn of_whole(value: u64) -> Self {
        Self(Some(Cow::Owned(value.to_string())))
    }

    fn of_float(value: f64) -> Self {
        Self(Some(Cow::Owned(value.to_string())))
    }

    fn of_text(value: Cow<'de, str>) -> Self {
        Self(Some(value))
    }
}

/// How many characters a text has.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Length(pub(super) Option<u64>);

impl<'de> Lenient<'de> for Length {
    fn of_text(value: Cow<'de, str>) -> Self {
        Self(Some(value.chars().count() as u64))
    }
}

/// Whether something is there, whatever it is but nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Present(pub(super) bool);

impl<'de> Deserialize<'de> for Present {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::<IgnoredAny>::deserialize(deserializer).map(|held| Self(held.is_some()))
    }
}

reads! { Number, Decimal, Charge, Flag, Word<'a>, Length, }

/// What is filled from an object where it stands: some are a thousand bytes large, and moving them from hand to hand was an
/// eighth of the time of reading a body.
pub(super) trait Fill<'de>: Default {
    fn fill<A: MapAccess<'de>>(&mut self, entries: A) -> Result<(), A::Error>;
}

/// Fills from what must be an object.
pub(super) fn fill<'de, T: Fill<'de>, D: Deserializer<'de>>(place: &mut T, deserializer: D) -> Result<(), D::Error> {
    struct Fills<'p, T>(&'p mut T);

    impl<'de, T: Fill<'de>> Visitor<'de> for Fills<'_, T> {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<(), A::Error> {
            self.0.fill(entries)
        }
    }

    deserializer.deserialize_map(Fills(place))
}

/// An object, or that something else stands in its place.
#[derive(Clone, Debug, Default)]
pub(super) enum Object<T> {
    #[default]
    Absent,
    Is(Box<T>),
    Odd,
}

impl<T> Object<T> {
    /// Returns the object, if it is one.
    pub(super) fn get(&self) -> Option<&T> {
        match self {
            Self::Is(held) => Some(held),
            Self::Absent | Self::Odd => None,
        }
    }
}

impl<'de, T: Fill<'de>> Lenient<'de> for Object<T> {
    fn of_bool(_value: bool) -> Self {
        Self::Odd
    }

    fn of_whole(_value: u64) -> Self {
        Self::Odd
    }

    fn of_beyond(_value: &dyn fmt::Display) -> Self {
        Self::Odd
    }

    fn of_float(_value: f64) -> Self {
        Self::Odd
    }

    fn of_text(_value: Cow<'de, str>) -> Self {
        Self::Odd
    }

    fn of_list<A: SeqAccess<'de>>(items: A) -> Result<Self, A::Error> {
        skip(items).map(|()| Self::Odd)
    }

    fn of_object<A: MapAccess<'de>>(entries: A) -> Result<Self, A::Error> {
        let mut held = Box::<T>::default();
        held.fill(entries).map(|()| Self::Is(held))
    }
}

impl<'de, T: Fill<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer)
    }
}

/// The objects of a list.
#[derive(Clone, Debug)]
pub(super) struct List<T>(pub(super) Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Fill<'de>> Lenient<'de> for List<T> {
    fn of_list<A: SeqAccess<'de>>(mut items: A) -> Result<Self, A::Error> {
        let mut held = Vec::new();
        while let Some(item) = items.next_element::<Object<T>>()? {
            if let Object::Is(item) = item {
                held.push(*item);
            }
        }
        Ok(Self(held))
    }
}

impl<'de, T: Fill<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer)
    }
}
