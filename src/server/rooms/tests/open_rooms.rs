//! How many rooms there are, and which make place for others.

use super::*;

#[tokio::test(start_paused = true)]
async fn the_server_holds_a_limited_number_of_rooms() {
    let rooms = server();
    let _ada = Client::join(&rooms, 1, "room-1", None).await.unwrap();
    let _bob = Client::join(&rooms, 2, "room-2", None).await.unwrap();
    assert_eq!(
        Client::join(&rooms, 3, "room-3", None).await.err(),
        Some(JoinRefusal::ServerFull)
    );
    assert!(Client::join(&rooms, 4, "room-1", None).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_room_that_nobody_misses_makes_place_for_another_before_anybody_is_refused() {
    let members = Members::default();
    let rooms = server_of(IceServers::default(), members.clone());
    let ada = Client::join(&rooms, 1, "room-1", None).await.unwrap();
    let ben = Client::join(&rooms, 2, "room-1", None).await.unwrap();
    let alone = Client::join(&rooms, 3, "room-2", None).await.unwrap();
    let (met, lonely, lost) = (ada.peer(), alone.peer(), alone.resume);
    drop((ada.seat, ben.seat, alone.seat));
    tokio::task::yield_now().await;
    let cleo = Client::join(&rooms, 4, "room-3", None).await.unwrap();
    while stands(&members, &lonely) {
        tokio::task::yield_now().await;
    }
    assert!(stands(&members, &met), "who met somebody is expected back");
    assert_eq!(rooms.count(), 2);
    let refused = Client::join(&rooms, 5, "room-2", Some(&lost)).await;
    assert_eq!(refused.err(), Some(JoinRefusal::ServerFull));
    cleo.seat.leave().await;
    closed_down_to(&rooms, 1).await;
    let late = Client::join(&rooms, 6, "room-2", Some(&lost))
        .await
        .unwrap();
    assert!(!late.resumed, "the seat was given up");
    let back = Client::join(&rooms, 7, "room-1", Some(&ben.resume)).await;
    assert!(back.unwrap().resumed);
}

#[tokio::test(start_paused = true)]
async fn who_comes_back_while_rooms_make_place_has_their_seat_or_a_new_one() {
    let rooms = server();
    for round in 0..50 {
        let alone = Client::join(&rooms, 3 * round, "room-1", None)
            .await
            .unwrap();
        let other = Client::join(&rooms, 3 * round + 1, "room-2", None)
            .await
            .unwrap();
        let resume = alone.resume.clone();
        drop(alone.seat);
        if round % 2 == 0 {
            tokio::task::yield_now().await;
        }
        let back = Client::join(&rooms, 3 * round + 2, "room-1", Some(&resume));
        let third = Client::join(&rooms, 3 * round + 3, "room-3", None);
        let (back, third) = if round % 4 < 2 {
            tokio::join!(back, third)
        } else {
            let (third, back) = tokio::join!(third, back);
            (back, third)
        };
        let seated = [&back, &third]
            .into_iter()
            .filter(|seat| seat.is_ok())
            .count();
        assert_eq!((seated, rooms.count()), (1, 2), "there is one place");
        for client in [back, third].into_iter().flatten().chain([other]) {
            client.seat.leave().await;
        }
        tokio::time::sleep(SEAT_KEPT).await;
        assert_eq!(rooms.count(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn an_address_opens_its_share_of_rooms_and_leaves_the_others_to_others() {
    let caps = RoomCaps { rooms: 10, ..CAPS };
    let rooms = server_capped(caps, LIMITS, IceServers::default(), Members::default());
    let join = async |from, connection, room| {
        Client::join_from(from, &rooms, connection, room, None).await
    };
    let eve = "2001:db8::1";
    let _first = join(eve, 1, "room-1").await.unwrap();
    let second = join(eve, 2, "room-2").await.unwrap();
    let third = join(eve, 3, "room-3").await;
    assert_eq!(third.err(), Some(JoinRefusal::TooManyRooms));
    assert!(
        join(eve, 4, "room-1").await.is_ok(),
        "no room is opened for that"
    );
    assert!(join("2001:db8:0:1::1", 5, "room-4").await.is_ok());
    drop(second.seat);
    tokio::task::yield_now().await;
    assert!(
        join(eve, 6, "room-3").await.is_ok(),
        "a room nobody misses went"
    );
}

#[tokio::test(start_paused = true)]
async fn an_address_keeps_its_share_of_seats_and_those_who_were_alone_go_first() {
    let members = Members::default();
    let caps = RoomCaps {
        rooms: 10,
        rooms_of_one: 10,
        ..CAPS
    };
    let rooms = server_capped(caps, LIMITS, IceServers::default(), members.clone());
    let join = async |connection, room| {
        let joined = Client::join_from("192.0.2.1", &rooms, connection, room, None);
        joined.await.unwrap()
    };
    let (host, met) = (join(1, "room-1").await, join(2, "room-1").await);
    let alone = [join(3, "room-2").await, join(4, "room-3").await];
    let peers: Vec<PeerId> = [&met, &alone[0], &alone[1]].map(Client::peer).into();
    let kept = || {
        let standing = peers.iter().map(|peer| stands(&members, peer));
        standing.collect::<Vec<bool>>()
    };
    drop(met.seat);
    let [first, second] = alone;
    for client in [first, second] {
        drop(client.seat);
        tokio::task::yield_now().await;
    }
    while kept() != [true, false, true] {
        tokio::task::yield_now().await;
    }
    drop(host.seat);
    while kept() != [true, false, false] {
        tokio::task::yield_now().await;
    }
    assert_eq!(rooms.count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rooms_that_open_and_close_all_the_time_lose_nobody() {
    let rooms = server();
    let clients = (1..=2_u64).map(|client| {
        let rooms = rooms.clone();
        tokio::spawn(async move {
            for round in 0..500 {
                let room = format!("standup-{}", round / 15);
                let joined = Client::join(&rooms, client * 1000 + round, &room, None).await;
                joined.expect("a seat is free").seat.leave().await;
            }
        })
    });
    for client in clients.collect::<Vec<_>>() {
        client.await.unwrap();
    }
}
