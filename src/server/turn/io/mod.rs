//! The running relay: its sockets, the tasks that read them, and the rules they share.
//!
//! Invariant: one task per listening socket, per stream and per allocation; no lock is held while waiting, and the
//! lock of a client's core no longer than one message takes.

pub(crate) mod addresses;
pub(crate) mod endpoint;
pub(crate) mod framing;
pub(crate) mod listening;
pub(crate) mod outbox;
pub(crate) mod relay;
pub(crate) mod stream;
pub(crate) mod threads;

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use self::addresses::Addresses;
use self::endpoint::{Batch, Endpoint, HEADROOM};
use self::outbox::Outbox;
use self::relay::{ForwardingPath, Relay, RelaySocket, ToClient};
use super::core::five_tuple::{ClientPath, ClientTransport};
use super::core::{Core, CoreStep, Family, Host, NoRelay, Parity, Rules};
use super::neighbours::Neighbours;
use super::options::PortRange;

use self::threads::RelayThreads;
use crate::server::clock::Clock;
use crate::server::secrets::random;

/// Bytes of the longest answer.
pub(super) const ANSWER_BYTES: usize = 1024;

/// Cores, each with a lock of its own.
const CORES: usize = 16;

/// How long a TLS handshake may take.
const HANDSHAKE_DEADLINE: Duration = Duration::from_secs(10);

/// Datagrams of one read; then the relays that they were sent to get their turn, lest what came first waits for all.
const BATCH: usize = 8;

/// Streams that may wait for an allocation besides those that have one.
const SPARE_STREAMS: usize = 1024;

/// What the tasks share.
#[derive(Debug)]
pub(super) struct SharedRelays {
    pub(super) clock: Clock,
    cores: Box<[Mutex<Core<Machine>>]>,
    hasher: RandomState,
    sockets: Arc<Sockets>,
}

impl SharedRelays {
    /// The core that has the client's allocation, if there is one.
    pub(super) fn core_of(&self, path: &ClientPath) -> MutexGuard<'_, Core<Machine>> {
        let hash = usize::try_from(self.hasher.hash_one(path) & 0xffff).unwrap_or(0);
        self.cores[hash % self.cores.len()]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl SharedRelays {
    /// The relay of this server at an address.
    pub(super) fn neighbour(&self, address: SocketAddr) -> Option<Arc<ForwardingPath>> {
        self.sockets.neighbours.at(address)
    }
}

/// This machine, as a core sees it.
#[derive(Debug, Clone)]
pub(super) struct Machine(Arc<Sockets>);

#[derive(Debug)]
struct Sockets {
    addresses: Addresses,
    ports: PortRange,
    endpoints: Vec<Arc<Endpoint>>,
    threads: RelayThreads,
    neighbours: Arc<Neighbours>,
    streams: Mutex<HashMap<u64, Arc<Outbox>>>,
    shared: Weak<SharedRelays>,
}

impl Sockets {
    fn streams(&self) -> MutexGuard<'_, HashMap<u64, Arc<Outbox>>> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The running relay. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct TurnServer {
    shared: Arc<SharedRelays>,
    next_stream: Arc<AtomicU64>,
    most_allocations: usize,
    free_streams: Arc<Semaphore>,
}

impl TurnServer {
    /// Starts reading the sockets that listen.
    ///
    /// # Errors
    /// When the system gives no thread, or a socket cannot be read.
    pub(super) fn start(
        rules: Rules,
        addresses: Addresses,
        ports: PortRange,
        listening: Vec<UdpSocket>,
        most_allocations: u32,
        clock: Clock,
    ) -> io::Result<Self> {
        let most_allocations = usize::try_from(most_allocations).unwrap_or(usize::MAX / 4);
        let rules = Arc::new(rules);
        let threads = RelayThreads::start()?;
        let endpoints = listening
            .into_iter()
            .enumerate()
            .map(|(number, socket)| Endpoint::adopt(socket, threads.of(number)).map(Arc::new));
        let endpoints = endpoints.collect::<io::Result<Vec<_>>>()?;
        let shared = Arc::new_cyclic(|shared| {
            let sockets = Arc::new(Sockets {
                addresses,
                ports,
                endpoints: endpoints.clone(),
                threads,
                neighbours: Arc::default(),
                streams: Mutex::default(),
                shared: shared.clone(),
            });
            let core = |_| Mutex::new(Core::new(Arc::clone(&rules), Machine(Arc::clone(&sockets))));
            let cores = (0..CORES).map(core).collect();
            SharedRelays {
                clock,
                cores,
                hasher: RandomState::new(),
                sockets,
            }
        });
        for (number, endpoint) in endpoints.into_iter().enumerate() {
            let thread = shared.sockets.threads.of(number);
            thread.spawn(read(endpoint, number, Arc::clone(&shared)));
        }
        Ok(Self {
            shared,
            next_stream: Arc::new(AtomicU64::new(1)),
            most_allocations,
            free_streams: Arc::new(Semaphore::new(most_allocations + SPARE_STREAMS)),
        })
    }

    /// Most files that are open at a time.
    pub(super) fn most_files(&self) -> usize {
        self.most_allocations * 2 + SPARE_STREAMS
    }

    /// Accepts TCP connections for ever, and speaks TLS on them if told so. Closes those that are too many.
    pub(super) async fn accept(self, listener: TcpListener, tls: Option<TlsAcceptor>) {
        loop {
            match listener.accept().await {
                Ok((stream, remote)) => {
                    let local = stream.local_addr().map(|address| address.ip());
                    let slot = Arc::clone(&self.free_streams).try_acquire_owned();
                    if let (Ok(local), Ok(slot)) = (local, slot) {
                        let _ = stream.set_nodelay(true);
                        let (server, tls) = (self.clone(), tls.clone());
                        tokio::spawn(async move {
                            server.serve_connection(stream, tls, remote, local).await;
                            drop(slot);
                        });
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "a relay connection could not be accepted");
                    sleep(Duration::from_millis(50)).await;
                }
            }
        }
    }

    async fn serve_connection(
        &self,
        stream: TcpStream,
        tls: Option<TlsAcceptor>,
        remote: SocketAddr,
        local: IpAddr,
    ) {
        match tls {
            None => self.serve_stream(stream, remote, local).await,
            Some(tls) => match timeout(HANDSHAKE_DEADLINE, tls.accept(stream)).await {
                Ok(Ok(stream)) => Box::pin(self.serve_stream(stream, remote, local)).await,
                Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake with the relay failed"),
                Err(_) => tracing::debug!("a TLS handshake with the relay took too long"),
            },
        }
    }

    /// Serves a client that came over a stream, whatever is below it.
    async fn serve_stream<S>(&self, stream: S, remote: SocketAddr, local: IpAddr)
    where
        S: AsyncRead + AsyncWrite,
    {
        let connection = self.next_stream.fetch_add(1, Ordering::Relaxed);
        let outbox = Arc::<Outbox>::default();
        self.shared
            .sockets
            .streams()
            .insert(connection, Arc::clone(&outbox));
        let _known = Known {
            sockets: &self.shared.sockets,
            connection,
        };
        let path = ClientPath {
            remote,
            link: ClientTransport::Stream { connection, local },
        };
        stream::serve(stream, path, outbox, Arc::clone(&self.shared)).await;
    }
}

/// A stream that relays find as long as this lives.
struct Known<'a> {
    sockets: &'a Sockets,
    connection: u64,
}

impl Drop for Known<'_> {
    fn drop(&mut self) {
        self.sockets.streams().remove(&self.connection);
    }
}

async fn read(endpoint: Arc<Endpoint>, socket: usize, shared: Arc<SharedRelays>) {
    let mut batch = Batch::of(BATCH);
    let mut answer = vec![0; ANSWER_BYTES];
    loop {
        if let Err(error) = endpoint.readable().await {
            tracing::error!(%error, "a relay socket is broken");
            return;
        }
        let now = shared.clock.now();
        let read = endpoint.read(&mut batch, |framed, remote, local| {
            let datagram = &framed[HEADROOM..];
            let path = ClientPath {
                remote,
                link: ClientTransport::Datagram { socket, local },
            };
            let mut core = shared.core_of(&path);
            match core.client_sent(&path, datagram, now, &mut answer) {
                CoreStep::Nothing => {}
                CoreStep::Answer(length) => endpoint.send(&answer[..length], remote, local),
                CoreStep::Relay { relay, to, data } => {
                    let relay = Arc::clone(&relay.running);
                    drop(core);
                    relay.send(
                        &shared,
                        &mut framed[data.start..HEADROOM + data.end],
                        to,
                        now,
                    );
                }
            }
        });
        if let Err(error) = read {
            tracing::debug!(%error, "reading a relay socket failed");
            sleep(Duration::from_millis(1)).await;
        }
        tokio::task::yield_now().await;
    }
}

impl Host for Machine {
    type Relay = Relay;

    fn open_relay(
        &self,
        path: &ClientPath,
        family: Family,
        parity: Parity,
    ) -> Result<(Relay, SocketAddr), NoRelay> {
        let sockets = &self.0;
        let local = sockets
            .addresses
            .for_relay(path, family)
            .ok_or(NoRelay::Family)?;
        let client = match path.link {
            ClientTransport::Datagram { socket, .. } => {
                let endpoint = sockets.endpoints.get(socket).ok_or(NoRelay::Capacity)?;
                ToClient::Datagrams(Arc::clone(endpoint))
            }
            ClientTransport::Stream { connection, .. } => {
                let streams = sockets.streams();
                ToClient::Stream(Arc::clone(
                    streams.get(&connection).ok_or(NoRelay::Capacity)?,
                ))
            }
        };
        let seed = random::bytes().map_err(|_| NoRelay::Capacity)?;
        let candidates = sockets.ports.candidates(u16::from_be_bytes(seed), parity);
        for port in candidates {
            let bound = UdpSocket::bind(SocketAddr::new(local, port));
            let Ok(socket) = bound else { continue };
            let thread = sockets.threads.of(usize::from(port));
            let endpoint = Endpoint::adopt(socket, thread).map_err(|_| NoRelay::Capacity)?;
            let announced = SocketAddr::new(sockets.addresses.announced(local), port);
            let socket = RelaySocket {
                endpoint,
                local,
                announced,
            };
            let (neighbours, shared) = (Arc::clone(&sockets.neighbours), sockets.shared.clone());
            let relay = Relay::start(socket, *path, client, neighbours, shared, thread);
            return Ok((relay, announced));
        }
        Err(NoRelay::Capacity)
    }

    fn is_own(&self, address: IpAddr) -> bool {
        self.0.addresses.is_own(address)
    }
}
