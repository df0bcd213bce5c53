//! What is on or off, and how that is remembered.

use serde::{Deserialize, Serialize};

use crate::protocol::fields::{Fields, WrongField};

/// On or off, as the user set it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Switch {
    /// Wanted.
    #[default]
    On,
    /// Not wanted.
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
