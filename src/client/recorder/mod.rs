//! Recording the call in this browser.

mod canvas;
mod media_recorder;
mod mixer;
mod pieces;
mod sources;

pub(crate) use canvas::{HEIGHT, WIDTH};
pub(crate) use media_recorder::{Recorder, RecorderEvent};
pub(crate) use mixer::Sound;
pub(crate) use pieces::Pieces;
pub(crate) use sources::Sources;
