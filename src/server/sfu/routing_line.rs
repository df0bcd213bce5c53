//! The routing line: the first line of every message on a channel of the hub, which says to whom it goes or from whom it is.
//!
//! Responsible for how it is read from a person and written for the others; what is behind it is nobody's business here.
//! Invariant: a line that is not understood in every member it is read for names nobody, so that no mistake of a sender's
//! turns what was meant for one person into something for all.

use std::sync::Arc;

use serde::{Deserialize, Deserializer};
use thiserror::Error;

use crate::protocol::PeerId;

/// A routing line has at most so many bytes, its line break not counted.
pub(super) const ROUTING_LINE_BYTES: usize = 4 * 1024;

/// The whole of a message that says nothing but that the server lives.
const BEAT: &str = r#"{"beat":1}"#;

/// The whole of a message that says nothing but that the server hears its receiver on the channel.
const READY: &str = r#"{"ready":1}"#;

/// Why a message is none: whom it is for cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(super) enum RoutingError {
    /// The message ends before a line break comes.
    #[error("the routing line does not end")]
    Unended,
    /// There is no line break among the first bytes.
    #[error("the routing line has more than {ROUTING_LINE_BYTES} bytes")]
    TooLong,
    /// The line is no JSON object, or `to` or `except` is no array of texts.
    #[error("the routing line is malformed")]
    Malformed,
}

/// Whom a message is for, as its sender says it. Those who are named and not there are skipped by who passes it on.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Recipients {
    /// Only these, in order and each once; `None` stands for everyone.
    #[serde(default, deserialize_with = "only_those")]
    to: Option<Vec<PeerId>>,
    /// Not these, in order and each once, even where `to` names them.
    #[serde(default, deserialize_with = "sorted")]
    except: Vec<PeerId>,
}

fn sorted<'de, D: Deserializer<'de>>(value: D) -> Result<Vec<PeerId>, D::Error> {
    let mut peers = Vec::deserialize(value)?;
    peers.sort_unstable();
    peers.dedup();
    Ok(peers)
}

/// Reads a member that is there: `null` is no array, and does not stand for everyone.
fn only_those<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Vec<PeerId>>, D::Error> {
    sorted(value).map(Some)
}

impl Recipients {
    /// Says whether the message is for this person: `to` is missing or names them, and `except` does not.
    pub(super) fn include(&self, peer: &PeerId) -> bool {
        let names = |peers: &[PeerId]| peers.binary_search(peer).is_ok();
        self.to.as_deref().is_none_or(names) && !names(&self.except)
    }

    /// Says whether `to` names exactly one person, who may turn out not to be there.
    pub(super) fn is_one(&self) -> bool {
        self.to.as_ref().is_some_and(|peers| peers.len() == 1)
    }
}

/// A message as it comes from a person, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RoutedMessage<'a> {
    /// It is for these.
    pub(super) recipients: Recipients,
    /// What they get: everything behind the first line break, which may be nothing.
    pub(super) payload: &'a [u8],
}

impl<'a> RoutedMessage<'a> {
    /// Takes a message apart. Members of the routing line that are not known are ignored.
    ///
    /// # Errors
    /// [`RoutingError`] says what is wrong with its routing line.
    pub(super) fn parse(message: &'a [u8]) -> Result<Self, RoutingError> {
        let start = &message[..message.len().min(ROUTING_LINE_BYTES + 1)];
        let Some(end) = start.iter().position(|byte| *byte == b'\n') else {
            let is_whole = start.len() == message.len() && start.len() <= ROUTING_LINE_BYTES;
            return Err(if is_whole {
                RoutingError::Unended
            } else {
                RoutingError::TooLong
            });
        };
        let line = &message[..end];
        // An array would be read as the members in their order.
        if !line.trim_ascii_start().starts_with(b"{") {
            return Err(RoutingError::Malformed);
        }
        Ok(Self {
            recipients: serde_json::from_slice(line).map_err(|_| RoutingError::Malformed)?,
            payload: &message[end + 1..],
        })
    }
}

/// Writes a message as everyone gets it whom it is for: its payload behind a line that says from whom it is.
pub(super) fn from(sender: &PeerId, payload: &[u8]) -> Arc<[u8]> {
    let line = serde_json::json!({ "from": sender.as_str() }).to_string();
    [line.as_bytes(), b"\n", payload].concat().into()
}

/// Writes the message that says whose `chat` opened. It has no payload, and its line no line break.
pub(super) fn opened(peer: &PeerId) -> Arc<[u8]> {
    let line = serde_json::json!({ "opened": peer.as_str() }).to_string();
    line.as_bytes().into()
}

/// Writes the message that says that its receiver is heard on the channel. It has no payload, and its line no line break.
pub(super) fn ready() -> Arc<[u8]> {
    READY.as_bytes().into()
}

/// Writes the message by which silence is broken. It has no payload, and its line no line break.
pub(super) fn beat() -> Arc<[u8]> {
    BEAT.as_bytes().into()
}

#[cfg(test)]
#[path = "tests/routing_line.rs"]
mod tests;
