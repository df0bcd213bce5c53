//! Sound in the browser: levels, tones, and the copy of the microphone that is listened to while muted.

pub(crate) mod levels;
pub(crate) mod monitor;
pub(crate) mod tones;
