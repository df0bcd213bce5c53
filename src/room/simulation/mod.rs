//! Whole rooms in a simulation: two to six participants run the real model over a network that delays, reorders and loses,
//! in browsers whose operations fail, with a server that restarts. Ten thousand seeds, and every one has to end well.
//!
//! Replay one seed with its story on the terminal:
//! `SIMULATION_SEED=17 cargo test --features ssr --lib simulation::one_seed -- --ignored --nocapture`

mod chance;
mod connection;
mod server;
mod story;
mod verdict;
mod world;

use std::sync::atomic::{AtomicU64, Ordering};

use world::World;

/// How many stories are told.
const SEEDS: u64 = 10_000;

fn run(seed: u64, log: bool) -> Result<(), String> {
    World::new(seed, log).run()
}

#[test]
fn every_story_ends_with_everyone_connected_to_everyone() {
    let next = AtomicU64::new(0);
    let failures: Vec<(u64, String)> = std::thread::scope(|scope| {
        let threads = std::thread::available_parallelism().map_or(2, usize::from);
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    let mut failures = Vec::new();
                    loop {
                        let seed = next.fetch_add(1, Ordering::Relaxed);
                        if seed >= SEEDS {
                            break failures;
                        }
                        if let Err(problem) = run(seed, false) {
                            failures.push((seed, problem));
                        }
                    }
                })
            })
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap())
            .collect()
    });
    let count = failures.len();
    let examples: Vec<String> = failures
        .iter()
        .take(10)
        .map(|(seed, problem)| format!("seed {seed}: {problem}"))
        .collect();
    assert!(count == 0, "{count} stories stuck\n{}", examples.join("\n"));
}

#[test]
#[ignore = "a tool: tells the story of one seed"]
fn one_seed() {
    let seed = std::env::var("SIMULATION_SEED").map_or(0, |seed| seed.parse().unwrap());
    if let Err(problem) = run(seed, true) {
        panic!("seed {seed}: {problem}");
    }
}
