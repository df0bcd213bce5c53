//! An operator who gives the SFU little: voices come first, and pictures wait.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::timeout;

use super::support::{Server, SfuClient, now};

/// The operator gives so much to everybody, in bit/s.
const GIVEN: f64 = 1_000_000.0;

/// Lives on for so long.
async fn live(client: &mut SfuClient, time: Duration) {
    let forever = client.until("the end of time", |_, _| None::<()>);
    assert!(timeout(time, forever).await.is_err());
}

/// The same for all of them at once.
async fn live_all(clients: &mut [SfuClient; 4], time: Duration) {
    let [ada, bob, cleo, dora] = clients;
    tokio::join!(
        live(ada, time),
        live(bob, time),
        live(cleo, time),
        live(dora, time)
    );
}

fn says(audio: bool) -> Value {
    json!({"type": "media", "audio": audio, "video": true, "screen": false})
}

/// Whose cameras somebody is not shown for want of bandwidth, and whose they are.
fn cameras(client: &SfuClient) -> (Vec<String>, Vec<String>) {
    let slots = client.slots["slots"].as_array().unwrap().iter();
    let cameras = slots.filter(|slot| slot["track"] == "camera");
    let (paused, shown): (Vec<&Value>, Vec<&Value>) =
        cameras.partition(|slot| slot["paused"] == true);
    let whose = |slots: Vec<&Value>| {
        let names = slots.into_iter().map(|slot| slot["peer"].as_str().unwrap());
        names.map(str::to_owned).collect()
    };
    (whose(paused), whose(shown))
}

/// Four people with cameras, of whom two speak, each of whom wants to see all others large; and what comes to all of them, in bytes.
async fn four(server: &Server) -> ([SfuClient; 4], Arc<AtomicUsize>) {
    let bytes = Arc::<AtomicUsize>::default();
    let mut clients = vec![];
    for name in ["Ada", "Bob", "Cleo", "Dora"] {
        let mut client = SfuClient::join(server, "standup", name).await;
        let counted = bytes.clone();
        let count = move |datagram: &[u8]| {
            counted.fetch_add(datagram.len(), Ordering::Relaxed);
            Some(datagram.to_vec())
        };
        let watcher = Box::new(count);
        client
            .media
            .ask(move |media| media.inbound = Some(watcher))
            .await;
        let speaks = ["Ada", "Bob"].contains(&name);
        client.send(says(speaks)).await;
        client.connect().await;
        client.publish("camera", &["q", "h", "f"]).await;
        if speaks {
            client.publish("microphone", &[""]).await;
        }
        clients.push(client);
    }
    let peers: Vec<String> = clients.iter().map(|client| client.peer.clone()).collect();
    for client in &mut clients {
        let others = peers.iter().filter(|peer| **peer != client.peer);
        let wish: Vec<(&str, &str)> = others.map(|peer| (peer.as_str(), "large")).collect();
        client.watch(&wish, &[]).await;
    }
    let Ok(clients) = clients.try_into() else {
        panic!("they are four");
    };
    (clients, bytes)
}

#[tokio::test]
async fn with_one_mbit_for_everybody_voices_go_first_and_pictures_wait() {
    let sfu = ["--sfu", "always", "--sfu-listen", "127.0.0.1:0"];
    let server =
        Server::start(&[&sfu[..], &["--sfu-bandwidth", "1", "--sfu-threads", "1"]].concat());
    let (mut clients, bytes) = four(&server).await;
    live_all(&mut clients, Duration::from_secs(5)).await;
    let (from, before) = (now(), bytes.load(Ordering::Relaxed));
    let seconds = 4;
    live_all(&mut clients, Duration::from_secs(seconds)).await;
    let until = now();
    let bits = 8.0 * (bytes.load(Ordering::Relaxed) - before) as f64;
    let rate = bits / Duration::from_micros(until - from).as_secs_f64();
    assert!(rate <= 1.1 * GIVEN, "{rate} bit/s go out");
    assert!(rate >= 0.4 * GIVEN, "{rate} bit/s go out");
    for client in &mut clients {
        let packets = client.media.unread();
        assert!(packets.len() < 1_000, "{} lags behind", client.name);
    }
    let speakers = [&clients[0].peer, &clients[1].peer];
    let mut paused = 0;
    let mut shown = 0;
    for client in &clients {
        for speaker in speakers.iter().filter(|peer| ***peer != client.peer) {
            let words = client.ledger.words(speaker, from);
            let expected = usize::try_from(seconds).unwrap() * 50;
            assert!(words.len() * 10 >= expected * 9, "{} words", words.len());
            let goes_on = words.windows(2).all(|pair| pair[1] == pair[0] + 1);
            assert!(goes_on, "{}: {words:?}", client.name);
        }
        let (waiting, there) = cameras(client);
        assert_eq!(waiting.len() + there.len(), 3, "{}", client.slots);
        for peer in &waiting {
            let late = client.ledger.packets().filter(|it| it.shows(peer));
            let late: Vec<_> = late.filter(|it| it.mark.sent >= until - 500_000).collect();
            assert!(late.is_empty(), "{}: {late:?}", client.name);
        }
        paused += waiting.len();
        shown += there.len();
        client.ledger.check();
    }
    assert!(
        paused >= 4 && shown >= 2,
        "{paused} wait, {shown} are there"
    );
    // What voices do not take any more is there for pictures.
    for speaker in &mut clients[..2] {
        speaker.publish("microphone", &[]).await;
        speaker.send(says(false)).await;
    }
    for _ in 0..40 {
        live_all(&mut clients, Duration::from_millis(500)).await;
        if clients.iter().all(|client| cameras(client).0.is_empty()) {
            break;
        }
    }
    for client in &clients {
        assert_eq!(cameras(client).0, [""; 0], "{}", client.slots);
        client.ledger.check();
    }
}
