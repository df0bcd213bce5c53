//! A connection's place in a room: how it speaks to the room's actor and to the others in it.
//!
//! Invariant: a dropped handle tells the room that its connection is gone, whatever the reason.

use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::core::Present;
use super::directory::{Directory, Undelivered};
use super::ids::ConnectionId;
use super::outbox::Outbox;
use super::relay_kind::RelayKind;
use super::sfu_access::SfuAccess;
use crate::protocol::sfu::{SfuAvailability, SfuFault};
use crate::protocol::{DisplayName, MediaState, ParticipantKind, PeerId};
use crate::server::net::client_networks::ClientNetworks;
use crate::server::secrets::resume_token::Claim;

/// Somebody stands at the door, as their connection describes them.
#[derive(Clone, Debug)]
pub(crate) struct JoinRequest {
    /// The request comes over this connection.
    pub(crate) connection: ConnectionId,
    /// The room writes to them here, the welcome first.
    pub(crate) outbox: Arc<Outbox>,
    /// They want to be seen under this name.
    pub(crate) name: DisplayName,
    /// They send this from the start.
    pub(crate) media: MediaState,
    /// They are a person or a device.
    pub(crate) kind: ParticipantKind,
    /// They speak to the SFU, if there is one.
    pub(crate) speaks_to_sfu: bool,
    /// Their browser found the page at this host, maybe with a port; `None` when it did not say.
    pub(crate) authority: Option<Arc<str>>,
    /// They come from these networks; `None` where they are not counted.
    pub(crate) networks: Option<ClientNetworks>,
    /// They can wait for a seat until then.
    pub(crate) latest: Instant,
}

/// A room is told this.
#[derive(Debug)]
pub(super) enum Command {
    /// Somebody wants in.
    Join(Box<Joining>),
    /// The connection has said something.
    Confirm(ConnectionId),
    /// The connection's person sends something else from now on; `done` is told when everyone knows.
    Media {
        connection: ConnectionId,
        media: MediaState,
        done: oneshot::Sender<()>,
    },
    /// The connection's person raised or lowered a hand; `done` is told when everyone knows.
    Hand {
        connection: ConnectionId,
        raised: bool,
        done: oneshot::Sender<()>,
    },
    /// The connection's person can reach the SFU, or cannot; `done` is told when everyone knows.
    SfuState {
        connection: ConnectionId,
        fault: SfuFault,
        done: oneshot::Sender<()>,
    },
    /// Direct connections are too much for the connection's person, or not any more; `done` is told when it is noted.
    Strain {
        connection: ConnectionId,
        uplink: bool,
        processor: bool,
        done: oneshot::Sender<()>,
    },
    /// The SFU hears this peer, or does not any more.
    Heard {
        peer: PeerId,
        availability: SfuAvailability,
    },
    /// The operator wants the room to go through the SFU if it does not, and otherwise the other way round.
    FlipMode,
    /// The server is about to stop. Answered when everyone knows what that means for the SFU.
    EndMode(oneshot::Sender<Handover>),
    /// The connection's person leaves; `done` is told when everyone knows.
    Leave {
        connection: ConnectionId,
        done: oneshot::Sender<()>,
    },
    /// Whoever holds this token, which was checked, leaves; `done` is told when everyone knows, and dropped when the room had
    /// ended before.
    LeaveByToken {
        claim: Box<Claim>,
        done: oneshot::Sender<()>,
    },
    /// The connection is gone without a word.
    Lost(ConnectionId),
    /// The seat that is kept for this peer has to go: too many are kept for people of the same network.
    GiveUp(PeerId),
    /// Somebody in the lobby asks who is inside.
    WhoIsInside(oneshot::Sender<Present>),
}

/// What becomes of a room that goes through the SFU when the server stops.
#[derive(Debug)]
pub(super) enum Handover {
    /// Nothing is changed: it is large, or does not go through the SFU.
    None,
    /// Its people take their direct connections again; this says whether any slot of the SFU still carries anybody of it.
    ToDirect(watch::Receiver<bool>),
}

/// Somebody asks to be let in and waits for the answer.
#[derive(Debug)]
pub(super) struct Joining {
    /// The request stands here as the connection made it.
    pub(super) request: JoinRequest,
    /// They want back the seat of this token, which was checked on the way: a room trusts it. `None` when they want a
    /// new one.
    pub(super) claim: Option<Claim>,
    /// The connection waits at the other end of this.
    pub(super) answer: oneshot::Sender<Answer>,
}

/// What a room answers to somebody who asks to be let in. It answers at once.
#[derive(Debug)]
pub(super) enum Answer {
    /// They have a seat, or none: this is decided.
    Decided(Result<SeatHandle, JoinRefusal>),
    /// The seat that they claim is not theirs: they may ask for a new one.
    NotTheirs,
    /// They get a new seat later, and learn it here.
    Later(oneshot::Receiver<Result<SeatHandle, JoinRefusal>>),
}

/// Somebody waits to be let in.
#[derive(Debug)]
pub(super) struct Waiter {
    /// The request stands here as the connection made it.
    pub(super) request: JoinRequest,
    /// The connection waits at the other end of this, until it has gone.
    pub(super) answer: oneshot::Sender<Result<SeatHandle, JoinRefusal>>,
}

impl Waiter {
    /// Says whether the connection does not wait any more.
    pub(super) fn is_gone(&self) -> bool {
        self.answer.is_closed()
    }
}

/// What asking for a seat led to.
pub(crate) enum Entry {
    /// They have a seat, or none: this is decided.
    Decided(Result<SeatHandle, JoinRefusal>),
    /// They wait. Whoever drops this waits no more, and somebody else gets the place.
    Waiting(WaitingJoin),
}

/// Ends when somebody who waits has a seat or is turned away.
pub(crate) type WaitingJoin = Pin<Box<dyn Future<Output = Result<SeatHandle, JoinRefusal>> + Send>>;

impl Entry {
    /// Waits until it is decided.
    pub(super) async fn decided(self) -> Result<SeatHandle, JoinRefusal> {
        match self {
            Self::Decided(decided) => decided,
            Self::Waiting(waiting) => waiting.await,
        }
    }
}

/// Why somebody was not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum JoinRefusal {
    /// Every seat of the room is taken.
    #[error("This room is full.")]
    RoomFull,
    /// The room has so many people, and they do not speak to the SFU.
    #[error(
        "This call has more than {0} people and goes through the server. Your browser cannot take part in that."
    )]
    SfuNeeded(u32),
    /// More people want in than can be let in before their time to join is over.
    #[error("Too many people want to join at the moment. Try again in a few seconds.")]
    TooManyAtOnce,
    /// Every room of the server is taken.
    #[error("This server cannot open another room at the moment. Try again in a minute.")]
    ServerFull,
    /// The client's address has opened as many rooms as one may.
    #[error("Too many rooms were opened from your address. Try again in a minute.")]
    TooManyRooms,
    /// The server is stopping.
    #[error("The server is stopping. Try again in a moment.")]
    ShuttingDown,
}

/// A seat, held by one connection.
#[derive(Debug)]
pub(crate) struct SeatHandle {
    /// The seat is this peer's.
    peer: PeerId,
    /// The room knows by this who speaks, and takes nothing from a connection that was replaced.
    connection: ConnectionId,
    /// Commands go to the room's task through this.
    room: mpsc::Sender<Command>,
    /// Messages to others are passed on here, without the room's task.
    directory: Arc<Directory>,
    /// They reach the SFU by this; `None` when they do not speak to it, or there is none.
    sfu: Option<SfuAccess>,
    /// The first message after the welcome proves that the welcome arrived.
    arrival: WelcomeArrival,
}

/// Whether the room still has to learn that the welcome has arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WelcomeArrival {
    /// The client has said nothing since, and may hold the older token only.
    Unconfirmed,
    /// The room has been told, and needs to hear it no more.
    Confirmed,
}

impl SeatHandle {
    pub(super) fn new(
        peer: PeerId,
        connection: ConnectionId,
        room: mpsc::Sender<Command>,
        directory: Arc<Directory>,
        sfu: Option<SfuAccess>,
    ) -> Self {
        Self {
            peer,
            connection,
            room,
            directory,
            sfu,
            arrival: WelcomeArrival::Unconfirmed,
        }
    }

    /// Says who sits here.
    pub(crate) fn peer(&self) -> &PeerId {
        &self.peer
    }

    /// Gives the way to the SFU; `None` when they do not speak to it, or there is none.
    pub(crate) fn sfu(&self) -> Option<&SfuAccess> {
        self.sfu.as_ref()
    }

    /// Notes that the connection says something, which proves that its welcome has arrived: older tokens die.
    pub(crate) async fn confirm_welcome(&mut self) {
        if self.arrival == WelcomeArrival::Unconfirmed {
            self.arrival = WelcomeArrival::Confirmed;
            let _ = self.room.send(Command::Confirm(self.connection)).await;
        }
    }

    /// Passes a message to someone else in the room.
    ///
    /// # Errors
    /// [`Undelivered`] says why not.
    pub(crate) fn relay(
        &self,
        target: &str,
        kind: RelayKind,
        message: impl FnOnce() -> Utf8Bytes,
    ) -> Result<(), Undelivered> {
        self.directory.deliver(&self.peer, target, kind, message)
    }

    /// Says what is sent from now on; returns when the room has told everyone, so that what is relayed next
    /// comes after it.
    pub(crate) async fn set_media(&self, media: MediaState) {
        let (done, handled) = oneshot::channel();
        let _ = self
            .room
            .send(Command::Media {
                connection: self.connection,
                media,
                done,
            })
            .await;
        let _ = handled.await;
    }

    /// Raises or lowers the hand; returns when the room has told everyone.
    pub(crate) async fn set_hand(&self, raised: bool) {
        let (done, handled) = oneshot::channel();
        let _ = self
            .room
            .send(Command::Hand {
                connection: self.connection,
                raised,
                done,
            })
            .await;
        let _ = handled.await;
    }

    /// Says whether the SFU can be reached; returns when the room has told everyone.
    pub(crate) async fn set_sfu_state(&self, fault: SfuFault) {
        let (done, handled) = oneshot::channel();
        let _ = self
            .room
            .send(Command::SfuState {
                connection: self.connection,
                fault,
                done,
            })
            .await;
        let _ = handled.await;
    }

    /// Says whether direct connections are too much for the line up, or for the processor; returns when it is noted.
    pub(crate) async fn set_strain(&self, uplink: bool, processor: bool) {
        let (done, handled) = oneshot::channel();
        let _ = self
            .room
            .send(Command::Strain {
                connection: self.connection,
                uplink,
                processor,
                done,
            })
            .await;
        let _ = handled.await;
    }

    /// Gives the seat up; returns when the room has told everyone.
    pub(crate) async fn leave(self) {
        let (done, handled) = oneshot::channel();
        let _ = self
            .room
            .send(Command::Leave {
                connection: self.connection,
                done,
            })
            .await;
        let _ = handled.await;
    }
}

impl Drop for SeatHandle {
    fn drop(&mut self) {
        let lost = Command::Lost(self.connection);
        if let Err(mpsc::error::TrySendError::Full(lost)) = self.room.try_send(lost) {
            let room = self.room.clone();
            tokio::spawn(async move {
                let _ = room.send(lost).await;
            });
        }
    }
}
