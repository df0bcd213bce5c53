//! The hub as a whole: one participant in rooms that use the SFU, begin to, and cease to.

use super::*;
use crate::protocol::sfu::{PictureWish, SfuAvailability, SfuFault, SfuTerms, ViewedSize, Watch};
use crate::protocol::{ClientMessage, IceServer, PeerId};
use crate::room::channel::Channel;
use crate::room::hub::HubChannelEvent;
use crate::room::hub::event::HubPerson;
use crate::room::hub::sample::LineSample;
use crate::room::messaging::channel::frame::Frame;
use crate::room::moment::Moment;
use crate::room::participant::TrackKind;
use crate::room::path::command::{PeerCommand, Shape};
use crate::room::path::contact::Contact;
use crate::room::path::diagnosis::Relays;
use crate::room::path::hub_link::Attempts;
use crate::room::path::id::{PathId, PathIds};
use crate::room::path::lines::Section;
use crate::room::path::link::Carrier;
use crate::room::path::need::Need;
use crate::room::path::report::{ConnectionState, PeerEvent};
use crate::room::path::state::PathState;
use crate::room::sending::strain::Strain;
use crate::room::sending::target::SendingSettings;
use crate::room::sending::view::{Heard, ViewRequest, ViewSize};
use crate::room::testing::fixture::{BOTH, peer};

/// A hub, the clock, and the people there.
struct Case {
    hub: Hub,
    now: u64,
    ids: PathIds,
    path: PathId,
    people: Vec<HubPerson>,
    /// Lines that bring something, looked at whenever the hub wants to.
    flowing: Vec<(PathId, Section)>,
    /// This is captured.
    captured: SendingSettings,
    /// Sending directly costs this.
    strain: Strain,
    /// Nothing that others send is taken.
    refuses_media: bool,
    /// We are unmuted.
    is_unmuted: bool,
}

const LARGE: ViewRequest = ViewRequest {
    camera: ViewSize::Large,
    screen: ViewSize::Hidden,
    sound: Heard(true),
};

fn terms(r#use: SfuUse, run: &str, number: u32) -> SfuTerms {
    SfuTerms {
        peer: PeerId::new(SfuTerms::PEER),
        run: run.to_owned(),
        r#use,
        number,
        standby: true,
        files: None,
    }
}

impl Case {
    fn new() -> Self {
        let mut ids = PathIds::since(Moment(0));
        let path = ids.give();
        let hub = Hub::default();
        Self {
            hub,
            now: 1_000,
            ids,
            path,
            people: Vec::new(),
            flowing: Vec::new(),
            captured: SendingSettings::default(),
            strain: Strain::default(),
            refuses_media: false,
            is_unmuted: false,
        }
    }

    fn feed(&mut self, event: HubEvent) -> Vec<HubEffect> {
        let context = HubContext {
            now: Moment(self.now),
            ice_servers: &[] as &[IceServer],
            contact: Contact::Open,
            relays: Relays::None,
            captured: self.captured,
            strain: self.strain,
            refuses_media: self.refuses_media,
            is_unmuted: self.is_unmuted,
        };
        let mut effects = self.hub.handle(event, context);
        // The driver answers at once.
        if effects.contains(&HubEffect::Sample) {
            let samples: Vec<LineSample> = self
                .flowing
                .iter()
                .map(|(path, section)| LineSample {
                    path: *path,
                    section: section.clone(),
                    rtp_timestamp: 1_000,
                    age_ms: 20,
                })
                .collect();
            effects.extend(self.feed(HubEvent::Sampled(samples)));
        }
        effects
    }

    fn welcome(&mut self, terms: SfuTerms) -> Vec<HubEffect> {
        let path = self.path;
        self.feed(HubEvent::Welcomed(HubWelcome {
            me: peer("me"),
            terms,
            path,
            mesh_capacity: 12,
        }))
    }

    fn come(&mut self, id: &str, sfu: Option<SfuAvailability>, direct: bool) -> Vec<HubEffect> {
        let direct = direct.then(|| (self.ids.give(), PathState::Connected));
        self.people.push(HubPerson {
            id: peer(id),
            sfu,
            media: BOTH,
            direct,
        });
        self.tell_people()
    }

    fn tell_people(&mut self) -> Vec<HubEffect> {
        let people = self.people.clone();
        let mut effects = self.feed(HubEvent::People(people));
        let shown = self.people.iter().map(|one| (one.id.clone(), LARGE));
        let shown = HubEvent::Shown(shown.collect());
        effects.extend(self.feed(shown));
        effects
    }

    /// Voice and face of the person in this place come over the direct path, which is told.
    fn flow_directly(&mut self, place: usize) -> PathId {
        let (direct, _) = self.people[place].direct.unwrap();
        for kind in [TrackKind::Microphone, TrackKind::Camera] {
            self.flowing.push((direct, Section::Kind(kind)));
        }
        direct
    }

    fn report(&mut self, event: PeerEvent) -> Vec<HubEffect> {
        let generation = self.hub.generation().unwrap();
        self.feed(HubEvent::Connection { generation, event })
    }

    /// The connection is negotiated and stands.
    fn connect(&mut self) -> Vec<HubEffect> {
        let sdp = || "sdp".to_owned();
        let mut effects = self.report(PeerEvent::LocalOffer { sdp: sdp() });
        let serial = effects.iter().find_map(|effect| match effect {
            HubEffect::Send(ClientMessage::Offer { serial, .. }) => *serial,
            _ => None,
        });
        assert!(serial.is_some(), "{effects:?}");
        // As many sections as there are slots, and more than between two people.
        let answer = "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n".repeat(17);
        effects.extend(self.feed(HubEvent::Answered {
            sdp: answer,
            serial,
        }));
        let accept = |effect: &HubEffect| {
            matches!(
                effect,
                HubEffect::Connection(_, PeerCommand::AcceptAnswer { .. })
            )
        };
        assert!(effects.iter().any(accept), "{effects:?}");
        effects.extend(self.report(PeerEvent::AnswerApplied));
        effects.extend(self.report(PeerEvent::Connection(ConnectionState::Connected)));
        effects
    }

    /// Lets time pass, as the hub wants to be woken.
    fn wait(&mut self, ms: u64) -> Vec<HubEffect> {
        let until = self.now + ms;
        let mut effects = Vec::new();
        let mut turns = 0;
        while let Some(due) = self.hub.next_deadline().filter(|due| due.0 <= until) {
            self.now = self.now.max(due.0);
            effects.extend(self.feed(HubEvent::Tick));
            turns += 1;
            assert!(turns < 10_000, "it turns in circles at {due:?}");
        }
        self.now = until;
        effects
    }

    fn say(&mut self, text: &str) -> Vec<HubEffect> {
        self.feed(HubEvent::Said(text.to_owned()))
    }

    /// The server puts somebody's voice into section 5 and their face into section 9.
    fn carry(&mut self, id: &str, number: u32) -> Vec<HubEffect> {
        for mid in ["5", "9"] {
            self.flowing.push((self.path, Section::Mid(mid.to_owned())));
        }
        self.say(&format!(
            r#"{{"type":"slots","number":{number},"slots":[{{"mid":"5","peer":"{id}","track":"microphone"}},{{"mid":"9","peer":"{id}","track":"camera","from":900}}]}}"#
        ))
    }
}

fn watches(effects: &[HubEffect]) -> Vec<&Watch> {
    let watches = effects.iter().filter_map(|effect| match effect {
        HubEffect::Send(ClientMessage::Watch(watch)) => Some(watch),
        _ => None,
    });
    watches.collect()
}

fn needs(effects: &[HubEffect]) -> Vec<(&str, Need)> {
    let needs = effects.iter().filter_map(|effect| match effect {
        HubEffect::Need(peer, need) => Some((peer.as_str(), *need)),
        _ => None,
    });
    needs.collect()
}

fn choices(effects: &[HubEffect]) -> Vec<(TrackKind, PathId)> {
    let choices = effects.iter().filter_map(|effect| match effect {
        HubEffect::Choose(_, kind, path) => Some((*kind, *path)),
        _ => None,
    });
    choices.collect()
}

fn opens(effects: &[HubEffect]) -> usize {
    let opens = effects.iter().filter(|effect| {
        matches!(
            effect,
            HubEffect::Connection(
                _,
                PeerCommand::Open {
                    shape: Shape::Hub(_),
                    ..
                }
            )
        )
    });
    opens.count()
}

const READY: Option<SfuAvailability> = Some(SfuAvailability::Ready);

/// A room with these people, which is direct and about to go through the SFU.
fn about_to_move(ids: &[impl AsRef<str>]) -> Case {
    let mut case = Case::new();
    case.welcome(terms(SfuUse::Off, "a", 1));
    for (place, id) in ids.iter().enumerate() {
        case.come(id.as_ref(), READY, true);
        case.flow_directly(place);
    }
    case.say(r#"{"type":"sfu","use":"on","number":2,"why":"people"}"#);
    case
}

#[test]
fn a_newcomer_offers_and_asks_in_the_same_breath_and_shows_whom_the_slots_carry() {
    let mut case = Case::new();
    let effects = case.welcome(terms(SfuUse::On, "a", 1));
    assert_eq!(opens(&effects), 1);
    let effects = case.come("ada", READY, false);
    let wish = PictureWish {
        peer: peer("ada"),
        camera: ViewedSize::Large,
        screen: ViewedSize::Hidden,
    };
    assert_eq!(watches(&effects).last().unwrap().pictures, [wish]);
    case.connect();
    let mut effects = case.carry("ada", 1);
    let seen = HubEffect::Send(ClientMessage::SlotsSeen { number: 1 });
    assert!(effects.contains(&seen), "{effects:?}");
    effects.extend(case.wait(1_000));
    let attributed: Vec<_> = effects
        .iter()
        .filter_map(|effect| match effect {
            HubEffect::Attribute(tracks) => Some(tracks.len()),
            _ => None,
        })
        .collect();
    assert_eq!(attributed.last(), Some(&2), "{effects:?}");
    let chosen = choices(&effects);
    assert!(
        chosen.contains(&(TrackKind::Microphone, case.path)),
        "{chosen:?}"
    );
    assert!(
        chosen.contains(&(TrackKind::Camera, case.path)),
        "{chosen:?}"
    );
}

#[test]
fn a_call_moves_to_the_sfu_and_back_without_letting_go_first() {
    let mut case = Case::new();
    assert_eq!(opens(&case.welcome(terms(SfuUse::Off, "a", 1))), 0);
    let effects = case.come("ada", READY, true);
    assert!(
        effects.is_empty(),
        "nothing is different from a mesh: {effects:?}"
    );
    let direct = case.flow_directly(0);

    let effects = case.say(r#"{"type":"sfu","use":"on","number":2,"why":"people"}"#);
    assert_eq!(opens(&effects), 1);
    assert_eq!(needs(&effects), [], "the direct path goes on");
    let mut effects = case.connect();
    effects.extend(case.carry("ada", 1));
    let unproved = choices(&effects);
    assert!(
        !unproved.contains(&(TrackKind::Microphone, case.path)),
        "{unproved:?}"
    );
    let effects = case.wait(1_000);
    assert!(choices(&effects).contains(&(TrackKind::Microphone, case.path)));
    assert!(choices(&effects).contains(&(TrackKind::Camera, case.path)));
    assert_eq!(needs(&effects), [], "the page may not have turned over");
    let effects = case.wait(1_000);
    assert_eq!(needs(&effects), [("ada", Need::Standby)]);
    assert!(effects.contains(&HubEffect::AskedOtherwise));
    let asked = case.hub.asked_directly(&peer("ada"), LARGE);
    assert_eq!(asked.camera, ViewSize::Hidden);
    assert_eq!(asked.sound, Heard(false));

    let effects = case.say(r#"{"type":"sfu","use":"off","number":3,"why":"people"}"#);
    assert_eq!(needs(&effects), [("ada", Need::Media)]);
    assert_eq!(case.hub.asked_directly(&peer("ada"), LARGE), LARGE);
    let effects = case.wait(10_000);
    assert!(choices(&effects).contains(&(TrackKind::Microphone, direct)));
    assert!(effects.contains(&HubEffect::Connection(case.path, PeerCommand::Close)));
    assert_eq!(case.hub.link(), None);
    assert_eq!(case.hub.next_deadline(), None, "nothing is left to do");
}

#[test]
fn who_is_direct_again_stays_unheard_at_the_sfu_until_the_connection_to_it_is_over() {
    let mut case = Case::new();
    case.welcome(terms(SfuUse::On, "a", 1));
    case.come("ada", READY, true);
    case.flow_directly(0);
    case.connect();
    case.carry("ada", 1);
    case.wait(3_000);
    case.say(r#"{"type":"sfu","use":"off","number":2,"why":"restart"}"#);
    let effects = case.wait(10_000);
    assert!(effects.contains(&HubEffect::Connection(case.path, PeerCommand::Close)));
    let last = watches(&effects).last().copied().unwrap();
    assert_eq!(last.pictures, []);
    assert_eq!(last.unheard, [peer("ada")], "{:?}", watches(&effects));

    let mut effects = case.say(r#"{"type":"sfu","use":"on","number":3,"why":"people"}"#);
    effects.extend(case.connect());
    effects.extend(case.carry("ada", 2));
    effects.extend(case.wait(1_000));
    let last = watches(&effects).last().copied().unwrap();
    assert_eq!(last.unheard, [], "they are asked for there once it stands");
    assert!(choices(&effects).contains(&(TrackKind::Microphone, case.path)));
}

#[test]
fn whoever_stays_keeps_what_brings_them_when_others_come_and_go() {
    let mut case = Case::new();
    case.welcome(terms(SfuUse::On, "a", 1));
    for id in ["ada", "ben", "cleo"] {
        case.come(id, READY, false);
    }
    case.connect();
    case.carry("cleo", 1);
    let effects = case.wait(2_000);
    let cleo = |effects: &[HubEffect]| {
        let chosen = effects.iter().filter_map(|effect| match effect {
            HubEffect::Choose(peer, kind, _) if peer.as_str() == "cleo" => Some(*kind),
            _ => None,
        });
        chosen.collect::<Vec<_>>()
    };
    assert!(
        cleo(&effects).contains(&TrackKind::Microphone),
        "{effects:?}"
    );
    case.people.remove(0);
    let mut effects = case.tell_people();
    case.people.swap(0, 1);
    effects.extend(case.come("dan", READY, false));
    case.people.remove(1);
    effects.extend(case.tell_people());
    effects.extend(case.wait(1_000));
    assert_eq!(cleo(&effects), [], "{effects:?}");
    let dan = HubEffect::ChannelOpened(peer("dan"), Channel::Chat);
    assert!(!effects.contains(&dan), "no channel is open");
}

#[test]
fn it_is_told_once_of_whom_something_does_not_come_over_the_sfu_and_once_that_it_does() {
    let mut case = about_to_move(&["ada"]);
    case.connect();
    let failures = |effects: Vec<HubEffect>| {
        let failures = effects.into_iter().filter_map(|effect| match effect {
            HubEffect::Failing(peer, carrier) => Some((peer.as_str().to_owned(), carrier)),
            _ => None,
        });
        failures.collect::<Vec<_>>()
    };
    assert_eq!(failures(case.wait(10_000)), [], "once may be chance");
    let ada = |carrier| [("ada".to_owned(), carrier)];
    assert_eq!(failures(case.wait(60_000)), ada(Some(Carrier::Hub)));
    let mut effects = case.carry("ada", 1);
    effects.extend(case.wait(120_000));
    assert_eq!(failures(effects), ada(None));
}

#[test]
fn a_picture_that_the_sfu_holds_back_is_told_of_and_when_it_moves_again() {
    let mut case = Case::new();
    case.welcome(terms(SfuUse::On, "a", 1));
    case.come("ada", READY, false);
    case.connect();
    let mut effects = case.carry("ada", 1);
    effects.extend(case.wait(1_000));
    let pauses = |effects: &[HubEffect]| {
        let pauses = effects.iter().filter_map(|effect| match effect {
            HubEffect::Paused(peer, kind, is_paused) => {
                Some((peer.as_str().to_owned(), *kind, *is_paused))
            }
            _ => None,
        });
        pauses.collect::<Vec<_>>()
    };
    assert_eq!(pauses(&effects), []);
    let paused = |number: u32, paused: bool| {
        format!(
            r#"{{"type":"slots","number":{number},"slots":[{{"mid":"5","peer":"ada","track":"microphone"}},{{"mid":"9","peer":"ada","track":"camera","from":900,"paused":{paused}}}]}}"#
        )
    };
    let told = |is_paused| [("ada".to_owned(), TrackKind::Camera, is_paused)];
    assert_eq!(pauses(&case.say(&paused(2, true))), told(true));
    assert_eq!(pauses(&case.wait(5_000)), [], "it is told once");
    assert_eq!(pauses(&case.say(&paused(3, false))), told(false));
    case.say(&paused(4, true));
    let effects = case.say(r#"{"type":"slots","number":5,"slots":[]}"#);
    assert_eq!(
        pauses(&effects),
        told(false),
        "nothing of theirs is asked for"
    );
}

#[test]
fn a_picture_that_still_comes_directly_does_not_count_as_paused() {
    let mut case = about_to_move(&["ada"]);
    let paused = |effect: &HubEffect| matches!(effect, HubEffect::Paused(..));
    let chosen =
        |effects: &[HubEffect], path| choices(effects).contains(&(TrackKind::Camera, path));
    let mut effects = case.connect();
    effects.extend(case.say(
        r#"{"type":"slots","number":1,"slots":[{"mid":"9","peer":"ada","track":"camera","paused":true}]}"#,
    ));
    effects.extend(case.wait(1_000));
    assert!(!chosen(&effects, case.path), "{effects:?}");
    assert!(!effects.iter().any(paused), "{effects:?}");
    // What the line is too narrow for does not come directly either, in the end.
    let effects = case.wait(10_000);
    assert!(chosen(&effects, case.path), "{effects:?}");
    assert_eq!(effects.iter().filter(|it| paused(it)).count(), 1);
}

#[test]
fn a_decision_that_is_older_than_the_last_changes_nothing() {
    let mut case = Case::new();
    case.welcome(terms(SfuUse::Off, "a", 5));
    assert!(
        case.say(r#"{"type":"sfu","use":"on","number":5,"why":"people"}"#)
            .is_empty()
    );
    assert!(
        case.say(r#"{"type":"sfu","use":"on","number":4,"why":"people"}"#)
            .is_empty()
    );
    assert!(case.say("nonsense").is_empty());
    assert!(case.say(r#"{"type":"a-later-one"}"#).is_empty());
}

#[test]
fn without_a_way_to_the_sfu_the_server_is_told_and_people_are_reached_directly() {
    let mut case = Case::new();
    case.welcome(terms(SfuUse::On, "a", 1));
    case.come("ada", READY, false);
    let effects = case.wait(7_900);
    assert_eq!(needs(&effects), []);
    let effects = case.wait(200);
    let unable = |effect: &HubEffect| {
        matches!(
            effect,
            HubEffect::Send(ClientMessage::SfuState(SfuFault::Unable { .. }))
        )
    };
    assert!(effects.iter().any(unable), "{effects:?}");
    assert_eq!(needs(&effects), [("ada", Need::Media)]);
    let effects = case.connect();
    assert!(effects.contains(&HubEffect::Send(ClientMessage::SfuState(SfuFault::Able))));
}

#[test]
fn another_run_of_the_server_is_offered_another_connection_at_once() {
    let mut case = Case::new();
    case.welcome(terms(SfuUse::On, "a", 1));
    case.come("ada", READY, false);
    case.connect();
    case.carry("ada", 7);
    let effects = case.welcome(terms(SfuUse::On, "b", 1));
    assert_eq!(opens(&effects), 1, "{effects:?}");
    assert_eq!(watches(&effects).len(), 1, "what is wanted is said again");
    let effects = case.carry("ada", 1);
    assert!(effects.contains(&HubEffect::Send(ClientMessage::SlotsSeen { number: 1 })));
}

#[test]
fn a_new_socket_of_the_same_run_keeps_the_connection() {
    let mut case = Case::new();
    case.welcome(terms(SfuUse::On, "a", 1));
    case.come("ada", READY, false);
    case.connect();
    let effects = case.welcome(terms(SfuUse::On, "a", 1));
    assert_eq!(opens(&effects), 0);
    assert!(!effects.contains(&HubEffect::Connection(case.path, PeerCommand::Close)));
    assert_eq!(watches(&effects).len(), 1, "what is wanted is said again");
}

#[test]
fn what_is_said_to_several_goes_out_once() {
    let mut case = Case::new();
    case.welcome(terms(SfuUse::On, "a", 1));
    case.come("ada", READY, false);
    case.come("bob", READY, false);
    case.connect();
    let chat = Channel::Chat;
    case.feed(HubEvent::Channel(chat, HubChannelEvent::Opened));
    let ready = HubChannelEvent::Frame(Frame::Text("{\"ready\":1}".to_owned()));
    let effects = case.feed(HubEvent::Channel(chat, ready));
    for id in ["ada", "bob"] {
        assert!(effects.contains(&HubEffect::ChannelOpened(peer(id), chat)));
        case.feed(HubEvent::Transmit {
            to: peer(id),
            channel: chat,
            frame: Frame::Text("hello".to_owned()),
        });
    }
    assert!(case.hub.has_outgoing());
    let frame = Frame::Text("{\"to\":[\"ada\",\"bob\"]}\nhello".to_owned());
    let effects = case.feed(HubEvent::Flush);
    assert_eq!(
        effects,
        [HubEffect::Transmit {
            channel: chat,
            frame
        }]
    );
}

#[test]
fn more_pictures_than_slots_make_more_slots() {
    let mut case = Case::new();
    case.welcome(terms(SfuUse::On, "a", 1));
    case.connect();
    let mut effects = Vec::new();
    for number in 0..11 {
        effects.extend(case.come(&format!("p{number}"), READY, false));
    }
    let counts: Vec<u8> = effects
        .iter()
        .filter_map(|effect| match effect {
            HubEffect::Connection(_, PeerCommand::SetSlots(slots)) => Some(slots.pictures),
            _ => None,
        })
        .collect();
    assert_eq!(counts, [9, 16]);
}

#[test]
fn what_is_wanted_of_us_is_sent_and_no_more() {
    let mut case = Case::new();
    case.welcome(terms(SfuUse::On, "a", 1));
    case.connect();
    case.captured.camera_lines = Some(720);
    case.feed(HubEvent::Sending);
    let effects = case.say(r#"{"type":"send","number":1,"camera":["q"],"screen":[],"sound":true}"#);
    let [HubEffect::Steer(targets)] = &effects[..] else {
        panic!("{effects:?}");
    };
    let on = targets.camera.iter().filter(|one| one.target.bitrate() > 0);
    assert_eq!(on.count(), 1);
    assert!(targets.sound);
    let late = case.say(r#"{"type":"send","number":1,"camera":[],"screen":[],"sound":false}"#);
    assert!(late.is_empty());
}

#[test]
fn the_server_hears_that_direct_connections_are_too_much() {
    let mut case = Case::new();
    case.welcome(terms(SfuUse::Off, "a", 1));
    case.strain.processor = true;
    let effects = case.feed(HubEvent::Sending);
    let strain = ClientMessage::Strain {
        uplink: false,
        processor: true,
    };
    assert_eq!(effects, [HubEffect::Send(strain.clone())]);
    assert!(case.feed(HubEvent::Sending).is_empty());
    let effects = case.welcome(terms(SfuUse::Off, "a", 1));
    assert!(effects.contains(&HubEffect::Send(strain)), "{effects:?}");
}

#[test]
fn when_the_call_is_over_nothing_is_left() {
    let mut case = Case::new();
    case.welcome(terms(SfuUse::On, "a", 1));
    case.come("ada", READY, false);
    case.connect();
    let effects = case.feed(HubEvent::Ended);
    assert!(effects.contains(&HubEffect::Connection(case.path, PeerCommand::Close)));
    assert_eq!(case.hub.path(), None);
    assert_eq!(case.hub.next_deadline(), None);
    assert!(case.feed(HubEvent::Tick).is_empty());
}

#[test]
fn where_nobody_is_to_learn_an_address_a_picture_that_does_not_come_is_not_asked_for_directly() {
    for (standby, needed) in [(false, false), (true, true)] {
        let mut case = Case::new();
        case.welcome(SfuTerms {
            standby,
            ..terms(SfuUse::On, "a", 1)
        });
        case.come("ada", READY, false);
        case.connect();
        let needs = needs(&case.wait(30_000)).contains(&("ada", Need::Media));
        assert_eq!(needs, needed, "standby {standby}");
    }
}

#[test]
fn who_takes_no_media_misses_none_and_dials_nobody_for_it() {
    for (refuses_media, needed) in [(false, true), (true, false)] {
        let mut case = Case::new();
        case.refuses_media = refuses_media;
        case.welcome(terms(SfuUse::On, "a", 1));
        case.come("ada", READY, false);
        case.connect();
        let effects = case.wait(30_000);
        let needs = needs(&effects).contains(&("ada", Need::Media));
        assert_eq!(needs, needed, "refuses media: {refuses_media}");
        let samples = effects.contains(&HubEffect::Sample);
        assert_eq!(samples, needed, "refuses media: {refuses_media}");
    }
}

#[test]
fn who_is_dialled_by_somebody_who_comes_over_the_sfu_lets_go_of_that_as_they_do() {
    let mut case = Case::new();
    case.welcome(SfuTerms {
        standby: false,
        ..terms(SfuUse::On, "a", 1)
    });
    case.come("ada", READY, false);
    case.connect();
    case.carry("ada", 1);
    case.wait(40_000);

    case.people[0].direct = Some((case.ids.give(), PathState::Connected));
    assert_eq!(needs(&case.tell_people()), [("ada", Need::Standby)]);
    assert_eq!(needs(&case.wait(29_900)), []);
    assert_eq!(needs(&case.wait(200)), [("ada", Need::Nothing)]);
    assert_eq!(needs(&case.tell_people()), [], "it is about to go");

    let path = case.ids.give();
    case.people[0].direct = Some((path, PathState::Connected));
    assert_eq!(needs(&case.tell_people()), [("ada", Need::Standby)]);
    case.people[0].direct = Some((path, PathState::Interrupted(Moment(case.now))));
    let effects = case.tell_people();
    assert_eq!(
        needs(&effects),
        [("ada", Need::Nothing)],
        "they let go of it"
    );
}

/// A room of so many others that the SFU passes on the loudest alone, which is direct and about to go through the SFU.
fn crowd(others: usize) -> Case {
    let ids: Vec<String> = (0..others).map(|number| format!("p{number}")).collect();
    about_to_move(&ids)
}

fn hears_directly(case: &Case, id: &str) -> bool {
    case.hub.asked_directly(&peer(id), LARGE).sound == Heard(true)
}

#[test]
fn of_a_crowd_everybody_is_heard_directly_until_the_sfu_has_had_time_to_choose_the_loudest() {
    let mut case = crowd(7);
    let mut effects = case.connect();
    effects.extend(case.wait(4_900));
    let voices = |effects: &[HubEffect]| {
        let chosen = choices(effects).into_iter();
        chosen
            .filter(|(kind, path)| *kind == TrackKind::Microphone && *path == case.path)
            .count()
    };
    assert_eq!(voices(&effects), 0, "the SFU passes nobody on yet");
    assert!(hears_directly(&case, "p0"));
    let effects = case.wait(200);
    let chosen = choices(&effects);
    let path = case.path;
    let over_sfu = chosen
        .iter()
        .filter(|choice| **choice == (TrackKind::Microphone, path));
    assert_eq!(over_sfu.count(), 7, "others are louder");
    assert!(hears_directly(&case, "p0"), "the page may not have turned");
    case.wait(1_000);
    assert!(!hears_directly(&case, "p0"));
}

#[test]
fn of_a_crowd_who_is_passed_on_is_heard_over_the_sfu_once_that_is_proved() {
    let mut case = crowd(7);
    case.connect();
    case.carry("p3", 1);
    let effects = case.wait(1_000);
    let chosen = effects.iter().filter_map(|effect| match effect {
        HubEffect::Choose(peer, TrackKind::Microphone, _) => Some(peer.as_str()),
        _ => None,
    });
    assert_eq!(chosen.collect::<Vec<_>>(), ["p3"]);
}

#[test]
fn the_own_voice_is_one_of_those_that_make_a_crowd() {
    for (is_unmuted, is_failure) in [(true, false), (false, true)] {
        let mut case = crowd(6);
        case.is_unmuted = is_unmuted;
        // Pictures come over the SFU, of voices none.
        let people = case.people.clone();
        for person in &mut case.people {
            person.media.video = false;
        }
        assert_ne!(people, case.people);
        case.tell_people();
        case.connect();
        let effects = case.wait(120_000);
        let fails = |effect: &HubEffect| matches!(effect, HubEffect::Failing(..));
        assert_eq!(effects.iter().any(fails), is_failure, "{is_unmuted}");
    }
}

#[test]
fn who_is_refused_before_anything_stands_is_reached_directly_at_once_and_offers_again_later() {
    let mut case = Case::new();
    case.welcome(terms(SfuUse::On, "a", 1));
    case.come("ada", READY, false);
    let sdp = "sdp".to_owned();
    case.report(PeerEvent::LocalOffer { sdp });
    let effects = case.feed(HubEvent::Refused);
    let unable = |effect: &HubEffect| {
        matches!(
            effect,
            HubEffect::Send(ClientMessage::SfuState(SfuFault::Unable { .. }))
        )
    };
    assert!(effects.iter().any(unable), "{effects:?}");
    assert_eq!(needs(&effects), [("ada", Need::Media)]);
    let offers = |effects: &[HubEffect]| {
        let is_offer =
            |effect: &&HubEffect| matches!(effect, HubEffect::Send(ClientMessage::Offer { .. }));
        effects.iter().filter(is_offer).count()
    };
    assert_eq!(offers(&case.wait(14_900)), 0);
    assert_eq!(offers(&case.wait(200)), 1);
    let answer = "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n".repeat(17);
    case.feed(HubEvent::Answered {
        sdp: answer,
        serial: Some(1),
    });
    case.report(PeerEvent::AnswerApplied);
    let effects = case.report(PeerEvent::Connection(ConnectionState::Connected));
    assert!(effects.contains(&HubEffect::Send(ClientMessage::SfuState(SfuFault::Able))));
}

#[test]
fn a_connection_that_stands_is_not_given_up_for_a_stall_after_a_refusal() {
    let mut case = Case::new();
    case.welcome(terms(SfuUse::On, "a", 1));
    case.come("ada", READY, false);
    case.connect();
    let sdp = "sdp".to_owned();
    case.report(PeerEvent::LocalOffer { sdp });
    case.feed(HubEvent::Refused);
    let mut effects = case.report(PeerEvent::Connection(ConnectionState::Disconnected));
    effects.extend(case.wait(2_000));
    let said = |effect: &HubEffect| matches!(effect, HubEffect::Send(ClientMessage::SfuState(_)));
    assert!(!effects.iter().any(said), "{effects:?}");
    assert!(
        case.wait(10_000).iter().any(said),
        "it is no stall any more"
    );
}

#[test]
fn a_refusal_that_comes_after_the_answer_changes_nothing() {
    let mut case = Case::new();
    case.welcome(terms(SfuUse::On, "a", 1));
    case.come("ada", READY, false);
    case.connect();
    case.carry("ada", 1);
    case.wait(2_000);
    let due = case.hub.next_deadline();
    assert_eq!(case.feed(HubEvent::Refused), []);
    assert_eq!(case.hub.next_deadline(), due);
    assert!(
        case.hub
            .link()
            .is_some_and(|hub| hub.link.state == PathState::Connected)
    );
}

#[test]
fn a_connection_that_is_made_anew_is_told_what_is_wanted_as_the_one_before_was() {
    let mut case = Case::new();
    case.welcome(terms(SfuUse::On, "a", 1));
    case.connect();
    let effects = case.say(r#"{"type":"send","number":1,"camera":[],"screen":[],"sound":true}"#);
    let [HubEffect::Steer(targets)] = effects[..] else {
        panic!("{effects:?}");
    };
    case.say(r#"{"type":"sfu","use":"off","number":2,"why":"people"}"#);
    let effects = case.wait(4_000);
    assert!(effects.contains(&HubEffect::Connection(case.path, PeerCommand::Close)));
    let effects = case.say(r#"{"type":"sfu","use":"on","number":3,"why":"people"}"#);
    assert_eq!(opens(&effects), 1);
    assert!(effects.contains(&HubEffect::Steer(targets)), "{effects:?}");
}

#[test]
fn that_the_sfu_cannot_be_had_is_taken_back_when_nobody_tries_any_more() {
    let mut case = Case::new();
    case.welcome(terms(SfuUse::On, "a", 1));
    case.wait(9_000);
    case.say(r#"{"type":"sfu","use":"off","number":2,"why":"people"}"#);
    let effects = case.wait(4_000);
    assert!(effects.contains(&HubEffect::Connection(case.path, PeerCommand::Close)));
    let able = HubEffect::Send(ClientMessage::SfuState(SfuFault::Able));
    let states = effects
        .iter()
        .filter(|effect| matches!(effect, HubEffect::Send(ClientMessage::SfuState(_))));
    assert_eq!(states.collect::<Vec<_>>(), [&able]);
    case.say(r#"{"type":"sfu","use":"on","number":3,"why":"people"}"#);
    assert!(!case.connect().contains(&able), "it is known");
}

#[test]
fn it_is_known_which_port_is_out_of_reach_and_when_it_is_tried_next() {
    let mut case = Case::new();
    case.welcome(terms(SfuUse::On, "a", 1));
    let sdp = "sdp".to_owned();
    case.report(PeerEvent::LocalOffer { sdp });
    assert_eq!(case.hub.link().unwrap().port, None, "nothing was answered");
    let answer = "a=candidate:1 1 udp 2130706175 203.0.113.9 3480 typ host\r\n".to_owned();
    case.feed(HubEvent::Answered {
        sdp: answer,
        serial: Some(1),
    });
    case.report(PeerEvent::AnswerApplied);
    let known = case.hub.link().unwrap();
    assert_eq!((known.port, known.failed), (Some(3480), None));
    assert_eq!(known.attempts.last, None, "it has its time");
    case.wait(31_000);
    let known = case.hub.link().unwrap();
    let PathState::Failed(failure) = known.link.state else {
        panic!("{known:?}");
    };
    assert_eq!((known.port, known.failed), (Some(3480), Some(failure)));
    let (now, due) = (Moment(case.now), known.attempts.next.unwrap());
    assert!(known.attempts.last.is_some_and(|last| last < now) && due > now);
    case.now = due.0;
    case.feed(HubEvent::Tick);
    let known = case.hub.link().unwrap();
    assert_eq!(known.attempts.last, Some(due));
    assert!(known.attempts.next.is_some_and(|next| next > due));

    case.feed(HubEvent::TryAgain);
    let known = case.hub.link().unwrap();
    assert_eq!(known.link.state, PathState::Connecting(due));
    assert_eq!(known.failed, Some(failure), "it does not stand yet");
    case.wait(0);
    case.connect();
    let known = case.hub.link().unwrap();
    assert_eq!((known.failed, known.attempts), (None, Attempts::default()));
}
