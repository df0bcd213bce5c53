//! Starting, refusing to start, logging, and stopping.

use std::time::Duration;

use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::support::{Client, Server, failed_start, offer};

async fn stops(signal: &str) {
    let mut server = Server::start(&[]);
    let (mut ada, _) = Client::join(&server, "standup", "Ada").await;
    let (mut bob, _) = Client::join(&server, "standup", "Bob").await;
    let mut unjoined = Client::connect(&server).await;
    let (_never_reads, _) = Client::join(&server, "standup", "Cleo").await;
    let mut unfinished = TcpStream::connect(server.address()).await.unwrap();
    unfinished.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
    ada.expect("peer-joined").await;
    ada.expect("peer-joined").await;
    bob.expect("peer-joined").await;
    server.signal(signal);
    for client in [&mut ada, &mut bob, &mut unjoined] {
        assert_eq!(client.closed().await, (vec![], 1012));
    }
    assert!(
        TcpStream::connect(server.address()).await.is_err(),
        "nothing is accepted any more"
    );
    let (status, took) = server.wait();
    assert_eq!(status.code(), Some(0));
    assert!(took < Duration::from_secs(5), "{took:?}");
}

#[tokio::test]
async fn sigterm_closes_every_socket_with_1012_and_ends_in_time() {
    stops("-TERM").await;
}

#[tokio::test]
async fn sigint_does_the_same() {
    stops("-INT").await;
}

#[tokio::test]
async fn a_wrong_configuration_is_one_clear_line_and_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, environment, named) in [
        (vec!["--room-capacity", "none"], vec![], "--room-capacity"),
        (
            vec!["--ice-server", "turn:example.org"],
            vec![],
            "--ice-server",
        ),
        (vec!["--nonsense"], vec![], "--nonsense"),
        (
            vec![],
            vec![("VISAVIS_MAX_CONNECTIONS", "many")],
            "--max-connections",
        ),
        (vec![], vec![("VISAVIS_SEAT_KEPT", "-1")], "--seat-kept"),
    ] {
        let output = failed_start(folder.path(), &arguments, &environment);
        let complaint = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{complaint}");
        assert_eq!(complaint.lines().count(), 1, "{complaint}");
        assert!(complaint.contains(named), "{complaint}");
        assert!(output.stdout.is_empty());
    }
}

#[tokio::test]
async fn help_and_version_are_not_failures() {
    let folder = tempfile::tempdir().unwrap();
    let help = failed_start(folder.path(), &["--help"], &[]);
    assert_eq!(help.status.code(), Some(0));
    let text = String::from_utf8(help.stdout).unwrap();
    for option in [
        "--listen",
        "--data-dir",
        "--room-capacity",
        "--max-connections",
        "--message-rate",
        "VISAVIS_LISTEN",
    ] {
        assert!(text.contains(option), "{option}");
    }
    assert!(text.starts_with("Self-hosted video rooms"), "{text}");
    let help = failed_start(folder.path(), &["check", "--help"], &[]);
    let text = String::from_utf8(help.stdout).unwrap();
    assert!(text.starts_with("Test a configuration"), "{text}");
    assert!(
        text.contains("--url") && text.contains("--listen"),
        "{text}"
    );
    let version = failed_start(folder.path(), &["--version"], &[]);
    assert_eq!(version.status.code(), Some(0));
    assert!(
        String::from_utf8(version.stdout)
            .unwrap()
            .contains(env!("CARGO_PKG_VERSION"))
    );
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let server = Server::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let address = server.address().to_string();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_visavis"))
        .args(["--listen", &address, "--data-dir"])
        .arg(folder.path())
        .output()
        .unwrap();
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        complaint.contains(&address) && complaint.lines().count() == 1,
        "{complaint}"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn the_key_is_private_and_an_exposed_one_stops_the_start() {
    use std::os::unix::fs::PermissionsExt;
    let server = Server::start(&[]);
    let key = server.data_dir().join("resume.key");
    assert_eq!(
        std::fs::metadata(&key).unwrap().permissions().mode() & 0o777,
        0o600
    );
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o640)).unwrap();
    let output = failed_start(server.data_dir(), &[], &[]);
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        complaint.contains("chmod 600") && complaint.lines().count() == 1,
        "{complaint}"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn a_key_that_is_a_pipe_stops_the_start_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("resume.key");
    let made = std::process::Command::new("mkfifo").arg(&key).status();
    assert!(made.unwrap().success());
    let (done, ended) = std::sync::mpsc::channel();
    let path = folder.path().to_owned();
    std::thread::spawn(move || done.send(failed_start(&path, &[], &[])));
    let output = ended.recv_timeout(Duration::from_secs(10));
    let output = output.expect("the start comes to an end");
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        complaint.contains("not a regular file") && complaint.lines().count() == 1,
        "{complaint}"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn a_folder_that_others_may_write_to_is_warned_about() {
    use std::os::unix::fs::PermissionsExt;
    let mut server = Server::start(&[]);
    assert!(!server.log().contains("chmod go-w"), "{}", server.log());
    let open = std::fs::Permissions::from_mode(0o777);
    std::fs::set_permissions(server.data_dir(), open).unwrap();
    server.crash_and_restart();
    assert!(server.log().contains("chmod go-w"), "{}", server.log());
}

#[tokio::test]
async fn the_log_has_numbers_and_ids_but_no_names_tokens_or_descriptions() {
    let mut server = Server::start(&["--log-format", "json"]);
    let (mut ada, first) = Client::join(&server, "secret-room", "Ada Lovelace").await;
    let (mut bob, second) = Client::join(&server, "secret-room", "Bob").await;
    ada.expect("peer-joined").await;
    bob.send(&offer(
        first["peer"].as_str().unwrap(),
        "v=0 secret-description",
    ))
    .await;
    ada.expect("offer").await;
    bob.send(&json!({"type": "leave"})).await;
    bob.closed().await;
    server.signal("-TERM");
    server.wait();
    let log = server.log();
    assert!(log.contains(second["peer"].as_str().unwrap()), "{log}");
    for line in log.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
    let token = first["resume"].as_str().unwrap();
    for secret in [
        "Lovelace",
        "secret-room",
        "secret-description",
        "127.0.0.1",
        token,
    ] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}

#[tokio::test]
async fn a_log_that_cannot_be_written_ends_nothing() {
    let server = Server::start_with_a_broken_log(&["--log", "debug"]);
    let (mut ada, _) = Client::join(&server, "standup", "Ada").await;
    for round in 0..5 {
        let (mut bob, _) = Client::join(&server, "standup", "Bob").await;
        assert_eq!(ada.expect("peer-joined").await["name"], "Bob", "{round}");
        bob.send(&json!({"type": "leave"})).await;
        bob.closed().await;
        ada.expect("peer-left").await;
    }
}
