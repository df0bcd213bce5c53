use Layer::{Full, Half, Quarter};
use Offer::{Absent, Live, Off};
use ViewedSize::{Hidden, Large, Medium, Thumbnail};
use proptest::prelude::*;

use super::super::demand::Offer;
use super::super::headroom::QUICK;
use super::*;
use crate::protocol::sfu::Layer;

const KBIT: f64 = 1_000.0;
const EVERYTHING: f64 = 100_000.0 * KBIT;

/// Three layers of 100, 400 and 1,500 kbit/s that come in.
const LIVE: [Offer; 3] = [
    Live { cost: 100.0 * KBIT },
    Live { cost: 400.0 * KBIT },
    Live {
        cost: 1_500.0 * KBIT,
    },
];

fn camera(key: u32, size: ViewedSize) -> Demand<u32> {
    Demand {
        key,
        size,
        is_screen: false,
        layers: LIVE,
    }
}

fn screen(key: u32, size: ViewedSize) -> Demand<u32> {
    Demand {
        is_screen: true,
        layers: [LIVE[0], Absent, LIVE[2]],
        ..camera(key, size)
    }
}

/// A subscriber who is decided about every 100 ms.
struct Subscriber {
    allocator: Allocator<u32>,
    start: Instant,
    ms: u64,
    queued: Duration,
}

impl Subscriber {
    fn new() -> Self {
        Self {
            allocator: Allocator::default(),
            start: Instant::now(),
            ms: 0,
            queued: Duration::ZERO,
        }
    }

    fn allocate(&mut self, demands: &[Demand<u32>], estimate: f64) -> Allocation<u32> {
        self.ms += 100;
        let now = self.start + Duration::from_millis(self.ms);
        self.allocator
            .allocate(demands, estimate, 0.0, self.queued, now)
    }

    fn layers(&mut self, demands: &[Demand<u32>], estimate: f64) -> Vec<Option<Layer>> {
        let allocation = self.allocate(demands, estimate);
        allocation.decisions.iter().map(|one| one.layer).collect()
    }

    /// The layers after so many ms of the same.
    fn pass(&mut self, ms: u64, demands: &[Demand<u32>], estimate: f64) -> Vec<Option<Layer>> {
        for _ in 1..ms / 100 {
            self.allocate(demands, estimate);
        }
        self.layers(demands, estimate)
    }

    /// The allocation after so many ms of the same.
    fn pass_to(&mut self, ms: u64, demands: &[Demand<u32>], estimate: f64) -> Allocation<u32> {
        self.pass(ms - 100, demands, estimate);
        self.allocate(demands, estimate)
    }

    /// After how many ms it is like this; at most a minute.
    fn until(&mut self, demands: &[Demand<u32>], estimate: f64, layers: &[Option<Layer>]) -> u64 {
        let begin = self.ms;
        for _ in 0..600 {
            if self.layers(demands, estimate) == layers {
                return self.ms - begin;
            }
        }
        panic!("not within a minute");
    }
}

/// An estimate of which so much may be granted upwards at once.
fn with_room(kbit: f64) -> f64 {
    kbit * KBIT / QUICK / USABLE + 1.0
}

#[test]
fn each_gets_the_lowest_before_anybody_gets_more_and_the_last_are_paused() {
    let demands = [camera(1, Large), camera(2, Medium), camera(3, Thumbnail)];
    for (kbit, expected) in [
        (50.0, [None, None, None]),
        (100.0, [Some(Quarter), None, None]),
        (299.0, [Some(Quarter), Some(Quarter), None]),
        (300.0, [Some(Quarter), Some(Quarter), Some(Quarter)]),
        (600.0, [Some(Half), Some(Quarter), Some(Quarter)]),
        (900.0, [Some(Half), Some(Half), Some(Quarter)]),
        (1_999.0, [Some(Half), Some(Half), Some(Quarter)]),
        (2_000.0, [Some(Full), Some(Half), Some(Quarter)]),
        (90_000.0, [Some(Full), Some(Half), Some(Quarter)]),
    ] {
        let layers = Subscriber::new().layers(&demands, with_room(kbit));
        assert_eq!(layers, expected, "{kbit} kbit/s");
    }
}

#[test]
fn screens_come_before_faces_and_large_before_small_and_otherwise_their_order_counts() {
    let demands = [
        camera(1, Thumbnail),
        camera(2, Medium),
        camera(3, Large),
        camera(4, Large),
        screen(5, Large),
    ];
    for (kbit, pictures) in [
        (100.0, vec![5]),
        (200.0, vec![3, 5]),
        (300.0, vec![3, 4, 5]),
        (400.0, vec![2, 3, 4, 5]),
        (500.0, vec![1, 2, 3, 4, 5]),
    ] {
        let allocation = Subscriber::new().allocate(&demands, with_room(kbit));
        let decisions = allocation.decisions.iter();
        assert!(decisions.clone().map(|one| one.key).eq(1..=5));
        let shown: Vec<u32> = decisions
            .filter_map(|one| one.layer.map(|_| one.key))
            .collect();
        assert_eq!(shown, pictures, "{kbit} kbit/s");
    }
}

#[test]
fn what_has_not_the_layer_for_its_size_gets_the_next_lower_or_the_lowest() {
    let of = |size, layers| Demand {
        layers,
        ..camera(1, size)
    };
    for (demand, expected) in [
        (of(Medium, [LIVE[0], Absent, LIVE[2]]), Some(Quarter)),
        (of(Large, [LIVE[0], LIVE[1], Absent]), Some(Half)),
        (of(Thumbnail, [Absent, Absent, LIVE[2]]), Some(Full)),
        (of(Large, [Absent; 3]), None),
        (of(Hidden, LIVE), None),
    ] {
        let layers = Subscriber::new().layers(std::slice::from_ref(&demand), EVERYTHING);
        assert_eq!(layers, [expected], "{demand:?}");
    }
}

#[test]
fn voices_come_first() {
    let demands = [camera(1, Large)];
    let now = Instant::now();
    let layer = |voices| {
        let estimate = with_room(400.0);
        let mut allocator = Allocator::default();
        let allocation = allocator.allocate(&demands, estimate, voices, Duration::ZERO, now);
        allocation.decisions[0].layer
    };
    assert_eq!(layer(0.0), Some(Half));
    assert_eq!(layer(2.0 * KBIT), Some(Quarter));
    assert_eq!(layer(400.0 * KBIT), None);
}

#[test]
fn what_is_more_than_the_estimate_is_taken_away_in_the_second_run() {
    let demands = [camera(1, Large), camera(2, Large)];
    let mut subscriber = Subscriber::new();
    assert_eq!(
        subscriber.layers(&demands, EVERYTHING),
        [Some(Full), Some(Full)]
    );
    let estimate = 2_900.0 * KBIT;
    assert_eq!(
        subscriber.layers(&demands, estimate),
        [Some(Full), Some(Full)]
    );
    assert_eq!(
        subscriber.layers(&demands, estimate),
        [Some(Full), Some(Half)]
    );
}

#[test]
fn a_keyframe_is_waited_for_where_the_estimate_has_not_fallen() {
    let of = |cost| {
        [Demand {
            layers: [LIVE[0], Live { cost }, Absent],
            ..camera(1, Large)
        }]
    };
    let estimate = 1_000.0 * KBIT;
    let (usual, keyframe) = (of(800.0 * KBIT), of(1_050.0 * KBIT));
    let mut subscriber = Subscriber::new();
    assert_eq!(subscriber.layers(&usual, estimate), [Some(Half)]);
    assert_eq!(subscriber.pass(1_200, &keyframe, estimate), [Some(Half)]);
    assert_eq!(subscriber.layers(&usual, estimate), [Some(Half)]);
    assert_eq!(
        subscriber.pass(1_300, &keyframe, estimate),
        [Some(Quarter)],
        "it lasts"
    );
    // Not where it is much, or less is estimated.
    for (keyframe, estimate) in [(of(1_300.0 * KBIT), 1_000.0), (keyframe, 940.0)] {
        let mut subscriber = Subscriber::new();
        subscriber.layers(&usual, 1_000.0 * KBIT);
        let layers = subscriber.pass(200, &keyframe, estimate * KBIT);
        assert_eq!(layers, [Some(Quarter)]);
    }
}

#[test]
fn nobody_vanishes_before_two_seconds_of_a_little_less_than_they_need() {
    let demands = [camera(1, Large), camera(2, Thumbnail)];
    let demands = demands.map(|demand| Demand {
        layers: [Absent, Absent, Live { cost: 900.0 * KBIT }],
        ..demand
    });
    let both = [Some(Full), Some(Full)];
    for (estimate, waited) in [(1_700.0, 2_100), (1_450.0, 2_100), (1_400.0, 100)] {
        let mut subscriber = Subscriber::new();
        assert_eq!(subscriber.layers(&demands, EVERYTHING), both);
        let begin = subscriber.ms;
        while subscriber.layers(&demands, estimate * KBIT) == both {
            let allocation = subscriber.allocate(&demands, estimate * KBIT);
            let is_doubtful = allocation.is_doubtful;
            assert!(is_doubtful || subscriber.ms - begin < 300);
            // The line is asked whether it carries everything.
            assert!(!is_doubtful || allocation.minimum() == allocation.desired);
        }
        assert_eq!(subscriber.ms - begin, waited, "{estimate} kbit/s");
    }
    // What is too little because more flows than before is no sign that the line carries less.
    let grown = demands.clone().map(|demand| Demand {
        layers: [
            Absent,
            Absent,
            Live {
                cost: 1_400.0 * KBIT,
            },
        ],
        ..demand
    });
    for (estimate, layers) in [(1_900.0, both), (1_800.0, [Some(Full), None])] {
        let mut subscriber = Subscriber::new();
        subscriber.layers(&demands, EVERYTHING);
        assert_eq!(subscriber.pass(1_000, &demands, 1_900.0 * KBIT), both);
        assert_eq!(subscriber.pass(200, &grown, estimate * KBIT), layers);
    }
    // A dip that is over is forgotten, and a queue is not waited for.
    let mut subscriber = Subscriber::new();
    subscriber.layers(&demands, EVERYTHING);
    for _ in 0..5 {
        assert_eq!(subscriber.pass(1_500, &demands, 1_500.0 * KBIT), both);
        assert_eq!(subscriber.layers(&demands, 1_900.0 * KBIT), both);
    }
    subscriber.queued = 2 * QUEUE;
    assert_eq!(
        subscriber.pass(200, &demands, 1_500.0 * KBIT),
        [Some(Full), None]
    );
}

#[test]
fn what_is_more_than_the_estimate_once_is_left() {
    let demands = [camera(1, Large)];
    let mut subscriber = Subscriber::new();
    subscriber.layers(&demands, EVERYTHING);
    for _ in 0..20 {
        assert_eq!(subscriber.layers(&demands, 1_450.0 * KBIT), [Some(Full)]);
        assert_eq!(subscriber.layers(&demands, 1_550.0 * KBIT), [Some(Full)]);
    }
}

#[test]
fn a_collapse_is_believed_at_once_and_a_worse_one_stops_first() {
    for (estimate, layer, stops) in [(1_150.0, Half, false), (700.0, Half, true)] {
        let demands = [camera(1, Large)];
        let mut subscriber = Subscriber::new();
        subscriber.layers(&demands, EVERYTHING);
        let decision = subscriber.allocate(&demands, estimate * KBIT).decisions[0];
        assert_eq!(decision.layer, Some(layer));
        assert_eq!(decision.stop_first, stops, "{estimate} kbit/s");
        let next = subscriber.allocate(&demands, estimate * KBIT).decisions[0];
        assert!(!next.stop_first);
    }
}

#[test]
fn a_queue_that_does_not_shrink_takes_away_and_one_that_shrinks_does_not() {
    for (queues, layer) in [
        ([160, 170, 180, 0], Half),
        ([160, 160, 160, 0], Half),
        ([400, 350, 300, 250], Full),
        ([160, 170, 150, 160], Full),
        ([149, 149, 149, 149], Full),
    ] {
        let demands = [camera(1, Large)];
        let mut subscriber = Subscriber::new();
        subscriber.layers(&demands, EVERYTHING);
        let mut last = None;
        for queued in queues {
            subscriber.queued = Duration::from_millis(queued);
            last = subscriber.layers(&demands, EVERYTHING)[0];
        }
        assert_eq!(last, Some(layer), "{queues:?}");
    }
}

#[test]
fn a_picture_that_fell_waits_twice_as_long_each_time_it_rose_in_vain() {
    let demands = [camera(1, Large)];
    let mut subscriber = Subscriber::new();
    let (much, little) = (with_room(1_600.0), 1_400.0 * KBIT);
    subscriber.pass(5_000, &demands, much);
    for wait in [2_000, 4_000, 8_000, 16_000, 32_000, 32_000] {
        subscriber.until(&demands, little, &[Some(Half)]);
        let waited = subscriber.until(&demands, much, &[Some(Full)]);
        assert_eq!(waited, wait);
    }
    // One that held is forgotten.
    subscriber.pass(30_000, &demands, much);
    subscriber.until(&demands, little, &[Some(Half)]);
    assert_eq!(subscriber.until(&demands, much, &[Some(Full)]), 2_000);
}

#[test]
fn what_was_in_vain_at_one_bottleneck_is_not_held_against_another() {
    let demands = [camera(1, Large)];
    let mut subscriber = Subscriber::new();
    let (much, little) = (with_room(1_600.0), 1_400.0 * KBIT);
    for _ in 0..6 {
        subscriber.until(&demands, much, &[Some(Full)]);
        subscriber.until(&demands, little, &[Some(Half)]);
    }
    let waited = subscriber.until(&demands, much * 1.3, &[Some(Full)]);
    assert_eq!(waited, 2_000);
}

#[test]
fn an_old_picture_rises_one_step_a_second() {
    let demands = [camera(1, Large)];
    let mut subscriber = Subscriber::new();
    subscriber.pass(5_000, &demands, with_room(150.0));
    subscriber.until(&demands, EVERYTHING, &[Some(Half)]);
    assert_eq!(subscriber.until(&demands, EVERYTHING, &[Some(Full)]), 1_000);
}

#[test]
fn what_has_fitted_for_four_seconds_is_granted_without_a_margin() {
    let demands = [camera(1, Large)];
    let mut subscriber = Subscriber::new();
    let estimate = 420.0 * KBIT / USABLE;
    let waited = subscriber.until(&demands, estimate, &[Some(Half)]);
    assert_eq!(waited, 4_100);
}

#[test]
fn a_paused_picture_returns_when_there_is_more_than_it_takes() {
    let demands = [camera(1, Large)];
    for (kbit, waited) in [(125.0, 4_000), (135.0, 2_000)] {
        let mut subscriber = Subscriber::new();
        subscriber.layers(&demands, 150.0 * KBIT);
        assert_eq!(subscriber.layers(&demands, 50.0 * KBIT), [None]);
        let waits = subscriber.until(&demands, kbit * KBIT / USABLE, &[Some(Quarter)]);
        assert!(
            (waited..=waited + 500).contains(&waits),
            "{kbit} kbit/s: {waits} ms"
        );
    }
}

#[test]
fn a_layer_that_is_off_is_asked_for_and_carried_when_it_is_there() {
    let mut demands = [camera(1, Large)];
    demands[0].layers[2] = Off {
        nominal: 1_700.0 * KBIT,
    };
    let mut subscriber = Subscriber::new();
    let decision = subscriber.allocate(&demands, EVERYTHING).decisions[0];
    assert_eq!((decision.layer, decision.ask), (Some(Half), Some(Full)));
    demands[0].layers = LIVE;
    let decision = subscriber.allocate(&demands, EVERYTHING).decisions[0];
    assert_eq!((decision.layer, decision.ask), (Some(Full), None));
}

#[test]
fn a_layer_that_was_there_before_is_reckoned_with_what_it_took() {
    let mut demands = [camera(1, Large)];
    let mut subscriber = Subscriber::new();
    subscriber.pass(1_000, &demands, 600.0 * KBIT);
    for (nominal, estimate, ask) in [
        (100.0, with_room(1_400.0), None),
        (9_000.0, with_room(1_600.0), Some(Full)),
    ] {
        demands[0].layers[2] = Off {
            nominal: nominal * KBIT,
        };
        let allocation = subscriber.pass_to(1_000, &demands, estimate);
        assert_eq!(allocation.decisions[0].ask, ask);
    }
}

#[test]
fn what_did_not_come_is_not_asked_for_when_it_is_shown_too_small_for_it() {
    let mut demands = [camera(1, Large)];
    demands[0].layers[2] = Off {
        nominal: 1_700.0 * KBIT,
    };
    let mut subscriber = Subscriber::new();
    subscriber.pass(10_000, &demands, EVERYTHING);
    demands[0].size = Medium;
    let decision = subscriber.allocate(&demands, EVERYTHING).decisions[0];
    assert_eq!((decision.layer, decision.ask), (Some(Half), None));
}

#[test]
fn what_nobody_can_afford_is_not_asked_for() {
    let mut demands = [camera(1, Large)];
    demands[0].layers[2] = Off {
        nominal: 1_700.0 * KBIT,
    };
    let decision = Subscriber::new()
        .allocate(&demands, with_room(1_600.0))
        .decisions[0];
    assert_eq!((decision.layer, decision.ask), (Some(Half), None));
}

#[test]
fn a_layer_that_does_not_come_is_not_waited_for_by_others() {
    let mut demands = [camera(1, Large), camera(2, Large)];
    demands[0].layers[2] = Off {
        nominal: 1_500.0 * KBIT,
    };
    let estimate = with_room(2_000.0);
    let mut subscriber = Subscriber::new();
    for _ in 0..60 {
        let decisions = subscriber.allocate(&demands, estimate).decisions;
        assert_eq!(decisions[0].ask, Some(Full));
        assert_eq!(decisions[1].layer, Some(Half));
    }
    subscriber.pass(1_500, &demands, estimate);
    let decisions = subscriber.allocate(&demands, estimate).decisions;
    assert_eq!(
        (decisions[0].layer, decisions[0].ask),
        (Some(Half), Some(Full))
    );
    assert_eq!(decisions[1].layer, Some(Full));
}

#[test]
fn a_layer_that_ends_is_replaced_by_the_next_and_a_picture_that_stops_stays() {
    let live = [camera(1, Large)];
    let off = |layer: Layer| Off {
        nominal: [100.0, 400.0, 1_500.0][layer.index()] * KBIT,
    };
    let mut subscriber = Subscriber::new();
    subscriber.layers(&live, EVERYTHING);
    let mut demands = live.clone();
    demands[0].layers = Layer::ALL.map(off);
    for _ in 0..50 {
        assert_eq!(subscriber.layers(&demands, EVERYTHING), [Some(Full)]);
    }
    assert_eq!(subscriber.layers(&live, EVERYTHING), [Some(Full)]);

    demands[0].layers = [LIVE[0], LIVE[1], off(Full)];
    assert_eq!(subscriber.layers(&demands, EVERYTHING), [Some(Half)]);
}

#[test]
fn what_is_shown_larger_takes_from_the_less_important_at_once() {
    let mut demands = [
        camera(1, Medium),
        camera(2, Medium),
        camera(3, Medium),
        camera(4, Thumbnail),
    ];
    let estimate = with_room(1_700.0);
    let mut subscriber = Subscriber::new();
    assert_eq!(
        subscriber.layers(&demands, estimate),
        [Some(Half), Some(Half), Some(Half), Some(Quarter)]
    );
    demands[3] = screen(4, Large);
    let estimate = with_room(1_800.0);
    assert_eq!(
        subscriber.layers(&demands, estimate),
        [Some(Quarter), Some(Quarter), Some(Quarter), Some(Full)]
    );
}

#[test]
fn what_is_shown_smaller_falls_without_having_to_wait() {
    let mut subscriber = Subscriber::new();
    subscriber.layers(&[camera(1, Large)], EVERYTHING);
    assert_eq!(
        subscriber.layers(&[camera(1, Thumbnail)], EVERYTHING),
        [Some(Quarter)]
    );
    assert_eq!(
        subscriber.layers(&[camera(1, Large)], EVERYTHING),
        [Some(Full)]
    );
}

#[test]
fn a_more_important_picture_gets_its_turn_after_ten_seconds() {
    let mut demands = [camera(1, Large), camera(2, Large)];
    demands[0].layers[1] = Live { cost: 700.0 * KBIT };
    let estimate = with_room(530.0);
    let mut subscriber = Subscriber::new();
    assert_eq!(
        subscriber.pass(2_000, &demands, estimate),
        [Some(Quarter), Some(Half)]
    );
    demands[0].layers[1] = Live { cost: 400.0 * KBIT };
    let waited = subscriber.until(&demands, estimate, &[Some(Half), Some(Quarter)]);
    assert!((10_000..=10_500).contains(&waited), "{waited}");
    subscriber.pass(60_000, &demands, estimate);
    assert_eq!(
        subscriber.layers(&demands, estimate),
        [Some(Half), Some(Quarter)]
    );
}

#[test]
fn the_estimator_is_told_what_the_next_step_needs_and_what_everything_would() {
    let demands = [camera(1, Large), camera(2, Medium)];
    let mut subscriber = Subscriber::new();
    let allocation = subscriber.allocate(&demands, with_room(500.0));
    let is_for = |allocation: &Allocation<u32>, kbit| {
        let excess = with_room(kbit) - allocation.minimum();
        (0.5..1.5).contains(&excess)
    };
    // One has 400 kbit/s, the other 100, and would have 400 next.
    assert!(is_for(&allocation, 800.0), "{}", allocation.minimum());
    assert_eq!(allocation.desired, 1_900.0 * KBIT);
    let allocation = subscriber.pass_to(5_000, &demands[..1], with_room(500.0));
    assert!(is_for(&allocation, 1_500.0), "{}", allocation.minimum());
    let allocation = subscriber.pass_to(5_000, &demands, EVERYTHING);
    assert_eq!(allocation.minimum(), 0.0);
}

fn offer() -> impl Strategy<Value = Offer> {
    let rate = 20_000.0..3_000_000.0;
    prop_oneof![
        4 => rate.clone().prop_map(|cost| Live { cost }),
        2 => rate.prop_map(|nominal| Off { nominal }),
        1 => Just(Absent),
    ]
}

fn demand() -> impl Strategy<Value = Demand<u32>> {
    let size = prop_oneof![Just(Thumbnail), Just(Medium), Just(Large)];
    let layers = [offer(), offer(), offer()];
    (0_u32..20, size, any::<bool>(), layers).prop_map(|(key, size, is_screen, layers)| Demand {
        key,
        size,
        is_screen,
        layers,
    })
}

type Run = (Vec<Demand<u32>>, f64, f64, u64, u64);

fn run() -> impl Strategy<Value = Run> {
    let demands = prop::collection::btree_map(0_u32..12, demand(), 0..10);
    let demands = demands.prop_map(|demands| {
        let with_key = |(key, demand)| Demand { key, ..demand };
        demands.into_iter().map(with_key).collect()
    });
    (
        demands,
        50_000.0..10_000_000.0,
        0.0..200_000.0,
        0_u64..400,
        20_u64..3_000,
    )
}

proptest! {
    #[test]
    fn what_is_decided_is_there_and_is_paid_for(runs in prop::collection::vec(run(), 1..30)) {
        let (mut one, mut other) = (Allocator::default(), Allocator::default());
        let mut now = Instant::now();
        for (demands, estimate, voices, queued, passed) in runs {
            now += Duration::from_millis(passed);
            let queued = Duration::from_millis(queued);
            let before = one.slots.clone();
            let allocation = one.allocate(&demands, estimate, voices, queued, now);
            // Whatever the order of what is remembered.
            let again = other.allocate(&demands, estimate, voices, queued, now);
            prop_assert_eq!(&allocation.decisions, &again.decisions);
            prop_assert!(allocation.minimum() <= allocation.desired);

            let (mut granted, mut has_risen) = (0.0, false);
            for (demand, decision) in demands.iter().zip(&allocation.decisions) {
                prop_assert_eq!(demand.key, decision.key);
                let offer = |layer: Layer| demand.layers[layer.index()];
                if let Some(ask) = decision.ask {
                    let is_off = matches!(offer(ask), Off { .. });
                    prop_assert!(is_off);
                }
                let slot = one.slots[&demand.key];
                if let Some(layer) = slot.granted {
                    granted += match (offer(layer), slot.taken[layer.index()]) {
                        (Live { cost }, _) | (Off { .. }, Some(cost)) => cost,
                        (Off { nominal }, None) => nominal,
                        (Absent, _) => panic!("granted what there is not"),
                    };
                }
                let was = before.get(&demand.key).and_then(|slot| slot.granted);
                has_risen |= slot.granted > was;
            }
            prop_assert_eq!(one.slots.len(), demands.len());
            prop_assert!(!has_risen || granted + VOICES * voices <= USABLE * estimate + 1.0, "{granted}");
        }
    }

    #[test]
    fn what_flows_fits_from_the_second_run_on(demands in prop::collection::vec(demand(), 1..10), estimate in 50_000.0..10_000_000.0) {
        let with_key = |(key, demand)| Demand { key, ..demand };
        let demands: Vec<Demand<u32>> = (0..).zip(demands).map(with_key).collect();
        let mut subscriber = Subscriber::new();
        subscriber.layers(&demands, EVERYTHING);
        subscriber.layers(&demands, estimate);
        let allocation = subscriber.allocate(&demands, estimate);
        let costs = demands.iter().zip(&allocation.decisions);
        let costs = costs.map(|(demand, decision)| match decision.layer.map(|layer| demand.layers[layer.index()]) {
            Some(Live { cost }) => cost,
            _ => 0.0,
        });
        let most = if allocation.is_doubtful { estimate / COLLAPSED } else { estimate };
        prop_assert!(costs.sum::<f64>() <= most);
    }
}
