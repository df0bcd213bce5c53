//! One relay: a UDP socket that peers write to, and the task that passes on what they write.
//!
//! Invariant: the task lives as long as the allocation; it allocates nothing per datagram.

use std::cell::RefCell;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Weak};

use stun_types::message::{Message, MessageWrite, MessageWriteExt, MessageWriteMutSlice};
use tokio::net::UdpSocket;
use tokio::time::sleep_until;
use tokio_util::sync::{CancellationToken, DropGuard};
use turn_types::attribute::{Data, XorPeerAddress};

use super::endpoint::Endpoint;
use super::outbox::Outbox;
use super::path::ClientPath;
use super::server::Shared;

/// Datagrams passed on before others get their turn.
const BATCH: usize = 64;

/// Bytes before a datagram's content, for ChannelData's header.
const HEADER: usize = 4;

/// Bytes of the largest datagram.
const DATAGRAM: usize = 65_535;

/// Bytes of a Data indication besides its data, at most.
const INDICATION: usize = 64;

/// The socket and its announced address.
#[derive(Debug)]
pub(super) struct RelaySocket {
    pub(super) socket: UdpSocket,
    /// The socket's own address.
    pub(super) local: IpAddr,
    /// The address it has for peers.
    pub(super) announced: IpAddr,
}

impl RelaySocket {
    /// Sends to a peer, or loses the datagram. Other relays of this server are reached without the detour over the
    /// address that a NAT gives them.
    pub(super) fn send(&self, data: &[u8], mut to: SocketAddr) {
        if to.ip() == self.announced {
            to.set_ip(self.local);
        }
        if let Err(error) = self.socket.try_send_to(data, to) {
            tracing::trace!(%error, "a datagram to a peer was lost");
        }
    }

    fn receive(&self, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        let (length, mut from) = self.socket.try_recv_from(buffer)?;
        if from.ip() == self.local {
            from.set_ip(self.announced);
        }
        Ok((length, from))
    }
}

/// A relay that runs until this is dropped.
#[derive(Debug)]
pub(super) struct Relay {
    pub(super) socket: Arc<RelaySocket>,
    _running: DropGuard,
}

/// How what peers send reaches the client.
#[derive(Debug)]
pub(super) enum ToClient {
    Datagrams(Arc<Endpoint>),
    Stream(Arc<Outbox>),
}

impl ToClient {
    /// Sends a whole message.
    pub(super) fn send(&self, message: &[u8], path: &ClientPath) {
        match self {
            Self::Datagrams(endpoint) => endpoint.send(message, path.remote, path.local()),
            Self::Stream(outbox) => outbox.push(message, &[]),
        }
    }
}

struct Scratch {
    datagram: Vec<u8>,
    indication: Vec<u8>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::new(Scratch {
        datagram: vec![0; HEADER + DATAGRAM],
        indication: vec![0; DATAGRAM + INDICATION],
    });
}

impl Relay {
    /// Starts the task.
    pub(super) fn start(
        socket: RelaySocket,
        path: ClientPath,
        client: ToClient,
        shared: Weak<Shared>,
    ) -> Self {
        let socket = Arc::new(socket);
        let stop = CancellationToken::new();
        let running = Running {
            socket: Arc::clone(&socket),
            path,
            client,
            shared,
        };
        tokio::spawn(running.run(stop.clone()));
        Self {
            socket,
            _running: stop.drop_guard(),
        }
    }
}

struct Running {
    socket: Arc<RelaySocket>,
    path: ClientPath,
    client: ToClient,
    shared: Weak<Shared>,
}

impl Running {
    async fn run(self, stop: CancellationToken) {
        let mut stopped = std::pin::pin!(stop.cancelled());
        let mut timer = std::pin::pin!(sleep_until(tokio::time::Instant::now()));
        loop {
            tokio::select! {
                readable = self.socket.socket.readable() => {
                    if readable.is_err() || !self.pass_on() {
                        return;
                    }
                }
                () = &mut stopped => return,
                () = &mut timer => {
                    let Some(shared) = self.shared.upgrade() else { return };
                    let now = shared.clock.now();
                    let Some(expires) = shared.core_of(&self.path).expire(&self.path, now) else { return };
                    timer.as_mut().reset(shared.clock.instant(expires));
                }
            }
        }
    }

    /// Passes on what is there. Whether to go on.
    fn pass_on(&self) -> bool {
        let Some(shared) = self.shared.upgrade() else {
            return false;
        };
        let now = shared.clock.now();
        SCRATCH.with_borrow_mut(|scratch| {
            for _ in 0..BATCH {
                let Ok((length, from)) = self.socket.receive(&mut scratch.datagram[HEADER..])
                else {
                    return;
                };
                let passed = shared
                    .core_of(&self.path)
                    .from_peer(&self.path, from, length, now);
                match passed {
                    None => {}
                    Some(Some(channel)) => {
                        let Ok(bytes) = u16::try_from(length) else {
                            continue;
                        };
                        let message = &mut scratch.datagram[..HEADER + length];
                        message[..2].copy_from_slice(&channel.to_be_bytes());
                        message[2..HEADER].copy_from_slice(&bytes.to_be_bytes());
                        self.client.send(message, &self.path);
                    }
                    Some(None) => {
                        let data = &scratch.datagram[HEADER..HEADER + length];
                        if let Some(written) = indication(from, data, &mut scratch.indication) {
                            self.client.send(&scratch.indication[..written], &self.path);
                        }
                    }
                }
            }
        });
        true
    }
}

fn indication(peer: SocketAddr, data: &[u8], out: &mut [u8]) -> Option<usize> {
    let write = MessageWriteMutSlice::new(out);
    let mut message = Message::builder_indication(turn_types::message::DATA, write);
    let transaction = message.transaction_id();
    message
        .add_attribute(&XorPeerAddress::new(peer, transaction))
        .ok()?;
    message.add_attribute(&Data::new(data)).ok()?;
    Some(message.finish())
}
