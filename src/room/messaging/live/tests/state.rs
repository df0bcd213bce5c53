//! Live data, frame by frame: what is shown, what is sent when, and what is refused.

use serde_json::json;

use super::*;
use crate::room::messaging::application::Topic;

fn live() -> (Live, PeerId) {
    let ada = PeerId::new("ada");
    let mut live = Live::new(Moment(0));
    live.channel_opened(&ada);
    (live, ada)
}

fn sent(effects: &[LiveEffect]) -> usize {
    let is_send = |effect: &&LiveEffect| matches!(effect, LiveEffect::Send { .. });
    effects.iter().filter(is_send).count()
}

fn message(data: serde_json::Value) -> ApplicationMessage {
    ApplicationMessage {
        topic: Topic::parse("test").unwrap(),
        data,
        ack: None,
    }
}

#[test]
fn a_fast_pointer_is_sent_twenty_times_a_second_after_a_burst_and_ends_where_it_is() {
    let (mut live, ada) = live();
    let mut effects = Vec::new();
    for ms in 0..1_000 {
        let position = Position::new(ms as f64 / 1_000.0, 0.0).unwrap();
        effects.extend(live.point(ada.clone(), position, Moment(ms)));
    }
    assert_eq!(sent(&effects), (BURST + UPDATES_PER_SECOND) as usize - 1);
    let due = live.due(Moment(999)).unwrap();
    let last = live.tick(due);
    assert!(matches!(
        &last[..],
        [LiveEffect::Send { frame: LiveFrame::Pointer { position, .. }, .. }] if position.x() > 0.998
    ));
    assert_eq!(live.due(due), None);
}

#[test]
fn what_comes_twenty_times_a_second_never_waits_long_however_unpunctual_it_is() {
    let (mut live, _) = live();
    let mut now = Moment(0);
    for number in 0..20 * 600 {
        // Up to 100 ms late, and now and then all of a third of a second at once.
        let late = if number % 400 == 0 {
            350
        } else {
            number * 37 % 100
        };
        now = now.max(Moment(number * 50 + late));
        let update = message(json!(number));
        live.send(update, Recipients::Everyone, now).unwrap();
        assert_eq!(live.due(now), None, "{number} waits");
    }
}

#[test]
fn neither_pointers_nor_reactions_starve_the_other() {
    let (mut live, ada) = live();
    let position = Position::new(0.5, 0.5).unwrap();
    let (mut pointers, mut reactions) = (0, 0);
    for ms in 0..2_000 {
        let mut effects = live.point(ada.clone(), position, Moment(ms));
        if ms < 10 {
            effects.extend(live.react(Emoji::parse("👍").unwrap(), Moment(ms)).unwrap());
        }
        for effect in effects {
            match effect {
                LiveEffect::Send {
                    frame: LiveFrame::Pointer { .. },
                    ..
                } => pointers += 1,
                LiveEffect::Send { .. } => reactions += 1,
                _ => {}
            }
        }
    }
    assert_eq!(reactions, 10);
    assert!(pointers >= 25, "{pointers}");
}

#[test]
fn reactions_float_and_go_and_are_never_too_many() {
    let (mut live, ada) = live();
    for _ in 0..100 {
        let frame = LiveFrame::Reaction {
            emoji: Emoji::parse("🎉").unwrap(),
        };
        live.receive(&ada, frame, Moment(5));
    }
    assert_eq!(live.reactions().count(), FLOATING);
    assert_eq!(live.next_deadline(Moment(5)), Some(Moment(4_005)));
    assert_eq!(live.tick(Moment(4_004)), []);
    assert_eq!(live.tick(Moment(4_005)), [LiveEffect::Changed]);
    assert_eq!(live.next_deadline(Moment(4_005)), None);
    assert_eq!(live.reactions().count(), 0);
}

#[test]
fn every_offered_reaction_is_one_emoji() {
    for reaction in REACTIONS {
        assert!(Emoji::parse(reaction).is_some(), "{reaction}");
    }
}

#[test]
fn pointers_that_are_switched_off_are_neither_shown_nor_sent() {
    let (mut live, ada) = live();
    let position = Position::new(0.5, 0.5).unwrap();
    let pointer = |sequence| LiveFrame::Pointer {
        screen: PeerId::new("me"),
        position,
        sequence,
    };
    live.receive(&ada, pointer(1), Moment(0));
    assert_eq!(live.pointers().count(), 1);
    live.set_pointers(Switch::Off);
    live.receive(&ada, pointer(2), Moment(1));
    assert_eq!(live.pointers().count(), 0);
    assert_eq!(live.point(ada, position, Moment(2)), []);
}

#[test]
fn application_messages_are_small_and_go_to_whom_they_are_for() {
    let (mut live, ada) = live();
    live.channel_opened(&PeerId::new("ben"));
    let to_ada = live
        .send(message(json!({"x": 1})), Recipients::Person(ada), Moment(0))
        .unwrap();
    assert_eq!(sent(&to_ada), 1);
    let to_all = live
        .send(message(json!(2)), Recipients::Everyone, Moment(50))
        .unwrap();
    assert_eq!(sent(&to_all), 2);
    let large = live.send(
        message(json!("x".repeat(1_000))),
        Recipients::Everyone,
        Moment(100),
    );
    assert!(matches!(
        large,
        Err(ApplicationError::TooLarge { limit: 1_024, .. })
    ));
    let nobody = live.send(
        message(json!(1)),
        Recipients::Person(PeerId::new("cyd")),
        Moment(100),
    );
    assert_eq!(nobody, Err(ApplicationError::NobodyThere));
    let many: Vec<_> = (0..=BURST as usize + QUEUED)
        .map(|_| live.send(message(json!(1)), Recipients::Everyone, Moment(100)))
        .collect();
    assert!(many.contains(&Err(ApplicationError::TooFast)));
}

#[test]
fn every_deadline_is_the_moment_at_which_something_is_sent_or_hidden() {
    type Before = fn(&mut Live, &PeerId);
    let table: [(&str, Before, &[u64]); 5] = [
        ("nothing", |_, _| {}, &[]),
        (
            "a reaction of somebody else",
            |live, ada| {
                let emoji = Emoji::parse("🎉").unwrap();
                live.receive(ada, LiveFrame::Reaction { emoji }, Moment(7));
            },
            &[4_007],
        ),
        (
            "own reactions, of which the last waits",
            |live, _| {
                for _ in 0..=BURST {
                    live.react(Emoji::parse("🎉").unwrap(), Moment(7)).unwrap();
                }
            },
            &[57, 4_007],
        ),
        (
            "the own pointer, moved more often than at once",
            |live, ada| {
                for _ in 0..=BURST {
                    live.point(ada.clone(), Position::new(0.5, 0.5).unwrap(), Moment(7));
                }
            },
            &[57],
        ),
        (
            "a pointer of somebody else",
            |live, ada| {
                let pointer = LiveFrame::Pointer {
                    screen: ada.clone(),
                    position: Position::new(0.5, 0.5).unwrap(),
                    sequence: 1,
                };
                live.receive(ada, pointer, Moment(7));
            },
            &[3_007],
        ),
    ];
    for (what, before, deadlines) in table {
        let (mut live, ada) = live();
        before(&mut live, &ada);
        let mut now = Moment(7);
        for due in deadlines.iter().copied().map(Moment) {
            assert_eq!(live.next_deadline(now), Some(due), "{what}");
            assert_eq!(live.tick(Moment(due.0 - 1)), [], "{what}");
            assert_ne!(live.tick(due), [], "{what}");
            now = due;
        }
        assert_eq!(live.next_deadline(now), None, "{what}");
    }
}
