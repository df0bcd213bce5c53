//! Programs in the page, which send messages to those in the pages of others.

use leptos::prelude::*;

use super::engine::Engine;
use crate::client::applications::{self, Arrived, Refusal};
use crate::room::messaging::application::ReceivedApplicationMessage;
use crate::room::messaging::channel::Reliability;

impl Engine {
    /// Does what a program in the page asks.
    pub(super) fn take_application_request(&mut self, request: &str) {
        let now = self.page.now();
        let refused = match (applications::read(request), &mut self.messaging) {
            (Ok(request), Some(messaging)) => match messaging.send(request, now) {
                Ok(effects) => return self.perform_messaging(effects),
                Err(error) => (error.code(), error.to_string()),
            },
            (Ok(_), None) => ("application-no-call", "there is no call yet".to_owned()),
            (Err(refused), _) => refused,
        };
        let (code, message) = refused;
        let message = &message;
        applications::tell(
            &self.page.window,
            "visavis:error",
            &Refusal { code, message },
        );
    }

    /// Hands a message of another person's program to those in this page.
    pub(super) fn hand_to_applications(&self, received: &ReceivedApplicationMessage) {
        let name = self.page.session.state.with_untracked(|state| {
            let person = state.call()?.person(&received.from)?;
            Some(person.name.to_string())
        });
        let arrived = Arrived {
            from: &received.from,
            name: &name.unwrap_or_default(),
            reliable: received.reliability == Reliability::ReliableOrdered,
            topic: received.message.topic.as_str(),
            data: &received.message.data,
        };
        applications::tell(&self.page.window, "visavis:message", &arrived);
    }
}
