//! Clients that flood, sleep, stall or pile up: each ends as the protocol says and hurts nobody else.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;

use super::support::{Client, SecureStream, Server, offer, request, request_over, wait};

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
async fn whoever_is_flooded_by_one_hears_a_little_of_it_and_all_of_the_others() {
    let server = Server::start(&[]);
    let (mut ada, first) = Client::join(&server, "standup", "Ada").await;
    let (mut bob, second) = Client::join(&server, "standup", "Bob").await;
    let (mut eve, _) = Client::join(&server, "standup", "Eve").await;
    ada.expect("peer-joined").await;
    ada.expect("peer-joined").await;
    bob.expect("peer-joined").await;
    for (kind, burst, per_second) in [("offer", 30, 10), ("ice-candidate", 150, 20)] {
        let began = Instant::now();
        for number in 0..400 {
            let message = match kind {
                "offer" => offer(peer(&first), &number.to_string()),
                _ => {
                    json!({"type": kind, "target": peer(&first), "candidate": {"candidate": number.to_string()}})
                }
            };
            eve.send(&message).await;
        }
        eve.send(&offer(peer(&second), "to another")).await;
        assert_eq!(bob.expect("offer").await["sdp"], "to another");
        bob.send(&offer(peer(&first), "from another")).await;
        let mut heard: Vec<Value> = ada.news().await;
        while heard
            .last()
            .is_none_or(|last| last["sdp"] != "from another")
        {
            heard.push(ada.next().await);
        }
        heard.pop();
        let passed = heard.len() as u64;
        let most = burst + per_second * (began.elapsed().as_secs() + 1);
        assert!((burst..=most).contains(&passed), "{passed} of {kind}");
        assert!(heard.iter().all(|message| message["type"] == kind));
        let told = eve.news().await;
        assert!((1..=1 + began.elapsed().as_secs()).contains(&(told.len() as u64)));
        for error in told {
            assert_eq!(
                (&error["code"], &error["fatal"]),
                (&json!("rate-limited"), &json!(false))
            );
        }
        tokio::time::sleep(Duration::from_millis(1_100)).await;
    }
}

#[tokio::test]
async fn rate_zero_switches_the_limit_off() {
    let server = Server::start(&["--message-rate", "0"]);
    let (mut ada, welcome) = Client::join(&server, "standup", "Ada").await;
    let (mut bob, _) = Client::join(&server, "standup", "Bob").await;
    ada.expect("peer-joined").await;
    for number in 0..200 {
        bob.send(&offer(peer(&welcome), &number.to_string())).await;
        assert_eq!(ada.expect("offer").await["sdp"], number.to_string());
    }
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
    let (mut ada, mut bob, third) = Client::ada_and_bob(&server).await;
    let large = offer(peer(&first), &"x".repeat(60_000));
    for _ in 0..400 {
        ada.send(&large).await;
    }
    let away = loop {
        let told = ada.next().await;
        if told["type"] != "error" {
            break told;
        }
        assert_eq!(told["code"], "rate-limited");
    };
    assert_eq!(away, json!({"type": "peer-away", "peer": peer(&first)}));
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
async fn a_slow_reader_loses_what_floods_it_hears_everybody_else_and_is_not_closed() {
    let server = Server::start(&["--message-rate", "0"]);
    let (mut slow, first) = Client::join(&server, "standup", "Slow").await;
    let (mut eve, _) = Client::join(&server, "standup", "Eve").await;
    let (mut bob, _) = Client::join(&server, "standup", "Bob").await;
    eve.expect("peer-joined").await;
    let large = offer(peer(&first), &"x".repeat(60_000));
    // What the system's own buffers take comes first.
    let mut sent = 0;
    let told = loop {
        for _ in 0..10 {
            eve.send(&large).await;
        }
        sent += 10;
        let news = eve.news().await;
        if let Some(told) = news.first() {
            break told.clone();
        }
        assert!(sent < 2_000, "somebody is told at some time");
    };
    assert_eq!(
        (&told["code"], &told["fatal"]),
        (&json!("rate-limited"), &json!(false))
    );
    bob.send(&offer(peer(&first), "undisturbed")).await;
    bob.send(&json!({"type": "hand", "raised": true})).await;
    slow.expect("peer-joined").await;
    slow.expect("peer-joined").await;
    let mut arrived = 0;
    loop {
        let offer = slow.expect("offer").await;
        if offer["sdp"] == "undisturbed" {
            break;
        }
        arrived += 1;
    }
    assert!((4..sent).contains(&arrived), "{arrived} of {sent}");
    slow.expect("peer-hand").await;
    assert_eq!(slow.news().await, Vec::<Value>::new(), "and goes on");
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

/// With `--max-connections 1` a server takes so many connections: one WebSocket, and 64 others.
const PLACES: usize = 65;

/// Asks something and keeps the connection; gives what comes back at first.
async fn ask(stream: &mut TcpStream) -> String {
    let request = b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut answer = vec![0; 4096];
    let length = wait("an answer", stream.read(&mut answer)).await.unwrap();
    String::from_utf8(answer[..length].to_vec()).unwrap()
}

async fn is_open(stream: &mut TcpStream) -> bool {
    stream.write_all(b"GET").await.is_ok()
        && tokio::time::timeout(Duration::from_millis(50), stream.read(&mut [0]))
            .await
            .is_err()
}

#[tokio::test]
async fn where_every_place_is_taken_the_oldest_silent_connection_makes_room() {
    let server = Server::start(&["--max-connections", "1"]);
    let (mut ada, _) = Client::join(&server, "standup", "Ada").await;
    let mut silent = vec![];
    for _ in 1..PLACES {
        silent.push(TcpStream::connect(server.address()).await.unwrap());
    }
    for _ in 0..3 {
        assert_eq!(request(&server, "GET /healthz", &[], "").await.status, 200);
    }
    let closed = wait("the end of the oldest", silent[0].read(&mut [0])).await;
    assert!(matches!(closed, Ok(0) | Err(_)), "{closed:?}");
    assert!(is_open(&mut silent[PLACES - 2]).await);
    assert_eq!(ada.news().await, Vec::<Value>::new());
}

#[tokio::test]
async fn silent_connections_keep_nobody_from_a_handshake() {
    let server = Server::start(&["--max-connections", "1", "--tls-self-signed"]);
    let mut silent = vec![];
    for _ in 0..2 * PLACES {
        silent.push(TcpStream::connect(server.address()).await.unwrap());
    }
    let secure = SecureStream::connect(server.address()).await;
    let answer = request_over(secure.stream, server.address(), "GET /healthz", &[], "").await;
    assert_eq!(answer.status, 200);
}

/// An address of this machine that is not loopback.
fn own_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    // Nothing is sent: it asks the routing table.
    socket.connect("198.51.100.1:9").ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_loopback()).then_some(address)
}

#[tokio::test]
async fn one_address_has_so_many_connections_before_it_says_a_word() {
    let Some(own) = own_address() else {
        eprintln!("SKIPPED: this machine has no address but loopback");
        return;
    };
    let own = own.to_string();
    let few = [
        "--listen",
        "0.0.0.0:0",
        "--max-connections-per-address",
        "2",
    ];
    let trusting = [&few[..], &["--trusted-proxy", &own]].concat();
    for (arguments, refused) in [(few.to_vec(), true), (trusting, false)] {
        let server = Server::start(&arguments);
        let address = SocketAddr::new(own.parse().unwrap(), server.address().port());
        let mut silent = vec![];
        for _ in 0..4 {
            silent.push(TcpStream::connect(address).await.unwrap());
        }
        let mut fifth = TcpStream::connect(address).await.unwrap();
        if refused {
            let mut answer = String::new();
            let reading = fifth.read_to_string(&mut answer);
            wait("a refusal", reading).await.unwrap();
            assert!(answer.starts_with("HTTP/1.1 429 "), "{answer}");
            assert!(answer.contains("\r\nretry-after: "), "{answer}");
            assert!(answer.contains("\r\ncontent-security-policy: "), "{answer}");
        } else {
            assert!(ask(&mut fifth).await.starts_with("HTTP/1.1 200 "));
        }
        // Nobody else is held up.
        let port = server.address().port();
        let mut other = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        assert!(ask(&mut other).await.starts_with("HTTP/1.1 200 "));
        drop(silent);
        wait("a free place", async {
            while !ask(&mut TcpStream::connect(address).await.unwrap())
                .await
                .starts_with("HTTP/1.1 200 ")
            {}
        })
        .await;
    }
}

#[tokio::test]
async fn plain_connections_are_capped_too() {
    let server = Server::start(&["--max-connections", "1"]);
    let mut held = vec![];
    for _ in 0..PLACES {
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        assert!(ask(&mut stream).await.starts_with("HTTP/1.1 200 "));
        held.push(stream);
    }
    let mut refused = TcpStream::connect(server.address()).await.unwrap();
    let mut answer = String::new();
    wait("a refusal", refused.read_to_string(&mut answer))
        .await
        .unwrap();
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    assert!(
        answer.contains("\r\nreferrer-policy: no-referrer\r\n"),
        "{answer}"
    );
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
