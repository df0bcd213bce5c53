//! Files in a visit.

use super::*;
use crate::room::channel::Channel;
use crate::room::messaging::event::MessagingEvent;
use crate::room::messaging::files::effect::{DiskCommand, DiskEvent, SourceId};
use crate::room::messaging::files::file::{FileInfo, FileName, MediaType};
use crate::room::messaging::files::sending::{FILES_AT_ONCE, PickedFile};
use crate::room::messaging::files::wire::{FileControl, TransferId};
use crate::room::messaging::recipients::Recipients;
use crate::room::messaging_error::{MessagingError, OfferError};
use crate::room::notice::Notice;
use crate::room::preferences::Preferences;
use crate::room::testing::fixture::peer;
use crate::room::testing::visiting::{Visiting, told};
use crate::room::visit::action::VisitAction;
use crate::room::visit::event::VisitEvent;

fn key(id: u32) -> TransferKey {
    TransferKey {
        peer: peer("a"),
        side: Side::Receiver,
        id: TransferId(id),
    }
}

fn offer(id: u32) -> FileControl {
    FileControl::Offer {
        id: TransferId(id),
        name: format!("file-{id}.txt"),
        size: 3,
        mime: "text/plain".to_owned(),
    }
}

/// In the call with somebody who offers so many files.
fn offered(files: u32) -> Visiting {
    let mut visiting = Visiting::joined(Preferences::default(), &["a"]);
    visiting.open("a", Channel::Files);
    for id in 0..files {
        visiting.frame("a", Channel::Files, offer(id).to_frame());
    }
    visiting
}

fn ask(visiting: &mut Visiting, action: FileAction) -> Vec<VisitEffect> {
    visiting.want(VisitAction::Files(action))
}

/// A file arrives whole, and is in this place.
fn receive(visiting: &mut Visiting, id: u32, keeping: Keeping) {
    let disk = |event| VisitEvent::Messaging(MessagingEvent::Disk(event));
    visiting.feed(disk(DiskEvent::Opened { key: key(id) }));
    visiting.feed(VisitEvent::Kept(key(id), keeping));
    visiting.feed(disk(DiskEvent::Finished { key: key(id) }));
}

fn opened(effects: &[VisitEffect]) -> Vec<TransferKey> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            VisitEffect::Disk(DiskCommand::Open { key }) => Some(key.clone()),
            _ => None,
        })
        .collect()
}

fn saved(effects: &[VisitEffect]) -> Vec<TransferKey> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            VisitEffect::SaveFile(key, file) => {
                assert_eq!(file.size, 3);
                Some(key.clone())
            }
            _ => None,
        })
        .collect()
}

#[test]
fn all_offers_are_accepted_without_a_question_for_each() {
    let mut visiting = offered(3);
    ask(&mut visiting, FileAction::Cancel(key(1)));
    let effects = ask(&mut visiting, FileAction::AcceptAll);
    assert_eq!(opened(&effects), [key(0), key(2)]);
    for key in [key(0), key(2)] {
        assert!(effects.contains(&VisitEffect::KeepWithPage(key)));
    }
    assert_eq!(opened(&ask(&mut visiting, FileAction::AcceptAll)), []);
}

#[test]
fn one_offer_is_accepted_with_the_question_for_a_place() {
    let mut visiting = offered(2);
    let effects = ask(&mut visiting, FileAction::Accept(key(1)));
    assert_eq!(opened(&effects), [key(1)]);
    let kept = |effect: &VisitEffect| matches!(effect, VisitEffect::KeepWithPage(_));
    assert!(!effects.iter().any(kept));
}

#[test]
fn all_offers_are_declined() {
    let mut visiting = offered(2);
    let effects = ask(&mut visiting, FileAction::DeclineAll);
    let declined = |effect: &&VisitEffect| {
        let VisitEffect::Transmit { frame, .. } = effect else {
            return false;
        };
        let decline = |id| FileControl::Decline { id: TransferId(id) }.to_frame();
        (0..2).any(|id| *frame == decline(id))
    };
    assert_eq!(effects.iter().filter(declined).count(), 2);
}

#[test]
fn only_what_would_be_lost_with_the_page_is_saved_and_only_once() {
    let mut visiting = offered(2);
    for (id, keeping) in [(0, Keeping::Chosen), (1, Keeping::WithPage)] {
        ask(&mut visiting, FileAction::Accept(key(id)));
        receive(&mut visiting, id, keeping);
    }
    assert_eq!(saved(&ask(&mut visiting, FileAction::SaveAll)), [key(1)]);
    assert_eq!(visiting.visit.keeping(&key(1)), Keeping::Saved);
    assert_eq!(saved(&ask(&mut visiting, FileAction::SaveAll)), []);
    // Whoever asks for one again gets it again.
    assert_eq!(
        saved(&ask(&mut visiting, FileAction::Save(key(1)))),
        [key(1)]
    );
}

#[test]
fn what_only_the_page_has_is_saved_when_the_call_ends() {
    let mut visiting = offered(1);
    ask(&mut visiting, FileAction::AcceptAll);
    receive(&mut visiting, 0, Keeping::WithPage);
    assert_eq!(saved(&visiting.leave()), [key(0)]);
}

#[test]
fn clearing_the_list_keeps_what_was_not_saved_yet() {
    let mut visiting = offered(3);
    ask(&mut visiting, FileAction::Cancel(key(0)));
    ask(&mut visiting, FileAction::Cancel(key(1)));
    visiting.feed(VisitEvent::Kept(key(1), Keeping::WithPage));
    let effects = ask(&mut visiting, FileAction::DismissAll);
    let forgotten: Vec<_> = effects
        .iter()
        .filter_map(|effect| match effect {
            VisitEffect::ForgetFile(key) => Some(key.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(forgotten, [key(0)]);
    let transfers = visiting.visit.messaging().unwrap().transfers();
    assert_eq!(transfers.list().len(), 2);
}

#[test]
fn files_that_cannot_be_offered_are_let_go_and_the_user_hears_why() {
    let picked = |source| PickedFile {
        source: SourceId(source),
        name: "a.txt".to_owned(),
        size: 1,
        media_type: "text/plain".to_owned(),
    };
    let too_many = u32::try_from(FILES_AT_ONCE).unwrap() + 1;
    let offer = |visiting: &mut Visiting| {
        visiting.want(VisitAction::Messaging(MessagingAction::Offer {
            files: (0..too_many).map(picked).collect(),
            to: Recipients::Everyone,
        }))
    };
    let released = |effects: &[VisitEffect]| {
        let release =
            |it: &&VisitEffect| matches!(it, VisitEffect::Disk(DiskCommand::Release { .. }));
        effects.iter().filter(release).count()
    };
    let effects = offer(&mut offered(0));
    assert_eq!(released(&effects), too_many as usize);
    let error = MessagingError::Offer(OfferError::TooMany {
        count: too_many as usize,
    });
    assert_eq!(told(&effects), [&Notice::NotSent(error)]);
    let effects = offer(&mut Visiting::opened(Preferences::default()));
    assert_eq!(released(&effects), too_many as usize);
    assert_eq!(told(&effects), Vec::<&Notice>::new());
}

#[test]
fn an_offer_is_shown_at_once_and_progress_four_times_a_second() {
    let shown = |effects: &[VisitEffect]| {
        let changed = VisitEffect::Changed(Aspect::Files);
        effects.iter().filter(|effect| **effect == changed).count()
    };
    let mut visiting = Visiting::joined(Preferences::default(), &["a"]);
    visiting.open("a", Channel::Files);
    let effects = visiting.frame("a", Channel::Files, offer(0).to_frame());
    assert_eq!(shown(&effects), 1);
    ask(&mut visiting, FileAction::Accept(key(0)));
    let disk = |event| VisitEvent::Messaging(MessagingEvent::Disk(event));
    assert_eq!(
        shown(&visiting.feed(disk(DiskEvent::Opened { key: key(0) }))),
        0
    );
    // It flows now: its rate and the time left move on by themselves.
    let shows = shown(&visiting.wait(2_000));
    assert!((7..=8).contains(&shows), "{shows}");
}
