//! What a client's datagrams travel over: a socket, or the server's relay.

use std::io;
use std::net::SocketAddr;

use tokio::net::UdpSocket;

use super::sfu_relayed::RelayedLine;

/// How a client reaches the relay.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Over {
    Udp,
    Tcp,
    Tls,
}

/// A line.
pub(crate) enum Line {
    Socket(UdpSocket),
    Relayed(RelayedLine),
}

impl Line {
    /// A socket on loopback.
    pub(super) fn bind() -> Self {
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_nonblocking(true).unwrap();
        Self::Socket(UdpSocket::from_std(socket).unwrap())
    }

    /// Where others reach it.
    pub(super) fn address(&self) -> SocketAddr {
        match self {
            Self::Socket(socket) => socket.local_addr().unwrap(),
            Self::Relayed(line) => line.relayed(),
        }
    }

    pub(super) async fn until_ready(&self) {
        if let Self::Socket(socket) = self {
            socket.writable().await.unwrap();
        }
    }

    /// Sends a datagram, or loses it in a full buffer, as a network would.
    pub(super) fn send(&self, datagram: &[u8], target: SocketAddr) {
        match self {
            Self::Socket(socket) => {
                let _ = socket.try_send_to(datagram, target);
            }
            Self::Relayed(line) => line.send(datagram, target),
        }
    }

    pub(super) async fn receive(&mut self, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        match self {
            Self::Socket(socket) => socket.recv_from(buffer).await,
            Self::Relayed(line) => {
                let (datagram, from) = line.receive().await;
                buffer[..datagram.len()].copy_from_slice(&datagram);
                Ok((datagram.len(), from))
            }
        }
    }
}
