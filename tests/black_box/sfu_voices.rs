//! Whose voices the SFU passes on.

use serde_json::json;

use super::support::{Server, SfuClient, after, now, sfu_server};

#[tokio::test]
async fn whose_sound_comes_another_way_is_not_heard_here() {
    let server = sfu_server();
    let (ada, mut bob) = SfuClient::ada_and_bob(&server).await;
    let cleo = SfuClient::enter(&server, "standup", "Cleo").await;
    bob.until_heard(&ada.peer, 0).await;
    bob.until_heard(&cleo.peer, 0).await;
    bob.watch(&[], &[&ada.peer]).await;
    let asked = now();
    bob.until_heard(&cleo.peer, after(asked, 800)).await;
    let voices = bob.ledger.packets().filter(|packet| packet.says(&ada.peer));
    let late: Vec<_> = voices
        .filter(|it| it.mark.sent > after(asked, 200))
        .collect();
    assert!(late.is_empty(), "{late:?}");
    bob.watch(&[], &[]).await;
    bob.until_heard(&ada.peer, after(asked, 800)).await;
    bob.ledger.check();
}

#[tokio::test]
async fn whoever_mutes_is_not_forwarded() {
    let server = sfu_server();
    let (mut ada, mut bob) = SfuClient::ada_and_bob(&server).await;
    let cleo = SfuClient::enter(&server, "standup", "Cleo").await;
    bob.until_heard(&ada.peer, 0).await;
    ada.send(json!({"type": "media", "audio": false, "video": true, "screen": false}))
        .await;
    bob.until_message("peer-media", |it| it["peer"] == *ada.peer)
        .await;
    let muted = now();
    bob.until_heard(&cleo.peer, after(muted, 800)).await;
    let voices = bob.ledger.packets().filter(|packet| packet.says(&ada.peer));
    let late: Vec<_> = voices
        .filter(|it| it.mark.sent > after(muted, 200))
        .collect();
    assert!(late.is_empty(), "{late:?}");
}

#[tokio::test]
async fn six_voices_are_all_heard() {
    let server = sfu_server();
    let mut speakers = vec![];
    for name in ["Ada", "Bob", "Cleo", "Dora", "Emil", "Finn"] {
        let mut speaker = SfuClient::join(&server, "standup", name).await;
        speaker.connect().await;
        speaker.publish("microphone", &[""]).await;
        speakers.push(speaker);
    }
    let mut listener = listener(&server).await;
    let from = now();
    for speaker in &speakers {
        listener.until_heard(&speaker.peer, from).await;
    }
    let until = after(now(), 600);
    for speaker in &speakers {
        listener.until_heard(&speaker.peer, until).await;
    }
    listener.ledger.check();
}

#[tokio::test]
async fn of_ten_voices_the_four_loudest_are_heard() {
    let server = sfu_server();
    let mut quiet = vec![];
    for number in 0..6 {
        quiet.push(speaker(&server, &format!("Quiet {number}"), -45).await);
    }
    let mut loud = vec![];
    for number in 0..4 {
        loud.push(speaker(&server, &format!("Loud {number}"), -15).await);
    }
    let mut listener = listener(&server).await;
    let mut in_a_row = vec![0; 4];
    listener
        .until("nobody but the four loudest", |_, news| {
            let packet = news.packet()?;
            match loud.iter().position(|it| packet.says(&it.peer)) {
                Some(number) => in_a_row[number] += 1,
                None => in_a_row = vec![0; 4],
            }
            // A second of each.
            in_a_row.iter().all(|count| *count >= 50).then_some(())
        })
        .await;
    // Somebody becomes the loudest, and takes a place.
    let riser = &quiet[0];
    riser.media.ask(|media| media.publisher.level = -2).await;
    let raised = now();
    listener.until_heard(&riser.peer, raised).await;
    let settled = listener
        .until_heard(&riser.peer, after(raised, 2_000))
        .await;
    listener
        .until_heard(&riser.peer, after(settled.mark.sent, 600))
        .await;
    let mut heard: Vec<&str> = listener
        .ledger
        .packets()
        .filter(|packet| packet.mark.sent > settled.mark.sent)
        .map(|packet| packet.mark.peer.as_str())
        .collect();
    heard.sort_unstable();
    heard.dedup();
    assert_eq!(heard.len(), 4, "{heard:?}");
    listener.ledger.check();
}

/// Somebody who speaks this loud, in dBov.
pub(crate) async fn speaker(server: &Server, name: &str, level: i8) -> SfuClient {
    let mut speaker = SfuClient::join(server, "standup", name).await;
    speaker
        .media
        .ask(move |media| media.publisher.level = level)
        .await;
    speaker.connect().await;
    speaker.publish("microphone", &[""]).await;
    speaker
}

/// Somebody who says nothing.
pub(crate) async fn listener(server: &Server) -> SfuClient {
    let mut listener = SfuClient::join(server, "standup", "Listener").await;
    let media = json!({"type": "media", "audio": false, "video": false, "screen": false});
    listener.send(media).await;
    listener.connect().await;
    listener
}
