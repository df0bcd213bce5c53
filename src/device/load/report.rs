//! The figures in the end, as programs read them.

use std::collections::BTreeMap;

use serde::Serialize;

use super::plan::Plan;
use super::roll::{Counts, Presence};
use super::usage::Spent;
use crate::device::measures::delays::Delays;
use crate::device::measures::sequence::Arrivals;
use crate::device::measures::tally::{MediaTally, Phase, Tally};

/// Everything that was measured. Times are in milliseconds where a name says nothing else.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report {
    /// It lasted so long.
    pub(crate) seconds: f64,
    /// It was ended before its time.
    pub(crate) interrupted: bool,
    pub(crate) rooms: u32,
    /// People in each room.
    pub(crate) people: u32,
    pub(crate) joins: Joins,
    pub(crate) phases: Phases,
    pub(crate) tracks: Tracks,
    pub(crate) pictures: Media,
    pub(crate) sound: Media,
    pub(crate) freezes: Freezes,
    pub(crate) packets: Packets,
    pub(crate) feedback: Feedback,
    pub(crate) messages: Messages,
    /// What was not done, by codes.
    pub(crate) errors: BTreeMap<&'static str, u64>,
    /// So often a line was estimated to take less than its pictures, and some of them were left out.
    pub(crate) slow_lines: u64,
    /// So many frames were not made in time: this process was too slow, and what else is measured is its work.
    pub(crate) left_out: u64,
    /// What this process used.
    pub(crate) load: Option<Spent>,
    /// What the server used.
    pub(crate) server: Option<Spent>,
}

/// How many came in.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Joins {
    pub(crate) begun: u64,
    pub(crate) joined: u64,
    /// So many were there in the end.
    pub(crate) inside: usize,
    /// Why the server does not have them, and how many.
    pub(crate) refused: BTreeMap<String, u64>,
    /// Why it was not reached.
    pub(crate) unreachable: BTreeMap<String, u64>,
    /// What this machine did not give.
    pub(crate) failed: BTreeMap<String, u64>,
    /// So often somebody in a room had no server any more.
    pub(crate) cut_off: u64,
    /// So often it was found again.
    pub(crate) reconnected: u64,
}

/// How long the steps of a join took.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Phases {
    pub(crate) socket: Times,
    pub(crate) welcome: Times,
    pub(crate) ice: Times,
    pub(crate) dtls: Times,
    pub(crate) first_packet: Times,
    pub(crate) first_key_frame: Times,
}

/// So many times, and how long they are, in milliseconds; `None` where there are none.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct Times {
    pub(crate) count: u64,
    pub(crate) p50: Option<f64>,
    pub(crate) p95: Option<f64>,
    pub(crate) p99: Option<f64>,
    pub(crate) max: Option<f64>,
}

/// Tracks among those who have been there for a while.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Tracks {
    pub(crate) expected: usize,
    pub(crate) got: usize,
}

/// Media of one kind, where it arrived.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Media {
    pub(crate) frames: u64,
    pub(crate) key_frames: u64,
    pub(crate) bytes: u64,
    pub(crate) delay: Times,
}

/// Pictures that stood still.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Freezes {
    pub(crate) count: u64,
    pub(crate) seconds: f64,
}

/// Packets of media, before repair; and what repair left missing.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Packets {
    pub(crate) received: u64,
    pub(crate) lost: u64,
    pub(crate) reordered: u64,
    pub(crate) duplicates: u64,
    pub(crate) unrepaired: u64,
}

/// What receivers asked senders for.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Feedback {
    pub(crate) nacks: u64,
    pub(crate) plis: u64,
}

/// Messages. Each is sent once and received by everyone else.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Messages {
    pub(crate) sent: u64,
    pub(crate) received: u64,
    pub(crate) lost: u64,
    pub(crate) reordered: u64,
    pub(crate) duplicates: u64,
    pub(crate) delay: Times,
}

/// What a run came to, besides what was measured of media and messages.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    /// It lasted so long.
    pub(crate) seconds: f64,
    /// It was ended before its time.
    pub(crate) interrupted: bool,
    /// What was counted of visits.
    pub(crate) counts: Counts,
    /// Who reached whom in the end.
    pub(crate) presence: Presence,
    /// So many frames were not made in time.
    pub(crate) left_out: u64,
    /// What this process used.
    pub(crate) load: Option<Spent>,
    /// What the server used.
    pub(crate) server: Option<Spent>,
}

impl Report {
    /// The report of a run.
    pub(crate) fn new(plan: &Plan, tally: &Tally, outcome: Outcome) -> Self {
        let Outcome {
            counts, presence, ..
        } = outcome;
        let phase = |phase| Times::of(tally.phase(phase));
        Self {
            seconds: outcome.seconds,
            interrupted: outcome.interrupted,
            rooms: plan.rooms,
            people: plan.people,
            joins: Joins {
                begun: counts.begun,
                joined: counts.joined,
                inside: presence.inside,
                refused: counts.losses.refused,
                unreachable: counts.losses.unreachable,
                failed: counts.losses.failed,
                cut_off: counts.cut_off,
                reconnected: counts.reconnected,
            },
            phases: Phases {
                socket: phase(Phase::Socket),
                welcome: phase(Phase::Welcome),
                ice: phase(Phase::Ice),
                dtls: phase(Phase::Dtls),
                first_packet: phase(Phase::FirstPacket),
                first_key_frame: phase(Phase::FirstKeyFrame),
            },
            tracks: Tracks {
                expected: presence.expected,
                got: presence.got,
            },
            pictures: Media::of(&tally.pictures),
            sound: Media::of(&tally.sound),
            freezes: Freezes {
                count: tally.freezes,
                seconds: tally.frozen.as_secs_f64(),
            },
            packets: Packets {
                received: tally.packets.received,
                lost: lost(tally.packets),
                reordered: tally.packets.reordered,
                duplicates: tally.packets.duplicates,
                unrepaired: tally.unrepaired,
            },
            feedback: Feedback {
                nacks: tally.nacks,
                plis: tally.plis,
            },
            messages: Messages {
                sent: counts.messages,
                received: tally.messages.received,
                lost: lost(tally.messages),
                reordered: tally.messages.reordered,
                duplicates: tally.messages.duplicates,
                delay: Times::of(&tally.message_delays),
            },
            slow_lines: counts.slow_lines,
            errors: counts.errors,
            left_out: outcome.left_out,
            load: outcome.load,
            server: outcome.server,
        }
    }
}

fn lost(arrivals: Arrivals) -> u64 {
    u64::try_from(arrivals.lost).unwrap_or(0)
}

impl Media {
    fn of(tally: &MediaTally) -> Self {
        Self {
            frames: tally.frames,
            key_frames: tally.key_frames,
            bytes: tally.bytes,
            delay: Times::of(&tally.delays),
        }
    }
}

impl Times {
    fn of(delays: &Delays) -> Self {
        let ms = |delay: std::time::Duration| delay.as_secs_f64() * 1e3;
        let quantile = |share| delays.quantile(share).map(ms);
        Self {
            count: delays.count(),
            p50: quantile(0.5),
            p95: quantile(0.95),
            p99: quantile(0.99),
            max: (delays.count() > 0).then(|| ms(delays.largest())),
        }
    }
}

#[cfg(test)]
#[path = "tests/report.rs"]
mod tests;
