//! When a visit wants to be woken.

use proptest::prelude::*;

use super::*;
use crate::protocol::MediaState;
use crate::room::call::event::{CallAction, SocketEvent};
use crate::room::channel::Channel;
use crate::room::context::Context;
use crate::room::participant::{Hand, Participant};
use crate::room::path::report::{ConnectionState, PeerEvent};
use crate::room::preferences::Preferences;
use crate::room::testing::fixture::{BOTH, peer, welcome};
use crate::room::testing::visiting::Visiting;
use crate::room::visit::action::VisitAction;
use crate::room::visit::event::VisitEvent;
use crate::room::visit::page::{TileHeights, Visibility};
use crate::room::visit::state::Visit;

fn due(visiting: &Visiting) -> Option<Moment> {
    visiting.visit.next_deadline(Moment(visiting.now))
}

#[test]
fn a_page_on_which_nothing_goes_on_is_never_woken() {
    assert_eq!(Visit::default().next_deadline(Moment(0)), None);
    let mut visiting = Visiting::opened(Preferences::default());
    assert_eq!(due(&visiting), None);
    visiting.join();
    assert!(due(&visiting).is_some(), "joining does not take for ever");
    visiting.server(welcome(false, &["a"]));
    visiting.leave();
    assert_eq!(due(&visiting), None);
}

#[test]
fn who_is_alone_in_a_call_is_woken_to_ask_the_server_and_for_nothing_else() {
    let mut visiting = Visiting::joined(Preferences::default(), &[]);
    let mut wakes = 0;
    while visiting.now < 60_000 {
        let Some(next) = due(&visiting) else { break };
        visiting.now = next.0;
        visiting.feed(VisitEvent::Time);
        visiting.answer_question();
        wakes += 1;
    }
    assert!((5..=12).contains(&wakes), "woken {wakes} times in a minute");
}

/// Something that happens, as chance wants it.
fn something(visiting: &mut Visiting, what: u8) {
    let id = ["a", "b"][usize::from(what % 2)];
    let is_there = visiting.visit.call().call().is_some_and(|call| {
        let person = call.person(&peer(id));
        person.is_some_and(|person| person.direct.is_some())
    });
    match what / 2 {
        0 => drop(visiting.join()),
        1 => drop(visiting.server(welcome(false, &["a"]))),
        2 => drop(visiting.come(id)),
        3 => drop(visiting.open(id, Channel::Chat)),
        4 => drop(visiting.open(id, Channel::Files)),
        5 if is_there => {
            visiting.path(id, PeerEvent::Connection(ConnectionState::Connected));
        }
        6 if is_there => {
            visiting.path(id, PeerEvent::Connection(ConnectionState::Disconnected));
        }
        7 => {
            visiting.server(crate::protocol::ServerMessage::PeerMedia {
                peer: peer(id),
                media: if what.is_multiple_of(2) {
                    BOTH
                } else {
                    MediaState::default()
                },
            });
        }
        8 => {
            let heights = TileHeights {
                main: 800.0 / f64::from(what),
                strip: 90.0,
            };
            visiting.want(VisitAction::SetHeights(heights));
        }
        9 => {
            let sights = [Visibility::Hidden, Visibility::Seen];
            visiting.feed(VisitEvent::Sight(sights[usize::from(what % 2)]));
        }
        10 => drop(visiting.feed(VisitEvent::ReadingsEnded)),
        11 => {
            let levels = vec![(Participant::Peer(peer(id)), 0.4)];
            visiting.feed(VisitEvent::Levels(levels));
        }
        12 => {
            let closed = SocketEvent::Closed(crate::protocol::CloseCode::Other(1006));
            visiting.feed(VisitEvent::Call(Event::Socket(closed)));
        }
        13 => drop(visiting.want(VisitAction::Call(CallAction::SetHand(Hand::Raised)))),
        14 => drop(visiting.leave()),
        _ => {}
    }
}

proptest! {
    #[test]
    fn nothing_is_done_before_the_deadline_and_after_it_the_next_one_is_later(
        story in proptest::collection::vec((0..30_u8, 0..4_000_u64), 0..60)
    ) {
        let mut visiting = Visiting::opened(Preferences::default());
        for (what, pause) in story {
            something(&mut visiting, what);
            // Wakes it when it wants to be woken; `wait` asserts that it then does not want so again at once.
            visiting.wait(pause);
            let now = Moment(visiting.now);
            if visiting.visit.next_deadline(now).is_none_or(|due| due > now) {
                let context = Context { now, chance: 0.5 };
                let effects = visiting.visit.clone().handle(VisitEvent::Time, context);
                prop_assert_eq!(effects, []);
            }
        }
    }
}
