//! The sections of a connection to the SFU: what is offered, and whose media its slots bring.

use super::*;
use crate::device::connection::pairing::{EVERYTHING, NOTHING};

const SLOTS: SlotCounts = SlotCounts {
    voices: 2,
    pictures: 1,
};

fn layout(wish: MediaWish) -> MediaLayout {
    MediaLayout::new(Shape::Hub(SLOTS), PeerId::new("sfu"), wish)
}

/// Offers what is missing, under names from that one on.
fn offer(layout: &mut MediaLayout, first: usize) -> Vec<(MediaKind, Direction)> {
    let missing = layout.missing("");
    let named = missing.iter().enumerate();
    let named = named.map(|(number, section)| {
        let mid = Mid::from((first + number).to_string().as_str());
        (*section, mid)
    });
    layout.offer(named.collect());
    missing.iter().map(|it| (it.medium, it.way)).collect()
}

#[test]
fn what_is_sent_comes_first_and_slots_only_where_something_is_taken() {
    use Direction::{RecvOnly, SendOnly};
    use MediaKind::{Audio, Video};
    let sent = [
        (Audio, SendOnly),
        (Video, SendOnly),
        (Audio, SendOnly),
        (Video, SendOnly),
    ];
    let slots = [(Audio, RecvOnly), (Audio, RecvOnly), (Video, RecvOnly)];
    assert_eq!(offer(&mut layout(NOTHING), 0), sent);
    assert_eq!(
        offer(&mut layout(EVERYTHING), 0),
        [&sent[..], &slots].concat()
    );
}

#[test]
fn what_was_not_answered_is_offered_again_and_slots_are_added_behind() {
    let mut layout = layout(EVERYTHING);
    assert_eq!(offer(&mut layout, 0).len(), 7);
    assert_eq!(layout.sender(TrackKind::Camera), None);
    assert_eq!(offer(&mut layout, 10).len(), 7);
    layout.settle("");
    assert!(layout.missing("").is_empty());
    let senders = TrackKind::ALL.map(|kind| layout.sender(kind).unwrap().to_string());
    assert_eq!(senders, ["10", "11", "12", "13"]);
    layout.grow(SlotCounts {
        voices: 1,
        pictures: 3,
    });
    let more = [(MediaKind::Video, Direction::RecvOnly); 2];
    assert_eq!(offer(&mut layout, 20), more);
    layout.settle("");
    assert!(layout.missing("").is_empty());
}

#[test]
fn a_slot_brings_whom_it_carries_and_nobody_else() {
    let mut layout = layout(EVERYTHING);
    let [voice, face] = ["4", "6"].map(Mid::from);
    assert_eq!(layout.stint(face), None);
    assert_eq!(layout.section(face), Some(Section::Mid("6".to_owned())));
    let carry = |whose: &str| {
        let of = |mid: &str, kind| (mid.to_owned(), PeerId::new(whose), kind);
        vec![of("4", TrackKind::Microphone), of("6", TrackKind::Camera)]
    };
    assert_eq!(layout.attribute(carry("ada")), [face], "pictures are new");
    let ada = layout.stint(face).unwrap().clone();
    assert_eq!((ada.whose.as_str(), ada.kind), ("ada", TrackKind::Camera));
    assert_eq!(layout.attribute(carry("ada")), []);
    assert_eq!(layout.stint(face), Some(&ada), "it goes on");
    assert_eq!(layout.attribute(carry("bob")), [face]);
    assert_eq!(layout.stint(voice).unwrap().whose.as_str(), "bob");
    assert_eq!(layout.attribute(Vec::new()), []);
    assert_eq!(layout.stint(voice), None);
    layout.attribute(carry("ada"));
    assert_ne!(layout.stint(face).unwrap().number, ada.number);
}
