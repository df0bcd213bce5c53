//! One relay: a UDP socket that peers write to, and the task that passes on what they write.
//!
//! Invariant: the task lives as long as the allocation; it allocates nothing per datagram.

use std::cell::RefCell;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Weak};

use stun_types::message::{Message, MessageWrite, MessageWriteExt, MessageWriteMutSlice};
use tokio::runtime::Handle;
use tokio::time::sleep_until;
use tokio_util::sync::{CancellationToken, DropGuard};
use turn_types::attribute::{Data, XorPeerAddress};

use super::SharedRelays;
use super::endpoint::{Batch, Endpoint, HEADROOM, Rest};
use super::outbox::Outbox;
use crate::server::clock::UnixMillis;
use crate::server::turn::core::five_tuple::ClientPath;
use crate::server::turn::neighbours::Neighbours;

/// Datagrams of one read: one peer seldom has more at a time.
const BATCH: usize = 4;

/// Batches passed on before others get their turn.
const TURNS: usize = 16;

/// Bytes of the largest datagram.
const DATAGRAM: usize = 65_535;

/// Bytes of a Data indication besides its data, at most.
const INDICATION: usize = 64;

/// The socket and its announced address.
#[derive(Debug)]
pub(crate) struct RelaySocket {
    pub(crate) endpoint: Endpoint,
    /// The socket's own address.
    pub(crate) local: IpAddr,
    /// The address it has for peers.
    pub(crate) announced: SocketAddr,
}

impl RelaySocket {
    /// Sends to a peer, or loses the datagram. Other relays of this server are reached without the detour over the
    /// address that a NAT gives them.
    fn send(&self, data: &[u8], mut to: SocketAddr) {
        if to.ip() == self.announced.ip() {
            to.set_ip(self.local);
        }
        self.endpoint.send_to(data, to);
    }

    /// A peer as clients know it.
    fn known(&self, mut peer: SocketAddr) -> SocketAddr {
        if peer.ip() == self.local {
            peer.set_ip(self.announced.ip());
        }
        peer
    }
}

/// A relay that runs until this is dropped.
#[derive(Debug)]
pub(crate) struct Relay {
    pub(crate) running: Arc<ForwardingPath>,
    neighbours: Arc<Neighbours>,
    _task: DropGuard,
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.neighbours.leave(self.running.socket.announced);
    }
}

/// How what peers send reaches the client.
#[derive(Debug)]
pub(crate) enum ToClient {
    Datagrams(Arc<Endpoint>),
    Stream(Arc<Outbox>),
}

impl ToClient {
    /// Sends a whole message.
    pub(crate) fn send(&self, message: &[u8], path: &ClientPath) {
        match self {
            Self::Datagrams(endpoint) => endpoint.send(message, path.remote, path.local()),
            Self::Stream(outbox) => outbox.push(message, &[]),
        }
    }
}

struct Scratch {
    batch: Batch,
    indication: Vec<u8>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::new(Scratch {
        batch: Batch::of(BATCH),
        indication: vec![0; DATAGRAM + INDICATION],
    });
}

impl Relay {
    /// Starts the task on a thread.
    pub(crate) fn start(
        socket: RelaySocket,
        path: ClientPath,
        client: ToClient,
        neighbours: Arc<Neighbours>,
        shared: Weak<SharedRelays>,
        thread: &Handle,
    ) -> Self {
        let stop = CancellationToken::new();
        let running = Arc::new(ForwardingPath {
            socket,
            path,
            client,
            shared,
        });
        neighbours.enter(running.socket.announced, &running);
        thread.spawn(Arc::clone(&running).run(stop.clone()));
        Self {
            running,
            neighbours,
            _task: stop.drop_guard(),
        }
    }
}

/// What a relay needs to pass on, in either direction.
#[derive(Debug)]
pub(crate) struct ForwardingPath {
    socket: RelaySocket,
    path: ClientPath,
    client: ToClient,
    shared: Weak<SharedRelays>,
}

impl ForwardingPath {
    /// Passes on what the client sent, which stands in `framed` after [`HEADROOM`] bytes that are overwritten. No lock of a
    /// core may be held: the peer may be a relay of another.
    pub(crate) fn send(
        &self,
        shared: &SharedRelays,
        framed: &mut [u8],
        to: SocketAddr,
        now: UnixMillis,
    ) {
        match shared.neighbour(to) {
            None => self.socket.send(&framed[HEADROOM..], to),
            Some(relay) => SCRATCH.with_borrow_mut(|scratch| {
                let from = self.socket.announced;
                relay.pass(shared, framed, from, now, &mut scratch.indication);
            }),
        }
    }

    async fn run(self: Arc<Self>, stop: CancellationToken) {
        let mut stopped = std::pin::pin!(stop.cancelled());
        let mut timer = std::pin::pin!(sleep_until(tokio::time::Instant::now()));
        loop {
            tokio::select! {
                readable = self.socket.endpoint.readable() => {
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
        SCRATCH.with_borrow_mut(|Scratch { batch, indication }| {
            for _ in 0..TURNS {
                let read = self.socket.endpoint.read(batch, |framed, peer, _| {
                    self.pass(&shared, framed, self.socket.known(peer), now, indication);
                });
                // An error is one peer's port that was closed; the next read goes on.
                if let Ok(Rest::None) = read {
                    return;
                }
            }
        });
        true
    }

    /// Passes a datagram of a peer on, which stands in `framed` after the space for a header.
    fn pass(
        &self,
        shared: &SharedRelays,
        framed: &mut [u8],
        peer: SocketAddr,
        now: UnixMillis,
        scratch: &mut [u8],
    ) {
        let length = framed.len() - HEADROOM;
        let passed = shared
            .core_of(&self.path)
            .peer_sent(&self.path, peer, length, now);
        match passed {
            None => {}
            Some(Some(channel)) => {
                let Ok(bytes) = u16::try_from(length) else {
                    return;
                };
                framed[..2].copy_from_slice(&channel.to_be_bytes());
                framed[2..HEADROOM].copy_from_slice(&bytes.to_be_bytes());
                self.client.send(framed, &self.path);
            }
            Some(None) => {
                if let Some(written) = indication(peer, &framed[HEADROOM..], scratch) {
                    self.client.send(&scratch[..written], &self.path);
                }
            }
        }
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
