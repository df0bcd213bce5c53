//! What a request says, read once.
//!
//! Invariant: a [`Request`] is a whole STUN message with nothing after it; attributes behind its integrity are not
//! looked at.

use std::net::SocketAddr;

use stun_types::attribute::{
    Attribute, AttributeFromRaw, AttributeStaticType, AttributeType, MessageIntegrity, Nonce,
    RawAttribute, Realm, Username,
};
use stun_types::message::{Message, StunParseError};
use turn_types::attribute::{
    ChannelNumber, Data, EvenPort, Lifetime, RequestedAddressFamily, RequestedTransport,
    ReservationToken, XorPeerAddress,
};

use super::answer::Refusal;
use super::host::Family;

/// So many attributes of a message are looked at; real ones have less than a dozen.
const MOST_ATTRIBUTES: usize = 100;

/// A request or an indication.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    /// The message is read once, and asked for its attributes again and again.
    pub(super) message: Message<'a>,
}

/// Whose request it says it is.
#[derive(Debug)]
pub(crate) struct Claim {
    /// They say that this is their user name.
    pub(crate) username: String,
    /// They signed for this realm.
    pub(super) realm: String,
    /// They signed with this nonce, which has to be one of ours.
    pub(super) nonce: String,
}

impl<'a> Request<'a> {
    /// Reads a message. `None` for anything else.
    pub(crate) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let length = u16::from_be_bytes([*bytes.get(2)?, *bytes.get(3)?]);
        if bytes.len() != 20 + usize::from(length) || length % 4 != 0 {
            return None;
        }
        let message = Message::from_bytes(bytes).ok()?;
        (message.iter_attributes().take(MOST_ATTRIBUTES).count() < MOST_ATTRIBUTES)
            .then_some(Self { message })
    }

    /// Lists the attributes that have to be understood and are not.
    pub(super) fn not_understood(&self) -> Vec<AttributeType> {
        let mut types: Vec<AttributeType> = self
            .message
            .iter_attributes()
            .map(|(_, attribute)| attribute.get_type())
            .filter(|kind| kind.comprehension_required() && !is_understood(*kind))
            .collect();
        types.dedup();
        types
    }

    /// Says who it is from. `None` without a signature.
    pub(crate) fn claim(&self) -> Option<Result<Claim, Refusal>> {
        self.message.raw_attribute(MessageIntegrity::TYPE)?;
        let claim = || -> Result<Claim, Refusal> {
            Ok(Claim {
                username: self.need::<Username>()?.username().to_owned(),
                realm: self.need::<Realm>()?.realm().to_owned(),
                nonce: self.need::<Nonce>()?.nonce().to_owned(),
            })
        };
        Some(claim())
    }

    /// Finds an attribute, if it is there. Malformed ones are a bad request.
    fn get<A>(&self) -> Result<Option<A>, Refusal>
    where
        A: for<'b> AttributeFromRaw<'b> + AttributeStaticType,
    {
        match self.message.raw_attribute(A::TYPE) {
            None => Ok(None),
            Some(raw) => A::from_raw_ref(&raw)
                .map(Some)
                .map_err(|_| Refusal::BadRequest),
        }
    }

    fn need<A>(&self) -> Result<A, Refusal>
    where
        A: for<'b> AttributeFromRaw<'b> + AttributeStaticType,
    {
        self.get()?.ok_or(Refusal::BadRequest)
    }

    /// Reads the transport of the wanted relay (an IANA protocol number).
    pub(crate) fn transport(&self) -> Result<u8, Refusal> {
        Ok(self.need::<RequestedTransport>()?.protocol())
    }

    /// Reads the wanted lifetime in seconds.
    pub(super) fn lifetime(&self) -> Result<Option<u32>, Refusal> {
        Ok(self.get::<Lifetime>()?.map(|lifetime| lifetime.seconds()))
    }

    /// Reads the wanted address family (RFC 8656 section 18.6).
    pub(super) fn family(&self) -> Result<Option<Family>, Refusal> {
        let Some(raw) = self.message.raw_attribute(RequestedAddressFamily::TYPE) else {
            return Ok(None);
        };
        match raw.value.first() {
            None => Err(Refusal::BadRequest),
            Some(1) => Ok(Some(Family::V4)),
            Some(2) => Ok(Some(Family::V6)),
            Some(_) => Err(Refusal::AddressFamilyNotSupported),
        }
    }

    /// Says whether an even port is wanted, and then whether its neighbour too.
    pub(super) fn even_port(&self) -> Result<Option<bool>, Refusal> {
        Ok(self.get::<EvenPort>()?.map(|even| even.requested()))
    }

    /// Says whether a port is wanted that was reserved before.
    pub(super) fn wants_reserved(&self) -> bool {
        self.message.has_attribute(ReservationToken::TYPE)
    }

    /// Reads the channel's number.
    pub(super) fn channel(&self) -> Result<u16, Refusal> {
        Ok(self.need::<ChannelNumber>()?.channel())
    }

    /// Reads the first peer.
    pub(crate) fn peer(&self) -> Result<SocketAddr, Refusal> {
        let transaction = self.message.transaction_id();
        Ok(self.need::<XorPeerAddress>()?.addr(transaction))
    }

    /// Reads every peer.
    pub(super) fn peers(&self) -> Result<Vec<SocketAddr>, Refusal> {
        let transaction = self.message.transaction_id();
        self.message
            .iter_attributes()
            .filter(|(_, attribute)| attribute.get_type() == XorPeerAddress::TYPE)
            .map(|(_, attribute)| {
                let read: Result<XorPeerAddress, StunParseError> =
                    AttributeFromRaw::from_raw_ref(&attribute);
                read.map(|peer| peer.addr(transaction))
                    .map_err(|_| Refusal::BadRequest)
            })
            .collect()
    }

    /// Says where the data to send stand in the message.
    pub(super) fn data(&self) -> Option<std::ops::Range<usize>> {
        let (offset, attribute): (usize, RawAttribute<'_>) = self
            .message
            .iter_attributes()
            .find(|(_, attribute)| attribute.get_type() == Data::TYPE)?;
        let start = offset + 4;
        Some(start..start + usize::from(attribute.length()))
    }
}

fn is_understood(kind: AttributeType) -> bool {
    // The codes of RFC 8489 section 18.3 and RFC 8656 section 18 that servers are sent.
    matches!(
        kind.value(),
        0x0006
            | 0x0008
            | 0x000c
            | 0x000d
            | 0x0012
            | 0x0013
            | 0x0014
            | 0x0015
            | 0x0017
            | 0x0018
            | 0x0019
            | 0x001c
            | 0x001d
            | 0x0022
    )
}
