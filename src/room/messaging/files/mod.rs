//! Files from person to person: offered, accepted, sent in chunks, resumed, checked.
//!
//! Responsible for every decision about a file but the bytes' way to and from the disk. Invariant: disks and channels are
//! commands and reports ([`TransferEffect`], [`DiskEvent`]); memory stays flat whatever the file's size, because at most a
//! window of it is between the sender's disk and the receiver's.

mod effect;
mod file;
mod inbound;
mod progress;
mod receiver;
mod receiving;
mod sender;
mod sending;
#[cfg(test)]
mod simulation;
mod transfers;
mod wire;

pub use effect::{
    DiskCommand, DiskEvent, DiskProblem, Ending, SourceId, Transfer, TransferEffect, TransferKey,
    TransferProblem, TransferStage,
};
pub use file::{FILE_NAME_CHARACTERS, FileInfo, FileName, MediaType, safe_file_name};
pub use progress::TransferProgress;
pub use sender::{BLOCK_BYTES, WINDOW_BYTES};
pub use sending::{
    ACTIVE_AT_ONCE, BUFFER_HIGH_BYTES, BUFFER_LOW_BYTES, FILES_AT_ONCE, OFFERS_AT_ONCE, OfferError,
    PickedFile,
};
pub use transfers::Transfers;
pub use wire::{
    CHUNK_HEADER_BYTES, CHUNK_PAYLOAD_BYTES, Chunk, Digest, FILE_BYTES, FileControl, FileFrame,
    SMALLEST_CHUNK_BYTES, Side, TransferId,
};
