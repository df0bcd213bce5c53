//! What the transfers want done, and what is reported back to them.

use super::wire::{Side, TransferId};
use crate::protocol::PeerId;
use crate::room::messaging::channel::frame::Frame;

/// Names one transfer: with whom, which side I am, and its id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TransferKey {
    /// The other person.
    pub peer: PeerId,
    /// My side.
    pub side: Side,
    /// As the sender chose it.
    pub id: TransferId,
}

/// Names a file the user picked, as the driver keeps it. One source may be sent to many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

/// Where a transfer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransferStage {
    /// Offered, not yet answered: by the other person when I send, by me when I receive.
    Offered,
    /// Accepted; the place to write to is being opened. Only at the receiver.
    Opening,
    /// Accepted; waits until others before it are through. Only at the sender.
    Queued,
    /// Content flows.
    Moving,
    /// There is no connection, or it is being resumed. Goes on by itself.
    Interrupted,
    /// All of it is sent; the receiver compares digests.
    Checking,
    /// Over.
    Ended(Ending),
}

/// How a transfer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The receiver has the file, and its digest is right.
    Complete,
    /// The receiver did not want it.
    Declined,
    /// This side stopped it.
    Cancelled(Side),
    /// What arrived has another digest; it was thrown away.
    Corrupt,
    /// It cannot go on.
    Failed(TransferProblem),
}

/// Why a transfer cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransferProblem {
    /// The other person is gone.
    PersonLeft,
    /// The other side came back without it: its page was reloaded.
    Forgotten,
    /// The file cannot be read (any more).
    Unreadable,
    /// The disk does not take it.
    Disk(DiskProblem),
    /// The channel was cut off: the other side broke its rules.
    CutOff,
}

/// Why something cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiskProblem {
    /// The user closed the picker: nothing is lost, the offer stands.
    PickerClosed,
    /// `QuotaExceededError`: no space left.
    Full,
    /// The browser has only its memory for the file, and that is too small for it.
    TooLargeForMemory,
    /// `NotAllowedError`: permission was refused or withdrawn.
    NotAllowed,
    /// Anything else.
    Failed,
}

/// What the driver does with files. For each key the commands come in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DiskCommand {
    /// Read exactly `length` bytes. Answered by [`DiskEvent::Read`] or [`DiskEvent::Unreadable`].
    Read {
        /// For which transfer.
        key: TransferKey,
        /// From which file.
        source: SourceId,
        /// In bytes.
        offset: u64,
        /// In bytes, at most [`super::BLOCK_BYTES`].
        length: usize,
    },
    /// No transfer needs this source any more.
    Release {
        /// Which.
        source: SourceId,
    },
    /// Choose and open a place for the file. Answered by [`DiskEvent::Opened`] or [`DiskEvent::NotOpened`].
    Open {
        /// For which transfer.
        key: TransferKey,
    },
    /// Write behind what was written before. Answered, for one or several writes, by [`DiskEvent::Written`] or
    /// [`DiskEvent::NotWritten`].
    Write {
        /// For which transfer.
        key: TransferKey,
        /// Where, in bytes.
        offset: u64,
        /// What.
        bytes: Vec<u8>,
    },
    /// Everything is written and right: close the file. Answered by [`DiskEvent::Finished`] or
    /// [`DiskEvent::NotWritten`].
    Finish {
        /// For which transfer.
        key: TransferKey,
    },
    /// Throw away what there is, also if it is only being opened. Needs no answer.
    Discard {
        /// For which transfer.
        key: TransferKey,
    },
}

/// What the driver reports about files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DiskEvent {
    /// A block was read.
    Read {
        /// For which transfer.
        key: TransferKey,
        /// As asked.
        offset: u64,
        /// As many as were asked for.
        bytes: Vec<u8>,
    },
    /// A block could not be read, or the file has changed.
    Unreadable {
        /// For which transfer.
        key: TransferKey,
    },
    /// The place is open; nothing is written yet.
    Opened {
        /// For which transfer.
        key: TransferKey,
    },
    /// There is no place.
    NotOpened {
        /// For which transfer.
        key: TransferKey,
        /// Why.
        problem: DiskProblem,
    },
    /// Everything before `offset` is written.
    Written {
        /// For which transfer.
        key: TransferKey,
        /// In bytes.
        offset: u64,
    },
    /// Writing or closing failed.
    NotWritten {
        /// For which transfer.
        key: TransferKey,
        /// Why.
        problem: DiskProblem,
    },
    /// The file is closed and can be used.
    Finished {
        /// For which transfer.
        key: TransferKey,
    },
}

/// What the transfers want done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransferEffect {
    /// Send a frame on the `files` channel. After binary frames the driver reports `bufferedAmount`.
    Send {
        /// To whom.
        to: PeerId,
        /// What.
        frame: Frame,
    },
    /// Do something with a file.
    Disk(DiskCommand),
    /// Somebody offers a file.
    Offered(TransferKey),
    /// A transfer is over.
    Ended(TransferKey, Ending),
}
