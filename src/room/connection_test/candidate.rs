//! Candidates as they were gathered (RFC 8839 section 5.1), and which kinds there are.

use crate::room::quality::entry::CandidateKind;

/// A candidate that the browser gathered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundCandidate {
    /// The candidate is of this kind.
    pub kind: CandidateKind,
    /// The candidate is reached over `udp` or `tcp`.
    pub protocol: String,
    /// An address, or a name that stands for one (RFC 8828 section 5.3), leads to it.
    pub address: String,
}

/// These kinds of candidates were found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CandidateKinds {
    /// There are addresses of the device itself.
    pub host: bool,
    /// There are addresses that a STUN server saw.
    pub server_reflexive: bool,
    /// There are addresses of a relay.
    pub relay: bool,
    /// Some are of IPv4.
    pub ipv4: bool,
    /// Some are of IPv6.
    pub ipv6: bool,
}

impl FoundCandidate {
    /// Reads a candidate attribute; `None` when it is none.
    pub fn parse(attribute: &str) -> Option<Self> {
        let mut fields = attribute.split(' ');
        let _foundation = fields
            .next()
            .filter(|text| text.starts_with("candidate:"))?;
        let _component = fields.next()?;
        let protocol = fields.next()?.to_ascii_lowercase();
        let _priority = fields.next()?;
        let address = fields.next()?.to_owned();
        let _port = fields.next()?;
        let kind = match (fields.next()?, fields.next()?) {
            ("typ", "host") => CandidateKind::Host,
            ("typ", "srflx") => CandidateKind::Srflx,
            ("typ", "prflx") => CandidateKind::Prflx,
            ("typ", "relay") => CandidateKind::Relay,
            _ => return None,
        };
        Some(Self {
            kind,
            protocol,
            address,
        })
    }

    /// As it stands in a report.
    pub(crate) fn line(&self) -> String {
        let kind = match self.kind {
            CandidateKind::Host => "host",
            CandidateKind::Srflx => "srflx",
            CandidateKind::Prflx => "prflx",
            CandidateKind::Relay => "relay",
            CandidateKind::Unknown => "unknown",
        };
        ["candidate ", kind, " ", &self.protocol, " ", &self.address].concat()
    }
}

impl CandidateKinds {
    /// Those among the candidates.
    pub(crate) fn of(candidates: &[FoundCandidate]) -> Self {
        let mut kinds = Self::default();
        for candidate in candidates {
            match candidate.kind {
                CandidateKind::Host => kinds.host = true,
                CandidateKind::Srflx | CandidateKind::Prflx => kinds.server_reflexive = true,
                CandidateKind::Relay => kinds.relay = true,
                CandidateKind::Unknown => {}
            }
            // A name that stands for an address hides which family it is of.
            let address = candidate.address.as_bytes();
            if address.contains(&b':') {
                kinds.ipv6 = true;
            } else if address
                .iter()
                .all(|byte| byte.is_ascii_digit() || *byte == b'.')
            {
                kinds.ipv4 = true;
            }
        }
        kinds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: &str =
        "candidate:1 1 udp 2113937151 192.168.1.4 54321 typ host generation 0 ufrag x";
    const HIDDEN: &str = "candidate:1 1 UDP 2113937151 a1b2.local 54321 typ host";
    const REFLEXIVE: &str =
        "candidate:2 1 udp 1677729535 203.0.113.7 61000 typ srflx raddr 0.0.0.0 rport 0";
    const RELAY: &str = "candidate:3 1 udp 33562623 2001:db8::5 50000 typ relay raddr :: rport 0";

    fn parsed(lines: &[&str]) -> Vec<FoundCandidate> {
        let candidates = lines
            .iter()
            .map(|line| FoundCandidate::parse(line).unwrap());
        candidates.collect()
    }

    #[test]
    fn kinds_and_families_are_read_from_the_attributes() {
        let kinds = CandidateKinds::of(&parsed(&[HOST, REFLEXIVE]));
        assert!(kinds.host && kinds.server_reflexive && kinds.ipv4);
        assert!(!kinds.relay && !kinds.ipv6);
        let kinds = CandidateKinds::of(&parsed(&[HIDDEN, RELAY]));
        assert!(kinds.host && kinds.relay && kinds.ipv6);
        assert!(!kinds.ipv4 && !kinds.server_reflexive);
    }

    #[test]
    fn what_is_no_candidate_is_none() {
        for text in [
            "",
            "candidate:",
            "candidate:1 1 udp 1 1.2.3.4 5 typ",
            "a=candidate:1",
        ] {
            assert_eq!(FoundCandidate::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_line_of_a_report_says_kind_protocol_and_address() {
        assert_eq!(parsed(&[HIDDEN])[0].line(), "candidate host udp a1b2.local");
    }
}
