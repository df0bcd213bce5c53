//! Asking a STUN server where packets of a socket seem to come from (RFC 8489 section 2).
//!
//! Invariant: an answer counts only from the server that was asked, and with the transaction's id.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use stun_types::attribute::XorMappedAddress;
use stun_types::message::{
    BINDING, Message, MessageClass, MessageType, MessageWrite, MessageWriteVec, TransactionId,
};

/// The question is said again after this time, which doubles each time.
const REPEATED_AFTER: Duration = Duration::from_millis(300);

/// It is said so often.
const MOST_TIMES: u32 = 6;

/// One question, until it is answered or given up.
#[derive(Debug)]
pub(super) struct Binding {
    /// This server is asked.
    server: SocketAddr,
    /// The answer has to bear this.
    transaction: TransactionId,
    /// It was said so often.
    times: u32,
    /// It is said again then, or given up.
    next: Instant,
}

impl Binding {
    /// Asks this server as soon as [`Self::due`] is asked.
    pub(super) fn new(server: SocketAddr, now: Instant) -> Self {
        Self {
            server,
            transaction: TransactionId::generate(),
            times: 0,
            next: now,
        }
    }

    /// This server is asked.
    pub(super) fn server(&self) -> SocketAddr {
        self.server
    }

    /// Whether nobody answered, and nobody will.
    pub(super) fn is_over(&self, now: Instant) -> bool {
        self.times >= MOST_TIMES && self.next <= now
    }

    /// When there is something to do again.
    pub(super) fn next_deadline(&self) -> Instant {
        self.next
    }

    /// The packet that is to be sent now, if it is time.
    pub(super) fn due(&mut self, now: Instant) -> Option<Vec<u8>> {
        if self.next > now || self.times >= MOST_TIMES {
            return None;
        }
        self.next = now + REPEATED_AFTER * 2_u32.pow(self.times);
        self.times += 1;
        let kind = MessageType::from_class_method(MessageClass::Request, BINDING);
        Some(Message::builder(kind, self.transaction, MessageWriteVec::new()).finish())
    }

    /// The address that the server saw, if the packet is its answer.
    pub(super) fn hear(&self, from: SocketAddr, packet: &[u8]) -> Option<SocketAddr> {
        if from != self.server {
            return None;
        }
        let message = Message::from_bytes(packet).ok()?;
        let is_answer = message.has_class(MessageClass::Success)
            && message.has_method(BINDING)
            && message.transaction_id() == self.transaction;
        let mapped = message.attribute::<XorMappedAddress>().ok()?;
        is_answer.then(|| mapped.addr(self.transaction))
    }
}

#[cfg(test)]
mod tests {
    use stun_types::message::MessageWriteExt;

    use super::*;

    fn answer(to: &[u8], seen: SocketAddr) -> Vec<u8> {
        let request = Message::from_bytes(to).unwrap();
        let mut message = Message::builder_success(&request, MessageWriteVec::new());
        let mapped = XorMappedAddress::new(seen, request.transaction_id());
        message.add_attribute(&mapped).unwrap();
        message.finish()
    }

    #[test]
    fn the_answer_of_the_server_counts_and_no_other() {
        let server: SocketAddr = "192.0.2.1:3478".parse().unwrap();
        let seen: SocketAddr = "198.51.100.7:4000".parse().unwrap();
        let now = Instant::now();
        let mut binding = Binding::new(server, now);
        let other = Binding::new(server, now).due(now).unwrap();
        let request = binding.due(now).unwrap();
        assert_eq!(binding.due(now), None, "not twice at once");
        assert_eq!(binding.hear(server, &answer(&request, seen)), Some(seen));
        assert_eq!(binding.hear(server, &answer(&other, seen)), None);
        assert_eq!(binding.hear(seen, &answer(&request, seen)), None);
        assert_eq!(binding.hear(server, b"hello"), None);
        assert_eq!(binding.hear(server, &request), None);
    }

    #[test]
    fn a_silent_server_is_given_up() {
        let mut now = Instant::now();
        let started = now;
        let mut binding = Binding::new("192.0.2.1:3478".parse().unwrap(), now);
        let mut times = 0;
        while !binding.is_over(now) {
            times += u32::from(binding.due(now).is_some());
            now = binding.next_deadline();
        }
        assert_eq!(times, MOST_TIMES);
        assert!(now - started < Duration::from_secs(20));
    }
}
