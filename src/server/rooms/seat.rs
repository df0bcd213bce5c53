//! A connection's place in a room: how it speaks to the room's actor and to the others in it.
//!
//! Invariant: a dropped handle tells the room that its connection is gone, whatever the reason.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::ConnectionId;
use super::actor::Command;
use super::directory::{Directory, Undeliverable};
use crate::protocol::{MediaState, PeerId};

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
