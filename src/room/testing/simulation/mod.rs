//! Whole rooms in a simulation: two to six participants run the real model over a network that delays, reorders and loses,
//! in browsers whose operations fail, with a server that restarts. Ten thousand seeds, and every one has to end well.
//!
//! Replay one seed with its story on the terminal:
//! `SIMULATION_SEED=17 cargo test --features ssr --lib simulation::one_seed -- --ignored --nocapture`; with
//! `SIMULATION_PACING=deadlines` the one in which participants are ticked at their deadlines alone.

pub(crate) mod browser;
pub(crate) mod connection;
pub(crate) mod network;
pub(crate) mod server;
pub(crate) mod story;
pub(crate) mod verdict;
pub(crate) mod world;

use std::sync::atomic::{AtomicU64, Ordering};

use world::World;

use crate::random::seeds;
use crate::room::testing::deadline::Pacing;

/// How many stories are told.
const SEEDS: u64 = 10_000;

/// How many are told of participants who are ticked at their deadlines alone.
const DEADLINE_SEEDS: u64 = 600;

fn run(seed: u64, pacing: Pacing, log: bool) -> Result<u64, String> {
    World::new(seed, pacing, log).run()
}

/// Runs so many stories; the outcome of each, in the order of the seeds.
fn run_all(usual: u64, pacing: Pacing) -> Vec<(u64, Result<u64, String>)> {
    let seeds = seeds(usual);
    let next = AtomicU64::new(seeds.start);
    let tell = || {
        let mut outcomes = Vec::new();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if !seeds.contains(&seed) {
                break outcomes;
            }
            outcomes.push((seed, run(seed, pacing, false)));
        }
    };
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let mut outcomes: Vec<_> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(tell)).collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap())
            .collect()
    });
    outcomes.sort_by_key(|(seed, _)| *seed);
    outcomes
}

/// Stories of other seeds that once ended badly. 50651: two met each other anew around a restart of the server, and each
/// waited for the other's first offer. 3316: two began anew at the same moment again and again, and each
/// took the other's connection for the one that counts.
const LEARNED: [u64; 2] = [50_651, 3_316];

#[test]
fn what_once_ended_badly_does_not_any_more() {
    for seed in LEARNED {
        for pacing in [Pacing::Regular, Pacing::AtDeadlines] {
            let outcome = run(seed, pacing, false);
            assert!(outcome.is_ok(), "seed {seed}: {outcome:?}");
        }
    }
}

#[test]
fn every_story_ends_with_everyone_connected_to_everyone() {
    all_end_well(SEEDS, Pacing::Regular);
}

#[test]
fn every_story_ends_well_when_participants_are_ticked_at_their_deadlines_alone() {
    all_end_well(DEADLINE_SEEDS, Pacing::AtDeadlines);
}

fn all_end_well(usual: u64, pacing: Pacing) {
    let outcomes = run_all(usual, pacing);
    let stuck: Vec<String> = outcomes
        .iter()
        .filter_map(|(seed, outcome)| Some(format!("seed {seed}: {}", outcome.as_ref().err()?)))
        .collect();
    assert!(
        stuck.is_empty(),
        "{} stories stuck\n{}",
        stuck.len(),
        stuck[..stuck.len().min(10)].join("\n")
    );
    let mut times: Vec<(u64, u64)> = outcomes
        .into_iter()
        .filter_map(|(seed, outcome)| Some((outcome.ok()?, seed)))
        .collect();
    times.sort_unstable();
    let share = |percent: usize| times[times.len() * percent / 100];
    let (median, most, last) = (share(50), share(90), times[times.len() - 1]);
    eprintln!(
        "right again after (ms, seed): median {median:?}, 90 % {most:?}, 99 % {:?}, last {last:?}",
        share(99)
    );
    assert!(median.0 <= 2_000, "half of the stories take {median:?}");
}

#[test]
#[ignore = "a tool: tells the story of one seed"]
fn one_seed() {
    let seed = std::env::var("SIMULATION_SEED").map_or(0, |seed| seed.parse().unwrap());
    let pacing = match std::env::var("SIMULATION_PACING") {
        Ok(_) => Pacing::AtDeadlines,
        Err(_) => Pacing::Regular,
    };
    match run(seed, pacing, true) {
        Ok(time) => eprintln!("right again after {time} ms"),
        Err(problem) => panic!("seed {seed}: {problem}"),
    }
}
