//! How much of the relay a person, an address and everybody may have, and when it is taken from them.

use std::io::{ErrorKind, Read};
use std::net::{IpAddr, Ipv4Addr, TcpStream};
use std::time::{Duration, Instant};

use serde_json::json;
use turn_types::attribute::Lifetime;
use turn_types::message::REFRESH;

use super::support::{Client, Relay, Server, TurnClient, own_address, raise_file_limit};

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Nothing that is waited for takes this long.
const PATIENCE: Duration = Duration::from_secs(10);

fn give_back(client: &TurnClient) -> u16 {
    let answer = client.ask(REFRESH, |_| vec![Box::new(Lifetime::new(0))]);
    answer.code()
}

fn refresh(client: &TurnClient) -> u16 {
    client.ask(REFRESH, |_| vec![]).code()
}

/// A stream that says nothing.
struct Silent(TcpStream);

impl Silent {
    fn of(relay: &Relay, from: IpAddr, count: usize) -> Vec<Self> {
        let connect = |_| Self(TcpStream::connect(relay.server_at(from)).unwrap());
        (0..count).map(connect).collect()
    }

    /// Waits until the server closes it.
    fn closed(&mut self) {
        self.0.set_read_timeout(Some(PATIENCE)).unwrap();
        assert_eq!(self.0.read(&mut [0]).unwrap(), 0);
    }

    fn is_open(&self) -> bool {
        self.0.set_nonblocking(true).unwrap();
        let peeked = self.0.peek(&mut [0]);
        self.0.set_nonblocking(false).unwrap();
        matches!(peeked, Err(error) if error.kind() == ErrorKind::WouldBlock)
    }
}

#[tokio::test]
async fn a_person_and_the_server_have_so_many_relays_and_no_more() {
    let limits = ["--turn-allocations", "3", "--turn-max-allocations", "4"];
    let server = Server::start(&[&["--turn-listen", "127.0.0.1:0"][..], &limits[..]].concat());
    let (_ada, welcome) = Client::join(&server, "standup", "Ada").await;
    let (_bob, to_bob) = Client::join(&server, "standup", "Bob").await;
    let (ada, bob) = (Relay::in_welcome(&welcome), Relay::in_welcome(&to_bob));
    let mut clients: Vec<TurnClient> = (0..3).map(|_| ada.client()).collect();
    for client in &mut clients {
        let relayed = client.allocate().relayed();
        assert!((49_152..=65_535).contains(&relayed.port()), "{relayed}");
    }
    assert_eq!(ada.client().allocate().code(), 486);
    let mut bobs = bob.client();
    assert_eq!(bobs.allocate().code(), 0);
    assert_eq!(bob.client().allocate().code(), 508);
    assert_eq!(give_back(&bobs), 0);
    assert_eq!(bob.client().allocate().code(), 0);
}

#[tokio::test]
async fn whoever_comes_again_under_another_name_gets_no_more_than_their_address_may_have() {
    let Some(own) = own_address() else { return };
    let options = ["--turn-listen", "0.0.0.0:0", "--turn-allocations", "3"];
    let limit = ["--turn-allocations-per-address", "5"];
    let server = Server::start(&[&options[..], &limit[..]].concat());
    let (_ada, welcome) = Client::join(&server, "standup", "Ada").await;
    let (_eve, to_eve) = Client::join(&server, "standup", "Eve").await;
    let (ada, eve) = (Relay::in_welcome(&welcome), Relay::in_welcome(&to_eve));
    let mut codes = Vec::new();
    let mut clients = Vec::new();
    for relay in [&ada, &ada, &ada, &eve, &eve, &eve] {
        let mut client = relay.client_at(own);
        codes.push(client.allocate().code());
        clients.push(client);
    }
    assert_eq!(codes, [0, 0, 0, 0, 0, 486]);
    assert_eq!(eve.client().allocate().code(), 0, "from another address");
    assert_eq!(give_back(&clients[0]), 0);
    assert_eq!(ada.client_at(own).allocate().code(), 0);
}

#[tokio::test]
async fn the_last_relays_are_for_addresses_that_have_none() {
    let Some(own) = own_address() else { return };
    let options = ["--turn-listen", "0.0.0.0:0", "--turn-allocations", "20"];
    let limit = ["--turn-max-allocations", "10"];
    let server = Server::start(&[&options[..], &limit[..]].concat());
    let (_ada, welcome) = Client::join(&server, "standup", "Ada").await;
    let relay = Relay::in_welcome(&welcome);
    let mut clients: Vec<TurnClient> = (0..9).map(|_| relay.client_at(own)).collect();
    for client in &mut clients {
        assert_eq!(client.allocate().code(), 0);
    }
    assert_eq!(relay.client_at(own).allocate().code(), 486);
    let mut other = relay.client();
    assert_eq!(other.allocate().code(), 0, "from another address");
    assert_eq!(relay.client_at(own).allocate().code(), 508);
}

#[tokio::test]
async fn with_somebodys_seat_their_relays_end() {
    let options = ["--turn-listen", "127.0.0.1:0", "--seat-kept", "0.2"];
    let limit = ["--turn-max-allocations", "2"];
    let server = Server::start(&[&options[..], &limit[..]].concat());
    let (mut bob, to_bob) = Client::join(&server, "standup", "Bob").await;
    let bobs = Relay::in_welcome(&to_bob);
    for leaves in [true, false] {
        let (mut ada, welcome) = Client::join(&server, "standup", "Ada").await;
        let adas = Relay::in_welcome(&welcome);
        let (mut one, mut two) = (adas.client(), adas.client_over_tcp());
        assert_eq!(one.allocate().code(), 0);
        assert_eq!(two.allocate().code(), 0);
        assert_eq!(refresh(&one), 0);
        assert_eq!(bobs.client().allocate().code(), 508);
        if leaves {
            ada.send(&json!({"type": "leave"})).await;
            ada.closed().await;
        } else {
            drop(ada);
        }
        while bob.next().await["type"] != "peer-left" {}
        assert!(two.is_closed());
        assert_eq!(refresh(&one), 437);
        assert_eq!(one.allocate().code(), 403);
        let [mut first, mut second] = [bobs.client(), bobs.client()];
        assert_eq!(first.allocate().code(), 0);
        assert_eq!(second.allocate().code(), 0);
        assert_eq!(give_back(&first), 0);
        assert_eq!(give_back(&second), 0);
    }
}

#[tokio::test]
async fn a_stream_that_says_nothing_is_closed_in_time_and_one_with_a_relay_is_not() {
    let server = Server::start(&["--turn-listen", "127.0.0.1:0"]);
    let (_ada, welcome) = Client::join(&server, "standup", "Ada").await;
    let relay = Relay::in_welcome(&welcome);
    let mut client = relay.client_over_tcp();
    assert_eq!(client.allocate().code(), 0);
    let mut streams = Silent::of(&relay, LOOPBACK, 1);
    let started = Instant::now();
    streams[0].closed();
    let waited = started.elapsed();
    assert!(waited > Duration::from_secs(4), "{waited:?}");
    assert_eq!(refresh(&client), 0);
    assert_eq!(give_back(&client), 0);
    assert!(
        client.is_closed(),
        "there is nothing more to be had over it"
    );
}

#[tokio::test]
async fn streams_that_say_nothing_keep_nobody_from_the_relay() {
    // As many as may wait, and those after them.
    const MOST: usize = 1024;
    const MORE: usize = 20;
    raise_file_limit();
    let server = Server::start(&["--turn-listen", "127.0.0.1:0"]);
    let (_ada, welcome) = Client::join(&server, "standup", "Ada").await;
    let relay = Relay::in_welcome(&welcome);
    let mut before = relay.client_over_tcp();
    assert_eq!(before.allocate().code(), 0);
    let mut streams = Silent::of(&relay, LOOPBACK, MOST + MORE);
    for stream in &mut streams[..MORE] {
        stream.closed();
    }
    assert!(
        streams[MORE..].iter().all(Silent::is_open),
        "the oldest went"
    );
    let mut client = relay.client_over_tcp();
    assert_eq!(client.allocate().code(), 0);
    assert_eq!(refresh(&before), 0);
}

#[tokio::test]
async fn sixty_four_streams_of_an_address_may_say_nothing() {
    let Some(own) = own_address() else { return };
    let server = Server::start(&["--turn-listen", "0.0.0.0:0"]);
    let (_ada, welcome) = Client::join(&server, "standup", "Ada").await;
    let relay = Relay::in_welcome(&welcome);
    let others = Silent::of(&relay, LOOPBACK, 1);
    let mut streams = Silent::of(&relay, own, 64 + 6);
    for stream in &mut streams[..6] {
        stream.closed();
    }
    assert!(streams[6..].iter().all(Silent::is_open), "the oldest went");
    assert!(others[0].is_open(), "nobody else's");
}
