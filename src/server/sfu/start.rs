//! The start of the SFU: its sockets, its certificate and its threads.
//!
//! Invariant: either all of its threads run, or none does. The first begins when every port was had.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use str0m::config::DtlsCert;

use super::candidates::{BoundAddresses, candidates};
use super::core::Candidates;
use super::door::{Door, WayBack};
use super::media_places::MediaPlaces;
use super::options::{PlaceChoice, SfuOptions};
use super::shard::RunningShard;
use super::socket::MediaSocket;
use super::start_error::SfuStartError;
use crate::server::net::datagrams::{FAR_V4, FAR_V6, source_towards};
use crate::server::net::reached_at::ReachedAt;

/// Starts every thread, and makes the door that leads to them from the relay.
///
/// # Errors
/// [`SfuStartError`] when a port cannot be had, or when the system has no certificate or thread to give.
pub(super) fn start_shards(
    options: &SfuOptions,
    external: &[IpAddr],
) -> Result<(Vec<RunningShard>, Door), SfuStartError> {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = (0..options.threads(processors)).map(|number| bind(options, number));
    let sockets = threads.collect::<Result<Vec<_>, _>>()?;
    let certificate = certificate()?;
    let bandwidth = options.bits_per_second() / options.threads(processors) as f64;
    let (places, way_back) = (Arc::<MediaPlaces>::default(), WayBack::default());
    let (mut threads, mut ports) = (Vec::new(), Vec::new());
    for (number, sockets) in sockets.into_iter().enumerate() {
        ports.extend(sockets.iter().map(|socket| socket.local().port()));
        let addresses = ShardAddresses::new(external, &sockets);
        let addresses = addresses.told_and_noted(number, places.clone());
        let started = RunningShard::start(
            number,
            sockets,
            addresses,
            certificate.clone(),
            bandwidth,
            options.files,
            way_back.clone(),
        );
        threads.push(started?);
    }
    let queues = threads.iter().map(RunningShard::door_queue).collect();
    let door = Door::new(places, ports, queues, way_back);
    Ok((threads, door))
}

/// Opens the sockets of a thread. That the machine has no IPv6 is no lack where nobody asked for it.
fn bind(options: &SfuOptions, thread: usize) -> Result<Vec<MediaSocket>, SfuStartError> {
    let mut sockets = Vec::new();
    for place in options.places(thread) {
        match (MediaSocket::bind(place), options.place_choice()) {
            (Ok(socket), _) => sockets.push(socket),
            (Err(source), PlaceChoice::Named) => {
                return Err(SfuStartError::NamedPort { place, source });
            }
            (Err(source), PlaceChoice::Default) if is_without_ipv6(place, &source) => {
                tracing::debug!(error = %source, "this machine has no IPv6");
            }
            (Err(source), PlaceChoice::Default) => {
                return Err(SfuStartError::DefaultPort { place, source });
            }
        }
    }
    Ok(sockets)
}

fn is_without_ipv6(place: SocketAddr, error: &std::io::Error) -> bool {
    place.is_ipv6() && error.kind() != std::io::ErrorKind::AddrInUse
}

/// A certificate by which the SFU proves itself in every session of this run.
pub(super) fn certificate() -> std::io::Result<DtlsCert> {
    let provider = str0m::crypto::from_feature_flags();
    let certificate = provider.dtls_provider.generate_certificate();
    certificate.ok_or_else(|| std::io::Error::other("no certificate can be made"))
}

/// Lists the machine's addresses towards the world, which may change while it runs.
fn own_addresses() -> Vec<IpAddr> {
    let far = [FAR_V4, FAR_V6].into_iter();
    far.filter_map(source_towards).collect()
}

/// What the addresses of a thread's sockets follow from.
struct ShardAddresses {
    external: Vec<IpAddr>,
    bound: BoundAddresses,
}

impl ShardAddresses {
    fn new(external: &[IpAddr], sockets: &[MediaSocket]) -> Self {
        let of = |is_ipv4| {
            let mut local = sockets.iter().map(MediaSocket::local);
            local.find(|address| address.is_ipv4() == is_ipv4)
        };
        Self {
            external: external.to_vec(),
            bound: BoundAddresses {
                v4: of(true),
                v6: of(false),
            },
        }
    }

    /// Lists the addresses for somebody who reached the server like this, of a machine with these.
    fn towards(&self, reached: ReachedAt, own: &[IpAddr]) -> Vec<SocketAddr> {
        candidates(&self.external, own, reached, self.bound)
    }

    /// Gives what answers name. What is certain of it is noted as the SFU's, for the relay to know.
    fn told_and_noted(self, shard: usize, places: Arc<MediaPlaces>) -> Candidates {
        places.note(shard, &self.towards(ReachedAt::default(), &own_addresses()));
        Box::new(move |reached| {
            let own = own_addresses();
            places.note(shard, &self.towards(reached.certain(), &own));
            self.towards(reached, &own)
        })
    }
}
