//! What is shown of the devices in a call.
//!
//! Invariant: nothing in it grows without bound, whatever devices send; see [`super::rules`].

use super::control::Control;
use super::gauge::Gauge;
use crate::protocol::PeerId;
use crate::room::moment::Moment;
use crate::room::ordered::OrderedMap;

/// The values and controls of every device.
#[derive(Clone, Debug, Default)]
pub struct Board {
    /// Each device of the call has a panel.
    pub(super) devices: OrderedMap<PeerId, DevicePanel>,
    /// The last press had this number.
    pub(super) presses: u32,
    /// A device is given until then to answer; `None` while none has to.
    pub(super) due: Option<Moment>,
}

/// The values and controls of one device.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DevicePanel {
    /// The values it told, in the order in which it told them first.
    pub gauges: Vec<Gauge>,
    /// The controls it announced, in its order.
    pub controls: Vec<Control>,
}

impl Board {
    /// The panel of a device.
    pub fn device(&self, peer: &PeerId) -> Option<&DevicePanel> {
        self.devices.get(peer)
    }
}
