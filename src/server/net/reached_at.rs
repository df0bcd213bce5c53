//! At which address of the server's a client reached it.
//!
//! Invariant: what the system says and what the client says stand apart. The address of the socket is certain. The host that a client
//! names is its own word: it may be told to this client again, which harms nobody else, and is to be believed for nothing more.

use std::net::{IpAddr, Ipv4Addr};

use axum::http::uri::Authority;

/// How a client reached the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ReachedAt {
    /// The client names this address as the host (`Host`). It is the one that leads here from where the client is, also where
    /// ports are forwarded to this machine, as to a container; unless the client made it up.
    pub(crate) named: Option<IpAddr>,
    /// The client's socket ends at this address of the machine; `None` where a proxy stands before the server, whose socket it is.
    pub(crate) local: Option<IpAddr>,
}

impl ReachedAt {
    /// Puts together what the client says, whose browser found the page at `authority` (a host, maybe with a port), and what the
    /// system says.
    pub(crate) fn new(authority: Option<&str>, local: Option<IpAddr>) -> Self {
        Self {
            named: authority.and_then(address_of),
            local: local.map(|local| local.to_canonical()),
        }
    }

    /// Says whether the client reached the server over loopback. It is the client's word, for a forwarded port hides it from the
    /// server, and a proxy that nobody told of makes it of everybody.
    pub(crate) fn is_over_loopback(&self) -> bool {
        self.named.is_some_and(|named| named.is_loopback())
    }

    /// Leaves out what rests on the client's word alone. That loopback is loopback does not.
    pub(crate) fn certain(self) -> Self {
        Self {
            named: self.named.filter(IpAddr::is_loopback),
            ..self
        }
    }
}

/// Finds the address that an authority names.
fn address_of(authority: &str) -> Option<IpAddr> {
    let authority: Authority = authority.parse().ok()?;
    let host = authority.host();
    if host.eq_ignore_ascii_case("localhost") {
        return Some(Ipv4Addr::LOCALHOST.into());
    }
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let address: IpAddr = host.parse().ok()?;
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_client_that_names_an_address_as_the_host_has_reached_the_server_there() {
        for (authority, named) in [
            ("192.0.2.7:3000", Some("192.0.2.7")),
            ("192.0.2.7", Some("192.0.2.7")),
            ("[2001:db8::7]:3000", Some("2001:db8::7")),
            ("[::ffff:192.0.2.7]:3000", Some("192.0.2.7")),
            ("localhost:3000", Some("127.0.0.1")),
            ("meet.example.org", None),
            ("", None),
            ("not a host", None),
        ] {
            let reached = ReachedAt::new(Some(authority), None);
            assert_eq!(reached.named, named.map(address), "{authority}");
        }
    }

    #[test]
    fn of_what_a_client_says_only_loopback_is_certain() {
        let local = Some(address("10.0.0.5"));
        let made_up = ReachedAt::new(Some("1.2.3.4:443"), local);
        assert_eq!(made_up.certain(), ReachedAt::new(None, local));
        let forwarded = ReachedAt::new(Some("localhost:3000"), local);
        assert_eq!(forwarded.certain(), forwarded);
        assert!(forwarded.is_over_loopback() && !made_up.is_over_loopback());
    }
}
