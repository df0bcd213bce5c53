//! All clients of a measurement, on one thread: it waits for datagrams, messages and time, and gives them to whom they are for.
//!
//! Invariant: whatever is waited for, everybody else's media go on meanwhile.

use std::collections::HashMap;
use std::net::IpAddr;
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

use rustix::buffer::spare_capacity;
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use serde_json::Value;

use super::arrivals::Tally;
use super::case::{Case, Kind, Size};
use super::client::{Clock, Media};
use super::signaling::Signaling;
use super::visavis;
use crate::Result;

/// Nothing that is waited for takes longer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// So many of those that have something are looked at in one turn.
const EVENTS: usize = 256;

/// So many messages that nobody asked for are kept.
const INBOX: usize = 1_000;

/// The longest a turn waits when nothing is due.
const TURN: Duration = Duration::from_millis(20);

/// What somebody is to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Audience {
    /// It comes to these media.
    pub(crate) media: usize,
    /// All of these pictures.
    pub(crate) pictures: Vec<u32>,
    /// Of these voices so many.
    pub(crate) voices: Vec<u32>,
    /// So many of the voices.
    pub(crate) heard: usize,
}

/// A WebSocket.
struct Socket {
    signaling: Signaling,
    /// What ours says is for these media.
    media: Option<usize>,
    /// Ours said last that there is no bandwidth for so many pictures.
    paused: usize,
}

/// All clients.
pub(crate) struct Crowd {
    /// What is measured with them.
    pub(crate) case: Case,
    /// So much of it there is.
    pub(crate) size: Size,
    /// Packets are timed by this.
    pub(crate) clock: Clock,
    /// Their media.
    pub(crate) media: Vec<Media>,
    /// Whoever is to be sent something.
    pub(crate) audiences: Vec<Audience>,
    /// What came to them.
    pub(crate) tally: Tally,
    /// So many people took a seat.
    pub(crate) people: usize,
    /// They send so many times the packets.
    pub(crate) factor: u32,
    sockets: Vec<Socket>,
    address: IpAddr,
    epoll: OwnedFd,
    events: Vec<epoll::Event>,
    buffer: Vec<u8>,
}

impl Crowd {
    /// Nobody yet; their media will have this address of the machine.
    pub(crate) fn new(case: Case, size: Size, address: IpAddr) -> Result<Self> {
        Ok(Self {
            case,
            size,
            clock: Clock::start(),
            media: vec![],
            audiences: vec![],
            tally: Tally::default(),
            people: 0,
            factor: 1,
            sockets: vec![],
            address,
            epoll: epoll::create(CreateFlags::CLOEXEC)?,
            events: Vec::with_capacity(EVENTS),
            buffer: vec![0; 2_000],
        })
    }

    /// Adds media that are not connected to anything; gives their number.
    pub(crate) fn add_media(&mut self) -> Result<usize> {
        let number = self.media.len();
        let media = Media::new(number, self.address, self.clock)?;
        self.watch(&media, number * 2)?;
        self.media.push(media);
        Ok(number)
    }

    /// Adds a WebSocket; gives its number.
    pub(crate) fn add_socket(&mut self, signaling: Signaling) -> Result<usize> {
        let number = self.sockets.len();
        self.watch(&signaling, number * 2 + 1)?;
        self.sockets.push(Socket {
            signaling,
            media: None,
            paused: 0,
        });
        Ok(number)
    }

    fn watch(&self, whom: impl AsFd, token: usize) -> Result<()> {
        let token = EventData::new_u64(token as u64);
        Ok(epoll::add(&self.epoll, whom, token, EventFlags::IN)?)
    }

    /// Takes the answer to what media offered; what they send then is of that person.
    pub(crate) fn accept(&mut self, media: usize, answer: &str, person: usize) -> Result<()> {
        let (case, size) = (self.case, self.size);
        self.media[media].accept(answer, person, |kind| case.rate(kind, size))
    }

    /// What ours says on a WebSocket is for these media from now on.
    pub(crate) fn bind(&mut self, socket: usize, media: usize) {
        self.sockets[socket].media = Some(media);
    }

    /// Sends a message.
    pub(crate) fn send(&mut self, socket: usize, message: &Value) -> Result<()> {
        self.sockets[socket].signaling.send(message)
    }

    /// Lives on for so long.
    pub(crate) fn live(&mut self, time: Duration) -> Result<()> {
        let until = Instant::now() + time;
        while Instant::now() < until {
            self.turn(until)?;
        }
        Ok(())
    }

    /// Lives on until such a message has come on a WebSocket. An error of the server's ends it.
    pub(crate) fn await_message(
        &mut self,
        socket: usize,
        what: &str,
        is_it: impl Fn(&Value) -> bool,
    ) -> Result<Value> {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            while let Some(message) = self.sockets[socket].signaling.inbox.pop_front() {
                if is_it(&message) {
                    return Ok(message);
                }
                if message["type"] == "error" || !message["plugindata"]["data"]["error"].is_null() {
                    return Err(format!("{message} instead of {what}").into());
                }
            }
            self.turn(until)?;
        }
        Err(format!("waited in vain for {what}").into())
    }

    /// Lives on until these media are connected.
    pub(crate) fn await_connection(&mut self, media: usize) -> Result<()> {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            if self.media[media].is_connected {
                return Ok(());
            }
            self.turn(until)?;
        }
        Err("waited in vain for a connection".into())
    }

    /// Sends so many times the packets from now on.
    pub(crate) fn set_factor(&mut self, factor: u32) {
        self.factor = factor;
        for stream in self.media.iter_mut().flat_map(|media| &mut media.sending) {
            let rate = self.case.rate(stream.kind, self.size);
            stream.set_rate(rate.times(factor, stream.kind));
        }
    }

    /// Does what there is to do now, or waits for it, until that moment at the latest.
    fn turn(&mut self, until: Instant) -> Result<()> {
        let now = Instant::now();
        let mut next = until.min(now + TURN);
        for media in &mut self.media {
            if media.next_deadline() <= now {
                media.pass(&mut self.tally);
            }
            next = next.min(media.next_deadline());
        }
        if !self.look()? {
            let wait = next.saturating_duration_since(Instant::now());
            if !wait.is_zero() {
                let mut awaited = [PollFd::new(&self.epoll, PollFlags::IN)];
                // Another signal than time or a datagram is as good.
                let _ = poll(&mut awaited, Some(&Timespec::try_from(wait)?));
                self.look()?;
            }
        }
        Ok(())
    }

    /// Takes what has come. False when nothing had.
    fn look(&mut self) -> Result<bool> {
        self.events.clear();
        let now = Timespec::default();
        epoll::wait(&self.epoll, spare_capacity(&mut self.events), Some(&now))?;
        for event in 0..self.events.len() {
            let token = self.events[event].data.u64() as usize;
            let number = token / 2;
            if token.is_multiple_of(2) {
                self.media[number].read(&mut self.buffer, &mut self.tally);
            } else {
                self.hear(number)?;
            }
        }
        Ok(!self.events.is_empty())
    }

    fn hear(&mut self, number: usize) -> Result<()> {
        let socket = &mut self.sockets[number];
        while let Some(message) = socket.signaling.read()? {
            let media = socket.media.and_then(|media| self.media.get_mut(media));
            if message["type"] == "slots" {
                socket.paused = visavis::paused(&message);
            }
            socket.signaling.inbox.truncate(INBOX);
            match visavis::reply(&message, media) {
                visavis::Reply::None => {}
                visavis::Reply::Say(reply) => socket.signaling.send(&reply)?,
                visavis::Reply::Unknown => socket.signaling.inbox.push_back(message),
            }
        }
        Ok(())
    }

    /// Pictures that ours says there is no bandwidth for.
    pub(crate) fn paused(&self) -> usize {
        self.sockets.iter().map(|socket| socket.paused).sum()
    }

    /// Those who lost their connection.
    pub(crate) fn lost(&self) -> usize {
        self.media.iter().filter(|media| media.is_lost).count()
    }

    /// Streams that are sent, with how many packets they have been.
    pub(crate) fn sent(&self) -> HashMap<u32, u32> {
        let streams = self.media.iter().flat_map(|media| &media.sending);
        streams.map(|it| (it.source, it.number())).collect()
    }

    /// Of what everybody is to be sent, what has not come with all that was sent up to some moment.
    pub(crate) fn missing(&self, sent: &HashMap<u32, u32>) -> usize {
        let missing = self.audiences.iter().map(|audience| {
            let arrivals = &self.media[audience.media].arrivals;
            let is_missing = |source: &&u32| {
                let number = sent.get(*source).copied().unwrap_or(u32::MAX);
                !arrivals.has_reached(**source, number)
            };
            let pictures = audience.pictures.iter().filter(is_missing).count();
            let voices = arrivals.reached(Kind::Voice, sent);
            pictures + audience.heard.saturating_sub(voices)
        });
        missing.sum()
    }
}
