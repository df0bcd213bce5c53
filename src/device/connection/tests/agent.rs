//! Descriptions of two connections to each other: what they agree on, and how they get over what goes wrong.

use super::*;
use crate::device::chance::Chance;
use crate::device::connection::pairing::{
    CONNECTED, EVERYTHING, NOTHING, Pairing, agent, all_open, told,
};
use crate::protocol::IceCandidate;
use crate::room::Pair;

/// The line of a description that begins like this.
fn line<'a>(description: &'a str, beginning: &str) -> &'a str {
    let mut lines = description.lines();
    lines.find(|line| line.starts_with(beginning)).unwrap()
}

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
fn either_side_restarts_ice_and_the_channels_stay() {
    let mut pair = Pairing::new([NOTHING; 2]);
    let (first, _) = pair.negotiate(0, false);
    assert!(pair.run(5_000, all_open));
    let mut before = first;
    for (round, offerer) in [0, 1, 0].into_iter().enumerate() {
        let (offer, _) = pair.negotiate(offerer, true);
        let [now, then] = [&offer, &before].map(|it| line(it, "a=ice-ufrag:"));
        assert_ne!(now, then);
        before = offer;
        let is_found = told(CONNECTED, round + 2);
        assert!(pair.run(5_000, is_found), "round {round}");
        let text = format!("round {round}");
        pair.sides[0].say(Channel::Chat, &text);
        assert!(pair.run(5_000, |sides| {
            sides[1].texts(Channel::Chat).contains(&text.as_str())
        }));
    }
    assert!(all_open(&pair.sides), "none was opened again");
}

#[test]
fn silence_is_noticed_and_the_end_of_it_too() {
    let mut pair = Pairing::connected([NOTHING; 2]);
    pair.is_up = false;
    let lost = PeerEvent::Connection(ConnectionState::Disconnected);
    assert!(pair.run(7_500, told(lost, 1)));
    pair.is_up = true;
    assert!(pair.run(2_000, told(CONNECTED, 2)), "it mends itself");
    pair.is_up = false;
    pair.pass(30_000);
    pair.is_up = true;
    pair.negotiate(0, true);
    assert!(
        pair.run(5_000, told(CONNECTED, 3)),
        "also after the library gave it up"
    );
}

#[test]
fn of_two_first_offers_that_cross_one_side_begins_afresh() {
    let mut pair = Pairing::new([NOTHING; 2]);
    let lost = pair.sides[0].agent.offer(false).unwrap();
    let offer = pair.sides[1].agent.offer(false).unwrap();
    let answer = pair.sides[0].agent.accept_offer(offer).unwrap();
    let [before, after] = [&lost, &answer].map(|it| line(it, "a=fingerprint:"));
    assert_ne!(before, after);
    pair.sides[1].agent.accept_answer(answer).unwrap();
    assert!(pair.run(5_000, all_open));
}

#[test]
fn a_later_offer_of_the_other_side_takes_the_place_of_the_own() {
    let mut pair = Pairing::connected([NOTHING; 2]);
    pair.sides[0].agent.offer(true).unwrap();
    pair.negotiate(1, true);
    assert!(pair.sides[0].agent.accept_answer("v=0".to_owned()).is_err());
    assert!(pair.run(5_000, told(CONNECTED, 2)));
}

#[test]
fn descriptions_that_somebody_took_apart_end_nothing_but_their_connection() {
    let mut chance = Chance::new(0x9e37_79b9_7f4a_7c15);
    let offer = Pairing::new([EVERYTHING; 2]).sides[0]
        .agent
        .offer(false)
        .unwrap();
    let lines: Vec<&str> = offer.lines().collect();
    for _ in 0..300 {
        let mut torn: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        for _ in 0..=chance.below(6) {
            let at = chance.below(torn.len());
            let other = torn[chance.below(torn.len())].clone();
            match chance.below(5) {
                0 => drop(torn.remove(at)),
                1 => torn[at] = other,
                2 => torn.insert(at, other),
                3 => torn[at] = torn[at].replace(char::is_numeric, "99999999999999999999"),
                _ => torn[at] = torn[at].chars().take(chance.below(20)).collect(),
            }
        }
        let torn = torn.join("\r\n") + "\r\n";
        let mut pair = Pairing::new([EVERYTHING; 2]);
        let own = pair.sides[0].agent.offer(false).unwrap();
        let _ = pair.sides[0].agent.accept_answer(torn.clone());
        let answered = pair.sides[1].agent.accept_offer(torn);
        if let Ok(answer) = answered {
            let mut third = agent(EVERYTHING, None, pair.now);
            let _ = third.accept_offer(own);
            let _ = third.accept_answer(answer);
        }
        pair.pass(50);
    }
}

#[test]
fn strangers_and_nonsense_change_nothing() {
    let mut pair = Pairing::connected([NOTHING; 2]);
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
    pair.sides[0].say(Channel::Chat, "still here");
    assert!(pair.run(5_000, |sides| sides[1].texts(Channel::Chat)
        == ["still here"]));
}

#[test]
fn a_connection_that_is_over_makes_no_offers() {
    let mut pair = Pairing::connected([NOTHING; 2]);
    pair.sides[0].agent.close();
    let lost = PeerEvent::Connection(ConnectionState::Disconnected);
    assert!(pair.run(5_000, |sides| sides[1].count(&lost) == 1));
    assert!(matches!(
        pair.sides[1].agent.offer(true),
        Err(AgentError::Over)
    ));
}
