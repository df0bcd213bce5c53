//! Who a request really comes from, and over which scheme, when reverse proxies stand before the server.
//!
//! Invariant: what `X-Forwarded-For` and `X-Forwarded-Proto` say is believed only from a trusted proxy's address; of a
//! chain of proxies only the trusted end is.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::http::{HeaderMap, HeaderName};
use ipnet::IpNet;

use super::origin::Scheme;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// How a connection arrived at the server itself. Stands in every request's extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AcceptedFrom {
    /// The other end is a client, or a proxy.
    pub(crate) from: SocketAddr,
    /// The connection came over TLS or in the clear.
    pub(crate) scheme: Scheme,
}

/// Whom a request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Client {
    /// Their address is this, as far as it is known.
    pub(crate) address: IpAddr,
    /// They opened the page so; `None` when a proxy that is not trusted may stand between.
    pub(crate) scheme: Option<Scheme>,
}

/// The proxies whose word is believed.
#[derive(Clone, Debug, Default)]
pub(crate) struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Trusts proxies in these networks.
    pub(crate) fn new(networks: Vec<IpNet>) -> Self {
        Self(networks)
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Says whether a connection comes from a proxy, so that its socket is the proxy's and no client's.
    pub(crate) fn stand_before(&self, arrival: AcceptedFrom) -> bool {
        self.trusts(arrival.from.ip().to_canonical())
    }

    /// Gives what a connection counts for before anything was read from it. Loopback and trusted proxies are not counted:
    /// many people may come from there.
    pub(super) fn counted(&self, from: SocketAddr) -> Option<IpAddr> {
        let nearest = from.ip().to_canonical();
        if self.trusts(nearest) {
            None
        } else {
            counted(nearest)
        }
    }

    /// Says whom a request with these headers comes from.
    pub(crate) fn client(&self, arrival: AcceptedFrom, headers: &HeaderMap) -> Client {
        let nearest = arrival.from.ip().to_canonical();
        if !self.trusts(nearest) {
            let scheme = (arrival.scheme == Scheme::Https).then_some(Scheme::Https);
            return Client {
                address: nearest,
                scheme,
            };
        }
        let mut address = nearest;
        for hop in last_first(headers, &FORWARDED_FOR) {
            let Some(hop) = address_of(hop) else { break };
            address = hop;
            if !self.trusts(hop) {
                break;
            }
        }
        let scheme = last_first(headers, &FORWARDED_PROTO)
            .next()
            .and_then(Scheme::named);
        Client { address, scheme }
    }
}

/// Lists the items of a list-valued header, the last one first. Text that is not visible ASCII ends the list.
fn last_first<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let lines: Vec<_> = headers.get_all(name).iter().collect();
    lines
        .into_iter()
        .rev()
        .map_while(|line| line.to_str().ok())
        .flat_map(|line| line.rsplit(','))
        .map(str::trim)
}

/// Reads an address, with or without a port.
fn address_of(hop: &str) -> Option<IpAddr> {
    let bare = hop
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(hop);
    let address = bare.parse().ok();
    let address = address.or_else(|| hop.parse::<SocketAddr>().ok().map(|hop| hop.ip()));
    address.map(|address| address.to_canonical())
}

/// Gives what one client's addresses have in common: of IPv6 it has a whole /64. Loopback is not counted: a proxy that
/// is not told of may stand there, and everybody would come from it.
pub(crate) fn counted(address: IpAddr) -> Option<IpAddr> {
    match address.to_canonical() {
        address if address.is_loopback() => None,
        IpAddr::V6(address) => {
            let network = address.to_bits() & !u128::from(u64::MAX);
            Some(IpAddr::V6(Ipv6Addr::from_bits(network)))
        }
        address => Some(address),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(from: &str, scheme: Scheme, lines: &[(HeaderName, &'static str)]) -> Client {
        let proxies = TrustedProxies::new(vec![
            "127.0.0.0/8".parse().unwrap(),
            "10.0.0.0/8".parse().unwrap(),
        ]);
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(name.clone(), value.parse().unwrap());
        }
        let from = SocketAddr::new(from.parse().unwrap(), 1234);
        proxies.client(AcceptedFrom { from, scheme }, &headers)
    }

    #[test]
    fn a_trusted_proxy_says_who_and_how() {
        for (chain, address) in [
            ("203.0.113.9", "203.0.113.9"),
            ("6.6.6.6, 203.0.113.9", "203.0.113.9"),
            ("6.6.6.6, 203.0.113.9, 10.1.2.3", "203.0.113.9"),
            ("203.0.113.9:4711", "203.0.113.9"),
            ("2001:db8::9", "2001:db8::9"),
            ("[2001:db8::9]:4711", "2001:db8::9"),
            ("[2001:db8::9]", "2001:db8::9"),
            ("::ffff:203.0.113.9", "203.0.113.9"),
            ("nonsense", "127.0.0.1"),
            ("6.6.6.6, nonsense", "127.0.0.1"),
            ("", "127.0.0.1"),
        ] {
            let lines = [(FORWARDED_FOR, chain), (FORWARDED_PROTO, "https")];
            let client = client("127.0.0.1", Scheme::Http, &lines);
            assert_eq!(
                client.address,
                address.parse::<IpAddr>().unwrap(),
                "{chain}"
            );
            assert_eq!(client.scheme, Some(Scheme::Https), "{chain}");
        }
    }

    #[test]
    fn lines_of_the_header_are_one_list() {
        let lines = [
            (FORWARDED_FOR, "6.6.6.6"),
            (FORWARDED_FOR, "203.0.113.9"),
            (FORWARDED_PROTO, "https"),
            (FORWARDED_PROTO, "http"),
        ];
        let client = client("::ffff:10.0.0.1", Scheme::Http, &lines);
        assert_eq!(client.address.to_string(), "203.0.113.9");
        assert_eq!(client.scheme, Some(Scheme::Http));
    }

    #[test]
    fn a_connection_counts_for_its_address_unless_a_proxy_makes_it() {
        let proxies = TrustedProxies::new(vec!["10.0.0.0/8".parse().unwrap()]);
        for (from, expected) in [
            ("192.0.2.1", Some("192.0.2.1")),
            ("::ffff:192.0.2.1", Some("192.0.2.1")),
            ("2001:db8:0:7:1::2", Some("2001:db8:0:7::")),
            ("10.1.2.3", None),
            ("::ffff:10.1.2.3", None),
            ("127.0.0.1", None),
            ("::1", None),
        ] {
            let expected = expected.map(|address| address.parse().unwrap());
            let from = SocketAddr::new(from.parse().unwrap(), 1234);
            assert_eq!(proxies.counted(from), expected, "{from}");
        }
    }

    #[test]
    fn anybody_elses_word_is_not_believed() {
        let lines = [(FORWARDED_FOR, "6.6.6.6"), (FORWARDED_PROTO, "https")];
        let plain = client("192.0.2.1", Scheme::Http, &lines);
        assert_eq!(plain.address.to_string(), "192.0.2.1");
        assert_eq!(plain.scheme, None);
        let secure = client("192.0.2.1", Scheme::Https, &lines);
        assert_eq!(secure.scheme, Some(Scheme::Https));
    }
}
