//! What reaches whom, and what becomes of whoever says too much or does not keep up.

use super::*;

#[tokio::test(start_paused = true)]
async fn messages_reach_peers_of_the_same_room_and_nobody_else() {
    let rooms = server();
    let ada = Client::join(&rooms, 1, "standup", None).await.unwrap();
    let eve = Client::join(&rooms, 2, "elsewhere", None).await.unwrap();
    for (from, why) in [(&eve, "another room"), (&ada, "oneself")] {
        let nobody = Err(Undelivered::NobodyThere);
        assert_eq!(from.offer(&ada.peer(), "offer"), nobody, "{why}");
    }
    let bob = Client::join(&rooms, 3, "standup", None).await.unwrap();
    next(&ada.outbox).await;
    let text = r#"{"type":"ice-servers","iceServers":[]}"#;
    assert_eq!(bob.offer(&ada.peer(), text), Ok(()));
    assert_eq!(
        next(&ada.outbox).await,
        ServerMessage::IceServers {
            ice_servers: vec![]
        }
    );
}

#[tokio::test(start_paused = true)]
async fn a_message_to_someone_who_is_away_is_dropped() {
    let rooms = server();
    let ada = Client::join(&rooms, 1, "standup", None).await.unwrap();
    let bob = Client::join(&rooms, 2, "standup", None).await.unwrap();
    next(&ada.outbox).await;
    let peer = bob.peer();
    drop(bob.seat);
    next(&ada.outbox).await;
    assert_eq!(ada.offer(&peer, "offer"), Ok(()));
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_does_not_keep_up_loses_what_one_person_says_too_much_and_stays() {
    let unlimited = Limits {
        message_rate: 0,
        ..LIMITS
    };
    let rooms = server_limited(unlimited, IceServers::default(), Members::default());
    let slow = Client::join(&rooms, 1, "standup", None).await.unwrap();
    let eve = Client::join(&rooms, 2, "standup", None).await.unwrap();
    let ada = Client::join(&rooms, 3, "standup", None).await.unwrap();
    let text = "x".repeat(1000);
    let said: Vec<_> = (0..2000).map(|_| eve.offer(&slow.peer(), &text)).collect();
    assert!(said[..256].iter().all(Result::is_ok));
    let dropped = Err(Undelivered::TooMuchWaiting);
    assert!(said[256..].iter().all(|said| *said == dropped));
    assert_eq!(ada.offer(&slow.peer(), &text), Ok(()), "another's share");
    let mail = std::future::poll_fn(|context| slow.outbox.poll_take(context)).await;
    assert_eq!(mail.close, None);
    assert_eq!(
        eve.offer(&slow.peer(), &text),
        Ok(()),
        "written, it counts no more"
    );
}

#[tokio::test(start_paused = true)]
async fn who_writes_to_one_person_too_fast_is_not_heard_there_by_any_connection() {
    let rooms = server();
    let ada = Client::join(&rooms, 1, "standup", None).await.unwrap();
    let bob = Client::join(&rooms, 2, "standup", None).await.unwrap();
    let eve = Client::join(&rooms, 3, "standup", None).await.unwrap();
    let heard = |from: &Client| {
        (0..100)
            .filter(|_| from.offer(&ada.peer(), "s").is_ok())
            .count()
    };
    assert_eq!(heard(&eve), 30);
    assert_eq!(eve.offer(&ada.peer(), "s"), Err(Undelivered::TooFast));
    assert_eq!(eve.offer(&bob.peer(), "s"), Ok(()), "another is another");
    assert_eq!(heard(&bob), 30, "and so is another sender");
    let again = Client::join(&rooms, 4, "standup", Some(&eve.resume))
        .await
        .unwrap();
    assert_eq!(again.peer(), eve.peer());
    assert_eq!(heard(&again), 0, "to come back is not to begin anew");
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(heard(&again), 10);
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_does_not_keep_up_with_its_room_is_closed_and_hurts_nobody() {
    let rooms = server();
    let slow = Client::join(&rooms, 1, "standup", None).await.unwrap();
    let ada = Client::join(&rooms, 2, "standup", None).await.unwrap();
    for number in 0..2000 {
        ada.seat.set_hand(number % 2 == 0).await;
    }
    assert_eq!(close_code(&slow.outbox).await, Some(CloseCode::TooSlow));
    ada.seat.set_hand(true).await;
    let bob = Client::join(&rooms, 3, "standup", None).await.unwrap();
    assert!(matches!(
        next(&ada.outbox).await,
        ServerMessage::PeerJoined { .. }
    ));
    drop(bob);
}
