//! A UDP socket that clients write to: reads batches, and answers from the address that was written to.
//!
//! Invariant: reading allocates nothing and starts no task per datagram; a datagram that the system takes no more of
//! is lost.

use std::io::{self, IoSliceMut};
use std::net::{IpAddr, SocketAddr};

use quinn_udp::{BATCH_SIZE, RecvMeta, Transmit, UdpSocketState};
use socket2::{Domain, Protocol, Socket, Type};
use tokio::io::Interest;
use tokio::net::UdpSocket;

/// Bytes of one read: the system may hand over several datagrams of one client as one.
const READ_BYTES: usize = 64 * 1024;

/// Bytes the system may keep for the socket in each direction, if its own limits let it.
const SYSTEM_BUFFER: usize = 4 * 1024 * 1024;

/// The socket.
#[derive(Debug)]
pub(super) struct Endpoint {
    socket: UdpSocket,
    state: UdpSocketState,
}

/// Where a task reads to.
pub(super) struct Batch {
    buffer: Vec<u8>,
    meta: [RecvMeta; BATCH_SIZE],
}

impl Default for Batch {
    fn default() -> Self {
        Self {
            buffer: vec![0; READ_BYTES * BATCH_SIZE],
            meta: [RecvMeta::default(); BATCH_SIZE],
        }
    }
}

impl Endpoint {
    /// Binds the socket; one for IPv6 takes no IPv4.
    pub(super) fn bind(address: SocketAddr) -> io::Result<Self> {
        let socket = Socket::new(
            Domain::for_address(address),
            Type::DGRAM,
            Some(Protocol::UDP),
        )?;
        if address.is_ipv6() {
            socket.set_only_v6(true)?;
        }
        socket.set_nonblocking(true)?;
        socket.bind(&address.into())?;
        let state = UdpSocketState::new((&socket).into())?;
        // What the system does not give is not needed to work, only to lose less in a burst.
        let _ = state.set_recv_buffer_size((&socket).into(), SYSTEM_BUFFER);
        let _ = state.set_send_buffer_size((&socket).into(), SYSTEM_BUFFER);
        let socket = UdpSocket::from_std(socket.into())?;
        Ok(Self { socket, state })
    }

    pub(super) fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Waits until there is something to read.
    pub(super) async fn readable(&self) -> io::Result<()> {
        self.socket.readable().await
    }

    /// Reads what is there, up to one batch, and hands over each datagram with where it came from and which address it
    /// was sent to. `WouldBlock` when there is nothing.
    pub(super) fn read(
        &self,
        batch: &mut Batch,
        mut handle: impl FnMut(&[u8], SocketAddr, Option<IpAddr>),
    ) -> io::Result<()> {
        let count = {
            let mut chunks = batch.buffer.chunks_exact_mut(READ_BYTES);
            let mut slices: [IoSliceMut<'_>; BATCH_SIZE] =
                std::array::from_fn(|_| IoSliceMut::new(chunks.next().unwrap_or_default()));
            self.socket.try_io(Interest::READABLE, || {
                let socket = (&self.socket).into();
                self.state.recv(socket, &mut slices, &mut batch.meta)
            })?
        };
        for (meta, chunk) in batch.meta[..count]
            .iter()
            .zip(batch.buffer.chunks_exact(READ_BYTES))
        {
            for datagram in chunk[..meta.len].chunks(meta.stride.max(1)) {
                handle(datagram, meta.addr, meta.dst_ip);
            }
        }
        Ok(())
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
