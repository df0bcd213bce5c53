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

    /// Most relays of one person; 4 for each other seat of a room when absent, and at least 8
    #[arg(long = "turn-allocations", env = "VISAVIS_TURN_ALLOCATIONS", value_name = "RELAYS",
          value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) allocations: Option<u32>,

    /// Most relays of the server
    #[arg(long = "turn-max-allocations", env = "VISAVIS_TURN_MAX_ALLOCATIONS", default_value_t = 4000,
          value_name = "RELAYS", value_parser = clap::value_parser!(u32).range(1..=65_535))]
    pub(super) max_allocations: u32,

    /// Most Mbit/s relayed for one person, both directions together
    #[arg(long = "turn-bandwidth", env = "VISAVIS_TURN_BANDWIDTH", default_value_t = 100, value_name = "MBIT",
          value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(super) bandwidth: u32,

    /// Most Mbit/s relayed for everybody
    #[arg(long = "turn-max-bandwidth", env = "VISAVIS_TURN_MAX_BANDWIDTH", default_value_t = 2000, value_name = "MBIT",
          value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(super) max_bandwidth: u32,
}

impl TurnOptions {
    /// Gives the limits, for rooms of so many seats.
    pub(super) fn quotas(&self, room_capacity: u32) -> Quotas {
        // Each connection tries UDP and TCP, and while it is restarted it has two of each.
        let for_a_mesh = room_capacity.saturating_sub(1).saturating_mul(4).max(8);
        Quotas {
            allocations_per_person: self.allocations.unwrap_or(for_a_mesh),
            allocations: self.max_allocations,
            bandwidth_per_person: Bandwidth::megabits(self.bandwidth),
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
