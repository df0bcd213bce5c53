//! Histories as JSON, for a report of trouble.
//!
//! Invariant: figures only, and the names they are to stand under. No addresses (they are never read), no ids.

use serde::Serialize;

use super::history::History;
use super::sample::Sample;
use super::score::Score;

/// One person is written like this.
#[derive(Serialize)]
struct ExportedPerson<'a> {
    /// The points are to stand under this name.
    name: &'a str,
    /// The points stand here, the oldest first.
    points: Vec<ExportedPoint<'a>>,
}

/// One point is written like this.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExportedPoint<'a> {
    /// The point was taken so many seconds before the newest one.
    seconds_ago: f64,
    /// The media was rated like this; `None` while nothing can be told.
    score: Option<Score>,
    /// The figures stand beside the other fields, not in an object of their own.
    #[serde(flatten)]
    sample: &'a Sample,
}

/// All points of these people as a JSON array with a name and an array of points, oldest first, for each. Bitrates in bits/s,
/// times in ms, shares as `0..=1`.
pub fn people_to_json(people: &[(&str, &History)]) -> String {
    let exported: Vec<ExportedPerson<'_>> = people
        .iter()
        .map(|(name, history)| ExportedPerson {
            name,
            points: history.exported(),
        })
        .collect();
    serde_json::to_string_pretty(&exported).unwrap_or_else(|_| "[]".to_owned())
}

impl History {
    fn exported(&self) -> Vec<ExportedPoint<'_>> {
        let points = self.points().map(|point| ExportedPoint {
            seconds_ago: self.seconds_ago(point),
            score: point.score,
            sample: &point.sample,
        });
        points.collect()
    }
}
