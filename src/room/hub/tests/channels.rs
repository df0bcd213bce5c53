//! Until the hub's channels are open on both sides, and to whom they lead.

use super::*;
use crate::protocol::MediaState;
use crate::room::testing::fixture::peer;

fn person(id: &str, sfu: Option<SfuAvailability>) -> HubPerson {
    HubPerson {
        id: peer(id),
        sfu,
        media: MediaState::default(),
        direct: None,
    }
}

fn ready(id: &str) -> HubPerson {
    person(id, Some(SfuAvailability::Ready))
}

/// Channels and the people there.
#[derive(Default)]
struct Case {
    channels: Channels,
    people: Vec<HubPerson>,
    now: u64,
}

impl Case {
    fn hear(&mut self, channel: Channel, event: HubChannelEvent) -> Vec<HubEffect> {
        let mut effects = Vec::new();
        let now = Moment(self.now);
        self.channels
            .hear(channel, event, &self.people, now, &mut effects);
        effects
    }

    fn said(&mut self, channel: Channel, text: &str) -> Vec<HubEffect> {
        self.hear(
            channel,
            HubChannelEvent::Frame(Frame::Text(text.to_owned())),
        )
    }

    fn follow(&mut self) -> Vec<HubEffect> {
        let mut effects = Vec::new();
        self.channels.follow(&self.people, &mut effects);
        effects
    }

    fn tick(&mut self) -> Vec<HubEffect> {
        let mut effects = Vec::new();
        self.channels.tick(Moment(self.now), &mut effects);
        effects
    }
}

fn hello(channel: Channel) -> HubEffect {
    HubEffect::Transmit {
        channel,
        frame: routing::hello(),
    }
}

#[test]
fn the_server_is_spoken_to_until_it_answers_and_then_people_are_reached() {
    let mut case = Case {
        people: vec![
            ready("ada"),
            person("bob", None),
            person("cleo", Some(SfuAvailability::Unable)),
        ],
        ..Case::default()
    };
    let chat = Channel::Chat;
    assert_eq!(case.hear(chat, HubChannelEvent::Opened), [hello(chat)]);
    assert_eq!(case.channels.next_deadline(), Some(Moment(500)));
    case.now = 499;
    assert_eq!(case.tick(), []);
    case.now = 500;
    assert_eq!(case.tick(), [hello(chat)]);
    assert!(case.follow().is_empty(), "nobody is reached yet");

    let opened = HubEffect::ChannelOpened(peer("ada"), chat);
    assert_eq!(case.said(chat, "{\"ready\":1}"), [opened]);
    assert_eq!(case.channels.next_deadline(), None);
    assert!(case.said(chat, "{\"ready\":1}").is_empty());
    assert!(!case.channels.has_beat());
    case.hear(Channel::Live, HubChannelEvent::Opened);
    case.said(Channel::Live, "{\"beat\":1}");
    assert!(case.channels.has_beat());
}

#[test]
fn who_comes_is_reached_and_who_goes_is_not_any_more() {
    let mut case = Case::default();
    case.hear(Channel::Chat, HubChannelEvent::Opened);
    case.said(Channel::Chat, "{\"ready\":1}");
    case.people = vec![person("ada", Some(SfuAvailability::Able))];
    let opened = HubEffect::ChannelOpened(peer("ada"), Channel::Chat);
    assert_eq!(case.follow(), [opened]);
    case.people = vec![ready("ada")];
    assert!(case.follow().is_empty());
    case.people = vec![person("ada", Some(SfuAvailability::Unable))];
    let closed = HubEffect::ChannelClosed(peer("ada"), Channel::Chat);
    assert_eq!(case.follow(), [closed]);
}

#[test]
fn whose_channel_is_new_is_told_everything_again() {
    let mut case = Case {
        people: vec![ready("ada")],
        ..Case::default()
    };
    for channel in [Channel::Chat, Channel::Live] {
        case.hear(channel, HubChannelEvent::Opened);
        case.said(channel, "{\"ready\":1}");
    }
    let ada = || peer("ada");
    assert_eq!(
        case.said(Channel::Chat, "{\"opened\":\"ada\"}"),
        [Channel::Chat, Channel::Live]
            .map(|channel| [
                HubEffect::ChannelClosed(ada(), channel),
                HubEffect::ChannelOpened(ada(), channel),
            ])
            .concat()
    );
    assert!(
        case.said(Channel::Chat, "{\"opened\":\"stranger\"}")
            .is_empty()
    );
}

#[test]
fn what_somebody_says_is_theirs_and_a_broken_message_is_nothing() {
    let mut case = Case::default();
    case.hear(Channel::Chat, HubChannelEvent::Opened);
    let frame = HubEffect::Frame(peer("ada"), Channel::Chat, Frame::Text("hello".to_owned()));
    assert_eq!(
        case.said(Channel::Chat, "{\"from\":\"ada\"}\nhello"),
        [frame]
    );
    assert!(case.said(Channel::Chat, "hello").is_empty());
}

#[test]
fn a_channel_that_closes_is_opened_anew_and_reaches_nobody_meanwhile() {
    let mut case = Case {
        people: vec![ready("ada")],
        ..Case::default()
    };
    let live = Channel::Live;
    case.hear(live, HubChannelEvent::Opened);
    case.said(live, "{\"beat\":1}");
    assert_eq!(
        case.hear(live, HubChannelEvent::Closed),
        [
            HubEffect::ChannelClosed(peer("ada"), live),
            HubEffect::Reopen(live)
        ]
    );
    // Closed again, it is opened after a while.
    assert_eq!(case.hear(live, HubChannelEvent::Closed), []);
    assert_eq!(case.channels.next_deadline(), Some(Moment(1_000)));
    case.now = 1_000;
    assert_eq!(case.tick(), [HubEffect::Reopen(live)]);
    let mut outgoing = Outgoing::default();
    outgoing.say(peer("ada"), live, Frame::Text("lost".to_owned()));
    let mut effects = Vec::new();
    case.channels
        .flush(&mut outgoing, Moment(case.now), &mut effects);
    assert!(effects.is_empty() && outgoing.is_empty());

    case.hear(live, HubChannelEvent::Opened);
    case.said(live, "{\"ready\":1}");
    outgoing.say(peer("ada"), live, Frame::Text("here".to_owned()));
    case.channels
        .flush(&mut outgoing, Moment(case.now), &mut effects);
    let frame = Frame::Text("{\"to\":[\"ada\"]}\nhere".to_owned());
    assert_eq!(
        effects,
        [HubEffect::Transmit {
            channel: live,
            frame
        }]
    );
    effects.clear();
    case.channels.reset(&mut effects);
    assert_eq!(effects, [HubEffect::ChannelClosed(peer("ada"), live)]);
}

#[test]
fn content_of_files_waits_for_its_turn_and_counts_as_waiting_meanwhile() {
    let mut case = Case {
        people: vec![ready("ada")],
        now: 10_000,
        ..Case::default()
    };
    let files = Channel::Files;
    case.hear(files, HubChannelEvent::Opened);
    case.said(files, "{\"ready\":1}");
    let mut outgoing = Outgoing::default();
    for number in 0..64 {
        outgoing.say(peer("ada"), files, Frame::Bytes(vec![number; 16 * 1024]));
    }
    let mut effects = Vec::new();
    case.channels
        .flush(&mut outgoing, Moment(case.now), &mut effects);
    let sent = |effects: &[HubEffect]| {
        let sent = effects
            .iter()
            .filter(|it| matches!(it, HubEffect::Transmit { .. }));
        sent.count()
    };
    let at_once = sent(&effects);
    assert!((1..20).contains(&at_once), "{at_once} of 64");
    let Some(HubEffect::Buffered(waiting)) = effects.last() else {
        panic!("{effects:?}");
    };
    assert!(*waiting > 40 * 16 * 1024);
    let mut all = at_once;
    while let Some(due) = case.channels.next_deadline() {
        case.now = due.0;
        all += sent(&case.tick());
    }
    assert_eq!(all, 64);
    let told = case.hear(files, HubChannelEvent::Buffered(7));
    assert_eq!(told, [HubEffect::Buffered(7)]);
}

#[test]
fn what_says_that_it_was_all_of_a_file_comes_behind_its_content_and_nothing_else_waits_for_that() {
    let mut case = Case {
        people: vec![ready("ada"), ready("bob")],
        now: 10_000,
        ..Case::default()
    };
    let files = Channel::Files;
    case.hear(files, HubChannelEvent::Opened);
    case.said(files, "{\"ready\":1}");
    let mut outgoing = Outgoing::default();
    for number in 0..32 {
        outgoing.say(peer("ada"), files, Frame::Bytes(vec![number; 16 * 1024]));
    }
    let done = |id: u32| {
        let sha256 = "0".repeat(64);
        Frame::Text(format!(
            "{{\"type\":\"done\",\"id\":{id},\"sha256\":\"{sha256}\"}}"
        ))
    };
    let written = Frame::Text("{\"type\":\"written\",\"id\":1,\"offset\":7}".to_owned());
    outgoing.say(peer("ada"), files, done(1));
    outgoing.say(peer("ada"), files, written.clone());
    outgoing.say(peer("bob"), files, done(2));
    let mut effects = Vec::new();
    case.channels
        .flush(&mut outgoing, Moment(case.now), &mut effects);
    while let Some(due) = case.channels.next_deadline() {
        case.now = due.0;
        effects.extend(case.tick());
    }
    let sent: Vec<&Frame> = effects
        .iter()
        .filter_map(|effect| match effect {
            HubEffect::Transmit { frame, .. } => Some(frame),
            _ => None,
        })
        .collect();
    assert_eq!(sent.len(), 35);
    let routed = |to: &str, frame: &Frame| routing::write(&[peer(to)], frame).remove(0);
    assert_eq!(sent[0], &routed("ada", &written));
    assert_eq!(sent[1], &routed("bob", &done(2)), "nothing waits for Bob");
    assert_eq!(sent[34], &routed("ada", &done(1)));
}

/// With content of 32 blocks for Ada and then of one for Bob, as far as it did not go out at once, and how much of it waits.
fn with_content() -> (Case, u64) {
    let mut case = Case {
        people: vec![ready("ada"), ready("bob")],
        now: 10_000,
        ..Case::default()
    };
    let files = Channel::Files;
    case.hear(files, HubChannelEvent::Opened);
    case.said(files, "{\"ready\":1}");
    let mut outgoing = Outgoing::default();
    for number in 0..32 {
        outgoing.say(peer("ada"), files, Frame::Bytes(vec![number; 16 * 1024]));
    }
    outgoing.say(peer("bob"), files, Frame::Bytes(vec![99; 16 * 1024]));
    let mut effects = Vec::new();
    case.channels
        .flush(&mut outgoing, Moment(case.now), &mut effects);
    let Some(HubEffect::Buffered(waiting)) = effects.last() else {
        panic!("{effects:?}");
    };
    (case, *waiting)
}

/// Everything that waits goes out, and is this many blocks.
fn blocks(mut case: Case) -> usize {
    let mut blocks = 0;
    while let Some(due) = case.channels.next_deadline() {
        case.now = due.0;
        blocks += case.tick().len();
    }
    blocks
}

#[test]
fn what_waits_for_who_leaves_is_let_go_of_and_those_behind_it_are_told() {
    let (mut case, waiting) = with_content();
    assert!(waiting > 20 * 16 * 1024, "{waiting}");
    case.people = vec![ready("bob")];
    let closed = HubEffect::ChannelClosed(peer("ada"), Channel::Files);
    let told = case.follow();
    assert_eq!(told, [closed, HubEffect::Buffered(16 * 1024)]);
    assert_eq!(blocks(case), 1);
    // Of whom nothing waits nobody is told.
    let (mut case, _) = with_content();
    case.people = vec![ready("ada"), ready("bob"), ready("cleo")];
    case.follow();
    case.people = vec![ready("ada"), ready("bob")];
    let closed = HubEffect::ChannelClosed(peer("cleo"), Channel::Files);
    assert_eq!(case.follow(), [closed]);
}

#[test]
fn those_who_wait_behind_what_begins_anew_are_told_that_it_is_gone() {
    let (mut case, _) = with_content();
    let mut effects = Vec::new();
    case.channels
        .begin_content_anew(&peer("ada"), Moment(case.now));
    case.channels.forget_content(&peer("ada"), &mut effects);
    assert_eq!(effects, [HubEffect::Buffered(16 * 1024)]);
    assert_eq!(blocks(case), 1);
}
