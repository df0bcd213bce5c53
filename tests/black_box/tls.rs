//! HTTPS: with a certificate of the operator's, with one the server makes, and the way there from HTTP.

use std::path::Path;
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use super::support::{
    SecureStream, Server, certificate_pem, failed_start, request, request_over, wait,
};

fn written(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

fn certificate_in(pem: &str) -> Vec<u8> {
    CertificateDer::from_pem_slice(pem.as_bytes())
        .unwrap()
        .to_vec()
}

async fn get(server: &Server, path: &str) -> super::support::Response {
    let secure = SecureStream::connect(server.address()).await;
    request_over(
        secure.stream,
        server.address(),
        &format!("GET {path}"),
        &[],
        "",
    )
    .await
}

type SecureSocket = WebSocketStream<tokio_rustls::client::TlsStream<TcpStream>>;

async fn join(server: &Server) -> SecureSocket {
    let secure = SecureStream::connect(server.address()).await;
    let url = format!("wss://{}/ws", server.address());
    let upgrading = tokio_tungstenite::client_async(url, secure.stream);
    let (mut socket, _) = wait("an upgrade", upgrading).await.unwrap();
    ask(&mut socket).await;
    socket
}

/// Says something, and hears the answer.
async fn ask(socket: &mut SecureSocket) {
    socket
        .send(Message::text(
            r#"{"type":"join","room":"standup","name":"Ada"}"#,
        ))
        .await
        .unwrap();
    let answer = wait("an answer", socket.next()).await.unwrap().unwrap();
    let answer = answer.to_text().unwrap();
    assert!(
        answer.contains("welcome") || answer.contains("already-joined"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_self_signed_server_works_keeps_its_certificate_and_never_forbids_the_way_past_the_warning()
 {
    let mut server = Server::start(&["--tls-self-signed"]);
    let words = server.announcement().to_owned();
    assert!(
        words.starts_with("Visavis is ready on https://127.0.0.1:"),
        "{words}"
    );
    let first = SecureStream::connect(server.address()).await.certificate;
    let page = get(&server, "/").await;
    assert_eq!(page.status, 200);
    assert!(!page.has_header("strict-transport-security"));
    join(&server).await;
    server.crash_and_restart();
    let second = SecureStream::connect(server.address()).await.certificate;
    assert_eq!(first, second);
    let fingerprint = words.lines().last().unwrap().trim().to_owned();
    assert_eq!(fingerprint.split(':').count(), 32, "{words}");
    assert!(server.announcement().contains(&fingerprint));
}

#[tokio::test]
async fn with_an_operators_certificate_browsers_are_told_to_insist_on_https() {
    let folder = TempDir::new().unwrap();
    let file = written(folder.path(), "both.pem", &certificate_pem());
    let server = Server::start(&["--tls-cert", &file, "--tls-key", &file]);
    for path in ["/", "/healthz", "/nowhere", "/ws"] {
        let response = get(&server, path).await;
        let value = response.header("strict-transport-security");
        assert_eq!(value, "max-age=31536000", "{path}");
    }
    join(&server).await;
}

#[tokio::test]
async fn a_new_certificate_is_served_without_dropping_anyone_and_a_bad_one_is_not() {
    let folder = TempDir::new().unwrap();
    let old = certificate_pem();
    let file = written(folder.path(), "both.pem", &old);
    let server = Server::start(&["--tls-cert", &file, "--tls-key", &file]);
    let mut ada = join(&server).await;
    let served = async || SecureStream::connect(server.address()).await.certificate;
    assert_eq!(served().await, certificate_in(&old));

    written(folder.path(), "both.pem", "not a certificate");
    wait("the complaint", async {
        while !server.log().contains("the new certificate cannot be used") {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    assert_eq!(served().await, certificate_in(&old));

    let new = certificate_pem();
    written(folder.path(), "both.pem", &new);
    wait("the new certificate", async {
        while served().await != certificate_in(&new) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    ask(&mut ada).await;
}

#[tokio::test]
async fn plain_http_leads_to_https() {
    let server = Server::start(&["--tls-self-signed", "--redirect-http", "127.0.0.1:0"]);
    let line = server.announcement().lines().nth(1).unwrap();
    let redirect = line
        .strip_prefix("http://")
        .and_then(|line| line.strip_suffix(" leads there."))
        .unwrap();
    let stream = TcpStream::connect(redirect).await.unwrap();
    let answer = request_over(stream, redirect, "GET /r/abc?x=1", &[], "").await;
    assert_eq!(answer.status, 308);
    let expected = format!("https://{}/r/abc?x=1", server.address());
    assert_eq!(answer.header("location"), expected);
}

#[tokio::test]
async fn plain_http_leads_to_an_address_that_was_named_and_to_no_other() {
    let secure = ["--tls-self-signed", "--redirect-http", "127.0.0.1:0"];
    let named = ["--public-url", "https://meet.example:8443"];
    let server = Server::start(&[&secure[..], &named].concat());
    let line = server.announcement().lines().nth(1).unwrap();
    let redirect = line.strip_prefix("http://").unwrap();
    let redirect = redirect.strip_suffix(" leads there.").unwrap();
    for (host, status) in [
        ("meet.example", 308),
        ("evil.example", 421),
        (redirect, 421),
    ] {
        let stream = TcpStream::connect(redirect).await.unwrap();
        let answer = request_over(stream, host, "GET /r/abc", &[], "").await;
        assert_eq!(answer.status, status, "{host}");
        if status == 308 {
            let expected = "https://meet.example:8443/r/abc";
            assert_eq!(answer.header("location"), expected);
        }
    }
}

#[tokio::test]
async fn bytes_that_are_not_tls_get_nothing_but_the_end_of_the_connection() {
    let server = Server::start(&["--tls-self-signed"]);
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let mut answer = Vec::new();
    let _ = wait("the end", stream.read_to_end(&mut answer)).await;
    assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
    assert_eq!(get(&server, "/healthz").await.status, 200);
}

#[tokio::test]
async fn a_handshake_that_never_ends_does_not_keep_the_server_from_stopping() {
    let mut server = Server::start(&["--tls-self-signed"]);
    let _silent = TcpStream::connect(server.address()).await.unwrap();
    assert_eq!(get(&server, "/healthz").await.status, 200);
    server.signal("-TERM");
    let (status, took) = server.wait();
    assert!(status.success());
    assert!(took < Duration::from_secs(5), "{took:?}");
}

#[tokio::test]
async fn where_cameras_will_not_work_the_server_says_so_when_it_starts() {
    let server = Server::start(&["--listen", "0.0.0.0:0"]);
    assert!(
        server.announcement().contains("--tls-self-signed"),
        "{}",
        server.announcement()
    );
    let behind = Server::start(&["--listen", "0.0.0.0:0", "--trusted-proxy", "10.0.0.0/8"]);
    assert_eq!(behind.announcement().lines().count(), 1);
    assert_eq!(request(&behind, "GET /healthz", &[], "").await.status, 200);
}

#[tokio::test]
async fn a_certificate_that_cannot_be_used_keeps_the_server_from_starting_and_is_named() {
    let folder = TempDir::new().unwrap();
    let (one, other) = (certificate_pem(), certificate_pem());
    let one = written(folder.path(), "one.pem", &one);
    let other = written(folder.path(), "other.pem", &other);
    let nowhere = folder.path().join("nowhere.pem");
    let nowhere = nowhere.to_str().unwrap();
    for (arguments, words) in [
        (
            vec!["--tls-cert", &one, "--tls-key", &other],
            "is not that of",
        ),
        (
            vec!["--tls-cert", nowhere, "--tls-key", &one],
            "nowhere.pem",
        ),
        (
            vec!["--redirect-http", "127.0.0.1:0"],
            "--redirect-http needs HTTPS",
        ),
        (
            vec!["--ice-transport-policy", "relay"],
            "needs a TURN server",
        ),
    ] {
        let output = failed_start(folder.path(), &arguments, &[]);
        let complaint = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{complaint}");
        assert!(complaint.contains(words), "{complaint}");
        assert!(output.stdout.is_empty());
    }
}
