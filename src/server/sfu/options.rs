//! What the operator can decide about the SFU.
//!
//! Invariant: what parses can be tried; whether the ports are to be had shows at start.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use clap::{Args, ValueEnum};
use thiserror::Error;

/// The first thread of the SFU has this port, and each other one the next.
const PORT: u16 = 3480;

/// There are at most so many threads.
const MOST_THREADS: usize = 8;

/// The last port that leaves one for each thread.
const LAST_PORT: u16 = u16::MAX - 7;

/// The SFU's part of the configuration.
#[derive(Clone, Debug, Args)]
pub(crate) struct SfuOptions {
    /// Whether calls go through this server: never, when that is better for them, or always
    #[arg(
        id = "sfu",
        long = "sfu",
        env = "VISAVIS_SFU",
        value_enum,
        default_value_t = SfuMode::Auto,
        value_name = "off|auto|always"
    )]
    pub(crate) mode: SfuMode,

    /// Address and UDP port that media come to, or one for IPv4 and one for IPv6 with a comma between them; further threads
    /// have the next ports; port 3480 of every address when absent; port 0 picks free ones
    #[arg(
        id = "sfu_listen",
        long = "sfu-listen",
        env = "VISAVIS_SFU_LISTEN",
        value_name = "IP:PORT[,IP:PORT]"
    )]
    listen: Option<MediaPlaces>,

    /// The address the world reaches --sfu-listen at, when this machine is behind NAT; one per IP version; --turn-external-ip
    /// when absent
    #[arg(
        id = "sfu_external_ip",
        long = "sfu-external-ip",
        env = "VISAVIS_SFU_EXTERNAL_IP",
        value_name = "IP",
        value_delimiter = ' '
    )]
    pub(crate) external_ip: Vec<IpAddr>,

    /// Threads that media pass through; half of the processors when absent
    #[arg(
        id = "sfu_threads",
        long = "sfu-threads",
        env = "VISAVIS_SFU_THREADS",
        value_name = "THREADS",
        value_parser = clap::value_parser!(u8).range(1..=8)
    )]
    threads: Option<u8>,

    /// Most Mbit/s of voices and pictures sent to everybody; each thread has an equal part of it
    #[arg(
        id = "sfu_bandwidth",
        long = "sfu-bandwidth",
        env = "VISAVIS_SFU_BANDWIDTH",
        default_value_t = 2000,
        value_name = "MBIT",
        value_parser = clap::value_parser!(u32).range(1..=1_000_000)
    )]
    bandwidth: u32,

    /// Most Mbit/s of files that each person sends through this server, to people whom they cannot reach directly; 0 for none
    #[arg(
        id = "sfu_files",
        long = "sfu-files",
        env = "VISAVIS_SFU_FILES",
        default_value_t = 8,
        value_name = "MBIT",
        value_parser = clap::value_parser!(u32).range(0..=10_000)
    )]
    pub(super) files: u32,
}

/// When calls go through the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SfuMode {
    /// There is no SFU: calls are between their people.
    Off,
    /// Calls go through the server when that is better for them.
    Auto,
    /// Calls go through the server, and nobody learns another's address.
    Always,
}

/// Who chose the addresses of the sockets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PlaceChoice {
    /// The operator chose them: they have to be had.
    Named,
    /// Nobody chose them: they are used if they are free.
    Default,
}

impl SfuOptions {
    /// Says who chose the addresses.
    pub(super) fn place_choice(&self) -> PlaceChoice {
        match self.listen {
            Some(_) => PlaceChoice::Named,
            None => PlaceChoice::Default,
        }
    }

    /// Lists the addresses of the sockets of a thread, numbered from 0: one or two, each of another version of IP.
    pub(super) fn places(&self, thread: usize) -> Vec<SocketAddr> {
        let everywhere = MediaPlaces {
            v4: Some(SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), PORT)),
            v6: Some(SocketAddr::new(Ipv6Addr::UNSPECIFIED.into(), PORT)),
        };
        let first = self.listen.unwrap_or(everywhere);
        let step = u16::try_from(thread).unwrap_or(u16::MAX);
        let places = first.v4.into_iter().chain(first.v6);
        let places = places.map(|mut place| {
            if place.port() != 0 {
                place.set_port(place.port().saturating_add(step));
            }
            place
        });
        places.collect()
    }

    /// Says how many threads there are on a machine with so many processors: the others have the calls' signaling and pages to
    /// serve.
    pub(super) fn threads(&self, processors: usize) -> usize {
        let named = self.threads.map(usize::from);
        named.unwrap_or(processors / 2).clamp(1, MOST_THREADS)
    }

    /// Gives the most bit/s of content of files that each person sends; 0 stands for none.
    pub(super) fn file_bits_per_second(&self) -> u64 {
        u64::from(self.files) * 1_000_000
    }

    /// Gives the most bit/s that all threads together send.
    pub(super) fn bits_per_second(&self) -> f64 {
        f64::from(self.bandwidth) * 1_000_000.0
    }
}

/// The addresses of the first thread's sockets; there is at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct MediaPlaces {
    v4: Option<SocketAddr>,
    v6: Option<SocketAddr>,
}

/// Why a text names no addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "expected an address and a port up to 65528, such as 0.0.0.0:3480, or one for IPv4 and one for IPv6 with a comma between them"
)]
struct MediaPlacesError;

impl FromStr for MediaPlaces {
    type Err = MediaPlacesError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (mut v4, mut v6) = (None, None);
        for text in text.split([',', ' ']) {
            let place: SocketAddr = text.parse().map_err(|_| MediaPlacesError)?;
            let of_version = if place.is_ipv4() { &mut v4 } else { &mut v6 };
            if of_version.replace(place).is_some() || place.port() > LAST_PORT {
                return Err(MediaPlacesError);
            }
        }
        Ok(Self { v4, v6 })
    }
}

#[cfg(test)]
#[path = "tests/options.rs"]
mod tests;
