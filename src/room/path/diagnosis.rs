//! How far the attempt to reach a person has come, and what it means when it ends there.
//!
//! Responsible for the diagnosis alone; the words are the ui's. Invariant: every stage at which a path can fail has exactly
//! one diagnosis, and the one that names something people can act on comes first.

use crate::protocol::{IceCandidate, IceServer, IceUrl, Transport, UrlKind};

/// The setting up of a connection stands here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionStage {
    /// The descriptions are on their way through the server.
    Signaling,
    /// The browser looks for addresses of its own.
    Gathering,
    /// Pairs of addresses are tried (RFC 8445 section 7).
    Checking,
    /// A pair works; keys are agreed on (RFC 8827 section 6.5).
    Handshake,
    /// Everything stands; nothing was seen or heard yet.
    FirstMedia,
    /// Media arrived.
    Established,
}

/// A pair of addresses works, or none does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pair {
    /// No pair works, or not any more.
    #[default]
    Missing,
    /// A pair works.
    Found,
}

/// One side came up with these kinds of candidates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct CandidatesSeen {
    /// There was a candidate at all.
    pub(crate) any: bool,
    /// A STUN server answered.
    pub(crate) reflexive: bool,
    /// A relay answered.
    pub(crate) relayed: bool,
}

impl CandidatesSeen {
    /// Takes note of a candidate (RFC 8839 section 5.1).
    pub(crate) fn note(&mut self, candidate: &IceCandidate) {
        let mut words = candidate.candidate.split(' ');
        let kind = words.find(|word| *word == "typ").and_then(|_| words.next());
        self.any = true;
        self.reflexive |= kind == Some("srflx");
        self.relayed |= kind == Some("relay");
    }
}

/// This is known of the attempt under way.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PathAttempt {
    /// This side came up with these candidates.
    pub(crate) own: CandidatesSeen,
    /// The other side came up with these candidates.
    pub(crate) theirs: CandidatesSeen,
    /// A pair of addresses works, or none does.
    pub(crate) pair: Pair,
    /// Something has arrived.
    pub(crate) heard: bool,
}

/// The browser and the negotiation see the path like this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PathProgress {
    /// The descriptions are not agreed on.
    Negotiating,
    /// The descriptions are agreed on.
    Negotiated,
    /// The descriptions are agreed on, and the browser calls the connection connected.
    Connected,
}

impl PathAttempt {
    /// Where it stands.
    pub(crate) fn stage(&self, progress: PathProgress) -> ConnectionStage {
        match (progress, self.pair) {
            (PathProgress::Connected, _) if self.heard => ConnectionStage::Established,
            (PathProgress::Connected, _) => ConnectionStage::FirstMedia,
            (PathProgress::Negotiating, _) => ConnectionStage::Signaling,
            (PathProgress::Negotiated, Pair::Found) => ConnectionStage::Handshake,
            (PathProgress::Negotiated, Pair::Missing) if self.own.any => ConnectionStage::Checking,
            (PathProgress::Negotiated, Pair::Missing) => ConnectionStage::Gathering,
        }
    }

    /// What it means that it ends at this stage, with a server that offers relays or not.
    pub(crate) fn diagnose(&self, stage: ConnectionStage, relays: Relays) -> PathFailure {
        match (stage, relays) {
            (ConnectionStage::Signaling, _) => PathFailure::NoAnswer,
            (ConnectionStage::Gathering, _) => PathFailure::NoAddress,
            (ConnectionStage::Checking, Relays::None) => PathFailure::NoRelay,
            (ConnectionStage::Checking, Relays::Offered) => {
                if !self.own.relayed && !self.own.reflexive {
                    PathFailure::UdpBlocked
                } else if !self.own.relayed {
                    PathFailure::RelaySilent
                } else if !self.theirs.relayed {
                    PathFailure::TheyAreBlocked
                } else {
                    PathFailure::NothingThrough
                }
            }
            (ConnectionStage::Handshake, _) => PathFailure::HandshakeLost,
            (ConnectionStage::FirstMedia | ConnectionStage::Established, _) => PathFailure::NoMedia,
        }
    }
}

/// The server names relays, or it does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relays {
    /// The server names relays.
    Offered,
    /// The server names none.
    None,
}

/// A person cannot be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathFailure {
    /// This computer does not reach the server either.
    Offline,
    /// The other side does not reach the server.
    TheyAreAway,
    /// The other side does not answer ([`ConnectionStage::Signaling`]).
    NoAnswer,
    /// The browser found no address of its own ([`ConnectionStage::Gathering`]).
    NoAddress,
    /// No pair works and there is no relay ([`ConnectionStage::Checking`], as are the next four).
    NoRelay,
    /// Neither STUN nor a relay answered this computer.
    UdpBlocked,
    /// STUN answered this computer, no relay did.
    RelaySilent,
    /// The other side got no relay.
    TheyAreBlocked,
    /// Both sides got a relay, and yet no pair works.
    NothingThrough,
    /// A pair works, the handshake does not get through ([`ConnectionStage::Handshake`]).
    HandshakeLost,
    /// The connection stands, nothing arrives on it ([`ConnectionStage::FirstMedia`]).
    NoMedia,
    /// One side describes more than a call takes, or than the server passes on. No stage leads here.
    Excessive,
}

/// Where relays are expected to answer, for people: `UDP 3478, TCP 3478, TLS 5349`. Empty when there are none.
pub(crate) fn relay_ports(servers: &[IceServer]) -> String {
    let mut ports: Vec<String> = Vec::new();
    let urls = servers.iter().flat_map(|server| &server.urls);
    for url in urls.filter_map(|url| IceUrl::parse(url).ok()) {
        if url.kind != UrlKind::Relay {
            continue;
        }
        let transport = match url.transport {
            Transport::Udp => "UDP ",
            Transport::Tcp => "TCP ",
            Transport::Tls => "TLS ",
            Transport::Dtls => "DTLS ",
        };
        let port = [transport, &url.port.to_string()].concat();
        if !ports.contains(&port) {
            ports.push(port);
        }
    }
    ports.join(", ")
}

#[cfg(test)]
mod tests {
    use ConnectionStage::{Checking, Established, FirstMedia, Gathering, Handshake, Signaling};

    use super::*;

    fn kinds(kinds: &[&str]) -> CandidatesSeen {
        let mut noted = CandidatesSeen::default();
        for kind in kinds {
            noted.note(&IceCandidate {
                candidate: format!("candidate:1 1 udp 1 198.18.0.1 9 typ {kind} generation 0"),
                ..IceCandidate::default()
            });
        }
        noted
    }

    #[test]
    fn the_stage_is_the_first_thing_that_is_missing() {
        for (progress, own, pair, heard, stage) in [
            (
                PathProgress::Negotiating,
                &[][..],
                Pair::Missing,
                false,
                Signaling,
            ),
            (
                PathProgress::Negotiating,
                &["host"],
                Pair::Found,
                true,
                Signaling,
            ),
            (
                PathProgress::Negotiated,
                &[],
                Pair::Missing,
                false,
                Gathering,
            ),
            (
                PathProgress::Negotiated,
                &["host"],
                Pair::Missing,
                true,
                Checking,
            ),
            (
                PathProgress::Negotiated,
                &["host"],
                Pair::Found,
                false,
                Handshake,
            ),
            (
                PathProgress::Connected,
                &["host"],
                Pair::Found,
                false,
                FirstMedia,
            ),
            (
                PathProgress::Connected,
                &["host"],
                Pair::Found,
                true,
                Established,
            ),
        ] {
            let attempt = PathAttempt {
                own: kinds(own),
                pair,
                heard,
                ..PathAttempt::default()
            };
            assert_eq!(attempt.stage(progress), stage, "{progress:?} {pair:?}");
        }
    }

    #[test]
    fn a_failed_check_names_who_is_blocked_where() {
        let (all, direct) = (&["host", "srflx", "relay"][..], &["host", "srflx"][..]);
        for (relays, own, theirs, failure) in [
            (Relays::None, all, all, PathFailure::NoRelay),
            (Relays::Offered, &["host"][..], all, PathFailure::UdpBlocked),
            (Relays::Offered, direct, all, PathFailure::RelaySilent),
            (Relays::Offered, all, direct, PathFailure::TheyAreBlocked),
            (Relays::Offered, all, &[], PathFailure::TheyAreBlocked),
            (Relays::Offered, all, all, PathFailure::NothingThrough),
        ] {
            let attempt = PathAttempt {
                own: kinds(own),
                theirs: kinds(theirs),
                ..PathAttempt::default()
            };
            assert_eq!(attempt.diagnose(Checking, relays), failure);
        }
    }

    #[test]
    fn every_other_stage_has_its_own_failure() {
        let attempt = PathAttempt::default();
        for (stage, failure) in [
            (Signaling, PathFailure::NoAnswer),
            (Gathering, PathFailure::NoAddress),
            (Handshake, PathFailure::HandshakeLost),
            (FirstMedia, PathFailure::NoMedia),
        ] {
            for relays in [Relays::None, Relays::Offered] {
                assert_eq!(attempt.diagnose(stage, relays), failure);
            }
        }
    }

    #[test]
    fn relays_are_named_by_transport_and_port() {
        let servers = [IceServer {
            urls: [
                "stun:a.example",
                "turn:a.example",
                "turn:a.example:3478?transport=udp",
                "turn:[2001:db8::1]?transport=tcp",
                "turns:a.example:443?transport=tcp",
                "turns:a.example",
            ]
            .map(str::to_owned)
            .to_vec(),
            username: None,
            credential: None,
        }];
        assert_eq!(
            relay_ports(&servers),
            "UDP 3478, TCP 3478, TLS 443, TLS 5349"
        );
        assert_eq!(relay_ports(&[]), "");
    }
}
