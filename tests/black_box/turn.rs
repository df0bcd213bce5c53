//! The relay inside: real data through it, by our own client and by coturn's, and nothing for those without a seat.

use std::net::UdpSocket;
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::check::check;
use super::support::{Client, Server, certificate_pem, failed_start};

/// The URLs and credentials of the relay in a welcome.
struct Relay {
    urls: Vec<String>,
    username: String,
    credential: String,
}

fn relay_in(welcome: &Value) -> Relay {
    let servers = welcome["iceServers"].as_array().unwrap();
    let relay = servers.iter().find(|server| server["username"].is_string());
    let relay = relay.expect("a relay in the welcome");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    Relay {
        urls: relay["urls"].as_array().unwrap().iter().map(text).collect(),
        username: text(&relay["username"]),
        credential: text(&relay["credential"]),
    }
}

impl Relay {
    /// The port of `turn:127.0.0.1:PORT?transport=udp`.
    fn port(&self) -> String {
        let rest = self.urls[0].strip_prefix("turn:127.0.0.1:").unwrap();
        rest.split('?').next().unwrap().to_owned()
    }
}

/// Runs one of coturn's tools, no longer than ten seconds. `None`, loudly, when it is not installed.
async fn coturns(tool: &str, arguments: &[&str]) -> Option<Output> {
    let (tool, arguments) = (
        tool.to_owned(),
        arguments
            .iter()
            .map(|text| (*text).to_owned())
            .collect::<Vec<_>>(),
    );
    let run = move || {
        Command::new("timeout")
            .arg("10")
            .arg(&tool)
            .args(&arguments)
            .output()
            .unwrap()
    };
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    if output.status.code() == Some(127) {
        eprintln!("SKIPPED: coturn's tools are not installed");
        return None;
    }
    Some(output)
}

async fn uclient(relay: &Relay, flags: &[&str]) -> Option<Output> {
    let port = relay.port();
    let mut arguments = vec!["-u", &relay.username, "-w", &relay.credential, "-p", &port];
    arguments.extend(["-y", "-c", "-n", "5", "-m", "2"]);
    arguments.extend(flags);
    arguments.push("127.0.0.1");
    coturns("turnutils_uclient", &arguments).await
}

#[tokio::test]
async fn our_own_check_relays_real_data_over_udp_and_tcp() {
    let server = Server::start(&["--turn-listen", "127.0.0.1:0"]);
    let folder = TempDir::new().unwrap();
    let target = format!("http://{}", server.address());
    let (text, code) = check(folder.path(), &["--url", &target]);
    assert_eq!(code, 0, "{text}");
    for over in ["udp", "tcp"] {
        let words = format!("?transport={over} relays data");
        assert!(
            text.lines()
                .any(|line| line.contains('✓') && line.contains(&words)),
            "{text}"
        );
    }
}

#[tokio::test]
async fn our_own_check_relays_real_data_over_tls() {
    let folder = TempDir::new().unwrap();
    let pem = folder.path().join("both.pem");
    std::fs::write(&pem, certificate_pem()).unwrap();
    let pem = pem.to_str().unwrap();
    let server = Server::start(&[
        "--tls-cert",
        pem,
        "--tls-key",
        pem,
        "--turn-listen",
        "127.0.0.1:0",
        "--turn-tls-listen",
        "0.0.0.0:0",
    ]);
    let target = format!("https://localhost:{}", server.address().port());
    let arguments = ["check", "--url", &target];
    let trust = [("SSL_CERT_FILE", pem)];
    let output = failed_start(folder.path(), &arguments, &trust);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{text}");
    let relayed = |line: &str| line.contains("✓ turns:localhost:") && line.contains("relays data");
    assert!(text.lines().any(relayed), "{text}");

    // Browsers would not use a certificate that they do not trust, and offer no way past the warning.
    let (text, code) = check(folder.path(), &["--url", &target]);
    assert_eq!(code, 1, "{text}");
    let refused = |line: &str| line.contains("✗ turns:localhost:") && line.contains("refuse");
    assert!(text.lines().any(refused), "{text}");
}

#[tokio::test]
async fn coturns_clients_are_served_over_udp_and_tcp() {
    let server = Server::start(&["--turn-listen", "127.0.0.1:0"]);
    let (_ada, welcome) = Client::join(&server, "standup", "Ada").await;
    let relay = relay_in(&welcome);
    let Some(stun) = coturns("turnutils_stunclient", &["-p", &relay.port(), "127.0.0.1"]).await
    else {
        return;
    };
    let text = String::from_utf8_lossy(&stun.stdout).into_owned();
    assert!(text.contains("UDP reflexive addr: 127.0.0.1:"), "{text}");
    for flags in [&[][..], &["-s"], &["-t"], &["-t", "-s"]] {
        let output = uclient(&relay, flags).await.unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{flags:?} {text}");
        assert!(
            text.contains("tot_send_msgs=10, tot_recv_msgs=10"),
            "{flags:?} {text}"
        );
    }
}

#[tokio::test]
async fn whoever_left_opens_no_relay_with_the_credentials_they_had() {
    let server = Server::start(&["--turn-listen", "127.0.0.1:0"]);
    let (mut ada, welcome) = Client::join(&server, "standup", "Ada").await;
    let relay = relay_in(&welcome);
    ada.send(&json!({"type": "leave"})).await;
    ada.closed().await;
    let Some(output) = uclient(&relay, &[]).await else {
        return;
    };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!text.contains("tot_recv_msgs=10"), "{text}");
    assert!(text.contains("403"), "{text}");
}

#[tokio::test]
async fn a_port_that_is_taken_ends_the_server_if_the_operator_named_it() {
    let folder = TempDir::new().unwrap();
    let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = failed_start(folder.path(), &["--turn-listen", &address], &[]);
    assert_eq!(output.status.code(), Some(1));
    let words = String::from_utf8(output.stderr).unwrap();
    assert!(
        words.contains(&address) && words.contains("relay"),
        "{words}"
    );
}
