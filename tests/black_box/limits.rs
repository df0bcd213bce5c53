//! Clients that flood, sleep, stall or pile up: each ends as the protocol says and hurts nobody else.

use std::time::{Duration, Instant};

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;

use super::support::{Client, Server, offer, request, wait};

fn peer(welcome: &Value) -> &str {
    welcome["peer"].as_str().unwrap()
}

#[tokio::test]
async fn a_flood_is_told_once_then_closed_and_the_others_are_not_disturbed() {
    let server = Server::start(&["--message-rate", "10"]);
    let (mut ada, first) = Client::join(&server, "standup", "Ada").await;
    let (mut bob, _) = Client::join(&server, "standup", "Bob").await;
    let (flooder, _) = Client::join(&server, "standup", "Eve").await;
    ada.expect("peer-joined").await;
    ada.expect("peer-joined").await;
    let (mut write, mut read) = flooder.socket.split();
    let flood = tokio::spawn(async move {
        while write
            .send(Message::text(r#"{"type":"hand","raised":false}"#))
            .await
            .is_ok()
        {}
    });
    let mut errors = vec![];
    let code = loop {
        match wait("a close", read.next()).await {
            Some(Ok(Message::Text(text))) => {
                errors.push(serde_json::from_str::<Value>(&text).unwrap())
            }
            Some(Ok(Message::Close(frame))) => break frame.map(|frame| u16::from(frame.code)),
            Some(Ok(_)) => {}
            Some(Err(_)) | None => break None,
        }
    };
    assert_eq!(code, Some(4029));
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert_eq!(
        (&errors[0]["code"], &errors[0]["fatal"]),
        (&json!("rate-limited"), &json!(false))
    );
    flood.abort();
    ada.expect("peer-away").await;
    bob.send(&offer(peer(&first), "undisturbed")).await;
    assert_eq!(ada.expect("offer").await["sdp"], "undisturbed");
}

#[tokio::test]
async fn a_client_that_pauses_after_the_notice_goes_on() {
    let server = Server::start(&["--message-rate", "20"]);
    let mut ada = Client::connect(&server).await;
    let early = json!({"type": "hand", "raised": true});
    for _ in 0..230 {
        ada.send(&early).await;
    }
    loop {
        let error = ada.expect("error").await;
        if error["code"] == "rate-limited" {
            break;
        }
    }
    tokio::time::sleep(Duration::from_millis(1500)).await;
    ada.send(&json!({"type": "join", "room": "standup", "name": "Ada"}))
        .await;
    ada.expect("welcome").await;
}

#[tokio::test]
async fn rate_zero_switches_the_limit_off() {
    let server = Server::start(&["--message-rate", "0"]);
    let (mut ada, welcome) = Client::join(&server, "standup", "Ada").await;
    assert_eq!(welcome["limits"]["messageRate"], 0);
    for _ in 0..5000 {
        ada.send(&json!({"type": "hand", "raised": false})).await;
    }
    assert_eq!(ada.news().await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_client_that_never_reads_is_closed_as_too_slow_and_may_come_back() {
    let server = Server::start(&["--message-rate", "0"]);
    let (mut slow, first) = Client::join(&server, "standup", "Slow").await;
    let (mut ada, _) = Client::join(&server, "standup", "Ada").await;
    let (mut bob, third) = Client::join(&server, "standup", "Bob").await;
    ada.expect("peer-joined").await;
    let large = offer(peer(&first), &"x".repeat(60_000));
    for _ in 0..400 {
        ada.send(&large).await;
    }
    assert_eq!(
        ada.next().await,
        json!({"type": "peer-away", "peer": peer(&first)})
    );
    ada.send(&offer(peer(&third), "undisturbed")).await;
    bob.expect("peer-away").await;
    assert_eq!(bob.expect("offer").await["sdp"], "undisturbed");
    let (_, code) = slow.closed().await;
    assert_eq!(code, 4008);
    let (_, back) = Client::resume(&server, &first, "Slow").await;
    assert_eq!(
        (peer(&back), &back["resumed"]),
        (peer(&first), &json!(true))
    );
}

#[tokio::test]
async fn a_half_open_socket_is_dropped_and_an_idle_one_is_not() {
    let server = Server::start(&["--ping-interval", "0.2"]);
    let (mut ada, _) = Client::join(&server, "standup", "Ada").await;
    // A client answers pings only while it reads.
    let (_half_open, second) = Client::join(&server, "standup", "Bob").await;
    ada.expect("peer-joined").await;
    let started = Instant::now();
    assert_eq!(
        ada.next().await,
        json!({"type": "peer-away", "peer": peer(&second)})
    );
    let silence = started.elapsed();
    assert!(
        (Duration::from_millis(400)..Duration::from_secs(2)).contains(&silence),
        "{silence:?}"
    );
    let idle = tokio::time::timeout(Duration::from_secs(2), ada.receive()).await;
    assert!(
        idle.is_err(),
        "it answers pings, so nothing happens: {idle:?}"
    );
    assert_eq!(ada.news().await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_socket_that_never_joins_is_closed() {
    let server = Server::start(&[]);
    let mut idle = Client::connect(&server).await;
    let started = Instant::now();
    let (messages, code) = idle.closed().await;
    assert_eq!(code, 1008);
    assert_eq!(
        (&messages[0]["code"], &messages[0]["fatal"]),
        (&json!("not-joined"), &json!(true))
    );
    assert!(started.elapsed() >= Duration::from_secs(9));
}

#[tokio::test]
async fn a_client_that_dawdles_over_its_request_is_dropped() {
    let server = Server::start(&[]);
    let started = Instant::now();
    let beginnings = ["", "GET / HT", "GET / HTTP/1.1\r\nhost: x\r\nx-slow: "];
    let answers = futures::future::join_all(beginnings.map(async |beginning| {
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        stream.write_all(beginning.as_bytes()).await.unwrap();
        let mut answer = vec![];
        let _ = wait("the end", stream.read_to_end(&mut answer)).await;
        assert!(started.elapsed() >= Duration::from_secs(9));
        String::from_utf8(answer).unwrap()
    }));
    for answer in answers.await {
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 4"),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn beyond_the_cap_sockets_are_refused_and_pages_are_not() {
    let server = Server::start(&["--max-connections", "2"]);
    let (_ada, _) = Client::join(&server, "standup", "Ada").await;
    let (mut bob, _) = Client::join(&server, "standup", "Bob").await;
    let refusal = Client::try_connect(&server, None)
        .await
        .err()
        .expect("a refusal");
    assert_eq!(refusal.status, 503);
    assert_eq!(refusal.retry_after.as_deref(), Some("60"));
    assert!(refusal.body.contains("Try again"), "{}", refusal.body);
    assert_eq!(request(&server, "GET /healthz", &[], "").await.status, 200);
    bob.send(&json!({"type": "leave"})).await;
    bob.closed().await;
    wait("a free slot", async {
        while Client::try_connect(&server, None).await.is_err() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn plain_connections_are_capped_too() {
    let server = Server::start(&["--max-connections", "1"]);
    let mut held = vec![];
    for _ in 0..65 {
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        stream.write_all(b"GET").await.unwrap();
        held.push(stream);
    }
    let mut refused = TcpStream::connect(server.address()).await.unwrap();
    let mut answer = String::new();
    wait("a refusal", refused.read_to_string(&mut answer))
        .await
        .unwrap();
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    drop(held);
    wait("a free connection", async {
        loop {
            let mut stream = TcpStream::connect(server.address()).await.unwrap();
            let _ = stream
                .write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
                .await;
            let mut answer = String::new();
            if stream.read_to_string(&mut answer).await.is_ok()
                && answer.starts_with("HTTP/1.1 200 ")
            {
                break;
            }
        }
    })
    .await;
}
