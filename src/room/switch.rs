//! What is on or off, and how that is remembered.

use serde::{Deserialize, Serialize};

use crate::protocol::fields::{Fields, WrongField};

/// The user wants something on or off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Switch {
    /// It is wanted.
    #[default]
    On,
    /// It is not wanted.
    Off,
}

impl Switch {
    /// The other one.
    #[must_use]
    pub fn flipped(self) -> Self {
        match self {
            Self::On => Self::Off,
            Self::Off => Self::On,
        }
    }
}

/// A remembered switch: on, unless it was switched off.
pub(crate) fn switch(fields: Fields<'_>, name: &'static str) -> Result<Switch, WrongField> {
    Ok(match fields.maybe_text(name)? {
        Some("off") => Switch::Off,
        _ => Switch::On,
    })
}
