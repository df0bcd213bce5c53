//! Sockets between the visitors and the server, and what the server says of the SFU over them.

use super::world::{Happening, Said, World};
use crate::protocol::sfu::SfuTerms;
use crate::protocol::{ClientMessage, CloseCode, ErrorCode, PeerId, ProtocolError, ServerMessage};
use crate::room::call::event::{Event, SocketEvent};
use crate::room::moment::Moment;
use crate::room::path::command::SlotCounts;
use crate::room::testing::simulation::connection::Description;
use crate::room::testing::simulation::server::SocketId;
use crate::room::visit::event::VisitEvent;

impl World {
    pub(crate) fn listener(&self, socket: SocketId) -> Option<usize> {
        let who = *self.sockets.get(&socket)?;
        (self.visitors[who].socket == Some(socket)).then_some(who)
    }

    /// Closes a socket from the visitor's side, after what was sent on it.
    pub(crate) fn abandon(&mut self, who: usize) {
        if let Some(socket) = self.visitors[who].socket.take() {
            let at = self.visitors[who].sent.max(self.now) + self.chance.between(1, 200);
            self.schedule(at, Happening::ServerNotices(socket));
        }
    }

    pub(crate) fn connect(&mut self, who: usize, attempt: u64) {
        if self.visitors[who].attempt != attempt {
            return;
        }
        if !self.server.up {
            let code = CloseCode::Other(1006);
            return self.feed(
                who,
                VisitEvent::Call(Event::Socket(SocketEvent::Closed(code))),
            );
        }
        self.last_socket += 1;
        let socket = self.last_socket;
        self.sockets.insert(socket, who);
        let visitor = &mut self.visitors[who];
        visitor.socket = Some(socket);
        visitor.sent = self.now;
        visitor.received = self.now;
        self.feed(who, VisitEvent::Call(Event::Socket(SocketEvent::Opened)));
    }

    pub(crate) fn send(&mut self, who: usize, message: ClientMessage) {
        let Some(socket) = self.visitors[who].socket else {
            return;
        };
        let at = self.now + self.chance.between(1, self.conditions.latency_ms);
        let visitor = &mut self.visitors[who];
        visitor.sent = visitor.sent.max(at);
        let at = visitor.sent;
        self.schedule(at, Happening::ToServer { socket, message });
    }

    /// Something of a visitor arrives at the server.
    pub(crate) fn reach_server(&mut self, socket: SocketId, message: ClientMessage) {
        if !self.server.up {
            return;
        }
        let newcomer = match &message {
            ClientMessage::Join { sfu, media, .. } => {
                Some((sfu.is_some(), media.unwrap_or_default()))
            }
            _ => None,
        };
        if let Some(from) = self.server.seated(socket) {
            match &message {
                ClientMessage::Offer {
                    target,
                    sdp,
                    serial,
                } if target.as_str() == SfuTerms::PEER => {
                    let (sdp, serial) = (sdp.clone(), *serial);
                    let is_refused = self.sockets.get(&socket);
                    if is_refused.is_some_and(|who| self.refused.remove(who)) {
                        return self.after(2, 120, Happening::Refusal(from));
                    }
                    return self.reach_sfu(&from, &sdp, serial);
                }
                message => self.sfu.hear(&from, message.clone()),
            }
        }
        self.server.on_message(socket, message, Moment(self.now));
        if let Some((speaks, media)) = newcomer
            && let Some(peer) = self.server.seated(socket)
        {
            self.sfu.seat(&peer, speaks, media);
        }
        self.stirred = true;
        self.deliver();
    }

    fn reach_sfu(&mut self, from: &PeerId, sdp: &str, serial: Option<u32>) {
        let offer = Description::find(&self.press.all, sdp);
        let slots = self.offered[&offer.number];
        let press = &mut self.press;
        let fresh = || press.fresh();
        let own = self.sfu.take_offer(from, offer, slots, self.now, fresh);
        if let Some(own) = own
            && !self.sfu_is_mute
        {
            let answer = Happening::Answer {
                peer: from.clone(),
                author: offer.author,
                own,
                serial,
            };
            self.after(2, 120, answer);
        }
    }

    /// The SFU answers, unless it has a newer connection by now.
    pub(crate) fn answer(
        &mut self,
        peer: &PeerId,
        author: u64,
        (identity, fragment): (u64, u64),
        serial: Option<u32>,
    ) {
        let session = self.sfu.session_mut(peer);
        if !self.server.up || session.is_none_or(|session| session.author != author) {
            return;
        }
        let flavour = crate::room::testing::simulation::connection::Flavour::Browser;
        let answer = self.press.write(identity, fragment, 0, flavour);
        let message = ServerMessage::Answer {
            from: PeerId::new(SfuTerms::PEER),
            sdp: answer.text(),
            serial,
        };
        if let Some(socket) = self.server.socket_of(peer) {
            self.post(socket, Said::Message(message));
        }
    }

    /// The SFU refuses something.
    pub(crate) fn refuse(&mut self, peer: &PeerId) {
        if !self.server.up {
            return;
        }
        let refusal = ServerMessage::Error(ProtocolError {
            code: ErrorCode::SfuRefused,
            message: "Not now.".to_owned(),
            fatal: false,
        });
        if let Some(socket) = self.server.socket_of(peer) {
            self.post(socket, Said::Message(refusal));
        }
    }

    /// A connection offers so many slots.
    pub(crate) fn note_slots(&mut self, offer: Description, slots: SlotCounts) {
        self.offered.insert(offer.number, slots);
    }

    /// Sends out what the server has to say.
    pub(crate) fn deliver(&mut self) {
        for (socket, mut message) in std::mem::take(&mut self.server.outbox) {
            if let Some(peer) = self.server.seated(socket) {
                self.sfu.complete(&peer, &mut message);
            }
            self.post(socket, Said::Message(message));
        }
        for socket in std::mem::take(&mut self.server.taken_over) {
            let code = CloseCode::ResumedElsewhere;
            self.after(1, 50, Happening::Closed { socket, code });
        }
    }

    /// Sends out what the SFU has to say.
    pub(crate) fn deliver_of_sfu(&mut self) {
        for (peer, message) in std::mem::take(&mut self.sfu.outbox) {
            if self.server.up
                && let Some(socket) = self.server.socket_of(&peer)
            {
                self.post(socket, Said::OfSfu(message));
            }
        }
    }

    fn post(&mut self, socket: SocketId, said: Said) {
        let Some(who) = self.listener(socket) else {
            return;
        };
        let at = self.now + self.chance.between(1, self.conditions.latency_ms);
        let visitor = &mut self.visitors[who];
        visitor.received = visitor.received.max(at);
        let at = visitor.received;
        self.schedule(at, Happening::ToVisitor { socket, said });
    }

    pub(crate) fn reach_visitor(&mut self, socket: SocketId, said: Said) {
        let Some(who) = self.listener(socket) else {
            return;
        };
        let event = match said {
            Said::Message(message) => {
                if let ServerMessage::Welcome { peer, .. } = &message {
                    self.owners.insert(peer.clone(), who);
                }
                VisitEvent::Call(Event::Server(message))
            }
            Said::OfSfu(message) => {
                VisitEvent::Unknown(serde_json::to_string(&message).expect("it is JSON"))
            }
        };
        self.stirred = true;
        self.feed(who, event);
    }

    /// A socket breaks: each side finds out in its own time.
    pub(crate) fn break_socket(&mut self, who: usize) {
        if let Some(socket) = self.visitors[who].socket.take() {
            self.after(0, 6_000, Happening::ServerNotices(socket));
            let code = CloseCode::Other(1006);
            self.feed(
                who,
                VisitEvent::Call(Event::Socket(SocketEvent::Closed(code))),
            );
        }
    }
}
