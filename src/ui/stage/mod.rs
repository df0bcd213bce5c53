//! The stage, and what is on it.

mod cover;
pub mod failed_connection;
pub mod pager;
pub mod pointers;
pub mod quality;
pub mod screen_tile;
pub mod spot;
pub mod tile;
pub mod tile_tools;
pub mod tiles;
pub mod video;

pub use tiles::Stage;
