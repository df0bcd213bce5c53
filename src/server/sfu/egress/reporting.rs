//! What a receiver is told of what was sent to it: a sender report of each stream (RFC 3550 §6.4.1).
//!
//! Invariant: of a stream of which nothing was sent since the last report there is none.

use std::time::{Duration, Instant};

use super::super::rtcp::write_sender_report;
use super::super::srtp::Sealer;
use super::exit::Exit;
use super::receiver::Egress;

/// Receivers are told this often what was sent (RFC 3550 §6.2), while something is.
const REPORT_EVERY: Duration = Duration::from_secs(1);

/// A datagram with reports has at most so many bytes.
const MOST_REPORTED: usize = 1_000;

impl Egress {
    /// Tells the receiver what was sent of each stream.
    pub(super) fn report(&mut self, now: Instant, exit: &mut impl Exit) {
        self.report_at = None;
        let ntp = self.clock.ntp(now);
        let mut datagram = exit.datagram();
        for stream in &mut self.streams {
            if !stream.is_unreported {
                continue;
            }
            if let Some(report) = stream.report(ntp, now) {
                write_sender_report(&report, &stream.plan.cname, &mut datagram);
                self.report_at = Some(now + REPORT_EVERY);
            }
            if datagram.len() >= MOST_REPORTED {
                let full = std::mem::replace(&mut datagram, exit.datagram());
                seal_report(&mut self.sealer, full, exit);
            }
        }
        if !datagram.is_empty() {
            seal_report(&mut self.sealer, datagram, exit);
        }
    }
}

/// Seals reports and sends them.
fn seal_report(sealer: &mut Option<Sealer>, mut datagram: Vec<u8>, exit: &mut impl Exit) {
    if let Some(sealer) = sealer
        && sealer.seal_rtcp(&mut datagram).is_ok()
    {
        exit.send(datagram);
    }
}
