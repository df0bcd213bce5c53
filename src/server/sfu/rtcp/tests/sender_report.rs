use proptest::prelude::*;

use super::super::packet::Packet;
use super::*;

const REPORT: SenderReport = SenderReport {
    ssrc: 0x0102_0304,
    ntp: 0x1112_1314_2122_2324,
    rtp: 0x3132_3334,
    packets: 0x4142_4344,
    bytes: 0x5152_5354,
};

#[test]
fn a_report_and_a_name_are_written_as_the_rfc_draws_them() {
    let mut written = vec![9];
    write_sender_report(&REPORT, "ab", &mut written);
    let expected = [
        &[9][..],
        &[0x80, 200, 0, 6, 1, 2, 3, 4],
        &[0x11, 0x12, 0x13, 0x14, 0x21, 0x22, 0x23, 0x24],
        &[0x31, 0x32, 0x33, 0x34, 0x41, 0x42, 0x43, 0x44],
        &[0x51, 0x52, 0x53, 0x54],
        // The name ends with a zero at least, and a word's end.
        &[0x81, 202, 0, 3, 1, 2, 3, 4, 1, 2, b'a', b'b', 0, 0, 0, 0],
    ];
    assert_eq!(written, expected.concat());
}

#[test]
fn a_name_that_is_too_long_is_cut_between_its_letters() {
    let mut written = Vec::new();
    write_sender_report(&REPORT, &"\u{e4}".repeat(200), &mut written);
    assert_eq!(written[28..][..4], [0x81, 202, 0, 66]);
    assert_eq!(written[37], 254);
    assert_eq!(written.len(), 28 + 4 * 67);
}

proptest! {
    #[test]
    fn whatever_the_name_is_two_whole_packets_are_written(name in "\\PC{0,300}") {
        let mut written = Vec::new();
        write_sender_report(&REPORT, &name, &mut written);
        let (report, rest) = Packet::split(&written).unwrap();
        prop_assert_eq!((report.kind, report.count, report.body.len()), (200, 0, 24));
        let (description, rest) = Packet::split(rest).unwrap();
        prop_assert_eq!((description.kind, description.count), (202, 1));
        prop_assert!(rest.is_empty());
        let (head, text) = description.body.split_at(6);
        prop_assert_eq!(head[..5].to_vec(), vec![1, 2, 3, 4, 1]);
        let (text, zeros) = text.split_at(usize::from(head[5]));
        prop_assert!(name.as_bytes().starts_with(text));
        prop_assert!(text.len() == name.len() || text.len() > 251);
        prop_assert!((1..=4).contains(&zeros.len()) && zeros.iter().all(|it| *it == 0));
    }
}
