//! What this page captures: camera and microphone, and the screen.

mod captures;
mod constraints;
mod get_user_media;
mod screen;

pub(crate) use captures::Captures;
pub(crate) use get_user_media::Outcome;
pub(crate) use screen::{Picked, ScreenCapture};
