//! What waits to be written to one socket: a bounded queue that never makes its senders wait.
//!
//! Invariant: at most [`MESSAGES`] messages and [`BYTES`] bytes wait. A sender that would exceed that learns it, and
//! decides; nothing is dropped silently. After [`Outbox::close`] nothing more is taken.

use std::collections::VecDeque;
use std::task::{Context, Poll, Waker};

use parking_lot::{Mutex, MutexGuard};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::protocol::CloseCode;

/// At most so many messages wait.
const MESSAGES: usize = 1024;

/// At most so many bytes wait.
const BYTES: usize = 1024 * 1024;

/// The queue, shared by the connection that empties it and everyone who writes to it.
#[derive(Debug, Default)]
pub(crate) struct Outbox(Mutex<Contents>);

#[derive(Debug, Default)]
struct Contents {
    /// These messages wait for the socket, the oldest first.
    waiting: VecDeque<Utf8Bytes>,
    /// The waiting messages have so many bytes together.
    bytes: usize,
    /// The outbox takes nothing more, and the connection closes with this code.
    closed: Option<CloseCode>,
    /// The connection's task sleeps, and is woken here when something comes.
    reader: Option<Waker>,
}

/// The connection does not keep up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full;

/// The connection has this to do.
#[derive(Debug)]
pub(crate) struct Mail {
    /// These messages are to be written, in order.
    pub(crate) messages: VecDeque<Utf8Bytes>,
    /// The socket is to be closed with this code after the messages.
    pub(crate) close: Option<CloseCode>,
}

impl Outbox {
    fn contents(&self) -> MutexGuard<'_, Contents> {
        self.0.lock()
    }

    /// Adds a message. A closed outbox swallows it: the connection is on its way out.
    ///
    /// # Errors
    /// [`Full`] when the connection is too far behind; the message was not added.
    pub(crate) fn push(&self, message: Utf8Bytes) -> Result<(), Full> {
        let mut contents = self.contents();
        if contents.closed.is_some() {
            return Ok(());
        }
        if contents.waiting.len() >= MESSAGES || contents.bytes + message.len() > BYTES {
            return Err(Full);
        }
        contents.bytes += message.len();
        contents.waiting.push_back(message);
        let reader = contents.reader.take();
        drop(contents);
        if let Some(reader) = reader {
            reader.wake();
        }
        Ok(())
    }

    /// Tells the connection to write what waits and to close. For [`CloseCode::TooSlow`] what waits is discarded.
    /// The first call decides.
    pub(crate) fn close(&self, code: CloseCode) {
        let mut contents = self.contents();
        if contents.closed.is_some() {
            return;
        }
        contents.closed = Some(code);
        if code == CloseCode::TooSlow {
            contents.waiting = VecDeque::new();
            contents.bytes = 0;
        }
        let reader = contents.reader.take();
        drop(contents);
        if let Some(reader) = reader {
            reader.wake();
        }
    }

    /// Takes everything that waits, once there is something.
    pub(crate) fn poll_take(&self, context: &mut Context<'_>) -> Poll<Mail> {
        let mut contents = self.contents();
        if contents.waiting.is_empty() && contents.closed.is_none() {
            match &contents.reader {
                Some(reader) if reader.will_wake(context.waker()) => {}
                _ => contents.reader = Some(context.waker().clone()),
            }
            return Poll::Pending;
        }
        contents.bytes = 0;
        Poll::Ready(Mail {
            messages: std::mem::take(&mut contents.waiting),
            close: contents.closed,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn text(length: usize) -> Utf8Bytes {
        "x".repeat(length).into()
    }

    async fn take(outbox: &Outbox) -> Mail {
        std::future::poll_fn(|context| outbox.poll_take(context)).await
    }

    #[tokio::test]
    async fn messages_come_out_in_order_and_once() {
        let outbox = Outbox::default();
        outbox.push("a".into()).unwrap();
        outbox.push("b".into()).unwrap();
        assert_eq!(take(&outbox).await.messages, ["a", "b"]);
        outbox.push("c".into()).unwrap();
        assert_eq!(take(&outbox).await.messages, ["c"]);
    }

    #[tokio::test]
    async fn a_waiting_reader_is_woken() {
        let outbox = Arc::new(Outbox::default());
        let reader = tokio::spawn({
            let outbox = Arc::clone(&outbox);
            async move { take(&outbox).await.messages.len() }
        });
        tokio::task::yield_now().await;
        outbox.push("a".into()).unwrap();
        assert_eq!(reader.await.unwrap(), 1);
    }

    #[test]
    fn the_number_of_messages_is_bounded() {
        let outbox = Outbox::default();
        for _ in 0..MESSAGES {
            outbox.push("a".into()).unwrap();
        }
        assert_eq!(outbox.push("a".into()), Err(Full));
    }

    #[test]
    fn the_number_of_bytes_is_bounded() {
        let outbox = Outbox::default();
        outbox.push(text(BYTES)).unwrap();
        assert_eq!(outbox.push(text(1)), Err(Full));
    }

    #[tokio::test]
    async fn room_is_free_again_after_taking() {
        let outbox = Outbox::default();
        outbox.push(text(BYTES)).unwrap();
        take(&outbox).await;
        assert_eq!(outbox.push(text(BYTES)), Ok(()));
    }

    #[tokio::test]
    async fn closing_lets_waiting_messages_out_and_takes_no_more() {
        let outbox = Outbox::default();
        outbox.push("a".into()).unwrap();
        outbox.close(CloseCode::Restarting);
        outbox.close(CloseCode::Policy);
        outbox.push("b".into()).unwrap();
        let mail = take(&outbox).await;
        assert_eq!(mail.messages, ["a"]);
        assert_eq!(mail.close, Some(CloseCode::Restarting));
    }

    #[tokio::test]
    async fn a_slow_reader_gets_no_backlog_before_the_close() {
        let outbox = Outbox::default();
        outbox.push("a".into()).unwrap();
        outbox.close(CloseCode::TooSlow);
        let mail = take(&outbox).await;
        assert!(mail.messages.is_empty());
        assert_eq!(mail.close, Some(CloseCode::TooSlow));
    }
}
