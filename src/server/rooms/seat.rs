//! A connection's place in a room: how it speaks to the room's actor and to the others in it.
//!
//! Invariant: a dropped handle tells the room that its connection is gone, whatever the reason.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::directory::{Directory, Undeliverable};
use super::ids::ConnectionId;
use super::outbox::Outbox;
use crate::protocol::{DisplayName, MediaState, PeerId};
use crate::server::secrets::resume_token::Claim;

/// Somebody at the door, as their connection describes them.
#[derive(Debug)]
pub(crate) struct JoinRequest {
    /// Their connection.
    pub(crate) connection: ConnectionId,
    /// Where the room writes to them.
    pub(crate) outbox: Arc<Outbox>,
    /// What they are called.
    pub(crate) name: DisplayName,
    /// What they send.
    pub(crate) media: MediaState,
    /// Where their browser found the page: a host, maybe with a port.
    pub(crate) authority: Option<Arc<str>>,
}

/// What a room is told.
#[derive(Debug)]
pub(super) enum Command {
    /// Somebody wants in.
    Join(Box<Joining>),
    /// The connection has said something.
    Confirm(ConnectionId),
    /// What the connection's person sends.
    Media {
        connection: ConnectionId,
        media: MediaState,
        done: oneshot::Sender<()>,
    },
    /// The connection's person's hand.
    Hand {
        connection: ConnectionId,
        raised: bool,
        done: oneshot::Sender<()>,
    },
    /// The connection's person leaves.
    Leave {
        connection: ConnectionId,
        done: oneshot::Sender<()>,
    },
    /// The connection is gone.
    Lost(ConnectionId),
    /// Somebody in the lobby asks who is inside.
    WhoIsInside(oneshot::Sender<Vec<DisplayName>>),
}

/// A request to be let in, and where the answer goes.
#[derive(Debug)]
pub(super) struct Joining {
    pub(super) request: JoinRequest,
    pub(super) claim: Option<Claim>,
    pub(super) answer: oneshot::Sender<Result<SeatHandle, JoinRefusal>>,
}

/// Why somebody was not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum JoinRefusal {
    /// Every seat of the room is taken.
    #[error("This room is full.")]
    RoomFull,
    /// Every room of the server is taken.
    #[error("This server cannot open another room at the moment. Try again in a minute.")]
    ServerFull,
    /// The server is stopping.
    #[error("The server is stopping. Try again in a moment.")]
    ShuttingDown,
}

/// A seat, held by one connection.
#[derive(Debug)]
pub(crate) struct SeatHandle {
    peer: PeerId,
    connection: ConnectionId,
    room: mpsc::Sender<Command>,
    directory: Arc<Directory>,
    arrival: WelcomeArrival,
}

/// Whether the room still has to learn that the welcome has arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WelcomeArrival {
    Unconfirmed,
    Confirmed,
}

impl SeatHandle {
    pub(super) fn new(
        peer: PeerId,
        connection: ConnectionId,
        room: mpsc::Sender<Command>,
        directory: Arc<Directory>,
    ) -> Self {
        Self {
            peer,
            connection,
            room,
            directory,
            arrival: WelcomeArrival::Unconfirmed,
        }
    }

    /// Who sits here.
    pub(crate) fn peer(&self) -> &PeerId {
        &self.peer
    }

    /// To be called when the connection says something: its welcome has arrived, older tokens die.
    pub(crate) async fn confirm_welcome(&mut self) {
        if self.arrival == WelcomeArrival::Unconfirmed {
            self.arrival = WelcomeArrival::Confirmed;
            let _ = self.room.send(Command::Confirm(self.connection)).await;
        }
    }

    /// Passes a message to someone else in the room.
    ///
    /// # Errors
    /// [`Undeliverable`] when there is nobody else of that id.
    pub(crate) fn relay(
        &self,
        target: &str,
        message: impl FnOnce() -> Utf8Bytes,
    ) -> Result<(), Undeliverable> {
        self.directory.deliver(&self.peer, target, message)
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
