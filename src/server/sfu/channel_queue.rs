//! What waits to be written to one receiver on the channels of the hub.
//!
//! Pure. Responsible for the order in which frames leave and for what happens to a receiver that takes them too slowly.
//! Invariant: never more waits than [`QUEUE_FRAMES`] and [`QUEUE_BYTES`]; of a reliable channel every frame leaves, in order
//! and without a gap, from its opening until it is closed.

use std::collections::VecDeque;
use std::sync::Arc;

use super::channels::Channel;
use super::routing_line;
use crate::protocol::PeerId;

/// At most so many frames wait, on all channels together.
const QUEUE_FRAMES: usize = 1_024;

/// At most so many bytes wait, on all channels together.
const QUEUE_BYTES: usize = 512 * 1024;

/// At most so many of the frames are of `live`: the burst that a receiver grants one sender. More at once, after a stall, and
/// it would cut off somebody who kept to the rate.
const LIVE_FRAMES: usize = 60;

/// The channels in the order in which their frames leave.
const ORDER: [Channel; 3] = [Channel::Chat, Channel::Live, Channel::Files];

/// One message on a channel, as a receiver gets it. Cheap to clone: all receivers share its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    /// It goes out on this channel.
    pub(super) channel: Channel,
    /// Whether it is a binary message, as its payload is; otherwise it is text.
    pub(super) is_binary: bool,
    /// Its routing line and its payload.
    pub(super) message: Arc<[u8]>,
}

impl Frame {
    /// Passes on what somebody sent. The payload is copied here, once for all receivers.
    pub(super) fn from(sender: &PeerId, channel: Channel, is_binary: bool, payload: &[u8]) -> Self {
        Self {
            channel,
            is_binary,
            message: routing_line::from(sender, payload),
        }
    }

    /// Says on a channel that its receiver is heard there.
    pub(super) fn ready(channel: Channel) -> Self {
        Self {
            channel,
            is_binary: false,
            message: routing_line::ready(),
        }
    }

    /// Says on `chat` that this person has theirs, so that what they missed is said to them again.
    pub(super) fn opened(peer: &PeerId) -> Self {
        Self {
            channel: Channel::Chat,
            is_binary: false,
            message: routing_line::opened(peer),
        }
    }

    /// Breaks the silence on `live`.
    pub(super) fn beat() -> Self {
        Self {
            channel: Channel::Live,
            is_binary: false,
            message: routing_line::beat(),
        }
    }
}

/// What became of a frame that was to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Queued {
    /// It waits.
    Waits,
    /// It will not be sent: its channel is not open, or it is of `live` and reliable frames take all the room.
    Lost,
    /// The receiver's channel of this name is to be closed, for it takes too slowly what waits there; their client opens it
    /// anew. What waited on it is gone. The frame waits unless it is of that channel.
    Close(Channel),
}

/// The frames of one channel that wait.
#[derive(Debug, Default)]
struct Lane {
    is_open: bool,
    frames: VecDeque<Frame>,
    bytes: usize,
}

impl Lane {
    fn push(&mut self, frame: Frame) {
        self.bytes += frame.message.len();
        self.frames.push_back(frame);
    }

    fn pop(&mut self) -> Option<Frame> {
        let frame = self.frames.pop_front()?;
        self.bytes -= frame.message.len();
        Some(frame)
    }
}

/// The frames that wait for one receiver's session, which it drains as its connection takes them.
#[derive(Debug, Default)]
pub(super) struct ChannelQueue {
    /// One for each channel, in the order of [`Channel::ALL`].
    lanes: [Lane; 3],
    /// So many frames of `live` were dropped.
    lost: u64,
}

impl ChannelQueue {
    /// The receiver's channel opened, for the first time or anew: from now on frames may wait for it.
    pub(super) fn opened(&mut self, channel: Channel) {
        self.lanes[channel.index()] = Lane {
            is_open: true,
            ..Lane::default()
        };
    }

    /// The receiver's channel closed: what waits for it is dropped, and nothing waits for it any more.
    pub(super) fn closed(&mut self, channel: Channel) {
        self.lanes[channel.index()] = Lane::default();
    }

    /// Lets a frame wait. When there is no room, the oldest frames of `live` make room for any other; when that is not
    /// enough, a channel is closed: `files` when room is wanted for `chat` and there is enough without it, else the frame's.
    #[must_use]
    pub(super) fn push(&mut self, frame: Frame) -> Queued {
        let channel = frame.channel;
        if !self.lane(channel).is_open {
            return Queued::Lost;
        }
        let size = frame.message.len();
        let verdict = if self.has_room(&[Channel::Chat, Channel::Files], size) {
            Queued::Waits
        } else if !channel.is_reliable() {
            self.lost += 1;
            return Queued::Lost;
        } else if channel == Channel::Chat && self.has_room(&[Channel::Chat], size) {
            self.closed(Channel::Files);
            Queued::Close(Channel::Files)
        } else {
            self.closed(channel);
            return Queued::Close(channel);
        };
        while !self.has_room(&Channel::ALL, size) || self.is_crowded(channel) {
            let live = &mut self.lanes[Channel::Live.index()];
            if live.pop().is_none() {
                break;
            }
            self.lost += 1;
        }
        self.lanes[channel.index()].push(frame);
        verdict
    }

    /// Takes the frame that is to be written next, when it has at most so many bytes. None overtakes it when it has more:
    /// it waits until that much is writable: a routing line from a person and a payload of 64 KiB at most.
    pub(super) fn next(&mut self, writable_bytes: usize) -> Option<Frame> {
        let waiting = |it: &Channel| !self.lane(*it).frames.is_empty();
        let channel = ORDER.into_iter().find(waiting)?;
        let lane = &mut self.lanes[channel.index()];
        let size = lane.frames.front()?.message.len();
        (size <= writable_bytes).then(|| lane.pop())?
    }

    /// Says whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.lanes.iter().all(|lane| lane.frames.is_empty())
    }

    /// Takes how many frames of `live` were dropped since this was asked last, for the figures.
    pub(super) fn take_lost(&mut self) -> u64 {
        std::mem::take(&mut self.lost)
    }

    fn lane(&self, channel: Channel) -> &Lane {
        &self.lanes[channel.index()]
    }

    /// Whether a frame of this size has room beside what waits on these channels.
    fn has_room(&self, beside: &[Channel], size: usize) -> bool {
        let lanes = || beside.iter().map(|channel| self.lane(*channel));
        let frames: usize = lanes().map(|lane| lane.frames.len()).sum();
        let bytes: usize = lanes().map(|lane| lane.bytes).sum();
        frames < QUEUE_FRAMES && bytes + size <= QUEUE_BYTES
    }

    /// Whether a frame of this channel would be one too many of `live`.
    fn is_crowded(&self, channel: Channel) -> bool {
        channel == Channel::Live && self.lane(channel).frames.len() >= LIVE_FRAMES
    }
}

#[cfg(test)]
#[path = "tests/channel_queue.rs"]
mod tests;
