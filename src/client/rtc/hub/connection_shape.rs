//! The shape of the connection to the SFU, as the browser has it.

use web_sys::RtcRtpTransceiver;

use super::sections;
use super::shape::HubShape;
use super::steering::Steering;
use crate::client::browser::js::Connection;
use crate::client::rtc::under_way::UnderWay;
use crate::room::Section;
use crate::room::sending::HubTargets;
use crate::room::{SlotCounts, TrackKind};

/// The shape of one connection, and what of it is being steered.
#[derive(Default)]
pub(crate) struct ConnectionShape {
    /// The senders are steered here.
    steering: Steering,
}

impl HubShape for ConnectionShape {
    fn complete(&self, connection: &Connection, slots: SlotCounts) {
        drop(sections::complete(connection, slots));
    }

    fn senders(&self, connection: &Connection) -> Vec<(TrackKind, RtcRtpTransceiver)> {
        sections::senders(connection)
    }

    fn receivers(&self, connection: &Connection) -> Vec<(Section, RtcRtpTransceiver)> {
        let slots = sections::slots(connection).into_iter();
        slots
            .filter_map(|slot| Some((Section::Mid(slot.mid()?), slot)))
            .collect()
    }

    fn steer(&self, connection: &Connection, targets: &HubTargets, under_way: &UnderWay) {
        self.steering.aim(connection, targets, under_way);
    }
}
