//! What becomes of rooms, and of those who wait for them, when the server stops.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_stopping_server_lets_nobody_in_and_calls_nobody_away() {
    let rooms = server();
    let ada = Client::join(&rooms, 1, "standup", None).await.unwrap();
    let bob = Client::join(&rooms, 2, "standup", None).await.unwrap();
    next(&ada.outbox).await;
    rooms.close();
    drop(bob.seat);
    ada.seat.set_hand(true).await;
    ada.outbox.close(CloseCode::Restarting);
    let mail = std::future::poll_fn(|context| ada.outbox.poll_take(context)).await;
    assert!(mail.messages.is_empty(), "{mail:?}");
    assert_eq!(
        Client::join(&rooms, 3, "standup", None).await.err(),
        Some(JoinRefusal::ShuttingDown)
    );
}

#[tokio::test(start_paused = true)]
async fn when_the_server_stops_each_room_ends_with_its_last_connection() {
    let rooms = server();
    let ada = Client::join(&rooms, 1, "standup", None).await.unwrap();
    let bob = Client::join(&rooms, 2, "retro", None).await.unwrap();
    drop(bob.seat);
    tokio::task::yield_now().await;
    let stopping = tokio::time::Instant::now();
    rooms.close();
    let ended = tokio::spawn({
        let rooms = rooms.clone();
        async move { rooms.ended().await }
    });
    tokio::time::sleep(Duration::from_millis(10)).await;
    assert!(!ended.is_finished(), "somebody is in a room");
    ada.seat.leave().await;
    ended.await.unwrap();
    assert!(
        stopping.elapsed() < Duration::from_secs(1),
        "a kept seat keeps no room"
    );
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_when_the_server_stops_is_told() {
    let (rooms, seats) = crowded().await;
    let waiting = asks(&rooms, "127.0.0.1", 40, "standup");
    let by_address: Vec<_> = (100..140)
        .map(|connection| asks(&rooms, "192.0.2.1", connection, "retro"))
        .collect();
    tokio::task::yield_now().await;
    rooms.close();
    drop(seats);
    assert_eq!(
        waiting.await.unwrap().err(),
        Some(JoinRefusal::ShuttingDown)
    );
    let last = by_address.into_iter().next_back().unwrap();
    assert_eq!(last.await.unwrap().err(), Some(JoinRefusal::ShuttingDown));
}
