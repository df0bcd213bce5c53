//! Writes responses.
//!
//! Invariant: what answers an unauthenticated datagram is no more than one and a half times as large on the wire as
//! what it answers, or is not sent at all.

use stun_types::attribute::{
    AttributeType, AttributeWrite, ErrorCode, Fingerprint, Nonce, Realm, UnknownAttributes,
};
use stun_types::message::{
    IntegrityAlgorithm, IntegrityKey, Message, MessageWrite, MessageWriteExt, MessageWriteMutSlice,
    StunWriteError,
};

use super::five_tuple::ClientPath;
use super::realm::REALM;

/// The longest answer has so many bytes.
pub(crate) const ANSWER_BYTES: usize = 1024;

/// Why a request is refused (RFC 8489 section 14.8, RFC 8656 section 19).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// 400: the request lacks something or has it malformed.
    BadRequest,
    /// 401: the request is not signed. The nonce is to try again with.
    Unauthorized(String),
    /// 403: the request is understood and not allowed.
    Forbidden,
    /// 420: the request has these attributes, which have to be understood and are not.
    UnknownAttributes(Vec<AttributeType>),
    /// 437: there is an allocation already, or none.
    AllocationMismatch,
    /// 438: the nonce is too old. This other one is to try again with.
    StaleNonce(String),
    /// 440: the server has no address of the wanted family.
    AddressFamilyNotSupported,
    /// 441: the allocation was made by somebody else.
    WrongCredentials,
    /// 442: relays are UDP alone.
    UnsupportedTransport,
    /// 443: the peer's address is of another family than the relay's.
    PeerAddressFamilyMismatch,
    /// 486: the person or the address has as many allocations as one may have.
    AllocationQuotaReached,
    /// 508: the server has nothing left to give.
    InsufficientCapacity,
}

impl Refusal {
    fn code(&self) -> u16 {
        match self {
            Self::BadRequest => ErrorCode::BAD_REQUEST,
            Self::Unauthorized(_) => ErrorCode::UNAUTHORIZED,
            Self::Forbidden => ErrorCode::FORBIDDEN,
            Self::UnknownAttributes(_) => ErrorCode::UNKNOWN_ATTRIBUTE,
            Self::AllocationMismatch => ErrorCode::ALLOCATION_MISMATCH,
            Self::StaleNonce(_) => ErrorCode::STALE_NONCE,
            Self::AddressFamilyNotSupported => ErrorCode::ADDRESS_FAMILY_NOT_SUPPORTED,
            Self::WrongCredentials => ErrorCode::WRONG_CREDENTIALS,
            Self::UnsupportedTransport => ErrorCode::UNSUPPORTED_TRANSPORT_PROTOCOL,
            Self::PeerAddressFamilyMismatch => ErrorCode::PEER_ADDRESS_FAMILY_MISMATCH,
            Self::AllocationQuotaReached => ErrorCode::ALLOCATION_QUOTA_REACHED,
            Self::InsufficientCapacity => ErrorCode::INSUFFICIENT_CAPACITY,
        }
    }
}

/// Says yes, and how many bytes that took.
pub(super) fn succeed(
    request: &Message<'_>,
    attributes: &[&dyn AttributeWrite],
    key: Option<&IntegrityKey>,
    out: &mut [u8],
) -> Option<usize> {
    let mut write = || -> Result<usize, StunWriteError> {
        let mut answer = Message::builder_success(request, MessageWriteMutSlice::new(out));
        for attribute in attributes {
            answer.add_attribute(*attribute)?;
        }
        finish(request, answer, key)
    };
    write().ok()
}

/// Says no, and how many bytes that took.
pub(super) fn refuse(
    request: &Message<'_>,
    refusal: &Refusal,
    key: Option<&IntegrityKey>,
    out: &mut [u8],
) -> Option<usize> {
    let mut write = || -> Result<usize, StunWriteError> {
        let mut answer = Message::builder_error(request, MessageWriteMutSlice::new(out));
        answer.add_attribute(&ErrorCode::new(refusal.code(), "")?)?;
        match refusal {
            Refusal::Unauthorized(nonce) | Refusal::StaleNonce(nonce) => {
                answer.add_attribute(&Realm::new(REALM)?)?;
                answer.add_attribute(&Nonce::new(nonce)?)?;
            }
            Refusal::UnknownAttributes(types) => {
                answer.add_attribute(&UnknownAttributes::new(types))?;
            }
            _ => {}
        }
        finish(request, answer, key)
    };
    write().ok()
}

fn finish(
    request: &Message<'_>,
    mut answer: MessageWriteMutSlice<'_>,
    key: Option<&IntegrityKey>,
) -> Result<usize, StunWriteError> {
    if let Some(key) = key {
        answer.add_message_integrity_with_key(key, IntegrityAlgorithm::Sha1)?;
    }
    if request.raw_attribute(fingerprint()).is_some() {
        answer.add_fingerprint()?;
    }
    Ok(answer.finish())
}

fn fingerprint() -> AttributeType {
    <Fingerprint as stun_types::attribute::AttributeStaticType>::TYPE
}

/// Says whether an answer of that length may go to somebody who has not proved who they are.
pub(crate) fn may_be_sent(path: &ClientPath, request: usize, answer: usize) -> bool {
    path.datagram_overhead()
        .is_none_or(|overhead| (answer + overhead) * 2 <= (request + overhead) * 3)
}
