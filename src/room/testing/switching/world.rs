//! The world of the visits: a clock, a queue of what is going to happen, the visitors, the server and its SFU.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::files::Files;
use super::hearing::Heard;
use super::sfu::Sfu;
use super::story::{Act, Conditions};
use super::visitor::Visitor;
use crate::protocol::sfu::SfuMessage;
use crate::protocol::{ClientMessage, CloseCode, PeerId, ServerMessage};
use crate::random::Random;
use crate::room::call::event::{Event, SocketEvent};
use crate::room::channel::Channel;
use crate::room::context::Context;
use crate::room::messaging::channel::frame::Frame;
use crate::room::moment::Moment;
use crate::room::path::command::SlotCounts;
use crate::room::path::id::PathId;
use crate::room::path::report::PeerEvent;
use crate::room::testing::agenda::Agenda;
use crate::room::testing::simulation::connection::Press;
use crate::room::testing::simulation::server::{Server, SocketId};
use crate::room::visit::event::VisitEvent;

/// The SFU looks at everything so often, in ms.
const ROUND_MS: u64 = 100;

/// Files are drawn from numbers of their own, so that the rest of a story is the same without them.
const FILES: u64 = 0x66_69_6c_65_73;

/// What the server says over a socket.
#[derive(Clone, Debug)]
pub(crate) enum Said {
    Message(ServerMessage),
    OfSfu(SfuMessage),
}

/// Something that is going to happen.
pub(crate) enum Happening {
    /// A deadline of this visitor comes, unless another took its place.
    Deadline(usize),
    /// The SFU and the server look at what is overdue.
    Round,
    Connect {
        who: usize,
        attempt: u64,
    },
    ToServer {
        socket: SocketId,
        message: ClientMessage,
    },
    ToVisitor {
        socket: SocketId,
        said: Said,
    },
    Closed {
        socket: SocketId,
        code: CloseCode,
    },
    ServerNotices(SocketId),
    /// The answer of the SFU is ready.
    Answer {
        peer: PeerId,
        author: u64,
        own: (u64, u64),
        serial: Option<u32>,
    },
    /// The SFU says that it does not do what somebody wants.
    Refusal(PeerId),
    /// An operation of a connection ends.
    Finish {
        who: usize,
        path: PathId,
        generation: u32,
    },
    Report {
        who: usize,
        path: PathId,
        generation: u32,
        event: PeerEvent,
    },
    /// A connection is looked at.
    Check {
        who: usize,
        path: PathId,
        generation: u32,
    },
    /// The channels of a connection open.
    Open {
        who: usize,
        path: PathId,
        identity: u64,
    },
    /// The other end of a connection is gone, and the channels with it.
    Hangup {
        who: usize,
        path: PathId,
        identity: u64,
    },
    /// What is on its way to one end of a connection arrives, unless the network is broken.
    Arrive {
        who: usize,
        identity: u64,
    },
    /// What is on its way to the SFU arrives.
    ArriveAtSfu {
        who: usize,
        identity: u64,
    },
    Feed(usize, Box<VisitEvent>),
    Act(Act),
    ServerIsBack,
}

/// Everything there is.
pub(crate) struct World {
    pub(crate) now: u64,
    pub(crate) chance: Random,
    pub(crate) conditions: Conditions,
    agenda: Agenda<Happening>,
    pub(crate) visitors: Vec<Visitor>,
    pub(crate) server: Server,
    pub(crate) sfu: Sfu,
    /// The media port answers nobody.
    pub(crate) sfu_is_mute: bool,
    /// To these it does not get through.
    pub(crate) blocked: BTreeSet<usize>,
    pub(crate) sockets: HashMap<SocketId, usize>,
    pub(crate) last_socket: SocketId,
    /// Who had which id.
    pub(crate) owners: HashMap<PeerId, usize>,
    pub(crate) press: Press,
    /// Descriptions with these numbers offer so many slots.
    pub(crate) offered: HashMap<usize, SlotCounts>,
    /// The first timestamp of every stream: near the end of what a number holds, so that it begins anew in most stories.
    pub(crate) first_timestamp: u32,
    /// Something is different: who hears whom is to be looked at.
    pub(crate) stirred: bool,
    pub(crate) heard: BTreeMap<(usize, usize), Heard>,
    /// What went wrong first.
    pub(crate) fault: Option<String>,
    /// Everybody has to have these.
    pub(crate) texts: Vec<String>,
    /// So many were said.
    pub(crate) words: usize,
    /// The next offer of these is refused.
    pub(crate) refused: BTreeSet<usize>,
    pub(crate) files: Files,
    log: bool,
}

impl World {
    pub(crate) fn new(seed: u64, log: bool) -> Self {
        let mut chance = Random::new(seed);
        let mut conditions = Conditions::draw(&mut chance);
        let mut files = Random::new(seed ^ FILES);
        conditions.draw_files(&mut files);
        let mut world = Self::empty(chance, conditions, log);
        world.write_story();
        world.write_files(&mut files);
        world
    }

    /// A room in which more people are than keep direct connections beside the SFU, who send each other files.
    pub(crate) fn large(seed: u64, log: bool) -> Self {
        let mut chance = Random::new(seed);
        let conditions = Conditions::large(&mut chance);
        let mut world = Self::empty(chance, conditions, log);
        world.write_large_story();
        world
    }

    fn empty(mut chance: Random, conditions: Conditions, log: bool) -> Self {
        let first_timestamp = u32::MAX - chance.between(0, 4_000_000) as u32;
        let mut world = Self {
            now: 0,
            chance,
            conditions,
            agenda: Agenda::default(),
            visitors: (0..conditions.visitors).map(|_| Visitor::new()).collect(),
            server: Server::new(),
            sfu: Sfu::new(
                conditions.begins_with,
                conditions.standby,
                conditions.file_rate,
            ),
            sfu_is_mute: false,
            blocked: BTreeSet::new(),
            sockets: HashMap::new(),
            last_socket: 0,
            owners: HashMap::new(),
            press: Press::default(),
            offered: HashMap::new(),
            first_timestamp,
            stirred: false,
            heard: BTreeMap::new(),
            fault: None,
            texts: Vec::new(),
            words: 0,
            refused: BTreeSet::new(),
            files: Files::default(),
            log,
        };
        world.tell(|| format!("{conditions:?}"));
        world.schedule(0, Happening::Round);
        world
    }

    pub(crate) fn tell(&self, line: impl FnOnce() -> String) {
        if self.log {
            eprintln!("{:>7} {}", self.now, line());
        }
    }

    /// Something is not as it has to be.
    pub(crate) fn blame(&mut self, line: impl FnOnce() -> String) {
        if self.fault.is_none() {
            let line = format!("at {}: {}", self.now, line());
            self.tell(|| format!("!! {line}"));
            self.fault = Some(line);
        }
    }

    pub(crate) fn schedule(&mut self, at: u64, happening: Happening) {
        self.agenda.plan(at.max(self.now), happening);
    }

    pub(crate) fn after(&mut self, from: u64, to: u64, happening: Happening) {
        let at = self.now + self.chance.between(from, to);
        self.schedule(at, happening);
    }

    /// The RTP timestamp of what is sent at a moment: 90 in each ms.
    pub(crate) fn timestamp(first: u32, at: u64) -> u32 {
        first.wrapping_add((at * 90) as u32)
    }

    /// Lets the next thing happen.
    pub(crate) fn step(&mut self) {
        let Some((now, happening)) = self.agenda.next() else {
            panic!("rounds come for ever");
        };
        self.now = now;
        self.happen(happening);
        if std::mem::take(&mut self.stirred) {
            self.look_around();
        }
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Deadline(who) => {
                if self.visitors[who].due == Some(Moment(self.now)) {
                    self.visitors[who].due = None;
                    self.feed(who, VisitEvent::Time);
                }
            }
            Happening::Round => {
                self.schedule(self.now + ROUND_MS, Happening::Round);
                self.round();
            }
            Happening::Connect { who, attempt } => self.connect(who, attempt),
            Happening::ToServer { socket, message } => self.reach_server(socket, message),
            Happening::ToVisitor { socket, said } => self.reach_visitor(socket, said),
            Happening::ServerNotices(socket) => {
                self.server.on_drop(socket, Moment(self.now));
                self.deliver();
            }
            Happening::Closed { socket, code } => {
                if let Some(who) = self.listener(socket) {
                    self.visitors[who].socket = None;
                    self.feed(
                        who,
                        VisitEvent::Call(Event::Socket(SocketEvent::Closed(code))),
                    );
                }
            }
            Happening::Answer {
                peer,
                author,
                own,
                serial,
            } => self.answer(&peer, author, own, serial),
            Happening::Refusal(peer) => self.refuse(&peer),
            Happening::Finish {
                who,
                path,
                generation,
            } => self.finish(who, path, generation),
            Happening::Report {
                who,
                path,
                generation,
                event,
            } => self.report(who, path, generation, event),
            Happening::Check {
                who,
                path,
                generation,
            } => self.check(who, path, generation),
            Happening::Open {
                who,
                path,
                identity,
            } => self.open_channels(who, path, identity),
            Happening::Hangup {
                who,
                path,
                identity,
            } => self.lose_channels(who, path, identity),
            Happening::Arrive { who, identity } => self.arrive(who, identity),
            Happening::ArriveAtSfu { who, identity } => self.arrive_at_sfu(who, identity),
            Happening::Feed(who, event) => self.feed(who, *event),
            Happening::Act(act) => self.act(act),
            Happening::ServerIsBack => {
                self.server.restart(Moment(self.now));
                self.sfu.restart(self.conditions.begins_with);
                self.stirred = true;
            }
        }
    }

    /// The connection of a path reports.
    pub(crate) fn report(&mut self, who: usize, path: PathId, generation: u32, event: PeerEvent) {
        self.feed(
            who,
            VisitEvent::Call(Event::Path {
                path,
                generation,
                event,
            }),
        );
    }

    /// Feeds an event to a visit and does what it says.
    pub(crate) fn feed(&mut self, who: usize, event: VisitEvent) {
        if !matches!(event, VisitEvent::Time) {
            self.tell(|| format!("{who} <- {}", brief(&event)));
        }
        let is_time = matches!(event, VisitEvent::Time);
        let context = Context {
            now: Moment(self.now),
            chance: self.chance.fraction(),
        };
        let visit = &mut self.visitors[who].visit;
        let effects = visit.handle(event, context);
        let due = visit.next_deadline(context.now);
        if is_time && due.is_some_and(|due| due <= context.now) {
            self.blame(|| format!("{who} is due again at once"));
            return;
        }
        let due = due.map(|due| due.max(context.now));
        if std::mem::replace(&mut self.visitors[who].due, due) != due
            && let Some(due) = due
        {
            self.schedule(due.0, Happening::Deadline(who));
        }
        for effect in effects {
            self.perform(who, effect);
        }
        self.accept_offers(who);
    }

    /// Queues an event for a visit, behind what the present one still comes to.
    pub(crate) fn hand(&mut self, who: usize, event: VisitEvent) {
        self.schedule(self.now, Happening::Feed(who, Box::new(event)));
    }

    /// Frames go to people over the SFU.
    pub(crate) fn pass_on(&mut self, passed: Vec<(PeerId, Channel, Frame)>) {
        for (peer, channel, frame) in passed {
            let now = self.now;
            let Some(session) = self.sfu.session_mut(&peer) else {
                continue;
            };
            if channel == Channel::Live {
                session.live_at = now;
            }
            let author = session.author;
            let Some(who) = self.owners.get(&peer).copied() else {
                continue;
            };
            let ends = &mut self.visitors[who].ends;
            if let Some(end) = ends
                .values_mut()
                .find(|end| end.connection.identity == author)
            {
                end.coming.push_back((channel, frame));
                self.arrive_soon(who, author);
            }
        }
    }
}

pub(crate) fn brief(value: &impl std::fmt::Debug) -> String {
    let text = format!("{value:?}").replace("\\n", " ");
    text.chars().take(300).collect()
}
