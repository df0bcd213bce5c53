//! One WebSocket from its upgrade to its end: reading, judging, handing on, and writing what waits.
//!
//! Invariant: one task, which never waits for anyone but its own room, and for its own socket no longer than
//! [`WRITE_DEADLINE`]. Whatever the client does ends in a reply, in a close code of the protocol, or in silence.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use futures::{SinkExt, Stream};
use tokio::time::{Instant, Sleep, sleep_until, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{Error as WsError, Message, Utf8Bytes};

use super::connections::Slot;
use super::ending::{Ending, Fatality, Flow, NOT_UTF8, WRITE_DEADLINE, written};
use super::rate_limit::{RateLimit, RateVerdict};
use crate::protocol::{CloseCode, ErrorCode, JOIN_DEADLINE_MS};
use crate::server::net::stream::ServerStream;
use crate::server::rooms::outbox::Mail;
use crate::server::rooms::{JoinRefusal, Rooms, SeatHandle, WaitingJoin};

/// A socket may stay this long without a seat, and nobody waits longer to be let in.
const JOIN_DEADLINE: Duration = Duration::from_millis(JOIN_DEADLINE_MS);

/// What is the same for every connection of the server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConnectionSettings {
    /// A client may say so many messages a second; 0 sets no limit.
    pub(crate) message_rate: u32,
    /// A ping goes out this often; a socket silent for three times as long is dropped.
    pub(crate) ping_interval: Duration,
}

impl ConnectionSettings {
    fn silence_limit(&self) -> Duration {
        self.ping_interval * 3
    }
}

/// A connection.
pub(crate) struct Connection {
    /// The client is at the other end of this.
    pub(super) socket: WebSocketStream<ServerStream>,
    /// The connection counts as open until this is dropped.
    pub(super) slot: Slot,
    /// The client takes its seat in one of these.
    pub(super) rooms: Rooms,
    /// All connections are treated by the same settings.
    settings: ConnectionSettings,
    /// The client's browser found the page at this host; `None` when it did not say.
    pub(super) authority: Option<Arc<str>>,
    /// The socket ends at this address of the machine; `None` where a proxy stands before the server, whose socket it is.
    pub(super) local: Option<IpAddr>,
    /// What the client may say depends on how far it has come.
    pub(super) phase: Phase,
    /// What the client says is measured by this.
    pub(super) rate_limit: RateLimit,
    /// So many messages in a row were none of the protocol.
    pub(super) malformed: u32,
    /// A client that has no seat long after this is dropped.
    opened: Instant,
    /// The client was last heard then, be it a pong.
    pub(super) heard: Instant,
    /// The client was last pinged then.
    pinged: Instant,
}

/// How far the client has come.
pub(super) enum Phase {
    /// The client has not joined a room.
    Greeting,
    /// The client has asked to join, and waits for its turn. To drop this is to wait no more.
    Joining(WaitingJoin),
    /// The client has a seat.
    Seated(SeatHandle),
}

/// The connection wakes up for one of these.
enum Wake {
    /// Something is to be written, or the connection to be closed.
    Mail(Mail),
    /// A client that waited has a seat, or is turned away.
    Decided(Result<SeatHandle, JoinRefusal>),
    /// The client said something; `None` when its stream has ended.
    Frame(Option<Result<Message, WsError>>),
    /// A deadline is due.
    Time,
}

/// Where both have something, each goes first in turn.
#[derive(Clone, Copy)]
enum FirstServed {
    /// What waits to be written goes first this time.
    Mail,
    /// What the client said goes first this time.
    Frame,
}

impl Connection {
    /// Takes a connection that has just been upgraded.
    pub(crate) fn new(
        socket: WebSocketStream<ServerStream>,
        slot: Slot,
        rooms: Rooms,
        settings: ConnectionSettings,
        authority: Option<Arc<str>>,
        local: Option<IpAddr>,
    ) -> Self {
        let now = Instant::now();
        Self {
            socket,
            slot,
            rooms,
            settings,
            authority,
            local,
            phase: Phase::Greeting,
            rate_limit: RateLimit::new(settings.message_rate, now),
            malformed: 0,
            opened: now,
            heard: now,
            pinged: now,
        }
    }

    /// Serves it to its end. Boxed, because a future keeps its arguments twice, and there are thousands of these.
    pub(crate) async fn run(mut self: Box<Self>) {
        let Err(ending) = self.serve().await;
        tracing::debug!(connection = %self.slot.id(), ?ending, "connection ended");
        // The others learn it now, not when the close handshake is through.
        self.phase = Phase::Greeting;
        Box::pin(self.finish(ending)).await;
    }

    async fn serve(&mut self) -> Result<std::convert::Infallible, Ending> {
        let mut timer = pin!(sleep_until(self.next_deadline()));
        let mut turn = FirstServed::Mail;
        loop {
            match self.wake(turn, timer.as_mut()).await {
                Wake::Mail(Mail {
                    messages,
                    welcomes,
                    close,
                }) => {
                    turn = FirstServed::Frame;
                    if welcomes {
                        self.take_seat().await;
                    }
                    self.write(messages).await?;
                    if let Some(code) = close {
                        return Err(Ending::Close(code));
                    }
                }
                Wake::Frame(frame) => {
                    turn = FirstServed::Mail;
                    self.read(frame).await?;
                }
                Wake::Decided(decided) => {
                    self.decide(decided);
                    timer.as_mut().reset(self.next_deadline());
                }
                Wake::Time => {
                    self.keep_alive().await?;
                    timer.as_mut().reset(self.next_deadline());
                }
            }
        }
    }

    async fn wake(&mut self, turn: FirstServed, mut timer: Pin<&mut Sleep>) -> Wake {
        std::future::poll_fn(|context| {
            if let Phase::Joining(waiting) = &mut self.phase
                && let Poll::Ready(decided) = waiting.as_mut().poll(context)
            {
                return Poll::Ready(Wake::Decided(decided));
            }
            if let FirstServed::Frame = turn {
                if let Poll::Ready(frame) = Pin::new(&mut self.socket).poll_next(context) {
                    return Poll::Ready(Wake::Frame(frame));
                }
                // A backlog that is written portion by portion keeps nobody from being pinged.
                if timer.as_mut().poll(context).is_ready() {
                    return Poll::Ready(Wake::Time);
                }
            }
            if let Poll::Ready(mail) = self.slot.outbox().poll_take(context) {
                return Poll::Ready(Wake::Mail(mail));
            }
            if let FirstServed::Mail = turn
                && let Poll::Ready(frame) = Pin::new(&mut self.socket).poll_next(context)
            {
                return Poll::Ready(Wake::Frame(frame));
            }
            timer.as_mut().poll(context).map(|()| Wake::Time)
        })
        .await
    }

    fn next_deadline(&self) -> Instant {
        let mut deadline = (self.pinged + self.settings.ping_interval)
            .min(self.heard + self.settings.silence_limit());
        if let Phase::Greeting = self.phase {
            deadline = deadline.min(self.join_deadline());
        }
        deadline
    }

    /// Says until when the client has to have a seat.
    pub(super) fn join_deadline(&self) -> Instant {
        self.opened + JOIN_DEADLINE
    }

    async fn keep_alive(&mut self) -> Flow {
        let now = Instant::now();
        if now >= self.heard + self.settings.silence_limit() {
            return Err(Ending::Gone);
        }
        if matches!(self.phase, Phase::Greeting) && now >= self.join_deadline() {
            self.refuse(
                ErrorCode::NotJoined,
                "Nothing was joined in time.",
                Fatality::Fatal,
            );
            return Err(Ending::Close(CloseCode::Policy));
        }
        if now >= self.pinged + self.settings.ping_interval {
            self.pinged = now;
            let sent = timeout(
                WRITE_DEADLINE,
                self.socket.send(Message::Ping(Vec::new().into())),
            )
            .await;
            return written(sent);
        }
        Ok(())
    }

    async fn write(&mut self, messages: VecDeque<Utf8Bytes>) -> Flow {
        let socket = &mut self.socket;
        let sent = timeout(WRITE_DEADLINE, async {
            for message in messages {
                socket.feed(Message::Text(message)).await?;
            }
            socket.flush().await
        });
        written(sent.await)
    }

    async fn read(&mut self, frame: Option<Result<Message, WsError>>) -> Flow {
        let message = match frame {
            Some(Ok(message)) => message,
            Some(Err(error)) => return Err(self.broken(&error)),
            None => return Err(Ending::Gone),
        };
        self.heard = Instant::now();
        if let Message::Close(_) = message {
            return Err(Ending::ClosedByPeer);
        }
        match self.rate_limit.judge(message.len(), self.heard) {
            RateVerdict::Allow => {}
            RateVerdict::Drop => {
                self.refuse_for_rate("Too many messages: some were not handled.");
                return Ok(());
            }
            RateVerdict::Flooding => return Err(Ending::Close(CloseCode::Flooding)),
        }
        match message {
            Message::Text(text) => self.handle(&text).await,
            Message::Binary(_) => {
                self.refuse(
                    ErrorCode::BadMessage,
                    "Messages are text, not binary.",
                    Fatality::Fatal,
                );
                Err(Ending::Close(CloseCode::Policy))
            }
            _ => Ok(()),
        }
    }

    /// Says what an error of the WebSocket itself ends in.
    fn broken(&mut self, error: &WsError) -> Ending {
        match error {
            WsError::Capacity(_) => {
                self.refuse(
                    ErrorCode::TooLarge,
                    "The message is larger than the limit.",
                    Fatality::Fatal,
                );
                Ending::Close(CloseCode::TooLarge)
            }
            WsError::Utf8(_) => {
                self.refuse(
                    ErrorCode::BadMessage,
                    "The message is not UTF-8.",
                    Fatality::Fatal,
                );
                Ending::Close(NOT_UTF8)
            }
            WsError::Protocol(
                tokio_tungstenite::tungstenite::error::ProtocolError::ResetWithoutClosingHandshake,
            )
            | WsError::Io(_) => Ending::Gone,
            _ => Ending::Close(CloseCode::Policy),
        }
    }
}
