//! Leaving without a socket: a seat is given up by its token.

use serde_json::{Value, json};

use super::support::{Client, Response, Server, request};

fn peer(welcome: &Value) -> &str {
    welcome["peer"].as_str().unwrap()
}

fn left(welcome: &Value) -> Value {
    json!({"type": "peer-left", "peer": peer(welcome), "reason": "left"})
}

fn form(room: &str, welcome: &Value) -> String {
    format!("room={room}&resume={}", welcome["resume"].as_str().unwrap())
}

async fn post(server: &Server, body: &str) -> Response {
    request(
        server,
        "POST /api/leave",
        &["content-type: text/plain;charset=UTF-8"],
        body,
    )
    .await
}

/// Says goodbye as a page does that goes away.
async fn say_goodbye(server: &Server, welcome: &Value) {
    let answer = post(server, &form("standup", welcome)).await;
    assert_eq!((answer.status, answer.body.as_str()), (204, ""));
}

async fn is_taken_back(server: &Server, welcome: &Value) -> bool {
    let (_, again) = Client::resume(server, welcome, "Bob").await;
    assert_eq!(again["resumed"] == true, peer(&again) == peer(welcome));
    again["resumed"] == true
}

#[tokio::test]
async fn while_the_socket_stands_open_it_is_closed_as_after_leaving() {
    let server = Server::start(&[]);
    let (mut ada, mut bob, second) = Client::ada_and_bob(&server).await;
    say_goodbye(&server, &second).await;
    assert_eq!(ada.next().await, left(&second));
    assert_eq!(bob.closed().await, (vec![], 1000));
    say_goodbye(&server, &second).await;
    assert_eq!(ada.news().await, Vec::<Value>::new(), "it is said once");
    assert!(!is_taken_back(&server, &second).await);
}

#[tokio::test]
async fn after_the_socket_dropped_the_seat_is_not_kept_any_longer() {
    let server = Server::start(&[]);
    let (mut ada, bob, second) = Client::ada_and_bob(&server).await;
    drop(bob);
    ada.expect("peer-away").await;
    say_goodbye(&server, &second).await;
    assert_eq!(ada.next().await, left(&second));
    let (_, third) = Client::join(&server, "standup", "Bob").await;
    assert_eq!(
        third["peers"].as_array().unwrap().len(),
        1,
        "nobody sees two"
    );
}

#[tokio::test]
async fn a_seat_that_is_left_both_ways_is_left_once() {
    let server = Server::start(&[]);
    let (mut ada, mut bob, second) = Client::ada_and_bob(&server).await;
    bob.send(&json!({"type": "leave"})).await;
    say_goodbye(&server, &second).await;
    assert_eq!(bob.closed().await, (vec![], 1000));
    assert_eq!(ada.news().await, [left(&second)]);
}

#[tokio::test]
async fn a_token_of_another_room_a_changed_one_and_garbage_do_nothing_and_tell_nothing() {
    let server = Server::start(&[]);
    let (mut ada, mut bob, second) = Client::ada_and_bob(&server).await;
    let (_eve, elsewhere) = Client::join(&server, "elsewhere", "Eve").await;
    let token = second["resume"].as_str().unwrap();
    let mut changed = token.to_owned();
    changed.replace_range(4..5, if &token[4..5] == "A" { "B" } else { "A" });
    let other = Server::start(&[]);
    let (_, foreign) = Client::join(&other, "standup", "Eve").await;
    for body in [
        form("elsewhere", &second),
        form("standup", &elsewhere),
        form("nobody-is-here", &second),
        form("standup", &foreign),
        format!("room=standup&resume={changed}"),
        "room=standup&resume=garbage".to_owned(),
        "room=standup&resume=".to_owned(),
    ] {
        let answer = post(&server, &body).await;
        assert_eq!((answer.status, answer.body.as_str()), (204, ""), "{body}");
    }
    assert_eq!(ada.news().await, Vec::<Value>::new());
    assert_eq!(bob.news().await, Vec::<Value>::new());
}

#[tokio::test]
async fn an_old_token_does_not_remove_who_has_come_back_since() {
    let server = Server::start(&[]);
    let (mut ada, _old, first) = Client::ada_and_bob(&server).await;
    let (mut bob, second) = Client::resume(&server, &first, "Bob").await;
    say_goodbye(&server, &first).await;
    assert_eq!(
        bob.news().await,
        Vec::<Value>::new(),
        "before they said a word"
    );
    say_goodbye(&server, &first).await;
    assert_eq!(bob.news().await, Vec::<Value>::new(), "and after");
    assert_eq!(ada.news().await, Vec::<Value>::new());
    drop(bob);
    ada.expect("peer-away").await;
    say_goodbye(&server, &first).await;
    assert_eq!(
        ada.news().await,
        Vec::<Value>::new(),
        "its successor had arrived"
    );
    say_goodbye(&server, &second).await;
    assert_eq!(ada.next().await, left(&second));
}

#[tokio::test]
async fn where_a_welcome_was_lost_the_token_before_it_is_enough() {
    let server = Server::start(&[]);
    let (mut ada, _old, first) = Client::ada_and_bob(&server).await;
    let (never_spoke, _) = Client::resume(&server, &first, "Bob").await;
    drop(never_spoke);
    ada.expect("peer-away").await;
    say_goodbye(&server, &first).await;
    assert_eq!(ada.next().await, left(&first));
}

#[tokio::test]
async fn after_a_restart_whoever_says_goodbye_is_not_waited_for() {
    let mut server = Server::start(&[]);
    let (_ada, first) = Client::join(&server, "standup", "Ada").await;
    let (_bob, second) = Client::join(&server, "standup", "Bob").await;
    let (_cleo, third) = Client::join(&server, "standup", "Cleo").await;
    server.crash_and_restart();
    // Before anybody is back, and after.
    say_goodbye(&server, &third).await;
    let (mut ada, welcome) = Client::resume(&server, &first, "Ada").await;
    assert_eq!(welcome["recovering"], true);
    say_goodbye(&server, &second).await;
    assert_eq!(ada.next().await, left(&second));
    say_goodbye(&server, &second).await;
    assert_eq!(ada.news().await, Vec::<Value>::new(), "it is said once");
    assert!(!is_taken_back(&server, &second).await);
    assert!(!is_taken_back(&server, &third).await);
}

#[tokio::test]
async fn after_a_restart_an_older_token_does_not_shut_out_the_newest() {
    let mut server = Server::start(&[]);
    let (_old, first) = Client::join(&server, "standup", "Bob").await;
    let (_bob, second) = Client::resume(&server, &first, "Bob").await;
    server.crash_and_restart();
    say_goodbye(&server, &first).await;
    assert!(is_taken_back(&server, &second).await);
    server.crash_and_restart();
    let (mut bob, back) = Client::resume(&server, &second, "Bob").await;
    assert_eq!(back["resumed"], true);
    for old in [&first, &second] {
        say_goodbye(&server, old).await;
        assert_eq!(bob.news().await, Vec::<Value>::new());
    }
}

#[tokio::test]
async fn only_pages_of_the_site_may_say_it_and_only_what_is_understood_is_taken() {
    let server = Server::start(&[]);
    let (mut ada, _bob, second) = Client::ada_and_bob(&server).await;
    let body = form("standup", &second);
    let line = "POST /api/leave";
    for headers in [
        vec!["origin: https://evil.example"],
        vec!["origin: null", "sec-fetch-site: cross-site"],
    ] {
        let answer = request(&server, line, &headers, &body).await;
        assert_eq!(answer.status, 403, "{headers:?}");
    }
    for (body, status) in [
        (String::new(), 400),
        ("room=standup".to_owned(), 400),
        (format!("room=No&resume={}", second["resume"]), 400),
        (format!("{body}&more={}", "x".repeat(1024)), 413),
    ] {
        assert_eq!(post(&server, &body).await.status, status, "{body}");
    }
    assert_eq!(
        request(&server, "GET /api/leave", &[], "").await.status,
        405
    );
    assert_eq!(ada.news().await, Vec::<Value>::new());
    // Beacons of a page that lets nobody know where it is come without its origin.
    let beacon = ["origin: null", "sec-fetch-site: same-origin"];
    let answer = request(&server, line, &beacon, &body).await;
    assert_eq!(answer.status, 204);
    assert_eq!(ada.next().await, left(&second));
}

#[tokio::test]
async fn one_address_may_say_it_so_often_and_another_all_the_same() {
    let server = Server::start(&["--trusted-proxy", "127.0.0.1"]);
    let ask = async |address: &str| {
        let forwarded = format!("x-forwarded-for: {address}");
        let headers = [forwarded.as_str()];
        let garbage = "room=standup&resume=garbage";
        request(&server, "POST /api/leave", &headers, garbage).await
    };
    let mut taken = 0;
    let refused = loop {
        let answer = ask("203.0.113.1").await;
        if answer.status != 204 {
            break answer;
        }
        taken += 1;
        assert!(taken < 5_000, "there is an end to it");
    };
    assert!(taken >= 500, "{taken}");
    assert_eq!(refused.status, 429);
    refused.header("retry-after");
    assert_eq!(ask("203.0.113.2").await.status, 204);
}
