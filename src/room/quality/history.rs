//! The last two minutes of one person's figures, for small charts and for export.
//!
//! Invariant: never more than [`CAPACITY`] points, whatever the pace of samples, and none older than [`HISTORY_MS`]
//! before the newest.

use std::collections::VecDeque;

use super::sample::Sample;
use super::score::Score;
use crate::room::moment::Moment;
use crate::room::participant::TrackKind;

/// The history reaches back this far, in ms.
pub const HISTORY_MS: u64 = 120_000;

/// So many points are kept: one every 2 s, and both ends.
const CAPACITY: usize = 61;

/// The figures of one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryPoint {
    /// The sample was taken then.
    pub at: Moment,
    /// The sample has this score; `None` where there was nothing to judge.
    pub score: Option<Score>,
    /// The figures are these.
    pub sample: Sample,
}

/// A chart shows one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Metric {
    /// The chart shows the score, 0–100.
    Score,
    /// The chart shows all that arrives, in bits/s.
    ReceivedBitrate,
    /// The chart shows all that is sent, in bits/s.
    SentBitrate,
    /// The chart shows the loss of the worst track that arrives, `0.0..=1.0`.
    Loss,
    /// The chart shows the jitter of the worst track that arrives, in ms.
    Jitter,
    /// The chart shows the round-trip time, in ms.
    RoundTrip,
    /// The chart shows the frames of the face each second.
    FramesPerSecond,
}

impl Metric {
    /// The figure in this point, if it is known.
    pub fn of(self, point: &HistoryPoint) -> Option<f64> {
        let sample = &point.sample;
        match self {
            Self::Score => point.score.map(|score| f64::from(score.value())),
            Self::ReceivedBitrate => sample.received_bitrate(),
            Self::SentBitrate => sample.sent_bitrate(),
            Self::Loss => worst(sample.received.iter().map(|track| track.loss)),
            Self::Jitter => worst(sample.received.iter().map(|track| track.jitter_ms)),
            Self::RoundTrip => sample.path.round_trip_ms,
            Self::FramesPerSecond => {
                let face = sample.received(TrackKind::Camera)?.video.as_ref()?;
                face.frames_per_second
            }
        }
    }

    /// The least that the upper edge of the chart stands for, so that noise does not look like a storm.
    fn least_scale(self) -> f64 {
        match self {
            Self::Score => 100.0,
            Self::ReceivedBitrate | Self::SentBitrate => 500_000.0,
            Self::Loss => 0.05,
            Self::Jitter => 50.0,
            Self::RoundTrip => 200.0,
            Self::FramesPerSecond => 30.0,
        }
    }
}

/// A small line chart in the unit square.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// The upper edge stands for this, in the metric's unit.
    pub scale: f64,
    /// The newest figure is this; `None` when it is not known.
    pub latest: Option<f64>,
    /// The lines are unbroken, oldest first; a missing figure breaks the line.
    pub lines: Vec<Vec<ChartPoint>>,
}

/// A point of a [`Chart`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChartPoint {
    /// 0 is two minutes before the newest point, 1 the newest.
    pub x: f64,
    /// 0 is the lower edge (nothing), 1 the upper one ([`Chart::scale`]).
    pub y: f64,
}

/// Two minutes of figures. Feed it every sample.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// The points of the last two minutes stand here, the oldest first.
    points: VecDeque<HistoryPoint>,
}

impl History {
    /// Adds a point; one that is not newer than the last is left out.
    pub fn push(&mut self, point: HistoryPoint) {
        if self.points.back().is_some_and(|last| last.at >= point.at) {
            return;
        }
        let now = point.at;
        self.points.push_back(point);
        while self.points.len() > CAPACITY
            || self
                .points
                .front()
                .is_some_and(|oldest| now.since(oldest.at) > HISTORY_MS)
        {
            self.points.pop_front();
        }
    }

    /// The points, oldest first.
    pub fn points(&self) -> impl ExactSizeIterator<Item = &HistoryPoint> {
        self.points.iter()
    }

    /// The newest point.
    pub fn latest(&self) -> Option<&HistoryPoint> {
        self.points.back()
    }

    /// How many seconds before the newest point this one was taken.
    pub fn seconds_ago(&self, point: &HistoryPoint) -> f64 {
        self.latest()
            .map_or(0.0, |latest| latest.at.since(point.at) as f64 / 1_000.0)
    }

    /// A chart of one figure.
    pub fn chart(&self, metric: Metric) -> Chart {
        let now = self.points.back().map(|point| point.at).unwrap_or_default();
        let largest = worst(self.points.iter().map(|point| metric.of(point))).unwrap_or(0.0);
        let scale = largest.max(metric.least_scale());
        let mut lines = Vec::new();
        let mut line = Vec::new();
        for point in &self.points {
            match metric.of(point) {
                Some(figure) => line.push(ChartPoint {
                    x: 1.0 - now.since(point.at) as f64 / HISTORY_MS as f64,
                    y: (figure / scale).clamp(0.0, 1.0),
                }),
                None if !line.is_empty() => lines.push(std::mem::take(&mut line)),
                None => {}
            }
        }
        if !line.is_empty() {
            lines.push(line);
        }
        let latest = self.points.back().and_then(|point| metric.of(point));
        Chart {
            scale,
            latest,
            lines,
        }
    }
}

fn worst(figures: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    figures.flatten().reduce(f64::max)
}
