use proptest::prelude::*;

use super::*;
use crate::server::sfu::picture_packet::tests::layered;

/// A person and one of their layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Layer(char, u8);

impl Whose for Layer {
    type Person = char;

    fn person(&self) -> char {
        self.0
    }
}

const A_SMALL: Layer = Layer('a', 0);
const A_LARGE: Layer = Layer('a', 2);
const B: Layer = Layer('b', 0);

/// The packet with this number; each is a picture of its own.
fn packet(sequence: u64, is_keyframe: bool) -> PicturePacket {
    layered(u32::try_from(sequence).unwrap(), 0, false, is_keyframe)
}

/// A slot and the time.
struct Watching {
    slot: PictureSlot<Layer>,
    now: Instant,
}

impl Watching {
    fn new() -> Self {
        Self {
            slot: PictureSlot::new(0),
            now: Instant::now(),
        }
    }

    /// A slot that carries this layer, whose packet 0 was a keyframe.
    fn carrying(source: Layer) -> Self {
        let mut watching = Self::new();
        watching.slot.want(Some(source), 1);
        assert_eq!(watching.asked(), Some(source));
        assert_eq!(watching.keyframe(source, 0), Some(0));
        watching
    }

    /// The outgoing sequence number of a packet that is no keyframe.
    fn packet(&mut self, source: Layer, sequence: u64) -> Option<u64> {
        let rewritten = self.slot.take(source, &packet(sequence, false), self.now)?;
        Some(rewritten.sequence)
    }

    /// The outgoing sequence number of a keyframe.
    fn keyframe(&mut self, source: Layer, sequence: u64) -> Option<u64> {
        let rewritten = self.slot.take(source, &packet(sequence, true), self.now)?;
        Some(rewritten.sequence)
    }

    fn asked(&mut self) -> Option<Layer> {
        self.slot.keyframe_wanted(self.now)
    }

    fn wait(&mut self, milliseconds: u64) {
        self.now += Duration::from_millis(milliseconds);
    }
}

#[test]
fn a_fresh_slot_waits_for_a_keyframe_and_for_no_map() {
    let mut watching = Watching::new();
    watching.slot.want(Some(A_SMALL), 7);
    assert_eq!(watching.packet(A_SMALL, 4), None);
    assert_eq!(watching.slot.current(), None);
    assert_eq!(watching.keyframe(A_SMALL, 5), Some(0));
    assert_eq!(watching.packet(A_SMALL, 6), Some(1));
    assert_eq!(watching.slot.current(), Some(A_SMALL));
}

#[test]
fn a_layer_switch_waits_for_a_keyframe() {
    let mut watching = Watching::carrying(A_SMALL);
    watching.slot.want(Some(A_LARGE), 1);
    assert_eq!(watching.packet(A_LARGE, 100), None);
    assert_eq!(watching.packet(A_SMALL, 1), Some(1));
    assert_eq!(watching.keyframe(A_SMALL, 2), Some(2));
    assert_eq!(watching.slot.current(), Some(A_SMALL));
    assert_eq!(watching.slot.wanted(), Some(A_LARGE));
    assert_eq!(watching.keyframe(A_LARGE, 101), Some(3));
    assert_eq!(watching.packet(A_SMALL, 3), None);
    assert_eq!(watching.packet(A_LARGE, 102), Some(4));
    assert_eq!(watching.slot.current(), Some(A_LARGE));
}

#[test]
fn a_layer_switch_that_is_taken_back_asks_for_nothing() {
    let mut watching = Watching::carrying(A_SMALL);
    watching.slot.want(Some(A_LARGE), 1);
    watching.slot.want(Some(A_SMALL), 1);
    assert_eq!(watching.asked(), None);
    assert_eq!(watching.keyframe(A_LARGE, 100), None);
    assert_eq!(watching.packet(A_SMALL, 1), Some(1));
}

#[test]
fn the_old_layer_can_stop_first() {
    let mut watching = Watching::carrying(A_LARGE);
    watching.slot.want(Some(A_SMALL), 1);
    watching.slot.drop_current();
    assert_eq!(watching.keyframe(A_LARGE, 1), None);
    assert_eq!(watching.slot.current(), None);
    assert_eq!(watching.asked(), Some(A_SMALL));
    assert_eq!(watching.keyframe(A_SMALL, 50), Some(1));
}

#[test]
fn a_layer_that_is_dropped_and_wanted_is_back_with_its_next_keyframe() {
    let mut watching = Watching::carrying(A_SMALL);
    let first_timestamp = watching.slot.first_timestamp();
    watching.slot.drop_current();
    assert_eq!(watching.asked(), Some(A_SMALL));
    assert_eq!(watching.packet(A_SMALL, 1), None);
    assert_eq!(watching.keyframe(A_SMALL, 2), Some(1));
    assert_eq!(watching.slot.first_timestamp(), first_timestamp);
}

#[test]
fn nobody_stops_at_once_and_the_same_person_comes_back_without_a_map() {
    let mut watching = Watching::carrying(A_SMALL);
    watching.slot.want(None, 2);
    assert_eq!(watching.keyframe(A_SMALL, 1), None);
    assert_eq!(watching.asked(), None);
    assert_eq!(watching.slot.first_timestamp(), None);
    watching.slot.want(Some(A_SMALL), 3);
    assert_eq!(watching.asked(), Some(A_SMALL));
    assert_eq!(watching.keyframe(A_SMALL, 2), Some(1));
}

#[test]
fn another_person_waits_until_the_map_was_seen() {
    let mut watching = Watching::carrying(A_SMALL);
    watching.slot.want(Some(B), 5);
    assert_eq!(watching.keyframe(A_SMALL, 1), None);
    assert_eq!(watching.keyframe(B, 10), None);
    watching.slot.seen(4);
    assert_eq!(watching.keyframe(B, 11), None);
    assert_eq!(watching.slot.current(), None);
    watching.slot.seen(5);
    watching.slot.seen(3);
    assert_eq!(watching.packet(B, 12), None);
    assert_eq!(watching.keyframe(B, 13), Some(1));
    assert_eq!(watching.slot.current(), Some(B));
}

#[test]
fn another_person_waits_though_nobody_was_carried_in_between() {
    let mut watching = Watching::carrying(A_SMALL);
    watching.slot.want(None, 2);
    watching.slot.want(Some(B), 2);
    assert_eq!(watching.keyframe(B, 10), None);
    watching.slot.seen(2);
    assert_eq!(watching.keyframe(B, 11), Some(1));
}

#[test]
fn a_person_who_was_named_and_never_carried_is_waited_out_too() {
    let mut watching = Watching::new();
    watching.slot.want(Some(A_SMALL), 1);
    watching.slot.want(Some(B), 2);
    assert_eq!(watching.keyframe(B, 0), None);
    // Back behind somebody else: the receiver may believe in that one.
    watching.slot.want(Some(A_SMALL), 3);
    watching.slot.seen(2);
    assert_eq!(watching.keyframe(A_SMALL, 0), None);
    watching.slot.seen(3);
    assert_eq!(watching.keyframe(A_SMALL, 1), Some(0));
}

#[test]
fn a_keyframe_is_asked_for_at_once_then_every_second_and_given_up_after_six() {
    let mut watching = Watching::carrying(A_SMALL);
    assert_eq!(watching.asked(), None);
    watching.slot.want(Some(A_LARGE), 1);
    let mut asked = vec![];
    let mut given_up = None;
    for tenths in 0..=60 {
        if watching.asked() == Some(A_LARGE) {
            asked.push(tenths);
        }
        if watching.slot.given_up(watching.now) {
            given_up = given_up.or(Some(tenths));
        }
        watching.wait(100);
    }
    assert_eq!(asked, [0, 10, 20, 30, 40, 50, 60]);
    assert_eq!(given_up, Some(60));
    assert!(watching.keyframe(A_LARGE, 9).is_some());
    assert!(!watching.slot.given_up(watching.now));
    watching.wait(10_000);
    assert_eq!(watching.asked(), None);
}

#[test]
fn no_keyframe_is_asked_for_before_the_map_was_seen() {
    let mut watching = Watching::carrying(A_SMALL);
    watching.slot.want(Some(B), 2);
    assert_eq!(watching.asked(), None);
    watching.wait(60_000);
    assert!(!watching.slot.given_up(watching.now));
    watching.slot.seen(2);
    assert_eq!(watching.asked(), Some(B));
    assert!(!watching.slot.given_up(watching.now));
}

#[test]
fn a_lost_picture_has_a_keyframe_asked_for_and_goes_on() {
    let mut watching = Watching::carrying(A_SMALL);
    watching.slot.picture_lost();
    assert_eq!(watching.asked(), Some(A_SMALL));
    assert_eq!(watching.packet(A_SMALL, 1), Some(1));
    watching.slot.picture_lost();
    assert_eq!(watching.asked(), None, "it was asked for just now");
    watching.wait(2_000);
    assert_eq!(watching.asked(), Some(A_SMALL));
    assert_eq!(watching.keyframe(A_SMALL, 2), Some(2));
    watching.wait(2_000);
    assert_eq!(watching.asked(), None);
}

#[test]
fn a_slot_that_nobody_is_wanted_in_asks_for_no_keyframe() {
    let mut watching = Watching::new();
    watching.slot.picture_lost();
    watching.slot.drop_current();
    assert_eq!(watching.asked(), None);
}

#[test]
fn a_keyframe_that_others_of_its_packets_overtook_is_asked_for_again() {
    let mut watching = Watching::carrying(A_SMALL);
    watching.slot.want(Some(A_LARGE), 1);
    assert_eq!(watching.asked(), Some(A_LARGE));
    assert_eq!(watching.packet(A_LARGE, 101), None);
    assert_eq!(watching.keyframe(A_LARGE, 100), None);
    assert_eq!(watching.slot.current(), Some(A_SMALL));
    assert_eq!(watching.asked(), Some(A_LARGE));
    assert_eq!(watching.keyframe(A_LARGE, 102), Some(1));
}

#[test]
fn the_first_timestamp_is_the_persons_and_stays_over_their_layers() {
    let mut watching = Watching::new();
    watching.slot.want(Some(A_SMALL), 1);
    assert_eq!(watching.slot.first_timestamp(), None);
    assert!(watching.keyframe(A_SMALL, 4).is_some());
    assert_eq!(watching.slot.first_timestamp(), Some(12_000));
    watching.slot.want(Some(A_LARGE), 1);
    watching.wait(10);
    assert!(watching.keyframe(A_LARGE, 9).is_some());
    assert_eq!(watching.slot.first_timestamp(), Some(12_000));
    watching.slot.want(Some(B), 2);
    assert_eq!(watching.slot.first_timestamp(), None);
    watching.slot.seen(2);
    watching.wait(10);
    assert!(watching.packet(B, 0).is_none());
    assert_eq!(watching.slot.first_timestamp(), None);
    assert!(watching.keyframe(B, 1).is_some());
    assert_eq!(watching.slot.first_timestamp(), Some(12_000 + 20 * 90));
}

/// What can happen to a slot.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// A packet of the layer with this place; a keyframe or not.
    Packet(usize, bool),
    /// This layer is wanted, or nobody.
    Want(Option<usize>),
    /// The receiver sees so many more of the maps that it has not seen.
    Seen(usize),
    DropCurrent,
    PictureLost,
    /// So many milliseconds pass, and the keyframes are asked for.
    Wait(u64),
}

const LAYERS: [Layer; 6] = [
    A_SMALL,
    A_LARGE,
    B,
    Layer('b', 2),
    Layer('c', 0),
    Layer('c', 2),
];

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        10 => (0..LAYERS.len(), any::<bool>()).prop_map(|(layer, key)| Step::Packet(layer, key)),
        3 => proptest::option::weighted(0.8, 0..LAYERS.len()).prop_map(Step::Want),
        2 => (0..3_usize).prop_map(Step::Seen),
        1 => Just(Step::DropCurrent),
        1 => Just(Step::PictureLost),
        2 => (0..3_000_u64).prop_map(Step::Wait),
    ]
}

/// The receiver's side: the maps that were sent, and what it may believe.
struct Maps {
    /// Whose the slot is, by map.
    sent: Vec<Option<char>>,
    /// The place of the last one that was seen.
    seen: usize,
}

impl Maps {
    fn new() -> Self {
        Self {
            sent: vec![None],
            seen: 0,
        }
    }

    /// Sends a map with another person in the slot; says which one is the first since nobody but `person` is in it.
    fn name(&mut self, person: Option<char>) -> u32 {
        if self.sent.last() != Some(&person) {
            self.sent.push(person);
        }
        let is_anothers = |named: &Option<char>| named.is_some() && *named != person;
        let number = self
            .sent
            .iter()
            .rposition(is_anothers)
            .map_or(0, |last| last + 1);
        u32::try_from(number).unwrap()
    }

    /// Whoever the receiver may take the slot for.
    fn believed(&self) -> &[Option<char>] {
        &self.sent[self.seen..]
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn whatever_happens_no_picture_goes_out_under_another_name_and_the_stream_has_no_gap(
        steps in proptest::collection::vec(step(), 0..120),
    ) {
        let mut watching = Watching::new();
        let mut maps = Maps::new();
        let mut sequences = [0_u64; LAYERS.len()];
        let mut last: Option<Rewritten> = None;
        // Whose run goes on: who went out last, unless it was ended.
        let mut running = None;
        for step in steps {
            match step {
                Step::Packet(place, is_keyframe) => {
                    let source = LAYERS[place];
                    sequences[place] += 1;
                    let wanted = watching.slot.wanted();
                    let taken = watching.slot.take(
                        source,
                        &packet(sequences[place], is_keyframe),
                        watching.now,
                    );
                    let is_known = maps
                        .believed()
                        .iter()
                        .all(|named| named.is_none_or(|named| named == source.person()));
                    let begins = is_keyframe && wanted == Some(source) && is_known;
                    prop_assert_eq!(taken.is_some(), running == Some(source) || begins);
                    let Some(rewritten) = taken else {
                        continue;
                    };
                    prop_assert!(is_known, "{:?} went out under {:?}", source, maps.believed());
                    prop_assert!(running == Some(source) || is_keyframe);
                    prop_assert_eq!(wanted.map(|wanted| wanted.person()), Some(source.person()));
                    if let Some(last) = last {
                        prop_assert_eq!(rewritten.sequence, last.sequence + 1);
                        prop_assert_eq!(rewritten.picture_id, last.picture_id.map(|id| id + 1));
                        let later = rewritten.timestamp.wrapping_sub(last.timestamp);
                        prop_assert!((1..=90_000).contains(&later), "{} ticks later", later);
                    }
                    last = Some(rewritten);
                    running = Some(source);
                    prop_assert_eq!(watching.slot.current(), running);
                    prop_assert!(watching.slot.first_timestamp().is_some());
                }
                Step::Want(place) => {
                    let source = place.map(|place| LAYERS[place]);
                    let map_number = maps.name(source.map(|source| source.person()));
                    watching.slot.want(source, map_number);
                    let person = source.map(|source| source.person());
                    running = running.filter(|running| Some(running.person()) == person);
                }
                Step::Seen(more) => {
                    maps.seen = (maps.seen + more).min(maps.sent.len() - 1);
                    watching.slot.seen(u32::try_from(maps.seen).unwrap());
                }
                Step::DropCurrent => {
                    watching.slot.drop_current();
                    running = None;
                }
                Step::PictureLost => watching.slot.picture_lost(),
                Step::Wait(milliseconds) => {
                    watching.wait(milliseconds);
                    let asked = watching.asked();
                    prop_assert!(asked.is_none() || asked == watching.slot.wanted());
                }
            }
            prop_assert_eq!(watching.slot.current(), running);
        }
        // Whoever is wanted comes, once the maps were seen and they send a keyframe.
        watching.slot.seen(u32::try_from(maps.sent.len()).unwrap());
        if let Some(wanted) = watching.slot.wanted() {
            prop_assert!(watching.keyframe(wanted, 500).is_some());
            prop_assert_eq!(watching.slot.current(), Some(wanted));
            prop_assert_eq!(watching.asked(), None);
        }
    }

    #[test]
    fn a_keyframe_is_asked_for_exactly_while_one_is_missing(
        steps in proptest::collection::vec(step(), 0..80),
    ) {
        let mut watching = Watching::new();
        let mut sequences = [0_u64; LAYERS.len()];
        let mut number = 0;
        for step in steps {
            match step {
                Step::Packet(place, is_keyframe) => {
                    sequences[place] += 1;
                    let _ = watching.slot.take(
                        LAYERS[place],
                        &packet(sequences[place], is_keyframe),
                        watching.now,
                    );
                }
                Step::Want(place) => {
                    number += 1;
                    watching.slot.want(place.map(|place| LAYERS[place]), number);
                    watching.slot.seen(number);
                }
                Step::DropCurrent => watching.slot.drop_current(),
                Step::Wait(milliseconds) => watching.wait(milliseconds),
                Step::Seen(_) | Step::PictureLost => {}
            }
            // After a second it is asked for again in any case.
            watching.wait(2_000);
            let wanted = watching.slot.wanted();
            let is_missing = wanted != watching.slot.current();
            prop_assert_eq!(watching.asked(), wanted.filter(|_| is_missing));
        }
    }
}

#[test]
fn a_thinned_slot_leaves_out_every_second_picture_and_its_receiver_sees_no_gap() {
    let mut watching = Watching::new();
    watching.slot.want(Some(A_SMALL), 1);
    watching.asked();
    let mut sent = vec![];
    for sequence in 0..40_u32 {
        watching.slot.thin((10..30).contains(&sequence));
        let is_upper = sequence % 2 == 1;
        let packet = layered(sequence, u8::from(is_upper), is_upper, sequence == 0);
        if let Some(rewritten) = watching.slot.take(A_SMALL, &packet, watching.now) {
            sent.push((rewritten.sequence, rewritten.picture_id.unwrap(), sequence));
        }
    }
    assert_eq!(sent.len(), 30);
    for pair in sent.windows(2) {
        let [(sequence, picture, _), (next, following, _)] = [pair[0], pair[1]];
        assert_eq!((next, following), (sequence + 1, picture + 1), "{sent:?}");
    }
    let kept: Vec<u32> = sent.iter().map(|(_, _, source)| *source).collect();
    assert_eq!(kept[8..14], [8, 9, 10, 12, 14, 16]);
}
