//! What each request does (RFC 8489 section 9.2 and 12, RFC 8656 sections 7 to 12).
//!
//! Invariant: a request that is refused has changed nothing.

use std::net::{IpAddr, SocketAddr};

use stun_types::attribute::{AttributeType, XorMappedAddress};
use stun_types::message::Method;
use turn_types::attribute::{Lifetime, RequestedTransport, XorRelayedAddress};
use turn_types::message::{ALLOCATE, CHANNEL_BIND, CREATE_PERMISSION, REFRESH};

use super::accounts::OverQuota;
use super::allocation::{Allocation, CHANNELS, NotAdded, Permissions, Reach};
use super::answer::{self, Refusal};
use super::authentication::User;
use super::five_tuple::ClientPath;
use super::host::{Family, Host, NoRelay, Parity};
use super::request::Request;
use super::rules::Core;
use crate::server::clock::UnixMillis;
use crate::server::secrets::turn_credentials::Username;

/// An allocation lasts this long without a refresh, in seconds, whatever its client wants (RFC 8656 section 7.2: the
/// server chooses, not below its default).
const LIFETIME: u32 = 600;

/// One CreatePermission names at most so many peers.
const MOST_PEERS: usize = 64;

/// A handler says how many bytes its answer has; none when it could not be written.
type Handled = Result<Option<usize>, Refusal>;

/// A method is handled by a function of this type.
pub(super) type Handler<H> =
    fn(&mut Core<H>, &ClientPath, &Request<'_>, &User, UnixMillis, &mut [u8]) -> Handled;

impl<H: Host> Core<H> {
    pub(super) fn handler(method: Method) -> Option<Handler<H>> {
        match method {
            ALLOCATE => Some(Self::allocate),
            REFRESH => Some(Self::refresh),
            CREATE_PERMISSION => Some(Self::create_permission),
            CHANNEL_BIND => Some(Self::channel_bind),
            _ => None,
        }
    }

    /// Says where the client's message came from.
    pub(crate) fn bind(path: &ClientPath, request: &Request<'_>, out: &mut [u8]) -> Option<usize> {
        let unknown: Vec<AttributeType> = request.not_understood();
        if !unknown.is_empty() {
            return answer::refuse(
                &request.message,
                &Refusal::UnknownAttributes(unknown),
                None,
                out,
            );
        }
        let mapped = XorMappedAddress::new(path.remote, request.message.transaction_id());
        answer::succeed(&request.message, &[&mapped], None, out)
    }

    fn allocate(
        &mut self,
        path: &ClientPath,
        request: &Request<'_>,
        user: &User,
        now: UnixMillis,
        out: &mut [u8],
    ) -> Handled {
        let transaction = request.message.transaction_id();
        self.expire(path, now);
        if let Some(allocation) = self.allocations.get(path) {
            if allocation.transaction != transaction || *allocation.username != *user.username {
                return Err(Refusal::AllocationMismatch);
            }
            let left = u32::try_from((allocation.expires - now) / 1000).unwrap_or(LIFETIME);
            return Ok(allocated(
                path,
                request,
                user,
                allocation.relayed,
                left,
                out,
            ));
        }
        if request.transport()? != RequestedTransport::UDP {
            return Err(Refusal::UnsupportedTransport);
        }
        let family = request.family()?.unwrap_or(Family::V4);
        let parity = match request.even_port()? {
            None => Parity::Any,
            Some(false) => Parity::Even,
            // The port next to it is not kept for anybody: RTP and RTCP share one port today.
            Some(true) => return Err(Refusal::InsufficientCapacity),
        };
        if request.wants_reserved() {
            return Err(Refusal::InsufficientCapacity);
        }
        request.lifetime()?;
        let name = Username::parse(&user.username).ok_or(Refusal::BadRequest)?;
        if !name.is_current(now) {
            return Err(Refusal::Unauthorized(
                self.rules.nonces.issue(path.remote.ip(), now),
            ));
        }
        let standing = self.rules.members.standing(name.peer);
        let standing = standing.ok_or(Refusal::Forbidden)?;
        let account = self
            .rules
            .accounts
            .take(*path, name.peer, standing, now)
            .map_err(|over| match over {
                OverQuota::Person | OverQuota::Address => Refusal::AllocationQuotaReached,
                OverQuota::Server => Refusal::InsufficientCapacity,
            })?;
        // Whoever left before this was counted left it behind unseen.
        if self.rules.members.standing(name.peer).is_none() {
            return Err(Refusal::Forbidden);
        }
        let (relay, relayed) =
            self.host
                .open_relay(path, family, parity)
                .map_err(|none| match none {
                    NoRelay::Family => Refusal::AddressFamilyNotSupported,
                    NoRelay::Capacity => Refusal::InsufficientCapacity,
                })?;
        self.rules.ports.open(relayed);
        let allocation = Allocation {
            relay,
            relayed,
            account,
            username: user.username.as_str().into(),
            key: user.key.clone(),
            transaction,
            expires: now + u64::from(LIFETIME) * 1000,
            permissions: Permissions::default(),
        };
        self.allocations.insert(*path, allocation);
        Ok(allocated(path, request, user, relayed, LIFETIME, out))
    }

    /// Finds the client's allocation, if it is this user's.
    fn own(
        &mut self,
        path: &ClientPath,
        user: &User,
        now: UnixMillis,
    ) -> Result<&mut Allocation<H::Relay>, Refusal> {
        self.expire(path, now);
        let allocation = self
            .allocations
            .get_mut(path)
            .ok_or(Refusal::AllocationMismatch)?;
        // The same person with renewed credentials is the same person.
        let person = |username| Username::parse(username).map(|name| name.peer);
        if person(&allocation.username) == person(&user.username) {
            Ok(allocation)
        } else {
            Err(Refusal::WrongCredentials)
        }
    }

    /// Finds the client's allocation, if it is this user's and they are still somebody here. Credentials that no longer
    /// open allocations do for one that runs; who left, or was removed, has none worth anything.
    fn seated(
        &mut self,
        path: &ClientPath,
        user: &User,
        now: UnixMillis,
    ) -> Result<&mut Allocation<H::Relay>, Refusal> {
        let somebody = Username::parse(&user.username)
            .is_some_and(|name| self.rules.members.standing(name.peer).is_some());
        let allocation = self.own(path, user, now)?;
        somebody.then_some(allocation).ok_or(Refusal::Forbidden)
    }

    fn refresh(
        &mut self,
        path: &ClientPath,
        request: &Request<'_>,
        user: &User,
        now: UnixMillis,
        out: &mut [u8],
    ) -> Handled {
        let wanted = request.lifetime()?;
        let family = request.family()?;
        let own = Family::of(self.own(path, user, now)?.relayed.ip());
        if family.is_some_and(|family| family != own) {
            return Err(Refusal::PeerAddressFamilyMismatch);
        }
        let seconds = if wanted == Some(0) {
            self.end(path);
            0
        } else {
            self.seated(path, user, now)?.expires = now + u64::from(LIFETIME) * 1000;
            LIFETIME
        };
        let answer = Lifetime::new(seconds);
        Ok(answer::succeed(
            &request.message,
            &[&answer],
            Some(&user.key),
            out,
        ))
    }

    fn create_permission(
        &mut self,
        path: &ClientPath,
        request: &Request<'_>,
        user: &User,
        now: UnixMillis,
        out: &mut [u8],
    ) -> Handled {
        let peers = request.peers()?;
        if peers.is_empty() || peers.len() > MOST_PEERS {
            return Err(Refusal::BadRequest);
        }
        let wanted = self.reaches_of(path, user, &peers, now)?;
        let permissions = &mut self.own(path, user, now)?.permissions;
        if !permissions.have_room(&wanted, now) {
            return Err(Refusal::InsufficientCapacity);
        }
        for (address, reach) in wanted {
            permissions
                .permit(address, reach, now)
                .map_err(refusal_of)?;
        }
        Ok(answer::succeed(&request.message, &[], Some(&user.key), out))
    }

    fn channel_bind(
        &mut self,
        path: &ClientPath,
        request: &Request<'_>,
        user: &User,
        now: UnixMillis,
        out: &mut [u8],
    ) -> Handled {
        let (number, peer) = (request.channel()?, request.peer()?);
        if !CHANNELS.contains(&number) {
            return Err(Refusal::BadRequest);
        }
        let wanted = self.reaches_of(path, user, &[peer], now)?;
        let permissions = &mut self.own(path, user, now)?.permissions;
        for (_, reach) in wanted {
            permissions
                .bind(number, peer, reach, now)
                .map_err(refusal_of)?;
        }
        Ok(answer::succeed(&request.message, &[], Some(&user.key), out))
    }

    /// Says what the client's allocation may reach of these peers, if it may reach all of them.
    fn reaches_of(
        &mut self,
        path: &ClientPath,
        user: &User,
        peers: &[SocketAddr],
        now: UnixMillis,
    ) -> Result<Vec<(IpAddr, Reach)>, Refusal> {
        let family = Family::of(self.seated(path, user, now)?.relayed.ip());
        let mut wanted = Vec::with_capacity(peers.len());
        for address in peers.iter().map(SocketAddr::ip) {
            let reach = self.reach_of(address).ok_or(Refusal::Forbidden)?;
            if Family::of(address) != family {
                return Err(Refusal::PeerAddressFamilyMismatch);
            }
            wanted.push((address, reach));
        }
        Ok(wanted)
    }
}

fn allocated(
    path: &ClientPath,
    request: &Request<'_>,
    user: &User,
    relayed: SocketAddr,
    seconds: u32,
    out: &mut [u8],
) -> Option<usize> {
    let transaction = request.message.transaction_id();
    let relayed = XorRelayedAddress::new(relayed, transaction);
    let mapped = XorMappedAddress::new(path.remote, transaction);
    let lifetime = Lifetime::new(seconds);
    answer::succeed(
        &request.message,
        &[&relayed, &lifetime, &mapped],
        Some(&user.key),
        out,
    )
}

fn refusal_of(not_added: NotAdded) -> Refusal {
    match not_added {
        NotAdded::TooMany => Refusal::InsufficientCapacity,
        NotAdded::Bound => Refusal::BadRequest,
    }
}
