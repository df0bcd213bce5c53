//! What the library is told of a connection, in its own words.

use std::time::{Duration, Instant};

use str0m::bwe::Bitrate;
use str0m::channel::{ChannelConfig, Reliability as ChannelReliability};
use str0m::media::{Direction, MediaKind};
use str0m::{Candidate, CandidateKind, Rtc, RtcConfig};

use super::sections::{MediaWish, Way};
use crate::room::TrackKind;
use crate::room::messaging::channel::{Channel, Reliability};

/// At most so many bytes wait to be acknowledged on all data channels together.
const SENDING_BYTES: usize = 4 * 1024 * 1024;

/// A working pair of addresses is looked at so often, and a look is repeated no later.
const LONGEST_LOOK: Duration = Duration::from_millis(1_500);

/// After so many looks without an answer a pair works no more, unless the other side was heard of late.
const LOOKS: usize = 5;

/// A line is taken to carry so much until it is known how much it does.
const FIRST_ESTIMATE: Bitrate = Bitrate::kbps(2_500);

/// How often the library says what it counts, where that is measured.
const COUNTED_EVERY: Duration = Duration::from_secs(1);

/// A connection of the library, as all are here; what the line takes is estimated where pictures go over it.
pub(super) fn build(now: Instant, wish: MediaWish, is_measured: bool) -> Rtc {
    let mut config = RtcConfig::new()
        .clear_codecs()
        .enable_opus(true, false)
        .enable_vp8(true)
        .set_sctp_max_buffered_amount(SENDING_BYTES)
        .set_stats_interval(is_measured.then_some(COUNTED_EVERY));
    config.set_max_stun_rto(LONGEST_LOOK);
    config.set_max_stun_retransmits(LOOKS);
    let estimate = wish.sends_pictures.then_some(FIRST_ESTIMATE);
    config.enable_bwe(estimate).build(now)
}

/// A data channel as the library is told of it.
pub(super) fn config(channel: Channel) -> ChannelConfig {
    let (ordered, reliability) = match channel.reliability() {
        Reliability::ReliableOrdered => (true, ChannelReliability::Reliable),
        Reliability::UnreliableUnordered => {
            (false, ChannelReliability::MaxRetransmits { retransmits: 0 })
        }
    };
    ChannelConfig {
        label: channel.label().to_owned(),
        ordered,
        reliability,
        negotiated: Some(channel.stream_id()),
        ..ChannelConfig::default()
    }
}

/// The medium of a kind of track, as the library calls it.
pub(super) fn media_kind(kind: TrackKind) -> MediaKind {
    match kind.medium() {
        "video" => MediaKind::Video,
        _ => MediaKind::Audio,
    }
}

/// A way of media, as the library calls it.
pub(super) fn direction(way: Way) -> Direction {
    match (way.out, way.back) {
        (true, true) => Direction::SendRecv,
        (true, false) => Direction::SendOnly,
        (false, true) => Direction::RecvOnly,
        (false, false) => Direction::Inactive,
    }
}

/// Whether a candidate leads through a relay.
pub(super) fn is_relayed(candidate: &Candidate) -> bool {
    candidate.kind() == CandidateKind::Relayed
}
