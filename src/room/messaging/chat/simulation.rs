//! A room of two to four people, or of a dozen and more, whose channels break and open again at random, with one of them coming late: in the end
//! everyone has everything that was said to everyone, once, and each author's words in order. All the while the changes of
//! each conversation make the whole of it.

use std::collections::{BTreeMap, VecDeque};

use super::*;
use crate::protocol::{DisplayName, PeerId};
use crate::random::{Random, seeds};
use crate::room::messaging::chat::conversation::{ChatEffect, Conversation};
use crate::room::messaging::chat::correspondent::ChatOrigin;
use crate::room::messaging::frame::ChatFrame;
use crate::room::messaging::recipients::Recipients;
use crate::room::moment::Moment;
use crate::room::testing::deadline::{self, Look, Pacing};

struct Person {
    chat: Conversation,
    /// What the conversation is to who knows only its changes.
    followed: Vec<ChatEntry>,
    effects_seen: usize,
}

struct Room {
    now: u64,
    random: Random,
    pacing: Pacing,
    people: BTreeMap<PeerId, Person>,
    /// Frames under way, for each direction of each open line.
    lines: BTreeMap<(PeerId, PeerId), VecDeque<(u64, ChatFrame)>>,
}

fn id(number: usize) -> PeerId {
    PeerId::new(format!("p{number}"))
}

fn name(peer: &PeerId) -> DisplayName {
    DisplayName::parse(peer.as_str()).unwrap()
}

impl Room {
    fn join(&mut self, peer: PeerId) {
        let chance = self.random.fraction();
        let mut chat = Conversation::new(peer.clone(), name(&peer), WallTime(0), chance);
        let now = Moment(self.now);
        for (other, person) in &mut self.people {
            chat.person_came(other.clone(), name(other), ChatOrigin::BeforeMe, now);
            person
                .chat
                .person_came(peer.clone(), name(&peer), ChatOrigin::AfterMe, now);
        }
        self.people.insert(
            peer,
            Person {
                chat,
                followed: Vec::new(),
                effects_seen: 0,
            },
        );
    }

    fn perform(&mut self, from: &PeerId, effects: Vec<ChatEffect>) {
        for effect in effects {
            match effect {
                ChatEffect::Send { to, frame } => {
                    let delay = 1 + self.random.below(80);
                    if let Some(line) = self.lines.get_mut(&(from.clone(), to)) {
                        let earliest = line.back().map_or(0, |(at, _)| *at);
                        line.push_back(((self.now + delay).max(earliest), frame));
                    }
                }
                ChatEffect::Arrived { .. } => {
                    self.people.get_mut(from).unwrap().effects_seen += 1;
                }
            }
        }
    }

    fn with(
        &mut self,
        peer: &PeerId,
        act: impl FnOnce(&mut Conversation, Moment) -> Vec<ChatEffect>,
    ) {
        let now = Moment(self.now);
        let person = self.people.get_mut(peer).unwrap();
        let effects = act(&mut person.chat, now);
        for change in person.chat.take_changes(now) {
            change.apply(&mut person.followed);
        }
        if person.chat.revisions_due().is_none() {
            assert!(person.chat.entries().eq(&person.followed));
        }
        self.perform(peer, effects);
    }

    fn set_line(&mut self, a: &PeerId, b: &PeerId, open: bool) {
        let pair = [(a.clone(), b.clone()), (b.clone(), a.clone())];
        if self.lines.contains_key(&pair[0]) == open {
            return;
        }
        for key in &pair {
            if open {
                self.lines.insert(key.clone(), VecDeque::new());
            } else {
                self.lines.remove(key);
            }
        }
        for (me, other) in pair {
            self.with(&me, |chat, now| match open {
                true => chat.channel_opened(&other, now),
                false => chat.channel_closed(&other, now),
            });
        }
    }

    fn pass(&mut self, ms: u64) {
        for _ in 0..ms / 10 {
            self.now += 10;
            for key in self.lines.keys().cloned().collect::<Vec<_>>() {
                while let Some(line) = self.lines.get_mut(&key)
                    && line.front().is_some_and(|(at, _)| *at <= self.now)
                    && let Some((_, frame)) = line.pop_front()
                {
                    let frame = ChatFrame::parse(&frame.to_frame()).unwrap();
                    self.with(&key.1, |chat, now| {
                        chat.receive(&key.0, frame, now).unwrap()
                    });
                }
            }
            for peer in self.people.keys().cloned().collect::<Vec<_>>() {
                let now = Moment(self.now);
                let ticks = match self.pacing {
                    Pacing::Regular => self.now.is_multiple_of(250),
                    Pacing::AtDeadlines => {
                        let due = self.people[&peer].chat.next_deadline(now);
                        due.is_some_and(|due| due <= now)
                    }
                };
                if ticks {
                    self.with(&peer, tick);
                }
                let due = self.people[&peer].chat.revisions_due();
                if due.is_some_and(|due| due <= now) {
                    self.with(&peer, |_, _| Vec::new());
                }
            }
        }
    }

    fn pairs(&self) -> Vec<(PeerId, PeerId)> {
        let peers: Vec<_> = self.people.keys().cloned().collect();
        let mut pairs = Vec::new();
        for (index, a) in peers.iter().enumerate() {
            pairs.extend(peers[index + 1..].iter().map(|b| (a.clone(), b.clone())));
        }
        pairs
    }
}

fn tick(chat: &mut Conversation, now: Moment) -> Vec<ChatEffect> {
    let look = if now.0.is_multiple_of(2_000) {
        Look::Close
    } else {
        Look::Casual
    };
    let next = |chat: &Conversation| chat.next_deadline(now);
    deadline::tick(chat, now, look, next, |chat| chat.tick(now))
}

fn simulate(seed: u64, pacing: Pacing) {
    let mut random = Random::new(seed);
    let size = 2 + random.below(3) as usize;
    simulate_room(seed, random, size, pacing);
}

fn simulate_room(seed: u64, random: Random, size: usize, pacing: Pacing) {
    let mut room = Room {
        now: 0,
        random,
        pacing,
        people: BTreeMap::new(),
        lines: BTreeMap::new(),
    };
    for number in 0..size - 1 {
        room.join(id(number));
    }
    let late_at = room.random.below(60);
    let mut said: BTreeMap<PeerId, Vec<String>> = BTreeMap::new();
    let mut direct = 0;
    for step in 0..80 {
        if step == late_at {
            room.join(id(size - 1));
        }
        for (a, b) in room.pairs() {
            match room.random.below(6) {
                0 => room.set_line(&a, &b, false),
                1..=3 => room.set_line(&a, &b, true),
                _ => {}
            }
        }
        let speakers: Vec<_> = room.people.keys().cloned().collect();
        let speaker = speakers[room.random.below(speakers.len() as u64) as usize].clone();
        if room.random.below(8) == 0 && speakers.len() > 1 {
            let to = speakers
                .iter()
                .find(|peer| **peer != speaker)
                .unwrap()
                .clone();
            room.with(&speaker, |chat, now| {
                chat.say("direct", &Recipients::Person(to), now).unwrap()
            });
            direct += 1;
        } else {
            let text = format!("{speaker} {step}");
            said.entry(speaker.clone()).or_default().push(text.clone());
            room.with(&speaker, |chat, now| {
                chat.say(&text, &Recipients::Everyone, now).unwrap()
            });
        }
        let pause = room.random.below(2_000);
        room.pass(pause);
    }
    if late_at >= 80 {
        room.join(id(size - 1));
    }
    for (a, b) in room.pairs() {
        room.set_line(&a, &b, true);
    }
    room.pass(120_000);
    for person in room.people.values() {
        assert!(person.chat.entries().eq(&person.followed), "seed {seed}");
    }
    let mut direct_seen = 0;
    for (peer, person) in &room.people {
        for (author, texts) in &said {
            let heard: Vec<_> = person
                .chat
                .entries()
                .filter(|entry| entry.author == *author && entry.addressed == Addressed::Everyone)
                .map(|entry| entry.text.as_str().to_owned())
                .collect();
            assert_eq!(heard, *texts, "seed {seed}: what {peer} heard of {author}");
        }
        let directs = person
            .chat
            .entries()
            .filter(|entry| entry.addressed == Addressed::Direct);
        direct_seen += directs.count();
        for entry in person.chat.entries() {
            assert!(
                matches!(
                    entry.delivery(),
                    None | Some(Delivery::Everyone | Delivery::Nobody)
                ),
                "seed {seed}: {entry:?}"
            );
        }
    }
    assert_eq!(
        direct_seen,
        direct * 2,
        "seed {seed}: a direct message has two ends"
    );
}

#[test]
fn everyone_ends_with_the_whole_conversation_however_often_channels_break() {
    for seed in seeds(30) {
        simulate(seed, Pacing::Regular);
    }
}

#[test]
fn they_do_so_too_when_they_are_ticked_at_their_deadlines_alone() {
    for seed in seeds(100) {
        simulate(seed, Pacing::AtDeadlines);
    }
}

#[test]
fn everyone_does_so_too_where_receipts_are_gathered() {
    for seed in seeds(3) {
        let size = 13 + (seed % 3) as usize;
        simulate_room(seed, Random::new(seed), size, Pacing::AtDeadlines);
    }
}
