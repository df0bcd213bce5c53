//! The direct paths that content of files is to take in a room that keeps none beside the SFU: for whom one is wished and since when,
//! and to whom content goes by the SFU because none came.
//!
//! Pure; that the paths come and go is [`super::members`]' part. Invariant: content goes by the SFU only where a direct path was
//! waited for in vain, where none may be, or where it broke; it is dialled by whoever sends, and kept by both for as long as content
//! flows over it. Whoever was waited for in vain is not waited for with each file again, but when something may be different.

use super::event::{FileDemand, HubPerson};
use crate::protocol::PeerId;
use crate::protocol::sfu::SfuAvailability;
use crate::room::messaging::files::gate::ContentGate;
use crate::room::moment::Moment;
use crate::room::ordered::OrderedMap;
use crate::room::path::state::PathState;

/// A direct path is waited for so long before content goes by the SFU, in ms, and so long where it is broken.
const PATIENCE_MS: u64 = 8_000;

/// It is waited for so long where the SFU takes no content, in ms: what comes after it is the end of the transfer.
const PATIENCE_WITHOUT_SFU_MS: u64 = 30_000;

/// To whom a direct path was waited for in vain, or broke, is sent content by the SFU for so long, in ms, before one is tried again for
/// another file; sooner when something changed.
const REMEMBERED_MS: u64 = 300_000;

/// What decides of all of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct FileTerms {
    /// Direct paths may be made.
    pub(super) dials: bool,
    /// The SFU takes content of files.
    pub(super) carries: bool,
    /// Our connection to the SFU stands.
    pub(super) is_reached: bool,
    /// There are to be so many of them that we dialled at the most.
    pub(super) most: usize,
}

/// What follows for somebody.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum FileStep {
    /// Content may go to them by the SFU from now on, or may not.
    Gate(PeerId, ContentGate),
    /// Their direct path is not used for files any more.
    Leave(PeerId),
}

/// Where it stands with somebody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Standing {
    /// Nothing is to be sent to them.
    #[default]
    Resting,
    /// There are enough of those paths since then.
    Waiting(Moment),
    /// Their path is wished since then.
    Trying(Moment),
    /// Files take it.
    Direct,
    /// It did not come, or broke, at this moment.
    Fallen(Moment),
}

#[derive(Clone, Debug, Default)]
struct FilePath {
    standing: Standing,
    /// Content flows between us; nothing when none does.
    demand: Option<FileDemand>,
    /// Their direct path stands like this.
    direct: Option<PathState>,
    /// They are in the room.
    is_there: bool,
    /// Their connection to the SFU stands.
    is_reached: bool,
    /// Since it fell something changed, or nothing was tried then: the next file tries it again.
    is_worth_trying: bool,
    /// This was told last.
    told: ContentGate,
    /// Something is to be done then if nothing happens before.
    due: Option<Moment>,
}

/// The paths, by whom they lead to.
#[derive(Clone, Debug, Default)]
pub(super) struct FilePaths {
    paths: OrderedMap<PeerId, FilePath>,
    /// Our connection to the SFU stood when this was looked at last.
    was_reached: bool,
}

impl FilePaths {
    /// Content flows like this, these people are there, and it is so late: says what follows.
    pub(super) fn follow(
        &mut self,
        demands: &[FileDemand],
        people: &[HubPerson],
        terms: FileTerms,
        now: Moment,
    ) -> Vec<FileStep> {
        let mut steps = Vec::new();
        // We are back, it may be over another network.
        let was_reached = std::mem::replace(&mut self.was_reached, terms.is_reached);
        let is_back = terms.is_reached && !was_reached;
        if demands.is_empty() && self.paths.is_empty() {
            return steps;
        }
        for path in self.paths.values_mut() {
            path.demand = None;
            path.is_there = false;
        }
        for demand in demands {
            let peer = demand.peer.clone();
            let path = self.paths.get_or_insert_with(peer, FilePath::new);
            path.demand = Some(demand.clone());
        }
        for person in people {
            if let Some(path) = self.paths.get_mut(&person.id) {
                path.is_there = true;
                path.hear(person, is_back);
            }
        }
        let mut dialled = self.paths.values().filter(|path| path.is_dialled()).count();
        for (peer, path) in self.paths.iter_mut() {
            let was_dialled = path.is_dialled();
            if path.follow(dialled < terms.most, terms, now) {
                steps.push(FileStep::Leave(peer.clone()));
            }
            dialled = dialled + usize::from(path.is_dialled()) - usize::from(was_dialled);
            let gate = path.gate(terms);
            if std::mem::replace(&mut path.told, gate) != gate {
                steps.push(FileStep::Gate(peer.clone(), gate));
            }
        }
        self.paths.retain(|_, path| {
            path.is_there && (path.demand.is_some() || path.standing != Standing::Resting)
        });
        steps
    }

    /// Whether content may go to somebody by the SFU.
    pub(super) fn gate(&self, peer: &PeerId) -> ContentGate {
        self.paths
            .get(peer)
            .map_or(ContentGate::Held, |path| path.told)
    }

    /// Whether a direct path to somebody is wished for files.
    pub(super) fn wishes(&self, peer: &PeerId) -> bool {
        self.paths.get(peer).is_some_and(FilePath::is_wished)
    }

    /// Whether somebody's direct path broke, and files have left it: another is better.
    pub(super) fn has_left(&self, peer: &PeerId) -> bool {
        self.paths.get(peer).is_some_and(|path| {
            path.demand.as_ref().is_some_and(|demand| !demand.is_direct)
                && matches!(path.standing, Standing::Fallen(_))
                && path.broken_since().is_some()
        })
    }

    /// When [`Self::follow`] has something to do.
    pub(super) fn next_deadline(&self) -> Option<Moment> {
        self.paths.values().filter_map(|path| path.due).min()
    }
}

impl FilePath {
    fn new() -> Self {
        Self {
            told: ContentGate::Held,
            ..Self::default()
        }
    }

    fn is_up(&self) -> bool {
        self.direct == Some(PathState::Connected)
    }

    /// Whether their path is up, and may take files.
    fn is_usable(&self) -> bool {
        self.is_up() && !self.demand.as_ref().is_some_and(|demand| demand.is_left)
    }

    /// They are like this, and we may just have come back to the SFU.
    fn hear(&mut self, person: &HubPerson, is_back: bool) {
        let is_reached = person.sfu == Some(SfuAvailability::Ready);
        // They may be back over another network, too.
        let were_reached = std::mem::replace(&mut self.is_reached, is_reached);
        let are_back = is_reached && !were_reached;
        let was_up = self.is_up();
        self.direct = person.direct.map(|(_, state)| state);
        self.is_worth_trying |= is_back || are_back || (self.is_up() && !was_up);
    }

    /// It did not come, or broke.
    fn fall(&mut self, is_worth_trying: bool, now: Moment) {
        self.standing = Standing::Fallen(now);
        self.is_worth_trying = is_worth_trying;
    }

    /// Their path was there and is broken since then.
    fn broken_since(&self) -> Option<Moment> {
        match self.direct {
            Some(PathState::Interrupted(since)) => Some(since),
            Some(PathState::Failed(_)) => Some(Moment(0)),
            Some(PathState::Connected | PathState::Connecting(_)) | None => None,
        }
    }

    /// Whether it is one of ours.
    fn is_dialled(&self) -> bool {
        let sends = self.demand.as_ref().is_some_and(|demand| demand.sends);
        sends && matches!(self.standing, Standing::Trying(_) | Standing::Direct)
    }

    fn is_wished(&self) -> bool {
        self.demand.is_some()
            && match self.standing {
                Standing::Trying(_) | Standing::Direct => true,
                Standing::Resting | Standing::Waiting(_) | Standing::Fallen(_) => self.is_usable(),
            }
    }

    /// Whether content may go to them by the SFU.
    fn gate(&self, terms: FileTerms) -> ContentGate {
        let sends = self.demand.as_ref().is_none_or(|demand| demand.sends);
        match self.standing {
            Standing::Fallen(_) if terms.carries => ContentGate::Open,
            Standing::Fallen(_) if sends => ContentGate::Shut,
            _ => ContentGate::Held,
        }
    }

    /// Looks at everything again; says whether their direct path is to be left.
    fn follow(&mut self, has_place: bool, terms: FileTerms, now: Moment) -> bool {
        let patience = match terms.carries {
            true => PATIENCE_MS,
            false => PATIENCE_WITHOUT_SFU_MS,
        };
        self.due = None;
        let Some(demand) = &self.demand else {
            self.standing = match self.standing {
                Standing::Fallen(at)
                    if terms.carries
                        && terms.dials
                        && !self.is_worth_trying
                        && now < at.plus(REMEMBERED_MS) =>
                {
                    self.due = Some(at.plus(REMEMBERED_MS));
                    Standing::Fallen(at)
                }
                _ => Standing::Resting,
            };
            return false;
        };
        if demand.is_direct {
            return self.follow_direct(patience, terms, now);
        }
        if !demand.sends {
            // Whoever sends sees to it.
            if !matches!(self.standing, Standing::Fallen(_)) {
                self.standing = Standing::Resting;
            }
            return false;
        }
        let is_left = demand.is_left && terms.carries;
        if matches!(self.standing, Standing::Fallen(_)) {
            return false;
        }
        if is_left || (!terms.dials && !self.is_up()) {
            self.fall(false, now);
            return false;
        }
        self.standing = match self.standing {
            // What broke has been waited for since then.
            Standing::Direct => Standing::Trying(self.broken_since().unwrap_or(now)),
            Standing::Resting => Standing::Waiting(now),
            standing => standing,
        };
        if let Standing::Waiting(since) = self.standing {
            // Where the SFU takes nothing there is nothing better than to wait.
            let is_over = terms.carries && since.plus(patience) <= now;
            if (has_place && !is_over) || self.is_usable() {
                self.standing = Standing::Trying(now);
            }
        }
        let due = match self.standing {
            Standing::Trying(since) => Some(since.plus(patience)),
            Standing::Waiting(since) if terms.carries => Some(since.plus(patience)),
            _ => None,
        };
        match due {
            Some(due) if due <= now => {
                self.fall(matches!(self.standing, Standing::Waiting(_)), now);
            }
            due => self.due = due,
        }
        false
    }

    /// Files take their direct path.
    fn follow_direct(&mut self, patience: u64, terms: FileTerms, now: Moment) -> bool {
        let broken = self.broken_since().map(|since| since.plus(patience));
        match broken {
            Some(due) if due <= now => {
                let was_fallen = matches!(self.standing, Standing::Fallen(_));
                if !was_fallen {
                    self.fall(false, now);
                }
                !was_fallen && terms.carries
            }
            due => {
                self.due = due;
                self.standing = Standing::Direct;
                false
            }
        }
    }
}

#[cfg(test)]
#[path = "tests/file_paths.rs"]
mod tests;
