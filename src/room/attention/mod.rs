//! What draws the user's attention, and how they get a word in: hints, push to talk, the page's title, sounds.
//!
//! Responsible for when, not for how it looks. Invariant: nothing nags; each hint and each sound has a shortest distance
//! to the one before.

pub(crate) mod gathering;
pub(crate) mod muted_hint;
pub(crate) mod push_to_talk;
pub(crate) mod sound;
pub(crate) mod title;

pub use push_to_talk::{KeyTarget, PushToTalk, PushToTalkCommand, PushToTalkEvent};
pub use sound::{Sound, Tone};
pub use title::{TitleFacts, TitlePart, title_parts};
