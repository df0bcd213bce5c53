//! The UDP socket of a shard, for one version of IP: reads and sends many datagrams at once, and never waits.
//!
//! Invariant: reading allocates nothing. What was read and not taken yet is handed over before anything else is read.

use std::io::{self, IoSliceMut};
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::ops::ControlFlow;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Instant;

use quinn_udp::{BATCH_SIZE, RecvMeta, UdpSocketState};
use socket2::{Domain, Protocol, SockRef, Socket, Type};

use super::offload::Offload;
use super::outgoing::{Flushed, Outgoing};
use crate::server::net::datagrams::may_be_fragmented;

/// One read has so many bytes: the system may hand over several datagrams of one client as one (generic receive offload).
const READ_BYTES: usize = 64 * 1024;

/// The system may keep so many bytes for the socket in each direction, if its own limits let it.
const SYSTEM_BUFFER: usize = 4 * 1024 * 1024;

/// A datagram that was read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Datagram<'a> {
    /// It came from here; the port is not 0.
    pub(super) from: SocketAddr,
    /// It was sent to this address of the machine; `None` when the system does not say. Answers have to come from there.
    pub(super) to: Option<IpAddr>,
    /// What was sent.
    pub(super) bytes: &'a [u8],
}

/// A read may have left something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    /// There may be more: it is to be asked for before the thread sleeps.
    Possible,
    /// There is nothing to read before the socket is readable again.
    None,
}

/// A socket that clients write to.
#[derive(Debug)]
pub(super) struct MediaSocket {
    socket: UdpSocket,
    /// The system's ways to read and send several datagrams at once are known here.
    state: UdpSocketState,
    local: SocketAddr,
    offload: Offload,
    inbox: Inbox,
}

/// What was read.
#[derive(Debug)]
struct Inbox {
    /// The reads stand here, each in [`READ_BYTES`] of its own. The system touches what it needs of it alone.
    buffer: Vec<u8>,
    /// The system writes here how long each read is and where it came from.
    meta: Vec<RecvMeta>,
    /// So many reads are there.
    count: usize,
    /// The next datagram stands in this read.
    read: usize,
    /// The next datagram begins at this byte of its read.
    start: usize,
}

impl MediaSocket {
    /// Opens a socket; one for IPv6 takes no IPv4. Port 0 picks a free one.
    ///
    /// # Errors
    /// When the address is not to be had.
    pub(super) fn bind(address: SocketAddr) -> io::Result<Self> {
        let socket = Socket::new(
            Domain::for_address(address),
            Type::DGRAM,
            Some(Protocol::UDP),
        )?;
        if address.is_ipv6() {
            socket.set_only_v6(true)?;
        }
        socket.bind(&address.into())?;
        enlarge_buffers(&socket);
        let socket: UdpSocket = socket.into();
        // It makes the socket one that never waits.
        let state = UdpSocketState::new((&socket).into())?;
        may_be_fragmented(&socket);
        Ok(Self {
            local: socket.local_addr()?,
            offload: Offload::new(state.max_gso_segments()),
            inbox: Inbox::new(),
            state,
            socket,
        })
    }

    /// Gives the address that the socket is bound to, with the port that it got.
    pub(super) fn local(&self) -> SocketAddr {
        self.local
    }

    /// Reads what is there, up to one batch, and hands over each datagram until it is told to stop. What is left then comes
    /// with the next call.
    ///
    /// # Errors
    /// When the system has something to complain of; the socket can be read again.
    pub(super) fn receive(
        &mut self,
        mut take: impl FnMut(Datagram<'_>) -> ControlFlow<()>,
    ) -> io::Result<Rest> {
        if self.inbox.is_empty() {
            match self.inbox.fill(&self.state, &self.socket) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(Rest::None),
                Err(error) => return Err(error),
            }
        }
        let was_full = self.inbox.count == self.inbox.meta.len();
        while let Some(mut datagram) = self.inbox.next() {
            // Nobody can be answered there, and to try is taken by the system as a fault of ours.
            if datagram.from.port() == 0 {
                continue;
            }
            let own = Some(self.local.ip()).filter(|own| !own.is_unspecified());
            datagram.to = datagram.to.or(own);
            if take(datagram).is_break() {
                return Ok(Rest::Possible);
            }
        }
        Ok(if was_full { Rest::Possible } else { Rest::None })
    }

    /// Sends what waits for this socket's version of IP, as far as the system takes it. What waits then is to be sent when the
    /// socket is writable; after [`PATIENCE`](super::outgoing::PATIENCE) it is lost.
    pub(super) fn flush(&mut self, outgoing: &mut Outgoing, now: Instant) -> Flushed {
        let batch = outgoing.batch_for(self.local);
        batch.flush(now, &mut self.offload, |transmit| {
            self.state.try_send((&self.socket).into(), transmit)
        })
    }
}

impl AsFd for MediaSocket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

impl Inbox {
    fn new() -> Self {
        Self {
            buffer: vec![0; READ_BYTES * BATCH_SIZE],
            meta: vec![RecvMeta::default(); BATCH_SIZE],
            count: 0,
            read: 0,
            start: 0,
        }
    }

    fn is_empty(&self) -> bool {
        self.read >= self.count
    }

    /// Reads one batch in place of what was there.
    fn fill(&mut self, state: &UdpSocketState, socket: &UdpSocket) -> io::Result<()> {
        (self.count, self.read, self.start) = (0, 0, 0);
        let mut chunks = self.buffer.chunks_exact_mut(READ_BYTES);
        let mut slices: [IoSliceMut<'_>; BATCH_SIZE] =
            std::array::from_fn(|_| IoSliceMut::new(chunks.next().unwrap_or_default()));
        self.count = state.recv(socket.into(), &mut slices, &mut self.meta)?;
        Ok(())
    }

    /// Takes the next datagram. Empty ones are left out.
    fn next(&mut self) -> Option<Datagram<'_>> {
        let meta = loop {
            if self.is_empty() {
                return None;
            }
            let meta = *self.meta.get(self.read)?;
            if self.start < meta.len {
                break meta;
            }
            (self.read, self.start) = (self.read + 1, 0);
        };
        let end = meta.len.min(self.start + meta.stride.max(1));
        let base = self.read * READ_BYTES;
        let bytes = self.buffer.get(base + self.start..base + end)?;
        self.start = end;
        Some(Datagram {
            from: meta.addr,
            to: meta.dst_ip,
            bytes,
        })
    }
}

/// Asks for large buffers. What the system does not give is not needed to work, only to lose less in a burst.
fn enlarge_buffers(socket: &Socket) {
    let asked = socket.set_recv_buffer_size(SYSTEM_BUFFER);
    let asked = asked.and_then(|()| socket.set_send_buffer_size(SYSTEM_BUFFER));
    let got = SockRef::from(socket);
    tracing::debug!(
        receive = got.recv_buffer_size().ok(),
        send = got.send_buffer_size().ok(),
        error = asked.err().map(tracing::field::display),
        "buffers of a media socket"
    );
}

#[cfg(test)]
#[path = "tests/socket.rs"]
mod tests;
