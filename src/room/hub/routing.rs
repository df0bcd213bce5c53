//! The routing line: the first line of every message on a channel of the hub, which says whom it is for or from whom it is
//! (docs/protocol.md, "Channels").
//!
//! Pure. Invariant: what is not understood is nothing, and what is written is never longer than the server takes.

use serde_json::{Value, json};

use crate::protocol::PeerId;
use crate::room::messaging::channel::frame::Frame;

/// A routing line has at most so many bytes, its line break not counted.
const LINE_BYTES: usize = 4 * 1024;

/// A line without anybody named, and what each name takes besides its own bytes.
const EMPTY_LINE_BYTES: usize = 9;
const NAME_BYTES: usize = 3;

/// A message of the server.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Routed {
    /// Somebody said this.
    From(PeerId, Frame),
    /// Somebody's `chat` is open from now on, for the first time or anew.
    Opened(PeerId),
    /// The channel is open on both sides.
    Ready,
    /// The connection lives, although nothing came.
    Beat,
}

/// Reads a message of the server; nothing where it is none, or one of a newer server.
pub(super) fn read(frame: Frame) -> Option<Routed> {
    let (line, payload) = split(frame)?;
    let line: Value = serde_json::from_slice(&line).ok()?;
    let peer = |name: &str| Some(PeerId::new(line.get(name)?.as_str()?));
    if let Some(from) = peer("from") {
        return Some(Routed::From(from, payload?));
    }
    if let Some(opened) = peer("opened") {
        return Some(Routed::Opened(opened));
    }
    if line.get("ready").is_some() {
        return Some(Routed::Ready);
    }
    line.get("beat").map(|_| Routed::Beat)
}

/// Takes the line from a frame, and what is behind it if anything is.
fn split(frame: Frame) -> Option<(Vec<u8>, Option<Frame>)> {
    Some(match frame {
        Frame::Text(text) => match text.split_once('\n') {
            Some((line, payload)) => (
                line.as_bytes().to_vec(),
                Some(Frame::Text(payload.to_owned())),
            ),
            None => (text.into_bytes(), None),
        },
        Frame::Bytes(bytes) => {
            let end = bytes.iter().position(|byte| *byte == b'\n')?;
            let payload = bytes.get(end + 1..)?.to_vec();
            (bytes[..end].to_vec(), Some(Frame::Bytes(payload)))
        }
    })
}

/// What has to be sent so that these people, and nobody else, are told this: one message, or several where so many are named that they
/// do not fit into one line.
pub(super) fn write(to: &[PeerId], payload: &Frame) -> Vec<Frame> {
    let mut messages = Vec::new();
    let mut rest = to;
    while !rest.is_empty() {
        let mut bytes = EMPTY_LINE_BYTES;
        let fitting = rest.iter().take_while(|peer| {
            bytes += peer.as_str().len() + NAME_BYTES;
            bytes <= LINE_BYTES
        });
        let (these, others) = rest.split_at(fitting.count().max(1));
        messages.push(addressed(these, payload));
        rest = others;
    }
    messages
}

/// The message that says nothing to nobody, so that the server notices the channel.
pub(super) fn hello() -> Frame {
    addressed(&[], &Frame::Text(String::new()))
}

fn addressed(to: &[PeerId], payload: &Frame) -> Frame {
    let to: Vec<&str> = to.iter().map(PeerId::as_str).collect();
    let mut line = json!({ "to": to }).to_string();
    line.push('\n');
    match payload {
        Frame::Text(text) => {
            line.push_str(text);
            Frame::Text(line)
        }
        Frame::Bytes(bytes) => {
            let mut message = line.into_bytes();
            message.extend_from_slice(bytes);
            Frame::Bytes(message)
        }
    }
}

#[cfg(test)]
#[path = "tests/routing.rs"]
mod tests;
