//! The entries of a `getStats` report, with only the members that are shown or steered by.
//!
//! Invariant: an entry of an unknown type is [`StatsEntry::Other`]; a missing or null member is `None`. Names and units
//! are those of W3C WebRTC Statistics.

use serde::Serialize;
use serde_json::Value;

use crate::protocol::fields::{Fields, Read, WrongField};

/// An entry of a report is told apart by its `type`.
#[derive(Clone, Debug, PartialEq)]
pub enum StatsEntry {
    /// A stream arrives.
    InboundRtp(InboundRtp),
    /// A stream is sent; each encoding has an entry.
    OutboundRtp(OutboundRtp),
    /// The other side reports this about a stream that is sent (RTCP receiver reports).
    RemoteInboundRtp(RemoteInboundRtp),
    /// Two candidates are a pair.
    CandidatePair(CandidatePair),
    /// The candidate is ours.
    LocalCandidate(Candidate),
    /// The candidate is theirs.
    RemoteCandidate(Candidate),
    /// The codec is in use.
    Codec(Codec),
    /// The entry is of the DTLS transport.
    Transport(Transport),
    /// A sender takes its media from this.
    MediaSource(MediaSource),
    /// Everything else is not looked at.
    Other,
}

impl StatsEntry {
    /// Whether entries of this `type` are any but [`Self::Other`].
    pub fn is_read(kind: &str) -> bool {
        matches!(
            kind,
            "inbound-rtp"
                | "outbound-rtp"
                | "remote-inbound-rtp"
                | "candidate-pair"
                | "local-candidate"
                | "remote-candidate"
                | "codec"
                | "transport"
                | "media-source"
        )
    }
}

/// `RTCRtpStreamStats.kind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MediaKind {
    /// The stream carries sound: `audio`.
    Audio,
    /// The stream carries pictures: `video`.
    Video,
}

/// `RTCInboundRtpStreamStats`.
#[derive(Clone, Debug, PartialEq)]
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
#[derive(Clone, Debug, PartialEq)]
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
    /// Packets so far.
    pub packets_sent: Option<f64>,
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
    pub quality_limitation_reason: LimitationReason,
}

/// `RTCQualityLimitationReason`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LimitationReason {
    /// Nothing limits, or the browser does not say.
    #[default]
    None,
    /// The processor limits.
    Cpu,
    /// The network limits.
    Bandwidth,
    /// Something else limits.
    Other,
}

/// `RTCRemoteInboundRtpStreamStats`.
#[derive(Clone, Debug, PartialEq)]
pub struct RemoteInboundRtp {
    /// When the receiver report came, in ms.
    pub timestamp: f64,
    /// Id of the [`OutboundRtp`] it is about.
    pub local_id: Option<String>,
    /// Packets missing so far; may fall when late ones arrive.
    pub packets_lost: Option<f64>,
    /// Share of packets lost since the report before, `0.0..=1.0`.
    pub fraction_lost: Option<f64>,
    /// Seconds.
    pub round_trip_time: Option<f64>,
    /// Seconds.
    pub jitter: Option<f64>,
}

/// `RTCIceCandidatePairStats`.
#[derive(Clone, Debug, PartialEq)]
pub struct CandidatePair {
    /// Id of a [`Candidate`].
    pub local_candidate_id: Option<String>,
    /// Id of a [`Candidate`].
    pub remote_candidate_id: Option<String>,
    /// `RTCStatsIceCandidatePairState`.
    pub state: Option<String>,
    /// Whether ICE nominated it.
    pub nominated: bool,
    /// Firefox: whether it is in use.
    pub selected: bool,
    /// Seconds.
    pub current_round_trip_time: Option<f64>,
    /// Bits/s.
    pub available_outgoing_bitrate: Option<f64>,
    /// Bytes so far.
    pub bytes_sent: Option<f64>,
}

/// `RTCIceCandidateStats`, without any address.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// How it was found.
    pub candidate_type: Option<CandidateKind>,
    /// `udp` or `tcp`.
    pub protocol: Option<String>,
    /// How the client speaks to the relay: `udp`, `tcp` or `tls`.
    pub relay_protocol: Option<String>,
}

/// `RTCIceCandidateType` (RFC 8445 section 5.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CandidateKind {
    /// The address is of the device itself.
    Host,
    /// A STUN server saw the address.
    Srflx,
    /// The peer saw the address.
    Prflx,
    /// The address is of a TURN relay.
    Relay,
    /// This version does not know the type.
    Unknown,
}

/// `RTCCodecStats`.
#[derive(Clone, Debug, PartialEq)]
pub struct Codec {
    /// As in `video/VP8`.
    pub mime_type: Option<String>,
}

/// `RTCTransportStats`.
#[derive(Clone, Debug, PartialEq)]
pub struct Transport {
    /// Id of the [`CandidatePair`] in use.
    pub selected_candidate_pair_id: Option<String>,
}

/// `RTCVideoSourceStats`.
#[derive(Clone, Debug, PartialEq)]
pub struct MediaSource {
    /// Pixels.
    pub width: Option<u32>,
    /// Pixels.
    pub height: Option<u32>,
    /// Frames each second.
    pub frames_per_second: Option<f64>,
}

impl Read for StatsEntry {
    fn read(value: &Value) -> Result<Self, WrongField> {
        let fields = Fields::of(value)?;
        let text = |name| fields.maybe_string(name);
        let number = |name| fields.maybe_number(name);
        let timestamp = || fields.number("timestamp");
        let kind = || match fields.text("kind")? {
            "audio" => Ok(MediaKind::Audio),
            "video" => Ok(MediaKind::Video),
            _ => Err(WrongField("kind")),
        };
        Ok(match fields.text("type")? {
            "inbound-rtp" => Self::InboundRtp(InboundRtp {
                timestamp: timestamp()?,
                kind: kind()?,
                mid: text("mid")?,
                codec_id: text("codecId")?,
                packets_received: number("packetsReceived")?,
                packets_lost: number("packetsLost")?,
                jitter: number("jitter")?,
                bytes_received: number("bytesReceived")?,
                frames_decoded: number("framesDecoded")?,
                frame_width: fields.maybe_u32("frameWidth")?,
                frame_height: fields.maybe_u32("frameHeight")?,
                freeze_count: number("freezeCount")?,
                total_freezes_duration: number("totalFreezesDuration")?,
                concealed_samples: number("concealedSamples")?,
                silent_concealed_samples: number("silentConcealedSamples")?,
                total_samples_received: number("totalSamplesReceived")?,
            }),
            "outbound-rtp" => Self::OutboundRtp(OutboundRtp {
                timestamp: timestamp()?,
                kind: kind()?,
                mid: text("mid")?,
                codec_id: text("codecId")?,
                remote_id: text("remoteId")?,
                packets_sent: number("packetsSent")?,
                bytes_sent: number("bytesSent")?,
                target_bitrate: number("targetBitrate")?,
                frames_encoded: number("framesEncoded")?,
                frame_width: fields.maybe_u32("frameWidth")?,
                frame_height: fields.maybe_u32("frameHeight")?,
                quality_limitation_reason: match fields.maybe_text("qualityLimitationReason")? {
                    None | Some("none") => LimitationReason::None,
                    Some("cpu") => LimitationReason::Cpu,
                    Some("bandwidth") => LimitationReason::Bandwidth,
                    Some(_) => LimitationReason::Other,
                },
            }),
            "remote-inbound-rtp" => Self::RemoteInboundRtp(RemoteInboundRtp {
                timestamp: timestamp()?,
                local_id: text("localId")?,
                packets_lost: number("packetsLost")?,
                fraction_lost: number("fractionLost")?,
                round_trip_time: number("roundTripTime")?,
                jitter: number("jitter")?,
            }),
            "candidate-pair" => Self::CandidatePair(CandidatePair {
                local_candidate_id: text("localCandidateId")?,
                remote_candidate_id: text("remoteCandidateId")?,
                state: text("state")?,
                nominated: fields.maybe_flag("nominated")?.unwrap_or_default(),
                selected: fields.maybe_flag("selected")?.unwrap_or_default(),
                current_round_trip_time: number("currentRoundTripTime")?,
                available_outgoing_bitrate: number("availableOutgoingBitrate")?,
                bytes_sent: number("bytesSent")?,
            }),
            "local-candidate" => Self::LocalCandidate(Candidate::read(value)?),
            "remote-candidate" => Self::RemoteCandidate(Candidate::read(value)?),
            "codec" => Self::Codec(Codec {
                mime_type: text("mimeType")?,
            }),
            "transport" => Self::Transport(Transport {
                selected_candidate_pair_id: text("selectedCandidatePairId")?,
            }),
            "media-source" => Self::MediaSource(MediaSource {
                width: fields.maybe_u32("width")?,
                height: fields.maybe_u32("height")?,
                frames_per_second: number("framesPerSecond")?,
            }),
            _ => Self::Other,
        })
    }
}

impl Read for Candidate {
    fn read(value: &Value) -> Result<Self, WrongField> {
        let fields = Fields::of(value)?;
        Ok(Self {
            candidate_type: fields.maybe_text("candidateType")?.map(|kind| match kind {
                "host" => CandidateKind::Host,
                "srflx" => CandidateKind::Srflx,
                "prflx" => CandidateKind::Prflx,
                "relay" => CandidateKind::Relay,
                _ => CandidateKind::Unknown,
            }),
            protocol: fields.maybe_string("protocol")?,
            relay_protocol: fields.maybe_string("relayProtocol")?,
        })
    }
}
