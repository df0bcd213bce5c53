//! What listens: the tasks that read datagrams, and those that accept streams.
//!
//! Invariant: one task per listening socket, per stream and per allocation; no lock is held while waiting, and the
//! lock of a client's core no longer than one message takes.

use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;

use super::departures::Departures;
use super::endpoint::{Batch, Endpoint, HEADROOM};
use super::from_media::FromMedia;
use super::relay::{Premises, SharedRelays};
use super::stream;
use super::streams::ClientStream;
use super::threads::RelayThreads;
use crate::server::clock::Clock;
use crate::server::tasks::Tasks;
use crate::server::turn::core::answer::ANSWER_BYTES;
use crate::server::turn::core::five_tuple::{ClientPath, ClientTransport};
use crate::server::turn::core::{CoreStep, Rules, waiting};

/// One read has so many datagrams; then the relays that they were sent to get their turn, lest what came first waits
/// for all.
const BATCH: usize = 8;

/// So many streams are open besides those that have an allocation: those that wait for one, and some that are about to end.
const SPARE_STREAMS: usize = waiting::MOST + 64;

/// The running relay. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct TurnServer {
    /// Every task works with these.
    shared: Arc<SharedRelays>,
    /// The server has at most so many allocations, each with a socket of its own.
    most_allocations: usize,
    /// A stream holds one of these permits, until it is closed. Whoever is to be accepted waits for one, which is short: of
    /// those without an allocation the oldest go.
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
        premises: Premises,
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
        let shared = SharedRelays::new(rules, premises, endpoints.clone(), threads, clock);
        shared.rules.members.own(Departures::of(&shared));
        if let Some(door) = &shared.sockets.premises.door {
            door.open(FromMedia::to(&shared));
        }
        for (number, endpoint) in endpoints.into_iter().enumerate() {
            let thread = shared.sockets.threads.of(number);
            thread.spawn(read(endpoint, number, Arc::clone(&shared)));
        }
        Ok(Self {
            shared,
            most_allocations,
            free_streams: Arc::new(Semaphore::new(most_allocations + SPARE_STREAMS)),
            tasks: tasks.clone(),
        })
    }

    /// Says how many files are open at most at a time.
    pub(crate) fn most_files(&self) -> usize {
        self.most_allocations * 2 + SPARE_STREAMS
    }

    /// Accepts TCP connections until the tasks have to stop, and speaks TLS on them if told so.
    pub(crate) fn listen(&self, listener: TcpListener, tls: Option<TlsAcceptor>) {
        self.tasks.spawn(self.clone().accept(listener, tls));
    }

    async fn accept(self, listener: TcpListener, tls: Option<TlsAcceptor>) {
        // The semaphore is never closed.
        while let Ok(permit) = Arc::clone(&self.free_streams).acquire_owned().await {
            match listener.accept().await {
                Ok((stream, remote)) => {
                    let Ok(local) = stream.local_addr() else {
                        continue;
                    };
                    let _ = stream.set_nodelay(true);
                    let client = OpenStream::enter(&self.shared, remote, local.ip());
                    let tls = tls.clone();
                    self.tasks.spawn(async move {
                        client.serve(stream, tls).await;
                        drop(client);
                        drop(permit);
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "a relay connection could not be accepted");
                    sleep(Duration::from_millis(50)).await;
                }
            }
        }
    }
}

/// A client's stream, which relays find as long as this lives; with it its allocation ends.
struct OpenStream {
    /// The stream and its allocation are in these.
    shared: Arc<SharedRelays>,
    /// What is to be written waits here.
    stream: Arc<ClientStream>,
    /// The client's allocation is found by this.
    path: ClientPath,
}

impl OpenStream {
    fn enter(shared: &Arc<SharedRelays>, remote: SocketAddr, local: IpAddr) -> Self {
        let stream = shared.sockets.streams.enter(remote.ip());
        let connection = stream.connection;
        let link = ClientTransport::Stream { connection, local };
        Self {
            shared: Arc::clone(shared),
            stream,
            path: ClientPath { remote, link },
        }
    }

    /// Serves the client until one of the two has to go.
    async fn serve(&self, stream: TcpStream, tls: Option<TlsAcceptor>) {
        let served = async {
            match tls {
                None => self.speak(stream).await,
                Some(tls) => match tls.accept(stream).await {
                    Ok(stream) => Box::pin(self.speak(stream)).await,
                    Err(error) => {
                        tracing::debug!(%error, "a TLS handshake with the relay failed");
                    }
                },
            }
        };
        tokio::select! {
            () = served => {}
            () = self.shared.sockets.streams.has_to_go(&self.stream) => {}
        }
    }

    /// Speaks with the client, whatever is below.
    async fn speak(&self, stream: impl AsyncRead + AsyncWrite) {
        stream::serve(stream, &self.path, &self.stream.outbox, &self.shared).await;
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        self.shared.core_of(&self.path).end(&self.path);
        self.shared.sockets.streams.leave(self.stream.connection);
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
