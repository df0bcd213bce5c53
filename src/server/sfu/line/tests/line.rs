use proptest::prelude::*;

use super::*;

fn after(start: Instant, ms: u64) -> Instant {
    start + Duration::from_millis(ms)
}

/// Sends a packet each 10 ms (960 kbit/s), and lets it be told of 50 ms later, as one that arrived after 20 ms, or did not.
fn flow(
    line: &mut Line,
    start: Instant,
    ms: std::ops::Range<u64>,
    has_arrived: impl Fn(u64) -> bool,
) {
    for at in ms.step_by(10) {
        let now = after(start, at);
        line.sent(Sent {
            number: at / 10,
            bytes: 1_200,
            at: now,
            probe: None,
        });
        let Some(sent) = at.checked_sub(50) else {
            continue;
        };
        let arrived = sent as i64 + 20;
        let ticks = has_arrived(sent / 10).then_some(4 * (arrived % 64));
        let told = [((sent / 10) as u16, ticks)];
        line.heard((arrived / 64) as u32, told.into_iter(), now);
    }
}

#[test]
fn it_begins_with_the_first_estimate() {
    let start = Instant::now();
    assert_eq!(Line::new(800_000.0, start).estimate(), 800_000.0);
    assert_eq!(Line::new(0.0, start).estimate(), FLOOR);
    assert_eq!(Line::new(f64::NAN, start).estimate(), FLOOR);
    assert_eq!(Line::new(f64::INFINITY, start).estimate(), CEILING);
}

#[test]
fn what_flows_well_lets_it_grow_to_what_that_can_tell() {
    let start = Instant::now();
    let mut line = Line::new(800_000.0, start);
    flow(&mut line, start, 0..20_000, |_| true);
    assert!(
        (1_440_000.0..1_460_000.0).contains(&line.estimate()),
        "{}",
        line.estimate()
    );
    assert_eq!(line.round_trip(), Some(Duration::from_millis(50)));
}

#[test]
fn much_loss_lets_it_fall() {
    let start = Instant::now();
    let mut line = Line::new(800_000.0, start);
    flow(&mut line, start, 0..3_000, |number| number % 3 > 0);
    assert!(line.estimate() < 600_000.0, "{}", line.estimate());
}

#[test]
fn what_was_lost_on_the_way_to_where_a_receiver_was_tells_nothing() {
    let fallen = |moves: bool| {
        let start = Instant::now();
        let mut line = Line::new(800_000.0, start);
        flow(&mut line, start, 0..3_000, |_| true);
        let before = line.estimate();
        for number in 300..340 {
            line.sent(Sent {
                number,
                bytes: 1_200,
                at: after(start, 10 * number),
                probe: None,
            });
        }
        if moves {
            line.moved();
        }
        flow(&mut line, start, 3_400..4_500, |number| number >= 340);
        line.estimate() < before
    };
    assert!(fallen(false));
    assert!(!fallen(true));
}

#[test]
fn without_feedback_losses_alone_count() {
    let start = Instant::now();
    let mut line = Line::new(800_000.0, start);
    line.wish(0.0, 2_000_000.0);
    let mut report = |seconds: std::ops::Range<u64>, lost: f64| {
        for second in seconds {
            line.lost(lost, after(start, 1_000 * second));
        }
        line.estimate()
    };
    let grown = report(0..60, 0.01);
    assert_eq!(grown, 3_000_000.0, "half as much again as could be used");
    assert_eq!(report(60..80, 0.07), grown);
    assert!(report(80..90, 0.3) < 0.7 * grown);
    let estimate = line.estimate();
    line.lost(f64::NAN, after(start, 95_000));
    line.lost(7.0, after(start, 96_000));
    assert_eq!(line.estimate(), estimate);
}

#[test]
fn with_feedback_reports_of_losses_do_not_count() {
    let start = Instant::now();
    let mut line = Line::new(800_000.0, start);
    for second in 0..20 {
        flow(
            &mut line,
            start,
            1_000 * second..1_000 * (second + 1),
            |_| true,
        );
        line.lost(0.5, after(start, 1_000 * (second + 1)));
    }
    assert!(line.estimate() > 1_400_000.0);
}

#[test]
fn a_receiver_that_falls_silent_is_sent_less() {
    let start = Instant::now();
    let mut line = Line::new(800_000.0, start);
    flow(&mut line, start, 0..10_000, |_| true);
    let before = line.estimate();
    let pass = |line: &mut Line, ms: u64| {
        line.pass(after(start, ms));
        line.estimate()
    };
    assert_eq!(pass(&mut line, 15_000), before, "nothing is sent");
    let at = after(start, 15_000);
    line.sent(Sent {
        number: 1_000,
        bytes: 1_200,
        at,
        probe: None,
    });
    assert_eq!(line.next(), Some(after(start, 17_000)));
    assert_eq!(pass(&mut line, 16_900), before);
    assert_eq!(pass(&mut line, 17_000), 0.8 * before);
    assert_eq!(pass(&mut line, 17_900), 0.8 * before);
    assert!(pass(&mut line, 18_100) < 0.7 * before);
    for second in 19..60 {
        pass(&mut line, 1_000 * second);
    }
    assert_eq!(line.estimate(), SILENT_LEAST);
}

#[test]
fn a_line_over_which_nothing_can_be_sent_yet_is_probed_again_and_again() {
    let start = Instant::now();
    let mut line = Line::new(800_000.0, start);
    assert_eq!(line.pass(start), None, "nothing is wished for");
    line.wish(2_000_000.0, 2_000_000.0);
    let mut probes = vec![];
    for ms in 0..60_000 {
        let now = after(start, ms);
        if line.pass(now).is_some() {
            probes.push(ms);
        }
    }
    assert_eq!(probes.first(), Some(&0));
    let last = probes.last().unwrap();
    assert!(
        (10..40).contains(&probes.len()) && *last > 50_000,
        "{probes:?}"
    );
}

#[test]
fn nonsense_is_not_wished_for() {
    let mut line = Line::new(800_000.0, Instant::now());
    for (minimum, desired, wished) in [
        (f64::NAN, f64::INFINITY, (0.0, 0.0)),
        (-1.0, -2.0, (0.0, 0.0)),
        (2e6, 1e6, (2e6, 2e6)),
        (1e6, 1e20, (1e6, CEILING)),
    ] {
        line.wish(minimum, desired);
        assert_eq!((line.minimum, line.desired), wished);
    }
}

/// What happens to a line.
#[derive(Clone, Debug)]
enum Step {
    Sent(u64, usize, bool),
    Heard(u32, Vec<(u16, Option<i64>)>),
    Lost(f64),
    Wish(f64, f64),
}

fn a_step() -> impl Strategy<Value = Step> {
    let told = (
        prop_oneof![0_u16..50, any::<u16>()],
        prop::option::of(prop_oneof![-100_i64..1_000, any::<i64>()]),
    );
    let reference = prop_oneof![0_u32..100, any::<u32>()];
    prop_oneof![
        4 => (0_u64..2, prop_oneof![0_usize..2_000, any::<usize>()], any::<bool>())
            .prop_map(|(skipped, bytes, is_probe)| Step::Sent(skipped / 2 * 40_000, bytes, is_probe)),
        4 => (reference, prop::collection::vec(told, 0..60)).prop_map(|(reference, told)| Step::Heard(reference, told)),
        1 => any::<f64>().prop_map(Step::Lost),
        1 => (any::<f64>(), any::<f64>()).prop_map(|(minimum, desired)| Step::Wish(minimum, desired)),
    ]
}

proptest! {
    #[test]
    fn whatever_a_receiver_says_the_estimate_is_possible(
        steps in prop::collection::vec((0_u64..3_000, a_step()), 0..120),
        first in any::<f64>(),
    ) {
        let start = Instant::now();
        let mut line = Line::new(first, start);
        line.wish(1e6, 1e7);
        let (mut ms, mut number, mut probe) = (0, 0, None);
        for (pause, step) in steps {
            ms += pause;
            let now = after(start, ms);
            match step {
                Step::Sent(skipped, bytes, is_probe) => {
                    number += skipped;
                    for _ in 0..20 {
                        let probe = probe.filter(|_| is_probe);
                        line.sent(Sent { number, bytes, at: now, probe });
                        number += 1;
                    }
                }
                Step::Heard(reference, told) => line.heard(reference, told.into_iter(), now),
                Step::Lost(fraction) => line.lost(fraction, now),
                Step::Wish(minimum, desired) => line.wish(minimum, desired),
            }
            if let Some(given) = line.pass(now) {
                prop_assert!(given.rate.is_finite() && given.rate > 0.0 && given.rate <= CEILING);
                probe = Some(given.id);
            }
            prop_assert!((FLOOR..=CEILING).contains(&line.estimate()));
            prop_assert!(line.next().is_none_or(|next| next >= now + Duration::from_millis(5)));
        }
    }
}
