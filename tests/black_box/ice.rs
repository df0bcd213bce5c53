//! STUN and TURN servers of the operator's, as the welcome tells them.

use data_encoding::BASE64;
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha1::Sha1;

use super::support::{Client, Server, request};

#[tokio::test]
async fn servers_are_told_in_order_and_those_with_a_shared_secret_get_credentials_of_the_peers_own()
{
    let server = Server::start(&[
        "--ice-server",
        "stun:a.example",
        "--ice-server",
        "turn:b.example,username=u,credential=c",
        "--turn-url",
        "turn:c.example:3478?transport=udp",
        "--turn-url",
        "turns:c.example:443?transport=tcp",
        "--turn-secret",
        "north",
    ]);
    let (_ada, welcome) = Client::join(&server, "standup", "Ada").await;
    let servers = &welcome["iceServers"];
    assert_eq!(servers[0], json!({"urls": ["stun:a.example"]}));
    assert_eq!(servers[1]["credential"], "c");
    assert_eq!(
        servers[2]["urls"],
        json!([
            "turn:c.example:3478?transport=udp",
            "turns:c.example:443?transport=tcp"
        ])
    );
    let username = servers[2]["username"].as_str().unwrap();
    let (expiry, peer) = username.split_once(':').unwrap();
    assert_eq!(peer, welcome["peer"]);
    let now = std::time::SystemTime::now();
    let now = now.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    assert!((now + 3500..now + 3700).contains(&expiry.parse().unwrap()));
    let mut mac = Hmac::<Sha1>::new_from_slice(b"north").unwrap();
    mac.update(username.as_bytes());
    let expected = BASE64.encode(&mac.finalize().into_bytes());
    assert_eq!(servers[2]["credential"], expected);
    assert_eq!(welcome.get("iceTransportPolicy"), None);
}

#[tokio::test]
async fn the_operator_may_allow_relayed_candidates_only() {
    let server = Server::start(&[
        "--ice-server",
        "turn:b.example,username=u,credential=c",
        "--ice-transport-policy",
        "relay",
    ]);
    let (_ada, welcome) = Client::join(&server, "standup", "Ada").await;
    assert_eq!(
        welcome["iceTransportPolicy"],
        Value::String("relay".to_owned())
    );
}

const VISITOR: [&str; 1] = ["Content-Type: application/x-www-form-urlencoded"];

#[tokio::test]
async fn a_visitor_gets_credentials_of_their_own_that_soon_end() {
    let server = Server::start(&[
        "--ice-server",
        "stun:a.example",
        "--turn-url",
        "turn:c.example",
        "--turn-secret",
        "north",
    ]);
    let mut usernames = vec![];
    for _ in 0..2 {
        let answer = request(&server, "POST /api/visitor_ice_servers", &VISITOR, "").await;
        assert_eq!(answer.status, 200);
        let granted: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(granted["type"], "granted");
        assert_eq!(granted["iceTransportPolicy"], "all");
        assert_eq!(
            granted["iceServers"][0],
            json!({"urls": ["stun:a.example"]})
        );
        let username = granted["iceServers"][1]["username"].as_str().unwrap();
        let expiry: u64 = username.split_once(':').unwrap().0.parse().unwrap();
        let now = std::time::SystemTime::now();
        let now = now.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        assert!((now + 100..=now + 120).contains(&expiry), "{expiry}");
        usernames.push(username.to_owned());
    }
    assert_ne!(usernames[0], usernames[1]);
}

#[tokio::test]
async fn an_address_that_checks_too_often_is_told_so_and_others_are_not() {
    let server = Server::start(&[
        "--trusted-proxy",
        "127.0.0.1",
        "--ice-server",
        "stun:a.example",
    ]);
    let mut answers = vec![];
    for address in ["203.0.113.9"; 8].iter().chain(&["203.0.113.10"]) {
        let from = format!("X-Forwarded-For: {address}");
        let headers = [VISITOR[0], &from];
        let answer = request(&server, "POST /api/visitor_ice_servers", &headers, "").await;
        let answer: Value = serde_json::from_str(&answer.body).unwrap();
        answers.push(answer["type"].as_str().unwrap().to_owned());
    }
    let expected: Vec<&str> = [["granted"; 6].as_slice(), &["too-many"; 2], &["granted"]].concat();
    assert_eq!(answers, expected);
}

#[tokio::test]
async fn whoever_asks_is_told_again_and_nobody_without_a_seat() {
    let server = Server::start(&["--turn-url", "turn:c.example", "--turn-secret", "north"]);
    let ask = json!({"type": "ice-servers"});
    let mut stranger = Client::connect(&server).await;
    stranger.send(&ask).await;
    assert_eq!(stranger.expect("error").await["code"], "not-joined");
    let (mut ada, welcome) = Client::join(&server, "standup", "Ada").await;
    ada.send(&ask).await;
    let told = ada.expect("ice-servers").await;
    let server = &told["iceServers"][0];
    assert_eq!(server["urls"], json!(["turn:c.example"]));
    let (_, peer) = server["username"]
        .as_str()
        .unwrap()
        .split_once(':')
        .unwrap();
    assert_eq!(peer, welcome["peer"]);
}
