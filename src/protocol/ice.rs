//! ICE as the wire names it: candidates, servers and which of them may be used (W3C WebRTC section 4.2).

use serde::Deserialize;

use crate::protocol::message::{message, words};

message! {
    /// `RTCIceCandidateInit` (W3C WebRTC section 4.8.1), as the browser writes it.
    #[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
    pub struct IceCandidate {
        /// The candidate attribute (RFC 8839 section 5.1); empty for the end of candidates of one generation.
        pub candidate: String = "candidate" [default],
        /// The media section's id.
        pub sdp_mid: Option<String> = "sdpMid" [default, skip_serializing_if = "Option::is_none"],
        /// The media section's index.
        pub sdp_m_line_index: Option<u16> = "sdpMLineIndex" [default, skip_serializing_if = "Option::is_none"],
        /// The ICE generation it belongs to.
        pub username_fragment: Option<String> = "usernameFragment" [default, skip_serializing_if = "Option::is_none"],
    }
}

message! {
    /// `RTCIceServer` (W3C WebRTC section 4.2.3).
    #[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
    pub struct IceServer {
        /// `stun:`, `turn:` or `turns:` URLs.
        pub urls: Vec<String> = "urls",
        /// For TURN.
        pub username: Option<String> = "username" [default, skip_serializing_if = "Option::is_none"],
        /// For TURN; never logged.
        pub credential: Option<String> = "credential" [default, skip_serializing_if = "Option::is_none"],
    }
}

words! {
    /// `RTCIceTransportPolicy` (W3C WebRTC section 4.2.2).
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
    pub enum IceTransportPolicy {
        /// Relayed candidates only, so that nobody learns an address.
        Relay = "relay";
        /// Any candidate; also what is taken for a policy that is not known.
        #[default]
        #[serde(other)]
        All = "all"
    }
}

impl IceTransportPolicy {
    pub(super) fn is_all(&self) -> bool {
        *self == Self::All
    }
}
