use std::time::Duration;

use futures::FutureExt;
use tokio::task::JoinHandle;

use super::super::{
    ConnectionId, JoinRefusal, JoinRequest, RelayKind, RoomCaps, Rooms, SeatHandle, Undelivered,
};
use super::*;
use crate::protocol::{CloseCode, DisplayName, Limits, MediaState, PeerId, ResumeToken};
use crate::server::clock::Clock;
use crate::server::ice::{IceServers, SharedRelays};
use crate::server::net::client_networks::ClientNetworks;
use crate::server::rooms::outbox::Outbox;
use crate::server::secrets::resume_token::{KEY_BYTES, TokenSigner};
use crate::server::turn::Members;

const SEAT_KEPT: Duration = Duration::from_secs(30);

const LIMITS: Limits = Limits {
    room_capacity: 3,
    message_bytes: 65_536,
    message_rate: 100,
    seat_kept_ms: 30_000,
};

fn server() -> Rooms {
    server_with(IceServers::default())
}

fn server_with(ice_servers: IceServers) -> Rooms {
    server_of(ice_servers, Members::default())
}

fn server_of(ice_servers: IceServers, members: Members) -> Rooms {
    server_limited(LIMITS, ice_servers, members)
}

/// Whoever comes can wait this long for a seat.
const PATIENCE: Duration = Duration::from_secs(10);

const CAPS: RoomCaps = RoomCaps {
    rooms: 2,
    rooms_of_one: 2,
    kept_of_one: 2,
};

fn server_limited(limits: Limits, ice_servers: IceServers, members: Members) -> Rooms {
    server_capped(CAPS, limits, ice_servers, members)
}

fn server_capped(
    caps: RoomCaps,
    limits: Limits,
    ice_servers: IceServers,
    members: Members,
) -> Rooms {
    let signer = TokenSigner::new(&[1; KEY_BYTES]).unwrap();
    Rooms::new(limits, ice_servers, members, signer, Clock::start(), caps)
}

struct Client {
    seat: SeatHandle,
    outbox: Arc<Outbox>,
    resume: ResumeToken,
    resumed: bool,
    recovering: bool,
}

impl Client {
    async fn join(
        rooms: &Rooms,
        connection: u64,
        room: &str,
        resume: Option<&ResumeToken>,
    ) -> Result<Self, JoinRefusal> {
        Self::join_from("127.0.0.1", rooms, connection, room, resume).await
    }

    async fn join_from(
        from: &str,
        rooms: &Rooms,
        connection: u64,
        room: &str,
        resume: Option<&ResumeToken>,
    ) -> Result<Self, JoinRefusal> {
        let outbox = Arc::<Outbox>::default();
        let request = JoinRequest {
            connection: ConnectionId(connection),
            outbox: Arc::clone(&outbox),
            name: DisplayName::parse("Ada").unwrap(),
            media: MediaState::default(),
            authority: None,
            networks: ClientNetworks::of(from.parse().unwrap()),
            latest: Instant::now() + PATIENCE,
        };
        let room = RoomName::parse(room).unwrap();
        let seat = rooms.join(&room, request, resume).await.decided().await?;
        // Whoever else joins at the same time may stand behind the welcome.
        match first(&outbox).await {
            ServerMessage::Welcome {
                peer,
                resume,
                resumed,
                recovering,
                ..
            } if peer == *seat.peer() => Ok(Self {
                seat,
                outbox,
                resume,
                resumed,
                recovering,
            }),
            other => panic!("no welcome but {other:?}"),
        }
    }

    fn peer(&self) -> PeerId {
        self.seat.peer().clone()
    }

    /// Sends another client a description.
    fn offer(&self, to: &PeerId, text: &str) -> Result<(), Undelivered> {
        let kind = RelayKind::Description;
        self.seat.relay(to.as_str(), kind, || text.into())
    }
}

/// The next message; the outbox must not hold more than one.
async fn next(outbox: &Outbox) -> ServerMessage {
    let mail = std::future::poll_fn(|context| outbox.poll_take(context)).await;
    assert_eq!(mail.close, None);
    assert_eq!(mail.messages.len(), 1, "{mail:?}");
    serde_json::from_str(&mail.messages[0]).unwrap()
}

async fn first(outbox: &Outbox) -> ServerMessage {
    let mail = std::future::poll_fn(|context| outbox.poll_take(context)).await;
    serde_json::from_str(&mail.messages[0]).unwrap()
}

async fn close_code(outbox: &Outbox) -> Option<CloseCode> {
    std::future::poll_fn(|context| outbox.poll_take(context))
        .await
        .close
}

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
    while rooms.count() > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_seat_counts_with_the_relay_while_it_is_kept_and_no_longer() {
    let members = Members::default();
    let rooms = server_of(IceServers::default(), members.clone());
    let stands = |peer: &PeerId| members.standing(peer.as_str()).is_some();
    let ada = Client::join(&rooms, 1, "standup", None).await.unwrap();
    let (bob, cleo) = (
        Client::join(&rooms, 2, "standup", None).await.unwrap(),
        Client::join(&rooms, 3, "standup", None).await.unwrap(),
    );
    let (bobs, cleos) = (bob.peer(), cleo.peer());
    drop(bob.seat);
    tokio::time::sleep(SEAT_KEPT - Duration::from_secs(1)).await;
    assert!(stands(&bobs), "away, and expected back");
    let bob = Client::join(&rooms, 4, "standup", Some(&bob.resume))
        .await
        .unwrap();
    assert!(bob.resumed && stands(&bobs));
    drop(bob.seat);
    tokio::time::sleep(SEAT_KEPT + Duration::from_secs(1)).await;
    assert!(!stands(&bobs), "lost");
    cleo.seat.leave().await;
    while stands(&cleos) {
        tokio::task::yield_now().await;
    }
    assert!(stands(&ada.peer()));
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
    assert_eq!(eve.peer(), again.peer());
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
    let stands = |peer: &PeerId| members.standing(peer.as_str()).is_some();
    let ada = Client::join(&rooms, 1, "room-1", None).await.unwrap();
    let ben = Client::join(&rooms, 2, "room-1", None).await.unwrap();
    let alone = Client::join(&rooms, 3, "room-2", None).await.unwrap();
    let (met, lonely, lost) = (ada.peer(), alone.peer(), alone.resume);
    drop((ada.seat, ben.seat, alone.seat));
    tokio::task::yield_now().await;
    let cleo = Client::join(&rooms, 4, "room-3", None).await.unwrap();
    while stands(&lonely) {
        tokio::task::yield_now().await;
    }
    assert!(stands(&met), "who met somebody is expected back");
    assert_eq!(rooms.count(), 2);
    let refused = Client::join(&rooms, 5, "room-2", Some(&lost)).await;
    assert_eq!(refused.err(), Some(JoinRefusal::ServerFull));
    cleo.seat.leave().await;
    while rooms.count() > 1 {
        tokio::task::yield_now().await;
    }
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
        let standing = peers
            .iter()
            .map(|peer| members.standing(peer.as_str()).is_some());
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

#[tokio::test(start_paused = true)]
async fn the_lobby_learns_who_is_here_and_opens_no_room_by_asking() {
    let rooms = server();
    let room = RoomName::parse("standup").unwrap();
    assert_eq!(rooms.who_is_inside(&room).await, []);
    assert_eq!(rooms.count(), 0);
    let ada = Client::join(&rooms, 1, "standup", None).await.unwrap();
    let _ben = Client::join(&rooms, 2, "standup", None).await.unwrap();
    assert_eq!(rooms.who_is_inside(&room).await.len(), 2);
    drop(ada.seat);
    assert_eq!(rooms.who_is_inside(&room).await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn credentials_that_expire_are_renewed_for_each_peer_before_they_do() {
    let rooms = server_with(IceServers {
        shared: Some(SharedRelays {
            urls: vec!["turn:example.org".parse().unwrap()],
            secret: "north".parse().unwrap(),
        }),
        ..IceServers::default()
    });
    let ada = Client::join(&rooms, 1, "standup", None).await.unwrap();
    let mut expiries = Vec::new();
    for _ in 0..3 {
        let ServerMessage::IceServers { ice_servers } = first(&ada.outbox).await else {
            panic!("something else");
        };
        assert_eq!(ice_servers[0].urls, ["turn:example.org"]);
        let username = ice_servers[0].username.clone().unwrap();
        let (expiry, peer) = username.split_once(':').unwrap();
        assert_eq!(peer, ada.seat.peer().as_str());
        expiries.push(expiry.parse::<u64>().unwrap());
    }
    let steps: Vec<u64> = expiries.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(steps, [1800, 1800]);
}

const WIDE: Limits = Limits {
    room_capacity: 1_000,
    ..LIMITS
};

fn wide_server() -> Rooms {
    server_limited(WIDE, IceServers::default(), Members::default())
}

/// Lets somebody ask for a seat and says after how many ms they have one.
fn asks(
    rooms: &Rooms,
    from: &'static str,
    connection: u64,
    room: &'static str,
) -> JoinHandle<Result<(u128, Client), JoinRefusal>> {
    let rooms = rooms.clone();
    let asked = Instant::now();
    tokio::spawn(async move {
        let client = Client::join_from(from, &rooms, connection, room, None).await?;
        Ok((asked.elapsed().as_millis(), client))
    })
}

#[tokio::test(start_paused = true)]
async fn newcomers_enter_a_room_at_its_pace_in_order_and_those_beyond_are_turned_away() {
    let rooms = wide_server();
    let mut asking = vec![];
    for connection in 0..300 {
        asking.push(asks(&rooms, "127.0.0.1", connection, "standup"));
        tokio::task::yield_now().await;
    }
    let mut seats = vec![];
    for (number, asked) in (0..300_u128).zip(asking) {
        match asked.await.unwrap() {
            Ok((waited, client)) if number < 240 => {
                let turn = number.saturating_sub(39) * 50;
                assert!(
                    (turn..turn + 5).contains(&waited),
                    "{number} waited {waited} ms"
                );
                seats.push(client);
            }
            Err(refusal) if number >= 239 => assert_eq!(refusal, JoinRefusal::TooManyAtOnce),
            _ => panic!("{number} was not in order"),
        }
    }
    assert!(seats.len() >= 239, "{}", seats.len());
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_no_more_makes_place_for_others_and_takes_no_seat() {
    let rooms = wide_server();
    let mut seats = vec![];
    for connection in 0..40 {
        seats.push(
            Client::join(&rooms, connection, "standup", None)
                .await
                .unwrap(),
        );
    }
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
    assert_eq!(rooms.who_is_inside(&room).await.len(), 41);
    drop(last);
}

#[tokio::test(start_paused = true)]
async fn whoever_has_a_seat_comes_back_past_those_who_wait() {
    let rooms = wide_server();
    let mut seats = vec![];
    for connection in 0..40 {
        seats.push(
            Client::join(&rooms, connection, "standup", None)
                .await
                .unwrap(),
        );
    }
    let waiting = asks(&rooms, "127.0.0.1", 40, "standup");
    tokio::task::yield_now().await;
    let before = Instant::now();
    for (connection, seat) in (50..).zip(&seats) {
        let back = Client::join(&rooms, connection, "standup", Some(&seat.resume)).await;
        assert!(back.unwrap().resumed);
    }
    assert!(
        before.elapsed() < Duration::from_millis(5),
        "{:?}",
        before.elapsed()
    );
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
    assert!(
        before.elapsed() < Duration::from_millis(5),
        "{:?}",
        before.elapsed()
    );
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
    let mut seats = vec![];
    for (number, asked) in (0..140_u128).zip(asking) {
        match asked.await.unwrap() {
            Ok((waited, client)) if number < 130 => {
                let turn = number.saturating_sub(29) * 100;
                assert!(
                    (turn..turn + 5).contains(&waited),
                    "{number} waited {waited} ms"
                );
                seats.push(client);
            }
            Err(refusal) if number >= 129 => assert_eq!(refusal, JoinRefusal::TooManyAtOnce),
            _ => panic!("{number} was not in order"),
        }
    }
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
    let rooms = wide_server();
    let mut seats = vec![];
    for connection in 0..40 {
        seats.push(
            Client::join(&rooms, connection, "standup", None)
                .await
                .unwrap(),
        );
    }
    let waiting = asks(&rooms, "127.0.0.1", 40, "standup");
    tokio::task::yield_now().await;
    for client in seats {
        client.seat.leave().await;
    }
    let (waited, last) = waiting.await.unwrap().unwrap();
    assert!((50..55).contains(&waited), "{waited}");
    assert_eq!(rooms.count(), 1);
    last.seat.leave().await;
    while rooms.count() > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_when_the_server_stops_is_told() {
    let rooms = wide_server();
    let mut seats = vec![];
    for connection in 0..40 {
        seats.push(
            Client::join(&rooms, connection, "standup", None)
                .await
                .unwrap(),
        );
    }
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
