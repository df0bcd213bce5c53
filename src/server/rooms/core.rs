//! Who sits in one room: seats, presence, and what the others learn about it.
//!
//! Pure: time, fresh ids and the claims of checked tokens are arguments; what is to be sent is returned. Invariant:
//! seats stand in order of arrival, no two have the same peer or the same connection, and there are never more than
//! the capacity.

use super::ids::ConnectionId;
use super::rotation::{EarlierRuns, Rotation};
use crate::protocol::{DepartureReason, DisplayName, MediaState, PeerId, PeerInfo, ServerMessage};
use crate::server::clock::UnixMillis;
use crate::server::secrets::resume_token::{ArrivalOrder, Boot, Claim, Stamp};

/// What is the same for every room of the server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    /// Most seats, kept ones included.
    pub(crate) capacity: u32,
    /// How long a seat is kept after its connection was lost, in ms.
    pub(crate) seat_kept_ms: u64,
    /// This run of the server.
    pub(crate) boot: Boot,
}

/// The room.
#[derive(Debug)]
pub(super) struct RoomCore {
    settings: Settings,
    seats: Vec<Seat>,
    /// How many hands went up so far.
    hands: u64,
    recovering_until: UnixMillis,
}

#[derive(Debug)]
struct Seat {
    peer: PeerId,
    arrival: ArrivalOrder,
    name: DisplayName,
    media: MediaState,
    /// When their hand went up, as a number that grows with every hand; none while it is down.
    hand: Option<u64>,
    presence: Presence,
    rotation: Rotation,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Presence {
    Connected(ConnectionId),
    AwayUntil(UnixMillis),
}

/// Somebody at the door.
#[derive(Debug)]
pub(super) struct Newcomer {
    pub(super) connection: ConnectionId,
    pub(super) name: DisplayName,
    pub(super) media: MediaState,
    /// Their checked token, if they had one.
    pub(super) claim: Option<Claim>,
    /// Whether tokens of earlier runs count.
    pub(super) earlier: EarlierRuns,
    /// The id they get if the claim is worth nothing.
    pub(super) fresh: PeerId,
}

/// Somebody was let in.
#[derive(Debug)]
pub(super) struct Admission {
    pub(super) peer: PeerId,
    /// Whether they took a seat back.
    pub(super) resumed: bool,
    pub(super) arrival: ArrivalOrder,
    /// The token to hand out.
    pub(super) stamp: Stamp,
    /// Everybody else, in order of arrival.
    pub(super) others: Vec<PeerInfo>,
    pub(super) recovering: bool,
    /// The connection that had the seat until now.
    pub(super) replaced: Option<ConnectionId>,
    pub(super) news: Vec<News>,
}

/// No free seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RoomFull;

/// Something everyone but its subject learns.
#[derive(Debug, PartialEq)]
pub(super) struct News {
    pub(super) to: Vec<ConnectionId>,
    pub(super) message: ServerMessage,
}

/// A seat that is no more.
#[derive(Debug)]
pub(super) struct Departure {
    pub(super) peer: PeerId,
    /// Whether an earlier run gave the seat away, so that tokens of that run must be refused from now on.
    pub(super) restored: bool,
    pub(super) news: News,
}

impl RoomCore {
    pub(super) fn new(settings: Settings) -> Self {
        Self {
            settings,
            seats: Vec::new(),
            hands: 0,
            recovering_until: 0,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.seats.is_empty()
    }

    /// The names of those who are here, in order of arrival; not of those whose socket is away.
    pub(super) fn names_of_present(&self) -> Vec<DisplayName> {
        self.seats
            .iter()
            .filter(|seat| matches!(seat.presence, Presence::Connected(_)))
            .map(|seat| seat.name.clone())
            .collect()
    }

    /// When the next kept seat is given up.
    pub(super) fn next_expiry(&self) -> Option<UnixMillis> {
        let expiry = |seat: &Seat| match seat.presence {
            Presence::AwayUntil(time) => Some(time),
            Presence::Connected(_) => None,
        };
        self.seats.iter().filter_map(expiry).min()
    }

    /// Lets somebody in, on the seat they claim or on a new one.
    pub(super) fn join(
        &mut self,
        newcomer: Newcomer,
        now: UnixMillis,
    ) -> Result<Admission, RoomFull> {
        if let Some(claim) = &newcomer.claim {
            let boot = self.settings.boot;
            if let Some(index) = self.seats.iter().position(|seat| seat.peer == claim.peer) {
                if self.seats[index]
                    .rotation
                    .present(claim.stamp, boot, newcomer.earlier)
                {
                    return Ok(self.resume(index, newcomer, now));
                }
            } else if claim.stamp.boot != boot && newcomer.earlier == EarlierRuns::Accepted {
                self.require_free_seat()?;
                if self.recovering_until == 0 {
                    self.recovering_until = now.saturating_add(self.settings.seat_kept_ms);
                }
                let rotation = Rotation::restored(claim.stamp, boot);
                let (peer, arrival) = (claim.peer.clone(), claim.arrival);
                return Ok(self.seat(newcomer, peer, arrival, rotation, now));
            }
        }
        self.require_free_seat()?;
        let arrival = match self.seats.last() {
            Some(last) if last.arrival.at >= now => ArrivalOrder {
                at: last.arrival.at,
                tie: last.arrival.tie.saturating_add(1),
            },
            _ => ArrivalOrder { at: now, tie: 0 },
        };
        let peer = newcomer.fresh.clone();
        Ok(self.seat(
            newcomer,
            peer,
            arrival,
            Rotation::first(self.settings.boot),
            now,
        ))
    }

    fn require_free_seat(&self) -> Result<(), RoomFull> {
        let taken = u32::try_from(self.seats.len()).unwrap_or(u32::MAX);
        if taken < self.settings.capacity {
            Ok(())
        } else {
            Err(RoomFull)
        }
    }

    fn seat(
        &mut self,
        newcomer: Newcomer,
        peer: PeerId,
        arrival: ArrivalOrder,
        rotation: Rotation,
        now: UnixMillis,
    ) -> Admission {
        let joined = ServerMessage::PeerJoined {
            peer: peer.clone(),
            name: newcomer.name.as_str().to_owned(),
            media: newcomer.media,
        };
        let index = self
            .seats
            .partition_point(|seat| (seat.arrival, &seat.peer) < (arrival, &peer));
        let seat = Seat {
            peer,
            arrival,
            name: newcomer.name,
            media: newcomer.media,
            hand: None,
            presence: Presence::Connected(newcomer.connection),
            rotation,
        };
        self.seats.insert(index, seat);
        let news = vec![self.news_about(index, joined)];
        self.admission(index, None, news, now)
    }

    fn resume(&mut self, index: usize, newcomer: Newcomer, now: UnixMillis) -> Admission {
        let seat = &mut self.seats[index];
        let peer = seat.peer.clone();
        let before =
            std::mem::replace(&mut seat.presence, Presence::Connected(newcomer.connection));
        let media_changed = std::mem::replace(&mut seat.media, newcomer.media) != newcomer.media;
        let mut news = Vec::new();
        let replaced = match before {
            Presence::Connected(connection) => Some(connection),
            Presence::AwayUntil(_) => {
                news.push(self.news_about(index, ServerMessage::PeerBack { peer: peer.clone() }));
                None
            }
        };
        if media_changed {
            news.push(self.news_about(
                index,
                ServerMessage::PeerMedia {
                    peer,
                    media: newcomer.media,
                },
            ));
        }
        self.admission(index, replaced, news, now)
    }

    fn admission(
        &self,
        index: usize,
        replaced: Option<ConnectionId>,
        news: Vec<News>,
        now: UnixMillis,
    ) -> Admission {
        let seat = &self.seats[index];
        let others = self
            .seats
            .iter()
            .filter(|other| other.peer != seat.peer)
            .map(|other| self.info(other))
            .collect();
        Admission {
            peer: seat.peer.clone(),
            resumed: seat.rotation.current().generation > 1,
            arrival: seat.arrival,
            stamp: seat.rotation.current(),
            others,
            recovering: now < self.recovering_until,
            replaced,
            news,
        }
    }

    fn info(&self, seat: &Seat) -> PeerInfo {
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
        }
    }

    fn news_about(&self, index: usize, message: ServerMessage) -> News {
        let others = self
            .seats
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != index);
        let connection = |(_, seat): (usize, &Seat)| match seat.presence {
            Presence::Connected(connection) => Some(connection),
            Presence::AwayUntil(_) => None,
        };
        News {
            to: others.filter_map(connection).collect(),
            message,
        }
    }

    fn index_of(&self, connection: ConnectionId) -> Option<usize> {
        self.seats
            .iter()
            .position(|seat| seat.presence == Presence::Connected(connection))
    }

    /// The connection has said something: its welcome has arrived.
    pub(super) fn confirm(&mut self, connection: ConnectionId) {
        if let Some(index) = self.index_of(connection) {
            self.seats[index].rotation.confirm();
        }
    }

    /// The connection's person sends something else now. No news when nothing changed.
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

    /// The connection's person raised or lowered a hand. No news when nothing changed.
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

    /// The connection is gone without a word: its seat is kept. No news when the seat is another connection's by now.
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

    /// The connection's person leaves: the seat is free.
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

    fn depart(&mut self, index: usize, reason: DepartureReason) -> Departure {
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
