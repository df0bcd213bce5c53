//! The controller: people, paths and the shared uplink put together.
//!
//! Invariant: at any time at most one thing is being probed, the uplink or paths, so that trouble that follows has one
//! possible cause; and the targets of all people together stay within the uplink's bound, but for their voices, which
//! nobody is refused.

use super::allocation::divide;
use super::congestion::{Congestion, Judged, PathVerdict};
use super::encoding::Climb;
use super::feedback::PeerFeedback;
use super::plan::{Places, Plan};
use super::processor::ProcessorLimit;
use super::rate_limit::RateLimit;
use super::strain::Strain;
use super::target::{SendTargets, SendingSettings};
use super::view::ViewRequest;
use crate::protocol::PeerId;
use crate::room::ordered::OrderedMap;

/// The uplink is believed to carry this before anything is known, in bits/s.
const FIRST_UPLINK: f64 = 3_000_000.0;
/// No path is believed to carry less than this, and the uplink so much for each person: a voice. In bits/s.
const LEAST_EACH: f64 = 40_000.0;
/// At most so many good samples lie between two probes of the uplink: one that fails is felt by everyone.
const UPLINK_PATIENCE: u32 = 40;
/// At most so many good samples lie between two probes of a path: one that fails is felt by one person.
const PATH_PATIENCE: u32 = 15;
/// The line up is strained when it gives people less than this share of what they would be sent.
const STRAINED: f64 = 0.6;

/// This is known of sending to one person.
#[derive(Clone, Debug, Default)]
struct PeerState {
    /// They show us this large, as they last said.
    view: ViewRequest,
    /// The samples of the path are judged with this.
    congestion: Congestion,
    /// The path was found to carry no more than this; `None` while it seems to carry all that is wanted.
    limit: Option<RateLimit>,
    /// They get this much of the uplink, in bits/s.
    share: f64,
    /// Their pictures are on these rungs, which are not left for every wavering of the bitrate.
    places: Places,
    /// This is to be sent to them; `None` before anything was decided.
    targets: Option<SendTargets>,
    /// The driver was last told to send this; `None` for senders that have no parameters yet.
    applied: Option<SendTargets>,
}

/// Decides what is sent to whom. See the module's description for its use.
#[derive(Clone, Debug)]
pub struct SendingController {
    /// This is captured, and the user is this sparing.
    settings: SendingSettings,
    /// This is known of each person media is sent to.
    peers: OrderedMap<PeerId, PeerState>,
    /// The bound on what all of them get together stands here.
    uplink: RateLimit,
    /// The pictures are held back by this for the processor's sake.
    processor: ProcessorLimit,
}

impl Default for SendingController {
    fn default() -> Self {
        Self::new(SendingSettings::default())
    }
}

impl SendingController {
    /// A controller that knows nobody yet.
    pub fn new(settings: SendingSettings) -> Self {
        Self {
            settings,
            peers: OrderedMap::new(),
            uplink: RateLimit::new(FIRST_UPLINK, LEAST_EACH, UPLINK_PATIENCE),
            processor: ProcessorLimit::default(),
        }
    }

    /// Something is captured differently, or the user chose to save data.
    pub fn set_settings(&mut self, settings: SendingSettings) {
        self.settings = settings;
        self.retarget();
    }

    /// These are the people media is sent to. What is known of those who stay is kept.
    pub fn set_peers(&mut self, peers: impl IntoIterator<Item = PeerId>) {
        let mut before = std::mem::take(&mut self.peers);
        for peer in peers {
            let state = before.remove(&peer).unwrap_or_default();
            self.peers.insert(peer, state);
        }
        let people = self.peers.len().max(1);
        self.uplink.set_least(LEAST_EACH * people as f64);
        self.retarget();
    }

    /// This person says how large they show us.
    pub fn set_view(&mut self, peer: &PeerId, view: ViewRequest) {
        if let Some(state) = self.peers.get_mut(peer) {
            state.view = view;
            state.places = Places::default();
            self.retarget();
        }
    }

    /// The connection to this person was made anew: nothing is known of its path, and its senders have no parameters.
    pub fn connection_replaced(&mut self, peer: &PeerId) {
        if let Some(state) = self.peers.get_mut(peer) {
            *state = PeerState {
                view: state.view,
                ..PeerState::default()
            };
            self.retarget();
        }
    }

    /// What sending to all of them costs. A line that nothing was lost on yet may carry whatever they want.
    pub fn strain(&self) -> Strain {
        let shares: f64 = self.peers.values().map(|state| state.share).sum();
        let demand: f64 = self.peers.values().map(|state| self.demand(state)).sum();
        Strain {
            uplink: self.uplink.has_ceiling() && shares < demand * STRAINED,
            processor: self.processor.is_holding(),
        }
    }

    /// What is to be sent to this person.
    #[cfg(test)]
    pub fn targets(&self, peer: &PeerId) -> Option<SendTargets> {
        self.peers.get(peer)?.targets
    }

    /// The targets that changed since they were last taken.
    pub fn take_changes(&mut self) -> Vec<(PeerId, SendTargets)> {
        let mut changes = Vec::new();
        for (peer, state) in self.peers.iter_mut() {
            if let Some(targets) = state.targets
                && state.applied != Some(targets)
            {
                state.applied = Some(targets);
                changes.push((peer.clone(), targets));
            }
        }
        changes
    }

    /// Takes the figures of the last 2 s, at most one per person.
    pub fn observe(&mut self, feedback: &[PeerFeedback]) {
        let verdicts = self.judge(feedback);
        let congested = verdicts.iter().filter(|(_, judged)| judged.is_congested());
        let (troubled, all) = (congested.count(), verdicts.len());
        if all == 0 {
            return;
        }
        // An estimate that grows speaks against a queue of everyone's, unless that queue is just being looked for.
        let clear = verdicts
            .iter()
            .filter(|(_, judged)| match judged.verdict {
                PathVerdict::Clear => true,
                PathVerdict::Growing => !self.uplink.is_probing(),
                _ => false,
            })
            .count();
        let affected = all - clear;
        if troubled > 0 && (affected == all || (affected >= 2 && affected * 2 >= all)) {
            let used = verdicts.iter().map(|(_, judged)| judged.used()).sum();
            let delivered = verdicts.iter().map(|(_, judged)| judged.delivered()).sum();
            let allowed = verdicts.iter().map(|(_, judged)| judged.allowed).sum();
            self.uplink.shrink_to(allowed);
            self.uplink.congested(used, delivered);
            // Probes of single paths prove nothing now.
            for (peer, _) in &verdicts {
                if let Some(limit) = self.limit_of(peer) {
                    limit.hold();
                }
            }
        } else if troubled > 0 {
            for (peer, judged) in &verdicts {
                self.follow_path(peer, *judged);
            }
            self.uplink.hold();
        } else {
            self.grow(&verdicts);
        }
        let lines = self.settings.camera_lines.unwrap_or_default();
        self.processor
            .observe(feedback.iter().map(|feedback| feedback.limitation), lines);
        self.retarget();
    }

    fn judge(&mut self, feedback: &[PeerFeedback]) -> Vec<(PeerId, Judged)> {
        let mut verdicts = Vec::new();
        for feedback in feedback {
            let Some(state) = self.peers.get_mut(&feedback.peer) else {
                continue;
            };
            let Some(targets) = state.targets else {
                continue;
            };
            let allowed = f64::from(targets.bitrate());
            let used = feedback.sent_bitrate.unwrap_or(allowed);
            let verdict = state.congestion.judge(feedback, allowed);
            verdicts.push((
                feedback.peer.clone(),
                Judged {
                    verdict,
                    used,
                    allowed,
                },
            ));
        }
        verdicts
    }

    /// Some paths are congested and most are not: it is theirs alone. What one is refused is not given to the others at
    /// once, in case it was the uplink after all.
    fn follow_path(&mut self, peer: &PeerId, judged: Judged) {
        if !judged.is_congested() {
            if let Some(limit) = self.limit_of(peer) {
                limit.hold();
            }
            return;
        }
        let Some(state) = self.peers.get_mut(peer) else {
            return;
        };
        let allowed = judged.allowed;
        let limit = state
            .limit
            .get_or_insert_with(|| RateLimit::new(allowed, LEAST_EACH, PATH_PATIENCE));
        limit.shrink_to(allowed);
        limit.congested(judged.used(), judged.delivered());
        let refused = (allowed - limit.bitrate()).max(0.0);
        self.uplink.shrink_to(self.uplink.bitrate() - refused);
    }

    /// Nobody is in trouble: let one thing grow.
    fn grow(&mut self, verdicts: &[(PeerId, Judged)]) {
        let uplink_probing = self.uplink.is_probing();
        let mut path_probing = false;
        let mut finished = Vec::new();
        for (peer, judged) in verdicts {
            let Some(state) = self.peers.get(peer) else {
                continue;
            };
            let (demand, share) = (self.demand(state), state.share);
            let Some(limit) = self.limit_of(peer) else {
                continue;
            };
            // A limit above what the uplink leaves this person cannot be tried out.
            let binds = limit.bitrate() <= share * 1.01;
            match judged.verdict {
                PathVerdict::Clear if uplink_probing || !binds => limit.wait(),
                PathVerdict::Clear => limit.clear(judged.used, judged.allowed, demand),
                _ => limit.hold(),
            }
            path_probing |= limit.is_probing();
            if limit.bitrate() >= demand && !limit.is_probing() {
                finished.push(peer);
            }
        }
        for peer in finished {
            if let Some(state) = self.peers.get_mut(peer) {
                state.limit = None;
            }
        }
        let clear = verdicts
            .iter()
            .all(|(_, judged)| judged.verdict == PathVerdict::Clear);
        match (clear, path_probing) {
            (false, _) => self.uplink.hold(),
            (true, true) => self.uplink.wait(),
            (true, false) => {
                let demand = self.peers.values().map(|state| self.bounded_demand(state));
                let used = verdicts.iter().map(|(_, judged)| judged.used).sum();
                let allowed = verdicts.iter().map(|(_, judged)| judged.allowed).sum();
                self.uplink.clear(used, allowed, demand.sum());
            }
        }
    }

    fn limit_of(&mut self, peer: &PeerId) -> Option<&mut RateLimit> {
        self.peers.get_mut(peer)?.limit.as_mut()
    }

    fn retarget(&mut self) {
        let demands: Vec<f64> = self
            .peers
            .values()
            .map(|state| self.bounded_demand(state))
            .collect();
        let shares = divide(self.uplink.bitrate(), &demands);
        let plan = self.plan();
        for (state, share) in self.peers.values_mut().zip(shares) {
            let doubtful = self.uplink.is_doubtful()
                || state.limit.as_ref().is_some_and(RateLimit::is_doubtful);
            let climb = if doubtful { Climb::Barred } else { Climb::Free };
            state.share = share;
            state.targets = Some(plan.spend(share, state.view, climb, &mut state.places));
        }
    }

    fn bounded_demand(&self, state: &PeerState) -> f64 {
        let bound = state.limit.as_ref().map(RateLimit::bitrate);
        self.demand(state).min(bound.unwrap_or(f64::INFINITY))
    }

    fn demand(&self, state: &PeerState) -> f64 {
        self.plan().demand(state.view)
    }

    fn plan(&self) -> Plan {
        Plan {
            settings: self.settings,
            most_lines: self.processor.lines(),
        }
    }
}
