//! Notices of people, in the order in which things happen.

use super::*;

fn name(name: &str) -> DisplayName {
    DisplayName::parse(name).unwrap()
}

fn several(occasion: Occasion, names: &[&str]) -> Notice {
    let names: Vec<DisplayName> = names.iter().map(|it| name(it)).collect();
    Notice::People(occasion, Names::of(&names).unwrap(), None)
}

/// Something happens to each of these in a small room.
fn hear(gathering: &mut Gathering, ms: u64, occasion: Occasion, names: &[&str]) -> Vec<Notice> {
    let notices = names
        .iter()
        .filter_map(|who| gathering.hear(Moment(ms), occasion, name(who), None, 3));
    notices.collect()
}

#[test]
fn the_first_is_told_at_once_and_the_others_together_a_second_later() {
    let mut gathering = Gathering::default();
    let left = ["Quentin", "Noor", "Ben", "Cem", "Noor"];
    let at_once = hear(&mut gathering, 0, Occasion::Went, &left);
    assert_eq!(at_once, [several(Occasion::Went, &["Quentin"])]);
    assert_eq!(gathering.next_deadline(), Some(Moment(1_000)));
    assert_eq!(gathering.tick(Moment(999)), []);
    let together = gathering.tick(Moment(1_000));
    let names = ["Quentin", "Noor", "Ben", "Cem"];
    assert_eq!(together, [several(Occasion::Went, &names)]);
    assert_eq!(gathering.next_deadline(), None);
}

#[test]
fn what_happens_while_a_notice_is_shown_is_told_with_it_and_later_by_itself() {
    let mut gathering = Gathering::default();
    hear(&mut gathering, 0, Occasion::Came, &["Ada"]);
    let both = [several(Occasion::Came, &["Ada", "Ben"])];
    assert_eq!(hear(&mut gathering, 4_999, Occasion::Came, &["Ben"]), both);
    let alone = [several(Occasion::Came, &["Cem"])];
    assert_eq!(hear(&mut gathering, 9_999, Occasion::Came, &["Cem"]), alone);
}

#[test]
fn who_only_passes_through_is_not_told_of() {
    let mut gathering = Gathering::default();
    let mut told = Vec::new();
    for ms in 0..10_000 {
        told.extend(gathering.tick(Moment(ms)));
        let occasion = [Occasion::Came, Occasion::Went][(ms % 2) as usize];
        told.extend(hear(&mut gathering, ms, occasion, &["Flood"]));
    }
    assert!(told.len() <= 20, "{} notices in ten seconds", told.len());
    let late = gathering.tick(Moment(60_000));
    assert!(late.len() <= 1 && gathering.tick(Moment(70_000)).is_empty());
    assert_eq!(gathering.occasions.len(), 0, "nothing is kept of it");
}

#[test]
fn the_last_that_is_told_is_how_it_is() {
    let mut gathering = Gathering::default();
    hear(&mut gathering, 0, Occasion::RecordingStarted, &["Ada"]);
    let stopped = hear(&mut gathering, 2_000, Occasion::RecordingStopped, &["Ada"]);
    assert_eq!(stopped, [several(Occasion::RecordingStopped, &["Ada"])]);
    let again = hear(&mut gathering, 4_000, Occasion::RecordingStarted, &["Ada"]);
    assert_eq!(again, [several(Occasion::RecordingStarted, &["Ada"])]);
    let at_last = hear(&mut gathering, 4_100, Occasion::RecordingStopped, &["Ada"]);
    assert_eq!(at_last, stopped);
    hear(&mut gathering, 4_200, Occasion::RecordingStarted, &["Ada"]);
    hear(&mut gathering, 4_300, Occasion::RecordingStopped, &["Ada"]);
    assert_eq!(gathering.tick(Moment(60_000)), [], "as it was told");
}

#[test]
fn a_hand_that_goes_up_and_down_is_told_once_and_every_message_is_worth_a_word() {
    let mut gathering = Gathering::default();
    let hands =
        (0..40).flat_map(|step| hear(&mut gathering, step * 100, Occasion::HandRaised, &["Ada"]));
    assert_eq!(hands.count(), 1);
    let said = Occasion::Said(crate::room::channel::Addressed::Everyone);
    let messages = (0..40).flat_map(|step| hear(&mut gathering, step * 100, said, &["Ada"]));
    assert_eq!(messages.count(), 4, "one a second");
}

#[test]
fn where_many_are_nobodys_coming_and_going_is_told_and_everything_else_is() {
    let mut gathering = Gathering::default();
    for (people, is_told) in [(6, true), (7, false)] {
        let mut gathering = Gathering::default();
        for occasion in [Occasion::Came, Occasion::Went, Occasion::Lost] {
            let told = gathering.hear(Moment(0), occasion, name("Ada"), None, people);
            assert_eq!(told.is_some(), is_told, "{occasion:?} of {people}");
        }
    }
    for occasion in [
        Occasion::Removed,
        Occasion::HandRaised,
        Occasion::SharesScreen,
    ] {
        let told = gathering.hear(Moment(0), occasion, name("Ada"), None, 500);
        assert!(told.is_some(), "{occasion:?}");
    }
}

#[test]
fn a_crowd_is_told_of_in_one_notice_of_bounded_length() {
    let mut gathering = Gathering::default();
    for number in 0..2_000_u64 {
        let who = format!("P{number}");
        hear(&mut gathering, number / 3, Occasion::HandRaised, &[&who]);
    }
    let told = gathering.tick(Moment(1_000));
    assert!(
        matches!(&told[..], [Notice::People(_, names, None)] if names.others == MOST_NAMES - 2)
    );
}

#[test]
fn what_several_say_is_told_together_with_the_first_words_of_the_newest() {
    let addressed = crate::room::channel::Addressed::Everyone;
    let mut gathering = Gathering::default();
    let mut say = |ms, who: &str, words: &str| {
        let said = Notice::said(addressed, name(who), words.to_owned());
        let Notice::People(occasion, names, excerpt) = said else {
            return None;
        };
        gathering.hear(Moment(ms), occasion, names.first, excerpt, 3)
    };
    let alone = |who: &str, words: &str| {
        let said = Notice::said(addressed, name(who), words.to_owned());
        Some(said)
    };
    assert_eq!(say(0, "Ada", "Hello"), alone("Ada", "Hello"));
    assert_eq!(say(2_000, "Ada", "There?"), alone("Ada", "There?"));
    let newest = Excerpt {
        author: name("Ben"),
        beginning: "Yes".to_owned(),
    };
    let names = Names::of(&[name("Ada"), name("Ben")]).unwrap();
    let both = Notice::People(Occasion::Said(addressed), names, Some(newest));
    assert_eq!(
        say(9_999, "Ben", "Yes"),
        Some(both),
        "the other is still shown"
    );
    assert_eq!(say(17_999, "Ben", "Well"), alone("Ben", "Well"));
}

#[test]
fn a_crowd_of_devices_takes_nothing_from_what_is_told_of_people() {
    let mut gathering = Gathering::default();
    hear(&mut gathering, 0, Occasion::Came, &["Ada", "Ben"]);
    let told = gathering.hear(Moment(1), Occasion::DeviceCame, name("Lamp"), None, 7);
    assert_eq!(told, None);
    let both = several(Occasion::Came, &["Ada", "Ben"]);
    assert_eq!(gathering.tick(Moment(1_000)), [both]);
}
