//! One thread, and everyone on it: lets them come at their time, take turns, and leave in the end.
//!
//! Invariant: rooms are not divided, so that nobody on a thread waits for another thread but to add to the sums.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};
use tokio::task::{JoinSet, LocalSet};
use tokio::time::{sleep_until, timeout};

use super::participant::{Turn, keep_seat};
use super::shared::Shared;

/// All of them leave in so long, or are dropped.
const LEAVING: Duration = Duration::from_secs(5);

/// Carries everyone of one thread until that is to stop, or nobody is left.
///
/// # Errors
/// The system's, when there is nothing to wait with.
pub(crate) fn carry(
    shared: &Arc<Shared>,
    thread: u32,
    stop: watch::Receiver<bool>,
) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let crew = Crew {
        shared: Arc::clone(shared),
        thread,
        next_seat: 0,
        next_turnover: 0,
        turns: HashMap::new(),
        seats: JoinSet::new(),
    };
    LocalSet::new().block_on(&runtime, crew.run(stop));
    Ok(())
}

struct Crew {
    shared: Arc<Shared>,
    thread: u32,
    /// All seats before this one are taken, as far as they are on this thread.
    next_seat: u32,
    /// All turnovers before this one are done.
    next_turnover: u32,
    /// Each seat is told of a turn here.
    turns: HashMap<u32, mpsc::Sender<Turn>>,
    seats: JoinSet<()>,
}

impl Crew {
    async fn run(mut self, mut stop: watch::Receiver<bool>) {
        loop {
            let due = self.skip_to_own();
            let time = async {
                match due {
                    Some(due) => sleep_until(due.into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                _ = stop.wait_for(|is_over| *is_over) => break,
                () = time => self.act(Instant::now()),
                Some(_) = self.seats.join_next(), if !self.seats.is_empty() => {}
            }
            if due.is_none() && self.seats.is_empty() {
                break;
            }
        }
        self.turns.clear();
        let leaving = async { while self.seats.join_next().await.is_some() {} };
        let _ = timeout(LEAVING, leaving).await;
    }

    /// Passes over what is for other threads; says when the next thing is due.
    fn skip_to_own(&mut self) -> Option<Instant> {
        let plan = &self.shared.plan;
        while self.next_seat < plan.seats() && plan.thread_of(self.next_seat) != self.thread {
            self.next_seat += 1;
        }
        while let Some(turnover) = plan.turnover(self.next_turnover)
            && plan.thread_of(turnover.seat) != self.thread
        {
            self.next_turnover += 1;
        }
        let join = (self.next_seat < plan.seats()).then(|| plan.joins_at(self.next_seat));
        let turnover = plan.turnover(self.next_turnover).map(|it| it.at);
        let next = join.into_iter().chain(turnover).min()?;
        Some(self.shared.began + next)
    }

    /// Does what is due.
    fn act(&mut self, now: Instant) {
        let shared = Arc::clone(&self.shared);
        let passed = now.saturating_duration_since(shared.began);
        let plan = &shared.plan;
        if self.next_seat < plan.seats() && plan.joins_at(self.next_seat) <= passed {
            // Turns are missed by nobody who is still busy with the last one.
            let (turn, turns) = mpsc::channel(1);
            let seat = self.next_seat;
            self.next_seat += 1;
            self.seats
                .spawn_local(keep_seat(Arc::clone(&shared), seat, turns));
            self.turns.insert(seat, turn);
        }
        if let Some(turnover) = plan.turnover(self.next_turnover)
            && turnover.at <= passed
        {
            self.next_turnover += 1;
            if let Some(turns) = self.turns.get(&turnover.seat) {
                let _ = turns.try_send(Turn);
            }
        }
    }
}
