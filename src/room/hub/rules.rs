//! What becomes of the hub when something happens.
//!
//! Invariant: what is wanted follows from what is the case, whatever happened before: after every event everything is looked at
//! again, and only what is different is told.

use super::attached::Attached;
use super::effect::HubEffect;
use super::event::{HubContext, HubEvent, HubWelcome};
use super::state::Hub;
use crate::protocol::sfu::SfuUse;

impl Hub {
    /// Takes what happened, and says what should happen because of it.
    pub(in crate::room) fn handle(
        &mut self,
        event: HubEvent,
        context: HubContext<'_>,
    ) -> Vec<HubEffect> {
        apply(self, event, context)
    }
}

fn apply(hub: &mut Hub, event: HubEvent, context: HubContext<'_>) -> Vec<HubEffect> {
    let mut effects = Vec::new();
    match event {
        HubEvent::Welcomed(welcome) => welcomed(hub, welcome, context, &mut effects),
        HubEvent::Ended => {
            if let Some(mut attached) = hub.attached.take() {
                attached.close(&mut effects);
            }
        }
        HubEvent::Shown(shown) => hub.shown.change(shown),
        event => {
            if let Some(attached) = &mut hub.attached {
                attached.hear(event, context, &mut effects);
            }
        }
    }
    hub.due = None;
    if let Some(attached) = &mut hub.attached {
        attached.follow(&hub.shown, context, &mut effects);
        hub.due = attached.next_deadline(context);
    }
    hub.is_connected = hub.link().is_some();
    hub.is_listened_on = hub.listened_path().is_some();
    effects
}

/// The server lets us in: at another seat, or in another run of the server, everything begins anew.
fn welcomed(
    hub: &mut Hub,
    welcome: HubWelcome,
    context: HubContext<'_>,
    effects: &mut Vec<HubEffect>,
) {
    if let Some(before) = &mut hub.attached
        && before.me == welcome.me
    {
        return before.come_back(welcome, context, effects);
    }
    if let Some(mut before) = hub.attached.take() {
        before.close(effects);
    }
    hub.attached = Some(Box::new(Attached::new(welcome)));
}

impl Attached {
    /// Whether the room uses the SFU.
    pub(super) fn is_used(&self) -> bool {
        self.terms.r#use == SfuUse::On
    }
}

#[cfg(test)]
#[path = "tests/rules.rs"]
mod tests;
