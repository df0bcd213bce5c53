//! The channels of the simulated SFU: routing lines, and the beat of who hears nothing.

use serde_json::{Value, json};

use super::sfu::Sfu;
use crate::protocol::PeerId;
use crate::room::channel::Channel;
use crate::room::messaging::channel::frame::Frame;

/// Who got nothing on `live` for so long gets a beat, in ms.
const BEAT_MS: u64 = 400;

/// A frame for somebody.
pub(crate) type Passed = (PeerId, Channel, Frame);

fn text(line: &Value) -> Frame {
    Frame::Text(line.to_string())
}

impl Sfu {
    fn has_open(&self, peer: &PeerId, channel: Channel) -> bool {
        let session = self.guest(peer).and_then(|guest| guest.session.as_ref());
        session.is_some_and(|it| it.channels[usize::from(channel.stream_id())])
    }

    /// Everybody else whose channel is open.
    fn others(&self, peer: &PeerId, channel: Channel) -> Vec<PeerId> {
        let others = self.guests.iter().map(|guest| &guest.peer);
        let open = others.filter(|other| *other != peer && self.has_open(other, channel));
        open.cloned().collect()
    }

    /// All channels to somebody are open at this end.
    pub(crate) fn open_channels(&mut self, peer: &PeerId, now: u64) -> Vec<Passed> {
        let Some(session) = self.session_mut(peer) else {
            return Vec::new();
        };
        session.channels = [true; 3];
        session.live_at = now;
        let said = text(&json!({ "opened": peer.as_str() }));
        let others = self.others(peer, Channel::Chat).into_iter();
        others
            .map(|other| (other, Channel::Chat, said.clone()))
            .collect()
    }

    /// Somebody says something on a channel.
    pub(crate) fn pass(&mut self, from: &PeerId, channel: Channel, frame: &Frame) -> Vec<Passed> {
        if !self.has_open(from, channel) {
            return Vec::new();
        }
        let message = match frame {
            Frame::Text(text) => text.as_bytes(),
            Frame::Bytes(bytes) => bytes,
        };
        let end = message.iter().position(|byte| *byte == b'\n');
        let (line, payload) = message.split_at(end.expect("a routing line ends"));
        let line: Value = serde_json::from_slice(line).expect("a routing line is JSON");
        let to = line["to"].as_array().expect("people are named");
        if to.is_empty() {
            return vec![(from.clone(), channel, text(&json!({ "ready": 1 })))];
        }
        let others = self.others(from, channel).into_iter();
        let named = others.filter(|other| to.iter().any(|name| name == other.as_str()));
        let head = json!({ "from": from.as_str() }).to_string();
        let bytes = [head.as_bytes(), payload].concat();
        let passed = match frame {
            Frame::Text(_) => Frame::Text(String::from_utf8(bytes).expect("text stays text")),
            Frame::Bytes(_) => Frame::Bytes(bytes),
        };
        named
            .map(|other| (other, channel, passed.clone()))
            .collect()
    }

    /// The beats that are due.
    pub(crate) fn beats(&mut self, now: u64) -> Vec<Passed> {
        let mut beats = Vec::new();
        for guest in &mut self.guests {
            if let Some(session) = &mut guest.session
                && session.channels[usize::from(Channel::Live.stream_id())]
                && session.stands
                && now >= session.live_at + BEAT_MS
            {
                session.live_at = now;
                let beat = text(&json!({ "beat": 1 }));
                beats.push((guest.peer.clone(), Channel::Live, beat));
            }
        }
        beats
    }
}
