//! Whom the SFU speaks to: the client of each seat, and the room.

use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::protocol::PeerId;
use crate::protocol::sfu::SfuAvailability;

/// A client, as it is written to over its WebSocket.
pub(crate) trait Client: Send + Sync {
    /// Writes a message. It never waits: a client that reads too slowly is closed.
    fn tell(&self, text: Utf8Bytes);
}

/// A room, as it is told whom the SFU hears, and whether it carries anybody.
pub(crate) trait Hearing: Send + Sync {
    /// Takes the news; false when it has no place at the moment, and is to be told again.
    fn heard(&self, peer: &PeerId, availability: SfuAvailability) -> bool;

    /// Takes whether any slot of the room carries anybody. It may be told what it knows.
    fn carries(&self, anybody: bool);
}
