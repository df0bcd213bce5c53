//! The peer's candidates that the connection is given: each once, and no more of them than it can try in good time.
//!
//! Invariant: of one ICE generation at most [`MOST_TAKEN`] are given, those that stand in a description included.

use crate::protocol::IceCandidate;

/// Of one ICE generation of the peer so many candidates are taken; the rest is dropped. Every one is tried with each of our
/// own, and a computer with several networks, STUN and a relay has some twenty.
const MOST_TAKEN: usize = 64;

/// The candidates taken of one ICE generation.
#[derive(Clone, Debug, Default)]
pub(crate) struct TakenCandidates {
    /// Each stands here by what it is known by.
    taken: Vec<String>,
}

/// A candidate is taken, or there is a reason why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Claim {
    /// It is new, and there is room for it.
    Taken,
    /// It was taken before.
    Known,
    /// There is no room.
    Dropped,
}

impl TakenCandidates {
    /// Whether the connection is to be given this candidate; `None` is the end of candidates.
    pub(crate) fn takes(&mut self, candidate: Option<&IceCandidate>) -> bool {
        let text = candidate.map_or("", |it| it.candidate.as_str());
        self.claim(text) == Claim::Taken
    }

    /// A description without the candidates that are too many.
    pub(crate) fn trim(&mut self, sdp: &str) -> String {
        let lines = sdp.split_inclusive('\n');
        lines
            .filter(|line| match line.strip_prefix("a=") {
                Some(text) if text.starts_with("candidate:") => self.claim(text) != Claim::Dropped,
                _ => true,
            })
            .collect()
    }

    fn claim(&mut self, candidate: &str) -> Claim {
        let identity = identity(candidate);
        if !identity.is_empty() && self.taken.iter().any(|known| known == identity) {
            Claim::Known
        } else if self.taken.len() >= MOST_TAKEN {
            Claim::Dropped
        } else {
            self.taken.push(identity.to_owned());
            Claim::Taken
        }
    }
}

/// What a candidate is known by: all up to its type (RFC 8839 section 5.1). What follows is told in other words by
/// descriptions than by candidates that come alone.
fn identity(candidate: &str) -> &str {
    const TYPE: &str = " typ ";
    let candidate = candidate.trim_end();
    let Some(before) = candidate.find(TYPE) else {
        return candidate;
    };
    let kind = before + TYPE.len();
    let end = candidate[kind..].find(' ');
    end.map_or(candidate, |end| &candidate[..kind + end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(port: usize, rest: &str) -> String {
        format!("candidate:1 1 udp 2122260223 198.18.0.1 {port} typ host{rest}")
    }

    fn alone(port: usize) -> IceCandidate {
        IceCandidate {
            candidate: candidate(port, " generation 0 ufrag x network-cost 999"),
            ..IceCandidate::default()
        }
    }

    #[test]
    fn sixty_four_are_taken_each_once_and_the_rest_is_dropped() {
        let mut taken = TakenCandidates::default();
        let given = (0..2_229).filter(|port| taken.takes(Some(&alone(*port))));
        assert_eq!(given.collect::<Vec<_>>(), (0..64).collect::<Vec<_>>());
        assert!(!taken.takes(None), "an end is nothing to wait for then");
        let mut taken = TakenCandidates::default();
        assert!(taken.takes(Some(&alone(1))));
        assert!(!taken.takes(Some(&alone(1))));
        assert!(taken.takes(None));
    }

    #[test]
    fn those_in_a_description_count_and_are_known_when_they_come_alone() {
        let mut taken = TakenCandidates::default();
        let line = |port| ["a=", &candidate(port, " generation 0"), "\r\n"].concat();
        let sdp = |from: usize| -> String { (from..from + 60).map(line).collect() };
        let whole = ["v=0\r\nm=audio 9\r\n", &sdp(0), "a=mid:0\r\n"].concat();
        assert_eq!(taken.trim(&whole), whole);
        assert_eq!(taken.trim(&whole), whole, "said again, they are the same");
        assert!(!taken.takes(Some(&alone(0))));
        assert!(taken.takes(Some(&alone(60))));
        assert_eq!(taken.trim(&sdp(61)).lines().count(), 3);
        assert!(!taken.takes(Some(&alone(200))));
    }

    #[test]
    fn what_is_no_candidate_is_told_apart_by_all_of_it() {
        assert_eq!(identity("candidate:nonsense"), "candidate:nonsense");
        assert_eq!(identity("candidate:1 typ host\r\n"), "candidate:1 typ host");
        assert_eq!(identity("a typ "), "a typ");
    }
}
