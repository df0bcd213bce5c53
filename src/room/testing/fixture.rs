//! One participant under test: events go in by short words, effects come out.

use crate::protocol::{
    ClientMessage, CloseCode, DepartureReason, DisplayName, ErrorCode, IceServer, Limits,
    MediaState, ParticipantKind, PeerId, PeerInfo, ProtocolError, ResumeToken, RoomName,
    ServerMessage,
};
use crate::room::call::change::CallChange;
use crate::room::call::effect::Effect;
use crate::room::call::event::{CallAction, Event, SocketEvent};
use crate::room::call::person::Person;
use crate::room::call::state::RoomState;
use crate::room::call::turn::Turn;
use crate::room::call::update::update;
use crate::room::context::Context;
use crate::room::moment::Moment;
use crate::room::notice::Notice;
use crate::room::path::command::PeerCommand;
use crate::room::path::id::PathIds;
use crate::room::path::mesh::Path;
use crate::room::path::report::PeerEvent;
use crate::room::path::state::PathState;

pub(crate) const BOTH: MediaState = MediaState {
    audio: true,
    video: true,
    screen: false,
};

/// A participant and the clock.
#[derive(Default)]
pub(crate) struct OneCall {
    pub(crate) state: RoomState,
    pub(crate) now: u64,
    /// The participant sends this.
    pub(crate) sent: MediaState,
    /// The last event changed this.
    pub(crate) changes: Vec<CallChange>,
    /// Whether questions get no answer. Answered ones are not among the effects of [`Self::wait`].
    pub(crate) server_is_mute: bool,
}

pub(crate) fn peer(id: &str) -> PeerId {
    PeerId::new(id)
}

pub(crate) fn info(id: &str) -> PeerInfo {
    PeerInfo {
        peer: peer(id),
        name: format!("Name of {id}"),
        media: MediaState::default(),
        hand: false,
        hand_place: None,
        away: false,
        kind: ParticipantKind::Person,
        sfu: None,
    }
}

pub(crate) fn name(id: &str) -> DisplayName {
    DisplayName::parse(&format!("Name of {id}")).unwrap()
}

pub(crate) fn limits() -> Limits {
    Limits {
        room_capacity: 5,
        message_bytes: 65_536,
        message_rate: 100,
        seat_kept_ms: 30_000,
        mesh_capacity: None,
    }
}

pub(crate) fn welcome(resumed: bool, others: &[&str]) -> ServerMessage {
    ServerMessage::Welcome {
        peer: peer("me"),
        resume: ResumeToken::new(if resumed { "second" } else { "first" }),
        resumed,
        room: "team-standup".to_owned(),
        peers: others.iter().map(|id| info(id)).collect(),
        ice_servers: Vec::new(),
        ice_transport_policy: crate::protocol::IceTransportPolicy::All,
        limits: limits(),
        recovering: false,
        sfu: None,
    }
}

impl OneCall {
    /// In the call, with these who were there before.
    pub(crate) fn joined(others: &[&str]) -> Self {
        let mut visit = Self::default();
        visit.join();
        visit.socket(SocketEvent::Opened);
        visit.server(welcome(false, others));
        visit
    }

    /// In the call with these, to all of whom the path works.
    pub(crate) fn connected(others: &[&str]) -> Self {
        let mut visit = Self::joined(others);
        for id in others {
            visit.connect(id);
        }
        visit
    }

    /// Carries the negotiation of somebody who was offered to through to a connection.
    pub(crate) fn connect(&mut self, id: &str) {
        self.peer(
            id,
            1,
            PeerEvent::LocalOffer {
                sdp: "offer".to_owned(),
            },
        );
        self.server(ServerMessage::Answer {
            from: peer(id),
            sdp: "answer".to_owned(),
            serial: Some(1),
        });
        self.peer(id, 1, PeerEvent::AnswerApplied);
        self.peer(
            id,
            1,
            PeerEvent::Connection(crate::room::ConnectionState::Connected),
        );
    }

    pub(crate) fn feed(&mut self, event: Event) -> Vec<Effect> {
        let context = Context {
            now: Moment(self.now),
            chance: 1.0,
        };
        let mut turn = Turn::new(context, self.sent);
        update(&mut self.state, event, &mut turn);
        self.changes = turn.changes;
        turn.effects
    }

    pub(crate) fn join(&mut self) -> Vec<Effect> {
        self.feed(Event::Action(CallAction::Join {
            room: RoomName::parse("team-standup").unwrap(),
            name: DisplayName::parse("Ada").unwrap(),
        }))
    }

    pub(crate) fn act(&mut self, action: CallAction) -> Vec<Effect> {
        self.feed(Event::Action(action))
    }

    pub(crate) fn server(&mut self, message: ServerMessage) -> Vec<Effect> {
        self.feed(Event::Server(message))
    }

    pub(crate) fn socket(&mut self, event: SocketEvent) -> Vec<Effect> {
        self.feed(Event::Socket(event))
    }

    pub(crate) fn closed(&mut self, code: u16) -> Vec<Effect> {
        self.socket(SocketEvent::Closed(CloseCode::from(code)))
    }

    pub(crate) fn error(&mut self, code: ErrorCode, fatal: bool) -> Vec<Effect> {
        self.server(ServerMessage::Error(ProtocolError {
            code,
            message: "words".to_owned(),
            fatal,
        }))
    }

    pub(crate) fn left(&mut self, id: &str, reason: DepartureReason) -> Vec<Effect> {
        self.server(ServerMessage::PeerLeft {
            peer: peer(id),
            reason,
        })
    }

    /// The connection to this person reports; to somebody without a path, the connection of a path that nobody has.
    pub(crate) fn peer(&mut self, id: &str, generation: u32, event: PeerEvent) -> Vec<Effect> {
        let person = self.state.person(&peer(id));
        let direct = person.and_then(|person| person.direct);
        self.feed(Event::Path {
            path: direct.unwrap_or_else(|| PathIds::since(Moment(u64::MAX)).give()),
            generation,
            event,
        })
    }

    /// Lets time pass, with the ticks that belong to it.
    pub(crate) fn wait(&mut self, ms: u64) -> Vec<Effect> {
        let until = self.now + ms;
        let mut effects = Vec::new();
        while self.now < until {
            self.now = (self.now + 250).min(until);
            let mut fresh = self.feed(Event::Tick);
            if !self.server_is_mute {
                let before = fresh.len();
                fresh.retain(|effect| *effect != Effect::Send(ClientMessage::IceServers));
                if fresh.len() != before {
                    fresh.extend(self.answer_question());
                }
            }
            effects.extend(fresh);
        }
        effects
    }

    /// The server answers `ice-servers` with what was known before.
    pub(crate) fn answer_question(&mut self) -> Vec<Effect> {
        let call = self.state.call();
        let ice_servers = call.map_or_else(Vec::new, |call| call.ice_servers.clone());
        self.server(ServerMessage::IceServers { ice_servers })
    }

    pub(crate) fn person(&self, id: &str) -> &Person {
        self.state.call().unwrap().person(&peer(id)).unwrap()
    }

    /// The path to this person.
    pub(crate) fn path(&self, id: &str) -> &Path {
        self.state.call().unwrap().path_to(self.person(id)).unwrap()
    }

    /// Where the path to this person stands.
    pub(crate) fn link(&self, id: &str) -> PathState {
        self.path(id).state()
    }

    pub(crate) fn people(&self) -> Vec<&str> {
        let people = &self.state.call().unwrap().people;
        people.iter().map(|person| person.id.as_str()).collect()
    }
}

/// The messages among the effects.
pub(crate) fn sent(effects: &[Effect]) -> Vec<&ClientMessage> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Send(message) => Some(message),
            _ => None,
        })
        .collect()
}

/// The notices among the effects.
pub(crate) fn notices(effects: &[Effect]) -> Vec<&Notice> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Notify(notice) => Some(notice),
            _ => None,
        })
        .collect()
}

/// The commands to the connection with this peer.
pub(crate) fn commands<'a>(effects: &'a [Effect], id: &str) -> Vec<&'a PeerCommand> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Path { to, command, .. } if to.as_str() == id => Some(command),
            _ => None,
        })
        .collect()
}

/// A server for ICE.
pub(crate) fn ice_server(url: &str) -> IceServer {
    IceServer {
        urls: vec![url.to_owned()],
        username: None,
        credential: None,
    }
}
