//! Who is said to be reached over the SFU, and to whom.

use super::*;
use crate::protocol::sfu::{SfuAvailability, SfuFault, SfuMessage};
use crate::server::rooms::sfu_standing::SfuStanding;

fn speaking(connection: u64) -> Newcomer {
    Newcomer {
        speaks_to_sfu: true,
        ..newcomer(connection)
    }
}

fn told(to_: &[u64], peer: &PeerId, sfu: SfuAvailability) -> Option<News<SfuMessage>> {
    Some(News {
        to: to(to_),
        message: SfuMessage::Peer {
            peer: peer.clone(),
            sfu,
        },
    })
}

fn unable() -> SfuFault {
    SfuFault::Unable {
        stage: "checking".into(),
    }
}

/// A room with two people who speak to the SFU, and between them one who does not; and the first of them.
fn mixed_room() -> (RoomCore, Admission) {
    let mut room = room();
    let first = room.join(speaking(1), NOW).unwrap();
    join(&mut room, 2);
    room.join(speaking(3), NOW).unwrap();
    (room, first)
}

#[test]
fn whoever_speaks_to_the_sfu_is_able_to_use_it_and_of_others_nothing_is_said() {
    let (mut room, _) = mixed_room();
    let last = room.join(speaking(4), NOW).unwrap();
    let stand: Vec<_> = last.others.iter().map(|other| other.sfu).collect();
    let able = Some(SfuAvailability::Able);
    assert_eq!(stand, [able, None, able]);
    let joined = &last.news[0];
    assert_eq!(joined.to, to(&[1, 2, 3]), "everyone learns who came");
    assert!(matches!(joined.message, ServerMessage::PeerJoined { sfu, .. } if sfu == able));
    assert_eq!(last.sfu_news, None);
}

#[test]
fn whom_the_sfu_hears_is_ready_and_those_who_speak_to_it_learn_it_once() {
    let (mut room, first) = mixed_room();
    let ready = room.set_heard(&first.peer, SfuAvailability::Ready);
    assert_eq!(ready, told(&[3], &first.peer, SfuAvailability::Ready));
    assert_eq!(room.set_heard(&first.peer, SfuAvailability::Ready), None);
    let able = room.set_heard(&first.peer, SfuAvailability::Able);
    assert_eq!(able, told(&[3], &first.peer, SfuAvailability::Able));
}

#[test]
fn who_does_not_speak_to_the_sfu_or_is_not_here_is_never_ready() {
    let (mut room, first) = mixed_room();
    let second = room.seats[1].peer.clone();
    assert_eq!(room.set_heard(&second, SfuAvailability::Ready), None);
    assert_eq!(room.set_fault(ConnectionId(2), &unable()), None);
    assert_eq!(room.seats[1].sfu, None);
    room.leave(ConnectionId(1)).unwrap();
    assert_eq!(room.set_heard(&first.peer, SfuAvailability::Ready), None);
}

#[test]
fn who_cannot_reach_the_sfu_stays_unable_until_they_say_otherwise_even_if_it_hears_them() {
    let (mut room, first) = mixed_room();
    let peer = &first.peer;
    let news = room.set_fault(ConnectionId(1), &unable());
    assert_eq!(news, told(&[3], peer, SfuAvailability::Unable));
    assert_eq!(room.set_fault(ConnectionId(1), &unable()), None);
    assert_eq!(room.set_heard(peer, SfuAvailability::Ready), None);
    let news = room.set_fault(ConnectionId(1), &SfuFault::Able);
    assert_eq!(news, told(&[3], peer, SfuAvailability::Ready));
}

#[test]
fn the_sfu_goes_on_hearing_whoever_is_away_and_comes_back() {
    let (mut room, first) = mixed_room();
    room.set_heard(&first.peer, SfuAvailability::Ready);
    room.connection_lost(ConnectionId(1), NOW);
    let back = Newcomer {
        claim: Some(claim(&first)),
        ..speaking(4)
    };
    let back = room.join(back, NOW).unwrap();
    assert_eq!(back.sfu_news, None, "nothing is new to the others");
    let gone = room.set_heard(&first.peer, SfuAvailability::Able);
    assert_eq!(gone, told(&[3], &first.peer, SfuAvailability::Able));
}

#[test]
fn who_comes_back_is_not_held_to_what_they_said_of_the_sfu_before() {
    let (mut room, first) = mixed_room();
    room.set_fault(ConnectionId(1), &unable());
    let back = Newcomer {
        claim: Some(claim(&first)),
        ..speaking(4)
    };
    let back = room.join(back, NOW).unwrap();
    let able = told(&[3], &first.peer, SfuAvailability::Able);
    assert_eq!(back.sfu_news, able);
}

#[test]
fn who_comes_back_without_speaking_to_the_sfu_is_as_if_it_could_not_be_reached() {
    let (mut room, first) = mixed_room();
    room.set_heard(&first.peer, SfuAvailability::Ready);
    let back = resume(&mut room, 4, claim(&first), NOW);
    let news = told(&[3], &first.peer, SfuAvailability::Unable);
    assert_eq!(back.sfu_news, news);
    let other = room.join(speaking(5), NOW).unwrap();
    assert_eq!(other.others[0].sfu, None);
    let again = Newcomer {
        claim: Some(claim(&back)),
        ..speaking(6)
    };
    let again = room.join(again, NOW).unwrap();
    let able = told(&[3, 5], &first.peer, SfuAvailability::Able);
    assert_eq!(again.sfu_news, able);
    assert_eq!(room.seats[0].sfu, Some(SfuStanding::default()));
}

#[test]
fn one_more_than_reach_each_other_directly_is_too_many() {
    let mut room = room();
    join(&mut room, 1);
    assert!(!room.exceeds(2));
    join(&mut room, 2);
    assert!(room.exceeds(2));
}
