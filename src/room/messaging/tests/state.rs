//! Messaging as a whole: every frame passes its guard, and each model gets what concerns it.

use std::collections::VecDeque;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::protocol::ParticipantKind;
use crate::room::member::Member;
use crate::room::messaging::application::{ReceivedApplicationMessage, Topic};
use crate::room::messaging::channel::frame::Frame;
use crate::room::messaging::channel::guard::{Admission, CutOffReason};
use crate::room::messaging::chat::message::WallTime;
use crate::room::messaging::files::effect::{
    DiskCommand, DiskEvent, Ending, SourceId, TransferProblem,
};
use crate::room::messaging::files::sending::PickedFile;
use crate::room::messaging::files::wire::{Chunk, FileControl, TransferId};
use crate::room::messaging::live::frame::{Emoji, Position};
use crate::room::testing::deadline::{self, Look, Pacing};

fn peer(name: &str) -> PeerId {
    PeerId::new(name)
}

fn person(name: &str) -> (PeerId, DisplayName) {
    (peer(name), DisplayName::parse(name).unwrap())
}

/// Somebody who is the only one of their name.
fn member(id: &str) -> (PeerId, Member) {
    let (peer, name) = person(id);
    (peer, name.into())
}

fn messaging(me: &str, roster: &[&str]) -> Messaging {
    let mut messaging = Messaging::new(MessagingEntry {
        me: peer(me),
        name: person(me).1,
        roster: roster.iter().map(|name| member(name)).collect(),
        page_opened: WallTime(1_000_000),
        chance: 0.25,
        now: Moment(0),
    });
    for name in roster {
        open(&mut messaging, name, Moment(0));
    }
    messaging
}

fn open(messaging: &mut Messaging, name: &str, now: Moment) -> Vec<MessagingEffect> {
    Channel::ALL
        .into_iter()
        .flat_map(|channel| {
            let peer = peer(name);
            messaging.handle(MessagingEvent::ChannelOpened { peer, channel }, now)
        })
        .collect()
}

fn text(
    messaging: &mut Messaging,
    from: &str,
    channel: Channel,
    text: &str,
    now: Moment,
) -> Vec<MessagingEffect> {
    let frame = Frame::Text(text.to_owned());
    let peer = peer(from);
    messaging.handle(
        MessagingEvent::Frame {
            peer,
            channel,
            frame,
        },
        now,
    )
}

fn cut_offs(effects: &[MessagingEffect]) -> Vec<(Channel, CutOffReason)> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            MessagingEffect::Notify(MessagingNotice::CutOff {
                channel, reason, ..
            }) => Some((*channel, *reason)),
            _ => None,
        })
        .collect()
}

fn sent_text(effects: &[MessagingEffect], to: &str) -> Vec<String> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            MessagingEffect::Send {
                peer,
                frame: Frame::Text(text),
                ..
            } if peer.as_str() == to => Some(text.clone()),
            _ => None,
        })
        .collect()
}

const HELLO: &str = r#"{"type":"message","id":"a-1","text":"hi","sentAt":1}"#;

#[test]
fn strangers_reach_nobody() {
    let mut messaging = messaging("me", &["ada"]);
    assert_eq!(
        text(&mut messaging, "mallory", Channel::Chat, HELLO, Moment(1)),
        []
    );
    assert_eq!(open(&mut messaging, "mallory", Moment(1)), []);
    assert_eq!(
        text(&mut messaging, "mallory", Channel::Chat, HELLO, Moment(1)),
        []
    );
    assert_eq!(messaging.conversation().entries().len(), 0);
}

#[test]
fn who_floods_a_channel_is_cut_off_from_it_once_and_from_no_other() {
    for (flooded, frame) in [
        (Channel::Chat, HELLO),
        (Channel::Files, r#"{"type":"future"}"#),
        (Channel::Live, r#"{"type":"reaction","emoji":"🎉"}"#),
    ] {
        let mut messaging = messaging("me", &["ada", "ben"]);
        let effects: Vec<MessagingEffect> = (0..3_000)
            .flat_map(|_| text(&mut messaging, "ada", flooded, frame, Moment(1)))
            .collect();
        assert_eq!(cut_offs(&effects), [(flooded, CutOffReason::Flooding)]);
        let close = MessagingEffect::CloseChannel {
            peer: peer("ada"),
            channel: flooded,
        };
        assert!(effects.contains(&close));
        let again = MessagingEvent::ChannelOpened {
            peer: peer("ada"),
            channel: flooded,
        };
        assert_eq!(messaging.handle(again, Moment(60_000)), [close]);
        assert_eq!(
            text(&mut messaging, "ada", flooded, frame, Moment(60_000)),
            []
        );
        let other = if flooded == Channel::Chat {
            Channel::Live
        } else {
            Channel::Chat
        };
        let (other_frame, other_again) = match other {
            Channel::Chat => (HELLO, HELLO),
            _ => (r#"{"type":"reaction","emoji":"🎉"}"#, HELLO),
        };
        assert_ne!(
            text(&mut messaging, "ada", other, other_frame, Moment(60_000)),
            []
        );
        assert_ne!(
            text(
                &mut messaging,
                "ben",
                Channel::Chat,
                other_again,
                Moment(60_000)
            ),
            []
        );
    }
}

#[test]
fn who_keeps_sending_nonsense_is_cut_off_on_each_channel() {
    for channel in Channel::ALL {
        for nonsense in [
            Frame::Text("{".into()),
            Frame::Text("x".repeat(100_000)),
            Frame::Bytes(vec![0; 3]),
            Frame::Bytes(vec![0; 70_000]),
        ] {
            let mut messaging = messaging("me", &["ada"]);
            let mut answers = (0..10).map(|_| {
                let frame = nonsense.clone();
                let peer = peer("ada");
                cut_offs(&messaging.handle(
                    MessagingEvent::Frame {
                        peer,
                        channel,
                        frame,
                    },
                    Moment(1),
                ))
            });
            assert!(answers.by_ref().take(5).all(|answer| answer.is_empty()));
            assert_eq!(
                answers.next(),
                Some(vec![(channel, CutOffReason::Malformed)])
            );
            assert!(answers.all(|answer| answer.is_empty()));
        }
    }
}

#[test]
fn types_of_newer_versions_are_ignored_and_not_held_against_anyone() {
    for channel in Channel::ALL {
        let mut messaging = messaging("me", &["ada"]);
        for second in 0..100 {
            let effects = text(
                &mut messaging,
                "ada",
                channel,
                r#"{"type":"future","a":[1]}"#,
                Moment(second * 1_000),
            );
            assert_eq!(cut_offs(&effects), []);
        }
    }
}

#[test]
fn who_lies_about_a_file_is_cut_off_and_what_came_is_thrown_away() {
    let mut messaging = messaging("me", &["ada"]);
    let offer = FileControl::Offer {
        id: TransferId(1),
        name: "a".into(),
        size: 10,
        mime: String::new(),
    };
    let frame = |messaging: &mut Messaging, frame| {
        let (peer, channel) = (peer("ada"), Channel::Files);
        messaging.handle(
            MessagingEvent::Frame {
                peer,
                channel,
                frame,
            },
            Moment(1),
        )
    };
    frame(&mut messaging, offer.to_frame());
    let key = messaging.transfers().list()[0].key().clone();
    let effects = messaging
        .act(MessagingAction::Accept(key.clone()), Moment(1))
        .unwrap();
    assert!(effects.contains(&MessagingEffect::Disk(DiskCommand::Open {
        key: key.clone()
    })));
    messaging.handle(
        MessagingEvent::Disk(DiskEvent::Opened { key: key.clone() }),
        Moment(1),
    );
    let effects = frame(&mut messaging, Chunk::frame(TransferId(1), 0, &[0; 11]));
    assert_eq!(cut_offs(&effects), [(Channel::Files, CutOffReason::Lying)]);
    assert!(
        effects.contains(&MessagingEffect::Disk(DiskCommand::Discard {
            key: key.clone()
        }))
    );
    let ending = Ending::Failed(TransferProblem::CutOff);
    assert_eq!(
        messaging.transfers().get(&key).unwrap().ending(),
        Some(ending)
    );
}

#[test]
fn everyone_hears_who_records_also_those_who_come_later() {
    let mut me = messaging("me", &["ada"]);
    let on = r#"{"type":"recording","on":true}"#;
    let effects = me
        .act(MessagingAction::SetRecording(Recording::On), Moment(1))
        .unwrap();
    assert_eq!(sent_text(&effects, "ada"), [on]);
    assert_eq!(
        me.act(MessagingAction::SetRecording(Recording::On), Moment(1)),
        Ok(Vec::new())
    );
    me.handle(
        MessagingEvent::Roster(vec![member("ada"), member("ben")]),
        Moment(2),
    );
    assert_eq!(sent_text(&open(&mut me, "ben", Moment(3)), "ben"), [on]);

    let mut ben = messaging("ben", &["me"]);
    let started = MessagingEffect::Notify(MessagingNotice::RecordingStarted(person("me").1));
    assert!(text(&mut ben, "me", Channel::Chat, on, Moment(1)).contains(&started));
    assert!(!text(&mut ben, "me", Channel::Chat, on, Moment(2)).contains(&started));
    assert_eq!(ben.recorders().list().len(), 1);
    let stopped = MessagingEffect::Notify(MessagingNotice::RecordingStopped(person("me").1));
    assert!(
        ben.handle(MessagingEvent::Roster(Vec::new()), Moment(3))
            .contains(&stopped)
    );
    assert_eq!(ben.recorders().list(), []);
}

#[test]
fn a_program_that_sends_as_much_as_it_can_is_cut_off_by_nobody() {
    let mut messaging = messaging("me", &["ada"]);
    let mut guard = Guard::new(Channel::Chat, Moment(0));
    let largest = json!("x".repeat(32_000));
    let mut arrived = 0;
    for now in (0..150_000).step_by(50).map(Moment) {
        let sent = messaging.send(
            ApplicationRequest {
                message: ApplicationMessage {
                    topic: Topic::parse("camera/still").unwrap(),
                    data: largest.clone(),
                    ack: None,
                },
                to: Recipients::Everyone,
                reliability: Reliability::ReliableOrdered,
            },
            now,
        );
        for text in sent_text(&sent.unwrap_or_default(), "ada") {
            assert_eq!(guard.admit(&Frame::Text(text), now), Admission::Admitted);
            arrived += 1;
        }
    }
    assert!(arrived > 1_000, "{arrived} arrived");
}

#[test]
fn application_messages_travel_both_ways_within_their_limits() {
    let mut messaging = messaging("me", &["ada", "ben"]);
    let request = |data, to| ApplicationRequest {
        message: ApplicationMessage {
            topic: Topic::parse("game/move").unwrap(),
            data,
            ack: None,
        },
        to,
        reliability: Reliability::ReliableOrdered,
    };
    let effects = messaging
        .send(
            request(json!({"x": 1}), Recipients::Person(peer("ben"))),
            Moment(1),
        )
        .unwrap();
    assert_eq!(
        sent_text(&effects, "ben"),
        [r#"{"type":"app","topic":"game/move","data":{"x":1}}"#]
    );
    assert!(sent_text(&effects, "ada").is_empty());
    let large = messaging.send(
        request(json!("x".repeat(40_000)), Recipients::Everyone),
        Moment(1),
    );
    assert_eq!(
        large.map_err(ApplicationError::code),
        Err("application-too-large")
    );
    let gone = messaging.send(
        request(json!(1), Recipients::Person(peer("cyd"))),
        Moment(1),
    );
    assert_eq!(
        gone.map_err(ApplicationError::code),
        Err("application-nobody-there")
    );
    let fast: Vec<_> = (0..50)
        .map(|_| messaging.send(request(json!(1), Recipients::Everyone), Moment(1)))
        .collect();
    assert_eq!(fast.iter().filter(|sent| sent.is_ok()).count(), 39);

    let frame = r#"{"type":"app","topic":"bot","data":[1,2]}"#;
    for (channel, reliability) in [
        (Channel::Chat, Reliability::ReliableOrdered),
        (Channel::Live, Reliability::UnreliableUnordered),
    ] {
        let received = MessagingEffect::Application(ReceivedApplicationMessage {
            from: peer("ada"),
            reliability,
            message: ApplicationMessage {
                topic: Topic::parse("bot").unwrap(),
                data: json!([1, 2]),
                ack: None,
            },
        });
        assert_eq!(
            text(&mut messaging, "ada", channel, frame, Moment(2)),
            [received]
        );
    }
}

#[test]
fn files_for_everyone_are_not_for_devices_and_one_that_declines_is_known_as_a_device() {
    let mut messaging = messaging("me", &["ada"]);
    let (lamp, name) = person("lamp");
    let device = Member {
        name: name.into(),
        kind: ParticipantKind::Device,
    };
    let offer = |to| MessagingAction::Offer {
        files: vec![PickedFile {
            source: SourceId(1),
            name: "a".into(),
            size: 10,
            media_type: String::new(),
        }],
        to,
    };
    let roster = vec![member("ada"), (lamp.clone(), device.clone())];
    messaging.handle(MessagingEvent::Roster(roster), Moment(1));
    open(&mut messaging, "lamp", Moment(1));
    let effects = messaging
        .act(offer(Recipients::Everyone), Moment(2))
        .unwrap();
    assert_eq!(sent_text(&effects, "ada").len(), 1);
    assert_eq!(sent_text(&effects, "lamp").len(), 0);

    let to_lamp = offer(Recipients::Person(lamp.clone()));
    let effects = messaging.act(to_lamp, Moment(3)).unwrap();
    assert_eq!(sent_text(&effects, "lamp").len(), 1);
    let id = messaging.transfers().list()[1].key().id;
    let decline = format!(r#"{{"type":"decline","id":{}}}"#, id.0);
    text(&mut messaging, "lamp", Channel::Files, &decline, Moment(4));
    let declined = messaging.transfers().list()[1];
    assert_eq!(declined.ending(), Some(Ending::Declined));
    assert!(declined.is_with_device());
    assert!(!messaging.transfers().list()[0].is_with_device());

    let alone = MessagingEvent::Roster(vec![(lamp, device)]);
    messaging.handle(alone, Moment(5));
    let nobody = messaging.act(offer(Recipients::Everyone), Moment(6));
    let error = MessagingError::Offer(crate::room::OfferError::NobodyThere);
    assert_eq!(nobody, Err(error));
}

#[test]
fn who_lost_the_seat_keeps_the_conversation_and_asks_for_what_was_missed() {
    let mut messaging = messaging("me", &["ada"]);
    messaging
        .act(
            MessagingAction::Say {
                text: "before".into(),
                to: Recipients::Everyone,
            },
            Moment(1),
        )
        .unwrap();
    let reseated = MessagingEvent::Reseated {
        me: peer("me2"),
        roster: vec![member("ada")],
    };
    messaging.handle(reseated, Moment(40_000));
    let effects = open(&mut messaging, "ada", Moment(40_100));
    assert_eq!(
        sent_text(&effects, "ada"),
        [r#"{"type":"history-request"}"#]
    );
    assert_eq!(messaging.conversation().entries().len(), 1);
}

/// Two talks with a wire between them and disks that answer at once.
struct Pair {
    talks: [Messaging; 2],
    pacing: Pacing,
    wire: VecDeque<(usize, Channel, Frame)>,
    notices: Vec<MessagingNotice>,
    written: u64,
}

impl Pair {
    fn perform(&mut self, me: usize, effects: Vec<MessagingEffect>, now: Moment) {
        for effect in effects {
            match effect {
                MessagingEffect::Send { channel, frame, .. } => {
                    self.wire.push_back((1 - me, channel, frame))
                }
                MessagingEffect::Notify(notice) => {
                    if let MessagingNotice::FileOffered(key) = &notice {
                        let accepted =
                            self.talks[me].act(MessagingAction::Accept(key.clone()), now);
                        self.perform(me, accepted.unwrap(), now);
                    }
                    self.notices.push(notice);
                }
                MessagingEffect::Disk(command) => {
                    let report = match command {
                        DiskCommand::Read {
                            key,
                            offset,
                            length,
                            ..
                        } => DiskEvent::Read {
                            key,
                            offset,
                            bytes: vec![7; length],
                        },
                        DiskCommand::Open { key } => DiskEvent::Opened { key },
                        DiskCommand::Write { key, offset, bytes } => {
                            self.written += bytes.len() as u64;
                            DiskEvent::Written {
                                key,
                                offset: offset + bytes.len() as u64,
                            }
                        }
                        DiskCommand::Finish { key } => DiskEvent::Finished { key },
                        DiskCommand::Release { .. } | DiskCommand::Discard { .. } => continue,
                    };
                    let effects = self.talks[me].handle(MessagingEvent::Disk(report), now);
                    self.perform(me, effects, now);
                }
                _ => {}
            }
        }
    }

    fn deliver(&mut self, now: Moment) {
        while let Some((to, channel, frame)) = self.wire.pop_front() {
            let peer = peer(["a", "b"][1 - to]);
            let effects = self.talks[to].handle(
                MessagingEvent::Frame {
                    peer,
                    channel,
                    frame,
                },
                now,
            );
            self.perform(to, effects, now);
            for me in 0..2 {
                let peer = self::peer(["a", "b"][1 - me]);
                let effects =
                    self.talks[me].handle(MessagingEvent::Buffered { peer, bytes: 0 }, now);
                self.perform(me, effects, now);
            }
        }
    }
}

#[test]
fn whatever_one_honest_side_does_the_other_never_takes_it_for_an_attack() {
    for pacing in [Pacing::Regular, Pacing::AtDeadlines] {
        nobody_is_taken_for_an_attacker(pacing);
    }
}

fn tick(messaging: &mut Messaging, now: Moment) -> Vec<MessagingEffect> {
    let look = if now.0.is_multiple_of(2_000) {
        Look::Close
    } else {
        Look::Casual
    };
    let next = |messaging: &Messaging| messaging.next_deadline(now);
    deadline::tick(messaging, now, look, next, |messaging| {
        messaging.handle(MessagingEvent::Tick, now)
    })
}

fn nobody_is_taken_for_an_attacker(pacing: Pacing) {
    let talks = [messaging("a", &["b"]), messaging("b", &["a"])];
    let mut pair = Pair {
        talks,
        pacing,
        wire: VecDeque::new(),
        notices: Vec::new(),
        written: 0,
    };
    for ms in (0..60_000).step_by(50) {
        let now = Moment(ms);
        for me in 0..2 {
            let due = pair.talks[me].next_deadline(now);
            let due = due.is_some_and(|due| due <= now);
            let mut effects = match pair.pacing {
                Pacing::AtDeadlines if !due => Vec::new(),
                Pacing::Regular | Pacing::AtDeadlines => tick(&mut pair.talks[me], now),
            };
            if ms == 1_000 {
                for _ in 0..800 {
                    let say = MessagingAction::Say {
                        text: "x".repeat(100),
                        to: Recipients::Everyone,
                    };
                    effects.extend(pair.talks[me].act(say, now).unwrap());
                }
                let files = (0..120).map(|number| PickedFile {
                    source: SourceId(number),
                    name: "a".into(),
                    size: 100_000,
                    media_type: String::new(),
                });
                let offer = MessagingAction::Offer {
                    files: files.collect(),
                    to: Recipients::Everyone,
                };
                effects.extend(pair.talks[me].act(offer, now).unwrap());
            }
            let position = Position::new(0.5, 0.5).unwrap();
            let actions = [
                MessagingAction::Point {
                    screen: peer("a"),
                    position,
                },
                MessagingAction::React(crate::room::messaging::live::Emoji::parse("🎉").unwrap()),
            ];
            let acts = match pair.pacing {
                Pacing::Regular => true,
                // Afterwards only deadlines of what still waits bring ticks.
                Pacing::AtDeadlines => ms < 20_000,
            };
            for action in actions.into_iter().filter(|_| acts) {
                effects.extend(pair.talks[me].act(action, now).unwrap_or_default());
            }
            let request = ApplicationRequest {
                message: ApplicationMessage {
                    topic: Topic::parse("x").unwrap(),
                    data: json!(1),
                    ack: None,
                },
                to: Recipients::Everyone,
                reliability: Reliability::ReliableOrdered,
            };
            effects.extend(pair.talks[me].send(request, now).unwrap_or_default());
            pair.perform(me, effects, now);
        }
        pair.deliver(now);
    }
    let attacks = pair
        .notices
        .iter()
        .filter(|notice| matches!(notice, MessagingNotice::CutOff { .. }));
    assert_eq!(attacks.count(), 0);
    let complete = |notice: &&MessagingNotice| {
        matches!(notice, MessagingNotice::FileEnded(_, Ending::Complete))
    };
    assert_eq!(pair.notices.iter().filter(complete).count(), 2 * 2 * 120);
    assert_eq!(pair.written, 2 * 120 * 100_000);
    for messaging in &pair.talks {
        let missing = messaging.conversation().entries().filter(|entry| {
            matches!(entry.delivery(), Some(delivery) if delivery != crate::room::messaging::chat::Delivery::Everyone)
        });
        assert_eq!(missing.count(), 0);
    }
}

#[test]
fn each_model_behind_a_channel_brings_its_own_deadline() {
    let newcomer = || messaging("me", &["ada"]);
    let mut asks = newcomer();
    assert_eq!(asks.next_deadline(Moment(0)), Some(Moment(3_000)));
    assert_eq!(tick(&mut asks, Moment(2_999)), []);
    assert_ne!(tick(&mut asks, Moment(3_000)), []);

    let told = || {
        let mut told = newcomer();
        let history = r#"{"type":"history","entries":[],"more":false}"#;
        text(&mut told, "ada", Channel::Chat, history, Moment(1));
        assert_eq!(told.next_deadline(Moment(1)), None);
        told
    };
    let mut reacts = told();
    let emoji = Emoji::parse("🎉").unwrap();
    reacts
        .act(MessagingAction::React(emoji), Moment(10))
        .unwrap();
    assert_eq!(reacts.next_deadline(Moment(10)), Some(Moment(4_010)));
    assert_ne!(tick(&mut reacts, Moment(4_010)), []);
    assert_eq!(reacts.next_deadline(Moment(4_010)), None);

    let mut waits = told();
    let offer = r#"{"type":"offer","id":1,"name":"a","size":10,"mime":""}"#;
    text(&mut waits, "ada", Channel::Files, offer, Moment(10));
    assert_eq!(waits.next_deadline(Moment(10)), None);
    let (files, ada) = (Channel::Files, peer("ada"));
    for event in [
        MessagingEvent::ChannelClosed {
            peer: ada.clone(),
            channel: files,
        },
        MessagingEvent::ChannelOpened {
            peer: ada,
            channel: files,
        },
    ] {
        assert_eq!(waits.next_deadline(Moment(20)), None);
        waits.handle(event, Moment(20));
    }
    assert_eq!(waits.next_deadline(Moment(20)), Some(Moment(15_020)));
    assert_eq!(tick(&mut waits, Moment(15_019)), []);
    assert_ne!(tick(&mut waits, Moment(15_020)), []);
    assert_eq!(waits.next_deadline(Moment(15_020)), None);
}

proptest! {
    #[test]
    fn nothing_a_peer_sends_makes_the_model_panic(
        frames in proptest::collection::vec(
            (0..3_usize, prop_oneof![
                any::<String>().prop_map(Frame::Text),
                proptest::collection::vec(any::<u8>(), 0..40).prop_map(Frame::Bytes),
                (0..4_u32, any::<u64>(), 0..50_usize).prop_map(|(id, offset, length)| Chunk::frame(TransferId(id), offset, &vec![0; length])),
                ("(offer|accept|decline|written|done|verified|corrupt|cancel|message|received|history|history-request|recording|pointer|app)", 0..4_u32, any::<u64>()).prop_map(|(tag, id, number)| {
                    Frame::Text(format!(r#"{{"type":"{tag}","id":{id},"offset":{number},"size":{number},"name":"x","by":"sender","sha256":"{}","entries":[],"ids":["{id}"],"on":true}}"#, "0".repeat(64)))
                }),
            ]),
            0..40,
        )
    ) {
        let mut messaging = messaging("me", &["ada"]);
        for (channel, frame) in frames {
            let channel = Channel::ALL[channel];
            let effects = messaging.handle(MessagingEvent::Frame { peer: peer("ada"), channel, frame }, Moment(5));
            for effect in effects {
                if let MessagingEffect::Notify(MessagingNotice::FileOffered(key)) = effect {
                    let _ = messaging.act(MessagingAction::Accept(key.clone()), Moment(5));
                    messaging.handle(MessagingEvent::Disk(DiskEvent::Opened { key }), Moment(5));
                }
            }
        }
    }
}
