//! The relay's life among the server's tasks.

use std::net::{TcpListener, UdpSocket};
use std::time::Duration;

use clap::Parser;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::*;
use crate::server::secrets::random;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    turn: TurnOptions,
}

fn address_of(relay: &RunningRelay) -> SocketAddr {
    let who = random::peer_id([7; 12]);
    let servers = relay.announcement.servers(&who, None, Duration::ZERO, 0);
    let url = servers[0].urls[0].strip_prefix("stun:").unwrap();
    url.parse().unwrap()
}

#[tokio::test]
async fn with_the_tasks_it_ends_and_its_port_is_free_again() {
    let line = Line::parse_from(["test", "--turn-listen", "127.0.0.1:0"]);
    let (tasks, key) = (Tasks::default(), [1; KEY_BYTES]);
    let members = Members::default();
    let calls = RelayedCalls {
        connections: 11,
        door: None,
    };
    let relay = start(
        &line.turn,
        calls,
        None,
        &key,
        members,
        Clock::start(),
        &tasks,
    );
    let address = address_of(&relay.unwrap().unwrap());
    assert!(
        UdpSocket::bind(address).is_err(),
        "the relay listens there as long as it runs"
    );
    let mut client = TcpStream::connect(address).await.unwrap();
    timeout(Duration::from_secs(10), tasks.stop())
        .await
        .expect("everything ends");
    assert_eq!(client.read(&mut [0]).await.unwrap_or(0), 0);
    UdpSocket::bind(address).unwrap();
    drop(client);
    assert!(
        TcpStream::connect(address).await.is_err(),
        "nobody accepts there"
    );
    let _ = TcpListener::bind(address);
}
