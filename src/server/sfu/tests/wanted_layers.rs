use Layer::{Full, Half, Quarter};
use proptest::prelude::*;

use super::*;

fn sent(wanted: &WantedLayers) -> Vec<Layer> {
    wanted.layers().collect()
}

#[test]
fn a_layer_comes_at_once_and_goes_after_three_seconds() {
    let start = Instant::now();
    let at = |ms| start + Duration::from_millis(ms);
    let mut wanted = WantedLayers::default();
    assert!(wanted.want(&[Half], Some(Quarter), start));
    assert_eq!(sent(&wanted), [Quarter, Half]);
    assert!(!wanted.want(&[Half], Some(Quarter), at(100)));

    assert!(!wanted.want(&[], Some(Quarter), at(200)));
    assert!(!wanted.want(&[], Some(Quarter), at(3_199)));
    assert_eq!(sent(&wanted), [Quarter, Half]);
    assert!(wanted.want(&[], Some(Quarter), at(3_200)));
    assert_eq!(sent(&wanted), [Quarter]);
}

#[test]
fn a_layer_that_is_wanted_again_in_time_goes_on() {
    let start = Instant::now();
    let at = |ms| start + Duration::from_millis(ms);
    let mut wanted = WantedLayers::default();
    wanted.want(&[Full], None, start);
    wanted.want(&[], None, at(1_000));
    assert!(!wanted.want(&[Full], None, at(3_999)));
    assert!(!wanted.want(&[Full], None, at(9_000)));
    assert_eq!(sent(&wanted), [Full]);
}

#[test]
fn the_lowest_layer_stays_while_anybody_watches() {
    let start = Instant::now();
    let at = |ms| start + Duration::from_millis(ms);
    let mut wanted = WantedLayers::default();
    wanted.want(&[], Some(Quarter), start);
    assert!(!wanted.want(&[], Some(Quarter), at(60_000)));
    assert_eq!(sent(&wanted), [Quarter]);
    wanted.want(&[], None, at(60_000));
    assert!(wanted.want(&[], None, at(63_000)));
    assert_eq!(sent(&wanted), []);
}

#[test]
fn what_is_overdue_goes_with_the_next_wish() {
    let start = Instant::now();
    let mut wanted = WantedLayers::default();
    wanted.want(&[Full], None, start);
    wanted.want(&[], None, start);
    assert!(wanted.want(&[], None, start + Duration::from_secs(3)));
    assert_eq!(sent(&wanted), []);
}

proptest! {
    #[test]
    fn each_layer_is_sent_exactly_when_it_was_wanted_within_three_seconds(
        wishes in prop::collection::vec((0_u64..2_000, 0_u8..8, any::<bool>()), 1..60),
    ) {
        let start = Instant::now();
        let mut wanted = WantedLayers::default();
        // When each layer was last wanted, in ms.
        let mut last: [Option<u64>; 3] = [None; 3];
        let mut held: Option<(Vec<Layer>, bool)> = None;
        let mut now = 0;
        for (gap, bits, is_watched) in wishes {
            now += gap;
            let touch = |held: &Option<(Vec<Layer>, bool)>, last: &mut [Option<u64>; 3]| {
                if let Some((layers, is_watched)) = held {
                    for layer in Layer::ALL {
                        if layers.contains(&layer) || (*is_watched && layer == Quarter) {
                            last[layer.index()] = Some(now);
                        }
                    }
                }
            };
            // What was wanted before is wanted up to now.
            touch(&held, &mut last);
            let layers: Vec<Layer> = Layer::ALL.into_iter().filter(|one| bits >> one.index() & 1 == 1).collect();
            let before = sent(&wanted);
            let at = start + Duration::from_millis(now);
            let changed = wanted.want(&layers, is_watched.then_some(Quarter), at);
            prop_assert_eq!(changed, before != sent(&wanted));
            held = Some((layers, is_watched));
            touch(&held, &mut last);
            let due = |layer: &Layer| last[layer.index()].is_some_and(|at| now - at < 3_000);
            let expected: Vec<Layer> = Layer::ALL.into_iter().filter(due).collect();
            prop_assert_eq!(sent(&wanted), expected);
        }
    }
}
