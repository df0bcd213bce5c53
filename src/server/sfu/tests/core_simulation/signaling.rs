//! What the server says to somebody in a story over their WebSocket, and what they say to it.

use std::time::Instant;

use parking_lot::Mutex;
use str0m::Candidate;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::client::Client;
use crate::protocol::ServerMessage;
use crate::protocol::sfu::{SfuMessage, SlotMap};
use crate::server::sfu::letterbox::Letter;
use crate::server::sfu::listeners;

/// What somebody was told and has not been read.
#[derive(Default)]
pub(super) struct Told(Mutex<Vec<String>>);

impl listeners::Client for Told {
    fn tell(&self, text: Utf8Bytes) {
        self.0.lock().push(text.to_string());
    }
}

impl Told {
    pub(super) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock())
    }
}

/// The number of whoever is called so.
pub(super) fn number_of(peer: &str) -> u8 {
    peer.strip_prefix("peer-").unwrap().parse().unwrap()
}

impl Client {
    /// The server says this; gives what there is to be said to it.
    pub(super) fn hear(&mut self, text: &str, now: Instant) -> Option<Letter> {
        match serde_json::from_str(text) {
            Ok(SfuMessage::Slots(map)) if map.number > self.map.number => {
                return Some(self.see(map, now));
            }
            Ok(SfuMessage::Send(send)) if send.number > self.sent => {
                self.sent = send.number;
                self.publisher.want(&send.camera);
                self.calm_since = now;
            }
            Ok(_) => {}
            Err(_) => match serde_json::from_str(text).unwrap() {
                ServerMessage::Answer { sdp, serial, .. } if serial == Some(self.serial) => {
                    self.accept(&sdp);
                    if let Some(address) = self.moves_to.take() {
                        self.address = address;
                        let candidate = Candidate::host(address, "udp").unwrap();
                        self.rtc.add_local_candidate(candidate);
                    }
                    self.calm_since = now;
                    self.pass(now);
                }
                ServerMessage::Answer { .. } => {}
                other => panic!("{other:?}"),
            },
        }
        None
    }

    fn see(&mut self, map: SlotMap, now: Instant) -> Letter {
        for slot in &map.slots {
            let mut before = self.map.slots.iter();
            let is_same = before
                .any(|it| (&it.mid, &it.peer, it.paused) == (&slot.mid, &slot.peer, slot.paused));
            if !is_same {
                self.since.insert(slot.mid.clone(), now);
            }
            let whose = number_of(slot.peer.as_str());
            assert_ne!(whose, self.number, "nobody gets what they sent themselves");
            self.named.insert((slot.mid.clone(), whose));
            if let Some(from) = slot.from
                && let Some(reception) = self.receptions.get(&slot.mid)
            {
                for came in reception.since(from) {
                    assert_eq!(came.mark.whose, whose, "shown under {slot:?}: {came:?}");
                }
            }
        }
        self.map = map;
        Letter {
            seen: Some(self.map.number),
            ..Letter::default()
        }
    }
}
