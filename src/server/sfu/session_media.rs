//! The media of a session: what is passed on to its person, and what its person is asked for.
//!
//! Invariant: the library has outgoing streams only while it answers an offer, so that it lists them; what goes out is the
//! [`egress`](super::egress)'s.

use str0m::format::Codec;
use str0m::media::{KeyframeRequestKind, Mid};
use str0m::rtp::Ssrc;

use super::description::Purpose;
use super::egress::{ExtensionIds, Format, StreamPlan};
use super::session::Session;
use crate::protocol::sfu::{Layer, Track};
use crate::server::secrets::random;

impl Session {
    /// Gives the library the outgoing streams that it had before, so that it names the same ones in its answer.
    pub(super) fn declare_streams(&mut self) {
        let plans: Vec<_> = self.egress.plans().cloned().collect();
        for plan in plans {
            if self.rtc.media(plan.mid).is_some() {
                let mut library = self.rtc.direct_api();
                let repair = plan.repair.map(Into::into);
                library.declare_stream_tx(plan.ssrc.into(), repair, plan.mid, None);
            }
        }
    }

    /// Takes the outgoing streams that the library named in its answer away from it.
    pub(super) fn take_streams_over(&mut self) {
        let formats = self.rtc.codec_config().params();
        let format = |codec| {
            let found = formats.iter().find(|it| it.spec().codec == codec)?;
            Some(Format {
                payload_type: *found.pt(),
                repair: found.resend().map(|it| *it),
                clock: found.spec().clock_rate.get(),
            })
        };
        let (opus, vp8) = (format(Codec::Opus), format(Codec::Vp8));
        let mut plans = Vec::new();
        for section in &self.shape.sections {
            let is_picture = match section.purpose {
                Purpose::SoundSlot => false,
                Purpose::PictureSlot => true,
                Purpose::Sent(..) | Purpose::Idle => continue,
            };
            let mid = Mid::from(section.mid.as_str());
            let Some(media) = self.rtc.media(mid) else {
                continue;
            };
            let ids = ExtensionIds::of(media.remote_extmap());
            let cname = media.cname().to_owned();
            let mut library = self.rtc.direct_api();
            let Some(stream) = library.stream_tx_by_mid(mid, None) else {
                continue;
            };
            plans.push(StreamPlan {
                mid,
                ssrc: *stream.ssrc(),
                repair: stream.rtx().map(|it| *it),
                cname,
                format: if is_picture { vp8 } else { opus },
                ids,
                is_picture,
            });
        }
        self.egress.lay_out(plans.into_iter(), first_number);
        self.forget_streams();
    }

    /// Takes every outgoing stream away from the library.
    pub(super) fn forget_streams(&mut self) {
        for plan in self.egress.plans() {
            let mut library = self.rtc.direct_api();
            library.remove_stream_tx(plan.ssrc.into());
        }
    }

    /// Says which layer of which track a stream is.
    pub(super) fn layer_of(&mut self, ssrc: Ssrc) -> Option<(Track, Layer)> {
        if let Some(known) = self.streams.get(&ssrc) {
            return Some(*known);
        }
        let mut library = self.rtc.direct_api();
        let stream = library.stream_rx(&ssrc)?;
        let (mid, rid) = (stream.mid(), stream.rid());
        let (_, track) = *self.tracks.iter().find(|(it, _)| *it == mid)?;
        let layer = match rid {
            None => Layer::Full,
            Some(rid) => Layer::ALL.into_iter().find(|it| it.rid() == &*rid)?,
        };
        self.streams.insert(ssrc, (track, layer));
        Some((track, layer))
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
}

/// Makes the number with which a stream that goes out begins; those who use it take of it what they can.
pub(super) fn first_number() -> u16 {
    u16::from_be_bytes(random::bytes::<2>().unwrap_or_default())
}
