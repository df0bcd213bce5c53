//! Whose seat is kept and how long, and who comes back to it.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_dropped_seat_is_away_then_lost_and_the_empty_room_vanishes() {
    let rooms = server();
    let ada = Client::join(&rooms, 1, "standup", None).await.unwrap();
    let bob = Client::join(&rooms, 2, "standup", None).await.unwrap();
    assert!(matches!(
        next(&ada.outbox).await,
        ServerMessage::PeerJoined { .. }
    ));
    let peer = bob.peer();
    drop(bob.seat);
    assert_eq!(
        next(&ada.outbox).await,
        ServerMessage::PeerAway { peer: peer.clone() }
    );
    let before = tokio::time::Instant::now();
    let left = ServerMessage::PeerLeft {
        peer,
        reason: crate::protocol::DepartureReason::Lost,
    };
    assert_eq!(next(&ada.outbox).await, left);
    assert!(before.elapsed() >= SEAT_KEPT && before.elapsed() < SEAT_KEPT + Duration::from_secs(1));
    assert_eq!(rooms.count(), 1);
    ada.seat.leave().await;
    closed_down_to(&rooms, 0).await;
}

#[tokio::test(start_paused = true)]
async fn a_seat_counts_with_the_relay_while_it_is_kept_and_no_longer() {
    let members = Members::default();
    let rooms = server_of(IceServers::default(), members.clone());
    let ada = Client::join(&rooms, 1, "standup", None).await.unwrap();
    let (bob, cleo) = (
        Client::join(&rooms, 2, "standup", None).await.unwrap(),
        Client::join(&rooms, 3, "standup", None).await.unwrap(),
    );
    let (bobs, cleos) = (bob.peer(), cleo.peer());
    drop(bob.seat);
    tokio::time::sleep(SEAT_KEPT - Duration::from_secs(1)).await;
    assert!(stands(&members, &bobs), "away, and expected back");
    let bob = Client::join(&rooms, 4, "standup", Some(&bob.resume))
        .await
        .unwrap();
    assert!(bob.resumed && stands(&members, &bobs));
    drop(bob.seat);
    tokio::time::sleep(SEAT_KEPT + Duration::from_secs(1)).await;
    assert!(!stands(&members, &bobs), "lost");
    cleo.seat.leave().await;
    while stands(&members, &cleos) {
        tokio::task::yield_now().await;
    }
    assert!(stands(&members, &ada.peer()));
}

#[tokio::test(start_paused = true)]
async fn a_room_with_nothing_but_kept_seats_vanishes_in_time() {
    let rooms = server();
    let ada = Client::join(&rooms, 1, "standup", None).await.unwrap();
    drop(ada.seat);
    tokio::time::sleep(SEAT_KEPT - Duration::from_secs(1)).await;
    assert_eq!(rooms.count(), 1);
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(rooms.count(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_second_connection_on_the_same_token_closes_the_first() {
    let rooms = server();
    let first = Client::join(&rooms, 1, "standup", None).await.unwrap();
    let second = Client::join(&rooms, 2, "standup", Some(&first.resume))
        .await
        .unwrap();
    assert!(second.resumed);
    assert_eq!(second.peer(), first.peer());
    assert_eq!(
        close_code(&first.outbox).await,
        Some(CloseCode::ResumedElsewhere)
    );
}

#[tokio::test(start_paused = true)]
async fn a_token_of_an_earlier_run_counts_for_two_minutes_and_not_after_leaving() {
    let earlier = server();
    let tokens = [
        Client::join(&earlier, 1, "standup", None).await.unwrap(),
        Client::join(&earlier, 2, "standup", None).await.unwrap(),
    ];
    let rooms = server();
    let [ada, bob] = &tokens;
    let back = Client::join(&rooms, 1, "standup", Some(&ada.resume))
        .await
        .unwrap();
    assert!(back.resumed && back.recovering);
    assert_eq!(back.peer(), ada.peer());
    back.seat.leave().await;
    let again = Client::join(&rooms, 2, "standup", Some(&ada.resume))
        .await
        .unwrap();
    assert!(!again.resumed, "the seat was given up in this run");
    tokio::time::sleep(Duration::from_secs(121)).await;
    let late = Client::join(&rooms, 3, "standup", Some(&bob.resume))
        .await
        .unwrap();
    assert!(!late.resumed && !late.recovering);
}

#[tokio::test(start_paused = true)]
async fn beyond_those_who_reach_each_other_directly_only_who_speaks_to_the_sfu_gets_a_new_seat() {
    let limits = Limits {
        room_capacity: 4,
        mesh_capacity: Some(2),
        ..LIMITS
    };
    let rooms = server_limited(limits, IceServers::default(), Members::default());
    let ada = Client::join(&rooms, 1, "standup", None).await.unwrap();
    let _bob = Client::join(&rooms, 2, "standup", None).await.unwrap();
    let refusal = Client::join(&rooms, 3, "standup", None).await.err();
    assert_eq!(refusal, Some(JoinRefusal::SfuNeeded(2)));
    let speaking = JoinRequest {
        speaks_to_sfu: true,
        ..request_from("127.0.0.1", 4)
    };
    let cleo = Client::join_with(speaking, &rooms, "standup", None).await;
    assert!(cleo.is_ok());
    let back = Client::join(&rooms, 5, "standup", Some(&ada.resume)).await;
    assert!(
        back.is_ok_and(|back| back.resumed),
        "who has a seat keeps it"
    );
}
