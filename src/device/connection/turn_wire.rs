//! The wire to a relay: a socket for datagrams, or a stream over TCP or TLS.
//!
//! Invariant: what waits to be sent is bounded; beyond the bound it is lost, as datagrams may be.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::UdpSocket;

use crate::device::socket::dial::Stream;

/// At most so many bytes wait for a stream.
const WAITING_BYTES: usize = 256 * 1024;

/// One wire.
pub(super) enum TurnWire {
    /// Datagrams go over this socket, which is connected to the relay.
    Datagrams(UdpSocket),
    /// Messages go over this stream, one behind the other.
    Stream {
        /// It is this stream.
        stream: Box<dyn Stream>,
        /// These bytes wait to be written.
        waiting: VecDeque<u8>,
    },
}

impl TurnWire {
    /// A wire over a stream.
    pub(super) fn stream(stream: Box<dyn Stream>) -> Self {
        Self::Stream {
            stream,
            waiting: VecDeque::new(),
        }
    }

    /// Sends a message, or takes it to be sent. One that the system has no room for is lost.
    pub(super) fn send(&mut self, message: &[u8]) {
        match self {
            Self::Datagrams(socket) => {
                let _ = socket.try_send(message);
            }
            Self::Stream { waiting, .. } => {
                if waiting.len() + message.len() <= WAITING_BYTES {
                    waiting.extend(message);
                }
            }
        }
    }

    /// Writes what waits.
    ///
    /// # Errors
    /// The stream's, when it is broken.
    pub(super) fn poll_flush(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        let Self::Stream { stream, waiting } = self else {
            return Ok(());
        };
        while !waiting.is_empty() {
            let (bytes, _) = waiting.as_slices();
            match Pin::new(&mut *stream).poll_write(context, bytes) {
                Poll::Ready(Ok(0)) => return Err(io::ErrorKind::WriteZero.into()),
                Poll::Ready(Ok(length)) => drop(waiting.drain(..length)),
                Poll::Ready(Err(error)) => return Err(error),
                Poll::Pending => return Ok(()),
            }
        }
        match Pin::new(stream).poll_flush(context) {
            Poll::Ready(flushed) => flushed,
            Poll::Pending => Ok(()),
        }
    }

    /// Reads what comes next: a datagram, or some bytes of the stream; how many.
    ///
    /// # Errors
    /// The wire's, when it is broken or at its end.
    pub(super) fn poll_receive(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let mut buffer = ReadBuf::new(buffer);
        match self {
            Self::Datagrams(socket) => ready!(socket.poll_recv(context, &mut buffer))?,
            Self::Stream { stream, .. } => {
                ready!(Pin::new(stream).poll_read(context, &mut buffer))?;
                if buffer.filled().is_empty() {
                    return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
                }
            }
        }
        Poll::Ready(Ok(buffer.filled().len()))
    }
}

/// Both ends of a wire.
#[derive(Clone, Copy, Debug)]
pub(super) struct WireEnds {
    /// This side.
    pub(super) local: SocketAddr,
    /// The relay.
    pub(super) remote: SocketAddr,
}
