//! The paths to people: carries what happens to the path it concerns, and what a path wants to effects.
//!
//! Invariant: every path of the call is the direct path of exactly one person; somebody without one is in the room all the
//! same.

use super::effect::Effect;
use super::heartbeat::{Heartbeat, Pulse};
use super::person::{Person, Presence};
use super::state::Call;
use super::turn::Turn;
use crate::protocol::{ClientMessage, IceCandidate, IceServer, PeerId};
use crate::room::moment::Moment;
use crate::room::notice::Notice;
use crate::room::path::command::Shape;
use crate::room::path::contact::Contact;
use crate::room::path::diagnosis::Relays;
use crate::room::path::id::PathId;
use crate::room::path::mesh::Path;
use crate::room::path::need::Need;
use crate::room::path::negotiation::state::Negotiation;
use crate::room::path::negotiation::terms::{Signal, Terms, Tie};
use crate::room::path::report::PeerEvent;
use crate::room::path::step::PathStep;

impl Call {
    /// The path that a person's media takes to us; `None` where there is none.
    pub fn path_to(&self, person: &Person) -> Option<&Path> {
        self.paths.get(person.direct?)
    }

    /// Whether there are relays.
    pub(crate) fn relays(&self) -> Relays {
        match self.relay_ports().is_empty() {
            true => Relays::None,
            false => Relays::Offered,
        }
    }
}

/// Lets the path to a person take a step, and turns what it wants into effects.
fn step(
    call: &mut Call,
    id: &PeerId,
    turn: &mut Turn,
    take: impl FnOnce(&mut Path, Terms<'_>) -> Vec<PathStep>,
) {
    let Some(direct) = call.person(id).and_then(|person| person.direct) else {
        return;
    };
    let Some(path) = call.paths.get_mut(direct) else {
        return;
    };
    let terms = Terms {
        now: turn.now,
        ice_servers: &call.ice_servers,
        shape: Shape::Mesh,
    };
    let steps = take(path, terms);
    perform(call, id, direct, steps, turn);
}

fn perform(call: &mut Call, id: &PeerId, path: PathId, steps: Vec<PathStep>, turn: &mut Turn) {
    for step in steps {
        match step {
            PathStep::Command(command) => turn.effect(Effect::Path {
                path,
                to: id.clone(),
                command,
            }),
            PathStep::Send(signal) => {
                let message = message(id.clone(), signal);
                if call.message_bound.admits(id, &message, turn.now) {
                    turn.send(message);
                } else if !matches!(message, ClientMessage::IceCandidate { .. }) {
                    // Whatever else is wanted concerns the connection that this was about.
                    return refuse(call, id, turn);
                }
            }
            PathStep::DoubtServer => doubt_socket(call, turn),
            PathStep::GiveUp => turn.effect(Effect::Notify(Notice::Unreachable(id.clone()))),
        }
    }
}

/// What would have to be said to somebody cannot be: their connection is let go.
pub(crate) fn refuse(call: &mut Call, id: &PeerId, turn: &mut Turn) {
    step(call, id, turn, |path, _| path.refuse());
}

/// A signal as the server passes it on.
fn message(target: PeerId, signal: Signal) -> ClientMessage {
    match signal {
        Signal::Offer { sdp, serial } => ClientMessage::Offer {
            target,
            sdp,
            serial: Some(serial),
        },
        Signal::Answer { sdp, serial } => ClientMessage::Answer {
            target,
            sdp,
            serial,
        },
        Signal::Candidate(candidate) => ClientMessage::IceCandidate { target, candidate },
    }
}

fn ids(call: &Call) -> Vec<PeerId> {
    call.people.iter().map(|person| person.id.clone()).collect()
}

/// Opens the connections that are due right now.
pub(crate) fn begin_all(call: &mut Call, turn: &mut Turn) {
    for id in ids(call) {
        step(call, &id, turn, Path::begin);
    }
}

/// The direct path to somebody is needed for this from now on: begins one where there is none, and lets go of one that is not
/// needed any more. They find out the same of us at about the same time; so that two offers do not cross, one of us waits.
pub(crate) fn set_need(call: &mut Call, id: &PeerId, need: Need, turn: &mut Turn) {
    let tie = tie(call, id);
    let mut people = call.people.iter_mut();
    let Some(person) = people.find(|person| person.id == *id) else {
        return;
    };
    person.need = need;
    match (need, person.direct) {
        (Need::Nothing, Some(_)) => close(call, id, turn),
        (Need::Media | Need::Standby | Need::Files, None) => {
            let negotiation = match tie {
                Tie::Yields => Negotiation::offering(tie, turn.now),
                // Whoever sends a file has found that out alone.
                Tie::Stays if need == Need::Files => Negotiation::insisting(tie, turn.now),
                Tie::Stays => Negotiation::unclear(tie, turn.now),
            };
            person.direct = Some(call.paths.add(negotiation, turn.now));
            step(call, id, turn, Path::begin);
        }
        (Need::Nothing, None) | (Need::Media | Need::Standby | Need::Files, Some(_)) => {}
    }
}

/// A connection reports.
pub(crate) fn hear_connection(
    call: &mut Call,
    path: PathId,
    generation: u32,
    event: PeerEvent,
    turn: &mut Turn,
) {
    let mut people = call.people.iter();
    let Some(person) = people.find(|person| person.direct == Some(path)) else {
        return;
    };
    let id = person.id.clone();
    let is_count = matches!(event, PeerEvent::Received { .. });
    let mut is_shown = !is_count;
    step(call, &id, turn, |path, terms| {
        let stage = path.stage();
        let steps = path.hear_connection(generation, event, terms);
        is_shown |= !steps.is_empty() || path.stage() != stage;
        steps
    });
    turn.is_shown = is_shown;
}

/// Something points to trouble: asks the server whether it hears us, for fresh credentials, which a repair needs anyway.
pub(crate) fn doubt_socket(call: &mut Call, turn: &mut Turn) {
    if call.probe.suspect(turn.now) == Pulse::Ask {
        turn.send(ClientMessage::IceServers);
    }
}

/// The user asks to try again what failed.
pub(crate) fn try_again(call: &mut Call, id: &PeerId, turn: &mut Turn) {
    step(call, id, turn, |path, terms| {
        path.try_again(terms.now);
        Vec::new()
    });
}

/// Which of two impolite sides gives way, here and there by the same rule.
pub(crate) fn tie(call: &Call, other: &PeerId) -> Tie {
    if call.me < *other {
        Tie::Yields
    } else {
        Tie::Stays
    }
}

/// A peer offers: whoever has no path to us gets one.
pub(crate) fn hear_offer(
    call: &mut Call,
    from: &PeerId,
    sdp: String,
    serial: Option<u32>,
    turn: &mut Turn,
) {
    let tie = tie(call, from);
    let mut people = call.people.iter_mut();
    if let Some(person) = people.find(|person| person.id == *from)
        && person.direct.is_none()
    {
        person.direct = Some(call.paths.add(Negotiation::waiting(tie), turn.now));
    }
    step(call, from, turn, |path, terms| {
        path.hear_offer(sdp, serial, terms)
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
    step(call, from, turn, |path, terms| {
        path.hear_answer(sdp, serial, terms)
    });
}

/// A peer names a candidate.
pub(crate) fn hear_candidate(
    call: &mut Call,
    from: &PeerId,
    candidate: Option<IceCandidate>,
    turn: &mut Turn,
) {
    step(call, from, turn, |path, terms| {
        path.hear_candidate(candidate, terms)
    });
}

/// Fresh servers, for the connections there are and those to come.
pub(crate) fn set_ice_servers(call: &mut Call, ice_servers: Vec<IceServer>, turn: &mut Turn) {
    if call.ice_servers == ice_servers {
        return;
    }
    call.ice_servers = ice_servers;
    for id in ids(call) {
        step(call, &id, turn, |path, terms| {
            path.set_ice_servers(terms.ice_servers)
        });
    }
}

/// Gathers candidates anew for every connection (RFC 8445 section 2.4).
pub(crate) fn find_new_ways(call: &mut Call, turn: &mut Turn) {
    for id in ids(call) {
        step(call, &id, turn, Path::find_new_ways);
    }
}

/// Somebody hears us again: says again what they may have missed, and repairs what waited for them.
pub(crate) fn repeat(call: &mut Call, id: &PeerId, turn: &mut Turn) {
    step(call, id, turn, Path::repeat);
}

/// We are back at the server: the same for everyone, and we repair first, for it was our way that changed.
pub(crate) fn repeat_all(call: &mut Call, turn: &mut Turn) {
    for path in call.paths.iter_mut() {
        path.repair_first(turn.now);
    }
    for id in ids(call) {
        repeat(call, &id, turn);
    }
}

/// How the server stands between us and somebody while it can be heard, as far as it answers.
fn contact(probe: Heartbeat, person: &Person) -> Contact {
    match person.presence {
        Presence::Away(_) => Contact::TheyAreAway,
        Presence::Here if probe.is_waiting() => Contact::Doubtful,
        Presence::Here => Contact::Open,
    }
}

/// Time passed while the server can be heard.
pub(crate) fn on_tick(call: &mut Call, turn: &mut Turn) {
    let probe = call.probe;
    tick(call, turn, |person| contact(probe, person));
}

/// When [`on_tick`] has something to do.
pub(crate) fn next_deadline(call: &Call) -> Option<Moment> {
    earliest(call, |person| contact(call.probe, person))
}

/// Time passed while nothing can be said.
pub(crate) fn on_silent_tick(call: &mut Call, turn: &mut Turn) {
    tick(call, turn, |_| Contact::Offline);
}

/// When [`on_silent_tick`] has something to do.
pub(crate) fn next_silent_deadline(call: &Call) -> Option<Moment> {
    earliest(call, |_| Contact::Offline)
}

fn earliest(call: &Call, contact: impl Fn(&Person) -> Contact) -> Option<Moment> {
    let people = call.people.iter();
    people
        .filter_map(|person| call.path_to(person)?.next_deadline(contact(person)))
        .min()
}

fn tick(call: &mut Call, turn: &mut Turn, contact: impl Fn(&Person) -> Contact) {
    let relays = call.relays();
    let contacts: Vec<(PeerId, Contact)> = call
        .people
        .iter()
        .map(|person| (person.id.clone(), contact(person)))
        .collect();
    for (id, contact) in contacts {
        step(call, &id, turn, |path, terms| {
            path.tick(contact, relays, terms)
        });
    }
}

/// Closes the connection to one person for good.
pub(crate) fn close(call: &mut Call, id: &PeerId, turn: &mut Turn) {
    let mut people = call.people.iter_mut();
    let person = people.find(|person| person.id == *id);
    let Some(direct) = person.and_then(|person| person.direct.take()) else {
        return;
    };
    if let Some(mut path) = call.paths.remove(direct) {
        perform(call, id, direct, path.close(), turn);
    }
}

/// Closes all connections for good.
pub(crate) fn close_all(call: &mut Call, turn: &mut Turn) {
    for id in ids(call) {
        close(call, &id, turn);
    }
}

#[cfg(test)]
#[path = "tests/paths.rs"]
mod tests;
