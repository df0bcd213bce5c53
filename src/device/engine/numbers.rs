//! The numbers of offers on the wire (docs/protocol.md, *Numbers*): those of a run begin above those of every earlier run.
//!
//! Invariant: a device that takes its seat back after its program was started again never says a number that was said before.

use std::time::SystemTime;

use crate::protocol::{ClientMessage, ServerMessage};

/// Numbers begin with the seconds since then: the first of January 2025.
const EPOCH: u64 = 1_735_689_600;

/// Between two beginnings in one run so many numbers are free at least.
const APART: u32 = 1_000;

/// So many numbers are left for those of an earlier run, wherever the clock went in between.
const OF_EARLIER_RUN: u32 = 10_000;

/// The numbers of this run begin behind this one.
#[derive(Debug, Default)]
pub(super) struct OfferNumbers {
    base: u32,
    /// Those of an earlier run began behind this one; `None` once this run has begun.
    earlier: Option<u32>,
}

impl OfferNumbers {
    /// Goes on behind an earlier run, whose numbers began behind `base`, whatever the clock says.
    pub(super) fn after(base: u32) -> Self {
        Self {
            base: 0,
            earlier: Some(base),
        }
    }

    /// The numbers begin behind this one.
    pub(super) fn base(&self) -> u32 {
        self.base
    }

    /// A visit begins anew, and the model counts from the beginning.
    pub(super) fn begin(&mut self, now: SystemTime) {
        let seconds = now.duration_since(SystemTime::UNIX_EPOCH);
        let since = seconds.map_or(0, |it| it.as_secs().saturating_sub(EPOCH));
        // Half of all numbers are for the sixty years to come; the rest is for what is counted.
        let since = u32::try_from(since)
            .unwrap_or(u32::MAX / 2)
            .min(u32::MAX / 2);
        let least = match self.earlier.take() {
            Some(earlier) => earlier.saturating_add(OF_EARLIER_RUN),
            None => self.base.saturating_add(APART),
        };
        self.base = since.max(least);
    }

    /// A message of the model as it is said.
    pub(super) fn outgoing(&self, message: ClientMessage) -> ClientMessage {
        match message {
            ClientMessage::Offer {
                target,
                sdp,
                serial,
            } => ClientMessage::Offer {
                target,
                sdp,
                serial: serial.map(|serial| serial.saturating_add(self.base)),
            },
            other => other,
        }
    }

    /// A message of the server as the model understands it; `None` for the answer to an offer of an earlier run.
    pub(super) fn incoming(&self, message: ServerMessage) -> Option<ServerMessage> {
        match message {
            ServerMessage::Answer {
                from,
                sdp,
                serial: Some(serial),
            } => Some(ServerMessage::Answer {
                from,
                sdp,
                serial: Some(serial.checked_sub(self.base)?),
            }),
            other => Some(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::protocol::PeerId;

    fn offer(serial: Option<u32>) -> ClientMessage {
        ClientMessage::Offer {
            target: PeerId::new("P"),
            sdp: String::new(),
            serial,
        }
    }

    fn answer(serial: Option<u32>) -> ServerMessage {
        ServerMessage::Answer {
            from: PeerId::new("P"),
            sdp: String::new(),
            serial,
        }
    }

    fn said(numbers: &OfferNumbers, serial: u32) -> u32 {
        match numbers.outgoing(offer(Some(serial))) {
            ClientMessage::Offer {
                serial: Some(serial),
                ..
            } => serial,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_later_run_begins_above_an_earlier_one() {
        let start = SystemTime::UNIX_EPOCH + Duration::from_secs(EPOCH + 50_000_000);
        let (mut one, mut other) = (OfferNumbers::default(), OfferNumbers::default());
        one.begin(start);
        let last = said(&one, 900);
        one.begin(start);
        assert!(said(&one, 1) > last, "also within a run");
        other.begin(start + Duration::from_secs(3_600));
        assert!(said(&other, 1) > said(&one, 900));
        let mut before = OfferNumbers::default();
        before.begin(SystemTime::UNIX_EPOCH);
        assert!(said(&before, 1) > 1, "a clock that is wrong does no harm");
    }

    #[test]
    fn a_clock_that_went_back_between_two_runs_or_hardly_on_does_no_harm() {
        let start = SystemTime::UNIX_EPOCH + Duration::from_secs(EPOCH + 50_000_000);
        let mut one = OfferNumbers::default();
        one.begin(start);
        let last = said(&one, 5_000);
        for now in [
            SystemTime::UNIX_EPOCH,
            start,
            start + Duration::from_secs(1),
        ] {
            let mut other = OfferNumbers::after(one.base());
            other.begin(now);
            assert!(said(&other, 1) > last);
        }
    }

    #[test]
    fn answers_bear_the_numbers_of_the_model_again() {
        let mut numbers = OfferNumbers::default();
        numbers.begin(SystemTime::UNIX_EPOCH + Duration::from_secs(EPOCH + 1_000_000));
        let number = said(&numbers, 7);
        assert_eq!(
            numbers.incoming(answer(Some(number))),
            Some(answer(Some(7)))
        );
        assert_eq!(numbers.incoming(answer(None)), Some(answer(None)));
        assert_eq!(numbers.incoming(answer(Some(7))), None, "of an earlier run");
        assert_eq!(numbers.outgoing(offer(None)), offer(None));
    }
}
