use std::time::{Duration, Instant};

use super::*;
use crate::server::sfu::waker::Sleeper;

const TO: &str = "172.18.0.2:3480";

fn handed(port: u16) -> Handed {
    Handed {
        from: SocketAddr::new([203, 0, 113, 9].into(), port),
        to: TO.parse().unwrap(),
    }
}

fn queue() -> (Sleeper, Arc<DoorQueue>, Doorway, Arc<Figures>) {
    let (sleeper, waker) = Sleeper::with_waker().unwrap();
    let figures = Arc::<Figures>::default();
    let queue = Arc::new(DoorQueue::new(waker, figures.clone()));
    let doorway = Doorway::of(queue.clone());
    (sleeper, queue, doorway, figures)
}

fn all(doorway: &mut Doorway) -> Vec<(Handed, Vec<u8>)> {
    let mut taken = Vec::new();
    let mut take = |handed, bytes: &[u8]| {
        taken.push((handed, bytes.to_vec()));
        ControlFlow::Continue(())
    };
    while doorway.receive(&mut take) == Rest::Possible {}
    taken
}

#[test]
fn datagrams_come_out_in_order_and_wake_the_shard() {
    let (mut sleeper, queue, mut doorway, _) = queue();
    for (port, bytes) in [(1, &b"one"[..]), (2, b"another"), (1, b"x")] {
        queue.put(handed(port), bytes);
    }
    let soon = Instant::now() + Duration::from_secs(60);
    assert!(sleeper.wait([None, None], Some(soon)).unwrap().by_waker);
    let expected: [(Handed, Vec<u8>); 3] = [
        (handed(1), b"one".to_vec()),
        (handed(2), b"another".to_vec()),
        (handed(1), b"x".to_vec()),
    ];
    assert_eq!(all(&mut doorway), expected);
    assert_eq!(all(&mut doorway), []);
    queue.put(handed(3), b"later");
    assert_eq!(all(&mut doorway), [(handed(3), b"later".to_vec())]);
}

#[test]
fn what_is_left_when_the_shard_stops_comes_with_its_next_turn() {
    let (_sleeper, queue, mut doorway, _) = queue();
    for port in 0..200 {
        queue.put(handed(port), &port.to_be_bytes());
    }
    let mut taken = Vec::new();
    let rest = doorway.receive(|handed, _| {
        taken.push(handed.from.port());
        ControlFlow::Break(())
    });
    assert_eq!((rest, taken.as_slice()), (Rest::Possible, &[0][..]));
    // What comes meanwhile stands behind.
    queue.put(handed(200), b"x");
    let mut rest = Rest::Possible;
    while rest == Rest::Possible {
        let before = taken.len();
        rest = doorway.receive(|handed, _| {
            taken.push(handed.from.port());
            ControlFlow::Continue(())
        });
        assert!(taken.len() - before <= TURN);
    }
    taken.extend(
        all(&mut doorway)
            .iter()
            .map(|(handed, _)| handed.from.port()),
    );
    assert_eq!(taken, (0..=200).collect::<Vec<u16>>());
}

#[test]
fn a_full_queue_loses_what_comes_and_counts_it() {
    let (_sleeper, queue, mut doorway, figures) = queue();
    for number in 0..5_000_u16 {
        queue.put(handed(number), b"x");
    }
    assert_eq!(figures.snapshot().door_lost, 5_000 - 4_096);
    let taken = all(&mut doorway);
    assert_eq!(taken.len(), MOST_DATAGRAMS);
    assert_eq!(taken.last().unwrap().0, handed(4_095), "the first stay");
    for number in 0..4_000_u16 {
        queue.put(handed(number), &[7; DATAGRAM_BYTES]);
    }
    assert_eq!(all(&mut doorway).len(), MOST_BYTES / DATAGRAM_BYTES);
}

#[test]
fn of_one_relay_no_more_waits_than_leaves_room_for_others() {
    let (_sleeper, queue, mut doorway, figures) = queue();
    for _ in 0..1_000 {
        queue.put(handed(1), b"flood");
    }
    queue.put(handed(2), b"voice");
    let taken = all(&mut doorway);
    assert_eq!(taken.len(), 257);
    assert_eq!(taken.last(), Some(&(handed(2), b"voice".to_vec())));
    assert_eq!(figures.snapshot().door_lost, 744);
    queue.put(handed(1), b"flood");
    assert_eq!(all(&mut doorway).len(), 1, "what was taken counts no more");
}

#[test]
fn what_the_sfu_would_not_take_has_no_place() {
    let (_sleeper, queue, mut doorway, figures) = queue();
    queue.put(handed(1), b"");
    queue.put(handed(1), &[7; DATAGRAM_BYTES + 1]);
    assert_eq!(all(&mut doorway), []);
    assert_eq!(figures.snapshot().door_lost, 2);
}
