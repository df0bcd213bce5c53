//! The way in: from the lobby to the first `welcome`, or back to the lobby with words why not.
//!
//! Invariant: it ends, in one or the other, within [`MOST_ATTEMPTS`], none of which begins later than [`PATIENCE_MS`] after the
//! first or takes longer than [`ANSWER_MS`] once its socket is open.

use super::change::CallChange;
use super::effect::Effect;
use super::heartbeat::Heartbeat;
use super::message_bound::MessageBound;
use super::roster::Snapshot;
use super::state::{Call, JoinAttempt, JoinProblem, Lobby, RoomState};
use super::turn::Turn;
use super::{backoff, paths, roster};
use crate::protocol::{
    ClientMessage, CloseCode, DisplayName, ErrorCode, JOIN_DEADLINE_MS, ParticipantKind,
    ProtocolError, RoomName,
};
use crate::room::hub::SfuSpeech;
use crate::room::moment::Moment;
use crate::room::participant::Hand;
use crate::room::path::server_media::ServerMedia;
use crate::room::path::table::PathTable;

/// Sockets are tried for this long, in ms.
const PATIENCE_MS: u64 = 10_000;

/// A `join` that was sent may stay unanswered for this long, in ms: the server takes its time where many want in at once,
/// and the answer needs a moment on its way. Whoever gives up before loses their place among those who wait.
pub(crate) const ANSWER_MS: u64 = JOIN_DEADLINE_MS + 1_000;

/// Whoever wants in waits this long at most, in ms, until it is known whether we speak to an SFU.
const SPEECH_AWAITED_MS: u64 = 3_000;

/// So many sockets are tried.
const MOST_ATTEMPTS: u32 = 4;

/// The user pressed Join.
pub(crate) fn begin(room: RoomName, name: DisplayName, turn: &mut Turn) -> RoomState {
    turn.effect(Effect::Connect { after_ms: 0 });
    RoomState::Joining(JoinAttempt {
        room,
        name,
        since: turn.now,
        asked: None,
        open_since: None,
        attempts: 1,
    })
}

/// The user thought better of it.
pub(crate) fn cancel(turn: &mut Turn) -> RoomState {
    turn.send(ClientMessage::Leave);
    turn.effect(Effect::Disconnect);
    RoomState::Lobby(Lobby { problem: None })
}

/// The socket is open: asks to be let in, unless that has to wait.
pub(crate) fn on_opened(mut entry: JoinAttempt, turn: &mut Turn) -> RoomState {
    entry.open_since = Some(turn.now);
    introduce_when_known(entry, turn)
}

/// Asks to be let in, if it is known whether we speak to an SFU or was waited for long enough.
pub(crate) fn introduce_when_known(entry: JoinAttempt, turn: &mut Turn) -> RoomState {
    match entry.open_since {
        Some(since)
            if turn.speech != SfuSpeech::Soon || turn.now >= since.plus(SPEECH_AWAITED_MS) =>
        {
            introduce(entry, turn)
        }
        _ => RoomState::Joining(entry),
    }
}

fn introduce(mut entry: JoinAttempt, turn: &mut Turn) -> RoomState {
    entry.asked = Some(turn.now);
    entry.open_since = None;
    turn.send(ClientMessage::Join {
        room: entry.room.as_str().to_owned(),
        name: entry.name.as_str().to_owned(),
        resume: None,
        media: Some(turn.sent),
        kind: ParticipantKind::Person,
        sfu: turn.speech.version(),
    });
    RoomState::Joining(entry)
}

/// The server lets us in: calls everyone who is there.
pub(crate) fn enter(entry: JoinAttempt, snapshot: Snapshot, turn: &mut Turn) -> RoomState {
    let mut call = Call {
        room: entry.room,
        given: entry.name.clone(),
        name: entry.name,
        me: snapshot.me,
        resume: snapshot.resume,
        people: Vec::new(),
        paths: PathTable::since(turn.now),
        told: turn.sent,
        hand: Hand::Lowered,
        earlier_hands: Vec::new(),
        limits: snapshot.limits,
        message_bound: MessageBound::of(snapshot.limits),
        probe: Heartbeat::begin(turn.now),
        ice_servers: snapshot.ice_servers,
        ice_transport_policy: snapshot.ice_transport_policy,
        sfu: snapshot.sfu,
        hub: None,
    };
    turn.change(CallChange::Entered);
    if call.sfu.is_some() {
        turn.change(CallChange::Welcomed);
    }
    turn.send(ClientMessage::Media(call.told));
    roster::meet_everyone(&mut call, snapshot.people, turn);
    paths::begin_all(&mut call, turn);
    RoomState::Joined(call)
}

/// The server refuses, or complains.
pub(crate) fn on_error(entry: JoinAttempt, error: ProtocolError, turn: &mut Turn) -> RoomState {
    match error.code {
        ErrorCode::ShuttingDown | ErrorCode::RateLimited | ErrorCode::UnknownPeer => {
            RoomState::Joining(entry)
        }
        // What was sent has not arrived in time.
        ErrorCode::NotJoined if error.fatal => try_again(entry, turn),
        // It is not our turn yet.
        ErrorCode::NotJoined => RoomState::Joining(entry),
        ErrorCode::SfuNeeded => {
            let wanted = match turn.speech {
                SfuSpeech::Never => ServerMedia::Never,
                SfuSpeech::No | SfuSpeech::Soon | SfuSpeech::Yes => ServerMedia::Allowed,
            };
            give_up(JoinProblem::TooLargeForDirect(wanted), turn)
        }
        code => give_up(JoinProblem::Refused(code, error.message), turn),
    }
}

/// The socket closed before the server let us in.
pub(crate) fn on_closed(entry: JoinAttempt, code: CloseCode, turn: &mut Turn) -> RoomState {
    match code {
        CloseCode::Policy | CloseCode::Removed => give_up(JoinProblem::NotLetIn, turn),
        _ => try_again(entry, turn),
    }
}

/// Opens another socket, if it is not too late for that.
fn try_again(mut entry: JoinAttempt, turn: &mut Turn) -> RoomState {
    if entry.attempts >= MOST_ATTEMPTS || turn.now >= entry.since.plus(PATIENCE_MS) {
        return give_up(JoinProblem::Unreachable, turn);
    }
    turn.effect(Effect::Connect {
        after_ms: backoff::wait_ms(entry.attempts - 1, turn.chance),
    });
    entry.attempts += 1;
    entry.asked = None;
    entry.open_since = None;
    RoomState::Joining(entry)
}

/// When [`on_tick`] gives up, or waits no longer.
pub(crate) fn next_deadline(entry: &JoinAttempt) -> Moment {
    match (entry.asked, entry.open_since) {
        (Some(asked), _) => asked.plus(ANSWER_MS),
        (None, Some(since)) => since.plus(SPEECH_AWAITED_MS),
        (None, None) => entry.since.plus(PATIENCE_MS),
    }
}

/// Time passed.
pub(crate) fn on_tick(entry: JoinAttempt, turn: &mut Turn) -> RoomState {
    if entry.open_since.is_some() {
        return introduce_when_known(entry, turn);
    }
    if turn.now >= next_deadline(&entry) {
        return give_up(JoinProblem::Unreachable, turn);
    }
    RoomState::Joining(entry)
}

fn give_up(problem: JoinProblem, turn: &mut Turn) -> RoomState {
    turn.effect(Effect::Disconnect);
    RoomState::Lobby(Lobby {
        problem: Some(problem),
    })
}

#[cfg(test)]
#[path = "tests/joining.rs"]
mod tests;
