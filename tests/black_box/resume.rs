//! Seats that outlive their sockets, and servers.

use serde_json::{Value, json};

use super::support::{Client, Server, offer};

fn peer(welcome: &Value) -> &str {
    welcome["peer"].as_str().unwrap()
}

fn peers(welcome: &Value) -> Vec<&str> {
    welcome["peers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|other| other["peer"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_dropped_socket_leaves_a_seat_that_its_token_takes_back() {
    let server = Server::start(&[]);
    let (mut ada, first) = Client::join(&server, "standup", "Ada").await;
    let (mut bob, second) = Client::join(&server, "standup", "Bob").await;
    ada.expect("peer-joined").await;
    bob.send(&json!({"type": "hand", "raised": true})).await;
    ada.expect("peer-hand").await;
    drop(bob);
    assert_eq!(
        ada.next().await,
        json!({"type": "peer-away", "peer": peer(&second)})
    );
    let (_cleo, third) = Client::join(&server, "standup", "Cleo").await;
    assert_eq!(third["peers"][1]["away"], true);
    ada.expect("peer-joined").await;
    ada.send(&offer(peer(&second), "lost")).await;
    assert_eq!(
        ada.news().await,
        Vec::<Value>::new(),
        "no error: the target has a seat"
    );
    let (mut bob, back) = Client::resume(&server, &second, "Bob").await;
    assert_eq!(back["resumed"], true);
    assert_eq!(peer(&back), peer(&second));
    assert_ne!(back["resume"], second["resume"], "tokens rotate");
    assert_eq!(peers(&back), [peer(&first), peer(&third)]);
    assert_eq!(
        ada.next().await,
        json!({"type": "peer-back", "peer": peer(&second)})
    );
    assert_eq!(
        bob.news().await,
        Vec::<Value>::new(),
        "what was missed is not replayed"
    );
    let (_, fourth) = Client::join(&server, "standup", "Dora").await;
    assert_eq!(fourth["peers"][1]["hand"], true);
    assert_eq!(fourth["peers"][1].get("away"), None);
}

#[tokio::test]
async fn what_is_sent_after_coming_back_is_told() {
    let server = Server::start(&[]);
    let (mut ada, bob, second) = Client::ada_and_bob(&server).await;
    drop(bob);
    ada.expect("peer-away").await;
    let mut bob = Client::connect(&server).await;
    let media = json!({"audio": true, "video": true, "screen": false});
    let join = json!({"type": "join", "room": "standup", "name": "Bob", "resume": second["resume"], "media": media});
    bob.send(&join).await;
    bob.expect("welcome").await;
    ada.expect("peer-back").await;
    let told = json!({"type": "peer-media", "peer": peer(&second), "audio": true, "video": true, "screen": false});
    assert_eq!(ada.next().await, told);
}

#[tokio::test]
async fn a_seat_kept_in_vain_is_lost() {
    let server = Server::start(&["--seat-kept", "0.3"]);
    let (mut ada, first) = Client::join(&server, "standup", "Ada").await;
    assert_eq!(first["limits"]["seatKeptMs"], 300);
    let (bob, second) = Client::join(&server, "standup", "Bob").await;
    ada.expect("peer-joined").await;
    drop(bob);
    ada.expect("peer-away").await;
    assert_eq!(
        ada.next().await,
        json!({"type": "peer-left", "peer": peer(&second), "reason": "lost"})
    );
    let (_, late) = Client::resume(&server, &second, "Bob").await;
    assert_eq!(late["resumed"], false);
    assert_ne!(peer(&late), peer(&second));
}

#[tokio::test]
async fn of_two_sockets_on_one_token_the_later_has_the_seat() {
    let server = Server::start(&[]);
    let (mut ada, mut old, first) = Client::ada_and_bob(&server).await;
    let (mut new, second) = Client::resume(&server, &first, "Bob").await;
    assert_eq!(
        (peer(&second), &second["resumed"]),
        (peer(&first), &json!(true))
    );
    assert_eq!(old.closed().await, (vec![], 4001));
    assert_eq!(
        ada.news().await,
        Vec::<Value>::new(),
        "the others saw nothing of it"
    );
    ada.send(&offer(peer(&first), "hello")).await;
    assert_eq!(new.expect("offer").await["sdp"], "hello");
}

#[tokio::test]
async fn a_welcome_lost_on_the_way_costs_nothing() {
    let server = Server::start(&[]);
    let (_first, welcome) = Client::join(&server, "standup", "Bob").await;
    let (_never_spoke, lost) = Client::resume(&server, &welcome, "Bob").await;
    let (_, again) = Client::resume(&server, &welcome, "Bob").await;
    assert_eq!(
        (peer(&again), &again["resumed"]),
        (peer(&welcome), &json!(true))
    );
    let (_, wrong) = Client::resume(&server, &lost, "Bob").await;
    assert_eq!(
        wrong["resumed"], false,
        "a later welcome has replaced that token"
    );
}

#[tokio::test]
async fn a_copied_old_token_is_worth_nothing_once_the_new_one_has_arrived() {
    let server = Server::start(&[]);
    let (_old, first) = Client::join(&server, "standup", "Bob").await;
    let (mut bob, second) = Client::resume(&server, &first, "Bob").await;
    bob.news().await;
    let (_, thief) = Client::resume(&server, &first, "Bob").await;
    assert_eq!(thief["resumed"], false);
    assert_ne!(peer(&thief), peer(&first));
    bob.expect("peer-joined").await;
    let (_, again) = Client::resume(&server, &second, "Bob").await;
    assert_eq!(
        (peer(&again), &again["resumed"]),
        (peer(&first), &json!(true))
    );
}

#[tokio::test]
async fn a_token_is_worth_nothing_elsewhere_changed_or_after_leaving() {
    let server = Server::start(&[]);
    let (_ada, _) = Client::join(&server, "standup", "Ada").await;
    let (mut bob, welcome) = Client::join(&server, "standup", "Bob").await;
    let token = welcome["resume"].as_str().unwrap();
    let mut changed = token.to_owned();
    changed.replace_range(4..5, if &token[4..5] == "A" { "B" } else { "A" });
    for (room, token) in [
        ("elsewhere", token),
        ("standup", changed.as_str()),
        ("standup", ""),
        ("standup", "😀"),
    ] {
        let (_, stranger) =
            Client::resume(&server, &json!({"room": room, "resume": token}), "Eve").await;
        assert_eq!(stranger["resumed"], false);
        assert_ne!(peer(&stranger), peer(&welcome));
    }
    bob.send(&json!({"type": "leave"})).await;
    bob.closed().await;
    let (_, again) = Client::resume(&server, &welcome, "Bob").await;
    assert_eq!(again["resumed"], false);
    assert_ne!(peer(&again), peer(&welcome));
}

#[tokio::test]
async fn after_a_crash_everyone_comes_back_under_the_same_id_and_in_the_same_order() {
    let mut server = Server::start(&[]);
    let (_ada, first) = Client::join(&server, "standup", "Ada").await;
    let (_bob, second) = Client::join(&server, "standup", "Bob").await;
    let (_cleo, third) = Client::join(&server, "standup", "Cleo").await;
    server.crash_and_restart();
    let (mut cleo, welcome) = Client::resume(&server, &third, "Cleo").await;
    assert_eq!(
        (peer(&welcome), &welcome["resumed"]),
        (peer(&third), &json!(true))
    );
    assert_eq!(welcome["recovering"], true);
    assert_eq!(peers(&welcome), Vec::<&str>::new());
    let (_ada, welcome) = Client::resume(&server, &first, "Ada").await;
    assert_eq!(
        (peer(&welcome), &welcome["resumed"]),
        (peer(&first), &json!(true))
    );
    let joined = cleo.expect("peer-joined").await;
    assert_eq!(
        (joined["peer"].as_str(), &joined["name"]),
        (first["peer"].as_str(), &json!("Ada"))
    );
    let (_dora, welcome) = Client::join(&server, "standup", "Dora").await;
    assert_eq!(peers(&welcome), [peer(&first), peer(&third)]);
    assert_eq!(welcome["recovering"], true);
    let (_bob, welcome) = Client::resume(&server, &second, "Bob").await;
    assert_eq!(
        (peer(&welcome), &welcome["resumed"]),
        (peer(&second), &json!(true))
    );
    let (_, fresh) = Client::join(&server, "elsewhere", "Eve").await;
    assert_eq!(fresh.get("recovering"), None);
}

#[tokio::test]
async fn a_seat_survives_one_crash_after_the_other() {
    let mut server = Server::start(&[]);
    let (mut bob, first) = Client::join(&server, "standup", "Bob").await;
    let mut welcome = first.clone();
    for _ in 0..3 {
        server.crash_and_restart();
        (bob, welcome) = Client::resume(&server, &welcome, "Bob").await;
        assert_eq!(
            (peer(&welcome), &welcome["resumed"]),
            (peer(&first), &json!(true))
        );
    }
    bob.news().await;
    let (_, thief) = Client::resume(&server, &first, "Bob").await;
    assert_eq!(
        thief["resumed"], false,
        "the first token is three generations old"
    );
}

#[tokio::test]
async fn after_a_crash_the_newest_token_takes_the_seat_from_an_older_one() {
    let mut server = Server::start(&[]);
    let (_old, first) = Client::join(&server, "standup", "Bob").await;
    let (_bob, second) = Client::resume(&server, &first, "Bob").await;
    server.crash_and_restart();
    let (mut thief, stolen) = Client::resume(&server, &first, "Eve").await;
    assert_eq!(stolen["resumed"], true, "nobody knows better yet");
    let (mut bob, welcome) = Client::resume(&server, &second, "Bob").await;
    assert_eq!(
        (peer(&welcome), &welcome["resumed"]),
        (peer(&first), &json!(true))
    );
    assert_eq!(thief.closed().await, (vec![], 4001));
    for token in [&stolen, &first] {
        let (_, again) = Client::resume(&server, token, "Eve").await;
        assert_eq!(again["resumed"], false);
    }
    bob.expect("peer-joined").await;
}

#[tokio::test]
async fn whoever_leaves_after_a_crash_does_not_come_back_with_the_token_of_before() {
    let mut server = Server::start(&[]);
    let (_bob, first) = Client::join(&server, "standup", "Bob").await;
    server.crash_and_restart();
    let (mut bob, _) = Client::resume(&server, &first, "Bob").await;
    bob.send(&json!({"type": "leave"})).await;
    bob.closed().await;
    let (_, again) = Client::resume(&server, &first, "Bob").await;
    assert_eq!(again["resumed"], false);
}

#[tokio::test]
async fn another_servers_token_is_worth_nothing() {
    let (server, other) = (Server::start(&[]), Server::start(&[]));
    let (_bob, welcome) = Client::join(&other, "standup", "Bob").await;
    let (_, stranger) = Client::resume(&server, &welcome, "Bob").await;
    assert_eq!(stranger["resumed"], false);
    assert_ne!(peer(&stranger), peer(&welcome));
}
