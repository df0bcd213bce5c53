//! One measurement: what came of what was sent in a stretch of time, and what the server needed for it.
//!
//! Invariant: nobody comes or goes meanwhile.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::arrivals::Window;
use super::crowd::{Crowd, PATIENCE};
use crate::Result;
use crate::process::{Server, cpu_seconds_of};

/// What was sent last is waited for so long.
const UNDER_WAY: Duration = Duration::from_millis(400);

/// Whether everything comes is looked at so often.
const LOOK: Duration = Duration::from_millis(100);

/// Once everything comes, it goes on for so long before anything counts.
const AT_REST: Duration = Duration::from_millis(500);

/// What was measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    /// So long, in seconds.
    pub(crate) seconds: f64,
    /// So many packets should have come to somebody.
    pub(crate) expected: f64,
    /// So many did.
    pub(crate) got: f64,
    /// Processor time of the server, in seconds.
    pub(crate) server: f64,
    /// Processor time of the clients, in seconds.
    pub(crate) clients: f64,
    /// The time from client to client that half, 95 % and 99 % of the packets did not exceed, in ms.
    pub(crate) delays: [f64; 3],
    /// Packets that came after later ones of their stream, and packets that came twice.
    pub(crate) disorder: [u64; 2],
    /// Packets that were looked into, and those of them that were damaged.
    pub(crate) contents: [u64; 2],
    /// Keyframes that were asked for, and packets that were asked for again.
    pub(crate) requests: [u64; 2],
    /// Pictures for which there was no bandwidth in the end, as the server reckons.
    pub(crate) paused: usize,
    /// So many datagrams came to the clients meanwhile, with what is not media.
    pub(crate) datagrams: f64,
}

impl Reading {
    /// Packets that came, for each processor second of the server.
    pub(crate) fn per_cpu_second(&self) -> f64 {
        self.got / self.server
    }

    /// Packets that came in a second.
    pub(crate) fn per_second(&self) -> f64 {
        self.got / self.seconds
    }

    /// What did not come, in percent.
    pub(crate) fn lost(&self) -> f64 {
        (1.0 - self.got / self.expected) * 100.0
    }

    /// How much of their processors the server and the clients used, in percent.
    pub(crate) fn shares(&self) -> [f64; 2] {
        [self.server, self.clients].map(|used| used / self.seconds * 100.0)
    }
}

/// Lives on until everybody is sent all that they are to be sent; gives how many streams are still missing when that takes too long.
pub(crate) fn settle(crowd: &mut Crowd) -> Result<usize> {
    let sent = crowd.sent();
    let until = Instant::now() + PATIENCE;
    let mut missing = crowd.missing(&sent);
    while missing > 0 && Instant::now() < until {
        crowd.live(LOOK)?;
        missing = crowd.missing(&sent);
    }
    crowd.live(AT_REST)?;
    Ok(missing)
}

/// Measures for so long.
pub(crate) fn measure(crowd: &mut Crowd, server: &Server, time: Duration) -> Result<Reading> {
    let requests_before = requests(crowd);
    let own = std::process::id();
    let cpu = || -> Result<[f64; 2]> { Ok([server.cpu_seconds()?, cpu_seconds_of(own)?]) };
    let cpu_before = cpu()?;
    let sent_before = crowd.sent();
    let came_before = datagrams(crowd);
    let began = Instant::now();
    let from = crowd.clock.nanoseconds(began);
    let to = u64::MAX;
    crowd.tally.begin(Window { from, to });
    crowd.live(time)?;
    let ended = Instant::now();
    crowd.tally.window.to = crowd.clock.nanoseconds(ended);
    let sent = crowd.sent();
    let cpu_after = cpu()?;
    let came = datagrams(crowd);
    crowd.live(UNDER_WAY)?;
    let in_window = |source: &u32| {
        let of =
            |sent: &HashMap<u32, u32>| f64::from(sent.get(source).copied().unwrap_or_default());
        of(&sent) - of(&sent_before)
    };
    let expected = crowd.audiences.iter().map(|audience| {
        let pictures: f64 = audience.pictures.iter().map(in_window).sum();
        let voices: f64 = audience.voices.iter().map(in_window).sum();
        let share = audience.heard as f64 / audience.voices.len().max(1) as f64;
        pictures + voices * share
    });
    let expected = expected.sum();
    let tally = &crowd.tally;
    let after = requests(crowd);
    if crowd.lost() > 0 {
        return Err(format!("{} clients lost their connection", crowd.lost()).into());
    }
    Ok(Reading {
        seconds: (ended - began).as_secs_f64(),
        expected,
        got: tally.got.iter().sum::<u64>() as f64,
        server: cpu_after[0] - cpu_before[0],
        clients: cpu_after[1] - cpu_before[1],
        delays: [0.5, 0.95, 0.99].map(|share| tally.delays.quantile(share)),
        disorder: [tally.late, tally.twice],
        contents: [tally.looked_into, tally.damaged],
        requests: [0, 1].map(|it| after[it] - requests_before[it]),
        paused: crowd.paused(),
        datagrams: (came - came_before) as f64,
    })
}

fn datagrams(crowd: &Crowd) -> u64 {
    crowd.media.iter().map(|media| media.datagrams).sum()
}

fn requests(crowd: &Crowd) -> [u64; 2] {
    let keyframes = crowd.media.iter().map(|media| media.keyframe_requests);
    let repeats = crowd.media.iter().map(|media| media.repeat_requests());
    [keyframes.sum(), repeats.sum()]
}
