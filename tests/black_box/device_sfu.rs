//! Devices in rooms that go through the SFU: what they say, send and save, and how they bear changes.

use serde_json::{Value, json};

use super::device_media::{FRAME_BYTES, Studio, marks_of_pictures, marks_of_sound};
use super::devices::free_address;
use super::sfu_voices::{listener, speaker};
use super::support::{Device, Said, Server, SfuClient, by_client, sfu_server};

/// A server whose rooms are direct until SIGUSR2 sends them the other way, and back.
fn flipping_server() -> Server {
    let sfu = ["--sfu", "auto", "--sfu-listen", "127.0.0.1:0"];
    Server::start(&[&sfu[..], &["--test-controls"]].concat())
}

fn reading(number: u64) -> Value {
    json!({"topic": "telemetry/temperature", "data": {"celsius": number}})
}

#[tokio::test]
async fn a_device_speaks_over_the_sfu_with_somebody_who_has_nothing_else() {
    let server = sfu_server();
    let mut ada = SfuClient::converse(&server, "Ada").await;
    let mut lamp = Device::start(&server.room("standup"), "Lamp", &[]);
    let joined = lamp.event("joined").await;
    let lamp_id = joined["peer"].clone();
    let connected = lamp.event("connected").await;
    assert_eq!(connected["peer"], json!(ada.peer));
    lamp.say(&reading(21)).await;
    let is_reading = |said: &Said| said.payload.is_some() && said.text().contains("celsius");
    let said = ada.until_said("chat", is_reading).await;
    assert_eq!(said.line["from"], lamp_id);
    let message: Value = serde_json::from_str(said.text()).unwrap();
    assert_eq!(message["data"], json!({"celsius": 21}));
    let fast = json!({"topic": "game/move", "data": 1, "reliable": false});
    lamp.say(&fast).await;
    let said = ada.until_message_on("live").await;
    assert_eq!(said.line["from"], lamp_id);
    let answer = json!({"type": "app", "topic": "control/lamp", "data": {"on": true}});
    let to_lamp = json!({"to": [lamp_id]});
    ada.say("chat", to_lamp, &answer.to_string()).await;
    let message = lamp.message("control/lamp").await;
    assert_eq!(message["from"], json!(ada.peer));
    assert_eq!(message["name"], "Ada");
}

#[tokio::test]
async fn three_devices_reach_each_other_over_the_sfu_and_the_chat_has_receipts_and_a_past() {
    let server = sfu_server();
    let url = server.room("greenhouse");
    let ([mut ada, mut ben], [ada_id, _]) = Device::pair(&url, ["Ada", "Ben"], &[]).await;
    ada.say(&json!({"chat": "Hello"})).await;
    let sent = ada.event("chat-sent").await;
    assert_eq!(ben.event("chat").await["id"], sent["id"]);
    assert_eq!(ada.event("chat-delivered").await["id"], sent["id"]);
    let controls = json!([{"topic": "control/lamp", "label": "Lamp", "kind": "switch"}]);
    ben.say(&json!({"announce": controls})).await;
    assert_eq!(ada.message("device/controls").await["data"], controls);
    let mut cleo = Device::start(&url, "Cleo", &[]);
    let lines = cleo.collect(|line| line["text"] == "Hello").await;
    assert_eq!(lines.last().unwrap()["from"], ada_id);
    let is_told = lines.iter().any(|line| line["topic"] == "device/controls");
    if !is_told {
        cleo.message("device/controls").await;
    }
    for device in [&mut ada, &mut ben] {
        device.event("connected").await;
    }
    for number in 0..20 {
        cleo.say(&reading(number)).await;
        for device in [&mut ada, &mut ben] {
            let message = device.message("telemetry/temperature").await;
            assert_eq!(message["data"]["celsius"], number);
            assert_eq!(message["name"], "Cleo");
        }
    }
    ben.say(&json!({"topic": "secret", "data": 1, "to": [ada_id]}))
        .await;
    ada.message("secret").await;
    ada.say(&json!({"leave": true})).await;
    for device in [&mut ben, &mut cleo] {
        let lines = device.collect(|line| line["event"] == "person-left").await;
        assert!(lines.iter().all(|line| line["topic"] != "secret"));
        let is_lost = |line: &Value| line["event"] == "disconnected" && line["peer"] == ada_id;
        assert!(lines.iter().any(is_lost), "{lines:?}");
    }
}

#[tokio::test]
async fn what_one_device_publishes_on_the_sfu_another_saves() {
    let server = sfu_server();
    let url = server.room("studio");
    let studio = Studio::new();
    let recorder = studio.recorder(&url, &[]).await;
    let files = ["--video", &studio.video, "--audio", &studio.audio];
    let mut camera = Device::start(&url, "Camera", &files);
    let joined = camera.event("joined").await;
    camera.event("connected").await;
    let [pictures, sound] = studio.saved_by(recorder).await;
    let whose = joined["peer"].as_str().unwrap();
    for file in [&pictures, &sound] {
        let name = file.file_name().unwrap().to_string_lossy();
        assert!(name.contains(whose), "{name}");
    }
    let pictures = marks_of_pictures(&std::fs::read(pictures).unwrap());
    assert_eq!(pictures[0] % 10, 0, "it can be decoded from the beginning");
    // The SFU may have to look for the line of whoever receives; nothing else leaves any out, and what comes then can be decoded alone.
    let is_decodable = |pair: &[u8]| pair[1] == (pair[0] + 1) % 50 || pair[1].is_multiple_of(10);
    assert!(pictures.windows(2).all(is_decodable), "{pictures:?}");
    let follow = |pair: &&[u8]| pair[1] == (pair[0] + 1) % 50;
    let following = pictures.windows(2).filter(follow).count();
    assert!(following + 3 >= pictures.len(), "{pictures:?}");
    let sound = marks_of_sound(&std::fs::read(sound).unwrap());
    let follows = |pair: &&[u8]| pair[1] == (pair[0] + 1) % 100;
    let following = sound.windows(2).filter(follows).count();
    assert!(
        sound.len() > 50 && following + 3 >= sound.len(),
        "{sound:?}"
    );
}

#[tokio::test]
async fn a_device_goes_on_receiving_while_the_room_changes_to_the_sfu_and_back() {
    let server = flipping_server();
    let url = server.room("studio");
    let studio = Studio::new();
    let mut recorder = studio.recorder(&url, &[]).await;
    let files = ["--video", &studio.video, "--audio", &studio.audio];
    let mut camera = Device::start(&url, "Camera", &files);
    camera.event("connected").await;
    recorder.event("connected").await;
    for flips in 0..4 {
        if flips > 0 {
            server.signal("-USR2");
        }
        // Each carrier has a file of its own, which begins once it was proved.
        for (ending, bytes) in [
            ("-camera.ivf", 15 * FRAME_BYTES as u64),
            ("-voice.ogg", 200),
        ] {
            studio.grown_to(ending, flips + 1, bytes).await;
        }
        camera.say(&reading(flips as u64)).await;
        let message = recorder.message("telemetry/temperature").await;
        assert_eq!(message["data"]["celsius"], flips);
    }
}

#[tokio::test]
async fn a_restart_of_the_server_costs_devices_a_new_connection_to_the_sfu_and_no_more() {
    let sfu = ["--sfu", "always", "--sfu-listen", "127.0.0.1:0"];
    let mut server = Server::start(&[&["--listen", &free_address()][..], &sfu].concat());
    let url = server.room("studio");
    let studio = Studio::new();
    let mut recorder = studio.recorder(&url, &[]).await;
    let mut camera = Device::start(&url, "Camera", &["--video", &studio.video]);
    camera.event("connected").await;
    studio
        .grown_to("-camera.ivf", 1, 25 * FRAME_BYTES as u64)
        .await;
    server.crash_and_restart();
    for device in [&mut camera, &mut recorder] {
        device.event("reconnecting").await;
        let lines = device.collect(|line| line["event"] == "connected").await;
        let is_gone = |line: &Value| line["event"] == "person-left";
        assert!(!lines.iter().any(is_gone), "{lines:?}");
    }
    camera.say(&reading(1)).await;
    recorder.message("telemetry/temperature").await;
    studio
        .grown_to("-camera.ivf", 2, 25 * FRAME_BYTES as u64)
        .await;
}

#[tokio::test]
async fn a_channel_that_the_server_closes_is_opened_anew() {
    let server = sfu_server();
    let mut ada = SfuClient::converse(&server, "Ada").await;
    let mut lamp = Device::start(&server.room("standup"), "Lamp", &["--reconnect"]);
    let joined = lamp.event("joined").await;
    lamp.event("connected").await;
    // More than may wait for a receiver that does not read: the device stands still meanwhile.
    lamp.signal("-STOP");
    let to_lamp = json!({"to": [joined["peer"]]});
    for _ in 0..16 {
        let message = by_client(&to_lamp, "x".repeat(60_000));
        ada.send_on("chat", false, message).await;
    }
    lamp.signal("-CONT");
    lamp.event("disconnected").await;
    lamp.event("connected").await;
    lamp.say(&reading(1)).await;
    let is_reading = |said: &Said| said.payload.is_some() && said.text().contains("celsius");
    let said = ada.until_said("chat", is_reading).await;
    assert_eq!(said.line["from"], joined["peer"]);
}

#[tokio::test]
async fn in_a_crowd_that_hardly_says_anything_a_device_that_sounds_is_heard() {
    let server = sfu_server();
    let studio = Studio::new();
    let mut crowd = vec![];
    for number in 0..7 {
        crowd.push(speaker(&server, &format!("Quiet {number}"), -45).await);
    }
    let mut listener = listener(&server).await;
    let url = server.room("standup");
    let mut radio = Device::start(&url, "Radio", &["--audio", &studio.audio]);
    let joined = radio.event("joined").await;
    let is_its_voice =
        |slot: &Value| slot["peer"] == joined["peer"] && slot["track"] == "microphone";
    listener
        .until_message("slots", |map| {
            map["slots"].as_array().unwrap().iter().any(is_its_voice)
        })
        .await;
}
