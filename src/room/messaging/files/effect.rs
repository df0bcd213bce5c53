//! What the transfers want done, and what is reported back to them.

use super::wire::{Side, TransferId};
use crate::protocol::PeerId;
use crate::room::messaging::channel::frame::Frame;

/// Names one transfer: with whom, which side I am, and its id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TransferKey {
    /// The file goes to or comes from this person.
    pub peer: PeerId,
    /// I am on this side.
    pub side: Side,
    /// The sender chose this id.
    pub id: TransferId,
}

/// Names a file the user picked, as the driver keeps it. One source may be sent to many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

/// A transfer stands here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransferStage {
    /// It is offered and not yet answered: by the other person when I send, by me when I receive.
    Offered,
    /// It is accepted, and the place to write to is being opened. Only a receiver is here.
    Opening,
    /// It is accepted, and waits until others before it are through. Only a sender is here.
    Queued,
    /// It is accepted, and a connection directly to the receiver is being set up for it. Only a sender is here.
    Connecting,
    /// Content flows.
    Moving,
    /// There is no connection, or the transfer is being resumed. It goes on by itself.
    Interrupted,
    /// All of it is sent; the receiver compares digests.
    Checking,
    /// It is over.
    Ended(Ending),
}

/// A transfer ended like this.
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

/// A transfer cannot go on.
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
    /// There is no connection directly between the two, and the server takes no content of files.
    NoDirectPath,
}

/// Something cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiskProblem {
    /// The user closed the picker: nothing is lost, the offer stands.
    PickerClosed,
    /// There is no space left: `QuotaExceededError`.
    Full,
    /// The browser has only its memory for the file, and that is too small for it.
    TooLargeForMemory,
    /// Permission was refused or withdrawn: `NotAllowedError`.
    NotAllowed,
    /// Anything else went wrong.
    Failed,
}

/// The driver does this with files. For each key the commands come in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DiskCommand {
    /// Exactly `length` bytes are read. The answer is [`DiskEvent::Read`] or [`DiskEvent::Unreadable`].
    Read {
        /// The bytes are for this transfer.
        key: TransferKey,
        /// The bytes are read from this file.
        source: SourceId,
        /// So many bytes of the file stand before them.
        offset: u64,
        /// They are so many, at most [`super::BLOCK_BYTES`].
        length: usize,
    },
    /// No transfer needs this source any more.
    Release {
        /// The driver may let go of this file.
        source: SourceId,
    },
    /// A place for the file is chosen and opened. The answer is [`DiskEvent::Opened`] or [`DiskEvent::NotOpened`].
    Open {
        /// The place is for this transfer.
        key: TransferKey,
    },
    /// Bytes are written behind what was written before. The answer, for one or several writes, is
    /// [`DiskEvent::Written`] or [`DiskEvent::NotWritten`].
    Write {
        /// The bytes belong to this transfer.
        key: TransferKey,
        /// So many bytes of the file stand before them.
        offset: u64,
        /// These are written.
        bytes: Vec<u8>,
    },
    /// Everything is written and right: the file is closed. The answer is [`DiskEvent::Finished`] or
    /// [`DiskEvent::NotWritten`].
    Finish {
        /// The file belongs to this transfer.
        key: TransferKey,
    },
    /// What there is gets thrown away, also if it is only being opened. That needs no answer.
    Discard {
        /// The file belongs to this transfer.
        key: TransferKey,
    },
}

/// The driver reports this about files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DiskEvent {
    /// A block was read.
    Read {
        /// It is for this transfer.
        key: TransferKey,
        /// It begins at this offset, as was asked.
        offset: u64,
        /// It has as many bytes as were asked for.
        bytes: Vec<u8>,
    },
    /// A block could not be read, or the file has changed.
    Unreadable {
        /// It was for this transfer.
        key: TransferKey,
    },
    /// The place is open; nothing is written yet.
    Opened {
        /// It is for this transfer.
        key: TransferKey,
    },
    /// There is no place.
    NotOpened {
        /// It was for this transfer.
        key: TransferKey,
        /// This is why.
        problem: DiskProblem,
    },
    /// Everything before `offset` is written.
    Written {
        /// The file belongs to this transfer.
        key: TransferKey,
        /// So many bytes are safe.
        offset: u64,
    },
    /// Writing or closing failed.
    NotWritten {
        /// The file belongs to this transfer.
        key: TransferKey,
        /// This is why.
        problem: DiskProblem,
    },
    /// The file is closed and can be used.
    Finished {
        /// The file belongs to this transfer.
        key: TransferKey,
    },
}

/// The transfers want this done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransferEffect {
    /// A frame is sent on the `files` channel. After binary frames the driver reports `bufferedAmount`.
    Send {
        /// The frame goes to this person.
        to: PeerId,
        /// The frame says this.
        frame: Frame,
    },
    /// Something is done with a file.
    Disk(DiskCommand),
    /// Somebody offers a file.
    Offered(TransferKey),
    /// A transfer is over.
    Ended(TransferKey, Ending),
}
