//! Whole visits in a room that changes between direct connections and the SFU: two to ten people run the real model, the rules
//! of the SFU with it, while the room goes back and forth, people leave and return and share screens, offers are refused, ports are
//! blocked and the server restarts.
//!
//! In each story everybody is heard and seen without a gap where nothing is broken, never twice, and never under another's name;
//! in the end over what the room wants and over nothing else. Where more are unmuted than the SFU passes on, whoever it passes over
//! may be missing. Replay one seed with its story on the terminal:
//! `SIMULATION_SEED=17 cargo test --features ssr --lib switching::one_seed -- --ignored --nocapture`, of a large
//! room with `SIMULATION_LARGE=1` besides.

pub(crate) mod channels;
pub(crate) mod end;
pub(crate) mod ends;
pub(crate) mod files;
pub(crate) mod hearing;
pub(crate) mod perform;
pub(crate) mod routing;
pub(crate) mod sfu;
pub(crate) mod slots;
pub(crate) mod sockets;
pub(crate) mod story;
pub(crate) mod verdict;
pub(crate) mod visitor;
pub(crate) mod voices;
pub(crate) mod world;

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use world::World;

use crate::random::seeds;

/// How many stories are told.
const SEEDS: u64 = 60;

/// How many of them are told of large rooms, which take longer.
const LARGE_SEEDS: u64 = 8;

#[test]
fn every_story_ends_with_everyone_heard_over_what_the_room_wants() {
    tell_all(seeds(SEEDS), |seed| World::new(seed, false));
}

#[test]
fn files_in_a_large_room_take_direct_connections_of_their_own_and_arrive_whole_where_there_are_none()
 {
    tell_all(seeds(LARGE_SEEDS), |seed| World::large(seed, false));
}

fn tell_all(seeds: Range<u64>, begin: impl Fn(u64) -> World + Sync) {
    let next = AtomicU64::new(seeds.start);
    let tell = || {
        let mut faults = Vec::new();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if !seeds.contains(&seed) {
                break faults;
            }
            if let Err(fault) = begin(seed).run() {
                faults.push((seed, fault));
            }
        }
    };
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let mut faults: Vec<(u64, String)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(tell)).collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap())
            .collect()
    });
    faults.sort_by_key(|(seed, _)| *seed);
    let told: Vec<String> = faults
        .iter()
        .take(40)
        .map(|(seed, fault)| format!("seed {seed}: {fault}"))
        .collect();
    assert!(
        faults.is_empty(),
        "{} stories ended badly\n{}",
        faults.len(),
        told.join("\n")
    );
}

/// Stories that ended badly once: voices of a crowd were not heard until the SFU had them (7, 34, 36), a connection that was made anew was
/// not told what to send (9), and that the SFU could not be had was never taken back (141, 903, 931).
const ENDED_BADLY: [u64; 7] = [7, 9, 34, 36, 141, 903, 931];

#[test]
fn stories_that_ended_badly_once_end_well() {
    for seed in ENDED_BADLY {
        if let Err(fault) = World::new(seed, false).run() {
            panic!("seed {seed}: {fault}");
        }
    }
}

#[test]
#[ignore = "a tool: tells the story of one seed"]
fn one_seed() {
    let seed = std::env::var("SIMULATION_SEED").map_or(0, |seed| seed.parse().unwrap());
    let world = match std::env::var_os("SIMULATION_LARGE") {
        Some(_) => World::large(seed, true),
        None => World::new(seed, true),
    };
    match world.run() {
        Ok(time) => eprintln!("right again after {time} ms"),
        Err(fault) => panic!("seed {seed}: {fault}"),
    }
}
