//! The browser's peer connections: their transceivers, data channels and statistics.

mod arrivals;
pub(crate) mod channels;
pub(crate) mod connection;
pub(crate) mod peer;
pub(crate) mod stats;
pub(crate) mod transceivers;
