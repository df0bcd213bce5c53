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

/// A stream carries sound or pictures: `RTCRtpStreamStats.kind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MediaKind {
    /// The stream carries sound: `audio`.
    Audio,
    /// The stream carries pictures: `video`.
    Video,
}

/// What is read of `RTCInboundRtpStreamStats`.
#[derive(Clone, Debug, PartialEq)]
pub struct InboundRtp {
    /// The entry was taken then, in ms.
    pub timestamp: f64,
    /// The stream carries sound or pictures.
    pub kind: MediaKind,
    /// The transceiver has this media id, where the browser tells it.
    pub mid: Option<String>,
    /// The stream's [`Codec`] has this id.
    pub codec_id: Option<String>,
    /// So many packets came until now.
    pub packets_received: Option<f64>,
    /// So many packets are missing until now; the number may fall when late ones arrive.
    pub packets_lost: Option<f64>,
    /// Arrival times vary by this jitter, in seconds (RFC 3550 section 6.4.1).
    pub jitter: Option<f64>,
    /// So many bytes of payload came until now.
    pub bytes_received: Option<f64>,
    /// So many frames were decoded until now.
    pub frames_decoded: Option<f64>,
    /// The last frame is this wide, in pixels.
    pub frame_width: Option<u32>,
    /// The last frame is this high, in pixels.
    pub frame_height: Option<u32>,
    /// The picture froze so often until now.
    pub freeze_count: Option<f64>,
    /// The picture was frozen for so many seconds until now.
    pub total_freezes_duration: Option<f64>,
    /// So many samples of sound were made up until now because the real ones were missing.
    pub concealed_samples: Option<f64>,
    /// So many of the made-up samples were silence, which nobody misses.
    pub silent_concealed_samples: Option<f64>,
    /// So many samples of sound came until now, the made-up ones included.
    pub total_samples_received: Option<f64>,
}

/// What is read of `RTCOutboundRtpStreamStats`.
#[derive(Clone, Debug, PartialEq)]
pub struct OutboundRtp {
    /// The entry was taken then, in ms.
    pub timestamp: f64,
    /// The stream carries sound or pictures.
    pub kind: MediaKind,
    /// The transceiver has this media id, where the browser tells it.
    pub mid: Option<String>,
    /// The stream's [`Codec`] has this id.
    pub codec_id: Option<String>,
    /// The [`RemoteInboundRtp`] about this stream has this id.
    pub remote_id: Option<String>,
    /// So many packets were sent until now.
    pub packets_sent: Option<f64>,
    /// So many bytes of payload were sent until now.
    pub bytes_sent: Option<f64>,
    /// The congestion control grants the encoder this much, in bits/s.
    pub target_bitrate: Option<f64>,
    /// So many frames were encoded until now.
    pub frames_encoded: Option<f64>,
    /// The last frame is this wide, in pixels.
    pub frame_width: Option<u32>,
    /// The last frame is this high, in pixels.
    pub frame_height: Option<u32>,
    /// Less is sent than could be for this reason.
    pub quality_limitation_reason: LimitationReason,
}

/// Something holds back what is sent: `RTCQualityLimitationReason`.
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

/// What is read of `RTCRemoteInboundRtpStreamStats`.
#[derive(Clone, Debug, PartialEq)]
pub struct RemoteInboundRtp {
    /// The receiver report came then, in ms.
    pub timestamp: f64,
    /// The report is about the [`OutboundRtp`] of this id.
    pub local_id: Option<String>,
    /// So many packets are missing until now; the number may fall when late ones arrive.
    pub packets_lost: Option<f64>,
    /// This share of packets was lost since the report before, `0.0..=1.0`.
    pub fraction_lost: Option<f64>,
    /// A round trip takes this long, in seconds.
    pub round_trip_time: Option<f64>,
    /// Arrival times vary by this jitter, in seconds.
    pub jitter: Option<f64>,
}

/// What is read of `RTCIceCandidatePairStats`.
#[derive(Clone, Debug, PartialEq)]
pub struct CandidatePair {
    /// Our [`Candidate`] of the pair has this id.
    pub local_candidate_id: Option<String>,
    /// Their [`Candidate`] of the pair has this id.
    pub remote_candidate_id: Option<String>,
    /// The browser's checks of the pair stand here: `RTCStatsIceCandidatePairState`.
    pub state: Option<String>,
    /// ICE nominated the pair.
    pub nominated: bool,
    /// The pair is in use, which only Firefox says here.
    pub selected: bool,
    /// A round trip takes this long, in seconds.
    pub current_round_trip_time: Option<f64>,
    /// The browser thinks that it may send this much, in bits/s.
    pub available_outgoing_bitrate: Option<f64>,
    /// So many bytes were sent until now.
    pub bytes_sent: Option<f64>,
}

/// What is read of `RTCIceCandidateStats`: no address.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The candidate was found like this.
    pub candidate_type: Option<CandidateKind>,
    /// The candidate is reached over `udp` or `tcp`.
    pub protocol: Option<String>,
    /// The client speaks to the relay over `udp`, `tcp` or `tls`.
    pub relay_protocol: Option<String>,
}

/// A candidate is found in one of these ways: `RTCIceCandidateType` (RFC 8445 section 5.1.1).
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

/// What is read of `RTCCodecStats`.
#[derive(Clone, Debug, PartialEq)]
pub struct Codec {
    /// The codec is called this, as in `video/VP8`.
    pub mime_type: Option<String>,
}

/// What is read of `RTCTransportStats`.
#[derive(Clone, Debug, PartialEq)]
pub struct Transport {
    /// The [`CandidatePair`] in use has this id.
    pub selected_candidate_pair_id: Option<String>,
}

/// What is read of `RTCVideoSourceStats`.
#[derive(Clone, Debug, PartialEq)]
pub struct MediaSource {
    /// The captured picture is this wide, in pixels.
    pub width: Option<u32>,
    /// The captured picture is this high, in pixels.
    pub height: Option<u32>,
    /// So many frames are captured each second.
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
