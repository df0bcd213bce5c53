//! What a message of a client or a peer leads to.
//!
//! Invariant: an answer to somebody who has not proved who they are amplifies nothing.

use std::net::SocketAddr;
use std::ops::Range;

use stun_types::message::{BINDING, MessageClass, Method};
use turn_types::channel::ChannelData;
use turn_types::message::SEND;

use super::allocation::{Allocation, Reach};
use super::answer::{self, Refusal};
use super::five_tuple::ClientPath;
use super::host::Host;
use super::request::Request;
use super::rules::Core;
use crate::server::clock::UnixMillis;

/// A client's message asks for this to be done.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum CoreStep<'core, R> {
    /// Nothing is to be done.
    Nothing,
    /// So many bytes of the output are to be sent back.
    Answer(usize),
    /// A part of the message, these bytes of it, is to go from the relay to the peer.
    Relay {
        relay: &'core R,
        to: SocketAddr,
        data: Range<usize>,
    },
}

impl<H: Host> Core<H> {
    /// Handles a message of a client. Answers are written to `out`.
    pub(crate) fn client_sent(
        &mut self,
        path: &ClientPath,
        bytes: &[u8],
        now: UnixMillis,
        out: &mut [u8],
    ) -> CoreStep<'_, H::Relay> {
        match bytes.first().map(|first| first >> 6) {
            Some(1) => self.channel_data(path, bytes, now),
            Some(0) => match Request::parse(bytes) {
                Some(request) => self.message(path, bytes, &request, now, out),
                None => CoreStep::Nothing,
            },
            _ => CoreStep::Nothing,
        }
    }

    fn message(
        &mut self,
        path: &ClientPath,
        bytes: &[u8],
        request: &Request<'_>,
        now: UnixMillis,
        out: &mut [u8],
    ) -> CoreStep<'_, H::Relay> {
        let method = request.message.method();
        match request.message.class() {
            MessageClass::Indication if method == SEND => self.send(path, request, now),
            MessageClass::Request if method == BINDING => {
                answered(path, bytes, Self::bind(path, request, out))
            }
            MessageClass::Request => self.authenticated(path, bytes, method, request, now, out),
            _ => CoreStep::Nothing,
        }
    }

    fn authenticated(
        &mut self,
        path: &ClientPath,
        bytes: &[u8],
        method: Method,
        request: &Request<'_>,
        now: UnixMillis,
        out: &mut [u8],
    ) -> CoreStep<'_, H::Relay> {
        let Some(handle) = Self::handler(method) else {
            let refused = answer::refuse(&request.message, &Refusal::BadRequest, None, out);
            return answered(path, bytes, refused);
        };
        let user = match self.authenticate(path, request, now) {
            Ok(user) => user,
            Err(refusal) => {
                let refused = answer::refuse(&request.message, &refusal, None, out);
                return answered(path, bytes, refused);
            }
        };
        let unknown = request.not_understood();
        let handled = if unknown.is_empty() {
            handle(self, path, request, &user, now, out)
        } else {
            Err(Refusal::UnknownAttributes(unknown))
        };
        let written = match handled {
            Ok(written) => written,
            Err(refusal) => answer::refuse(&request.message, &refusal, Some(&user.key), out),
        };
        written.map_or(CoreStep::Nothing, CoreStep::Answer)
    }

    fn channel_data(
        &self,
        path: &ClientPath,
        bytes: &[u8],
        now: UnixMillis,
    ) -> CoreStep<'_, H::Relay> {
        let Ok((number, length)) = ChannelData::parse_header(bytes) else {
            return CoreStep::Nothing;
        };
        let data = 4..4 + length;
        let Some(allocation) = self.allocations.get(path) else {
            return CoreStep::Nothing;
        };
        match allocation.permissions.peer_of(number, now) {
            Some((peer, reach)) if data.end <= bytes.len() => {
                self.relay(allocation, peer, reach, data, now)
            }
            _ => CoreStep::Nothing,
        }
    }

    fn send(
        &self,
        path: &ClientPath,
        request: &Request<'_>,
        now: UnixMillis,
    ) -> CoreStep<'_, H::Relay> {
        let Some(allocation) = self.allocations.get(path) else {
            return CoreStep::Nothing;
        };
        let (Ok(peer), Some(data)) = (request.peer(), request.data()) else {
            return CoreStep::Nothing;
        };
        match allocation.permissions.reach(peer.ip(), now) {
            Some(reach) if request.not_understood().is_empty() => {
                self.relay(allocation, peer, reach, data, now)
            }
            _ => CoreStep::Nothing,
        }
    }

    fn relay<'core>(
        &self,
        allocation: &'core Allocation<H::Relay>,
        to: SocketAddr,
        reach: Reach,
        data: Range<usize>,
        now: UnixMillis,
    ) -> CoreStep<'core, H::Relay> {
        let passes = allocation.expires > now
            && to.port() != 0
            && self.reaches(to, reach)
            && allocation.account.allows(data.len(), now);
        if !passes {
            return CoreStep::Nothing;
        }
        CoreStep::Relay {
            relay: &allocation.relay,
            to,
            data,
        }
    }

    /// Says what the client of an allocation is sent when a peer sent something: `None` for nothing, the channel to
    /// send it on, or no channel for a Data indication.
    pub(crate) fn peer_sent(
        &self,
        path: &ClientPath,
        peer: SocketAddr,
        length: usize,
        now: UnixMillis,
    ) -> Option<Option<u16>> {
        let allocation = self.allocations.get(path)?;
        let reach = allocation.permissions.reach(peer.ip(), now)?;
        let passes = allocation.expires > now
            && self.reaches(peer, reach)
            && allocation.account.allows(length, now);
        passes.then(|| allocation.permissions.channel_of(peer, now))
    }
}

/// Answers somebody who has not proved who they are.
fn answered<'core, R>(
    path: &ClientPath,
    request: &[u8],
    written: Option<usize>,
) -> CoreStep<'core, R> {
    match written {
        Some(length) if answer::may_be_sent(path, request.len(), length) => {
            CoreStep::Answer(length)
        }
        _ => CoreStep::Nothing,
    }
}
