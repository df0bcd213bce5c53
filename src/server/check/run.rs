//! One run of `visavis check`.

use std::io;

use super::report::{CheckVerdict, Report};
use super::target::CheckRequest;
use super::{configuration, outside};

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
