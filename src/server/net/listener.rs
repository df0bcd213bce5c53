//! Accepts TCP connections and speaks HTTP on them, with or without TLS.
//!
//! Invariant: a connection ends its TLS handshake within [`HANDSHAKE_DEADLINE`]; one that is not a WebSocket lives no
//! longer than [`LIFETIME`] and [`GRACE`] together, and sends its headers within [`HEADER_DEADLINE`]; and there are never
//! more than the cap.
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
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::origin::Scheme;
use super::proxy::AcceptedFrom;
use super::stream::ServerStream;

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

/// A request's headers have at most this many bytes.
const HEADER_BYTES: usize = 32 * 1024;

/// So many connections may wait to be accepted.
const BACKLOG: u32 = 4096;

/// Connections beyond the cap are told this without a parser or a task.
const OVERLOADED: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nretry-after: 60\r\n\
    x-content-type-options: nosniff\r\nconnection: close\r\n\r\n";

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
    most: usize,
    stop: CancellationToken,
    tasks: TaskTracker,
) {
    let slots = Arc::new(Semaphore::new(most));
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
        let Ok(slot) = Arc::clone(&slots).try_acquire_owned() else {
            if tls.is_none() {
                let _ = stream.try_write(OVERLOADED);
            }
            continue;
        };
        let _ = stream.set_nodelay(true);
        let (tls, router, stop) = (tls.clone(), router.clone(), stop.clone());
        tasks.spawn(async move {
            match tls {
                None => {
                    let scheme = Scheme::Http;
                    let arrival = AcceptedFrom { from, scheme };
                    speak_http(ServerStream::Plain(stream), arrival, router, stop).await;
                }
                Some(tls) => speak_https(stream, from, &tls, router, stop).await,
            }
            drop(slot);
        });
    }
}

async fn speak_https(
    stream: TcpStream,
    from: SocketAddr,
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
            let scheme = Scheme::Https;
            let arrival = AcceptedFrom { from, scheme };
            speak_http(ServerStream::Tls(Box::new(stream)), arrival, router, stop).await;
        }
        Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
        Err(_) => tracing::debug!("a TLS handshake took too long"),
    }
}

async fn speak_http(
    stream: ServerStream,
    arrival: AcceptedFrom,
    router: Router,
    stop: CancellationToken,
) {
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(arrival);
        router.call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_DEADLINE)
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
