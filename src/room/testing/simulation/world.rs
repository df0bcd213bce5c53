//! The world: a clock, a queue of what is going to happen, the participants and the server.

use std::collections::{HashMap, HashSet};

use super::connection::{Connection, Flavour, Press};
use super::server::{Server, SocketId};
use super::story::{Act, Conditions};
use crate::protocol::{
    ClientMessage, CloseCode, DisplayName, MediaState, PeerId, RoomName, ServerMessage,
};
use crate::random::Random;
use crate::room::call::effect::Effect;
use crate::room::call::event::{CallAction, Event, SocketEvent};
use crate::room::call::state::RoomState;
use crate::room::call::turn::Turn;
use crate::room::call::update::update;
use crate::room::context::Context;
use crate::room::moment::Moment;
use crate::room::path::id::PathId;
use crate::room::path::report::PeerEvent;
use crate::room::testing::agenda::Agenda;
use crate::room::testing::deadline::{self, Look, Pacing};

/// Time between two ticks, in ms.
const TICK_MS: u64 = 500;

/// Every so many stories one is looked at closely at every tick.
const CLOSE_LOOK: u64 = 20;

/// One participant.
pub(crate) struct Participant {
    pub(crate) state: RoomState,
    /// They send this.
    pub(crate) sending: MediaState,
    pub(crate) connections: HashMap<PeerId, Connection>,
    pub(crate) socket: Option<SocketId>,
    pub(crate) attempt: u64,
    /// When the last ordered message on the socket arrives: there, and here.
    pub(crate) sent: u64,
    pub(crate) received: u64,
    pub(crate) flavour: Flavour,
    /// When the next tick comes, if only deadlines bring one.
    pub(crate) due: Option<Moment>,
}

/// Something that is going to happen.
pub(crate) enum Happening {
    Tick(usize),
    /// A deadline of this participant comes, unless another took its place.
    Deadline(usize),
    /// The server looks for seats that are kept no longer.
    Expire,
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
        path: PathId,
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

/// Everything there is.
pub(crate) struct World {
    pub(crate) now: u64,
    pub(crate) chance: Random,
    pub(crate) conditions: Conditions,
    agenda: Agenda<Happening>,
    pub(crate) participants: Vec<Participant>,
    pub(crate) server: Server,
    pub(crate) sockets: HashMap<SocketId, usize>,
    pub(crate) last_socket: SocketId,
    /// Who had which id.
    pub(crate) owners: HashMap<PeerId, usize>,
    pub(crate) press: Press,
    /// Pairs of ICE generations between which the network is broken.
    pub(crate) broken: HashSet<(u64, u64)>,
    pub(crate) last_offer: u64,
    pacing: Pacing,
    look: Look,
    log: bool,
}

impl World {
    pub(crate) fn new(seed: u64, pacing: Pacing, log: bool) -> Self {
        let mut chance = Random::new(seed);
        let conditions = Conditions::draw(&mut chance);
        let participants = (0..conditions.participants)
            .map(|index| Participant {
                state: RoomState::default(),
                sending: MediaState::default(),
                connections: HashMap::new(),
                socket: None,
                attempt: 0,
                sent: 0,
                received: 0,
                flavour: if conditions.restless && index == 0 {
                    Flavour::restless(seed)
                } else {
                    Flavour::Browser
                },
                due: None,
            })
            .collect();
        let mut world = Self {
            now: 0,
            chance,
            conditions,
            agenda: Agenda::default(),
            participants,
            server: Server::new(),
            sockets: HashMap::new(),
            last_socket: 0,
            owners: HashMap::new(),
            press: Press::default(),
            broken: HashSet::new(),
            last_offer: 0,
            pacing,
            look: if seed.is_multiple_of(CLOSE_LOOK) {
                Look::Close
            } else {
                Look::Casual
            },
            log,
        };
        world.tell(|| format!("{:?}", conditions));
        match pacing {
            Pacing::Regular => {
                for who in 0..conditions.participants {
                    let offset = world.chance.between(0, TICK_MS);
                    world.schedule(offset, Happening::Tick(who));
                }
            }
            Pacing::AtDeadlines => world.schedule(0, Happening::Expire),
        }
        world.write_story();
        world
    }

    pub(crate) fn tell(&self, line: impl FnOnce() -> String) {
        if self.log {
            eprintln!("{:>7} {}", self.now, line());
        }
    }

    pub(crate) fn schedule(&mut self, at: u64, happening: Happening) {
        self.agenda.plan(at.max(self.now), happening);
    }

    pub(crate) fn after(&mut self, from: u64, to: u64, happening: Happening) {
        let at = self.now + self.chance.between(from, to);
        self.schedule(at, happening);
    }

    /// Lets the next thing happen.
    pub(crate) fn step(&mut self) {
        let Some((now, happening)) = self.agenda.next() else {
            panic!("the server looks for ever");
        };
        self.now = now;
        match happening {
            Happening::Tick(who) => {
                self.schedule(self.now + TICK_MS, Happening::Tick(who));
                if who == 0 {
                    self.expire();
                }
                self.feed(who, Event::Tick);
            }
            Happening::Deadline(who) => {
                if self.participants[who].due == Some(Moment(self.now)) {
                    self.participants[who].due = None;
                    self.feed(who, Event::Tick);
                }
            }
            Happening::Expire => {
                self.schedule(self.now + TICK_MS, Happening::Expire);
                self.expire();
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
                path,
                generation,
                event,
            } => {
                self.feed(
                    who,
                    Event::Path {
                        path,
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

    fn expire(&mut self) {
        if self.server.up {
            self.server.expire(Moment(self.now));
            self.deliver();
        }
    }

    pub(crate) fn listener(&self, socket: SocketId) -> Option<usize> {
        let who = *self.sockets.get(&socket)?;
        (self.participants[who].socket == Some(socket)).then_some(who)
    }

    /// Feeds an event to a participant's model and does what it says.
    pub(crate) fn feed(&mut self, who: usize, event: Event) {
        if !matches!(event, Event::Tick) {
            self.tell(|| format!("{who} <- {}", brief(&event)));
        }
        let context = Context {
            now: Moment(self.now),
            chance: self.chance.fraction(),
        };
        let look = self.look;
        let participant = &mut self.participants[who];
        let sent = participant.sending;
        let update = |state: &mut RoomState, event| {
            let mut turn = Turn::new(context, sent);
            update(state, event, &mut turn);
            turn.effects
        };
        let state = &mut participant.state;
        let effects = match event {
            Event::Tick => {
                let tick = |state: &mut RoomState| update(state, Event::Tick);
                deadline::tick(state, context.now, look, RoomState::next_deadline, tick)
            }
            event => update(state, event),
        };
        if self.pacing == Pacing::AtDeadlines {
            self.follow_deadline(who);
        }
        for effect in effects {
            self.perform(who, effect);
        }
        self.look_at_pictures(who);
    }

    /// Whatever happened: every connection holds pictures back where its path says so.
    fn look_at_pictures(&self, who: usize) {
        let participant = &self.participants[who];
        for (peer, connection) in &participant.connections {
            let call = participant.state.call();
            let path = call.and_then(|call| call.path_to(call.person(peer)?));
            let path = path.expect("a connection belongs to a path");
            assert_eq!(connection.pictures, path.pictures(), "{who} to {peer}");
        }
    }

    /// Sees to it that the participant is ticked at the next deadline, at once when that has passed.
    fn follow_deadline(&mut self, who: usize) {
        let now = Moment(self.now);
        let due = self.participants[who].state.next_deadline();
        let due = due.map(|due| due.max(now));
        if std::mem::replace(&mut self.participants[who].due, due) != due
            && let Some(due) = due
        {
            self.schedule(due.0, Happening::Deadline(who));
        }
    }

    pub(crate) fn join(&mut self, who: usize) {
        let room = RoomName::parse("simulation").unwrap();
        let name = DisplayName::parse(&format!("P{who}")).unwrap();
        self.feed(who, Event::Action(CallAction::Join { room, name }));
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
            Effect::Path { path, to, command } => self.command(who, path, to, command),
            // The simulated server learns of it over the socket.
            Effect::GiveUpSeat { .. } | Effect::Notify(_) | Effect::ReleaseMedia => {}
        }
    }
}

pub(crate) fn brief(value: &impl std::fmt::Debug) -> String {
    let text = format!("{value:?}").replace("\\n", " ");
    text.chars().take(260).collect()
}
