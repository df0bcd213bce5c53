//! How large a person shows somebody: what they ask the sender for, by a message on a data channel.
//!
//! Invariant: whoever says nothing, or something a later version invented, gets the full picture.

use serde::{Deserialize, Serialize};

use crate::protocol::fields::{Fields, Member, WrongField};
use crate::protocol::message::{message, words};

words! {
    /// A track is shown this large.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
    pub enum ViewSize {
        /// The track is not shown at all: another page, a hidden window, audio only.
        Hidden = "hidden",
        /// The track is shown up to 240 device pixels high.
        Thumbnail = "thumbnail",
        /// The track is shown up to 480 device pixels high.
        Medium = "medium";
        /// The track is shown larger than that.
        #[default]
        #[serde(other)]
        Large = "large"
    }
}

impl ViewSize {
    /// The size for a tile of this height in device pixels (CSS pixels times `devicePixelRatio`); 0 for a hidden one.
    pub fn for_height(device_pixels: f64) -> Self {
        match device_pixels {
            height if height > 480.0 => Self::Large,
            height if height > 240.0 => Self::Medium,
            height if height > 0.0 => Self::Thumbnail,
            _ => Self::Hidden,
        }
    }

    /// The most lines worth sending for it; `None` when nothing is.
    pub(super) fn lines(self) -> Option<u32> {
        match self {
            Self::Hidden => None,
            Self::Thumbnail => Some(180),
            Self::Medium => Some(360),
            Self::Large => Some(u32::MAX),
        }
    }
}

message! {
    /// What one person asks another to send: the fields of the `viewing` message, as in
    /// `{"type":"viewing","camera":"thumbnail","screen":"hidden"}`. A missing field stands for `large`.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
    pub struct ViewRequest {
        /// The sender's face is shown this large.
        pub camera: ViewSize = "camera" [default],
        /// The sender's shared screen is shown this large.
        pub screen: ViewSize = "screen" [default],
        /// The sender's sound is heard over this path. An extension; absent means that it is.
        pub sound: Heard = "sound" [default, skip_serializing_if = "Heard::is_heard"],
    }
}

/// Sound is heard over the path on which this is said, or comes over another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Heard(pub bool);

impl Heard {
    /// Whether it need not be said.
    fn is_heard(&self) -> bool {
        self.0
    }
}

impl Default for Heard {
    fn default() -> Self {
        Self(true)
    }
}

impl Member for Heard {
    fn member(fields: Fields<'_>, name: &'static str) -> Result<Self, WrongField> {
        bool::member(fields, name).map(Self)
    }
}

impl ViewRequest {
    /// Nothing is shown.
    pub const HIDDEN: Self = Self {
        camera: ViewSize::Hidden,
        screen: ViewSize::Hidden,
        sound: Heard(true),
    };
}
