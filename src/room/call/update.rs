//! The one function that changes the room's state: it hands every event to the part that answers for it.
//!
//! Invariant: an event that makes no sense in a state changes nothing.

use super::change::CallChange;
use super::effect::Effect;
use super::event::{CallAction, Event, SocketEvent};
use super::heartbeat::Pulse;
use super::state::{Call, RoomState};
use super::{joining, leaving, paths, reconnecting, roster};
use crate::protocol::{ClientMessage, PeerInfo, ProtocolError, ServerMessage};
use crate::room::call::turn::Turn;
use crate::room::notice::Notice;
use crate::room::participant::Hand;

/// Applies an event; what should happen because of it, and what became different, is added to the turn.
pub(crate) fn update(state: &mut RoomState, event: Event, turn: &mut Turn) {
    let before = std::mem::take(state);
    *state = match event {
        Event::Action(action) => on_action(before, action, turn),
        Event::Server(message) => on_message(before, message, turn),
        Event::Socket(event) => on_socket(before, event, turn),
        Event::Tick => on_tick(before, turn),
        Event::Path {
            path,
            generation,
            event,
        } => in_call(before, |call| {
            paths::hear_connection(call, path, generation, event, turn);
        }),
        Event::Introduce => match before {
            RoomState::Joining(entry) => joining::introduce_when_known(entry, turn),
            state => state,
        },
        Event::SentMedia => in_call(before, |call| tell_what_is_sent(call, turn)),
    };
}

/// Tells the server what is sent, if it was told otherwise.
fn tell_what_is_sent(call: &mut Call, turn: &mut Turn) {
    if call.told.screen != turn.sent.screen {
        turn.change(CallChange::Screens);
    }
    if call.told != turn.sent {
        call.told = turn.sent;
        turn.send(ClientMessage::Media(call.told));
    }
}

/// Applies a change to the call, if there is one.
fn in_call(mut state: RoomState, change: impl FnOnce(&mut Call)) -> RoomState {
    match &mut state {
        RoomState::Joined(call) | RoomState::Reconnecting(call, _) => change(call),
        RoomState::Lobby(_) | RoomState::Joining(_) | RoomState::Left(_) => {}
    }
    state
}

fn on_action(state: RoomState, action: CallAction, turn: &mut Turn) -> RoomState {
    match (state, action) {
        (RoomState::Lobby(_), CallAction::Join { room, name }) => joining::begin(room, name, turn),
        (RoomState::Left(_), CallAction::Join { room, name }) => {
            turn.change(CallChange::Returns);
            joining::begin(room, name, turn)
        }
        (RoomState::Joining(_), CallAction::Leave) => joining::cancel(turn),
        (RoomState::Joined(call) | RoomState::Reconnecting(call, _), CallAction::Leave) => {
            leaving::leave(call, turn)
        }
        (RoomState::Reconnecting(call, outage), CallAction::RetryNow) => {
            reconnecting::retry_now(call, outage, turn)
        }
        (RoomState::Reconnecting(mut call, outage), CallAction::TryAgain(peer)) => {
            paths::try_again(&mut call, &peer, turn);
            reconnecting::retry_now(call, outage, turn)
        }
        (state, CallAction::TryAgain(peer)) => {
            in_call(state, |call| paths::try_again(call, &peer, turn))
        }
        (state, CallAction::SetHand(hand)) => in_call(state, |call| {
            call.hand = hand;
            turn.send(ClientMessage::Hand {
                raised: hand == Hand::Raised,
            });
        }),
        (state, CallAction::FindNewWays) => in_call(state, |call| paths::find_new_ways(call, turn)),
        (state, CallAction::Join { .. } | CallAction::Leave | CallAction::RetryNow) => state,
    }
}

fn on_socket(state: RoomState, event: SocketEvent, turn: &mut Turn) -> RoomState {
    match (state, event) {
        (RoomState::Joining(entry), SocketEvent::Opened) => joining::on_opened(entry, turn),
        (RoomState::Joining(entry), SocketEvent::Closed(code)) => {
            joining::on_closed(entry, code, turn)
        }
        (RoomState::Joined(call), SocketEvent::Closed(code)) => {
            reconnecting::on_closed(call, code, turn)
        }
        (RoomState::Joined(call), SocketEvent::NetworkChanged) => {
            reconnecting::on_network_changed(call, turn)
        }
        (RoomState::Joined(mut call), SocketEvent::Doubted) => {
            paths::doubt_socket(&mut call, turn);
            RoomState::Joined(call)
        }
        (RoomState::Reconnecting(call, outage), SocketEvent::Opened) => {
            reconnecting::introduce(call, outage, turn)
        }
        (RoomState::Reconnecting(call, outage), SocketEvent::Closed(code)) => {
            reconnecting::on_closed_again(call, outage, code, turn)
        }
        (RoomState::Reconnecting(call, outage), SocketEvent::NetworkChanged) => {
            reconnecting::retry_now(call, outage, turn)
        }
        (state @ (RoomState::Lobby(_) | RoomState::Left(_)), SocketEvent::Opened) => {
            turn.effect(Effect::Disconnect);
            state
        }
        (state, _) => state,
    }
}

fn on_tick(state: RoomState, turn: &mut Turn) -> RoomState {
    match state {
        RoomState::Joining(entry) => joining::on_tick(entry, turn),
        RoomState::Joined(mut call) => {
            match call.probe.tick(turn.now) {
                Pulse::Fine => {}
                Pulse::Ask => turn.send(ClientMessage::IceServers),
                Pulse::Dead => {
                    paths::on_silent_tick(&mut call, turn);
                    return reconnecting::on_network_changed(call, turn);
                }
            }
            roster::drop_overdue(&mut call, turn);
            paths::on_tick(&mut call, turn);
            RoomState::Joined(call)
        }
        RoomState::Reconnecting(mut call, outage) => {
            paths::on_silent_tick(&mut call, turn);
            reconnecting::on_tick(call, outage, turn)
        }
        state @ (RoomState::Lobby(_) | RoomState::Left(_)) => state,
    }
}

fn on_message(mut state: RoomState, message: ServerMessage, turn: &mut Turn) -> RoomState {
    if let RoomState::Joined(call) = &mut state {
        call.probe.hear(turn.now);
    }
    match (state, message) {
        (RoomState::Joining(entry), ServerMessage::Error(error)) => {
            joining::on_error(entry, error, turn)
        }
        (RoomState::Joined(call), ServerMessage::Error(error)) => {
            on_error(RoomState::Joined(call), error, turn)
        }
        (RoomState::Reconnecting(call, outage), ServerMessage::Error(error)) => {
            on_error(RoomState::Reconnecting(call, outage), error, turn)
        }
        (RoomState::Joining(entry), message @ ServerMessage::Welcome { .. }) => {
            match roster::Snapshot::read(message) {
                Some(snapshot) => joining::enter(entry, snapshot, turn),
                None => RoomState::Joining(entry),
            }
        }
        (RoomState::Reconnecting(call, outage), message @ ServerMessage::Welcome { .. }) => {
            match roster::Snapshot::read(message) {
                Some(snapshot) => reconnecting::come_back(call, outage, snapshot, turn),
                None => RoomState::Reconnecting(call, outage),
            }
        }
        (RoomState::Joined(mut call), message) => {
            on_call_message(&mut call, message, turn);
            RoomState::Joined(call)
        }
        (state, _) => state,
    }
}

fn on_error(state: RoomState, error: ProtocolError, turn: &mut Turn) -> RoomState {
    match state {
        RoomState::Joined(call) if leaving::is_final(&error) => {
            leaving::refused(call, error.code, error.message, turn)
        }
        RoomState::Reconnecting(call, _) if leaving::ends_reconnecting(&error) => {
            leaving::refused(call, error.code, error.message, turn)
        }
        RoomState::Reconnecting(call, outage) if reconnecting::is_for_now(&error) => {
            reconnecting::try_again_later(call, outage, turn)
        }
        state => {
            if leaving::user_can_act(&error) {
                turn.effect(Effect::Notify(Notice::Refused(error.message)));
            }
            state
        }
    }
}

fn on_call_message(call: &mut Call, message: ServerMessage, turn: &mut Turn) {
    match message {
        ServerMessage::PeerJoined {
            peer,
            name,
            media,
            kind,
            sfu,
        } => roster::on_joined(
            call,
            PeerInfo {
                peer,
                name,
                media,
                hand: false,
                hand_place: None,
                away: false,
                kind,
                sfu,
            },
            turn,
        ),
        ServerMessage::PeerLeft { peer, reason } => roster::on_left(call, &peer, reason, turn),
        ServerMessage::PeerAway { peer } => roster::on_away(call, &peer, turn),
        ServerMessage::PeerBack { peer } => roster::on_back(call, &peer, turn),
        ServerMessage::PeerMedia { peer, media } => {
            roster::on_media(call, &peer, media, turn);
        }
        ServerMessage::PeerHand { peer, raised } => {
            roster::on_hand(call, &peer, Hand::from(raised), turn);
        }
        ServerMessage::Offer { from, sdp, serial } => {
            paths::hear_offer(call, &from, sdp, serial, turn);
        }
        ServerMessage::Answer { from, sdp, serial } => {
            paths::hear_answer(call, &from, sdp, serial, turn);
        }
        ServerMessage::IceCandidate { from, candidate } => {
            turn.is_shown = false;
            paths::hear_candidate(call, &from, candidate, turn);
        }
        ServerMessage::IceServers { ice_servers } => {
            // The same again is the answer to a question, and nothing to see.
            turn.is_shown = call.ice_servers != ice_servers;
            paths::set_ice_servers(call, ice_servers, turn);
        }
        ServerMessage::Welcome { .. } | ServerMessage::Error(_) => {}
    }
}
