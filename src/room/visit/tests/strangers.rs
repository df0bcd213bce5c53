//! Strangers who come, do what strangers can do, and go: nothing of them stays, and however fast they are, what is shown and
//! told of them is not.

use proptest::prelude::*;

use super::*;
use crate::protocol::{DepartureReason, MediaState, ServerMessage};
use crate::room::channel::Channel;
use crate::room::messaging::channel::frame::Frame;
use crate::room::messaging::event::MessagingAction;
use crate::room::messaging::recipients::Recipients;
use crate::room::participant::Participant;
use crate::room::path::report::{ConnectionState, PeerEvent};
use crate::room::testing::fixture::{BOTH, peer};
use crate::room::testing::visiting::{Visiting, told};

/// What a stranger can do.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Connect,
    Hand(bool),
    Media(MediaState),
    Record(bool),
    OfferFile(u32),
    TakeFileBack(u32),
    Point,
    React,
    ViewMe,
    Speak,
    GoAway,
    ComeBack,
}

use Deed::{
    ComeBack, Connect, GoAway, Hand, Media, OfferFile, Point, React, Record, Speak, TakeFileBack,
    ViewMe,
};

const SHARING: MediaState = MediaState {
    screen: true,
    ..BOTH
};

/// Everything, in an order in which all of it works.
const ALL: [Deed; 18] = [
    Connect,
    Hand(true),
    Media(SHARING),
    Record(true),
    OfferFile(1),
    OfferFile(2),
    TakeFileBack(1),
    Point,
    React,
    ViewMe,
    Speak,
    GoAway,
    ComeBack,
    Hand(false),
    Hand(true),
    Record(false),
    Record(true),
    Media(BOTH),
];

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    proptest::collection::vec(proptest::sample::select(ALL.to_vec()), 0..12)
}

fn text(visiting: &mut Visiting, id: &str, channel: Channel, text: &str) -> Vec<VisitEffect> {
    visiting.frame(id, channel, Frame::Text(text.to_owned()))
}

fn act(visiting: &mut Visiting, id: &str, deed: Deed) -> Vec<VisitEffect> {
    match deed {
        Connect => connect(visiting, id),
        Hand(raised) => visiting.server(ServerMessage::PeerHand {
            peer: peer(id),
            raised,
        }),
        Media(media) => visiting.server(ServerMessage::PeerMedia {
            peer: peer(id),
            media,
        }),
        Record(on) => {
            let frame = format!(r#"{{"type":"recording","on":{on}}}"#);
            text(visiting, id, Channel::Chat, &frame)
        }
        OfferFile(number) => {
            let frame = format!(
                r#"{{"type":"offer","id":{number},"name":"a.png","size":9,"mime":"image/png"}}"#
            );
            text(visiting, id, Channel::Files, &frame)
        }
        TakeFileBack(number) => {
            let frame = format!(r#"{{"type":"cancel","id":{number},"by":"sender"}}"#);
            text(visiting, id, Channel::Files, &frame)
        }
        Point => {
            let frame = r#"{"type":"pointer","screen":"me","x":0.5,"y":0.5,"sequence":1}"#;
            text(visiting, id, Channel::Live, frame)
        }
        React => text(
            visiting,
            id,
            Channel::Live,
            r#"{"type":"reaction","emoji":"🎉"}"#,
        ),
        ViewMe => text(
            visiting,
            id,
            Channel::Chat,
            r#"{"type":"viewing","camera":"hidden"}"#,
        ),
        Speak => {
            let mut effects = Vec::new();
            for _ in 0..6 {
                let levels = vec![(Participant::Peer(peer(id)), 0.4)];
                effects.extend(visiting.feed(VisitEvent::Levels(levels)));
                effects.extend(visiting.wait(100));
            }
            effects
        }
        GoAway => visiting.server(ServerMessage::PeerAway { peer: peer(id) }),
        ComeBack => visiting.server(ServerMessage::PeerBack { peer: peer(id) }),
    }
}

/// They offer, are answered, and their channels open.
fn connect(visiting: &mut Visiting, id: &str) -> Vec<VisitEffect> {
    let mut effects = visiting.server(ServerMessage::Offer {
        from: peer(id),
        sdp: format!("o=- {id} 2 IN IP4 0.0.0.0\na=fingerprint:sha-256 {id}\na=ice-ufrag:{id}\n"),
        serial: Some(1),
    });
    let sdp = "answer".to_owned();
    effects.extend(visiting.path(id, PeerEvent::LocalAnswer { sdp }));
    effects.extend(visiting.path(id, PeerEvent::Connection(ConnectionState::Connected)));
    for channel in Channel::ALL {
        effects.extend(visiting.open(id, channel));
    }
    effects
}

/// Somebody comes, does all this, and goes.
fn pass_through(visiting: &mut Visiting, id: &str, deeds: &[Deed], pause: u64) {
    visiting.come(id);
    visiting.wait(pause);
    for deed in deeds {
        act(visiting, id, *deed);
        visiting.wait(pause);
    }
    visiting.server(ServerMessage::PeerLeft {
        peer: peer(id),
        reason: DepartureReason::Left,
    });
}

/// How much there is of a visit: so many lines it takes to write all of it down.
fn size(visiting: &mut Visiting) -> usize {
    visiting.wait(40_000);
    format!("{:#?}", visiting.visit).lines().count()
}

/// In a call with one friend, to whom something was said.
fn with_a_friend() -> Visiting {
    let mut visiting = Visiting::joined(Preferences::default(), &["friend"]);
    visiting.open("friend", Channel::Chat);
    visiting.want(VisitAction::Messaging(MessagingAction::Say {
        text: "hello".to_owned(),
        to: Recipients::Everyone,
    }));
    visiting
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn after_strangers_have_passed_through_there_is_as_much_of_a_visit_as_before(
        strangers in proptest::collection::vec((deeds(), 0..300_u64), 1..24)
    ) {
        let mut visiting = with_a_friend();
        pass_through(&mut visiting, "first", &ALL, 10);
        let before = size(&mut visiting);
        for (number, (deeds, pause)) in strangers.into_iter().enumerate() {
            pass_through(&mut visiting, &format!("stranger{number}"), &deeds, pause);
        }
        prop_assert_eq!(size(&mut visiting), before);
    }
}

#[test]
fn a_thousand_strangers_who_overlap_leave_nothing_and_own_messages_name_none_of_them() {
    let mut visiting = with_a_friend();
    pass_through(&mut visiting, "first", &ALL, 10);
    let before = size(&mut visiting);
    visiting.come("s0");
    for number in 1..1_000 {
        visiting.come(&format!("s{number}"));
        visiting.server(ServerMessage::PeerLeft {
            peer: peer(&format!("s{}", number - 1)),
            reason: DepartureReason::Lost,
        });
        visiting.wait(8);
    }
    visiting.server(ServerMessage::PeerLeft {
        peer: peer("s999"),
        reason: DepartureReason::Left,
    });
    assert_eq!(size(&mut visiting), before);
}

#[test]
fn what_strangers_switch_at_the_rate_is_told_a_few_times_and_shown_once_a_frame() {
    let mut visiting = with_a_friend();
    visiting.come("s");
    connect(&mut visiting, "s");
    visiting.wait(10_000);
    let mut effects = Vec::new();
    let deeds = [
        Hand(true),
        Media(SHARING),
        Record(true),
        OfferFile(1),
        Hand(false),
        Media(BOTH),
        Record(false),
        TakeFileBack(1),
    ];
    for number in 0..1_000 {
        effects.extend(act(&mut visiting, "s", deeds[number % deeds.len()]));
        effects.extend(visiting.wait(10));
    }
    let seconds = 10;
    let notices = told(&effects).len();
    assert!(notices <= 4 * seconds, "{notices} notices in {seconds} s");
    for (aspect, rate) in [
        (Aspect::Call, 63),
        (Aspect::Stage, 63),
        (Aspect::Recorders, 63),
        (Aspect::Files, 4),
    ] {
        let changed = VisitEffect::Changed(aspect);
        let shown = effects.iter().filter(|effect| **effect == changed).count();
        assert!(
            shown <= rate * seconds + 1,
            "{aspect:?} shown {shown} times in {seconds} s"
        );
    }
}

#[test]
fn a_thousand_joins_in_ten_seconds_show_the_people_once_a_frame() {
    let mut visiting = with_a_friend();
    let mut effects = Vec::new();
    for number in 0..1_248 {
        let id = format!("s{number}");
        effects.extend(visiting.come(&id));
        effects.extend(visiting.wait(4));
        effects.extend(visiting.server(ServerMessage::PeerLeft {
            peer: peer(&id),
            reason: DepartureReason::Left,
        }));
        effects.extend(visiting.wait(4));
    }
    let people = VisitEffect::Changed(Aspect::People);
    let shown = effects.iter().filter(|effect| **effect == people).count();
    let frames = 1_248 * 8 / 16 + 1;
    assert!(shown <= frames, "shown {shown} times in {frames} frames");
}
