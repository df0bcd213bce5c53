//! Being in the call without a socket, and coming back to the server.
//!
//! Invariant: connections to people outlive every outage that ends with the same seat; only another seat starts afresh.

use super::change::CallChange;
use super::effect::Effect;
use super::heartbeat::Heartbeat;
use super::roster::Snapshot;
use super::state::{Call, DepartureCause, Outage, RoomState};
use super::turn::Turn;
use super::{backoff, joining, leaving, paths, roster};
use crate::protocol::{ClientMessage, CloseCode, ErrorCode, ParticipantKind, ProtocolError};
use crate::room::moment::Moment;
use crate::room::notice::Notice;
use crate::room::participant::Hand;

/// Coming back is tried for this long, in ms.
const PATIENCE_MS: u64 = 600_000;

/// A step on the way back may take this long, in ms: the socket opens, and the server answers that the seat is ours again.
const STEP_MS: u64 = 8_000;

/// A step of the first attempts may take this long, in ms: what is lost in a blackout is repeated by TCP seconds after
/// its end.
const FIRST_STEP_MS: u64 = 2_500;

/// So many attempts are that short.
const FIRST_ATTEMPTS: u32 = 4;

/// Outages up to this long are not spoken of, in ms.
const UNNOTICED_MS: u64 = 3_500;

/// The socket closed in the call.
pub(crate) fn on_closed(mut call: Call, code: CloseCode, turn: &mut Turn) -> RoomState {
    if code == CloseCode::TooLarge
        && let Some(person) = call.message_bound.exceeded(turn.now)
    {
        paths::refuse(&mut call, &person, turn);
    }
    let outage = Outage {
        since: turn.now,
        attempts: 0,
        answer_due: None,
    };
    on_closed_again(call, outage, code, turn)
}

/// The socket closed while coming back, or could not be opened.
pub(crate) fn on_closed_again(
    call: Call,
    outage: Outage,
    code: CloseCode,
    turn: &mut Turn,
) -> RoomState {
    match code {
        CloseCode::ResumedElsewhere => {
            leaving::depart(call, DepartureCause::ContinuedElsewhere, turn)
        }
        CloseCode::Removed => leaving::depart(call, DepartureCause::Removed, turn),
        CloseCode::Policy => leaving::depart(call, DepartureCause::NotLetIn, turn),
        CloseCode::GoingAway
        | CloseCode::TooLarge
        | CloseCode::Restarting
        | CloseCode::TooSlow
        | CloseCode::Flooding
        | CloseCode::Other(_) => try_again_later(call, outage, turn),
    }
}

fn connect(call: Call, outage: Outage, after_ms: u64, turn: &mut Turn) -> RoomState {
    turn.effect(Effect::Connect { after_ms });
    let attempts = outage.attempts.saturating_add(1);
    RoomState::Reconnecting(
        call,
        Outage {
            attempts,
            answer_due: Some(turn.now.plus(after_ms).plus(step_ms(attempts))),
            ..outage
        },
    )
}

/// How long a step of this attempt may take, counted from 1, in ms.
fn step_ms(attempt: u32) -> u64 {
    if attempt <= FIRST_ATTEMPTS {
        FIRST_STEP_MS
    } else {
        STEP_MS
    }
}

/// How long the answer to `join` may take, in ms. Nobody waits for a seat that is kept for them; once it is not any more they
/// are newcomers, and wait for their turn like others.
fn answer_ms(call: &Call, outage: &Outage, now: Moment) -> u64 {
    let kept = call.limits.seat_kept_ms.min(PATIENCE_MS);
    if now < outage.since.plus(kept) {
        step_ms(outage.attempts)
    } else {
        joining::ANSWER_MS
    }
}

/// Whether the server only says that it cannot have us back at the moment.
pub(crate) fn is_for_now(error: &ProtocolError) -> bool {
    match error.code {
        // Every seat is taken, or too many want in at the same time.
        ErrorCode::RoomFull => true,
        // What was sent has not arrived in time.
        ErrorCode::NotJoined => error.fatal,
        _ => false,
    }
}

/// Opens another socket after a wait that grows: there is none, or nothing came of the last one.
pub(crate) fn try_again_later(call: Call, outage: Outage, turn: &mut Turn) -> RoomState {
    let wait = backoff::wait_ms(outage.attempts, turn.chance);
    connect(call, outage, wait, turn)
}

/// Tries at once, and begins anew with short waits: the user asks for it, or the network is back.
pub(crate) fn retry_now(call: Call, outage: Outage, turn: &mut Turn) -> RoomState {
    let fresh = Outage {
        attempts: 0,
        ..outage
    };
    connect(call, fresh, 0, turn)
}

/// The network changed under an open socket. The browser may take minutes to notice that such a socket is dead, and
/// coming back to a seat is cheap: does not wait for it.
pub(crate) fn on_network_changed(call: Call, turn: &mut Turn) -> RoomState {
    let outage = Outage {
        since: turn.now,
        attempts: 0,
        answer_due: None,
    };
    retry_now(call, outage, turn)
}

/// When [`on_tick`] tries again or gives up.
pub(crate) fn next_deadline(outage: &Outage) -> Moment {
    let end = given_up_at(outage);
    outage.answer_due.map_or(end, |due| due.min(end))
}

fn given_up_at(outage: &Outage) -> Moment {
    outage.since.plus(PATIENCE_MS)
}

/// Time passed without a `welcome`.
pub(crate) fn on_tick(call: Call, outage: Outage, turn: &mut Turn) -> RoomState {
    if turn.now >= given_up_at(&outage) {
        return leaving::depart(call, DepartureCause::ServerGone, turn);
    }
    match outage.answer_due {
        Some(due) if due <= turn.now => try_again_later(call, outage, turn),
        _ => RoomState::Reconnecting(call, outage),
    }
}

/// A socket is open: asks for the seat.
pub(crate) fn introduce(call: Call, mut outage: Outage, turn: &mut Turn) -> RoomState {
    let patience = answer_ms(&call, &outage, turn.now);
    outage.answer_due = Some(turn.now.plus(patience));
    turn.send(ClientMessage::Join {
        room: call.room.as_str().to_owned(),
        name: call.given.as_str().to_owned(),
        resume: Some(call.resume.clone()),
        media: Some(turn.sent),
        kind: ParticipantKind::Person,
        sfu: turn.speech.version(),
    });
    RoomState::Reconnecting(call, outage)
}

/// The server answers: with the old seat, or with another one.
pub(crate) fn come_back(
    mut call: Call,
    outage: Outage,
    snapshot: Snapshot,
    turn: &mut Turn,
) -> RoomState {
    // The first message on the new socket tells the server that the new token arrived.
    call.told = turn.sent;
    turn.send(ClientMessage::Media(call.told));
    // Also a lowered hand: it may have been lowered on a socket that was dead already.
    turn.send(ClientMessage::Hand {
        raised: call.hand == Hand::Raised,
    });
    let same_seat = snapshot.resumed && snapshot.me == call.me;
    call.probe = Heartbeat::begin(turn.now);
    call.resume = snapshot.resume;
    call.limits = snapshot.limits;
    call.message_bound.renew(snapshot.limits);
    call.ice_transport_policy = snapshot.ice_transport_policy;
    let had_sfu = std::mem::replace(&mut call.sfu, snapshot.sfu).is_some();
    if same_seat {
        paths::set_ice_servers(&mut call, snapshot.ice_servers, turn);
        roster::merge(&mut call, snapshot.people, snapshot.recovering, turn);
        paths::repeat_all(&mut call, turn);
    } else {
        turn.change(CallChange::Reseated);
        paths::close_all(&mut call, turn);
        call.people.clear();
        call.me = snapshot.me;
        call.ice_servers = snapshot.ice_servers;
        roster::meet_everyone(&mut call, snapshot.people, turn);
        paths::begin_all(&mut call, turn);
    }
    if had_sfu || call.sfu.is_some() {
        turn.change(CallChange::Welcomed);
    }
    if outage_was_noticed(outage, turn.now) {
        turn.effect(Effect::Notify(Notice::BackOnline));
    }
    RoomState::Joined(call)
}

fn outage_was_noticed(outage: Outage, now: Moment) -> bool {
    now.since(outage.since) > UNNOTICED_MS
}

#[cfg(test)]
#[path = "tests/reconnecting.rs"]
mod tests;
