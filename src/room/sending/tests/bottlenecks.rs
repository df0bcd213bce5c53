//! Calls over simulated bottlenecks: how soon sending settles, and how calm it stays.

use super::super::simulation::{Browser, Period, Reports, Simulation};
use super::turns;
use crate::room::testing::random::Random;

const BROWSERS: [Browser; 2] = [Browser::Obedient, Browser::Estimating];
/// What one person can make use of, at 720 lines.
const DEMAND: f64 = 1_840_000.0;

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len() as f64;
    values.sum::<f64>() / count
}

fn lines_turns(periods: &[Period]) -> usize {
    let people = periods[0].lines.len();
    (0..people)
        .map(|index| turns(periods.iter().map(|period| period.lines[index])))
        .max()
        .unwrap_or_default()
}

#[test]
fn on_a_steady_bottleneck_sending_settles_and_stays_calm() {
    for browser in BROWSERS {
        for capacity in [400_000.0, 800_000.0, 1_500_000.0, 3_000_000.0, 6_000_000.0] {
            for others in 1..=5 {
                for seed in 0..6 {
                    let mut simulation = Simulation::new(seed, capacity, others, browser);
                    let settling = simulation.run(30);
                    let periods = simulation.run(270);
                    let about =
                        format!("{browser:?}, {capacity} bits/s, {others} others, seed {seed}");

                    let last = &settling[10..];
                    let overload = last.iter().filter(|period| period.loss > 0.1).count();
                    assert!(
                        overload <= 3,
                        "{about}: {overload} overloaded while settling"
                    );

                    let usable = capacity.min(DEMAND * others as f64);
                    let used = mean(periods.iter().map(Period::total_sent));
                    // Below that there is not a picture for everyone, and nobody gets one.
                    let enough = usable / others as f64 > 150_000.0;
                    assert!(!enough || used >= usable * 0.55, "{about}: uses {used}");
                    let loss = mean(periods.iter().map(|period| period.loss));
                    assert!(loss < 0.02, "{about}: loses {loss}");
                    let overload = periods.iter().filter(|period| period.loss > 0.05).count();
                    assert!(overload <= 12, "{about}: overloaded {overload} times");
                    let turns = turns(periods.iter().map(Period::total_allowed));
                    assert!(turns <= 20, "{about}: {turns} turns in nine minutes");
                    let turns = lines_turns(&periods);
                    assert!(
                        turns <= if enough { 8 } else { 18 },
                        "{about}: the picture's size turned {turns} times"
                    );
                }
            }
        }
    }
}

#[test]
fn a_drop_is_followed_within_seconds_and_a_recovery_within_three_minutes() {
    for browser in BROWSERS {
        for others in 1..=5 {
            for seed in 0..10 {
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
                assert!(settled <= 4, "{about}: settled after {settled} samples");
                let after = &dropped[8..];
                let losing = after.iter().filter(|period| period.loss > 0.1).count();
                assert!(losing <= 2, "{about}: lost much {losing} times");

                simulation.uplink.capacity = 6_000_000.0;
                let usable = 6_000_000.0_f64.min(DEMAND * others as f64);
                let recovering = simulation.run(90);
                let back = recovering
                    .iter()
                    .position(|period| period.total_allowed() >= usable * 0.8);
                assert!(back.is_some(), "{about}: did not come back");
                let turns = turns(recovering.iter().map(Period::total_allowed));
                assert!(turns <= 6, "{about}: {turns} turns while recovering");
            }
        }
    }
}

#[test]
fn capacities_that_change_at_random_never_make_it_swing() {
    for browser in BROWSERS {
        for seed in 0..40 {
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

#[test]
fn one_weak_downlink_costs_the_others_nothing_for_long() {
    for browser in BROWSERS {
        for others in 3..=5 {
            for seed in 0..10 {
                let mut simulation = Simulation::new(seed, 20_000_000.0, others, browser);
                simulation.set_downlink(0, 300_000.0);
                let periods = simulation.run(120);
                let about = format!("{browser:?}, {others} others, seed {seed}");
                let last = &periods[60..];
                for index in 1..others {
                    let allowed = mean(last.iter().map(|period| period.allowed[index]));
                    assert!(
                        allowed > DEMAND * 0.9,
                        "{about}: {allowed} for a strong one"
                    );
                }
                let weak = mean(last.iter().map(|period| period.allowed[0]));
                assert!(
                    (150_000.0..450_000.0).contains(&weak),
                    "{about}: {weak} for the weak one"
                );
            }
        }
    }
}

#[test]
fn loss_that_does_not_come_from_sending_does_not_starve_the_picture() {
    for browser in BROWSERS {
        for others in 1..=4 {
            let mut simulation = Simulation::new(7, 20_000_000.0, others, browser);
            simulation.run(40);
            simulation.set_random_loss(0, 0.15);
            let periods = simulation.run(120);
            let least = periods
                .iter()
                .map(|period| period.allowed[0])
                .fold(f64::MAX, f64::min);
            assert!(least > 400_000.0, "{browser:?}, {others} others: {least}");
            let later = periods.last().unwrap().allowed[0];
            assert!(later > 1_000_000.0, "{browser:?}, {others} others: {later}");
        }
    }
}

#[test]
fn reports_of_few_packets_do_not_take_the_picture_away() {
    for browser in BROWSERS {
        for (others, seed) in (1..=4).flat_map(|others| (0..10).map(move |seed| (others, seed))) {
            for loss in [0.05, 0.1, 0.15, 0.3] {
                let mut simulation = Simulation::new(seed, 20_000_000.0, others, browser);
                simulation.set_reports(Reports::Counted);
                simulation.run(40);
                simulation.set_random_loss(0, loss);
                let periods = simulation.run(120);
                let about = format!("{browser:?}, {others} others, seed {seed}, {loss} lost");
                let stays = periods.iter().all(|period| period.lines[0] > 0.0);
                let later = mean(periods[60..].iter().map(|period| period.allowed[0]));
                assert!(stays || loss > 0.2, "{about}: the picture went");
                assert!(later > 400_000.0, "{about}: {later}");
            }
        }
    }
}

#[test]
fn a_longer_route_is_not_taken_for_a_queue_forever() {
    for browser in BROWSERS {
        let mut simulation = Simulation::new(3, 20_000_000.0, 1, browser);
        simulation.run(40);
        simulation.set_base_delay(0, 500.0);
        let periods = simulation.run(90);
        let least = periods
            .iter()
            .map(|period| period.allowed[0])
            .fold(f64::MAX, f64::min);
        assert!(least > 400_000.0, "{browser:?}: {least}");
        assert!(
            periods.last().unwrap().allowed[0] > DEMAND * 0.9,
            "{browser:?}"
        );
    }
}

#[test]
fn where_only_a_voice_fits_the_picture_goes_and_later_comes_back() {
    for browser in BROWSERS {
        for seed in 0..10 {
            let mut simulation = Simulation::new(seed, 3_000_000.0, 2, browser);
            simulation.run(20);
            simulation.uplink.capacity = 130_000.0;
            let starved = simulation.run(40);
            let off = starved[10..]
                .iter()
                .filter(|period| period.lines == [0.0, 0.0]);
            assert!(off.count() >= 24, "{browser:?}, seed {seed}");
            assert!(
                starved
                    .iter()
                    .all(|period| period.allowed.iter().all(|bits| *bits >= 24_000.0))
            );
            simulation.uplink.capacity = 3_000_000.0;
            let back = simulation.run(90);
            let lines = &back.last().unwrap().lines;
            assert!(
                lines.iter().all(|lines| *lines >= 360.0),
                "{browser:?}, seed {seed}: {lines:?}"
            );
        }
    }
}
