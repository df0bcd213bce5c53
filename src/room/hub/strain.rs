//! What the server is told of what direct connections cost here.
//!
//! Pure. Invariant: it is told what is different from what it knows, and not more often than it wants to hear of it.

use crate::protocol::ClientMessage;
use crate::room::moment::Moment;
use crate::room::sending::strain::Strain;

/// The server wants to hear of it this rarely, in ms (docs/protocol.md, "The SFU").
const SAID_EVERY_MS: u64 = 5_000;

/// What was said.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SaidStrain {
    /// The server knows this; nothing costs too much of whom it has heard nothing.
    said: Strain,
    /// It may be said again from then on.
    next: Moment,
}

impl SaidStrain {
    /// There is a new socket, on which nothing was said.
    pub(super) fn repeat(&mut self) {
        *self = Self::default();
    }

    /// It is like this now. What has to be said of it, if that may be said already.
    pub(super) fn follow(&mut self, strain: Strain, now: Moment) -> Option<ClientMessage> {
        if self.said == strain || now < self.next {
            return None;
        }
        self.said = strain;
        self.next = now.plus(SAID_EVERY_MS);
        Some(ClientMessage::Strain {
            uplink: strain.uplink,
            processor: strain.processor,
        })
    }

    /// When something that may not be said yet is to be said.
    pub(super) fn next_deadline(&self, strain: Strain) -> Option<Moment> {
        (self.said != strain).then_some(self.next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NARROW: Strain = Strain {
        uplink: true,
        processor: false,
    };

    #[test]
    fn a_change_is_said_once_and_the_next_after_a_while() {
        let mut said = SaidStrain::default();
        assert_eq!(said.follow(Strain::default(), Moment(0)), None);
        let message = ClientMessage::Strain {
            uplink: true,
            processor: false,
        };
        assert_eq!(said.follow(NARROW, Moment(1_000)), Some(message));
        assert_eq!(said.follow(NARROW, Moment(20_000)), None);
        assert!(said.follow(Strain::default(), Moment(21_000)).is_some());
        assert_eq!(said.follow(NARROW, Moment(25_999)), None);
        assert_eq!(said.next_deadline(NARROW), Some(Moment(26_000)));
        assert!(said.follow(NARROW, Moment(26_000)).is_some());
        assert_eq!(said.next_deadline(NARROW), None);
    }

    /// For how long the server takes it to last at the most where it comes and goes like this, in ms.
    fn longest(on_ms: u64, off_ms: u64) -> u64 {
        let (mut said, mut since, mut longest) = (SaidStrain::default(), None, 0);
        for now in (0..120_000).step_by(100) {
            let uplink = now % (on_ms + off_ms) < on_ms;
            let strain = Strain {
                uplink,
                processor: false,
            };
            if said.follow(strain, Moment(now)).is_some() {
                since = uplink.then_some(now);
            }
            longest = longest.max(since.map_or(0, |since| now - since));
        }
        longest
    }

    #[test]
    fn what_comes_and_goes_never_seems_to_last_for_8_s() {
        for on_ms in [100, 1_000, 1_900, 2_900] {
            for off_ms in [100, 700, 3_000, 5_100, 20_000] {
                let longest = longest(on_ms, off_ms);
                assert!(longest < 8_000, "{on_ms} and {off_ms} ms: {longest} ms");
            }
        }
        assert!(longest(60_000, 60_000) > 8_000);
    }

    #[test]
    fn on_a_new_socket_it_is_said_again() {
        let mut said = SaidStrain::default();
        assert!(said.follow(NARROW, Moment(1_000)).is_some());
        said.repeat();
        assert!(said.follow(NARROW, Moment(1_001)).is_some());
    }
}
