//! The ways in and out of a connection: own candidates, and those of the other side.
//!
//! Invariant: neither side's candidates are without end, and what is gone is not told of any more.

use std::net::SocketAddr;

use str0m::net::Protocol;
use str0m::{Candidate, CandidateKind};

use super::agent::Agent;
use super::library::is_relayed;
use crate::protocol::IceCandidate;

/// The other side has at most so many candidates in an ICE generation.
pub(super) const MOST_REMOTE_CANDIDATES: usize = 64;

/// This side has at most so many.
pub(super) const MOST_CANDIDATES: usize = 32;

impl Agent {
    /// Tries a candidate of the other side; what cannot be understood is left aside, names of browsers among it, and what is more
    /// than anybody has.
    pub(super) fn add_remote(&mut self, candidate: &IceCandidate) {
        if let Ok(candidate) = Candidate::from_sdp_string(&candidate.candidate)
            && candidate.proto() == Protocol::Udp
            && self.remote_candidates < MOST_REMOTE_CANDIDATES
        {
            self.remote_candidates += 1;
            self.rtc.add_remote_candidate(candidate);
            self.drain();
        }
    }

    /// Uses an own candidate from now on, if it may be used.
    pub(super) fn add_local(&mut self, candidate: Candidate) {
        let is_same = |known: &Candidate| {
            known.addr() == candidate.addr() && known.kind() == candidate.kind()
        };
        if self.candidates.iter().any(is_same) {
            return;
        }
        // What was found last is what works; the addresses of the machine stay.
        let is_found = |known: &Candidate| known.kind() != CandidateKind::Host;
        if self.candidates.len() >= MOST_CANDIDATES
            && let Some(oldest) = self.candidates.iter().position(is_found)
        {
            let oldest = self.candidates.remove(oldest);
            self.give_up(&oldest);
        }
        self.candidates.push(candidate);
        self.use_candidates();
    }

    /// An own address is gone: it is neither used nor told any more.
    pub(super) fn remove_local(&mut self, address: SocketAddr) {
        let is_it = |candidate: &mut Candidate| candidate.addr() == address;
        let gone: Vec<Candidate> = self.candidates.extract_if(.., is_it).collect();
        for candidate in gone {
            self.give_up(&candidate);
        }
    }

    fn give_up(&mut self, candidate: &Candidate) {
        self.rtc.direct_api().invalidate_candidate(candidate);
        self.drain();
    }

    /// The own candidates that the other side was not told of in the ICE generation that is, or is offered.
    pub(super) fn take_untold(&mut self) -> Vec<IceCandidate> {
        let fragment = match &self.offered_fragment {
            Some(fragment) => fragment.clone(),
            None => self.rtc.direct_api().local_ice_credentials().ufrag,
        };
        self.told.retain(|(told, _)| *told == fragment);
        let mut untold = Vec::new();
        for candidate in &self.candidates {
            let key = (fragment.clone(), candidate.addr());
            if (self.only_relayed && !is_relayed(candidate)) || self.told.contains(&key) {
                continue;
            }
            let mut candidate = candidate.clone();
            candidate.set_ufrag(&fragment);
            untold.push(IceCandidate {
                candidate: candidate.to_sdp_string(),
                sdp_mid: None,
                sdp_m_line_index: Some(0),
                username_fragment: Some(fragment.clone()),
            });
            self.told.push(key);
        }
        untold
    }

    /// Gives the library every own candidate that may be used; those it has it keeps.
    pub(super) fn use_candidates(&mut self) {
        for candidate in self.candidates.clone() {
            if !self.only_relayed || is_relayed(&candidate) {
                self.rtc.add_local_candidate(candidate);
                self.drain();
            }
        }
    }
}

#[cfg(test)]
#[path = "tests/candidates.rs"]
mod tests;
