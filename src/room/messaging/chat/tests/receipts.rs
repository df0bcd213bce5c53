use super::*;

fn ids(range: std::ops::Range<usize>) -> Vec<MessageId> {
    let ids = range.map(|number| MessageId::parse(&number.to_string()));
    ids.collect::<Option<_>>().unwrap()
}

#[test]
fn the_first_goes_at_once_and_what_comes_within_a_second_goes_together() {
    let mut owed = OwedReceipts::default();
    assert_eq!(owed.due(), None);
    owed.owe(ids(0..1).remove(0));
    assert_eq!(owed.take_due(Moment(5_000)), Some(Receipts(ids(0..1))));
    assert_eq!(owed.due(), None);
    for id in ids(1..4) {
        owed.owe(id);
        assert_eq!(owed.take_due(Moment(5_999)), None);
    }
    assert_eq!(owed.due(), Some(Moment(6_000)));
    assert_eq!(owed.take_due(Moment(6_000)), Some(Receipts(ids(1..4))));
    assert_eq!(owed.take_due(Moment(60_000)), None);
}

#[test]
fn no_more_than_a_hundred_go_together_and_none_is_forgotten() {
    let mut owed = OwedReceipts::default();
    ids(0..250).into_iter().for_each(|id| owed.owe(id));
    for (at, range) in [(0, 0..100), (1_000, 100..200), (2_000, 200..250)] {
        assert_eq!(owed.due(), Some(Moment(at)));
        assert_eq!(owed.take_due(Moment(at)), Some(Receipts(ids(range))));
    }
    assert_eq!(owed.due(), None);
}
