use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const DOCUMENT: &str = include_str!("../../../docs/protocol.md");

const MEDIA: MediaState = MediaState {
    audio: true,
    video: false,
    screen: true,
};

fn ada() -> PeerId {
    PeerId::new("ada")
}

fn candidate() -> IceCandidate {
    IceCandidate {
        candidate: "candidate:1".into(),
        sdp_mid: Some("0".into()),
        sdp_m_line_index: Some(0),
        username_fragment: Some("uf".into()),
    }
}

fn client_messages() -> Vec<(ClientMessage, Value)> {
    vec![
        (
            ClientMessage::Join {
                room: "standup".into(),
                name: "Ada".into(),
                resume: None,
                media: None,
                kind: ParticipantKind::Person,
                sfu: None,
            },
            json!({"type": "join", "room": "standup", "name": "Ada"}),
        ),
        (
            ClientMessage::Join {
                room: "standup".into(),
                name: "Ada".into(),
                resume: Some(ResumeToken::new("t")),
                media: Some(MEDIA),
                kind: ParticipantKind::Device,
                sfu: Some(1),
            },
            json!({"type": "join", "room": "standup", "name": "Ada", "resume": "t",
                   "media": {"audio": true, "video": false, "screen": true}, "kind": "device", "sfu": 1}),
        ),
        (
            ClientMessage::Offer {
                target: ada(),
                sdp: "v=0\r\n".into(),
                serial: None,
            },
            json!({"type": "offer", "target": "ada", "sdp": "v=0\r\n"}),
        ),
        (
            ClientMessage::Answer {
                target: ada(),
                sdp: "v=0\r\n".into(),
                serial: Some(7),
            },
            json!({"type": "answer", "target": "ada", "sdp": "v=0\r\n", "serial": 7}),
        ),
        (
            ClientMessage::IceCandidate {
                target: ada(),
                candidate: Some(candidate()),
            },
            json!({"type": "ice-candidate", "target": "ada", "candidate":
                   {"candidate": "candidate:1", "sdpMid": "0", "sdpMLineIndex": 0, "usernameFragment": "uf"}}),
        ),
        (
            ClientMessage::IceCandidate {
                target: ada(),
                candidate: None,
            },
            json!({"type": "ice-candidate", "target": "ada", "candidate": null}),
        ),
        (
            ClientMessage::Media(MEDIA),
            json!({"type": "media", "audio": true, "video": false, "screen": true}),
        ),
        (
            ClientMessage::Hand { raised: true },
            json!({"type": "hand", "raised": true}),
        ),
        (ClientMessage::Leave, json!({"type": "leave"})),
    ]
}

fn server_messages() -> Vec<(ServerMessage, Value)> {
    let servers = vec![IceServer {
        urls: vec!["turn:t.example".into()],
        username: Some("u".into()),
        credential: Some("c".into()),
    }];
    let servers_json = json!([{"urls": ["turn:t.example"], "username": "u", "credential": "c"}]);
    vec![
        (
            ServerMessage::Welcome {
                peer: ada(),
                resume: ResumeToken::new("t"),
                resumed: true,
                room: "standup".into(),
                peers: vec![PeerInfo {
                    peer: PeerId::new("bob"),
                    name: "Bob".into(),
                    media: MEDIA,
                    hand: true,
                    hand_place: Some(2),
                    away: true,
                    kind: ParticipantKind::Person,
                    sfu: Some(sfu::SfuAvailability::Ready),
                }],
                ice_servers: servers.clone(),
                ice_transport_policy: IceTransportPolicy::Relay,
                limits: Limits {
                    room_capacity: 12,
                    message_bytes: 65_536,
                    message_rate: 100,
                    seat_kept_ms: 30_000,
                    mesh_capacity: Some(12),
                },
                recovering: true,
                sfu: Some(sfu::SfuTerms {
                    peer: PeerId::new("sfu"),
                    run: "k3J9xQ".into(),
                    r#use: sfu::SfuUse::On,
                    number: 3,
                    standby: true,
                    files: Some(8_000_000),
                }),
            },
            json!({"type": "welcome", "peer": "ada", "resume": "t", "resumed": true, "room": "standup",
                   "peers": [{"peer": "bob", "name": "Bob", "hand": true, "handPlace": 2, "away": true, "sfu": "ready",
                              "media": {"audio": true, "video": false, "screen": true}}],
                   "iceServers": servers_json, "iceTransportPolicy": "relay", "recovering": true,
                   "sfu": {"peer": "sfu", "run": "k3J9xQ", "use": "on", "number": 3, "standby": true, "files": 8_000_000},
                   "limits": {"roomCapacity": 12, "messageBytes": 65536, "messageRate": 100, "seatKeptMs": 30000,
                              "meshCapacity": 12}}),
        ),
        (
            ServerMessage::PeerJoined {
                peer: ada(),
                name: "Ada".into(),
                media: MEDIA,
                kind: ParticipantKind::Person,
                sfu: None,
            },
            json!({"type": "peer-joined", "peer": "ada", "name": "Ada",
                   "media": {"audio": true, "video": false, "screen": true}}),
        ),
        (
            ServerMessage::PeerJoined {
                peer: ada(),
                name: "Ada".into(),
                media: MEDIA,
                kind: ParticipantKind::Person,
                sfu: Some(sfu::SfuAvailability::Able),
            },
            json!({"type": "peer-joined", "peer": "ada", "name": "Ada", "sfu": "able",
                   "media": {"audio": true, "video": false, "screen": true}}),
        ),
        (
            ServerMessage::PeerLeft {
                peer: ada(),
                reason: DepartureReason::Lost,
            },
            json!({"type": "peer-left", "peer": "ada", "reason": "lost"}),
        ),
        (
            ServerMessage::PeerAway { peer: ada() },
            json!({"type": "peer-away", "peer": "ada"}),
        ),
        (
            ServerMessage::PeerBack { peer: ada() },
            json!({"type": "peer-back", "peer": "ada"}),
        ),
        (
            ServerMessage::PeerMedia {
                peer: ada(),
                media: MEDIA,
            },
            json!({"type": "peer-media", "peer": "ada", "audio": true, "video": false, "screen": true}),
        ),
        (
            ServerMessage::PeerHand {
                peer: ada(),
                raised: false,
            },
            json!({"type": "peer-hand", "peer": "ada", "raised": false}),
        ),
        (
            ServerMessage::Offer {
                from: ada(),
                sdp: "s".into(),
                serial: Some(1),
            },
            json!({"type": "offer", "from": "ada", "sdp": "s", "serial": 1}),
        ),
        (
            ServerMessage::Answer {
                from: ada(),
                sdp: "s".into(),
                serial: None,
            },
            json!({"type": "answer", "from": "ada", "sdp": "s"}),
        ),
        (
            ServerMessage::IceCandidate {
                from: ada(),
                candidate: None,
            },
            json!({"type": "ice-candidate", "from": "ada", "candidate": null}),
        ),
        (
            ServerMessage::IceServers {
                ice_servers: servers,
            },
            json!({"type": "ice-servers", "iceServers": servers_json}),
        ),
        (
            ServerMessage::Error(ProtocolError {
                code: ErrorCode::RoomFull,
                message: "This room is full.".into(),
                fatal: false,
            }),
            json!({"type": "error", "code": "room-full", "message": "This room is full.", "fatal": false}),
        ),
    ]
}

#[test]
fn every_message_of_a_client_has_its_one_form() {
    for (message, wire) in client_messages() {
        assert_eq!(serde_json::to_value(&message).unwrap(), wire);
        assert_eq!(
            serde_json::from_value::<ClientMessage>(wire).unwrap(),
            message
        );
    }
}

#[test]
fn every_message_of_the_server_has_its_one_form() {
    for (message, wire) in server_messages() {
        assert_eq!(serde_json::to_value(&message).unwrap(), wire);
        assert_eq!(
            serde_json::from_value::<ServerMessage>(wire).unwrap(),
            message
        );
    }
}

#[test]
fn unknown_fields_are_ignored_in_both_directions() {
    for (message, mut wire) in client_messages() {
        wire["fromTheFuture"] = json!({"x": [1, 2]});
        assert_eq!(
            serde_json::from_value::<ClientMessage>(wire).unwrap(),
            message
        );
    }
    for (message, mut wire) in server_messages() {
        wire["fromTheFuture"] = json!({"x": [1, 2]});
        assert_eq!(
            serde_json::from_value::<ServerMessage>(wire).unwrap(),
            message
        );
    }
}

#[test]
fn what_the_protocol_does_not_name_is_no_message() {
    for wire in [
        json!(null),
        json!([]),
        json!({}),
        json!({"type": "dance"}),
        json!({"type": "Join", "room": "standup", "name": "Ada"}),
        json!({"type": "join", "room": "standup"}),
        json!({"type": "join", "room": 7, "name": "Ada"}),
        json!({"type": "join", "room": "standup", "name": "Ada", "kind": 7}),
        json!({"type": "offer", "sdp": "s"}),
        json!({"type": "offer", "target": "ada", "sdp": null}),
        json!({"type": "offer", "target": "ada", "sdp": "s", "serial": 1.5}),
        json!({"type": "media", "audio": true, "video": true}),
        json!({"type": "media", "audio": 1, "video": true, "screen": true}),
        json!({"type": "hand"}),
    ] {
        assert!(
            serde_json::from_value::<ClientMessage>(wire.clone()).is_err(),
            "{wire}"
        );
    }
    assert!(serde_json::from_value::<ServerMessage>(json!({"type": "dance"})).is_err());
}

#[test]
fn an_error_of_a_newer_server_is_still_an_error() {
    let wire = json!({"type": "error", "code": "too-loud", "message": "Shh.", "fatal": true});
    let ServerMessage::Error(error) = serde_json::from_value(wire).unwrap() else {
        panic!("not an error");
    };
    assert_eq!((error.code, error.fatal), (ErrorCode::Unknown, true));
}

#[test]
fn the_document_names_every_message_error_and_close_code() {
    let kinds = client_messages().into_iter().map(|(_, wire)| wire);
    let kinds = kinds.chain(server_messages().into_iter().map(|(_, wire)| wire));
    for wire in kinds {
        let kind = wire["type"].as_str().unwrap();
        assert!(DOCUMENT.contains(&format!("`{kind}`")), "{kind}");
    }
    for code in [
        ErrorCode::BadMessage,
        ErrorCode::NotJoined,
        ErrorCode::AlreadyJoined,
        ErrorCode::BadRoom,
        ErrorCode::BadName,
        ErrorCode::RoomFull,
        ErrorCode::UnknownPeer,
        ErrorCode::TooLarge,
        ErrorCode::RateLimited,
        ErrorCode::Unauthorized,
        ErrorCode::SfuRefused,
        ErrorCode::SfuNeeded,
        ErrorCode::ShuttingDown,
    ] {
        let code = serde_json::to_value(code).unwrap();
        let code = code.as_str().unwrap();
        assert!(DOCUMENT.contains(&format!("`{code}`")), "{code}");
    }
    for code in [
        CloseCode::GoingAway,
        CloseCode::Policy,
        CloseCode::TooLarge,
        CloseCode::Restarting,
        CloseCode::ResumedElsewhere,
        CloseCode::Removed,
        CloseCode::TooSlow,
        CloseCode::Flooding,
    ] {
        let code = u16::from(code).to_string();
        assert!(DOCUMENT.contains(&code), "{code}");
    }
}

#[test]
fn the_documents_example_is_made_of_real_messages() {
    let mut seen = 0;
    let example = DOCUMENT.split("## An example").nth(1).unwrap();
    for line in example.lines().filter(|line| line.ends_with('}')) {
        let parsed = if let Some((_, text)) = line.split_once("→ ") {
            serde_json::from_str::<ClientMessage>(text).map(|_| ())
        } else if let Some((_, text)) = line.split_once("← ") {
            // The shortened welcome is the one that cannot be read.
            if text.contains(",…}") {
                continue;
            }
            serde_json::from_str::<ServerMessage>(text).map(|_| ())
        } else {
            continue;
        };
        assert!(parsed.is_ok(), "{line}: {parsed:?}");
        seen += 1;
    }
    assert!(seen >= 12, "{seen}");
}

#[test]
fn a_kind_that_is_not_known_is_a_persons() {
    for (kind, expected) in [
        (json!("device"), ParticipantKind::Device),
        (json!("person"), ParticipantKind::Person),
        (json!("recorder"), ParticipantKind::Person),
    ] {
        let joined = json!({"type": "peer-joined", "peer": "ada", "name": "Ada", "media": MEDIA, "kind": kind});
        let read: ServerMessage = serde_json::from_value(joined).unwrap();
        assert!(matches!(read, ServerMessage::PeerJoined { kind, .. } if kind == expected));
        let join = json!({"type": "join", "room": "abc", "name": "Ada", "kind": kind});
        let read: ClientMessage = serde_json::from_value(join).unwrap();
        assert!(matches!(read, ClientMessage::Join { kind, .. } if kind == expected));
    }
}

proptest! {
    #[test]
    fn any_join_survives_the_wire(room in any::<String>(), name in any::<String>(), resume in any::<Option<String>>()) {
        let message = ClientMessage::Join { room, name, resume: resume.map(ResumeToken::new), media: Some(MEDIA), kind: ParticipantKind::Person, sfu: None };
        let text = serde_json::to_string(&message).unwrap();
        prop_assert_eq!(serde_json::from_str::<ClientMessage>(&text).unwrap(), message);
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in r#"\{("type"|"join"|"offer"|[:,"{}\[\]0-9a-z\\ ]){0,60}\}"#) {
        let _ = serde_json::from_str::<ClientMessage>(&text);
        let _ = serde_json::from_str::<ServerMessage>(&text);
    }
}

#[test]
fn a_policy_that_is_absent_or_unknown_means_all_candidates_and_all_is_not_sent() {
    let mut welcome = json!({"type": "welcome", "peer": "ada", "resume": "t", "resumed": false, "room": "standup",
        "peers": [], "iceServers": [],
        "limits": {"roomCapacity": 12, "messageBytes": 65536, "messageRate": 100, "seatKeptMs": 30000}});
    let plain = welcome.clone();
    for unknown in [None, Some("nohost")] {
        if let Some(unknown) = unknown {
            welcome["iceTransportPolicy"] = json!(unknown);
        }
        let read: ServerMessage = serde_json::from_value(welcome.clone()).unwrap();
        assert!(matches!(
            read,
            ServerMessage::Welcome {
                ice_transport_policy: IceTransportPolicy::All,
                ..
            }
        ));
        assert_eq!(serde_json::to_value(&read).unwrap(), plain);
    }
}
