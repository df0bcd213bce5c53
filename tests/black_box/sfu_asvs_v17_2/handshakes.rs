//! The items about keys and handshakes: 17.2.1, 17.2.2, 17.2.6 and 17.2.8.

use std::collections::BTreeSet;
use std::ffi::OsString;

use serde_json::json;
use tokio::net::UdpSocket;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::support::{
    Hello, Media, MediaNews, News, Server, SfuClient, Speaker, Watcher, after, is_dtls, now,
    sfu_server, weakened,
};

/// What a media server may agree on: ephemeral keys, authenticated encryption.
const STRONG_SUITES: [u16; 3] = [0xc02b, 0xc02c, 0xcca9];

/// The profiles of SRTP that encrypt, and authenticate with 80 bits at least.
const STRONG_PROFILES: [u16; 3] = [0x0001, 0x0007, 0x0008];

/// The fingerprint of the certificate by which the SFU proves itself to somebody who comes.
async fn fingerprint(server: &Server, name: &str) -> String {
    let mut person = SfuClient::join(server, "standup", name).await;
    let offer = person.media.ask(|media| media.offer(1, 1)).await;
    let answer = person.negotiate(&offer).await;
    let mut lines = answer.lines();
    let line = lines.find_map(|line| line.strip_prefix("a=fingerprint:"));
    line.expect("a fingerprint").to_owned()
}

fn files(server: &Server) -> BTreeSet<OsString> {
    let entries = std::fs::read_dir(server.data_dir()).unwrap();
    entries.map(|entry| entry.unwrap().file_name()).collect()
}

#[tokio::test]
async fn v17_2_1_the_key_of_dtls_is_new_in_every_run_and_is_kept_nowhere() {
    let mut server = sfu_server();
    let first = fingerprint(&server, "Ada").await;
    assert_eq!(first, fingerprint(&server, "Bob").await, "one for all");
    server.crash_and_restart();
    assert_ne!(first, fingerprint(&server, "Ada").await, "another run");
    let elsewhere = sfu_server();
    assert_ne!(first, fingerprint(&elsewhere, "Ada").await);
    let without = Server::start(&["--sfu", "off"]);
    assert_eq!(files(&server), files(&without), "nothing of it is a file");
}

/// Copies of everything of DTLS that comes to somebody. If they are deaf, they hear nothing of it.
async fn overheard(person: &SfuClient, is_deaf: bool) -> UnboundedReceiver<Vec<u8>> {
    let (copies, overheard) = unbounded_channel();
    let watcher: Watcher = Box::new(move |datagram| {
        if is_dtls(datagram) {
            let _ = copies.send(datagram.to_vec());
            if is_deaf {
                return None;
            }
        }
        Some(datagram.to_vec())
    });
    let listen = |media: &mut Media| media.inbound = Some(watcher);
    person.media.ask(listen).await;
    overheard
}

fn hello_among(datagrams: &mut UnboundedReceiver<Vec<u8>>, speaker: Speaker) -> Option<Hello> {
    let mut datagrams = std::iter::from_fn(|| datagrams.try_recv().ok());
    datagrams.find_map(|it| Hello::read(&it).filter(|hello| hello.speaker == speaker))
}

async fn until_connected(person: &mut SfuClient) {
    let is_connected = |_: &SfuClient, news: &News| {
        matches!(news, News::Media(MediaNews::Connected)).then_some(())
    };
    person.until("a connection", is_connected).await;
}

/// Connects somebody who speaks first in DTLS.
async fn connect_as_speaker(person: &mut SfuClient) {
    let offer = person.media.ask(Media::offer_as_speaker).await;
    person.negotiate(&offer).await;
    until_connected(person).await;
}

fn assert_strong(hello: &Hello) {
    let Hello {
        suites, profiles, ..
    } = hello;
    assert!(!suites.is_empty() && !profiles.is_empty(), "{hello:?}");
    for suite in suites.iter().filter(|suite| **suite != 0x00ff) {
        assert!(STRONG_SUITES.contains(suite), "{suite:#x} in {hello:?}");
    }
    for profile in profiles {
        assert!(STRONG_PROFILES.contains(profile), "{profile:#x}");
    }
}

#[tokio::test]
async fn v17_2_2_only_strong_suites_and_profiles_are_offered_and_chosen() {
    let server = sfu_server();
    let mut ada = SfuClient::join(&server, "standup", "Ada").await;
    let mut said = overheard(&ada, false).await;
    ada.connect().await;
    assert_strong(&hello_among(&mut said, Speaker::Client).expect("the SFU speaks first"));
    let mut bob = SfuClient::join(&server, "standup", "Bob").await;
    let mut said = overheard(&bob, false).await;
    connect_as_speaker(&mut bob).await;
    assert_strong(&hello_among(&mut said, Speaker::Server).expect("the SFU chooses"));
}

/// Has somebody's first words of DTLS go out as this makes them, and tells when they did.
async fn with_first_words(
    person: &SfuClient,
    mut change: impl FnMut(&[u8]) -> Option<Vec<u8>> + Send + 'static,
) -> UnboundedReceiver<Vec<u8>> {
    let (copies, spoken) = unbounded_channel();
    let watcher: Watcher = Box::new(move |datagram| {
        if Hello::read(datagram).is_none() {
            return Some(datagram.to_vec());
        }
        let changed = change(datagram);
        let _ = copies.send(datagram.to_vec());
        changed
    });
    let watch = |media: &mut Media| media.outbound = Some(watcher);
    person.media.ask(watch).await;
    spoken
}

#[tokio::test]
async fn v17_2_2_weak_suites_and_profiles_are_not_agreed_on() {
    let server = sfu_server();
    for what in [Hello::forget_suites, Hello::forget_profiles] {
        let mut ada = SfuClient::join(&server, "standup", "Ada").await;
        let mut said = overheard(&ada, true).await;
        let mut spoken = with_first_words(&ada, move |it| Some(weakened(it, what))).await;
        let offer = ada.media.ask(Media::offer_as_speaker).await;
        ada.negotiate(&offer).await;
        spoken.recv().await.unwrap();
        // What comes after it is answered, so that she would have been.
        let mut bob = SfuClient::join(&server, "standup", "Bob").await;
        connect_as_speaker(&mut bob).await;
        if let Some(chosen) = hello_among(&mut said, Speaker::Server) {
            let suites = &chosen.suites;
            assert!(suites.iter().all(|it| STRONG_SUITES.contains(it)));
            assert!(chosen.profiles.is_empty(), "{chosen:?}");
        }
    }
}

#[tokio::test]
async fn v17_2_6_a_strangers_client_hello_is_nobodys() {
    let server = sfu_server();
    let (ada, mut bob) = SfuClient::ada_and_bob(&server).await;
    let mut eve = SfuClient::join(&server, "standup", "Eve").await;
    // Hers wait until the stranger was faster, also after every address is known.
    let mut held = with_first_words(&eve, |_| None).await;
    let offer = eve.media.ask(Media::offer_as_speaker).await;
    let stranger = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    eve.negotiate(&offer).await;
    let own = held.recv().await.unwrap();
    let mut strangers = own.clone();
    // Other random bytes behind the version: it is another handshake.
    strangers[13 + 12 + 2..][..32].reverse();
    for hello in [&strangers, &own] {
        for _ in 0..20 {
            stranger.send_to(hello, ada.target()).await.unwrap();
        }
    }
    eve.media.ask(|media| media.outbound = None).await;
    let target = eve.target();
    eve.media.ask(move |media| media.inject(&own, target)).await;
    until_connected(&mut eve).await;
    eve.publish("microphone", &[""]).await;
    bob.until_heard(&eve.peer, 0).await;
    let mut buffer = [0; 2_000];
    let answered = stranger.try_recv_from(&mut buffer);
    assert!(answered.is_err(), "the stranger is answered: {answered:?}");
}

/// The same offer, but with a fingerprint that is nobody's.
fn with_another_fingerprint(offer: &str) -> String {
    let line = offer.lines().find(|it| it.starts_with("a=fingerprint:"));
    let line = line.expect("a fingerprint");
    let end = if line.ends_with('0') { '1' } else { '0' };
    offer.replace(line, &format!("{}{end}", &line[..line.len() - 1]))
}

#[tokio::test]
async fn v17_2_8_a_certificate_that_is_not_the_offered_one_gets_no_media() {
    let server = sfu_server();
    for speaks_first in [false, true] {
        let mut bob = SfuClient::enter(&server, "standup", "Bob").await;
        let mut eve = SfuClient::join(&server, "standup", "Eve").await;
        let mut said = overheard(&eve, false).await;
        eve.publish("microphone", &[""]).await;
        let offer = match speaks_first {
            false => eve.media.ask(|media| media.offer(6, 4)).await,
            true => eve.media.ask(Media::offer_as_speaker).await,
        };
        eve.negotiate(&with_another_fingerprint(&offer)).await;
        eve.publish("microphone", &[""]).await;
        said.recv().await.expect("the handshake begins");
        // Somebody honest who comes later is there before the handshake could have been given up for its time.
        let cleo = SfuClient::enter(&server, "standup", "Cleo").await;
        let there = now();
        bob.until_heard(&cleo.peer, after(there, 1_500)).await;
        let heard = bob.ledger.packets().any(|it| it.mark.peer == eve.peer);
        assert!(!heard, "her media is passed on");
        let dora = SfuClient::join(&server, "standup", "Dora").await;
        let mut peers = dora.welcome["peers"].as_array().unwrap().iter();
        let told = peers.find(|peer| peer["peer"] == *eve.peer).unwrap();
        assert_eq!(
            told["sfu"],
            json!("able"),
            "nobody is told that she is heard"
        );
    }
}
