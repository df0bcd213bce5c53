//! Two minutes of figures, their charts and their export.

use super::super::*;
use super::{BOTH, recorded, sample, tracks};
use crate::room::moment::Moment;
use crate::room::quality::history::{ChartPoint, HISTORY_MS};
use crate::room::quality::score::score;

fn filled(count: u64, step_ms: u64) -> History {
    let mut history = History::default();
    for index in 0..count {
        let sample = sample(20.0, 0.01, 3.0, 30.0);
        history.push(HistoryPoint {
            at: Moment(index * step_ms),
            score: score(&sample, BOTH),
            sample,
        });
    }
    history
}

#[test]
fn the_history_keeps_two_minutes_and_no_more() {
    let history = filled(500, 2_000);
    assert_eq!(history.points().len(), 61);
    let oldest = history.points().next().unwrap().at;
    assert_eq!(history.latest().unwrap().at.since(oldest), HISTORY_MS);
    assert_eq!(filled(500, 10).points().len(), 61);
    assert_eq!(filled(9, 60_000).points().len(), 3);
}

#[test]
fn a_chart_breaks_where_a_figure_is_missing() {
    let mut history = filled(10, 2_000);
    history.push(HistoryPoint {
        at: Moment(20_000),
        score: None,
        sample: Sample::default(),
    });
    history.push(HistoryPoint {
        at: Moment(22_000),
        score: None,
        sample: sample(400.0, 0.0, 3.0, 15.0),
    });
    let chart = history.chart(Metric::RoundTrip);
    assert_eq!(chart.latest, Some(400.0));
    assert_eq!(chart.scale, 400.0);
    let lengths: Vec<_> = chart.lines.iter().map(Vec::len).collect();
    assert_eq!(lengths, [10, 1]);
    assert_eq!(chart.lines[1][0], ChartPoint { x: 1.0, y: 1.0 });
    assert!((chart.lines[0][0].y - 0.05).abs() < 1e-9);
    assert!(History::default().chart(Metric::Loss).lines.is_empty());
}

#[test]
fn an_export_holds_the_figures_and_no_address() {
    let raw = include_str!("../recorded/chromium.json");
    assert!(raw.contains("192.0.2.2") && raw.contains("fd00::2"));
    let sample = Sample::between(&recorded("first"), &recorded("second"), &tracks());
    let mut history = History::default();
    history.push(HistoryPoint {
        at: Moment(4_000),
        score: score(&sample, BOTH),
        sample,
    });
    let people = [("Ada", &history)];
    let json = people_to_json(&people);
    for secret in [
        "192.0.2", "fd00", "42200", "52200", "33123", "VhsdU", "IT01",
    ] {
        assert!(!json.contains(secret), "{secret} in {json}");
    }
    let parsed: serde_json::Value = serde_json::from_str(&json).unwrap();
    let point = &parsed[0]["points"][0];
    assert_eq!(point["received"][1]["kind"], "camera");
    assert_eq!(point["path"]["roundTripMs"], 2.0);
    assert_eq!(point["sent"][1]["limitation"], "bandwidth");
}

#[test]
fn everybody_is_in_an_export_also_those_of_the_same_name() {
    let (one, other, none) = (filled(1, 0), filled(3, 2_000), History::default());
    let people = [("Ada", &one), ("Ada", &other), ("\"Bob\"", &none)];
    let parsed: serde_json::Value = serde_json::from_str(&people_to_json(&people)).unwrap();
    let of = |index: usize| {
        let points = parsed[index]["points"].as_array().unwrap().len();
        (parsed[index]["name"].as_str().unwrap(), points)
    };
    assert_eq!(
        [of(0), of(1), of(2)],
        [("Ada", 1), ("Ada", 3), ("\"Bob\"", 0)]
    );
}
