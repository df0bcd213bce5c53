//! The SFU as a client meets it: coming, being heard, watching and being watched.

use serde_json::{Value, json};

use super::support::{Client, News, Packet, Server, SfuClient, after, now, offer, sfu_server};

#[tokio::test]
async fn whoever_comes_is_told_of_the_sfu_and_others_that_it_hears_them() {
    let server = sfu_server();
    let mut ada = SfuClient::join(&server, "standup", "Ada").await;
    let terms = &ada.welcome["sfu"];
    assert_eq!(
        (&terms["peer"], &terms["use"]),
        (&json!("sfu"), &json!("on"))
    );
    assert!(terms["run"].as_str().is_some_and(|run| !run.is_empty()));
    assert!(terms["number"].is_u64(), "{terms}");
    ada.connect().await;
    ada.publish("microphone", &[""]).await;
    let mut bob = SfuClient::join(&server, "standup", "Bob").await;
    let known = bob.welcome["peers"][0].clone();
    assert_eq!(known["peer"], *ada.peer);
    if known["sfu"] == "able" {
        let ready = bob.until_message("peer-sfu", |it| it["peer"] == *ada.peer);
        assert_eq!(ready.await["sfu"], "ready");
    } else {
        assert_eq!(known["sfu"], "ready");
    }
    let joined = ada.until_message("peer-joined", |_| true).await;
    assert_eq!(joined["sfu"], "able");
    bob.connect().await;
    bob.publish("microphone", &[""]).await;
    let ready = ada.until_message("peer-sfu", |it| it["peer"] == *bob.peer);
    assert_eq!(ready.await["sfu"], "ready");
}

#[tokio::test]
async fn whoever_does_not_speak_of_the_sfu_is_told_nothing_of_it() {
    let server = sfu_server();
    let (mut eve, welcome) = Client::join(&server, "standup", "Eve").await;
    assert_eq!(welcome.get("sfu"), None);
    eve.send(&offer("sfu", "a description")).await;
    eve.expect_error("unknown-peer").await;
    let ada = SfuClient::join(&server, "standup", "Ada").await;
    assert_eq!(ada.welcome["peers"][0].get("sfu"), None);
    let joined = eve.expect("peer-joined").await;
    assert_eq!(joined["peer"], *ada.peer);
}

#[tokio::test]
async fn a_server_without_an_sfu_announces_none() {
    let server = Server::start(&[]);
    let mut ada = SfuClient::join(&server, "standup", "Ada").await;
    assert_eq!(ada.welcome.get("sfu"), None);
    assert_eq!(ada.welcome["limits"].get("meshCapacity"), None);
    ada.send(offer("sfu", "a description")).await;
    let error = ada.until_message("error", |_| true).await;
    assert_eq!(error["code"], "unknown-peer");
}

#[tokio::test]
async fn a_voice_is_heard_at_once_and_a_picture_once_it_is_watched() {
    let server = sfu_server();
    let (ada, mut bob) = SfuClient::ada_and_bob(&server).await;
    let began = bob.until_heard(&ada.peer, 0).await.mark.sent;
    let voice = bob.until_heard(&ada.peer, after(began, 600)).await;
    assert_eq!(voice.level, Some(-25), "how loud it is goes with it");
    assert!(bob.ledger.packets().all(|packet| packet.picture.is_none()));
    assert_eq!(
        bob.slot_of(&ada.peer, "microphone").unwrap()["mid"],
        *voice.slot
    );
    bob.watch(&[(&ada.peer, "thumbnail")], &[]).await;
    let picture = bob.until_shown(&ada.peer, "q").await;
    let is_named = |bob: &SfuClient| {
        let slot = bob.slot_of(&ada.peer, "camera")?;
        (slot["from"].is_u64()).then(|| slot.clone())
    };
    let slot = bob
        .until("a slot with a beginning", |bob, _| is_named(bob))
        .await;
    assert_eq!(slot["mid"], *picture.slot);
    assert_eq!(
        slot["from"], picture.timestamp,
        "it is theirs from there on"
    );
    assert_eq!(slot.get("paused"), None);
    assert!(
        bob.ledger
            .packets()
            .all(|packet| packet.mark.peer == ada.peer)
    );
    bob.ledger.check();
}

#[tokio::test]
async fn the_size_in_which_somebody_is_watched_decides_the_layer() {
    let server = sfu_server();
    let (ada, mut bob) = SfuClient::ada_and_bob(&server).await;
    for (size, layer) in [
        ("thumbnail", "q"),
        ("large", "f"),
        ("medium", "h"),
        ("large", "f"),
        ("thumbnail", "q"),
    ] {
        bob.watch(&[(&ada.peer, size)], &[]).await;
        let first = bob.until_shown(&ada.peer, layer).await;
        assert!(
            first.picture.unwrap().is_key,
            "{size} begins with {first:?}"
        );
        // More of the same layer, and nothing of another.
        for _ in 0..10 {
            let next = bob
                .until_packet("a picture", |it| it.shows(&ada.peer))
                .await;
            assert_eq!(next.mark.layer, layer, "{next:?}");
            assert_eq!(next.slot, first.slot, "the slot stays");
        }
    }
    bob.ledger.check();
}

#[tokio::test]
async fn what_is_hidden_comes_no_more_after_200_ms() {
    let server = sfu_server();
    let (ada, mut bob) = SfuClient::ada_and_bob(&server).await;
    bob.watch(&[(&ada.peer, "large")], &[]).await;
    bob.until_shown(&ada.peer, "f").await;
    bob.watch(&[(&ada.peer, "hidden")], &[]).await;
    let hidden = now();
    bob.until_heard(&ada.peer, after(hidden, 800)).await;
    let late = |bob: &SfuClient| {
        let mut shown = bob
            .ledger
            .packets()
            .filter(|packet| packet.shows(&ada.peer));
        shown
            .find(|packet| packet.mark.sent > after(hidden, 200))
            .cloned()
    };
    assert!(late(&bob).is_none(), "{:?}", late(&bob));
    bob.watch(&[(&ada.peer, "thumbnail")], &[]).await;
    let again = bob.until_packet("her picture", |it| {
        it.mark.sent > after(hidden, 800) && it.shows(&ada.peer)
    });
    assert!(again.await.picture.unwrap().is_key);
    bob.ledger.check();
}

#[tokio::test]
async fn a_publisher_is_told_which_layers_anybody_watches_and_whether_they_are_heard() {
    let server = sfu_server();
    let (mut ada, mut bob) = SfuClient::ada_and_bob(&server).await;
    bob.until_heard(&ada.peer, 0).await;
    let heard = ada
        .until_message("send", |send| send["sound"] == true)
        .await;
    assert_eq!(heard["camera"], json!([]), "nobody watches: {heard}");
    bob.watch(&[(&ada.peer, "large")], &[]).await;
    let has =
        |send: &Value, layer: &str| send["camera"].as_array().unwrap().contains(&json!(layer));
    let large = ada.until_message("send", |send| has(send, "f")).await;
    assert!(has(&large, "q"), "the smallest goes on: {large}");
    assert_eq!(large["screen"], json!([]));
    bob.watch(&[(&ada.peer, "thumbnail")], &[]).await;
    let small = ada.until_message("send", |send| !has(send, "f")).await;
    assert!(has(&small, "q"), "{small}");
    bob.watch(&[], &[&ada.peer]).await;
    let nothing = ada.until_message("send", |send| {
        send["camera"] == json!([]) && send["sound"] == false
    });
    let nothing = nothing.await;
    let numbers = [heard, large, small, nothing].map(|send| send["number"].as_u64());
    assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
}

#[tokio::test]
async fn a_layer_that_is_asked_for_by_a_receiver_begins_anew() {
    let server = sfu_server();
    let (mut ada, mut bob) = SfuClient::ada_and_bob(&server).await;
    bob.watch(&[(&ada.peer, "thumbnail")], &[]).await;
    let shown = bob.until_shown(&ada.peer, "q").await;
    let after_a_while = after(shown.mark.sent, 600);
    bob.until_heard(&ada.peer, after_a_while).await;
    let slot = shown.slot.clone();
    bob.media.ask(move |media| media.want_key(&slot)).await;
    let is_key = |packet: &Packet| packet.picture.is_some_and(|it| it.is_key);
    let key = bob.until_packet("a keyframe", |it| {
        it.mark.sent > after_a_while && is_key(it)
    });
    assert_eq!(key.await.mark.layer, "q");
    // Hers was asked for that layer, and not only at the beginning.
    let asked = |_: &SfuClient, news: &News| news.is_key_wanted("camera", "q").then_some(());
    ada.until("a request", asked).await;
    ada.until("another", asked).await;
    bob.ledger.check();
}

#[tokio::test]
async fn whoever_cannot_reach_the_sfu_says_so_and_others_are_told() {
    let server = sfu_server();
    let (mut ada, mut bob) = SfuClient::ada_and_bob(&server).await;
    bob.until_heard(&ada.peer, 0).await;
    let fault = json!({"type": "sfu-state", "state": "unable", "stage": "checking"});
    ada.send(fault).await;
    let told = bob.until_message("peer-sfu", |it| it["sfu"] == "unable");
    assert_eq!(told.await["peer"], *ada.peer);
    let cleo = SfuClient::join(&server, "standup", "Cleo").await;
    assert_eq!(cleo.welcome["peers"][0]["sfu"], "unable");
    ada.send(json!({"type": "sfu-state", "state": "able"}))
        .await;
    let told = bob.until_message("peer-sfu", |it| it["sfu"] != "unable");
    assert_eq!(told.await["peer"], *ada.peer);
    let strain = json!({"type": "strain", "uplink": true, "processor": false});
    ada.send(strain).await;
    ada.until_heard(&bob.peer, now()).await;
}
