//! A UDP socket that clients or peers write to: reads batches, and answers from the address that was written to.
//!
//! Invariant: reading allocates nothing and starts no task per datagram; a datagram that the system takes no more of
//! is lost.

use std::io::{self, IoSliceMut};
use std::net::{IpAddr, SocketAddr};

use quinn_udp::{BATCH_SIZE, RecvMeta, Transmit, UdpSocketState};
use socket2::{Domain, Protocol, Socket, Type};
use tokio::io::Interest;
use tokio::net::UdpSocket;
use tokio::runtime::Handle;

use crate::server::net::datagrams::may_be_fragmented;

/// One read has so many bytes: the system may hand over several datagrams of one client as one.
const READ_BYTES: usize = 64 * 1024;

/// So many bytes stand before each datagram, for the header that it may get on its way out.
pub(super) const HEADROOM: usize = 4;

/// The system may keep so many bytes for the socket in each direction, if its own limits let it.
const SYSTEM_BUFFER: usize = 4 * 1024 * 1024;

/// A UDP socket that tells which of the machine's addresses a datagram was sent to.
#[derive(Debug)]
pub(super) struct Endpoint {
    /// The runtime says when this can be read.
    socket: UdpSocket,
    /// The system's ways to read and send several datagrams at once are known here.
    state: UdpSocketState,
}

/// A read may have left something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    /// There may be more to read.
    Possible,
    /// There is nothing to read before the socket is readable again.
    None,
}

/// A task reads into this, again and again.
pub(super) struct Batch {
    /// The datagrams' bytes stand here, each read with [`HEADROOM`] before it.
    buffer: Vec<u8>,
    /// The system writes here how long each read is and where it came from.
    meta: Vec<RecvMeta>,
}

impl Batch {
    /// Makes room for so many datagrams in one read, as far as the system can. Each costs something even when there is
    /// none.
    pub(crate) fn of(datagrams: usize) -> Self {
        let datagrams = datagrams.clamp(1, BATCH_SIZE);
        Self {
            buffer: vec![0; (HEADROOM + READ_BYTES) * datagrams],
            meta: vec![RecvMeta::default(); datagrams],
        }
    }
}

impl Endpoint {
    /// Binds a socket to be adopted; one for IPv6 takes no IPv4.
    pub(crate) fn bind(address: SocketAddr) -> io::Result<std::net::UdpSocket> {
        let socket = Socket::new(
            Domain::for_address(address),
            Type::DGRAM,
            Some(Protocol::UDP),
        )?;
        if address.is_ipv6() {
            socket.set_only_v6(true)?;
        }
        socket.bind(&address.into())?;
        // What the system does not give is not needed to work, only to lose less in a burst.
        let _ = socket.set_recv_buffer_size(SYSTEM_BUFFER);
        let _ = socket.set_send_buffer_size(SYSTEM_BUFFER);
        Ok(socket.into())
    }

    /// Takes a socket that is bound, to be read by this thread.
    pub(crate) fn adopt(socket: std::net::UdpSocket, thread: &Handle) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        let state = UdpSocketState::new((&socket).into())?;
        may_be_fragmented(&socket);
        let _registered_there = thread.enter();
        let socket = UdpSocket::from_std(socket)?;
        Ok(Self { socket, state })
    }

    /// Waits until there is something to read.
    pub(super) async fn readable(&self) -> io::Result<()> {
        self.socket.readable().await
    }

    /// Reads what is there, up to one batch, and hands over each datagram with where it came from and which address it
    /// was sent to. [`HEADROOM`] bytes stand before each datagram.
    pub(crate) fn read(
        &self,
        batch: &mut Batch,
        mut handle: impl FnMut(&mut [u8], SocketAddr, Option<IpAddr>),
    ) -> io::Result<Rest> {
        let mut count = 0;
        let most = batch.meta.len();
        let read = {
            let mut chunks = batch.buffer.chunks_exact_mut(HEADROOM + READ_BYTES);
            let mut slices: [IoSliceMut<'_>; BATCH_SIZE] = std::array::from_fn(|_| {
                let chunk = chunks.next().unwrap_or_default();
                IoSliceMut::new(chunk.get_mut(HEADROOM..).unwrap_or_default())
            });
            self.socket.try_io(Interest::READABLE, || {
                let socket = (&self.socket).into();
                count = self
                    .state
                    .recv(socket, &mut slices[..most], &mut batch.meta)?;
                // Less than a batch is all there was: said this way it needs no further read to find nothing.
                if count < most {
                    return Err(io::ErrorKind::WouldBlock.into());
                }
                Ok(())
            })
        };
        let rest = match read {
            Ok(()) => Rest::Possible,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Rest::None,
            Err(error) => return Err(error),
        };
        for (meta, chunk) in batch.meta[..count]
            .iter()
            .zip(batch.buffer.chunks_exact_mut(HEADROOM + READ_BYTES))
        {
            let stride = meta.stride.max(1);
            for start in (0..meta.len).step_by(stride) {
                let end = meta.len.min(start + stride);
                // What stood there before was handled before.
                handle(&mut chunk[start..HEADROOM + end], meta.addr, meta.dst_ip);
            }
        }
        Ok(rest)
    }

    /// Sends a datagram from the socket's own address, or loses it.
    pub(super) fn send_to(&self, contents: &[u8], destination: SocketAddr) {
        if let Err(error) = self.socket.try_send_to(contents, destination) {
            tracing::trace!(%error, "a datagram to a peer was lost");
        }
    }

    /// Sends a datagram from one of the machine's addresses, or loses it.
    pub(super) fn send(&self, contents: &[u8], destination: SocketAddr, src_ip: Option<IpAddr>) {
        let transmit = Transmit {
            destination,
            ecn: None,
            contents,
            segment_size: None,
            src_ip,
        };
        let sent = self.socket.try_io(Interest::WRITABLE, || {
            self.state.try_send((&self.socket).into(), &transmit)
        });
        if let Err(error) = sent {
            tracing::trace!(%error, "a datagram to a client was lost");
        }
    }
}
