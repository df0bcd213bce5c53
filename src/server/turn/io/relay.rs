//! The relays, each a UDP socket that peers write to and a task that passes on what they write, and what they share.
//!
//! Invariant: a relay's task lives as long as its allocation; it allocates nothing per datagram. Whoever is among the
//! neighbours runs; what a neighbour is handed passes the same rules as what its socket receives.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::SocketAddr;
use std::sync::{Arc, Weak};

use parking_lot::{Mutex, MutexGuard, RwLock};
use tokio::runtime::Handle;
use tokio::time::sleep_until;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::addresses::Addresses;
use super::endpoint::{Batch, Endpoint, HEADROOM, Rest};
use super::socket::{INDICATION, RelaySocket, ToClient, indication};
use super::streams::Streams;
use super::threads::RelayThreads;
use crate::server::clock::{Clock, UnixMillis};
use crate::server::sfu::Door;
use crate::server::turn::core::five_tuple::ClientPath;
use crate::server::turn::core::{Core, Rules};
use crate::server::turn::options::PortRange;

/// One read has so many datagrams: one peer seldom has more at a time.
const BATCH: usize = 4;

/// So many batches are passed on before others get their turn.
const TURNS: usize = 16;

/// The largest datagram has so many bytes.
const DATAGRAM: usize = 65_535;

/// There are so many cores, each with a lock of its own.
const CORES: usize = 16;

/// What the tasks share.
#[derive(Debug)]
pub(super) struct SharedRelays {
    /// All tasks read this clock.
    pub(super) clock: Clock,
    /// All cores go by these rules.
    pub(super) rules: Arc<Rules>,
    /// Each client's allocation is in one of these, so that clients seldom wait for each other's lock.
    cores: Box<[Mutex<Core<Machine>>]>,
    /// It finds the core of a client, by numbers that no stranger can foresee.
    hasher: RandomState,
    /// The cores' machine is made of these, and the tasks write to them.
    pub(super) sockets: Arc<Sockets>,
}

impl SharedRelays {
    /// Cores by these rules, which open relays on these threads; `endpoints` are the sockets that clients write to.
    pub(super) fn new(
        rules: Rules,
        premises: Premises,
        endpoints: Vec<Arc<Endpoint>>,
        threads: RelayThreads,
        clock: Clock,
    ) -> Arc<Self> {
        let rules = Arc::new(rules);
        Arc::new_cyclic(|shared| {
            let sockets = Arc::new(Sockets {
                premises,
                endpoints,
                threads,
                neighbours: Arc::default(),
                streams: Streams::default(),
                shared: shared.clone(),
            });
            let core = |_| Mutex::new(Core::new(Arc::clone(&rules), Machine(Arc::clone(&sockets))));
            Self {
                clock,
                rules: Arc::clone(&rules),
                cores: (0..CORES).map(core).collect(),
                hasher: RandomState::new(),
                sockets,
            }
        })
    }

    /// Finds the core that has the client's allocation, if there is one.
    pub(super) fn core_of(&self, path: &ClientPath) -> MutexGuard<'_, Core<Machine>> {
        let hash = usize::try_from(self.hasher.hash_one(path) & 0xffff).unwrap_or(0);
        self.cores[hash % self.cores.len()].lock()
    }

    /// Finds the relay of this server at an address.
    pub(super) fn neighbour(&self, address: SocketAddr) -> Option<Arc<ForwardingPath>> {
        self.sockets.neighbours.at(address)
    }

    /// Hands what a relay is to send to the SFU, if that is who it is for; says whether it was.
    fn is_for_media(&self, relay: SocketAddr, to: SocketAddr, datagram: &[u8]) -> bool {
        let door = self.sockets.premises.door.as_ref();
        door.is_some_and(|door| door.enter(relay, to, datagram))
    }
}

/// This machine, as a core sees it.
#[derive(Debug, Clone)]
pub(super) struct Machine(pub(super) Arc<Sockets>);

/// Where relays are opened, and what else of this machine they lead to.
#[derive(Debug)]
pub(crate) struct Premises {
    /// A relay gets one of these addresses.
    pub(crate) addresses: Addresses,
    /// A relay gets a port of this range.
    pub(crate) ports: PortRange,
    /// Relays lead to the SFU by this, so that no datagram leaves the process for it; `None` where there is none.
    pub(crate) door: Option<Door>,
}

/// What relays are opened with, and what they lead to.
#[derive(Debug)]
pub(super) struct Sockets {
    /// Relays are opened here.
    pub(super) premises: Premises,
    /// Clients write datagrams to these sockets.
    pub(super) endpoints: Vec<Arc<Endpoint>>,
    /// A relay's task runs on one of these threads.
    pub(super) threads: RelayThreads,
    /// A relay that is a peer of another is found here, so that no datagram leaves the machine for it.
    pub(super) neighbours: Arc<Neighbours>,
    /// Clients may come over one of these streams.
    pub(super) streams: Streams,
    /// A relay's task finds its core through this. It is weak, since the cores hold the sockets.
    pub(super) shared: Weak<SharedRelays>,
}

/// The running relays, by the address that clients know them by.
#[derive(Debug, Default)]
pub(super) struct Neighbours(RwLock<HashMap<SocketAddr, Weak<ForwardingPath>>>);

impl Neighbours {
    /// Notes that a relay started.
    fn enter(&self, address: SocketAddr, relay: &Arc<ForwardingPath>) {
        let mut relays = self.0.write();
        relays.insert(address, Arc::downgrade(relay));
    }

    /// Notes that a relay ends.
    fn leave(&self, address: SocketAddr) {
        let mut relays = self.0.write();
        relays.remove(&address);
    }

    /// Finds the relay at an address.
    fn at(&self, address: SocketAddr) -> Option<Arc<ForwardingPath>> {
        let relays = self.0.read();
        relays.get(&address)?.upgrade()
    }
}

/// A relay that runs until this is dropped.
#[derive(Debug)]
pub(super) struct Relay {
    /// The task works with this, and so does whoever passes something on.
    pub(super) running: Arc<ForwardingPath>,
    /// The relay is taken from these when it ends.
    neighbours: Arc<Neighbours>,
    /// The task stops when this is dropped.
    _task: DropGuard,
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.neighbours.leave(self.running.socket.announced);
        self.running.client.end();
    }
}

/// A thread's relays read into one buffer, since only one of them runs at a time.
struct Scratch {
    /// Datagrams of peers are read into this.
    batch: Batch,
    /// A Data indication is written into this when no channel is bound.
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
    pub(super) fn start(
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
pub(super) struct ForwardingPath {
    /// Peers write here, and are written to from here.
    socket: RelaySocket,
    /// The allocation is found by the path of its client.
    path: ClientPath,
    /// What peers send goes to the client through this.
    client: ToClient,
    /// The client's core says what may pass. It is weak: a relay does not keep the server running.
    shared: Weak<SharedRelays>,
}

impl ForwardingPath {
    /// Passes on what the client sent, which stands in `framed` after [`HEADROOM`] bytes that are overwritten. No lock of a
    /// core may be held: the peer may be a relay of another.
    pub(super) fn send(
        &self,
        shared: &SharedRelays,
        framed: &mut [u8],
        to: SocketAddr,
        now: UnixMillis,
    ) {
        if shared.is_for_media(self.socket.announced, to, &framed[HEADROOM..]) {
            return;
        }
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

    /// Passes on what is there, and says whether to go on.
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
    pub(super) fn pass(
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
