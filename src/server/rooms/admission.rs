//! How somebody comes into a room: on the seat that their token claims, or on a new one.
//!
//! Pure, as the rest of the core. Invariant: a claim that is worth nothing costs nobody anything but a new id,
//! and [`RoomCore::knows`] says so beforehand, for who has none waits as strangers do.

use super::core::{News, Presence, RoomCore, Seat};
use super::ids::ConnectionId;
use super::kept_seats::Company;
use super::rotation::{EarlierRuns, Rotation, Standing};
use super::sfu_standing::SfuStanding;
use crate::protocol::sfu::SfuMessage;
use crate::protocol::{DisplayName, MediaState, ParticipantKind, PeerId, PeerInfo, ServerMessage};
use crate::server::clock::UnixMillis;
use crate::server::secrets::resume_token::{ArrivalOrder, Claim, Stamp};

/// Somebody stands at the door.
#[derive(Debug)]
pub(super) struct Newcomer {
    /// They would be reached over this connection.
    pub(super) connection: ConnectionId,
    /// The others would see them under this name.
    pub(super) name: DisplayName,
    /// They would send this from the start.
    pub(super) media: MediaState,
    /// They are a person or a device, if the seat is a new one.
    pub(super) kind: ParticipantKind,
    /// They speak to the SFU, and there is one.
    pub(super) speaks_to_sfu: bool,
    /// They brought this token, already checked; `None` when they brought none that is worth anything.
    pub(super) claim: Option<Claim>,
    /// A token of an earlier run of the server counts or does not.
    pub(super) earlier: EarlierRuns,
    /// They get this id if the claim is worth nothing.
    pub(super) fresh: PeerId,
}

/// Somebody was let in.
#[derive(Debug)]
pub(super) struct Admission {
    /// They have this id, which is their old one when they took their seat back.
    pub(super) peer: PeerId,
    /// They took a seat back.
    pub(super) resumed: bool,
    /// The token to hand out keeps their place in the order of arrival.
    pub(super) arrival: ArrivalOrder,
    /// The token to hand out carries this stamp.
    pub(super) stamp: Stamp,
    /// The welcome lists everybody else, in order of arrival.
    pub(super) others: Vec<PeerInfo>,
    /// After a restart of the server others may still come back, and a client waits with good-byes.
    pub(super) recovering: bool,
    /// This connection had the seat until now, and has to be closed.
    pub(super) replaced: Option<ConnectionId>,
    /// The others are told this.
    pub(super) news: Vec<News>,
    /// Those of the others who speak to the SFU are told this.
    pub(super) sfu_news: Option<News<SfuMessage>>,
}

/// No seat of the room is free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RoomFull;

impl RoomCore {
    /// Says whether [`Self::join`] would let somebody in on the seat that they claim. They are known here, and do not have
    /// to wait as strangers do.
    pub(super) fn knows(&self, claim: &Claim, earlier: EarlierRuns) -> bool {
        let boot = self.settings.boot;
        match self.seats.iter().find(|seat| seat.peer == claim.peer) {
            Some(seat) => seat.rotation.standing(claim.stamp, boot, earlier) != Standing::Worthless,
            None => self.may_be_restored(claim, earlier),
        }
    }

    /// Says whether somebody who has no seat here may be given the one that an earlier run of the server gave them.
    pub(super) fn may_be_restored(&self, claim: &Claim, earlier: EarlierRuns) -> bool {
        claim.stamp.boot != self.settings.boot && earlier == EarlierRuns::Accepted
    }

    /// Says whether a new seat could be taken.
    pub(super) fn has_free_seat(&self) -> bool {
        self.require_free_seat().is_ok()
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
            } else if self.may_be_restored(claim, newcomer.earlier) {
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
        let sfu = newcomer.speaks_to_sfu.then(SfuStanding::default);
        let joined = ServerMessage::PeerJoined {
            peer: peer.clone(),
            name: newcomer.name.as_str().to_owned(),
            media: newcomer.media,
            kind: newcomer.kind,
            sfu: sfu.map(SfuStanding::availability),
        };
        let index = self
            .seats
            .partition_point(|seat| (seat.arrival, &seat.peer) < (arrival, &peer));
        let seat = Seat {
            peer,
            arrival,
            name: newcomer.name,
            media: newcomer.media,
            kind: newcomer.kind,
            sfu,
            hand: None,
            presence: Presence::Connected(newcomer.connection),
            rotation,
        };
        self.seats.insert(index, seat);
        // Of an earlier run nobody knows who met whom.
        if self.seats.len() > 1 || rotation.is_restored() {
            self.company = Company::Met;
        }
        let news = vec![self.news_about(index, joined)];
        self.admission(index, None, news, None, now)
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
        let before = self.seats[index].sfu;
        let standing = newcomer
            .speaks_to_sfu
            .then(|| SfuStanding::of_return(before));
        let sfu_news = self.set_standing(index, standing);
        self.admission(index, replaced, news, sfu_news, now)
    }

    fn admission(
        &self,
        index: usize,
        replaced: Option<ConnectionId>,
        news: Vec<News>,
        sfu_news: Option<News<SfuMessage>>,
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
            sfu_news,
        }
    }
}
