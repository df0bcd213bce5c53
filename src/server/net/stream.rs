//! An accepted connection as everybody above sees it: its bytes, and the place that it takes among all of them.
//!
//! Invariant: the place is free again when the stream is dropped, whatever was made of the connection meanwhile. What hyper
//! answers by itself leaves with the headers of every other response.

use std::io::{self, IoSlice};
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::bare_answer::CompletedAnswer;
use super::places::Place;
use super::transport::Transport;

/// An accepted connection.
#[derive(Debug)]
pub(crate) struct ServerStream {
    /// The bytes travel here.
    transport: Transport,
    /// These lines are added to an answer that hyper writes by itself.
    headers: Arc<str>,
    /// Such an answer, while it is being written.
    answer: Option<Box<CompletedAnswer>>,
    /// The connection counts as open until this is dropped.
    place: Arc<Place>,
}

impl ServerStream {
    /// Takes a connection that has just come, with the header lines that stand on every response.
    pub(super) fn new(transport: Transport, headers: Arc<str>, place: Arc<Place>) -> Self {
        Self {
            transport,
            headers,
            answer: None,
            place,
        }
    }

    /// Gives the address of this machine that the connection ends at, if the system knows it.
    pub(crate) fn local_address(&self) -> Option<IpAddr> {
        self.transport.local_address()
    }

    /// Gives the place that the connection takes.
    pub(super) fn place(&self) -> &Arc<Place> {
        &self.place
    }

    fn transport(self: Pin<&mut Self>) -> Pin<&mut Transport> {
        Pin::new(&mut self.get_mut().transport)
    }

    fn poll_write_answer(
        &mut self,
        context: &mut Context<'_>,
        mut answer: Box<CompletedAnswer>,
    ) -> Poll<io::Result<usize>> {
        loop {
            match Pin::new(&mut self.transport).poll_write(context, answer.rest()) {
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(count)) => {
                    if let Some(length) = answer.written(count) {
                        return Poll::Ready(Ok(length));
                    }
                }
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => {
                    self.answer = Some(answer);
                    return Poll::Pending;
                }
            }
        }
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
        let this = self.get_mut();
        let answer = this.answer.take();
        let answer = answer.or_else(|| CompletedAnswer::of(bytes, &this.headers).map(Box::new));
        match answer {
            Some(answer) => this.poll_write_answer(context, answer),
            None => Pin::new(&mut this.transport).poll_write(context, bytes),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let mut filled = slices.iter().filter(|slice| !slice.is_empty());
        match (filled.next(), filled.next()) {
            (Some(only), None) => self.poll_write(context, only),
            _ => self.transport().poll_write_vectored(context, slices),
        }
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
