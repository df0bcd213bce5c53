//! The descriptions of a client: its offers and answers.
//!
//! Invariant: a client is no other for one server than for another; what it offers is like what a browser does.

use std::time::Instant;

use str0m::change::{SdpAnswer, SdpOffer};
use str0m::format::Codec;
use str0m::media::{Direction, MediaKind, Pt, Simulcast, SimulcastLayer};

use super::case::{Kind, Rate};
use super::client::Media;
use super::roles::{Pictures, Role};
use super::sending::Sending;
use crate::Result;

impl Media {
    /// Offers what somebody of that role sends, and so many sections to be sent sounds and pictures in.
    pub(crate) fn offer(&mut self, role: &Role, sounds: usize, pictures: usize) -> Result<String> {
        let mut changes = self.rtc.sdp_api();
        if role.speaks {
            let (kind, direction) = (MediaKind::Audio, Direction::SendOnly);
            let mid = changes.add_media(kind, direction, None, None, None);
            self.sections.push((mid, Kind::Voice));
        }
        if role.shows != Pictures::None {
            let sizes = (role.shows == Pictures::Sizes).then(|| {
                let mut sizes = Simulcast::new();
                for rid in Kind::SIZES.into_iter().filter_map(Kind::rid) {
                    sizes.add_send_layer(SimulcastLayer::new(rid));
                }
                sizes
            });
            let kinds: &[Kind] = match role.shows {
                Pictures::Sizes => &Kind::SIZES,
                _ => &[Kind::Single],
            };
            let (kind, direction) = (MediaKind::Video, Direction::SendOnly);
            let mid = changes.add_media(kind, direction, None, None, sizes);
            self.sections.extend(kinds.iter().map(|kind| (mid, *kind)));
        }
        for (kind, count) in [(MediaKind::Audio, sounds), (MediaKind::Video, pictures)] {
            for _ in 0..count {
                changes.add_media(kind, Direction::RecvOnly, None, None, None);
            }
        }
        let (offer, pending) = changes.apply().ok_or("there is nothing to offer")?;
        self.pending = Some(pending);
        Ok(like_a_browser(&offer.to_sdp_string()))
    }

    /// Takes the answer to the offer; what is sent then is of that person.
    pub(crate) fn accept(
        &mut self,
        answer: &str,
        person: usize,
        rate: impl Fn(Kind) -> Rate,
    ) -> Result<()> {
        let pending = self.pending.take().ok_or("there was no offer")?;
        let answer = SdpAnswer::from_sdp_string(answer)?;
        self.rtc.sdp_api().accept_answer(pending, answer)?;
        let now = Instant::now();
        for (mid, kind) in std::mem::take(&mut self.sections) {
            let section = (mid, self.format(kind)?);
            let rate = rate(kind);
            self.sending
                .push(Sending::new(kind, person, section, rate, now));
        }
        self.wake = now;
        Ok(())
    }

    /// Answers an offer.
    pub(crate) fn answer(&mut self, offer: &str) -> Result<String> {
        let offer = SdpOffer::from_sdp_string(offer)?;
        let answer = self.rtc.sdp_api().accept_offer(offer)?;
        self.wake = Instant::now();
        Ok(answer.to_sdp_string())
    }

    fn format(&self, kind: Kind) -> Result<Pt> {
        let codec = match kind {
            Kind::Voice => Codec::Opus,
            _ => Codec::Vp8,
        };
        let mut agreed = self.rtc.codec_config().params().iter();
        let params = agreed.find(|params| params.spec().codec == codec);
        Ok(params.ok_or("a codec was not agreed on")?.pt())
    }
}

/// A browser names no streams where sizes are told apart by their `rid`, and none where it only receives.
fn like_a_browser(offer: &str) -> String {
    let mut sections: Vec<String> = vec![];
    for section in offer.trim_end().split("\r\nm=") {
        let only_receives = section.contains("\r\na=recvonly");
        let is_bare = only_receives || section.contains("\r\na=rid:");
        let lines = section.split("\r\n").filter(|line| {
            let names_a_stream =
                line.starts_with("a=ssrc") || only_receives && line.starts_with("a=msid:");
            !(is_bare && names_a_stream)
        });
        sections.push(lines.collect::<Vec<_>>().join("\r\n"));
    }
    sections.join("\r\nm=") + "\r\n"
}
