//! What the browsers do: commands to connections, operations that take their time, candidates, and the network between
//! two connections.

use super::connection::{Connection, Outcome};
use super::world::{Happening, World, brief};
use crate::protocol::{IceCandidate, PeerId};
use crate::room::call::event::Event;
use crate::room::moment::Moment;
use crate::room::path::command::PeerCommand;
use crate::room::path::id::PathId;
use crate::room::path::report::{ConnectionState, PeerEvent};

/// How long disconnected connections take to fail, in ms.
const FAILURE_MS: u64 = 6_000;

impl World {
    pub(crate) fn command(&mut self, who: usize, path: PathId, peer: PeerId, command: PeerCommand) {
        self.tell(|| format!("{who} ! {peer}: {}", brief(&command)));
        match command {
            PeerCommand::Open {
                generation,
                initiator,
                ..
            } => {
                let identity = self.press.fresh();
                let connection = Connection::new(path, identity, generation, initiator);
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
            PeerCommand::SetPictures(pictures) => {
                let connection = self.connection(who, &peer);
                assert_ne!(connection.pictures, pictures, "what changed is told once");
                connection.pictures = pictures;
            }
            PeerCommand::SetIceServers(_) | PeerCommand::SetRoute(_) | PeerCommand::SetSlots(_) => {
            }
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

    pub(crate) fn connection(&mut self, who: usize, peer: &PeerId) -> &mut Connection {
        self.participants[who]
            .connections
            .get_mut(peer)
            .expect("commands are for open connections")
    }

    pub(crate) fn open_connection(
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

    pub(crate) fn finish(&mut self, who: usize, peer: PeerId, generation: u32) {
        let fails = self.chance.percent(self.conditions.failing_percent);
        let flavour = self.participants[who].flavour;
        let Some(connection) = self.participants[who]
            .connections
            .get_mut(&peer)
            .filter(|connection| connection.generation == generation)
        else {
            return;
        };
        let path = connection.path;
        let outcome = connection.finish(&mut self.press, flavour, fails);
        let (event, described) = outcome.report();
        if let Some(described) = described {
            self.gather(who, path, generation, described.fragment);
        }
        self.feed(
            who,
            Event::Path {
                path,
                generation,
                event,
            },
        );
        self.fire_negotiation_needed(who, &peer);
        self.check_soon(who, &peer);
    }

    pub(crate) fn gather(&mut self, who: usize, path: PathId, generation: u32, fragment: u64) {
        for last in [false, true] {
            let candidate = (!last).then(|| IceCandidate {
                candidate: "candidate".to_owned(),
                username_fragment: Some(fragment.to_string()),
                ..IceCandidate::default()
            });
            let event = PeerEvent::Candidate(candidate);
            self.after(
                1,
                60,
                Happening::Report {
                    who,
                    path,
                    generation,
                    event,
                },
            );
        }
    }

    pub(crate) fn fire_negotiation_needed(&mut self, who: usize, peer: &PeerId) {
        if let Some(connection) = self.participants[who].connections.get(peer)
            && connection.needs_negotiation()
        {
            let generation = connection.generation;
            let (path, event) = (connection.path, PeerEvent::NegotiationNeeded);
            self.after(
                0,
                10,
                Happening::Report {
                    who,
                    path,
                    generation,
                    event,
                },
            );
        }
    }

    /// Both ends look at their connection again.
    pub(crate) fn check_soon(&mut self, who: usize, peer: &PeerId) {
        self.schedule_check(who, peer, 10);
        let me = self.participants[who]
            .state
            .call()
            .map(|call| call.me.clone());
        if let (Some(me), Some(other)) = (me, self.owners.get(peer).copied()) {
            self.schedule_check(other, &me, 10);
        }
    }

    pub(crate) fn schedule_check(&mut self, who: usize, peer: &PeerId, wait: u64) {
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
    pub(crate) fn flows(&self, who: usize, peer: &PeerId) -> bool {
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

    pub(crate) fn check(&mut self, who: usize, peer: &PeerId, generation: u32) {
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
        let (path, state) = (connection.path, connection.state);
        if let Some(wait) = again {
            self.schedule_check(who, peer, wait);
        }
        if state != before {
            let event = PeerEvent::Connection(state);
            self.feed(
                who,
                Event::Path {
                    path,
                    generation,
                    event,
                },
            );
        }
    }
}
