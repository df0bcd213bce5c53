//! The ways out of a relay: the socket that peers see, and what leads to the client.
//!
//! Invariant: what cannot be sent at once is lost; nobody waits.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use stun_types::message::{Message, MessageWrite, MessageWriteExt, MessageWriteMutSlice};
use turn_types::attribute::{Data, XorPeerAddress};

use super::endpoint::Endpoint;
use super::streams::ClientStream;
use crate::server::turn::core::five_tuple::ClientPath;

/// A Data indication has at most so many bytes besides its data.
pub(super) const INDICATION: usize = 64;

/// A relay's socket, and what peers call it.
#[derive(Debug)]
pub(super) struct RelaySocket {
    /// Peers write to this socket.
    pub(super) endpoint: Endpoint,
    /// The socket has this address on the machine.
    pub(super) local: IpAddr,
    /// Peers know the socket by this address, which is another one behind NAT.
    pub(super) announced: SocketAddr,
}

impl RelaySocket {
    /// Sends to a peer, or loses the datagram. Other relays of this server are reached without the detour over the
    /// address that a NAT gives them.
    pub(super) fn send(&self, data: &[u8], mut to: SocketAddr) {
        if to.ip() == self.announced.ip() {
            to.set_ip(self.local);
        }
        self.endpoint.send_to(data, to);
    }

    /// Gives the address of a peer as clients know it.
    pub(super) fn known(&self, mut peer: SocketAddr) -> SocketAddr {
        if peer.ip() == self.local {
            peer.set_ip(self.announced.ip());
        }
        peer
    }
}

/// How what peers send reaches the client.
#[derive(Debug)]
pub(super) enum ToClient {
    /// The client writes to this socket, and is answered from it.
    Datagrams(Arc<Endpoint>),
    /// The client came over this stream, whose queue takes what is to be written.
    Stream(Arc<ClientStream>),
}

impl ToClient {
    /// Sends a whole message.
    pub(super) fn send(&self, message: &[u8], path: &ClientPath) {
        match self {
            Self::Datagrams(endpoint) => endpoint.send(message, path.remote, path.local()),
            Self::Stream(stream) => stream.outbox.push(message, &[]),
        }
    }

    /// Notes that the relay has ended: a stream was open for it.
    pub(super) fn end(&self) {
        match self {
            Self::Datagrams(_) => {}
            Self::Stream(stream) => stream.outbox.end(),
        }
    }
}

/// Writes the Data indication that tells a client what a peer sent. Gives its length, if it fits.
pub(super) fn indication(peer: SocketAddr, data: &[u8], out: &mut [u8]) -> Option<usize> {
    let write = MessageWriteMutSlice::new(out);
    let mut message = Message::builder_indication(turn_types::message::DATA, write);
    let transaction = message.transaction_id();
    message
        .add_attribute(&XorPeerAddress::new(peer, transaction))
        .ok()?;
    message.add_attribute(&Data::new(data)).ok()?;
    Some(message.finish())
}
