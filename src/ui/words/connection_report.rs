//! The report that is copied: for whoever helps, in plain text.

use super::connection_test::{advice, figure, name, result};
use super::connection_verdict::sentence;
use crate::room::connection_test::{Check, Finding, TestProgress, TestStep, TestVerdict};

/// Whether a report has the addresses that were seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addresses {
    /// The report has no address of anybody.
    Omitted,
    /// The report has the addresses: the user asked for them.
    Included,
}

/// Writes the report.
pub fn report(check: &Check, addresses: Addresses) -> String {
    let mut text = "Visavis connection check\n".to_owned();
    let verdict = sentence(&TestVerdict::of(check));
    text = [&text, &verdict, "\n\n"].concat();
    for step in TestStep::ALL {
        let progress = check.progress(step);
        let mark = match progress {
            TestProgress::Waiting | TestProgress::Running => "[...]     ",
            TestProgress::Ended(Finding::Fine(_)) => "[ok]      ",
            TestProgress::Ended(Finding::Trouble(_)) => "[problem] ",
            TestProgress::Ended(Finding::NotOffered | Finding::NotTried(_)) => "[-]       ",
        };
        text += &[mark, name(step), ": ", result(step, progress)].concat();
        if let Some(figure) = figure(progress) {
            text += &[" (", &figure, ")"].concat();
        }
        if let Some(advice) = advice(step, progress) {
            text += &[". ", &advice].concat();
        }
        text.push('\n');
    }
    text += &["\nBrowser: ", &check.browser, "\n"].concat();
    if addresses == Addresses::Included {
        text.push('\n');
        for line in check.addresses() {
            text += &line;
            text.push('\n');
        }
    }
    text
}
