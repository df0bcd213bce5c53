use super::*;

#[test]
fn reports_that_come_together_are_a_mean() {
    let mut reports = LossReports::default();
    for (now, lost, mean) in [
        (0, 0.5, None),
        (100_000, 0.25, None),
        (200_000, f64::NAN, None),
        (300_000, -0.1, None),
        (300_000, 1.1, None),
        (500_000, 0.0, Some(0.25)),
        (600_000, 0.5, None),
        (1_100_000, 0.5, Some(0.5)),
    ] {
        assert_eq!(reports.add(lost, now), mean, "{now}");
    }
}
