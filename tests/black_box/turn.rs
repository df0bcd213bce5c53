//! The relay inside: real data through it, by our own client and by coturn's, and nothing for those without a seat.

use std::net::{SocketAddr, UdpSocket};
use std::process::{Command, Output};

use serde_json::json;
use stun_types::message::BINDING;
use tempfile::TempDir;
use turn_types::attribute::{ChannelNumber, XorPeerAddress};
use turn_types::message::{ALLOCATE, CHANNEL_BIND};

use super::check::check;
use super::support::{Client, Relay, Server, certificate_pem, failed_start, udp};

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
    let relay = Relay::in_welcome(&welcome);
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
    let relay = Relay::in_welcome(&welcome);
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

#[tokio::test]
async fn peers_that_are_not_public_are_refused_in_every_form() {
    let server = Server::start(&["--turn-listen", "127.0.0.1:0"]);
    let (_ada, welcome) = Client::join(&server, "standup", "Ada").await;
    let relay = Relay::in_welcome(&welcome);
    let mut client = relay.client();
    assert_eq!(client.allocate().code(), 0);
    for peer in [
        "0.0.0.0:80",
        "127.0.0.2:80",
        "10.1.2.3:80",
        "172.16.0.1:80",
        "192.168.1.1:80",
        "100.64.0.1:80",
        "169.254.169.254:80",
        "192.0.2.1:80",
        "198.18.0.1:80",
        "198.51.100.1:80",
        "203.0.113.1:80",
        "224.0.0.1:80",
        "240.0.0.1:80",
        "255.255.255.255:80",
        "[::]:80",
        "[::1]:80",
        "[::ffff:10.0.0.1]:80",
        "[::10.0.0.1]:80",
        "[2002:a00:1::1]:80",
        "[64:ff9b::10.0.0.1]:80",
        "[64:ff9b:1::1]:80",
        "[2001:0:808:808::f5ff:fffe]:80",
        "[fe80::1]:80",
        "[fd00::1]:80",
        "[ff02::1]:80",
        "[2001:db8::1]:80",
    ] {
        let peer: SocketAddr = peer.parse().unwrap();
        assert_eq!(client.permit(peer), 403, "{peer}");
        let bound = client.ask(CHANNEL_BIND, |transaction| {
            let number = ChannelNumber::new(0x4000);
            vec![
                Box::new(number),
                Box::new(XorPeerAddress::new(peer, transaction)),
            ]
        });
        assert_eq!(bound.code(), 403, "{peer}");
    }
    assert_eq!(client.permit("9.9.9.9:80".parse().unwrap()), 0);

    let server = Server::start(&[
        "--turn-listen",
        "127.0.0.1:0",
        "--turn-allow-peer",
        "10.1.0.0/16",
    ]);
    let (_ada, welcome) = Client::join(&server, "standup", "Ada").await;
    let mut client = Relay::in_welcome(&welcome).client();
    assert_eq!(client.allocate().code(), 0);
    assert_eq!(client.permit("10.1.2.3:80".parse().unwrap()), 0);
    assert_eq!(client.permit("10.2.2.3:80".parse().unwrap()), 403);
}

#[tokio::test]
async fn the_servers_own_address_is_refused_in_every_form() {
    let options = ["--turn-listen", "127.0.0.1:0"];
    let external = ["--turn-external-ip", "5.6.7.8"];
    let server = Server::start(&[options, external].concat());
    let (_ada, welcome) = Client::join(&server, "standup", "Ada").await;
    let mut client = Relay::in_welcome(&welcome).client();
    assert_eq!(client.allocate().code(), 0);
    for (own, other) in [
        ("[::5.6.7.8]:80", "[::9.9.9.9]:80"),
        ("[::ffff:5.6.7.8]:80", "[::ffff:9.9.9.9]:80"),
        ("[64:ff9b::5.6.7.8]:80", "[64:ff9b::9.9.9.9]:80"),
        ("[2002:506:708::1]:80", "[2002:909:909::1]:80"),
        (
            "[2001:0:909:909::faf9:f8f7]:80",
            "[2001:0:909:909::f6f6:f6f6]:80",
        ),
        (
            "[2001:0:506:708::f6f6:f6f6]:80",
            "[2001:0:909:909::f6f6:f6f6]:80",
        ),
        ("[2a00::5efe:5.6.7.8]:80", "[2a00::5efe:9.9.9.9]:80"),
        ("[2a00::200:5efe:5.6.7.8]:80", "[2a00::200:5efe:9.9.9.9]:80"),
    ] {
        assert_eq!(client.permit(own.parse().unwrap()), 403, "{own}");
        // Of another family than the relay, and nothing else is wrong with it.
        assert_eq!(client.permit(other.parse().unwrap()), 443, "{other}");
    }
}

#[tokio::test]
async fn a_relay_hears_from_sixty_four_addresses() {
    let server = Server::start(&["--turn-listen", "127.0.0.1:0"]);
    let (_ada, welcome) = Client::join(&server, "standup", "Ada").await;
    let mut client = Relay::in_welcome(&welcome).client();
    assert_eq!(client.allocate().code(), 0);
    for number in 0..64 {
        let peer = SocketAddr::new([9, 9, 9, number].into(), 80);
        assert_eq!(client.permit(peer), 0, "{peer}");
    }
    assert_eq!(client.permit("9.9.8.1:80".parse().unwrap()), 508);
    assert_eq!(client.permit("9.9.9.7:81".parse().unwrap()), 0);
}

#[tokio::test]
async fn strangers_are_answered_with_no_more_than_one_and_a_half_times_what_they_sent() {
    const HEADERS: usize = 28;
    let server = Server::start(&["--turn-listen", "127.0.0.1:0"]);
    let (_ada, welcome) = Client::join(&server, "standup", "Ada").await;
    let mut client = Relay::in_welcome(&welcome).client();
    for method in [BINDING, ALLOCATE] {
        let (request, answer) = client.ask_unsigned(method, udp);
        let (sent, got) = (request.len() + HEADERS, answer.0.len() + HEADERS);
        assert!(got * 2 <= sent * 3, "{method}: {sent} bytes, then {got}");
    }
}

#[tokio::test]
async fn nonces_are_remembered_nowhere_and_others_are_stale() {
    let mut server = Server::start(&["--turn-listen", "127.0.0.1:0"]);
    let (_ada, welcome) = Client::join(&server, "standup", "Ada").await;
    let mut before = Relay::in_welcome(&welcome).client();
    before.ask_unsigned(ALLOCATE, udp);
    let nonce = before.nonce.clone();
    before.nonce = "AAAAAAAAAAAAAAAA".to_owned();
    let answer = before.ask(ALLOCATE, udp);
    assert_eq!(answer.code(), 438);

    server.crash_and_restart();
    let (_ada, welcome) = Client::join(&server, "standup", "Ada").await;
    let mut after = Relay::in_welcome(&welcome).client();
    after.ask_unsigned(ALLOCATE, udp);
    after.nonce = nonce;
    assert_eq!(after.ask(ALLOCATE, udp).code(), 0, "the nonce of before");
}

#[tokio::test]
async fn somebody_elses_password_opens_nothing() {
    let server = Server::start(&["--turn-listen", "127.0.0.1:0"]);
    let (_ada, welcome) = Client::join(&server, "standup", "Ada").await;
    let (_bob, to_bob) = Client::join(&server, "standup", "Bob").await;
    let mut mixed = Relay::in_welcome(&welcome);
    mixed.credential = Relay::in_welcome(&to_bob).credential;
    assert_eq!(mixed.client().allocate().code(), 401);
}
