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

/// So many bytes of content are said at a time.
const BLOCK: usize = 16 * 1024;

impl Case {
    /// With a `files` channel that leads to these.
    fn with_files(names: &[&str]) -> Self {
        let mut case = Self {
            people: names.iter().map(|name| ready(name)).collect(),
            now: 10_000,
            ..Self::default()
        };
        case.hear(Channel::Files, HubChannelEvent::Opened);
        case.said(Channel::Files, "{\"ready\":1}");
        case
    }

    /// Says on `files` what is to be said; what follows from that.
    fn flush(&mut self, frames: impl IntoIterator<Item = (&'static str, Frame)>) -> Vec<HubEffect> {
        let mut outgoing = Outgoing::default();
        for (name, frame) in frames {
            outgoing.say(peer(name), Channel::Files, frame);
        }
        let mut effects = Vec::new();
        let now = Moment(self.now);
        self.channels.flush(&mut outgoing, now, &mut effects);
        effects
    }

    /// Everything that waits goes out.
    fn drain(&mut self) -> Vec<HubEffect> {
        let mut effects = Vec::new();
        while let Some(due) = self.channels.next_deadline() {
            self.now = self.now.max(due.0);
            effects.extend(self.tick());
        }
        effects
    }
}

/// So many blocks of content for somebody.
fn blocks(name: &'static str, count: u8) -> impl Iterator<Item = (&'static str, Frame)> {
    (0..count).map(move |number| (name, Frame::Bytes(vec![number; BLOCK])))
}

/// What goes out.
fn sent(effects: &[HubEffect]) -> Vec<&Frame> {
    let sent = effects.iter().filter_map(|effect| match effect {
        HubEffect::Transmit { frame, .. } => Some(frame),
        _ => None,
    });
    sent.collect()
}

/// How full the channel counts for somebody, as they were told last.
fn fullness(effects: &[HubEffect], name: &str) -> Option<u64> {
    let mut told = effects.iter().rev().filter_map(|effect| match effect {
        HubEffect::Buffered(to, bytes) if *to == peer(name) => Some(*bytes),
        _ => None,
    });
    told.next()
}

#[test]
fn content_of_files_waits_for_its_turn_and_counts_as_waiting_meanwhile() {
    let mut case = Case::with_files(&["ada"]);
    let effects = case.flush(blocks("ada", 64));
    let at_once = sent(&effects).len();
    assert!((1..20).contains(&at_once), "{at_once} of 64");
    let waiting = fullness(&effects, "ada").unwrap();
    assert_eq!(waiting, ((64 - at_once) * BLOCK) as u64);
    assert_eq!(at_once + sent(&case.drain()).len(), 64);
    let told = case.hear(Channel::Files, HubChannelEvent::Buffered(7));
    assert_eq!(told, [HubEffect::Buffered(peer("ada"), 7)]);
}

#[test]
fn those_for_whom_content_waits_share_the_room_that_one_has() {
    let mut case = Case::with_files(&["ada", "bob", "cleo"]);
    case.hear(Channel::Files, HubChannelEvent::Buffered(5));
    case.flush(blocks("ada", 100));
    let effects = case.flush(blocks("bob", 10));
    let waiting = |name: &str| fullness(&effects, name);
    assert!(waiting("ada").is_some_and(|bytes| bytes > 2 * 90 * BLOCK as u64));
    assert_eq!(waiting("bob"), Some(2 * 10 * BLOCK as u64 + 5));
    assert_eq!(waiting("cleo"), None, "nothing goes to her");
    case.drain();
    let told = case.hear(Channel::Files, HubChannelEvent::Buffered(5));
    let five = ["ada", "bob"].map(|name| HubEffect::Buffered(peer(name), 5));
    assert_eq!(told, five);
}

#[test]
fn what_says_that_it_was_all_of_a_file_comes_behind_its_content_and_nothing_else_waits_for_that() {
    let mut case = Case::with_files(&["ada", "bob"]);
    let done = |id: u32| {
        let sha256 = "0".repeat(64);
        Frame::Text(format!(
            "{{\"type\":\"done\",\"id\":{id},\"sha256\":\"{sha256}\"}}"
        ))
    };
    let written = Frame::Text("{\"type\":\"written\",\"id\":1,\"offset\":7}".to_owned());
    let texts = [("ada", done(1)), ("ada", written.clone()), ("bob", done(2))];
    let mut effects = case.flush(blocks("ada", 32).chain(texts));
    effects.extend(case.drain());
    let sent = sent(&effects);
    assert_eq!(sent.len(), 35);
    let routed = |to: &str, frame: &Frame| routing::write(&[peer(to)], frame).remove(0);
    assert_eq!(sent[0], &routed("ada", &written));
    assert_eq!(sent[1], &routed("bob", &done(2)), "nothing waits for Bob");
    assert_eq!(sent[34], &routed("ada", &done(1)));
}

/// With content of 32 blocks for Ada and as many for Bob, of whom so many wait.
fn with_content() -> (Case, u64) {
    let mut case = Case::with_files(&["ada", "bob"]);
    let effects = case.flush(blocks("ada", 32).chain(blocks("bob", 32)));
    let waiting = fullness(&effects, "bob").unwrap() / 2;
    assert!(waiting > 20 * BLOCK as u64, "{waiting}");
    (case, waiting)
}

#[test]
fn what_waits_for_who_leaves_is_let_go_of_and_those_beside_it_are_told() {
    let (mut case, waiting) = with_content();
    case.people = vec![ready("bob")];
    let closed = HubEffect::ChannelClosed(peer("ada"), Channel::Files);
    let told = case.follow();
    assert_eq!(told, [closed, HubEffect::Buffered(peer("bob"), waiting)]);
    assert_eq!(sent(&case.drain()).len() as u64, waiting / BLOCK as u64);
    // Of whom nothing waits nobody is told.
    let (mut case, _) = with_content();
    case.people = vec![ready("ada"), ready("bob"), ready("cleo")];
    case.follow();
    case.people = vec![ready("ada"), ready("bob")];
    let closed = HubEffect::ChannelClosed(peer("cleo"), Channel::Files);
    assert_eq!(case.follow(), [closed]);
}

#[test]
fn those_who_wait_beside_what_begins_anew_are_told_that_it_is_gone() {
    let (mut case, waiting) = with_content();
    let mut effects = Vec::new();
    case.channels
        .begin_content_anew(&peer("ada"), Moment(case.now));
    case.channels.forget_content(&peer("ada"), &mut effects);
    assert_eq!(effects, [HubEffect::Buffered(peer("bob"), waiting)]);
    assert_eq!(sent(&case.drain()).len() as u64, waiting / BLOCK as u64);
}
