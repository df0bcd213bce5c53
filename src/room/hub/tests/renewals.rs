//! How often somebody is heard who has files begun anew.

use super::*;
use crate::protocol::MediaState;
use crate::room::testing::fixture::peer;

fn ada() -> HubPerson {
    HubPerson {
        id: peer("ada"),
        sfu: None,
        media: MediaState::default(),
        direct: None,
    }
}

#[test]
fn what_is_asked_too_soon_is_heard_later_and_once() {
    let mut renewals = Renewals::default();
    let people = [ada()];
    let nobody: [PeerId; 0] = [];
    assert!(renewals.ask(&people[0].id, Moment(1_000)));
    assert_eq!(renewals.next_deadline(), None);
    for now in [1_100, 1_200] {
        assert!(!renewals.ask(&people[0].id, Moment(now)));
    }
    assert_eq!(renewals.next_deadline(), Some(Moment(1_500)));
    assert_eq!(renewals.follow(&people, Moment(1_499)), nobody);
    assert_eq!(renewals.follow(&people, Moment(1_500)), [peer("ada")]);
    assert_eq!(renewals.next_deadline(), None);
    // That counts as well.
    assert!(!renewals.ask(&people[0].id, Moment(1_999)));
    // Should it be late, it is not heard twice.
    assert!(renewals.ask(&people[0].id, Moment(2_000)));
    assert_eq!(renewals.follow(&people, Moment(2_499)), nobody);
    assert_eq!(renewals.follow(&people, Moment(2_500)), nobody);
}

#[test]
fn nobody_is_remembered_for_longer_than_that_or_who_leaves() {
    let mut renewals = Renewals::default();
    let people = [ada()];
    renewals.ask(&people[0].id, Moment(1_000));
    renewals.follow(&people, Moment(1_499));
    assert!(!renewals.0.is_empty());
    renewals.follow(&people, Moment(1_500));
    assert!(renewals.0.is_empty());
    renewals.ask(&people[0].id, Moment(2_000));
    renewals.ask(&people[0].id, Moment(2_001));
    renewals.follow(&[], Moment(2_500));
    assert!(renewals.0.is_empty());
    assert_eq!(renewals.next_deadline(), None);
}
