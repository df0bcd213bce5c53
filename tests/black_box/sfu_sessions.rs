//! Sessions of the SFU: offers said again, restarts of ICE, and seats that outlive sockets, connections and servers.

use super::support::{MediaHandle, SfuClient, after, now, sfu_server};

fn line<'a>(description: &'a str, start: &str) -> &'a str {
    let mut lines = description.lines();
    lines.find_map(|line| line.strip_prefix(start)).unwrap()
}

#[tokio::test]
async fn an_offer_said_again_gets_the_same_answer() {
    let server = sfu_server();
    let mut ada = SfuClient::join(&server, "standup", "Ada").await;
    let offer = ada.media.ask(|media| media.offer(6, 4)).await;
    ada.serial = 7;
    let first = ada.offer(&offer).await;
    let second = ada.offer(&offer).await;
    assert_eq!(first, second);
    assert!(first.contains("a=ice-lite"), "{first}");
    assert!(
        first.contains(" 127.0.0.1 "),
        "candidates stand in it: {first}"
    );
}

#[tokio::test]
async fn a_restart_of_ice_keeps_the_slots_and_the_media() {
    let server = sfu_server();
    let (ada, mut bob) = SfuClient::ada_and_bob(&server).await;
    bob.watch(&[(&ada.peer, "thumbnail")], &[]).await;
    let before = bob.until_shown(&ada.peer, "q").await;
    for moves in [false, true] {
        let offer = bob.media.ask(move |media| media.offer_restart(moves)).await;
        let answer = bob.negotiate(&offer).await;
        assert_ne!(line(&answer, "a=ice-ufrag:"), line(&offer, "a=ice-ufrag:"));
        let restarted = now();
        bob.until_heard(&ada.peer, after(restarted, 600)).await;
        let later = bob.until_packet("her picture", |it| {
            it.shows(&ada.peer) && it.mark.sent > after(restarted, 600)
        });
        assert_eq!(later.await.slot, before.slot, "moves: {moves}");
        if !moves {
            bob.ledger.check();
        }
    }
    // Ada hears him all the time, from wherever he sends.
    let mut ada = ada;
    let heard = ada.until_heard(&bob.peer, now()).await;
    assert_eq!(heard.mark.peer, bob.peer);
}

#[tokio::test]
async fn who_gets_another_address_and_does_not_notice_is_found_there() {
    let server = sfu_server();
    let (mut ada, mut bob) = SfuClient::ada_and_bob(&server).await;
    bob.watch(&[(&ada.peer, "thumbnail")], &[]).await;
    let before = bob.until_shown(&ada.peer, "q").await;
    bob.media.ask(|media| media.rebind()).await;
    let moved = now();
    // The next of his checks tells.
    let heard = bob.until_heard(&ada.peer, after(moved, 600)).await;
    assert!(heard.mark.sent < after(moved, 6_000), "it took long");
    let later = bob.until_packet("her picture", |it| {
        it.shows(&ada.peer) && it.mark.sent > after(moved, 600)
    });
    assert_eq!(later.await.slot, before.slot);
    ada.until_heard(&bob.peer, after(moved, 600)).await;
}

#[tokio::test]
async fn another_fingerprint_is_another_session() {
    let server = sfu_server();
    let (ada, mut bob) = SfuClient::ada_and_bob(&server).await;
    bob.watch(&[(&ada.peer, "thumbnail")], &[]).await;
    bob.until_shown(&ada.peer, "q").await;
    bob.ledger.check();
    let mut old = std::mem::replace(&mut bob.media, MediaHandle::new(&bob.peer));
    bob.ledger.clear();
    bob.connect().await;
    bob.watch(&[(&ada.peer, "thumbnail")], &[]).await;
    let anew = now();
    bob.until_shown(&ada.peer, "q").await;
    bob.until_heard(&ada.peer, after(anew, 800)).await;
    assert_silent(&mut old, after(anew, 300));
    bob.ledger.check();
}

/// What came over a connection of old was sent before that moment.
fn assert_silent(media: &mut MediaHandle, from: u64) {
    for packet in media.unread() {
        assert!(packet.mark.sent < from, "{packet:?}");
    }
}

fn follow_each_other(words: &[u32]) -> bool {
    words.windows(2).all(|pair| pair[1] == pair[0] + 1)
}

#[tokio::test]
async fn a_second_session_of_a_seat_replaces_the_first() {
    let server = sfu_server();
    let (mut ada, mut bob) = SfuClient::ada_and_bob(&server).await;
    ada.watch(&[(&bob.peer, "thumbnail")], &[]).await;
    ada.until_shown(&bob.peer, "q").await;
    let mut again = bob.come_again(&server).await;
    again.connect().await;
    again.publish("microphone", &[""]).await;
    again.publish("camera", &["q"]).await;
    let anew = now();
    again.until_heard(&ada.peer, after(anew, 800)).await;
    assert_silent(&mut bob.media, after(anew, 300));
    // And of the two that send in his name one is heard.
    ada.until_heard(&again.peer, after(anew, 800)).await;
    ada.until_packet("his picture", |it| {
        it.shows(&again.peer) && it.mark.sent > anew
    })
    .await;
    let words = ada.ledger.words(&again.peer, after(anew, 300));
    assert!(words.len() > 10 && follow_each_other(&words), "{words:?}");
}

#[tokio::test]
async fn media_go_on_while_a_socket_is_lost_and_after_it_is_back() {
    let server = sfu_server();
    let (mut ada, mut bob) = SfuClient::ada_and_bob(&server).await;
    bob.watch(&[(&ada.peer, "thumbnail")], &[]).await;
    let before = bob.until_shown(&ada.peer, "q").await;
    bob.socket = None;
    ada.until_message("peer-away", |_| true).await;
    let away = now();
    bob.until_heard(&ada.peer, after(away, 600)).await;
    ada.until_heard(&bob.peer, after(away, 600)).await;
    bob.resume(&server).await;
    assert_eq!(bob.welcome["resumed"], true);
    let back = now();
    bob.until_message("slots", |_| true).await;
    assert_eq!(
        bob.slot_of(&ada.peer, "camera").unwrap()["mid"],
        *before.slot
    );
    bob.until_heard(&ada.peer, after(back, 600)).await;
    ada.until_heard(&bob.peer, after(back, 600)).await;
    for (listener, speaker) in [(&bob, &ada), (&ada, &bob)] {
        let words = listener.ledger.words(&speaker.peer, 0);
        assert!(follow_each_other(&words), "none is missing: {words:?}");
        listener.ledger.check();
    }
    bob.watch(&[(&ada.peer, "large")], &[]).await;
    let large = bob.until_shown(&ada.peer, "f").await;
    assert_eq!(large.slot, before.slot);
}

#[tokio::test]
async fn after_a_crash_there_is_another_run_and_a_new_offer_connects() {
    let mut server = sfu_server();
    let (ada, mut bob) = SfuClient::ada_and_bob(&server).await;
    bob.until_heard(&ada.peer, 0).await;
    server.crash_and_restart();
    let mut people = vec![];
    for person in [&ada, &bob] {
        let mut again = person.come_again(&server).await;
        assert_eq!(again.welcome["resumed"], true);
        assert_ne!(again.welcome["sfu"]["run"], person.welcome["sfu"]["run"]);
        again.connect().await;
        again.publish("microphone", &[""]).await;
        again.publish("camera", &["q"]).await;
        people.push(again);
    }
    let [mut ada, mut bob]: [SfuClient; 2] = people.try_into().ok().unwrap();
    bob.watch(&[(&ada.peer, "thumbnail")], &[]).await;
    bob.until_shown(&ada.peer, "q").await;
    bob.until_heard(&ada.peer, 0).await;
    ada.until_heard(&bob.peer, 0).await;
    bob.ledger.check();
}

/// The same offer as Firefox writes it: all sections but the first have no port of their own (RFC 9143 section 6).
fn with_bundle_only_sections(offer: &str) -> String {
    let mut sections = offer.split("\r\nm=");
    let session = sections.next().unwrap().to_owned();
    let first = sections.next().unwrap();
    let others = sections.map(|section| section.replacen(" 9 ", " 0 ", 1) + "\r\na=bundle-only");
    let sections = std::iter::once(first.to_owned()).chain(others);
    let offer = sections.fold(session, |offer, section| {
        offer + "\r\nm=" + section.trim_end()
    });
    offer + "\r\n"
}

#[tokio::test]
async fn sections_that_are_offered_for_the_bundle_alone_are_used() {
    let server = sfu_server();
    let mut ada = SfuClient::join(&server, "standup", "Ada").await;
    ada.connect().await;
    ada.publish("microphone", &[""]).await;
    ada.publish("camera", &["q"]).await;
    let mut bob = SfuClient::join(&server, "standup", "Bob").await;
    let offer = bob.media.ask(|media| media.offer(6, 4)).await;
    let offer = with_bundle_only_sections(&offer);
    assert_eq!(offer.matches(" 0 UDP/").count(), 14);
    let answer = bob.negotiate(&offer).await;
    assert!(!answer.contains(" 0 UDP/"), "none is rejected: {answer}");
    bob.publish("microphone", &[""]).await;
    bob.publish("camera", &["q"]).await;
    bob.until_said("live", |said| said.line["beat"] == 1).await;
    bob.watch(&[(&ada.peer, "thumbnail")], &[]).await;
    ada.watch(&[(&bob.peer, "thumbnail")], &[]).await;
    let (to_ada, to_bob) = (bob.peer.clone(), ada.peer.clone());
    for (here, there) in [(&mut bob, to_bob), (&mut ada, to_ada)] {
        here.until_shown(&there, "q").await;
        here.until_heard(&there, now()).await;
    }
}
