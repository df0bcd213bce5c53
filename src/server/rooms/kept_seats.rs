//! The seats of the whole server that are kept for people whose connections were lost, in the order in which they can be
//! missed.
//!
//! Pure. Invariant: no network has more of them than its share; first go those whose people never met anybody in the room,
//! the oldest of them before the others.

use std::collections::{BTreeMap, HashMap};

use ipnet::IpNet;

use crate::protocol::{PeerId, RoomName};
use crate::server::net::client_networks::{ClientNetworks, NetworkShare};

/// A seat that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct KeptSeat {
    /// It is kept for them.
    pub(super) peer: PeerId,
    /// It stands in this room.
    pub(super) room: RoomName,
    /// They were last connected from these networks; `None` where they are not counted.
    pub(super) networks: Option<ClientNetworks>,
    /// Somebody else has been in the room with them.
    pub(super) company: Company,
}

/// Whether somebody would be missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Company {
    /// They have been alone all the time: nobody waits for them.
    Alone,
    /// They met somebody, who may wait for them.
    Met,
}

/// Seats go in this order: those of people who were alone first, of equals the one that was kept first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    company: Company,
    number: u64,
}

/// Every kept seat.
#[derive(Debug)]
pub(super) struct KeptSeats {
    /// One client has at most so many.
    most_of_one: usize,
    /// The next seat gets this number.
    next: u64,
    /// A seat is found by its peer.
    seats: HashMap<PeerId, (Rank, KeptSeat)>,
    /// All of them, the first to go at the front.
    all: BTreeMap<Rank, PeerId>,
    /// Those of each network, the first to go at the front.
    of_network: HashMap<IpNet, BTreeMap<Rank, PeerId>>,
}

impl KeptSeats {
    /// Begins with none. One client has at most `most_of_one`.
    pub(super) fn new(most_of_one: usize) -> Self {
        Self {
            most_of_one,
            next: 0,
            seats: HashMap::new(),
            all: BTreeMap::new(),
            of_network: HashMap::new(),
        }
    }

    /// Adds a seat. Gives back another that has to be given up for it, and is not among them any more: its network has
    /// more than its share.
    pub(super) fn keep(&mut self, seat: KeptSeat) -> Option<KeptSeat> {
        self.remove(&seat.peer);
        let rank = Rank {
            company: seat.company,
            number: self.next,
        };
        self.next += 1;
        // The narrowest is the last of them: what goes from a /64 goes from its /48 too.
        let crowded = ClientNetworks::shares_of(seat.networks)
            .filter(|share| self.is_full(*share))
            .last();
        let superfluous = crowded
            .and_then(|share| self.first_of(&share.network))
            .map(|seat| seat.peer.clone())
            .and_then(|peer| self.remove(&peer));
        self.insert(rank, seat);
        superfluous
    }

    /// Strikes out a seat: its person is back, or gone for good. `None` when it is not among them.
    pub(super) fn remove(&mut self, peer: &PeerId) -> Option<KeptSeat> {
        let (rank, seat) = self.seats.remove(peer)?;
        self.all.remove(&rank);
        for share in ClientNetworks::shares_of(seat.networks) {
            if let Some(kept) = self.of_network.get_mut(&share.network) {
                kept.remove(&rank);
                if kept.is_empty() {
                    self.of_network.remove(&share.network);
                }
            }
        }
        Some(seat)
    }

    /// Notes that somebody came into the room: the seat is not the first to go any more.
    pub(super) fn meet(&mut self, peer: &PeerId) {
        let number = match self.seats.get(peer) {
            Some((rank, _)) => rank.number,
            None => return,
        };
        if let Some(mut seat) = self.remove(peer) {
            seat.company = Company::Met;
            let company = Company::Met;
            self.insert(Rank { company, number }, seat);
        }
    }

    /// Finds the seat that was kept longest of those whose people were alone all the time.
    pub(super) fn first_alone(&self) -> Option<&KeptSeat> {
        let (_, peer) = self.all.first_key_value()?;
        self.alone(peer)
    }

    /// Lists them all of one network, the one that was kept longest first.
    pub(super) fn alone_of(&self, network: &IpNet) -> impl Iterator<Item = &KeptSeat> {
        let kept = self.of_network.get(network).into_iter();
        let peers = kept.flat_map(BTreeMap::values);
        peers.map_while(|peer| self.alone(peer))
    }

    fn alone(&self, peer: &PeerId) -> Option<&KeptSeat> {
        let (_, seat) = self.seats.get(peer)?;
        (seat.company == Company::Alone).then_some(seat)
    }

    fn first_of(&self, network: &IpNet) -> Option<&KeptSeat> {
        let (_, peer) = self.of_network.get(network)?.first_key_value()?;
        self.seats.get(peer).map(|(_, seat)| seat)
    }

    fn is_full(&self, share: NetworkShare) -> bool {
        let kept = self.of_network.get(&share.network).map_or(0, BTreeMap::len);
        kept >= share.of(self.most_of_one)
    }

    fn insert(&mut self, rank: Rank, seat: KeptSeat) {
        self.all.insert(rank, seat.peer.clone());
        for share in ClientNetworks::shares_of(seat.networks) {
            let kept = self.of_network.entry(share.network).or_default();
            kept.insert(rank, seat.peer.clone());
        }
        self.seats.insert(seat.peer.clone(), (rank, seat));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seat(number: u32, address: &str, company: Company) -> KeptSeat {
        KeptSeat {
            peer: PeerId::new(number.to_string()),
            room: RoomName::parse(&format!("room-{number}")).unwrap(),
            networks: ClientNetworks::of(address.parse().unwrap()),
            company,
        }
    }

    fn number(seat: Option<&KeptSeat>) -> Option<u32> {
        seat.and_then(|seat| seat.peer.as_str().parse().ok())
    }

    #[test]
    fn beyond_its_share_an_address_loses_first_who_was_alone_then_who_was_kept_longest() {
        let mut seats = KeptSeats::new(3);
        let mut keep = |number_, company| {
            let superfluous = seats.keep(seat(number_, "192.0.2.1", company));
            number(superfluous.as_ref())
        };
        assert_eq!(keep(1, Company::Met), None);
        assert_eq!(keep(2, Company::Alone), None);
        assert_eq!(keep(3, Company::Alone), None);
        assert_eq!(keep(4, Company::Met), Some(2));
        assert_eq!(keep(5, Company::Met), Some(3));
        assert_eq!(keep(6, Company::Alone), Some(1));
        assert_eq!(keep(7, Company::Met), Some(6));
        let other = seats.keep(seat(8, "192.0.2.2", Company::Alone));
        assert_eq!(other, None, "another address has a share of its own");
    }

    #[test]
    fn a_site_has_the_share_of_four_clients() {
        let mut seats = KeptSeats::new(2);
        for network in 0..8 {
            let address = format!("2001:db8:0:{network:x}::1");
            assert_eq!(seats.keep(seat(network, &address, Company::Met)), None);
        }
        let ninth = seats.keep(seat(8, "2001:db8:0:8::1", Company::Met));
        assert_eq!(number(ninth.as_ref()), Some(0));
        let again = seats.keep(seat(9, "2001:db8:0:8::1", Company::Met));
        assert_eq!(number(again.as_ref()), Some(1));
        let own = seats.keep(seat(10, "2001:db8:0:8::1", Company::Met));
        assert_eq!(
            number(own.as_ref()),
            Some(8),
            "its own share is used up too"
        );
    }

    #[test]
    fn who_is_alone_longest_is_found_until_they_meet_somebody_or_are_back() {
        let mut seats = KeptSeats::new(10);
        seats.keep(seat(1, "192.0.2.1", Company::Met));
        for (number, address) in [(2, "127.0.0.1"), (3, "192.0.2.1"), (4, "127.0.0.1")] {
            seats.keep(seat(number, address, Company::Alone));
        }
        assert_eq!(number(seats.first_alone()), Some(2));
        seats.meet(&PeerId::new("2"));
        assert_eq!(number(seats.first_alone()), Some(3));
        let network = "192.0.2.1/32".parse().unwrap();
        assert_eq!(number(seats.alone_of(&network).next()), Some(3));
        assert!(seats.remove(&PeerId::new("3")).is_some());
        assert_eq!(number(seats.first_alone()), Some(4));
        assert_eq!(seats.alone_of(&network).next(), None);
        assert!(seats.remove(&PeerId::new("4")).is_some());
        assert_eq!(seats.first_alone(), None);
    }

    proptest! {
        /// Whatever is kept and struck out: no network has more than its share, and nothing is left of what is gone.
        #[test]
        fn the_books_agree(steps in prop::collection::vec((0_u32..30, 0_u8..6, 0_u8..4), 1..200)) {
            let mut seats = KeptSeats::new(2);
            for (who, network, what) in steps {
                let peer = PeerId::new(who.to_string());
                match what {
                    0 => drop(seats.remove(&peer)),
                    1 => seats.meet(&peer),
                    _ => {
                        let company = if what == 2 { Company::Alone } else { Company::Met };
                        seats.keep(seat(who, &format!("2001:db8:0:{network:x}::1"), company));
                    }
                }
                prop_assert_eq!(seats.all.len(), seats.seats.len());
                for (network, kept) in &seats.of_network {
                    let most = if network.prefix_len() == 48 { 8 } else { 2 };
                    prop_assert!(!kept.is_empty() && kept.len() <= most);
                }
                for (rank, peer) in &seats.all {
                    let (known, seat) = &seats.seats[peer];
                    prop_assert_eq!((rank, rank.company), (known, seat.company));
                    for share in ClientNetworks::shares_of(seat.networks) {
                        prop_assert_eq!(seats.of_network[&share.network].get(rank), Some(peer));
                    }
                }
            }
            for who in 0..30_u32 {
                seats.remove(&PeerId::new(who.to_string()));
            }
            prop_assert!(seats.all.is_empty() && seats.seats.is_empty() && seats.of_network.is_empty());
        }
    }
}
