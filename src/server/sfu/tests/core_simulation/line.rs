//! The line between somebody and the SFU, which loses, delays, overtakes and repeats what travels over it, by chance.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::random::Random;

/// How bad a line is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quality {
    /// It loses so many of a hundred.
    pub(super) lost: f64,
    /// Each takes this long, in ms.
    pub(super) delay: u64,
    /// Each takes up to so much longer, in ms, and is not overtaken for that.
    pub(super) jitter: u64,
    /// So many of a hundred come twice.
    pub(super) doubled: u64,
    /// So many of a hundred are overtaken.
    pub(super) late: u64,
}

/// A line that does all that travels over it no harm.
pub(super) const GOOD: Quality = Quality {
    lost: 0.0,
    delay: 15,
    jitter: 0,
    doubled: 0,
    late: 0,
};

/// Who a datagram is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Way {
    /// The SFU, from this address.
    Up(SocketAddr),
    /// This address, from the SFU.
    Down(SocketAddr),
}

/// A datagram on its way: when it arrives, which one it is, whose it is and what it has.
type Travelling = (Instant, u64, Way, Vec<u8>);

/// All datagrams that are on their way.
#[derive(Default)]
pub(super) struct Air {
    travelling: BinaryHeap<Reverse<Travelling>>,
    count: u64,
    /// What was sent last arrives then.
    last: HashMap<Way, Instant>,
}

impl Air {
    /// Something is sent over such a line.
    pub(super) fn send(
        &mut self,
        way: Way,
        bytes: Vec<u8>,
        quality: Quality,
        random: &mut Random,
        now: Instant,
    ) {
        let copies = 1 + u64::from(random.percent(quality.doubled));
        for _ in 0..copies {
            if random.fraction() * 100.0 < quality.lost {
                continue;
            }
            let ms = quality.delay + random.below(quality.jitter + 1);
            let last = self.last.entry(way).or_insert(now);
            *last = (*last).max(now + Duration::from_millis(ms));
            let overtaken = 25 * u64::from(random.percent(quality.late));
            let at = *last + Duration::from_millis(overtaken);
            self.count += 1;
            self.travelling
                .push(Reverse((at, self.count, way, bytes.clone())));
        }
    }

    /// What arrives by now.
    pub(super) fn arrived(&mut self, now: Instant) -> Option<(Way, Vec<u8>)> {
        let Reverse((at, ..)) = self.travelling.peek()?;
        if *at > now {
            return None;
        }
        let Reverse((_, _, way, bytes)) = self.travelling.pop()?;
        Some((way, bytes))
    }
}
