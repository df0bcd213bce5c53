//! Whom somebody watches over the SFU, and how large.

use serde::{Deserialize, Serialize};

use crate::protocol::id::PeerId;
use crate::protocol::message::words;

/// What somebody wants to see and not to hear over the SFU; each one replaces the one before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Watch {
    /// Newer wishes have higher numbers.
    pub number: u32,
    /// The pictures, the most important first; at most [`Watch::PICTURES`].
    #[serde(default)]
    pub pictures: Vec<PictureWish>,
    /// Whose sound comes another way; at most [`Watch::UNHEARD`].
    #[serde(default)]
    pub unheard: Vec<PeerId>,
}

impl Watch {
    /// So many people can be watched at a time.
    pub const PICTURES: usize = 32;

    /// Of so many people the sound can be left out.
    pub const UNHEARD: usize = 1_000;

    /// Whether it asks for no more than one may.
    pub fn is_within_limits(&self) -> bool {
        self.pictures.len() <= Self::PICTURES && self.unheard.len() <= Self::UNHEARD
    }
}

/// How large somebody's pictures are shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PictureWish {
    /// Whose.
    pub peer: PeerId,
    /// Their face; absent means not at all.
    #[serde(default, skip_serializing_if = "ViewedSize::is_hidden")]
    pub camera: ViewedSize,
    /// Their screen; absent means not at all.
    #[serde(default, skip_serializing_if = "ViewedSize::is_hidden")]
    pub screen: ViewedSize,
}

words! {
    /// How large a picture is shown, as in `viewing` between people.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
    pub enum ViewedSize {
        /// Not at all.
        #[default]
        Hidden = "hidden",
        /// As one of many.
        Thumbnail = "thumbnail",
        /// As one of a few.
        Medium = "medium";
        /// As the one that is looked at; also what is taken for a size that is not known.
        #[serde(other)]
        Large = "large"
    }
}

impl ViewedSize {
    /// Whether it need not be said.
    fn is_hidden(&self) -> bool {
        *self == Self::Hidden
    }
}
