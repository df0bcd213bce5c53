use proptest::prelude::*;

use super::super::admission::{Admission, Newcomer, RoomFull};
use super::super::leaving::Farewell;
use super::super::rotation::EarlierRuns;
use super::*;
use crate::server::secrets::random;
use crate::server::secrets::resume_token::{Claim, Stamp};

mod sfu_presence;

const NOW: UnixMillis = 1_800_000_000_000;
const SEAT_KEPT: u64 = 30_000;
const CAMERA: MediaState = MediaState {
    audio: false,
    video: true,
    screen: false,
};

fn settings(capacity: u32) -> Settings {
    Settings {
        capacity,
        seat_kept_ms: SEAT_KEPT,
        boot: Boot::numbered(1),
    }
}

fn room() -> RoomCore {
    RoomCore::new(settings(12))
}

fn newcomer(connection: u64) -> Newcomer {
    let mut bytes = [0; random::PEER_ID_BYTES];
    bytes[..8].copy_from_slice(&connection.to_be_bytes());
    Newcomer {
        connection: ConnectionId(connection),
        name: DisplayName::parse(&format!("Person {connection}")).unwrap(),
        media: MediaState::default(),
        claim: None,
        earlier: EarlierRuns::Accepted,
        fresh: random::peer_id(bytes),
        kind: ParticipantKind::Person,
        speaks_to_sfu: false,
    }
}

fn join(room: &mut RoomCore, connection: u64) -> Admission {
    room.join(newcomer(connection), NOW).unwrap()
}

fn claim(admission: &Admission) -> Claim {
    Claim {
        peer: admission.peer.clone(),
        arrival: admission.arrival,
        stamp: admission.stamp,
    }
}

fn resume(room: &mut RoomCore, connection: u64, claim: Claim, now: UnixMillis) -> Admission {
    let newcomer = Newcomer {
        claim: Some(claim),
        ..newcomer(connection)
    };
    room.join(newcomer, now).unwrap()
}

fn earlier_claim(peer: u8, arrival: u64, generation: u32) -> Claim {
    Claim {
        peer: random::peer_id([peer; random::PEER_ID_BYTES]),
        arrival: ArrivalOrder {
            at: arrival,
            tie: 0,
        },
        stamp: Stamp {
            boot: Boot::numbered(99),
            generation,
        },
    }
}

fn peers(admission: &Admission) -> Vec<PeerId> {
    admission
        .others
        .iter()
        .map(|other| other.peer.clone())
        .collect()
}

fn to(connections: &[u64]) -> Vec<ConnectionId> {
    connections.iter().copied().map(ConnectionId).collect()
}

#[test]
fn a_newcomer_learns_who_is_there_in_order_of_arrival_and_they_learn_of_the_newcomer() {
    let mut room = room();
    let first = join(&mut room, 1);
    assert!(first.others.is_empty() && first.news.iter().all(|news| news.to.is_empty()));
    let second = join(&mut room, 2);
    let third = join(&mut room, 3);
    assert_eq!(peers(&third), [first.peer, second.peer]);
    assert!(!third.resumed);
    let joined = ServerMessage::PeerJoined {
        peer: third.peer,
        name: "Person 3".into(),
        media: MediaState::default(),
        kind: ParticipantKind::Person,
        sfu: None,
    };
    assert_eq!(
        third.news,
        [News {
            to: to(&[1, 2]),
            message: joined
        }]
    );
}

#[test]
fn a_device_has_a_seat_like_anybody_and_is_counted_apart() {
    let mut room = RoomCore::new(settings(2));
    join(&mut room, 1);
    let lamp = Newcomer {
        kind: ParticipantKind::Device,
        ..newcomer(2)
    };
    let lamp = room.join(lamp, NOW).unwrap();
    let told = &lamp.news[0].message;
    assert!(
        matches!(told, ServerMessage::PeerJoined { kind, .. } if *kind == ParticipantKind::Device)
    );
    let present = room.present();
    assert_eq!((present.names.len(), present.devices), (1, 1));
    assert!(room.join(newcomer(3), NOW).is_err(), "both seats are taken");
    let back = Newcomer {
        claim: Some(claim(&lamp)),
        ..newcomer(4)
    };
    room.join(back, NOW).unwrap();
    assert_eq!(
        room.present().devices,
        1,
        "whoever comes back is what they were"
    );
    let mut restarted = RoomCore::new(settings(2));
    let lamp = Newcomer {
        kind: ParticipantKind::Device,
        claim: Some(earlier_claim(9, NOW, 1)),
        ..newcomer(1)
    };
    restarted.join(lamp, NOW).unwrap();
    assert_eq!(
        restarted.present().devices,
        1,
        "after a restart the new join says it"
    );
}

#[test]
fn a_full_room_refuses_and_a_kept_seat_counts() {
    let mut room = RoomCore::new(settings(2));
    let first = join(&mut room, 1);
    join(&mut room, 2);
    assert_eq!(room.join(newcomer(3), NOW).unwrap_err(), RoomFull);
    room.connection_lost(ConnectionId(1), NOW);
    assert_eq!(room.join(newcomer(3), NOW).unwrap_err(), RoomFull);
    assert!(resume(&mut room, 4, claim(&first), NOW).resumed);
    room.leave(ConnectionId(2));
    assert!(room.join(newcomer(3), NOW).is_ok());
}

#[test]
fn media_and_hands_are_told_to_the_others_and_stand_in_the_next_welcome() {
    let mut room = room();
    let first = join(&mut room, 1);
    join(&mut room, 2);
    let news = room.set_media(ConnectionId(1), CAMERA).unwrap();
    assert_eq!(news.to, to(&[2]));
    assert_eq!(
        news.message,
        ServerMessage::PeerMedia {
            peer: first.peer.clone(),
            media: CAMERA
        }
    );
    let news = room.set_hand(ConnectionId(1), true).unwrap();
    assert_eq!(
        news.message,
        ServerMessage::PeerHand {
            peer: first.peer,
            raised: true
        }
    );
    let third = join(&mut room, 3);
    assert_eq!(third.others[0].media, CAMERA);
    assert!(third.others[0].hand);
}

#[test]
fn a_newcomer_learns_in_which_order_hands_went_up() {
    let mut room = room();
    join(&mut room, 1);
    join(&mut room, 2);
    for (connection, raised) in [(1, true), (2, true), (1, false), (1, true)] {
        room.set_hand(ConnectionId(connection), raised).unwrap();
    }
    // Said again, it is the same hand.
    assert!(room.set_hand(ConnectionId(2), true).is_none());
    let places = |admission: &Admission| -> Vec<Option<u32>> {
        admission
            .others
            .iter()
            .map(|info| info.hand_place)
            .collect()
    };
    let third = join(&mut room, 3);
    assert_eq!(places(&third), [Some(2), Some(1)]);
    room.leave(ConnectionId(3));
    room.set_hand(ConnectionId(2), false).unwrap();
    assert_eq!(places(&join(&mut room, 4)), [Some(1), None]);
}

#[test]
fn saying_again_what_everyone_knows_is_no_news() {
    let mut room = room();
    join(&mut room, 1);
    join(&mut room, 2);
    assert!(
        room.set_media(ConnectionId(1), MediaState::default())
            .is_none()
    );
    assert!(room.set_hand(ConnectionId(1), false).is_none());
}

#[test]
fn a_lost_connection_keeps_its_seat_and_its_token_takes_it_back() {
    let mut room = room();
    let first = join(&mut room, 1);
    join(&mut room, 2);
    room.set_hand(ConnectionId(1), true);
    let (_, away) = room.connection_lost(ConnectionId(1), NOW).unwrap();
    assert_eq!(
        away.message,
        ServerMessage::PeerAway {
            peer: first.peer.clone()
        }
    );
    assert!(join(&mut room, 3).others[0].away);
    let back = resume(&mut room, 4, claim(&first), NOW + SEAT_KEPT - 1);
    assert!(back.resumed);
    assert_eq!(back.peer, first.peer);
    assert_eq!(back.replaced, None);
    assert_eq!(
        back.news,
        [News {
            to: to(&[2, 3]),
            message: ServerMessage::PeerBack { peer: first.peer }
        }]
    );
    let fourth = join(&mut room, 5);
    assert!(fourth.others[0].hand && !fourth.others[0].away);
}

#[test]
fn a_seat_that_was_kept_in_vain_is_given_up() {
    let mut room = room();
    let first = join(&mut room, 1);
    join(&mut room, 2);
    room.connection_lost(ConnectionId(1), NOW);
    assert_eq!(room.next_expiry(), Some(NOW + SEAT_KEPT));
    assert!(room.expire(NOW + SEAT_KEPT - 1).is_empty());
    let departures = room.expire(NOW + SEAT_KEPT);
    let left = ServerMessage::PeerLeft {
        peer: first.peer.clone(),
        reason: DepartureReason::Lost,
    };
    assert_eq!(departures[0].news.message, left);
    let again = resume(&mut room, 3, claim(&first), NOW + SEAT_KEPT);
    assert!(!again.resumed);
    assert_ne!(again.peer, first.peer);
}

#[test]
fn a_kept_seat_is_given_up_when_too_many_are_kept_and_a_taken_one_is_not() {
    let mut room = room();
    let first = join(&mut room, 1);
    join(&mut room, 2);
    assert!(room.give_up(&first.peer).is_none(), "somebody sits there");
    room.connection_lost(ConnectionId(1), NOW);
    let departure = room.give_up(&first.peer).unwrap();
    let left = ServerMessage::PeerLeft {
        peer: first.peer.clone(),
        reason: DepartureReason::Lost,
    };
    assert_eq!(
        (departure.news.to, departure.news.message),
        (to(&[2]), left)
    );
    assert!(!room.knows(&claim(&first), EarlierRuns::Refused));
    let peers: Vec<_> = room
        .dissolve()
        .into_iter()
        .map(|departure| departure.peer)
        .collect();
    assert_eq!((peers.len(), room.is_empty()), (1, true));
}

#[test]
fn a_room_has_seen_company_when_two_were_in_it_or_one_comes_from_an_earlier_run() {
    let mut room = room();
    let first = join(&mut room, 1);
    room.connection_lost(ConnectionId(1), NOW);
    resume(&mut room, 2, claim(&first), NOW);
    assert_eq!(room.company, Company::Alone);
    join(&mut room, 3);
    room.leave(ConnectionId(3));
    assert_eq!(room.company, Company::Met, "they may wait for each other");
    let mut restored = super::tests::room();
    resume(&mut restored, 1, earlier_claim(1, 100, 1), NOW);
    assert_eq!(restored.company, Company::Met, "nobody knows whom they met");
}

#[test]
fn whoever_left_cannot_come_back_with_the_token() {
    let mut room = room();
    let first = join(&mut room, 1);
    join(&mut room, 2);
    let departure = room.leave(ConnectionId(1)).unwrap();
    let left = ServerMessage::PeerLeft {
        peer: first.peer.clone(),
        reason: DepartureReason::Left,
    };
    assert_eq!(
        departure.news,
        News {
            to: to(&[2]),
            message: left
        }
    );
    let again = resume(&mut room, 3, claim(&first), NOW);
    assert!(!again.resumed);
    assert_ne!(again.peer, first.peer);
}

#[test]
fn a_room_knows_whom_it_would_give_their_seat_back() {
    let mut room = room();
    let first = join(&mut room, 1);
    let (theirs, earlier) = (claim(&first), earlier_claim(1, 100, 1));
    assert!(room.knows(&theirs, EarlierRuns::Refused));
    assert!(room.knows(&earlier, EarlierRuns::Accepted));
    assert!(!room.knows(&earlier, EarlierRuns::Refused));
    room.connection_lost(ConnectionId(1), NOW);
    assert!(room.knows(&theirs, EarlierRuns::Refused));
    let second = resume(&mut room, 2, theirs.clone(), NOW);
    assert!(
        room.knows(&theirs, EarlierRuns::Refused),
        "until the next is known to have arrived"
    );
    room.confirm(ConnectionId(2));
    assert!(!room.knows(&theirs, EarlierRuns::Refused));
    assert!(room.knows(&claim(&second), EarlierRuns::Refused));
    room.leave(ConnectionId(2));
    assert!(!room.knows(&claim(&second), EarlierRuns::Refused));
}

#[test]
fn taking_over_an_open_connection_replaces_it_without_news() {
    let mut room = room();
    let first = join(&mut room, 1);
    join(&mut room, 2);
    let taken = resume(&mut room, 3, claim(&first), NOW);
    assert_eq!(taken.replaced, Some(ConnectionId(1)));
    assert!(taken.news.is_empty());
    assert!(
        room.connection_lost(ConnectionId(1), NOW).is_none(),
        "the old one's end means nothing"
    );
    assert!(
        room.leave(ConnectionId(1)).is_none(),
        "and it can say nothing"
    );
}

#[test]
fn what_is_sent_after_a_resume_is_told_and_the_name_stays() {
    let mut room = room();
    let first = join(&mut room, 1);
    join(&mut room, 2);
    let back = Newcomer {
        claim: Some(claim(&first)),
        media: CAMERA,
        ..newcomer(3)
    };
    let back = room.join(back, NOW).unwrap();
    let told = ServerMessage::PeerMedia {
        peer: first.peer,
        media: CAMERA,
    };
    assert_eq!(
        back.news,
        [News {
            to: to(&[2]),
            message: told
        }]
    );
    assert_eq!(join(&mut room, 4).others[0].name, "Person 1");
}

#[test]
fn an_old_token_is_worth_nothing_once_the_new_one_has_arrived() {
    let mut room = room();
    let first = join(&mut room, 1);
    let second = resume(&mut room, 2, claim(&first), NOW);
    room.confirm(ConnectionId(2));
    let thief = resume(&mut room, 3, claim(&first), NOW);
    assert!(!thief.resumed);
    assert_ne!(thief.peer, first.peer);
    assert!(resume(&mut room, 4, claim(&second), NOW).resumed);
}

#[test]
fn after_a_restart_people_come_back_under_their_ids_and_in_their_order() {
    let mut room = room();
    let later = resume(&mut room, 1, earlier_claim(2, 200, 1), NOW);
    assert!(later.resumed && later.recovering);
    let sooner = resume(&mut room, 2, earlier_claim(1, 100, 5), NOW);
    assert!(sooner.resumed);
    assert!(matches!(
        sooner.news[0].message,
        ServerMessage::PeerJoined { .. }
    ));
    let newcomer = join(&mut room, 3);
    assert_eq!(
        peers(&newcomer),
        [sooner.peer.clone(), later.peer],
        "the first to arrive stands first"
    );
    assert!(newcomer.recovering);
    assert!(resume(&mut room, 4, claim(&sooner), NOW).resumed);
}

#[test]
fn a_room_recovers_for_as_long_as_seats_are_kept() {
    let mut room = room();
    assert!(!join(&mut room, 1).recovering);
    assert!(resume(&mut room, 2, earlier_claim(2, 200, 1), NOW).recovering);
    assert!(
        room.join(newcomer(3), NOW + SEAT_KEPT - 1)
            .unwrap()
            .recovering
    );
    assert!(!room.join(newcomer(4), NOW + SEAT_KEPT).unwrap().recovering);
}

#[test]
fn of_two_tokens_of_an_earlier_run_the_higher_generation_wins() {
    let mut room = room();
    let thief = resume(&mut room, 1, earlier_claim(1, 100, 1), NOW);
    let owner = resume(&mut room, 2, earlier_claim(1, 100, 3), NOW);
    assert_eq!(owner.peer, thief.peer);
    assert_eq!(owner.replaced, Some(ConnectionId(1)));
    let again = resume(&mut room, 3, claim(&thief), NOW);
    assert!(!again.resumed);
    let lower = resume(&mut room, 4, earlier_claim(1, 100, 2), NOW);
    assert!(!lower.resumed);
}

#[test]
fn tokens_of_an_earlier_run_are_refused_when_the_server_has_run_for_a_while() {
    let mut room = room();
    let late = Newcomer {
        claim: Some(earlier_claim(1, 100, 1)),
        earlier: EarlierRuns::Refused,
        ..newcomer(1)
    };
    let late = room.join(late, NOW).unwrap();
    assert!(!late.resumed);
    assert_ne!(late.peer, random::peer_id([1; random::PEER_ID_BYTES]));
}

#[test]
fn only_the_departure_of_a_restored_seat_says_so() {
    let mut room = room();
    resume(&mut room, 1, earlier_claim(1, 100, 1), NOW);
    join(&mut room, 2);
    assert!(room.leave(ConnectionId(1)).unwrap().restored);
    assert!(!room.leave(ConnectionId(2)).unwrap().restored);
}

/// Whether a goodbye with this token frees its seat.
fn leaves(room: &mut RoomCore, claim: &Claim) -> Option<Departure> {
    match room.leave_by_token(claim, EarlierRuns::Accepted) {
        Farewell::Seat(departure) => Some(departure),
        Farewell::Worthless => None,
        Farewell::Absent(news) => panic!("{news:?}"),
    }
}

#[test]
fn a_token_gives_its_seat_up_whether_somebody_is_there_or_away() {
    let mut room = room();
    let (first, second) = (join(&mut room, 1), join(&mut room, 2));
    join(&mut room, 3);
    room.connection_lost(ConnectionId(2), NOW);
    let departure = leaves(&mut room, &claim(&second)).unwrap();
    assert_eq!(departure.news.to, to(&[1, 3]));
    let departure = leaves(&mut room, &claim(&first)).unwrap();
    assert_eq!(departure.news.to, to(&[3]));
    let message = ServerMessage::PeerLeft {
        peer: first.peer.clone(),
        reason: DepartureReason::Left,
    };
    assert_eq!(departure.news.message, message);
    assert!(
        leaves(&mut room, &claim(&first)).is_none(),
        "it is left once"
    );
    assert_eq!(room.connection_lost(ConnectionId(1), NOW), None);
}

#[test]
fn an_older_token_gives_a_seat_up_only_where_nobody_is_and_the_newer_may_not_have_arrived() {
    let mut room = room();
    let first = claim(&join(&mut room, 1));
    let second = claim(&resume(&mut room, 2, first.clone(), NOW));
    assert!(
        leaves(&mut room, &first).is_none(),
        "somebody has come back"
    );
    room.connection_lost(ConnectionId(2), NOW);
    assert!(
        leaves(&mut room, &first).is_some(),
        "the welcome may be lost"
    );
    let third = claim(&join(&mut room, 3));
    let fourth = claim(&resume(&mut room, 4, third.clone(), NOW));
    room.confirm(ConnectionId(4));
    room.connection_lost(ConnectionId(4), NOW);
    for old in [&first, &second, &third] {
        assert!(leaves(&mut room, old).is_none(), "{old:?}");
    }
    assert!(leaves(&mut room, &fourth).is_some());
}

#[test]
fn after_a_restart_the_goodbye_of_somebody_who_is_not_back_is_told() {
    let mut room = room();
    join(&mut room, 1);
    let absent = earlier_claim(7, 100, 3);
    let Farewell::Absent(news) = room.leave_by_token(&absent, EarlierRuns::Accepted) else {
        panic!("nobody is told");
    };
    assert_eq!(news.to, to(&[1]));
    let late = room.leave_by_token(&absent, EarlierRuns::Refused);
    assert!(matches!(late, Farewell::Worthless));
    resume(&mut room, 2, absent.clone(), NOW);
    let older = earlier_claim(7, 100, 2);
    assert!(leaves(&mut room, &older).is_none());
    let newer = earlier_claim(7, 100, 4);
    assert!(leaves(&mut room, &newer).unwrap().restored);
}

#[derive(Clone, Debug)]
enum Step {
    Join,
    Resume(prop::sample::Index),
    Lose(prop::sample::Index),
    Leave(prop::sample::Index),
    Wait(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => Just(Step::Join),
        2 => any::<prop::sample::Index>().prop_map(Step::Resume),
        2 => any::<prop::sample::Index>().prop_map(Step::Lose),
        1 => any::<prop::sample::Index>().prop_map(Step::Leave),
        1 => (0..40_000_u64).prop_map(Step::Wait),
    ];
    prop::collection::vec(step, 1..80)
}

/// What one client knows of the room from its welcome and the news since.
type Roster = std::collections::BTreeSet<PeerId>;

proptest! {
    /// Whatever happens in whatever order: what every client was told adds up to who sits there, and the room never
    /// holds more than it may.
    #[test]
    fn everyone_always_knows_who_is_there(steps in steps()) {
        let mut room = RoomCore::new(settings(4));
        let mut now = NOW;
        let mut claims = vec![];
        let mut rosters: std::collections::BTreeMap<u64, Roster> = std::collections::BTreeMap::new();
        for (number, step) in (1..).zip(steps) {
            let mut news = vec![];
            let connected: Vec<u64> = rosters.keys().copied().collect();
            let picked = |index: prop::sample::Index| (!connected.is_empty()).then(|| *index.get(&connected));
            match step {
                Step::Join | Step::Resume(_) => {
                    let claim = match step {
                        Step::Resume(index) if !claims.is_empty() => Some(index.get(&claims)).cloned(),
                        _ => None,
                    };
                    if let Ok(admission) = room.join(Newcomer { claim, ..newcomer(number) }, now) {
                        claims.push(super::tests::claim(&admission));
                        if let Some(replaced) = admission.replaced {
                            rosters.remove(&replaced.0);
                        }
                        let mut roster: Roster = peers(&admission).into_iter().collect();
                        roster.insert(admission.peer);
                        rosters.insert(number, roster);
                        news.extend(admission.news);
                    }
                }
                Step::Lose(index) => {
                    if let Some(connection) = picked(index) {
                        rosters.remove(&connection);
                        news.extend(room.connection_lost(ConnectionId(connection), now).map(|(_, news)| news));
                    }
                }
                Step::Leave(index) => {
                    if let Some(connection) = picked(index) {
                        rosters.remove(&connection);
                        news.extend(room.leave(ConnectionId(connection)).map(|departure| departure.news));
                    }
                }
                Step::Wait(millis) => {
                    now += millis;
                    news.extend(room.expire(now).into_iter().map(|departure| departure.news));
                }
            }
            for News { to, message } in news {
                for connection in to {
                    let roster = rosters.get_mut(&connection.0).expect("news go to open connections only");
                    match &message {
                        ServerMessage::PeerJoined { peer, .. } => prop_assert!(roster.insert(peer.clone())),
                        ServerMessage::PeerLeft { peer, .. } => prop_assert!(roster.remove(peer)),
                        _ => {}
                    }
                }
            }
            let seated: Roster = room.seats.iter().map(|seat| seat.peer.clone()).collect();
            prop_assert!(room.seats.len() <= 4);
            prop_assert_eq!(seated.len(), room.seats.len());
            prop_assert!(room.seats.is_sorted_by_key(|seat| seat.arrival));
            for roster in rosters.values() {
                prop_assert_eq!(roster, &seated);
            }
        }
    }
}
