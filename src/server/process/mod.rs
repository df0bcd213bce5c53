//! The process itself: its log, its limits, and what it says when it is ready.

pub(crate) mod figures_line;
pub(crate) mod file_limit;
pub(crate) mod host_names;
pub(crate) mod ready_line;
pub mod start_error;
pub mod telemetry;
