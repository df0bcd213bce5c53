//! What the operator can decide about the relay.
//!
//! Invariant: what parses can be tried; whether the ports are to be had shows at start.

use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::str::FromStr;

use clap::Args;
use ipnet::IpNet;
use thiserror::Error;

use super::core::Parity;
use super::core::accounts::Quotas;
use super::core::meter::Bandwidth;
use crate::server::net::cidr;

/// The relays of the server are enough for at least so many addresses. A school is one address, and so is a guest who comes again
/// and again under other names: 400 of 4,000 are what 33 people need who are in rooms of five and try UDP, TCP and TLS with
/// each of the others.
const ADDRESSES: u32 = 10;

/// The people of one address may have so many times what one of them may have relayed. 400 Mbit/s are what those 33 need when
/// each sends a camera at 1.5 Mbit/s to each of the others, and gets theirs.
const RATES_OF_AN_ADDRESS: u32 = 4;

/// One of so many relays is for addresses that have none: 400 more people can make a call when everybody else's calls have
/// taken the others.
const RESERVE: u32 = 10;

/// The relay's part of the configuration.
#[derive(Clone, Debug, Args)]
pub(crate) struct TurnOptions {
    /// Address and port of the STUN and TURN server, over UDP and TCP; may be repeated; port 3478 of every address
    /// when absent
    #[arg(
        id = "turn_listen",
        long = "turn-listen",
        env = "VISAVIS_TURN_LISTEN",
        value_name = "IP:PORT",
        value_delimiter = ' '
    )]
    pub(super) listen: Vec<SocketAddr>,

    /// Address and port of the same over TLS, when there is a certificate; may be repeated; port 5349 of every address
    /// when absent
    #[arg(
        id = "turn_tls_listen",
        long = "turn-tls-listen",
        env = "VISAVIS_TURN_TLS_LISTEN",
        value_name = "IP:PORT",
        value_delimiter = ' '
    )]
    pub(super) tls_listen: Vec<SocketAddr>,

    /// Do not run a STUN and TURN server
    #[arg(
        long = "no-turn",
        env = "VISAVIS_NO_TURN",
        conflicts_with = "turn_listen"
    )]
    pub(crate) off: bool,

    /// The address the world reaches the relay at, when this machine is behind NAT; one per IP version
    #[arg(
        long = "turn-external-ip",
        env = "VISAVIS_TURN_EXTERNAL_IP",
        value_name = "IP",
        value_delimiter = ' '
    )]
    pub(crate) external_ip: Vec<IpAddr>,

    /// Addresses the relay may reach although they are not public, such as 192.168.0.0/16; may be repeated
    #[arg(
        long = "turn-allow-peer",
        env = "VISAVIS_TURN_ALLOW_PEER",
        value_name = "CIDR",
        value_parser = cidr::parse,
        value_delimiter = ' '
    )]
    pub(super) allow_peer: Vec<IpNet>,

    /// UDP ports that relays are opened on
    #[arg(
        long = "turn-relay-ports",
        env = "VISAVIS_TURN_RELAY_PORTS",
        default_value = "49152-65535",
        value_name = "FIRST-LAST"
    )]
    pub(super) relay_ports: PortRange,

    /// Most relays of one person; 4 for each connection that one may have when absent, and at least 8
    #[arg(long = "turn-allocations", env = "VISAVIS_TURN_ALLOCATIONS", value_name = "RELAYS",
          value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) allocations: Option<u32>,

    /// Most relays of the people of one address (of IPv6, of one /64); when absent a tenth of the server's, or twice those of
    /// one person if that is more; loopback is not counted
    #[arg(long = "turn-allocations-per-address", env = "VISAVIS_TURN_ALLOCATIONS_PER_ADDRESS", value_name = "RELAYS",
          value_parser = clap::value_parser!(u32).range(1..=65_535))]
    pub(super) allocations_per_address: Option<u32>,

    /// Most relays of the server; the last tenth is for addresses that have none
    #[arg(long = "turn-max-allocations", env = "VISAVIS_TURN_MAX_ALLOCATIONS", default_value_t = 4000,
          value_name = "RELAYS", value_parser = clap::value_parser!(u32).range(1..=65_535))]
    pub(super) max_allocations: u32,

    /// Most Mbit/s relayed for one person, both directions together
    #[arg(long = "turn-bandwidth", env = "VISAVIS_TURN_BANDWIDTH", default_value_t = 100, value_name = "MBIT",
          value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(super) bandwidth: u32,

    /// Most Mbit/s relayed for the people of one address (of IPv6, of one /64), both directions together; when absent four
    /// times those of one person, and no more than half of everybody's unless one person has that; loopback is not counted
    #[arg(long = "turn-bandwidth-per-address", env = "VISAVIS_TURN_BANDWIDTH_PER_ADDRESS", value_name = "MBIT",
          value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(super) bandwidth_per_address: Option<u32>,

    /// Most Mbit/s relayed for everybody
    #[arg(long = "turn-max-bandwidth", env = "VISAVIS_TURN_MAX_BANDWIDTH", default_value_t = 2000, value_name = "MBIT",
          value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(super) max_bandwidth: u32,
}

impl TurnOptions {
    /// Gives the limits, for people who have so many connections each.
    pub(super) fn quotas(&self, connections: u32) -> Quotas {
        // Each connection tries UDP and TCP, and while it is restarted it has two of each.
        let for_all_of_them = connections.saturating_mul(4).max(8);
        let of_a_person = self.allocations.unwrap_or(for_all_of_them);
        let share_of_an_address = self.max_allocations / ADDRESSES;
        let of_an_address = share_of_an_address.max(of_a_person.saturating_mul(2));
        let most_of_all = self.max_bandwidth / 2;
        let rate_of_an_address = self.bandwidth.saturating_mul(RATES_OF_AN_ADDRESS);
        let rate_of_an_address = rate_of_an_address.min(most_of_all).max(self.bandwidth);
        Quotas {
            allocations_per_person: of_a_person,
            allocations_per_address: self.allocations_per_address.unwrap_or(of_an_address),
            allocations: self.max_allocations,
            reserve: self.max_allocations / RESERVE,
            bandwidth_per_person: Bandwidth::megabits(self.bandwidth),
            bandwidth_per_address: Bandwidth::megabits(
                self.bandwidth_per_address.unwrap_or(rate_of_an_address),
            ),
            bandwidth: Bandwidth::megabits(self.max_bandwidth),
        }
    }
}

/// A range of ports, none of them 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PortRange(RangeInclusive<u16>);

/// Why a text is not a range of ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "expected two ports such as 49152-65535, the first not larger than the last and neither below 1024"
)]
pub(super) struct PortRangeError;

/// So many ports are tried for one relay.
const TRIES: usize = 256;

impl FromStr for PortRange {
    type Err = PortRangeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (first, last) = text.split_once('-').ok_or(PortRangeError)?;
        let port = |text: &str| text.parse::<u16>().map_err(|_| PortRangeError);
        let (first, last) = (port(first)?, port(last)?);
        if first < 1024 || first > last {
            return Err(PortRangeError);
        }
        Ok(Self(first..=last))
    }
}

impl PortRange {
    /// Lists the ports to try, from a random one on, around the range once at most.
    pub(super) fn candidates(
        &self,
        seed: u16,
        parity: Parity,
    ) -> impl Iterator<Item = u16> + use<> {
        let (first, last) = (u32::from(*self.0.start()), u32::from(*self.0.end()));
        let count = last - first + 1;
        let start = u32::from(seed) % count;
        (0..count)
            .map(move |step| first + (start + step) % count)
            .filter_map(|port| u16::try_from(port).ok())
            .filter(move |port| parity == Parity::Any || port % 2 == 0)
            .take(TRIES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        turn: TurnOptions,
    }

    fn quotas(line: &str) -> Quotas {
        let words = std::iter::once("test").chain(line.split_whitespace());
        <Line as clap::Parser>::parse_from(words).turn.quotas(11)
    }

    #[test]
    fn an_address_has_a_tenth_of_the_relays_or_enough_for_two_people() {
        for (line, of_a_person, of_an_address, reserve) in [
            ("", 44, 400, 400),
            ("--turn-max-allocations 100", 44, 88, 10),
            ("--turn-allocations 500", 500, 1_000, 400),
            ("--turn-allocations-per-address 9", 44, 9, 400),
        ] {
            let quotas = quotas(line);
            assert_eq!(quotas.allocations_per_person, of_a_person, "{line}");
            assert_eq!(quotas.allocations_per_address, of_an_address, "{line}");
            assert_eq!(quotas.reserve, reserve, "{line}");
        }
    }

    #[test]
    fn an_address_has_four_times_a_persons_rate_and_not_everybodys() {
        for (line, megabits) in [
            ("", 400),
            ("--turn-max-bandwidth 300", 150),
            ("--turn-max-bandwidth 150", 100),
            ("--turn-bandwidth 10", 40),
            ("--turn-bandwidth 10 --turn-bandwidth-per-address 200", 200),
        ] {
            let rate = quotas(line).bandwidth_per_address;
            assert_eq!(rate, Bandwidth::megabits(megabits), "{line}");
        }
    }

    #[test]
    fn every_port_of_a_small_range_is_tried_once() {
        let range: PortRange = "50000-50003".parse().unwrap();
        let mut ports: Vec<u16> = range.candidates(50_002, Parity::Any).collect();
        ports.sort_unstable();
        assert_eq!(ports, [50_000, 50_001, 50_002, 50_003]);
        let even: Vec<u16> = range.candidates(1, Parity::Even).collect();
        assert_eq!(even, [50_002, 50_000]);
        let whole: PortRange = "1024-65535".parse().unwrap();
        assert_eq!(whole.candidates(u16::MAX, Parity::Any).count(), TRIES);
    }

    #[test]
    fn other_texts_are_no_ranges() {
        for text in [
            "",
            "50000",
            "50001-50000",
            "0-10",
            "1023-5000",
            "50000-70000",
            "a-b",
        ] {
            assert_eq!(text.parse::<PortRange>(), Err(PortRangeError), "{text}");
        }
    }
}
