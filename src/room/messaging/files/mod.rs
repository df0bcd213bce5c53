//! Files from person to person: offered, accepted, sent in chunks, resumed, checked.
//!
//! Responsible for every decision about a file but the bytes' way to and from the disk. Invariant: disks and channels are
//! commands and reports ([`TransferEffect`], [`DiskEvent`]); memory stays flat whatever the file's size, because at most a
//! window of it is between the sender's disk and the receiver's.

pub(crate) mod effect;
pub(crate) mod file;
pub(crate) mod gate;
pub(crate) mod inbound;
pub(crate) mod progress;
pub(crate) mod receiver;
pub(crate) mod receiving;
pub(crate) mod sender;
pub(crate) mod sending;
#[cfg(test)]
pub(crate) mod simulation;
pub(crate) mod transfer;
pub(crate) mod transfers;
pub(crate) mod wire;

pub use effect::{
    DiskCommand, DiskEvent, DiskProblem, Ending, SourceId, TransferKey, TransferProblem,
    TransferStage,
};
pub use file::FileInfo;
pub use sending::{BUFFER_LOW_BYTES, PickedFile};
pub use wire::Side;

pub use self::transfer::Transfer;
