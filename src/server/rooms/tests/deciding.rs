//! When a room goes through the SFU, as its task decides it.

use clap::Parser;

use super::*;
use crate::protocol::sfu::{SfuFault, SfuMessage, SfuReason, SfuUse};
use crate::server::sfu::{Sfu, SfuOptions};

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    sfu: SfuOptions,
}

/// Rooms with an SFU, and beyond the first seconds of the run.
async fn server_with_sfu(mode: &str, mesh_capacity: u32) -> Rooms {
    let line = ["test", "--sfu", mode, "--sfu-listen", "127.0.0.1:0"];
    let options = Line::parse_from(line).sfu;
    let sfu = Sfu::start(&options, &[]).unwrap();
    let limits = Limits {
        mesh_capacity: Some(mesh_capacity),
        ..WIDE
    };
    let rooms = Rooms::new(
        limits,
        IceServers::default(),
        Members::default(),
        Some(sfu),
        TokenSigner::new(&[1; KEY_BYTES]).unwrap(),
        Clock::start(),
        CAPS,
    );
    tokio::time::sleep(Duration::from_secs(5)).await;
    rooms
}

/// Somebody who speaks to the SFU, and what their welcome says of it.
struct Person {
    client: Client,
    use_at_first: SfuUse,
    number: u32,
}

fn request(connection: u64, has_camera: bool) -> JoinRequest {
    JoinRequest {
        speaks_to_sfu: true,
        media: MediaState {
            video: has_camera,
            ..MediaState::default()
        },
        ..request_from("127.0.0.1", connection)
    }
}

impl Person {
    async fn join(rooms: &Rooms, connection: u64, has_camera: bool) -> Self {
        let request = request(connection, has_camera);
        let outbox = Arc::clone(&request.outbox);
        let room = RoomName::parse("standup").unwrap();
        let entry = rooms.join(&room, request, None).await;
        let seat = entry.decided().await.unwrap();
        let mail = std::future::poll_fn(|context| outbox.poll_take(context)).await;
        let welcome: ServerMessage = serde_json::from_str(&mail.messages[0]).unwrap();
        let ServerMessage::Welcome {
            resume,
            resumed,
            recovering,
            sfu: Some(terms),
            ..
        } = welcome
        else {
            panic!("no welcome but {welcome:?}");
        };
        let client = Client {
            seat,
            outbox,
            resume,
            resumed,
            recovering,
        };
        Self {
            client,
            use_at_first: terms.r#use,
            number: terms.number,
        }
    }

    /// The next decision they are told, and when it came.
    async fn decision(&self) -> ((SfuUse, SfuReason, u32), Instant) {
        loop {
            let outbox = &self.client.outbox;
            let mail = std::future::poll_fn(|context| outbox.poll_take(context)).await;
            assert_eq!(mail.close, None);
            for text in &mail.messages {
                if let Ok(SfuMessage::Use { r#use, number, why }) = serde_json::from_str(text) {
                    return ((r#use, why, number), Instant::now());
                }
            }
        }
    }
}

/// So many people in one room, the first with a camera if they have one.
async fn people(rooms: &Rooms, number: u64, has_camera: bool) -> Vec<Person> {
    let mut people = vec![];
    for connection in 1..=number {
        let has_camera = has_camera && connection == 1;
        people.push(Person::join(rooms, connection, has_camera).await);
    }
    people
}

#[tokio::test(start_paused = true)]
async fn the_fifth_is_welcomed_on_the_sfu_and_the_others_are_told_the_same() {
    let rooms = server_with_sfu("auto", 12).await;
    let four = people(&rooms, 4, true).await;
    assert!(four.iter().all(|person| person.use_at_first == SfuUse::Off));
    let fifth = Person::join(&rooms, 5, false).await;
    assert_eq!(fifth.use_at_first, SfuUse::On);
    assert!(fifth.number > four[0].number);
    for person in &four {
        let (decision, _) = person.decision().await;
        let expected = (SfuUse::On, SfuReason::People, fifth.number);
        assert_eq!(decision, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_picture_that_is_switched_on_can_be_what_decides() {
    let rooms = server_with_sfu("auto", 12).await;
    let five = people(&rooms, 5, false).await;
    let media = MediaState {
        video: true,
        ..MediaState::default()
    };
    five[4].client.seat.set_media(media).await;
    let (decision, _) = five[4].decision().await;
    assert_eq!((decision.0, decision.1), (SfuUse::On, SfuReason::People));
}

#[tokio::test(start_paused = true)]
async fn of_three_people_one_who_is_strained_for_eight_seconds_decides() {
    let rooms = server_with_sfu("auto", 12).await;
    let three = people(&rooms, 3, true).await;
    let said = Instant::now();
    three[2].client.seat.set_strain(false, true).await;
    let (decision, at) = three[0].decision().await;
    assert_eq!((decision.0, decision.1), (SfuUse::On, SfuReason::Strain));
    let took = at - said;
    assert!(took >= Duration::from_secs(8) && took < Duration::from_secs(9));
}

#[tokio::test(start_paused = true)]
async fn a_strain_that_comes_and_goes_decides_nothing_though_somebody_always_has_one() {
    let rooms = server_with_sfu("auto", 12).await;
    let four = people(&rooms, 4, true).await;
    let pause = || tokio::time::sleep(Duration::from_secs(1));
    // Each is strained for six seconds of every eight, and no two of them at the same time throughout.
    for second in 0..60 {
        for (person, phase) in four[..2].iter().zip([0, 4]) {
            match (second + phase) % 8 {
                0 => person.client.seat.set_strain(true, false).await,
                6 => person.client.seat.set_strain(false, false).await,
                _ => {}
            }
        }
        pause().await;
    }
    for person in &four {
        person.client.seat.set_strain(false, false).await;
    }
    let told = tokio::time::timeout(Duration::from_secs(60), four[3].decision()).await;
    assert!(told.is_err(), "{:?}", told.map(|(decision, _)| decision));
}

#[tokio::test(start_paused = true)]
async fn who_is_strained_no_more_on_the_sfu_stays_there_for_five_minutes_and_whose_processor_was_slow_for_ever()
 {
    for (is_slow, minutes) in [(false, 5), (true, 600)] {
        let rooms = server_with_sfu("auto", 12).await;
        let three = people(&rooms, 3, true).await;
        let seat = &three[2].client.seat;
        seat.set_strain(!is_slow, is_slow).await;
        three[0].decision().await;
        seat.set_strain(false, false).await;
        let told = tokio::time::timeout(Duration::from_secs(60 * minutes), three[0].decision());
        assert!(told.await.is_err());
        let told = tokio::time::timeout(Duration::from_secs(30), three[0].decision()).await;
        assert_eq!(
            told.is_err(),
            is_slow,
            "it is tried again where it may be better"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn who_stays_behind_is_sent_back_to_direct_connections_in_time() {
    let rooms = server_with_sfu("auto", 12).await;
    let mut five = people(&rooms, 5, true).await;
    let (up, at) = five[0].decision().await;
    for person in five.drain(3..) {
        person.client.seat.leave().await;
    }
    let (down, later) = five[0].decision().await;
    assert_eq!((down.0, down.1), (SfuUse::Off, SfuReason::People));
    assert!(down.2 > up.2);
    let took = later - at;
    assert!(took >= Duration::from_secs(60) && took < Duration::from_secs(61));
}

#[tokio::test(start_paused = true)]
async fn who_cannot_reach_the_sfu_does_not_count_for_it() {
    let rooms = server_with_sfu("auto", 12).await;
    let four = people(&rooms, 4, true).await;
    for person in &four {
        let stage = "checking".to_owned();
        let fault = SfuFault::Unable { stage };
        person.client.seat.set_sfu_state(fault).await;
    }
    let fifth = Person::join(&rooms, 5, false).await;
    assert_eq!(fifth.use_at_first, SfuUse::Off, "nobody else is there");
    four[0].client.seat.set_sfu_state(SfuFault::Able).await;
    let (decision, _) = fifth.decision().await;
    assert_eq!(decision.0, SfuUse::On);
}

#[tokio::test(start_paused = true)]
async fn one_more_than_direct_connections_carry_goes_through_the_sfu() {
    let rooms = server_with_sfu("auto", 2).await;
    let two = people(&rooms, 2, false).await;
    assert_eq!(two[1].use_at_first, SfuUse::Off);
    assert_eq!(
        Person::join(&rooms, 3, false).await.use_at_first,
        SfuUse::On
    );
}

#[tokio::test(start_paused = true)]
async fn where_it_is_always_so_the_first_is_welcomed_on_the_sfu_and_nothing_changes_it() {
    let rooms = server_with_sfu("always", 12).await;
    let ada = Person::join(&rooms, 1, true).await;
    assert_eq!(ada.use_at_first, SfuUse::On);
    rooms.flip_modes().await;
    rooms.hand_over().await;
    let bob = Person::join(&rooms, 2, true).await;
    assert_eq!((bob.use_at_first, bob.number), (SfuUse::On, ada.number));
}

#[tokio::test(start_paused = true)]
async fn the_operators_flip_reaches_who_speaks_to_the_sfu_and_nobody_else() {
    let rooms = server_with_sfu("auto", 12).await;
    let ada = Person::join(&rooms, 1, true).await;
    let eve = Client::join(&rooms, 2, "standup", None).await.unwrap();
    rooms.flip_modes().await;
    let (on, _) = ada.decision().await;
    assert_eq!((on.0, on.1), (SfuUse::On, SfuReason::Operator));
    rooms.flip_modes().await;
    let (off, _) = ada.decision().await;
    assert_eq!((off.0, off.1), (SfuUse::Off, SfuReason::Operator));
    assert!(off.2 > on.2);
    eve.outbox.close(CloseCode::Restarting);
    let mail = std::future::poll_fn(|context| eve.outbox.poll_take(context)).await;
    assert!(mail.messages.is_empty(), "{mail:?}");
}

#[tokio::test(start_paused = true)]
async fn a_stopping_server_sends_small_rooms_back_and_waits_for_none_that_is_carried_nowhere() {
    let rooms = server_with_sfu("auto", 12).await;
    let ada = Person::join(&rooms, 1, true).await;
    rooms.flip_modes().await;
    ada.decision().await;
    rooms.hand_over().await;
    let (off, _) = ada.decision().await;
    assert_eq!((off.0, off.1), (SfuUse::Off, SfuReason::Restart));
    rooms.flip_modes().await;
    let bob = Person::join(&rooms, 2, true).await;
    assert_eq!((bob.use_at_first, bob.number), (SfuUse::Off, off.2));
}
