//! That exactly one line is heard or seen of everybody, whatever arrives, leaves, changes hands and is chosen.

use proptest::prelude::*;

use super::*;
use crate::room::moment::Moment;
use crate::room::path::id::PathIds;

/// Two paths to the same people: one that leads to Ada alone, and one that carries everybody.
struct Paths {
    direct: PathId,
    shared: PathId,
}

fn paths() -> Paths {
    let mut ids = PathIds::since(Moment(1));
    Paths {
        direct: ids.give(),
        shared: ids.give(),
    }
}

fn peer(id: &str) -> PeerId {
    PeerId::new(id.to_owned())
}

fn direct(table: &mut LineTable<u32>, path: PathId, whose: &str, kind: TrackKind, stream: u32) {
    let section = Section::Kind(kind);
    let owner = (peer(whose), kind);
    table.arrive(
        LineKey { path, section },
        Medium::of(kind),
        stream,
        Some(owner),
    );
}

fn slot(table: &mut LineTable<u32>, path: PathId, mid: &str, medium: Medium, stream: u32) {
    let section = Section::Mid(mid.to_owned());
    table.arrive(LineKey { path, section }, medium, stream, None);
}

fn map(entries: &[(&str, &str, TrackKind)]) -> Vec<(String, PeerId, TrackKind)> {
    let entries = entries.iter();
    let entries = entries.map(|(mid, whose, kind)| ((*mid).to_owned(), peer(whose), *kind));
    entries.collect()
}

/// Whose voices are heard, and from which streams.
fn heard(table: &LineTable<u32>) -> Vec<(PeerId, u32)> {
    let voices = table.voices().into_iter();
    let heard = voices.filter(|voice| voice.audible);
    heard
        .map(|voice| (voice.whose.unwrap().0, voice.stream))
        .collect()
}

fn seen(table: &LineTable<u32>) -> Vec<(PeerId, u32)> {
    let pictures = table.pictures().into_iter();
    pictures
        .map(|((whose, _), stream)| (whose, stream))
        .collect()
}

#[test]
fn the_only_line_there_is_is_heard_and_seen() {
    let Paths { direct: path, .. } = paths();
    let mut table = LineTable::new();
    for (stream, kind) in (1..).zip(TrackKind::ALL) {
        direct(&mut table, path, "ada", kind, stream);
    }
    let ada = peer("ada");
    assert_eq!(heard(&table), [(ada.clone(), 1), (ada.clone(), 3)]);
    assert_eq!(
        table.pictures(),
        [
            ((ada.clone(), TrackKind::Camera), 2),
            ((ada, TrackKind::ScreenVideo), 4)
        ]
    );
}

#[test]
fn another_connection_on_the_same_path_brings_the_same_line_anew() {
    let Paths { direct: path, .. } = paths();
    let mut table = LineTable::new();
    direct(&mut table, path, "ada", TrackKind::Microphone, 1);
    let before = table.voices();
    direct(&mut table, path, "ada", TrackKind::Microphone, 2);
    let after = table.voices();
    assert_eq!(heard(&table), [(peer("ada"), 2)]);
    assert_eq!(before[0].key, after[0].key);
}

#[test]
fn a_choice_moves_what_is_heard_without_a_moment_of_two_or_none() {
    let Paths {
        direct: path,
        shared,
    } = paths();
    let mut table = LineTable::new();
    direct(&mut table, path, "ada", TrackKind::Microphone, 1);
    slot(&mut table, shared, "6", Medium::Sound, 7);
    table.attribute(shared, &map(&[("6", "ada", TrackKind::Microphone)]));
    assert_eq!(heard(&table), [(peer("ada"), 1)]);
    assert_eq!(table.voices().len(), 2);
    table.choose(peer("ada"), TrackKind::Microphone, shared);
    assert_eq!(heard(&table), [(peer("ada"), 7)]);
    table.choose(peer("ada"), TrackKind::Microphone, path);
    assert_eq!(heard(&table), [(peer("ada"), 1)]);
}

#[test]
fn sound_and_picture_of_a_person_are_chosen_apart() {
    let Paths {
        direct: path,
        shared,
    } = paths();
    let mut table = LineTable::new();
    direct(&mut table, path, "ada", TrackKind::Microphone, 1);
    direct(&mut table, path, "ada", TrackKind::Camera, 2);
    slot(&mut table, shared, "6", Medium::Sound, 7);
    slot(&mut table, shared, "9", Medium::Picture, 8);
    table.attribute(
        shared,
        &map(&[
            ("6", "ada", TrackKind::Microphone),
            ("9", "ada", TrackKind::Camera),
        ]),
    );
    table.choose(peer("ada"), TrackKind::Microphone, shared);
    assert_eq!(heard(&table), [(peer("ada"), 7)]);
    assert_eq!(seen(&table), [(peer("ada"), 2)]);
    table.choose(peer("ada"), TrackKind::Camera, shared);
    assert_eq!(seen(&table), [(peer("ada"), 8)]);
}

#[test]
fn while_the_chosen_path_does_not_bring_somebody_another_does() {
    let Paths {
        direct: path,
        shared,
    } = paths();
    let mut table = LineTable::new();
    direct(&mut table, path, "ada", TrackKind::Camera, 1);
    slot(&mut table, shared, "9", Medium::Picture, 2);
    table.choose(peer("ada"), TrackKind::Camera, shared);
    assert_eq!(seen(&table), [(peer("ada"), 1)]);
    let page = map(&[("9", "ada", TrackKind::Camera)]);
    table.attribute(shared, &page);
    assert_eq!(seen(&table), [(peer("ada"), 2)]);
    table.attribute(shared, &map(&[("9", "bob", TrackKind::Camera)]));
    assert_eq!(seen(&table), [(peer("ada"), 1), (peer("bob"), 2)]);
    table.attribute(shared, &page);
    assert_eq!(seen(&table), [(peer("ada"), 2)]);
    table.leave(shared);
    assert_eq!(seen(&table), [(peer("ada"), 1)]);
}

#[test]
fn a_path_that_left_is_chosen_for_nobody_any_more() {
    let Paths {
        direct: path,
        shared,
    } = paths();
    let mut table = LineTable::<u32>::new();
    table.choose(peer("ada"), TrackKind::Camera, shared);
    table.choose(peer("bob"), TrackKind::Camera, path);
    table.leave(shared);
    table.forget_all_but(&[peer("ada")]);
    assert!(table.choices.is_empty());
}

#[test]
fn a_line_keeps_its_name_and_plays_on_whoever_owns_it() {
    let Paths { shared, .. } = paths();
    let mut table = LineTable::new();
    slot(&mut table, shared, "6", Medium::Sound, 1);
    let free = table.voices();
    assert_eq!((&free[0].whose, free[0].audible), (&None, false));
    for whose in ["ada", "bob"] {
        table.attribute(shared, &map(&[("6", whose, TrackKind::Microphone)]));
        let [line] = &table.voices()[..] else {
            panic!("one line");
        };
        assert_eq!((&line.key, line.stream), (&free[0].key, 1));
        assert_eq!(line.whose, Some((peer(whose), TrackKind::Microphone)));
        assert!(line.audible);
    }
    table.attribute(shared, &[]);
    assert_eq!(table.voices(), free);
}

#[test]
fn whose_a_line_is_may_be_told_before_it_arrives() {
    let Paths { shared, .. } = paths();
    let mut table = LineTable::new();
    table.attribute(shared, &map(&[("6", "ada", TrackKind::Microphone)]));
    assert!(table.voices().is_empty());
    slot(&mut table, shared, "6", Medium::Sound, 1);
    assert_eq!(heard(&table), [(peer("ada"), 1)]);
    table.attribute(shared, &map(&[("7", "ada", TrackKind::Microphone)]));
    table.attribute(shared, &[]);
    assert_eq!(table.lines.len(), 1);
}

#[test]
fn a_picture_in_a_line_of_sound_is_nobodys() {
    let Paths { shared, .. } = paths();
    let mut table = LineTable::new();
    slot(&mut table, shared, "6", Medium::Sound, 1);
    slot(&mut table, shared, "9", Medium::Picture, 2);
    table.attribute(
        shared,
        &map(&[
            ("6", "ada", TrackKind::Camera),
            ("9", "ada", TrackKind::Microphone),
        ]),
    );
    assert_eq!(table.voices()[0].whose, None);
    assert!(heard(&table).is_empty() && seen(&table).is_empty());
}

#[test]
fn somebody_who_stands_in_two_slots_of_a_path_is_heard_once() {
    let Paths { shared, .. } = paths();
    let mut table = LineTable::new();
    slot(&mut table, shared, "6", Medium::Sound, 1);
    slot(&mut table, shared, "7", Medium::Sound, 2);
    table.attribute(
        shared,
        &map(&[
            ("7", "ada", TrackKind::Microphone),
            ("6", "ada", TrackKind::Microphone),
        ]),
    );
    table.choose(peer("ada"), TrackKind::Microphone, shared);
    assert_eq!(heard(&table), [(peer("ada"), 1)]);
}

#[derive(Clone, Debug)]
enum Deed {
    Arrive(usize, u8, TrackKind, u8),
    Slot(usize, u8, bool),
    Leave(usize),
    Attribute(usize, Vec<(u8, u8, TrackKind)>),
    Choose(u8, TrackKind, usize),
    Forget(u8),
}

fn kinds() -> impl Strategy<Value = TrackKind> {
    (0..TrackKind::ALL.len()).prop_map(|index| TrackKind::ALL[index])
}

fn deeds() -> impl Strategy<Value = Deed> {
    let (paths, people, mids) = (0..3_usize, 0..3_u8, 0..4_u8);
    let owners = proptest::collection::vec((mids.clone(), people.clone(), kinds()), 0..5);
    prop_oneof![
        (paths.clone(), people.clone(), kinds(), mids.clone())
            .prop_map(|(path, who, kind, stream)| Deed::Arrive(path, who, kind, stream)),
        (paths.clone(), mids, any::<bool>())
            .prop_map(|(path, mid, heard)| Deed::Slot(path, mid, heard)),
        paths.clone().prop_map(Deed::Leave),
        (paths.clone(), owners).prop_map(|(path, owners)| Deed::Attribute(path, owners)),
        (people.clone(), kinds(), paths)
            .prop_map(|(who, kind, path)| Deed::Choose(who, kind, path)),
        people.prop_map(Deed::Forget),
    ]
}

proptest! {
    #[test]
    fn exactly_one_line_of_everybody_is_heard_and_seen(story in proptest::collection::vec(deeds(), 0..60)) {
        let mut ids = PathIds::since(Moment(1));
        let names: Vec<PathId> = (0..3).map(|_| ids.give()).collect();
        let mut table = LineTable::new();
        for deed in story {
            match deed {
                Deed::Arrive(path, who, kind, stream) => {
                    direct(&mut table, names[path], &who.to_string(), kind, u32::from(stream));
                }
                Deed::Slot(path, mid, is_heard) => {
                    let medium = if is_heard { Medium::Sound } else { Medium::Picture };
                    slot(&mut table, names[path], &mid.to_string(), medium, 100 + u32::from(mid));
                }
                Deed::Leave(path) => table.leave(names[path]),
                Deed::Attribute(path, owners) => {
                    let owners: Vec<_> = owners
                        .into_iter()
                        .map(|(mid, who, kind)| (mid.to_string(), peer(&who.to_string()), kind))
                        .collect();
                    table.attribute(names[path], &owners);
                }
                Deed::Choose(who, kind, path) => table.choose(peer(&who.to_string()), kind, names[path]),
                Deed::Forget(who) => {
                    let others = (0..3_u8).filter(|other| *other != who);
                    let others: Vec<_> = others.map(|other| peer(&other.to_string())).collect();
                    table.forget_all_but(&others);
                }
            }
            let (voices, pictures) = (table.voices(), table.pictures());
            for voice in &voices {
                let Some(owner) = &voice.whose else {
                    prop_assert!(!voice.audible);
                    continue;
                };
                let theirs = voices.iter().filter(|other| other.whose.as_ref() == Some(owner));
                let audible: Vec<_> = theirs.filter(|other| other.audible).collect();
                prop_assert_eq!(audible.len(), 1);
                let choice = table.choices.iter().find(|(whose, _)| whose == owner);
                if choice.is_some_and(|(_, path)| voice.key.path == *path) {
                    prop_assert_eq!(audible[0].key.path, voice.key.path);
                }
            }
            for (owner, _) in &pictures {
                let shown = pictures.iter().filter(|(other, _)| other == owner);
                prop_assert_eq!(shown.count(), 1);
            }
            for line in &table.lines {
                let Some(owner) = line.whose.as_ref().filter(|owner| line.stream_of(owner).is_some()) else {
                    continue;
                };
                let is_there = match Medium::of(owner.1) {
                    Medium::Sound => voices.iter().any(|voice| voice.whose.as_ref() == Some(owner)),
                    Medium::Picture => pictures.iter().any(|(whose, _)| whose == owner),
                };
                prop_assert!(is_there);
            }
        }
    }
}
