//! The call: events into the model, effects out to the socket and the connections.

use leptos::prelude::*;
use send_wrapper::SendWrapper;

use super::engine::Engine;
use crate::client::report::{Report, SocketReport};
use crate::client::rtc::connection::IceConfiguration;
use crate::client::rtc::peer::Peer;
use crate::protocol::fields::read_text;
use crate::protocol::{CloseCode, PeerId, ServerMessage};
use crate::room::call::update::update;
use crate::room::{
    ConnectionState, Effect, Event, Participant, PathId, PeerCommand, PeerEvent, Pictures,
    RoomState, Route, SocketEvent,
};

/// What a socket ends with that we gave up ourselves (RFC 6455 section 7.4.1).
const GIVEN_UP: CloseCode = CloseCode::Other(1006);

impl Engine {
    /// Applies an event to the room and performs what follows from it.
    pub(super) fn apply(&mut self, event: Event) {
        let context = self.page.clock.context();
        let before = self.page.session.state.with_untracked(Situation::of);
        let effects = self
            .page
            .session
            .state
            .try_update(|state| update(state, context, event))
            .unwrap_or_default();
        for effect in effects {
            self.perform(effect);
        }
        let after = self.page.session.state.with_untracked(Situation::of);
        if after != before {
            self.moved(&before, &after);
        }
        self.follow_company();
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Connect { after_ms: 0 } => self.signaling.connect(),
            Effect::Connect { after_ms } => self.signaling.connect_after(after_ms),
            Effect::Disconnect => self.signaling.disconnect(),
            Effect::Send(message) => self.signaling.send(&message),
            Effect::Path { path, to, command } => self.command(path, to, command),
            Effect::Notify(notice) => self.tell(notice),
            Effect::ReleaseMedia => self.release_media(),
        }
    }

    /// Gives up the socket as if it had failed; the next `welcome` repairs what was missed.
    pub(super) fn lose_socket(&mut self) {
        if self.signaling.has_socket() {
            self.signaling.disconnect();
            leptos::logging::warn!("visavis: too much at once; connecting anew");
            self.apply(Event::Socket(SocketEvent::Closed(GIVEN_UP)));
        }
    }

    /// Takes a report of the socket with this number.
    pub(super) fn take_socket_report(&mut self, number: u32, report: SocketReport) {
        if !self.signaling.is_current(number) {
            return;
        }
        match report {
            SocketReport::Opened => self.apply(Event::Socket(SocketEvent::Opened)),
            SocketReport::Text(text) => {
                // A type of a newer server is not an error of ours.
                if let Ok(message) = read_text::<ServerMessage>(&text) {
                    self.apply(Event::Server(message));
                }
            }
            SocketReport::Closed(code) => {
                self.signaling.socket_closed();
                self.apply(Event::Socket(SocketEvent::Closed(code)));
            }
        }
    }

    /// Takes what an operation of a connection ended with.
    pub(super) fn operation_ended(&mut self, path: PathId, generation: u32, event: PeerEvent) {
        let answered = matches!(event, PeerEvent::LocalAnswer { .. });
        self.apply(Event::Path {
            path,
            generation,
            event,
        });
        if answered && let Some(peer) = self.connections.on_path(path) {
            peer.complete();
        }
        self.settle(path);
    }

    fn command(&mut self, path: PathId, to: PeerId, command: PeerCommand) {
        if let PeerCommand::Open {
            generation,
            initiator,
            ice_servers,
        } = command
        {
            if self.connections.close(path).is_some() {
                self.channels_gone(&to);
            }
            self.warn_of_shown_address();
            let ice = IceConfiguration {
                servers: ice_servers,
                policy: self.ice_transport_policy(),
                route: Route::Any,
            };
            match Peer::open(path, to.clone(), generation, ice, &self.page.reporter) {
                Ok(mut peer) => {
                    if initiator {
                        peer.complete();
                    }
                    peer.send(self.own.tracks());
                    self.connections.insert(path, peer);
                    self.quality
                        .connection_replaced(&to, &mut self.connections, &self.own);
                    self.settle(path);
                }
                Err(_) => self.page.reporter.report(Report::Path {
                    path,
                    generation,
                    event: PeerEvent::Connection(ConnectionState::Failed),
                }),
            }
            return;
        }
        if command == PeerCommand::Close {
            self.close(path);
            return;
        }
        let Some(peer) = self.connections.on_path(path) else {
            return;
        };
        match command {
            PeerCommand::Offer { ice_restart } => peer.offer(ice_restart),
            PeerCommand::AcceptOffer { sdp } => peer.accept_offer(sdp),
            PeerCommand::AcceptAnswer { sdp } => peer.accept_answer(sdp),
            PeerCommand::AddCandidate(candidate) => peer.add_candidate(candidate),
            PeerCommand::SetRoute(route) => peer.set_route(route),
            PeerCommand::SetPictures(pictures) => peer.hold_pictures(pictures == Pictures::Held),
            PeerCommand::SetIceServers(ice_servers) => peer.set_ice_servers(ice_servers),
            PeerCommand::Open { .. } | PeerCommand::Close => {}
        }
    }

    fn close(&mut self, path: PathId) {
        let Some(whom) = self.connections.close(path) else {
            return;
        };
        self.channels_gone(&whom);
        let participant = Participant::Peer(whom);
        self.voices.silence(&participant);
        self.page
            .session
            .streams
            .update(|streams| streams.retain(|(whose, _), _| *whose != participant));
        self.quality
            .follow_connections(&mut self.connections, &self.own);
    }

    /// Brings a connection in line after something changed in it, and shows the streams it brought.
    fn settle(&mut self, path: PathId) {
        let Some(peer) = self.connections.on_path(path) else {
            return;
        };
        let fresh = peer.settle();
        if fresh.is_empty() {
            return;
        }
        let whom = peer.whom().clone();
        self.voices.measure(&whom, &fresh);
        let participant = Participant::Peer(whom);
        self.page.session.streams.update(|streams| {
            for (kind, stream) in fresh {
                streams.insert((participant.clone(), kind), SendWrapper::new(stream));
            }
        });
    }

    /// After the participant moved from one state to another, or people went.
    fn moved(&mut self, before: &Situation, after: &Situation) {
        self.voices.forget_all_but(&after.people);
        if before.sharing != after.sharing {
            self.page
                .session
                .stage
                .update(|stage| stage.set_shares(&after.sharing));
        }
        self.attention.keep_awake(&self.errands);
        if before.outside && !after.outside {
            self.acquire_media();
        }
    }
}

/// As much of the state as the engine needs to see that something changed.
#[derive(PartialEq)]
struct Situation {
    /// The call is over, and no device is in use.
    outside: bool,
    /// The participant is in the call, and the screen stays on.
    inside: bool,
    people: Vec<PeerId>,
    sharing: Vec<Participant>,
}

impl Situation {
    fn of(state: &RoomState) -> Self {
        let call = state.call();
        let others = call.into_iter().flat_map(|call| &call.people);
        let sharing = others
            .filter(|person| person.media.screen)
            .map(|person| Participant::Peer(person.id.clone()));
        let me = call.filter(|call| call.media.screen);
        Self {
            outside: matches!(state, RoomState::Left(_)),
            inside: call.is_some(),
            sharing: sharing.chain(me.map(|_| Participant::Me)).collect(),
            people: call
                .map(|call| call.people.iter().map(|person| person.id.clone()).collect())
                .unwrap_or_default(),
        }
    }
}
