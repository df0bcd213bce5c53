//! The data channels of the SFU: to whom a message goes, and what becomes of those who send or take too much or too little.

use std::time::{Duration, Instant};

use serde_json::json;

use super::support::{ChannelNews, Said, Server, SfuClient, by_client, sfu_server};

/// A server on which a person may send so many Mbit/s of files.
fn server_with_files(rate: &str) -> Server {
    let sfu = ["--sfu", "always", "--sfu-listen", "127.0.0.1:0"];
    Server::start(&[&sfu[..], &["--sfu-files", rate]].concat())
}

async fn three(server: &Server) -> [SfuClient; 3] {
    let ada = SfuClient::converse(server, "Ada").await;
    let bob = SfuClient::converse(server, "Bob").await;
    let cleo = SfuClient::converse(server, "Cleo").await;
    [ada, bob, cleo]
}

fn said(channel: &str, from: &SfuClient, text: &str) -> Said {
    Said {
        channel: channel.to_owned(),
        is_binary: false,
        line: json!({ "from": from.peer }),
        payload: Some(text.as_bytes().to_vec()),
    }
}

#[tokio::test]
async fn a_message_to_all_names_its_sender_whatever_they_wrote() {
    let server = sfu_server();
    let [mut ada, mut bob, mut cleo] = three(&server).await;
    for channel in ["chat", "files", "live"] {
        let forged = json!({"from": cleo.peer, "to": [bob.peer, cleo.peer], "beat": 1});
        for line in [json!({}), forged] {
            let text = format!("{line} on {channel}\nand more");
            ada.say(channel, line, &text).await;
            assert_eq!(
                bob.until_message_on(channel).await,
                said(channel, &ada, &text)
            );
            assert_eq!(
                cleo.until_message_on(channel).await,
                said(channel, &ada, &text)
            );
        }
    }
    // She got nothing of her own: the first that comes is Bob's.
    bob.say("chat", json!({}), "to all").await;
    assert_eq!(
        ada.until_message_on("chat").await,
        said("chat", &bob, "to all")
    );
}

#[tokio::test]
async fn a_message_goes_to_those_whom_it_names_and_to_nobody_else() {
    let server = sfu_server();
    let [ada, mut bob, mut cleo] = three(&server).await;
    let (b, c) = (bob.peer.clone(), cleo.peer.clone());
    for (line, text) in [
        (json!({"to": [b]}), "to Bob"),
        (json!({"except": [b]}), "not to Bob"),
        (
            json!({"to": [c, b, "P0"], "except": [c]}),
            "to both but Cleo",
        ),
        (json!({"to": []}), "to nobody"),
        (json!({"to": [ada.peer]}), "to herself"),
        (json!({"to": ["P0"]}), "to somebody who is not there"),
        (json!({}), "to all"),
    ] {
        ada.say("chat", line, text).await;
    }
    for text in ["to Bob", "to both but Cleo", "to all"] {
        assert_eq!(bob.until_message_on("chat").await, said("chat", &ada, text));
    }
    for text in ["not to Bob", "to all"] {
        assert_eq!(
            cleo.until_message_on("chat").await,
            said("chat", &ada, text)
        );
    }
}

#[tokio::test]
async fn binary_stays_binary_byte_for_byte() {
    let server = sfu_server();
    let [ada, mut bob, _cleo] = three(&server).await;
    let payload: Vec<u8> = (0..=255).chain([b'\n', 0, 0xff]).collect();
    for channel in ["chat", "files", "live"] {
        let message = by_client(&json!({"to": [bob.peer]}), &payload);
        ada.send_on(channel, true, message).await;
        let came = bob.until_message_on(channel).await;
        assert!(came.is_binary, "{came:?}");
        assert_eq!(came.payload.as_ref(), Some(&payload));
        assert_eq!(came.line, json!({ "from": ada.peer }));
    }
    // The largest that there may be, and one without anything.
    let largest = vec![7; 64 * 1024];
    let message = by_client(&json!({"to": [bob.peer]}), &largest);
    ada.send_on("files", true, message).await;
    assert_eq!(bob.until_message_on("files").await.payload, Some(largest));
    ada.say("chat", json!({}), "").await;
    assert_eq!(bob.until_message_on("chat").await, said("chat", &ada, ""));
}

#[tokio::test]
async fn too_many_malformed_messages_cut_their_sender_off_from_that_channel() {
    let server = sfu_server();
    let [mut ada, mut bob, _cleo] = three(&server).await;
    let too_large = by_client(&json!({}), vec![b'x'; 64 * 1024 + 1]);
    for malformed in [
        b"no line".to_vec(),
        b"[]\nno object".to_vec(),
        b"{\"to\":null}\nnobody".to_vec(),
        b"{\"to\":\"P1\"}\nno array".to_vec(),
        too_large,
    ] {
        ada.send_on("chat", false, malformed).await;
    }
    ada.say("chat", json!({}), "five are forgiven").await;
    assert_eq!(
        bob.until_message_on("chat").await.text(),
        "five are forgiven"
    );
    ada.send_on("chat", false, b"the sixth".to_vec()).await;
    ada.until_closed("chat").await;
    for _ in 0..2 {
        assert!(!ada.reopen("chat").await, "they stay cut off");
    }
    ada.say("files", json!({}), "another channel").await;
    assert_eq!(
        bob.until_message_on("files").await.text(),
        "another channel"
    );
    // Nor does another connection help.
    let mut again = ada.come_again(&server).await;
    again.connect().await;
    again.until_closed("chat").await;
    again.say("files", json!({}), "still here").await;
    assert_eq!(bob.until_message_on("files").await.text(), "still here");
}

#[tokio::test]
async fn who_says_too_much_at_once_is_cut_off_and_what_is_beyond_the_rate_reaches_nobody() {
    let server = sfu_server();
    let [mut ada, mut bob, _cleo] = three(&server).await;
    let began = Instant::now();
    let message = by_client(&json!({}), "quickly");
    let mut sent = 0;
    while ada.try_send_on("live", false, message.clone()).await {
        sent += 1;
        assert!(sent < 5_000, "the channel is not closed");
    }
    ada.until_closed("live").await;
    let most = 60 + 40 * (began.elapsed().as_secs() + 1);
    ada.say("files", json!({}), "the end").await;
    let mut came = 0;
    loop {
        let said = bob.until_channel("messages", |news| match news {
            ChannelNews::Said(said) if said.line.get("from").is_some() => Some(said.clone()),
            _ => None,
        });
        if said.await.channel == "files" {
            break;
        }
        came += 1;
    }
    assert!(sent > 160, "a burst and what is forgiven: {sent}");
    assert!(came > 10 && came <= most, "{came} of at most {most}");
}

/// Sends content of a file to somebody, and waits until it is there.
async fn deliver(from: &SfuClient, to: &mut SfuClient, size: usize) {
    let message = by_client(&json!({"to": [to.peer]}), vec![1; size]);
    from.send_on("files", true, message).await;
    let is_it = |it: &Said| it.payload.as_ref().is_some_and(|it| it.len() == size);
    let came = to.until_said("files", is_it).await;
    assert_eq!(came.line, json!({ "from": from.peer }));
}

#[tokio::test]
async fn content_of_files_beyond_the_rate_closes_their_senders_channel_for_once() {
    let server = server_with_files("1");
    let [mut ada, mut bob, mut cleo] = three(&server).await;
    let much = by_client(&json!({"to": [bob.peer]}), vec![2; 60 * 1024]);
    let mut sent = 0;
    while ada.try_send_on("files", true, much.clone()).await {
        sent += 1;
        assert!(sent < 1_000, "the channel is not closed");
    }
    ada.until_closed("files").await;
    assert!(ada.reopen("files").await);
    deliver(&ada, &mut bob, 12).await;
    // It is not of everyone together.
    deliver(&cleo, &mut bob, 50 * 1024).await;
    cleo.say("chat", json!({}), "and who is closed still gets")
        .await;
    assert_eq!(ada.until_message_on("chat").await.line["from"], *cleo.peer);
    ada.say("files", json!({"to": [cleo.peer]}), "text").await;
    assert_eq!(cleo.until_message_on("files").await.text(), "text");
}

#[tokio::test]
async fn with_0_no_content_of_files_goes_through_the_server() {
    let server = server_with_files("0");
    let [mut ada, mut bob, _cleo] = three(&server).await;
    let content = by_client(&json!({"to": [bob.peer]}), [1, 2, 3]);
    for _ in 0..5 {
        ada.send_on("files", true, content.clone()).await;
    }
    ada.say("files", json!({}), "text goes").await;
    assert_eq!(bob.until_message_on("files").await.text(), "text goes");
    ada.send_on("files", true, content).await;
    ada.until_closed("files").await;
}

/// A chunk of a file, as docs/protocol-data-channels.md has it.
fn chunk(id: u32, offset: usize, payload: &[u8]) -> Vec<u8> {
    let offset = u64::try_from(offset).unwrap();
    [&id.to_be_bytes()[..], &offset.to_be_bytes(), payload].concat()
}

#[tokio::test]
async fn a_file_that_falls_back_to_the_server_arrives_whole_at_the_pace_that_the_welcome_names() {
    let silent = server_with_files("0");
    let nobody = SfuClient::converse(&silent, "Ada").await;
    assert_eq!(nobody.welcome["sfu"]["files"], 0);

    let server = server_with_files("4");
    let [ada, mut bob, mut cleo] = three(&server).await;
    let bits_per_second = ada.welcome["sfu"]["files"].as_f64().unwrap();
    assert_eq!(bits_per_second, 4_000_000.0);
    let to_bob = json!({"to": [bob.peer]});
    let content: Vec<u8> = (0..1_500_000_u32).map(|at| (at * 7 % 251) as u8).collect();
    ada.say("files", to_bob.clone(), r#"{"type":"fallback"}"#)
        .await;
    // As pages do it: three quarters of what is taken.
    let size = 48 * 1024;
    let each = Duration::from_secs_f64(size as f64 * 8.0 / (0.75 * bits_per_second));
    let mut pace = tokio::time::interval(each);
    for (number, payload) in content.chunks(size).enumerate() {
        pace.tick().await;
        let message = by_client(&to_bob, chunk(7, number * size, payload));
        ada.send_on("files", true, message).await;
        // The chat goes on meanwhile.
        ada.say("chat", json!({}), &number.to_string()).await;
        assert_eq!(
            cleo.until_message_on("chat").await.text(),
            number.to_string()
        );
    }
    let done = r#"{"type":"done","id":7,"sha256":"00"}"#;
    ada.say("files", to_bob, done).await;

    assert_eq!(
        bob.until_message_on("files").await.text(),
        r#"{"type":"fallback"}"#
    );
    let mut came = Vec::new();
    while came.len() < content.len() {
        let payload = bob.until_message_on("files").await.payload.unwrap();
        assert_eq!(payload[..12], chunk(7, came.len(), &[]));
        came.extend_from_slice(&payload[12..]);
    }
    assert!(came == content, "it is another file");
    assert_eq!(bob.until_message_on("files").await.text(), done);
}

#[tokio::test]
async fn who_takes_nothing_loses_a_channel_and_nobody_else_notices() {
    let server = sfu_server();
    let [mut ada, mut bob, mut cleo] = three(&server).await;
    bob.media.ask(|media| media.withholds = true).await;
    let text = "x".repeat(60 * 1024);
    for number in 0..12 {
        let text = format!("{number} {text}");
        ada.say("chat", json!({}), &text).await;
        assert_eq!(
            cleo.until_message_on("chat").await,
            said("chat", &ada, &text)
        );
    }
    bob.media.ask(|media| media.withholds = false).await;
    bob.until_closed("chat").await;
    assert!(bob.reopen("chat").await);
    let opened = ada.until_said("chat", |it| it.line.get("opened").is_some());
    let opened = opened.await;
    assert_eq!(
        (opened.line, opened.payload),
        (json!({ "opened": bob.peer }), None)
    );
    ada.say("chat", json!({}), "again").await;
    assert_eq!(
        bob.until_message_on("chat").await,
        said("chat", &ada, "again")
    );
    assert_eq!(cleo.until_message_on("chat").await.text(), "again");
    // His other channels were never closed.
    ada.say("files", json!({"to": [bob.peer]}), "a file").await;
    assert_eq!(bob.until_message_on("files").await.text(), "a file");
}

#[tokio::test]
async fn who_comes_is_announced_to_those_who_are_there_when_their_chat_opens() {
    let server = sfu_server();
    let mut ada = SfuClient::converse(&server, "Ada").await;
    let bob = SfuClient::converse(&server, "Bob").await;
    let is_opened = |it: &Said| it.line == json!({ "opened": bob.peer });
    let opened = ada.until_said("chat", is_opened).await;
    assert_eq!((opened.is_binary, opened.payload), (false, None));
    let mut again = bob.come_again(&server).await;
    again.connect().await;
    ada.until_said("chat", is_opened).await;
    ada.say("chat", json!({}), "what was missed").await;
    assert_eq!(
        again.until_message_on("chat").await.text(),
        "what was missed"
    );
}

#[tokio::test]
async fn a_beat_comes_in_silence_and_no_faster_than_it_must() {
    let server = sfu_server();
    let mut ada = SfuClient::converse(&server, "Ada").await;
    let is_beat = |it: &Said| it.line == json!({"beat": 1});
    let mut beats: Vec<Instant> = vec![];
    for _ in 0..5 {
        let beat = ada.until_said("live", is_beat).await;
        assert_eq!((beat.is_binary, beat.payload), (false, None));
        beats.push(Instant::now());
    }
    // Four intervals; the first may have been noticed late.
    assert!(
        beats[4] - beats[0] > Duration::from_millis(1_000),
        "{beats:?}"
    );
    ada.media.ask(|media| media.close_channel("live")).await;
    ada.until_closed("live").await;
    assert!(ada.reopen("live").await);
    ada.until_said("live", is_beat).await;
}

#[tokio::test]
async fn a_channel_that_is_none_of_the_three_is_closed() {
    let server = sfu_server();
    let [mut ada, mut bob, _cleo] = three(&server).await;
    ada.media.ask(|media| media.open_channel("own")).await;
    ada.until_closed("own").await;
    ada.say("chat", json!({}), "as before").await;
    assert_eq!(bob.until_message_on("chat").await.text(), "as before");
}
