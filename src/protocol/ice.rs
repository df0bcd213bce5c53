//! ICE as the wire names it: candidates, servers and which of them may be used (W3C WebRTC section 4.2).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::protocol::fields::{Fields, Read, WrongField};

/// `RTCIceCandidateInit` (W3C WebRTC section 4.8.1), as the browser writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IceCandidate {
    /// The candidate attribute (RFC 8839 section 5.1); empty for the end of candidates of one generation.
    #[serde(default)]
    pub candidate: String,
    /// The media section's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sdp_mid: Option<String>,
    /// The media section's index.
    #[serde(
        default,
        rename = "sdpMLineIndex",
        skip_serializing_if = "Option::is_none"
    )]
    pub sdp_m_line_index: Option<u16>,
    /// The ICE generation it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username_fragment: Option<String>,
}

impl Read for IceCandidate {
    fn read(value: &Value) -> Result<Self, WrongField> {
        let fields = Fields::of(value)?;
        let index = fields.maybe_integer("sdpMLineIndex")?;
        let index =
            index.map(|index| u16::try_from(index).map_err(|_| WrongField("sdpMLineIndex")));
        Ok(Self {
            candidate: fields.maybe_string("candidate")?.unwrap_or_default(),
            sdp_mid: fields.maybe_string("sdpMid")?,
            sdp_m_line_index: index.transpose()?,
            username_fragment: fields.maybe_string("usernameFragment")?,
        })
    }
}

/// `RTCIceServer` (W3C WebRTC section 4.2.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IceServer {
    /// `stun:`, `turn:` or `turns:` URLs.
    pub urls: Vec<String>,
    /// For TURN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// For TURN; never logged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
}

impl Read for IceServer {
    fn read(value: &Value) -> Result<Self, WrongField> {
        let fields = Fields::of(value)?;
        let urls = fields.list("urls")?.iter();
        let urls: Option<Vec<String>> = urls.map(|url| url.as_str().map(str::to_owned)).collect();
        Ok(Self {
            urls: urls.ok_or(WrongField("urls"))?,
            username: fields.maybe_string("username")?,
            credential: fields.maybe_string("credential")?,
        })
    }
}

/// `RTCIceTransportPolicy` (W3C WebRTC section 4.2.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IceTransportPolicy {
    /// Relayed candidates only, so that nobody learns an address.
    Relay,
    /// Any candidate; also what is taken for a policy that is not known.
    #[default]
    #[serde(other)]
    All,
}

impl IceTransportPolicy {
    pub(super) fn is_all(&self) -> bool {
        *self == Self::All
    }
}
