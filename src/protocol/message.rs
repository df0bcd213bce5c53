//! A message is declared once: its type, how it is written and how it is read come from one declaration.
//!
//! Why not derived readers: see [`super::fields`]. What is written is serde's, so each member stands under the name that the
//! declaration gives it; what serde should know besides stands behind the name, in brackets and in serde's words. Of these
//! the readers know `default` (the member may be missing) and `flatten` (its members are the message's own).

/// Declares a message: a `struct` of members, or an `enum` whose variants are told apart by the member `type`. Behind a
/// semicolon an enum may name the variant that stands for a `type` which is not known.
macro_rules! message {
    (
        $(#[$meta:meta])*
        $vis:vis struct $name:ident {
            $(
                $(#[$member_meta:meta])*
                $member_vis:vis $member:ident: $type:ty = $wire:literal $([$($how:tt)*])?
            ),* $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(serde::Serialize)]
        $vis struct $name {
            $(
                $(#[$member_meta])*
                #[serde(rename = $wire $(, $($how)*)?)]
                $member_vis $member: $type,
            )*
        }

        impl $crate::protocol::fields::Read for $name {
            fn read(value: &serde_json::Value) -> Result<Self, $crate::protocol::fields::WrongField> {
                let fields = $crate::protocol::fields::Fields::of(value)?;
                Ok(Self {
                    $($member: $crate::protocol::message::member!(value, fields, $wire, $($($how)*)?),)*
                })
            }
        }

        impl $crate::protocol::fields::Member for $name {
            fn member(
                fields: $crate::protocol::fields::Fields<'_>,
                name: &'static str,
            ) -> Result<Self, $crate::protocol::fields::WrongField> {
                fields.one(name)
            }
        }
    };
    (
        $(#[$meta:meta])*
        $vis:vis enum $name:ident {
            $(
                $(#[$variant_meta:meta])*
                $variant:ident = $tag:literal $(($content:ty))? $({
                    $(
                        $(#[$member_meta:meta])*
                        $member:ident: $type:ty = $wire:literal $([$($how:tt)*])?
                    ),* $(,)?
                })?
            ),* $(,)?
            $(; $(#[$other_meta:meta])* $other:ident)?
        }
    ) => {
        $(#[$meta])*
        #[derive(serde::Serialize)]
        #[serde(tag = "type", rename_all = "kebab-case")]
        $vis enum $name {
            $(
                $(#[$variant_meta])*
                #[serde(rename = $tag)]
                $variant $(($content))? $({
                    $(
                        $(#[$member_meta])*
                        #[serde(rename = $wire $(, $($how)*)?)]
                        $member: $type,
                    )*
                })?,
            )*
            $($(#[$other_meta])* $other,)?
        }

        impl $crate::protocol::fields::Read for $name {
            fn read(value: &serde_json::Value) -> Result<Self, $crate::protocol::fields::WrongField> {
                let fields = $crate::protocol::fields::Fields::of(value)?;
                Ok(match fields.text("type")? {
                    $(
                        $tag => Self::$variant
                            $((<$content as $crate::protocol::fields::Read>::read(value)?))?
                            $({$(
                                $member: $crate::protocol::message::member!(value, fields, $wire, $($($how)*)?),
                            )*})?,
                    )*
                    _ => $crate::protocol::message::otherwise!("type" $(, $other)?),
                })
            }
        }
    };
}
pub(crate) use message;

/// Declares words that stand for something. Behind a semicolon they may name the one that stands for a word which is not
/// known.
macro_rules! words {
    (
        $(#[$meta:meta])*
        $vis:vis enum $name:ident {
            $($(#[$word_meta:meta])* $word:ident = $text:literal),* $(,)?
            $(; $(#[$other_meta:meta])* $other:ident = $other_text:literal)?
        }
    ) => {
        $(#[$meta])*
        #[derive(serde::Serialize)]
        $vis enum $name {
            $($(#[$word_meta])* #[serde(rename = $text)] $word,)*
            $($(#[$other_meta])* #[serde(rename = $other_text)] $other,)?
        }

        impl $crate::protocol::fields::Member for $name {
            fn member(
                fields: $crate::protocol::fields::Fields<'_>,
                name: &'static str,
            ) -> Result<Self, $crate::protocol::fields::WrongField> {
                Ok(match fields.text(name)? {
                    $($text => Self::$word,)*
                    _ => $crate::protocol::message::otherwise!(name $(, $other)?),
                })
            }
        }
    };
}
pub(crate) use words;

/// Reads one member as its declaration says.
macro_rules! member {
    ($value:ident, $fields:ident, $wire:literal, flatten) => {
        $crate::protocol::fields::Read::read($value)?
    };
    ($value:ident, $fields:ident, $wire:literal, default $($more:tt)*) => {
        $fields.member_or_default($wire)?
    };
    ($value:ident, $fields:ident, $wire:literal, $($more:tt)*) => {
        $fields.member($wire)?
    };
}
pub(crate) use member;

/// What is read from a word that nobody declared.
macro_rules! otherwise {
    ($name:expr, $other:ident) => {
        Self::$other
    };
    ($name:expr) => {
        return Err($crate::protocol::fields::WrongField($name))
    };
}
pub(crate) use otherwise;
