//! How datagrams come to a shard and leave it.
//!
//! Invariant: what is sent by a passage leaves by the socket or the relay that it names.

use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use super::outgoing::Outgoing;
use super::relayed::Relayed;

/// How datagrams come from an address of a client's, and go back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Passage {
    /// The client writes to the socket, at this address of the machine, from which answers have to go; `None` where the system does not
    /// say, and may choose.
    Socket(Option<IpAddr>),
    /// The client writes to this address of the SFU's through the relay, which hands it over.
    Door(SocketAddr),
}

/// How a session was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Arrival {
    /// The datagram came from there.
    pub(super) from: SocketAddr,
    /// It came like this.
    pub(super) by: Passage,
    /// It was read then.
    pub(super) at: Instant,
}

/// A datagram that is to be sent.
#[derive(Debug)]
pub(super) struct Departure {
    /// It goes there.
    pub(super) to: SocketAddr,
    /// It goes like this.
    pub(super) by: Passage,
    /// These are its bytes.
    pub(super) bytes: Vec<u8>,
}

/// The ways out of a shard.
pub(super) struct Ways<'a> {
    /// What goes to a socket.
    pub(super) outgoing: &'a mut Outgoing,
    /// What goes to clients of the relay.
    pub(super) relayed: &'a mut Relayed,
}

impl Ways<'_> {
    /// Sends a datagram.
    pub(super) fn send(&mut self, to: SocketAddr, by: Passage, bytes: Vec<u8>) {
        match by {
            Passage::Socket(from) => self.outgoing.push(to, from, bytes),
            Passage::Door(from) => self.relayed.push(to, from, bytes),
        }
    }
}

/// Says whether a datagram is RTCP (RFC 7983 §7, RFC 5761 §4).
pub(super) fn is_rtcp(datagram: &[u8]) -> bool {
    matches!(datagram, [128..=191, 192..=223, ..])
}

/// Says whether a datagram is STUN (RFC 7983 §7).
pub(super) fn is_stun(datagram: &[u8]) -> bool {
    matches!(datagram, [0..=3, ..])
}
