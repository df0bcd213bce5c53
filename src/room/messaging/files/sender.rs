//! The sending side of one transfer.
//!
//! Invariant: at most one block is being read; never more than [`WINDOW_BYTES`] beyond what the receiver has safely
//! written are sent; every byte of the file goes into the digest once, in order, however often it is sent.

use sha2::{Digest as _, Sha256};

use super::effect::{Ending, SourceId, TransferProblem, TransferStage};
use super::wire::{
    CHUNK_PAYLOAD_BYTES, CancelReason, Chunk, Digest, FileControl, Side, TransferId,
};
use crate::room::messaging::channel::frame::{Frame, Violation};
use crate::room::messaging::files::wire::WINDOW_BYTES;

/// At most so many bytes of a file are read at once: 16 full chunks.
pub const BLOCK_BYTES: usize = 16 * CHUNK_PAYLOAD_BYTES;

/// One file goes to one person.
#[derive(Clone, Debug)]
pub(crate) struct Outgoing {
    /// The receiver knows the transfer by this id.
    id: TransferId,
    /// The driver keeps the file under this number.
    source: SourceId,
    /// The file has so many bytes.
    size: u64,
    /// Sending stands here.
    state: State,
    /// The digest of the file grows with what is read.
    hasher: Sha256,
    /// So many bytes are in the digest: what is read again is not counted twice.
    hashed: u64,
    /// The receiver still has to hear that it was cancelled.
    farewell: bool,
    /// The receiver accepted it, on this connection or an earlier one.
    is_accepted: bool,
}

/// Sending stands at one of these.
#[derive(Clone, Debug)]
enum State {
    /// The file is not offered on the present connection.
    Waiting,
    /// The receiver has not answered the offer.
    Offered,
    /// The receiver wants the file; others to the same person go first.
    Queued {
        /// Sending begins at this byte of the file.
        offset: u64,
        /// There is no connection yet that takes content.
        is_held: bool,
    },
    /// The content is on its way.
    Sending {
        /// The next block is read from this byte on.
        position: u64,
        /// The receiver has written everything before this byte.
        written: u64,
        /// A block that begins at this byte is being read; `None` while none is.
        reading: Option<u64>,
    },
    /// All of it was sent, and the receiver checks the digest.
    Sent,
    /// Sending is over, and ended like this.
    Ended(Ending),
}

/// A block to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    /// The block begins at this byte of the file.
    pub(crate) offset: u64,
    /// The block has so many bytes.
    pub(crate) length: usize,
}

impl Outgoing {
    pub(crate) fn new(id: TransferId, source: SourceId, size: u64) -> Self {
        Self {
            id,
            source,
            size,
            state: State::Waiting,
            hasher: Sha256::new(),
            hashed: 0,
            farewell: false,
            is_accepted: false,
        }
    }

    pub(crate) fn source(&self) -> SourceId {
        self.source
    }

    pub(crate) fn stage(&self) -> TransferStage {
        match self.state {
            State::Waiting => TransferStage::Interrupted,
            State::Offered => TransferStage::Offered,
            State::Queued { is_held: true, .. } => TransferStage::Connecting,
            State::Queued { .. } => TransferStage::Queued,
            State::Sending { .. } => TransferStage::Moving,
            State::Sent => TransferStage::Checking,
            State::Ended(ending) => TransferStage::Ended(ending),
        }
    }

    pub(crate) fn is_waiting(&self) -> bool {
        matches!(self.state, State::Waiting)
    }

    pub(crate) fn is_sending(&self) -> bool {
        matches!(self.state, State::Sending { .. })
    }

    /// Whether the receiver waits for its content.
    pub(crate) fn is_awaited(&self) -> bool {
        self.is_accepted && !matches!(self.state, State::Ended(_))
    }

    pub(crate) fn is_reading(&self) -> bool {
        matches!(
            self.state,
            State::Sending {
                reading: Some(_),
                ..
            }
        )
    }

    /// It has been offered on the present connection.
    pub(crate) fn offered(&mut self) {
        if self.is_waiting() {
            self.state = State::Offered;
        }
    }

    pub(crate) fn line_closed(&mut self) {
        if !matches!(self.state, State::Ended(_)) {
            self.state = State::Waiting;
        }
    }

    /// The cancellation that could not be said while there was no connection.
    pub(crate) fn farewell(&mut self) -> Option<FileControl> {
        std::mem::take(&mut self.farewell).then(|| self.cancellation())
    }

    /// Tells the receiver that it is over, and why if it had to be.
    pub(crate) fn cancellation(&self) -> FileControl {
        let is_unreached = matches!(
            self.state,
            State::Ended(Ending::Failed(TransferProblem::NoDirectPath))
        );
        FileControl::Cancel {
            id: self.id,
            by: Side::Sender,
            why: is_unreached.then_some(CancelReason::NoDirectPath),
        }
    }

    /// The receiver wants it from this offset on.
    pub(crate) fn accepted(&mut self, offset: u64) -> Result<(), Violation> {
        if matches!(self.state, State::Waiting | State::Offered) {
            if offset > self.hashed {
                return Err(Violation::Lie);
            }
            self.is_accepted = true;
            self.state = State::Queued {
                offset,
                is_held: false,
            };
        }
        Ok(())
    }

    /// Its turn has come, and there is a connection that takes content, or none yet.
    pub(crate) fn hold(&mut self, held: bool) {
        if let State::Queued { is_held, .. } = &mut self.state {
            *is_held = held;
        }
    }

    /// Its turn has come; returns where it begins.
    pub(crate) fn start(&mut self) -> Option<u64> {
        let State::Queued { offset, .. } = self.state else {
            return None;
        };
        self.state = State::Sending {
            position: offset,
            written: offset,
            reading: None,
        };
        Some(offset)
    }

    /// What to read next, if anything may be sent now.
    pub(crate) fn next_block(&mut self) -> Option<Block> {
        let State::Sending {
            position,
            written,
            reading: reading @ None,
        } = &mut self.state
        else {
            return None;
        };
        let left = self.size - *position;
        if left == 0 || *position - *written >= WINDOW_BYTES {
            return None;
        }
        let length = usize::try_from(left).map_or(BLOCK_BYTES, |left| left.min(BLOCK_BYTES));
        *reading = Some(*position);
        Some(Block {
            offset: *position,
            length,
        })
    }

    /// A block was read: the chunks to send. `None` when it is not the one that was asked for last.
    pub(crate) fn block_read(&mut self, offset: u64, bytes: &[u8]) -> Option<Vec<Frame>> {
        let State::Sending {
            position, reading, ..
        } = &mut self.state
        else {
            return None;
        };
        if *reading != Some(offset) {
            return None;
        }
        *reading = None;
        let end = offset + bytes.len() as u64;
        let expected = (self.size - offset).min(BLOCK_BYTES as u64);
        if end != offset + expected {
            self.end(Ending::Failed(TransferProblem::Unreadable));
            return None;
        }
        *position = end;
        if end > self.hashed {
            let known = usize::try_from(self.hashed.saturating_sub(offset)).unwrap_or(usize::MAX);
            self.hasher.update(bytes.get(known..).unwrap_or_default());
            self.hashed = end;
        }
        let mut at = offset;
        let frames = bytes.chunks(CHUNK_PAYLOAD_BYTES).map(|payload| {
            let frame = Chunk::frame(self.id, at, payload);
            at += payload.len() as u64;
            frame
        });
        Some(frames.collect())
    }

    /// Says that it was all, once it was.
    pub(crate) fn done(&mut self) -> Option<FileControl> {
        let State::Sending {
            position,
            reading: None,
            ..
        } = self.state
        else {
            return None;
        };
        if position < self.size {
            return None;
        }
        self.state = State::Sent;
        Some(FileControl::Done {
            id: self.id,
            sha256: Digest(self.hasher.clone().finalize().into()),
        })
    }

    /// The receiver has written everything before this offset. Returns it when that is news.
    pub(crate) fn written(&mut self, offset: u64) -> Result<Option<u64>, Violation> {
        match &mut self.state {
            State::Sending {
                position, written, ..
            } => {
                if offset < *written || offset > *position {
                    return Err(Violation::Lie);
                }
                *written = offset;
                Ok(Some(offset))
            }
            State::Sent if offset > self.size => Err(Violation::Lie),
            State::Sent => Ok(Some(offset)),
            State::Waiting | State::Offered | State::Queued { .. } | State::Ended(_) => Ok(None),
        }
    }

    /// The receiver compared the digests.
    pub(crate) fn judged(&mut self, ending: Ending) -> Result<(), Violation> {
        match self.state {
            State::Ended(_) => Ok(()),
            State::Queued { .. } | State::Sending { .. } => Err(Violation::Lie),
            State::Waiting | State::Offered | State::Sent if self.hashed < self.size => {
                Err(Violation::Lie)
            }
            State::Waiting | State::Offered | State::Sent => {
                self.end(ending);
                Ok(())
            }
        }
    }

    /// It is over, unless it was before.
    pub(crate) fn end(&mut self, ending: Ending) {
        if !matches!(self.state, State::Ended(_)) {
            self.state = State::Ended(ending);
        }
    }

    /// The receiver could not be told that it is over.
    pub(crate) fn owe_farewell(&mut self) {
        self.farewell = true;
    }
}
