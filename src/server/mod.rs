//! The server: pages, the signaling WebSocket, and the life of the process.

pub mod check;
mod clock;
pub mod command_line;
pub mod config;
pub(crate) mod http;
mod ice;
mod net;
pub mod process;
mod regular_file;
mod rooms;
mod run;
mod secrets;
mod sfu;
mod signaling;
mod tasks;
mod turn;

pub use run::run;
