//! A running server, tested from where this program runs: what a browser there would meet, in the same order.
//!
//! Invariant: one thing that does not work does not keep the others from being tested.

use std::io::{self, Write};
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::address::{Reach, reach};
use super::configuration::{PUBLIC_URL_ADVICE, days_left};
use super::media;
use super::relay;
use super::report::Report;
use super::room::Visit;
use super::stun::Conversation;
use super::target::TargetUrl;
use super::wire;
use crate::device::socket::dial::{self, Secured, Stream, in_time};
use crate::protocol::{IceServer, IceUrl, Transport, UrlKind};
use crate::server::net::origin::Scheme;
use crate::server::net::tls::{Validity, fingerprint};

/// So many bytes of the page are read at most.
const PAGE: u64 = 256 * 1024;

/// Tests everything there is to test.
pub(super) async fn test(target: &TargetUrl, report: &mut Report<impl Write>) -> io::Result<()> {
    report.heading(&format!("The server at {target}, seen from here"))?;
    let addresses = match dial::resolve(&target.host, target.port).await {
        Ok(addresses) => addresses,
        Err(error) => {
            let fact = format!("{} has no address: {error}.", target.host);
            return report.bad(&fact, "Look at the DNS record, or at the spelling.");
        }
    };
    let public = addresses
        .iter()
        .any(|address| reach(address.ip()) == Reach::Global);
    let Some(stream) = connect(target, &addresses, Certificate::Told, report).await? else {
        return Ok(());
    };
    page(target, stream, report).await?;
    if target.is_a_name() {
        foreign_host(target, &addresses, report).await?;
    }
    let Some(stream) = connect(target, &addresses, Certificate::Known, report).await? else {
        return Ok(());
    };
    let mut visit = match Visit::pay(target, stream).await {
        Ok(visit) => visit,
        Err(error) => {
            return report.bad(
                &format!("No room can be joined over the WebSocket {target}/ws: {error}."),
                "A reverse proxy has to pass WebSockets on (Upgrade and Connection headers) and keep the Host header; see docs/operating.md.",
            );
        }
    };
    let millis = visit.round_trip.as_millis();
    report.good(&format!(
        "A room was joined over the WebSocket; it answers in {millis} ms."
    ))?;
    ice_servers(&visit.ice_servers, public, report).await?;
    if visit.has_sfu {
        media::test(&mut visit, &addresses, report).await?;
    }
    visit.leave().await;
    Ok(())
}

/// Whether the certificate was spoken of before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Certificate {
    /// This connection is the first to meet the certificate, and the report speaks of it.
    Told,
    /// The report has spoken of the certificate, and once is enough.
    Known,
}

async fn connect(
    target: &TargetUrl,
    addresses: &[SocketAddr],
    certificate: Certificate,
    report: &mut Report<impl Write>,
) -> io::Result<Option<Box<dyn Stream>>> {
    let tcp = match dial::tcp(addresses).await {
        Ok(tcp) => tcp,
        Err(error) => {
            let fact = format!(
                "Nothing answers on {} port {}: {error}.",
                target.host, target.port
            );
            let advice = "Is the server running and listening there (--listen), and the port open in the firewall?";
            report.bad(&fact, advice)?;
            return Ok(None);
        }
    };
    if target.scheme == Scheme::Http {
        if certificate == Certificate::Told && !target.is_loopback() {
            report.bad(
                "Cameras will not work at this address: browsers allow them only over HTTPS or on localhost.",
                "Open it as https://, with a certificate (--tls-cert, --tls-self-signed) or a reverse proxy.",
            )?;
        }
        return Ok(Some(Box::new(tcp)));
    }
    let secured = match dial::secure(tcp, &target.host).await {
        Ok(secured) => secured,
        Err(error) => {
            let fact = format!("No TLS connection: {error}.");
            report.bad(
                &fact,
                "Does the port speak HTTPS? Plain HTTP is opened as http://.",
            )?;
            return Ok(None);
        }
    };
    if certificate == Certificate::Told {
        presented(&secured, report)?;
    }
    Ok(Some(secured.stream))
}

fn presented(secured: &Secured, report: &mut Report<impl Write>) -> io::Result<()> {
    match secured.opinion.objection() {
        None => report.good("Browsers trust the certificate.")?,
        Some(error) => report.bad(
            &format!(
                "Browsers do not trust the certificate without a warning: {error}. Its SHA-256 fingerprint is {}",
                fingerprint(&secured.certificate)
            ),
            "On a LAN this is what --tls-self-signed does. Elsewhere take one from an authority, for this very name.",
        )?,
    }
    match Validity::of(&secured.certificate) {
        Some(validity) => days_left(validity, report),
        None => Ok(()),
    }
}

async fn page(
    target: &TargetUrl,
    stream: Box<dyn Stream>,
    report: &mut Report<impl Write>,
) -> io::Result<()> {
    let answer = home_page(target.authority(), stream);
    let advice = "The page has to be Visavis itself at the root of the host. Look at the reverse proxy's rules.";
    match answer.await {
        Err(error) => report.bad(&format!("The page does not come: {error}."), advice),
        Ok(answer) => {
            let status = answer.split(' ').nth(1).unwrap_or("nothing");
            if status == "421" {
                report.bad(
                    "The server is not open at this address.",
                    "Check the address that its --public-url names, or name this one there too.",
                )
            } else if status != "200" {
                report.bad(&format!("The page is answered with {status}."), advice)
            } else if !answer.contains("Visavis") {
                report.bad("There is a page, and it is not Visavis.", advice)
            } else {
                report.good("The page is there.")
            }
        }
    }
}

/// Asks for the home page of a host.
async fn home_page(host: &str, mut stream: Box<dyn Stream>) -> io::Result<String> {
    let request =
        format!("GET / HTTP/1.1\r\nhost: {host}\r\naccept: text/html\r\nconnection: close\r\n\r\n");
    in_time(async {
        stream.write_all(request.as_bytes()).await?;
        stream.flush().await?;
        let mut answer = Vec::new();
        // A close without a TLS goodbye is an error, and the page may be whole all the same.
        let _ = stream.take(PAGE).read_to_end(&mut answer).await;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    })
    .await
}

/// Asks for the page under a name that is nobody's (RFC 2606 section 2).
async fn foreign_host(
    target: &TargetUrl,
    addresses: &[SocketAddr],
    report: &mut Report<impl Write>,
) -> io::Result<()> {
    let Some(stream) = connect(target, addresses, Certificate::Known, report).await? else {
        return Ok(());
    };
    match home_page("visavis.invalid", stream).await {
        Ok(answer) if is_page(&answer) => report.doubtful(
            "It answers under every name that leads there.",
            PUBLIC_URL_ADVICE,
        ),
        Ok(_) | Err(_) => report.good("It answers under its own name only."),
    }
}

/// Says whether an answer is a page of Visavis.
fn is_page(answer: &str) -> bool {
    answer.split(' ').nth(1) == Some("200") && answer.contains("Visavis")
}

async fn ice_servers(
    servers: &[IceServer],
    public: bool,
    report: &mut Report<impl Write>,
) -> io::Result<()> {
    let mut relays = false;
    for server in servers {
        for text in &server.urls {
            let Ok(url) = IceUrl::parse(text) else {
                report.bad(
                    &format!("It announces {text}, which is no URL of a STUN or TURN server."),
                    "Browsers refuse the whole list. Look at --ice-server.",
                )?;
                continue;
            };
            relays |= url.kind == UrlKind::Relay;
            ice_server(text, &url, server, public, report).await?;
        }
    }
    if !relays {
        report.doubtful(
            "It announces no relay (TURN).",
            "People behind strict firewalls or NATs may not see each other.",
        )?;
    }
    Ok(())
}

async fn ice_server(
    text: &str,
    url: &IceUrl,
    server: &IceServer,
    public: bool,
    report: &mut Report<impl Write>,
) -> io::Result<()> {
    let addresses = match dial::resolve(&url.host, url.port).await {
        Ok(addresses) => addresses,
        Err(error) => {
            let fact = format!("{text} has no address: {error}.");
            return report.bad(&fact, "Look at the name the server announces.");
        }
    };
    if public
        && addresses
            .iter()
            .all(|address| reach(address.ip()) != Reach::Global)
    {
        return report.bad(
            &format!("{text} leads to an address that nobody outside can reach."),
            "The server stands behind NAT or in a container: announce its public address.",
        );
    }
    let advice = match url.transport {
        Transport::Udp => {
            "Open the port for UDP, in the firewall and in the port forwarding, with the range of relayed ports."
        }
        _ => "Open the port for TCP, in the firewall and in the port forwarding.",
    };
    if url.transport == Transport::Dtls {
        return report.doubtful(
            &format!("{text} was not tested."),
            "Browsers do not use TURN over DTLS.",
        );
    }
    let wire = match wire::to(url, &addresses).await {
        Ok(wire) => wire,
        Err(error) => return report.bad(&format!("{text} cannot be reached: {error}."), advice),
    };
    match url.kind {
        UrlKind::Stun => match Conversation::new(wire).mapped_address().await {
            Ok(_) => report.good(&format!("{text} answers.")),
            Err(error) => report.bad(&format!("{text} does not answer: {error}."), advice),
        },
        UrlKind::Relay => {
            let username = server.username.as_deref().unwrap_or_default();
            let password = server.credential.as_deref().unwrap_or_default();
            let second = match wire::to(url, &addresses).await {
                Ok(second) => second,
                Err(error) => {
                    return report
                        .bad(&format!("{text} cannot be reached twice: {error}."), advice);
                }
            };
            let one = Conversation::with_login(wire, username, password);
            let other = Conversation::with_login(second, username, password);
            match relay::relay(one, other).await {
                Ok(relayed) if public && reach(relayed.ip()) != Reach::Global => report.bad(
                    &format!("{text} relays at an address that nobody outside can reach."),
                    "The relay stands behind NAT or in a container: tell it its public address (--turn-external-ip, or coturn's external-ip).",
                ),
                Ok(_) => report.good(&format!("{text} relays data.")),
                Err(error) => report.bad(&format!("{text} does not relay: {error}."), advice),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_page_of_ours_under_a_foreign_name_is_suspicious() {
        assert!(is_page("HTTP/1.1 200 OK\r\n\r\n<title>Visavis</title>"));
        for answer in [
            "",
            "HTTP/1.1 421 Misdirected Request\r\n\r\nNothing of Visavis",
            "HTTP/1.1 200 OK\r\n\r\nA proxy's own page",
            "HTTP/1.1 308 Permanent Redirect\r\nlocation: https://visavis.invalid/\r\n\r\n",
        ] {
            assert!(!is_page(answer), "{answer}");
        }
    }
}
