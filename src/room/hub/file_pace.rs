//! The pace at which content of files goes over the hub: the server takes so much of each person and cuts off who sends faster.
//!
//! Pure. Invariant: what waits here counts as waiting to be sent, so that whoever sends files never puts more in than they would put
//! into a channel.

use std::collections::VecDeque;

use crate::room::messaging::channel::frame::Frame;
use crate::room::moment::Moment;

/// So many bytes go out each ms: three quarters of what the server takes unless its operator says otherwise.
const BYTES_EACH_MS: u64 = 750;

/// What was not sent for so long may be made up for at once, in ms.
const BURST_MS: u64 = 100;

/// Frames of content that wait, oldest first.
#[derive(Clone, Debug, Default)]
pub(super) struct FilePace {
    waiting: VecDeque<Frame>,
    /// They have so many bytes together.
    bytes: u64,
    /// The next may go out then.
    next: Moment,
}

impl FilePace {
    /// How many bytes wait.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Adds a frame.
    pub(super) fn push(&mut self, frame: Frame) {
        self.bytes += length(&frame);
        self.waiting.push_back(frame);
    }

    /// Lets go of everything.
    pub(super) fn clear(&mut self) {
        self.waiting.clear();
        self.bytes = 0;
    }

    /// When something may go out; nothing while nothing waits.
    pub(super) fn next_deadline(&self) -> Option<Moment> {
        (!self.waiting.is_empty()).then_some(self.next)
    }

    /// Takes out what may go out now.
    pub(super) fn take(&mut self, now: Moment) -> Vec<Frame> {
        self.next = self.next.max(Moment(now.0.saturating_sub(BURST_MS)));
        let mut frames = Vec::new();
        while self.next <= now
            && let Some(frame) = self.waiting.pop_front()
        {
            let length = length(&frame);
            self.bytes -= length;
            self.next = self.next.plus(length.div_ceil(BYTES_EACH_MS));
            frames.push(frame);
        }
        frames
    }
}

fn length(frame: &Frame) -> u64 {
    let length = match frame {
        Frame::Text(text) => text.len(),
        Frame::Bytes(bytes) => bytes.len(),
    };
    length as u64
}

#[cfg(test)]
#[path = "tests/file_pace.rs"]
mod tests;
