//! What a sample tells about sending to one person.

use super::loss::Loss;
use crate::protocol::PeerId;
use crate::room::participant::TrackKind;
use crate::room::quality::entry::LimitationReason;
use crate::room::quality::sample::Sample;

/// The figures of the last 2 s towards one person.
#[derive(Clone, Debug, PartialEq)]
pub struct PeerFeedback {
    /// The figures are of what goes to this person.
    pub peer: PeerId,
    /// So much was sent, in bits/s, over all tracks.
    pub sent_bitrate: Option<f64>,
    /// The browser's own congestion control thinks that this path carries so much, in bits/s.
    pub available_bitrate: Option<f64>,
    /// So much was lost of all tracks; `None` when no new receiver report came.
    pub loss: Option<Loss>,
    /// A round trip takes this long, in ms.
    pub round_trip_ms: Option<f64>,
    /// Less is sent than could be for this reason; the processor counts before the network.
    pub limitation: LimitationReason,
}

impl PeerFeedback {
    /// Takes what matters out of a sample.
    pub fn from_sample(peer: PeerId, sample: &Sample) -> Self {
        let is_video = |kind| matches!(kind, TrackKind::Camera | TrackKind::ScreenVideo);
        let video = || sample.sent.iter().filter(|track| is_video(track.kind));
        let limited = |reason| video().any(|track| track.limitation == reason);
        let limitation = [LimitationReason::Cpu, LimitationReason::Bandwidth]
            .into_iter()
            .find(|reason| limited(*reason))
            .unwrap_or_default();
        let round_trip = sample.sent.iter().filter_map(|track| track.round_trip_ms);
        Self {
            peer,
            sent_bitrate: sample.sent_bitrate(),
            available_bitrate: sample.path.available_bitrate,
            loss: Loss::of(sample.sent.iter()),
            // Receiver reports measure the media itself; the path's own figure is seconds old.
            round_trip_ms: round_trip.reduce(f64::max).or(sample.path.round_trip_ms),
            limitation,
        }
    }
}
