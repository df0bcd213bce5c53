//! What receivers report to be lost, and how much of it may be chance.
//!
//! Invariant: the fewer packets a report is about, the less it says; a voice and a small picture are some seventy a second.

use crate::room::quality::SentTrack;

/// How many standard deviations are put down to chance: of a hundred samples two are further off.
const CHANCE: f64 = 2.0;

/// A share of packets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loss {
    /// `0.0..=1.0`.
    pub share: f64,
    /// Of how many; infinite when nobody counted.
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
