//! The ports of the SFU, where somebody else has them.

use std::net::UdpSocket;
use std::sync::OnceLock;

use serde_json::json;
use tempfile::TempDir;

use super::support::{Client, Server, failed_start, offer};

/// Makes sure that somebody has the SFU's default port for as long as these tests run: they, or else another program.
fn take_default_port() {
    static TAKEN: OnceLock<Option<UdpSocket>> = OnceLock::new();
    TAKEN.get_or_init(|| UdpSocket::bind("0.0.0.0:3480").ok());
}

async fn join(server: &Server, name: &str) -> (Client, serde_json::Value) {
    let mut client = Client::connect(server).await;
    let join = json!({"type": "join", "room": "standup", "name": name, "media": {"audio": true, "video": true, "screen": false}, "sfu": 1});
    client.send(&join).await;
    let welcome = client.expect("welcome").await;
    (client, welcome)
}

#[tokio::test]
async fn a_default_port_that_is_taken_switches_the_sfu_off_with_one_line_and_calls_are_direct() {
    take_default_port();
    let server = Server::start(&["--sfu", "auto", "--sfu-threads", "1"]);
    let log = server.log();
    let warnings: Vec<&str> = log.lines().filter(|line| line.contains("SFU")).collect();
    let [warning] = warnings[..] else {
        panic!("{log}");
    };
    for part in [
        "0.0.0.0:3480",
        "the SFU is off",
        "direct",
        "--sfu-listen",
        "--sfu off",
    ] {
        assert!(warning.contains(part), "{part}: {warning}");
    }
    let (mut ada, welcome) = join(&server, "Ada").await;
    assert!(welcome.get("sfu").is_none(), "{welcome}");
    assert!(welcome["limits"].get("meshCapacity").is_none(), "{welcome}");
    let (mut bob, welcome) = join(&server, "Bob").await;
    let joined = ada.expect("peer-joined").await;
    assert!(joined.get("sfu").is_none(), "{joined}");
    let target = welcome["peers"][0]["peer"].as_str().unwrap();
    bob.send(&offer(target, "v=0")).await;
    assert_eq!(ada.expect("offer").await["sdp"], "v=0");
}

#[tokio::test]
async fn a_port_that_was_named_or_that_all_calls_need_stops_the_start_with_words() {
    take_default_port();
    let named = UdpSocket::bind("127.0.0.1:0").unwrap();
    let named = named.local_addr().unwrap().to_string();
    let folder = TempDir::new().unwrap();
    for (arguments, place) in [
        (vec!["--sfu", "auto", "--sfu-listen", &named], &*named),
        (vec!["--sfu", "always", "--sfu-listen", &named], &named),
        (vec!["--sfu", "always"], "0.0.0.0:3480"),
    ] {
        let output = failed_start(
            folder.path(),
            &[&arguments[..], &["--sfu-threads", "1"]].concat(),
            &[],
        );
        let complaint = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{complaint}");
        assert_eq!(complaint.lines().count(), 1, "{complaint}");
        for part in [place, "--sfu-listen", "--sfu off"] {
            assert!(complaint.contains(part), "{part}: {complaint}");
        }
    }
}

#[tokio::test]
async fn the_check_says_what_a_taken_port_would_mean() {
    take_default_port();
    let folder = TempDir::new().unwrap();
    for (mode, words, code) in [("auto", "direct", 0), ("always", "cannot be used", 1)] {
        let arguments = ["check", "--sfu", mode, "--sfu-threads", "1"];
        let output = failed_start(folder.path(), &arguments, &[]);
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(code), "{text}");
        let line = text.lines().find(|line| line.contains("0.0.0.0:3480"));
        assert!(line.is_some_and(|line| line.contains(words)), "{text}");
    }
}
