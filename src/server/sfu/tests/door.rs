use std::ops::ControlFlow;

use parking_lot::Mutex;

use super::*;
use crate::server::sfu::door_queue::Doorway;
use crate::server::sfu::waker::Sleeper;

fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

/// A door to two threads at 172.18.0.2, and what comes through it.
fn door() -> (Door, Vec<Doorway>) {
    let places = Arc::<MediaPlaces>::default();
    let queues: Vec<Arc<DoorQueue>> = (0..2)
        .map(|_| {
            let (_, waker) = Sleeper::with_waker().unwrap();
            Arc::new(DoorQueue::new(waker, Arc::default()))
        })
        .collect();
    places.note(0, &[address("172.18.0.2:3480"), address("127.0.0.1:3480")]);
    places.note(1, &[address("172.18.0.2:3481")]);
    let doorways = queues.iter().cloned().map(Doorway::of).collect();
    let door = Door::new(places, vec![3480, 3481], queues, WayBack::default());
    (door, doorways)
}

fn taken(doorway: &mut Doorway) -> Vec<(Handed, Vec<u8>)> {
    let mut taken = Vec::new();
    doorway.receive(|handed, bytes| {
        taken.push((handed, bytes.to_vec()));
        ControlFlow::Continue(())
    });
    taken
}

#[test]
fn what_is_for_the_sfu_comes_to_the_thread_it_is_for() {
    let (door, mut doorways) = door();
    let relay = address("203.0.113.9:50000");
    for (to, thread) in [
        ("172.18.0.2:3480", 0),
        ("172.18.0.2:3481", 1),
        ("127.0.0.1:3480", 0),
    ] {
        let to = address(to);
        assert!(door.enter(relay, to, b"hello"));
        let handed = Handed { from: relay, to };
        let expected = [(handed, b"hello".to_vec())];
        assert_eq!(taken(&mut doorways[thread]), expected, "{to}");
    }
}

#[test]
fn the_door_leads_to_nothing_else() {
    let (door, mut doorways) = door();
    let relay = address("203.0.113.9:50000");
    for to in [
        "172.18.0.2:22",
        "127.0.0.1:3481",
        "127.0.0.1:3000",
        "172.18.0.3:3480",
        "[::ffff:127.0.0.1]:3480",
        "[::1]:3480",
        "1.2.3.4:3480",
    ] {
        assert!(!door.enter(relay, address(to), b"hello"), "{to}");
    }
    for doorway in &mut doorways {
        assert_eq!(taken(doorway), []);
    }
}

/// Who was passed what, and from where.
type Passed = Arc<Mutex<Vec<(SocketAddr, SocketAddr, Vec<u8>)>>>;

struct Clients(Passed);

impl RelayClients for Clients {
    fn pass(&self, relay: SocketAddr, from: SocketAddr, datagram: &[u8]) {
        self.0.lock().push((relay, from, datagram.to_vec()));
    }
}

#[test]
fn the_way_back_leads_to_the_relay_once_there_is_one() {
    let (door, _doorways) = door();
    let (relay, from) = (address("203.0.113.9:50000"), address("172.18.0.2:3480"));
    door.way_back.pass(relay, from, b"nobody is there");
    let passed = Passed::default();
    door.open(Box::new(Clients(passed.clone())));
    door.way_back.pass(relay, from, b"hello");
    assert_eq!(*passed.lock(), [(relay, from, b"hello".to_vec())]);
}
