//! The statistics of a connection as they were read at one moment.

use super::report::Report;
use super::sample::TrackMap;
use crate::protocol::PeerId;

/// One reading of a connection.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The connection is to this person.
    pub peer: PeerId,
    /// Connections are made anew now and then; the reading is of this one.
    pub generation: u32,
    /// The media sections carry these tracks.
    pub tracks: TrackMap,
    /// The figures; empty when the connection is closed.
    pub report: Report,
}
