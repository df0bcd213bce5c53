//! How a connection ends.

use std::time::Duration;

use tokio_tungstenite::tungstenite::Error as WsError;

use crate::protocol::CloseCode;

/// What waits for a socket may take this long to be written.
pub(super) const WRITE_DEADLINE: Duration = Duration::from_secs(5);

/// The close code of a conversation that ended as it should (RFC 6455 section 7.4.1).
pub(super) const NORMAL: CloseCode = CloseCode::Other(1000);

/// Text that is not UTF-8 (RFC 6455 section 7.4.1).
pub(super) const NOT_UTF8: CloseCode = CloseCode::Other(1007);

/// A connection ends in one of these ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// The server ends it with a close frame of this code.
    Close(CloseCode),
    /// The client ended it with a close frame.
    ClosedByPeer,
    /// Nobody is left to be told.
    Gone,
}

/// The connection goes on, or how it ends.
pub(super) type Flow = Result<(), Ending>;

/// A mistake means this for the connection.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fatality {
    /// The connection goes on.
    Survivable,
    /// The connection is about to be closed.
    Fatal,
}

/// Says what a write within [`WRITE_DEADLINE`] leads to.
pub(super) fn written(sent: Result<Result<(), WsError>, tokio::time::error::Elapsed>) -> Flow {
    match sent {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(Ending::Gone),
        Err(_) => Err(Ending::Close(CloseCode::TooSlow)),
    }
}

/// Gives the words that a close code is sent with.
pub(super) fn reason(code: CloseCode) -> &'static str {
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
