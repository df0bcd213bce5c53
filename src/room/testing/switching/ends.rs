//! What the browsers do with connections: operations that take their time, candidates, and the network between two ends.

use super::end::{End, Sends};
use super::world::{Happening, World, brief};
use crate::protocol::{IceCandidate, PeerId};
use crate::room::moment::Moment;
use crate::room::path::command::{PeerCommand, Shape};
use crate::room::path::id::PathId;
use crate::room::path::report::{ConnectionState, PeerEvent};
use crate::room::testing::simulation::connection::{Connection, Flavour, Outcome};

/// How long disconnected connections take to fail, in ms.
const FAILURE_MS: u64 = 6_000;

impl World {
    pub(crate) fn command(&mut self, who: usize, path: PathId, to: PeerId, command: PeerCommand) {
        self.tell(|| format!("{who} ! {to}: {}", brief(&command)));
        self.stirred = true;
        match command {
            PeerCommand::Open {
                generation,
                initiator,
                shape,
                ..
            } => {
                let identity = self.press.fresh();
                let connection = Connection::new(path, identity, generation, initiator);
                let end = End::new(to, connection, shape);
                let before = self.visitors[who].ends.insert(path, end);
                assert!(before.is_none(), "one connection at a time on each path");
                if initiator && shape == Shape::Mesh {
                    self.visitors[who].settle(path);
                }
                self.fire_negotiation_needed(who, path);
            }
            PeerCommand::Close => {
                let gone = self.visitors[who].ends.remove(&path);
                let gone = gone.expect("only what is open is closed");
                self.visitors[who].lines.leave(path);
                self.hang_up(&gone);
            }
            PeerCommand::AddCandidate(candidate) => {
                if let Some(candidate) = candidate {
                    let fragment = candidate.username_fragment.unwrap().parse().unwrap();
                    let end = self.end(who, path);
                    end.connection.candidates.insert(fragment);
                    self.check_soon(who, path);
                }
            }
            PeerCommand::SetPictures(pictures) => {
                self.end(who, path).connection.pictures = pictures
            }
            PeerCommand::SetSlots(slots) => {
                let end = self.end(who, path);
                end.slots = slots;
                end.connection.changes += 1;
                self.fire_negotiation_needed(who, path);
            }
            PeerCommand::SetIceServers(_) | PeerCommand::SetRoute(_) => {}
            operation => {
                let connection = &mut self.end(who, path).connection;
                assert!(
                    connection.operation.is_none(),
                    "one operation at a time, not {operation:?}"
                );
                connection.operation = Some(operation);
                let generation = connection.generation;
                let finish = Happening::Finish {
                    who,
                    path,
                    generation,
                };
                self.after(0, 30, finish);
            }
        }
    }

    fn end(&mut self, who: usize, path: PathId) -> &mut End {
        let ends = &mut self.visitors[who].ends;
        ends.get_mut(&path).expect("commands are for open ends")
    }

    fn end_of(&mut self, who: usize, path: PathId, generation: u32) -> Option<&mut End> {
        let end = self.visitors[who].ends.get_mut(&path)?;
        (end.connection.generation == generation).then_some(end)
    }

    pub(crate) fn finish(&mut self, who: usize, path: PathId, generation: u32) {
        let mut press = std::mem::take(&mut self.press);
        let end = self.end_of(who, path, generation);
        let outcome = end.map(|end| {
            let outcome = end.connection.finish(&mut press, Flavour::Browser, false);
            (outcome, end.slots)
        });
        self.press = press;
        let Some((outcome, slots)) = outcome else {
            return;
        };
        if let Outcome::Offered(offer) = outcome {
            self.note_slots(offer, slots);
        }
        let (event, described) = outcome.report();
        if let Some(described) = described {
            self.gather(who, path, generation, described.fragment);
        }
        self.stirred = true;
        self.report(who, path, generation, event);
        self.visitors[who].settle(path);
        self.fire_negotiation_needed(who, path);
        self.check_soon(who, path);
    }

    fn gather(&mut self, who: usize, path: PathId, generation: u32, fragment: u64) {
        for last in [false, true] {
            let candidate = (!last).then(|| IceCandidate {
                candidate: "candidate".to_owned(),
                username_fragment: Some(fragment.to_string()),
                ..IceCandidate::default()
            });
            let event = PeerEvent::Candidate(candidate);
            let report = Happening::Report {
                who,
                path,
                generation,
                event,
            };
            self.after(1, 60, report);
        }
    }

    fn fire_negotiation_needed(&mut self, who: usize, path: PathId) {
        if let Some(end) = self.visitors[who].ends.get(&path)
            && end.connection.needs_negotiation()
        {
            let report = Happening::Report {
                who,
                path,
                generation: end.connection.generation,
                event: PeerEvent::NegotiationNeeded,
            };
            self.after(0, 10, report);
        }
    }

    /// Both ends look at their connection again.
    pub(crate) fn check_soon(&mut self, who: usize, path: PathId) {
        self.schedule_check(who, path, 10);
        if let Some((other, facing)) = self.facing(who, path) {
            self.schedule_check(other, facing, 10);
        }
    }

    fn schedule_check(&mut self, who: usize, path: PathId, wait: u64) {
        if let Some(end) = self.visitors[who].ends.get(&path) {
            let check = Happening::Check {
                who,
                path,
                generation: end.connection.generation,
            };
            self.after(wait, wait + 30, check);
        }
    }

    /// The path at the other end of a direct connection, and whose it is.
    pub(crate) fn facing(&self, who: usize, path: PathId) -> Option<(usize, PathId)> {
        let end = self.visitors[who].ends.get(&path)?;
        let other = *self.owners.get(&end.whom)?;
        let facing = self.visitors[other].to(&self.visitors[who].me()?)?;
        Some((other, facing.connection.path))
    }

    /// Whether anything gets from one end of a connection to the other.
    pub(crate) fn flows(&self, who: usize, path: PathId) -> bool {
        let Some(end) = self.visitors[who].ends.get(&path) else {
            return false;
        };
        if end.leads_to_sfu() {
            return self.reaches_sfu(who, end);
        }
        self.facing(who, path).is_some_and(|(other, facing)| {
            if self.files.is_walled(who, other) {
                return false;
            }
            let facing = &self.visitors[other].ends[&facing];
            end.connection.reaches(&facing.connection)
        })
    }

    fn reaches_sfu(&self, who: usize, end: &End) -> bool {
        let connection = &end.connection;
        let me = self.visitors[who].me();
        let guest = me.and_then(|me| self.sfu.guest(&me));
        let (Some(session), Some(local), Some(remote)) = (
            guest.and_then(|guest| guest.session.as_ref()),
            connection.local,
            connection.remote,
        ) else {
            return false;
        };
        let pair = (local.fragment, remote.fragment);
        self.server.up
            && !self.sfu_is_mute
            && !self.blocked.contains(&who)
            && session.author == connection.identity
            && session.identity == remote.author
            && session.fragments.contains(&pair)
            && end.given_up != Some(local.fragment)
    }

    pub(crate) fn check(&mut self, who: usize, path: PathId, generation: u32) {
        let flows = self.flows(who, path);
        let now = Moment(self.now);
        let Some(end) = self.end_of(who, path, generation) else {
            return;
        };
        let before = end.connection.state;
        let mut again = None;
        if flows {
            end.connection.broken_since = None;
            end.connection.state = ConnectionState::Connected;
        } else {
            match (before, end.connection.broken_since) {
                (ConnectionState::Connected, None) => {
                    end.connection.broken_since = Some(now);
                    again = Some(1_500);
                }
                (ConnectionState::Connected, Some(since)) if now.since(since) >= 1_000 => {
                    end.connection.state = ConnectionState::Disconnected;
                    again = Some(FAILURE_MS);
                }
                (ConnectionState::Disconnected, Some(since)) if now.since(since) >= FAILURE_MS => {
                    end.connection.state = ConnectionState::Failed;
                    if matches!(end.sends, Sends::ToSfu(_)) {
                        end.given_up = end.connection.local.map(|local| local.fragment);
                    }
                }
                _ => {}
            }
        }
        let state = end.connection.state;
        let opens = flows && !end.has_stood;
        end.has_stood |= flows;
        let identity = end.connection.identity;
        if opens {
            let open = Happening::Open {
                who,
                path,
                identity,
            };
            self.after(5, 60, open);
        }
        if let Some(wait) = again {
            self.schedule_check(who, path, wait);
        }
        if state != before {
            self.stirred = true;
            self.report(who, path, generation, PeerEvent::Connection(state));
        }
    }
}
