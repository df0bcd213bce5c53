//! Which rooms are open, who opened them, and which of them make place for others.
//!
//! Pure. Invariant: a name leads to at most one room, no more are open than the server may have, and no network has opened
//! more of them than its share. Before anybody is refused, a room goes in which nobody is and nobody ever met anybody;
//! for the share of one's network, a room that was opened from there, by somebody who was last there.

use std::collections::HashMap;

use super::ids::RoomId;
use super::kept_seats::{Company, KeptSeat, KeptSeats};
use crate::protocol::{PeerId, RoomName};
use crate::server::net::client_networks::{ClientNetworks, NetworkShare};
use crate::server::net::network_counts::NetworkCounts;

/// How much there may be of rooms and of seats that are kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RoomCaps {
    /// So many rooms are open at a time.
    pub(crate) rooms: usize,
    /// So many of them were opened by one client.
    pub(crate) rooms_of_one: usize,
    /// So many seats are kept for people of one client.
    pub(crate) kept_of_one: usize,
}

/// No room is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoRoom {
    /// The server has as many as it may.
    Full,
    /// The client has opened as many as it may.
    TooManyOfOne,
}

/// A room that is open.
#[derive(Debug)]
struct OpenRoom<H> {
    /// Another room may have had the name before.
    id: RoomId,
    /// The room is reached by this.
    handle: H,
    /// It counts for the client that opened it.
    opener: Option<ClientNetworks>,
    /// A seat is kept for somebody who has been alone in it; `None` while somebody is there, or was.
    alone: Option<PeerId>,
}

/// Every open room, and every kept seat in them.
#[derive(Debug)]
pub(super) struct OpenRooms<H> {
    caps: RoomCaps,
    /// A room is found by its name.
    rooms: HashMap<RoomName, OpenRoom<H>>,
    /// So many rooms each network has opened.
    opened: NetworkCounts,
    /// Seats are kept in the rooms.
    kept: KeptSeats,
}

impl<H: Clone> OpenRooms<H> {
    /// Begins with none.
    pub(super) fn new(caps: RoomCaps) -> Self {
        Self {
            caps,
            rooms: HashMap::new(),
            opened: NetworkCounts::new(caps.rooms_of_one),
            kept: KeptSeats::new(caps.kept_of_one),
        }
    }

    /// Finds a room.
    pub(super) fn find(&self, name: &RoomName) -> Option<&H> {
        self.rooms.get(name).map(|room| &room.handle)
    }

    /// Gives all of them.
    pub(super) fn handles(&self) -> impl Iterator<Item = &H> {
        self.rooms.values().map(|room| &room.handle)
    }

    /// Counts the rooms.
    pub(super) fn count(&self) -> usize {
        self.rooms.len()
    }

    /// Opens a room for a client, in the place of one that nobody misses if it has to be.
    ///
    /// # Errors
    /// [`NoRoom`] when there is no such room, and no place for another.
    pub(super) fn open(
        &mut self,
        name: &RoomName,
        id: RoomId,
        opener: Option<ClientNetworks>,
        handle: impl FnOnce() -> H,
    ) -> Result<H, NoRoom> {
        // A room of that name can be here only if its task has died.
        self.strike_out(name);
        for share in ClientNetworks::shares_of(opener) {
            if self.opened.is_used_up(share) {
                let own = self
                    .kept
                    .alone_of(&share.network)
                    .find(|seat| self.was_opened_from(&seat.room, share))
                    .cloned();
                self.make_place(own).ok_or(NoRoom::TooManyOfOne)?;
            }
        }
        if self.rooms.len() >= self.caps.rooms {
            let alone = self.kept.first_alone().cloned();
            self.make_place(alone).ok_or(NoRoom::Full)?;
        }
        if let Some(opener) = opener {
            self.opened.add(opener);
        }
        let handle = handle();
        let room = OpenRoom {
            id,
            handle: handle.clone(),
            opener,
            alone: None,
        };
        self.rooms.insert(name.clone(), room);
        Ok(handle)
    }

    /// Closes the room of that name, if it is still this one.
    pub(super) fn close(&mut self, name: &RoomName, id: RoomId) {
        if self.rooms.get(name).is_some_and(|room| room.id == id) {
            self.strike_out(name);
        }
    }

    /// Closes all of them.
    pub(super) fn close_all(&mut self) {
        *self = Self::new(self.caps);
    }

    /// Notes that somebody comes into a room: from now on somebody is missed there. `false` when the room has made place
    /// for another in the meantime, and nobody can come into it.
    pub(super) fn enter(&mut self, name: &RoomName, id: RoomId) -> bool {
        let Some(room) = self.rooms.get_mut(name).filter(|room| room.id == id) else {
            return false;
        };
        if let Some(alone) = room.alone.take() {
            self.kept.meet(&alone);
        }
        true
    }

    /// Notes that a seat is kept in a room. Gives back another that has to be given up for it, and its room.
    pub(super) fn keep(&mut self, seat: KeptSeat) -> Option<(H, PeerId)> {
        let room = self.rooms.get_mut(&seat.room)?;
        if seat.company == Company::Alone {
            room.alone = Some(seat.peer.clone());
        }
        let superfluous = self.kept.keep(seat)?;
        let room = self.rooms.get(&superfluous.room)?;
        Some((room.handle.clone(), superfluous.peer))
    }

    /// Notes that a seat is not kept any more: its person is back, or gone for good.
    pub(super) fn release(&mut self, peer: &PeerId) {
        self.kept.remove(peer);
    }

    fn was_opened_from(&self, name: &RoomName, share: NetworkShare) -> bool {
        let opener = self.rooms.get(name).and_then(|room| room.opener);
        ClientNetworks::shares_of(opener).any(|of_room| of_room.network == share.network)
    }

    /// Closes the room in which somebody is kept who was alone there. Its task ends when nobody reaches it any more.
    fn make_place(&mut self, alone: Option<KeptSeat>) -> Option<()> {
        let alone = alone?;
        self.kept.remove(&alone.peer);
        self.strike_out(&alone.room);
        Some(())
    }

    fn strike_out(&mut self, name: &RoomName) {
        let Some(room) = self.rooms.remove(name) else {
            return;
        };
        if let Some(opener) = room.opener {
            self.opened.remove(opener);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAPS: RoomCaps = RoomCaps {
        rooms: 5,
        rooms_of_one: 2,
        kept_of_one: 2,
    };
    const ADA: &str = "192.0.2.1";
    const LOOPBACK: &str = "127.0.0.1";

    fn name(number: u64) -> RoomName {
        RoomName::parse(&format!("room-{number}")).unwrap()
    }

    fn client(address: &str) -> Option<ClientNetworks> {
        ClientNetworks::of(address.parse().unwrap())
    }

    /// Opens the room of that number, whose handle is the number too.
    fn open(rooms: &mut OpenRooms<u64>, number: u64, address: &str) -> Result<u64, NoRoom> {
        rooms.open(&name(number), RoomId(number), client(address), || number)
    }

    /// The only person of the room, called as it is, loses their connection.
    fn lose(
        rooms: &mut OpenRooms<u64>,
        number: u64,
        address: &str,
        company: Company,
    ) -> Option<u64> {
        let superfluous = rooms.keep(KeptSeat {
            peer: PeerId::new(number.to_string()),
            room: name(number),
            networks: client(address),
            company,
        });
        superfluous.map(|(room, _)| room)
    }

    fn are_open(rooms: &OpenRooms<u64>) -> Vec<u64> {
        (1..100)
            .filter(|number| rooms.find(&name(*number)).is_some())
            .collect()
    }

    #[test]
    fn when_the_server_is_full_rooms_that_nobody_misses_make_place_the_oldest_first() {
        let mut rooms = OpenRooms::new(CAPS);
        for number in 1..=5 {
            open(&mut rooms, number, LOOPBACK).unwrap();
        }
        assert_eq!(open(&mut rooms, 6, LOOPBACK), Err(NoRoom::Full));
        for (number, company) in [(2, Company::Met), (3, Company::Alone), (1, Company::Alone)] {
            assert_eq!(lose(&mut rooms, number, LOOPBACK, company), None);
        }
        assert_eq!(open(&mut rooms, 6, LOOPBACK), Ok(6));
        assert_eq!(are_open(&rooms), [1, 2, 4, 5, 6]);
        assert_eq!(open(&mut rooms, 7, ADA), Ok(7));
        assert_eq!(are_open(&rooms), [2, 4, 5, 6, 7]);
        assert_eq!(open(&mut rooms, 8, LOOPBACK), Err(NoRoom::Full));
        assert!(
            !rooms.enter(&name(3), RoomId(3)),
            "nobody comes into what has made place"
        );
    }

    #[test]
    fn a_room_that_somebody_comes_into_makes_no_place() {
        let mut rooms = OpenRooms::new(CAPS);
        for number in 1..=5 {
            open(&mut rooms, number, LOOPBACK).unwrap();
        }
        lose(&mut rooms, 1, LOOPBACK, Company::Alone);
        assert!(rooms.enter(&name(1), RoomId(1)));
        assert_eq!(open(&mut rooms, 6, LOOPBACK), Err(NoRoom::Full));
        lose(&mut rooms, 2, LOOPBACK, Company::Alone);
        rooms.release(&PeerId::new("2"));
        assert_eq!(open(&mut rooms, 6, LOOPBACK), Err(NoRoom::Full));
    }

    #[test]
    fn one_client_opens_so_many_rooms_and_no_more_until_one_is_closed() {
        let mut rooms = OpenRooms::new(CAPS);
        open(&mut rooms, 1, ADA).unwrap();
        open(&mut rooms, 2, ADA).unwrap();
        assert_eq!(open(&mut rooms, 3, ADA), Err(NoRoom::TooManyOfOne));
        assert_eq!(open(&mut rooms, 4, "192.0.2.2"), Ok(4));
        assert_eq!(open(&mut rooms, 5, LOOPBACK), Ok(5));
        rooms.close(&name(1), RoomId(99));
        assert_eq!(open(&mut rooms, 3, ADA), Err(NoRoom::TooManyOfOne));
        rooms.close(&name(1), RoomId(1));
        assert_eq!(open(&mut rooms, 3, ADA), Ok(3));
        lose(&mut rooms, 4, "192.0.2.2", Company::Alone);
        assert_eq!(
            open(&mut rooms, 6, ADA),
            Err(NoRoom::TooManyOfOne),
            "not another's"
        );
        lose(&mut rooms, 2, ADA, Company::Alone);
        assert_eq!(open(&mut rooms, 6, ADA), Ok(6));
        assert_eq!(are_open(&rooms), [3, 4, 5, 6]);
    }

    #[test]
    fn the_networks_of_a_site_open_what_four_clients_may() {
        let caps = RoomCaps { rooms: 100, ..CAPS };
        let mut rooms = OpenRooms::new(caps);
        let opened = (1..=20)
            .filter(|number| {
                open(&mut rooms, *number, &format!("2001:db8:0:{number:x}::1")).is_ok()
            })
            .count();
        assert_eq!(opened, 8);
    }

    #[test]
    fn beyond_a_clients_share_of_kept_seats_the_oldest_that_was_alone_is_given_up() {
        let mut rooms = OpenRooms::new(RoomCaps {
            rooms_of_one: 5,
            ..CAPS
        });
        for number in 1..=4 {
            open(&mut rooms, number, ADA).unwrap();
        }
        assert_eq!(lose(&mut rooms, 1, ADA, Company::Met), None);
        assert_eq!(lose(&mut rooms, 2, ADA, Company::Alone), None);
        assert_eq!(lose(&mut rooms, 3, ADA, Company::Alone), Some(2));
        assert_eq!(lose(&mut rooms, 4, ADA, Company::Met), Some(3));
    }

    #[test]
    fn nothing_is_left_of_rooms_that_are_closed() {
        let mut rooms = OpenRooms::new(CAPS);
        for number in 1..=2 {
            open(&mut rooms, number, ADA).unwrap();
            open(&mut rooms, number, ADA).unwrap();
        }
        for number in 1..=2 {
            rooms.close(&name(number), RoomId(number));
        }
        assert!(rooms.rooms.is_empty() && rooms.opened.is_empty());
    }
}
