use std::collections::BTreeMap;

use proptest::prelude::*;
use rustix::io::Errno;

use super::*;

fn destination(number: u16) -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 7], 1_000 + number))
}

/// A system that takes what it is given, as long as it has room.
#[derive(Default)]
struct System {
    taken: BTreeMap<u16, Vec<Vec<u8>>>,
    calls: Vec<usize>,
    /// It takes so many datagrams, and nothing more until it is given room again.
    room: usize,
    /// It refuses several datagrams at once with this.
    refuses_many: Option<Errno>,
    /// It refuses everything for this destination.
    unreachable: Option<u16>,
}

impl System {
    fn with_room(room: usize) -> Self {
        Self {
            room,
            ..Self::default()
        }
    }

    fn send(&mut self, transmit: &Transmit<'_>) -> io::Result<()> {
        let to = transmit.destination.port() - 1_000;
        let segment = transmit.segment_size.unwrap_or(transmit.contents.len());
        let datagrams: Vec<&[u8]> = transmit.contents.chunks(segment).collect();
        if self.unreachable == Some(to) {
            return Err(Errno::INVAL.into());
        }
        if let Some(errno) = self.refuses_many.filter(|_| datagrams.len() > 1) {
            return Err(errno.into());
        }
        if datagrams.len() > self.room {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        self.room -= datagrams.len();
        self.calls.push(datagrams.len());
        let taken = self.taken.entry(to).or_default();
        taken.extend(datagrams.into_iter().map(<[u8]>::to_vec));
        Ok(())
    }
}

fn flush(batch: &mut Batch, now: Instant, offload: &mut Offload, system: &mut System) -> Flushed {
    batch.flush(now, offload, |transmit| system.send(transmit))
}

fn push(batch: &mut Batch, to: u16, bytes: &[u8]) {
    batch.push(destination(to), None, bytes.to_vec());
}

#[test]
fn equally_long_datagrams_of_a_destination_go_at_once() {
    let mut batch = Batch::default();
    for number in 0..6 {
        push(&mut batch, 1, &[number; 100]);
        push(&mut batch, 2, &[number; 10]);
    }
    push(&mut batch, 1, &[6; 99]);
    push(&mut batch, 1, &[7; 100]);
    push(&mut batch, 1, &[8; 101]);
    let mut system = System::with_room(100);
    let flushed = flush(
        &mut batch,
        Instant::now(),
        &mut Offload::new(4),
        &mut system,
    );
    assert_eq!(system.calls, [4, 3, 1, 1, 4, 2]);
    assert_eq!(
        (flushed.packets, flushed.sends, flushed.bytes),
        (15, 6, 960)
    );
    let firsts: Vec<u8> = system.taken[&1].iter().map(|bytes| bytes[0]).collect();
    assert_eq!(firsts, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
}

#[test]
fn what_goes_at_once_fits_into_one_packet_of_ip() {
    let mut batch = Batch::default();
    for _ in 0..64 {
        push(&mut batch, 1, &[7; 1_400]);
    }
    let mut system = System::with_room(100);
    flush(
        &mut batch,
        Instant::now(),
        &mut Offload::new(64),
        &mut system,
    );
    assert_eq!(system.calls, [46, 18]);
}

#[test]
fn datagrams_from_different_addresses_do_not_go_together() {
    let mut batch = Batch::default();
    for last in [1, 2, 1, 2] {
        batch.push(
            destination(1),
            Some([198, 51, 100, last].into()),
            vec![last],
        );
    }
    let mut sources = Vec::new();
    batch.flush(Instant::now(), &mut Offload::new(64), |transmit| {
        sources.push((transmit.src_ip, transmit.contents.to_vec()));
        Ok(())
    });
    let expected = [1, 2].map(|last| (Some([198, 51, 100, last].into()), vec![last; 2]));
    assert_eq!(sources, expected);
}

#[test]
fn where_many_at_once_are_refused_each_goes_alone_and_for_good() {
    let mut batch = Batch::default();
    let mut offload = Offload::new(64);
    let mut system = System {
        refuses_many: Some(Errno::IO),
        ..System::with_room(100)
    };
    for _ in 0..5 {
        push(&mut batch, 1, &[7; 100]);
    }
    let flushed = flush(&mut batch, Instant::now(), &mut offload, &mut system);
    assert_eq!((flushed.packets, flushed.lost), (5, 0));
    assert_eq!(system.calls, [1; 5]);
    assert_eq!(offload.segments(), 1);
}

#[test]
fn a_destination_that_is_not_reached_costs_the_others_nothing() {
    let mut batch = Batch::default();
    let mut offload = Offload::new(64);
    let mut system = System {
        unreachable: Some(1),
        ..System::with_room(1_000)
    };
    for _ in 0..20 {
        for to in [1, 2] {
            push(&mut batch, to, &[7; 100]);
            push(&mut batch, to, &[7; 100]);
        }
        let flushed = flush(&mut batch, Instant::now(), &mut offload, &mut system);
        assert_eq!((flushed.packets, flushed.lost), (2, 2));
    }
    assert_eq!(system.calls, [2; 20]);
}

#[test]
fn what_the_system_does_not_take_waits_five_milliseconds() {
    let start = Instant::now();
    let mut batch = Batch::default();
    let mut offload = Offload::new(64);
    let mut system = System::with_room(0);
    push(&mut batch, 1, &[1]);
    let flushed = flush(&mut batch, start, &mut offload, &mut system);
    assert_eq!((flushed.lost, flushed.waiting), (0, 1));
    let later = start + Duration::from_millis(4);
    push(&mut batch, 1, &[2]);
    let flushed = flush(&mut batch, later, &mut offload, &mut system);
    assert_eq!((flushed.lost, flushed.waiting), (0, 2));
    let flushed = flush(&mut batch, start + PATIENCE, &mut offload, &mut system);
    assert_eq!((flushed.lost, flushed.waiting), (1, 1));
    system.room = 9;
    let flushed = flush(&mut batch, start + PATIENCE, &mut offload, &mut system);
    assert_eq!((flushed.lost, flushed.waiting, flushed.packets), (0, 0, 1));
    assert_eq!(system.taken[&1], [[2]]);
}

#[test]
fn a_late_turn_loses_nothing_that_was_not_refused() {
    let start = Instant::now();
    let mut batch = Batch::default();
    push(&mut batch, 1, &[1]);
    let mut system = System::with_room(9);
    let later = start + Duration::from_secs(1);
    let flushed = flush(&mut batch, later, &mut Offload::new(64), &mut system);
    assert_eq!((flushed.packets, flushed.lost), (1, 0));
}

#[test]
fn what_does_not_fit_is_lost_and_counted() {
    let mut batch = Batch::default();
    for _ in 0..MOST_PACKETS + 3 {
        push(&mut batch, 1, &[7]);
    }
    assert_eq!((batch.packets.len(), batch.lost), (MOST_PACKETS, 3));
    let mut batch = Batch::default();
    let large = vec![7; 60_000];
    for _ in 0..MOST_BYTES / large.len() + 2 {
        push(&mut batch, 1, &large);
    }
    assert!(batch.bytes <= MOST_BYTES);
    batch.push(SocketAddr::from(([192, 0, 2, 7], 0)), None, vec![7]);
    let flushed = flush(
        &mut batch,
        Instant::now(),
        &mut Offload::new(64),
        &mut System::with_room(9_999),
    );
    assert_eq!((flushed.lost, batch.bytes), (3, 0));
}

#[test]
fn it_is_time_to_send_when_both_versions_have_enough_together() {
    let mut outgoing = Outgoing::default();
    for number in 0..ENOUGH {
        assert!(outgoing.count() < ENOUGH, "{number}");
        let to = if number % 2 == 0 {
            "192.0.2.1:1"
        } else {
            "[2001:db8::1]:1"
        };
        outgoing.push(to.parse().unwrap(), None, vec![7]);
    }
    assert_eq!(outgoing.count(), ENOUGH);
}

#[derive(Clone, Debug)]
enum Step {
    Push(u16, usize),
    Flush { room: usize, later: u64 },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let size = prop_oneof![Just(4_usize), Just(9), 4..12_usize];
    let step = prop_oneof![
        8 => (0..4_u16, size).prop_map(|(to, size)| Step::Push(to, size)),
        1 => (0..40_usize, 0..4_u64).prop_map(|(room, later)| Step::Flush { room, later }),
    ];
    prop::collection::vec(step, 0..300)
}

proptest! {
    #[test]
    fn each_datagram_is_sent_once_or_counted_as_lost_and_none_overtakes(
        steps in steps(),
        segments in 1..9_usize,
        refuses_many: bool,
    ) {
        let mut now = Instant::now();
        let mut batch = Batch::default();
        let mut offload = Offload::new(segments);
        let refuses_many = refuses_many.then_some(Errno::INVAL);
        let mut system = System { refuses_many, ..System::default() };
        let mut pushed: BTreeMap<u16, Vec<Vec<u8>>> = BTreeMap::new();
        let (mut number, mut sent, mut lost) = (0_u32, 0, 0);
        for step in steps {
            match step {
                Step::Push(to, size) => {
                    number += 1;
                    let mut bytes = number.to_be_bytes().to_vec();
                    bytes.resize(size, 0);
                    push(&mut batch, to, &bytes);
                    pushed.entry(to).or_default().push(bytes);
                }
                Step::Flush { room, later } => {
                    now += Duration::from_millis(later);
                    system.room = room;
                    let flushed = flush(&mut batch, now, &mut offload, &mut system);
                    (sent, lost) = (sent + flushed.packets, lost + flushed.lost);
                    let bytes: usize = batch.packets.iter().map(|packet| packet.bytes.len()).sum();
                    prop_assert_eq!(batch.bytes, bytes);
                    prop_assert_eq!(flushed.waiting, batch.packets.len());
                    let all = sent + lost + u64::try_from(flushed.waiting).unwrap();
                    prop_assert_eq!(all, u64::from(number));
                }
            }
        }
        let taken: usize = system.taken.values().map(Vec::len).sum();
        prop_assert_eq!(sent, u64::try_from(taken).unwrap());
        prop_assert!(system.calls.iter().all(|count| *count <= segments));
        for (to, taken) in &system.taken {
            let mut pushed = pushed[to].iter();
            prop_assert!(taken.iter().all(|bytes| pushed.any(|other| other == bytes)), "in order, each once");
        }
    }
}
