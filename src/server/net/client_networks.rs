//! The networks that a client counts for, where something is shared out by address.
//!
//! Of IPv4 that is the address alone. Of IPv6 it is the /64, inside which a client takes any address it likes, and the /48
//! around it, of whose 65,536 networks of that size whoever rents it takes any too. Invariant: loopback counts for
//! nothing: a proxy that is not told of may stand there, and everybody would come from it.

use std::net::IpAddr;

use ipnet::IpNet;

use super::proxy::counted;

/// The length of the prefix of a network of IPv6 that counts as one client.
const CLIENT_PREFIX: u8 = 64;

/// The length of the prefix of a network of IPv6 that one site gets at most (RFC 6177 section 2).
const SITE_PREFIX: u8 = 48;

/// A site has the share of so many clients. A campus has more networks than that, but hardly ever more that are busy at
/// the same moment.
const CLIENTS_OF_A_SITE: u32 = 4;

/// The networks of one client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ClientNetworks {
    /// The client is alone here, or shares its share.
    own: IpNet,
    /// The site around it; `None` for IPv4.
    site: Option<IpNet>,
}

/// What one network may have of what is shared out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NetworkShare {
    /// This network has it.
    pub(crate) network: IpNet,
    /// It has the share of so many clients.
    pub(crate) clients: u32,
}

impl NetworkShare {
    /// Says what the network may have where one client may have so many.
    pub(crate) fn of(self, one: usize) -> usize {
        one.saturating_mul(usize::try_from(self.clients).unwrap_or(usize::MAX))
    }
}

impl ClientNetworks {
    /// Finds the networks of a client with this address; `None` for loopback, which is not counted.
    pub(crate) fn of(address: IpAddr) -> Option<Self> {
        let address = counted(address)?;
        let network = |prefix| {
            let network = IpNet::new(address, prefix).ok()?;
            Some(network.trunc())
        };
        match address {
            IpAddr::V4(_) => Some(Self {
                own: address.into(),
                site: None,
            }),
            IpAddr::V6(_) => Some(Self {
                own: network(CLIENT_PREFIX)?,
                site: network(SITE_PREFIX),
            }),
        }
    }

    /// Lists the same as [`Self::shares`]; nothing for a client that is not counted.
    pub(crate) fn shares_of(client: Option<Self>) -> impl Iterator<Item = NetworkShare> {
        client.into_iter().flat_map(Self::shares)
    }

    /// Lists the networks with the share that each may have, the widest first.
    pub(crate) fn shares(self) -> impl Iterator<Item = NetworkShare> {
        let site = self.site.map(|network| NetworkShare {
            network,
            clients: CLIENTS_OF_A_SITE,
        });
        let own = NetworkShare {
            network: self.own,
            clients: 1,
        };
        site.into_iter().chain([own])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn networks(address: &str) -> Vec<(String, u32)> {
        let networks = ClientNetworks::of(address.parse().unwrap());
        let shares = networks.into_iter().flat_map(ClientNetworks::shares);
        shares
            .map(|share| (share.network.to_string(), share.clients))
            .collect()
    }

    #[test]
    fn a_client_is_an_address_of_ipv4_and_a_network_in_its_site_of_ipv6() {
        for (address, expected) in [
            ("192.0.2.7", vec![("192.0.2.7/32", 1)]),
            ("::ffff:192.0.2.7", vec![("192.0.2.7/32", 1)]),
            (
                "2001:db8:1:2:3::4",
                vec![("2001:db8:1::/48", 4), ("2001:db8:1:2::/64", 1)],
            ),
            (
                "2001:db8::4",
                vec![("2001:db8::/48", 4), ("2001:db8::/64", 1)],
            ),
            ("127.0.0.1", vec![]),
            ("::1", vec![]),
        ] {
            let expected: Vec<_> = expected
                .into_iter()
                .map(|(network, clients)| (network.to_owned(), clients))
                .collect();
            assert_eq!(networks(address), expected, "{address}");
        }
    }
}
