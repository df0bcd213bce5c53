//! A WebSocket to a server, read without waiting.
//!
//! Invariant: every message that came is kept until somebody asks for it or it is answered.

use std::collections::VecDeque;
use std::io;
use std::net::{SocketAddr, TcpStream};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

use serde_json::Value;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{self, Message, WebSocket};

use crate::Result;

/// A server takes a message and answers a handshake within this time.
const PATIENCE: Duration = Duration::from_secs(10);

/// A full socket is tried again after this time.
const AGAIN: Duration = Duration::from_millis(1);

/// A WebSocket.
pub(crate) struct Signaling {
    socket: WebSocket<TcpStream>,
    /// What came and nobody asked for yet.
    pub(crate) inbox: VecDeque<Value>,
}

impl Signaling {
    /// Opens one at this path of a server, for this subprotocol if there is one.
    pub(crate) fn open(
        server: SocketAddr,
        path: &str,
        subprotocol: Option<&'static str>,
    ) -> Result<Self> {
        let mut request = format!("ws://{server}{path}").into_client_request()?;
        if let Some(name) = subprotocol {
            let name = HeaderValue::from_static(name);
            request.headers_mut().insert("Sec-WebSocket-Protocol", name);
        }
        let stream = TcpStream::connect(server)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let (socket, _) = tungstenite::client(request, stream)
            .map_err(|error| format!("no WebSocket at {server}: {error}"))?;
        socket.get_ref().set_nonblocking(true)?;
        Ok(Self {
            socket,
            inbox: VecDeque::new(),
        })
    }

    /// Sends a message.
    pub(crate) fn send(&mut self, message: &Value) -> Result<()> {
        let mut sent = self.socket.send(Message::text(message.to_string()));
        while let Err(tungstenite::Error::Io(error)) = &sent {
            if error.kind() != io::ErrorKind::WouldBlock {
                break;
            }
            std::thread::sleep(AGAIN);
            sent = self.socket.flush();
        }
        Ok(sent?)
    }

    /// The next message that has come.
    pub(crate) fn read(&mut self) -> Result<Option<Value>> {
        loop {
            match self.socket.read() {
                Ok(Message::Text(text)) => return Ok(Some(serde_json::from_str(&text)?)),
                Ok(Message::Close(frame)) => {
                    return Err(format!("the server closed a WebSocket: {frame:?}").into());
                }
                Ok(_) => {}
                Err(tungstenite::Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => {
                    return Ok(None);
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

impl AsFd for Signaling {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.get_ref().as_fd()
    }
}
