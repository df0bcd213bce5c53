use super::*;

/// What a line with this share of losses does to a limit in so many seconds; a report of 50 packets each 300 ms. `lost` says what is
/// lost at a rate that is sent. Gives the rate at the end.
fn after(limit: &mut LossLimit, seconds: i64, from: f64, lost: impl Fn(f64) -> f64) -> f64 {
    let began = limit.last.unwrap_or(0);
    let rate = |limit: &LossLimit| limit.most().map_or(from, |most| most.min(from));
    let mut owed = 0.0;
    for report in 1..=seconds * 10 / 3 {
        let sent = rate(limit);
        owed += 50.0 * lost(sent);
        for packet in 0..50 {
            let has_arrived = f64::from(packet) >= owed.floor();
            limit.count(has_arrived, false);
        }
        owed -= owed.floor();
        let arriving = sent * (1.0 - lost(sent));
        limit.look(sent, Some(sent), Some(arriving), began + 300_000 * report);
    }
    rate(limit)
}

#[test]
fn up_to_a_tenth_may_be_lost() {
    for lost in [0.0, 0.02, 0.05, 0.08] {
        let mut limit = LossLimit::default();
        assert_eq!(after(&mut limit, 60, 1e6, |_| lost), 1e6, "{lost}");
    }
}

#[test]
fn where_the_line_is_too_narrow_it_falls_to_what_is_carried() {
    let mut limit = LossLimit::default();
    let rate = after(&mut limit, 10, 2e6, |sent| (1.0 - 1e6 / sent).max(0.0));
    assert!((900_000.0..1_200_000.0).contains(&rate), "{rate}");
    let rate = after(&mut limit, 10, 2e6, |_| 0.0);
    assert_eq!(rate, 2e6, "and grows again");
}

#[test]
fn what_is_lost_however_little_is_sent_is_tolerated_after_a_trial() {
    for lost in [0.15, 0.2] {
        let mut limit = LossLimit::default();
        let mut least = f64::INFINITY;
        for _ in 0..20 {
            least = after(&mut limit, 1, 1e6, |_| lost).min(least);
        }
        assert!(least < 700_000.0, "{lost}: there was no trial");
        assert!(least > 400_000.0, "{lost}: it fell to {least}");
        assert_eq!(after(&mut limit, 30, 1e6, |_| lost), 1e6, "{lost}");
        after(&mut limit, 10, 1e6, |_| 0.0);
        assert_eq!(limit.tolerated, 0.0, "{lost}: that is over");
    }
}

#[test]
fn what_comes_late_is_not_lost() {
    let mut limit = LossLimit::default();
    for report in 0..10 {
        for _ in 0..50 {
            limit.count(false, false);
            limit.count(true, true);
        }
        limit.look(1e6, Some(1e6), Some(1e6), 300_000 * report);
    }
    assert_eq!(limit.most(), None);
}

#[test]
fn a_few_packets_tell_nothing() {
    let mut limit = LossLimit::default();
    limit.look(1e6, None, None, 0);
    for _ in 0..PACKETS - 1 {
        limit.count(false, false);
    }
    limit.look(1e6, None, None, 10_000_000);
    assert_eq!(limit.most(), None);
    limit.count(false, false);
    limit.look(1e6, None, None, 10_000_000);
    assert_eq!(limit.most(), Some(500_000.0));
}

#[test]
fn what_a_probe_shows_is_no_less() {
    let mut limit = LossLimit::default();
    after(&mut limit, 2, 1e6, |_| 0.3);
    limit.show(3e6);
    assert_eq!(limit.most(), Some(3e6));
}
