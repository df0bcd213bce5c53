//! Sockets: connecting, latency, reordering and loss.

use super::world::{Happening, World};
use crate::protocol::{ClientMessage, CloseCode, ServerMessage};
use crate::room::call::event::{Event, SocketEvent};
use crate::room::moment::Moment;

impl World {
    /// Closes the participant's socket from its side, after what was sent on it.
    pub(crate) fn abandon(&mut self, who: usize) {
        if let Some(socket) = self.participants[who].socket.take() {
            let at = self.participants[who].sent.max(self.now) + self.chance.between(1, 200);
            self.schedule(at, Happening::ServerNotices(socket));
        }
    }

    pub(crate) fn connect(&mut self, who: usize, attempt: u64) {
        if self.participants[who].attempt != attempt {
            return;
        }
        if !self.server.up {
            let code = CloseCode::Other(1006);
            self.feed(who, Event::Socket(SocketEvent::Closed(code)));
            return;
        }
        self.last_socket += 1;
        let socket = self.last_socket;
        self.sockets.insert(socket, who);
        let participant = &mut self.participants[who];
        participant.socket = Some(socket);
        participant.sent = self.now;
        participant.received = self.now;
        self.feed(who, Event::Socket(SocketEvent::Opened));
    }

    pub(crate) fn send(&mut self, who: usize, message: ClientMessage) {
        let mut message = message;
        let Some(socket) = self.participants[who].socket else {
            self.tell(|| format!("{who} lost {message:?}"));
            return;
        };
        if let ClientMessage::Offer { serial, .. } | ClientMessage::Answer { serial, .. } =
            &mut message
        {
            self.last_offer = self.now;
            if self.conditions.without_serials {
                *serial = None;
            }
        }
        let latency = self.chance.between(1, self.conditions.latency_ms);
        let participant = &mut self.participants[who];
        let at = participant.sent.max(self.now + latency);
        let free = self.conditions.reorders
            && matches!(
                message,
                ClientMessage::Offer { .. }
                    | ClientMessage::Answer { .. }
                    | ClientMessage::IceCandidate { .. }
            );
        if !free {
            participant.sent = at;
        }
        self.schedule(at, Happening::ToServer { socket, message });
    }

    /// Sends out what the server has to say.
    pub(crate) fn deliver(&mut self) {
        for (socket, message) in std::mem::take(&mut self.server.outbox) {
            let Some(who) = self.listener(socket) else {
                continue;
            };
            let latency = self.chance.between(1, self.conditions.latency_ms);
            let participant = &mut self.participants[who];
            let at = participant.received.max(self.now + latency);
            let free = self.conditions.reorders
                && matches!(
                    message,
                    ServerMessage::Offer { .. }
                        | ServerMessage::Answer { .. }
                        | ServerMessage::IceCandidate { .. }
                );
            if !free {
                participant.received = at;
            }
            self.schedule(at, Happening::ToParticipant { socket, message });
        }
        for socket in std::mem::take(&mut self.server.taken_over) {
            let code = CloseCode::ResumedElsewhere;
            self.after(1, 50, Happening::Closed { socket, code });
        }
    }

    /// A socket breaks: each side finds out in its own time, and what is on the way to the participant is lost.
    pub(crate) fn break_socket(&mut self, who: usize, code: CloseCode) {
        let Some(socket) = self.participants[who].socket else {
            return;
        };
        if self.chance.percent(70) {
            self.participants[who].socket = None;
            self.after(0, 6_000, Happening::ServerNotices(socket));
            self.feed(who, Event::Socket(SocketEvent::Closed(code)));
        } else {
            self.server.on_drop(socket, Moment(self.now));
            self.deliver();
            self.after(0, 3_000, Happening::Closed { socket, code });
        }
    }
}
