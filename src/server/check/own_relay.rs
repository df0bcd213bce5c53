//! This server's own relay, as it is configured.
//!
//! Invariant: the ports are opened and closed again.

use std::io::{self, Write};

use super::address::{Reach, reach};
use super::report::{Report, port_advice};
use crate::server::turn::{Choice, PortProbe, PortUse, TurnOptions};

/// Tests the ports, and the addresses that browsers would be told.
pub(super) fn test(
    options: &TurnOptions,
    channels: &[PortUse],
    report: &mut Report<impl Write>,
) -> io::Result<()> {
    if options.off {
        return Ok(());
    }
    for channel in channels {
        for probe in options.probe(*channel) {
            port(*channel, &probe, report)?;
            address(options, *channel, &probe, report)?;
        }
    }
    for external in &options.external_ip {
        match reach(*external) {
            Reach::Global => {}
            Reach::Local => report.doubtful(
                &format!("--turn-external-ip {external} is a private address."),
                "Only people in that network reach it; a container's address not even they. Name the public one.",
            )?,
            Reach::Nowhere => report.bad(
                &format!("--turn-external-ip {external} is an address that nobody else can reach."),
                "Name the address that the world reaches this machine at.",
            )?,
        }
    }
    Ok(())
}

fn option(channel: PortUse) -> &'static str {
    match channel {
        PortUse::Plain => "--turn-listen",
        PortUse::Tls => "--turn-tls-listen",
    }
}

fn port(channel: PortUse, probe: &PortProbe, report: &mut Report<impl Write>) -> io::Result<()> {
    let (option, address) = (option(channel), probe.address);
    let ways = match channel {
        PortUse::Plain => "UDP and TCP",
        PortUse::Tls => "TCP",
    };
    match (&probe.opened, probe.choice) {
        (Ok(()), _) => report.good(&format!("{option} {address} is free ({ways}).")),
        (Err(error), Choice::Named) => report.bad(
            &format!("{option} {address} cannot be used: {error}."),
            port_advice(error.kind()),
        ),
        (Err(error), Choice::Default) => report.doubtful(
            &format!("{option} {address} cannot be used: {error}. The relay would not run there."),
            port_advice(error.kind()),
        ),
    }
}

/// An address listened on by name is what browsers are told, unless there is an external one.
fn address(
    options: &TurnOptions,
    channel: PortUse,
    probe: &PortProbe,
    report: &mut Report<impl Write>,
) -> io::Result<()> {
    let told = channel == PortUse::Tls || options.external_ip.is_empty();
    let ip = probe.address.ip();
    if probe.choice == Choice::Default || !told || ip.is_unspecified() {
        return Ok(());
    }
    let option = option(channel);
    match (reach(ip), channel) {
        (Reach::Nowhere, _) => report.doubtful(
            &format!("{option} {ip} is an address that nobody else can reach."),
            "Browsers are told this address: only those on this machine can use the relay.",
        ),
        (Reach::Local, PortUse::Plain) => report.doubtful(
            &format!("{option} {ip} is a private address."),
            "Browsers are told it: only people in that network reach it, a container's address not even they. Name the \
             public one with --turn-external-ip.",
        ),
        (_, PortUse::Tls) => report.doubtful(
            &format!("{option} names {ip}, and certificates are for names."),
            "Browsers are told this address and refuse a certificate that does not name it. With 0.0.0.0 they are told \
             the host of the page.",
        ),
        (Reach::Global, PortUse::Plain) => Ok(()),
    }
}
