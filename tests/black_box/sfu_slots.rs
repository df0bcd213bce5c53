//! The slots: whom they carry, and that nobody is ever seen under another name.

use serde_json::json;

use super::support::{Packet, SfuClient, after, now, sfu_server};

#[tokio::test]
async fn a_slot_shows_somebody_else_only_after_that_was_seen() {
    let server = sfu_server();
    let ada = SfuClient::enter(&server, "standup", "Ada").await;
    let cleo = SfuClient::enter(&server, "standup", "Cleo").await;
    let mut bob = SfuClient::join(&server, "standup", "Bob").await;
    bob.sees_slots = false;
    bob.connect_with(6, 1).await;
    bob.watch(&[(&ada.peer, "thumbnail")], &[]).await;
    let first = bob.until_shown(&ada.peer, "q").await;
    bob.until("her slot", |bob, _| {
        bob.slot_of(&ada.peer, "camera").map(drop)
    })
    .await;
    // Bob has not said that he has seen that: nobody was there before.
    bob.watch(&[(&cleo.peer, "thumbnail")], &[]).await;
    let asked = now();
    bob.until("a map without her", |bob, _| {
        bob.slot_of(&ada.peer, "camera").is_none().then_some(())
    })
    .await;
    bob.until_heard(&cleo.peer, after(asked, 1_000)).await;
    let early = bob.ledger.packets().find(|packet| packet.shows(&cleo.peer));
    assert!(early.is_none(), "{early:?}");
    let shown = |packet: &&Packet| packet.shows(&ada.peer);
    let late = bob
        .ledger
        .packets()
        .filter(shown)
        .find(|it| it.mark.sent > after(asked, 200));
    assert!(late.is_none(), "{late:?}");
    bob.sees_slots = true;
    bob.see_slots().await;
    let second = bob.until_shown(&cleo.peer, "q").await;
    assert_eq!(second.slot, first.slot, "there is no other");
    assert!(second.picture.unwrap().is_key);
    let from = bob.until("a beginning", |bob, _| {
        bob.slot_of(&cleo.peer, "camera")?["from"].as_u64()
    });
    assert_eq!(from.await, u64::from(second.timestamp));
    bob.ledger.check();
}

#[tokio::test]
async fn whoever_leaves_frees_their_slots() {
    let server = sfu_server();
    let (mut ada, mut bob) = SfuClient::ada_and_bob(&server).await;
    bob.watch(&[(&ada.peer, "large")], &[]).await;
    bob.until_shown(&ada.peer, "f").await;
    bob.until_heard(&ada.peer, 0).await;
    ada.send(json!({"type": "leave"})).await;
    bob.until("slots without her", |bob, _| {
        let slots = bob.slots["slots"].as_array()?;
        let is_free = slots.iter().all(|slot| slot["peer"] != *ada.peer);
        is_free.then_some(())
    })
    .await;
    let left = now();
    // They are somebody else's then.
    let cleo = SfuClient::enter(&server, "standup", "Cleo").await;
    bob.watch(&[(&cleo.peer, "thumbnail")], &[]).await;
    bob.until_shown(&cleo.peer, "q").await;
    bob.until_heard(&cleo.peer, 0).await;
    let late = bob
        .ledger
        .packets()
        .filter(|packet| packet.mark.peer == ada.peer);
    let late: Vec<_> = late
        .filter(|packet| packet.mark.sent > after(left, 200))
        .collect();
    assert!(late.is_empty(), "{late:?}");
    bob.ledger.check();
}

#[tokio::test]
async fn slots_grow_with_a_later_offer() {
    let server = sfu_server();
    let ada = SfuClient::enter(&server, "standup", "Ada").await;
    let cleo = SfuClient::enter(&server, "standup", "Cleo").await;
    let mut bob = SfuClient::join(&server, "standup", "Bob").await;
    bob.connect_with(6, 1).await;
    let both = [(&*ada.peer, "thumbnail"), (&*cleo.peer, "thumbnail")];
    bob.watch(&both, &[]).await;
    let first = bob.until_shown(&ada.peer, "q").await;
    bob.until_heard(&cleo.peer, after(first.mark.sent, 600))
        .await;
    let other = bob.ledger.packets().find(|packet| packet.shows(&cleo.peer));
    assert!(
        other.is_none(),
        "the first that is watched comes first: {other:?}"
    );
    let offer = bob.media.ask(|media| media.offer_more(3)).await;
    bob.negotiate(&offer).await;
    let second = bob.until_shown(&cleo.peer, "q").await;
    assert_ne!(second.slot, first.slot);
    let goes_on = bob.until_packet("her picture", |it| {
        it.shows(&ada.peer) && it.mark.sent > second.mark.sent
    });
    assert_eq!(goes_on.await.slot, first.slot);
    bob.ledger.check();
}

#[tokio::test]
async fn a_screen_and_its_sound_have_slots_of_their_own() {
    let server = sfu_server();
    let (mut ada, mut bob) = SfuClient::ada_and_bob(&server).await;
    let media = json!({"type": "media", "audio": true, "video": true, "screen": true});
    ada.send(media).await;
    ada.publish("screen-audio", &[""]).await;
    ada.publish("screen-video", &["q", "f"]).await;
    let picture = json!({"peer": ada.peer, "camera": "thumbnail", "screen": "large"});
    let watch = json!({"type": "watch", "number": 1, "pictures": [picture]});
    bob.send(watch).await;
    let mut slots = vec![];
    for (track, layer) in [
        ("screen-audio", ""),
        ("screen-video", "f"),
        ("camera", "q"),
        ("microphone", ""),
    ] {
        let packet = bob.until_packet(track, |it| it.mark.track == track && it.mark.layer == layer);
        slots.push(packet.await.slot);
    }
    slots.sort();
    slots.dedup();
    assert_eq!(slots.len(), 4, "{slots:?}");
    bob.ledger.check();
}
