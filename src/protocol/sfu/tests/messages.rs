use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::protocol::{ClientMessage, PeerId};

const DOCUMENT: &str = include_str!("../../../../docs/protocol.md");

fn ada() -> PeerId {
    PeerId::new("ada")
}

fn client_messages() -> Vec<(ClientMessage, Value)> {
    vec![
        (
            ClientMessage::Watch(Watch {
                number: 12,
                pictures: vec![
                    PictureWish {
                        peer: ada(),
                        camera: ViewedSize::Large,
                        screen: ViewedSize::Hidden,
                    },
                    PictureWish {
                        peer: PeerId::new("bob"),
                        camera: ViewedSize::Thumbnail,
                        screen: ViewedSize::Medium,
                    },
                ],
                unheard: vec![PeerId::new("cleo")],
            }),
            json!({"type": "watch", "number": 12,
                   "pictures": [{"peer": "ada", "camera": "large"},
                                {"peer": "bob", "camera": "thumbnail", "screen": "medium"}],
                   "unheard": ["cleo"]}),
        ),
        (
            ClientMessage::SlotsSeen { number: 5 },
            json!({"type": "slots-seen", "number": 5}),
        ),
        (
            ClientMessage::SfuState(SfuFault::Able),
            json!({"type": "sfu-state", "state": "able"}),
        ),
        (
            ClientMessage::SfuState(SfuFault::Unable {
                stage: "checking".into(),
            }),
            json!({"type": "sfu-state", "state": "unable", "stage": "checking"}),
        ),
        (
            ClientMessage::Strain {
                uplink: true,
                processor: false,
            },
            json!({"type": "strain", "uplink": true, "processor": false}),
        ),
    ]
}

fn slot(track: Track) -> Slot {
    Slot {
        mid: "6".into(),
        peer: ada(),
        track,
        from: None,
        paused: false,
    }
}

fn server_messages() -> Vec<(SfuMessage, Value)> {
    vec![
        (
            SfuMessage::Use {
                r#use: SfuUse::On,
                number: 4,
                why: SfuReason::People,
            },
            json!({"type": "sfu", "use": "on", "number": 4, "why": "people"}),
        ),
        (
            SfuMessage::Peer {
                peer: ada(),
                sfu: SfuAvailability::Ready,
            },
            json!({"type": "peer-sfu", "peer": "ada", "sfu": "ready"}),
        ),
        (
            SfuMessage::Slots(SlotMap {
                number: 5,
                slots: vec![
                    slot(Track::Microphone),
                    Slot {
                        from: Some(u32::MAX),
                        paused: true,
                        ..slot(Track::ScreenVideo)
                    },
                ],
            }),
            json!({"type": "slots", "number": 5,
                   "slots": [{"mid": "6", "peer": "ada", "track": "microphone"},
                             {"mid": "6", "peer": "ada", "track": "screen-video", "from": 4_294_967_295_u32, "paused": true}]}),
        ),
        (
            SfuMessage::Send(SfuSend {
                number: 9,
                camera: vec![Layer::Quarter, Layer::Half],
                screen: vec![],
                sound: true,
            }),
            json!({"type": "send", "number": 9, "camera": ["q", "h"], "screen": [], "sound": true}),
        ),
    ]
}

#[test]
fn every_message_to_the_sfu_has_its_one_form() {
    for (message, wire) in client_messages() {
        assert_eq!(serde_json::to_value(&message).unwrap(), wire);
        assert_eq!(
            serde_json::from_value::<ClientMessage>(wire).unwrap(),
            message
        );
    }
}

#[test]
fn every_message_of_the_sfu_has_its_one_form() {
    for (message, wire) in server_messages() {
        assert_eq!(serde_json::to_value(&message).unwrap(), wire);
        assert_eq!(serde_json::from_value::<SfuMessage>(wire).unwrap(), message);
    }
}

#[test]
fn unknown_fields_are_ignored() {
    for (message, mut wire) in client_messages() {
        wire["fromTheFuture"] = json!({"x": [1, 2]});
        let read = serde_json::from_value::<ClientMessage>(wire).unwrap();
        assert_eq!(read, message);
    }
    for (message, mut wire) in server_messages() {
        wire["fromTheFuture"] = json!({"x": [1, 2]});
        let read = serde_json::from_value::<SfuMessage>(wire).unwrap();
        assert_eq!(read, message);
    }
}

#[test]
fn a_watch_that_says_nothing_wants_to_see_nobody_and_to_hear_all() {
    let wire = json!({"type": "watch", "number": 1});
    let read = serde_json::from_value::<ClientMessage>(wire).unwrap();
    let ClientMessage::Watch(watch) = read else {
        panic!("no watch but {read:?}");
    };
    assert!(watch.pictures.is_empty() && watch.unheard.is_empty());
}

#[test]
fn a_size_that_is_not_known_stands_for_large_and_one_that_is_not_said_for_hidden() {
    let wire = json!({"peer": "ada", "camera": "panorama"});
    let read: PictureWish = serde_json::from_value(wire).unwrap();
    assert_eq!(read.camera, ViewedSize::Large);
    assert_eq!(read.screen, ViewedSize::Hidden);
}

#[test]
fn a_watch_of_more_than_one_may_see_or_leave_out_is_beyond_the_limits() {
    let watch = |pictures, unheard| Watch {
        number: 1,
        pictures: vec![
            PictureWish {
                peer: ada(),
                camera: ViewedSize::Large,
                screen: ViewedSize::Hidden,
            };
            pictures
        ],
        unheard: vec![ada(); unheard],
    };
    assert!(watch(32, 1_000).is_within_limits());
    assert!(!watch(33, 0).is_within_limits());
    assert!(!watch(0, 1_001).is_within_limits());
}

#[test]
fn words_of_a_newer_server_break_no_message() {
    let terms = json!({"peer": "sfu", "run": "k3J9xQ", "use": "sometimes", "number": 1});
    let read: SfuTerms = serde_json::from_value(terms).unwrap();
    assert_eq!(read.r#use, SfuUse::Off);
    let decision = json!({"type": "sfu", "use": "on", "number": 1, "why": "weather"});
    let read: SfuMessage = serde_json::from_value(decision).unwrap();
    assert!(matches!(read, SfuMessage::Use { why, .. } if why == SfuReason::Unknown));
    let standing = json!({"type": "peer-sfu", "peer": "ada", "sfu": "doubtful"});
    let read: SfuMessage = serde_json::from_value(standing).unwrap();
    assert!(matches!(read, SfuMessage::Peer { sfu, .. } if sfu == SfuAvailability::Unable));
}

#[test]
fn what_the_protocol_does_not_name_is_no_message_of_the_sfu() {
    for wire in [
        json!({"type": "watch"}),
        json!({"type": "watch", "number": -1}),
        json!({"type": "watch", "number": 1, "pictures": [{"camera": "large"}]}),
        json!({"type": "watch", "number": 1, "pictures": [{"peer": "ada", "camera": 7}]}),
        json!({"type": "watch", "number": 1, "unheard": "ada"}),
        json!({"type": "slots-seen"}),
        json!({"type": "sfu-state"}),
        json!({"type": "sfu-state", "state": "ready"}),
        json!({"type": "strain", "uplink": true}),
        json!({"type": "join", "room": "standup", "name": "Ada", "sfu": "1"}),
    ] {
        let read = serde_json::from_value::<ClientMessage>(wire.clone());
        assert!(read.is_err(), "{wire}");
    }
    for wire in [
        json!({"type": "dance"}),
        json!({"type": "sfu", "use": "on", "why": "people"}),
        json!({"type": "slots", "number": 1, "slots": [{"mid": "6", "peer": "ada", "track": "smell"}]}),
        json!({"type": "send", "number": 1, "camera": ["x"], "screen": [], "sound": true}),
        json!({"type": "send", "number": 1, "camera": [1], "screen": [], "sound": true}),
    ] {
        let read = serde_json::from_value::<SfuMessage>(wire.clone());
        assert!(read.is_err(), "{wire}");
    }
}

#[test]
fn every_layer_has_its_place_and_its_rid() {
    for (index, layer) in Layer::ALL.into_iter().enumerate() {
        assert_eq!(layer.index(), index);
        assert_eq!(serde_json::to_value(layer).unwrap(), json!(layer.rid()));
    }
}

#[test]
fn the_document_names_every_message_and_word_of_the_sfu() {
    let kinds = client_messages().into_iter().map(|(_, wire)| wire);
    let kinds = kinds.chain(server_messages().into_iter().map(|(_, wire)| wire));
    for wire in kinds {
        let kind = wire["type"].as_str().unwrap();
        assert!(DOCUMENT.contains(&format!("`{kind}`")), "{kind}");
    }
    let words = Track::ALL.map(|track| json!(track)).into_iter();
    let words = words.chain(Layer::ALL.map(|layer| json!(layer)));
    for word in words {
        let word = word.as_str().unwrap();
        assert!(DOCUMENT.contains(&format!("`{word}`")), "{word}");
    }
    for limit in [Watch::PICTURES.to_string(), "1,000".to_owned()] {
        assert!(DOCUMENT.contains(&limit), "{limit}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(
        text in r#"\{("type"|"watch"|"slots"|"send"|[:,"{}\[\]0-9a-z\\ ]){0,60}\}"#,
    ) {
        let _ = serde_json::from_str::<ClientMessage>(&text);
        let _ = serde_json::from_str::<SfuMessage>(&text);
    }
}
