//! An offer in the words that are read here, by the library and by us.
//!
//! Pure. Invariant: nothing is agreed on that the client did not offer.

/// Puts an offer into these words. The first message of some browsers does not fit into one datagram, and ours does: whoever leaves to us
/// who speaks first in DTLS is spoken to first (RFC 8842 section 5.3). A section that is offered for the bundle alone says port 0 (RFC
/// 9143 section 6), as rejected ones do; within the bundle a port means nothing else, so that it gets that of the others.
pub(super) fn plain(offer: &str) -> String {
    let offer = offer.replace("a=setup:actpass", "a=setup:passive");
    let mut parts = offer.split("\nm=");
    let session = parts.next().unwrap_or_default().to_owned();
    parts.fold(session, |plain, section| {
        plain + "\nm=" + &with_port(section)
    })
}

/// Gives a section a port if it is for the bundle alone.
fn with_port(section: &str) -> String {
    let is_for_the_bundle = section
        .lines()
        .any(|line| line.trim_end() == "a=bundle-only");
    match section.split_once(' ') {
        Some((medium, rest)) if is_for_the_bundle && rest.starts_with("0 ") => {
            format!("{medium} 9{}", &rest[1..])
        }
        _ => section.to_owned(),
    }
}

#[cfg(test)]
#[path = "tests/offer_text.rs"]
mod tests;
