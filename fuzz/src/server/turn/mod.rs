//! The rules of the relay, on a machine that is a model.

#[expect(
    dead_code,
    reason = "no sockets, nobody who leaves, nothing that is opened or announced"
)]
#[path = "../../../../src/server/turn/core/mod.rs"]
mod core;
#[path = "../../../../src/server/turn/io/framing.rs"]
mod framing;
mod model;
mod script;

use self::model::{Model, NOW};

/// A single message of a stranger.
pub fn stun(data: &[u8]) {
    let mut model = Model::new();
    model.say(0, data, NOW);
    assert_eq!(model.allocations(), 0, "no stranger has an allocation");
}

/// A sequence of signed and unsigned messages of several people, what peers send, and time that passes.
pub fn turn(data: &[u8]) {
    script::play(data);
}

/// A stream of somebody who has an allocation and a channel, arriving in pieces.
pub fn channel_data(data: &[u8]) {
    let Some((sizes, stream)) = data.split_at_checked(8) else {
        return;
    };
    let whole = frames(&[stream]);
    let mut pieces = Vec::new();
    let mut rest = stream;
    for size in sizes.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (piece, more) = rest.split_at(usize::from(*size).clamp(1, rest.len()));
        pieces.push(piece);
        rest = more;
    }
    assert_eq!(frames(&pieces), whole, "pieces make no difference");
    let mut model = Model::with_channel();
    for frame in whole {
        model.say(0, &frame, NOW);
    }
}

/// The messages of a stream, up to where it is none.
fn frames(pieces: &[&[u8]]) -> Vec<Vec<u8>> {
    let (mut buffer, mut frames) = (Vec::new(), Vec::new());
    for piece in pieces {
        buffer.extend_from_slice(piece);
        loop {
            let frame = match framing::first(&buffer) {
                Err(_) => return frames,
                Ok(None) => break,
                Ok(Some(frame)) if frame.stride > buffer.len() => break,
                Ok(Some(frame)) => frame,
            };
            assert!(frame.stride <= framing::MOST_BYTES);
            frames.push(buffer[..frame.length].to_vec());
            buffer.drain(..frame.stride);
        }
    }
    frames
}
