//! Whom messages reach, and telling them of the controls.

use super::driver::Engine;
use crate::device::lines::announcement::Announcement;
use crate::protocol::PeerId;
use crate::room::messaging::application::ApplicationError;
use crate::room::messaging::channel::Reliability;
use crate::room::messaging::recipients::Recipients;

impl Engine {
    /// Announces controls in place of those before.
    pub(super) fn announce(&mut self, controls: Announcement) {
        self.announcing.replace(controls);
        if self.roster.reached().is_empty() {
            return;
        }
        let Some(message) = self.announcing.message() else {
            return;
        };
        let to = Recipients::Everyone;
        match self.request(message, to, Reliability::ReliableOrdered) {
            Err(ApplicationError::TooFast) => {
                for peer in self.roster.reached() {
                    self.announcing.owe(peer);
                }
                self.announce_to_the_untold();
            }
            Err(error) => self.refuse(error.code(), error.to_string()),
            Ok(()) => {}
        }
    }

    /// Messages reach somebody from now on: the program hears of it at once, and they of the controls when this input is done with.
    pub(super) fn reach(&mut self, peer: &PeerId) {
        if !self.roster.knows(peer) {
            self.follow_call();
        }
        if let Some(event) = self.roster.reach(peer) {
            self.output.tell(event);
            if self.announcing.has_controls() {
                self.announcing.owe(peer);
            }
        }
    }

    /// Messages reach somebody no more.
    pub(super) fn lose(&mut self, peer: &PeerId) {
        self.announcing.forget(peer);
        if let Some(event) = self.roster.lose(peer) {
            self.output.tell(event);
        }
    }

    /// Tells those who are still to be told, as fast as messages may go.
    pub(super) fn announce_to_the_untold(&mut self) {
        let now = self.clock.now();
        while let Some(peer) = self.announcing.next(now) {
            let Some(message) = self.announcing.message() else {
                return;
            };
            let to = Recipients::Person(peer.clone());
            let sent = self.request(message, to, Reliability::ReliableOrdered);
            if sent == Err(ApplicationError::TooFast) {
                return self.announcing.put_off(peer, now);
            }
        }
    }
}
