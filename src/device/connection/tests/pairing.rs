//! Two connections with each other, in model time, without a socket.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use str0m::Candidate;
use str0m::net::Transmit;

use super::agent::{Agent, AgentOutput};
use super::latest::LatestFrames;
use super::layout::MediaLayout;
use super::report::{ChannelNews, ConnectionNews};
use super::sections::MediaWish;
use crate::device::measures::connection::ConnectionMeter;
use crate::protocol::PeerId;
use crate::room::messaging::channel::{Channel, Frame};
use crate::room::{ConnectionState, PeerEvent, Shape};

pub(super) const NOTHING: MediaWish = MediaWish {
    sends_sound: false,
    sends_pictures: false,
    receives: false,
};

pub(super) const EVERYTHING: MediaWish = MediaWish {
    sends_sound: true,
    sends_pictures: true,
    receives: true,
};

pub(super) const CONNECTED: PeerEvent = PeerEvent::Connection(ConnectionState::Connected);

/// A connection to a person.
pub(super) fn agent(wish: MediaWish, meter: Option<ConnectionMeter>, now: Instant) -> Agent {
    let layout = MediaLayout::new(Shape::Mesh, PeerId::new("P1"), wish);
    Agent::new(layout, LatestFrames::default(), meter, now)
}

/// One side: the connection, its address, and what it had to tell.
pub(super) struct Side {
    pub(super) agent: Agent,
    pub(super) address: SocketAddr,
    pub(super) news: Vec<ConnectionNews>,
}

/// Two sides and the network between them.
pub(super) struct Pairing {
    pub(super) sides: [Side; 2],
    pub(super) now: Instant,
    /// Packets pass.
    pub(super) is_up: bool,
    /// What the first side sends goes over this; `None` for at once.
    pub(super) line: Option<Line>,
}

/// A line that takes only so much.
pub(super) struct Line {
    bits_per_second: f64,
    /// It is busy until then.
    free: Instant,
    /// These arrive then.
    waiting: VecDeque<(Instant, Transmit)>,
    /// So many bytes were given to it.
    pub(super) given: usize,
}

impl Line {
    pub(super) fn new(bits_per_second: f64, now: Instant) -> Self {
        Self {
            bits_per_second,
            free: now,
            waiting: VecDeque::new(),
            given: 0,
        }
    }

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

impl Pairing {
    pub(super) fn new(wishes: [MediaWish; 2]) -> Self {
        let now = Instant::now();
        let mut number = 0;
        let sides = wishes.map(|wish| {
            number += 1;
            let address: SocketAddr = format!("192.0.2.{number}:5000").parse().unwrap();
            let mut agent = agent(wish, None, now);
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

    /// The first has offered, and all channels are open.
    pub(super) fn connected(wishes: [MediaWish; 2]) -> Self {
        let mut pair = Self::new(wishes);
        pair.negotiate(0, false);
        assert!(pair.run(5_000, all_open));
        pair
    }

    /// One side offers, and the other answers.
    pub(super) fn negotiate(&mut self, offerer: usize, ice_restart: bool) -> (String, String) {
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
    pub(super) fn run(&mut self, ms: u64, is_done: impl Fn(&[Side; 2]) -> bool) -> bool {
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

    /// Lets so many ms pass.
    pub(super) fn pass(&mut self, ms: u64) {
        self.run(ms, |_| false);
    }

    fn deliver(&mut self) {
        loop {
            let mut is_quiet = true;
            let line = self.line.as_mut().map(|line| &mut line.waiting);
            if let Some(waiting) = line {
                while let Some((_, packet)) = waiting.pop_front_if(|(at, _)| *at <= self.now) {
                    self.sides[1].receive(&packet, self.now);
                }
            }
            for from in 0..2 {
                while let Some(output) = self.sides[from].agent.poll() {
                    is_quiet = false;
                    match (output, &mut self.line) {
                        (AgentOutput::News(news), _) => self.sides[from].news.push(news),
                        (AgentOutput::Packet(packet), Some(line)) if from == 0 => {
                            line.take(packet, self.now);
                        }
                        (AgentOutput::Packet(packet), _) => {
                            let to = &mut self.sides[1 - from];
                            if self.is_up && packet.destination == to.address {
                                to.receive(&packet, self.now);
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
    fn receive(&mut self, packet: &Transmit, now: Instant) {
        let (source, destination) = (packet.source, packet.destination);
        self.agent
            .receive(source, destination, &packet.contents, now);
    }

    /// Says a text on a channel.
    pub(super) fn say(&mut self, channel: Channel, text: &str) {
        self.agent.transmit(channel, &Frame::Text(text.to_owned()));
    }

    /// So many channels have opened.
    pub(super) fn opened(&self) -> usize {
        let is_opened = |news: &&ConnectionNews| {
            matches!(news, ConnectionNews::Channel(_, ChannelNews::Opened))
        };
        self.news.iter().filter(is_opened).count()
    }

    /// It told of this so often.
    pub(super) fn count(&self, event: &PeerEvent) -> usize {
        let is_it =
            |news: &&ConnectionNews| matches!(news, ConnectionNews::Peer(it) if it == event);
        self.news.iter().filter(is_it).count()
    }

    /// The texts that arrived on a channel.
    pub(super) fn texts(&self, of: Channel) -> Vec<&str> {
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

/// Whether each side opened every channel, and none of them twice.
pub(super) fn all_open(sides: &[Side; 2]) -> bool {
    sides.iter().all(|side| side.opened() == 3)
}

/// Whether each side told of this so often.
pub(super) fn told(event: PeerEvent, times: usize) -> impl Fn(&[Side; 2]) -> bool {
    move |sides| sides.iter().all(|side| side.count(&event) == times)
}
