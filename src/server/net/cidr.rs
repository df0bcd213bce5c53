//! Networks as operators write them: `10.0.0.0/8`, `fd00::/8`, or a single address.
//!
//! Invariant: whoever looks for an address in them makes it canonical first, so that an IPv4 address that arrives as an
//! IPv4-mapped IPv6 address (RFC 4291 section 2.5.5.2) counts as IPv4.

use std::net::IpAddr;

use ipnet::IpNet;
use thiserror::Error;

/// Why a text is not a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("expected a network such as 10.0.0.0/8 or fd00::/8, or one address")]
pub(crate) struct NotANetwork;

/// Reads a network. One address is the network that has no other.
pub(crate) fn parse(text: &str) -> Result<IpNet, NotANetwork> {
    let (address, prefix) = text.split_once('/').unzip();
    // With leading zeros an address means something else to some programs.
    let address: IpAddr = address.unwrap_or(text).parse().map_err(|_| NotANetwork)?;
    match prefix {
        None => Ok(address.into()),
        Some(_) => text.parse().map_err(|_| NotANetwork),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contains(network: &str, address: &str) -> bool {
        let address: IpAddr = address.parse().unwrap();
        parse(network).unwrap().contains(&address.to_canonical())
    }

    #[test]
    fn a_network_is_the_addresses_of_its_prefix() {
        for (network, address, expected) in [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "192.0.2.6", false),
            ("0.0.0.0/0", "203.0.113.1", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("::/0", "2001:db8::1", true),
            ("fd00::/8", "fdff::1", true),
            ("fd00::/8", "fe00::1", false),
            ("10.0.0.0/8", "::ffff:10.1.2.3", true),
            ("::1", "::1", true),
        ] {
            assert_eq!(
                contains(network, address),
                expected,
                "{network} and {address}"
            );
        }
    }

    #[test]
    fn other_texts_are_not_networks() {
        for text in [
            "",
            "10.0.0.0/33",
            "::/129",
            "10.0.0.0/-1",
            "10.0.0.0/+8",
            "10.0.0.0/",
            "10/8",
            "010.0.0.0/8",
            "10.0.0.0/8 ",
            "a",
        ] {
            assert_eq!(parse(text), Err(NotANetwork), "{text}");
        }
    }
}
