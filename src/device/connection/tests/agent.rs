//! Two connections with each other, in model time, without a socket.

use std::time::Duration;

use super::*;
use crate::device::connection::candidates::{MOST_CANDIDATES, MOST_REMOTE_CANDIDATES};
use crate::device::connection::report::ChannelNews;
use crate::device::media::frame::MediaFrame;
use crate::protocol::IceCandidate;
use crate::room::Pair;
use crate::room::messaging::channel::Frame;

/// One side: the connection, its address, and what it had to tell.
struct Side {
    agent: Agent,
    address: SocketAddr,
    news: Vec<ConnectionNews>,
}

/// Two sides and the network between them.
struct Pairing {
    sides: [Side; 2],
    now: Instant,
    /// Packets pass.
    is_up: bool,
    /// What the first side sends goes over this; `None` for at once.
    line: Option<Line>,
}

/// A line that takes only so much.
struct Line {
    bits_per_second: f64,
    /// It is busy until then.
    free: Instant,
    /// These arrive then.
    waiting: VecDeque<(Instant, Transmit)>,
    /// So many bytes were given to it.
    given: usize,
}

impl Line {
    /// Takes a packet; one that would wait for more than 300 ms is lost.
    fn take(&mut self, packet: Transmit, now: Instant) {
        self.given += packet.contents.len();
        let start = self.free.max(now);
        if start - now < Duration::from_millis(300) {
            let bits = packet.contents.len() as f64 * 8.0;
            self.free = start + Duration::from_secs_f64(bits / self.bits_per_second);
            self.waiting.push_back((self.free, packet));
        }
    }
}

const NOTHING: MediaWish = MediaWish {
    sends_sound: false,
    sends_pictures: false,
    receives: false,
};

const EVERYTHING: MediaWish = MediaWish {
    sends_sound: true,
    sends_pictures: true,
    receives: true,
};

impl Pairing {
    fn new(wishes: [MediaWish; 2]) -> Self {
        let now = Instant::now();
        let mut number = 0;
        let sides = wishes.map(|wish| {
            number += 1;
            let address: SocketAddr = format!("192.0.2.{number}:5000").parse().unwrap();
            let mut agent = Agent::new(wish, now);
            agent.add_local(Candidate::host(address, "udp").unwrap());
            Side {
                agent,
                address,
                news: Vec::new(),
            }
        });
        Self {
            sides,
            now,
            is_up: true,
            line: None,
        }
    }

    /// One side offers, and the other answers.
    fn negotiate(&mut self, offerer: usize, ice_restart: bool) -> (String, String) {
        let offer = self.sides[offerer].agent.offer(ice_restart).unwrap();
        let answer = self.sides[1 - offerer]
            .agent
            .accept_offer(offer.clone())
            .unwrap();
        self.sides[offerer]
            .agent
            .accept_answer(answer.clone())
            .unwrap();
        (offer, answer)
    }

    /// Lets time pass until this is so, at most `ms`.
    fn run(&mut self, ms: u64, is_done: impl Fn(&[Side; 2]) -> bool) -> bool {
        let end = self.now + Duration::from_millis(ms);
        loop {
            self.deliver();
            if is_done(&self.sides) {
                return true;
            }
            let wake = self
                .sides
                .iter()
                .map(|side| side.agent.next_deadline())
                .min()
                .unwrap();
            let line = self.line.as_ref().and_then(|line| line.waiting.front());
            let wake = line.map_or(wake, |(at, _)| wake.min(*at));
            self.now = wake.max(self.now + Duration::from_millis(1));
            if self.now > end {
                self.now = end;
                return false;
            }
            for side in &mut self.sides {
                if side.agent.next_deadline() <= self.now {
                    side.agent.pass(self.now);
                }
            }
        }
    }

    fn deliver(&mut self) {
        loop {
            let mut is_quiet = true;
            let line = self.line.as_mut().map(|line| &mut line.waiting);
            if let Some(waiting) = line {
                while let Some((_, packet)) = waiting.pop_front_if(|(at, _)| *at <= self.now) {
                    let (source, to) = (packet.source, packet.destination);
                    let agent = &mut self.sides[1].agent;
                    agent.receive(source, to, &packet.contents, self.now);
                }
            }
            for from in 0..2 {
                while let Some(output) = self.sides[from].agent.poll() {
                    is_quiet = false;
                    match output {
                        AgentOutput::News(news) => self.sides[from].news.push(news),
                        AgentOutput::Packet(packet) if from == 0 && self.line.is_some() => {
                            if let Some(line) = &mut self.line {
                                line.take(packet, self.now);
                            }
                        }
                        AgentOutput::Packet(packet) => {
                            let to = &mut self.sides[1 - from];
                            if self.is_up && packet.destination == to.address {
                                let (source, destination) = (packet.source, packet.destination);
                                to.agent
                                    .receive(source, destination, &packet.contents, self.now);
                            }
                        }
                    }
                }
            }
            if is_quiet {
                return;
            }
        }
    }
}

impl Side {
    fn opened(&self) -> usize {
        let is_opened = |news: &&ConnectionNews| {
            matches!(news, ConnectionNews::Channel(_, ChannelNews::Opened))
        };
        self.news.iter().filter(is_opened).count()
    }

    fn count(&self, event: &PeerEvent) -> usize {
        let is_it =
            |news: &&ConnectionNews| matches!(news, ConnectionNews::Peer(it) if it == event);
        self.news.iter().filter(is_it).count()
    }

    fn texts(&self, of: Channel) -> Vec<&str> {
        let text = |news| match news {
            &ConnectionNews::Channel(channel, ChannelNews::Frame(Frame::Text(ref text)))
                if channel == of =>
            {
                Some(text.as_str())
            }
            _ => None,
        };
        self.news.iter().filter_map(text).collect()
    }
}

fn all_open(sides: &[Side; 2]) -> bool {
    sides.iter().all(|side| side.opened() == 3)
}

const CONNECTED: PeerEvent = PeerEvent::Connection(ConnectionState::Connected);

#[test]
fn two_devices_open_three_channels_and_take_no_media() {
    let mut pair = Pairing::new([NOTHING; 2]);
    let (offer, answer) = pair.negotiate(0, false);
    for description in [&offer, &answer] {
        assert_eq!(
            description.matches("a=inactive").count(),
            4,
            "{description}"
        );
        assert!(sections::has_channels(description));
    }
    let media: Vec<&str> = offer
        .lines()
        .filter_map(|line| line.strip_prefix("m="))
        .collect();
    let order: Vec<&str> = media
        .iter()
        .map(|line| line.split(' ').next().unwrap())
        .collect();
    assert_eq!(order, ["audio", "video", "audio", "video", "application"]);
    assert!(pair.run(5_000, all_open));
    for side in &pair.sides {
        assert_eq!(side.count(&CONNECTED), 1);
        assert_eq!(side.count(&PeerEvent::Pair(Pair::Found)), 1);
        assert!(!side.agent.lacks_something());
    }
}

#[test]
fn frames_arrive_whole_and_each_on_its_channel() {
    let mut pair = Pairing::new([NOTHING; 2]);
    pair.negotiate(0, false);
    assert!(pair.run(5_000, all_open));
    let long = "x".repeat(64 * 1024);
    for text in ["one", &long, "two"] {
        let frame = Frame::Text(text.to_owned());
        pair.sides[0].agent.transmit(Channel::Chat, &frame);
    }
    let fast = Frame::Text("fast".to_owned());
    pair.sides[1].agent.transmit(Channel::Live, &fast);
    let is_there = |sides: &[Side; 2]| {
        sides[1].texts(Channel::Chat).len() == 3 && sides[0].texts(Channel::Live).len() == 1
    };
    assert!(pair.run(5_000, is_there));
    assert_eq!(pair.sides[1].texts(Channel::Chat), ["one", &long, "two"]);
    assert_eq!(pair.sides[0].texts(Channel::Live), ["fast"]);
}

#[test]
fn either_side_restarts_ice_and_the_channels_stay() {
    let mut pair = Pairing::new([NOTHING; 2]);
    let (first, _) = pair.negotiate(0, false);
    assert!(pair.run(5_000, all_open));
    let fragment = |sdp: &str| {
        let line = sdp.lines().find(|line| line.starts_with("a=ice-ufrag:"));
        line.unwrap().to_owned()
    };
    let mut before = fragment(&first);
    for (round, offerer) in [0, 1, 0].into_iter().enumerate() {
        let (offer, _) = pair.negotiate(offerer, true);
        assert_ne!(fragment(&offer), before);
        before = fragment(&offer);
        let is_found =
            move |sides: &[Side; 2]| sides.iter().all(|side| side.count(&CONNECTED) == round + 2);
        assert!(pair.run(5_000, is_found), "round {round}");
        let text = format!("round {round}");
        pair.sides[0]
            .agent
            .transmit(Channel::Chat, &Frame::Text(text.clone()));
        let is_there = |sides: &[Side; 2]| sides[1].texts(Channel::Chat).contains(&text.as_str());
        assert!(pair.run(5_000, is_there));
    }
    assert!(all_open(&pair.sides), "none was opened again");
}

#[test]
fn silence_is_noticed_and_the_end_of_it_too() {
    let mut pair = Pairing::new([NOTHING; 2]);
    pair.negotiate(0, false);
    assert!(pair.run(5_000, all_open));
    pair.is_up = false;
    let lost = PeerEvent::Connection(ConnectionState::Disconnected);
    let is_lost = |sides: &[Side; 2]| sides.iter().all(|side| side.count(&lost) == 1);
    assert!(pair.run(7_500, is_lost));
    pair.is_up = true;
    let is_back = |sides: &[Side; 2]| sides.iter().all(|side| side.count(&CONNECTED) == 2);
    assert!(pair.run(2_000, is_back), "it mends itself");
    pair.is_up = false;
    assert!(!pair.run(30_000, |_| false));
    pair.is_up = true;
    pair.negotiate(0, true);
    let is_back = |sides: &[Side; 2]| sides.iter().all(|side| side.count(&CONNECTED) == 3);
    assert!(
        pair.run(5_000, is_back),
        "also after the library gave it up"
    );
}

#[test]
fn of_two_first_offers_that_cross_one_side_begins_afresh() {
    let mut pair = Pairing::new([NOTHING; 2]);
    let lost = pair.sides[0].agent.offer(false).unwrap();
    let offer = pair.sides[1].agent.offer(false).unwrap();
    let answer = pair.sides[0].agent.accept_offer(offer).unwrap();
    let fingerprint = |sdp: &str| {
        let line = sdp.lines().find(|line| line.starts_with("a=fingerprint:"));
        line.unwrap().to_owned()
    };
    assert_ne!(fingerprint(&lost), fingerprint(&answer));
    pair.sides[1].agent.accept_answer(answer).unwrap();
    assert!(pair.run(5_000, all_open));
}

#[test]
fn a_later_offer_of_the_other_side_takes_the_place_of_the_own() {
    let mut pair = Pairing::new([NOTHING; 2]);
    pair.negotiate(0, false);
    assert!(pair.run(5_000, all_open));
    pair.sides[0].agent.offer(true).unwrap();
    pair.negotiate(1, true);
    assert!(pair.sides[0].agent.accept_answer("v=0".to_owned()).is_err());
    let is_back = |sides: &[Side; 2]| sides.iter().all(|side| side.count(&CONNECTED) == 2);
    assert!(pair.run(5_000, is_back));
}

#[test]
fn pictures_and_sound_arrive_as_they_were_sent() {
    let mut pair = Pairing::new([EVERYTHING; 2]);
    pair.negotiate(0, false);
    assert!(pair.run(5_000, all_open));
    for number in 0..25_u8 {
        let at = Duration::from_millis(40) * u32::from(number);
        let first = if number == 0 { 0x10 } else { 0x11 };
        let mut picture = vec![first, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x01];
        picture.resize(3_000, number);
        let picture = MediaFrame {
            at,
            data: picture.into(),
        };
        let sound = MediaFrame {
            at,
            data: [0xf9, number].as_slice().into(),
        };
        pair.sides[0].agent.play(TrackKind::Camera, &picture);
        pair.sides[0].agent.play(TrackKind::Microphone, &sound);
        pair.run(40, |_| false);
    }
    let media = |kind: TrackKind| {
        let frame = move |news: &ConnectionNews| match news {
            ConnectionNews::Media(of, frame) if *of == kind => Some(frame.clone()),
            _ => None,
        };
        pair.sides[1]
            .news
            .iter()
            .filter_map(frame)
            .collect::<Vec<_>>()
    };
    let (pictures, sounds) = (media(TrackKind::Camera), media(TrackKind::Microphone));
    assert!(pictures.len() >= 20, "{} pictures", pictures.len());
    assert!(pictures[0].is_vp8_key_frame() && pictures[0].data.len() == 3_000);
    assert_eq!(pictures[1].at - pictures[0].at, Duration::from_millis(40));
    assert!(sounds.len() >= 20, "{} packets of sound", sounds.len());
    assert_eq!(sounds[0].data.len(), 2);
    assert!(pair.sides[1].agent.arrived() > 50);
    assert_eq!(pair.sides[0].agent.arrived(), 0);
}

/// Plays a file over a line for a minute: how many bits a second are given to the line after 20 s, of how many there are, and how
/// often it was said that the line is slow.
fn play_over(bits_per_second: f64, picture: usize) -> (f64, f64, usize) {
    let mut pair = Pairing::new([EVERYTHING; 2]);
    pair.negotiate(0, false);
    assert!(pair.run(5_000, all_open));
    pair.line = Some(Line {
        bits_per_second,
        free: pair.now,
        waiting: VecDeque::new(),
        given: 0,
    });
    let (started, mut measured) = (pair.now, None);
    let (mut number, mut bits) = (0_u32, 0.0);
    while pair.now < started + Duration::from_secs(60) {
        let is_key = number.is_multiple_of(25);
        let mut data = vec![
            u8::from(!is_key),
            0,
            0,
            0x9d,
            0x01,
            0x2a,
            0x80,
            0x02,
            0xe0,
            1,
        ];
        data.resize(if is_key { 4 * picture } else { picture }, 7);
        let picture = MediaFrame {
            at: pair.now - started,
            data: data.into(),
        };
        bits += picture.data.len() as f64 * 8.0;
        let agent = &mut pair.sides[0].agent;
        if agent.admits(&picture, pair.now) {
            agent.play(TrackKind::Camera, &picture);
        }
        pair.run(40, |_| false);
        number += 1;
        if measured.is_none() && pair.now > started + Duration::from_secs(20) {
            measured = pair.line.as_ref().map(|line| (pair.now, line.given));
        }
    }
    let (since, before) = measured.unwrap();
    let given = (pair.line.as_ref().unwrap().given - before) as f64 * 8.0;
    let is_slow = |news: &&ConnectionNews| matches!(news, ConnectionNews::SlowLine);
    (
        given / (pair.now - since).as_secs_f64(),
        bits / (pair.now - started).as_secs_f64(),
        pair.sides[0].news.iter().filter(is_slow).count(),
    )
}

#[test]
fn a_file_of_two_megabits_does_not_flood_a_line_of_half_a_megabit() {
    let (given, all, said) = play_over(500_000.0, 8_750);
    assert!(all > 1_900_000.0);
    assert!(given < 700_000.0, "{given} bit/s into a line of 500,000");
    assert!(
        given > 300_000.0,
        "{given} bit/s is less than the line takes"
    );
    assert_eq!(said, 1);
}

#[test]
fn a_line_that_takes_more_than_was_thought_at_first_is_used() {
    let (given, all, _) = play_over(20_000_000.0, 22_000);
    assert!(all > 4_500_000.0);
    assert!(given > 0.95 * all, "{given} of {all} bit/s");
}

#[test]
fn whoever_comes_behind_the_first_picture_asks_for_one_that_can_be_decoded() {
    let mut pair = Pairing::new([EVERYTHING; 2]);
    pair.negotiate(0, false);
    assert!(pair.run(5_000, all_open));
    let asked = |sides: &[Side; 2]| {
        let wanted = |news: &&ConnectionNews| matches!(news, ConnectionNews::KeyFrameWanted);
        sides[0].news.iter().filter(wanted).count()
    };
    for number in 0..75_u32 {
        let is_key = number == 60;
        let mut data = vec![if is_key { 0x10 } else { 0x11 }, 0, 0, 0x9d, 0x01, 0x2a];
        data.resize(500, 0);
        let picture = MediaFrame {
            at: Duration::from_millis(40) * number,
            data: data.into(),
        };
        pair.sides[0].agent.play(TrackKind::Camera, &picture);
        pair.run(40, |_| false);
        if number == 60 {
            let asked = asked(&pair.sides);
            assert!((2..=4).contains(&asked), "{asked} times");
        }
    }
    let before = asked(&pair.sides);
    pair.run(2_000, |_| false);
    assert_eq!(asked(&pair.sides), before, "it is there");
}

#[test]
fn who_only_listens_is_sent_to_and_who_does_not_is_not() {
    let listener = MediaWish {
        receives: true,
        ..NOTHING
    };
    for (wish, arrives) in [(listener, true), (NOTHING, false)] {
        for offerer in 0..2 {
            let mut pair = Pairing::new([EVERYTHING, wish]);
            pair.negotiate(offerer, false);
            assert!(pair.run(5_000, all_open));
            for number in 0..10 {
                let sound = MediaFrame {
                    at: Duration::from_millis(20) * number,
                    data: [0xf8, 1].as_slice().into(),
                };
                pair.sides[0].agent.play(TrackKind::Microphone, &sound);
                pair.run(20, |_| false);
            }
            assert_eq!(
                pair.sides[1].agent.arrived() > 0,
                arrives,
                "offer of {offerer}"
            );
        }
    }
}

#[test]
fn candidates_are_told_once_in_each_generation() {
    let mut pair = Pairing::new([NOTHING; 2]);
    pair.negotiate(0, false);
    let agent = &mut pair.sides[0].agent;
    let told = agent.take_untold();
    assert_eq!(told.len(), 1);
    assert!(told[0].candidate.contains(" 192.0.2.1 5000 typ host"));
    assert!(agent.take_untold().is_empty());
    agent.add_local(Candidate::host("192.0.2.9:5000".parse().unwrap(), "udp").unwrap());
    assert_eq!(agent.take_untold().len(), 1);
    let offer = agent.offer(true).unwrap();
    let again = agent.take_untold();
    assert_eq!(again.len(), 2);
    let fragment = again[0].username_fragment.as_deref().unwrap();
    assert!(offer.contains(&format!("a=ice-ufrag:{fragment}")));
    agent.set_only_relayed(true);
    assert!(agent.take_untold().is_empty());
}

#[test]
fn candidates_without_end_cost_no_more_than_those_of_one_call() {
    let mut pair = Pairing::new([NOTHING; 2]);
    pair.negotiate(0, false);
    assert!(pair.run(5_000, all_open));
    let agent = &mut pair.sides[0].agent;
    for number in 0..5_000_u32 {
        let address = std::net::Ipv4Addr::from(0x0a00_0000 + number);
        agent.add_remote(&IceCandidate {
            candidate: format!("candidate:1 1 udp 2130706431 {address} 9 typ host"),
            ..IceCandidate::default()
        });
    }
    assert_eq!(agent.remote_candidates, MOST_REMOTE_CANDIDATES);
    pair.negotiate(1, true);
    assert_eq!(
        pair.sides[0].agent.remote_candidates, 0,
        "another generation"
    );
    let is_back = |sides: &[Side; 2]| sides.iter().all(|side| side.count(&CONNECTED) == 2);
    assert!(pair.run(5_000, is_back));
}

#[test]
fn addresses_that_are_gone_are_told_no_more_and_own_ones_are_not_without_end() {
    let mut pair = Pairing::new([NOTHING; 2]);
    pair.negotiate(0, false);
    assert!(pair.run(5_000, all_open));
    let agent = &mut pair.sides[0].agent;
    let base = "192.0.2.1:5000".parse().unwrap();
    for port in 1_000..2_000 {
        let seen = SocketAddr::new("198.51.100.7".parse().unwrap(), port);
        agent.add_local(Candidate::server_reflexive(seen, base, "udp").unwrap());
    }
    assert_eq!(agent.candidates.len(), MOST_CANDIDATES);
    assert!(
        agent.candidates.iter().any(|it| it.addr() == base),
        "it stays"
    );
    for port in 1_000..2_000 {
        agent.remove_local(SocketAddr::new("198.51.100.7".parse().unwrap(), port));
    }
    agent.offer(true).unwrap();
    assert_eq!(agent.take_untold().len(), 1);
}

#[test]
fn descriptions_that_somebody_took_apart_end_nothing_but_their_connection() {
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut chance = move |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        usize::try_from(random >> 16).unwrap() % below
    };
    let offer = Pairing::new([EVERYTHING; 2]).sides[0]
        .agent
        .offer(false)
        .unwrap();
    let lines: Vec<&str> = offer.lines().collect();
    for _ in 0..300 {
        let mut torn: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        for _ in 0..=chance(6) {
            let at = chance(torn.len());
            let other = torn[chance(torn.len())].clone();
            match chance(5) {
                0 => drop(torn.remove(at)),
                1 => torn[at] = other,
                2 => torn.insert(at, other),
                3 => torn[at] = torn[at].replace(char::is_numeric, "99999999999999999999"),
                _ => torn[at] = torn[at].chars().take(chance(20)).collect(),
            }
        }
        let torn = torn.join("\r\n") + "\r\n";
        let mut pair = Pairing::new([EVERYTHING; 2]);
        let own = pair.sides[0].agent.offer(false).unwrap();
        let _ = pair.sides[0].agent.accept_answer(torn.clone());
        let answered = pair.sides[1].agent.accept_offer(torn);
        if let Ok(answer) = answered {
            let mut third = Agent::new(EVERYTHING, pair.now);
            let _ = third.accept_offer(own);
            let _ = third.accept_answer(answer);
        }
        pair.run(50, |_| false);
    }
}

#[test]
fn packets_that_somebody_took_apart_break_nothing() {
    let mut pair = Pairing::new([EVERYTHING; 2]);
    pair.negotiate(0, false);
    assert!(pair.run(5_000, all_open));
    let (source, own) = (pair.sides[1].address, pair.sides[0].address);
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    for round in 0..20_000_u32 {
        let mut packet = vec![0; 1 + usize::try_from(random % 300).unwrap()];
        for byte in &mut packet {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            *byte = (random >> 24) as u8;
        }
        // STUN, DTLS, RTP and RTCP by their first bytes, and anything.
        packet[0] = [0, 1, 20, 22, 23, 128, 129, 144, packet[0]][round as usize % 9];
        let now = pair.now;
        pair.sides[0].agent.receive(source, own, &packet, now);
    }
    let text = Frame::Text("still here".to_owned());
    pair.sides[1].agent.transmit(Channel::Chat, &text);
    let is_there = |sides: &[Side; 2]| sides[0].texts(Channel::Chat) == ["still here"];
    assert!(pair.run(5_000, is_there));
}

#[test]
fn strangers_and_nonsense_change_nothing() {
    let mut pair = Pairing::new([NOTHING; 2]);
    pair.negotiate(0, false);
    assert!(pair.run(5_000, all_open));
    let (own, now) = (pair.sides[0].address, pair.now);
    let peer = pair.sides[1].address;
    for packet in [
        &b""[..],
        b"hello",
        &[0; 20],
        &[22; 40],
        &[128; 12],
        &[200; 1_500],
    ] {
        let agent = &mut pair.sides[0].agent;
        agent.receive("203.0.113.9:9".parse().unwrap(), own, packet, now);
        agent.receive(peer, own, packet, now);
    }
    let agent = &mut pair.sides[0].agent;
    for sdp in ["", "v=0\r\n", "m=audio 9 x\r\n", "\u{0}"] {
        assert!(agent.accept_offer(sdp.to_owned()).is_err(), "{sdp:?}");
        assert!(agent.accept_answer(sdp.to_owned()).is_err(), "{sdp:?}");
    }
    for candidate in ["", "candidate:", "candidate:1 1 udp 1 abc.local 9 typ host"] {
        agent.add_remote(&IceCandidate {
            candidate: candidate.to_owned(),
            ..IceCandidate::default()
        });
    }
    let text = Frame::Text("still here".to_owned());
    pair.sides[0].agent.transmit(Channel::Chat, &text);
    assert!(pair.run(5_000, |sides| sides[1].texts(Channel::Chat)
        == ["still here"]));
}

#[test]
fn a_connection_that_is_over_makes_no_offers() {
    let mut pair = Pairing::new([NOTHING; 2]);
    pair.negotiate(0, false);
    assert!(pair.run(5_000, all_open));
    pair.sides[0].agent.close();
    let lost = PeerEvent::Connection(ConnectionState::Disconnected);
    assert!(pair.run(5_000, |sides| sides[1].count(&lost) == 1));
    assert!(matches!(
        pair.sides[1].agent.offer(true),
        Err(AgentError::Over)
    ));
}
