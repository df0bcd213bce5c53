//! The descriptions of the stories' clients: offers like a browser's, and what becomes of their answers.

use str0m::change::{SdpAnswer, SdpApi};
use str0m::media::{Direction, MediaKind, Simulcast, SimulcastLayer};

use super::client::Client;
use super::publisher::LAYERS;

impl Client {
    /// The first offer: what is sent, and so many slots for sound and for pictures.
    pub(super) fn offer(&mut self, sounds: usize, pictures: usize, random: u32) -> String {
        let mut changes = self.rtc.sdp_api();
        let microphone = changes.add_media(MediaKind::Audio, Direction::SendOnly, None, None, None);
        let mut simulcast = Simulcast::new();
        for (_, rid, _) in LAYERS {
            simulcast.add_send_layer(SimulcastLayer::new(rid));
        }
        let send = Direction::SendOnly;
        let camera = changes.add_media(MediaKind::Video, send, None, None, Some(simulcast));
        for (kind, count) in [(MediaKind::Audio, sounds), (MediaKind::Video, pictures)] {
            for _ in 0..count {
                changes.add_media(kind, Direction::RecvOnly, None, None, None);
            }
        }
        let (offer, pending) = changes.apply().unwrap();
        self.pending = Some(pending);
        self.publisher.begin(microphone, camera, random);
        like_a_browser(&offer.to_sdp_string())
    }

    /// An offer with one slot more for pictures.
    pub(super) fn offer_slot(&mut self) -> String {
        self.offer_again(|changes| {
            let receive = Direction::RecvOnly;
            changes.add_media(MediaKind::Video, receive, None, None, None);
        })
    }

    /// An offer to restart ICE; at a new address if they move.
    pub(super) fn offer_restart(&mut self) -> String {
        let moves = self.moves_to.is_some();
        self.offer_again(|changes| {
            changes.ice_restart(!moves);
        })
    }

    fn offer_again(&mut self, change: impl FnOnce(&mut SdpApi<'_>)) -> String {
        let mut changes = self.rtc.sdp_api();
        change(&mut changes);
        let (offer, pending) = changes.apply().unwrap();
        self.pending = Some(pending);
        like_a_browser(&offer.to_sdp_string())
    }

    /// Takes the answer to the last offer.
    pub(super) fn accept(&mut self, answer: &str) {
        let pending = self.pending.take().expect("an offer");
        let answer = SdpAnswer::from_sdp_string(answer).unwrap();
        self.rtc.sdp_api().accept_answer(pending, answer).unwrap();
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
