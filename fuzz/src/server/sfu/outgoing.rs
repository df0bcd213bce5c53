//! What leaves by a socket, in the place of the socket's own queue.

use std::net::{IpAddr, SocketAddr};

/// The datagrams, and where they go.
#[derive(Default)]
pub(super) struct Outgoing(pub(super) Vec<(SocketAddr, Vec<u8>)>);

impl Outgoing {
    pub(super) fn datagram(&mut self) -> Vec<u8> {
        Vec::new()
    }

    pub(super) fn push(&mut self, to: SocketAddr, _from: Option<IpAddr>, bytes: Vec<u8>) {
        self.0.push((to, bytes));
    }
}
