//! Whom UDP is blocked for: the SFU through the server's own relay, inside the process.

use std::net::UdpSocket;
use std::time::Duration;

use turn_types::attribute::{ChannelNumber, XorPeerAddress};
use turn_types::message::CHANNEL_BIND;

use super::support::{Client, Over, Relay, Server, SfuClient, TurnClient, after, now};

/// The address at which the world is told to reach the SFU. No machine has it (RFC 5737), the SFU listens on loopback alone, and a relay
/// sends nothing there: so what comes to the SFU comes inside the process.
const NOWHERE: &str = "203.0.113.9";

const SFU: [&str; 6] = [
    "--sfu",
    "always",
    "--sfu-listen",
    "127.0.0.1:0",
    "--sfu-external-ip",
    NOWHERE,
];

const RELAY: [&str; 2] = ["--turn-listen", "127.0.0.1:0"];

fn server(options: &[&str]) -> Server {
    Server::start(&[&SFU[..], &RELAY, options].concat())
}

/// Somebody whose media go through the relay, to an address that leads nowhere.
async fn relayed(server: &Server, over: Over, name: &str) -> SfuClient {
    let mut client = SfuClient::join_relayed(server, over, "standup", name).await;
    client.takes = Some(NOWHERE);
    client.entered().await
}

/// Ada, reached over a socket, and Bob, reached through the relay, hear and see each other, and not a packet twice.
async fn assert_they_hear_and_see_each_other(ada: &mut SfuClient, bob: &mut SfuClient) {
    bob.watch(&[(&ada.peer, "large")], &[]).await;
    ada.watch(&[(&bob.peer, "large")], &[]).await;
    bob.until_shown(&ada.peer, "f").await;
    ada.until_shown(&bob.peer, "f").await;
    let from = now();
    bob.until_heard(&ada.peer, after(from, 500)).await;
    ada.until_heard(&bob.peer, after(from, 500)).await;
    bob.ledger.check();
    ada.ledger.check();
}

#[tokio::test]
async fn over_udp_somebody_publishes_and_watches_through_the_relay() {
    let server = server(&[]);
    let mut ada = SfuClient::enter(&server, "standup", "Ada").await;
    let mut bob = relayed(&server, Over::Udp, "Bob").await;
    assert_they_hear_and_see_each_other(&mut ada, &mut bob).await;
}

#[tokio::test]
async fn over_tcp_somebody_publishes_and_watches_through_the_relay() {
    let server = server(&[]);
    let mut ada = SfuClient::enter(&server, "standup", "Ada").await;
    let mut bob = relayed(&server, Over::Tcp, "Bob").await;
    assert_they_hear_and_see_each_other(&mut ada, &mut bob).await;
}

#[tokio::test]
async fn over_tls_two_publish_and_watch_through_the_relay() {
    let server = server(&["--tls-self-signed", "--turn-tls-listen", "127.0.0.1:0"]);
    let mut ada = relayed(&server, Over::Tls, "Ada").await;
    let mut bob = relayed(&server, Over::Tls, "Bob").await;
    assert_they_hear_and_see_each_other(&mut ada, &mut bob).await;
}

#[tokio::test]
async fn a_relayed_client_restarts_ice_and_goes_over_to_a_socket() {
    let server = server(&[]);
    let mut ada = SfuClient::enter(&server, "standup", "Ada").await;
    let mut bob = relayed(&server, Over::Tcp, "Bob").await;
    bob.until_heard(&ada.peer, 0).await;
    for moves in [false, true] {
        if moves {
            bob.takes = Some("127.0.0.1");
        }
        let offer = bob.media.ask(move |media| media.offer_restart(moves)).await;
        bob.negotiate(&offer).await;
        let restarted = now();
        bob.until_heard(&ada.peer, after(restarted, 600)).await;
        ada.until_heard(&bob.peer, after(restarted, 600)).await;
    }
}

/// A client of the relay with an allocation, whose person has a seat.
async fn allocated(server: &Server) -> (SfuClient, TurnClient) {
    let person = SfuClient::join(server, "standup", "Eve").await;
    let mut client = Relay::in_welcome(&person.welcome).client();
    assert_eq!(client.allocate().code(), 0);
    (person, client)
}

#[tokio::test]
async fn of_the_servers_addresses_the_media_port_is_reached_and_nothing_else() {
    let server = server(&[]);
    let ada = SfuClient::enter(&server, "standup", "Ada").await;
    let (_eve, client) = allocated(&server).await;
    let listening = UdpSocket::bind("127.0.0.1:0").unwrap();
    listening
        .set_read_timeout(Some(Duration::from_millis(300)))
        .unwrap();
    let other = listening.local_addr().unwrap();
    // The addresses are permitted, for they are the SFU's.
    assert_eq!(client.permit(ada.target()), 0);
    assert_eq!(client.permit(other), 0);
    let bound = client.ask(CHANNEL_BIND, |transaction| {
        vec![
            Box::new(ChannelNumber::new(0x4000)),
            Box::new(XorPeerAddress::new(other, transaction)),
        ]
    });
    assert_eq!(bound.code(), 0);
    client.send_on_channel(0x4000, b"let me in");
    let mut buffer = [0; 100];
    let received = listening.recv_from(&mut buffer);
    assert!(received.is_err(), "{received:?}");
    for address in ["127.0.0.2:3480", "10.0.0.1:3480", "172.18.0.2:3480"] {
        assert_eq!(client.permit(address.parse().unwrap()), 403, "{address}");
    }
}

#[tokio::test]
async fn an_address_that_a_client_makes_up_does_not_become_the_sfus() {
    let server = sfu_server_beside_a_relay();
    let (_eve, client) = allocated(&server).await;
    // Whoever says that the server is at an address is told so, and nobody else.
    let mut mallory = SfuClient::join_at(&server, "10.9.8.7", "standup", "Mallory").await;
    let offer = mallory.media.ask(|media| media.offer(1, 1)).await;
    let answer = mallory.offer(&offer).await;
    assert!(answer.contains(" 10.9.8.7 "), "{answer}");
    assert_eq!(client.permit("10.9.8.7:3480".parse().unwrap()), 403);
    let mut ada = SfuClient::join(&server, "standup", "Ada").await;
    let offer = ada.media.ask(|media| media.offer(1, 1)).await;
    let answer = ada.offer(&offer).await;
    assert!(!answer.contains("10.9.8.7"), "{answer}");
}

fn sfu_server_beside_a_relay() -> Server {
    let sfu = ["--sfu", "always", "--sfu-listen", "0.0.0.0:0"];
    Server::start(&[&sfu[..], &RELAY[..]].concat())
}

#[tokio::test]
async fn without_an_sfu_the_relay_leads_nowhere_new() {
    let server = Server::start(&RELAY);
    let (_client, welcome) = Client::join(&server, "standup", "Ada").await;
    let mut client = Relay::in_welcome(&welcome).client();
    assert_eq!(client.allocate().code(), 0);
    assert_eq!(
        client.permit(format!("{NOWHERE}:3480").parse().unwrap()),
        403
    );
}
