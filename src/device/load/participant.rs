//! One seat, and who takes it: a device that sends what is made up and measures what arrives.
//!
//! Invariant: a seat is one task and takes no thread; whoever leaves has left before somebody else comes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::ear::{Ear, Reached, message};
use super::roll::VisitId;
use super::shared::Shared;
use super::words;
use crate::device::engine::driver::{Engine, Program};
use crate::device::engine::options::Options;
use crate::device::engine::termination::Terminations;
use crate::device::exit::JoinEnd;
use crate::device::lines::output::Output;
use crate::device::lines::reader::LineRead;
use crate::device::measures::meter::Meter;
use crate::device::media::source::MediaSource;
use crate::device::media::synthetic::synthesis::{Synthesis, Synthetic};
use crate::protocol::DisplayName;

/// Messages that are further apart are never sent: no run lasts so long.
const FURTHEST_APART: Duration = Duration::from_secs(10 * 365 * 24 * 3_600);

/// At most so many lines wait for a device; beyond that messages are lost, and counted as such.
const LINES_WAITING: usize = 8;

/// Somebody else takes the seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Turn;

/// Keeps a seat taken. Each [`Turn`] lets somebody leave and somebody else come; that no more of them can come ends it.
pub(crate) async fn keep_seat(shared: Arc<Shared>, seat: u32, mut turns: mpsc::Receiver<Turn>) {
    loop {
        let (leave, told) = oneshot::channel();
        let visit = take_part(&shared, seat, told);
        tokio::pin!(visit);
        let turn = tokio::select! {
            // Whoever is not let in stays away, unless somebody else is to come.
            () = &mut visit => match shared.plan.churn > 0.0 {
                true => turns.recv().await,
                false => None,
            },
            turn = turns.recv() => {
                drop(leave);
                visit.await;
                turn
            }
        };
        if turn.is_none() {
            return;
        }
    }
}

/// Takes part once.
async fn take_part(shared: &Arc<Shared>, seat: u32, leave: oneshot::Receiver<()>) {
    let mut ending = Ending {
        shared,
        visit: shared.roll.begin(seat),
        end: JoinEnd::Failed(words::BROKE_OFF.to_owned()),
    };
    ending.end = match Participant::new(shared, ending.visit, leave) {
        Ok(participant) => participant.run().await,
        Err(end) => end,
    };
}

/// Says in the roll how a visit ended, also where a panic ended it.
struct Ending<'a> {
    shared: &'a Shared,
    visit: VisitId,
    end: JoinEnd,
}

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        if self.shared.run.goes_on() {
            self.shared.roll.end(self.visit, &self.end);
        }
    }
}

/// Somebody who takes part.
struct Participant {
    shared: Arc<Shared>,
    engine: Engine,
    lines: mpsc::Sender<LineRead>,
    reached: Reached,
}

impl Participant {
    fn new(
        shared: &Arc<Shared>,
        visit: VisitId,
        leave: oneshot::Receiver<()>,
    ) -> Result<Self, JoinEnd> {
        let meter = Arc::new(Meter::new(Arc::clone(&shared.run)));
        let reached = Reached::default();
        let mut ear = Ear::new(
            Arc::clone(shared),
            visit,
            Arc::clone(&meter),
            reached.clone(),
        );
        let (lines, waiting) = mpsc::channel(LINES_WAITING);
        let program = Program {
            lines: Some(waiting),
            output: Output::to_listener(move |line| ear.hear(line, Instant::now())),
        };
        let options = options(shared, visit.seat, meter)?;
        Ok(Self {
            shared: Arc::clone(shared),
            engine: Engine::new(options, program, Terminations::by(leave))?,
            lines,
            reached,
        })
    }

    async fn run(self) -> JoinEnd {
        let visit = self.engine.run();
        tokio::pin!(visit);
        let Some(mut ticks) = ticks(self.shared.plan.messages) else {
            // The lines stay open, since their end would be a word to leave.
            let end = visit.await;
            drop(self.lines);
            return end;
        };
        let mut number = 0;
        loop {
            tokio::select! {
                end = &mut visit => return end,
                _ = ticks.tick() => {
                    if self.reached.is_anybody() && self.shared.run.goes_on() {
                        number += 1;
                        let line = message(self.shared.run.clock, number, Instant::now());
                        self.shared.roll.count_message();
                        let _ = self.lines.try_send(LineRead::Line(line));
                    }
                }
            }
        }
    }
}

fn ticks(each_second: f64) -> Option<Interval> {
    if each_second <= 0.0 {
        return None;
    }
    let apart = Duration::try_from_secs_f64(1.0 / each_second).ok()?;
    let mut ticks = interval(apart.min(FURTHEST_APART));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    Some(ticks)
}

fn options(shared: &Shared, seat: u32, meter: Arc<Meter>) -> Result<Options, JoinEnd> {
    let plan = &shared.plan;
    let address = plan.room(plan.room_of(seat));
    let name = DisplayName::parse(&format!("Load {}", seat + 1));
    let sending = plan.sending(seat);
    let made_up = |what| {
        MediaSource::Synthetic(Synthesis {
            what,
            clock: shared.run.clock,
            left_out: shared.left_out.clone(),
        })
    };
    Ok(Options {
        address: address.map_err(|error| JoinEnd::Invalid(error.to_string()))?,
        name: name.map_err(|error| JoinEnd::Invalid(error.to_string()))?,
        reconnects: false,
        state: None,
        video: sending
            .pictures
            .map(|format| made_up(Synthetic::Pictures(format))),
        audio: sending.voice.then(|| made_up(Synthetic::Voice)),
        save: None,
        meter: Some(meter),
        relay: None,
        trust: plan.trust,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::load::plan::{Pattern, plan};

    #[test]
    fn whoever_breaks_off_is_not_thought_to_be_there() {
        let plan = plan(1, 2, Pattern::Meeting);
        let shared = Shared::new(plan, 1, Instant::now());
        let broken = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _ending = Ending {
                shared: &shared,
                visit: shared.roll.begin(0),
                end: JoinEnd::Failed(words::BROKE_OFF.to_owned()),
            };
            panic!("a fault of the program");
        }));
        assert!(broken.is_err());
        let failed = shared.roll.counts().losses.failed;
        assert_eq!(failed[words::BROKE_OFF], 1);
    }

    #[tokio::test(start_paused = true)]
    async fn messages_are_as_far_apart_as_was_said() {
        assert!(ticks(0.0).is_none());
        let period = |each_second| ticks(each_second).map(|ticks| ticks.period());
        assert_eq!(period(20.0), Some(Duration::from_millis(50)));
        // A time so far away cannot be waited for.
        assert_eq!(period(1e-19), Some(FURTHEST_APART));
        assert_eq!(period(1e-300), None);
    }
}
