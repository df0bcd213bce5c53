//! What befalls the participants: who comes and goes when, and everything that goes wrong.

use super::world::{Happening, World};
use crate::protocol::{CloseCode, MediaState};
use crate::random::Random;
use crate::room::call::event::{CallAction, Event, SocketEvent};
use crate::room::call::state::RoomState;
use crate::room::moment::Moment;
use crate::room::participant::Hand;

/// The circumstances of one story.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Conditions {
    /// How many there are: 2 to 6.
    pub(crate) participants: usize,
    /// Longest latency of a message, one way, in ms.
    pub(crate) latency_ms: u64,
    /// Whether offers, answers and candidates overtake each other and everything else.
    pub(crate) reorders: bool,
    /// Whether they behave like clients that do not number their offers.
    pub(crate) without_serials: bool,
    /// Whether one of them writes descriptions by which connections are told apart less easily than by a browser's.
    pub(crate) restless: bool,
    /// How often a browser's operation fails.
    pub(crate) failing_percent: u64,
    /// Until when things go wrong, in ms.
    pub(crate) trouble_until: u64,
    /// How many things happen until then.
    pub(crate) acts: u64,
    /// Whether sockets break and the server restarts.
    pub(crate) outages: bool,
}

impl Conditions {
    pub(crate) fn draw(chance: &mut Random) -> Self {
        let without_serials = chance.percent(10);
        Self {
            participants: chance.between(2, 7) as usize,
            latency_ms: [5, 40, 120, 400][chance.between(0, 4) as usize],
            reorders: !without_serials && chance.percent(60),
            without_serials,
            restless: chance.percent(10),
            failing_percent: if chance.percent(30) { 5 } else { 0 },
            trouble_until: chance.between(500, 6_000),
            acts: chance.between(2, 18),
            outages: !without_serials && chance.percent(60),
        }
    }
}

/// One thing that happens.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    Join(usize),
    Leave(usize),
    Mute(usize),
    RaiseHand(usize),
    /// A change on one of the connections, which is the `n`th, needs negotiation.
    Change(usize, usize),
    BreakSocket(usize),
    ChangeNetwork(usize),
    /// The path between two is broken until both have new ICE credentials.
    BreakPath(usize, usize),
    /// The server stops, and is back after some ms.
    Restart(u64),
}

impl World {
    /// Writes down what is going to happen.
    pub(crate) fn write_story(&mut self) {
        let conditions = self.conditions;
        let together = self.chance.percent(40);
        for who in 0..conditions.participants {
            let spread = if together {
                30
            } else {
                conditions.trouble_until
            };
            let at = self.chance.between(0, spread);
            self.schedule(at, Happening::Act(Act::Join(who)));
        }
        for _ in 0..conditions.acts {
            let at = self.chance.between(0, conditions.trouble_until);
            let who = self.chance.between(0, conditions.participants as u64) as usize;
            let other = self.chance.between(0, 6) as usize;
            let act = match self
                .chance
                .between(0, if conditions.outages { 16 } else { 11 })
            {
                0 => Act::Leave(who),
                1 => Act::Join(who),
                2 => Act::Mute(who),
                3 => Act::RaiseHand(who),
                4..=8 => Act::Change(who, other),
                9 | 10 => Act::BreakPath(who, other),
                11 | 12 => Act::BreakSocket(who),
                13 => Act::ChangeNetwork(who),
                14 => Act::BreakSocket(other),
                _ => Act::Restart(self.chance.between(50, 3_000)),
            };
            self.schedule(at, Happening::Act(act));
        }
    }

    pub(crate) fn act(&mut self, act: Act) {
        self.tell(|| format!("== {act:?}"));
        match act {
            Act::Join(who) => self.join(who),
            Act::Leave(who) => self.feed(who, Event::Action(CallAction::Leave)),
            Act::Mute(who) => {
                self.participants[who].sending = MediaState {
                    audio: self.chance.percent(50),
                    video: self.chance.percent(50),
                    screen: false,
                };
                self.feed(who, Event::SentMedia);
            }
            Act::RaiseHand(who) => {
                let hand = Hand::from(self.chance.percent(60));
                self.feed(who, Event::Action(CallAction::SetHand(hand)));
            }
            Act::Change(who, which) => {
                let call = self.participants[who].state.call();
                let peer = call.and_then(|call| Some(call.people.get(which)?.id.clone()));
                if let Some(peer) = peer
                    && let Some(connection) = self.participants[who].connections.get_mut(&peer)
                {
                    connection.changes += 1;
                    self.fire_negotiation_needed(who, &peer);
                }
            }
            Act::BreakSocket(who) => {
                if who < self.participants.len() {
                    self.break_socket(who, CloseCode::Other(1006));
                }
            }
            Act::ChangeNetwork(who) => {
                self.feed(who, Event::Socket(SocketEvent::NetworkChanged));
            }
            Act::BreakPath(who, which) => {
                let call = self.participants[who].state.call();
                let peer = call.and_then(|call| Some(call.people.get(which)?.id.clone()));
                let Some(peer) = peer else { return };
                if let Some(connection) = self.participants[who].connections.get(&peer)
                    && let (Some(local), Some(remote)) = (connection.local, connection.remote)
                {
                    self.broken.insert((
                        local.fragment.min(remote.fragment),
                        local.fragment.max(remote.fragment),
                    ));
                    self.check_soon(who, &peer);
                }
            }
            Act::Restart(_) if !self.server.up => {}
            Act::Restart(away_ms) => {
                self.server.up = false;
                for who in 0..self.participants.len() {
                    if let Some(socket) = self.participants[who].socket.take() {
                        self.server.on_drop(socket, Moment(self.now));
                        let code = if self.chance.percent(50) {
                            CloseCode::Restarting
                        } else {
                            CloseCode::Other(1006)
                        };
                        self.feed(who, Event::Socket(SocketEvent::Closed(code)));
                    }
                }
                self.schedule(self.now + away_ms, Happening::ServerIsBack);
            }
        }
    }

    /// Whether somebody wants to be in the room.
    pub(crate) fn takes_part(&self, who: usize) -> bool {
        !matches!(
            self.participants[who].state,
            RoomState::Lobby(_) | RoomState::Left(_)
        )
    }
}
