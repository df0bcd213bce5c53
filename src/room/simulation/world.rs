//! The world: a clock, a queue of what is going to happen, the participants and the server.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};

use crate::protocol::{
    ClientMessage, CloseCode, DisplayName, IceCandidate, PeerId, RoomName, ServerMessage,
};
use crate::room::{
    Circumstance, ConnectionState, Effect, Event, Intent, Moment, PeerCommand, PeerEvent,
    RoomState, SocketEvent, update,
};

use super::chance::Chance;
use super::connection::{Connection, Flavour, Outcome, Press};
use super::server::{Server, SocketId};
use super::story::{Act, Conditions};

/// Time between two ticks, in ms.
const TICK_MS: u64 = 500;

/// How long disconnected connections take to fail, in ms.
const FAILURE_MS: u64 = 6_000;

/// One participant.
pub(super) struct Participant {
    pub(super) state: RoomState,
    pub(super) connections: HashMap<PeerId, Connection>,
    pub(super) socket: Option<SocketId>,
    attempt: u64,
    /// When the last ordered message on the socket arrives: there, and here.
    sent: u64,
    received: u64,
    flavour: Flavour,
}

/// Something that is going to happen.
pub(super) enum Happening {
    Tick(usize),
    Connect {
        who: usize,
        attempt: u64,
    },
    ToServer {
        socket: SocketId,
        message: ClientMessage,
    },
    ToParticipant {
        socket: SocketId,
        message: ServerMessage,
    },
    ServerNotices(SocketId),
    Closed {
        socket: SocketId,
        code: CloseCode,
    },
    Finish {
        who: usize,
        peer: PeerId,
        generation: u32,
    },
    Report {
        who: usize,
        peer: PeerId,
        generation: u32,
        event: PeerEvent,
    },
    Check {
        who: usize,
        peer: PeerId,
        generation: u32,
    },
    Act(Act),
    ServerIsBack,
}

struct Scheduled {
    at: u64,
    order: u64,
    happening: Happening,
}

impl PartialEq for Scheduled {
    fn eq(&self, other: &Self) -> bool {
        (self.at, self.order) == (other.at, other.order)
    }
}

impl Eq for Scheduled {}

impl PartialOrd for Scheduled {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Scheduled {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.order).cmp(&(other.at, other.order))
    }
}

/// Everything there is.
pub(super) struct World {
    pub(super) now: u64,
    pub(super) chance: Chance,
    pub(super) conditions: Conditions,
    queue: BinaryHeap<Reverse<Scheduled>>,
    order: u64,
    pub(super) participants: Vec<Participant>,
    pub(super) server: Server,
    sockets: HashMap<SocketId, usize>,
    last_socket: SocketId,
    /// Who had which id.
    pub(super) owners: HashMap<PeerId, usize>,
    press: Press,
    /// Pairs of ICE generations between which the network is broken.
    pub(super) broken: HashSet<(u64, u64)>,
    pub(super) last_offer: u64,
    log: bool,
}

impl World {
    pub(super) fn new(seed: u64, log: bool) -> Self {
        let mut chance = Chance::new(seed);
        let conditions = Conditions::draw(&mut chance);
        let participants = (0..conditions.participants)
            .map(|index| Participant {
                state: RoomState::default(),
                connections: HashMap::new(),
                socket: None,
                attempt: 0,
                sent: 0,
                received: 0,
                flavour: if conditions.restless && index == 0 {
                    Flavour::Restless
                } else {
                    Flavour::Browser
                },
            })
            .collect();
        let mut world = Self {
            now: 0,
            chance,
            conditions,
            queue: BinaryHeap::new(),
            order: 0,
            participants,
            server: Server::new(),
            sockets: HashMap::new(),
            last_socket: 0,
            owners: HashMap::new(),
            press: Press::default(),
            broken: HashSet::new(),
            last_offer: 0,
            log,
        };
        world.tell(|| format!("{:?}", conditions));
        for who in 0..conditions.participants {
            let offset = world.chance.between(0, TICK_MS);
            world.schedule(offset, Happening::Tick(who));
        }
        world.write_story();
        world
    }

    pub(super) fn tell(&self, line: impl FnOnce() -> String) {
        if self.log {
            eprintln!("{:>7} {}", self.now, line());
        }
    }

    pub(super) fn schedule(&mut self, at: u64, happening: Happening) {
        self.order += 1;
        self.queue.push(Reverse(Scheduled {
            at: at.max(self.now),
            order: self.order,
            happening,
        }));
    }

    fn after(&mut self, from: u64, to: u64, happening: Happening) {
        let at = self.now + self.chance.between(from, to);
        self.schedule(at, happening);
    }

    /// Lets the next thing happen.
    pub(super) fn step(&mut self) {
        let Some(Reverse(next)) = self.queue.pop() else {
            panic!("ticks never end");
        };
        self.now = next.at;
        match next.happening {
            Happening::Tick(who) => {
                self.schedule(self.now + TICK_MS, Happening::Tick(who));
                if who == 0 && self.server.up {
                    self.server.expire(Moment(self.now));
                    self.deliver();
                }
                self.feed(who, Event::Tick);
            }
            Happening::Connect { who, attempt } => self.connect(who, attempt),
            Happening::ToServer { socket, message } => {
                if self.server.up {
                    self.server.on_message(socket, message, Moment(self.now));
                    self.deliver();
                }
            }
            Happening::ToParticipant { socket, message } => {
                if let Some(who) = self.listener(socket) {
                    if let ServerMessage::Welcome { peer, .. } = &message {
                        self.owners.insert(peer.clone(), who);
                    }
                    self.feed(who, Event::Server(message));
                }
            }
            Happening::ServerNotices(socket) => {
                self.server.on_drop(socket, Moment(self.now));
                self.deliver();
            }
            Happening::Closed { socket, code } => {
                if let Some(who) = self.listener(socket) {
                    self.participants[who].socket = None;
                    self.feed(who, Event::Socket(SocketEvent::Closed(code)));
                }
            }
            Happening::Finish {
                who,
                peer,
                generation,
            } => self.finish(who, peer, generation),
            Happening::Report {
                who,
                peer,
                generation,
                event,
            } => {
                self.feed(
                    who,
                    Event::Peer {
                        peer,
                        generation,
                        event,
                    },
                );
            }
            Happening::Check {
                who,
                peer,
                generation,
            } => self.check(who, &peer, generation),
            Happening::Act(act) => self.act(act),
            Happening::ServerIsBack => self.server.restart(Moment(self.now)),
        }
    }

    fn listener(&self, socket: SocketId) -> Option<usize> {
        let who = *self.sockets.get(&socket)?;
        (self.participants[who].socket == Some(socket)).then_some(who)
    }

    /// Feeds an event to a participant's model and does what it says.
    pub(super) fn feed(&mut self, who: usize, event: Event) {
        if !matches!(event, Event::Tick) {
            self.tell(|| format!("{who} <- {}", brief(&event)));
        }
        let circumstance = Circumstance {
            now: Moment(self.now),
            chance: self.chance.fraction(),
        };
        let effects = update(&mut self.participants[who].state, circumstance, event);
        for effect in effects {
            self.perform(who, effect);
        }
    }

    pub(super) fn join(&mut self, who: usize) {
        let room = RoomName::parse("simulation").unwrap();
        let name = DisplayName::parse(&format!("P{who}")).unwrap();
        self.feed(who, Event::Intent(Intent::Join { room, name }));
    }

    fn perform(&mut self, who: usize, effect: Effect) {
        match effect {
            Effect::Connect { after_ms } => {
                self.abandon(who);
                self.participants[who].attempt += 1;
                let attempt = self.participants[who].attempt;
                let at = self.now + after_ms + self.chance.between(2, 30);
                self.schedule(at, Happening::Connect { who, attempt });
            }
            Effect::Disconnect => {
                self.participants[who].attempt += 1;
                self.abandon(who);
            }
            Effect::Send(message) => self.send(who, message),
            Effect::Peer { peer, command } => self.command(who, peer, command),
            Effect::Notify(_) | Effect::Store(_) | Effect::ReleaseMedia => {}
        }
    }

    /// Closes the participant's socket from its side, after what was sent on it.
    fn abandon(&mut self, who: usize) {
        if let Some(socket) = self.participants[who].socket.take() {
            let at = self.participants[who].sent.max(self.now) + self.chance.between(1, 200);
            self.schedule(at, Happening::ServerNotices(socket));
        }
    }

    fn connect(&mut self, who: usize, attempt: u64) {
        if self.participants[who].attempt != attempt {
            return;
        }
        if !self.server.up {
            let code = CloseCode::Other(1006);
            self.feed(who, Event::Socket(SocketEvent::Closed(code)));
            return;
        }
        self.last_socket += 1;
        let socket = self.last_socket;
        self.sockets.insert(socket, who);
        let participant = &mut self.participants[who];
        participant.socket = Some(socket);
        participant.sent = self.now;
        participant.received = self.now;
        self.feed(who, Event::Socket(SocketEvent::Opened));
    }

    fn send(&mut self, who: usize, message: ClientMessage) {
        let mut message = message;
        let Some(socket) = self.participants[who].socket else {
            self.tell(|| format!("{who} lost {message:?}"));
            return;
        };
        if let ClientMessage::Offer { serial, .. } | ClientMessage::Answer { serial, .. } =
            &mut message
        {
            self.last_offer = self.now;
            if self.conditions.without_serials {
                *serial = None;
            }
        }
        let latency = self.chance.between(1, self.conditions.latency_ms);
        let participant = &mut self.participants[who];
        let at = participant.sent.max(self.now + latency);
        let free = self.conditions.reorders
            && matches!(
                message,
                ClientMessage::Offer { .. }
                    | ClientMessage::Answer { .. }
                    | ClientMessage::IceCandidate { .. }
            );
        if !free {
            participant.sent = at;
        }
        self.schedule(at, Happening::ToServer { socket, message });
    }

    /// Sends out what the server has to say.
    fn deliver(&mut self) {
        for (socket, message) in std::mem::take(&mut self.server.outbox) {
            let Some(who) = self.listener(socket) else {
                continue;
            };
            let latency = self.chance.between(1, self.conditions.latency_ms);
            let participant = &mut self.participants[who];
            let at = participant.received.max(self.now + latency);
            let free = self.conditions.reorders
                && matches!(
                    message,
                    ServerMessage::Offer { .. }
                        | ServerMessage::Answer { .. }
                        | ServerMessage::IceCandidate { .. }
                );
            if !free {
                participant.received = at;
            }
            self.schedule(at, Happening::ToParticipant { socket, message });
        }
        for socket in std::mem::take(&mut self.server.taken_over) {
            let code = CloseCode::ResumedElsewhere;
            self.after(1, 50, Happening::Closed { socket, code });
        }
    }

    /// A socket breaks: each side finds out in its own time, and what is on the way to the participant is lost.
    pub(super) fn break_socket(&mut self, who: usize, code: CloseCode) {
        let Some(socket) = self.participants[who].socket else {
            return;
        };
        if self.chance.percent(70) {
            self.participants[who].socket = None;
            self.after(0, 6_000, Happening::ServerNotices(socket));
            self.feed(who, Event::Socket(SocketEvent::Closed(code)));
        } else {
            self.server.on_drop(socket, Moment(self.now));
            self.deliver();
            self.after(0, 3_000, Happening::Closed { socket, code });
        }
    }

    fn command(&mut self, who: usize, peer: PeerId, command: PeerCommand) {
        self.tell(|| format!("{who} ! {peer}: {}", brief(&command)));
        match command {
            PeerCommand::Open {
                generation,
                initiator,
                ..
            } => {
                let identity = self.press.fresh();
                let connection = Connection::new(identity, generation, initiator);
                let before = self.participants[who]
                    .connections
                    .insert(peer.clone(), connection);
                assert!(before.is_none(), "one connection at a time to each person");
                self.fire_negotiation_needed(who, &peer);
            }
            PeerCommand::Close => {
                let gone = self.participants[who].connections.remove(&peer);
                assert!(gone.is_some(), "only what is open is closed");
                self.check_soon(who, &peer);
            }
            PeerCommand::AddCandidate(candidate) => {
                let connection = self.connection(who, &peer);
                assert!(
                    connection.remote.is_some(),
                    "candidates wait for the remote description"
                );
                if let Some(candidate) = candidate {
                    let fragment = candidate.username_fragment.unwrap().parse().unwrap();
                    connection.candidates.insert(fragment);
                    self.check_soon(who, &peer);
                }
            }
            PeerCommand::SetIceServers(_) => {}
            operation => {
                let connection = self.connection(who, &peer);
                assert!(
                    connection.operation.is_none(),
                    "one operation at a time, not {operation:?} during {:?}",
                    connection.operation
                );
                connection.operation = Some(operation);
                let generation = connection.generation;
                self.after(
                    0,
                    30,
                    Happening::Finish {
                        who,
                        peer,
                        generation,
                    },
                );
            }
        }
    }

    fn connection(&mut self, who: usize, peer: &PeerId) -> &mut Connection {
        self.participants[who]
            .connections
            .get_mut(peer)
            .expect("commands are for open connections")
    }

    fn open_connection(
        &mut self,
        who: usize,
        peer: &PeerId,
        generation: u32,
    ) -> Option<&mut Connection> {
        self.participants[who]
            .connections
            .get_mut(peer)
            .filter(|connection| connection.generation == generation)
    }

    fn finish(&mut self, who: usize, peer: PeerId, generation: u32) {
        let fails = self.chance.percent(self.conditions.failing_percent);
        let flavour = self.participants[who].flavour;
        let Some(connection) = self.participants[who]
            .connections
            .get_mut(&peer)
            .filter(|connection| connection.generation == generation)
        else {
            return;
        };
        let event = match connection.finish(&mut self.press, flavour, fails) {
            Outcome::Offered(offer) => {
                self.gather(who, &peer, generation, offer.fragment);
                PeerEvent::LocalOffer { sdp: offer.text() }
            }
            Outcome::Answered(answer) => {
                self.gather(who, &peer, generation, answer.fragment);
                PeerEvent::LocalAnswer { sdp: answer.text() }
            }
            Outcome::Applied => PeerEvent::AnswerApplied,
            Outcome::Failed => PeerEvent::OperationFailed {
                name: "OperationError".to_owned(),
            },
        };
        self.feed(
            who,
            Event::Peer {
                peer: peer.clone(),
                generation,
                event,
            },
        );
        self.fire_negotiation_needed(who, &peer);
        self.check_soon(who, &peer);
    }

    fn gather(&mut self, who: usize, peer: &PeerId, generation: u32, fragment: u64) {
        for last in [false, true] {
            let candidate = (!last).then(|| IceCandidate {
                candidate: "candidate".to_owned(),
                username_fragment: Some(fragment.to_string()),
                ..IceCandidate::default()
            });
            let event = PeerEvent::Candidate(candidate);
            let peer = peer.clone();
            self.after(
                1,
                60,
                Happening::Report {
                    who,
                    peer,
                    generation,
                    event,
                },
            );
        }
    }

    pub(super) fn fire_negotiation_needed(&mut self, who: usize, peer: &PeerId) {
        if let Some(connection) = self.participants[who].connections.get(peer)
            && connection.needs_negotiation()
        {
            let generation = connection.generation;
            let (peer, event) = (peer.clone(), PeerEvent::NegotiationNeeded);
            self.after(
                0,
                10,
                Happening::Report {
                    who,
                    peer,
                    generation,
                    event,
                },
            );
        }
    }

    /// Both ends look at their connection again.
    pub(super) fn check_soon(&mut self, who: usize, peer: &PeerId) {
        self.schedule_check(who, peer, 10);
        let me = self.participants[who]
            .state
            .call()
            .map(|call| call.me.clone());
        if let (Some(me), Some(other)) = (me, self.owners.get(peer).copied()) {
            self.schedule_check(other, &me, 10);
        }
    }

    fn schedule_check(&mut self, who: usize, peer: &PeerId, wait: u64) {
        if let Some(connection) = self.participants[who].connections.get(peer) {
            let (generation, peer) = (connection.generation, peer.clone());
            self.after(
                wait,
                wait + 30,
                Happening::Check {
                    who,
                    peer,
                    generation,
                },
            );
        }
    }

    /// Whether media flows between these two.
    pub(super) fn flows(&self, who: usize, peer: &PeerId) -> bool {
        let (Some(call), Some(other)) =
            (self.participants[who].state.call(), self.owners.get(peer))
        else {
            return false;
        };
        let there = &self.participants[*other].connections;
        let (Some(mine), Some(theirs)) = (
            self.participants[who].connections.get(peer),
            there.get(&call.me),
        ) else {
            return false;
        };
        let (Some(local), Some(remote)) = (mine.local, mine.remote) else {
            return false;
        };
        let pair = (
            local.fragment.min(remote.fragment),
            local.fragment.max(remote.fragment),
        );
        mine.reaches(theirs) && !self.broken.contains(&pair)
    }

    fn check(&mut self, who: usize, peer: &PeerId, generation: u32) {
        let flows = self.flows(who, peer);
        let now = Moment(self.now);
        let Some(connection) = self.open_connection(who, peer, generation) else {
            return;
        };
        let before = connection.state;
        let mut again = None;
        if flows {
            connection.broken_since = None;
            connection.state = ConnectionState::Connected;
        } else {
            match (before, connection.broken_since) {
                (ConnectionState::Connected, None) => {
                    connection.broken_since = Some(now);
                    again = Some(1_500);
                }
                (ConnectionState::Connected, Some(since)) if now.since(since) >= 1_000 => {
                    connection.state = ConnectionState::Disconnected;
                    again = Some(FAILURE_MS);
                }
                (ConnectionState::Disconnected, Some(since)) if now.since(since) >= FAILURE_MS => {
                    connection.state = ConnectionState::Failed;
                }
                _ => {}
            }
        }
        let state = connection.state;
        if let Some(wait) = again {
            self.schedule_check(who, peer, wait);
        }
        if state != before {
            let peer = peer.clone();
            let event = PeerEvent::Connection(state);
            self.feed(
                who,
                Event::Peer {
                    peer,
                    generation,
                    event,
                },
            );
        }
    }
}

fn brief(value: &impl std::fmt::Debug) -> String {
    let text = format!("{value:?}").replace("\\n", " ");
    text.chars().take(260).collect()
}
