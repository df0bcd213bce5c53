//! The sections of a connection to the SFU.

use super::*;
use HubSection::{Sends, Slot};
use SlotKind::{Picture, Voice};

fn slots(voices: u8, pictures: u8) -> SlotCounts {
    SlotCounts { voices, pictures }
}

#[test]
fn what_is_sent_stands_before_the_slots() {
    assert_eq!(
        sections_to_add(&[], slots(2, 1)),
        [
            Sends(TrackKind::Microphone),
            Sends(TrackKind::Camera),
            Sends(TrackKind::ScreenAudio),
            Sends(TrackKind::ScreenVideo),
            Slot(Voice),
            Slot(Voice),
            Slot(Picture),
        ]
    );
}

#[test]
fn a_connection_that_has_everything_lacks_nothing() {
    let all = sections_to_add(&[], slots(8, 4));
    assert_eq!(all.len(), 16);
    assert_eq!(sections_to_add(&all, slots(8, 4)), []);
    let fewer = sections_to_add(&all, slots(6, 0));
    assert_eq!(fewer, [], "nothing is taken away");
}

#[test]
fn growing_adds_slots_at_the_end_alone() {
    let mut there = sections_to_add(&[], slots(8, 4));
    let added = sections_to_add(&there, slots(8, 9));
    assert_eq!(added, [Slot(Picture); 5]);
    there.extend(added);
    let added = sections_to_add(&there, slots(9, 16));
    assert_eq!(added[0], Slot(Voice));
    assert_eq!(added[1..], [Slot(Picture); 7]);
}

#[test]
fn one_of_the_own_tracks_that_was_rejected_does_not_come_back_behind_the_others() {
    let mut there = sections_to_add(&[], slots(1, 1));
    there.retain(|section| *section != Sends(TrackKind::Microphone));
    assert_eq!(sections_to_add(&there, slots(1, 1)), []);
}

#[test]
fn a_wish_for_fewer_slots_takes_none_away() {
    assert_eq!(slots(6, 9).or_more(slots(8, 4)), slots(8, 9));
}
