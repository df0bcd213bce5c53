//! What this participant sends: devices, what is captured from them, the shared screen, recordings.

pub(crate) mod capture;
pub mod device_changes;
pub(crate) mod local;
pub(crate) mod plugging;
pub mod recording;
pub mod screen;
pub mod settings;
