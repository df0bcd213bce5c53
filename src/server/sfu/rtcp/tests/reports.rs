use proptest::prelude::*;

use super::*;

/// What is read, such that it can be compared.
#[derive(Clone, Debug, PartialEq)]
enum Read {
    Lost(u32),
    Missing(u32, Vec<u16>),
    Came(u32, Vec<(u16, Option<i64>)>),
    Received(u32, f64),
}

fn read(compound: &[u8]) -> Vec<Read> {
    let all = reports(compound).map(|report| match report {
        Report::PictureLost { ssrc } => Read::Lost(ssrc),
        Report::Missing { ssrc, numbers } => Read::Missing(ssrc, numbers.collect()),
        Report::Transport(it) => Read::Came(it.reference(), it.packets().collect()),
        Report::Reception { ssrc, lost } => Read::Received(ssrc, lost),
    });
    all.collect()
}

/// A packet with this count or format, of this kind, with this body of whole words.
fn packet(count: u8, kind: u8, body: &[u8]) -> Vec<u8> {
    let words = u16::try_from(body.len() / 4).unwrap().to_be_bytes();
    [&[0x80 | count, kind], &words[..], body].concat()
}

/// A report block on this stream, of which so many 256ths were lost.
fn block(ssrc: u8, lost: u8) -> Vec<u8> {
    [&[0, 0, 0, ssrc, lost], &[0x77; 19][..]].concat()
}

const SENDER: [u8; 4] = [9; 4];
const STREAM: [u8; 4] = [0, 0, 0, 5];

fn feedback(format: u8, kind: u8, entries: &[u8]) -> Vec<u8> {
    packet(format, kind, &[&SENDER, &STREAM, entries].concat())
}

fn receiver_report() -> Vec<u8> {
    packet(2, 201, &[&SENDER[..], &block(1, 0), &block(2, 64)].concat())
}

fn received() -> [Read; 2] {
    [Read::Received(1, 0.0), Read::Received(2, 0.25)]
}

#[test]
fn every_kind_of_report_is_read() {
    let sender_report = [&SENDER[..], &[0x66; 20], &block(3, 255), b"more"].concat();
    let requests = [0, 0, 0, 7, 1, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0];
    let transport = [0, 1, 0, 2, 0, 0, 6, 0, 0x20, 0x02, 4, 5];
    let table = [
        (
            packet(1, 200, &sender_report),
            vec![Read::Received(3, 255.0 / 256.0)],
        ),
        (receiver_report(), received().to_vec()),
        (packet(0, 201, &SENDER), vec![]),
        (
            feedback(1, 205, &[0, 4, 0, 1]),
            vec![Read::Missing(5, vec![4, 5])],
        ),
        (feedback(1, 205, &[]), vec![Read::Missing(5, vec![])]),
        (
            feedback(15, 205, &transport),
            vec![Read::Came(6, vec![(1, Some(4)), (2, Some(9))])],
        ),
        (feedback(1, 206, &[]), vec![Read::Lost(5)]),
        (
            feedback(4, 206, &requests),
            vec![Read::Lost(7), Read::Lost(8)],
        ),
        // An estimate of a receiver, a description of nobody, a farewell of nobody.
        (feedback(15, 206, b"REMB"), vec![]),
        (packet(0, 202, &[]), vec![]),
        (packet(0, 203, &[]), vec![]),
    ];
    for (packet, expected) in &table {
        assert_eq!(read(packet), *expected, "{packet:?}");
    }
    let compound: Vec<u8> = table.iter().flat_map(|it| it.0.clone()).collect();
    let expected: Vec<Read> = table.iter().flat_map(|it| it.1.clone()).collect();
    assert_eq!(read(&compound), expected);
}

#[test]
fn padding_is_taken_off() {
    let mut padded = feedback(1, 205, &[0, 4, 0, 0, 0, 0, 0, 4]);
    padded[0] |= 0x20;
    assert_eq!(read(&padded), [Read::Missing(5, vec![4])]);
    // Padding of no bytes, and of more than there are.
    for length in [0, 17] {
        *padded.last_mut().unwrap() = length;
        assert_eq!(read(&padded), []);
    }
    let mut empty = packet(0, 203, &[]);
    empty[0] |= 0x20;
    assert_eq!(read(&[empty, receiver_report()].concat()), []);
}

#[test]
fn what_is_malformed_ends_the_reading() {
    let malformed = [
        // Fewer blocks than are counted, and not even a sender.
        packet(3, 201, &[&SENDER[..], &block(1, 0), &block(2, 0)].concat()),
        packet(0, 201, &[]),
        packet(0, 200, &[&SENDER[..], &[0; 16]].concat()),
        // Feedback on no stream, and on a transport that says nothing.
        packet(1, 205, &SENDER),
        packet(1, 206, &SENDER),
        packet(4, 206, &[]),
        feedback(15, 205, &[0, 1, 0, 2]),
        // Another version, and a length behind the end.
        [&[0x42], &receiver_report()[1..]].concat(),
        vec![0x80, 204, 0, 200],
        vec![0x80, 204, 0],
    ];
    for malformed in malformed {
        let compound = [receiver_report(), malformed, receiver_report()].concat();
        assert_eq!(read(&compound), received(), "{compound:?}");
        let mut again = reports(&compound);
        assert_eq!(again.by_ref().count(), 2);
        assert!(again.next().is_none());
    }
}

/// Bytes with the header of a packet before them, which may lie.
fn almost_a_packet() -> impl Strategy<Value = Vec<u8>> {
    let kinds = prop_oneof![200..208_u8, any::<u8>()];
    let bodies = proptest::collection::vec(any::<u8>(), 0..80);
    (any::<u8>(), kinds, bodies, -1..2_i32, any::<bool>()).prop_map(
        |(first, kind, body, lie, is_of_version)| {
            let words = i32::try_from(body.len() / 4).unwrap() + lie;
            let words = u16::try_from(words).unwrap_or(0).to_be_bytes();
            let first = if is_of_version {
                0x80 | first & 0x3f
            } else {
                first
            };
            [&[first, kind], &words[..], &body].concat()
        },
    )
}

proptest! {
    #[test]
    fn any_bytes_are_read_to_an_end(
        packets in proptest::collection::vec(almost_a_packet(), 0..12),
    ) {
        let compound = packets.concat();
        let mut items = 0;
        for report in reports(&compound) {
            items += 1;
            match report {
                Report::Missing { numbers, .. } => items += numbers.count(),
                Report::Transport(feedback) => {
                    prop_assert!(feedback.packets().count() <= usize::from(u16::MAX));
                }
                Report::Reception { lost, .. } => prop_assert!((0.0..1.0).contains(&lost)),
                Report::PictureLost { .. } => {}
            }
        }
        prop_assert!(items <= compound.len() / 4 * 17);
    }

    #[test]
    fn a_compound_packet_that_is_cut_is_read_up_to_the_cut(cut in 0..200_usize) {
        let nack = feedback(1, 205, &[0, 4, 0, 1]);
        let compound = [nack.clone(), receiver_report(), nack].concat();
        let all = read(&compound);
        let some = read(&compound[..cut.min(compound.len())]);
        prop_assert_eq!(&some, &all[..some.len()]);
    }
}
