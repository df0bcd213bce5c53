//! What somebody says they send.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::protocol::fields::{Fields, Read, WrongField};

/// What somebody sends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaState {
    /// The microphone is on and not muted.
    pub audio: bool,
    /// The camera is on.
    pub video: bool,
    /// The screen is shared.
    pub screen: bool,
}

impl Read for MediaState {
    fn read(value: &Value) -> Result<Self, WrongField> {
        let fields = Fields::of(value)?;
        Ok(Self {
            audio: fields.flag("audio")?,
            video: fields.flag("video")?,
            screen: fields.flag("screen")?,
        })
    }
}
