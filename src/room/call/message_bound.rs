//! How long a message to the server may be, and what was said that may have been too long.
//!
//! Invariant: nothing is sent that is longer than the server allows, or as long as what it closed the socket for.

use crate::protocol::{ClientMessage, Limits, PeerId};
use crate::room::moment::Moment;

/// The server has closed the socket this long after a message that was too long, in ms.
const CLOSED_WITHIN_MS: u64 = 10_000;

/// The bound on messages.
#[derive(Clone, Debug)]
pub(crate) struct MessageBound {
    /// A message has at most so many bytes.
    most: usize,
    /// It was once closed for a message of so many bytes, whatever it says that it allows.
    refused: usize,
    /// This was the longest description said on the socket of late.
    longest: Option<LongMessage>,
}

/// A description that was sent.
#[derive(Clone, Debug)]
struct LongMessage {
    /// It was for this person.
    to: PeerId,
    /// It has so many bytes.
    bytes: usize,
    /// It was sent then.
    at: Moment,
}

impl MessageBound {
    /// What the server allows, on a socket on which nothing was said yet.
    pub(crate) fn of(limits: Limits) -> Self {
        let mut bound = Self {
            most: 0,
            refused: usize::MAX,
            longest: None,
        };
        bound.renew(limits);
        bound
    }

    /// What the server allows on another socket.
    pub(crate) fn renew(&mut self, limits: Limits) {
        let told = usize::try_from(limits.message_bytes).unwrap_or(usize::MAX);
        self.most = told.min(self.refused.saturating_sub(1));
        self.longest = None;
    }

    /// Whether a message to somebody may be sent; one that may counts as sent.
    pub(crate) fn admits(&mut self, to: &PeerId, message: &ClientMessage, now: Moment) -> bool {
        let json = serde_json::to_string(message);
        let bytes = json.map_or(usize::MAX, |json| json.len());
        if bytes > self.most {
            return false;
        }
        let longest = self.longest.as_ref();
        if longest.is_none_or(|longest| longest.bytes <= bytes || is_past(longest, now)) {
            self.longest = Some(LongMessage {
                to: to.clone(),
                bytes,
                at: now,
            });
        }
        true
    }

    /// The server has closed the socket because a message was too long: whom that was probably for. Nothing as long is sent
    /// any more.
    pub(crate) fn exceeded(&mut self, now: Moment) -> Option<PeerId> {
        let longest = self.longest.take()?;
        if is_past(&longest, now) {
            return None;
        }
        self.refused = longest.bytes;
        Some(longest.to)
    }
}

fn is_past(message: &LongMessage, now: Moment) -> bool {
    now.since(message.at) > CLOSED_WITHIN_MS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::testing::fixture::{limits, peer};

    fn bound(message_bytes: u32) -> MessageBound {
        MessageBound::of(Limits {
            message_bytes,
            ..limits()
        })
    }

    /// An offer of so many bytes, written as JSON.
    fn offer(bytes: usize) -> ClientMessage {
        let offer = |sdp: String| ClientMessage::Offer {
            target: peer("a"),
            sdp,
            serial: None,
        };
        let around = serde_json::to_string(&offer(String::new())).unwrap().len();
        offer("x".repeat(bytes - around))
    }

    #[test]
    fn what_is_exactly_as_long_as_allowed_passes_and_one_byte_more_does_not() {
        let mut bound = bound(1_000);
        assert!(bound.admits(&peer("a"), &offer(1_000), Moment(0)));
        assert!(!bound.admits(&peer("a"), &offer(1_001), Moment(0)));
    }

    #[test]
    fn line_breaks_count_as_they_are_written() {
        let mut bound = bound(1_000);
        let sdp = "\r\n".repeat(400);
        let answer = ClientMessage::Answer {
            target: peer("a"),
            sdp,
            serial: None,
        };
        assert!(!bound.admits(&peer("a"), &answer, Moment(0)));
    }

    #[test]
    fn what_the_socket_was_closed_for_is_never_sent_again() {
        let mut bound = bound(1_000);
        assert!(bound.admits(&peer("a"), &offer(500), Moment(0)));
        assert!(bound.admits(&peer("b"), &offer(900), Moment(1)));
        assert!(bound.admits(&peer("c"), &offer(300), Moment(2)));
        assert_eq!(bound.exceeded(Moment(3)), Some(peer("b")));
        bound.renew(limits());
        assert!(!bound.admits(&peer("b"), &offer(900), Moment(4)));
        assert!(bound.admits(&peer("b"), &offer(899), Moment(4)));
        assert_eq!(bound.exceeded(Moment(5)), Some(peer("b")));
        bound.renew(limits());
        assert!(!bound.admits(&peer("b"), &offer(899), Moment(6)));
    }

    #[test]
    fn what_was_said_long_ago_was_not_too_long() {
        let mut bound = bound(1_000);
        assert!(bound.admits(&peer("a"), &offer(900), Moment(0)));
        assert_eq!(bound.exceeded(Moment(10_001)), None);
        assert!(bound.admits(&peer("a"), &offer(900), Moment(10_001)));
        assert!(bound.admits(&peer("b"), &offer(500), Moment(20_002)));
        assert_eq!(bound.exceeded(Moment(20_003)), Some(peer("b")));
    }
}
