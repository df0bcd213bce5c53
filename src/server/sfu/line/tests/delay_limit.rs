use proptest::prelude::*;

use super::*;

const CALM: Sight = Sight {
    usage: Usage::Normal,
    waiting: 0.0,
    is_standing: false,
    sending: Some(1_000_000.0),
    arriving: Some(1_000_000.0),
    full: None,
    round_trip: 100_000,
};

fn growing(waiting: f64) -> Sight {
    Sight {
        usage: Usage::Over,
        waiting,
        ..CALM
    }
}

/// Looks each 100 ms, for so long.
fn look(limit: &mut DelayLimit, sight: Sight, ms: std::ops::Range<Micros>) {
    for at in ms.step_by(100) {
        limit.look(sight, 1_000 * at);
    }
}

#[test]
fn it_grows_by_a_twelfth_in_a_second_up_to_what_flows_can_tell() {
    let mut limit = DelayLimit::new(1_000_000.0);
    look(&mut limit, CALM, 0..1_100);
    assert!((1_070_000.0..1_090_000.0).contains(&limit.rate()));
    look(&mut limit, CALM, 1_100..30_000);
    assert_eq!(limit.rate(), 1_510_000.0);
}

#[test]
fn it_does_not_fall_because_little_is_sent() {
    let mut limit = DelayLimit::new(8_000_000.0);
    let little = Sight {
        arriving: Some(40_000.0),
        ..CALM
    };
    look(&mut limit, little, 0..60_000);
    look(
        &mut limit,
        Sight {
            arriving: None,
            ..CALM
        },
        60_000..61_000,
    );
    assert_eq!(limit.rate(), 8_000_000.0);
}

#[test]
fn it_falls_below_what_arrived_where_a_queue_grows() {
    let mut limit = DelayLimit::new(1_200_000.0);
    limit.look(growing(60.0), 0);
    assert_eq!(limit.lasting(), 850_000.0);
    limit.look(growing(60.0), 100_000);
    assert_eq!(limit.lasting(), 850_000.0, "that is the same queue");
    let less = Sight {
        arriving: Some(800_000.0),
        ..growing(60.0)
    };
    limit.look(less, 300_000);
    assert_eq!(limit.lasting(), 680_000.0);
}

#[test]
fn where_packets_hardly_wait_it_does_not_fall() {
    let mut limit = DelayLimit::new(1_200_000.0);
    look(&mut limit, growing(9.0), 0..2_000);
    assert_eq!(limit.rate(), 1_200_000.0);
}

#[test]
fn the_first_sign_of_a_short_queue_takes_a_quarter_at_most() {
    let mut limit = DelayLimit::new(8_000_000.0);
    limit.look(growing(20.0), 0);
    assert_eq!(limit.rate(), 6_000_000.0);
    limit.look(growing(20.0), 300_000);
    assert_eq!(limit.rate(), 850_000.0);
}

#[test]
fn a_long_queue_is_emptied() {
    let mut limit = DelayLimit::new(1_200_000.0);
    limit.look(growing(500.0), 0);
    assert_eq!((limit.rate(), limit.lasting()), (500_000.0, 850_000.0));
    let shrinking = Sight {
        usage: Usage::Under,
        ..growing(100.0)
    };
    look(&mut limit, shrinking, 100..1_000);
    assert!(limit.is_draining());
    limit.look(CALM, 1_000_000);
    assert!(limit.rate() >= 850_000.0 && !limit.is_draining());
}

#[test]
fn a_queue_that_stays_however_little_is_sent_is_somebody_elses() {
    let mut limit = DelayLimit::new(1_000_000.0);
    for at in (0..9_000_000).step_by(100_000) {
        let standing = Sight {
            waiting: 45.0,
            is_standing: true,
            sending: Some(limit.rate()),
            arriving: Some(limit.rate()),
            ..CALM
        };
        limit.look(standing, at);
    }
    assert!(
        (400_000.0..500_000.0).contains(&limit.rate()),
        "{}",
        limit.rate()
    );
}

#[test]
fn near_what_was_full_before_it_grows_slowly() {
    let mut limit = DelayLimit::new(1_200_000.0);
    limit.look(growing(20.0), 0);
    limit.look(growing(20.0), 400_000);
    let full = Sight {
        arriving: Some(980_000.0),
        ..CALM
    };
    limit.set(980_000.0);
    look(&mut limit, full, 500..1_600);
    assert!(
        (1_020_000.0..1_040_000.0).contains(&limit.rate()),
        "{}",
        limit.rate()
    );
}

#[test]
fn a_burst_that_fills_a_wide_line_for_a_moment_does_not_make_it_narrow() {
    let mut limit = DelayLimit::new(2_900_000.0);
    // A keyframe: hardly anything flowed before it.
    let burst = |waiting| Sight {
        full: Some(3_000_000.0),
        ..growing(waiting)
    };
    limit.look(burst(40.0), 0);
    assert_eq!(limit.rate(), 2_850_000.0);
    limit.look(burst(60.0), 400_000);
    assert_eq!(limit.lasting(), 2_550_000.0, "a long queue is emptied");
    let mut limit = DelayLimit::new(1_200_000.0);
    limit.look(burst(40.0), 0);
    assert_eq!(limit.rate(), 1_200_000.0, "it carries more than that");
}

#[test]
fn what_a_probe_has_filled_is_not_wider_because_little_is_sent() {
    let mut limit = DelayLimit::new(1_000_000.0);
    limit.fill(Some(1_200_000.0));
    look(&mut limit, CALM, 0..30_000);
    assert_eq!(limit.rate(), 1_200_000.0);
    let more = Sight {
        arriving: Some(1_200_000.0),
        ..CALM
    };
    look(&mut limit, more, 30_000..60_000);
    assert_eq!(limit.rate(), BEYOND * 1_200_000.0);
    limit.fill(None);
    look(&mut limit, CALM, 60_000..90_000);
    assert_eq!(limit.rate(), 1_510_000.0);
}

#[test]
fn a_queue_of_a_line_that_became_much_narrower_is_not_somebody_elses() {
    let mut limit = DelayLimit::new(3_000_000.0);
    let narrow = |arriving| Sight {
        waiting: 300.0,
        is_standing: true,
        arriving: Some(arriving),
        full: Some(800_000.0),
        ..growing(300.0)
    };
    // The mean still tells of what flowed before.
    limit.look(narrow(2_500_000.0), 0);
    limit.set(1_285_000.0);
    limit.look(
        Sight {
            usage: Usage::Normal,
            sending: None,
            ..narrow(800_000.0)
        },
        2_500_000,
    );
    assert_eq!(limit.lasting(), 680_000.0);
}

#[test]
fn a_queue_that_is_filled_by_more_than_arrives_is_not_somebody_elses() {
    let mut limit = DelayLimit::new(3_000_000.0);
    // A short queue of the wide line has not gone before it became narrow.
    let wide = Sight {
        arriving: Some(3_000_000.0),
        full: Some(3_000_000.0),
        ..growing(20.0)
    };
    limit.look(wide, 0);
    limit.set(1_285_000.0);
    let narrow = Sight {
        waiting: 300.0,
        is_standing: true,
        sending: Some(940_000.0),
        arriving: Some(800_000.0),
        full: Some(800_000.0),
        ..CALM
    };
    limit.look(narrow, 900_000);
    assert_eq!(limit.lasting(), 680_000.0);
}

#[test]
fn a_line_that_becomes_narrower_while_its_queue_is_emptied_is_followed() {
    let mut limit = DelayLimit::new(1_200_000.0);
    limit.look(growing(500.0), 0);
    assert_eq!(limit.lasting(), 850_000.0);
    let full = Sight {
        usage: Usage::Normal,
        sending: Some(300_000.0),
        full: Some(200_000.0),
        ..growing(500.0)
    };
    limit.look(full, 100_000);
    assert_eq!(limit.lasting(), USED * 200_000.0);
    let mut limit = DelayLimit::new(1_200_000.0);
    limit.look(growing(500.0), 0);
    let emptied = Sight {
        sending: Some(100_000.0),
        ..full
    };
    limit.look(emptied, 100_000);
    assert_eq!(limit.lasting(), 850_000.0);
}

proptest! {
    #[test]
    fn it_stays_above_zero(sights in prop::collection::vec(
        (0_i64..2_000_000, 0_usize..3, 0.0..5_000.0, any::<bool>(), prop::option::of(0.0..2e8)), 0..100,
    )) {
        let (mut limit, mut now) = (DelayLimit::new(800_000.0), 0);
        for (pause, usage, waiting, is_standing, arriving) in sights {
            now += pause;
            let usage = [Usage::Normal, Usage::Over, Usage::Under][usage];
            limit.look(Sight { usage, waiting, is_standing, sending: arriving, arriving, full: arriving, round_trip: 100_000 }, now);
            prop_assert!(limit.rate() >= 0.0 && limit.rate().is_finite());
            prop_assert!(limit.rate() <= limit.lasting());
        }
    }
}
