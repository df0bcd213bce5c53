//! The own recording in a visit.

use super::*;
use crate::room::channel::Channel;
use crate::room::media::recording::action::RecordingKind;
use crate::room::messaging::frame::ChatFrame;
use crate::room::preferences::Preferences;
use crate::room::testing::fixture::peer;
use crate::room::testing::visiting::{Visiting, chat_frames, told};
use crate::room::visit::action::VisitAction;
use crate::room::visit::event::VisitEvent;

const START: RecordingAction = RecordingAction::Start(RecordingKind::SoundOnly);

fn commands(effects: &[VisitEffect]) -> Vec<RecordingCommand> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            VisitEffect::Recording(command) => Some(*command),
            _ => None,
        })
        .collect()
}

fn ask(visiting: &mut Visiting, action: RecordingAction) -> Vec<VisitEffect> {
    visiting.want(VisitAction::Record(action))
}

fn hear(visiting: &mut Visiting, event: RecordingEvent) -> Vec<VisitEffect> {
    visiting.feed(VisitEvent::Recording(event))
}

fn in_call() -> Visiting {
    let mut visiting = Visiting::joined(Preferences::default(), &["a"]);
    visiting.open("a", Channel::Chat);
    visiting
}

/// What the others are told of the recording.
fn said(effects: &[VisitEffect]) -> Vec<bool> {
    let frames = chat_frames(effects).into_iter();
    frames
        .filter_map(|(to, frame)| match frame {
            ChatFrame::Recording { on } => {
                assert_eq!(to, peer("a"));
                Some(on)
            }
            _ => None,
        })
        .collect()
}

#[test]
fn everyone_knows_that_it_runs_for_as_long_as_it_does() {
    let mut visiting = in_call();
    let effects = ask(&mut visiting, START);
    let start = RecordingCommand::Start(RecordingKind::SoundOnly);
    assert_eq!(commands(&effects), [start]);
    assert_eq!(
        said(&effects),
        Vec::<bool>::new(),
        "it may not begin at all"
    );
    assert_eq!(said(&hear(&mut visiting, RecordingEvent::Began)), [true]);
    assert_eq!(commands(&ask(&mut visiting, START)), [], "one at a time");
    let effects = ask(&mut visiting, RecordingAction::Stop);
    assert_eq!(commands(&effects), [RecordingCommand::Stop]);
    assert_eq!(
        said(&effects),
        Vec::<bool>::new(),
        "its last piece is missing"
    );
    let ended = RecordingEvent::Ended {
        is_empty: false,
        problem: None,
    };
    let effects = hear(&mut visiting, ended);
    assert_eq!(said(&effects), [false]);
    let hand_over = RecordingCommand::HandOver { problem: None };
    assert_eq!(commands(&effects), [hand_over]);
    assert_eq!(commands(&ask(&mut visiting, START)), [start]);
}

#[test]
fn nothing_is_recorded_outside_a_call_nor_over_what_was_not_saved() {
    let mut lobby = Visiting::opened(Preferences::default());
    assert_eq!(ask(&mut lobby, START), []);
    let mut visiting = in_call();
    hear(&mut visiting, RecordingEvent::Unfinished(true));
    assert!(visiting.visit.has_unfinished_recording());
    let effects = ask(&mut visiting, START);
    assert_eq!(commands(&effects), []);
    assert_eq!(told(&effects), [&Notice::RecordingUnfinished]);
    let effects = ask(&mut visiting, RecordingAction::DiscardUnfinished);
    assert_eq!(commands(&effects), [RecordingCommand::Discard]);
    assert!(!visiting.visit.has_unfinished_recording());
    assert_eq!(commands(&ask(&mut visiting, START)).len(), 1);
}

#[test]
fn a_browser_that_cannot_record_may_be_asked_again() {
    let mut visiting = in_call();
    ask(&mut visiting, START);
    let effects = hear(&mut visiting, RecordingEvent::Unavailable);
    assert_eq!(told(&effects), [&Notice::RecordingUnavailable]);
    assert_eq!(said(&effects), Vec::<bool>::new());
    assert_eq!(commands(&ask(&mut visiting, START)).len(), 1);
}

#[test]
fn what_ended_is_handed_over_if_there_is_anything_and_the_user_hears_what_became_of_it() {
    use RecordingProblem::{Full, NoPlace, TooSlow};
    for (is_empty, problem, handed, notice) in [
        (false, None, true, None),
        (false, Some(Full), true, None),
        (true, None, false, None),
        (true, Some(NoPlace), false, Some(Notice::RecordingFailed)),
    ] {
        let mut visiting = in_call();
        ask(&mut visiting, START);
        hear(&mut visiting, RecordingEvent::Began);
        let effects = hear(&mut visiting, RecordingEvent::Ended { is_empty, problem });
        let hand_over = RecordingCommand::HandOver { problem };
        assert_eq!(commands(&effects).contains(&hand_over), handed);
        assert_eq!(told(&effects), notice.iter().collect::<Vec<_>>());
    }
    for (problem, saved, notice) in [
        (None, true, Notice::RecordingSaved),
        (None, false, Notice::RecordingFailed),
        (Some(TooSlow), true, Notice::RecordingSaved),
        (Some(TooSlow), false, Notice::RecordingFailed),
        (Some(Full), true, Notice::RecordingFull),
        (Some(NoPlace), true, Notice::RecordingFailed),
    ] {
        let event = RecordingEvent::HandedOver { problem, saved };
        assert_eq!(told(&hear(&mut in_call(), event)), [&notice], "{problem:?}");
    }
    let effects = hear(&mut in_call(), RecordingEvent::TooSlow);
    assert_eq!(told(&effects), [&Notice::RecordingTooSlow]);
}

#[test]
fn it_ends_with_the_call_and_is_handed_over_all_the_same() {
    let mut visiting = in_call();
    ask(&mut visiting, START);
    hear(&mut visiting, RecordingEvent::Began);
    assert_eq!(commands(&visiting.leave()), [RecordingCommand::Stop]);
    let ended = RecordingEvent::Ended {
        is_empty: false,
        problem: None,
    };
    let effects = hear(&mut visiting, ended);
    assert_eq!(
        commands(&effects),
        [RecordingCommand::HandOver { problem: None }]
    );
}
