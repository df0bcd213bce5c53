//! Why somebody does not get into a call, or is in it no more.

use super::problem::{WayOn, Words};
use crate::protocol::ErrorCode;
use crate::room::{DepartureCause, JoinProblem, ServerMedia};

/// Why joining did not work.
pub fn join_problem(problem: &JoinProblem) -> Words {
    match problem {
        JoinProblem::Unreachable => Words::elsewhere(
            "The server cannot be reached",
            "Check your internet connection and press Join again. If others cannot get in either, the server may be down.",
        ),
        JoinProblem::NotLetIn => not_let_in(),
        JoinProblem::TooLargeForDirect(ServerMedia::Never) => Words::elsewhere(
            TOO_LARGE_FOR_DIRECT,
            "It has more people than can reach each other directly. To take part, switch off “Never send my media through the server” below, and press Join again.",
        ),
        JoinProblem::TooLargeForDirect(ServerMedia::Allowed) => Words::elsewhere(
            TOO_LARGE_FOR_DIRECT,
            "It has more people than can reach each other directly, and what your browser needs to take part is still on its way. Wait a few seconds and press Join again.",
        ),
        JoinProblem::Refused(code, said) => refusal(*code, said),
    }
}

const TOO_LARGE_FOR_DIRECT: &str = "This call goes through the server";

fn not_let_in() -> Words {
    Words::elsewhere(
        "You may not enter this room",
        "Ask whoever invited you for a fresh link.",
    )
}

fn refusal(code: ErrorCode, said: &str) -> Words {
    match code {
        ErrorCode::RoomFull => Words::elsewhere(
            "This room is full",
            "Every place is taken, or many people want in at this moment. Wait a little and press Join again, or start another room.",
        ),
        ErrorCode::BadName => Words::elsewhere(
            "The server does not accept this name",
            "Use 1 to 64 ordinary characters.",
        ),
        ErrorCode::BadRoom => Words::elsewhere(
            "This cannot be the name of a room",
            "Check the link, or start a room of your own.",
        ),
        ErrorCode::ShuttingDown => Words::elsewhere(
            "The server is restarting or full",
            "Press Join again in a moment.",
        ),
        ErrorCode::SfuNeeded => Words::elsewhere(
            TOO_LARGE_FOR_DIRECT,
            "It has more people than can reach each other directly. Reload the page and join again.",
        ),
        ErrorCode::Unauthorized => not_let_in(),
        ErrorCode::RateLimited => Words::elsewhere(
            "That was too fast for the server",
            "Wait a few seconds and press Join again.",
        ),
        ErrorCode::BadMessage
        | ErrorCode::NotJoined
        | ErrorCode::AlreadyJoined
        | ErrorCode::UnknownPeer
        | ErrorCode::TooLarge
        | ErrorCode::SfuRefused
        | ErrorCode::Unknown => Words {
            title: "The server refused".into(),
            text: format!("It says: {said}. Reload the page and try again.").into(),
            way_on: WayOn::Elsewhere,
        },
    }
}

/// Why the call is over.
pub fn departure(cause: &DepartureCause) -> Words {
    match cause {
        DepartureCause::Left => Words::elsewhere(
            "You left the room",
            "Your camera and microphone are off. The room stays open for the others.",
        ),
        DepartureCause::Removed => Words::elsewhere(
            "You were removed from the room",
            "If you think this was a mistake, talk to the others before you come back.",
        ),
        DepartureCause::ContinuedElsewhere => Words::elsewhere(
            "The call goes on elsewhere",
            "You took it over in another tab or on another device.",
        ),
        DepartureCause::ServerGone => Words::elsewhere(
            "The server stayed away",
            "It could not be reached for a long time. Check your internet connection, then rejoin.",
        ),
        DepartureCause::NotLetIn => not_let_in(),
        DepartureCause::Refused(code, said) => refusal(*code, said),
    }
}
