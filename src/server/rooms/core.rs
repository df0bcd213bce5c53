//! Who sits in one room: seats, presence, and what the others learn about it.
//!
//! Pure: time, fresh ids and the claims of checked tokens are arguments; what is to be sent is returned. Invariant:
//! seats stand in order of arrival, no two have the same peer or the same connection, and there are never more than
//! the capacity.

use super::ids::ConnectionId;
use super::kept_seats::Company;
use super::rotation::Rotation;
use super::sfu_standing::SfuStanding;
use crate::protocol::{
    DepartureReason, DisplayName, MediaState, ParticipantKind, PeerId, PeerInfo, ServerMessage,
};
use crate::server::clock::UnixMillis;
use crate::server::secrets::resume_token::{ArrivalOrder, Boot};

/// What is the same for every room of the server.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    /// A room has this many seats, kept ones included.
    pub(crate) capacity: u32,
    /// A seat is kept this long after its connection was lost, in ms.
    pub(super) seat_kept_ms: u64,
    /// The tokens of this run of the server carry its id.
    pub(crate) boot: Boot,
}

/// A room's rules: events in, news out.
#[derive(Debug)]
pub(super) struct RoomCore {
    /// Every room of the server has the same settings.
    pub(super) settings: Settings,
    /// The seats stand in order of arrival.
    pub(super) seats: Vec<Seat>,
    /// Whether anybody in the room has ever met somebody else there.
    pub(super) company: Company,
    /// So many hands went up until now: each gets the next number, which keeps them in order.
    hands: u64,
    /// Until then people of an earlier run of the server may still come back, once one of them has; 0 before.
    pub(super) recovering_until: UnixMillis,
}

/// Somebody's place in the room, kept for a while when their connection is lost.
#[derive(Debug)]
pub(super) struct Seat {
    /// The seat is this peer's, also while nobody is connected.
    pub(super) peer: PeerId,
    /// The others see people in order of arrival, which a lost connection does not change.
    pub(super) arrival: ArrivalOrder,
    /// The others see this name.
    pub(super) name: DisplayName,
    /// The others are told that this is sent.
    pub(super) media: MediaState,
    /// It is a person's or a device's, as they said when they came.
    pub(super) kind: ParticipantKind,
    /// The others are told how they stand with the SFU; `None` when they do not speak to it.
    pub(super) sfu: Option<SfuStanding>,
    /// Their hand went up as this one of all the room's hands; `None` while it is down.
    pub(super) hand: Option<u64>,
    /// Somebody sits here now, or the seat is kept.
    pub(super) presence: Presence,
    /// These tokens bring the person back to the seat.
    pub(super) rotation: Rotation,
}

/// Who is in a room at the moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Present {
    /// The names of the people, in order of arrival.
    pub(crate) names: Vec<DisplayName>,
    /// So many devices are there besides.
    pub(crate) devices: u32,
}

/// Somebody is there or is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    /// They are reached over this connection.
    Connected(ConnectionId),
    /// Their connection was lost, and the seat is kept until then.
    AwayUntil(UnixMillis),
}

/// Everyone but its subject learns this, or everyone of them who understands it.
#[derive(Debug, PartialEq)]
pub(super) struct News<M = ServerMessage> {
    /// These connections are told.
    pub(super) to: Vec<ConnectionId>,
    /// They are all told the same.
    pub(super) message: M,
}

/// This seat is no more.
#[derive(Debug)]
pub(super) struct Departure {
    /// The seat was this peer's.
    pub(super) peer: PeerId,
    /// An earlier run gave the seat away, so that tokens of that run must be refused from now on.
    pub(super) restored: bool,
    /// The others are told so.
    pub(super) news: News,
}

impl Seat {
    /// Gives the connection over which somebody sits here; `None` while they are away.
    pub(super) fn connection(&self) -> Option<ConnectionId> {
        match self.presence {
            Presence::Connected(connection) => Some(connection),
            Presence::AwayUntil(_) => None,
        }
    }
}

impl RoomCore {
    pub(super) fn new(settings: Settings) -> Self {
        Self {
            settings,
            seats: Vec::new(),
            company: Company::Alone,
            hands: 0,
            recovering_until: 0,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.seats.is_empty()
    }

    /// Says who is here; those whose socket is away are not.
    pub(super) fn present(&self) -> Present {
        let mut present = Present::default();
        for seat in &self.seats {
            match (seat.presence, seat.kind) {
                (Presence::AwayUntil(_), _) => {}
                (Presence::Connected(_), ParticipantKind::Person) => {
                    present.names.push(seat.name.clone());
                }
                (Presence::Connected(_), ParticipantKind::Device) => present.devices += 1,
            }
        }
        present
    }

    /// Says when the next kept seat is given up.
    pub(super) fn next_expiry(&self) -> Option<UnixMillis> {
        let expiry = |seat: &Seat| match seat.presence {
            Presence::AwayUntil(time) => Some(time),
            Presence::Connected(_) => None,
        };
        self.seats.iter().filter_map(expiry).min()
    }

    /// Describes the seat as the others see it.
    pub(super) fn info(&self, seat: &Seat) -> PeerInfo {
        let place = |raised: u64| {
            let earlier = self.seats.iter().filter_map(|seat| seat.hand);
            earlier.filter(|hand| *hand <= raised).count()
        };
        PeerInfo {
            peer: seat.peer.clone(),
            name: seat.name.as_str().to_owned(),
            media: seat.media,
            hand: seat.hand.is_some(),
            hand_place: seat
                .hand
                .and_then(|raised| u32::try_from(place(raised)).ok()),
            away: matches!(seat.presence, Presence::AwayUntil(_)),
            kind: seat.kind,
            sfu: seat.sfu.map(SfuStanding::availability),
        }
    }

    /// Makes news of something that everyone but the seat's person learns.
    pub(super) fn news_about(&self, index: usize, message: ServerMessage) -> News {
        let others = self
            .seats
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != index);
        News {
            to: others.filter_map(|(_, seat)| seat.connection()).collect(),
            message,
        }
    }

    /// Finds the seat of a connection; `None` when it has none, or none any more.
    pub(super) fn index_of(&self, connection: ConnectionId) -> Option<usize> {
        self.seats
            .iter()
            .position(|seat| seat.presence == Presence::Connected(connection))
    }

    /// Notes that the connection has said something: its welcome has arrived.
    pub(super) fn confirm(&mut self, connection: ConnectionId) {
        if let Some(index) = self.index_of(connection) {
            self.seats[index].rotation.confirm();
        }
    }

    /// Notes that the connection's person sends something else now. There is no news when nothing changed.
    pub(super) fn set_media(
        &mut self,
        connection: ConnectionId,
        media: MediaState,
    ) -> Option<News> {
        let index = self.index_of(connection)?;
        let seat = &mut self.seats[index];
        if seat.media == media {
            return None;
        }
        seat.media = media;
        let peer = seat.peer.clone();
        Some(self.news_about(index, ServerMessage::PeerMedia { peer, media }))
    }

    /// Notes that the connection's person raised or lowered a hand. There is no news when nothing changed.
    pub(super) fn set_hand(&mut self, connection: ConnectionId, raised: bool) -> Option<News> {
        let index = self.index_of(connection)?;
        let seat = &mut self.seats[index];
        if seat.hand.is_some() == raised {
            return None;
        }
        self.hands += u64::from(raised);
        seat.hand = raised.then_some(self.hands);
        let peer = seat.peer.clone();
        Some(self.news_about(index, ServerMessage::PeerHand { peer, raised }))
    }

    /// Keeps the seat of a connection that is gone without a word. There is no news when the seat is another
    /// connection's by now.
    pub(super) fn connection_lost(
        &mut self,
        connection: ConnectionId,
        now: UnixMillis,
    ) -> Option<(PeerId, News)> {
        let index = self.index_of(connection)?;
        let seat = &mut self.seats[index];
        seat.presence = Presence::AwayUntil(now.saturating_add(self.settings.seat_kept_ms));
        let peer = seat.peer.clone();
        let news = self.news_about(index, ServerMessage::PeerAway { peer: peer.clone() });
        Some((peer, news))
    }

    /// Frees the seat of a connection whose person leaves.
    pub(super) fn leave(&mut self, connection: ConnectionId) -> Option<Departure> {
        let index = self.index_of(connection)?;
        Some(self.depart(index, DepartureReason::Left))
    }

    /// Gives up the seats that were kept in vain.
    pub(super) fn expire(&mut self, now: UnixMillis) -> Vec<Departure> {
        let mut departures = Vec::new();
        let expired =
            |seat: &Seat| matches!(seat.presence, Presence::AwayUntil(time) if time <= now);
        while let Some(index) = self.seats.iter().position(expired) {
            departures.push(self.depart(index, DepartureReason::Lost));
        }
        departures
    }

    /// Gives up the seat that is kept for this peer. There is no departure when it is not kept any more.
    pub(super) fn give_up(&mut self, peer: &PeerId) -> Option<Departure> {
        let kept =
            |seat: &Seat| seat.peer == *peer && matches!(seat.presence, Presence::AwayUntil(_));
        let index = self.seats.iter().position(kept)?;
        Some(self.depart(index, DepartureReason::Lost))
    }

    /// Gives up every seat: the room is no more.
    pub(super) fn dissolve(&mut self) -> Vec<Departure> {
        let mut departures = Vec::new();
        while !self.seats.is_empty() {
            departures.push(self.depart(0, DepartureReason::Lost));
        }
        departures
    }

    /// Frees a seat for good.
    pub(super) fn depart(&mut self, index: usize, reason: DepartureReason) -> Departure {
        let peer = self.seats[index].peer.clone();
        let news = self.news_about(
            index,
            ServerMessage::PeerLeft {
                peer: peer.clone(),
                reason,
            },
        );
        let seat = self.seats.remove(index);
        Departure {
            peer,
            restored: seat.rotation.is_restored(),
            news,
        }
    }
}

#[cfg(test)]
#[path = "tests/core.rs"]
mod tests;
