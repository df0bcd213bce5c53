//! What is shown large, what small, and on which page.
//!
//! Responsible for the decision, not for pixels (those are [`super::layout`]'s). Invariants: every tile is in exactly one
//! place or on another page; people keep the order in which they came, so that nothing moves without a reason; no page
//! holds more than [`PAGE_TILES`] tiles, so that a large room costs no more to decode than a small one.
//!
//! Use: keep a [`Stage`] per call, tell it what the user wants, and draw what [`Stage::view`] returns.

mod active_speaker;
#[cfg(test)]
mod tests;
mod view;
mod wishes;

pub use active_speaker::ActiveSpeaker;
pub use view::{PAGE_TILES, StagePeople, StageView, TileId};
pub use wishes::{LayoutMode, Stage};
