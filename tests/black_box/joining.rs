//! Crowds at the door: who wants a new seat may have to wait a little, and is answered in any case.

use std::time::{Duration, Instant};

use futures::StreamExt;
use futures::future::join_all;
use futures::stream::FuturesUnordered;
use serde_json::{Value, json};

use super::support::{Client, Server, offer};

/// What came of asking for a seat.
#[derive(Debug)]
enum Asked {
    /// They have one, and this is their welcome.
    Seated(Value),
    /// They wait for their turn.
    Waits,
    /// They would have to wait too long.
    TurnedAway,
}

/// A client that has asked.
struct Guest {
    client: Client,
    asked: Asked,
    /// It was answered then.
    answered: Instant,
}

impl Guest {
    async fn come(server: &Server, address: &str, room: &str) -> Self {
        Self::ask(Client::connect_from(server, address).await, room).await
    }

    /// So many come at the same moment. They connect before anybody asks: how long that takes is a matter of the machine,
    /// and the time from asking to the turn one of the server.
    async fn crowd(server: &Server, address: &str, rooms: &[String]) -> (Instant, Vec<Self>) {
        let coming = rooms.iter().map(|_| Client::connect_from(server, address));
        let clients = join_all(coming).await;
        let began = Instant::now();
        let asking = clients.into_iter().zip(rooms);
        let asking = asking.map(|(client, room)| Self::ask(client, room));
        (began, join_all(asking).await)
    }

    async fn ask(mut client: Client, room: &str) -> Self {
        client
            .send(&json!({"type": "join", "room": room, "name": "Somebody"}))
            .await;
        // Whoever waits is answered as somebody without a seat.
        client.send(&offer("nobody", "a question")).await;
        let answer = client.next().await;
        let asked = match answer["code"].as_str() {
            None => Asked::Seated(answer),
            Some("not-joined") => Asked::Waits,
            Some("room-full") => Asked::TurnedAway,
            Some(_) => panic!("{answer}"),
        };
        Self {
            client,
            asked,
            answered: Instant::now(),
        }
    }

    /// Waits for the turn; then it is welcome.
    async fn welcome(mut self) -> (Client, Instant) {
        self.client.expect("welcome").await;
        (self.client, Instant::now())
    }
}

/// Those who have a seat at once, and those who wait.
fn parted(guests: Vec<Guest>) -> (Vec<Guest>, Vec<Guest>) {
    let here = guests
        .into_iter()
        .filter(|guest| !matches!(guest.asked, Asked::TurnedAway));
    here.partition(|guest| matches!(guest.asked, Asked::Seated(_)))
}

/// Until any moment no more are let in than the burst and the rate.
fn assert_pace(mut welcomes: Vec<Instant>, began: Instant, burst: usize, per_second: u32) {
    welcomes.sort();
    for (count, welcome) in (1_u32..).zip(welcomes.iter().skip(burst)) {
        let after = welcome.duration_since(began);
        let due = Duration::from_secs(1) * count / per_second;
        // A token that is nearly there, and the clocks of two processes.
        let slack = Duration::from_millis(20);
        assert!(
            after + slack >= due,
            "{count} beyond the burst at {after:?}"
        );
    }
}

#[tokio::test]
async fn a_crowd_enters_a_room_in_its_turn_and_whoever_waits_is_answered() {
    let server = Server::start(&["--room-capacity", "200"]);
    let (began, crowd) = Guest::crowd(&server, "127.0.0.1", &vec!["standup".into(); 150]).await;
    let (seated, waiting) = parted(crowd);
    // Behind everybody of the crowd, who ask at once and so wait in an order of their own.
    let leaver = Guest::come(&server, "127.0.0.1", "standup").await;
    let mut last = Guest::come(&server, "127.0.0.1", "standup").await;
    assert!(matches!(last.asked, Asked::Waits), "{:?}", last.asked);
    let mut leaver = leaver.client;
    let elsewhere = json!({"type": "join", "room": "elsewhere", "name": "Somebody"});
    last.client.send(&elsewhere).await;
    let error = last.client.expect_error("already-joined").await;
    assert_eq!(error["fatal"], false);
    leaver.send(&json!({"type": "leave"})).await;
    assert_eq!(leaver.closed().await, (vec![], 1000));
    let mut welcomes: Vec<Instant> = seated.iter().map(|guest| guest.answered).collect();
    let mut here: Vec<Client> = vec![];
    for (client, welcome) in join_all(waiting.into_iter().map(Guest::welcome)).await {
        welcomes.push(welcome);
        here.push(client);
    }
    let welcome = last.client.expect("welcome").await;
    welcomes.push(Instant::now());
    assert_eq!(welcomes.len(), 151, "all but who left");
    let others = welcome["peers"].as_array().unwrap();
    assert_eq!(others.len(), 150, "and everybody who came before is there");
    let news = last.client.news().await;
    assert_eq!(news, Vec::<Value>::new(), "whoever left never came");
    assert_pace(welcomes, began, 40, 20);
}

#[tokio::test]
async fn an_address_takes_new_seats_at_its_pace_and_hurts_no_other_and_nobody_who_has_one() {
    let server = Server::start(&["--trusted-proxy", "127.0.0.1"]);
    let address = "203.0.113.1";
    let rooms: Vec<String> = (0..200).map(|number| format!("room-{number}")).collect();
    let (began, crowd) = Guest::crowd(&server, address, &rooms).await;
    let (mut seated, waiting) = parted(crowd);
    let turned_away = 200 - seated.len() - waiting.len();
    assert!(turned_away > 0, "somebody would have had to wait too long");
    let mut welcomes: Vec<Instant> = seated.iter().map(|guest| guest.answered).collect();
    let asked = Instant::now();
    let lost = seated.pop().expect("somebody is seated");
    let Asked::Seated(welcome) = lost.asked else {
        panic!("there is no seat");
    };
    drop(lost.client);
    let mut back = Client::connect_from(&server, address).await;
    let (room, resume) = (&welcome["room"], &welcome["resume"]);
    let join = json!({"type": "join", "room": room, "name": "Somebody", "resume": resume});
    back.send(&join).await;
    assert_eq!(back.expect("welcome").await["resumed"], true);
    let other = Guest::come(&server, "203.0.113.2", "room-1").await;
    assert!(matches!(other.asked, Asked::Seated(_)), "{:?}", other.asked);
    let waited = asked.elapsed();
    assert!(waited < Duration::from_secs(5), "{waited:?}");
    let waiting: FuturesUnordered<_> = waiting.into_iter().map(Guest::welcome).collect();
    let next: Vec<(Client, Instant)> = waiting.take(20).collect().await;
    welcomes.extend(next.iter().map(|(_, welcome)| *welcome));
    assert_pace(welcomes, began, 30, 10);
}
