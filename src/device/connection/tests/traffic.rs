//! What goes from one connection to the other: frames, pictures and sound, and packets of somebody who means harm.

use std::sync::Arc;

use str0m::Candidate;

use super::*;
use crate::device::chance::Chance;
use crate::device::connection::pairing::{
    EVERYTHING, Line, NOTHING, Pairing, Side, agent, all_open,
};
use crate::device::connection::sections::MediaWish;
use crate::device::measures::connection::ConnectionMeter;
use crate::device::measures::meter::Meter;
use crate::device::measures::run::Run;
use crate::device::measures::tally::Phase;
use crate::device::media::synthetic::stamp::StampClock;
use crate::room::messaging::channel::Channel;

/// A picture of so many bytes.
fn picture(at: Duration, is_key: bool, bytes: usize) -> MediaFrame {
    let first = if is_key { 0x10 } else { 0x11 };
    let mut data = vec![first, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x01];
    data.resize(bytes, 7);
    let data = data.into();
    MediaFrame { at, data }
}

#[test]
fn frames_arrive_whole_and_each_on_its_channel() {
    let mut pair = Pairing::connected([NOTHING; 2]);
    let long = "x".repeat(64 * 1024);
    for text in ["one", &long, "two"] {
        pair.sides[0].say(Channel::Chat, text);
    }
    pair.sides[1].say(Channel::Live, "fast");
    let is_there = |sides: &[Side; 2]| {
        sides[1].texts(Channel::Chat).len() == 3 && sides[0].texts(Channel::Live).len() == 1
    };
    assert!(pair.run(5_000, is_there));
    assert_eq!(pair.sides[1].texts(Channel::Chat), ["one", &long, "two"]);
    assert_eq!(pair.sides[0].texts(Channel::Live), ["fast"]);
}

#[test]
fn pictures_and_sound_arrive_as_they_were_sent() {
    let mut pair = Pairing::connected([EVERYTHING; 2]);
    for number in 0..25_u8 {
        let at = Duration::from_millis(40) * u32::from(number);
        let picture = picture(at, number == 0, 3_000);
        let sound = MediaFrame {
            at,
            data: [0xf9, number].as_slice().into(),
        };
        pair.sides[0].agent.play(TrackKind::Camera, &picture);
        pair.sides[0].agent.play(TrackKind::Microphone, &sound);
        pair.pass(40);
    }
    let media = |kind: TrackKind| {
        let frame = move |news: &ConnectionNews| match news {
            ConnectionNews::Media(of, frame) if of.kind == kind => Some(frame.clone()),
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

#[test]
fn sound_is_sent_with_its_level_and_that_is_offered() {
    let mut pair = Pairing::new([EVERYTHING; 2]);
    let (offer, _) = pair.negotiate(0, false);
    assert!(pair.run(5_000, all_open));
    let name = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
    let line = offer.lines().find(|line| line.contains(name)).unwrap();
    let id: u8 = line["a=extmap:".len()..]
        .split(' ')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    for (packet, expected) in [([0xf8, 1, 2], 0x80 | 35), ([0xf8, 0xff, 0xfe], 127)] {
        let sound = MediaFrame {
            at: Duration::from_millis(u64::from(packet[2]) * 20),
            data: packet.as_slice().into(),
        };
        let (agent, now) = (&mut pair.sides[0].agent, pair.now);
        assert!(agent.play(TrackKind::Microphone, &sound));
        agent.pass(now + Duration::from_millis(1));
        let levels = std::iter::from_fn(|| agent.poll()).filter_map(|output| match output {
            AgentOutput::Packet(packet) => level_of(&packet.contents, id),
            AgentOutput::News(_) => None,
        });
        assert_eq!(levels.collect::<Vec<_>>(), [expected]);
    }
}

/// What a packet says in a one-byte header extension of this id (RFC 8285 section 4.2), which is not encrypted.
fn level_of(packet: &[u8], id: u8) -> Option<u8> {
    let has_extensions = is_media(packet) && packet[0] & 0x10 != 0;
    let mut rest = packet.get(12..).filter(|_| has_extensions)?;
    assert_eq!(rest[..2], [0xbe, 0xde]);
    let words = usize::from(u16::from_be_bytes([rest[2], rest[3]]));
    rest = &rest[4..4 + 4 * words];
    while let [head, behind @ ..] = rest {
        let length = usize::from(head & 15) + 1;
        match head >> 4 {
            0 => rest = behind,
            it if it == id => return behind.first().copied(),
            _ => rest = &behind[length..],
        }
    }
    None
}

/// Plays a file over a line for a minute: how many bits a second are given to the line after 20 s, of how many there are, and how
/// often it was said that the line is slow.
fn play_over(bits_per_second: f64, bytes: usize) -> (f64, f64, usize) {
    let mut pair = Pairing::connected([EVERYTHING; 2]);
    pair.line = Some(Line::new(bits_per_second, pair.now));
    let (started, mut measured) = (pair.now, None);
    let (mut number, mut bits) = (0_u32, 0.0);
    while pair.now < started + Duration::from_secs(60) {
        let is_key = number.is_multiple_of(25);
        let bytes = if is_key { 4 * bytes } else { bytes };
        let picture = picture(pair.now - started, is_key, bytes);
        bits += picture.data.len() as f64 * 8.0;
        let agent = &mut pair.sides[0].agent;
        if agent.admits(&picture, pair.now) {
            agent.play(TrackKind::Camera, &picture);
        }
        pair.pass(40);
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
    let mut pair = Pairing::connected([EVERYTHING; 2]);
    let asked = |sides: &[Side; 2]| {
        let wanted = |news: &&ConnectionNews| matches!(news, ConnectionNews::KeyFrameWanted);
        sides[0].news.iter().filter(wanted).count()
    };
    for number in 0..75_u32 {
        let is_key = number == 60;
        let picture = picture(Duration::from_millis(40) * number, is_key, 500);
        pair.sides[0].agent.play(TrackKind::Camera, &picture);
        pair.pass(40);
        if number == 60 {
            let asked = asked(&pair.sides);
            assert!((2..=4).contains(&asked), "{asked} times");
        }
    }
    let before = asked(&pair.sides);
    pair.pass(2_000);
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
                pair.pass(20);
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
fn packets_that_somebody_took_apart_break_nothing() {
    let mut pair = Pairing::connected([EVERYTHING; 2]);
    let (source, own) = (pair.sides[1].address, pair.sides[0].address);
    let mut chance = Chance::new(0x2545_f491_4f6c_dd1d);
    for round in 0..20_000 {
        let mut packet = vec![0; 1 + chance.below(300)];
        packet.fill_with(|| chance.below(256) as u8);
        // STUN, DTLS, RTP and RTCP by their first bytes, and anything.
        packet[0] = [0, 1, 20, 22, 23, 128, 129, 144, packet[0]][round % 9];
        let now = pair.now;
        pair.sides[0].agent.receive(source, own, &packet, now);
    }
    pair.sides[1].say(Channel::Chat, "still here");
    let is_there = |sides: &[Side; 2]| sides[0].texts(Channel::Chat) == ["still here"];
    assert!(pair.run(5_000, is_there));
}

#[test]
fn what_is_lost_on_the_way_is_counted_also_where_it_is_repaired() {
    let mut pair = Pairing::new([EVERYTHING; 2]);
    let run = Arc::new(Run::new(StampClock::new(1, pair.now)));
    let meter = Arc::new(Meter::new(Arc::clone(&run)));
    let measured = ConnectionMeter::new(meter, pair.now);
    let side = &mut pair.sides[1];
    side.agent = agent(EVERYTHING, Some(measured), pair.now);
    let candidate = Candidate::host(side.address, "udp").unwrap();
    side.agent.add_local(candidate);
    pair.negotiate(0, false);
    assert!(pair.run(5_000, all_open));
    for number in 0..100 {
        pair.is_up = number != 50;
        let mut data = vec![u8::from(number > 0); 200];
        data.extend(run.clock.stamp(pair.now));
        let picture = MediaFrame {
            at: Duration::from_millis(40) * number,
            data: data.into(),
        };
        assert!(pair.sides[0].agent.play(TrackKind::Camera, &picture));
        pair.pass(40);
    }
    let is_media = |news: &&ConnectionNews| matches!(news, ConnectionNews::Media(..));
    assert_eq!(pair.sides[1].news.iter().filter(is_media).count(), 0);
    drop(pair);
    let tally = run.tally();
    assert_eq!((tally.packets.received, tally.packets.lost), (99, 1));
    assert_eq!((tally.pictures.frames, tally.unrepaired), (100, 0));
    assert_eq!(
        (tally.pictures.key_frames, tally.pictures.delays.count()),
        (1, 100)
    );
    assert!(tally.nacks > 0);
    for phase in [
        Phase::Ice,
        Phase::Dtls,
        Phase::FirstPacket,
        Phase::FirstKeyFrame,
    ] {
        assert_eq!(tally.phase(phase).count(), 1, "{phase:?}");
    }
}
