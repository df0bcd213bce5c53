//! An accepted connection as everybody above sees it: its bytes, and the place that it takes among all of them.
//!
//! Invariant: the place is free again when the stream is dropped, whatever was made of the connection meanwhile.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::places::Place;
use super::transport::Transport;

/// An accepted connection.
#[derive(Debug)]
pub(crate) struct ServerStream {
    /// The bytes travel here.
    transport: Transport,
    /// The connection counts as open until this is dropped.
    place: Arc<Place>,
}

impl ServerStream {
    /// Takes a connection that has just come.
    pub(super) fn new(transport: Transport, place: Arc<Place>) -> Self {
        Self { transport, place }
    }

    /// Gives the place that the connection takes.
    pub(super) fn place(&self) -> &Arc<Place> {
        &self.place
    }

    fn transport(self: Pin<&mut Self>) -> Pin<&mut Transport> {
        Pin::new(&mut self.get_mut().transport)
    }
}

impl AsyncRead for ServerStream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.transport().poll_read(context, buffer)
    }
}

impl AsyncWrite for ServerStream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.transport().poll_write(context, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.transport().poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.transport.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.transport().poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.transport().poll_shutdown(context)
    }
}
