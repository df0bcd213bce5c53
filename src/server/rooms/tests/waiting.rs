//! How newcomers wait for a seat, and who does not have to.

use futures::FutureExt;

use super::*;

/// Lets those who asked have their turn: a burst of them at once, the others in steps of so many ms, and those who come
/// when as many have asked as may are turned away.
async fn seated_in_order(
    asking: Vec<JoinHandle<Result<(u128, Client), JoinRefusal>>>,
    burst: u128,
    step: u128,
    most: u128,
) -> Vec<Client> {
    let mut seats = vec![];
    for (number, asked) in (0..).zip(asking) {
        match asked.await.unwrap() {
            Ok((waited, client)) if number < most => {
                let turn = number.saturating_sub(burst - 1) * step;
                assert!(
                    (turn..turn + 5).contains(&waited),
                    "{number} waited {waited} ms"
                );
                seats.push(client);
            }
            Err(refusal) if number >= most - 1 => assert_eq!(refusal, JoinRefusal::TooManyAtOnce),
            _ => panic!("{number} was not in order"),
        }
    }
    seats
}

fn assert_at_once(before: Instant) {
    let elapsed = before.elapsed();
    assert!(elapsed < Duration::from_millis(5), "{elapsed:?}");
}

#[tokio::test(start_paused = true)]
async fn newcomers_enter_a_room_at_its_pace_in_order_and_those_beyond_are_turned_away() {
    let rooms = wide_server();
    let mut asking = vec![];
    for connection in 0..300 {
        asking.push(asks(&rooms, "127.0.0.1", connection, "standup"));
        tokio::task::yield_now().await;
    }
    seated_in_order(asking, 40, 50, 240).await;
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_no_more_makes_place_for_others_and_takes_no_seat() {
    let (rooms, _seats) = crowded().await;
    let mut waiting = vec![];
    for connection in 40..240 {
        waiting.push(asks(&rooms, "127.0.0.1", connection, "standup"));
        tokio::task::yield_now().await;
    }
    let refused = Client::join(&rooms, 240, "standup", None).await;
    assert_eq!(refused.err(), Some(JoinRefusal::TooManyAtOnce));
    for asked in &waiting {
        asked.abort();
    }
    for asked in waiting {
        assert!(asked.await.is_err_and(|error| error.is_cancelled()));
    }
    let (waited, last) = asks(&rooms, "127.0.0.1", 241, "standup")
        .await
        .unwrap()
        .unwrap();
    assert!(waited <= 100, "{waited}");
    let room = RoomName::parse("standup").unwrap();
    assert_eq!(rooms.who_is_inside(&room).await.names.len(), 41);
    drop(last);
}

#[tokio::test(start_paused = true)]
async fn whoever_has_a_seat_comes_back_past_those_who_wait() {
    let (rooms, seats) = crowded().await;
    let waiting = asks(&rooms, "127.0.0.1", 40, "standup");
    tokio::task::yield_now().await;
    let before = Instant::now();
    for (connection, seat) in (50..).zip(&seats) {
        let back = Client::join(&rooms, connection, "standup", Some(&seat.resume)).await;
        assert!(back.unwrap().resumed);
    }
    assert_at_once(before);
    assert!(waiting.await.unwrap().is_ok());
}

#[tokio::test(start_paused = true)]
async fn after_a_restart_nobody_who_had_a_seat_is_slowed_by_room_or_address() {
    let earlier = wide_server();
    let mut tokens = vec![];
    for connection in 0..100 {
        let seat = Client::join(&earlier, connection, "standup", None).await;
        tokens.push(seat.unwrap().resume);
    }
    let rooms = wide_server();
    let before = Instant::now();
    let mut seats = vec![];
    for (connection, token) in (0..).zip(&tokens) {
        let back = Client::join_from("192.0.2.1", &rooms, connection, "standup", Some(token));
        let back = back.await.unwrap();
        assert!(back.resumed);
        seats.push(back);
    }
    assert_at_once(before);
}

#[tokio::test(start_paused = true)]
async fn an_address_takes_new_seats_at_its_pace_in_whatever_rooms_and_no_other_waits_for_it() {
    let rooms = wide_server();
    let mut asking = vec![];
    for connection in 0..140 {
        let room = if connection % 2 == 0 {
            "room-1"
        } else {
            "room-2"
        };
        asking.push(asks(&rooms, "192.0.2.1", connection, room));
        tokio::task::yield_now().await;
    }
    let (waited, _other) = asks(&rooms, "192.0.2.2", 1_000, "room-1")
        .await
        .unwrap()
        .unwrap();
    assert!(waited < 5, "{waited}");
    seated_in_order(asking, 30, 100, 130).await;
}

#[tokio::test(start_paused = true)]
async fn whoever_of_an_address_waits_no_more_costs_those_behind_them_nothing() {
    let rooms = wide_server();
    let from = "192.0.2.1";
    let mut seats = vec![];
    for connection in 0..30 {
        let seat = Client::join_from(from, &rooms, connection, "standup", None);
        seats.push(seat.await.unwrap());
    }
    for round in 1..10 {
        let waiting: Vec<_> = (0..100)
            .map(|number| asks(&rooms, from, round * 100 + number, "standup"))
            .collect();
        tokio::task::yield_now().await;
        for asked in waiting {
            asked.abort();
            assert!(asked.await.is_err_and(|error| error.is_cancelled()));
        }
    }
    let (waited, _last) = asks(&rooms, from, 1_000, "standup").await.unwrap().unwrap();
    assert!(waited <= 105, "{waited}");
}

#[tokio::test(start_paused = true)]
async fn a_worthless_token_is_no_way_past_the_pace() {
    let rooms = wide_server();
    let mut left = Client::join(&rooms, 0, "standup", None).await.unwrap();
    let _host = Client::join(&rooms, 1, "standup", None).await.unwrap();
    let token = left.resume.clone();
    left.seat.leave().await;
    for connection in 2..40 {
        left = Client::join(&rooms, connection, "standup", Some(&token))
            .await
            .unwrap();
        assert!(!left.resumed);
        left.seat.leave().await;
    }
    let before = Instant::now();
    let late = Client::join(&rooms, 40, "standup", Some(&token))
        .await
        .unwrap();
    assert!(before.elapsed() >= Duration::from_millis(50) && !late.resumed);
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_is_let_in_also_when_everybody_else_has_left() {
    let (rooms, seats) = crowded().await;
    let waiting = asks(&rooms, "127.0.0.1", 40, "standup");
    tokio::task::yield_now().await;
    for client in seats {
        client.seat.leave().await;
    }
    let (waited, last) = waiting.await.unwrap().unwrap();
    assert!((50..55).contains(&waited), "{waited}");
    assert_eq!(rooms.count(), 1);
    last.seat.leave().await;
    closed_down_to(&rooms, 0).await;
}

#[tokio::test(start_paused = true)]
async fn whoever_has_gone_before_their_turn_takes_no_seat() {
    let rooms = server();
    let _ada = Client::join(&rooms, 1, "standup", None).await.unwrap();
    let mut gone = Box::pin(Client::join(&rooms, 2, "standup", None));
    assert!(gone.as_mut().now_or_never().is_none());
    drop(gone);
    let _cleo = Client::join(&rooms, 3, "standup", None).await.unwrap();
    let third = Client::join(&rooms, 4, "standup", None).await;
    assert!(third.is_ok(), "the room has three seats");
}
