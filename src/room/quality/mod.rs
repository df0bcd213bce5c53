//! How well the media of one person arrives and leaves: reports, samples, a score, two minutes of history.
//!
//! Responsible for turning `getStats` (W3C WebRTC Statistics) into figures for people. Invariant: no address of
//! anybody is ever read out of a report, so none can be shown, kept or exported.
//!
//! Use: every 2 s the driver stringifies each entry of `RTCPeerConnection.getStats()`, collects them with
//! [`Report::from_entries`], and gives this and the previous report to [`Sample::between`]. The sample feeds
//! [`score`], [`Meter`], [`History`] and the controller in [`super::sending`].

pub(crate) mod difference;
pub(crate) mod entry;
pub(crate) mod export;
pub(crate) mod history;
pub(crate) mod reading;
pub(crate) mod report;
pub(crate) mod sample;
pub(crate) mod score;
#[cfg(test)]
mod tests;

pub use entry::{CandidateKind, LimitationReason, StatsEntry};
pub use export::people_to_json;
pub use history::{ChartPoint, History, HistoryPoint, Metric};
pub use reading::Reading;
pub use report::Report;
pub use sample::{ReceivedTrack, Sample, SentTrack, TrackMap, VideoSize};
pub use score::Indicator;
