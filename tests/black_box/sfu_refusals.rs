//! Descriptions the SFU does not take, and that it says why.

use serde_json::json;

use super::support::{MediaHandle, Server, SfuClient, after, now, sfu_server};

/// The offer is refused with words that name the rule, and the person stays.
async fn assert_refused(ada: &mut SfuClient, offer: &str, rule: &str) {
    ada.serial += 1;
    let serial = ada.serial;
    ada.send(json!({"type": "offer", "target": "sfu", "sdp": offer, "serial": serial}))
        .await;
    let error = ada
        .until("a refusal", |_, news| {
            assert_eq!(news.message("answer"), None, "{rule}: it was answered");
            news.message("error").cloned()
        })
        .await;
    assert_eq!(error["code"], "sfu-refused", "{rule}: {error}");
    assert_eq!(error["fatal"], false, "{rule}: {error}");
    let words = error["message"].as_str().unwrap();
    assert!(words.contains(rule), "{rule} is not in: {words}");
}

/// Somebody with a good offer, who may still connect afterwards.
async fn ada_with_an_offer(server: &Server) -> (SfuClient, String) {
    let ada = SfuClient::join(server, "standup", "Ada").await;
    let offer = ada.media.ask(|media| media.offer(2, 1)).await;
    (ada, offer)
}

fn without(offer: &str, start: &str) -> String {
    let lines = offer.split_inclusive("\r\n");
    lines.filter(|line| !line.starts_with(start)).collect()
}

#[tokio::test]
async fn a_description_that_is_none_is_refused() {
    let server = sfu_server();
    let (mut ada, offer) = ada_with_an_offer(&server).await;
    for text in ["", "garbage", "v=0\r\n", &offer[..offer.len() / 2]] {
        assert_refused(&mut ada, text, "").await;
    }
    let answer = ada.negotiate(&offer).await;
    assert!(answer.starts_with("v=0"), "and a good one is still taken");
}

#[tokio::test]
async fn a_description_has_one_fingerprint() {
    let server = sfu_server();
    let (mut ada, offer) = ada_with_an_offer(&server).await;
    let none = without(&offer, "a=fingerprint:");
    assert_refused(&mut ada, &none, "fingerprint").await;
    let own = offer
        .lines()
        .find(|it| it.starts_with("a=fingerprint:"))
        .unwrap();
    let end = if own.ends_with('0') { "1" } else { "0" };
    let other = format!("{}{end}", &own[..own.len() - 1]);
    let two = offer.replacen(own, &other, 1);
    assert_refused(&mut ada, &two, "fingerprint").await;
    ada.negotiate(&offer).await;
}

#[tokio::test]
async fn a_description_has_at_most_40_sections_in_one_bundle() {
    let server = sfu_server();
    let (mut ada, offer) = ada_with_an_offer(&server).await;
    let many = MediaHandle::new("P1")
        .ask(|media| media.offer(18, 18))
        .await;
    assert_eq!(many.matches("\r\nm=").count(), 41);
    assert_refused(&mut ada, &many, "40").await;
    assert_refused(&mut ada, &without(&offer, "a=group:"), "bundled").await;
}

#[tokio::test]
async fn a_description_offers_opus_and_vp8_in_at_most_three_layers() {
    let server = sfu_server();
    let (mut ada, offer) = ada_with_an_offer(&server).await;
    assert_refused(&mut ada, &offer.replace(" opus/", " speex/"), "Opus").await;
    assert_refused(&mut ada, &offer.replace(" VP8/", " VP7/"), "VP8").await;
    let four = offer
        .replacen("a=rid:f send\r\n", "a=rid:f send\r\na=rid:g send\r\n", 1)
        .replace("q;h;f", "q;h;f;g");
    assert_ne!(four, offer);
    assert_refused(&mut ada, &four, "rid").await;
    ada.negotiate(&offer).await;
}

#[tokio::test]
async fn a_description_that_does_not_fit_a_message_ends_the_socket() {
    let server = sfu_server();
    let (mut ada, offer) = ada_with_an_offer(&server).await;
    let long = offer + &"a=x-filled:up\r\n".repeat(5_000);
    ada.send(json!({"type": "offer", "target": "sfu", "sdp": long}))
        .await;
    let error = ada.until_message("error", |_| true).await;
    assert_eq!(
        (&error["code"], &error["fatal"]),
        (&json!("too-large"), &json!(true))
    );
}

#[tokio::test]
async fn offers_beyond_the_burst_are_refused() {
    let server = sfu_server();
    let (mut ada, offer) = ada_with_an_offer(&server).await;
    for serial in 1..=20 {
        ada.send(json!({"type": "offer", "target": "sfu", "sdp": offer, "serial": serial}))
            .await;
    }
    ada.until("a refusal", |_, news| {
        let error = news.message("error")?;
        assert_eq!(error["code"], "sfu-refused", "{error}");
        Some(())
    })
    .await;
}

#[tokio::test]
async fn an_answer_is_nothing_to_say_to_the_sfu_and_candidates_are_not_needed() {
    let server = sfu_server();
    let (mut ada, offer) = ada_with_an_offer(&server).await;
    let candidate = json!({"candidate": "", "sdpMid": "0", "sdpMLineIndex": 0});
    ada.send(json!({"type": "ice-candidate", "target": "sfu", "candidate": candidate}))
        .await;
    ada.send(json!({"type": "answer", "target": "sfu", "sdp": offer}))
        .await;
    let error = ada.until_message("error", |_| true).await;
    assert_eq!(
        error["code"], "bad-message",
        "the candidate was no mistake: {error}"
    );
    ada.negotiate(&offer).await;
}

#[tokio::test]
async fn a_watch_beyond_its_limits_is_a_bad_message() {
    let server = sfu_server();
    let (mut ada, _) = ada_with_an_offer(&server).await;
    let picture = json!({"peer": "P1", "camera": "large"});
    let peers: Vec<String> = (0..1_001).map(|number| format!("P{number}")).collect();
    for watch in [
        json!({"type": "watch", "number": 1, "pictures": vec![picture; 33]}),
        json!({"type": "watch", "number": 1, "unheard": peers}),
        json!({"type": "watch", "pictures": []}),
        json!({"type": "slots-seen", "number": -1}),
    ] {
        ada.send(watch).await;
        let error = ada.until_message("error", |_| true).await;
        assert_eq!(error["code"], "bad-message", "{error}");
    }
}

/// The offer, but two of its slots have changed places: their `mid` is not where it was.
fn shuffled(offer: &str) -> String {
    let mids: Vec<&str> = offer
        .lines()
        .filter(|it| it.starts_with("a=mid:"))
        .collect();
    let [one, other] = [mids[4], mids[5]];
    let lines = offer
        .split_inclusive("\r\n")
        .map(|line| match line.trim_end() {
            it if it == one => line.replace(one, other),
            it if it == other => line.replace(other, one),
            _ => line.to_owned(),
        });
    lines.collect()
}

#[tokio::test]
async fn what_stood_before_a_refused_offer_stands_on() {
    let server = sfu_server();
    let (ada, mut bob) = SfuClient::ada_and_bob(&server).await;
    bob.watch(&[(&ada.peer, "thumbnail")], &[]).await;
    let before = bob.until_shown(&ada.peer, "q").await;
    let more = bob.media.ask(|media| media.offer_more(1)).await;
    for offer in [without(&more, "a=fingerprint:"), shuffled(&more)] {
        assert_refused(&mut bob, &offer, "").await;
        let refused = now();
        bob.until_heard(&ada.peer, after(refused, 400)).await;
        let later = bob.until_packet("her picture", |it| {
            it.shows(&ada.peer) && it.mark.sent > after(refused, 400)
        });
        assert_eq!(later.await.slot, before.slot);
    }
    bob.negotiate(&more).await;
    let agreed = now();
    bob.until_heard(&ada.peer, after(agreed, 400)).await;
    bob.ledger.check();
}
