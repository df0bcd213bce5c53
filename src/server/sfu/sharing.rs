//! A member's line, shared among the pictures that they want to see.
//!
//! Invariant: what is decided here goes into slots and wishes; packets follow it.

use std::time::{Duration, Instant};

use super::core::Core;
use super::demand::{Decision, Demand, Offer};
use super::keys::MemberId;
use super::member::{Member, Source};
use super::policing::fair_share;
use super::room::Room;
use super::session::{FIRST_ESTIMATE, SessionId};
use crate::protocol::sfu::{Layer, Track};

impl Core {
    /// Decides which layer of what a member is sent.
    pub(super) fn allot(&mut self, id: MemberId, room: &Room, now: Instant) {
        let viewed = self.viewed_by(id, room);
        let mut demands = Vec::with_capacity(viewed.len());
        for it in viewed {
            let Some(member) = self.members[id].as_ref() else {
                return;
            };
            let mut sections = member.pictures.iter();
            if let Some(section) = sections.find(|section| section.owner == Some(it.source)) {
                let mut layers = self.offers(it.source, now);
                // A layer that has been waited for in vain is as good as none, until it is tried again.
                if section.slot.given_up(now)
                    && let Some(wanted) = section.slot.wanted()
                {
                    layers[wanted.layer.index()] = Offer::Absent;
                }
                let is_screen = it.source.1 == Track::ScreenVideo;
                demands.push(Demand {
                    key: it.source,
                    size: self.load.cap(it.size, is_screen),
                    is_screen,
                    layers,
                });
            }
        }
        let sound = self.sound_for(id, now);
        let queued = self.queued(id, now);
        let sessions: Vec<_> = demands
            .iter()
            .map(|demand| {
                let sender = self.members[demand.key.0].as_ref();
                sender.and_then(|sender| Some(sender.session.as_ref()?.id))
            })
            .collect();
        let load = self.load;
        let Some(member) = self.members[id].as_mut() else {
            return;
        };
        let line = member.session.as_ref().map(|it| it.egress.estimate());
        let line = line.unwrap_or(FIRST_ESTIMATE);
        let estimate = fair_share(line, self.bandwidth, self.sharers);
        let allocation = member
            .allocator
            .allocate(&demands, estimate, sound, queued, now);
        let decisions = allocation.decisions.iter().zip(&demands);
        for ((decision, demand), session) in decisions.zip(sessions) {
            let is_thinned = load.thins(demand.size, demand.is_screen);
            let is_switch = carry_out(member, decision, session, is_thinned);
            self.figures.layer_switches.add(is_switch.into());
        }
        // What the operator does not give is not looked for.
        let most = fair_share(f64::INFINITY, self.bandwidth, self.sharers);
        let minimum = allocation.minimum().min(most);
        let desired = allocation.desired.min(most);
        let sections = member.pictures.iter();
        let silent = sections.filter(|section| section.slot.current().is_none());
        let silent: Vec<_> = silent.map(|section| section.mid).collect();
        let tally = self.with_session(id, |session| {
            for mid in silent {
                session.egress.cut(mid);
            }
            session.egress.wish_for(minimum, desired);
            session.egress.take_tally()
        });
        let tally = tally.unwrap_or_default();
        self.figures.waited.add(tally.lost);
        self.figures.missed.add(tally.missed);
        self.figures.repeated.add(tally.repeated);
        self.hasten(id);
    }

    /// Says what there is of somebody's picture.
    fn offers(&self, (member, track): (MemberId, Track), now: Instant) -> [Offer; 3] {
        let member = self.members[member].as_ref();
        let publication = member.and_then(|it| it.publications[track as usize].as_ref());
        Layer::ALL.map(|layer| match publication {
            Some(publication) if publication.layers.contains(&layer) => {
                let meter = &publication.meters[layer.index()];
                let nominal = publication.nominal(track, layer);
                if meter.is_settled(now) {
                    Offer::Live {
                        cost: meter.cost(now),
                    }
                } else if meter.is_live(now) {
                    Offer::Live {
                        cost: meter.cost(now).max(nominal),
                    }
                } else {
                    Offer::Off { nominal }
                }
            }
            _ => Offer::Absent,
        })
    }

    /// Says how much of a member's line sound takes, in bits/s.
    fn sound_for(&self, id: MemberId, now: Instant) -> f64 {
        let Some(member) = self.members[id].as_ref() else {
            return 0.0;
        };
        let carried = member.sounds.iter().filter_map(|section| section.carries);
        let rates = carried.filter_map(|(sender, track)| {
            let sender = self.members[sender].as_ref()?;
            let publication = sender.publications[track as usize].as_ref()?;
            Some(publication.meters[Layer::Full.index()].mean(now))
        });
        rates.sum()
    }

    /// Says how long the oldest packet for a member has waited.
    fn queued(&self, id: MemberId, now: Instant) -> Duration {
        let session = self.members[id].as_ref().and_then(|it| it.session.as_ref());
        session.map_or(Duration::ZERO, |session| session.egress.delay(now))
    }
}

/// Does what was decided about a picture that comes over this session. Says whether it is to come in another layer than before.
fn carry_out(
    member: &mut Member,
    decision: &Decision<(MemberId, Track)>,
    session: Option<SessionId>,
    is_thinned: bool,
) -> bool {
    let (sender, track) = decision.key;
    let mut sections = member.pictures.iter_mut();
    let Some(section) = sections.find(|it| it.owner == Some(decision.key)) else {
        return false;
    };
    let source = decision.layer.zip(session).map(|(layer, session)| Source {
        member: sender,
        track,
        layer,
        session,
    });
    let is_switch = section.slot.wanted() != source;
    section.slot.want(source, section.freed);
    section.slot.thin(is_thinned);
    if decision.stop_first {
        section.slot.drop_current();
    }
    section.asked = decision.ask;
    let is_paused = decision.layer.is_none() && decision.ask.is_none();
    member.are_slots_new |= is_paused != section.is_paused;
    section.is_paused = is_paused;
    is_switch
}
