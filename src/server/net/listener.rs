//! Accepts TCP connections and speaks HTTP on them, with or without TLS.
//!
//! Invariant: a connection ends its TLS handshake within [`HANDSHAKE_DEADLINE`]; one that is not a WebSocket lives no
//! longer than [`LIFETIME`] and [`GRACE`] together, and sends its headers within [`HEADER_DEADLINE`]; and there are never
//! more, of all and of one address, than the limits allow.
//! hyper's own HTTP/1 server is used because protocol-sniffing ones wait for the first bytes without a deadline.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::client_networks::ClientNetworks;
use super::connection_table::ConnectionLimits;
use super::origin::Scheme;
use super::places::{Place, Places};
use super::proxy::{AcceptedFrom, TrustedProxies};
use super::refusal::Refusals;
use super::stream::ServerStream;
use super::transport::Transport;

/// A client may take this long for the TLS handshake.
const HANDSHAKE_DEADLINE: Duration = Duration::from_secs(10);

/// A client may take this long to send a request's headers; an idle connection is kept as long.
const HEADER_DEADLINE: Duration = Duration::from_secs(10);

/// After this time a connection takes no further request.
const LIFETIME: Duration = Duration::from_secs(60);

/// The last response may take this long then.
const GRACE: Duration = Duration::from_secs(60);

/// The last responses may take this long when the server stops.
const STOP_GRACE: Duration = Duration::from_secs(2);

/// A request's line and headers have at most this many bytes together; of header lines hyper takes 100.
const HEADER_BYTES: usize = 32 * 1024;

/// So many connections may wait to be accepted.
const BACKLOG: u32 = 4096;

/// How a listener receives those who come.
#[derive(Clone, Debug)]
pub(crate) struct Reception {
    /// So many connections are open at a time.
    pub(crate) limits: ConnectionLimits,
    /// The connections of these proxies are not counted for their address.
    pub(crate) proxies: TrustedProxies,
    /// Responses that no router makes bear these header lines; each has its end.
    pub(crate) headers: Arc<str>,
}

/// Opens the port.
///
/// # Errors
/// When the address is taken, forbidden, or not of this machine.
pub(crate) fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves until `stop`, then lets the last responses out.
pub(crate) async fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    router: Router,
    reception: Reception,
    stop: CancellationToken,
    tasks: TaskTracker,
) {
    let places = Places::new(reception.limits);
    let refusals = Refusals::new(&reception.headers);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => return,
        };
        let (stream, from) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file descriptors, most likely: others will be closed meanwhile.
                tracing::warn!(%error, "a connection could not be accepted");
                sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let client = reception.proxies.counted(from).and_then(ClientNetworks::of);
        let (place, displaced) = match places.take(client) {
            Ok(taken) => taken,
            Err(reason) => {
                tracing::debug!(?reason, "a connection was refused");
                if tls.is_none() {
                    let _ = stream.try_write(refusals.of(reason));
                }
                continue;
            }
        };
        let _ = stream.set_nodelay(true);
        let caller = Caller {
            from,
            place,
            headers: Arc::clone(&reception.headers),
        };
        let (tls, router, stop) = (tls.clone(), router.clone(), stop.clone());
        tasks.spawn(displaced.run_until_cancelled_owned(async move {
            match tls {
                None => {
                    let transport = Transport::Plain(stream);
                    speak_http(caller.with(transport, Scheme::Http), router, stop).await;
                }
                Some(tls) => speak_https(stream, caller, &tls, router, stop).await,
            }
        }));
    }
}

/// A connection that has got its place, and has not been spoken with.
struct Caller {
    /// The other end is this.
    from: SocketAddr,
    /// The connection takes this place.
    place: Place,
    /// Answers that hyper writes by itself get these header lines.
    headers: Arc<str>,
}

impl Caller {
    fn with(self, transport: Transport, scheme: Scheme) -> (ServerStream, AcceptedFrom) {
        let from = self.from;
        let stream = ServerStream::new(transport, self.headers, Arc::new(self.place));
        (stream, AcceptedFrom { from, scheme })
    }
}

async fn speak_https(
    stream: TcpStream,
    caller: Caller,
    tls: &TlsAcceptor,
    router: Router,
    stop: CancellationToken,
) {
    let shaken = tokio::select! {
        shaken = timeout(HANDSHAKE_DEADLINE, tls.accept(stream)) => shaken,
        () = stop.cancelled() => return,
    };
    match shaken {
        Ok(Ok(stream)) => {
            let transport = Transport::Tls(Box::new(stream));
            speak_http(caller.with(transport, Scheme::Https), router, stop).await;
        }
        Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
        Err(_) => tracing::debug!("a TLS handshake took too long"),
    }
}

async fn speak_http(
    (stream, arrival): (ServerStream, AcceptedFrom),
    router: Router,
    stop: CancellationToken,
) {
    let router = TowerToHyperService::new(router);
    let place = Arc::clone(stream.place());
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(arrival);
        let (answering, place) = (router.call(request), Arc::clone(&place));
        async move {
            let answer = answering.await;
            place.finished_request();
            answer
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_DEADLINE)
        .max_header_size(HEADER_BYTES)
        .max_buf_size(HEADER_BYTES)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let grace = tokio::select! {
        ended = connection.as_mut() => {
            if let Err(error) = ended {
                tracing::debug!(%error, "an HTTP connection ended early");
            }
            return;
        }
        () = stop.cancelled() => STOP_GRACE,
        () = sleep(LIFETIME) => GRACE,
    };
    connection.as_mut().graceful_shutdown();
    let _ = timeout(grace, connection).await;
}
