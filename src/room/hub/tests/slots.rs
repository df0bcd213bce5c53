//! Whose picture a slot may be shown as, and when a map counts as seen.

use super::*;
use crate::room::moment::Moment;
use crate::room::path::id::PathIds;
use crate::room::testing::fixture::peer;

fn slot(mid: &str, id: &str, track: Track, from: Option<u32>) -> Slot {
    Slot {
        mid: mid.to_owned(),
        peer: peer(id),
        track,
        from,
        paused: false,
    }
}

fn map(number: u32, slots: &[Slot]) -> SlotMap {
    SlotMap {
        number,
        slots: slots.to_vec(),
    }
}

fn sample(mid: &str, rtp_timestamp: u32, age_ms: u32) -> LineSample {
    LineSample {
        path: PathIds::since(Moment(0)).give(),
        section: Section::Mid(mid.to_owned()),
        rtp_timestamp,
        age_ms,
    }
}

fn carried(slots: &Slots) -> Vec<(String, String, TrackKind)> {
    let carried = slots.carried().into_iter();
    carried
        .map(|(mid, peer, kind)| (mid, peer.to_string(), kind))
        .collect()
}

#[test]
fn sound_is_theirs_at_once_and_a_picture_from_its_first_frame_on() {
    let mut slots = Slots::default();
    let voice = slot("4", "ada", Track::Microphone, None);
    let face = slot("9", "ada", Track::Camera, Some(1_000));
    slots.take(map(1, &[voice, face]));
    let heard = ("4".to_owned(), "ada".to_owned(), TrackKind::Microphone);
    assert_eq!(carried(&slots), std::slice::from_ref(&heard));
    assert!(slots.is_waiting());

    assert!(
        !slots.observe(&[sample("9", 999, 5)]),
        "of who was there before"
    );
    assert_eq!(
        slots.age(&[sample("9", 999, 5)], &peer("ada"), TrackKind::Camera),
        None
    );
    assert!(slots.observe(&[sample("9", 1_000, 5)]));
    let seen = ("9".to_owned(), "ada".to_owned(), TrackKind::Camera);
    assert_eq!(carried(&slots), [heard, seen]);
    assert!(!slots.is_waiting());
    assert!(!slots.observe(&[sample("9", 1_500, 5)]), "once is enough");
    assert_eq!(
        slots.age(&[sample("9", 1_500, 7)], &peer("ada"), TrackKind::Camera),
        Some(7)
    );
}

#[test]
fn timestamps_that_wrap_around_are_later() {
    let mut slots = Slots::default();
    slots.take(map(
        1,
        &[slot("9", "ada", Track::Camera, Some(u32::MAX - 10))],
    ));
    assert!(!slots.observe(&[sample("9", u32::MAX - 11, 0)]));
    assert!(slots.observe(&[sample("9", 20, 0)]));
}

#[test]
fn a_slot_that_changes_hands_shows_nobody_until_the_next_one_is_seen() {
    let mut slots = Slots::default();
    slots.take(map(1, &[slot("9", "ada", Track::Camera, Some(0))]));
    slots.observe(&[sample("9", 5, 0)]);
    assert_eq!(carried(&slots).len(), 1);
    slots.take(map(2, &[]));
    assert!(carried(&slots).is_empty());
    slots.take(map(3, &[slot("9", "bob", Track::Camera, None)]));
    assert!(!slots.is_waiting(), "nothing of theirs is on its way");
    slots.take(map(4, &[slot("9", "bob", Track::Camera, Some(90))]));
    assert!(carried(&slots).is_empty());
    slots.observe(&[sample("9", 6, 0)]);
    assert!(carried(&slots).is_empty());
    slots.observe(&[sample("9", 91, 0)]);
    assert_eq!(carried(&slots)[0].1, "bob");
    // Somebody to whom the slot is given back is shown again only from a new first frame on.
    slots.take(map(5, &[]));
    slots.take(map(6, &[slot("9", "bob", Track::Camera, Some(200))]));
    assert!(carried(&slots).is_empty());
}

#[test]
fn over_a_pause_the_last_picture_stays_where_it_is() {
    let mut slots = Slots::default();
    let face = slot("9", "ada", Track::Camera, Some(0));
    slots.take(map(1, std::slice::from_ref(&face)));
    slots.observe(&[sample("9", 5, 0)]);
    slots.take(map(
        2,
        &[Slot {
            paused: true,
            from: None,
            ..face.clone()
        }],
    ));
    assert_eq!(carried(&slots).len(), 1);
    assert!(!slots.is_waiting());
    slots.take(map(
        3,
        &[Slot {
            from: Some(90_000),
            ..face
        }],
    ));
    assert_eq!(carried(&slots).len(), 1);
    assert!(!slots.is_waiting(), "nothing that was shown is waited for");
}

#[test]
fn the_newest_map_counts_and_is_acknowledged_once() {
    let mut slots = Slots::default();
    assert_eq!(slots.take_unacknowledged(), None);
    slots.take(map(7, &[slot("4", "ada", Track::Microphone, None)]));
    slots.take(map(6, &[]));
    assert_eq!(carried(&slots).len(), 1, "an older map is late");
    assert_eq!(slots.take_unacknowledged(), Some(7));
    assert_eq!(slots.take_unacknowledged(), None);
    // Numbers go on over connections of one run of the server, and begin anew with another.
    slots.reset();
    assert!(carried(&slots).is_empty());
    slots.take(map(7, &[slot("4", "ada", Track::Microphone, None)]));
    assert!(carried(&slots).is_empty());
    slots.begin_anew();
    slots.take(map(1, &[slot("4", "ada", Track::Microphone, None)]));
    assert_eq!(slots.take_unacknowledged(), Some(1));
}
