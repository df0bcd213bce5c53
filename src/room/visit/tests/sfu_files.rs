//! Files in a large room: over which connection their content goes, and what both sides are told.

use std::collections::VecDeque;

use super::super::large_room::{in_large_room, say};
use super::*;
use crate::room::hub::HubChannelEvent;
use crate::room::messaging::channel::frame::Frame;
use crate::room::messaging::event::MessagingAction;
use crate::room::messaging::files::effect::{DiskCommand, DiskEvent};
use crate::room::messaging::files::{
    Ending, PickedFile, SourceId, TransferKey, TransferProblem, TransferStage,
};
use crate::room::messaging::recipients::Recipients;
use crate::room::path::command::PeerCommand;
use crate::room::testing::fixture::peer;
use crate::room::testing::visiting::Visiting;
use crate::room::visit::action::{FileAction, VisitAction};
use crate::room::visit::effect::VisitEffect;
use crate::room::visit::event::VisitEvent;

/// In a large room with Ada and ten others.
fn called(standby: bool, files: Option<u64>) -> Visiting {
    let others = [
        "ada", "p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9", "p10",
    ];
    in_large_room(&others, &[Channel::Chat, Channel::Files], standby, files)
}

/// Ada says this on `files`, by the SFU.
fn ada_says(visiting: &mut Visiting, text: &str) -> Vec<VisitEffect> {
    says(visiting, "ada", text)
}

/// Somebody says this on `files`, by the SFU.
fn says(visiting: &mut Visiting, name: &str, text: &str) -> Vec<VisitEffect> {
    let text = format!("{{\"from\":\"{name}\"}}\n{text}");
    say(visiting, Channel::Files, &text)
}

/// Offers Ada a file, which she accepts; what follows from that.
fn send(visiting: &mut Visiting) -> (TransferKey, Vec<VisitEffect>) {
    send_bytes(visiting, 100)
}

/// Offers Ada a file of so many bytes, which she accepts; what follows from that.
fn send_bytes(visiting: &mut Visiting, size: u64) -> (TransferKey, Vec<VisitEffect>) {
    send_bytes_to(visiting, "ada", size)
}

/// Offers somebody a file of so many bytes, which they accept; what follows from that.
fn send_bytes_to(
    visiting: &mut Visiting,
    name: &str,
    size: u64,
) -> (TransferKey, Vec<VisitEffect>) {
    let file = PickedFile {
        source: SourceId(1),
        name: "a.bin".to_owned(),
        size,
        media_type: String::new(),
    };
    visiting.want(VisitAction::Messaging(MessagingAction::Offer {
        files: vec![file],
        to: Recipients::Person(peer(name)),
    }));
    let transfers = visiting.visit.messaging().unwrap().transfers().list();
    let key = transfers.last().unwrap().key().clone();
    let accept = format!("{{\"type\":\"accept\",\"id\":{},\"offset\":0}}", key.id.0);
    let effects = says(visiting, name, &accept);
    (key, effects)
}

fn stage(visiting: &Visiting, key: &TransferKey) -> TransferStage {
    let transfers = visiting.visit.messaging().unwrap().transfers();
    transfers.get(key).unwrap().stage()
}

fn reads(effects: &[VisitEffect]) -> bool {
    let mut effects = effects.iter();
    effects.any(|it| matches!(it, VisitEffect::Disk(DiskCommand::Read { .. })))
}

fn dials(effects: &[VisitEffect]) -> bool {
    effects.iter().any(|effect| match effect {
        VisitEffect::Path { to, command, .. } => {
            *to == peer("ada") && matches!(command, PeerCommand::Open { .. })
        }
        _ => false,
    })
}

/// What is said by the SFU, without the routing lines.
fn said_by_sfu(effects: &[VisitEffect]) -> Vec<String> {
    let said = effects.iter().filter_map(|effect| match effect {
        VisitEffect::TransmitToHub {
            frame: Frame::Text(text),
            ..
        } => Some(text.split_once('\n')?.1.to_owned()),
        _ => None,
    });
    said.collect()
}

fn channel(visiting: &mut Visiting, opens: bool) -> Vec<VisitEffect> {
    let (peer, channel) = (peer("ada"), Channel::Files);
    visiting.feed(VisitEvent::Messaging(match opens {
        true => MessagingEvent::ChannelOpened { peer, channel },
        false => MessagingEvent::ChannelClosed { peer, channel },
    }))
}

#[test]
fn content_waits_for_a_direct_connection_that_is_dialled_for_it_and_takes_that() {
    let mut visiting = called(true, None);
    let (key, effects) = send(&mut visiting);
    assert!(dials(&effects), "{effects:?}");
    assert!(!reads(&effects), "{effects:?}");
    assert_eq!(stage(&visiting, &key), TransferStage::Connecting);
    let effects = channel(&mut visiting, true);
    let offered = effects.iter().any(|effect| {
        matches!(effect, VisitEffect::Transmit { frame: Frame::Text(text), .. } if text.contains("\"offer\""))
    });
    assert!(offered, "it begins anew there: {effects:?}");
    assert!(said_by_sfu(&effects).is_empty(), "{effects:?}");
    let accept = Frame::Text(format!(
        "{{\"type\":\"accept\",\"id\":{},\"offset\":0}}",
        key.id.0
    ));
    let effects = visiting.feed(VisitEvent::Messaging(MessagingEvent::Frame {
        peer: peer("ada"),
        channel: Channel::Files,
        frame: accept,
    }));
    assert!(reads(&effects), "{:?} {effects:?}", stage(&visiting, &key));
}

#[test]
fn after_8_s_content_goes_by_the_sfu_and_what_says_that_it_was_all_comes_behind_it() {
    let mut visiting = called(true, None);
    let (key, _) = send(&mut visiting);
    assert!(!reads(&visiting.wait(7_900)));
    let effects = visiting.wait(200);
    assert!(reads(&effects), "{effects:?}");
    let effects = visiting.feed(VisitEvent::Messaging(MessagingEvent::Disk(
        DiskEvent::Read {
            key: key.clone(),
            offset: 0,
            bytes: vec![7; 100],
        },
    )));
    let said: Vec<bool> = effects
        .iter()
        .filter_map(|effect| match effect {
            VisitEffect::TransmitToHub { frame, .. } => Some(matches!(frame, Frame::Bytes(_))),
            _ => None,
        })
        .collect();
    assert_eq!(said, [true, false], "{effects:?}");
}

#[test]
fn where_no_direct_connection_may_be_content_goes_by_the_sfu_at_once() {
    let mut visiting = called(false, None);
    let (_, effects) = send(&mut visiting);
    assert!(reads(&effects) && !dials(&effects), "{effects:?}");
}

#[test]
fn where_nothing_takes_it_both_are_told_why() {
    for (standby, wait_ms) in [(false, 0), (true, 30_100)] {
        let mut visiting = called(standby, Some(0));
        let (key, mut effects) = send(&mut visiting);
        if wait_ms > 0 {
            assert_eq!(stage(&visiting, &key), TransferStage::Connecting);
            effects = visiting.wait(wait_ms);
        }
        let failed = Ending::Failed(TransferProblem::NoDirectPath);
        assert_eq!(stage(&visiting, &key), TransferStage::Ended(failed));
        let cancel = format!(
            "{{\"type\":\"cancel\",\"id\":{},\"by\":\"sender\",\"why\":\"no-direct-path\"}}",
            key.id.0
        );
        let said = said_by_sfu(&effects);
        assert!(said.contains(&cancel), "{said:?}");
        assert!(!reads(&effects));
    }
    let mut visiting = called(false, Some(0));
    ada_says(
        &mut visiting,
        r#"{"type":"offer","id":7,"name":"a.bin","size":10}"#,
    );
    let transfers = visiting.visit.messaging().unwrap().transfers().list();
    let key = transfers[0].key().clone();
    visiting.want(VisitAction::Files(FileAction::Accept(key.clone())));
    ada_says(
        &mut visiting,
        r#"{"type":"cancel","id":7,"by":"sender","why":"no-direct-path"}"#,
    );
    let failed = Ending::Failed(TransferProblem::NoDirectPath);
    assert_eq!(stage(&visiting, &key), TransferStage::Ended(failed));
}

#[test]
fn who_loses_the_direct_connection_says_so_first_and_begins_anew_by_the_sfu() {
    let mut visiting = called(true, None);
    channel(&mut visiting, true);
    let (_, _) = send(&mut visiting);
    let said = said_by_sfu(&channel(&mut visiting, false));
    assert_eq!(said[0], r#"{"type":"fallback"}"#);
    assert!(said[1].contains("\"offer\""), "{said:?}");
}

#[test]
fn who_hears_that_the_other_left_the_direct_connection_leaves_it_too_and_both_stop_saying_so() {
    let mut visiting = called(true, None);
    channel(&mut visiting, true);
    let (_, _) = send(&mut visiting);
    let said = said_by_sfu(&ada_says(&mut visiting, r#"{"type":"fallback"}"#));
    assert_eq!(said[0], r#"{"type":"fallback"}"#);
    assert!(said[1].contains("\"offer\""), "{said:?}");
    // Once more it only means that theirs began anew.
    visiting.wait(600);
    let said = said_by_sfu(&ada_says(&mut visiting, r#"{"type":"fallback"}"#));
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("\"offer\""), "{said:?}");
    let said = said_by_sfu(&ada_says(&mut visiting, r#"{"type":"fallback"}"#));
    assert_eq!(said, [""; 0], "not again and again");
    assert_eq!(said_by_sfu(&visiting.wait(499)), [""; 0]);
    let said = said_by_sfu(&visiting.wait(1));
    assert_eq!(said.len(), 1, "but soon: {said:?}");
    assert!(said[0].contains("\"offer\""), "{said:?}");
}

#[test]
fn the_chat_says_so_too() {
    let mut visiting = called(true, None);
    let ada = |opens: bool| {
        let (peer, channel) = (peer("ada"), Channel::Chat);
        VisitEvent::Messaging(match opens {
            true => MessagingEvent::ChannelOpened { peer, channel },
            false => MessagingEvent::ChannelClosed { peer, channel },
        })
    };
    visiting.feed(ada(true));
    let said = said_by_sfu(&visiting.feed(ada(false)));
    assert_eq!(said[0], r#"{"type":"fallback"}"#);
}

/// Hands in everything that is read, until no more is.
fn hand_in(visiting: &mut Visiting, effects: Vec<VisitEffect>) {
    let mut effects = VecDeque::from(effects);
    while let Some(effect) = effects.pop_front() {
        if let VisitEffect::Disk(DiskCommand::Read {
            key,
            offset,
            length,
            ..
        }) = effect
        {
            effects.extend(visiting.feed(VisitEvent::Messaging(MessagingEvent::Disk(
                DiskEvent::Read {
                    key,
                    offset,
                    bytes: vec![7; length],
                },
            ))));
        }
    }
}

#[test]
fn content_of_a_transfer_that_is_over_goes_when_the_channel_takes_another_connection() {
    let mut visiting = called(false, None);
    let (key, effects) = send_bytes(&mut visiting, 1_000_000);
    hand_in(&mut visiting, effects);
    let is_content = |effect: &VisitEffect| {
        matches!(
            effect,
            VisitEffect::TransmitToHub {
                frame: Frame::Bytes(_),
                ..
            }
        )
    };
    assert!(visiting.wait(100).iter().any(is_content));
    visiting.want(VisitAction::Files(FileAction::Cancel(key)));
    channel(&mut visiting, true);
    let effects = visiting.wait(5_000);
    assert!(!effects.iter().any(is_content));
}

#[test]
fn nobody_leaves_a_direct_connection_for_what_is_lost_there_anyway() {
    let mut visiting = called(true, None);
    let (ada, live) = (peer("ada"), Channel::Live);
    visiting.feed(VisitEvent::HubChannel(live, HubChannelEvent::Opened));
    say(&mut visiting, live, "{\"ready\":1}");
    visiting.open("ada", live);
    let direct = Some(Carrier::Direct);
    assert_eq!(visiting.visit.carriers.carrier(&ada, live), direct);
    say(
        &mut visiting,
        live,
        "{\"from\":\"ada\"}\n{\"type\":\"fallback\"}",
    );
    assert_eq!(visiting.visit.carriers.carrier(&ada, live), direct);
}

#[test]
fn no_file_waits_for_a_direct_connection_that_was_left_even_if_it_is_there_again() {
    let mut visiting = called(true, None);
    channel(&mut visiting, true);
    let (first, _) = send(&mut visiting);
    ada_says(&mut visiting, r#"{"type":"fallback"}"#);
    visiting.want(VisitAction::Files(FileAction::Cancel(first)));
    visiting.wait(3_600_000);
    let (_, effects) = send(&mut visiting);
    assert!(reads(&effects) && !dials(&effects), "{effects:?}");
    // Opened anew, it is used again.
    channel(&mut visiting, false);
    let effects = channel(&mut visiting, true);
    let offers = |effect: &VisitEffect| matches!(effect, VisitEffect::Transmit { .. });
    assert!(effects.iter().any(offers), "{effects:?}");
}

#[test]
fn what_waits_for_one_who_is_slow_does_not_keep_what_is_for_others_from_being_read() {
    let mut visiting = called(false, None);
    let (_, effects) = send_bytes(&mut visiting, 100_000_000);
    hand_in(&mut visiting, effects);
    let effects = send_bytes_to(&mut visiting, "p1", 100_000_000).1;
    assert!(reads(&effects), "{effects:?}");
}
