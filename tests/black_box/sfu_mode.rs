//! When a room goes through the SFU, and that it is told so in time.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::time::sleep;

use super::support::{News, Server, SfuClient, after, now};

/// In so much time after the start nothing goes through the SFU but a room of nine, or one too large.
const COMING_BACK: Duration = Duration::from_secs(5);

/// The server waits for so long until small calls are direct again, before it stops.
const HANDOVER: Duration = Duration::from_millis(2_500);

/// A server whose SFU is used like this; by SIGUSR2 it sends every room the other way.
fn server_that(sfu: &str) -> Server {
    Server::start(&[
        "--sfu",
        sfu,
        "--sfu-listen",
        "127.0.0.1:0",
        "--test-controls",
    ])
}

async fn join_all(server: &Server, room: &str, number: usize) -> Vec<SfuClient> {
    let mut people = vec![];
    for person in 0..number {
        people.push(SfuClient::join(server, room, &format!("Person {person}")).await);
    }
    people
}

/// What the welcome says of the SFU.
fn welcomed(person: &SfuClient) -> (&str, u64) {
    let terms = &person.welcome["sfu"];
    (
        terms["use"].as_str().unwrap(),
        terms["number"].as_u64().unwrap(),
    )
}

/// The next decision somebody is told: which, its number, and why.
async fn decision(person: &mut SfuClient) -> (String, u64, String) {
    let told = person.until_message("sfu", |_| true).await;
    let word = |name: &str| told[name].as_str().unwrap().to_owned();
    (word("use"), told["number"].as_u64().unwrap(), word("why"))
}

/// What has come for somebody up to now.
async fn news(person: &mut SfuClient) -> Vec<Value> {
    person.socket.as_mut().expect("a socket").news().await
}

fn of_type(news: &[Value], kind: &str) -> usize {
    news.iter().filter(|it| it["type"] == kind).count()
}

#[tokio::test]
async fn five_of_whom_one_has_a_picture_go_through_the_sfu_and_two_stay_direct() {
    let started = Instant::now();
    let server = server_that("auto");
    let mut early = join_all(&server, "early", 5).await;
    if started.elapsed() < COMING_BACK {
        assert_eq!(welcomed(&early[4]).0, "off", "people are still coming back");
    }
    let mut late = join_all(&server, "late", 4).await;
    let mut two = join_all(&server, "two", 2).await;
    let (used, number, why) = decision(&mut early[0]).await;
    assert!(started.elapsed() >= COMING_BACK);
    assert_eq!((used.as_str(), why.as_str()), ("on", "people"));
    assert!(number > welcomed(&early[0]).1);
    let fifth = SfuClient::join(&server, "late", "The fifth").await;
    let (used, number) = welcomed(&fifth);
    assert_eq!(used, "on", "it is decided before they are welcomed");
    for person in &mut late {
        assert_eq!(welcomed(person).0, "off");
        let told = ("on".to_owned(), number, "people".to_owned());
        assert_eq!(decision(person).await, told);
    }
    for person in &mut two {
        assert_eq!(welcomed(person).0, "off");
        assert_eq!(of_type(&news(person).await, "sfu"), 0);
    }
}

#[tokio::test]
async fn nine_who_come_back_to_another_run_of_the_server_go_through_its_sfu_at_once() {
    let mut server = server_that("auto");
    let mut people = join_all(&server, "standup", 9).await;
    let peers: Vec<String> = people.iter().map(|it| it.peer.clone()).collect();
    server.crash_and_restart();
    let restarted = Instant::now();
    for person in &mut people {
        person.resume(&server).await;
    }
    let (used, number) = {
        let (used, number) = welcomed(&people[8]);
        (used.to_owned(), number)
    };
    assert_eq!(used, "on", "the ninth finds it so");
    for person in &mut people[..8] {
        assert_eq!(welcomed(person).0, "off");
        let told = ("on".to_owned(), number, "people".to_owned());
        assert_eq!(decision(person).await, told);
    }
    assert!(restarted.elapsed() < COMING_BACK);
    let back: Vec<String> = people.iter().map(|it| it.peer.clone()).collect();
    assert_eq!(back, peers, "everybody has their seat");
}

#[tokio::test]
async fn sigusr2_sends_every_room_the_other_way_and_numbers_rise() {
    let server = server_that("auto");
    let mut people = [
        SfuClient::join(&server, "standup", "Ada").await,
        SfuClient::join(&server, "retro", "Bob").await,
    ];
    let mut numbers: Vec<u64> = people.iter().map(|it| welcomed(it).1).collect();
    for expected in ["on", "off", "on"] {
        server.signal("-USR2");
        for (person, last) in people.iter_mut().zip(&mut numbers) {
            let (used, number, why) = decision(person).await;
            assert_eq!((used.as_str(), why.as_str()), (expected, "operator"));
            assert!(number > *last, "{number} after {last}");
            *last = number;
        }
        let cleo = SfuClient::join(&server, "standup", "Cleo").await;
        assert_eq!(welcomed(&cleo), (expected, numbers[0]));
    }
}

#[tokio::test]
async fn always_is_from_the_first_welcome_to_the_end_of_the_server() {
    let mut server = server_that("always");
    let mut ada = SfuClient::join(&server, "standup", "Ada").await;
    let first = welcomed(&ada);
    assert_eq!(first.0, "on");
    server.signal("-USR2");
    let bob = SfuClient::join(&server, "standup", "Bob").await;
    assert_eq!(welcomed(&bob), first);
    server.signal("-TERM");
    let (messages, code) = ada.socket.as_mut().unwrap().closed().await;
    assert_eq!((of_type(&messages, "sfu"), code), (0, 1012));
    server.wait();
}

/// A server, and two in a room of it who go through the SFU and hear each other.
async fn two_on_the_sfu() -> (Server, SfuClient, SfuClient) {
    let server = server_that("auto");
    let mut ada = SfuClient::join(&server, "standup", "Ada").await;
    server.signal("-USR2");
    decision(&mut ada).await;
    let mut bob = SfuClient::join(&server, "standup", "Bob").await;
    assert_eq!(welcomed(&bob).0, "on");
    for person in [&mut ada, &mut bob] {
        person.connect().await;
        person.publish("microphone", &[""]).await;
    }
    ada.until_heard(&bob.peer, 0).await;
    bob.until_heard(&ada.peer, 0).await;
    (server, ada, bob)
}

async fn until_closed(person: &mut SfuClient) {
    let closed = |_: &SfuClient, news: &News| matches!(news, News::Closed).then_some(());
    person.until("a close", closed).await;
}

#[tokio::test]
async fn before_it_stops_the_server_waits_until_a_small_call_is_direct_again() {
    let (mut server, mut ada, mut bob) = two_on_the_sfu().await;
    server.signal("-TERM");
    for person in [&mut ada, &mut bob] {
        let (used, _, why) = decision(person).await;
        assert_eq!((used.as_str(), why.as_str()), ("off", "restart"));
    }
    let told = now();
    bob.until_heard(&ada.peer, after(told, 200)).await;
    let (to_ada, to_bob) = (ada.peer.clone(), bob.peer.clone());
    ada.watch(&[], &[&to_bob]).await;
    bob.watch(&[], &[&to_ada]).await;
    until_closed(&mut ada).await;
    until_closed(&mut bob).await;
    let (status, _) = server.wait();
    assert_eq!(status.code(), Some(0));
    assert!(!server.log().contains("in time"), "{}", server.log());
}

#[tokio::test]
async fn a_small_call_that_stays_on_the_sfu_is_not_waited_for_longer_than_promised() {
    let (mut server, mut ada, mut bob) = two_on_the_sfu().await;
    let asked = Instant::now();
    server.signal("-TERM");
    until_closed(&mut ada).await;
    let took = asked.elapsed();
    assert!(took >= HANDOVER && took < 2 * HANDOVER, "{took:?}");
    until_closed(&mut bob).await;
    let (status, _) = server.wait();
    assert_eq!(status.code(), Some(0));
    assert!(asked.elapsed() < Duration::from_secs(5));
    assert!(server.log().contains("in time"), "{}", server.log());
}

#[tokio::test]
async fn a_publisher_of_whom_nothing_comes_is_able_until_something_does() {
    let server = server_that("always");
    let (mut ada, mut bob) = SfuClient::ada_and_bob(&server).await;
    bob.until_heard(&ada.peer, 0).await;
    let of_ada = |sfu: &'static str| {
        let peer = ada.peer.clone();
        move |it: &Value| it["peer"] == *peer && it["sfu"] == sfu
    };
    let (is_able, is_ready) = (of_ada("able"), of_ada("ready"));
    ada.publish("camera", &[]).await;
    ada.publish("microphone", &[]).await;
    bob.until_message("peer-sfu", &is_able).await;
    ada.publish("microphone", &[""]).await;
    bob.until_message("peer-sfu", &is_ready).await;
    // Whoever says that they send nothing is not silent.
    let media = json!({"type": "media", "audio": false, "video": false, "screen": false});
    ada.send(media).await;
    bob.until_message("peer-media", |_| true).await;
    ada.publish("microphone", &[]).await;
    sleep(Duration::from_millis(1_200)).await;
    let said = news(&mut bob).await;
    let is_told = said
        .iter()
        .any(|it| it["type"] == "peer-sfu" && is_able(it));
    assert!(!is_told, "{said:?}");
}
