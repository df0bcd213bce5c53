//! What receivers report to be lost, and how much of it may be chance.
//!
//! Invariant: the fewer packets a report is about, the less it says; a voice and a small picture are some seventy a second.

use crate::room::quality::sample::SentTrack;

/// So many standard deviations are put down to chance: of a hundred samples two are further off.
const CHANCE: f64 = 2.0;

/// A share of packets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loss {
    /// This share was lost, `0.0..=1.0`.
    pub share: f64,
    /// The share is one of so many packets; infinite when nobody counted.
    pub packets: f64,
}

impl Loss {
    /// Nothing is lost.
    pub(super) const NONE: Self = Self {
        share: 0.0,
        packets: f64::INFINITY,
    };

    /// What was lost of all these together, as far as it was reported. Where nobody counted the packets, the worst.
    pub(super) fn of<'a>(tracks: impl Iterator<Item = &'a SentTrack> + Clone) -> Option<Self> {
        let reported = tracks.clone().filter_map(|track| {
            let packets = track.reported_packets.filter(|packets| *packets > 0.0)?;
            Some((track.loss? * packets, packets))
        });
        let (lost, packets) =
            reported.fold((0.0, 0.0), |sum, track| (sum.0 + track.0, sum.1 + track.1));
        if packets > 0.0 {
            return Some(Self {
                share: lost / packets,
                packets,
            });
        }
        let worst = tracks.filter_map(|track| track.loss).reduce(f64::max)?;
        Some(Self {
            share: worst,
            ..Self::NONE
        })
    }

    /// What the path loses at least.
    pub(super) fn at_least(self) -> f64 {
        (self.share - self.chance()).max(0.0)
    }

    /// What the path may lose.
    pub(super) fn at_most(self) -> f64 {
        (self.share + self.chance()).min(1.0)
    }

    /// How far chance alone may have moved the share (the deviation of a binomial distribution).
    fn chance(self) -> f64 {
        CHANCE * (self.share * (1.0 - self.share) / self.packets).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::participant::TrackKind;
    use crate::room::quality::entry::LimitationReason;

    fn track(loss: Option<f64>, reported_packets: Option<f64>) -> SentTrack {
        SentTrack {
            kind: TrackKind::Camera,
            bitrate: None,
            target_bitrate: None,
            loss,
            reported_packets,
            round_trip_ms: None,
            limitation: LimitationReason::None,
            codec: None,
            video: None,
        }
    }

    #[test]
    fn tracks_count_by_their_packets_and_those_without_a_report_not_at_all() {
        let tracks = [
            track(Some(0.5), Some(20.0)),
            track(Some(0.0), Some(80.0)),
            track(None, Some(500.0)),
        ];
        let loss = Loss::of(tracks.iter()).unwrap();
        assert_eq!((loss.share, loss.packets), (0.1, 100.0));
        assert!((loss.at_least() - 0.04).abs() < 1e-9, "{loss:?}");
        assert!((loss.at_most() - 0.16).abs() < 1e-9, "{loss:?}");
    }

    #[test]
    fn where_nobody_counts_the_worst_is_taken_at_its_word() {
        let tracks = [track(Some(0.3), None), track(Some(0.1), None)];
        let loss = Loss::of(tracks.iter()).unwrap();
        assert_eq!((loss.share, loss.at_least()), (0.3, 0.3));
        assert_eq!(Loss::of([track(None, None)].iter()), None);
    }
}
