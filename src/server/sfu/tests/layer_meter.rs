use proptest::prelude::*;

use super::*;

fn after(start: Instant, ms: u64) -> Instant {
    start + Duration::from_millis(ms)
}

/// A meter after packets of `bytes` each 10 ms, from one time up to another.
fn fed(meter: &mut LayerMeter, start: Instant, ms: std::ops::Range<u64>, bytes: usize) {
    for at in ms.step_by(10) {
        meter.add(bytes, after(start, at));
    }
}

fn is_near(one: f64, other: f64) -> bool {
    (one - other).abs() <= 0.03 * other
}

#[test]
fn a_steady_layer_takes_what_it_takes() {
    let start = Instant::now();
    let mut meter = LayerMeter::of_a_camera();
    fed(&mut meter, start, 0..3_000, 1_250);
    for ms in [3_000, 3_005, 3_050, 3_090] {
        fed(&mut meter, start, ms..ms + 1, 0);
        let mean = meter.mean(after(start, ms));
        assert!((890_000.0..1_010_000.0).contains(&mean), "{ms} ms: {mean}");
    }
    assert!(is_near(meter.mean(after(start, 2_999)), 1_000_000.0));
    assert!(is_near(meter.peak(after(start, 2_999)), 1_000_000.0));
    assert!(is_near(meter.cost(after(start, 2_999)), 1_050_000.0));
}

#[test]
fn a_burst_is_remembered_for_five_seconds_at_a_weight() {
    for (ms, cost) in [(1_000, 1_050_000.0), (4_900, 735_000.0), (8_000, 105_000.0)] {
        let start = Instant::now();
        let mut meter = LayerMeter::of_a_camera();
        fed(&mut meter, start, 0..1_000, 1_250);
        fed(&mut meter, start, 1_000..ms, 125);
        let measured = meter.cost(after(start, ms - 1));
        assert!(is_near(measured, cost), "{ms} ms: {measured}, not {cost}");
    }
}

#[test]
fn a_layer_is_live_until_it_was_silent_for_long_enough() {
    for (mut meter, silence) in [
        (LayerMeter::of_a_camera(), 800),
        (LayerMeter::of_a_screen(), 3_000),
    ] {
        let start = Instant::now();
        assert!(!meter.is_live(start));
        meter.add(0, start);
        assert!(meter.is_live(after(start, silence - 1)));
        assert!(!meter.is_live(after(start, silence)));
        meter.add(0, after(start, silence));
        assert!(meter.is_live(after(start, silence + 1)));
    }
}

#[test]
fn a_layer_settles_a_second_after_it_began_anew() {
    let start = Instant::now();
    let mut meter = LayerMeter::of_a_camera();
    fed(&mut meter, start, 0..1_000, 100);
    assert!(!meter.is_settled(after(start, 999)));
    assert!(meter.is_settled(after(start, 1_000)));
    fed(&mut meter, start, 2_500..3_000, 100);
    assert!(!meter.is_settled(after(start, 3_000)));
    fed(&mut meter, start, 3_000..3_500, 100);
    assert!(meter.is_settled(after(start, 3_500)));
}

#[test]
fn after_a_long_silence_nothing_is_left() {
    let start = Instant::now();
    let mut meter = LayerMeter::of_a_camera();
    fed(&mut meter, start, 0..1_000, 1_250);
    let later = start + Duration::from_secs(1 << 30);
    assert_eq!(meter.cost(later), 0.0);
    meter.add(100, later);
    assert!(is_near(meter.mean(later), 800.0));
}

proptest! {
    #[test]
    fn the_mean_and_the_peak_are_those_of_a_list_of_all_packets(
        packets in prop::collection::vec((0_u64..400, 0_usize..1_500), 1..200),
        rest in 0_u64..7_000,
    ) {
        let start = Instant::now();
        let mut meter = LayerMeter::of_a_camera();
        let (mut now, mut all) = (0, vec![]);
        for (gap, bytes) in packets {
            now += gap;
            meter.add(bytes, after(start, now));
            all.push((now, bytes as f64 * 8.0));
        }
        let first = all[0].0;
        now += rest;
        let between = |from: i64, to: i64| -> f64 {
            let inside = all.iter().filter(|(at, _)| (from..to).contains(&(*at as i64)));
            inside.map(|(_, bits)| bits).sum()
        };
        // A bucket more or less, at both ends.
        let (mean, at) = (meter.mean(after(start, now)), now as i64);
        prop_assert!(mean <= between(at - 1_100, at + 1) + 0.1, "{mean}");
        prop_assert!(mean >= between(at - 899, at + 1) - 0.1, "{mean}");
        let peak = meter.peak(after(start, now));
        prop_assert!(peak + 0.1 >= mean);
        let whole = |age: i64| {
            let bucket = (at - first as i64).div_euclid(100) - age;
            let from = first as i64 + bucket * 100;
            between(from - 900, from + 100)
        };
        let expected = (1..=40).map(whole).fold(mean, f64::max);
        prop_assert!((peak - expected).abs() < 0.1, "{peak}, not {expected}");
    }
}
