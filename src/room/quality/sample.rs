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
    /// Packets travel like this.
    pub path: Path,
    /// These tracks arrived; those on which nothing ever did are left out.
    pub received: Vec<ReceivedTrack>,
    /// These tracks were sent; those on which nothing ever was are left out.
    pub sent: Vec<SentTrack>,
}

/// Packets travel like this.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Path {
    /// A round trip takes this long, in ms.
    pub round_trip_ms: Option<f64>,
    /// The browser thinks that it may send this much, in bits/s.
    pub available_bitrate: Option<f64>,
    /// Our candidate is of this type.
    pub local: Option<CandidateKind>,
    /// Their candidate is of this type.
    pub remote: Option<CandidateKind>,
    /// Packets go over `udp` or `tcp`; towards our own relay, where there is one, also over `tls`.
    pub protocol: Option<String>,
    /// They go to the server, which passes on what is in them.
    pub through_server: bool,
}

/// Width and height in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct VideoSize {
    /// The picture is this wide, in pixels.
    pub width: u32,
    /// The picture is this high, in pixels.
    pub height: u32,
}

/// One track that arrives.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReceivedTrack {
    /// The track is of this kind.
    #[serde(serialize_with = "track_name")]
    pub kind: TrackKind,
    /// So many bits of payload arrive each second.
    pub bitrate: Option<f64>,
    /// This share of packets was lost, `0.0..=1.0`.
    pub loss: Option<f64>,
    /// Arrival times vary by this jitter, in ms.
    pub jitter_ms: Option<f64>,
    /// The codec is called this, as in `opus`.
    pub codec: Option<String>,
    /// This share of the sound was made up because packets were missing, `0.0..=1.0`; silence is not counted. It is
    /// known of sound alone.
    pub concealed: Option<f64>,
    /// Pictures have these figures besides.
    pub video: Option<ReceivedVideo>,
}

/// The video side of [`ReceivedTrack`].
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReceivedVideo {
    /// So many frames are decoded each second.
    pub frames_per_second: Option<f64>,
    /// The last frame had this size.
    pub size: Option<VideoSize>,
    /// The picture froze so often since the report before.
    pub freezes: Option<f64>,
    /// The picture was frozen for this share of the time, `0.0..=1.0`.
    pub frozen: Option<f64>,
}

/// One track that is sent.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SentTrack {
    /// The track is of this kind.
    #[serde(serialize_with = "track_name")]
    pub kind: TrackKind,
    /// So many bits of payload are sent each second.
    pub bitrate: Option<f64>,
    /// The congestion control grants the encoder this much, in bits/s.
    pub target_bitrate: Option<f64>,
    /// The receiver reports that this share of packets was lost, `0.0..=1.0`; `None` when no new report came.
    pub loss: Option<f64>,
    /// `loss` is a share of so many packets.
    #[serde(skip)]
    pub reported_packets: Option<f64>,
    /// Receiver reports give this round-trip time, in ms.
    pub round_trip_ms: Option<f64>,
    /// Less is sent than could be for this reason.
    pub limitation: LimitationReason,
    /// The codec is called this, as in `VP8`.
    pub codec: Option<String>,
    /// Pictures have these figures besides.
    pub video: Option<SentVideo>,
}

/// The video side of [`SentTrack`].
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SentVideo {
    /// So many frames are encoded each second.
    pub frames_per_second: Option<f64>,
    /// The last frame had this size.
    pub size: Option<VideoSize>,
}

impl ReceivedTrack {
    /// Whether anything of it arrived since the report before. What arrived earlier stays in the reports for good; of a
    /// first report nothing else can be said.
    pub fn arrives(&self) -> bool {
        self.bitrate != Some(0.0)
    }
}

impl SentTrack {
    /// Whether anything of it was sent since the report before, as [`ReceivedTrack::arrives`] says it of the other way.
    pub fn is_sent(&self) -> bool {
        self.bitrate != Some(0.0)
    }
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
