//! Whose media a section of a connection brings, for as long as it brings theirs.

use crate::protocol::PeerId;
use crate::room::TrackKind;

/// The time for which a section brings one track of one person. A section between two people has one that lasts as long as the
/// connection; a slot of the SFU has one after the other.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Stint {
    /// No other of the connection has this number.
    pub(crate) number: u32,
    /// This person sends it.
    pub(crate) whose: PeerId,
    /// It shows or lets hear this.
    pub(crate) kind: TrackKind,
}
