use super::*;

/// What is given for packets that were sent and arrived then, in µs: when a group's fastest was sent, and its delay.
fn given(packets: &[(Micros, Micros)]) -> Vec<(Micros, Micros)> {
    let mut groups = Groups::default();
    let given = packets
        .iter()
        .filter_map(|(sent, arrived)| groups.add(*sent, *arrived, 1_200));
    given.map(|group| (group.sent, group.delay)).collect()
}

#[test]
fn what_is_sent_within_5_ms_is_a_group() {
    let packets = [
        (0, 10_000),
        (4_000, 13_000),
        (5_000, 16_000),
        (5_001, 17_000),
        (30_000, 40_000),
        (50_000, 60_000),
    ];
    let groups = [(4_000, 9_000), (5_001, 11_999), (30_000, 10_000)];
    assert_eq!(given(&packets), groups);
}

#[test]
fn a_group_knows_its_bytes_and_when_the_last_of_them_arrived() {
    let mut groups = Groups::default();
    for (sent, arrived) in [(0, 10_000), (4_000, 13_000), (5_000, 12_000)] {
        assert_eq!(groups.add(sent, arrived, 1_200), None);
    }
    let group = groups.add(30_000, 40_000, 1_200).unwrap();
    assert_eq!((group.bytes, group.arrived), (3_600, 13_000));
}

#[test]
fn what_is_read_together_is_a_group_however_long_it_waited() {
    let mut packets: Vec<_> = (0..50).map(|index| (10_000 * index, 510_000)).collect();
    packets.extend([(500_000, 520_000), (510_000, 530_000)]);
    assert_eq!(given(&packets), [(490_000, 20_000), (500_000, 20_000)]);
}

#[test]
fn what_comes_through_a_full_line_is_read_one_by_one() {
    let packets: Vec<_> = (0..50)
        .map(|index| (10_000 * index, 12_000 * index))
        .collect();
    assert_eq!(given(&packets).len(), 49);
}

#[test]
fn what_comes_after_a_later_packet_is_left_out() {
    let packets = [(100_000, 100_000), (20_000, 0), (110_000, 110_000)];
    assert_eq!(given(&packets), [(100_000, 0)]);
}

#[test]
fn a_clock_that_is_set_back_does_not_stop_it() {
    let packets = (0..50).map(|index| (100_000 * index, 100_000 * index + index % 2 * 7_000_000));
    let packets: Vec<_> = packets.collect();
    assert!(given(&packets).len() > 20);
    let packets: Vec<_> = (0..100).map(|index| (100_000 * index, 0)).collect();
    assert!(given(&packets).len() >= 4, "no group is endless");
}
