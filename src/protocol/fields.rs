//! Reading a message from JSON member by member.
//!
//! Why not derived: code that tells messages apart by a member of theirs is compiled for every kind of message and every
//! member, which was an eighth of the wasm. Invariant: unknown members are ignored; a member that is missing and one that
//! is `null` are the same.

use serde_json::{Map, Value};
use thiserror::Error;

/// Why something is no message: the member that is missing or has another type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("`{0}` is missing or of another kind")]
pub struct WrongField(pub &'static str);

/// What can be read from a JSON value.
pub trait Read: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// [`WrongField`] when the value is not one.
    fn read(value: &Value) -> Result<Self, WrongField>;
}

/// What can be read from a member of a JSON object.
pub trait Member: Sized {
    /// Reads the member of this name.
    ///
    /// # Errors
    /// [`WrongField`] when it is missing or something else.
    fn member(fields: Fields<'_>, name: &'static str) -> Result<Self, WrongField>;
}

/// The members of a JSON object.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a>(&'a Map<String, Value>);

impl<'a> Fields<'a> {
    /// Of an object.
    ///
    /// # Errors
    /// When it is something else.
    pub fn of(value: &'a Value) -> Result<Self, WrongField> {
        value.as_object().map(Self).ok_or(WrongField("an object"))
    }

    /// Any value; `None` when it is missing or `null`.
    pub fn value(self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// Any value, also `null`; `None` when it is missing.
    pub fn anything(self, name: &str) -> Option<&'a Value> {
        self.0.get(name)
    }

    fn typed<T>(
        self,
        name: &'static str,
        kind: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, WrongField> {
        match self.value(name) {
            None => Ok(None),
            Some(value) => kind(value).map(Some).ok_or(WrongField(name)),
        }
    }

    /// A text, if it is there.
    ///
    /// # Errors
    /// When it is something else.
    pub fn maybe_text(self, name: &'static str) -> Result<Option<&'a str>, WrongField> {
        self.typed(name, Value::as_str)
    }

    /// A text.
    ///
    /// # Errors
    /// When it is missing or something else.
    pub fn text(self, name: &'static str) -> Result<&'a str, WrongField> {
        self.maybe_text(name)?.ok_or(WrongField(name))
    }

    /// A copy of a text.
    ///
    /// # Errors
    /// When it is missing or something else.
    pub fn string(self, name: &'static str) -> Result<String, WrongField> {
        self.text(name).map(str::to_owned)
    }

    /// A copy of a text, if it is there.
    ///
    /// # Errors
    /// When it is something else.
    pub fn maybe_string(self, name: &'static str) -> Result<Option<String>, WrongField> {
        Ok(self.maybe_text(name)?.map(str::to_owned))
    }

    /// A whole number that is not negative, if it is there.
    ///
    /// # Errors
    /// When it is something else.
    pub fn maybe_integer(self, name: &'static str) -> Result<Option<u64>, WrongField> {
        self.typed(name, Value::as_u64)
    }

    /// A whole number that is not negative.
    ///
    /// # Errors
    /// When it is missing or something else.
    pub fn integer(self, name: &'static str) -> Result<u64, WrongField> {
        self.maybe_integer(name)?.ok_or(WrongField(name))
    }

    /// A whole number below 2^32, if it is there.
    ///
    /// # Errors
    /// When it is something else.
    pub fn maybe_u32(self, name: &'static str) -> Result<Option<u32>, WrongField> {
        self.maybe_integer(name)?
            .map(|number| u32::try_from(number).map_err(|_| WrongField(name)))
            .transpose()
    }

    /// A whole number below 2^32.
    ///
    /// # Errors
    /// When it is missing or something else.
    pub fn u32(self, name: &'static str) -> Result<u32, WrongField> {
        self.maybe_u32(name)?.ok_or(WrongField(name))
    }

    /// A number, if it is there.
    ///
    /// # Errors
    /// When it is something else.
    pub fn maybe_number(self, name: &'static str) -> Result<Option<f64>, WrongField> {
        self.typed(name, Value::as_f64)
    }

    /// A number.
    ///
    /// # Errors
    /// When it is missing or something else.
    pub fn number(self, name: &'static str) -> Result<f64, WrongField> {
        self.maybe_number(name)?.ok_or(WrongField(name))
    }

    /// True or false, if it is there.
    ///
    /// # Errors
    /// When it is something else.
    pub fn maybe_flag(self, name: &'static str) -> Result<Option<bool>, WrongField> {
        self.typed(name, Value::as_bool)
    }

    /// True or false.
    ///
    /// # Errors
    /// When it is missing or something else.
    pub fn flag(self, name: &'static str) -> Result<bool, WrongField> {
        self.maybe_flag(name)?.ok_or(WrongField(name))
    }

    /// The values of a list.
    ///
    /// # Errors
    /// When it is missing or something else.
    pub fn list(self, name: &'static str) -> Result<&'a [Value], WrongField> {
        self.typed(name, |value| value.as_array().map(Vec::as_slice))?
            .ok_or(WrongField(name))
    }

    /// The things in a list.
    ///
    /// # Errors
    /// When it is missing or something else, or one of them cannot be read.
    pub fn all<T: Read>(self, name: &'static str) -> Result<Vec<T>, WrongField> {
        let list = self.list(name)?;
        let mut things = Vec::with_capacity(list.len());
        for value in list {
            things.push(T::read(value)?);
        }
        Ok(things)
    }

    /// A member of any type.
    ///
    /// # Errors
    /// When it is missing or something else.
    pub fn member<T: Member>(self, name: &'static str) -> Result<T, WrongField> {
        T::member(self, name)
    }

    /// A member of any type, which stands for the default when it is missing.
    ///
    /// # Errors
    /// When it is something else.
    pub fn member_or_default<T: Member + Default>(
        self,
        name: &'static str,
    ) -> Result<T, WrongField> {
        Ok(self.member::<Option<T>>(name)?.unwrap_or_default())
    }

    /// A thing.
    ///
    /// # Errors
    /// When it is missing or cannot be read.
    pub fn one<T: Read>(self, name: &'static str) -> Result<T, WrongField> {
        T::read(self.value(name).ok_or(WrongField(name))?)
    }
}

/// Tells how members of a type are read by one of the methods of [`Fields`].
macro_rules! members {
    ($($type:ty: $read:expr),* $(,)?) => {
        $(impl $crate::protocol::fields::Member for $type {
            fn member(
                fields: $crate::protocol::fields::Fields<'_>,
                name: &'static str,
            ) -> Result<Self, $crate::protocol::fields::WrongField> {
                let read: fn($crate::protocol::fields::Fields<'_>, &'static str) -> Result<Self, $crate::protocol::fields::WrongField> = $read;
                read(fields, name)
            }
        })*
    };
}
pub(crate) use members;

members! {
    bool: |fields, name| fields.flag(name),
    f64: |fields, name| fields.number(name),
    u16: |fields, name| u16::try_from(fields.integer(name)?).map_err(|_| WrongField(name)),
    u32: |fields, name| fields.u32(name),
    u64: |fields, name| fields.integer(name),
    String: |fields, name| fields.string(name),
    Value: |fields, name| fields.anything(name).cloned().ok_or(WrongField(name)),
}

impl Read for String {
    fn read(value: &Value) -> Result<Self, WrongField> {
        value
            .as_str()
            .map(str::to_owned)
            .ok_or(WrongField("a text"))
    }
}

impl<T: Member> Member for Option<T> {
    fn member(fields: Fields<'_>, name: &'static str) -> Result<Self, WrongField> {
        match fields.value(name) {
            None => Ok(None),
            Some(_) => T::member(fields, name).map(Some),
        }
    }
}

impl<T: Read> Member for Vec<T> {
    fn member(fields: Fields<'_>, name: &'static str) -> Result<Self, WrongField> {
        fields.all(name)
    }
}

/// Reads something from a text of JSON.
///
/// # Errors
/// When it is no JSON, or cannot be read.
pub fn read_text<T: Read>(text: &str) -> Result<T, serde_json::Error> {
    let value: Value = serde_json::from_str(text)?;
    T::read(&value).map_err(serde::de::Error::custom)
}

/// Makes types that can be [`Read`] known to serde, for where they stand in others.
macro_rules! deserialize_by_reading {
    ($($name:ty),+) => {
        $(impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = serde_json::Value::deserialize(deserializer)?;
                <$name as $crate::protocol::fields::Read>::read(&value).map_err(serde::de::Error::custom)
            }
        })+
    };
}
pub(crate) use deserialize_by_reading;
