//! What one person's connection did over a short time, in units people read.
//!
//! Invariant: a figure that cannot be known (first report, counter that ran backwards, silent member) is `None`, never
//! an invented zero.

use serde::Serialize;

use super::entry::{CandidateKind, LimitationReason, MediaKind};
use crate::room::participant::TrackKind;

/// Which transceiver carries what, by media id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrackMap(Vec<(String, TrackKind)>);

impl TrackMap {
    /// Takes pairs of `RTCRtpTransceiver.mid` and what that transceiver carries.
    pub fn new(tracks: impl IntoIterator<Item = (String, TrackKind)>) -> Self {
        Self(tracks.into_iter().collect())
    }

    /// The kind of track; a stream without a known media id is taken for the voice or the face.
    pub(super) fn kind(&self, mid: Option<&str>, media: MediaKind) -> TrackKind {
        let known = mid.and_then(|mid| self.0.iter().find(|(id, _)| id == mid));
        known.map_or_else(
            || match media {
                MediaKind::Audio => TrackKind::Microphone,
                MediaKind::Video => TrackKind::Camera,
            },
            |(_, kind)| *kind,
        )
    }
}

/// The figures of one person's connection over the time between two reports.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sample {
    /// How packets travel.
    pub path: Path,
    /// What arrived; only tracks on which anything ever did.
    pub received: Vec<ReceivedTrack>,
    /// What was sent; only tracks on which anything ever was.
    pub sent: Vec<SentTrack>,
}

/// How packets travel.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Path {
    /// Round-trip time in ms.
    pub round_trip_ms: Option<f64>,
    /// What the browser thinks it may send, in bits/s.
    pub available_bitrate: Option<f64>,
    /// Our candidate's type.
    pub local: Option<CandidateKind>,
    /// Their candidate's type.
    pub remote: Option<CandidateKind>,
    /// `udp` or `tcp`; towards our own relay where there is one, also `tls`.
    pub protocol: Option<String>,
}

/// Width and height in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct VideoSize {
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// One track that arrives.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReceivedTrack {
    /// Which one.
    #[serde(serialize_with = "track_name")]
    pub kind: TrackKind,
    /// Payload bits/s.
    pub bitrate: Option<f64>,
    /// Share of packets lost, `0.0..=1.0`.
    pub loss: Option<f64>,
    /// Jitter in ms.
    pub jitter_ms: Option<f64>,
    /// As in `opus`.
    pub codec: Option<String>,
    /// Audio: share of the sound that was made up because packets were missing, `0.0..=1.0`; silence not counted.
    pub concealed: Option<f64>,
    /// For a video track.
    pub video: Option<ReceivedVideo>,
}

/// The video side of [`ReceivedTrack`].
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReceivedVideo {
    /// Frames decoded each second.
    pub frames_per_second: Option<f64>,
    /// Of the last frame.
    pub size: Option<VideoSize>,
    /// Freezes since the report before.
    pub freezes: Option<f64>,
    /// Share of the time that was frozen, `0.0..=1.0`.
    pub frozen: Option<f64>,
}

/// One track that is sent.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SentTrack {
    /// Which one.
    #[serde(serialize_with = "track_name")]
    pub kind: TrackKind,
    /// Payload bits/s.
    pub bitrate: Option<f64>,
    /// What the congestion control grants the encoder, in bits/s.
    pub target_bitrate: Option<f64>,
    /// Share of packets lost as the receiver reports it, `0.0..=1.0`; `None` when no new report came.
    pub loss: Option<f64>,
    /// How many packets that is a share of.
    #[serde(skip)]
    pub reported_packets: Option<f64>,
    /// Round-trip time from receiver reports, in ms.
    pub round_trip_ms: Option<f64>,
    /// Why less is sent than could be.
    pub limitation: LimitationReason,
    /// As in `VP8`.
    pub codec: Option<String>,
    /// For a video track.
    pub video: Option<SentVideo>,
}

/// The video side of [`SentTrack`].
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SentVideo {
    /// Frames encoded each second.
    pub frames_per_second: Option<f64>,
    /// Of the last frame.
    pub size: Option<VideoSize>,
}

impl Sample {
    /// The track of this kind that arrives.
    pub fn received(&self, kind: TrackKind) -> Option<&ReceivedTrack> {
        self.received.iter().find(|track| track.kind == kind)
    }

    /// The track of this kind that is sent.
    pub fn sent(&self, kind: TrackKind) -> Option<&SentTrack> {
        self.sent.iter().find(|track| track.kind == kind)
    }

    /// All that arrived, in bits/s.
    pub fn received_bitrate(&self) -> Option<f64> {
        total(self.received.iter().map(|track| track.bitrate))
    }

    /// All that was sent, in bits/s.
    pub fn sent_bitrate(&self) -> Option<f64> {
        total(self.sent.iter().map(|track| track.bitrate))
    }
}

fn track_name<S: serde::Serializer>(kind: &TrackKind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(match kind {
        TrackKind::Microphone => "microphone",
        TrackKind::Camera => "camera",
        TrackKind::ScreenAudio => "screen-audio",
        TrackKind::ScreenVideo => "screen-video",
    })
}

fn total(bitrates: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    bitrates.flatten().reduce(|sum, bitrate| sum + bitrate)
}
