//! A simulated server: seats, resume, away and back, relaying, and forgetting everything in a restart.

use std::collections::{HashMap, HashSet};

use crate::protocol::{
    ClientMessage, DepartureReason, ErrorCode, Limits, MediaState, ParticipantKind, PeerId,
    PeerInfo, ProtocolError, ResumeToken, ServerMessage,
};
use crate::room::moment::Moment;

/// How long a seat is kept, in ms.
pub(crate) const SEAT_KEPT_MS: u64 = 30_000;

/// A socket as the server knows it.
pub(crate) type SocketId = u64;

struct Seat {
    peer: PeerId,
    name: String,
    media: MediaState,
    hand: bool,
    socket: Option<SocketId>,
    dropped: Moment,
}

/// The server.
pub(crate) struct Server {
    pub(crate) up: bool,
    seats: Vec<Seat>,
    sockets: HashMap<SocketId, PeerId>,
    ids: u64,
    recovering_until: Moment,
    /// Whose seats expired: their tokens are worth nothing.
    expired: Vec<PeerId>,
    /// Sockets that are gone: what still arrives from them counts no more.
    gone: HashSet<SocketId>,
    /// What goes out: to which socket, and what.
    pub(crate) outbox: Vec<(SocketId, ServerMessage)>,
    /// Sockets to be closed with 4001.
    pub(crate) taken_over: Vec<SocketId>,
}

impl Server {
    pub(crate) fn new() -> Self {
        Self {
            up: true,
            seats: Vec::new(),
            sockets: HashMap::new(),
            ids: 0,
            recovering_until: Moment(0),
            expired: Vec::new(),
            gone: HashSet::new(),
            outbox: Vec::new(),
            taken_over: Vec::new(),
        }
    }

    /// Forgets everything but its key.
    pub(crate) fn restart(&mut self, now: Moment) {
        self.seats.clear();
        self.sockets.clear();
        self.expired.clear();
        self.up = true;
        self.recovering_until = now.plus(SEAT_KEPT_MS);
    }

    fn seat(&mut self, peer: &PeerId) -> Option<&mut Seat> {
        self.seats.iter_mut().find(|seat| seat.peer == *peer)
    }

    /// Who sits at this socket.
    pub(crate) fn seated(&self, socket: SocketId) -> Option<PeerId> {
        self.sockets.get(&socket).cloned()
    }

    /// The socket of somebody who has a seat.
    pub(crate) fn socket_of(&self, peer: &PeerId) -> Option<SocketId> {
        let mut seats = self.seats.iter();
        seats.find(|seat| seat.peer == *peer)?.socket
    }

    /// Whether somebody has a seat.
    pub(crate) fn has_seat(&self, peer: &PeerId) -> bool {
        self.seats.iter().any(|seat| seat.peer == *peer)
    }

    fn tell_others(&mut self, peer: &PeerId, message: &ServerMessage) {
        for seat in &self.seats {
            if seat.peer != *peer
                && let Some(socket) = seat.socket
            {
                self.outbox.push((socket, message.clone()));
            }
        }
    }

    /// A socket is gone without `leave`.
    pub(crate) fn on_drop(&mut self, socket: SocketId, now: Moment) {
        self.gone.insert(socket);
        let Some(peer) = self.sockets.remove(&socket) else {
            return;
        };
        if let Some(seat) = self.seat(&peer)
            && seat.socket == Some(socket)
        {
            seat.socket = None;
            seat.dropped = now;
            self.tell_others(&peer.clone(), &ServerMessage::PeerAway { peer });
        }
    }

    /// Ends the seats that were kept in vain.
    pub(crate) fn expire(&mut self, now: Moment) {
        let overdue: Vec<PeerId> = self
            .seats
            .iter()
            .filter(|seat| seat.socket.is_none() && now.since(seat.dropped) > SEAT_KEPT_MS)
            .map(|seat| seat.peer.clone())
            .collect();
        for peer in overdue {
            self.expired.push(peer.clone());
            self.remove(&peer, DepartureReason::Lost);
        }
    }

    fn remove(&mut self, peer: &PeerId, reason: DepartureReason) {
        self.seats.retain(|seat| seat.peer != *peer);
        let peer = peer.clone();
        self.tell_others(&peer.clone(), &ServerMessage::PeerLeft { peer, reason });
    }

    /// A socket says something.
    pub(crate) fn on_message(&mut self, socket: SocketId, message: ClientMessage, now: Moment) {
        if self.gone.contains(&socket) {
            return;
        }
        if let ClientMessage::Join {
            name,
            resume,
            media,
            ..
        } = message
        {
            self.join(socket, name, resume, media.unwrap_or_default(), now);
            return;
        }
        let Some(from) = self.sockets.get(&socket).cloned() else {
            self.refuse(socket, ErrorCode::NotJoined);
            return;
        };
        match message {
            ClientMessage::Join { .. } => {}
            ClientMessage::IceServers => self.outbox.push((
                socket,
                ServerMessage::IceServers {
                    ice_servers: Vec::new(),
                },
            )),
            ClientMessage::Leave => {
                self.sockets.remove(&socket);
                self.expired.push(from.clone());
                self.remove(&from, DepartureReason::Left);
            }
            ClientMessage::Media(media) => {
                if let Some(seat) = self.seat(&from) {
                    seat.media = media;
                }
                self.tell_others(
                    &from.clone(),
                    &ServerMessage::PeerMedia { peer: from, media },
                );
            }
            ClientMessage::Hand { raised } => {
                if let Some(seat) = self.seat(&from) {
                    seat.hand = raised;
                }
                self.tell_others(
                    &from.clone(),
                    &ServerMessage::PeerHand { peer: from, raised },
                );
            }
            ClientMessage::Offer {
                target,
                sdp,
                serial,
            } => self.relay(socket, &target, ServerMessage::Offer { from, sdp, serial }),
            ClientMessage::Answer {
                target,
                sdp,
                serial,
            } => self.relay(socket, &target, ServerMessage::Answer { from, sdp, serial }),
            ClientMessage::IceCandidate { target, candidate } => self.relay(
                socket,
                &target,
                ServerMessage::IceCandidate { from, candidate },
            ),
            // These are for the SFU, which stands beside it.
            ClientMessage::Watch(_)
            | ClientMessage::SlotsSeen { .. }
            | ClientMessage::SfuState(_)
            | ClientMessage::Strain { .. } => {}
        }
    }

    fn relay(&mut self, sender: SocketId, target: &PeerId, message: ServerMessage) {
        match self.seat(target).map(|seat| seat.socket) {
            Some(Some(socket)) => self.outbox.push((socket, message)),
            Some(None) => {}
            None => self.refuse(sender, ErrorCode::UnknownPeer),
        }
    }

    fn refuse(&mut self, socket: SocketId, code: ErrorCode) {
        let error = ProtocolError {
            code,
            message: String::new(),
            fatal: false,
        };
        self.outbox.push((socket, ServerMessage::Error(error)));
    }

    fn join(
        &mut self,
        socket: SocketId,
        name: String,
        resume: Option<ResumeToken>,
        media: MediaState,
        now: Moment,
    ) {
        let wanted = resume.map(|token| PeerId::new(token.as_str()));
        let known = wanted
            .as_ref()
            .is_some_and(|peer| self.seat(peer).is_some());
        let recovering = now < self.recovering_until;
        let (peer, resumed) = match wanted {
            Some(peer) if known || (recovering && !self.expired.contains(&peer)) => (peer, true),
            _ => {
                self.ids += 1;
                // The order of the ids is not the order of arrival.
                let scrambled = self.ids.wrapping_mul(0x9e37_79b9) % 1_000_003;
                (PeerId::new(format!("{scrambled}")), false)
            }
        };
        if known {
            if let Some(seat) = self.seat(&peer) {
                let before = seat.socket.replace(socket);
                if let Some(before) = before {
                    self.sockets.remove(&before);
                    self.taken_over.push(before);
                }
            }
            self.tell_others(
                &peer.clone(),
                &ServerMessage::PeerBack { peer: peer.clone() },
            );
        } else {
            self.seats.push(Seat {
                peer: peer.clone(),
                name: name.clone(),
                media,
                hand: false,
                socket: Some(socket),
                dropped: now,
            });
            self.tell_others(
                &peer.clone(),
                &ServerMessage::PeerJoined {
                    peer: peer.clone(),
                    name,
                    media,
                    kind: ParticipantKind::Person,
                    sfu: None,
                },
            );
        }
        self.sockets.insert(socket, peer.clone());
        let peers = self
            .seats
            .iter()
            .filter(|seat| seat.peer != peer)
            .map(|seat| PeerInfo {
                peer: seat.peer.clone(),
                name: seat.name.clone(),
                media: seat.media,
                hand: seat.hand,
                hand_place: None,
                away: seat.socket.is_none(),
                kind: ParticipantKind::Person,
                sfu: None,
            })
            .collect();
        let welcome = ServerMessage::Welcome {
            resume: ResumeToken::new(peer.as_str()),
            peer,
            resumed,
            room: "simulation".to_owned(),
            peers,
            ice_servers: Vec::new(),
            ice_transport_policy: crate::protocol::IceTransportPolicy::All,
            limits: Limits {
                room_capacity: 12,
                message_bytes: 65_536,
                message_rate: 100,
                seat_kept_ms: SEAT_KEPT_MS,
                mesh_capacity: None,
            },
            recovering,
            sfu: None,
        };
        self.outbox.push((socket, welcome));
    }
}
