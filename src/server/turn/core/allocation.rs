//! One allocation: a relay, and the peers its client talks to (RFC 8656 sections 3 to 12).
//!
//! Invariant: there are never more than [`MOST_PERMISSIONS`] permissions and as many channels; a channel has one peer
//! and a peer one channel.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;

use stun_types::message::{IntegrityKey, TransactionId};

use super::accounts::Account;
use crate::server::clock::UnixMillis;

/// An allocation hears from at most so many addresses, and has at most so many channels.
pub(crate) const MOST_PERMISSIONS: usize = 64;

/// A permission lasts this long, in ms (RFC 8656 section 9).
const PERMISSION_MS: u64 = 5 * 60 * 1000;

/// A channel lasts this long, in ms (RFC 8656 section 12).
const CHANNEL_MS: u64 = 10 * 60 * 1000;

/// Channels have these numbers: those of RFC 5766 section 11, which older clients choose from; RFC 8656 section 12 left
/// the first quarter of them.
pub(crate) const CHANNELS: RangeInclusive<u16> = 0x4000..=0x7fff;

/// Which ports of a permitted address are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Every port is meant.
    EveryPort,
    /// The address is this server's own: other people's relays are meant, and the SFU, and nothing else.
    OwnPorts,
}

#[derive(Clone, Copy, Debug)]
struct Permission {
    /// The permission is for these ports of the address.
    reach: Reach,
    /// The permission is worth nothing from then on.
    expires: UnixMillis,
}

#[derive(Clone, Copy, Debug)]
struct BoundChannel {
    /// What comes on the channel goes to this peer, and the other way round.
    peer: SocketAddr,
    /// The peer is checked against this each time: its relay may have ended.
    reach: Reach,
    /// The channel is unbound from then on.
    expires: UnixMillis,
}

/// Why something cannot be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotAdded {
    /// The allocation has as many as one may have.
    TooMany,
    /// The channel has another peer, or the peer another channel.
    Bound,
}

/// A relay with the right to use it.
#[derive(Debug)]
pub(crate) struct Allocation<R> {
    /// The relay runs until this is dropped.
    pub(crate) relay: R,
    /// The relay has this address, as it is announced.
    pub(crate) relayed: SocketAddr,
    /// The allocation and its bytes count here.
    pub(crate) account: Account,
    /// The allocation was made under this user name, and is touched under no other.
    pub(crate) username: Box<str>,
    /// The client's messages are signed with this key.
    pub(crate) key: IntegrityKey,
    /// This request made the allocation. It may come twice, when its answer was lost.
    pub(crate) transaction: TransactionId,
    /// The allocation ends then unless it is refreshed.
    pub(crate) expires: UnixMillis,
    /// The relay passes on what these peers send, and nothing of others.
    pub(crate) permissions: Permissions,
}

/// The peers of an allocation, all of whom the client named.
#[derive(Debug, Default)]
pub(crate) struct Permissions {
    /// These addresses may be heard.
    addresses: HashMap<IpAddr, Permission>,
    /// Each bound channel has its peer here.
    channels: HashMap<u16, BoundChannel>,
    /// Each peer with a channel has its number here: what a peer sends is looked up by it.
    numbers: HashMap<SocketAddr, u16>,
}

impl Permissions {
    /// Says whether so many more addresses fit; forgets those that ended.
    pub(crate) fn have_room(&mut self, addresses: &[(IpAddr, Reach)], now: UnixMillis) -> bool {
        if self.addresses.len() + addresses.len() > MOST_PERMISSIONS {
            self.addresses
                .retain(|_, permission| permission.expires > now);
        }
        let new = |(address, _): &&(IpAddr, Reach)| !self.addresses.contains_key(address);
        self.addresses.len() + addresses.iter().filter(new).count() <= MOST_PERMISSIONS
    }

    /// Permits an address, from now on.
    pub(crate) fn permit(
        &mut self,
        address: IpAddr,
        reach: Reach,
        now: UnixMillis,
    ) -> Result<(), NotAdded> {
        if !self.have_room(&[(address, reach)], now) {
            return Err(NotAdded::TooMany);
        }
        let expires = now + PERMISSION_MS;
        self.addresses
            .insert(address, Permission { reach, expires });
        Ok(())
    }

    /// Says what is permitted of an address.
    pub(crate) fn reach(&self, address: IpAddr, now: UnixMillis) -> Option<Reach> {
        let permission = self.addresses.get(&address)?;
        (permission.expires > now).then_some(permission.reach)
    }

    /// Binds a channel to a peer, or does so again; permits the peer's address too.
    pub(crate) fn bind(
        &mut self,
        number: u16,
        peer: SocketAddr,
        reach: Reach,
        now: UnixMillis,
    ) -> Result<(), NotAdded> {
        self.forget_ended_channels(number, peer, now);
        match (self.channels.get(&number), self.numbers.get(&peer)) {
            (None, None) if self.channels.len() >= MOST_PERMISSIONS => {
                return Err(NotAdded::TooMany);
            }
            (None, None) => {}
            (Some(channel), Some(bound)) if channel.peer == peer && *bound == number => {}
            _ => return Err(NotAdded::Bound),
        }
        self.permit(peer.ip(), reach, now)?;
        let expires = now + CHANNEL_MS;
        self.channels.insert(
            number,
            BoundChannel {
                peer,
                reach,
                expires,
            },
        );
        self.numbers.insert(peer, number);
        Ok(())
    }

    fn forget_ended_channels(&mut self, number: u16, peer: SocketAddr, now: UnixMillis) {
        let ended = |channel: &BoundChannel| channel.expires <= now;
        let concerned = self.channels.get(&number).is_some_and(ended)
            || self
                .numbers
                .get(&peer)
                .and_then(|number| self.channels.get(number))
                .is_some_and(ended);
        if concerned || self.channels.len() >= MOST_PERMISSIONS {
            self.channels.retain(|_, channel| !ended(channel));
            let channels = &self.channels;
            self.numbers
                .retain(|_, number| channels.contains_key(number));
        }
    }

    /// Finds the peer of a channel.
    pub(crate) fn peer_of(&self, number: u16, now: UnixMillis) -> Option<(SocketAddr, Reach)> {
        let channel = self.channels.get(&number)?;
        (channel.expires > now).then_some((channel.peer, channel.reach))
    }

    /// Finds the channel of a peer.
    pub(crate) fn channel_of(&self, peer: SocketAddr, now: UnixMillis) -> Option<u16> {
        let number = *self.numbers.get(&peer)?;
        self.peer_of(number, now).map(|_| number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(number: u16) -> SocketAddr {
        SocketAddr::new([9, 9, (number >> 8) as u8, number as u8].into(), 1000)
    }

    #[test]
    fn a_permission_lasts_five_minutes() {
        let mut permissions = Permissions::default();
        permissions
            .permit(peer(1).ip(), Reach::EveryPort, 0)
            .unwrap();
        assert_eq!(
            permissions.reach(peer(1).ip(), 299_999),
            Some(Reach::EveryPort)
        );
        assert_eq!(permissions.reach(peer(1).ip(), 300_000), None);
        assert_eq!(permissions.reach(peer(2).ip(), 0), None);
    }

    #[test]
    fn there_are_sixty_four_permissions_until_some_end() {
        let mut permissions = Permissions::default();
        for number in 0..64 {
            permissions
                .permit(peer(number).ip(), Reach::EveryPort, 0)
                .unwrap();
        }
        assert_eq!(
            permissions.permit(peer(64).ip(), Reach::EveryPort, 1),
            Err(NotAdded::TooMany)
        );
        assert_eq!(
            permissions.permit(peer(0).ip(), Reach::EveryPort, 1),
            Ok(())
        );
        assert_eq!(
            permissions.permit(peer(64).ip(), Reach::EveryPort, 300_000),
            Ok(())
        );
    }

    #[test]
    fn a_channel_has_one_peer_and_a_peer_one_channel_until_it_ends() {
        let mut permissions = Permissions::default();
        let mut bind = |number, to, now| permissions.bind(number, peer(to), Reach::EveryPort, now);
        assert_eq!(bind(0x4000, 1, 0), Ok(()));
        assert_eq!(bind(0x4000, 2, 1), Err(NotAdded::Bound));
        assert_eq!(bind(0x4001, 1, 1), Err(NotAdded::Bound));
        assert_eq!(bind(0x4000, 1, 300_000), Ok(()));
        assert_eq!(bind(0x4000, 2, 899_999), Err(NotAdded::Bound));
        assert_eq!(bind(0x4000, 2, 900_000), Ok(()));
        assert_eq!(permissions.channel_of(peer(2), 900_001), Some(0x4000));
        assert_eq!(permissions.channel_of(peer(1), 900_001), None);
        assert_eq!(
            permissions.peer_of(0x4000, 900_001),
            Some((peer(2), Reach::EveryPort))
        );
    }

    #[test]
    fn there_are_sixty_four_channels() {
        let mut permissions = Permissions::default();
        let one = |port| SocketAddr::new([9, 9, 9, 9].into(), port);
        for number in 0..64 {
            permissions
                .bind(0x4000 + number, one(1000 + number), Reach::EveryPort, 0)
                .unwrap();
        }
        let further = permissions.bind(0x4100, one(2000), Reach::EveryPort, 0);
        assert_eq!(further, Err(NotAdded::TooMany));
    }
}
