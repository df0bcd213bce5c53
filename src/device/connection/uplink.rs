//! Whether a line takes the pictures that are to go over it.
//!
//! Invariant: over any longer time no more goes out than the line is estimated to take; what is left out ends with a picture that can
//! be decoded alone.

use std::time::{Duration, Instant};

use crate::device::media::frame::MediaFrame;

/// So much of what a line is estimated to take may go out at once.
const BURST: Duration = Duration::from_secs(1);

/// An estimate has to become one first: nothing is left out this long after the first picture.
const GRACE: Duration = Duration::from_secs(3);

/// The same where nothing went over the line before the first picture, as to the SFU: the first estimates are then far too low, and
/// whoever falls silent in between counts as gone there.
const GRACE_WHERE_IDLE: Duration = Duration::from_secs(12);

/// That a line is slow is said again only when it was not for so long.
const SAID_AGAIN: Duration = Duration::from_secs(60);

/// What the pictures need is measured over so long.
const MEASURED: Duration = Duration::from_secs(2);

/// A line of pictures.
#[derive(Debug, Default)]
pub(super) struct Uplink {
    /// The line is estimated to take so many bits a second; `None` where nobody tells how much arrives.
    estimate: Option<f64>,
    /// So many bits may go out; less than none when a picture was larger than that.
    credit: f64,
    /// That was so then.
    counted: Option<Instant>,
    /// The first picture came then.
    began: Option<Instant>,
    /// Nothing went over the line before it.
    was_idle: bool,
    /// Pictures are left out up to the next that can be decoded alone.
    holds: bool,
    /// The last was left out then.
    left_out: Option<Instant>,
    /// So many bits came since this moment.
    measured: (Option<Instant>, f64),
    /// The pictures need so many bits a second.
    needed: f64,
}

/// What becomes of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admission {
    /// It goes out.
    Admitted,
    /// It is left out.
    LeftOut,
    /// It is left out, and that is news.
    LeftOutFirst,
}

impl Uplink {
    /// A line over which nothing goes before the first picture.
    pub(super) fn idle() -> Self {
        Self {
            was_idle: true,
            ..Self::default()
        }
    }

    /// The line is estimated to take so many bits a second.
    pub(super) fn estimated(&mut self, bits_per_second: f64) {
        self.estimate = Some(bits_per_second);
    }

    /// What the pictures need in bits a second, when that is measured anew.
    pub(super) fn measure(&mut self, frame: &MediaFrame, now: Instant) -> Option<f64> {
        let (since, bits) = &mut self.measured;
        let began = *since.get_or_insert(now);
        *bits += bits_of(frame);
        let passed = now.saturating_duration_since(began);
        if passed < MEASURED {
            return None;
        }
        self.needed = *bits / passed.as_secs_f64();
        self.measured = (Some(now), 0.0);
        Some(self.needed)
    }

    /// Decides about a picture.
    pub(super) fn admit(&mut self, frame: &MediaFrame, now: Instant) -> Admission {
        let began = *self.began.get_or_insert(now);
        let Some(estimate) = self.estimate else {
            return Admission::Admitted;
        };
        let most = estimate * BURST.as_secs_f64();
        let passed = self.counted.replace(now);
        let passed = passed.map_or(BURST, |counted| now.saturating_duration_since(counted));
        self.credit = (self.credit + passed.as_secs_f64() * estimate).min(most);
        let grace = match self.was_idle {
            true => GRACE_WHERE_IDLE,
            false => GRACE,
        };
        let is_young = now.saturating_duration_since(began) < grace;
        if is_young {
            self.credit = self.credit.max(0.0);
        }
        let size = bits_of(frame);
        let fits = if self.holds {
            frame.is_vp8_key_frame() && self.credit >= size.min(most)
        } else {
            self.credit >= 0.0
        };
        if fits || is_young {
            self.holds = false;
            self.credit -= size;
            return Admission::Admitted;
        }
        self.holds = true;
        let before = self.left_out.replace(now);
        let is_news = before.is_none_or(|before| now >= before + SAID_AGAIN);
        if is_news {
            Admission::LeftOutFirst
        } else {
            Admission::LeftOut
        }
    }
}

fn bits_of(frame: &MediaFrame) -> f64 {
    frame.data.len() as f64 * 8.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plays pictures of 2 Mbit/s, 25 a second and one in 25 of them a key frame; says how many bits a second of the last half
    /// went out, and how often it was news that some did not.
    fn play(uplink: &mut Uplink, seconds: u32, from: Instant) -> (f64, usize) {
        let (mut bits, mut news) = (0.0, 0);
        let mut is_whole = true;
        for number in 0..seconds * 25 {
            let is_key = number % 25 == 0;
            let size = if is_key { 40_000 } else { 8_750 };
            let frame = MediaFrame {
                at: Duration::ZERO,
                data: vec![u8::from(!is_key); size].into(),
            };
            let now = from + Duration::from_millis(40) * number;
            match uplink.admit(&frame, now) {
                Admission::Admitted => {
                    assert!(
                        is_whole || is_key,
                        "what was left out ends with a key frame"
                    );
                    is_whole = true;
                    if number >= seconds * 25 / 2 {
                        bits += bits_of(&frame);
                    }
                }
                Admission::LeftOut => is_whole = false,
                Admission::LeftOutFirst => {
                    is_whole = false;
                    news += 1;
                }
            }
        }
        (bits / (f64::from(seconds) / 2.0), news)
    }

    #[test]
    fn no_more_goes_out_than_a_line_takes_and_it_is_said_once() {
        let mut uplink = Uplink::default();
        uplink.estimated(500_000.0);
        let (rate, news) = play(&mut uplink, 60, Instant::now());
        assert!((250_000.0..550_000.0).contains(&rate), "{rate}");
        assert_eq!(news, 1);
    }

    #[test]
    fn a_line_that_takes_everything_or_that_nobody_knows_is_left_alone() {
        for estimate in [None, Some(2_500_000.0)] {
            let mut uplink = Uplink::default();
            if let Some(estimate) = estimate {
                uplink.estimated(estimate);
            }
            let (rate, news) = play(&mut uplink, 60, Instant::now());
            assert!((1_990_000.0..2_010_000.0).contains(&rate), "{rate}");
            assert_eq!(news, 0);
        }
    }

    #[test]
    fn a_line_that_was_idle_is_given_longer_to_become_known() {
        let start = Instant::now();
        for (mut uplink, seconds, is_whole) in [
            (Uplink::default(), 10, false),
            (Uplink::idle(), 10, true),
            (Uplink::idle(), 60, false),
        ] {
            uplink.estimated(50_000.0);
            let (rate, _) = play(&mut uplink, seconds, start);
            assert_eq!(rate > 1_990_000.0, is_whole, "{rate} in {seconds} s");
        }
    }

    #[test]
    fn a_line_that_becomes_fast_again_takes_everything_again() {
        let mut uplink = Uplink::default();
        let start = Instant::now();
        uplink.estimated(300_000.0);
        play(&mut uplink, 30, start);
        uplink.estimated(3_000_000.0);
        let (rate, _) = play(&mut uplink, 30, start + Duration::from_secs(30));
        assert!((1_990_000.0..2_010_000.0).contains(&rate), "{rate}");
    }
}
