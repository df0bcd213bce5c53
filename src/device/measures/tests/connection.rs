//! What is counted of a connection, in model time.

use super::*;
use crate::device::measures::run::Run;
use crate::device::media::synthetic::stamp::{STAMP_BYTES, StampClock};
use crate::protocol::PeerId;

/// Somebody's camera.
fn camera() -> Stint {
    Stint {
        number: 1,
        whose: PeerId::new("P1"),
        kind: TrackKind::Camera,
    }
}

struct Measured {
    run: Arc<Run>,
    meter: Arc<Meter>,
    connection: ConnectionMeter,
    began: Instant,
}

impl Measured {
    fn new() -> Self {
        let began = Instant::now();
        let run = Arc::new(Run::new(StampClock::new(7, began)));
        let meter = Arc::new(Meter::new(Arc::clone(&run)));
        let connection = ConnectionMeter::new(Arc::clone(&meter), began);
        Self {
            run,
            meter,
            connection,
            began,
        }
    }

    fn at(&self, ms: u64) -> Instant {
        self.began + Duration::from_millis(ms)
    }

    /// A picture that was made at one time arrives at another, in packets with these numbers.
    fn picture(&mut self, is_key: bool, ms: [u64; 2], packets: RangeInclusive<u64>) {
        let [made, arrived] = ms.map(|ms| self.at(ms));
        let mut data = vec![u8::from(!is_key); 100];
        data.extend(self.run.clock.stamp(made));
        self.connection.frame(&camera(), &data, packets, arrived);
    }

    /// A packet of the source that has the number of the format.
    fn packet(&mut self, payload_type: u8, number: u16, ms: u64) {
        self.packet_of(payload_type, payload_type, number, ms);
    }

    fn packet_of(&mut self, source: u8, payload_type: u8, number: u16, ms: u64) {
        let [high, low] = number.to_be_bytes();
        let packet = [0x80, payload_type, high, low, 0, 0, 0, 0, 0, 0, 0, source];
        let now = self.at(ms);
        self.connection.packet(&packet, now);
    }
}

fn ms(delays: &crate::device::measures::delays::Delays) -> Option<u128> {
    delays.quantile(0.5).map(|delay| delay.as_millis())
}

#[test]
fn each_step_counts_once_and_from_the_one_before() {
    let mut measured = Measured::new();
    let times = [20, 50, 60, 90].map(|ms| measured.at(ms));
    for _ in 0..2 {
        measured.connection.paired(times[0]);
        measured.connection.agreed(times[1]);
        measured.packet(96, 1, 60);
        measured.picture(false, [55, 70], 1..=1);
        measured.picture(true, [60, 90], 2..=2);
    }
    let tally = measured.run.tally();
    for (phase, took) in [
        (Phase::Ice, 20),
        (Phase::Dtls, 30),
        (Phase::FirstPacket, 10),
        (Phase::FirstKeyFrame, 40),
    ] {
        let delays = tally.phase(phase);
        assert_eq!((delays.count(), ms(delays)), (1, Some(took)), "{phase:?}");
    }
    assert_eq!(times[3], measured.at(90));
}

#[test]
fn what_arrives_is_summed_up_when_the_connection_ends_at_the_latest() {
    let mut measured = Measured::new();
    for (number, packets) in [(0, 1..=3), (1, 4..=4), (2, 7..=8)] {
        measured.picture(number == 0, [number * 40, number * 40 + 5], packets);
    }
    measured.connection.feedback("1", 2, 1);
    measured.connection.feedback("1", 3, 1);
    assert_eq!(measured.run.tally().pictures.frames, 0, "it waits");
    let tracks = |whose: &str, ms| {
        let whose = PeerId::new(whose);
        let tracks = measured.meter.tracks_of(|it| *it == whose, measured.at(ms));
        tracks.pictures
    };
    assert_eq!((tracks("P1", 85), tracks("P2", 85)), (1, 0));
    let Measured {
        run,
        meter,
        connection,
        began,
    } = measured;
    drop(connection);
    let tally = run.tally();
    let pictures = &tally.pictures;
    assert_eq!((pictures.frames, pictures.key_frames), (3, 1));
    assert_eq!(pictures.bytes, 3 * (100 + STAMP_BYTES as u64));
    assert_eq!(
        (pictures.delays.count(), ms(&pictures.delays)),
        (3, Some(5))
    );
    assert_eq!((tally.unrepaired, tally.nacks, tally.plis), (2, 3, 1));
    let tracks = meter.tracks_of(|_| true, began);
    assert_eq!(tracks.pictures, 0, "they went with it");
}

#[test]
fn a_track_that_brings_nothing_any_more_does_not_arrive() {
    let mut measured = Measured::new();
    for number in 0..150 {
        measured.picture(number == 0, [number * 40, number * 40 + 5], number..=number);
    }
    let tracks = |ms| measured.meter.tracks_of(|_| true, measured.at(ms)).pictures;
    assert_eq!(tracks(6_000), 1);
    assert_eq!(tracks(17_500), 1);
    assert_eq!(tracks(18_000), 0);
}

#[test]
fn packets_that_repeat_others_are_not_counted_with_them() {
    let mut measured = Measured::new();
    measured.connection.set_repairs(vec![97]);
    for number in [1, 2, 4] {
        measured.packet(96, number, 10);
    }
    measured.packet(97, 900, 20);
    measured.packet(111, 5, 20);
    let run = Arc::clone(&measured.run);
    drop(measured);
    let packets = run.tally().packets;
    assert_eq!((packets.received, packets.lost), (4, 1));
}

#[test]
fn what_tries_a_line_out_is_no_media() {
    let mut measured = Measured::new();
    measured.connection.set_repairs(vec![97]);
    let agreed = measured.at(10);
    measured.connection.agreed(agreed);
    measured.packet(97, 1, 20);
    for number in [1, 5] {
        measured.packet_of(0, 96, number, 30);
    }
    measured.packet(96, 1, 60);
    let run = Arc::clone(&measured.run);
    drop(measured);
    let tally = run.tally();
    assert_eq!((tally.packets.received, tally.packets.lost), (1, 0));
    assert_eq!(ms(tally.phase(Phase::FirstPacket)), Some(50));
}

#[test]
fn what_comes_after_the_end_does_not_count() {
    let mut measured = Measured::new();
    measured.picture(true, [0, 5], 1..=1);
    measured.run.end();
    measured.picture(true, [40, 4_000], 2..=2);
    measured.packet(96, 1, 4_000);
    let run = Arc::clone(&measured.run);
    drop(measured);
    let tally = run.tally();
    assert_eq!((tally.pictures.frames, tally.packets.received), (1, 0));
    assert_eq!(tally.pictures.delays.largest(), Duration::from_millis(5));
}
