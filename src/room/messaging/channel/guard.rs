//! Polices what one person sends on one channel: sizes, rates, and patience with nonsense.
//!
//! Invariant: once it says [`Admission::CutOff`], it never admits anything again.

use super::frame::Frame;
use crate::pace::{Allowance, TokenBucket};
use crate::room::channel::Channel;
use crate::room::moment::Moment;

/// So many bytes are a KiB.
const KIB: u32 = 1024;

/// So many frames beyond the rate are dropped before the channel is cut off.
const FLOOD_PATIENCE: u32 = 100;

/// So many malformed frames are dropped before the channel is cut off; one is forgiven every 10 s.
const MALFORMED_PATIENCE: u32 = 5;

/// A frame goes on, or it does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// The frame goes on.
    Admitted,
    /// This frame does not go on.
    Dropped,
    /// Neither this frame nor any later one goes on: the channel closes.
    CutOff(CutOffReason),
}

/// A person was cut off from a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CutOffReason {
    /// They sent far more than the channel's rate, for long.
    Flooding,
    /// They sent again and again what cannot be understood.
    Malformed,
    /// They sent something else than what they declared.
    Lying,
}

/// One person may still send so much on one channel.
#[derive(Clone, Debug)]
pub struct Guard {
    /// The frames come on this channel, whose largest sizes they must keep to.
    channel: Channel,
    /// Frames and bytes are taken from this as they come: it fills again at the channel's rate.
    allowance: Allowance,
    /// Each frame beyond the rate costs one of these; two a second are forgiven.
    flood_patience: TokenBucket,
    /// Each malformed frame costs one of these.
    malformed_patience: TokenBucket,
    /// The person was cut off for this reason, for good.
    cut_off: Option<CutOffReason>,
}

impl Guard {
    /// With full buckets.
    pub fn new(channel: Channel, now: Moment) -> Self {
        let bucket = |capacity, per_second| TokenBucket::full(capacity, per_second, now.0);
        let allowance = match channel {
            Channel::Chat => Allowance::new(
                bucket(1_000, 80.0),
                bucket(4 * KIB * KIB, f64::from(512 * KIB)),
            ),
            Channel::Files => {
                Allowance::new(bucket(1_000, 200.0), bucket(KIB * KIB, f64::from(64 * KIB)))
            }
            Channel::Live => {
                Allowance::new(bucket(60, 40.0), bucket(64 * KIB, f64::from(40 * KIB)))
            }
        };
        Self {
            channel,
            allowance,
            flood_patience: bucket(FLOOD_PATIENCE, 2.0),
            malformed_patience: bucket(MALFORMED_PATIENCE, 0.1),
            cut_off: None,
        }
    }

    /// Decides about a frame by its kind, size and time. Chunks of files cost nothing here: the transfer they belong to
    /// bounds them.
    pub fn admit(&mut self, frame: &Frame, now: Moment) -> Admission {
        if let Some(reason) = self.cut_off {
            return Admission::CutOff(reason);
        }
        let fits = match frame {
            Frame::Text(text) => text.len() <= self.channel.largest_text(),
            Frame::Bytes(bytes) => self
                .channel
                .largest_binary()
                .is_some_and(|largest| bytes.len() <= largest),
        };
        if !fits {
            return self.malformed(now);
        }
        if matches!(frame, Frame::Bytes(_)) || self.allowance.take(frame.size(), now.0) {
            Admission::Admitted
        } else if self.flood_patience.take(1, now.0) {
            Admission::Dropped
        } else {
            self.cut(CutOffReason::Flooding)
        }
    }

    /// An admitted frame turned out to be malformed.
    pub fn malformed(&mut self, now: Moment) -> Admission {
        match self.cut_off {
            Some(reason) => Admission::CutOff(reason),
            None if self.malformed_patience.take(1, now.0) => Admission::Dropped,
            None => self.cut(CutOffReason::Malformed),
        }
    }

    /// An admitted frame turned out to be a lie.
    pub fn lied(&mut self) -> Admission {
        self.cut(CutOffReason::Lying)
    }

    /// Whether it has cut its person off, and why.
    pub fn cut_off(&self) -> Option<CutOffReason> {
        self.cut_off
    }

    fn cut(&mut self, reason: CutOffReason) -> Admission {
        Admission::CutOff(*self.cut_off.get_or_insert(reason))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: usize) -> Frame {
        Frame::Text("x".repeat(bytes))
    }

    #[test]
    fn a_frame_of_the_largest_size_passes_and_one_byte_more_does_not() {
        for channel in Channel::ALL {
            let mut guard = Guard::new(channel, Moment(0));
            assert_eq!(
                guard.admit(&text(channel.largest_text()), Moment(0)),
                Admission::Admitted
            );
            assert_eq!(
                guard.admit(&text(channel.largest_text() + 1), Moment(0)),
                Admission::Dropped
            );
            let largest = channel.largest_binary().unwrap_or_default();
            assert_eq!(
                guard.admit(&Frame::Bytes(vec![0; largest + 1]), Moment(0)),
                Admission::Dropped
            );
        }
    }

    #[test]
    fn a_flood_is_first_dropped_and_then_cut_off_for_good() {
        for channel in Channel::ALL {
            let mut guard = Guard::new(channel, Moment(0));
            let answers: Vec<_> = (0..2_000)
                .map(|_| guard.admit(&text(10), Moment(0)))
                .collect();
            let count = |wanted| answers.iter().filter(|answer| **answer == wanted).count();
            assert!(count(Admission::Admitted) <= 1_000, "{channel:?}");
            assert_eq!(count(Admission::Dropped), FLOOD_PATIENCE as usize);
            assert_eq!(
                guard.admit(&text(10), Moment(3_600_000)),
                Admission::CutOff(CutOffReason::Flooding)
            );
        }
    }

    #[test]
    fn the_rate_the_protocol_allows_is_never_dropped() {
        let mut guard = Guard::new(Channel::Live, Moment(0));
        for update in 0..20 * 60 {
            assert_eq!(
                guard.admit(&text(200), Moment(update * 50)),
                Admission::Admitted
            );
        }
    }

    #[test]
    fn a_few_malformed_frames_are_forgiven_and_many_are_not() {
        let mut guard = Guard::new(Channel::Chat, Moment(0));
        for strike in 0..20 {
            assert_eq!(guard.malformed(Moment(strike * 10_000)), Admission::Dropped);
        }
        let last = (0..10).map(|_| guard.malformed(Moment(200_000))).last();
        assert_eq!(last, Some(Admission::CutOff(CutOffReason::Malformed)));
    }

    #[test]
    fn a_lie_is_not_forgiven() {
        let mut guard = Guard::new(Channel::Files, Moment(0));
        assert_eq!(guard.lied(), Admission::CutOff(CutOffReason::Lying));
        assert_eq!(
            guard.admit(&text(1), Moment(99_000)),
            Admission::CutOff(CutOffReason::Lying)
        );
        assert_eq!(guard.cut_off(), Some(CutOffReason::Lying));
    }
}
