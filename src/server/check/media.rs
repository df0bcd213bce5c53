//! The media port of a running server, tried from where this program runs: over UDP, and through each of its relays.

use std::io::{self, Write};
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use futures::future::join_all;
use turn_types::stun::message::TransactionId;

use super::address::{Reach, reach};
use super::relay;
use super::report::Report;
use super::room::Visit;
use super::sfu_answer::{ProbeOffer, SfuAnswer};
use super::stun::{Conversation, Wire};
use super::wire;
use crate::device::socket::dial;
use crate::protocol::{IceServer, IceUrl, UrlKind};

/// What to do about an address that leads nowhere.
const ANNOUNCE: &str = "The server stands behind NAT or in a container: announce the address that the world reaches it at with --sfu-external-ip, or with --turn-external-ip for the relay as well.";

/// The SFU gives up a connection that does not stand after 10 s (docs/protocol.md): before that it is asked anew.
const GOOD_FOR: Duration = Duration::from_secs(4);

/// Tests everything there is to test. The page is at these addresses.
pub(super) async fn test(
    visit: &mut Visit,
    page: &[SocketAddr],
    report: &mut Report<impl Write>,
) -> io::Result<()> {
    let mut port = match MediaPort::ask(visit).await {
        Ok(port) => port,
        Err(error) => {
            return report.bad(
                &format!(
                    "The SFU takes no connection: {}.",
                    error.trim_end_matches('.')
                ),
                "Calls that go through the server will not work. Look at its log.",
            );
        }
    };
    let page: Vec<IpAddr> = page.iter().map(SocketAddr::ip).collect();
    let answers = join_all(port.answer.places.iter().map(|place| port.answers(*place))).await;
    let places: Vec<_> = port.answer.places.iter().copied().zip(answers).collect();
    for judgement in judge(&places, &page) {
        match judgement {
            Judgement::Good(fact) => report.good(&fact)?,
            Judgement::Doubtful(fact, advice) => report.doubtful(&fact, &advice)?,
            Judgement::Bad(fact, advice) => report.bad(&fact, &advice)?,
        }
    }
    for server in visit.ice_servers.clone() {
        for text in &server.urls {
            let Ok(url) = IceUrl::parse(text) else {
                continue;
            };
            if url.kind != UrlKind::Relay {
                continue;
            }
            if port.asked.elapsed() > GOOD_FOR
                && let Ok(again) = MediaPort::ask(visit).await
            {
                port = again;
            }
            port.through(text, &url, &server, report).await?;
        }
    }
    Ok(())
}

/// What is said of the addresses of the media port.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Judgement {
    /// It works.
    Good(String),
    /// It works, and may not be what was meant; then what to do.
    Doubtful(String, String),
    /// It does not work, and what to do.
    Bad(String, String),
}

/// Judges the addresses of the media port, of which some answer, on a server whose page is at these addresses.
fn judge(places: &[(SocketAddr, bool)], page: &[IpAddr]) -> Vec<Judgement> {
    let all: Vec<SocketAddr> = places.iter().map(|(place, _)| *place).collect();
    let of = |wanted: bool| {
        let places = places.iter().filter(|(_, answers)| *answers == wanted);
        places.map(|(place, _)| *place).collect::<Vec<_>>()
    };
    let (answering, silent) = (of(true), of(false));
    let is_public = page.iter().any(|address| reach(*address) == Reach::Global);
    let Some(first) = all.first() else {
        let fact = "The SFU names no address of its media port.".to_owned();
        return vec![Judgement::Bad(fact, ANNOUNCE.to_owned())];
    };
    if is_public && !all.iter().any(is_global) {
        let fact = format!(
            "The media port is announced at {}, where nobody outside can reach it.",
            list(&all)
        );
        return vec![Judgement::Bad(fact, ANNOUNCE.to_owned())];
    }
    if !answering.is_empty() {
        let good = Judgement::Good(format!(
            "The media port answers at {} (UDP).",
            list(&answering)
        ));
        let doubtful = silent.iter().find(|place| is_public && is_global(place));
        let doubtful = doubtful.map(|place| {
            Judgement::Doubtful(
                format!("It is announced at {place} too, and nothing comes back from there."),
                "This network may not reach it, or it is not the server\u{2019}s address: see --sfu-external-ip.".to_owned(),
            )
        });
        return std::iter::once(good).chain(doubtful).collect();
    }
    let fact = format!(
        "Nothing comes back from the media port at {} (UDP).",
        list(&all)
    );
    let port = first.port();
    let open = format!(
        "Open UDP port {port} in the firewall and in the port forwarding; a container has to publish it for UDP (-p {port}:{port}/udp)."
    );
    let is_elsewhere = !all.iter().any(|place| page.contains(&place.ip()));
    let elsewhere = all
        .iter()
        .find(|place| is_public && is_elsewhere && is_global(place));
    let advice = match elsewhere {
        Some(place) => format!(
            "The page is at another address: is {} the one that the world reaches this server at? If not, name that one with --sfu-external-ip. If it is: {open}",
            place.ip()
        ),
        None => open,
    };
    vec![Judgement::Bad(fact, advice)]
}

fn is_global(place: &SocketAddr) -> bool {
    reach(place.ip()) == Reach::Global
}

fn list(places: &[SocketAddr]) -> String {
    let texts: Vec<String> = places.iter().map(SocketAddr::to_string).collect();
    texts.join(" and ")
}

/// The media port, as the SFU announces it.
struct MediaPort {
    offer: ProbeOffer,
    answer: SfuAnswer,
    /// The SFU was asked then.
    asked: Instant,
}

impl MediaPort {
    /// Asks the SFU where it is.
    ///
    /// # Errors
    /// Why it does not say, in words.
    async fn ask(visit: &mut Visit) -> Result<Self, String> {
        let offer = ProbeOffer::new().map_err(|error| error.to_string())?;
        let answer = visit.ask_sfu(offer.sdp.clone()).await?;
        let answer = SfuAnswer::read(&answer).ok_or("its answer cannot be read")?;
        Ok(Self {
            offer,
            answer,
            asked: Instant::now(),
        })
    }

    async fn answers(&self, place: SocketAddr) -> bool {
        let transaction = TransactionId::generate();
        let Some(request) = self.answer.request(&self.offer, transaction) else {
            return false;
        };
        let Ok(socket) = dial::udp(&[place]).await else {
            return false;
        };
        let mut conversation = Conversation::new(Wire::Datagrams(socket));
        match conversation.exchange(&request, transaction).await {
            Ok(packet) => self.answer.is_answered_by(&packet, transaction),
            Err(_) => false,
        }
    }

    /// Tries it through a relay. One that does not work at all was spoken of before.
    async fn through(
        &self,
        text: &str,
        url: &IceUrl,
        server: &IceServer,
        report: &mut Report<impl Write>,
    ) -> io::Result<()> {
        let Ok(addresses) = dial::resolve(&url.host, url.port).await else {
            return Ok(());
        };
        let mut failure = None;
        for place in &self.answer.places {
            let Ok(wire) = wire::to(url, &addresses).await else {
                return Ok(());
            };
            let username = server.username.as_deref().unwrap_or_default();
            let password = server.credential.as_deref().unwrap_or_default();
            let conversation = Conversation::with_login(wire, username, password);
            let transaction = TransactionId::generate();
            let Some(request) = self.answer.request(&self.offer, transaction) else {
                return Ok(());
            };
            let is_answer = |packet: &[u8]| self.answer.is_answered_by(packet, transaction);
            match relay::ask(conversation, *place, &request, is_answer).await {
                Ok(()) => return report.good(&format!("{text} leads to the media port.")),
                Err(error) => failure = Some(error),
            }
        }
        let Some(error) = failure else { return Ok(()) };
        report.bad(
            &format!("{text} does not lead to the media port: {error}."),
            "People whose networks block UDP cannot take part in calls that go through the server. Its own relay leads there by itself; for \
             one of another machine the port has to be open.",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Judges places of which those with a `+` answer; the first judgement, and how many there are.
    fn judged(places: &[&str], page: &str) -> (Judgement, usize) {
        let places: Vec<(SocketAddr, bool)> = places
            .iter()
            .map(|text| {
                (
                    text.trim_start_matches('+').parse().unwrap(),
                    text.starts_with('+'),
                )
            })
            .collect();
        let judged = judge(&places, &[page.parse().unwrap()]);
        (judged[0].clone(), judged.len())
    }

    #[test]
    fn a_port_that_answers_is_good_and_another_address_that_does_not_is_doubtful() {
        for (places, page, expected) in [
            (&["+8.8.4.4:3480", "10.0.0.5:3480"][..], "8.8.4.4", 1),
            (&["+192.168.1.5:3480", "10.0.0.5:3480"], "192.168.1.5", 1),
            (&["+8.8.4.4:3480", "9.9.9.9:3480"], "8.8.4.4", 2),
        ] {
            let (first, count) = judged(places, page);
            assert!(matches!(&first, Judgement::Good(fact) if fact.contains(&places[0][1..])));
            assert_eq!(count, expected, "{places:?}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_from_the_addresses() {
        for (places, page, fact, advice) in [
            (&[][..], "8.8.4.4", "names no address", "--sfu-external-ip"),
            (
                &["172.18.0.2:3480"],
                "8.8.4.4",
                "announced at 172.18.0.2:3480, where nobody outside",
                "in a container",
            ),
            (
                &["+172.18.0.2:3480"],
                "8.8.4.4",
                "where nobody outside",
                "--sfu-external-ip",
            ),
            (
                &["9.9.9.9:3480"],
                "8.8.4.4",
                "Nothing comes back from the media port at 9.9.9.9:3480",
                "is 9.9.9.9 the one that the world reaches this server at?",
            ),
            (
                &["8.8.4.4:3480", "172.18.0.2:3480"],
                "8.8.4.4",
                "Nothing comes back",
                "Open UDP port 3480",
            ),
            (
                &["172.18.0.2:3480"],
                "192.168.1.5",
                "Nothing comes back",
                "-p 3480:3480/udp",
            ),
        ] {
            let (first, count) = judged(places, page);
            let is_said = matches!(&first, Judgement::Bad(said, done) if said.contains(fact) && done.contains(advice));
            assert!(is_said && count == 1, "{first:?}");
        }
    }
}
