//! What can happen to the dashboard, and what should happen because of it.

use std::sync::Arc;

use crate::protocol::PeerId;
use crate::room::channel::Reliability;
use crate::room::messaging::application::{
    ApplicationError, ApplicationRequest, ReceivedApplicationMessage, Topic,
};

/// Controls are announced under this topic.
pub(super) const ANNOUNCEMENT: &str = "device/controls";

/// Whether controls are announced by a message. Over the fast channel none are, for an older one could come last.
pub(super) fn is_announcement(received: &ReceivedApplicationMessage) -> bool {
    received.reliability == Reliability::ReliableOrdered
        && received.message.topic.as_str() == ANNOUNCEMENT
}

/// One thing that happened.
#[derive(Clone, Debug)]
pub enum DashboardEvent {
    /// These devices are in the call now. It may be told as often as convenient: only differences matter.
    Devices(Vec<PeerId>),
    /// A device said something.
    Heard(Arc<ReceivedApplicationMessage>),
    /// The user pressed a control.
    Pressed {
        /// It is this device's.
        device: PeerId,
        /// It is known by this topic.
        topic: Topic,
    },
    /// What a press was to send was not sent.
    NotSent {
        /// The message was to be acknowledged under this number.
        ack: Option<u32>,
        /// It was not sent for this reason.
        error: ApplicationError,
    },
    /// Time passed.
    Tick,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq)]
pub enum DashboardEffect {
    /// This is sent; if that cannot be, the dashboard is told.
    Send(ApplicationRequest),
    /// The board is different.
    Changed,
}
