//! The three data channels between two people: their ids, promises and largest frames (docs/protocol-data-channels.md).

use serde::Deserialize;

use crate::protocol::message::words;

/// One of the three negotiated data channels (W3C WebRTC section 6.2, `negotiated: true`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// Messages, history, recording announcements and reliable application messages travel here. All of it is JSON
    /// text.
    Chat,
    /// Control messages of file transfers travel here as JSON text, the files' content as binary chunks.
    Files,
    /// Pointers, reactions and application messages that may get lost travel here. All of it is JSON text.
    Live,
}

impl Channel {
    /// All of them, in the order of their stream ids.
    pub const ALL: [Self; 3] = [Self::Chat, Self::Files, Self::Live];

    /// `RTCDataChannelInit.id`.
    pub fn stream_id(self) -> u16 {
        match self {
            Self::Chat => 0,
            Self::Files => 1,
            Self::Live => 2,
        }
    }

    /// `RTCDataChannel.label`.
    pub fn label(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Files => "files",
            Self::Live => "live",
        }
    }

    /// What it promises.
    pub fn reliability(self) -> Reliability {
        match self {
            Self::Chat | Self::Files => Reliability::ReliableOrdered,
            Self::Live => Reliability::UnreliableUnordered,
        }
    }

    /// Largest text frame, in bytes of UTF-8.
    pub fn largest_text(self) -> usize {
        match self {
            Self::Chat => 64 * 1024,
            Self::Files => 16 * 1024,
            Self::Live => 1024,
        }
    }

    /// Largest binary frame, in bytes; `None` where binary frames do not belong.
    pub fn largest_binary(self) -> Option<usize> {
        match self {
            Self::Files => Some(64 * 1024),
            Self::Chat | Self::Live => None,
        }
    }
}

/// A channel promises this, as `RTCDataChannelInit` says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reliability {
    /// Everything arrives, in order.
    ReliableOrdered,
    /// Frames may get lost or overtaken: `ordered: false, maxRetransmits: 0`.
    UnreliableUnordered,
}

words! {
    /// A message is for all or only for who gets it.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
    pub enum Addressed {
        /// The sender sends it to everyone.
        #[default]
        Everyone = "everyone",
        /// The sender sends it to nobody else.
        Direct = "direct",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_channels_have_the_ids_and_promises_of_the_protocol() {
        let table = [
            (Channel::Chat, 0, "chat", Reliability::ReliableOrdered),
            (Channel::Files, 1, "files", Reliability::ReliableOrdered),
            (Channel::Live, 2, "live", Reliability::UnreliableUnordered),
        ];
        for (channel, id, label, reliability) in table {
            assert_eq!(channel.stream_id(), id);
            assert_eq!(channel.label(), label);
            assert_eq!(channel.reliability(), reliability);
            assert_eq!(Channel::ALL[usize::from(id)], channel);
        }
    }
}
