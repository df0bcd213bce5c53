//! The media of a session: what is passed on to its person, and what its person is asked for.
//!
//! Invariant: what goes out in a section has one numbering, whoever it is of; who passes it on keeps it.

use std::time::{Duration, Instant};

use str0m::bwe::Bitrate;
use str0m::media::{KeyframeRequestKind, Mid};
use str0m::rtp::{ExtensionValues, RtpPacket, RtpWrite, SeqNo};

use super::picture_packet::PicturePacket;
use super::rewriting::Rewritten;
use super::session::Session;
use crate::protocol::sfu::{Layer, Track};

/// What was sent of a picture is kept for so long, should the receiver have missed it.
const KEPT: Duration = Duration::from_secs(1);

/// So many packets of a picture are kept.
const KEPT_PACKETS: usize = 256;

/// At most such a part of what is sent may be sent again.
const REPEATED_PART: f32 = 0.5;

impl Session {
    /// Prepares the sections in which others' pictures go out.
    pub(super) fn prepare_slots(&mut self, mids: impl Iterator<Item = Mid>) {
        let mut library = self.rtc.direct_api();
        for mid in mids {
            if let Some(stream) = library.stream_tx_by_mid(mid, None) {
                stream.set_rtx_cache(KEPT_PACKETS, KEPT, Some(REPEATED_PART));
            }
        }
    }

    /// Passes on a packet of somebody's voice or sound.
    pub(super) fn write_sound(&mut self, mid: Mid, packet: &RtpPacket, numbers: &Rewritten) {
        let Some(format) = self.opus else { return };
        let extensions = ExtensionValues {
            audio_level: packet.header.ext_vals.audio_level,
            voice_activity: packet.header.ext_vals.voice_activity,
            ..ExtensionValues::default()
        };
        let write = RtpWrite::new(
            format,
            SeqNo::from(numbers.sequence),
            numbers.timestamp,
            packet.timestamp,
            packet.payload.clone(),
        );
        let write = write.marker(packet.header.marker).ext_vals(extensions);
        self.write(mid, write);
    }

    /// Passes on a packet of somebody's picture.
    pub(super) fn write_picture(
        &mut self,
        mid: Mid,
        packet: &RtpPacket,
        picture: &PicturePacket,
        numbers: &Rewritten,
    ) {
        let Some(format) = self.vp8 else { return };
        let write = RtpWrite::new(
            format,
            SeqNo::from(numbers.sequence),
            numbers.timestamp,
            packet.timestamp,
            packet.payload.clone(),
        );
        let mut write = write.marker(picture.marker).nackable(true);
        if let Some(patch) = picture.patch(numbers) {
            write = write.vp8_patch(patch);
        }
        self.write(mid, write);
    }

    fn write(&mut self, mid: Mid, packet: RtpWrite) {
        if let Some(stream) = self.rtc.direct_api().stream_tx_by_mid(mid, None) {
            stream.write_rtp(packet);
            self.was_written = true;
        }
    }

    /// Asks the person for a picture that can be decoded alone. False when no such layer has come yet.
    pub(super) fn ask_for_keyframe(&mut self, track: Track, layer: Layer) -> bool {
        let mut streams = self.streams.iter();
        let Some((ssrc, _)) = streams.find(|(_, it)| **it == (track, layer)) else {
            return false;
        };
        let mut library = self.rtc.direct_api();
        let Some(stream) = library.stream_rx(ssrc) else {
            return false;
        };
        stream.request_keyframe(KeyframeRequestKind::Pli);
        true
    }

    /// Tells the estimator of the line, in bits/s, what is needed for the next step and what would be sent at most.
    pub(super) fn wish_for(&mut self, minimum: f64, desired: f64) {
        self.rtc
            .bwe()
            .set_bitrate(Bitrate::from(minimum), Bitrate::from(desired));
    }

    /// Forgets what was estimated of the line, and probes it anew from so many bits/s.
    pub(super) fn estimate_anew(&mut self, from: f64) {
        self.rtc.bwe().reset(Bitrate::from(from));
    }

    /// How long the packets of a section wait to be sent.
    pub(super) fn queued(&mut self, mid: Mid, now: Instant) -> Duration {
        let mut library = self.rtc.direct_api();
        let stream = library.stream_tx_by_mid(mid, None);
        let information = stream.and_then(|stream| {
            let oldest = stream.queue_info()?.first_unsent()?;
            Some(now.saturating_duration_since(oldest))
        });
        information.unwrap_or_default()
    }
}
