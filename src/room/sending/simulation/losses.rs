//! Trouble that does not come from sending, or is one person's alone: it costs the others nothing, and passes.

use super::calls::{Browser, Period, Reports, Simulation};
use super::stories::{BROWSERS, DEMAND, Tally, hold, mean};
use crate::random::seeds;

#[test]
fn one_weak_downlink_costs_the_others_nothing_for_long() {
    for browser in BROWSERS {
        for others in 3..=5 {
            for seed in seeds(10) {
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
fn however_weak_one_downlink_is_the_others_get_all_of_the_uplink() {
    let mut tally = Tally::new(10);
    for browser in BROWSERS {
        for capacity in [150_000.0, 600_000.0, 1_000_000.0, 1_400_000.0] {
            for others in 2..=5 {
                for seed in seeds(10) {
                    let mut simulation = Simulation::new(seed, 20_000_000.0, others, browser);
                    simulation.set_downlink(0, capacity);
                    let periods = simulation.run(120);
                    let least = (1..others)
                        .map(|index| mean(periods[60..].iter().map(|period| period.allowed[index])))
                        .fold(f64::MAX, f64::min);
                    tally.add(
                        seed,
                        hold(least > DEMAND * 0.9, || {
                            format!("{browser:?}, {others} others, seed {seed}, {capacity} for one: {least}")
                        }),
                    );
                }
            }
        }
    }
    tally.finish();
}

/// The call in which, from some moment on, 15 % of what is sent to the first person is lost by the way.
fn lossy(browser: Browser, others: usize, seed: u64) -> Vec<Period> {
    let mut simulation = Simulation::new(seed, 20_000_000.0, others, browser);
    simulation.run(40);
    simulation.set_random_loss(0, 0.15);
    simulation.run(120)
}

#[test]
fn loss_that_does_not_come_from_sending_does_not_starve_the_picture() {
    for browser in BROWSERS {
        for others in 1..=4 {
            let periods = lossy(browser, others, 7);
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

/// How far three cuts in vain go depends on how much the picture needs meanwhile: it stays, and comes back.
#[test]
fn such_loss_never_takes_the_picture_away() {
    for browser in BROWSERS {
        for (others, seed) in (1..=4).flat_map(|others| seeds(10).map(move |seed| (others, seed))) {
            let periods = lossy(browser, others, seed);
            let about = format!("{browser:?}, {others} others, seed {seed}");
            let least = periods
                .iter()
                .map(|period| period.lines[0])
                .fold(f64::MAX, f64::min);
            assert!(least > 0.0, "{about}: {least} lines");
            let later = periods.last().unwrap().allowed[0];
            assert!(later > 800_000.0, "{about}: {later}");
        }
    }
}

fn few_packets(browser: Browser, others: usize, seed: u64, loss: f64) {
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

#[test]
fn reports_of_few_packets_do_not_take_the_picture_away() {
    for browser in BROWSERS {
        for (others, seed) in (1..=4).flat_map(|others| seeds(10).map(move |seed| (others, seed))) {
            for loss in [0.05, 0.1, 0.15, 0.3] {
                few_packets(browser, others, seed, loss);
            }
        }
    }
}

#[test]
fn less_loss_by_luck_after_a_cut_is_no_relief() {
    for (browser, others, seed, loss) in [
        (Browser::Obedient, 2, 101, 0.15),
        (Browser::Obedient, 1, 189, 0.15),
        (Browser::Estimating, 4, 94, 0.1),
    ] {
        few_packets(browser, others, seed, loss);
    }
}

#[test]
fn a_longer_route_is_not_taken_for_a_queue_forever() {
    for (browser, seed) in BROWSERS
        .into_iter()
        .flat_map(|browser| seeds(10).map(move |seed| (browser, seed)))
    {
        let mut simulation = Simulation::new(seed, 20_000_000.0, 1, browser);
        simulation.run(40);
        simulation.set_base_delay(0, 500.0);
        let periods = simulation.run(90);
        let least = periods
            .iter()
            .map(|period| period.allowed[0])
            .fold(f64::MAX, f64::min);
        assert!(least > 400_000.0, "{browser:?}, seed {seed}: {least}");
        assert!(
            periods.last().unwrap().allowed[0] > DEMAND * 0.9,
            "{browser:?}, seed {seed}"
        );
    }
}
