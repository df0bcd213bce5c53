//! What a client is told beside its room's messages: what it did wrong, and what it asked for alone.

use super::connection::Connection;
use super::ending::Fatality;
use crate::protocol::{ErrorCode, ProtocolError, ServerMessage};

impl Connection {
    /// Tells the client what it did wrong, in its turn with everything else it is sent.
    pub(super) fn refuse(&self, code: ErrorCode, message: &str, fatality: Fatality) {
        let fatal = fatality == Fatality::Fatal;
        self.say(&ServerMessage::Error(ProtocolError {
            code,
            message: message.to_owned(),
            fatal,
        }));
    }

    /// Tells the client that a message was dropped for being too many; not more often than it has to hear it.
    pub(super) fn refuse_for_rate(&mut self, message: &str) {
        if self.rate_limit.may_tell(self.heard) {
            self.refuse(ErrorCode::RateLimited, message, Fatality::Survivable);
        }
    }

    /// Answers the client alone, in its turn with everything else it is sent.
    pub(super) fn say(&self, message: &ServerMessage) {
        if let Ok(text) = serde_json::to_string(message) {
            self.slot.outbox().tell(text.into());
        }
    }
}
