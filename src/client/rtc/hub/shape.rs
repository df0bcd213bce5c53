//! What a connection asks of its shape when the SFU is at its other end: the seam between the first wasm and the second.
//!
//! Invariant: nothing here does anything, so that a call without the SFU pays for the words alone.

use web_sys::RtcRtpTransceiver;

use crate::client::browser::js::Connection;
use crate::client::rtc::under_way::UnderWay;
use crate::room::Section;
use crate::room::sending::HubTargets;
use crate::room::{SlotCounts, TrackKind};

/// The shape of the one connection to the SFU.
pub(crate) trait HubShape {
    /// Adds the sections that are missing for so many slots; none is ever taken away. It does nothing on a closed connection, which
    /// reports its state.
    fn complete(&self, connection: &Connection, slots: SlotCounts);

    /// The transceivers that send, by kind.
    fn senders(&self, connection: &Connection) -> Vec<(TrackKind, RtcRtpTransceiver)>;

    /// The slots that have a name, in their order: those that stand in a description.
    fn receivers(&self, connection: &Connection) -> Vec<(Section, RtcRtpTransceiver)>;

    /// Sends as much as `targets` say from now on. What it takes is put among what is under way for the connection.
    fn steer(&self, connection: &Connection, targets: &HubTargets, under_way: &UnderWay);
}
