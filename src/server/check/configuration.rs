//! The configuration, tested on the machine it is for, without starting the server.
//!
//! Invariant: leaves nothing behind. Ports are opened and closed again, a probe file is removed.

use std::fs;
use std::io::{self, Write};
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::time::SystemTime;

use super::address::{Reach, reach};
use super::own_media::{self, Audience};
use super::own_relay;
use super::report::{Report, port_advice};
use crate::protocol::{IceTransportPolicy, IceUrl};
use crate::server::config::{Config, TlsSource};
use crate::server::ice::IceServers;
use crate::server::net::listener;
use crate::server::net::tls::{CertificateFiles, Validity};
use crate::server::process::ready_line::cameras_fail;
use crate::server::secrets::key;
use crate::server::turn::PortUse;

/// A certificate is complained about when it has fewer days left. Authorities renew earlier.
pub(super) const FEW_DAYS: i64 = 7;

/// What to do about a server that takes every name for its own.
pub(super) const PUBLIC_URL_ADVICE: &str = "Name the address people open with --public-url, such as https://meet.example.org: pages of other sites that let their own name lead here then get nothing.";

/// Tests everything there is to test.
pub(super) fn test(config: &Config, report: &mut Report<impl Write>) -> io::Result<()> {
    report.heading("The configuration")?;
    port("--listen", config.listen, report)?;
    if let Some(redirect) = config.redirect_http {
        port("--redirect-http", redirect, report)?;
        if config.tls() == TlsSource::None {
            report.bad(
                "--redirect-http leads to HTTPS, and there is none.",
                "Give --tls-cert and --tls-key, or --tls-self-signed; or leave it out.",
            )?;
        }
    }
    folder(config, report)?;
    match config.tls() {
        TlsSource::Files(files) => certificate(&files, report)?,
        TlsSource::SelfSigned => {
            report.good("HTTPS with a certificate of the server's own: browsers warn once.")?
        }
        TlsSource::None => plain_http(config, report)?,
    }
    public_urls(config, report)?;
    let channels: &[PortUse] = match config.tls() {
        TlsSource::None => &[PortUse::Plain],
        TlsSource::Files(_) | TlsSource::SelfSigned => &[PortUse::Plain, PortUse::Tls],
    };
    own_relay::test(&config.turn, channels, report)?;
    own_media::test(
        &config.sfu,
        &config.turn.external_ip,
        audience(config),
        report,
    )?;
    if config.ice_transport_policy == IceTransportPolicy::Relay
        && config.turn.off
        && !config.ice_servers(None).relays()
    {
        report.bad(
            "--ice-transport-policy relay allows relayed connections only, and there is no TURN server.",
            "Name one with --ice-server or --turn-url, or leave --no-turn out.",
        )?;
    }
    ice_servers(&config.ice_servers(None), report)
}

fn port(option: &str, address: SocketAddr, report: &mut Report<impl Write>) -> io::Result<()> {
    match listener::bind(address) {
        Ok(_) => report.good(&format!("{option} {address} is free.")),
        Err(error) => report.bad(
            &format!("{option} {address} cannot be used: {error}."),
            port_advice(error.kind()),
        ),
    }
}

fn folder(config: &Config, report: &mut Report<impl Write>) -> io::Result<()> {
    let folder = match config.data_dir() {
        Ok(folder) => folder,
        Err(error) => return report.bad(&format!("{error}."), "Name a folder with --data-dir."),
    };
    let shown = folder.display();
    // What does not exist yet is made when the server starts.
    let existing = folder.ancestors().find(|folder| folder.exists());
    let Some(existing) = existing.filter(|existing| existing.is_dir()) else {
        return report.bad(
            &format!("The data folder {shown} cannot be made: a file stands in its place."),
            "Name another with --data-dir.",
        );
    };
    if let Err(error) = key::check(&folder) {
        return report.bad(
            &format!("{error}."),
            "Without the key nobody keeps their seat over a restart.",
        );
    }
    if let Some(mode) = key::open_to_others(&folder) {
        report.doubtful(
            &format!("Other users can write to the data folder {shown} (mode {mode:03o})."),
            "They could put another key in place of the server's: chmod go-w, or name another folder with --data-dir.",
        )?;
    }
    match probe(existing) {
        Ok(()) => report.good(&format!("The data folder {shown} can be written.")),
        Err(error) => report.bad(
            &format!("The data folder {shown} cannot be written: {error}."),
            "Give it to the user the server runs as (chown), or name another with --data-dir.",
        ),
    }
}

fn probe(folder: &Path) -> io::Result<()> {
    let path = folder.join(format!(".visavis-check-{}", std::process::id()));
    fs::File::create_new(&path)?;
    fs::remove_file(path)
}

fn certificate(files: &CertificateFiles, report: &mut Report<impl Write>) -> io::Result<()> {
    match files.read() {
        Ok(certificate) => {
            report.good("The certificate and its key can be read and are of one pair.")?;
            days_left(certificate.validity, report)
        }
        Err(error) => report.bad(
            &format!("{error}."),
            "The server does not start with this. See --tls-cert and --tls-key.",
        ),
    }
}

/// Says how long the certificate is valid.
pub(super) fn days_left(validity: Validity, report: &mut Report<impl Write>) -> io::Result<()> {
    let now = SystemTime::now();
    let left = validity.days_left(now);
    if validity.from > now {
        report.bad(
            "The certificate is not valid yet.",
            "Look at this machine's clock, or wait.",
        )
    } else if left < 0 {
        report.bad(
            "The certificate has expired.",
            "Renew it; the server reads the files again by itself.",
        )
    } else if left < FEW_DAYS {
        report.bad(
            &format!("The certificate expires in {left} days."),
            "Renew it, and look at why that did not happen by itself.",
        )
    } else {
        report.good(&format!(
            "The certificate is valid for another {left} days."
        ))
    }
}

fn plain_http(config: &Config, report: &mut Report<impl Write>) -> io::Result<()> {
    if !config.trusted_proxies.is_empty() {
        return report.good("Plain HTTP, behind a reverse proxy that speaks HTTPS.");
    }
    if cameras_fail(config.listen.ip()) {
        return report.bad(
            "Cameras will not work: browsers allow them only over HTTPS or on localhost.",
            "Give --tls-cert and --tls-key, or --tls-self-signed on a LAN; or name your reverse proxy with --trusted-proxy.",
        );
    }
    report.good("Plain HTTP, for this machine only.")
}

/// A certificate and a proxy are for a name; without either, people may well open the site by its address.
fn public_urls(config: &Config, report: &mut Report<impl Write>) -> io::Result<()> {
    let urls = config.public_urls();
    if urls.are_named() {
        let urls: Vec<String> = urls.iter().map(ToString::to_string).collect();
        return report.good(&format!(
            "It will be open at {} and nowhere else.",
            urls.join(" and ")
        ));
    }
    if has_name(config) {
        report.doubtful(
            "It answers under every name that leads here.",
            PUBLIC_URL_ADVICE,
        )?;
    }
    Ok(())
}

/// Says whether the server is opened by a name, as a certificate and a proxy suggest.
fn has_name(config: &Config) -> bool {
    matches!(config.tls(), TlsSource::Files(_)) || !config.trusted_proxies.is_empty()
}

fn audience(config: &Config) -> Audience {
    match has_name(config) || config.public_urls().are_named() {
        true => Audience::World,
        false => Audience::Network,
    }
}

fn ice_servers(servers: &IceServers, report: &mut Report<impl Write>) -> io::Result<()> {
    let shared = servers.shared.iter().flat_map(|shared| &shared.urls);
    let urls = servers.fixed.iter().flat_map(|server| server.urls.clone());
    for url in urls.chain(shared.map(ToString::to_string)) {
        let Ok(parsed) = IceUrl::parse(&url) else {
            continue;
        };
        let Ok(address) = parsed.host.parse::<IpAddr>() else {
            continue;
        };
        match reach(address) {
            Reach::Global => {}
            Reach::Local => report.doubtful(
                &format!("{url} has a private address."),
                "Only people in that network reach it; a container's address not even they. Name the public one.",
            )?,
            Reach::Nowhere => report.bad(
                &format!("{url} has an address that nobody else can reach."),
                "Browsers are told this address. Name the server's public name or address.",
            )?,
        }
    }
    Ok(())
}
