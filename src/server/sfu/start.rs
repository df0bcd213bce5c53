//! The start of the SFU: its sockets, its certificate and its threads.
//!
//! Invariant: either all of its threads run, or none does.

use std::net::IpAddr;

use str0m::config::DtlsCert;

use super::candidates::{BoundAddresses, candidates};
use super::core::Candidates;
use super::options::{PlaceChoice, SfuOptions};
use super::shard::RunningShard;
use super::socket::MediaSocket;
use crate::server::net::datagrams::{FAR_V4, FAR_V6, source_towards};

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
        let own: Vec<IpAddr> = [FAR_V4, FAR_V6]
            .into_iter()
            .filter_map(source_towards)
            .collect();
        candidates(&external, &own, came_in, bound)
    })
}
