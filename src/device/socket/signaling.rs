//! The WebSocket to the server: one task, with a bounded queue each way.
//!
//! Invariant: sockets are numbered, and every report carries the number, so that what a socket says that was given up is void.
//! A server that says more than is read waits; a message that finds the queue to the server full is lost, as it would be on a
//! socket that is down, and the next `welcome` repairs that.

use std::io;
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;

use futures::{FutureExt, SinkExt, StreamExt};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Duration, timeout};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::http::header::ORIGIN;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::protocol::frame::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode as WireCode;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use super::address::{RoomAddress, Security};
use super::dial::{self, Stream, Trust};
use crate::protocol::fields::read_text;
use crate::protocol::{ClientMessage, CloseCode, ServerMessage};

/// Opening may take this long, as it may in the page.
const OPENING: Duration = Duration::from_secs(8);

/// A socket that is closed by us waits this long for the server to close it too.
const CLOSING: Duration = Duration::from_secs(2);

/// A server that takes nothing for so long is gone.
const SENDING: Duration = Duration::from_secs(10);

/// So many bytes are read from the server at once; each socket keeps room for them, and the library's own 128 KiB are many.
const READ_AT_ONCE: usize = 4 * 1024;

/// At most so many messages wait to be sent.
const WAITING: usize = 256;

/// A message of the server may have so many bytes: the `welcome` of a large room is the longest.
const LARGEST: usize = 4 * 1024 * 1024;

/// A socket that ends without a close frame ends with this code (RFC 6455 section 7.4.1).
const ABNORMAL: CloseCode = CloseCode::Other(1006);

/// What a socket reports, with its number.
#[derive(Debug)]
pub(crate) struct SocketReport {
    /// The socket has this number.
    pub(crate) number: u32,
    /// It reports this.
    pub(crate) what: SocketNews,
}

/// One report of a socket.
#[derive(Debug)]
pub(crate) enum SocketNews {
    /// It is open, and the server is reached from this address of the machine.
    Opened(Option<IpAddr>),
    /// The server said something.
    Said(Box<ServerMessage>),
    /// The server said something of a type that is not known here, in JSON: one of the SFU's, or of a newer server.
    Unknown(String),
    /// It is closed, or could not be opened. For people: why it could not.
    Closed(CloseCode, Option<String>),
}

/// One WebSocket. Dropping it closes it, after what was sent has left.
pub(crate) struct Socket {
    /// What is to be sent goes here.
    messages: mpsc::Sender<ClientMessage>,
    /// The socket lives here.
    task: JoinHandle<()>,
}

impl Socket {
    /// Opens the socket with this number; everything after is reported.
    pub(crate) fn open(
        address: RoomAddress,
        trust: Trust,
        number: u32,
        reports: mpsc::Sender<SocketReport>,
    ) -> Self {
        let (messages, outgoing) = mpsc::channel(WAITING);
        let task = tokio::spawn(async move {
            let report = |what| reports.send(SocketReport { number, what });
            let life = async {
                match timeout(OPENING, upgrade(&address, trust)).await {
                    Ok(Ok((socket, local))) => {
                        let _ = report(SocketNews::Opened(local)).await;
                        (carry(socket, outgoing, report).await, None)
                    }
                    Ok(Err(error)) => (ABNORMAL, Some(error.to_string())),
                    Err(_) => (ABNORMAL, None),
                }
            };
            // A bug that a server finds in the library ends this socket, and the model opens another.
            let ended = AssertUnwindSafe(life).catch_unwind().await;
            let (code, reason) = ended.unwrap_or((ABNORMAL, None));
            let _ = report(SocketNews::Closed(code, reason)).await;
        });
        Self { messages, task }
    }

    /// A socket without a network: what is said arrives where a test looks.
    #[cfg(test)]
    pub(crate) fn in_memory() -> (Self, mpsc::Receiver<ClientMessage>) {
        let (messages, outgoing) = mpsc::channel(WAITING);
        let task = tokio::spawn(async {});
        (Self { messages, task }, outgoing)
    }

    /// Sends a message; one that finds the queue full is lost.
    pub(crate) fn send(&self, message: ClientMessage) {
        let _ = self.messages.try_send(message);
    }

    /// Closes the socket once what was sent has left, and gives the task that does it.
    pub(crate) fn close(self) -> JoinHandle<()> {
        self.task
    }
}

/// A connection to the server.
pub(crate) struct Reached {
    /// What is written here reaches it, over TLS where its address says so.
    pub(crate) stream: Box<dyn Stream>,
    /// It is reached from this address of the machine.
    pub(crate) local: Option<IpAddr>,
}

/// Opens a connection to the server, and TLS on it where the address says so.
///
/// # Errors
/// Why there is none, or what is wrong with the certificate.
pub(crate) async fn connect(address: &RoomAddress, trust: Trust) -> io::Result<Reached> {
    let addresses = dial::resolve(&address.host, address.port).await?;
    let tcp = dial::tcp(&addresses).await?;
    let _ = tcp.set_nodelay(true);
    let local = tcp.local_addr().ok().map(|address| address.ip());
    let stream: Box<dyn Stream> = match address.security {
        Security::Plain => Box::new(tcp),
        Security::Tls => dial::secure(tcp, &address.host).await?.trusted(trust)?,
    };
    Ok(Reached { stream, local })
}

async fn upgrade(
    address: &RoomAddress,
    trust: Trust,
) -> io::Result<(WebSocketStream<Box<dyn Stream>>, Option<IpAddr>)> {
    let Reached { stream, local } = connect(address, trust).await?;
    let mut request = format!("ws://{}/ws", address.authority())
        .into_client_request()
        .map_err(io::Error::other)?;
    let origin = HeaderValue::try_from(address.origin()).map_err(io::Error::other)?;
    request.headers_mut().insert(ORIGIN, origin);
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_AT_ONCE)
        .max_message_size(Some(LARGEST))
        .max_frame_size(Some(LARGEST));
    match client_async_with_config(request, stream, Some(config)).await {
        Ok((socket, _)) => Ok((socket, local)),
        Err(Error::Http(response)) => Err(io::Error::other(format!(
            "the server answered {} instead of upgrading",
            response.status()
        ))),
        Err(error) => Err(io::Error::other(error)),
    }
}

/// Carries messages both ways until either side closes; says with which code.
async fn carry<F: Future<Output = Result<(), mpsc::error::SendError<SocketReport>>>>(
    mut socket: WebSocketStream<Box<dyn Stream>>,
    mut outgoing: mpsc::Receiver<ClientMessage>,
    report: impl Fn(SocketNews) -> F,
) -> CloseCode {
    loop {
        tokio::select! {
            message = outgoing.recv() => match message {
                Some(message) => {
                    let Ok(text) = serde_json::to_string(&message) else {
                        continue;
                    };
                    match timeout(SENDING, socket.send(Message::text(text))).await {
                        Ok(Ok(())) => {}
                        Ok(Err(_)) | Err(_) => return ABNORMAL,
                    }
                }
                None => return close(socket).await,
            },
            received = socket.next() => match received {
                Some(Ok(Message::Text(text))) => {
                    let news = match read_text::<ServerMessage>(&text) {
                        Ok(message) => SocketNews::Said(Box::new(message)),
                        Err(_) => SocketNews::Unknown(text.as_str().to_owned()),
                    };
                    if report(news).await.is_err() {
                        return close(socket).await;
                    }
                }
                Some(Ok(Message::Close(frame))) => {
                    // The answer to it leaves with the next read.
                    let _ = timeout(CLOSING, socket.next()).await;
                    let code = frame.map_or(ABNORMAL, |frame| u16::from(frame.code).into());
                    return code;
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return ABNORMAL,
            },
        }
    }
}

/// Closes a socket that nobody needs any more, and waits for the server to do the same.
async fn close(mut socket: WebSocketStream<Box<dyn Stream>>) -> CloseCode {
    let frame = CloseFrame {
        code: WireCode::Normal,
        reason: "".into(),
    };
    let closing = async {
        if socket.close(Some(frame)).await.is_ok() {
            while let Some(Ok(_)) = socket.next().await {}
        }
    };
    let _ = timeout(CLOSING, closing).await;
    CloseCode::Other(1000)
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;
    use tokio_tungstenite::accept_async;

    use super::*;
    use crate::protocol::PeerId;

    #[tokio::test]
    async fn a_server_that_takes_nothing_is_gone_after_a_while() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let address = format!("http://127.0.0.1:{port}/r/abc").parse().unwrap();
        let (reports, mut taken) = mpsc::channel(4);
        let socket = Socket::open(address, Trust::Authorities, 1, reports);
        let (stream, _) = listener.accept().await.unwrap();
        // It answers, and reads no more.
        let silent = accept_async(stream).await.unwrap();
        let opened = taken.recv().await.unwrap();
        assert!(matches!(opened.what, SocketNews::Opened(_)));
        tokio::time::pause();
        for _ in 0..16 {
            socket.send(ClientMessage::Offer {
                target: PeerId::new("P1"),
                sdp: "x".repeat(1024 * 1024),
                serial: None,
            });
        }
        let end = socket.close();
        let within = SENDING + CLOSING + Duration::from_secs(5);
        timeout(within, end).await.expect("it ends").unwrap();
        let closed = taken.recv().await.unwrap();
        assert!(matches!(closed.what, SocketNews::Closed(ABNORMAL, None)));
        drop(silent);
    }
}
