//! The protocol as two well-behaved clients and their clumsy friend see it.

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Bytes, Message};

use super::support::{Client, Server, offer, wait};

fn peer(welcome: &Value) -> &str {
    welcome["peer"].as_str().unwrap()
}

#[tokio::test]
async fn a_welcome_is_the_whole_room_and_the_others_hear_of_the_newcomer() {
    let server = Server::start(&[
        "--ice-server",
        "turn:turn.example:3478,username=u,credential=c",
        "--room-capacity",
        "5",
    ]);
    let (mut ada, first) = Client::join(&server, "standup", "  Ada ").await;
    assert_eq!(first["room"], "standup");
    assert_eq!(first["resumed"], false);
    assert_eq!(first["peers"], json!([]));
    assert!(
        first["resume"].as_str().unwrap().len() >= 22,
        "at least 128 bits"
    );
    assert_eq!(
        first["iceServers"],
        json!([{"urls": ["turn:turn.example:3478"], "username": "u", "credential": "c"}])
    );
    assert_eq!(
        first["limits"],
        json!({"roomCapacity": 5, "messageBytes": 65536, "messageRate": 100, "seatKeptMs": 30000})
    );
    let mut bob = Client::connect(&server).await;
    let media = json!({"audio": true, "video": false, "screen": false});
    bob.send(
        &json!({"type": "join", "room": "standup", "name": "Bob", "media": media, "unknown": 1}),
    )
    .await;
    let second = bob.expect("welcome").await;
    let silent = json!({"audio": false, "video": false, "screen": false});
    assert_eq!(
        second["peers"],
        json!([{"peer": peer(&first), "name": "Ada", "media": silent, "hand": false}])
    );
    assert_eq!(
        ada.next().await,
        json!({"type": "peer-joined", "peer": peer(&second), "name": "Bob", "media": media})
    );
    let (_, third) = Client::join(&server, "standup", "Cleo").await;
    let order: Vec<&str> = third["peers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|other| other["peer"].as_str().unwrap())
        .collect();
    assert_eq!(order, [peer(&first), peer(&second)], "in order of arrival");
}

#[tokio::test]
async fn devices_are_told_from_people_and_stay_what_they_are() {
    let server = Server::start(&["--room-capacity", "4"]);
    let (mut ada, first) = Client::join(&server, "standup", "Ada").await;
    let join = |name: &str, kind: Value| json!({"type": "join", "room": "standup", "name": name, "kind": kind});
    let mut lamp = Client::connect(&server).await;
    lamp.send(&join("Lamp", json!(7))).await;
    lamp.expect_error("bad-message").await;
    lamp.send(&join("Lamp", json!("device"))).await;
    let second = lamp.expect("welcome").await;
    let silent = json!({"audio": false, "video": false, "screen": false});
    let told = json!({"type": "peer-joined", "peer": peer(&second), "name": "Lamp", "media": silent, "kind": "device"});
    assert_eq!(ada.next().await, told);
    assert_eq!(
        second["peers"][0].get("kind"),
        None,
        "that of people is not said"
    );
    for (name, kind) in [("Bob", json!("person")), ("Cleo", json!("hologram"))] {
        let mut other = Client::connect(&server).await;
        other.send(&join(name, kind)).await;
        let welcome = other.expect("welcome").await;
        assert_eq!(welcome["peers"][1]["kind"], "device");
        assert_eq!(ada.expect("peer-joined").await.get("kind"), None, "{name}");
        other.send(&json!({"type": "leave"})).await;
        assert_eq!(ada.expect("peer-left").await["peer"], welcome["peer"]);
        assert_eq!(other.closed().await, (vec![], 1000));
        lamp.expect("peer-joined").await;
        lamp.expect("peer-left").await;
    }
    drop(lamp);
    ada.expect("peer-away").await;
    // Its new join says nothing of it.
    let (_lamp, back) = Client::resume(&server, &second, "Lamp").await;
    assert_eq!(back["resumed"], true);
    ada.expect("peer-back").await;
    let (_bob, late) = Client::join(&server, "standup", "Bob").await;
    assert_eq!(late["peers"][0]["peer"], peer(&first));
    assert_eq!(late["peers"][1]["kind"], "device");
}

#[tokio::test]
async fn descriptions_and_candidates_reach_their_target_under_the_servers_from() {
    let server = Server::start(&[]);
    let (mut ada, first) = Client::join(&server, "standup", "Ada").await;
    let (mut bob, second) = Client::join(&server, "standup", "Bob").await;
    ada.expect("peer-joined").await;
    let (to, from) = (peer(&first), peer(&second));
    let candidate = json!({"candidate": "candidate:1 1 udp 1 192.0.2.1 1 typ host", "sdpMid": "0", "sdpMLineIndex": 0, "usernameFragment": "u"});
    for (sent, received) in [
        (
            json!({"type": "offer", "target": to, "sdp": "v=0\r\n\u{e9}\"", "serial": 3, "from": to, "extra": [1]}),
            json!({"type": "offer", "from": from, "sdp": "v=0\r\n\u{e9}\"", "serial": 3}),
        ),
        (
            json!({"type": "answer", "target": to, "sdp": ""}),
            json!({"type": "answer", "from": from, "sdp": ""}),
        ),
        (
            json!({"type": "ice-candidate", "target": to, "candidate": candidate, "from": "forged"}),
            json!({"type": "ice-candidate", "from": from, "candidate": candidate}),
        ),
        (
            json!({"type": "ice-candidate", "target": to, "candidate": null}),
            json!({"type": "ice-candidate", "from": from, "candidate": null}),
        ),
    ] {
        bob.send(&sent).await;
        assert_eq!(ada.next().await, received);
    }
}

#[tokio::test]
async fn nothing_reaches_another_room_nobody_or_oneself() {
    let server = Server::start(&[]);
    let (mut ada, first) = Client::join(&server, "standup", "Ada").await;
    let (mut eve, other) = Client::join(&server, "elsewhere", "Eve").await;
    for target in [peer(&first), peer(&other), "nobody", ""] {
        for kind in ["offer", "answer"] {
            eve.send(&json!({"type": kind, "target": target, "sdp": "s"}))
                .await;
            assert_eq!(eve.expect_error("unknown-peer").await["fatal"], false);
        }
        eve.send(&json!({"type": "ice-candidate", "target": target, "candidate": null}))
            .await;
        eve.expect_error("unknown-peer").await;
    }
    assert_eq!(ada.news().await, Vec::<Value>::new());
}

#[tokio::test]
async fn media_and_hands_are_told_in_the_order_they_were_said() {
    let server = Server::start(&[]);
    let (mut ada, first) = Client::join(&server, "standup", "Ada").await;
    let (mut bob, second) = Client::join(&server, "standup", "Bob").await;
    ada.expect("peer-joined").await;
    for round in 0..20 {
        let up = round % 2 == 0;
        bob.send(&json!({"type": "media", "audio": up, "video": true, "screen": false}))
            .await;
        bob.send(&offer(peer(&first), "s")).await;
        bob.send(&json!({"type": "hand", "raised": up})).await;
        bob.send(&json!({"type": "ice-candidate", "target": peer(&first), "candidate": null}))
            .await;
        let media = ada.expect("peer-media").await;
        assert_eq!(
            media,
            json!({"type": "peer-media", "peer": peer(&second), "audio": up, "video": true, "screen": false})
        );
        assert_eq!(ada.expect("offer").await["sdp"], "s");
        assert_eq!(
            ada.next().await,
            json!({"type": "peer-hand", "peer": peer(&second), "raised": up})
        );
        ada.expect("ice-candidate").await;
    }
    assert_eq!(
        bob.news().await,
        Vec::<Value>::new(),
        "nobody is told about oneself"
    );
}

#[tokio::test]
async fn leaving_frees_the_seat_at_once() {
    let server = Server::start(&["--room-capacity", "2"]);
    let (mut ada, mut bob, second) = Client::ada_and_bob(&server).await;
    let mut cleo = Client::connect(&server).await;
    cleo.send(&json!({"type": "join", "room": "standup", "name": "Cleo"}))
        .await;
    assert_eq!(cleo.expect_error("room-full").await["fatal"], false);
    bob.send(&json!({"type": "leave"})).await;
    assert_eq!(
        ada.next().await,
        json!({"type": "peer-left", "peer": peer(&second), "reason": "left"})
    );
    assert_eq!(bob.closed().await, (vec![], 1000));
    cleo.send(&json!({"type": "join", "room": "standup", "name": "Cleo"}))
        .await;
    cleo.expect("welcome").await;
}

#[tokio::test]
async fn joining_comes_first_and_once() {
    let server = Server::start(&[]);
    let mut ada = Client::connect(&server).await;
    for early in [
        offer("x", "s"),
        json!({"type": "ice-candidate", "target": "x", "candidate": null}),
        json!({"type": "media", "audio": true, "video": true, "screen": true}),
        json!({"type": "hand", "raised": true}),
        json!({"type": "leave"}),
    ] {
        ada.send(&early).await;
        assert_eq!(ada.expect_error("not-joined").await["fatal"], false);
    }
    ada.send(&json!({"type": "join", "room": "standup", "name": "Ada"}))
        .await;
    ada.expect("welcome").await;
    ada.send(&json!({"type": "join", "room": "elsewhere", "name": "Ada"}))
        .await;
    assert_eq!(ada.expect_error("already-joined").await["fatal"], false);
    assert_eq!(
        ada.news().await,
        Vec::<Value>::new(),
        "and the seat is still there"
    );
}

#[tokio::test]
async fn bad_names_of_rooms_and_people_may_be_corrected() {
    let server = Server::start(&[]);
    let mut ada = Client::connect(&server).await;
    for room in ["", "ab", "Team", "a b c", "ünder", &"a".repeat(65)] {
        ada.send(&json!({"type": "join", "room": room, "name": "Ada"}))
            .await;
        assert_eq!(ada.expect_error("bad-room").await["fatal"], false);
    }
    for name in [
        "",
        "   ",
        "\u{200b}",
        "\u{3164}\u{2800}\u{e0041}",
        "\u{301}",
        &"x".repeat(65),
    ] {
        ada.send(&json!({"type": "join", "room": "standup", "name": name}))
            .await;
        assert_eq!(ada.expect_error("bad-name").await["fatal"], false);
    }
    ada.send(&json!({"type": "join", "room": "a".repeat(64), "name": "é".repeat(64)}))
        .await;
    ada.expect("welcome").await;
}

#[tokio::test]
async fn what_is_not_a_message_is_refused_and_survived() {
    let server = Server::start(&[]);
    let (mut ada, first) = Client::join(&server, "standup", "Ada").await;
    let (mut bob, _) = Client::join(&server, "standup", "Bob").await;
    ada.expect("peer-joined").await;
    let target = peer(&first);
    for text in [
        String::new(),
        "nonsense".into(),
        "[]".into(),
        "{}".into(),
        r#"{"type":"dance"}"#.into(),
        r#"{"type":"peer-joined"}"#.into(),
        r#"{"type":"hand"}"#.into(),
        r#"{"type":"hand","raised":"yes"}"#.into(),
        r#"{"type":"media","audio":true}"#.into(),
        format!(r#"{{"type":"offer","target":"{target}"}}"#),
        format!(r#"{{"type":"offer","target":"{target}","sdp":7}}"#),
        format!(r#"{{"type":"offer","target":"{target}","sdp":"\ud800"}}"#),
        format!(r#"{{"type":"ice-candidate","target":"{target}"}}"#),
        format!(r#"{{"type":"ice-candidate","target":"{target}","candidate":"text"}}"#),
        format!(
            r#"{{"type":"ice-candidate","target":"{target}","candidate":{{"sdpMLineIndex":-1}}}}"#
        ),
        format!("{}1{}", "[".repeat(20_000), "]".repeat(20_000)),
    ] {
        bob.send_text(&text).await;
        assert_eq!(
            bob.expect_error("bad-message").await["fatal"],
            false,
            "{text}"
        );
    }
    assert_eq!(ada.news().await, Vec::<Value>::new());
}

#[tokio::test]
async fn whoever_sends_nothing_but_nonsense_is_closed() {
    let server = Server::start(&[]);
    let mut ada = Client::connect(&server).await;
    for _ in 0..101 {
        ada.send_text("nonsense").await;
    }
    let (messages, code) = ada.closed().await;
    assert_eq!((messages.len(), code), (100, 1008));
}

#[tokio::test]
async fn a_binary_frame_ends_the_connection() {
    let server = Server::start(&[]);
    let (mut ada, _) = Client::join(&server, "standup", "Ada").await;
    ada.socket
        .send(Message::binary(vec![1, 2, 3]))
        .await
        .unwrap();
    assert_eq!(ada.expect_error("bad-message").await["fatal"], true);
    assert_eq!(ada.closed().await, (vec![], 1008));
}

#[tokio::test]
async fn the_largest_message_passes_and_a_larger_one_ends_the_connection() {
    let server = Server::start(&[]);
    let (mut ada, first) = Client::join(&server, "standup", "Ada").await;
    let (mut bob, second) = Client::join(&server, "standup", "Bob").await;
    ada.expect("peer-joined").await;
    let frame = offer(peer(&first), "").to_string().len();
    let largest = "x".repeat(65_536 - frame);
    bob.send(&offer(peer(&first), &largest)).await;
    assert_eq!(ada.expect("offer").await["sdp"], largest);
    bob.send(&offer(peer(&first), &format!("{largest}x"))).await;
    assert_eq!(bob.expect_error("too-large").await["fatal"], true);
    assert_eq!(bob.closed().await, (vec![], 1009));
    assert_eq!(
        ada.next().await,
        json!({"type": "peer-away", "peer": peer(&second)})
    );
}

#[tokio::test]
async fn a_much_larger_message_is_not_waited_for() {
    let server = Server::start(&[]);
    let (ada, _) = Client::join(&server, "standup", "Ada").await;
    let (mut write, mut read) = ada.socket.split();
    let sending = tokio::spawn(async move { write.send(Message::text("x".repeat(8 << 20))).await });
    let code = wait("a close", async {
        loop {
            match read.next().await {
                Some(Ok(Message::Close(frame))) => break frame.map(|frame| u16::from(frame.code)),
                Some(Ok(_)) => {}
                _ => break None,
            }
        }
    });
    assert_eq!(code.await, Some(1009));
    sending.abort();
}

#[tokio::test]
async fn text_that_is_not_utf8_ends_the_connection() {
    use tokio_tungstenite::tungstenite::protocol::frame::Frame;
    use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
    let server = Server::start(&[]);
    let (mut ada, _) = Client::join(&server, "standup", "Ada").await;
    let frame = Frame::message(
        Bytes::from_static(&[0xff, 0xfe]),
        OpCode::Data(Data::Text),
        true,
    );
    ada.socket.send(Message::Frame(frame)).await.unwrap();
    ada.expect_error("bad-message").await;
    assert_eq!(ada.closed().await, (vec![], 1007));
}

#[tokio::test]
async fn pings_of_a_client_are_answered() {
    let server = Server::start(&[]);
    let mut ada = Client::connect(&server).await;
    ada.socket
        .send(Message::Ping(Bytes::from_static(b"there?")))
        .await
        .unwrap();
    let answer = wait("a pong", ada.socket.next()).await.unwrap().unwrap();
    assert_eq!(answer, Message::Pong(Bytes::from_static(b"there?")));
}

#[tokio::test]
async fn a_message_in_fragments_is_one_message() {
    use tokio_tungstenite::tungstenite::protocol::frame::Frame;
    use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
    let server = Server::start(&[]);
    let mut ada = Client::connect(&server).await;
    let parts = [
        r#"{"type":"join","#,
        r#""room":"standup","#,
        r#""name":"Ada"}"#,
    ];
    for (index, part) in parts.iter().enumerate() {
        let data = if index == 0 {
            Data::Text
        } else {
            Data::Continue
        };
        let frame = Frame::message(
            Bytes::from_static(part.as_bytes()),
            OpCode::Data(data),
            index == 2,
        );
        ada.socket.send(Message::Frame(frame)).await.unwrap();
    }
    ada.expect("welcome").await;
}
