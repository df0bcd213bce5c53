//! Candidates that wait: remote ones for their description, local ones for being asked for again.
//!
//! Invariant: both queues are bounded; when full, the oldest candidate makes room.

use std::collections::VecDeque;

use super::description::Description;
use crate::protocol::IceCandidate;

/// At most so many remote candidates are held for a description.
const MOST_HELD: usize = 256;

/// At most so many local candidates are kept for being sent again.
const MOST_KEPT: usize = 64;

/// A candidate has at most so many bytes; the longest that browsers write have some 200.
const LONGEST: usize = 1_024;

/// A queue of candidates, `None` being the end of candidates.
#[derive(Clone, Debug, Default)]
pub(crate) struct Candidates {
    /// The candidates wait here in the order in which they came; the oldest go when there is no room.
    queue: VecDeque<Option<IceCandidate>>,
}

impl Candidates {
    /// Holds a remote candidate until its description comes.
    pub(crate) fn hold(&mut self, candidate: Option<IceCandidate>) {
        self.push(candidate, MOST_HELD);
    }

    /// Keeps a local candidate that was sent.
    pub(crate) fn keep(&mut self, candidate: Option<IceCandidate>) {
        self.push(candidate, MOST_KEPT);
    }

    fn push(&mut self, candidate: Option<IceCandidate>, most: usize) {
        if self.queue.len() >= most {
            self.queue.pop_front();
        }
        self.queue.push_back(candidate);
    }

    /// Takes out those that belong to the description, and those that do not say where they belong.
    pub(crate) fn release(&mut self, description: &Description) -> Vec<Option<IceCandidate>> {
        let (fitting, waiting) = std::mem::take(&mut self.queue)
            .into_iter()
            .partition(|candidate| fits(candidate.as_ref(), description) != Fit::Foreign);
        self.queue = waiting;
        Vec::from(fitting)
    }

    /// Forgets those of other ICE generations than the description's.
    pub(crate) fn retain(&mut self, description: &Description) {
        self.queue
            .retain(|candidate| fits(candidate.as_ref(), description) != Fit::Foreign);
    }

    /// Forgets those that do not say where they belong.
    pub(crate) fn forget_unlabelled(&mut self) {
        self.queue
            .retain(|candidate| candidate.as_ref().is_some_and(|it| fragment(it).is_some()));
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Option<IceCandidate>> {
        self.queue.iter()
    }

    /// How many there are.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.queue.len()
    }
}

/// A candidate belongs to a description, or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    /// It belongs to it.
    Belongs,
    /// It does not say to which description it belongs.
    Unlabelled,
    /// It belongs to another description.
    Foreign,
}

/// Compares the candidate's `usernameFragment` with the description's.
pub(crate) fn fits(candidate: Option<&IceCandidate>, description: &Description) -> Fit {
    match candidate.and_then(fragment) {
        None => Fit::Unlabelled,
        Some(fragment) if description.has_fragment(fragment) => Fit::Belongs,
        Some(_) => Fit::Foreign,
    }
}

/// Whether it is longer than a candidate can be.
pub(crate) fn is_no_candidate(candidate: &IceCandidate) -> bool {
    let length = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    candidate.candidate.len() + length(&candidate.sdp_mid) + length(&candidate.username_fragment)
        > LONGEST
}

/// The ICE generation: the dictionary's field, or the `ufrag` extension that browsers write into the attribute.
fn fragment(candidate: &IceCandidate) -> Option<&str> {
    candidate.username_fragment.as_deref().or_else(|| {
        let mut words = candidate.candidate.split(' ');
        words.find(|word| *word == "ufrag")?;
        words.next()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(text: &str, fragment: Option<&str>) -> Option<IceCandidate> {
        Some(IceCandidate {
            candidate: text.to_owned(),
            username_fragment: fragment.map(str::to_owned),
            ..IceCandidate::default()
        })
    }

    #[test]
    fn a_description_releases_its_own_candidates_and_leaves_the_others() {
        let mut candidates = Candidates::default();
        candidates.hold(candidate("a", Some("old")));
        candidates.hold(candidate("b", Some("new")));
        candidates.hold(candidate(
            "candidate:1 1 udp 1 h 1 typ host ufrag new x",
            None,
        ));
        candidates.hold(candidate("c", None));
        candidates.hold(None);
        let released = candidates.release(&Description::read("a=ice-ufrag:new"));
        assert_eq!(released.len(), 4);
        assert_eq!(candidates.len(), 1);
    }

    #[test]
    fn the_oldest_makes_room() {
        let mut candidates = Candidates::default();
        for number in 0..300 {
            candidates.hold(candidate(&number.to_string(), Some("x")));
        }
        assert_eq!(candidates.len(), MOST_HELD);
        let released = candidates.release(&Description::read("a=ice-ufrag:x"));
        assert_eq!(released[0], candidate("44", Some("x")));
    }
}
