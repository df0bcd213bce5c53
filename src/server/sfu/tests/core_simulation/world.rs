//! A shard and the people of a room, who are bound together by bad lines, and the time that passes for all of them.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::client::Client;
use super::line::{Air, GOOD, Quality, Way};
use super::publisher::TICK_MS;
use crate::protocol::sfu::Track;
use crate::random::Random;
use crate::server::sfu::core::Core;
use crate::server::sfu::egress::NtpClock;
use crate::server::sfu::keys::SeatKey;
use crate::server::sfu::letterbox::{Letter, Post};
use crate::server::sfu::offload::Offload;
use crate::server::sfu::session::Ground;
use crate::server::sfu::start::certificate;
use crate::server::sfu::ways::{Arrival, Passage};

pub(super) const SERVER: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)), 3480);

/// A picture that a slot brings is never missing for longer than this while nothing happens to its people: a keyframe is asked for every
/// two seconds, and the line loses requests, too.
const REPAIRED: Duration = Duration::from_millis(6_500);

/// A room.
pub(super) struct World {
    /// What happens is drawn from this, and what becomes of datagrams from the other: how many there are is not in the seed.
    pub(super) random: Random,
    pub(super) chance: Random,
    pub(super) core: Core,
    pub(super) clients: Vec<Client>,
    pub(super) quality: Quality,
    /// Almost nothing comes through to or from this one until then.
    pub(super) burst: Option<(u8, Instant)>,
    /// A picture that should be there was missing for so long at the most.
    pub(super) longest: Duration,
    pub(super) now: Instant,
    began: Instant,
    air: Air,
    offload: Offload,
    ports: u16,
    /// So many connections, wishes and offers were made.
    pub(super) connections: u8,
    pub(super) watches: u32,
    pub(super) serials: u32,
}

impl World {
    pub(super) fn new(seed: u64) -> Self {
        let now = Instant::now();
        let mut random = Random::new(seed);
        let ground = Ground {
            certificate: certificate().unwrap(),
            clock: NtpClock::begin(now),
        };
        let candidates = Box::new(|_| vec![SERVER]);
        let quality = Quality {
            lost: 5.0 * random.fraction(),
            delay: 5 + random.below(40),
            jitter: random.below(15),
            doubled: random.below(3),
            late: random.below(3),
        };
        Self {
            random,
            chance: Random::new(!seed),
            core: Core::new(ground, candidates, 1e9, 8, Arc::default(), now),
            clients: vec![],
            quality,
            burst: None,
            longest: Duration::ZERO,
            now,
            began: now,
            air: Air::default(),
            offload: Offload::new(8),
            ports: 5_000,
            connections: 0,
            watches: 0,
            serials: 0,
        }
    }

    /// So many milliseconds have passed.
    pub(super) fn elapsed(&self) -> u32 {
        let elapsed = self.now.duration_since(self.began).as_millis();
        u32::try_from(elapsed).unwrap()
    }

    /// An address that nobody has had.
    pub(super) fn new_address(&mut self) -> SocketAddr {
        self.ports += 1;
        SocketAddr::from(([10, 0, 0, 2], self.ports))
    }

    pub(super) fn client(&mut self, number: u8) -> &mut Client {
        let mut clients = self.clients.iter_mut();
        clients.find(|client| client.number == number).unwrap()
    }

    pub(super) fn write(&mut self, number: u8, letter: Letter) {
        let letters = vec![(SeatKey(number.into()), letter)];
        let post = Post {
            letters,
            ..Post::default()
        };
        self.core.read(post, self.now);
    }

    /// A millisecond passes.
    pub(super) fn step(&mut self) {
        self.now += Duration::from_millis(1);
        let now = self.now;
        for place in 0..self.clients.len() {
            let client = &mut self.clients[place];
            let (number, mut due) = (client.number, vec![]);
            while let Some((_, letter)) = client.letters.pop_front_if(|(at, _)| *at <= now) {
                due.push(letter);
            }
            for letter in due {
                self.write(number, letter);
            }
        }
        while let Some((way, bytes)) = self.air.arrived(now) {
            match way {
                Way::Up(from) => {
                    let by = Passage::Socket(Some(SERVER.ip()));
                    let _ = self.core.receive(Arrival { from, by, at: now }, &bytes);
                }
                Way::Down(to) => {
                    let mut clients = self.clients.iter_mut();
                    if let Some(client) = clients.find(|client| client.address == to) {
                        client.receive(&bytes, now);
                    }
                }
            }
        }
        self.core.pass(now);
        self.flush();
        self.run_clients();
        if self.elapsed().is_multiple_of(100) {
            self.look_at_pictures();
        }
    }

    fn run_clients(&mut self) {
        let (now, elapsed) = (self.now, self.elapsed());
        for place in 0..self.clients.len() {
            let delay = Duration::from_millis(5 + self.chance.below(60));
            let client = &mut self.clients[place];
            for text in client.told.take() {
                let at = client.mail.back().map_or(now, |(last, _)| *last);
                client.mail.push_back((at.max(now + delay), text));
            }
            let mut said = vec![];
            while let Some((_, text)) = client.mail.pop_front_if(|(at, _)| *at <= now) {
                said.extend(client.hear(&text, now));
            }
            if elapsed.is_multiple_of(u32::try_from(TICK_MS).unwrap()) {
                client.publish(elapsed, now);
                client.decode(now);
            }
            if client.wake <= now {
                client.pass(now);
            }
            let (number, from) = (client.number, client.address);
            let datagrams = std::mem::take(&mut client.datagrams);
            for letter in said {
                self.say(number, letter);
            }
            let quality = self.quality_of(number);
            for bytes in datagrams {
                self.air
                    .send(Way::Up(from), bytes, quality, &mut self.chance, now);
            }
        }
    }

    fn quality_of(&self, number: u8) -> Quality {
        match self.burst {
            Some((whose, until)) if whose == number && self.now < until => Quality {
                lost: 80.0,
                ..self.quality
            },
            _ => self.quality,
        }
    }

    /// Sends what the SFU has to send.
    fn flush(&mut self) {
        let now = self.now;
        let mut sent: Vec<(SocketAddr, Vec<u8>)> = vec![];
        let batch = self.core.outgoing.batch_for(SERVER);
        let flushed = batch.flush(now, &mut self.offload, |transmit| {
            let segment = transmit.segment_size.unwrap_or(transmit.contents.len());
            let datagrams = transmit.contents.chunks(segment);
            sent.extend(datagrams.map(|bytes| (transmit.destination, bytes.to_vec())));
            Ok(())
        });
        assert_eq!((flushed.lost, flushed.waiting), (0, 0));
        for (to, bytes) in sent {
            let mut clients = self.clients.iter();
            let number = clients.find(|it| it.address == to).map(|it| it.number);
            let quality = number.map_or(GOOD, |number| self.quality_of(number));
            self.air
                .send(Way::Down(to), bytes, quality, &mut self.chance, now);
        }
    }

    /// Nobody waits for a picture longer than it takes to repair it.
    fn look_at_pictures(&mut self) {
        let now = self.now;
        if let Some((whose, until)) = self.burst {
            let mut clients = self.clients.iter_mut();
            if let Some(client) = clients.find(|client| client.number == whose) {
                client.calm_since = now;
            }
            self.burst = Some((whose, until)).filter(|(_, until)| now < *until);
        }
        for viewer in self.clients.iter().filter(|it| it.is_connected) {
            for owner in self.clients.iter().filter(|it| it.is_connected) {
                let is_shown = owner.publisher.shows && owner.number != viewer.number;
                let Some(since) = viewer.waits(owner.number, Track::Camera) else {
                    continue;
                };
                let calm = viewer.calm_since.max(owner.calm_since);
                let waited = now.saturating_duration_since(since.max(calm));
                if is_shown {
                    self.longest = self.longest.max(waited);
                    assert!(
                        waited <= REPAIRED,
                        "{} waits for {} for {waited:?} at {} ms: {:?}",
                        viewer.number,
                        owner.number,
                        self.elapsed(),
                        viewer.map
                    );
                }
            }
        }
    }
}
