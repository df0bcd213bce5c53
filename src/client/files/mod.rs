//! Files between disks and transfers.

mod disk;
mod kept;
mod opening;
mod place;
mod previews;
mod private;
mod problem;
mod sink;
mod sources;
mod writer;

pub(crate) use disk::Files;
