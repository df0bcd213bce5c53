//! One run from its arguments to its figures.
//!
//! Invariant: however it ends, the figures up to then are printed once, and everybody leaves, unless whoever waits for that
//! interrupts it again.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};
use tokio::time::{MissedTickBehavior, interval, sleep_until, timeout};

use super::arguments::LoadRequest;
use super::plan::Plan;
use super::progress::{Display, Progress};
use super::report::{Outcome, Report};
use super::roll::Losses;
use super::shared::Shared;
use super::usage::{Process, Usage};
use super::{crew, open_files, table, words};
use crate::device::engine::termination::Terminations;
use crate::device::exit::JoinEnd;

/// Tracks are expected of whoever has been there for so long, or for half of the duration.
const SETTLED: Duration = Duration::from_secs(4);

/// With more ends of connections people are warned that this machine may not bear them.
const MANY_CONNECTION_ENDS: u64 = 10_000;

/// Threads end in so long, or are left to the end of the process.
const ENDING: Duration = Duration::from_secs(8);

/// What processes had used when it began.
struct Before {
    own: Option<Usage>,
    server: Option<(Process, Usage)>,
}

/// Puts load on a server, and prints what came of it.
pub fn run(request: LoadRequest) -> JoinEnd {
    let plan = match request.into_plan() {
        Ok(plan) => plan,
        Err(words) => return JoinEnd::Invalid(words),
    };
    let server = match plan.server.map(|id| (id, Process::Other(id).usage())) {
        None => None,
        Some((id, Some(usage))) => Some((Process::Other(id), usage)),
        Some((id, None)) => return JoinEnd::Invalid(words::no_process(id)),
    };
    for warning in warnings(&plan, open_files::raise()) {
        let _ = writeln!(io::stderr(), "{warning}");
    }
    let before = Before {
        own: Process::Own.usage(),
        server,
    };
    let json = plan.json;
    match measure(plan, &before) {
        Ok((report, end)) => match print(&report, json) {
            Ok(()) => end,
            Err(error) => JoinEnd::Failed(words::not_printed(&error)),
        },
        Err(error) => JoinEnd::Failed(error.to_string()),
    }
}

/// Why this machine may not be enough for a plan, where it lets a process have so many files open.
fn warnings(plan: &Plan, allowed: Option<u64>) -> Vec<String> {
    let needed = open_files::needed(plan);
    let files = allowed.filter(|allowed| *allowed < needed);
    let files = files.map(|allowed| words::too_few_files(allowed, needed));
    let ends = plan.connection_ends();
    let connections = (ends > MANY_CONNECTION_ENDS).then(|| words::many_connections(ends));
    files.into_iter().chain(connections).collect()
}

fn print(report: &Report, json: bool) -> io::Result<()> {
    let mut output = io::stdout().lock();
    if json {
        serde_json::to_writer(&mut output, report)?;
        writeln!(output)
    } else {
        write!(output, "{}", table::table(report))
    }
}

fn measure(plan: Plan, before: &Before) -> io::Result<(Report, JoinEnd)> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut terminations = {
        let _inside = runtime.enter();
        Terminations::of_the_process()?
    };
    let mut id = [0; 8];
    getrandom::fill(&mut id).map_err(io::Error::other)?;
    let began = Instant::now();
    let shared = Arc::new(Shared::new(plan, u64::from_be_bytes(id), began));
    let (stop, is_over) = watch::channel(false);
    // Nothing is ever sent: it closes once every thread has ended.
    let (alive, mut ended) = mpsc::channel::<()>(1);
    for thread in 0..shared.plan.threads {
        let (shared, is_over, alive) = (Arc::clone(&shared), is_over.clone(), alive.clone());
        std::thread::Builder::new()
            .name("load".to_owned())
            .spawn(move || {
                if let Err(error) = crew::carry(&shared, thread, is_over) {
                    shared.roll.fail(error.to_string());
                }
                drop(alive);
            })?;
    }
    drop((is_over, alive));
    let interrupted = runtime.block_on(watch_over(&shared, &mut ended, &mut terminations));
    shared.run.end();
    let outcome = outcome(&shared, before, interrupted);
    stop.send_replace(true);
    // What was counted of late is added when connections end.
    runtime.block_on(wait_for_threads(&mut ended, &mut terminations));
    let nobody = (outcome.counts.joined == 0).then(|| outcome.counts.losses.clone());
    let report = Report::new(&shared.plan, &shared.run.tally(), outcome);
    let end = nobody.map_or(JoinEnd::Left, |losses| {
        end_without_anybody(&losses, interrupted)
    });
    Ok((report, end))
}

/// Says how far it is until it is over; says whether that was before its time.
async fn watch_over(
    shared: &Shared,
    ended: &mut mpsc::Receiver<()>,
    terminations: &mut Terminations,
) -> bool {
    let mut display = Display::new();
    let mut ticks = interval(display.interval());
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    // The first comes at once, when there is nothing to say.
    ticks.tick().await;
    let whole = shared.plan.ends_at();
    let interrupted = loop {
        tokio::select! {
            _ = terminations.next() => break true,
            () = sleep_until((shared.began + whole).into()) => break false,
            _ = ended.recv() => break false,
            _ = ticks.tick() => {
                let now = Instant::now();
                let losses = shared.roll.counts().losses;
                let progress = Progress {
                    passed: now - shared.began,
                    whole,
                    seats: shared.plan.seats(),
                    presence: shared.roll.presence(&shared.plan, settled(&shared.plan), now),
                    lost: count(&losses),
                };
                display.show(&progress, &shared.run.tally());
            }
        }
    };
    display.clear();
    interrupted
}

/// Waits until all threads have ended, for a while, and no longer than until it is told to end once more.
async fn wait_for_threads(ended: &mut mpsc::Receiver<()>, terminations: &mut Terminations) {
    tokio::select! {
        _ = timeout(ENDING, ended.recv()) => {}
        _ = terminations.next() => {}
    }
}

fn outcome(shared: &Shared, before: &Before, interrupted: bool) -> Outcome {
    let now = Instant::now();
    let seconds = (now - shared.began).as_secs_f64();
    let spent = |process: Process, before: Usage| {
        let usage = process.usage()?;
        Some(usage.since(before, seconds))
    };
    Outcome {
        seconds,
        interrupted,
        counts: shared.roll.counts(),
        presence: shared
            .roll
            .presence(&shared.plan, settled(&shared.plan), now),
        left_out: shared.left_out.count(),
        load: before.own.and_then(|before| spent(Process::Own, before)),
        server: before
            .server
            .and_then(|(process, before)| spent(process, before)),
    }
}

fn settled(plan: &Plan) -> Duration {
    SETTLED.min(plan.duration / 2)
}

fn count(losses: &Losses) -> u64 {
    let all = [&losses.refused, &losses.unreachable, &losses.failed];
    all.into_iter().flat_map(|reasons| reasons.values()).sum()
}

/// How it ends when nobody came in.
fn end_without_anybody(losses: &Losses, interrupted: bool) -> JoinEnd {
    let words = words::nobody_came_in(losses);
    if !losses.refused.is_empty() {
        JoinEnd::Refused(words)
    } else if !losses.failed.is_empty() {
        JoinEnd::Failed(words)
    } else if interrupted && losses.unreachable.is_empty() {
        JoinEnd::Left
    } else {
        JoinEnd::Unreachable(Some(words))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::device::load::plan::{Pattern, plan};

    #[test]
    fn people_are_warned_of_what_this_machine_may_not_bear() {
        let count = |people, allowed| {
            let plan = plan(1, people, Pattern::Meeting);
            warnings(&plan, allowed).len()
        };
        assert_eq!(count(4, None), 0);
        assert_eq!(count(4, Some(1_024)), 0);
        assert_eq!(count(100, Some(1_024)), 1, "of the files");
        assert_eq!(count(1_000, None), 1, "of the connections");
        assert_eq!(count(1_000, Some(1_048_576)), 2);
    }

    #[test]
    fn why_nobody_came_in_is_the_end_of_it() {
        let reasons = || BTreeMap::from([("why".to_owned(), 3)]);
        let refused = Losses {
            refused: reasons(),
            unreachable: reasons(),
            ..Losses::default()
        };
        let end = end_without_anybody(&refused, false);
        assert_eq!(end.exit_code(), 3);
        assert!(end.words().contains("3 × why"), "{}", end.words());
        assert_eq!(count(&refused), 6);
        let unreachable = Losses {
            unreachable: reasons(),
            ..Losses::default()
        };
        assert_eq!(end_without_anybody(&unreachable, true).exit_code(), 4);
        let failed = Losses {
            failed: reasons(),
            ..Losses::default()
        };
        assert_eq!(end_without_anybody(&failed, false).exit_code(), 1);
        assert_eq!(end_without_anybody(&Losses::default(), true).exit_code(), 0);
        assert_eq!(
            end_without_anybody(&Losses::default(), false).exit_code(),
            4
        );
    }
}
