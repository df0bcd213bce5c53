//! What came last in each section of a connection, for whoever decides which of two connections is to be listened to.
//!
//! Invariant: the connection writes and its handle reads; neither waits for the other for longer than that takes.

use std::sync::Arc;
use std::time::Instant;

use parking_lot::Mutex;
use str0m::media::Mid;

use crate::room::hub::LineSample;
use crate::room::{PathId, Section};

/// What came longer ago says nothing, as in a browser.
const FORGOTTEN_AFTER_MS: u128 = 10_000;

/// What came last in one section.
#[derive(Clone, Debug)]
struct Line {
    mid: Mid,
    section: Section,
    rtp_timestamp: u32,
    at: Instant,
}

/// What came last in each section. Cheap to clone: all clones are one.
#[derive(Clone, Debug, Default)]
pub(super) struct LatestFrames(Arc<Mutex<Vec<Line>>>);

impl LatestFrames {
    /// Something whole came in a section, which is known by what `name` gives.
    pub(super) fn came(
        &self,
        mid: Mid,
        name: impl FnOnce() -> Option<Section>,
        rtp_timestamp: u32,
        at: Instant,
    ) {
        let mut lines = self.0.lock();
        if let Some(line) = lines.iter_mut().find(|line| line.mid == mid) {
            line.rtp_timestamp = rtp_timestamp;
            line.at = at;
        } else if let Some(section) = name() {
            lines.push(Line {
                mid,
                section,
                rtp_timestamp,
                at,
            });
        }
    }

    /// Sections may be known by other names from now on.
    pub(super) fn clear(&self) {
        self.0.lock().clear();
    }

    /// What came last, as of the connection of a path.
    pub(super) fn samples(&self, path: PathId, now: Instant) -> Vec<LineSample> {
        let lines = self.0.lock();
        let samples = lines.iter().filter_map(|line| {
            let age = now.saturating_duration_since(line.at).as_millis();
            (age < FORGOTTEN_AFTER_MS).then(|| LineSample {
                path,
                section: line.section.clone(),
                rtp_timestamp: line.rtp_timestamp,
                age_ms: u32::try_from(age).unwrap_or(u32::MAX),
            })
        });
        samples.collect()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::room::path::id::PathIds;
    use crate::room::{Moment, TrackKind};

    #[test]
    fn the_last_of_each_section_counts_for_ten_seconds() {
        let (latest, began) = (LatestFrames::default(), Instant::now());
        let path = PathIds::since(Moment(1)).give();
        let voice = || Some(Section::Kind(TrackKind::Microphone));
        let slot = || Some(Section::Mid("7".to_owned()));
        latest.came("0".into(), voice, 960, began);
        latest.came("7".into(), slot, 10, began);
        latest.came("9".into(), || None, 10, began);
        latest.came("7".into(), slot, 20, began + Duration::from_secs(3));
        let sampled = latest.clone().samples(path, began + Duration::from_secs(5));
        let told: Vec<_> = sampled
            .iter()
            .map(|sample| (sample.rtp_timestamp, sample.age_ms))
            .collect();
        assert_eq!(told, [(960, 5_000), (20, 2_000)]);
        assert_eq!(sampled[1].section, Section::Mid("7".to_owned()));
        assert_eq!(
            latest.samples(path, began + Duration::from_secs(10)).len(),
            1
        );
        latest.clear();
        assert!(latest.samples(path, began).is_empty());
    }
}
