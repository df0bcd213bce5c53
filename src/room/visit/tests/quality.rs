//! Readings of connections in a visit.

use super::*;
use crate::room::preferences::Preferences;
use crate::room::quality::report::Report;
use crate::room::quality::sample::TrackMap;
use crate::room::sending::target::DataMode;
use crate::room::testing::fixture::peer;
use crate::room::testing::visiting::Visiting;
use crate::room::visit::action::VisitAction;
use crate::room::visit::event::VisitEvent;

fn rounds(effects: &[VisitEffect]) -> usize {
    let round = |effect: &&VisitEffect| **effect == VisitEffect::ReadConnections;
    effects.iter().filter(round).count()
}

fn reading(generation: u32) -> VisitEvent {
    VisitEvent::Read(Box::new(Reading {
        peer: peer("a"),
        generation,
        tracks: TrackMap::default(),
        report: Report::default(),
    }))
}

fn steered(effects: &[VisitEffect]) -> bool {
    let steer = |effect: &VisitEffect| matches!(effect, VisitEffect::Steer(..));
    effects.iter().any(steer)
}

#[test]
fn connections_are_read_every_two_seconds_and_a_round_waits_for_the_one_before() {
    let mut alone = Visiting::joined(Preferences::default(), &[]);
    assert_eq!(rounds(&alone.wait(60_000)), 0);
    let mut visiting = Visiting::joined(Preferences::default(), &["a"]);
    assert_eq!(rounds(&visiting.wait(10_000)), 1);
    let effects = visiting.feed(VisitEvent::ReadingsEnded);
    assert!(effects.contains(&VisitEffect::Changed(Aspect::Quality)));
    for _ in 0..3 {
        assert_eq!(rounds(&visiting.wait(2_000)), 1);
        visiting.feed(VisitEvent::ReadingsEnded);
    }
}

#[test]
fn a_reading_counts_for_the_connection_there_is_and_not_for_one_before() {
    let mut visiting = Visiting::joined(Preferences::default(), &["a"]);
    let points = |visiting: &Visiting| {
        let history = visiting.visit.quality().history(&peer("a"));
        history.map_or(0, |history| history.points().count())
    };
    visiting.feed(reading(1));
    visiting.feed(reading(1));
    assert_eq!(points(&visiting), 1);
    visiting.feed(reading(7));
    assert_eq!(points(&visiting), 1);
    visiting.leave();
    visiting.feed(VisitEvent::ReadingsEnded);
    assert!(visiting.visit.quality().history(&peer("a")).is_none());
}

#[test]
fn what_is_captured_and_how_sparing_the_user_is_decide_what_is_sent() {
    let mut visiting = Visiting::joined(Preferences::default(), &["a"]);
    let effects = visiting.feed(VisitEvent::Captured(CapturedPictures {
        camera: Some((720, 30.0)),
        screen: false,
    }));
    assert!(steered(&effects));
    let effects = visiting.want(VisitAction::SetData(DataMode::Save));
    assert!(steered(&effects));
    assert!(effects.contains(&VisitEffect::Remember));
}
