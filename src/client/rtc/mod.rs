//! The browser's peer connections: their transceivers, data channels and statistics.

mod arrivals;
pub(crate) mod channels;
pub(crate) mod connection;
pub(crate) mod hub;
pub(crate) mod peer;
pub(crate) mod peer_shape;
mod shown_sections;
pub(crate) mod stats;
pub(crate) mod transceivers;
pub(crate) mod under_way;
