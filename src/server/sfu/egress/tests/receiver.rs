use super::super::super::rtcp::reports;
use super::super::super::srtp::any_sealer;
use super::super::header::ExtensionIds;
use super::super::outgoing_packet::tests::packet;
use super::super::stream::Format;
use super::super::stream::tests::plan;
use super::*;

const MS: Duration = Duration::from_millis(1);

/// What has gone out.
#[derive(Default)]
struct Outside(Vec<Vec<u8>>);

impl Exit for Outside {
    fn datagram(&mut self) -> Vec<u8> {
        Vec::new()
    }

    fn send(&mut self, datagram: Vec<u8>) {
        self.0.push(datagram);
    }
}

impl Outside {
    /// Takes what has gone out: the stream and the sequence number of each packet.
    fn take(&mut self) -> Vec<(u32, u16)> {
        let all = std::mem::take(&mut self.0);
        let media = all.iter().filter(|it| it[1] < 200);
        let number = |it: &Vec<u8>| u16::from_be_bytes([it[2], it[3]]);
        media.map(|it| (ssrc(it), number(it))).collect()
    }
}

fn ssrc(datagram: &[u8]) -> u32 {
    u32::from_be_bytes(*datagram[8..].first_chunk().unwrap())
}

/// A picture goes out as stream 1, in section 5, and its repeats as stream 2.
const PICTURE: u32 = 1;
const REPEATS: u32 = 2;
/// A sound goes out as stream 3, in section 6.
const SOUND: u32 = 3;

fn section(mid: &str) -> Mid {
    Mid::from(mid)
}

fn closed(now: Instant) -> Egress {
    let clock = NtpClock { at: now, ntp: 0 };
    let mut egress = Egress::new(800_000.0, clock, now);
    let sound = StreamPlan {
        mid: section("6"),
        ssrc: SOUND,
        repair: None,
        format: Some(Format {
            payload_type: 111,
            repair: None,
            clock: 48_000,
        }),
        is_picture: false,
        ids: ExtensionIds {
            transport: Some(3),
            ..ExtensionIds::default()
        },
        ..plan()
    };
    egress.lay_out([plan(), sound].into_iter(), || 0);
    egress
}

fn open(now: Instant) -> Egress {
    let mut egress = closed(now);
    egress.open(any_sealer());
    egress
}

/// Lets a receiver report this of the picture: a packet of feedback of this kind and format.
fn report(egress: &mut Egress, kind: u8, format: u8, entries: &[u8], now: Instant) -> Vec<Mid> {
    let words = u8::try_from(2 + entries.len() / 4).unwrap();
    let mut compound = vec![0x80 | format, kind, 0, words, 0, 0, 0, 9, 0, 0, 0, 1];
    compound.extend(entries);
    let reports = reports(&compound);
    reports.filter_map(|it| egress.hear(it, now)).collect()
}

/// Lets time pass from turn to turn, as a shard does.
fn pass_until(egress: &mut Egress, until: Instant, outside: &mut Outside) {
    while let Some(next) = egress.next().filter(|next| *next <= until) {
        egress.pass(next, outside);
    }
}

#[test]
fn nothing_goes_out_before_there_are_keys() {
    let now = Instant::now();
    let (mut egress, mut outside) = (closed(now), Outside::default());
    egress.send(section("5"), packet(1, 100), now, &mut outside);
    egress.pass(now + MS, &mut outside);
    assert!(outside.0.is_empty() && egress.next().is_none());
    egress.open(any_sealer());
    egress.send(section("5"), packet(2, 100), now, &mut outside);
    assert_eq!(outside.take(), [(PICTURE, 2)]);
}

#[test]
fn what_is_for_no_section_of_the_receiver_does_not_go_out() {
    let now = Instant::now();
    let (mut egress, mut outside) = (open(now), Outside::default());
    egress.send(section("7"), packet(1, 100), now, &mut outside);
    assert!(outside.0.is_empty());
}

#[test]
fn a_section_that_was_closed_carries_neither_media_nor_probes() {
    let now = Instant::now();
    let (mut egress, mut outside) = (open(now), Outside::default());
    egress.wish_for(1_500_000.0, 4_000_000.0);
    let sound = egress.plans().nth(1).cloned();
    egress.lay_out(sound.into_iter(), || 0);
    egress.send(section("5"), packet(1, 100), now, &mut outside);
    pass_until(&mut egress, now + 500 * MS, &mut outside);
    assert!(outside.0.is_empty());
    let plans: Vec<_> = egress.plans().cloned().collect();
    egress.lay_out(plans.into_iter(), || 0);
    egress.send(section("5"), packet(2, 100), now + 500 * MS, &mut outside);
    assert_eq!(outside.take(), [(PICTURE, 2)]);
}

#[test]
fn a_section_with_another_stream_begins_anew() {
    let now = Instant::now();
    let (mut egress, mut outside) = (open(now), Outside::default());
    egress.send(section("5"), packet(7, 100), now, &mut outside);
    let other = StreamPlan { ssrc: 77, ..plan() };
    egress.lay_out(std::iter::once(other), || 0);
    egress.send(section("5"), packet(7, 100), now, &mut outside);
    assert_eq!(outside.take(), [(PICTURE, 7), (77, 7)]);
}

#[test]
fn a_receiver_without_feedback_on_the_transport_is_sent_less_when_much_is_lost() {
    let now = Instant::now();
    let mut egress = open(now);
    let before = egress.estimate();
    let mut compound = vec![0x81, 201, 0, 7, 0, 0, 0, 9, 0, 0, 0, 1, 128];
    compound.resize(32, 0);
    for second in 1..10 {
        for report in reports(&compound) {
            egress.hear(report, now + second * 1_000 * MS);
        }
    }
    assert!(egress.estimate() < 0.7 * before, "{}", egress.estimate());
}

#[test]
fn a_picture_larger_than_a_burst_goes_out_bit_by_bit_and_in_order() {
    let now = Instant::now();
    let (mut egress, mut outside) = (open(now), Outside::default());
    for number in 0..50 {
        egress.send(section("5"), packet(number, 1_100), now, &mut outside);
    }
    let at_once = outside.take();
    assert!((2..10).contains(&at_once.len()), "{}", at_once.len());
    assert_eq!(egress.delay(now + 3 * MS), 3 * MS);
    pass_until(&mut egress, now + 100 * MS, &mut outside);
    let later = outside.take();
    assert!((10..40).contains(&later.len()), "{}", later.len());
    pass_until(&mut egress, now + 1_000 * MS, &mut outside);
    let media = at_once.into_iter().chain(later).chain(outside.take());
    let picture: Vec<u16> = media.filter(|it| it.0 == PICTURE).map(|it| it.1).collect();
    assert_eq!(picture, (0..50).collect::<Vec<u16>>());
    assert_eq!(egress.delay(now + 1_000 * MS), Duration::ZERO);
}

#[test]
fn a_picture_of_which_something_was_lost_here_is_told_by_its_section_once() {
    let now = Instant::now();
    let (mut egress, mut outside) = (open(now), Outside::default());
    for number in 0..50 {
        egress.send(section("5"), packet(number, 1_100), now, &mut outside);
    }
    assert_eq!(egress.take_lost_picture(), None);
    egress.pass(now + 2_000 * MS, &mut outside);
    assert_eq!(egress.take_lost_picture(), Some(section("5")));
    assert_eq!(egress.take_lost_picture(), None);
}

#[test]
fn what_waits_for_a_section_that_is_cut_does_not_go_out() {
    let now = Instant::now();
    let (mut egress, mut outside) = (open(now), Outside::default());
    for number in 0..50 {
        egress.send(section("5"), packet(number, 1_100), now, &mut outside);
    }
    outside.take();
    egress.cut(section("6"));
    assert_eq!(egress.delay(now + MS), MS);
    egress.cut(section("5"));
    pass_until(&mut egress, now + 1_000 * MS, &mut outside);
    assert_eq!(outside.take(), []);
    egress.send(
        section("5"),
        packet(90, 100),
        now + 1_000 * MS,
        &mut outside,
    );
    assert_eq!(outside.take(), [(PICTURE, 90)]);
}

#[test]
fn reports_that_name_more_than_was_ever_sent_make_no_more_work_than_that() {
    let now = Instant::now();
    let (mut egress, mut outside) = (open(now), Outside::default());
    for number in 10..14 {
        egress.send(section("5"), packet(number, 100), now, &mut outside);
    }
    outside.take();
    // Each entry names 17 packets of long ago.
    let flood = [0xff, 0, 0xff, 0xff].repeat(200);
    for _ in 0..10 {
        report(&mut egress, 205, 1, &flood, now + 25 * MS);
    }
    let later = now + 30 * MS;
    report(&mut egress, 205, 1, &[0, 11, 0, 0], later);
    egress.pass(later, &mut outside);
    assert_eq!(outside.take(), [], "nothing is left to be named");
    egress.send(section("5"), packet(14, 100), later, &mut outside);
    report(&mut egress, 205, 1, &[0, 11, 0, 0], later);
    egress.pass(later, &mut outside);
    let repeats = outside.take().iter().filter(|it| it.0 == REPEATS).count();
    assert_eq!(repeats, 1);
}

#[test]
fn sound_does_not_wait_for_pictures() {
    let now = Instant::now();
    let (mut egress, mut outside) = (open(now), Outside::default());
    for number in 0..50 {
        egress.send(section("5"), packet(number, 1_100), now, &mut outside);
    }
    outside.take();
    egress.send(section("6"), packet(1, 80), now, &mut outside);
    assert_eq!(outside.take(), [(SOUND, 1)]);
}

#[test]
fn all_packets_have_one_count_of_the_transport() {
    let now = Instant::now();
    let (mut egress, mut outside) = (open(now), Outside::default());
    for number in 0..4 {
        let mid = if number % 2 == 0 { "5" } else { "6" };
        egress.send(section(mid), packet(number, 80), now, &mut outside);
    }
    // The number is the last extension of a picture, and the only one of a sound.
    let number = |datagram: &Vec<u8>| match ssrc(datagram) {
        PICTURE => datagram[20],
        _ => datagram[18],
    };
    let numbers: Vec<u8> = outside.0.iter().map(number).collect();
    assert_eq!(numbers, [0, 1, 2, 3]);
}

#[test]
fn what_the_receiver_misses_is_sent_again_once() {
    let now = Instant::now();
    let (mut egress, mut outside) = (open(now), Outside::default());
    for number in 10..14 {
        egress.send(section("5"), packet(number, 100), now, &mut outside);
    }
    outside.take();
    let later = now + 30 * MS;
    // 11 and, as the next but one, 13.
    report(&mut egress, 205, 1, &[0, 11, 0, 2], later);
    egress.pass(later, &mut outside);
    let again = outside.take();
    let repeats = again.iter().filter(|it| it.0 == REPEATS).count();
    assert_eq!((again.len(), repeats), (2, 2));
    report(&mut egress, 205, 1, &[0, 11, 0, 2], later + MS);
    egress.pass(later + MS, &mut outside);
    assert!(outside.take().is_empty(), "they are under way");
    let tally = egress.take_tally();
    assert_eq!((tally.missed, tally.repeated, tally.lost), (4, 2, 0));
    assert_eq!(egress.take_tally(), Tally::default());
}

#[test]
fn a_picture_that_cannot_be_decoded_is_told_by_its_section() {
    let now = Instant::now();
    let mut egress = open(now);
    assert_eq!(report(&mut egress, 206, 1, &[], now), [section("5")]);
}

#[test]
fn a_picture_of_which_something_is_missed_that_is_kept_no_more_cannot_be_decoded() {
    let now = Instant::now();
    let (mut egress, mut outside) = (open(now), Outside::default());
    for number in 10..14 {
        egress.send(section("5"), packet(number, 100), now, &mut outside);
    }
    let later = now + 2_000 * MS;
    for number in 14..16 {
        egress.send(section("5"), packet(number, 100), later, &mut outside);
    }
    let missed = [0, 11, 0, 2];
    assert_eq!(report(&mut egress, 205, 1, &missed, later), [section("5")]);
    assert_eq!(report(&mut egress, 205, 1, &missed, later), []);
}

#[test]
fn a_receiver_that_has_heard_of_a_stream_is_not_told_its_section_any_more() {
    let now = Instant::now();
    let (mut egress, mut outside) = (open(now), Outside::default());
    egress.send(section("5"), packet(1, 100), now, &mut outside);
    let mut compound = vec![0x81, 201, 0, 7, 0, 0, 0, 9, 0, 0, 0, 1];
    compound.resize(32, 0);
    for report in reports(&compound) {
        egress.hear(report, now);
    }
    egress.send(section("5"), packet(2, 100), now, &mut outside);
    let [before, after] = [0, 1].map(|it| outside.0[it].len());
    assert_eq!(before - after, 4);
}

#[test]
fn the_receiver_is_told_what_was_sent_soon_and_then_every_second_while_something_is() {
    let now = Instant::now();
    let (mut egress, mut outside) = (open(now), Outside::default());
    let mut reported = Vec::new();
    for step in 0..500_u32 {
        let at = now + step * 10 * MS;
        if step < 250 {
            egress.send(section("6"), packet(u64::from(step), 80), at, &mut outside);
        }
        egress.pass(at, &mut outside);
        let sent = std::mem::take(&mut outside.0);
        if sent.iter().any(|it| it[1] == 200) {
            reported.push(10 * step);
        }
    }
    assert_eq!(reported, [50, 1_050, 2_050, 3_050]);
}

#[test]
fn a_line_that_is_to_carry_more_is_tried_and_not_for_long() {
    let now = Instant::now();
    let (mut egress, mut outside) = (open(now), Outside::default());
    egress.wish_for(1_500_000.0, 4_000_000.0);
    for step in 0..30 {
        let at = now + step * 10 * MS;
        egress.send(section("5"), packet(step.into(), 500), at, &mut outside);
        pass_until(&mut egress, at + 9 * MS, &mut outside);
    }
    let repeats = outside
        .0
        .iter()
        .filter(|it| it[1] < 200 && ssrc(it) == REPEATS);
    let bytes: usize = repeats.map(Vec::len).sum();
    // 15 ms of three and of six times 800 kbit/s are 4,500 and 9,000 bytes.
    assert!((3_000..100_000).contains(&bytes), "{bytes} bytes of probes");
}
