//! RTCP (RFC 3550 §6, RFC 4585): reads what receivers report, and writes what is reported to them.
//!
//! Pure. Invariant: no bytes make the reading fail otherwise than by an early end, and the work that a packet makes is bounded by
//! its length and by [`MOST_NAMED`](transport_feedback::MOST_NAMED).

mod missing_numbers;
mod packet;
mod reports;
mod sender_report;
mod transport_feedback;

pub(super) use reports::{Report, reports};
pub(super) use sender_report::{SenderReport, write_sender_report};
