//! What waits to be written to one socket: a bounded queue that never makes its senders wait.
//!
//! Invariant: at most [`MESSAGES`] messages and [`BYTES`] bytes wait, of which the room's other people together have at most
//! [`RELAYED`] and each of them [`SHARE`]; so what they say never takes the place of what the room has to tell. Whoever would
//! exceed a bound learns it, and decides; nothing is dropped silently. After [`Outbox::close`] nothing more is taken.

use std::collections::VecDeque;
use std::task::{Context, Poll, Waker};

use parking_lot::{Mutex, MutexGuard};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::ids::SeatId;
use crate::protocol::CloseCode;
use crate::server::sfu::Client;

/// At most so many messages wait.
const MESSAGES: usize = 1024;

/// At most so many bytes wait.
const BYTES: usize = 1024 * 1024;

/// Everything that waits is at most this.
const WHOLE: Volume = Volume {
    messages: MESSAGES,
    bytes: BYTES,
};

/// What other people say is at most this: three quarters, so that the room's own news always find a place.
const RELAYED: Volume = Volume {
    messages: MESSAGES / 4 * 3,
    bytes: BYTES / 4 * 3,
};

/// What one of them says is at most this.
const SHARE: Volume = Volume {
    messages: MESSAGES / 4,
    bytes: BYTES / 4,
};

/// So many bytes are handed out to be written at a time, or one message that is larger. What waits behind them is still
/// counted, and a slow socket has its deadline for each portion.
const PORTION: usize = 64 * 1024;

/// The queue, shared by the connection that empties it and everyone who writes to it.
#[derive(Debug, Default)]
pub(crate) struct Outbox(Mutex<Contents>);

#[derive(Debug, Default)]
struct Contents {
    /// These messages wait for the socket, the oldest first.
    waiting: VecDeque<Waiting>,
    /// All of them together are so much.
    whole: Volume,
    /// Those from other people are so much.
    relayed: Volume,
    /// Whoever has something waiting has so much.
    shares: Vec<(SeatId, Volume)>,
    /// Among what waits is the welcome.
    welcomes: bool,
    /// The outbox takes nothing more, and the connection closes with this code.
    closed: Option<CloseCode>,
    /// The connection's task sleeps, and is woken here when something comes.
    reader: Option<Waker>,
}

/// A message that waits.
#[derive(Debug)]
struct Waiting {
    /// The message is written as it stands.
    text: Utf8Bytes,
    /// It counts for this person's share; `None` when it is the room's or the server's own.
    from: Option<SeatId>,
}

/// How much waits.
#[derive(Clone, Copy, Debug, Default)]
struct Volume {
    /// So many messages.
    messages: usize,
    /// So many bytes.
    bytes: usize,
}

impl Volume {
    /// Says whether one message more would still be within the bound.
    fn has_room_for(self, text: &Utf8Bytes, bound: Self) -> bool {
        self.messages < bound.messages && self.bytes + text.len() <= bound.bytes
    }

    fn add(&mut self, text: &Utf8Bytes) {
        self.messages += 1;
        self.bytes += text.len();
    }

    fn remove(&mut self, text: &Utf8Bytes) {
        self.messages -= 1;
        self.bytes -= text.len();
    }
}

/// The connection does not keep up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full;

/// The connection does not keep up with what its person is told by this sender, or by all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ShareUsed;

/// The connection has this to do.
#[derive(Debug)]
pub(crate) struct Mail {
    /// These messages are to be written, in order.
    pub(crate) messages: VecDeque<Utf8Bytes>,
    /// The welcome is among what waits, or was just taken: the room is handing over the seat.
    pub(crate) welcomes: bool,
    /// The socket is to be closed with this code after the messages.
    pub(crate) close: Option<CloseCode>,
}

impl Outbox {
    fn contents(&self) -> MutexGuard<'_, Contents> {
        self.0.lock()
    }

    /// Adds a message of the room or the server. A closed outbox swallows it: the connection is on its way out.
    ///
    /// # Errors
    /// [`Full`] when the connection is too far behind; the message was not added.
    pub(crate) fn push(&self, text: Utf8Bytes) -> Result<(), Full> {
        let contents = self.contents();
        if contents.closed.is_some() {
            return Ok(());
        }
        if !contents.whole.has_room_for(&text, WHOLE) {
            return Err(Full);
        }
        put(contents, Waiting { text, from: None });
        Ok(())
    }

    /// Adds a message of the room or the server, and closes the connection that is too far behind for it.
    pub(crate) fn tell(&self, text: Utf8Bytes) {
        if let Err(Full) = self.push(text) {
            self.close(CloseCode::TooSlow);
        }
    }

    /// Tells the welcome: the client has a seat from now on, and its connection finds out by [`Mail::welcomes`].
    pub(super) fn welcome(&self, text: Utf8Bytes) {
        self.contents().welcomes = true;
        self.tell(text);
    }

    /// Adds a message of another person of the room. A closed outbox swallows it.
    ///
    /// # Errors
    /// [`ShareUsed`] when too much of theirs waits already, or of everybody's; the message was not added.
    pub(super) fn relay(&self, from: SeatId, text: Utf8Bytes) -> Result<(), ShareUsed> {
        let mut contents = self.contents();
        if contents.closed.is_some() {
            return Ok(());
        }
        let share = contents.share_of(from);
        let has_room = share.is_none_or(|share| share.has_room_for(&text, SHARE))
            && contents.relayed.has_room_for(&text, RELAYED)
            && contents.whole.has_room_for(&text, WHOLE);
        if !has_room {
            return Err(ShareUsed);
        }
        contents.relayed.add(&text);
        match contents.share_of(from) {
            Some(share) => share.add(&text),
            None => {
                let mut share = Volume::default();
                share.add(&text);
                contents.shares.push((from, share));
            }
        }
        put(
            contents,
            Waiting {
                text,
                from: Some(from),
            },
        );
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
            contents.discard();
        }
        let reader = contents.reader.take();
        drop(contents);
        if let Some(reader) = reader {
            reader.wake();
        }
    }

    /// Takes a portion of what waits, once there is something; all of it, and the close, when it is to be closed.
    pub(crate) fn poll_take(&self, context: &mut Context<'_>) -> Poll<Mail> {
        let mut contents = self.contents();
        if contents.waiting.is_empty() && contents.closed.is_none() {
            match &contents.reader {
                Some(reader) if reader.will_wake(context.waker()) => {}
                _ => contents.reader = Some(context.waker().clone()),
            }
            return Poll::Pending;
        }
        let most = contents.closed.map_or(PORTION, |_| BYTES);
        let messages = contents.take_first(most);
        Poll::Ready(Mail {
            messages,
            welcomes: std::mem::take(&mut contents.welcomes),
            close: contents.closed,
        })
    }

    /// Takes everything that waits, for the last words of a connection.
    pub(crate) fn take_rest(&self) -> VecDeque<Utf8Bytes> {
        self.contents().take_first(BYTES)
    }
}

impl Client for Outbox {
    fn tell(&self, text: Utf8Bytes) {
        Self::tell(self, text);
    }
}

/// Puts a message in that was found to fit, and wakes the connection.
fn put(mut contents: MutexGuard<'_, Contents>, message: Waiting) {
    contents.whole.add(&message.text);
    contents.waiting.push_back(message);
    let reader = contents.reader.take();
    drop(contents);
    if let Some(reader) = reader {
        reader.wake();
    }
}

impl Contents {
    fn share_of(&mut self, sender: SeatId) -> Option<&mut Volume> {
        let mut shares = self.shares.iter_mut();
        let found = shares.find(|(of, _)| *of == sender);
        found.map(|(_, share)| share)
    }

    /// Takes the oldest messages, of at most so many bytes together; one at least, however large it is.
    fn take_first(&mut self, most: usize) -> VecDeque<Utf8Bytes> {
        let mut taken = VecDeque::new();
        let mut bytes = 0;
        while let Some(next) = self.waiting.front() {
            bytes += next.text.len();
            if bytes > most && !taken.is_empty() {
                break;
            }
            taken.extend(self.take_next());
        }
        if self.waiting.is_empty() {
            // Thousands of connections have nothing waiting: they need no memory for it.
            self.discard();
        }
        taken
    }

    fn take_next(&mut self) -> Option<Utf8Bytes> {
        let Waiting { text, from } = self.waiting.pop_front()?;
        self.whole.remove(&text);
        if let Some(sender) = from {
            self.relayed.remove(&text);
            if let Some(share) = self.share_of(sender) {
                share.remove(&text);
            }
            self.shares.retain(|(_, share)| share.messages > 0);
        }
        Some(text)
    }

    fn discard(&mut self) {
        self.waiting = VecDeque::new();
        self.whole = Volume::default();
        self.relayed = Volume::default();
        self.shares = Vec::new();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

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
    async fn one_person_has_a_share_that_is_free_again_when_it_is_written() {
        let outbox = Outbox::default();
        let (eve, ada) = (SeatId(1), SeatId(2));
        for _ in 0..4 {
            outbox.relay(eve, text(64 * 1024)).unwrap();
        }
        assert_eq!(outbox.relay(eve, text(1)), Err(ShareUsed));
        outbox.relay(ada, text(60_000)).unwrap();
        outbox.push(text(60_000)).unwrap();
        assert_eq!(take(&outbox).await.messages.len(), 1, "a portion");
        outbox.relay(eve, text(64 * 1024)).unwrap();
        assert_eq!(outbox.relay(eve, text(1)), Err(ShareUsed));
    }

    #[test]
    fn a_share_has_a_number_of_messages_too() {
        let outbox = Outbox::default();
        for _ in 0..256 {
            outbox.relay(SeatId(1), text(1)).unwrap();
        }
        assert_eq!(outbox.relay(SeatId(1), text(1)), Err(ShareUsed));
        assert_eq!(outbox.relay(SeatId(2), text(1)), Ok(()));
    }

    #[test]
    fn whatever_people_say_there_is_a_place_for_what_the_room_tells() {
        let outbox = Outbox::default();
        for sender in 0..1_000 {
            while outbox.relay(SeatId(sender), text(10_000)).is_ok() {}
        }
        for _ in 0..26 {
            assert_eq!(outbox.push(text(10_000)), Ok(()));
        }
        assert_eq!(outbox.push(text(10_000)), Err(Full));
        let outbox = Outbox::default();
        for sender in 0..1_000 {
            while outbox.relay(SeatId(sender), text(1)).is_ok() {}
        }
        for _ in 0..MESSAGES / 4 {
            assert_eq!(outbox.push(text(1)), Ok(()));
        }
    }

    #[tokio::test]
    async fn what_waits_is_handed_out_in_portions_and_all_of_it_with_the_close() {
        let outbox = Outbox::default();
        for length in [
            PORTION / 2,
            PORTION / 2,
            1,
            PORTION,
            2 * PORTION,
            3,
            PORTION,
        ] {
            outbox.push(text(length)).unwrap();
        }
        let lengths = |mail: &Mail| -> Vec<usize> {
            let lengths = mail.messages.iter().map(|text| text.len());
            lengths.collect()
        };
        for portion in [&[PORTION / 2, PORTION / 2][..], &[1], &[PORTION]] {
            let mail = take(&outbox).await;
            assert_eq!((&lengths(&mail)[..], mail.close), (portion, None));
        }
        outbox.close(CloseCode::Restarting);
        let mail = take(&outbox).await;
        assert_eq!(lengths(&mail), [2 * PORTION, 3, PORTION]);
        assert_eq!(mail.close, Some(CloseCode::Restarting));
    }

    #[test]
    fn the_rest_is_taken_whole_and_leaves_nothing_behind() {
        let outbox = Outbox::default();
        outbox.relay(SeatId(1), text(PORTION)).unwrap();
        outbox.push(text(PORTION)).unwrap();
        assert_eq!(outbox.take_rest().len(), 2);
        assert_eq!(outbox.take_rest().len(), 0);
    }

    proptest! {
        /// Whoever says what, and whenever something is written: no bound is exceeded, what is counted is what waits,
        /// and all that was taken in comes out in order.
        #[test]
        fn what_is_counted_is_what_waits(steps in prop::collection::vec((0_u64..4, 0_usize..100_000), 1..200)) {
            let outbox = Outbox::default();
            let (mut said, mut written) = (vec![], vec![]);
            for (number, (who, length)) in (0..).zip(steps) {
                let message = Utf8Bytes::from(format!("{number}{}", "x".repeat(length)));
                let taken = match who {
                    0 => outbox.push(message.clone()).is_ok(),
                    3 => {
                        written.extend(outbox.contents().take_first(PORTION));
                        false
                    }
                    sender => outbox.relay(SeatId(sender), message.clone()).is_ok(),
                };
                if taken {
                    said.push(message);
                }
                let contents = outbox.contents();
                let bytes = |of: &dyn Fn(&Waiting) -> bool| -> usize {
                    let counted = contents.waiting.iter().filter(|waiting| of(waiting));
                    counted.map(|waiting| waiting.text.len()).sum()
                };
                prop_assert_eq!(bytes(&|_| true), contents.whole.bytes);
                prop_assert!(contents.whole.bytes <= BYTES && contents.whole.messages == contents.waiting.len());
                prop_assert_eq!(bytes(&|waiting| waiting.from.is_some()), contents.relayed.bytes);
                prop_assert!(contents.relayed.bytes <= RELAYED.bytes);
                for (sender, share) in &contents.shares {
                    prop_assert_eq!(bytes(&|waiting| waiting.from == Some(*sender)), share.bytes);
                    prop_assert!(share.bytes <= SHARE.bytes && share.messages > 0);
                }
            }
            written.extend(outbox.take_rest());
            prop_assert_eq!(written, said);
        }
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
