//! The start of the SFU: its sockets, its certificate and its threads.
//!
//! Invariant: either all of its threads run, or none does.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use str0m::config::DtlsCert;

use super::candidates::{BoundAddresses, candidates};
use super::core::Candidates;
use super::options::{PlaceChoice, SfuOptions};
use super::shard::RunningShard;
use super::socket::MediaSocket;

/// Packets to the world leave the machine from its address towards these, which are never written to.
const FAR: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)),
    IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1)),
];

/// Starts every thread.
///
/// # Errors
/// What the system says when an address that was named cannot be had, or when it has no certificate or thread to give.
pub(super) fn start_shards(
    options: &SfuOptions,
    external: &[IpAddr],
) -> std::io::Result<Vec<RunningShard>> {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let certificate = certificate()?;
    let bandwidth = options.bits_per_second() / options.threads(processors) as f64;
    let mut threads = Vec::new();
    for number in 0..options.threads(processors) {
        let mut sockets = Vec::new();
        for place in options.places(number) {
            match (MediaSocket::bind(place), options.place_choice()) {
                (Ok(socket), _) => sockets.push(socket),
                (Err(error), PlaceChoice::Named) => return Err(error),
                (Err(error), PlaceChoice::Default) => {
                    tracing::debug!(%error, %place, "no address of the SFU");
                }
            }
        }
        if sockets.is_empty() {
            return Err(std::io::Error::from(std::io::ErrorKind::AddrInUse));
        }
        let addresses = addresses_of(external, &sockets);
        let (certificate, files) = (certificate.clone(), options.files);
        let started =
            RunningShard::start(number, sockets, addresses, certificate, bandwidth, files);
        threads.push(started?);
    }
    Ok(threads)
}

/// A certificate by which the SFU proves itself in every session of this run.
fn certificate() -> std::io::Result<DtlsCert> {
    let provider = str0m::crypto::from_feature_flags();
    let certificate = provider.dtls_provider.generate_certificate();
    certificate.ok_or_else(|| std::io::Error::other("no certificate can be made"))
}

/// Gives what answers name, for whoever came in at an address.
fn addresses_of(external: &[IpAddr], sockets: &[MediaSocket]) -> Candidates {
    let of = |is_ipv4| {
        let mut local = sockets.iter().map(MediaSocket::local);
        local.find(|address| address.is_ipv4() == is_ipv4)
    };
    let bound = BoundAddresses {
        v4: of(true),
        v6: of(false),
    };
    let external = external.to_vec();
    Box::new(move |came_in| {
        let own: Vec<IpAddr> = FAR.into_iter().filter_map(source_towards).collect();
        candidates(&external, &own, came_in, bound)
    })
}

/// Finds the address that packets to a target leave from. Nothing is sent.
fn source_towards(target: IpAddr) -> Option<IpAddr> {
    let unspecified: IpAddr = match target {
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind(SocketAddr::new(unspecified, 0)).ok()?;
    socket.connect(SocketAddr::new(target, 9)).ok()?;
    socket.local_addr().ok().map(|address| address.ip())
}
