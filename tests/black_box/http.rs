//! Pages, headers and the few other addresses.

use std::collections::HashSet;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::support::{Client, Server, request, wait};

#[tokio::test]
async fn every_response_has_the_security_headers() {
    let server = Server::start(&[]);
    for line in [
        "GET /",
        "HEAD /",
        "GET /r/team-standup",
        "GET /r/Bad%20Name",
        "GET /nowhere",
        "POST /",
        "GET /healthz",
        "POST /healthz",
        "GET /ws",
        "POST /api/create_room",
        "POST /api/nothing",
        "GET /api/create_room",
        "GET /pkg/visavis.js",
        "GET /favicon.svg",
        "GET /r/abc/",
    ] {
        let response = request(&server, line, &[], "").await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(response.header(name), value, "{line}");
        }
        let policy = response.header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{line}: {policy}"
        );
        assert!(
            !policy.contains("unsafe-inline") && !policy.contains("unsafe-eval'; script"),
            "{line}: {policy}"
        );
        let permissions = response.header("permissions-policy");
        for allowed in [
            "camera",
            "microphone",
            "display-capture",
            "fullscreen",
            "picture-in-picture",
        ] {
            assert!(
                permissions.contains(&format!("{allowed}=(self)")),
                "{line}: {permissions}"
            );
        }
        for refused in ["geolocation", "payment", "usb", "midi"] {
            assert!(
                permissions.contains(&format!("{refused}=()")),
                "{line}: {permissions}"
            );
        }
    }
}

#[tokio::test]
async fn every_page_has_a_nonce_of_its_own_and_all_its_scripts_bear_it() {
    let server = Server::start(&[]);
    let mut nonces = HashSet::new();
    for path in ["/", "/", "/r/team-standup", "/nowhere"] {
        let page = request(&server, &format!("GET {path}"), &[], "").await;
        assert_eq!(page.header("cache-control"), "no-store");
        let policy = page.header("content-security-policy");
        let nonce = policy
            .split("script-src 'self' 'nonce-")
            .nth(1)
            .unwrap()
            .split('\'')
            .next()
            .unwrap();
        assert!(nonce.len() >= 16, "{nonce}");
        assert!(nonces.insert(nonce.to_owned()), "{nonce} twice");
        let scripts: Vec<&str> = page
            .body
            .split("<script")
            .skip(1)
            .map(|tag| tag.split('>').next().unwrap())
            .collect();
        assert!(!scripts.is_empty());
        for script in scripts {
            assert!(
                script.contains(&format!("nonce=\"{nonce}\"")),
                "{path}: {script}"
            );
        }
    }
}

#[tokio::test]
async fn pages_have_the_status_they_deserve() {
    let server = Server::start(&[]);
    for (line, status) in [
        ("GET /", 200),
        ("HEAD /", 200),
        ("GET /r/team-standup", 200),
        ("GET /r/team-standup?x=1", 200),
        ("GET /r/team-standup/", 308),
        ("GET /r/ab", 404),
        ("GET /r/Team", 404),
        ("GET /r/a%20b%20c", 404),
        ("GET /nowhere", 404),
        ("GET /../../etc/passwd", 404),
        ("DELETE /", 405),
        ("GET /ws", 426),
        ("GET /healthz", 200),
    ] {
        assert_eq!(
            request(&server, line, &[], "").await.status,
            status,
            "{line}"
        );
    }
    assert_eq!(request(&server, "GET /healthz", &[], "").await.body, "ok");
    assert_eq!(
        request(&server, "GET /r/team-standup/", &[], "")
            .await
            .header("location"),
        "/r/team-standup"
    );
}

#[tokio::test]
async fn a_room_can_be_made_by_a_program_and_by_a_plain_form() {
    let server = Server::start(&[]);
    let answer = request(
        &server,
        "POST /api/create_room",
        &["accept: application/json"],
        "",
    )
    .await;
    assert_eq!(answer.status, 200);
    let name: String = serde_json::from_str(answer.body.trim()).unwrap();
    assert!(name.len() >= 20, "{name}");
    let form = [
        "accept: text/html,*/*",
        "content-type: application/x-www-form-urlencoded",
        "referer: http://x/",
    ];
    let answer = request(&server, "POST /api/create_room", &form, "").await;
    assert_eq!(answer.status, 303);
    let room = answer.header("location").to_owned();
    assert!(
        room.starts_with("/r/") && room != format!("/r/{name}"),
        "{room}"
    );
    assert_eq!(
        request(&server, &format!("GET {room}"), &[], "")
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn whoever_stands_at_the_door_learns_who_is_inside() {
    let server = Server::start(&["--room-capacity", "4"]);
    let (_ada, _) = Client::join(&server, "standup", "Ada").await;
    let mut lamp = Client::connect(&server).await;
    lamp.send(&json!({"type": "join", "room": "standup", "name": "Lamp", "kind": "device"}))
        .await;
    lamp.expect("welcome").await;
    let form = ["content-type: application/x-www-form-urlencoded"];
    for (room, expected) in [
        (
            "standup",
            json!({"names": ["Ada"], "devices": 1, "capacity": 4}),
        ),
        ("elsewhere", json!({"names": [], "capacity": 4})),
    ] {
        let answer = request(
            &server,
            "POST /api/who_is_inside",
            &form,
            &format!("room={room}"),
        )
        .await;
        let answer: serde_json::Value = serde_json::from_str(answer.body.trim()).unwrap();
        assert_eq!(answer, expected);
    }
}

#[tokio::test]
async fn arguments_that_are_none_are_a_mistake_of_whoever_asks() {
    let server = Server::start(&["--log", "warn"]);
    let line = "POST /api/who_is_inside";
    let form = "content-type: application/x-www-form-urlencoded";
    for (body, words) in [
        ("room=No", "a room name has 3 to 64 characters"),
        ("", "missing field `room`"),
        ("place=abc", "missing field `room`"),
    ] {
        for accept in ["accept: application/json", "accept: text/html"] {
            let answer = request(&server, line, &[form, accept], body).await;
            assert_eq!(answer.status, 400, "{body} {accept}");
            assert!(answer.body.contains(words), "{}", answer.body);
            assert!(!answer.has_header("location"));
        }
    }
    let chunked = |chunks: &str| {
        let head = format!("{line} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{form}\r\n");
        format!("{head}transfer-encoding: chunked\r\n\r\n{chunks}").into_bytes()
    };
    let large = format!("5000\r\n{}\r\n0\r\n\r\n", "x".repeat(0x5000));
    for (chunks, status) in [
        ("8\r\nroom=abc\r\n0\r\n\r\n", 200),
        ("fffffffffffffffff\r\nroom=abc\r\n0\r\n\r\n", 400),
        ("eight\r\nroom=abc\r\n0\r\n\r\n", 400),
        (&large, 413),
    ] {
        let answer = raw(&server, &chunked(chunks)).await;
        let expected = format!("HTTP/1.1 {status} ");
        assert!(answer.starts_with(&expected), "{answer}");
        assert_eq!(answer.matches("nosniff").count(), 1, "{answer}");
    }
    let log = server.log();
    assert!(!log.contains("a request failed"), "{log}");
}

#[tokio::test]
async fn nobody_is_led_to_where_they_say_they_come_from() {
    let server = Server::start(&[]);
    let own = format!("referer: http://{}/r/abc", server.address());
    for referer in ["referer: https://evil.example/x", &own] {
        let form = [
            "content-type: application/x-www-form-urlencoded",
            "accept: text/html",
            referer,
        ];
        let answer = request(&server, "POST /api/who_is_inside", &form, "room=abc").await;
        assert_eq!(answer.status, 200);
        assert!(
            !answer.has_header("location"),
            "{}",
            answer.header("location")
        );
        let answer = request(&server, "POST /api/nothing", &form, "").await;
        assert!(
            !answer.has_header("location"),
            "{}",
            answer.header("location")
        );
        let answer = request(&server, "POST /api/create_room", &form, "").await;
        assert!(answer.header("location").starts_with("/r/"));
    }
}

/// Sends bytes as they are; gives everything that comes back.
async fn raw(server: &Server, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut answer = vec![];
    wait("an answer", stream.read_to_end(&mut answer))
        .await
        .unwrap();
    String::from_utf8(answer).unwrap()
}

/// A request whose line and headers have this many bytes together.
fn request_of(length: usize) -> Vec<u8> {
    let start = "GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncookie: ";
    let padding = "x".repeat(length - start.len() - 4);
    format!("{start}{padding}\r\n\r\n").into_bytes()
}

#[tokio::test]
async fn what_is_no_request_is_refused_with_every_header_too() {
    let server = Server::start(&[]);
    for (bytes, status) in [
        (b"NONSENSE\r\n\r\n".to_vec(), 400),
        (b"GET / HTTP/9.9\r\n\r\n".to_vec(), 400),
        (b"GET / HTTP/1.1\r\nno header\r\n\r\n".to_vec(), 400),
        (b"GET / HTTP/1.1\r\ncontent-length: x\r\n\r\n".to_vec(), 400),
        (request_of(40_000), 431),
    ] {
        let answer = raw(&server, &bytes).await;
        let expected = format!("HTTP/1.1 {status} ");
        assert!(answer.starts_with(&expected), "{answer}");
        for line in [
            "x-content-type-options: nosniff",
            "referrer-policy: no-referrer",
            "content-security-policy: default-src 'none'; ",
            "content-length: 0",
        ] {
            assert_eq!(answer.matches(line).count(), 1, "{answer}");
        }
        assert_eq!(answer.matches("\r\n\r\n").count(), 1, "{answer}");
    }
    // Also behind a request that was one.
    let both = b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\nNONSENSE\r\n\r\n";
    let answers = raw(&server, both).await;
    assert_eq!(answers.matches("HTTP/1.1 ").count(), 2, "{answers}");
    assert_eq!(answers.matches("nosniff").count(), 2, "{answers}");
}

#[tokio::test]
async fn headers_may_be_as_large_and_as_many_as_is_said() {
    const BYTES: usize = 32 * 1024;
    const LINES: usize = 100;
    let server = Server::start(&[]);
    let lines = |count: usize| {
        let lines: String = (3..=count).map(|line| format!("x-{line}: y\r\n")).collect();
        let start = "GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n";
        format!("{start}{lines}\r\n").into_bytes()
    };
    for (bytes, status) in [
        (request_of(BYTES), 200),
        (request_of(BYTES + 1), 431),
        (lines(LINES), 200),
        (lines(LINES + 1), 431),
    ] {
        let answer = raw(&server, &bytes).await;
        let expected = format!("HTTP/1.1 {status} ");
        assert!(answer.starts_with(&expected), "{answer}");
    }
}

#[tokio::test]
async fn oversized_requests_are_refused() {
    let server = Server::start(&[]);
    let cookie = format!("cookie: {}", "x".repeat(64 * 1024));
    assert_eq!(request(&server, "GET /", &[&cookie], "").await.status, 431);
    let answer = request(&server, "POST /api/create_room", &[], &"x".repeat(20_000)).await;
    assert!((400..=500).contains(&answer.status), "{}", answer.status);
}

#[tokio::test]
async fn pages_of_other_sites_cannot_connect() {
    let server = Server::start(&["--allowed-origin", "https://app.example"]);
    let own = format!("http://{}", server.address());
    for origin in [None, Some(own.as_str()), Some("https://app.example")] {
        assert!(
            Client::try_connect(&server, origin).await.is_ok(),
            "{origin:?}"
        );
    }
    for origin in [
        "https://evil.example",
        "null",
        "http://127.0.0.1:1",
        "http://app.example",
    ] {
        let refusal = Client::try_connect(&server, Some(origin))
            .await
            .err()
            .expect("a refusal");
        assert_eq!(refusal.status, 403, "{origin}");
    }
}

#[tokio::test]
async fn native_clients_can_be_refused() {
    let server = Server::start(&["--require-origin"]);
    assert_eq!(
        Client::try_connect(&server, None)
            .await
            .err()
            .map(|refusal| refusal.status),
        Some(403)
    );
    let own = format!("http://{}", server.address());
    assert!(Client::try_connect(&server, Some(&own)).await.is_ok());
}

#[tokio::test]
async fn every_response_has_a_number_of_its_own_that_no_stranger_chooses() {
    let server = Server::start(&["--log", "debug", "--log-format", "json"]);
    let mut numbers = HashSet::new();
    for line in ["GET /", "GET /ws", "GET /healthz", "POST /api/nothing"] {
        let response = request(&server, line, &["x-request-id: chosen"], "").await;
        let number = response.header("x-request-id");
        assert_eq!(number.len(), 36, "{line}: {number}");
        assert!(numbers.insert(number.to_owned()), "{number} twice");
    }
    let log = server.log();
    for number in numbers {
        assert!(log.contains(&number), "{number} in {log}");
    }
    assert!(!log.contains("chosen"), "{log}");
}

#[tokio::test]
async fn the_log_of_requests_says_where_they_went_only_when_asked_to() {
    for (filter, told) in [("info", false), ("debug", true)] {
        let server = Server::start(&["--log", filter]);
        let page = request(&server, "GET /r/secret-room?and=query", &[], "").await;
        assert_eq!(page.status, 200);
        let log = server.log();
        assert_eq!(log.contains("/r/secret-room"), told, "{log}");
        assert!(!log.contains("query"), "{log}");
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_before_it_is_read() {
    let server = Server::start(&[]);
    let headers = ["content-type: application/x-www-form-urlencoded"];
    let room = |length| format!("room={}", "a".repeat(length));
    let line = "POST /api/who_is_inside";
    let fits = request(&server, line, &headers, &room(10)).await;
    assert_eq!(fits.status, 200);
    let large = request(&server, line, &headers, &room(17 * 1024)).await;
    assert_eq!(large.status, 413);
    assert_eq!(large.header("x-content-type-options"), "nosniff");
}
