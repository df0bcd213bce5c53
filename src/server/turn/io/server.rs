//! What listens: the tasks that read datagrams, and those that accept streams.
//!
//! Invariant: one task per listening socket, per stream and per allocation; no lock is held while waiting, and the
//! lock of a client's core no longer than one message takes.

use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use super::addresses::Addresses;
use super::departures::Departures;
use super::endpoint::{Batch, Endpoint, HEADROOM};
use super::outbox::Outbox;
use super::relay::{SharedRelays, Sockets};
use super::stream;
use super::threads::RelayThreads;
use crate::server::clock::Clock;
use crate::server::tasks::Tasks;
use crate::server::turn::core::answer::ANSWER_BYTES;
use crate::server::turn::core::five_tuple::{ClientPath, ClientTransport};
use crate::server::turn::core::{CoreStep, Rules};
use crate::server::turn::options::PortRange;

/// A TLS handshake may take this long.
const HANDSHAKE_DEADLINE: Duration = Duration::from_secs(10);

/// One read has so many datagrams; then the relays that they were sent to get their turn, lest what came first waits
/// for all.
const BATCH: usize = 8;

/// So many streams may wait for an allocation besides those that have one.
const SPARE_STREAMS: usize = 1024;

/// The running relay. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct TurnServer {
    /// Every task works with these.
    shared: Arc<SharedRelays>,
    /// The next stream gets this number.
    next_stream: Arc<AtomicU64>,
    /// The server has at most so many allocations, each with a socket of its own.
    most_allocations: usize,
    /// A stream holds one of these permits; a connection that finds none is closed.
    free_streams: Arc<Semaphore>,
    /// What runs here ends with these.
    tasks: Tasks,
}

impl TurnServer {
    /// Starts reading the sockets that listen.
    ///
    /// # Errors
    /// When the system gives no thread, or a socket cannot be read.
    pub(crate) fn start(
        rules: Rules,
        addresses: Addresses,
        ports: PortRange,
        listening: Vec<UdpSocket>,
        most_allocations: u32,
        clock: Clock,
        tasks: &Tasks,
    ) -> io::Result<Self> {
        let most_allocations = usize::try_from(most_allocations).unwrap_or(usize::MAX / 4);
        let threads = RelayThreads::start(tasks)?;
        let endpoints = listening
            .into_iter()
            .enumerate()
            .map(|(number, socket)| Endpoint::adopt(socket, threads.of(number)).map(Arc::new));
        let endpoints = endpoints.collect::<io::Result<Vec<_>>>()?;
        let shared = SharedRelays::new(rules, addresses, ports, endpoints.clone(), threads, clock);
        shared.rules.members.own(Departures::of(&shared));
        for (number, endpoint) in endpoints.into_iter().enumerate() {
            let thread = shared.sockets.threads.of(number);
            thread.spawn(read(endpoint, number, Arc::clone(&shared)));
        }
        Ok(Self {
            shared,
            next_stream: Arc::new(AtomicU64::new(1)),
            most_allocations,
            free_streams: Arc::new(Semaphore::new(most_allocations + SPARE_STREAMS)),
            tasks: tasks.clone(),
        })
    }

    /// Says how many files are open at most at a time.
    pub(crate) fn most_files(&self) -> usize {
        self.most_allocations * 2 + SPARE_STREAMS
    }

    /// Accepts TCP connections until the tasks have to stop, and speaks TLS on them if told so. Closes those that are too many.
    pub(crate) fn listen(&self, listener: TcpListener, tls: Option<TlsAcceptor>) {
        self.tasks.spawn(self.clone().accept(listener, tls));
    }

    async fn accept(self, listener: TcpListener, tls: Option<TlsAcceptor>) {
        loop {
            match listener.accept().await {
                Ok((stream, remote)) => {
                    let local = stream.local_addr().map(|address| address.ip());
                    let slot = Arc::clone(&self.free_streams).try_acquire_owned();
                    if let (Ok(local), Ok(slot)) = (local, slot) {
                        let _ = stream.set_nodelay(true);
                        let (server, tls) = (self.clone(), tls.clone());
                        self.tasks.spawn(async move {
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
    /// The stream is taken from these when it ends.
    sockets: &'a Sockets,
    /// The stream has this number.
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
