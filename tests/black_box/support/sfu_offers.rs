//! The descriptions of a client: offers like a browser's, and what becomes of their answers.

use str0m::change::SdpAnswer;
use str0m::media::{Direction, MediaKind, Simulcast, SimulcastLayer};

use super::sfu_channels::{CHANNELS, config};
use super::sfu_line::Line;
use super::sfu_media::{Media, host};
use super::sfu_publisher::layers;

impl Media {
    /// The first offer: what is sent, so many slots for sound and for pictures, and the data channels.
    pub(crate) fn offer(&mut self, sounds: usize, pictures: usize) -> String {
        let mut changes = self.rtc.sdp_api();
        for track in ["microphone", "camera", "screen-audio", "screen-video"] {
            let layers = layers(track);
            let kind = match layers {
                [] => MediaKind::Audio,
                _ => MediaKind::Video,
            };
            let mut simulcast = Simulcast::new();
            for layer in layers {
                simulcast.add_send_layer(SimulcastLayer::new(layer));
            }
            let simulcast = (!layers.is_empty()).then_some(simulcast);
            let mid = changes.add_media(kind, Direction::SendOnly, None, None, simulcast);
            self.publisher.add(track, mid);
        }
        for (kind, count) in [(MediaKind::Audio, sounds), (MediaKind::Video, pictures)] {
            for _ in 0..count {
                changes.add_media(kind, Direction::RecvOnly, None, None, None);
            }
        }
        for channel in CHANNELS {
            let id = changes.add_channel_with_config(config(channel));
            self.channels.add(channel, id);
        }
        let (offer, pending) = changes.apply().expect("something to offer");
        self.pending = Some(pending);
        like_a_browser(&offer.to_sdp_string())
    }

    /// The first offer of somebody who speaks first in DTLS: the SFU is the server of that handshake.
    pub(crate) fn offer_as_speaker(&mut self) -> String {
        let offer = self.offer(6, 4);
        offer.replace("a=setup:actpass", "a=setup:active")
    }

    /// An offer with so many slots for pictures more.
    pub(crate) fn offer_more(&mut self, pictures: usize) -> String {
        let mut changes = self.rtc.sdp_api();
        for _ in 0..pictures {
            changes.add_media(MediaKind::Video, Direction::RecvOnly, None, None, None);
        }
        let (offer, pending) = changes.apply().expect("something to offer");
        self.pending = Some(pending);
        like_a_browser(&offer.to_sdp_string())
    }

    /// An offer to restart ICE; at a new port if they move.
    pub(crate) fn offer_restart(&mut self, moves: bool) -> String {
        let mut changes = self.rtc.sdp_api();
        changes.ice_restart(!moves);
        self.is_moving = moves;
        let (offer, pending) = changes.apply().expect("something to offer");
        self.pending = Some(pending);
        like_a_browser(&offer.to_sdp_string())
    }

    /// Takes the answer to the last offer.
    pub(crate) fn accept(&mut self, answer: &str) {
        let pending = self.pending.take().expect("an offer");
        let answer = SdpAnswer::from_sdp_string(answer).unwrap();
        self.rtc.sdp_api().accept_answer(pending, answer).unwrap();
        if std::mem::take(&mut self.is_moving) {
            self.line = Line::bind();
            self.local = self.line.address();
            self.rtc.add_local_candidate(host(self.local));
        }
    }
}

/// A browser names no streams where layers are told apart by their `rid`, and none where it only receives.
fn like_a_browser(offer: &str) -> String {
    let mut text = String::new();
    for section in offer.split("\r\nm=") {
        if !text.is_empty() {
            text += "m=";
        }
        let is_bare = section.contains("\r\na=recvonly") || section.contains("\r\na=rid:");
        for line in section.trim_end().split("\r\n") {
            let names_a_stream = line.starts_with("a=ssrc")
                || line.starts_with("a=msid:") && section.contains("\r\na=recvonly");
            if !(is_bare && names_a_stream) {
                text += line;
                text += "\r\n";
            }
        }
    }
    text
}
