use proptest::prelude::*;

use super::*;

type Named = Vec<(u16, Option<i64>)>;

/// Reads a feedback that may name everything.
fn named(said: &[u8]) -> Named {
    let feedback = TransportFeedback::read(said).unwrap();
    feedback.packets().collect()
}

/// What a feedback says: the number of the first packet, the count, the reference, the chunks and the deltas.
fn said(base: u16, count: u16, reference: u32, chunks: &[u16], deltas: &[u8]) -> Vec<u8> {
    let mut said = base.to_be_bytes().to_vec();
    said.extend_from_slice(&count.to_be_bytes());
    said.extend_from_slice(&reference.to_be_bytes()[1..]);
    said.push(3);
    said.extend(chunks.iter().flat_map(|it| it.to_be_bytes()));
    said.extend_from_slice(deltas);
    said
}

#[test]
fn runs_and_vectors_are_read() {
    // As in §3.1.3 and §3.1.4 of the draft, with deltas.
    let run_of_221 = 0x00dd;
    let run_of_24_large = 0x4018;
    let one_bit = 0b1001_1111_0001_1100;
    let two_bits = 0b1100_1101_0100_0000;

    let all = named(&said(5, 221, 1, &[run_of_221], &[]));
    assert_eq!(all.len(), 221);
    assert!(all.iter().all(|it| it.1.is_none()));
    assert_eq!((all[0].0, all[220].0), (5, 225));

    let deltas: Vec<u8> = [0xff, 0xfe].repeat(24);
    let all = named(&said(0xffff, 24, 1, &[run_of_24_large], &deltas));
    assert_eq!(all[..3], [(0xffff, Some(-2)), (0, Some(-4)), (1, Some(-6))]);
    assert_eq!(all.len(), 24);

    let all = named(&said(0, 14, 1, &[one_bit], &[1, 2, 3, 4, 5, 6, 7, 8]));
    let came: Vec<u16> = all
        .iter()
        .filter(|it| it.1.is_some())
        .map(|it| it.0)
        .collect();
    assert_eq!(came, [1, 2, 3, 4, 5, 9, 10, 11]);
    assert_eq!(all[11].1, Some(1 + 2 + 3 + 4 + 5 + 6 + 7 + 8));

    // Not received, reserved.
    assert_eq!(named(&said(0, 7, 1, &[two_bits], &[1])), [(0, None)]);
    let two_bits = 0b1100_0110_0100_0000;
    let all = named(&said(0, 7, 1, &[two_bits], &[9, 1, 0, 5]));
    let expected = [
        None,
        Some(9),
        Some(9 + 256),
        Some(9 + 256 + 5),
        None,
        None,
        None,
    ];
    assert_eq!(all.iter().map(|it| it.1).collect::<Vec<_>>(), expected);
}

#[test]
fn a_run_of_small_deltas_adds_up() {
    let all = named(&said(10, 3, 1, &[0x2003], &[255, 0, 255]));
    assert_eq!(all, [(10, Some(255)), (11, Some(255)), (12, Some(510))]);
}

#[test]
fn the_count_ends_a_chunk_and_padding_is_no_delta() {
    let all = named(&said(10, 2, 1, &[0xbfff], &[4, 4, 0, 2]));
    assert_eq!(all, [(10, Some(4)), (11, Some(8))]);
}

#[test]
fn the_reference_has_24_bits() {
    let said = said(0, 1, 0x00ab_cdef, &[1], &[]);
    let feedback = TransportFeedback::read(&said).unwrap();
    assert_eq!(feedback.reference(), 0x00ab_cdef);
}

#[test]
fn a_feedback_ends_where_it_lies() {
    // It counts more than its chunks name; there is no saying where deltas would begin.
    assert_eq!(named(&said(0, 9, 1, &[2], &[])), [(0, None), (1, None)]);
    assert_eq!(named(&said(0, 9, 1, &[0x2002], &[])), []);
    // Deltas are missing, whole and half.
    assert_eq!(named(&said(0, 2, 1, &[0x2002], &[7])), [(0, Some(7))]);
    assert_eq!(named(&said(0, 1, 1, &[0x4001], &[7])), []);
    // A status that has no meaning.
    assert_eq!(named(&said(0, 2, 1, &[0x6002], &[7, 7])), []);
    // It says nothing at all.
    assert_eq!(named(&said(0, 0, 1, &[0x2002], &[7, 7])), []);
    assert_eq!(named(&said(0, 2, 1, &[], &[])), []);
    assert_eq!(named(&said(0, 2, 1, &[], &[0x20])), []);
    // Runs of nothing.
    assert_eq!(
        named(&said(0, 2, 1, &[0, 0, 0x2000, 2], &[])),
        [(0, None), (1, None)]
    );
}

#[test]
fn an_end_is_an_end() {
    // A status that has no meaning, and then some that would have one.
    let said = said(0, 7, 1, &[0b1111_0000_0000_0000], &[7]);
    let feedback = TransportFeedback::read(&said).unwrap();
    let mut packets = feedback.packets();
    assert_eq!(packets.next(), None);
    assert_eq!(packets.next(), None);
}

#[test]
fn what_is_too_short_names_nothing() {
    for length in 0..8 {
        let said = vec![1; length];
        assert_eq!(TransportFeedback::read(&said), None);
    }
}

/// Writes a feedback on these packets, in chunks of the kinds that are given, one after the other and again.
fn written(base: u16, came: &[Option<i64>], kinds: &[u8]) -> Vec<u8> {
    let mut last = 0;
    let mut deltas = Vec::new();
    let mut statuses = Vec::new();
    for at in came {
        let status = match at.map(|at| at - last) {
            None => NOT_RECEIVED,
            Some(delta) => {
                last += delta;
                if let Ok(delta) = u8::try_from(delta) {
                    deltas.push(delta);
                    SMALL_DELTA
                } else {
                    deltas.extend(i16::try_from(delta).unwrap().to_be_bytes());
                    LARGE_DELTA
                }
            }
        };
        statuses.push(status);
    }
    let mut chunks = Vec::new();
    let mut rest = &statuses[..];
    let mut kinds = kinds.iter().cycle();
    while let Some(first) = rest.first() {
        let vector = |size: usize, bits: usize| {
            let all = rest.iter().chain(std::iter::repeat(&0)).take(size);
            all.fold(0, |vector, status| vector << bits | status)
        };
        let is_small = rest.iter().take(14).all(|it| *it < LARGE_DELTA);
        let (chunk, length) = match kinds.next().unwrap() {
            0 if is_small => (0x8000 | vector(14, 1), 14),
            1 => (0xc000 | vector(7, 2), 7),
            _ => {
                let run = rest
                    .iter()
                    .take(0x1fff)
                    .take_while(|it| *it == first)
                    .count();
                (first << 13 | u16::try_from(run).unwrap(), run)
            }
        };
        chunks.push(chunk);
        rest = &rest[length.min(rest.len())..];
    }
    let count = u16::try_from(came.len()).unwrap();
    let mut said = said(base, count, 77, &chunks, &deltas);
    said.resize(said.len().next_multiple_of(4), 0);
    said
}

prop_compose! {
    /// Packets with arrivals that can be written.
    fn arrivals()(
        steps in proptest::collection::vec(
            prop_oneof![
                Just(None),
                (0..256_i64).prop_map(Some),
                (-32_768..32_768_i64).prop_map(Some),
            ],
            0..60,
        ),
        repeats in 1..20_usize,
    ) -> Vec<Option<i64>> {
        let mut at = 0;
        let steps = steps.iter().flat_map(|step| std::iter::repeat_n(step, repeats));
        let came = steps.map(|step| {
            at += (*step)?;
            Some(at)
        });
        came.collect()
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        base in any::<u16>(),
        came in arrivals(),
        kinds in proptest::collection::vec(0..3_u8, 1..9),
    ) {
        let numbers = (0..came.len()).map(|it| base.wrapping_add(u16::try_from(it).unwrap()));
        let expected: Named = numbers.zip(came.iter().copied()).collect();
        prop_assert_eq!(named(&written(base, &came, &kinds)), expected);
    }

    #[test]
    fn whatever_is_said_names_no_more_than_its_count(
        said in proptest::collection::vec(any::<u8>(), 8..300),
    ) {
        let all = named(&said);
        let count = u16::from_be_bytes([said[2], said[3]]);
        prop_assert!(all.len() <= usize::from(count));
        let came = all.iter().filter(|it| it.1.is_some()).count();
        prop_assert!(came <= said.len() - 8);
    }

    #[test]
    fn a_feedback_that_is_cut_says_no_more_than_the_whole(
        came in arrivals(),
        kinds in proptest::collection::vec(0..3_u8, 1..9),
        cut in 0..64_usize,
    ) {
        let whole = written(9, &came, &kinds);
        let length = whole.len().saturating_sub(cut).max(8);
        prop_assert!(named(&whole[..length]).len() <= came.len());
    }
}
