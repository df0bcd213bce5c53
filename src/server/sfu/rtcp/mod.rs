//! RTCP (RFC 3550 §6, RFC 4585): reads what receivers report, and writes what is reported to them.
//!
//! Pure. Invariant: no bytes make the reading fail otherwise than by an early end, and nothing is done for what is named
//! until it is read.

mod missing_numbers;
mod packet;
mod reports;
mod sender_report;
mod transport_feedback;

pub(super) use reports::{Report, reports};
pub(super) use sender_report::{SenderReport, write_sender_report};
