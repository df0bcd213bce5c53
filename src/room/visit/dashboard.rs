//! The values and controls of devices: what devices say goes there, and what is pressed goes to them.

use std::sync::Arc;

use super::effect::{Aspect, VisitEffect};
use super::state::Visit;
use super::turn::VisitTurn;
use crate::protocol::PeerId;
use crate::room::call::person::Person;
use crate::room::dashboard::board::Board;
use crate::room::dashboard::event::{DashboardEffect, DashboardEvent};
use crate::room::dashboard::state::Rules;
use crate::room::messaging::application::ReceivedApplicationMessage;

impl Visit {
    /// The values and controls of devices.
    pub fn board(&self) -> &Board {
        self.dashboard.board()
    }

    /// The rules of the dashboard are here.
    pub(super) fn learn_dashboard(&mut self, rules: Rules, turn: &mut VisitTurn) {
        let devices = self.devices();
        let effects = self.dashboard.learn(rules, devices, turn.context.now);
        self.perform_dashboard(effects, turn);
    }

    /// Something happened to the dashboard.
    pub(super) fn hear_dashboard(&mut self, event: DashboardEvent, turn: &mut VisitTurn) {
        let effects = self.dashboard.handle(event, turn.context.now);
        self.perform_dashboard(effects, turn);
    }

    /// Devices may have come or gone.
    pub(super) fn follow_devices(&mut self, turn: &mut VisitTurn) {
        let devices = DashboardEvent::Devices(self.devices());
        self.hear_dashboard(devices, turn);
    }

    /// A program of somebody said something; what devices say is for the dashboard too.
    pub(super) fn hear_application(
        &mut self,
        message: ReceivedApplicationMessage,
        turn: &mut VisitTurn,
    ) {
        let author = self.call.person(&message.from);
        let is_device = author.is_some_and(Person::is_device);
        let name = author.map(|person| person.name.to_string());
        let message = Arc::new(message);
        if is_device {
            self.hear_dashboard(DashboardEvent::Heard(Arc::clone(&message)), turn);
        }
        turn.effect(VisitEffect::HandToApplications {
            name: name.unwrap_or_default(),
            message,
        });
    }

    fn devices(&self) -> Vec<PeerId> {
        let call = self.call.call().into_iter();
        call.flat_map(|call| call.devices().map(|device| device.id.clone()))
            .collect()
    }

    fn perform_dashboard(&mut self, effects: Vec<DashboardEffect>, turn: &mut VisitTurn) {
        for effect in effects {
            match effect {
                DashboardEffect::Changed => turn.changed(Aspect::Dashboard),
                DashboardEffect::Send(request) => {
                    let ack = request.message.ack;
                    if let Err(error) = self.send(request, turn) {
                        self.hear_dashboard(DashboardEvent::NotSent { ack, error }, turn);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
#[path = "tests/dashboard.rs"]
mod tests;
