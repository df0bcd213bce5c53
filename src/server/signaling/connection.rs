//! One WebSocket from its upgrade to its end: reading, judging, handing on, and writing what waits.
//!
//! Invariant: one task, which never waits for anyone but its own room, and for its own socket no longer than
//! [`WRITE_DEADLINE`]. Whatever the client does ends in a reply, in a close code of the protocol, or in silence.

use std::collections::VecDeque;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use futures::{SinkExt, Stream, StreamExt};
use tokio::time::{Instant, Sleep, sleep_until, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error as WsError, Message, Utf8Bytes};

use super::connections::Slot;
use super::forward;
use super::forward::Inbound;
use super::rate_limit::{RateVerdict, TokenBucket};
use crate::protocol::{
    ClientMessage, CloseCode, DisplayName, ErrorCode, ProtocolError, RoomName, ServerMessage,
};
use crate::server::net::stream::ServerStream;
use crate::server::rooms::outbox::Mail;
use crate::server::rooms::{JoinRefusal, JoinRequest, Rooms, SeatHandle};

/// How long what waits for a socket may take to be written.
const WRITE_DEADLINE: Duration = Duration::from_secs(5);

/// How long the other side has to answer a close frame.
const CLOSE_DEADLINE: Duration = Duration::from_secs(2);

/// How long a socket may stay without a seat.
const JOIN_DEADLINE: Duration = Duration::from_secs(10);

/// A client that sends more malformed messages than this in a row does not speak the protocol.
const MOST_MALFORMED: u32 = 100;

/// The close code of a conversation that ended as it should (RFC 6455 section 7.4.1).
const NORMAL: CloseCode = CloseCode::Other(1000);

/// Text that is not UTF-8 (RFC 6455 section 7.4.1).
const NOT_UTF8: CloseCode = CloseCode::Other(1007);

/// What is the same for every connection of the server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConnectionSettings {
    /// Messages per second; 0 when unlimited.
    pub(crate) message_rate: u32,
    /// Time between pings; a socket silent for three times as long is dropped.
    pub(crate) ping_interval: Duration,
}

impl ConnectionSettings {
    fn silence_limit(&self) -> Duration {
        self.ping_interval * 3
    }
}

/// A connection.
pub(crate) struct Connection {
    socket: WebSocketStream<ServerStream>,
    slot: Slot,
    rooms: Rooms,
    settings: ConnectionSettings,
    /// Where the client's browser found the page.
    authority: Option<Arc<str>>,
    stage: Phase,
    bucket: TokenBucket,
    malformed: u32,
    opened: Instant,
    heard: Instant,
    pinged: Instant,
}

enum Phase {
    Greeting,
    Seated(SeatHandle),
}

/// What there is to do.
enum Wake {
    Mail(Mail),
    Frame(Option<Result<Message, WsError>>),
    Time,
}

/// Whose turn it is when both have something.
#[derive(Clone, Copy)]
enum FirstServed {
    Mail,
    Frame,
}

/// How it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    /// With a close frame from here.
    Close(CloseCode),
    /// With a close frame from there.
    ClosedByPeer,
    /// There is nobody to tell.
    Gone,
}

/// The connection goes on, or how it ends.
type Flow = Result<(), Ending>;

impl Connection {
    /// A connection that has just been upgraded.
    pub(crate) fn new(
        socket: WebSocketStream<ServerStream>,
        slot: Slot,
        rooms: Rooms,
        settings: ConnectionSettings,
        authority: Option<Arc<str>>,
    ) -> Self {
        let now = Instant::now();
        Self {
            socket,
            slot,
            rooms,
            settings,
            authority,
            stage: Phase::Greeting,
            bucket: TokenBucket::new(settings.message_rate, now),
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
        self.stage = Phase::Greeting;
        Box::pin(self.finish(ending)).await;
    }

    async fn serve(&mut self) -> Result<std::convert::Infallible, Ending> {
        let mut timer = pin!(sleep_until(self.next_deadline()));
        let mut turn = FirstServed::Mail;
        loop {
            match self.wake(turn, timer.as_mut()).await {
                Wake::Mail(Mail { messages, close }) => {
                    turn = FirstServed::Frame;
                    self.write(messages).await?;
                    if let Some(code) = close {
                        return Err(Ending::Close(code));
                    }
                }
                Wake::Frame(frame) => {
                    turn = FirstServed::Mail;
                    self.read(frame).await?;
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
            if let FirstServed::Frame = turn
                && let Poll::Ready(frame) = Pin::new(&mut self.socket).poll_next(context)
            {
                return Poll::Ready(Wake::Frame(frame));
            }
            if let Poll::Ready(mail) = self.slot.mailbox().poll_take(context) {
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
        if let Phase::Greeting = self.stage {
            deadline = deadline.min(self.opened + JOIN_DEADLINE);
        }
        deadline
    }

    async fn keep_alive(&mut self) -> Flow {
        let now = Instant::now();
        if now >= self.heard + self.settings.silence_limit() {
            return Err(Ending::Gone);
        }
        if matches!(self.stage, Phase::Greeting) && now >= self.opened + JOIN_DEADLINE {
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
        match self.bucket.judge(message.len(), self.heard) {
            RateVerdict::Allow => {}
            RateVerdict::Drop => return Ok(()),
            RateVerdict::DropAndTell => {
                self.refuse(
                    ErrorCode::RateLimited,
                    "Too many messages: some were not handled.",
                    Fatality::Survivable,
                );
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

    /// What an error of the WebSocket itself ends in.
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

    async fn handle(&mut self, text: &str) -> Flow {
        if let Phase::Seated(seat) = &mut self.stage {
            seat.confirm_welcome().await;
        }
        let Ok(inbound) = forward::parse(text) else {
            self.malformed += 1;
            if self.malformed > MOST_MALFORMED {
                return Err(Ending::Close(CloseCode::Policy));
            }
            self.refuse(
                ErrorCode::BadMessage,
                "The message was not understood.",
                Fatality::Survivable,
            );
            return Ok(());
        };
        self.malformed = 0;
        match (&self.stage, inbound) {
            (Phase::Greeting, Inbound::Own(join @ ClientMessage::Join { .. })) => {
                Box::pin(self.join(join)).await;
            }
            (Phase::Greeting, _) => self.refuse(
                ErrorCode::NotJoined,
                "Join a room first.",
                Fatality::Survivable,
            ),
            (Phase::Seated(seat), Inbound::Relay(message)) => {
                if seat
                    .relay(&message.target, || message.render(seat.peer()))
                    .is_err()
                {
                    self.refuse(
                        ErrorCode::UnknownPeer,
                        "Nobody of that id is in the room.",
                        Fatality::Survivable,
                    );
                }
            }
            (Phase::Seated(seat), Inbound::Own(message)) => match message {
                ClientMessage::Media(media) => Box::pin(seat.set_media(media)).await,
                ClientMessage::Hand { raised } => Box::pin(seat.set_hand(raised)).await,
                ClientMessage::IceServers => self.say(&ServerMessage::IceServers {
                    ice_servers: self
                        .rooms
                        .ice_servers(seat.peer(), self.authority.as_deref()),
                }),
                ClientMessage::Leave => {
                    if let Phase::Seated(seat) = std::mem::replace(&mut self.stage, Phase::Greeting)
                    {
                        Box::pin(seat.leave()).await;
                    }
                    return Err(Ending::Close(NORMAL));
                }
                ClientMessage::Join { .. } => self.refuse(
                    ErrorCode::AlreadyJoined,
                    "This connection has joined a room already.",
                    Fatality::Survivable,
                ),
                ClientMessage::Offer { .. }
                | ClientMessage::Answer { .. }
                | ClientMessage::IceCandidate { .. } => {}
            },
        }
        Ok(())
    }

    async fn join(&mut self, join: ClientMessage) {
        let ClientMessage::Join {
            room,
            name,
            resume,
            media,
        } = join
        else {
            return;
        };
        let room = match RoomName::parse(&room) {
            Ok(room) => room,
            Err(error) => {
                return self.refuse(ErrorCode::BadRoom, &sentence(&error), Fatality::Survivable);
            }
        };
        let name = match DisplayName::parse(&name) {
            Ok(name) => name,
            Err(error) => {
                return self.refuse(ErrorCode::BadName, &sentence(&error), Fatality::Survivable);
            }
        };
        let request = JoinRequest {
            connection: self.slot.id(),
            mailbox: self.slot.mailbox().clone(),
            name,
            media: media.unwrap_or_default(),
            authority: self.authority.clone(),
        };
        match self.rooms.join(&room, request, resume.as_ref()).await {
            Ok(seat) => self.stage = Phase::Seated(seat),
            Err(refusal) => {
                let code = match refusal {
                    JoinRefusal::RoomFull | JoinRefusal::ServerFull => ErrorCode::RoomFull,
                    JoinRefusal::ShuttingDown => ErrorCode::ShuttingDown,
                };
                self.refuse(code, &refusal.to_string(), Fatality::Survivable);
            }
        }
    }

    /// Tells the client what it did wrong, in its turn with everything else it is sent.
    fn refuse(&self, code: ErrorCode, message: &str, fatality: Fatality) {
        let fatal = fatality == Fatality::Fatal;
        self.say(&ServerMessage::Error(ProtocolError {
            code,
            message: message.to_owned(),
            fatal,
        }));
    }

    /// Answers the client alone, in its turn with everything else it is sent.
    fn say(&self, message: &ServerMessage) {
        if let Ok(text) = serde_json::to_string(message)
            && self.slot.mailbox().push(text.into()).is_err()
        {
            self.slot.mailbox().close(CloseCode::TooSlow);
        }
    }

    async fn finish(&mut self, ending: Ending) {
        let code = match ending {
            Ending::Gone => return,
            Ending::ClosedByPeer => {
                let _ = timeout(CLOSE_DEADLINE, self.until_closed()).await;
                return;
            }
            Ending::Close(code) => code,
        };
        self.slot.mailbox().close(code);
        let mailbox = self.slot.mailbox().clone();
        let rest = std::future::poll_fn(|context| mailbox.poll_take(context)).await;
        let frame = CloseFrame {
            code: u16::from(code).into(),
            reason: Utf8Bytes::from_static(reason(code)),
        };
        let said = timeout(WRITE_DEADLINE, async {
            for message in rest.messages {
                self.socket.feed(Message::Text(message)).await?;
            }
            self.socket.feed(Message::Close(Some(frame))).await?;
            self.socket.flush().await
        });
        if let Ok(Ok(())) = said.await {
            let _ = timeout(CLOSE_DEADLINE, self.until_closed()).await;
        }
    }

    /// Reads on until the other side has closed. Closing a socket with unread data would reset it, and the client
    /// might never see why.
    async fn until_closed(&mut self) {
        while let Some(Ok(_)) = self.socket.next().await {}
        let stream = self.socket.get_mut();
        let _ = tokio::io::AsyncWriteExt::shutdown(stream).await;
        let mut discarded = vec![0; 8 * 1024];
        while let Ok(1..) = tokio::io::AsyncReadExt::read(stream, &mut discarded).await {}
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fatality {
    Survivable,
    Fatal,
}

fn written(sent: Result<Result<(), WsError>, tokio::time::error::Elapsed>) -> Flow {
    match sent {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(Ending::Gone),
        Err(_) => Err(Ending::Close(CloseCode::TooSlow)),
    }
}

fn reason(code: CloseCode) -> &'static str {
    match code {
        CloseCode::GoingAway => "the server goes away",
        CloseCode::Policy => "a rule of the protocol was broken",
        CloseCode::TooLarge => "a message was too large",
        CloseCode::Restarting => "the server restarts",
        CloseCode::ResumedElsewhere => "this seat was resumed from another connection",
        CloseCode::Removed => "removed from the room",
        CloseCode::TooSlow => "messages were not read fast enough",
        CloseCode::Flooding => "too many messages",
        CloseCode::Other(_) => "",
    }
}

fn sentence(error: &impl std::fmt::Display) -> String {
    let text = error.to_string();
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), characters.as_str()),
        None => text,
    }
}
