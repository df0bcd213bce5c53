//! The rules of the dashboard: which values and controls a device has, and what a press comes to.
//!
//! Invariant: of a device at most [`GAUGES`] values and [`CONTROLS`] controls are kept, each of bounded size, for as long as it
//! is in the call.

use serde_json::Value;

use super::board::{Board, DevicePanel};
use super::control::Control;
use super::event::{DashboardEffect, DashboardEvent, is_announcement};
use super::gauge::{Gauge, GaugeValue, read_key};
use super::series::SERIES_MS;
use super::state::Rules;
use crate::protocol::PeerId;
use crate::room::channel::Reliability;
use crate::room::messaging::application::{
    ApplicationMessage, ApplicationRequest, ReceivedApplicationMessage, Topic,
};
use crate::room::messaging::recipients::Recipients;
use crate::room::moment::Moment;

/// So many values of a device are shown. A further one takes the place of one that was not told for two minutes, if there is.
pub(super) const GAUGES: usize = 20;

/// So many controls of a device are shown, the first that it announces.
pub(super) const CONTROLS: usize = 20;

/// Values are told under topics that begin with this.
const TELEMETRY: &str = "telemetry/";

/// The rules.
pub const RULES: Rules = Rules(apply);

fn apply(board: &mut Board, event: DashboardEvent, now: Moment) -> Vec<DashboardEffect> {
    let mut effects = Vec::new();
    let is_different = match event {
        DashboardEvent::Devices(devices) => board.follow(&devices),
        DashboardEvent::Heard(received) => board.hear(&received, now),
        DashboardEvent::Pressed { device, topic } => {
            let request = board.press(&device, &topic, now);
            let is_known = request.is_some();
            effects.extend(request.map(DashboardEffect::Send));
            is_known
        }
        DashboardEvent::NotSent { ack, error } => board
            .controls_mut()
            .any(|control| control.not_sent(ack, error)),
        DashboardEvent::Tick => {
            let controls = board.controls_mut();
            controls.fold(false, |is_late, control| control.tick(now) | is_late)
        }
    };
    if is_different {
        board.due = board.controls().filter_map(Control::due).min();
        // Before anything is sent: what comes of that is said behind it.
        effects.insert(0, DashboardEffect::Changed);
    }
    effects
}

impl Board {
    /// These devices are in the call; says whether that is different.
    fn follow(&mut self, devices: &[PeerId]) -> bool {
        let before = self.devices.len();
        self.devices.retain(|peer, _| devices.contains(peer));
        let mut is_different = self.devices.len() < before;
        for peer in devices {
            if !self.devices.contains_key(peer) {
                self.devices.insert(peer.clone(), DevicePanel::default());
                is_different = true;
            }
        }
        is_different
    }

    /// A device said something; says whether anything is different.
    fn hear(&mut self, received: &ReceivedApplicationMessage, now: Moment) -> bool {
        let Some(panel) = self.devices.get_mut(&received.from) else {
            return false;
        };
        let ApplicationMessage { topic, data, .. } = &received.message;
        if let Some(name) = topic.as_str().strip_prefix(TELEMETRY) {
            return panel.hear_values(name, data, now);
        }
        if is_announcement(received) {
            return panel.hear_announcement(data);
        }
        if received.reliability != Reliability::ReliableOrdered {
            return false;
        }
        let mut controls = panel.controls.iter_mut();
        let answered = controls.find(|control| control.is_answered_under(topic));
        answered.is_some_and(|control| control.answer(data))
    }

    /// The user presses a control; what goes to the device.
    fn press(&mut self, device: &PeerId, topic: &Topic, now: Moment) -> Option<ApplicationRequest> {
        let panel = self.devices.get_mut(device)?;
        let mut controls = panel.controls.iter_mut();
        let control = controls.find(|control| control.topic == *topic)?;
        self.presses = self.presses.wrapping_add(1);
        Some(ApplicationRequest {
            message: ApplicationMessage {
                topic: topic.clone(),
                data: control.press(self.presses, now),
                ack: Some(self.presses),
            },
            to: Recipients::Person(device.clone()),
            reliability: Reliability::ReliableOrdered,
        })
    }

    fn controls(&self) -> impl Iterator<Item = &Control> {
        self.devices.values().flat_map(|panel| &panel.controls)
    }

    fn controls_mut(&mut self) -> impl Iterator<Item = &mut Control> {
        let panels = self.devices.values_mut();
        panels.flat_map(|panel| &mut panel.controls)
    }
}

impl DevicePanel {
    /// Values came under this topic; says whether any of them is kept.
    fn hear_values(&mut self, topic: &str, data: &Value, now: Moment) -> bool {
        match data {
            Value::Object(values) => {
                let mut is_kept = false;
                for (key, value) in values.iter().take(GAUGES) {
                    if let Some(key) = read_key(key) {
                        is_kept |= self.hear_value(topic, key, value, now);
                    }
                }
                is_kept
            }
            value => self.hear_value(topic, String::new(), value, now),
        }
    }

    fn hear_value(&mut self, topic: &str, key: String, value: &Value, now: Moment) -> bool {
        let value = GaugeValue::read(value);
        let mut gauges = self.gauges.iter_mut();
        if let Some(known) = gauges.find(|gauge| gauge.topic == topic && gauge.key == key) {
            known.set(value, now);
            return true;
        }
        if self.gauges.len() == GAUGES {
            let is_old = |gauge: &Gauge| now.since(gauge.told_at) > SERIES_MS;
            let Some(oldest) = self.gauges.iter().position(is_old) else {
                return false;
            };
            self.gauges.remove(oldest);
        }
        self.gauges.push(Gauge::new(topic, key, value, now));
        true
    }

    /// The device announces its controls, all of them; says whether they are different.
    fn hear_announcement(&mut self, data: &Value) -> bool {
        let Value::Array(announced) = data else {
            return false;
        };
        let mut controls: Vec<Control> = Vec::new();
        for announced in announced.iter().take(CONTROLS) {
            if let Some(control) = Control::read(announced, &self.controls)
                && controls.iter().all(|other| other.topic != control.topic)
            {
                controls.push(control);
            }
        }
        let is_different = self.controls != controls;
        self.controls = controls;
        is_different
    }
}

#[cfg(test)]
#[path = "tests/rules.rs"]
mod tests;
