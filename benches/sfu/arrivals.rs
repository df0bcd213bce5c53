//! What came to clients, packet by packet: whether all of it did, once, in its order and whole, and how long it was on its way.
//!
//! Invariant: a packet counts in the window it was *sent* in, so that nothing is on its way over the edge of one.

use std::collections::HashMap;

use super::case::Kind;
use super::histogram::Histogram;
use super::payload::{self, Tail};

/// Of so many clients one looks into the packets, the one with this number first.
const LOOKS_INSIDE: usize = 10;
const FIRST_LOOKS_INSIDE: usize = 4;

/// A window of time, in nanoseconds since the clients began; the end is not in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Window {
    /// It begins then.
    pub(crate) from: u64,
    /// It ends before that.
    pub(crate) to: u64,
}

impl Window {
    /// Says whether something of that moment belongs to it.
    pub(crate) fn has(self, moment: u64) -> bool {
        (self.from..self.to).contains(&moment)
    }
}

/// What came to all clients of what was sent in a window.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// This window.
    pub(crate) window: Window,
    /// Packets of each kind, in the order of [`Kind::ALL`]; each counts once.
    pub(crate) got: [u64; Kind::ALL.len()],
    /// Packets that came after later ones of their stream.
    pub(crate) late: u64,
    /// Packets that had come already.
    pub(crate) twice: u64,
    /// Packets whose contents were not those they were sent with, of those that were looked into.
    pub(crate) damaged: u64,
    /// Packets that were looked into.
    pub(crate) looked_into: u64,
    /// From the sending of a packet to its arrival.
    pub(crate) delays: Histogram,
}

impl Tally {
    /// Counts what is sent in this window from now on.
    pub(crate) fn begin(&mut self, window: Window) {
        *self = Self {
            window,
            ..Self::default()
        };
    }
}

/// A stream as it comes to one client.
#[derive(Debug)]
struct Stream {
    /// The highest number that came.
    newest: u32,
    /// The lowest bit is of that number, the next of the one before.
    came: u128,
}

/// What came to one client.
#[derive(Debug)]
pub(crate) struct Arrivals {
    looks_inside: bool,
    streams: HashMap<u32, Stream>,
    /// Packets of any time.
    pub(crate) packets: u64,
}

impl Arrivals {
    /// Nothing has come to this client yet, of so many before it.
    pub(crate) fn new(client: usize) -> Self {
        Self {
            looks_inside: client % LOOKS_INSIDE == FIRST_LOOKS_INSIDE,
            streams: HashMap::new(),
            packets: 0,
        }
    }

    /// Says whether the newest packet of a stream is at least of this number.
    pub(crate) fn has_reached(&self, source: u32, number: u32) -> bool {
        let stream = self.streams.get(&source);
        stream.is_some_and(|stream| stream.newest >= number)
    }

    /// Streams of which something of at least these numbers came, by kind.
    pub(crate) fn reached(&self, kind: Kind, sent: &HashMap<u32, u32>) -> usize {
        let of_kind = self.streams.keys().filter(|it| Kind::of(**it) == kind);
        of_kind
            .filter(|it| self.has_reached(**it, sent.get(it).copied().unwrap_or(u32::MAX)))
            .count()
    }

    /// Takes what came at a moment, in nanoseconds since the clients began.
    pub(crate) fn take(&mut self, payload: &[u8], now: u64, tally: &mut Tally) {
        let Some(tail) = payload::tail(payload) else {
            // Padding, by which a server finds out what a line carries.
            return;
        };
        self.packets += 1;
        let is_counted = tally.window.has(tail.sent);
        if self.looks_inside && is_counted {
            tally.looked_into += 1;
            tally.damaged += u64::from(!payload::is_whole(payload, tail.number));
        }
        match self.note(tail) {
            Order::Next => {}
            Order::Late if is_counted => tally.late += 1,
            Order::Twice if is_counted => {
                tally.twice += 1;
                return;
            }
            Order::Late | Order::Twice => return,
        }
        if is_counted {
            tally.got[Kind::of(tail.source) as usize] += 1;
            tally.delays.add(now.saturating_sub(tail.sent));
        }
    }

    fn note(&mut self, tail: Tail) -> Order {
        let Tail { source, number, .. } = tail;
        let Some(stream) = self.streams.get_mut(&source) else {
            let (newest, came) = (number, 1);
            self.streams.insert(source, Stream { newest, came });
            return Order::Next;
        };
        if number > stream.newest {
            let later = number - stream.newest;
            stream.came = stream.came.checked_shl(later).unwrap_or_default() | 1;
            stream.newest = number;
            return Order::Next;
        }
        let bit = 1_u128.checked_shl(stream.newest - number);
        match bit {
            Some(bit) if stream.came & bit != 0 => Order::Twice,
            bit => {
                stream.came |= bit.unwrap_or_default();
                Order::Late
            }
        }
    }
}

/// How a packet comes among those of its stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Next,
    Late,
    Twice,
}
