use super::super::outgoing_packet::tests::packet;
use super::*;

const FORMAT: Format = Format {
    payload_type: 96,
    repair: Some(97),
    clock: 90_000,
};

pub(in crate::server::sfu::egress) fn plan() -> StreamPlan {
    StreamPlan {
        mid: Mid::from("5"),
        ssrc: 1,
        repair: Some(2),
        cname: "x".to_owned(),
        format: Some(FORMAT),
        ids: ExtensionIds {
            mid: Some(4),
            transport: Some(3),
            ..ExtensionIds::default()
        },
        is_picture: true,
    }
}

const STAMP: Stamp = Stamp {
    transport: Some(0x1_0007),
};

fn stream() -> Stream {
    Stream::new(plan(), 0xfff0)
}

#[test]
fn a_packet_has_its_number_its_section_and_its_payload() {
    let mut datagram = Vec::new();
    let written = stream().write_first(&packet(0x2_0003, 5), STAMP, Instant::now(), &mut datagram);
    let Written {
        header,
        ssrc,
        index,
    } = written.unwrap();
    assert_eq!((ssrc, index), (1, 0x2_0003));
    assert_eq!(datagram[1..4], [96, 0, 3]);
    let extensions = [0xbe, 0xde, 0, 2, 0x40, b'5', 0x31, 0, 7, 0, 0, 0];
    assert_eq!(datagram[12..header], extensions);
    assert_eq!(datagram[header..], *packet(0x2_0003, 5).payload);
}

#[test]
fn once_the_receiver_knows_the_section_it_is_not_named_any_more() {
    let mut stream = stream();
    stream.is_bound = true;
    let mut datagram = Vec::new();
    stream.write_first(&packet(3, 5), STAMP, Instant::now(), &mut datagram);
    assert_eq!(datagram[12..20], [0xbe, 0xde, 0, 1, 0x31, 0, 7, 0]);
}

#[test]
fn no_number_goes_out_twice() {
    let mut stream = stream();
    let mut write = |number| {
        let mut datagram = Vec::new();
        let written = stream.write_first(&packet(number, 5), STAMP, Instant::now(), &mut datagram);
        (written.is_some(), datagram.is_empty())
    };
    assert_eq!(write(3), (true, false));
    assert_eq!(write(3), (false, true));
}

#[test]
fn a_repeat_is_of_the_other_stream_and_says_what_it_repeats() {
    let mut stream = stream();
    let mut first = Vec::new();
    let again = packet(0x1_0203, 5);
    let written = stream.write_repeat(&again, STAMP, &mut first).unwrap();
    assert_eq!((written.ssrc, written.index), (2, 0x7ff0));
    assert_eq!(first[1..4], [97, 0x7f, 0xf0]);
    assert_eq!(first[written.header..written.header + 2], [2, 3]);
    assert_eq!(first[written.header + 2..], *again.payload);
    let next = stream.write_repeat(&again, STAMP, &mut Vec::new());
    assert_eq!(next.unwrap().index, 0x7ff1, "repeats count by themselves");
}

#[test]
fn padding_says_how_much_it_is() {
    let mut datagram = Vec::new();
    let written = stream().write_padding(STAMP, &mut datagram).unwrap();
    assert_eq!(datagram[0] & 0x20, 0x20);
    assert_eq!(datagram.len() - written.header, usize::from(PADDING));
    assert_eq!(datagram.last(), Some(&PADDING));
}

#[test]
fn what_the_receiver_cannot_take_is_not_written() {
    let without = |change: fn(&mut StreamPlan)| {
        let mut plan = plan();
        change(&mut plan);
        Stream::new(plan, 0)
    };
    let mut deaf = without(|plan| plan.format = None);
    let datagram = &mut Vec::new();
    assert!(
        deaf.write_first(&packet(1, 5), STAMP, Instant::now(), datagram)
            .is_none()
    );
    let mut unrepaired = without(|plan| plan.repair = None);
    assert!(
        unrepaired
            .write_repeat(&packet(1, 5), STAMP, datagram)
            .is_none()
    );
    assert!(!unrepaired.is_repairable());
}

#[test]
fn a_report_says_which_timestamp_it_is_now_and_how_much_was_sent() {
    let (mut stream, now) = (stream(), Instant::now());
    assert!(stream.report(7, now).is_none(), "nothing was sent");
    for (number, late) in [(10, 0), (12, 20), (11, 40)] {
        let at = now + Duration::from_millis(late);
        stream.write_first(&packet(number, 100), STAMP, at, &mut Vec::new());
    }
    assert!(stream.is_unreported);
    let report = stream.report(7, now + Duration::from_millis(120)).unwrap();
    assert_eq!((report.ssrc, report.ntp), (1, 7));
    assert_eq!((report.packets, report.bytes), (3, 300));
    // The newest packet went out 100 ms before.
    assert_eq!(report.rtp, packet(12, 1).timestamp + 9_000);
    assert!(!stream.is_unreported);
}
