//! The paths to people: carries events to each negotiation, its steps to effects, and its fate to [`PathState`].
//!
//! Invariant: every person has exactly one negotiation, and what the ui sees of it is the link.

use super::effect::Effect;
use super::heartbeat::Pulse;
use super::person::{Person, Presence};
use super::state::Call;
use super::turn::Turn;
use crate::protocol::{ClientMessage, IceCandidate, IceServer, PeerId};
use crate::room::moment::Moment;
use crate::room::notice::Notice;
use crate::room::path::command::{PeerCommand, Route};
use crate::room::path::diagnosis::{PathAttempt, PathFailure, Relays};
use crate::room::path::negotiation::Negotiation;
use crate::room::path::negotiation::terms::{
    NegotiationStep, Politeness, Reachability, Signal, Terms,
};
use crate::room::path::recovery::{Duty, Remedy};
use crate::room::path::report::{ConnectionState, PeerEvent};
use crate::room::path::stall::{Awaited, Hearing};
use crate::room::path::state::PathState;

/// How long a first connection may take before the user is told that it failed, in ms.
const SETUP_MS: u64 = 30_000;

/// Runs one step of a person's negotiation and turns what it wants into effects.
fn negotiate(
    call: &mut Call,
    id: &PeerId,
    turn: &mut Turn,
    step: impl FnOnce(&mut Negotiation, Terms<'_>) -> Vec<NegotiationStep>,
) {
    let surroundings = Terms {
        now: turn.now,
        ice_servers: &call.ice_servers,
    };
    let Some(person) = call.people.iter_mut().find(|person| person.id == *id) else {
        return;
    };
    let before = person.negotiation.generation();
    let settled = person.negotiation.is_settled();
    let steps = step(&mut person.negotiation, surroundings);
    perform(person, steps, turn);
    if before != 0 && before != person.negotiation.generation() {
        interrupt(person, turn.now);
        person.arrivals.reset();
        person.attempt = PathAttempt::default();
    }
    if !settled && person.negotiation.is_settled() && person.link != PathState::Connected {
        let duty = duty(person);
        person.recovery.expect_connection(duty, turn.now);
    }
}

fn perform(person: &mut Person, steps: impl IntoIterator<Item = NegotiationStep>, turn: &mut Turn) {
    for step in steps {
        if let NegotiationStep::Command(PeerCommand::Offer { ice_restart: true }) = step {
            person.attempt = PathAttempt::default();
        }
        let target = person.id.clone();
        turn.effect(match step {
            NegotiationStep::Command(command) => Effect::Peer {
                peer: target,
                command,
            },
            NegotiationStep::Send(Signal::Offer { sdp, serial }) => {
                Effect::Send(ClientMessage::Offer {
                    target,
                    sdp,
                    serial: Some(serial),
                })
            }
            NegotiationStep::Send(Signal::Answer { sdp, serial }) => {
                Effect::Send(ClientMessage::Answer {
                    target,
                    sdp,
                    serial,
                })
            }
            NegotiationStep::Send(Signal::Candidate(candidate)) => {
                Effect::Send(ClientMessage::IceCandidate { target, candidate })
            }
        });
    }
}

/// The newcomer, who offered first, also repairs first.
fn duty(person: &Person) -> Duty {
    match person.negotiation.politeness() {
        Politeness::Polite => Duty::First,
        Politeness::Impolite | Politeness::Provisional => Duty::Second,
    }
}

fn interrupt(person: &mut Person, now: Moment) {
    if person.link == PathState::Connected {
        person.link = PathState::Interrupted(now);
    }
}

/// Opens the connections that are due right now.
pub(crate) fn begin_all(call: &mut Call, turn: &mut Turn) {
    for id in ids(call) {
        negotiate(call, &id, turn, Negotiation::begin);
    }
}

fn ids(call: &Call) -> Vec<PeerId> {
    call.people.iter().map(|person| person.id.clone()).collect()
}

/// A connection reports.
pub(crate) fn hear_connection(
    call: &mut Call,
    id: &PeerId,
    generation: u32,
    event: PeerEvent,
    turn: &mut Turn,
) {
    if let PeerEvent::Received { count, awaited } = event {
        return measure(call, id, (generation, count, awaited), turn);
    }
    note_progress(call, id, generation, &event);
    if let PeerEvent::Connection(state) = event
        && let Some(person) = call.people.iter_mut().find(|person| person.id == *id)
        && person.negotiation.generation() == generation
    {
        let duty = duty(person);
        person.recovery.observe(state, duty, turn.now);
        match state {
            ConnectionState::Connected => person.link = PathState::Connected,
            ConnectionState::Disconnected | ConnectionState::Failed | ConnectionState::Closed => {
                interrupt(person, turn.now);
            }
            ConnectionState::New | ConnectionState::Connecting => {}
        }
        if matches!(
            state,
            ConnectionState::Disconnected | ConnectionState::Failed
        ) {
            doubt_socket(call, turn);
        }
    }
    negotiate(call, id, turn, |negotiation, surroundings| {
        negotiation.hear_connection(generation, event, surroundings)
    });
}

fn note_progress(call: &mut Call, id: &PeerId, generation: u32, event: &PeerEvent) {
    let person = call.people.iter_mut().find(|person| person.id == *id);
    let Some(person) = person.filter(|person| person.negotiation.generation() == generation) else {
        return;
    };
    match event {
        PeerEvent::Candidate(Some(candidate)) => person.attempt.own.note(candidate),
        PeerEvent::Pair(pair) => person.attempt.pair = *pair,
        _ => {}
    }
}

/// A measurement of what arrives. Silence is trouble, and the server is asked whether it is ours; media that comes again is
/// the end of trouble, whatever was begun against it.
fn measure(
    call: &mut Call,
    id: &PeerId,
    (generation, count, awaited): (u32, u64, Awaited),
    turn: &mut Turn,
) {
    let Some(person) = call.people.iter_mut().find(|person| person.id == *id) else {
        return;
    };
    if person.negotiation.generation() != generation {
        return;
    }
    let awaited = match person.link {
        PathState::Connected => awaited,
        _ => Awaited::Nothing,
    };
    let hearing = person.arrivals.measure(count, awaited, turn.now);
    match hearing {
        Hearing::Heard { after_silence } => {
            person.attempt.heard = true;
            if after_silence && person.negotiation.is_connected() {
                person.link = PathState::Connected;
                let duty = duty(person);
                person
                    .recovery
                    .observe(ConnectionState::Connected, duty, turn.now);
            }
            return;
        }
        Hearing::Unclear => return,
        Hearing::Quiet => {}
        Hearing::FellSilent => {
            person.attempt.heard = false;
            interrupt(person, turn.now);
            let duty = duty(person);
            person.recovery.fall_silent(duty, turn.now);
        }
    }
    doubt_socket(call, turn);
}

/// Something points to trouble: asks the server whether it hears us, for fresh credentials, which a repair needs anyway.
pub(crate) fn doubt_socket(call: &mut Call, turn: &mut Turn) {
    if call.probe.suspect(turn.now) == Pulse::Ask {
        turn.send(ClientMessage::IceServers);
    }
}

/// The user asks to try again what failed.
pub(crate) fn try_again(call: &mut Call, id: &PeerId, turn: &Turn) {
    let person = call.people.iter_mut().find(|person| person.id == *id);
    if let Some(person) = person
        && matches!(person.link, PathState::Failed(_))
    {
        person.link = PathState::Connecting(turn.now);
        person.recovery.try_again(turn.now);
    }
}

/// A peer offers.
pub(crate) fn hear_offer(
    call: &mut Call,
    from: &PeerId,
    sdp: String,
    serial: Option<u32>,
    turn: &mut Turn,
) {
    negotiate(call, from, turn, |negotiation, surroundings| {
        negotiation.hear_offer(sdp, serial, surroundings)
    });
}

/// A peer answers.
pub(crate) fn hear_answer(
    call: &mut Call,
    from: &PeerId,
    sdp: String,
    serial: Option<u32>,
    turn: &mut Turn,
) {
    negotiate(call, from, turn, |negotiation, surroundings| {
        negotiation.hear_answer(sdp, serial, surroundings)
    });
}

/// A peer names a candidate.
pub(crate) fn hear_candidate(
    call: &mut Call,
    from: &PeerId,
    candidate: Option<IceCandidate>,
    turn: &mut Turn,
) {
    let person = call.people.iter_mut().find(|person| person.id == *from);
    if let (Some(person), Some(candidate)) = (person, &candidate) {
        person.attempt.theirs.note(candidate);
    }
    negotiate(call, from, turn, |negotiation, _| {
        negotiation.hear_candidate(candidate)
    });
}

/// Fresh servers, for the connections there are and those to come.
pub(crate) fn set_ice_servers(call: &mut Call, ice_servers: Vec<IceServer>, turn: &mut Turn) {
    if call.ice_servers == ice_servers {
        return;
    }
    call.ice_servers = ice_servers;
    for person in &mut call.people {
        let step = person.negotiation.set_ice_servers(&call.ice_servers);
        perform(person, step, turn);
    }
}

/// Gathers candidates anew for every connection (RFC 8445 section 2.4).
pub(crate) fn find_new_ways(call: &mut Call, turn: &mut Turn) {
    for id in ids(call) {
        negotiate(call, &id, turn, |negotiation, surroundings| {
            negotiation.restart_ice(Route::Any, surroundings)
        });
    }
}

/// Somebody hears us again: says again what they may have missed, and repairs what waited for them.
pub(crate) fn repeat(call: &mut Call, id: &PeerId, turn: &mut Turn) {
    if let Some(person) = call.people.iter_mut().find(|person| person.id == *id) {
        let duty = duty(person);
        encourage(person, duty, turn.now);
    }
    negotiate(call, id, turn, |negotiation, surroundings| {
        negotiation.repeat(surroundings.now)
    });
}

fn encourage(person: &mut Person, duty: Duty, now: Moment) {
    person.recovery.encourage(duty, now);
    if matches!(person.link, PathState::Failed(_)) {
        person.link = PathState::Interrupted(now);
    }
}

/// We are back at the server: the same for everyone, and we repair first, for it was our way that changed.
pub(crate) fn repeat_all(call: &mut Call, turn: &mut Turn) {
    for person in &mut call.people {
        encourage(person, Duty::First, turn.now);
    }
    for id in ids(call) {
        repeat(call, &id, turn);
    }
}

/// Time passed while the server can be heard. While it is doubtful whether it hears us, repairs wait.
pub(crate) fn on_tick(call: &mut Call, turn: &mut Turn) {
    let heard = !call.probe.is_waiting();
    let relays = relays(call);
    for id in ids(call) {
        let Some(person) = call.people.iter_mut().find(|person| person.id == id) else {
            continue;
        };
        let audience = match person.presence {
            Presence::Here => Reachability::Present,
            Presence::Away(_) => Reachability::Absent,
        };
        show_failure(person, Contact::Online, relays, turn);
        let duty = duty(person);
        let remedy = match audience {
            Reachability::Present if heard => person.recovery.due(duty, turn.now),
            Reachability::Present | Reachability::Absent => None,
        };
        let relayed = match relays {
            Relays::Offered => Route::Relayed,
            Relays::None => Route::Any,
        };
        negotiate(call, &id, turn, |negotiation, surroundings| {
            let mut steps = negotiation.tick(audience, surroundings);
            steps.extend(match remedy {
                Some(Remedy::RestartIce) => negotiation.restart_ice(Route::Any, surroundings),
                Some(Remedy::RestartRelayed) => negotiation.restart_ice(relayed, surroundings),
                Some(Remedy::Rebuild) => negotiation.rebuild(surroundings),
                None => Vec::new(),
            });
            steps
        });
    }
}

/// Time passed while nothing can be said: operations go on, repairs wait.
pub(crate) fn on_silent_tick(call: &mut Call, turn: &mut Turn) {
    let relays = relays(call);
    for id in ids(call) {
        if let Some(person) = call.people.iter_mut().find(|person| person.id == id) {
            show_failure(person, Contact::Offline, relays, turn);
        }
        negotiate(call, &id, turn, |negotiation, surroundings| {
            negotiation.tick(Reachability::Absent, surroundings)
        });
    }
}

/// Whether the server hears us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Contact {
    Online,
    Offline,
}

fn show_failure(person: &mut Person, contact: Contact, relays: Relays, turn: &mut Turn) {
    let now = turn.now;
    let overdue = match person.link {
        PathState::Connecting(since) => now.since(since) >= SETUP_MS,
        PathState::Interrupted(_) => person.recovery.is_hopeless(now),
        PathState::Connected | PathState::Failed(_) => false,
    };
    if !overdue {
        return;
    }
    let failure = match (contact, person.presence) {
        (Contact::Offline, _) => PathFailure::Offline,
        (Contact::Online, Presence::Away(_)) => PathFailure::TheyAreAway,
        (Contact::Online, Presence::Here) => person.attempt.diagnose(person.stage(), relays),
    };
    person.link = PathState::Failed(failure);
    turn.effect(Effect::Notify(Notice::Unreachable(person.name.clone())));
}

fn relays(call: &Call) -> Relays {
    match call.relay_ports().is_empty() {
        true => Relays::None,
        false => Relays::Offered,
    }
}

/// Closes one person's connection for good.
pub(crate) fn close(person: &mut Person, turn: &mut Turn) {
    let step = person.negotiation.close();
    perform(person, step, turn);
}

/// Closes all connections for good.
pub(crate) fn close_all(call: &mut Call, turn: &mut Turn) {
    for person in &mut call.people {
        close(person, turn);
    }
}

#[cfg(test)]
#[path = "tests/paths.rs"]
mod tests;
