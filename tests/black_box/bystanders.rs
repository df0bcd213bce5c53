//! What others feel while one address takes all that it can get. Each test prints the worst delay that it saw:
//! `cargo test --release --features ssr --test black_box -- bystanders --nocapture --test-threads 1`.

use std::time::{Duration, Instant};

use futures::{StreamExt, stream};
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

use super::support::{Client, Server, offer};

/// Everything that is done against the others comes from here.
const EVE: &str = "203.0.113.66";

/// Eve comes so often: for a moment, where all the other tests run beside; for some seconds, where it is measured.
const VISITS: u32 = if cfg!(debug_assertions) { 300 } else { 5_000 };

/// So many of her clients come at the same time.
const AT_ONCE: usize = 10;

/// Whoever has to wait for Eve waits longer than this: for their turn behind hers, or until her rooms are given up. It is far
/// above what a busy machine and a slow build cost, and says nothing about milliseconds: those are printed.
const BOUND: Duration = Duration::from_secs(5);

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// Takes one sample after the other until Eve has come and gone for the last time. She has a thread of her own, so that what
/// is measured is the server and not her.
fn worst_delay(
    watching: &Runtime,
    row: &str,
    eve_comes: impl AsyncFn(u32) + Sync,
    mut sample: impl AsyncFnMut() -> Duration,
) {
    let eve_comes = &eve_comes;
    let delays = std::thread::scope(|scope| {
        let eve = scope.spawn(|| {
            let visits = stream::iter(0..VISITS);
            runtime().block_on(visits.for_each_concurrent(AT_ONCE, |number| eve_comes(number)));
        });
        watching.block_on(async {
            let mut delays = vec![sample().await];
            while !eve.is_finished() {
                delays.push(sample().await);
            }
            delays
        })
    });
    let worst = delays.iter().copied().max().unwrap_or_default();
    let samples = delays.len();
    eprintln!("{row}: {VISITS} visits, {samples} samples, worst delay of a bystander {worst:.1?}");
    assert!(worst < BOUND, "{worst:?}");
}

/// Eve asks for a seat and goes away as soon as she has it, or is told that she has to wait.
async fn visit(server: &Server, room: &str, last_words: Option<Value>) {
    let mut eve = Client::connect_from(server, EVE).await;
    eve.send(&json!({"type": "join", "room": room, "name": "Eve"}))
        .await;
    eve.send(&offer("nobody", "a question")).await;
    eve.next().await;
    if let Some(words) = last_words {
        eve.send(&words).await;
    }
}

/// How long it takes until one person sees that the other's hand went up or down.
async fn hand_seen_after(speaker: &mut Client, listener: &mut Client, raised: bool) -> Duration {
    let said = Instant::now();
    speaker
        .send(&json!({"type": "hand", "raised": raised}))
        .await;
    while listener.next().await["type"] != "peer-hand" {}
    said.elapsed()
}

#[test]
fn people_in_a_room_that_somebody_joins_and_leaves_all_the_time_hear_each_other() {
    let server = Server::start(&[
        "--trusted-proxy",
        "127.0.0.1",
        "--room-capacity",
        "50",
        // They say more than one may.
        "--message-rate",
        "0",
    ]);
    let runtime = runtime();
    let (mut ada, mut bob, _) = runtime.block_on(Client::ada_and_bob(&server));
    let mut raised = false;
    worst_delay(
        &runtime,
        "joins and leaves",
        async |_| visit(&server, "standup", Some(json!({"type": "leave"}))).await,
        async || {
            raised = !raised;
            let there = hand_seen_after(&mut ada, &mut bob, raised).await;
            let back = hand_seen_after(&mut bob, &mut ada, raised).await;
            there.max(back)
        },
    );
}

#[test]
fn people_who_open_a_room_while_somebody_opens_many_get_theirs() {
    let server = Server::start(&["--trusted-proxy", "127.0.0.1", "--max-connections", "200"]);
    let mut opened = 0_u32;
    worst_delay(
        &runtime(),
        "rooms",
        async |number| visit(&server, &format!("eve-{number}"), None).await,
        async || {
            opened += 1;
            let address = std::net::Ipv4Addr::from_bits(0xc612_0000 + opened).to_string();
            let asked = Instant::now();
            let mut client = Client::connect_from(&server, &address).await;
            let room = format!("room-{opened}");
            client
                .send(&json!({"type": "join", "room": room, "name": "Ada"}))
                .await;
            client.expect("welcome").await;
            let delay = asked.elapsed();
            client.send(&json!({"type": "leave"})).await;
            client.closed().await;
            delay
        },
    );
}
