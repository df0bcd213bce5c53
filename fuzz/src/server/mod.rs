//! The modules of the server that need no runtime, at the paths where they name each other.

#[expect(dead_code, reason = "whom a message is for is a question for rooms")]
#[path = "../../../src/server/signaling/forward.rs"]
mod forward;
#[path = "../../../src/server/rooms/relay_kind.rs"]
mod relay_kind;
mod secrets;
pub(crate) mod sfu;
pub(crate) mod turn;

mod clock {
    pub(crate) type UnixMillis = u64;
}

mod rooms {
    pub(crate) use super::relay_kind::RelayKind;
}

mod net {
    pub(crate) mod proxy {
        /// Every client of the model has an IPv4 address that counts.
        pub(crate) fn counted(address: std::net::IpAddr) -> Option<std::net::IpAddr> {
            Some(address)
        }
    }
}

use crate::protocol::{PeerId, ServerMessage};
use forward::Inbound;

/// What somebody writes to the WebSocket. What is passed on has to be a message of the protocol, from whom the server
/// says.
pub fn signaling(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    if let Ok(Inbound::Relay(relay)) = forward::parse(text) {
        let sender = PeerId::new("the-sender");
        let rendered = relay.render(&sender);
        let message: ServerMessage =
            serde_json::from_str(&rendered).expect("what is passed on is a message");
        match message {
            ServerMessage::Offer { from, .. }
            | ServerMessage::Answer { from, .. }
            | ServerMessage::IceCandidate { from, .. } => assert_eq!(from, sender),
            other => panic!("{other:?} is never passed on"),
        }
    }
}
