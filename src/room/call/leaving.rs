//! The end of the call: by the user, by the server, or because the server stayed away.
//!
//! Invariant: whoever is out of the call has closed every connection and let go of camera and microphone.

use super::change::CallChange;
use super::effect::Effect;
use super::paths;
use super::state::{Call, Departure, DepartureCause, RoomState};
use super::turn::Turn;
use crate::protocol::{ClientMessage, ErrorCode, ProtocolError};

/// The user leaves.
pub(crate) fn leave(call: Call, turn: &mut Turn) -> RoomState {
    turn.send(ClientMessage::Leave);
    // A socket may be dead without anybody knowing, and some browsers close it before the page learns that it goes.
    turn.effect(Effect::GiveUpSeat {
        room: call.room.clone(),
        resume: call.resume.clone(),
    });
    depart(call, DepartureCause::Left, turn)
}

/// The server does not want us (back).
pub(crate) fn refused(call: Call, code: ErrorCode, words: String, turn: &mut Turn) -> RoomState {
    depart(call, DepartureCause::Refused(code, words), turn)
}

/// The call is over for this reason.
pub(crate) fn depart(mut call: Call, reason: DepartureCause, turn: &mut Turn) -> RoomState {
    paths::close_all(&mut call, turn);
    turn.effect(Effect::Disconnect);
    turn.effect(Effect::ReleaseMedia);
    turn.change(CallChange::Ended);
    RoomState::Left(Departure {
        room: call.room,
        name: call.given,
        reason,
    })
}

/// Whether an error in the call ends it: the server says that it closes the socket, and coming back would not help.
pub(crate) fn is_final(error: &ProtocolError) -> bool {
    error.fatal && ends_reconnecting(error)
}

/// Whether an error in answer to coming back means that there is no coming back. To be told that one has not joined yet is
/// the answer to whatever is said while one waits to be let in.
pub(crate) fn ends_reconnecting(error: &ProtocolError) -> bool {
    match error.code {
        ErrorCode::Unauthorized
        | ErrorCode::BadRoom
        | ErrorCode::BadName
        | ErrorCode::SfuNeeded
        | ErrorCode::AlreadyJoined => true,
        ErrorCode::BadMessage => error.fatal,
        ErrorCode::RoomFull
        | ErrorCode::NotJoined
        | ErrorCode::UnknownPeer
        | ErrorCode::TooLarge
        | ErrorCode::RateLimited
        | ErrorCode::SfuRefused
        | ErrorCode::ShuttingDown
        | ErrorCode::Unknown => false,
    }
}

/// Whether the user can do something about an error that ends nothing.
pub(crate) fn user_can_act(error: &ProtocolError) -> bool {
    matches!(error.code, ErrorCode::Unauthorized)
}

#[cfg(test)]
#[path = "tests/leaving.rs"]
mod tests;
