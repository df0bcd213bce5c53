//! Between whom a message travelled: the five-tuple that an allocation belongs to (RFC 8656 section 3.2).

use std::net::{IpAddr, SocketAddr};

/// A client, as the server reaches it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ClientPath {
    /// The client's messages come from here.
    pub(crate) remote: SocketAddr,
    /// The client's messages come over this.
    pub(crate) link: ClientTransport,
}

/// A transport to the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum ClientTransport {
    /// Datagrams come to one of the server's UDP sockets.
    Datagram {
        /// The socket has this number among those that listen.
        socket: usize,
        /// The client wrote to this address of the server; `None` when the system does not say.
        local: Option<IpAddr>,
    },
    /// A connection carries messages both ways.
    Stream {
        /// The connection has this number, counted since the start.
        connection: u64,
        /// The client connected to this address of the server.
        local: IpAddr,
    },
}

impl ClientPath {
    /// Gives the server's address that the client uses.
    pub(crate) fn local(&self) -> Option<IpAddr> {
        match self.link {
            ClientTransport::Datagram { local, .. } => local,
            ClientTransport::Stream { local, .. } => Some(local),
        }
    }

    /// Counts the bytes that a datagram of this path has besides its content: the headers of IP and UDP. `None` for
    /// streams, whose client has proved that it receives what is sent to it.
    pub(super) fn datagram_overhead(&self) -> Option<usize> {
        match (self.link, self.remote) {
            (ClientTransport::Stream { .. }, _) => None,
            (ClientTransport::Datagram { .. }, SocketAddr::V4(_)) => Some(20 + 8),
            (ClientTransport::Datagram { .. }, SocketAddr::V6(_)) => Some(40 + 8),
        }
    }
}
