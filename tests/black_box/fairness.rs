//! One address, or one guest, among many: each has a share, and what goes beyond it is nobody else's loss.

use futures::future::join_all;
use serde_json::json;

use super::support::{Client, Response, Server, request, wait};

/// The server takes the word of who comes from loopback for where they come from.
const BEHIND_A_PROXY: [&str; 2] = ["--trusted-proxy", "127.0.0.1"];

async fn ask_from(
    server: &Server,
    address: &str,
    line: &str,
    accept: &str,
    body: &str,
) -> Response {
    let headers = [
        format!("x-forwarded-for: {address}"),
        format!("accept: {accept}"),
        "content-type: application/x-www-form-urlencoded".to_owned(),
    ];
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    request(server, line, &headers, body).await
}

/// Asks often at the same time; the answers that were refused.
async fn refused(
    server: &Server,
    times: usize,
    address: &str,
    line: &str,
    body: &str,
) -> Vec<Response> {
    let asking = (0..times).map(|_| ask_from(server, address, line, "application/json", body));
    let answers = join_all(asking).await;
    answers
        .into_iter()
        .filter(|answer| answer.status != 200)
        .collect()
}

#[tokio::test]
async fn an_address_that_asks_too_often_is_told_when_to_ask_again_and_no_other_is() {
    let server = Server::start(&BEHIND_A_PROXY);
    for (line, body, burst) in [
        ("POST /api/create_room", "", 50),
        ("POST /api/who_is_inside", "room=standup", 100),
    ] {
        let address = "2001:db8:1:2::1";
        assert!(
            refused(&server, burst, address, line, body)
                .await
                .is_empty(),
            "{line}"
        );
        let refused = refused(&server, 150, "2001:db8:1:2::2", line, body).await;
        assert!(!refused.is_empty(), "{line}");
        for answer in refused {
            assert_eq!(answer.status, 429, "{line}");
            assert_eq!(answer.header("retry-after"), "1", "{line}");
            assert!(answer.body.contains("Try again in 1 s"), "{}", answer.body);
        }
        for neighbour in ["2001:db8:1:3::1", "192.0.2.1"] {
            let answer = ask_from(&server, neighbour, line, "application/json", body).await;
            assert_eq!(answer.status, 200, "{line} from {neighbour}");
        }
    }
}

#[tokio::test]
async fn a_person_who_starts_rooms_too_often_sees_a_page_that_helps() {
    let server = Server::start(&BEHIND_A_PROXY);
    let line = "POST /api/create_room";
    let form = "text/html,application/xhtml+xml";
    let asking = (0..150).map(|_| ask_from(&server, "192.0.2.1", line, form, ""));
    let answers = join_all(asking).await;
    let started = answers.iter().filter(|answer| answer.status == 303).count();
    assert!(started >= 50, "{started}");
    let refused = answers.iter().find(|answer| answer.status != 303);
    let refused = refused.expect("a refusal");
    assert_eq!(refused.status, 429);
    assert_eq!(refused.header("retry-after"), "1");
    assert_eq!(refused.header("cache-control"), "no-store");
    assert!(
        refused.body.contains("No room was started"),
        "{}",
        refused.body
    );
    assert!(!refused.has_header("location"));
}

#[tokio::test]
async fn loopback_asks_as_often_as_it_likes() {
    let server = Server::start(&[]);
    let asking =
        (0..200).map(|_| ask_from(&server, "192.0.2.1", "POST /api/create_room", "*/*", ""));
    let answers = join_all(asking).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
}

#[tokio::test]
async fn rooms_that_somebody_opened_and_left_keep_nobody_out() {
    let server = Server::start(&["--max-connections", "4"]);
    let mut tokens = vec![];
    for number in 0..4 {
        let (client, welcome) = Client::join(&server, &format!("left-{number}"), "Eve").await;
        drop(client);
        wait("an empty room", async {
            let form = format!("room=left-{number}");
            let line = "POST /api/who_is_inside";
            while ask_from(&server, "", line, "application/json", &form)
                .await
                .body
                .contains("Eve")
            {}
        })
        .await;
        tokens.push(welcome);
    }
    for number in 0..3 {
        let mut ada = wait("a free socket", async {
            loop {
                if let Ok(ada) = Client::try_connect(&server, None).await {
                    break ada;
                }
            }
        })
        .await;
        ada.send(&json!({"type": "join", "room": format!("new-{number}"), "name": "Ada"}))
            .await;
        ada.expect("welcome").await;
        ada.send(&json!({"type": "leave"})).await;
        ada.closed().await;
    }
    let (_client, oldest) = Client::resume(&server, &tokens[0], "Eve").await;
    assert_eq!(oldest["resumed"], false, "it was the first to go");
    let (_client, newest) = Client::resume(&server, &tokens[3], "Eve").await;
    assert_eq!(newest["resumed"], true, "one place was enough");
}
