//! What becomes of a visit when something happens that concerns the SFU.
//!
//! Invariant: nothing but this reaches the hub's model. All of it stands behind [`RULES`], which come with the second wasm.

use super::effect::{Aspect, VisitEffect};
use super::sfu_event::SfuEvent;
use super::state::{SfuRules, Visit};
use super::turn::VisitTurn;
use crate::protocol::fields::read_text;
use crate::protocol::sfu::{SfuMessage, SfuTerms};
use crate::protocol::{ErrorCode, PeerId, ServerMessage};
use crate::room::call::event::{CallAction, Event};
use crate::room::call::paths;
use crate::room::call::reception;
use crate::room::call::state::{Call, RoomState};
use crate::room::call::turn::Turn;
use crate::room::channel::Channel;
use crate::room::hub::{HubContext, HubEffect, HubEvent, HubPerson, HubWelcome, is_fallback};
use crate::room::messaging::event::MessagingEvent;
use crate::room::moment::Moment;
use crate::room::path::diagnosis::Relays;
use crate::room::path::link::Carrier;
use crate::room::path::need::Need;
use crate::room::quality::reading::Reading;
use crate::room::quality::sample::TrackMap;
use crate::room::sending::view::ViewRequest;

/// Readings of the connection to the SFU are told from those of a direct connection to the same person by this bit of their generation.
const OVER_HUB: u32 = 1 << 31;

/// The rules, which come with the second wasm.
pub const RULES: SfuRules = SfuRules(apply);

/// Takes what happened; says whether the rest of the visit need not hear of it.
fn apply(visit: &mut Visit, event: SfuEvent<'_>, turn: &mut VisitTurn) -> bool {
    match event {
        SfuEvent::Call(event) => return visit.concerns_hub(event, turn),
        SfuEvent::Messaging(event) => return visit.hear_direct_channel(event, turn),
        SfuEvent::Transmit(peer, channel, frame) => {
            return visit.transmit_over_hub(peer, channel, frame, turn);
        }
        SfuEvent::Said(text) => visit.hear_unknown(text, turn),
        SfuEvent::Followed => visit.tell_hub_of_people(turn),
        SfuEvent::Welcomed => visit.welcome_hub(turn),
        SfuEvent::Views => visit.tell_hub_of_views(turn),
        SfuEvent::Ask(peer, request) => *request = visit.asked_directly(peer, *request),
        SfuEvent::Count => {
            if let Some((path, awaited)) = visit.hub.listened_path() {
                turn.effect(VisitEffect::CountArrivals { path, awaited });
            }
        }
        SfuEvent::Flush => {
            visit.tell_hub_of_files(turn);
            if visit.hub.has_outgoing() {
                visit.hear_hub(HubEvent::Flush, turn);
            }
        }
        SfuEvent::Read(reading) => visit.read_hub(reading, turn.context.now),
        SfuEvent::Hub(event) => visit.hear_hub(event, turn),
    }
    true
}

impl Visit {
    /// Something happened that is for the hub alone, where it is; says whether it was.
    fn concerns_hub(&mut self, event: &Event, turn: &mut VisitTurn) -> bool {
        match event {
            Event::Path {
                path,
                generation,
                event,
            } if self.hub.path() == Some(*path) => {
                let connection = HubEvent::Connection {
                    generation: *generation,
                    event: event.clone(),
                };
                self.hear_hub(connection, turn);
                true
            }
            Event::Server(ServerMessage::Answer { from, sdp, serial })
                if from.as_str() == SfuTerms::PEER =>
            {
                self.server_was_heard(turn.context.now);
                let answered = HubEvent::Answered {
                    sdp: sdp.clone(),
                    serial: *serial,
                };
                self.hear_hub(answered, turn);
                true
            }
            Event::Server(ServerMessage::Error(error))
                if error.code == ErrorCode::SfuRefused && self.hub.path().is_some() =>
            {
                self.server_was_heard(turn.context.now);
                self.hear_hub(HubEvent::Refused, turn);
                true
            }
            Event::Action(CallAction::TryAgain(_)) => {
                self.hear_hub(HubEvent::TryAgain, turn);
                false
            }
            _ => false,
        }
    }

    /// The server says something that the call does not know: the hub may.
    fn hear_unknown(&mut self, text: String, turn: &mut VisitTurn) {
        self.server_was_heard(turn.context.now);
        match read_text(&text) {
            Ok(SfuMessage::Peer { peer, sfu }) => self.hear_standing(&peer, sfu, turn),
            _ => self.hear_hub(HubEvent::Said(text), turn),
        }
    }

    fn server_was_heard(&mut self, now: Moment) {
        if let RoomState::Joined(call) = &mut self.call {
            call.probe.hear(now);
        }
    }

    /// The server let us in: begins anew with the SFU, or goes on.
    fn welcome_hub(&mut self, turn: &mut VisitTurn) {
        self.note_open_channels();
        let welcome = match &mut self.call {
            RoomState::Joined(call) => call.sfu.clone().map(|terms| HubWelcome {
                me: call.me.clone(),
                terms,
                path: call.paths.give_id(),
                mesh_capacity: call
                    .limits
                    .mesh_capacity
                    .map_or(usize::MAX, |most| most as usize),
            }),
            _ => None,
        };
        match welcome {
            Some(welcome) => self.hear_hub(HubEvent::Welcomed(welcome), turn),
            None => {
                self.hear_hub(HubEvent::Ended, turn);
                self.need_everybody_directly(turn);
            }
        }
    }

    /// There is no SFU any more that anybody could be reached over.
    fn need_everybody_directly(&mut self, turn: &mut VisitTurn) {
        let people = self.call.call().into_iter().flat_map(|call| &call.people);
        let over_hub = people.filter(|person| person.need != Need::Media);
        let ids: Vec<PeerId> = over_hub.map(|person| person.id.clone()).collect();
        for peer in ids {
            self.in_call(turn, |call, turn| {
                paths::set_need(call, &peer, Need::Media, turn);
            });
        }
    }

    /// Tells the hub who is there, where that is different.
    pub(super) fn tell_hub_of_people(&mut self, turn: &mut VisitTurn) {
        // Whom messaging does not know yet the hub does not either: what they say would be lost.
        if self.hub.path().is_none() || self.backlog.due().is_some() {
            return;
        }
        let Some(call) = self.call.call() else {
            return;
        };
        let people = call.people.iter().map(|person| HubPerson {
            id: person.id.clone(),
            sfu: person.sfu,
            media: person.media,
            direct: call.path_to(person).map(|path| (path.id(), path.state())),
        });
        let people: Vec<HubPerson> = people.collect();
        if !self.hub.knows(&people) {
            self.hear_hub(HubEvent::People(people), turn);
        }
    }

    /// What somebody is asked to send directly, when they are shown this large. It is said on the direct channel alone: what is
    /// expected where nothing was said holds until that is open, for what came over the SFU would outlast it.
    fn asked_directly(&self, peer: &PeerId, view: ViewRequest) -> ViewRequest {
        match self.carriers.carrier(peer, Channel::Chat) {
            Some(Carrier::Hub) => ViewRequest::default(),
            Some(Carrier::Direct) | None => self.hub.asked_directly(peer, view),
        }
    }

    /// Tells the hub how large people are shown here, where that is different.
    fn tell_hub_of_views(&mut self, turn: &mut VisitTurn) {
        if self.hub.path().is_none() {
            return;
        }
        let view = self.stage_view();
        let people = self.call.call().into_iter().flat_map(|call| &call.people);
        let over_hub = people.filter(|person| person.sfu.is_some());
        let shown = over_hub.map(|person| {
            let peer = person.id.clone();
            let request = self.request_to(&peer, &view);
            (peer, request)
        });
        let shown = shown.filter(|(_, request)| *request != ViewRequest::HIDDEN);
        let shown = shown.collect();
        if !self.hub.shows(&shown) {
            self.hear_hub(HubEvent::Shown(shown), turn);
        }
    }

    /// Something happened to the hub.
    pub(super) fn hear_hub(&mut self, event: HubEvent, turn: &mut VisitTurn) {
        let context = HubContext {
            now: turn.context.now,
            ice_servers: self.call.call().map_or(&[], |call| &call.ice_servers),
            contact: self.call.contact(),
            relays: self.call.call().map_or(Relays::None, Call::relays),
            captured: self.sending_settings(),
            strain: self.sending.strain(),
            refuses_media: self.refuses_media,
            is_unmuted: self.media.sent().audio,
        };
        let effects = self.hub.handle(event, context);
        for effect in effects {
            self.perform_hub(effect, turn);
        }
        let link = self.hub.link();
        if let RoomState::Joined(call) | RoomState::Reconnecting(call, _) = &mut self.call
            && std::mem::replace(&mut call.hub, link) != link
        {
            turn.changed(Aspect::Call);
        }
    }

    fn perform_hub(&mut self, effect: HubEffect, turn: &mut VisitTurn) {
        match effect {
            HubEffect::Send(message) => turn.effect(VisitEffect::Send(message)),
            HubEffect::Connection(path, command) => turn.effect(VisitEffect::Path {
                path,
                to: PeerId::new(SfuTerms::PEER),
                command,
            }),
            HubEffect::Steer(targets) => {
                if let Some(path) = self.hub.path() {
                    turn.effect(VisitEffect::SteerHub(path, targets));
                }
            }
            HubEffect::Attribute(tracks) => turn.effect(VisitEffect::Attribute(tracks)),
            HubEffect::Choose(peer, kind, path) => {
                turn.effect(VisitEffect::Choose(peer, kind, path));
            }
            HubEffect::AskedOtherwise => turn.views_moved = true,
            HubEffect::Sample => turn.effect(VisitEffect::SampleLines),
            HubEffect::Transmit { channel, frame } => {
                turn.effect(VisitEffect::TransmitToHub { channel, frame });
            }
            HubEffect::Reopen(channel) => turn.effect(VisitEffect::OpenHubChannel(channel)),
            HubEffect::ChannelOpened(peer, channel) => {
                self.channel_opened(peer, channel, Carrier::Hub, turn);
            }
            HubEffect::ChannelClosed(peer, channel) => {
                self.channel_closed(peer, channel, Carrier::Hub, turn);
            }
            HubEffect::Frame(peer, channel, frame) if is_fallback(&frame) => {
                self.hear_fallback(peer, channel, turn);
            }
            HubEffect::Frame(peer, channel, frame) => {
                // What comes over another connection than the channel takes is late, and is said again.
                if self.carriers.carrier(&peer, channel) == Some(Carrier::Hub) {
                    let frame = MessagingEvent::Frame {
                        peer,
                        channel,
                        frame,
                    };
                    self.tell_messaging(frame, turn);
                }
            }
            HubEffect::Buffered(peer, bytes) => {
                if self.carriers.carrier(&peer, Channel::Files) == Some(Carrier::Hub) {
                    self.tell_messaging(MessagingEvent::Buffered { peer, bytes }, turn);
                }
            }
            HubEffect::Gate(peer, gate) => self.set_content_gate_of_hub(peer, gate, turn),
            HubEffect::LeaveDirect(peer) => self.leave_direct(peer, Channel::Files, turn),
            HubEffect::Renew(peer) => self.renew_files(peer, turn),
            HubEffect::Failing(peer, carrier) => {
                if let RoomState::Joined(call) | RoomState::Reconnecting(call, _) = &mut self.call {
                    reception::set_failing(call, &peer, carrier);
                    turn.changed(Aspect::Call);
                }
            }
            HubEffect::Paused(peer, kind, is_paused) => {
                let now = turn.context.now;
                if let RoomState::Joined(call) | RoomState::Reconnecting(call, _) = &mut self.call {
                    reception::set_paused(call, &peer, kind, is_paused, now);
                    turn.changed(Aspect::Call);
                }
            }
            HubEffect::Need(peer, need) => {
                self.in_call(turn, |call, turn| paths::set_need(call, &peer, need, turn));
                self.tell_hub_of_people(turn);
            }
            HubEffect::DoubtServer => self.in_call(turn, paths::doubt_socket),
        }
    }

    fn in_call(&mut self, turn: &mut VisitTurn, change: impl FnOnce(&mut Call, &mut Turn)) {
        let mut call_turn = Turn::new(turn.context, self.media.sent());
        if let RoomState::Joined(call) | RoomState::Reconnecting(call, _) = &mut self.call {
            change(call, &mut call_turn);
        }
        self.take_call_turn(call_turn, turn);
    }

    /// The connection to the SFU was read: what arrived in each slot is of whom the slot carries.
    fn read_hub(&mut self, reading: &Reading, now: Moment) {
        if self.hub.generation() != Some(reading.generation) {
            return;
        }
        let carried = self.hub.carried();
        let people = self.call.call().into_iter().flat_map(|call| &call.people);
        for person in people.filter(|person| person.need != Need::Media) {
            let theirs = carried.iter().filter(|(_, peer, _)| *peer == person.id);
            let tracks: Vec<_> = theirs.map(|(mid, _, kind)| (mid.clone(), *kind)).collect();
            let of_them = |mid: &str| tracks.iter().any(|(known, _)| known == mid);
            let reading = Reading {
                peer: person.id.clone(),
                generation: reading.generation | OVER_HUB,
                report: reading.report.received_in(of_them),
                tracks: TrackMap::new(tracks),
            };
            self.quality.take_received(reading, person.media, now);
        }
    }
}

#[cfg(test)]
#[path = "tests/sfu_rules.rs"]
mod tests;
