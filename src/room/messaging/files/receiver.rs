//! The receiving side of one transfer.
//!
//! Invariant: nothing is written before the user accepted and the place is open, nothing beyond the declared size, and
//! nothing out of order; a sender who contradicts its offer is a liar.

use sha2::{Digest as _, Sha256};

use super::effect::{DiskProblem, Ending, TransferProblem, TransferStage};
use super::wire::{Digest, SMALLEST_CHUNK_BYTES, Side, WINDOW_BYTES};
use crate::room::messaging::channel::frame::Violation;

/// The sender hears how much is written after every so many bytes.
const WRITTEN_EVERY_BYTES: u64 = 2 * 1024 * 1024;

/// One file comes from one person.
#[derive(Clone, Debug)]
pub(crate) struct Incoming {
    /// The file has so many bytes, as its sender declared.
    size: u64,
    /// Receiving stands here.
    state: State,
    /// So many bytes arrived, in order.
    received: u64,
    /// So many bytes are on the disk.
    written: u64,
    /// The sender knows that so many bytes are written.
    announced: u64,
    /// The digest of the file grows with what arrives.
    hasher: Sha256,
    /// So many bytes still arrived after the end, or after an interruption.
    stray: u64,
    /// The sender has offered it on the present connection.
    confirmed: bool,
}

/// Receiving stands at one of these.
#[derive(Clone, Debug)]
enum State {
    /// The user has not answered the offer.
    Offered,
    /// The user accepted, and a place to write to is being opened.
    Opening,
    /// The connection broke, and the sender has not offered the file again.
    Interrupted,
    /// The file was offered again; receiving goes on when everything received is written.
    Resuming,
    /// The content arrives.
    Receiving,
    /// The sender says that this is the digest of all of it; the rest is being written.
    Checking(Digest),
    /// The digest is right, and the file is being closed.
    Closing,
    /// Receiving is over, and ended like this.
    Ended(Ending),
}

/// The receiving side wants this done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReceiverStep {
    /// The sender is told to send from this offset on, in bytes.
    Accept { offset: u64 },
    /// The sender is told that the user does not want the file.
    Decline,
    /// The sender is told that it ends here.
    Cancel,
    /// The sender is told that everything before this offset is written, in bytes.
    Written { offset: u64 },
    /// The sender is told that the file is here and right.
    Verified,
    /// The sender is told that what arrived has another digest.
    Corrupt,
    /// A place for the file is chosen and opened.
    Open,
    /// The file is complete and is closed.
    Finish,
    /// The disk throws away what was written.
    Discard,
}

impl Incoming {
    pub(crate) fn new(size: u64) -> Self {
        Self {
            size,
            state: State::Offered,
            received: 0,
            written: 0,
            announced: 0,
            hasher: Sha256::new(),
            stray: 0,
            confirmed: true,
        }
    }

    pub(crate) fn stage(&self) -> TransferStage {
        match self.state {
            State::Offered => TransferStage::Offered,
            State::Opening => TransferStage::Opening,
            State::Interrupted | State::Resuming => TransferStage::Interrupted,
            State::Receiving => TransferStage::Moving,
            State::Checking(_) | State::Closing => TransferStage::Checking,
            State::Ended(ending) => TransferStage::Ended(ending),
        }
    }

    /// Whether its content arrives, or is waited for.
    pub(crate) fn is_awaited(&self) -> bool {
        matches!(
            self.state,
            State::Interrupted | State::Resuming | State::Receiving | State::Checking(_)
        )
    }

    pub(crate) fn written_bytes(&self) -> u64 {
        self.written
    }

    /// The sender offers it again, on a new connection.
    pub(crate) fn offered_again(&mut self) -> Vec<ReceiverStep> {
        self.confirmed = true;
        match self.state {
            // Its sender begins anew, and may have seen the channel close where this side did not.
            State::Interrupted | State::Receiving => {
                self.stray = 0;
                self.state = State::Resuming;
                self.resume()
            }
            State::Ended(Ending::Complete) => vec![ReceiverStep::Verified],
            State::Ended(Ending::Corrupt) => vec![ReceiverStep::Corrupt],
            State::Ended(Ending::Declined) => vec![ReceiverStep::Decline],
            State::Ended(_) => vec![ReceiverStep::Cancel],
            State::Offered
            | State::Opening
            | State::Resuming
            | State::Checking(_)
            | State::Closing => Vec::new(),
        }
    }

    pub(crate) fn line_closed(&mut self) {
        self.confirmed = false;
        if matches!(self.state, State::Receiving | State::Resuming) {
            self.state = State::Interrupted;
        }
    }

    /// Whether it cannot go on before the sender offers it again.
    pub(crate) fn is_unconfirmed(&self) -> bool {
        let waits = matches!(
            self.state,
            State::Offered | State::Opening | State::Interrupted
        );
        waits && !self.confirmed
    }

    /// The connection has been back for long and the sender has not offered it again.
    pub(crate) fn forgotten(&mut self) -> Vec<ReceiverStep> {
        if self.is_unconfirmed() {
            self.end(Ending::Failed(TransferProblem::Forgotten))
        } else {
            Vec::new()
        }
    }

    /// The user wants it.
    pub(crate) fn accept(&mut self) -> Vec<ReceiverStep> {
        if !matches!(self.state, State::Offered) {
            return Vec::new();
        }
        self.state = State::Opening;
        vec![ReceiverStep::Open]
    }

    /// The user does not want it, or not any more.
    pub(crate) fn refuse(&mut self) -> Vec<ReceiverStep> {
        match self.state {
            State::Offered => {
                self.state = State::Ended(Ending::Declined);
                vec![ReceiverStep::Decline]
            }
            State::Closing | State::Ended(_) => Vec::new(),
            _ => {
                let mut steps = self.end(Ending::Cancelled(Side::Receiver));
                steps.push(ReceiverStep::Cancel);
                steps
            }
        }
    }

    /// The place is open.
    pub(crate) fn opened(&mut self) -> Vec<ReceiverStep> {
        match self.state {
            State::Opening if self.confirmed => {
                self.state = State::Receiving;
                vec![ReceiverStep::Accept { offset: 0 }]
            }
            State::Opening => {
                self.state = State::Interrupted;
                Vec::new()
            }
            State::Ended(_) => vec![ReceiverStep::Discard],
            _ => Vec::new(),
        }
    }

    /// There is no place.
    pub(crate) fn not_opened(&mut self, problem: DiskProblem) -> Vec<ReceiverStep> {
        match (&self.state, problem) {
            (State::Opening, DiskProblem::PickerClosed) => {
                self.state = State::Offered;
                Vec::new()
            }
            (State::Opening, _) => {
                self.state = State::Ended(Ending::Failed(TransferProblem::Disk(problem)));
                vec![ReceiverStep::Cancel]
            }
            _ => Vec::new(),
        }
    }

    /// A chunk arrived: whether it is to be written.
    pub(crate) fn chunk(&mut self, offset: u64, payload: &[u8]) -> Result<bool, Violation> {
        let length = payload.len() as u64;
        match self.state {
            State::Receiving => {}
            // Under way while this side ended it, or the channel on this side alone was another: not a lie, but not without
            // end either.
            State::Ended(_) | State::Interrupted => {
                self.stray += length;
                let endless = self.stray > 2 * WINDOW_BYTES;
                return if endless {
                    Err(Violation::Lie)
                } else {
                    Ok(false)
                };
            }
            _ => return Err(Violation::Lie),
        }
        let end = offset.checked_add(length).ok_or(Violation::Lie)?;
        let complete = end == self.size || payload.len() >= SMALLEST_CHUNK_BYTES;
        let ahead = end.saturating_sub(self.written);
        if offset != self.received || end > self.size || !complete || ahead > 2 * WINDOW_BYTES {
            return Err(Violation::Lie);
        }
        self.hasher.update(payload);
        self.received = end;
        Ok(true)
    }

    /// The sender says that it was all.
    pub(crate) fn done(&mut self, digest: Digest) -> Result<Vec<ReceiverStep>, Violation> {
        match self.state {
            State::Receiving if self.received == self.size => {
                self.state = State::Checking(digest);
                Ok(self.check())
            }
            // Said before the sender heard of that.
            State::Ended(_) | State::Interrupted => Ok(Vec::new()),
            _ => Err(Violation::Lie),
        }
    }

    /// Everything before this offset is written.
    pub(crate) fn written(&mut self, offset: u64) -> Vec<ReceiverStep> {
        self.written = offset.clamp(self.written, self.received);
        match self.state {
            State::Resuming => self.resume(),
            State::Checking(_) => self.check(),
            State::Receiving if self.written - self.announced >= WRITTEN_EVERY_BYTES => {
                self.announced = self.written;
                vec![ReceiverStep::Written {
                    offset: self.written,
                }]
            }
            _ => Vec::new(),
        }
    }

    /// Writing or closing failed.
    pub(crate) fn not_written(&mut self, problem: DiskProblem) -> Vec<ReceiverStep> {
        let mut steps = self.end(Ending::Failed(TransferProblem::Disk(problem)));
        if !steps.is_empty() {
            steps.push(ReceiverStep::Cancel);
        }
        steps
    }

    /// The file is closed.
    pub(crate) fn finished(&mut self) -> Vec<ReceiverStep> {
        if !matches!(self.state, State::Closing) {
            return Vec::new();
        }
        self.state = State::Ended(Ending::Complete);
        vec![ReceiverStep::Verified]
    }

    /// It is over from outside. What is complete and only being checked goes on.
    pub(crate) fn broken_off(&mut self, ending: Ending) -> Vec<ReceiverStep> {
        match self.state {
            State::Checking(_) | State::Closing => Vec::new(),
            _ => self.end(ending),
        }
    }

    fn end(&mut self, ending: Ending) -> Vec<ReceiverStep> {
        let steps = match self.state {
            State::Ended(_) => return Vec::new(),
            State::Offered => Vec::new(),
            _ => vec![ReceiverStep::Discard],
        };
        self.state = State::Ended(ending);
        steps
    }

    fn resume(&mut self) -> Vec<ReceiverStep> {
        if self.written < self.received {
            return Vec::new();
        }
        self.state = State::Receiving;
        self.announced = self.written;
        vec![ReceiverStep::Accept {
            offset: self.written,
        }]
    }

    fn check(&mut self) -> Vec<ReceiverStep> {
        let State::Checking(declared) = self.state else {
            return Vec::new();
        };
        if self.written < self.size {
            return Vec::new();
        }
        if declared == Digest(self.hasher.clone().finalize().into()) {
            self.state = State::Closing;
            vec![ReceiverStep::Finish]
        } else {
            self.state = State::Ended(Ending::Corrupt);
            vec![ReceiverStep::Discard, ReceiverStep::Corrupt]
        }
    }
}
