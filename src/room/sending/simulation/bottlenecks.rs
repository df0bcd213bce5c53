//! Calls over simulated bottlenecks: how soon sending settles, and how calm it stays.

use super::calls::{Browser, Period, Simulation};
use super::stories::{BROWSERS, DEMAND, Outcome, Tally, hold, lines_turns, mean, turns};
use crate::random::{Random, seeds};

fn steady(browser: Browser, capacity: f64, others: usize, seed: u64) -> Outcome {
    let mut simulation = Simulation::new(seed, capacity, others, browser);
    let settling = simulation.run(30);
    let periods = simulation.run(270);
    let about = format!("{browser:?}, {capacity} bits/s, {others} others, seed {seed}");

    let last = &settling[10..];
    let overload = last.iter().filter(|period| period.loss > 0.1).count();
    hold(overload <= 3, || {
        format!("{about}: {overload} overloaded while settling")
    })?;

    let usable = capacity.min(DEMAND * others as f64);
    let used = mean(periods.iter().map(Period::total_sent));
    // Below that there is not a picture for everyone, and nobody gets one.
    let enough = usable / others as f64 > 150_000.0;
    hold(!enough || used >= usable * 0.55, || {
        format!("{about}: uses {used}")
    })?;
    let loss = mean(periods.iter().map(|period| period.loss));
    hold(loss < 0.02, || format!("{about}: loses {loss}"))?;
    let overload = periods.iter().filter(|period| period.loss > 0.05).count();
    hold(overload <= 12, || {
        format!("{about}: overloaded {overload} times")
    })?;
    let turned = turns(periods.iter().map(Period::total_allowed));
    hold(turned <= 20, || {
        format!("{about}: {turned} turns in nine minutes")
    })?;
    let turned = lines_turns(&periods);
    hold(turned <= if enough { 8 } else { 18 }, || {
        format!("{about}: the picture's size turned {turned} times")
    })
}

#[test]
fn on_a_steady_bottleneck_sending_settles_and_stays_calm() {
    let mut tally = Tally::new(6);
    for browser in BROWSERS {
        for capacity in [400_000.0, 800_000.0, 1_500_000.0, 3_000_000.0, 6_000_000.0] {
            for others in 1..=5 {
                for seed in seeds(6) {
                    tally.add(seed, steady(browser, capacity, others, seed));
                }
            }
        }
    }
    tally.finish();
}

#[test]
fn what_everyones_estimate_falls_for_is_the_uplink() {
    for (capacity, others, seed) in [
        (400_000.0, 2, 44),
        (400_000.0, 4, 38),
        (800_000.0, 2, 32),
        (3_000_000.0, 2, 57),
    ] {
        steady(Browser::Estimating, capacity, others, seed).unwrap();
    }
}

#[test]
fn a_rise_that_held_by_luck_is_not_soon_tried_again() {
    steady(Browser::Obedient, 3_000_000.0, 2, 44).unwrap();
    drop_and_recovery(Browser::Obedient, 4, 14).unwrap();
}

#[test]
fn the_picture_does_not_grow_at_a_border_that_failed_before() {
    steady(Browser::Obedient, 400_000.0, 1, 125).unwrap();
    steady(Browser::Estimating, 400_000.0, 1, 8).unwrap();
}

fn drop_and_recovery(browser: Browser, others: usize, seed: u64) -> Outcome {
    let mut simulation = Simulation::new(seed, 6_000_000.0, others, browser);
    simulation.run(60);
    let narrow = 250_000.0 * others as f64;
    simulation.uplink.capacity = narrow;
    let dropped = simulation.run(30);
    let about = format!("{browser:?}, {others} others, seed {seed}");
    let settled = dropped
        .iter()
        .position(|period| period.total_sent() <= narrow * 1.05)
        .unwrap_or(usize::MAX);
    hold(settled <= 4, || {
        format!("{about}: settled after {settled} samples")
    })?;
    let after = &dropped[8..];
    let losing = after.iter().filter(|period| period.loss > 0.1).count();
    hold(losing <= 2, || format!("{about}: lost much {losing} times"))?;

    simulation.uplink.capacity = 6_000_000.0;
    let usable = 6_000_000.0_f64.min(DEMAND * others as f64);
    let recovering = simulation.run(90);
    let back = recovering
        .iter()
        .position(|period| period.total_allowed() >= usable * 0.8);
    hold(back.is_some(), || format!("{about}: did not come back"))?;
    let turned = turns(recovering.iter().map(Period::total_allowed));
    hold(turned <= 6, || {
        format!("{about}: {turned} turns while recovering")
    })
}

#[test]
fn a_drop_is_followed_within_seconds_and_a_recovery_within_three_minutes() {
    let mut tally = Tally::new(10);
    for browser in BROWSERS {
        for others in 1..=5 {
            for seed in seeds(10) {
                tally.add(seed, drop_and_recovery(browser, others, seed));
            }
        }
    }
    tally.finish();
}

#[test]
fn the_patience_of_one_bottleneck_is_not_that_of_the_next() {
    for (others, seed) in [(5, 10), (5, 67), (4, 44)] {
        drop_and_recovery(Browser::Estimating, others, seed).unwrap();
    }
}

#[test]
fn a_picture_that_needs_little_does_not_keep_the_bound_down() {
    for (browser, others, seed) in [
        (Browser::Obedient, 1, 135),
        (Browser::Obedient, 3, 99),
        (Browser::Estimating, 2, 59),
    ] {
        drop_and_recovery(browser, others, seed).unwrap();
    }
}

#[test]
fn capacities_that_change_at_random_never_make_it_swing() {
    for browser in BROWSERS {
        for seed in seeds(40) {
            let mut random = Random::at(seed);
            let others = 1 + (random.fraction() * 5.0) as usize;
            let mut simulation = Simulation::new(seed, 2_000_000.0, others, browser);
            let mut periods = Vec::new();
            let changes = 10;
            for _ in 0..changes {
                let low = 100_000.0 * others as f64;
                simulation.uplink.capacity = low * 30.0_f64.powf(random.fraction());
                periods.extend(simulation.run(30));
            }
            let turns = turns(periods.iter().map(Period::total_allowed));
            let about = format!("{browser:?}, {others} others, seed {seed}");
            assert!(turns <= 5 * changes, "{about}: {turns} turns");
            let loss = mean(periods.iter().map(|period| period.loss));
            assert!(loss < 0.06, "{about}: loses {loss}");
        }
    }
}

fn starved(browser: Browser, seed: u64) -> Outcome {
    let mut simulation = Simulation::new(seed, 3_000_000.0, 2, browser);
    simulation.run(20);
    simulation.uplink.capacity = 130_000.0;
    let starved = simulation.run(40);
    let off = starved[10..]
        .iter()
        .filter(|period| period.lines == [0.0, 0.0]);
    let off = off.count();
    let about = format!("{browser:?}, seed {seed}");
    hold(off >= 24, || format!("{about}: off for {off} samples"))?;
    assert!(
        starved
            .iter()
            .all(|period| period.allowed.iter().all(|bits| *bits >= 24_000.0))
    );
    simulation.uplink.capacity = 3_000_000.0;
    let back = simulation.run(90);
    let lines = &back[89].lines;
    hold(lines.iter().all(|lines| *lines >= 360.0), || {
        format!("{about}: {lines:?}")
    })
}

#[test]
fn where_only_a_voice_fits_the_picture_goes_and_later_comes_back() {
    let mut tally = Tally::new(10);
    for browser in BROWSERS {
        for seed in seeds(10) {
            tally.add(seed, starved(browser, seed));
        }
    }
    tally.finish();
}
