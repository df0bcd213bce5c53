//! This server's own media port, as it is configured.
//!
//! Invariant: the ports are opened and closed again.

use std::io::{self, Write};
use std::net::IpAddr;

use super::address::{Reach, reach};
use super::report::{Report, port_advice};
use crate::server::net::datagrams::{FAR_V4, source_towards};
use crate::server::sfu::{MediaPortProbe, PlaceChoice, SfuMode, SfuOptions};

/// For whom the server is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Audience {
    /// Anybody may come: the server has a name.
    World,
    /// Those in its network, or on its machine.
    Network,
}

/// Tests the ports, and the addresses that browsers would be told. `external` is what the relay announces.
pub(super) fn test(
    options: &SfuOptions,
    external: &[IpAddr],
    audience: Audience,
    report: &mut Report<impl Write>,
) -> io::Result<()> {
    if options.mode == SfuMode::Off {
        return Ok(());
    }
    for probe in options.probe() {
        port(&probe, options.mode, report)?;
    }
    for external in &options.external_ip {
        match reach(*external) {
            Reach::Global => {}
            Reach::Local => report.doubtful(
                &format!("--sfu-external-ip {external} is a private address."),
                "Only people in that network reach it; a container's address not even they. Name the public one.",
            )?,
            Reach::Nowhere => report.bad(
                &format!("--sfu-external-ip {external} is an address that nobody else can reach."),
                "Name the address that the world reaches this machine at.",
            )?,
        }
    }
    let is_announced = !options.external_ip.is_empty() || !external.is_empty();
    if is_announced || audience == Audience::Network {
        return Ok(());
    }
    let told = options.probe().into_iter().map(|probe| probe.address.ip());
    let told = told.map(|ip| match ip.is_unspecified() && ip.is_ipv4() {
        true => source_towards(FAR_V4).unwrap_or(ip),
        false => ip,
    });
    let told: Vec<IpAddr> = told.filter(|ip| !ip.is_unspecified()).collect();
    match told.first().filter(|_| !told.iter().any(is_global)) {
        None => Ok(()),
        Some(own) => report.doubtful(
            &format!("Browsers would be told to send media to {own}, which nobody outside can reach."),
            "Behind NAT or in a container name the public address with --sfu-external-ip, and forward the port for UDP. Without it people \
             outside need the relay for every call that goes through the server.",
        ),
    }
}

fn is_global(address: &IpAddr) -> bool {
    reach(*address) == Reach::Global
}

fn port(probe: &MediaPortProbe, mode: SfuMode, report: &mut Report<impl Write>) -> io::Result<()> {
    let address = probe.address;
    match (&probe.opened, probe.choice, mode) {
        (Ok(()), ..) => report.good(&format!("--sfu-listen {address} is free (UDP).")),
        (Err(error), PlaceChoice::Default, SfuMode::Auto | SfuMode::Off) => report.doubtful(
            &format!(
                "--sfu-listen {address} cannot be used: {error}. Calls of every size would be direct."
            ),
            port_advice(error.kind()),
        ),
        (Err(error), ..) => report.bad(
            &format!("--sfu-listen {address} cannot be used: {error}."),
            port_advice(error.kind()),
        ),
    }
}
