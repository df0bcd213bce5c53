//! One `getStats` report, with only the fields that are shown or steered by.
//!
//! Invariant: reading never fails. An entry of an unknown type is [`StatsEntry::Other`]; one that cannot be read is
//! left out; a missing or null member is `None`. Names and units are those of W3C WebRTC Statistics.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One entry, told apart by its `type`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum StatsEntry {
    /// A stream that arrives.
    InboundRtp(InboundRtp),
    /// A stream that is sent; one per encoding.
    OutboundRtp(OutboundRtp),
    /// What the other side reports about a stream that is sent (RTCP receiver reports).
    RemoteInboundRtp(RemoteInboundRtp),
    /// A pair of candidates.
    CandidatePair(CandidatePair),
    /// A candidate of ours.
    LocalCandidate(Candidate),
    /// A candidate of theirs.
    RemoteCandidate(Candidate),
    /// A codec in use.
    Codec(Codec),
    /// The DTLS transport.
    Transport(Transport),
    /// What a sender takes its media from.
    MediaSource(MediaSource),
    /// Everything else.
    #[serde(other)]
    Other,
}

/// `RTCRtpStreamStats.kind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MediaKind {
    /// `audio`
    Audio,
    /// `video`
    Video,
}

/// `RTCInboundRtpStreamStats`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InboundRtp {
    /// When it was taken, in ms.
    pub timestamp: f64,
    /// Audio or video.
    pub kind: MediaKind,
    /// The transceiver's media id, where the browser tells it.
    pub mid: Option<String>,
    /// Id of the [`Codec`].
    pub codec_id: Option<String>,
    /// Packets so far.
    pub packets_received: Option<f64>,
    /// Packets missing so far; may fall when late ones arrive.
    pub packets_lost: Option<f64>,
    /// Seconds (RFC 3550 section 6.4.1).
    pub jitter: Option<f64>,
    /// Payload bytes so far.
    pub bytes_received: Option<f64>,
    /// Frames so far.
    pub frames_decoded: Option<f64>,
    /// Pixels.
    pub frame_width: Option<u32>,
    /// Pixels.
    pub frame_height: Option<u32>,
    /// Freezes so far.
    pub freeze_count: Option<f64>,
    /// Seconds frozen so far.
    pub total_freezes_duration: Option<f64>,
    /// Audio samples made up so far because the real ones were missing.
    pub concealed_samples: Option<f64>,
    /// Those of them that were silence.
    pub silent_concealed_samples: Option<f64>,
    /// Audio samples so far.
    pub total_samples_received: Option<f64>,
}

/// `RTCOutboundRtpStreamStats`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OutboundRtp {
    /// When it was taken, in ms.
    pub timestamp: f64,
    /// Audio or video.
    pub kind: MediaKind,
    /// The transceiver's media id, where the browser tells it.
    pub mid: Option<String>,
    /// Id of the [`Codec`].
    pub codec_id: Option<String>,
    /// Id of the [`RemoteInboundRtp`].
    pub remote_id: Option<String>,
    /// Payload bytes so far.
    pub bytes_sent: Option<f64>,
    /// What the congestion control grants the encoder, in bits/s.
    pub target_bitrate: Option<f64>,
    /// Frames so far.
    pub frames_encoded: Option<f64>,
    /// Pixels.
    pub frame_width: Option<u32>,
    /// Pixels.
    pub frame_height: Option<u32>,
    /// Why less is sent than could be.
    #[serde(default)]
    pub quality_limitation_reason: LimitationReason,
}

/// `RTCQualityLimitationReason`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LimitationReason {
    /// Nothing limits, or the browser does not say.
    #[default]
    None,
    /// The processor.
    Cpu,
    /// The network.
    Bandwidth,
    /// Something else.
    #[serde(other)]
    Other,
}

/// `RTCRemoteInboundRtpStreamStats`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RemoteInboundRtp {
    /// When the receiver report came, in ms.
    pub timestamp: f64,
    /// Id of the [`OutboundRtp`] it is about.
    pub local_id: Option<String>,
    /// Share of packets lost since the report before, `0.0..=1.0`.
    pub fraction_lost: Option<f64>,
    /// Seconds.
    pub round_trip_time: Option<f64>,
    /// Seconds.
    pub jitter: Option<f64>,
}

/// `RTCIceCandidatePairStats`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CandidatePair {
    /// Id of a [`Candidate`].
    pub local_candidate_id: Option<String>,
    /// Id of a [`Candidate`].
    pub remote_candidate_id: Option<String>,
    /// `RTCStatsIceCandidatePairState`.
    pub state: Option<String>,
    /// Whether ICE nominated it.
    #[serde(default)]
    pub nominated: bool,
    /// Firefox: whether it is in use.
    #[serde(default)]
    pub selected: bool,
    /// Seconds.
    pub current_round_trip_time: Option<f64>,
    /// Bits/s.
    pub available_outgoing_bitrate: Option<f64>,
    /// Bytes so far.
    pub bytes_sent: Option<f64>,
}

/// `RTCIceCandidateStats`, without any address.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Candidate {
    /// How it was found.
    pub candidate_type: Option<CandidateKind>,
    /// `udp` or `tcp`.
    pub protocol: Option<String>,
    /// How the client speaks to the relay: `udp`, `tcp` or `tls`.
    pub relay_protocol: Option<String>,
}

/// `RTCIceCandidateType` (RFC 8445 section 5.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CandidateKind {
    /// An address of the device itself.
    Host,
    /// The address a STUN server saw.
    Srflx,
    /// The address the peer saw.
    Prflx,
    /// An address of a TURN relay.
    Relay,
    /// A type this version does not know.
    #[serde(other)]
    Unknown,
}

/// `RTCCodecStats`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Codec {
    /// As in `video/VP8`.
    pub mime_type: Option<String>,
}

/// `RTCTransportStats`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Transport {
    /// Id of the [`CandidatePair`] in use.
    pub selected_candidate_pair_id: Option<String>,
}

/// `RTCVideoSourceStats`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MediaSource {
    /// Pixels.
    pub width: Option<u32>,
    /// Pixels.
    pub height: Option<u32>,
    /// Frames each second.
    pub frames_per_second: Option<f64>,
}

/// All entries of one `getStats`, by id.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    entries: BTreeMap<String, StatsEntry>,
}

#[derive(Deserialize)]
struct Identified {
    id: String,
    #[serde(flatten)]
    entry: StatsEntry,
}

impl Report {
    /// Reads entries as `JSON.stringify` wrote them. What cannot be read is left out.
    pub fn from_entries<T: AsRef<str>>(entries: impl IntoIterator<Item = T>) -> Self {
        let entries = entries
            .into_iter()
            .filter_map(|text| serde_json::from_str::<Identified>(text.as_ref()).ok())
            .filter(|identified| identified.entry != StatsEntry::Other)
            .map(|identified| (identified.id, identified.entry))
            .collect();
        Self { entries }
    }

    /// The entry of this id.
    pub fn get(&self, id: &str) -> Option<&StatsEntry> {
        self.entries.get(id)
    }

    /// All entries, in order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &StatsEntry)> {
        self.entries.iter().map(|(id, entry)| (id.as_str(), entry))
    }

    /// The pair that carries the media: the one the transport names, or the one that says so of itself.
    pub fn selected_pair(&self) -> Option<&CandidatePair> {
        let named = self.entries.values().find_map(|entry| match entry {
            StatsEntry::Transport(transport) => transport.selected_candidate_pair_id.as_deref(),
            _ => None,
        });
        if let Some(StatsEntry::CandidatePair(pair)) = named.and_then(|id| self.get(id)) {
            return Some(pair);
        }
        let pairs = || {
            self.entries.values().filter_map(|entry| match entry {
                StatsEntry::CandidatePair(pair) => Some(pair),
                _ => None,
            })
        };
        pairs().find(|pair| pair.selected).or_else(|| {
            pairs().find(|pair| pair.nominated && pair.state.as_deref() == Some("succeeded"))
        })
    }

    /// The candidate of this id, ours or theirs.
    pub fn candidate(&self, id: Option<&str>) -> Option<&Candidate> {
        match self.get(id?)? {
            StatsEntry::LocalCandidate(candidate) | StatsEntry::RemoteCandidate(candidate) => {
                Some(candidate)
            }
            _ => None,
        }
    }

    /// The codec's name without its kind, as in `VP8`.
    pub fn codec_name(&self, id: Option<&str>) -> Option<String> {
        match self.get(id?)? {
            StatsEntry::Codec(codec) => {
                let mime = codec.mime_type.as_deref()?;
                let name = mime.split_once('/').map_or(mime, |(_, name)| name);
                // A report comes from this browser, but it ends up in exported text.
                Some(
                    name.chars()
                        .filter(char::is_ascii_graphic)
                        .take(16)
                        .collect(),
                )
            }
            _ => None,
        }
    }
}
