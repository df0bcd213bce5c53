//! Devices with each other, through the real server: what they send, what they bear, and how they end.

use std::net::TcpListener;
use std::process::Stdio;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::support::{Client, Device, Server, join, request};

/// An address at which there is no server yet.
pub(crate) fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

fn reading(number: u64) -> Value {
    json!({"topic": "telemetry/temperature", "data": {"celsius": number}})
}

#[tokio::test]
async fn messages_go_both_ways_on_either_channel_and_to_one_or_all() {
    let server = Server::start(&[]);
    let url = server.room("greenhouse");
    let ([mut ada, mut ben], [_, ben_id]) = Device::pair(&url, ["Ada", "Ben"], &[]).await;
    let mut cleo = Device::start(&url, "Cleo", &[]);
    for device in [&mut ada, &mut ben] {
        let name = device.event("person-joined").await["name"].clone();
        assert_eq!(name, "Cleo");
        device.event("connected").await;
    }
    for _ in 0..2 {
        cleo.event("connected").await;
    }
    ada.say(&reading(21)).await;
    for device in [&mut ben, &mut cleo] {
        let message = device.message("telemetry/temperature").await;
        assert_eq!(message["data"], json!({"celsius": 21}));
        assert_eq!(
            (&message["name"], &message["reliable"]),
            (&json!("Ada"), &json!(true))
        );
    }
    let private = json!({"topic": "secret", "data": 1, "to": [ben_id]});
    cleo.say(&private).await;
    assert_eq!(ben.message("secret").await["name"], "Cleo");
    let fast = json!({"topic": "game/move", "data": [1, 2], "reliable": false});
    ben.say(&fast).await;
    for device in [&mut ada, &mut cleo] {
        let lines = device.collect(|line| line["topic"] == "game/move").await;
        assert!(
            lines.iter().all(|line| line["topic"] != "secret"),
            "{lines:?}"
        );
        assert_eq!(lines.last().unwrap()["reliable"], false);
    }
}

#[tokio::test]
async fn others_are_told_that_it_is_a_device() {
    let server = Server::start(&[]);
    let url = server.room("greenhouse");
    let (mut ada, _) = Client::join(&server, "greenhouse", "Ada").await;
    let mut lamp = Device::start(&url, "Lamp", &[]);
    assert_eq!(lamp.event("joined").await["people"][0]["kind"], "person");
    assert_eq!(ada.expect("peer-joined").await["kind"], "device");
    let (_ben, welcome) = Client::join(&server, "greenhouse", "Ben").await;
    assert_eq!(welcome["peers"][0].get("kind"), None);
    assert_eq!(welcome["peers"][1]["kind"], "device");
    let form = ["content-type: application/x-www-form-urlencoded"];
    let question = "POST /api/who_is_inside";
    let answer = request(&server, question, &form, "room=greenhouse").await;
    let answer: Value = serde_json::from_str(answer.body.trim()).unwrap();
    let expected = json!({"names": ["Ada", "Ben"], "devices": 1, "capacity": 12});
    assert_eq!(answer, expected);
}

#[tokio::test]
async fn what_is_asked_is_acknowledged_or_said_not_to_be() {
    let server = Server::start(&[]);
    let url = server.room("greenhouse");
    let ([mut ada, mut lamp], [ada_id, lamp_id]) = Device::pair(&url, ["Ada", "Lamp"], &[]).await;
    for (answer, error) in [
        (json!({}), Value::Null),
        (json!({"error": "stuck"}), json!("stuck")),
    ] {
        ada.say(&json!({"topic": "control/lamp", "data": {"on": true}, "ack": 20_000}))
            .await;
        let order = lamp.message("control/lamp").await;
        let mut data = answer;
        data["ack"] = order["ack"].clone();
        let from = order["from"].clone();
        assert_eq!(from, json!(ada_id));
        lamp.say(&json!({"topic": "control/lamp/ack", "data": data, "to": from}))
            .await;
        let acknowledged = ada.event("acknowledged").await;
        assert_eq!(acknowledged["of"], order["ack"]);
        assert_eq!(
            (&acknowledged["from"], &acknowledged["error"]),
            (&json!(lamp_id), &error)
        );
    }
    ada.say(&json!({"topic": "control/lamp", "ack": 50})).await;
    let missing = ada.event("unacknowledged").await;
    assert_eq!(
        missing,
        json!({"event": "unacknowledged", "of": 3, "by": [lamp_id]})
    );
}

#[tokio::test]
async fn controls_are_announced_to_everyone_and_to_whoever_comes_later() {
    let server = Server::start(&[]);
    let url = server.room("greenhouse");
    let ([mut ada, mut lamp], _) = Device::pair(&url, ["Ada", "Lamp"], &[]).await;
    let controls = json!([{"topic": "control/lamp", "label": "Lamp", "kind": "switch"}]);
    lamp.say(&json!({"announce": controls})).await;
    assert_eq!(ada.message("device/controls").await["data"], controls);
    let mut cleo = Device::start(&url, "Cleo", &[]);
    let message = cleo.message("device/controls").await;
    assert_eq!(
        (&message["data"], &message["name"]),
        (&controls, &json!("Lamp"))
    );
}

#[tokio::test]
async fn the_chat_has_receipts_and_a_past() {
    let server = Server::start(&[]);
    let url = server.room("greenhouse");
    let ([mut ada, mut ben], [ada_id, _]) = Device::pair(&url, ["Ada", "Ben"], &[]).await;
    ada.say(&json!({"chat": "Hello"})).await;
    let sent = ada.event("chat-sent").await;
    let heard = ben.event("chat").await;
    assert_eq!(
        (&heard["text"], &heard["id"]),
        (&json!("Hello"), &sent["id"])
    );
    assert_eq!(ada.event("chat-delivered").await["id"], sent["id"]);
    ben.say(&json!({"chat": "Only you", "to": ada_id})).await;
    assert_eq!(ada.event("chat").await["direct"], true);
    ben.say(&json!({"chat": ""})).await;
    assert_eq!(ben.event("error").await["code"], "chat-empty");
    ada.say(&json!({"leave": true})).await;
    ben.event("person-left").await;
    let mut cleo = Device::start(&url, "Cleo", &[]);
    let past = cleo.event("chat").await;
    assert_eq!(
        (&past["text"], &past["name"]),
        (&json!("Hello"), &json!("Ada"))
    );
    assert_eq!(past["earlier"], true);
}

#[tokio::test]
async fn lines_that_cannot_be_followed_cost_an_event_and_nothing_else() {
    let server = Server::start(&[]);
    let url = server.room("greenhouse");
    let ([mut ada, mut ben], _) = Device::pair(&url, ["Ada", "Ben"], &[]).await;
    let long = json!({"chat": "x".repeat(70_000)}).to_string();
    for (line, code) in [
        ("hello", "line-no-json"),
        ("{}", "line-malformed"),
        (r#"{"topic":"No Spaces"}"#, "application-topic"),
        (r#"{"topic":"a","to":"nobody"}"#, "application-nobody-there"),
        (&long, "line-too-long"),
    ] {
        ada.say_text(line).await;
        let error = ada.event("error").await;
        assert_eq!(error["code"], code, "{error}");
        assert!(
            error["message"]
                .as_str()
                .is_some_and(|words| !words.is_empty())
        );
    }
    let large = json!({"topic": "a", "data": "x".repeat(33_000)});
    ada.say(&large).await;
    assert_eq!(ada.event("error").await["code"], "application-too-large");
    for number in 0..100 {
        ada.say(&reading(number)).await;
    }
    assert_eq!(ada.event("error").await["code"], "application-too-fast");
    ada.say(&json!({"chat": "still here"})).await;
    let lines = ben.collect(|line| line["text"] == "still here").await;
    let readings = lines
        .iter()
        .filter(|line| line["topic"] == "telemetry/temperature");
    assert!((40..100).contains(&readings.count()));
}

#[tokio::test]
async fn a_device_leaves_when_it_is_told_to_and_when_its_program_is_done() {
    let server = Server::start(&[]);
    let url = server.room("greenhouse");
    let ([mut ada, mut ben], [_, ben_id]) = Device::pair(&url, ["Ada", "Ben"], &[]).await;
    ben.say(&json!({"leave": true})).await;
    assert_eq!(ada.event("person-left").await["peer"], json!(ben_id));
    let (code, lines, words) = ben.end().await;
    assert_eq!((code, words.as_str()), (0, ""));
    assert_eq!(lines.last().unwrap()["event"], "left");
    assert_eq!(lines.last().unwrap()["code"], "left");
    ada.fall_silent();
    let (code, lines, _) = ada.end().await;
    assert_eq!((code, &lines.last().unwrap()["code"]), (0, &json!("left")));
    let mut cleo = Device::start(&url, "Cleo", &[]);
    assert_eq!(cleo.event("joined").await["people"], json!([]));
    cleo.signal("-INT");
    assert_eq!(cleo.end().await.0, 0);
}

#[tokio::test]
async fn who_is_not_let_in_is_told_why_and_ends_with_three() {
    let server = Server::start(&["--room-capacity", "2"]);
    let url = server.room("greenhouse");
    let (_both, _) = Device::pair(&url, ["Ada", "Ben"], &[]).await;
    let cleo = Device::start(&url, "Cleo", &["--reconnect"]);
    let (code, lines, words) = cleo.end().await;
    assert_eq!(code, 3, "{words}");
    assert_eq!(lines.last().unwrap()["code"], "refused");
    assert!(words.contains("full"), "{words}");
}

#[tokio::test]
async fn arguments_and_files_that_cannot_be_used_end_with_two() {
    let server = Server::start(&[]);
    let good = server.room("greenhouse");
    let folder = TempDir::new().unwrap();
    let state = folder.path().join("state");
    std::fs::write(&state, "").unwrap();
    let readable = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    std::fs::set_permissions(&state, readable).unwrap();
    let text = folder.path().join("text.ivf");
    std::fs::write(&text, "hello").unwrap();
    let (state, text) = (state.to_str().unwrap(), text.to_str().unwrap());
    let base = format!("http://{}", server.address());
    for (url, name, arguments, about) in [
        (base.as_str(), "Ada", &[][..], "address of a room"),
        ("greenhouse", "Ada", &[], "address of a room"),
        (&good, "", &[], "name"),
        (&good, "Ada", &["--stdio", "--video", "-"], "standard input"),
        (
            &good,
            "Ada",
            &["--video", "-", "--audio", "-"],
            "standard input",
        ),
        (&good, "Ada", &["--state", state], "others can read it"),
        (&good, "Ada", &["--video", text], "no IVF"),
        (&good, "Ada", &["--audio", text], "Ogg"),
        (&good, "Ada", &["--video", "/no/such/file"], "/no/such/file"),
        (&good, "Ada", &["--save", text], text),
        (&good, "Ada", &["--shout"], "--shout"),
    ] {
        let mut command = join(url, name, arguments);
        let output = command.stdin(Stdio::null()).output().await.unwrap();
        let words = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?} {words}");
        assert!(words.contains(about), "{arguments:?} {words}");
        assert_eq!(words.lines().count(), 1, "{words}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_of_or_waited_for() {
    let address = free_address();
    let url = format!("http://{address}/r/greenhouse");
    let mut patient = Device::start(&url, "Ada", &["--reconnect"]);
    let hasty = Device::start(&url, "Ben", &[]);
    let (code, lines, words) = hasty.end().await;
    assert_eq!(
        (code, &lines.last().unwrap()["code"]),
        (4, &json!("unreachable"))
    );
    assert!(words.contains("cannot be reached"), "{words}");
    patient.event("reconnecting").await;
    let _server = Server::start(&["--listen", &address]);
    patient.event("joined").await;
}

#[tokio::test]
async fn a_restart_of_the_server_is_borne_with_all_connections() {
    // It has the same address when it is started again.
    let mut server = Server::start(&["--listen", &free_address()]);
    let url = server.room("greenhouse");
    let ([mut ada, mut ben], _) = Device::pair(&url, ["Ada", "Ben"], &[]).await;
    server.crash_and_restart();
    ada.event("reconnecting").await;
    ada.say(&reading(1)).await;
    ben.message("telemetry/temperature").await;
    for device in [&mut ada, &mut ben] {
        let lines = device.collect(|line| line["event"] == "reconnected").await;
        assert!(
            lines.iter().all(|line| line["event"] != "disconnected"),
            "{lines:?}"
        );
    }
    ben.say(&reading(2)).await;
    ada.message("telemetry/temperature").await;
    let mut cleo = Device::start(&url, "Cleo", &[]);
    assert_eq!(
        cleo.event("joined").await["people"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    for _ in 0..2 {
        cleo.event("connected").await;
    }
    let lines = ada.collect(|line| line["event"] == "connected").await;
    assert!(
        lines.iter().all(|line| line["event"] != "disconnected"),
        "{lines:?}"
    );
}

#[tokio::test]
async fn a_device_that_is_started_again_takes_its_seat_back() {
    let server = Server::start(&[]);
    let url = server.room("greenhouse");
    let folder = TempDir::new().unwrap();
    let state = folder.path().join("state");
    let arguments = ["--state", state.to_str().unwrap()];
    let mut ada = Device::start(&url, "Ada", &[]);
    ada.event("joined").await;
    let mut ids = vec![];
    for (round, signal) in ["-KILL", "-TERM", "-KILL"].into_iter().enumerate() {
        let mut lamp = Device::start(&url, "Lamp", &arguments);
        let joined = lamp.event("joined").await;
        assert_eq!(joined["resumed"], round > 0, "{joined}");
        ids.push(joined["peer"].clone());
        lamp.event("connected").await;
        lamp.say(&reading(round as u64)).await;
        let lines = ada
            .collect(|line| line["topic"] == "telemetry/temperature")
            .await;
        assert_eq!(lines.last().unwrap()["data"]["celsius"], round);
        assert!(
            lines.iter().all(|line| line["event"] != "person-left"),
            "{lines:?}"
        );
        lamp.signal(signal);
        lamp.end().await;
    }
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    let mut lamp = Device::start(&url, "Lamp", &arguments);
    lamp.event("joined").await;
    lamp.fall_silent();
    assert_eq!(lamp.end().await.0, 0);
    assert!(!state.exists(), "whoever left has nothing to come back to");
}

/// Stops one of two devices for so long that the other gives the pair of addresses up, and lets it go on.
async fn outlive_a_pause(server: &Server, room: &str, stopped: usize) {
    let url = server.room(room);
    let (mut both, _) = Device::pair(&url, ["Ada", "Ben"], &[]).await;
    both[stopped].signal("-STOP");
    tokio::time::sleep(std::time::Duration::from_secs(10)).await;
    both[stopped].signal("-CONT");
    for number in 0..2 {
        both[number].say(&reading(1)).await;
        both[1 - number].message("telemetry/temperature").await;
    }
}

#[tokio::test]
async fn a_device_that_stood_still_is_found_again_whichever_it_was() {
    let server = Server::start(&[]);
    let first = outlive_a_pause(&server, "first", 0);
    let second = outlive_a_pause(&server, "second", 1);
    tokio::join!(first, second);
}

#[tokio::test]
async fn devices_reach_each_other_through_the_relay_over_every_transport() {
    let server = Server::start(&[
        "--tls-self-signed",
        "--turn-listen",
        "127.0.0.1:0",
        "--turn-tls-listen",
        "127.0.0.1:0",
    ]);
    for transport in ["udp", "tcp", "tls", "any"] {
        let url = format!(
            "https://localhost:{}/r/{transport}",
            server.address().port()
        );
        let arguments = ["--insecure", "--relay", transport];
        let ([mut ada, mut ben], _) = Device::pair(&url, ["Ada", "Ben"], &arguments).await;
        for number in 0..20 {
            ada.say(&reading(number)).await;
            let message = ben.message("telemetry/temperature").await;
            assert_eq!(message["data"]["celsius"], number, "{transport}");
        }
        ben.say(&json!({"chat": "x".repeat(10_000)})).await;
        ada.event("chat").await;
    }
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused() {
    let server = Server::start(&["--tls-self-signed"]);
    let url = format!("https://localhost:{}/r/greenhouse", server.address().port());
    let ada = Device::start(&url, "Ada", &[]);
    let (code, _, words) = ada.end().await;
    assert_eq!(code, 4, "{words}");
    assert!(words.to_lowercase().contains("certificate"), "{words}");
}

#[tokio::test]
async fn somebody_who_does_not_speak_webrtc_does_no_harm() {
    let server = Server::start(&[]);
    let url = server.room("greenhouse");
    let ([mut ada, mut ben], [ada_id, _]) = Device::pair(&url, ["Ada", "Ben"], &[]).await;
    let (mut mallory, _) = Client::join(&server, "greenhouse", "Mallory").await;
    for sdp in ["", "v=0", "v=0\r\nm=audio 9 x 0\r\n", "\u{0}\u{1}"] {
        let offer = json!({"type": "offer", "target": ada_id, "sdp": sdp});
        mallory.send(&offer).await;
        let answer = json!({"type": "answer", "target": ada_id, "sdp": sdp});
        mallory.send(&answer).await;
        let candidate =
            json!({"type": "ice-candidate", "target": ada_id, "candidate": {"candidate": sdp}});
        mallory.send(&candidate).await;
    }
    ben.say(&reading(1)).await;
    ada.message("telemetry/temperature").await;
}

#[tokio::test]
async fn fifty_devices_meet_in_twenty_five_rooms() {
    let server = Server::start(&[]);
    let rooms = (0..25).map(|number| {
        let url = server.room(&format!("room-{number}"));
        async move {
            let ([mut ada, mut ben], _) = Device::pair(&url, ["Ada", "Ben"], &[]).await;
            ada.say(&reading(number)).await;
            let message = ben.message("telemetry/temperature").await;
            assert_eq!(message["data"]["celsius"], number);
        }
    });
    futures::future::join_all(rooms).await;
}
