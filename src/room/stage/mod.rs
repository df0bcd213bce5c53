//! What is shown large, what small, and on which page.
//!
//! Responsible for the decision, and for each tile's place. Invariants: every tile is in exactly one
//! place or on another page; people keep the order in which they came, so that nothing moves without a reason; no page
//! holds more than [`view::PAGE_TILES`] tiles, so that a large room costs no more to decode than a small one.
//!
//! Use: keep a [`Stage`] per call, tell it what the user wants, and draw what [`Stage::view`] returns.

pub(crate) mod active_speaker;
pub(crate) mod choices;
pub mod grid;
pub(crate) mod layout;
pub(crate) mod places;
pub mod speaking;
#[cfg(test)]
#[path = "tests/view.rs"]
mod tests;
pub(crate) mod tile;
pub(crate) mod view;

pub use choices::{LayoutMode, Stage, StageAction};
pub use places::places;
pub use view::StageView;

pub use self::layout::Layout;
pub use self::tile::TileId;
