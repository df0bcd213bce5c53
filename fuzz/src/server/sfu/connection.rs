//! The session of somebody with a usual offer, on an SFU at 7.7.7.7.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::time::Instant;

use str0m::config::DtlsCert;

use super::description::{BrokenRule, OfferShape};
use super::egress::NtpClock;
use super::offer_text;
use super::session::{Ground, Session, SessionId};

thread_local! {
    /// One certificate for all: to make one takes longer than to use it.
    static CERTIFICATE: RefCell<Option<DtlsCert>> = const { RefCell::new(None) };
}

/// What a browser offers that sends and takes sound and pictures, and has data channels. Its lines end as those of a file do.
pub(super) const OFFER: &str = include_str!("offer.sdp");

/// Where the SFU is.
pub(super) fn home() -> SocketAddr {
    SocketAddr::new([7, 7, 7, 7].into(), 3480)
}

/// Answers an offer as the SFU does.
pub(super) fn answer(offer: &str, now: Instant) -> Result<Session, BrokenRule> {
    let sdp = offer_text::plain(offer);
    let shape = OfferShape::read(&sdp)?;
    let certificate = CERTIFICATE.with_borrow_mut(|kept| {
        let make = || {
            let provider = str0m::crypto::from_feature_flags();
            let made = provider.dtls_provider.generate_certificate();
            made.expect("a certificate")
        };
        kept.get_or_insert_with(make).clone()
    });
    let ground = Ground {
        certificate,
        clock: NtpClock { at: now, ntp: 0 },
    };
    let candidates = [home()];
    Session::open(shape, SessionId(1), &sdp, Some(1), &ground, &candidates, now)
}

/// A line of an answer that begins like this, without that.
pub(super) fn line<'a>(answer: &'a str, start: &str) -> &'a str {
    let mut lines = answer.lines();
    lines.find_map(|line| line.strip_prefix(start)).expect("a line of every answer")
}
