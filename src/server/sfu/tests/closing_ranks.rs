use super::*;

/// The numbers of a packet whose picture has this number.
fn numbers(sequence: u64, picture: u16) -> Numbers {
    Numbers {
        sequence,
        timestamp: 0,
        picture_id: Some(PictureId {
            value: picture,
            is_15_bit: true,
        }),
        tl0: None,
        key_index: None,
    }
}

/// The numbers with which it goes on.
fn closed(ranks: &mut ClosingRanks, sequence: u64, picture: u16) -> Option<(u64, u16)> {
    let closed = ranks.close(numbers(sequence, picture))?;
    Some((closed.sequence, closed.picture_id.unwrap().value))
}

#[test]
fn what_is_behind_closes_up() {
    let mut ranks = ClosingRanks::default();
    assert_eq!(closed(&mut ranks, 100, 7), Some((100, 7)));
    ranks.leave_out(&numbers(101, 8));
    ranks.leave_out(&numbers(102, 8));
    assert_eq!(closed(&mut ranks, 103, 9), Some((101, 8)));
    ranks.leave_out(&numbers(104, 10));
    assert_eq!(closed(&mut ranks, 105, 11), Some((102, 9)));
}

#[test]
fn late_packets_have_the_places_that_they_had() {
    let mut ranks = ClosingRanks::default();
    assert_eq!(closed(&mut ranks, 100, 7), Some((100, 7)));
    ranks.leave_out(&numbers(102, 8));
    assert_eq!(closed(&mut ranks, 104, 9), Some((103, 8)));
    assert_eq!(closed(&mut ranks, 101, 7), Some((101, 7)));
    assert_eq!(closed(&mut ranks, 103, 9), Some((102, 8)));
}

#[test]
fn what_is_left_out_late_moves_nothing() {
    let mut ranks = ClosingRanks::default();
    assert_eq!(closed(&mut ranks, 100, 7), Some((100, 7)));
    assert_eq!(closed(&mut ranks, 103, 9), Some((103, 9)));
    ranks.leave_out(&numbers(101, 8));
    assert_eq!(closed(&mut ranks, 104, 10), Some((104, 10)));
}

#[test]
fn picture_ids_wrap_at_their_width() {
    let mut ranks = ClosingRanks::default();
    let short = |sequence, value| Numbers {
        picture_id: Some(PictureId {
            value,
            is_15_bit: false,
        }),
        ..numbers(sequence, 0)
    };
    ranks.close(short(1, 126)).unwrap();
    ranks.leave_out(&short(2, 127));
    let id = ranks.close(short(3, 0)).unwrap().picture_id.unwrap();
    assert_eq!(id.value, 127);
    ranks.begin();
    ranks.close(numbers(1, 0x7ffe)).unwrap();
    ranks.leave_out(&numbers(2, 0x7fff));
    assert_eq!(closed(&mut ranks, 3, 0), Some((2, 0x7fff)));
}

#[test]
fn without_picture_ids_there_are_sequence_numbers() {
    let mut ranks = ClosingRanks::default();
    let plain = |sequence| Numbers {
        picture_id: None,
        ..numbers(sequence, 0)
    };
    ranks.close(plain(1)).unwrap();
    ranks.leave_out(&plain(2));
    assert_eq!(ranks.close(plain(3)), Some(plain(2)));
}

#[test]
fn memory_is_bounded_and_what_is_too_late_goes_nowhere() {
    let mut ranks = ClosingRanks::default();
    assert_eq!(closed(&mut ranks, 0, 0), Some((0, 0)));
    for picture in 0..200 {
        ranks.leave_out(&numbers(u64::from(2 * picture + 1), 2 * picture + 1));
        let kept = closed(&mut ranks, u64::from(2 * picture + 2), 2 * picture + 2);
        assert_eq!(kept, Some((u64::from(picture + 1), picture + 1)));
    }
    assert_eq!(ranks.left_out.len(), REMEMBERED);
    assert_eq!(closed(&mut ranks, 10, 10), None);
    assert_eq!(closed(&mut ranks, 380, 380), Some((190, 190)));
}

#[test]
fn another_source_has_its_own_numbers() {
    let mut ranks = ClosingRanks::default();
    assert_eq!(closed(&mut ranks, 100, 7), Some((100, 7)));
    ranks.leave_out(&numbers(101, 8));
    ranks.begin();
    assert_eq!(closed(&mut ranks, 5, 1), Some((5, 1)));
}
