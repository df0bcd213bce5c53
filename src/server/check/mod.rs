//! `visavis check`: tests a configuration before it is used, and a running server from outside.
//!
//! Invariant: every line says what is good, or what is not and what to do. Nothing of the configuration's secrets is
//! printed, and nothing is changed.

mod address;
mod configuration;
mod dial;
mod outside;
mod own_relay;
mod relay;
mod report;
mod room;
mod stun;
mod target;
mod verifier;

use std::io;

pub use report::CheckVerdict;
use report::Report;
pub use target::CheckRequest;

/// Tests and prints.
///
/// # Errors
/// When nothing can be printed.
pub async fn run(request: CheckRequest) -> io::Result<CheckVerdict> {
    let mut report = Report::new(io::stdout());
    match &request.url {
        Some(url) => outside::test(url, &mut report).await?,
        None => configuration::test(&request.config, &mut report)?,
    }
    report.finish()
}
